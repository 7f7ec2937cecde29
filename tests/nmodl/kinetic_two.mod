TITLE open and closed: the smallest scheme, a rate that is a number, an ion's current

NEURON {
    SUFFIX ktwo
    USEION k READ ek WRITE ik
    RANGE gbar, g
}

PARAMETER { gbar = 0.001 (S/cm2) }

ASSIGNED { v (mV) ek (mV) ik (mA/cm2) g (S/cm2) }

STATE { closed open }

INITIAL {
    closed = 1
    open = 0
    SOLVE scheme STEADYSTATE sparse
}

BREAKPOINT {
    SOLVE scheme METHOD sparse
    g = gbar*open
    ik = g*(v - ek)
}

KINETIC scheme {
    LOCAL forward
    forward = 0.3*exp((v + 20)/12)
    ~ closed <-> open (forward, 0.15)
    CONSERVE open + closed = 1
}
