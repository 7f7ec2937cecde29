TITLE Transient potassium current of somata

: A. Korngreen, B. Sakmann, J. Physiol. 525 (2000) 621-639: layer 5 pyramidal neurons, nucleated
: patches at 21 degrees C, taken to 34 with a Q10 of 2.3; junction potential of 10 mV.

NEURON {
    SUFFIX K_Tst
    USEION k READ ek WRITE ik
    RANGE gK_Tstbar, gK_Tst, ik
}

UNITS {
    (S) = (siemens)
    (mV) = (millivolt)
    (mA) = (milliamp)
}

PARAMETER {
    gK_Tstbar = 0.00001 (S/cm2)
}

ASSIGNED {
    v (mV)
    ek (mV)
    ik (mA/cm2)
    gK_Tst (S/cm2)
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
    gK_Tst = gK_Tstbar*(m^4)*h
    ik = gK_Tst*(v - ek)
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
    mInf = 1/(1 + exp(-(v + 0)/19))
    mTau = (0.34 + 0.92*exp(-((v + 71)/59)^2))/speed
    hInf = 1/(1 + exp(-(v + 66)/-10))
    hTau = (8 + 49*exp(-((v + 73)/23)^2))/speed
    v = v - 10
}
