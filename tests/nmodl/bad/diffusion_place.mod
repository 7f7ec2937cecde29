NEURON { SUFFIX diffusion_place }
ASSIGNED { wide }
STATE { a }
INITIAL { a = 1  wide = 3 }
BREAKPOINT { SOLVE system METHOD cnexp }
DERIVATIVE system {
    LONGITUDINAL_DIFFUSION 1 { a }
    a' = -a
}
KINETIC other {
    COMPARTMENT 2 { a }
    LONGITUDINAL_DIFFUSION wide { a wide }
    LONGITUDINAL_DIFFUSION wide a
    ~ a << (0)
}
