: A current that no variable of an instance enters.
NEURON {
    SUFFIX constant_current
    NONSPECIFIC_CURRENT i
    GLOBAL level
}
PARAMETER {
    level = 0.0007 (mA/cm2)
}
ASSIGNED {
    v (mV)
    i (mA/cm2)
}
BREAKPOINT {
    i = -0.0003 + level
}
FUNCTION voltage() (mV) {
    voltage = v
}
