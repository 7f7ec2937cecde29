TITLE exp and pow as mechanisms compute them, for the check at the start (agreement.c)

NEURON {
    SUFFIX agreement
    NONSPECIFIC_CURRENT i
    RANGE x, y, z
}

PARAMETER {
    x = 0
}

ASSIGNED {
    v (mV)
    i (mA/cm2)
    y
    z
}

BREAKPOINT {
    y = exp(x)
    z = pow(fabs(x), 4.8)
    i = 0
}
