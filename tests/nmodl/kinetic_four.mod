TITLE four states in a row with CONSERVE, rates of v

NEURON {
    SUFFIX kfour
    NONSPECIFIC_CURRENT i
    RANGE gbar, i, flux
}

PARAMETER { gbar = 0.0004 e = -70 }

ASSIGNED { v i flux a b }

STATE { c1 c2 c3 o }

INITIAL { SOLVE scheme STEADYSTATE sparse }

BREAKPOINT {
    SOLVE scheme METHOD sparse
    i = gbar*o*(v - e)
}

KINETIC scheme {
    rates(v)
    ~ c1 <-> c2 (3*a, b)
    ~ c2 <-> c3 (2*a, 2*b)
    flux = f_flux + b_flux
    ~ c3 <-> o (a, 3*b)
    CONSERVE c1 + c2 + c3 + o = 1
}

PROCEDURE rates(u) {
    a = 0.1*exp((u + 50)/25)
    b = 0.2*exp(-(u + 50)/30)
}
