: A NONLINEAR block solved by Newton's method, in INITIAL and in BREAKPOINT.
NEURON {
    SUFFIX nonlinear_system
    NONSPECIFIC_CURRENT i
    RANGE g
}
PARAMETER { g = 0.0003 k = 0.4 }
ASSIGNED { v i }
STATE { x z w[2] }
INITIAL {
    x = 0.5
    z = 0.5
    w[0] = 0.1
    w[1] = 0.1
    SOLVE root
}
BREAKPOINT {
    SOLVE root METHOD newton
    i = g*(x - z*w[1])*(v + 60)
}
NONLINEAR root {
    LOCAL q
    q = exp(v/80)
    ~ x + 0.1*x*x = 1 + q*0.2 - 0.5
    ~ z*3 = exp(-x) + k
    ~ w[0]^3 + 2*w[0] = -w[1] + x
    ~ w[1]*2 - w[0] = 0.1
    ~+ z*0.1 = 0.02
}
