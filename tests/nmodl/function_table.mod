: FUNCTION_TABLE of one and of two arguments.
NEURON {
    SUFFIX function_table
    NONSPECIFIC_CURRENT i
    RANGE g, a, b
}
PARAMETER { g = 0.0003 }
ASSIGNED { v i a b }
STATE { m }
INITIAL { m = inf(v) }
BREAKPOINT {
    SOLVE states METHOD cnexp
    a = rest(v)
    b = two(v/10, m)
    i = g*m*b*(v - a)
}
DERIVATIVE states {
    m' = (inf(v) - m)/tau(v)
}
FUNCTION_TABLE inf(v (mV)) (1)
FUNCTION_TABLE tau(v (mV)) (ms)
FUNCTION_TABLE rest(v)
FUNCTION_TABLE two(x, y)
