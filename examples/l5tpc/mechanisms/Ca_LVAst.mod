TITLE Low-voltage activated calcium current

: R. B. Avery, D. Johnston, J. Neurosci. 16 (1996) 5567-5582 (steady states); A. D. Randall,
: R. W. Tsien, Neuropharmacology 36 (1997) 879-893 (time constants). Recorded at 21 degrees C,
: taken to 34 with a Q10 of 2.3; liquid junction potential of 10 mV.

NEURON {
    SUFFIX Ca_LVAst
    USEION ca READ eca WRITE ica
    RANGE gCa_LVAstbar, gCa_LVAst, ica
}

UNITS {
    (S) = (siemens)
    (mV) = (millivolt)
    (mA) = (milliamp)
}

PARAMETER {
    gCa_LVAstbar = 0.00001 (S/cm2)
}

ASSIGNED {
    v (mV)
    eca (mV)
    ica (mA/cm2)
    gCa_LVAst (S/cm2)
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
    gCa_LVAst = gCa_LVAstbar*m*m*h
    ica = gCa_LVAst*(v - eca)
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
    mInf = 1/(1 + exp((v - -30)/-6))
    mTau = (5 + 20/(1 + exp((v - -25)/5)))/speed
    hInf = 1/(1 + exp((v - -80)/6.4))
    hTau = (20 + 50/(1 + exp((v - -40)/7)))/speed
    v = v - 10
}
