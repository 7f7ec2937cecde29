: What NEURON takes silently, or changes without asking.
NEURON {
    SUFFIX first
    SUFFIX warnings
    NONSPECIFIC_CURRENT i
}
ASSIGNED { v i }
STATE { n unused }
BREAKPOINT {
    SOLVE states METHOD cnexp
    i = n * v
}
DERIVATIVE states {
    n' = -exp(n)
}
