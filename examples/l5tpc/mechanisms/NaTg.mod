TITLE Fast sodium current with adjustable gates

: C. M. Colbert, E. Pan, Nat. Neurosci. 5 (2002) 533-538: layer 5 pyramidal neurons; half
: voltages and slopes can be moved per place. Taken from 21 to 34 degrees C with a Q10 of 2.3.

NEURON {
    SUFFIX NaTg
    USEION na READ ena WRITE ina
    USEION ttx READ ttxo, ttxi VALENCE 1
    RANGE gNaTgbar, gNaTg, ina, vshifth, vshiftm, slopeh, slopem
}

UNITS {
    (S) = (siemens)
    (mV) = (millivolt)
    (mA) = (milliamp)
}

PARAMETER {
    gNaTgbar = 0.00001 (S/cm2)
    vshifth = 0 (mV)
    vshiftm = 0 (mV)
    slopeh = 6
    slopem = 6
}

ASSIGNED {
    v (mV)
    ena (mV)
    ina (mA/cm2)
    gNaTg (S/cm2)
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
    gNaTg = gNaTgbar*m*m*m*h
    ina = gNaTg*(v - ena)
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

    : each quotient is 0/0 at its half voltage; the step made here stays for the rest
    if (v == (-38 + vshiftm)) {
        v = v + 0.0001
    }
    opening = (0.182*(v - (-38 + vshiftm)))/(1 - (exp(-(v - (-38 + vshiftm))/slopem)))
    closing = (0.124*(-v + (-38 + vshiftm)))/(1 - (exp(-(-v + (-38 + vshiftm))/slopem)))
    mTau = (1/(opening + closing))/speed
    mInf = opening/(opening + closing)

    if (v == (-66 + vshifth)) {
        v = v + 0.0001
    }
    opening = (-0.015*(v - (-66 + vshifth)))/(1 - (exp((v - (-66 + vshifth))/slopeh)))
    closing = (-0.015*(-v + (-66 + vshifth)))/(1 - (exp((-v + (-66 + vshifth))/slopeh)))
    hTau = (1/(opening + closing))/speed
    hInf = opening/(opening + closing)
}
