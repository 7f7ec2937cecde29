: A reversal potential that INITIAL does not set: the first currents see 0. And a volume for
: a name that nobody declares.
NEURON {
    SUFFIX reversal_written
    USEION na READ nai, nao WRITE ena
    RANGE shift
}
PARAMETER { shift = 4  rate = 0.1 }
ASSIGNED { nai nao ena }
STATE { s  r }
INITIAL {
    s = 0.2
    r = 0.1
}
BREAKPOINT { SOLVE relax METHOD sparse }
KINETIC relax {
    COMPARTMENT 2 { s gone r }
    ~ s <-> r (rate, 0.05)
    if (s > 0.15) {
        ena = 25*log(nao/nai) + shift*s
    } else {
        ena = 60
    }
}
