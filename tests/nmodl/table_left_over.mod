: INITIAL uses what only the making of a table has set: the last value, in the first instance.
NEURON {
    SUFFIX table_left_over
    NONSPECIFIC_CURRENT i
    RANGE gbar
}
PARAMETER {
    gbar = 0.0004
}
ASSIGNED {
    v (mV)
    i (mA/cm2)
    n_inf
    n_tau (ms)
}
STATE {
    n
}
BREAKPOINT {
    SOLVE states METHOD cnexp
    i = gbar * n * (v + 75)
}
INITIAL {
    n = n_inf
}
DERIVATIVE states {
    rates(v)
    n' = (n_inf - n) / n_tau
}
PROCEDURE rates(v (mV)) {
    TABLE n_inf, n_tau FROM -100 TO 50 WITH 150
    n_inf = 1 / (1 + exp(-(v + 33) / 8))
    n_tau = 1 + 7 / (1 + exp((v + 47) / 10))
}
