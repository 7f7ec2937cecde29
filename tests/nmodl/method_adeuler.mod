: METHOD adeuler, in DERIVATIVE.
NEURON {
    SUFFIX method_adeuler
    NONSPECIFIC_CURRENT i
    RANGE gbar
}
PARAMETER { gbar = 1e-4 }
ASSIGNED { v i inf }
STATE { m  h }
INITIAL {
    m = 0.1
    h = 0.6
}
BREAKPOINT {
    SOLVE states METHOD adeuler
    i = gbar*m*h*(v + 70)
}
DERIVATIVE states {
    inf = 1/(1 + exp(-(v + 50)/8))
    m' = (inf - m)/(2 + inf) + 0.01*sin(t/5)
    h' = m*m - h/9
}
