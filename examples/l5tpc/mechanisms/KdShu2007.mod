TITLE D-type potassium current of axons

: Y. Shu, Y. Yu, J. Yang, D. A. McCormick, PNAS 104 (2007) 11453-11458: slowly inactivating current
: of layer 5 axons; fixed time constants.

NEURON {
    SUFFIX KdShu2007
    THREADSAFE
    USEION k WRITE ik
    RANGE gkbar, ik, ek
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
}

PARAMETER {
    gkbar = 0.1 (mho/cm2)
    ek = -100 (mV)
    vhalfm = -43 (mV)
    km = 8
    vhalfh = -67 (mV)
    kh = 7.3
}

ASSIGNED {
    v (mV)
    ik (mA/cm2)
    minf
    mtau (ms)
    hinf
    htau (ms)
}

STATE {
    m
    h
}

BREAKPOINT {
    SOLVE gates METHOD cnexp
    ik = gkbar*m*h*(v - ek)
}

INITIAL {
    rates()
    m = minf
    h = hinf
}

DERIVATIVE gates {
    rates()
    m' = (minf - m)/mtau
    h' = (hinf - h)/htau
}

PROCEDURE rates() {
    minf = 1 - 1/(1 + exp((v - vhalfm)/km))
    hinf = 1/(1 + exp((v - vhalfh)/kh))
    mtau = 0.6
    htau = 1500
}
