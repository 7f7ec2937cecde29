: KINETIC, LINEAR and PROCEDURE solved one after the other; no variable step.
NEURON {
    SUFFIX two_solves
    NONSPECIFIC_CURRENT i
    RANGE g, count
}
PARAMETER { g = 0.0003 }
ASSIGNED { v i count }
STATE { o c s m }
INITIAL {
    SOLVE states STEADYSTATE sparse
    SOLVE sum
    m = 0.1
    count = 0
}
BREAKPOINT {
    SOLVE states METHOD sparse
    SOLVE sum
    SOLVE gate METHOD cnexp
    SOLVE tell
    i = g*o*(v + 55) + 1e-4*s*m
}
KINETIC states {
    ~ c <-> o (0.1*exp(v/50), 0.08)
    CONSERVE o + c = 1
}
LINEAR sum SOLVEFOR s {
    ~ s = o*2 + 0.1
}
DERIVATIVE gate {
    m' = (s - m)/5
}
PROCEDURE tell() {
    count = count + s
}
