: What a cell holds when INITIAL begins: nothing in the fixed step; in the variable step what
: one evaluation at -65 mV has left. The TABLE reads a concentration that nothing has copied
: into the mechanism before the table is made.
NEURON {
    SUFFIX first_values
    USEION ca READ cai
    NONSPECIFIC_CURRENT i
    RANGE seen, count, at_start, g
    THREADSAFE
}
PARAMETER { g = 1e-4 }
ASSIGNED { v i cai seen count at_start x_inf x_tau }
STATE { x }
INITIAL {
    at_start = seen + 100*count + x_inf
    rates(v)
    x = x_inf + 0.001*at_start
}
BREAKPOINT {
    SOLVE states METHOD cnexp
    seen = v
    count = count + 1
    i = g*x*(v + 40)
}
DERIVATIVE states {
    rates(v)
    x' = (x_inf - x)/x_tau
}
PROCEDURE rates(v) {
    TABLE x_inf, x_tau FROM -120 TO 80 WITH 100
    x_inf = (1 + 2e3*cai)/(2 + exp(-(v + 35)/8))
    x_tau = 1 + 3/(1 + exp((v + 50)/12))
}
