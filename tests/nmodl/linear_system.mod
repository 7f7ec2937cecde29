: A LINEAR block solved in BREAKPOINT and in INITIAL; terms on both sides, quotients,
: constants on the left, "~+".
NEURON {
    SUFFIX linear_system
    NONSPECIFIC_CURRENT i
    RANGE g, s
}
PARAMETER { g = 0.0003 k = 3 }
ASSIGNED { v i s }
STATE { z b a }
INITIAL {
    SOLVE rest
}
BREAKPOINT {
    SOLVE rest
    s = a + b + z
    i = g*(a - b)*(v + 60)
}
LINEAR rest {
    LOCAL q
    q = exp(v/50)
    ~ a*q*2 - b/k + 1 = z*(1 + q) - 0.3
    ~ b = 2*a + z/(q + 1)/k
    ~ a + b = 1
    ~+ z = 0.5
}
