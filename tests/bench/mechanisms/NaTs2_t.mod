TITLE Fast sodium current of the soma

: C. M. Colbert, E. Pan, Nat. Neurosci. 5 (2002) 533-538: layer 5 pyramidal neurons, with
: the half voltages moved by 6 mV. Taken from 21 to 34 degrees C with a Q10 of 2.3.

NEURON {
    SUFFIX NaTs2_t
    USEION na READ ena WRITE ina
    RANGE gNaTs2_tbar, gNaTs2_t, ina
}

UNITS {
    (S) = (siemens)
    (mV) = (millivolt)
    (mA) = (milliamp)
}

PARAMETER { gNaTs2_tbar = 0.00001 (S/cm2) }

ASSIGNED {
    v (mV)
    ena (mV)
    ina (mA/cm2)
    gNaTs2_t (S/cm2)
    mInf
    mTau (ms)
    hInf
    hTau (ms)
}

STATE {
    m
    h
}

INITIAL {
    rates()
    m = mInf
    h = hInf
}

BREAKPOINT {
    SOLVE gates METHOD cnexp
    gNaTs2_t = gNaTs2_tbar*m*m*m*h
    ina = gNaTs2_t*(v - ena)
}

DERIVATIVE gates {
    rates()
    m' = (mInf - m)/mTau
    h' = (hInf - h)/hTau
}

PROCEDURE rates() {
    LOCAL speed, opening, closing
    speed = 2.3^((34 - 21)/10)

    : each quotient is 0/0 at its half voltage
    if (v == -32) {
        v = v + 0.0001
    }
    opening = (0.182*(v - -32))/(1 - (exp(-(v - -32)/6)))
    closing = (0.124*(-v - 32))/(1 - (exp(-(-v - 32)/6)))
    mInf = opening/(opening + closing)
    mTau = (1/(opening + closing))/speed

    if (v == -60) {
        v = v + 0.0001
    }
    opening = (-0.015*(v - -60))/(1 - (exp((v - -60)/6)))
    closing = (-0.015*(-v - 60))/(1 - (exp((-v - 60)/6)))
    hInf = opening/(opening + closing)
    hTau = (1/(opening + closing))/speed
}
