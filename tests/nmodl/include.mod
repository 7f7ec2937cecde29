TITLE two files make one channel

NEURON {
    SUFFIX inc
    NONSPECIFIC_CURRENT i
    RANGE gbar, i
}

ASSIGNED { v (mV) i (mA/cm2) }

STATE { gate }

PARAMETER { gbar = 0.0005 (S/cm2) e = -60 (mV) }

BREAKPOINT {
    SOLVE states METHOD cnexp
    i = gbar*gate*(v - e)
}

INCLUDE "include_gate.inc"
