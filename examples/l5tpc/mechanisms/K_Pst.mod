TITLE Persistent potassium current of somata

: A. Korngreen, B. Sakmann, J. Physiol. 525 (2000) 621-639: layer 5 pyramidal neurons, nucleated
: patches at 21 degrees C, taken to 34 with a Q10 of 2.3; junction potential of 10 mV. The
: activation's time constant has one form below -50 mV and another above.

NEURON {
    SUFFIX K_Pst
    USEION k READ ek WRITE ik
    RANGE gK_Pstbar, gK_Pst, ik
}

UNITS {
    (S) = (siemens)
    (mV) = (millivolt)
    (mA) = (milliamp)
}

PARAMETER {
    gK_Pstbar = 0.00001 (S/cm2)
}

ASSIGNED {
    v (mV)
    ek (mV)
    ik (mA/cm2)
    gK_Pst (S/cm2)
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
    gK_Pst = gK_Pstbar*m*m*h
    ik = gK_Pst*(v - ek)
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
    LOCAL speed
    speed = 2.3^((34 - 21)/10)
    v = v + 10
    mInf = (1/(1 + exp(-(v + 1)/12)))
    if (v < -50) {
        mTau = (1.25 + 175.03*exp(-v*-0.026))/speed
    } else {
        mTau = ((1.25 + 13*exp(-v*0.026)))/speed
    }
    hInf = 1/(1 + exp(-(v + 54)/-11))
    hTau = (360 + (1010 + 24*(v + 55))*exp(-((v + 75)/48)^2))/speed
    v = v - 10
}
