: A procedure of time that the variable step calls before the currents, the fixed step after
: them.
NEURON {
    SUFFIX method_cvode_t
    NONSPECIFIC_CURRENT i
    RANGE gbar, level
}
PARAMETER { gbar = 2e-4 }
ASSIGNED { v i level }
INITIAL { follow() }
BREAKPOINT {
    SOLVE follow METHOD cvode_t
    i = gbar*level*(v + 70)
}
PROCEDURE follow() {
    level = 0.5 + 0.4*sin(t/3)
    if (t > 30) {
        level = level/2
    }
}
