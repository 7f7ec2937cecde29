: METHOD adeuler, in KINETIC.
NEURON {
    SUFFIX kinetic_adeuler
    NONSPECIFIC_CURRENT i
    RANGE gbar
}
PARAMETER { gbar = 1e-4 }
ASSIGNED { v i opening }
STATE { c  o  d }
INITIAL {
    c = 0.8
    o = 0.1
    d = 0.1
}
BREAKPOINT {
    SOLVE scheme METHOD adeuler
    i = gbar*o*(v + 70)
}
KINETIC scheme {
    opening = 0.3/(1 + exp(-(v + 50)/8))
    ~ c <-> o (opening, 0.2)
    ~ o <-> d (0.1, 0.02)
}
