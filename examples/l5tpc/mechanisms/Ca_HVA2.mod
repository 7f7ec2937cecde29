TITLE High-voltage activated calcium current, with corrected junction potential

: I. Reuveni, A. Friedman, Y. Amitai, M. J. Gutnick, J. Neurosci. 13 (1993) 4609-4621: rates
: in 1/ms. Inactivation is shifted by 12.3 mV against the recording's potential.

NEURON {
    SUFFIX Ca_HVA2
    USEION ca READ eca WRITE ica
    RANGE gCa_HVAbar, ica
}

UNITS {
    (S) = (siemens)
    (mV) = (millivolt)
    (mA) = (milliamp)
}

PARAMETER {
    gCa_HVAbar = 0.00001 (S/cm2)
}

ASSIGNED {
    v (mV)
    eca (mV)
    ica (mA/cm2)
    gCa (S/cm2)
    mInf
    mTau (ms)
    hInf
    hTau (ms)
}

STATE {
    m
    h
}

BREAKPOINT {
    SOLVE gates METHOD cnexp
    gCa = gCa_HVAbar*m*m*h
    ica = gCa*(v - eca)
}

INITIAL {
    rates()
    m = mInf
    h = hInf
}

DERIVATIVE gates {
    rates()
    m' = (mInf - m)/mTau
    h' = (hInf - h)/hTau
}

PROCEDURE rates() {
    LOCAL opening, closing
    : the opening rate is 0/0 at exactly -27 mV
    if (v == -27) {
        v = v + 0.0001
    }
    opening = (0.055*(-27 - v))/(exp((-27 - v)/3.8) - 1)
    closing = (0.94*exp((-75 - v)/17))
    mInf = opening/(opening + closing)
    mTau = 1/(opening + closing)

    v = v + 12.3
    opening = (0.000457*exp((-13 - v)/50))
    closing = (0.0065/(exp((-v - 15)/28) + 1))
    hInf = opening/(opening + closing)
    hTau = 1/(opening + closing)
    v = v - 12.3
}
