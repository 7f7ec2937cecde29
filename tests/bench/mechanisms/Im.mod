TITLE Muscarinic potassium current

: P. R. Adams, D. A. Brown, A. Constanti, J. Physiol. 330 (1982) 537-572. Taken from 21 to
: 34 degrees C with a Q10 of 2.3.

NEURON {
    SUFFIX Im
    USEION k READ ek WRITE ik
    RANGE gImbar, gIm, ik
}

UNITS {
    (S) = (siemens)
    (mV) = (millivolt)
    (mA) = (milliamp)
}

PARAMETER { gImbar = 0.00001 (S/cm2) }

ASSIGNED {
    v (mV)
    ek (mV)
    ik (mA/cm2)
    gIm (S/cm2)
    mInf
    mTau (ms)
}

STATE { m }

INITIAL {
    rates()
    m = mInf
}

BREAKPOINT {
    SOLVE gate METHOD cnexp
    gIm = gImbar*m
    ik = gIm*(v - ek)
}

DERIVATIVE gate {
    rates()
    m' = (mInf - m)/mTau
}

PROCEDURE rates() {
    LOCAL speed, opening, closing
    speed = 2.3^((34 - 21)/10)
    opening = 3.3e-3*exp(2.5*0.04*(v - -35))
    closing = 3.3e-3*exp(-2.5*0.04*(v - -35))
    mInf = opening/(opening + closing)
    mTau = (1/(opening + closing))/speed
}
