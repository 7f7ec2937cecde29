TITLE exp as mechanisms compute it, for the check at the start (agreement.c)

NEURON {
    SUFFIX agreement
    NONSPECIFIC_CURRENT i
    RANGE x, y
}

PARAMETER {
    x = 0
}

ASSIGNED {
    v (mV)
    i (mA/cm2)
    y
}

BREAKPOINT {
    y = exp(x)
    i = 0
}
