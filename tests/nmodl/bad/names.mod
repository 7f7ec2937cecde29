: Names that are not declared, and what was meant.
NEURON {
    SUFFIX names
    RANGE gbar
    USEION k READ ek WRITE ik, ka
}
PARAMETER {
    gbar = 0.1
}
STATE { n }
BREAKPOINT {
    SOLVE state METHOD cnexp
    ik = gbra * n
}
DERIVATIVE states {
    n' = (ninf - n) / tua(v)
}
FUNCTION tau(v) {
    tau = exp(v, 2)
}
