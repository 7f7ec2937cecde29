TITLE Functions of one variable, for comparing vector code with libm

NEURON {
    SUFFIX functions
    RANGE x, e, q, p
}

PARAMETER {
    x = 0
}

ASSIGNED {
    e
    q
    p
}

BREAKPOINT {
    e = exp(x)
    q = exp(x/3.7)
    p = log(fabs(x) + 1) + pow(fabs(x), 1.7)
}
