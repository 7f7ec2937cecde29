: A pump whose current the mechanism reads and writes, with diffusion inside.
NEURON {
    SUFFIX pumped_shells
    USEION ca READ cao, cai, ica WRITE cai, ica
    RANGE pumped
}
UNITS { FARADAY = (faraday) (coulomb)  PI = (pi) (1) }
PARAMETER { depth = 0.1 }
ASSIGNED { ica cao cai pumped before diam }
STATE { c[2] free bound }
INITIAL {
    c[0] = cai
    c[1] = cai
    free = 2e-3
    bound = 1e-4
    pumped = 0
    before = 0
}
BREAKPOINT {
    SOLVE pump METHOD sparse
    before = pumped
    ica = pumped
}
KINETIC pump {
    COMPARTMENT i, diam*diam*(0.2 + 0.5*i) { c }
    COMPARTMENT diam { free bound }
    LONGITUDINAL_DIFFUSION i, 0.4*diam*diam*(0.2 + 0.5*i) { c }
    ~ c[0] <-> c[1] (2, 2)
    ~ c[0] + free <-> bound (300*diam, 0.2*diam)
    ~ bound <-> free + cao (0.3*diam, 1e-3*diam)
    pumped = 1e-2*2*FARADAY*depth*(f_flux - b_flux)*1e-3
    ~ c[0] << (-(ica - before)*PI*diam*(1e4)/(2*FARADAY))
    cai = c[0]
}
