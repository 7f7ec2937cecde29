: A DERIVATIVE block called by name: with derivimplicit nothing moves, but what the block
: assigns is assigned. And derivatives read in expressions.
NEURON {
    SUFFIX derivative_evaluated
    NONSPECIFIC_CURRENT i
    RANGE gbar, inf, speed
}
PARAMETER { gbar = 1e-4 }
ASSIGNED { v i inf speed }
STATE { m  n  s }
INITIAL {
    states()
    m = inf
    n = 0.3
    s = 0.1
    speed = 0
}
BREAKPOINT {
    SOLVE states METHOD derivimplicit
    i = gbar*m*n*(v + 70)
    speed = m'
}
DERIVATIVE states {
    inf = 1/(1 + exp(-(v + 50)/8))
    m' = (inf - m)/3
    n' = 0.2*m' - n*n/7
    s' = m' - s/20
}
