: A DERIVATIVE block called by name: with cnexp that is a step of dt.
NEURON {
    SUFFIX derivative_called
    NONSPECIFIC_CURRENT i
    RANGE gbar, inf, tau, nudged
}
PARAMETER { gbar = 1e-4 }
ASSIGNED { v i inf tau nudged }
STATE { m  h }
INITIAL {
    states()
    m = inf
    nudge()
    nudged = h
}
BREAKPOINT {
    SOLVE states METHOD cnexp
    i = gbar*m*(v + 70)
}
PROCEDURE nudge() { states() }
DERIVATIVE states {
    inf = 1/(1 + exp(-(v + 50)/8))
    tau = 2 + 3*inf
    m' = (inf - m)/tau
    h' = m - h/9
}
