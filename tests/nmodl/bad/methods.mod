NEURON { SUFFIX methods }
STATE { a b c d e f }
INITIAL { a = 1 }
BREAKPOINT {
    SOLVE one METHOD heun
    SOLVE two METHOD gear
    SOLVE three METHOD sparse
    SOLVE four METHOD cvode_t_v
}
DERIVATIVE one {
    a' = -a
    four()
}
KINETIC two { ~ b <-> c (1, 1) }
DERIVATIVE three {
    d' = -d
    one()
}
PROCEDURE four() { e = x'  f = a' }
