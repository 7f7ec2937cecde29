: DERIVATIVE by the fourth order Runge-Kutta method.
NEURON {
    SUFFIX method_runge
    NONSPECIFIC_CURRENT i
    RANGE g
}
PARAMETER { g = 0.0003 tau = 4 }
ASSIGNED { v i drive }
STATE { m n }
INITIAL { m = 0.2 n = 0.7 drive = 0 }
BREAKPOINT {
    SOLVE states METHOD runge
    i = g*m*(n + drive)*(v + 55)
}
DERIVATIVE states {
    drive = sin(t/7)
    m' = (1/(1 + exp(-(v + 40)/9)) - m)/tau
    n' = m*(drive - n)/3
}
