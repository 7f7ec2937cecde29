: Rates that are sums without parentheses, counts of terms, terms that are no states,
: sinks, and the fluxes of a reaction.
NEURON {
    SUFFIX kinetic_rates
    NONSPECIFIC_CURRENT i
    RANGE g, flow, back
}
PARAMETER { g = 0.0004 k = 0.03 w = 0.2 }
ASSIGNED { v i flow back }
STATE { a b c d }
INITIAL { a = 0.4 b = 0.3 c = 0.2 d = 0.1 }
BREAKPOINT {
    SOLVE scheme METHOD sparse
    i = g*(a + d)*(v + 70)
}
KINETIC scheme {
    LOCAL q
    q = exp(v/90)
    ~ a <-> b (k + 0.1*q, k - 0.01)
    ~ 2 b + c <-> 3 d (w*q, w/3)
    flow = f_flux
    back = b_flux
    ~ c + w <-> a (k*q, 0.5*k)
    ~ d -> (0.01 + 0.002*q)
    ~ a << (0.01 + 0.001*q)
}
