: Two ions whose concentrations are themselves the states that diffuse; one of them outside
: of the cell as well.
NEURON {
    SUFFIX diffusing_ions
    USEION na READ ina WRITE nai, nao
    USEION k READ ik WRITE ki
    RANGE dna, shell
}
UNITS {
    F = (faraday) (coulomb)
    PI = (pi) (1)
}
PARAMETER { dna = 0.6  dk = 1.2  shell = 0.3 }
ASSIGNED { ina ik diam leaving }
STATE { nai nao ki }
BREAKPOINT { SOLVE ions METHOD sparse }
INITIAL {
    nai = 10
    nao = 140
    ki = 54.4
}
KINETIC ions {
    COMPARTMENT PI*diam*diam/4 { nai ki }
    COMPARTMENT PI*diam*shell { nao }
    LONGITUDINAL_DIFFUSION dna*PI*diam*diam/4 { nai }
    LONGITUDINAL_DIFFUSION 0.3*dna*PI*diam*shell { nao }
    LONGITUDINAL_DIFFUSION dk*PI*diam*diam/4 { ki }
    leaving = ina*PI*diam*(1e4)/F
    ~ nai << (-ina*PI*diam*(1e4)/F)
    ~ nao << (leaving + 0.01*(140 - nao))
    ~ ki << (-ik*PI*diam*(1e4)/F)
}
