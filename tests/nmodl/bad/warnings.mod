: What NEURON takes silently, or changes without asking.
NEURON {
    SUFFIX first
    SUFFIX warnings
    NONSPECIFIC_CURRENT i
}
ASSIGNED { v i }
STATE { n unused q }
BREAKPOINT {
    SOLVE states METHOD cnexp
    SOLVE squares METHOD cnexp
    i = n * v
}
DERIVATIVE states {
    n' = -exp(n)
}
DERIVATIVE squares {
    q' = 1 - q*q
}
