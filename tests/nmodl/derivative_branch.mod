: One state with an equation in each branch: NEURON lists it twice among its states.
NEURON {
    SUFFIX derivative_branch
    NONSPECIFIC_CURRENT i
    RANGE g
}
PARAMETER { g = 0.0003 tau = 4 }
ASSIGNED { v i }
STATE { m n }
INITIAL { m = 0.2 n = 0.7 }
BREAKPOINT {
    SOLVE states METHOD cnexp
    i = g*m*n*(v + 55)
}
DERIVATIVE states {
    IF (v > -50) {
        m' = (1 - m)/tau
    } ELSE {
        m' = -m/(2*tau)
    }
    n' = (m - n)/3
}
