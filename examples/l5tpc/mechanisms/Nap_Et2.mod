TITLE Persistent sodium current

: J. Magistretti, A. Alonso, J. Gen. Physiol. 114 (1999) 491-509: entorhinal layer 2 neurons;
: activation six times slower than the fast current's. Taken from 21 to 34 degrees C with a Q10
: of 2.3.

NEURON {
    SUFFIX Nap_Et2
    USEION na READ ena WRITE ina
    USEION ttx READ ttxo, ttxi VALENCE 1
    RANGE gNap_Et2bar, gNap_Et2, ina
}

UNITS {
    (S) = (siemens)
    (mV) = (millivolt)
    (mA) = (milliamp)
}

PARAMETER {
    gNap_Et2bar = 0.00001 (S/cm2)
}

ASSIGNED {
    v (mV)
    ena (mV)
    ina (mA/cm2)
    gNap_Et2 (S/cm2)
    ttxo (mM)
    ttxi (mM)
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
    gNap_Et2 = gNap_Et2bar*m*m*m*h
    ina = gNap_Et2*(v - ena)
}

INITIAL {
    : tetrodotoxin, signalled by this concentration, holds the channel closed
    if (ttxi == 0.015625 && ttxo > 1e-12) {
        mInf = 0
        mTau = 1e-12
        hInf = 1
        hTau = 1e-12
    } else {
        rates()
    }
    m = mInf
    h = hInf
}

DERIVATIVE gates {
    : tetrodotoxin, signalled by this concentration, holds the channel closed
    if (ttxi == 0.015625 && ttxo > 1e-12) {
        mInf = 0
        mTau = 1e-12
        hInf = 1
        hTau = 1e-12
    } else {
        rates()
    }
    m' = (mInf - m)/mTau
    h' = (hInf - h)/hTau
}

PROCEDURE rates() {
    LOCAL speed, opening, closing
    speed = 2.3^((34 - 21)/10)
    mInf = 1/(1 + exp((v - -52.6)/-4.6))

    : away from the three voltages where a rate is 0/0; the steps stay for what follows
    if (v == -38) {
        v = v + 0.0001
    }
    opening = (0.182*(v - -38))/(1 - (exp(-(v - -38)/6)))
    closing = (0.124*(-v - 38))/(1 - (exp(-(-v - 38)/6)))
    mTau = 6*(1/(opening + closing))/speed

    if (v == -17) {
        v = v + 0.0001
    }
    if (v == -64.4) {
        v = v + 0.0001
    }
    hInf = 1/(1 + exp((v - -48.8)/10))
    opening = -2.88e-6*(v + 17)/(1 - exp((v + 17)/4.63))
    closing = 6.94e-6*(v + 64.4)/(1 - exp(-(v + 64.4)/2.63))
    hTau = (1/(opening + closing))/speed
}
