TITLE a buffered pool: one reaction of second order, one pump, volumes

NEURON {
    SUFFIX kbuf
    USEION ca READ ica
    RANGE free, buffer, bound, kf, kb
}

PARAMETER {
    kf = 5
    kb = 0.2
    pump = 0.4
    vol = 2
    total = 1
}

ASSIGNED { v ica }

STATE { free bound buffer outside }

INITIAL {
    free = 0.2
    buffer = 1
    bound = 0
    outside = 0
}

BREAKPOINT { SOLVE scheme METHOD sparse }

KINETIC scheme {
    COMPARTMENT vol {free bound buffer}
    COMPARTMENT 3 {outside}
    ~ free + buffer <-> bound (kf, kb)
    ~ free <-> outside (pump, 0.01)
    ~ free << (-ica*10)
    ~ outside -> (0.3)
}
