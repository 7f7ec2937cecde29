: KINETIC by an explicit method: CONSERVE is ignored, the variable step is refused.
NEURON {
    SUFFIX kinetic_runge
    NONSPECIFIC_CURRENT i
    RANGE g
}
PARAMETER { g = 0.0003 }
ASSIGNED { v i }
STATE { o c }
INITIAL { o = 0.2 c = 0.8 }
BREAKPOINT {
    SOLVE states METHOD runge
    i = g*o*(v + 55)
}
KINETIC states {
    COMPARTMENT 2 { o }
    ~ c <-> o (0.1*exp(v/50), 0.08)
    CONSERVE o + c = 1
}
