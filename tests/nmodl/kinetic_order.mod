TITLE reactions of higher order: stoichiometry in fluxes and slopes, CONSERVE with factors

NEURON { SUFFIX kord RANGE m, n, d }
ASSIGNED { v }
STATE { m n d }
INITIAL { m = 1 n = 0.5 d = 0.1 }
BREAKPOINT { SOLVE scheme METHOD sparse }
KINETIC scheme {
    ~ 2 m <-> d (0.3, 0.1)
    ~ 2 n + m <-> 3 d (0.02, 0.07)
    CONSERVE m + n + 2 d = 1.7
}
