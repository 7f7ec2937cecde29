: What feeds the calcium.
NEURON {
    SUFFIX calcium_current
    USEION ca READ eca WRITE ica
    RANGE gbar
}
PARAMETER { gbar = 0.0004 }
ASSIGNED { v eca ica }
STATE { m }
INITIAL { m = 1/(1 + exp(-(v + 25)/6)) }
BREAKPOINT {
    SOLVE gate METHOD cnexp
    ica = gbar*m*m*(v - eca)
}
DERIVATIVE gate { m' = (1/(1 + exp(-(v + 25)/6)) - m)/1.3 }
