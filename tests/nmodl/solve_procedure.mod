: SOLVE in a PROCEDURE.
NEURON {
    SUFFIX solve_procedure
    NONSPECIFIC_CURRENT i
    RANGE g
}
PARAMETER { g = 0.0003 }
ASSIGNED { v i }
STATE { a b }
INITIAL { rest(2) }
BREAKPOINT {
    rest(3)
    i = g*a*(v + 55)
}
PROCEDURE rest(k) {
    b = k
    SOLVE line
}
LINEAR line SOLVEFOR a {
    ~ a*(2 + exp(v/60)) = b
}
