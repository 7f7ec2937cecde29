: A DERIVATIVE block called like a PROCEDURE: a step of its method.
NEURON {
    SUFFIX step_in_initial
    NONSPECIFIC_CURRENT i
    RANGE g, kept
}

PARAMETER { g = 0.0003 (S/cm2) }

ASSIGNED { v (mV) i (mA/cm2) kept }

STATE { m n }

INITIAL {
    m = 0.3
    n = 0.6
    states()
    kept = m
    states()
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    i = g * m * m * n * (v + 20)
}

DERIVATIVE states {
    LOCAL inf
    inf = 1 / (1 + exp(-(v + 40) / 9))
    m' = (inf - m) / 2
    n' = (0.5 - n) / 30
}
