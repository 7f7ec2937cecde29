: The concentration that a KINETIC block assigns, and a current that its reversal potential
: drives: in the variable step the assignment is repeated before each evaluation.
NEURON {
    SUFFIX shell_current
    USEION ca READ eca, ica WRITE cai, ica
    RANGE g
}
UNITS { FARADAY = (faraday) (coulomb) }
PARAMETER { g = 2e-5 d = 0.4 }
ASSIGNED { v diam eca ica cai frat[2] last mine }
STATE { inner outer }
INITIAL {
    inner = 6e-5
    outer = 6e-5
    mine = 0
    last = 0
}
BREAKPOINT {
    SOLVE shells METHOD sparse
    last = mine
    mine = g*(v - eca)
    ica = mine
}
KINETIC shells {
    COMPARTMENT diam*diam*0.3 { inner outer }
    ~ outer << (-(ica)*314/FARADAY*diam)
    ~ outer <-> inner (d*diam, d*diam)
    ~ inner <-> outer (0.01*d, 0.02*d)
    cai = outer + 0*inner
}
