: Absolute tolerances of single states, which only the variable step looks at.
NEURON {
    SUFFIX tolerance
    NONSPECIFIC_CURRENT i
    RANGE g
}
PARAMETER { g = 0.0003 }
ASSIGNED { v i }
STATE { fast <1e-3> slow <0.1> plain }
INITIAL { fast = 0.1 slow = 0.2 plain = 0.5 }
BREAKPOINT {
    SOLVE states METHOD cnexp
    i = g*fast*slow*plain*(v + 30)
}
DERIVATIVE states {
    fast' = (1/(1 + exp(-(v + 40)/7)) - fast)/3
    slow' = (1/(1 + exp((v + 40)/7)) - slow)/5
    plain' = (0.3 - plain)/20
}
