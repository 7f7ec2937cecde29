TITLE Functions of one variable, for comparing vector code with libm

NEURON {
    SUFFIX functions
    RANGE x, y, e, q, p, r
}

PARAMETER {
    x = 0
    y = 1.5
}

ASSIGNED {
    e
    q
    p
    r
}

BREAKPOINT {
    e = exp(x)
    q = exp(x/3.7)
    p = log(fabs(x) + 1) + pow(fabs(x), 1.7)
    r = pow(x, y)
}
