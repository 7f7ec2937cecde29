TITLE Calcium-activated potassium current of small conductance, SK2

: M. Koehler et al., Science 273 (1996) 1709-1714: steady state with a Hill exponent of 4.8 and
: half activation at 0.43 uM of calcium; one time constant.

NEURON {
    SUFFIX SK_E2
    USEION k READ ek WRITE ik
    USEION ca READ cai
    RANGE gSK_E2bar, gSK_E2, ik, zTau
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (mM) = (milli/liter)
}

PARAMETER {
    gSK_E2bar = .000001 (mho/cm2)
    zTau = 1 (ms)
}

ASSIGNED {
    v (mV)
    ek (mV)
    cai (mM)
    ik (mA/cm2)
    gSK_E2 (S/cm2)
    zInf
}

STATE {
    z
}

BREAKPOINT {
    SOLVE gate METHOD cnexp
    gSK_E2 = gSK_E2bar*z
    ik = gSK_E2*(v - ek)
}

INITIAL {
    rates(cai)
    z = zInf
}

DERIVATIVE gate {
    rates(cai)
    z' = (zInf - z)/zTau
}

PROCEDURE rates(ca (mM)) {
    : keeps the quotient finite
    if (ca < 1e-7) {
        ca = ca + 1e-07
    }
    zInf = 1/(1 + (0.00043/ca)^4.8)
}
