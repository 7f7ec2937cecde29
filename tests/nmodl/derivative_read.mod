: A derivative read in the equations of cnexp, which never sets it in a fixed step.
NEURON {
    SUFFIX derivative_read
    NONSPECIFIC_CURRENT i
    RANGE gbar
}
PARAMETER { gbar = 1e-4 }
ASSIGNED { v i inf }
STATE { m  s }
INITIAL {
    m = 0.2
    s = 0.1
}
BREAKPOINT {
    SOLVE states METHOD cnexp
    i = gbar*s*(v + 70)
}
DERIVATIVE states {
    inf = 1/(1 + exp(-(v + 50)/8))
    m' = (inf - m)/3
    s' = 0.4*m' - s/20
}
