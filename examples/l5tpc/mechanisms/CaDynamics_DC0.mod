TITLE Calcium below the membrane

: A. Destexhe, Z. F. Mainen, T. J. Sejnowski, Neural Comput. 6 (1994) 14-18, with the whole cross
: section as volume: the current enters through 4/diam of surface per volume, a free fraction
: gamma of it counts, and the rest decays to the resting level.

NEURON {
    SUFFIX CaDynamics_DC0
    USEION ca READ ica WRITE cai
    RANGE decay, gamma
}

UNITS {
    (mA) = (milliamp)
    (molar) = (1/liter)
    (mM) = (millimolar)
    (um) = (micron)
    FARADAY = (faraday) (coulombs)
}

PARAMETER {
    gamma = 0.01 (1)
    decay = 70 (ms)
    minCai = 6.5e-5 (mM)
}

ASSIGNED {
    ica (mA/cm2)
    diam (um)
    surftovol (1/um)
}

STATE {
    cai (mM)
}

BREAKPOINT {
    SOLVE concentration METHOD cnexp
}

INITIAL {
    surftovol = 4/diam
    cai = minCai
}

DERIVATIVE concentration {
    cai' = -(10000)*ica*surftovol*gamma/(2*FARADAY) - (cai - minCai)/decay
}
