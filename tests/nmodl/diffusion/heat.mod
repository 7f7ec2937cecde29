: Single states, with volumes and coefficients that differ from segment to segment. One
: takes part in no reaction: the variable step leaves it alone.
NEURON {
    SUFFIX heat
    RANGE warmth, coefficient, room
    THREADSAFE
}
PARAMETER { warmth = 1  coefficient = 25  room = 2 }
STATE { x  z  w }
INITIAL {
    x = warmth
    z = warmth/3
    w = 2*warmth
}
BREAKPOINT { SOLVE spread METHOD sparse }
FUNCTION scaled(a) {
    if (a < 1) {
        scaled = a
    } else {
        scaled = 1 + (a - 1)/2
    }
}
KINETIC spread {
    COMPARTMENT room { x w }
    COMPARTMENT room*scaled(room) { z }
    LONGITUDINAL_DIFFUSION coefficient*scaled(room) { x w }
    ~ x <-> z (0.03, 0.01*warmth)
    LONGITUDINAL_DIFFUSION coefficient/10 { z }
}
