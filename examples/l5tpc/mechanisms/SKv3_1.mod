TITLE Fast delayed rectifier, Kv3.1

: J. Rettig et al., EMBO J. 11 (1992) 2473-2486: rat clone expressed in oocytes.

NEURON {
    SUFFIX SKv3_1
    USEION k READ ek WRITE ik
    RANGE gSKv3_1bar, gSKv3_1, ik
}

UNITS {
    (S) = (siemens)
    (mV) = (millivolt)
    (mA) = (milliamp)
}

PARAMETER {
    gSKv3_1bar = 0.00001 (S/cm2)
}

ASSIGNED {
    v (mV)
    ek (mV)
    ik (mA/cm2)
    gSKv3_1 (S/cm2)
    mInf
    mTau (ms)
}

STATE {
    m
}

BREAKPOINT {
    SOLVE gates METHOD cnexp
    gSKv3_1 = gSKv3_1bar*m
    ik = gSKv3_1*(v - ek)
}

INITIAL {
    rates()
    m = mInf
}

DERIVATIVE gates {
    rates()
    m' = (mInf - m)/mTau
}

PROCEDURE rates() {
    mInf = 1/(1 + exp(((v - (18.7))/(-9.7))))
    mTau = 0.2*20/(1 + exp(((v - (-46.56))/(-44.14))))
}
