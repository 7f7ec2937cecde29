TITLE state_discontinuity in BREAKPOINT, and at_time asked there

NEURON {
    POINT_PROCESS OldJump
    RANGE onset, i, tau, gmax
    NONSPECIFIC_CURRENT i
}
PARAMETER {
    onset = 7.01 (ms)
    tau = 5 (ms)
    gmax = 0.01 (uS)
}
ASSIGNED { v (mV) i (nA) }
STATE { a }
INITIAL { a = 0 }
BREAKPOINT {
    if (at_time(onset)) { state_discontinuity(a, a + gmax) }
    SOLVE decay METHOD cnexp
    i = a*v
}
DERIVATIVE decay { a' = -a/tau }
