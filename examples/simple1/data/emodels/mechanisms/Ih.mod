TITLE Hyperpolarisation-activated cation current of layer 5 pyramidal dendrites

COMMENT
Kinetics: Kole MHP, Hallermann S, Stuart GJ (2006) Single Ih channels in pyramidal
neuron dendrites: properties, distribution, and impact on action potential output.
J Neurosci 26:1677-1687. One gate, first order, measured at 34 degC; no temperature
correction.
ENDCOMMENT

NEURON {
    SUFFIX Ih
    NONSPECIFIC_CURRENT ihcn
    RANGE gIhbar, gIh, ihcn, ehcn
}

UNITS {
    (mA) = (milliamp)
    (mV) = (millivolt)
    (S) = (siemens)
}

PARAMETER {
    gIhbar = 1e-5 (S/cm2)
    ehcn = -45 (mV)
}

ASSIGNED {
    v (mV)
    ihcn (mA/cm2)
    gIh (S/cm2)
    alpha (/ms)
    beta (/ms)
    mInf (1)
    mTau (ms)
}

STATE {
    m (1)
}

INITIAL {
    rates()
    m = mInf
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    gIh = gIhbar*m
    ihcn = gIh*(v - ehcn)
}

DERIVATIVE states {
    rates()
    m' = (mInf - m)/mTau
}

PROCEDURE rates() {
    LOCAL u
    UNITSOFF
    u = (v + 154.9)/11.9
    if (fabs(u) < 1e-6) {
        alpha = 0.00643*11.9*(1 - u/2)
    } else {
        alpha = 0.00643*11.9*u/(exp(u) - 1)
    }
    beta = 0.193*exp(v/33.1)
    mInf = alpha/(alpha + beta)
    mTau = 1/(alpha + beta)
    UNITSON
}
