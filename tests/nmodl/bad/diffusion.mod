NEURON {
    SUFFIX diffusion
    USEION ca READ ica WRITE cai
    USEION na READ ina
    GLOBAL scale
}
ASSIGNED { ica ina cai wide scale }
STATE { a b c d e }
INITIAL { scale = 2  wide = 3 }
BREAKPOINT { SOLVE system METHOD sparse }
FUNCTION twice() { twice = 2*wide }
KINETIC system {
    LOCAL x
    x = 3
    LONGITUDINAL_DIFFUSION 1 { a }
    COMPARTMENT twice() { a b c d }
    LONGITUDINAL_DIFFUSION x { b }
    LONGITUDINAL_DIFFUSION 1 { c d }
    ~ c << (-ica - ina)
    ~ a <-> b (1, x)
    ~ b <-> e (1, 1)
    cai = a
}
