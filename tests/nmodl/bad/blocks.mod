NEURON {
    SUFFIX blocks
    RANGE m
    GLOBAL m
}
UNITS {
    F = (faradey) (coulomb)
}
STATE { m h }
PARAMETER { m = 1 }
BREAKPOINT {
    SOLVE states METHOD magic
    SOLVE nowhere
}
DERIVATIVE states {
    m' = -m
    m' = m
    q' = 1
}
INITIAL {
    m' = 2
    TABLE m FROM 0 TO 1 WITH 10
}
FUNKTION g() { g = 1 }
