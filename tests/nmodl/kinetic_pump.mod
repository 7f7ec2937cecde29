: A pump whose current the mechanism both writes and reads: in the variable step NEURON
: evaluates the scheme before the current.
NEURON {
    SUFFIX kinetic_pump
    USEION ca READ cao, cai, ica WRITE cai, ica
    RANGE pumped, before
}
UNITS { FARADAY = (faraday) (coulomb) }
PARAMETER { depth = 0.1 }
ASSIGNED { ica cao cai pumped before diam }
STATE { c free bound }
INITIAL {
    c = 1e-4
    free = 2e-3
    bound = 1e-4
    cai = c
    pumped = 0
    before = 0
}
BREAKPOINT {
    SOLVE pump METHOD sparse
    before = pumped
    ica = pumped
}
KINETIC pump {
    ~ c + free <-> bound (300, 0.2)
    ~ bound <-> free + cao (0.3, 1e-3)
    pumped = 1e-2*2*FARADAY*depth*(f_flux - b_flux)*1e-3
    ~ c << (-(ica - before)/(2*FARADAY*depth) + 0.001*(1e-4 - c))
    cai = c
}
