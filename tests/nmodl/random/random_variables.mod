: RANDOM variables of NEURON 9: all functions, in INITIAL and in every step.
NEURON {
    SUFFIX random_variables
    RANDOM r, q
    RANGE first, second, total, bell, wait, longer, whole, part
}

ASSIGNED { first second total bell wait longer whole part }

INITIAL {
    first = random_uniform(r)
    second = random_normal(r)
    total = 0
}

BREAKPOINT { SOLVE draw METHOD after_cvode }

PROCEDURE draw() {
    total = total + random_uniform(q, 2, 7)
    bell = random_normal(q, 3, 0.5)
    wait = random_negexp(q)
    longer = random_negexp(q, 4)
    whole = random_ipick(q)
    part = random_dpick(q)
}

PROCEDURE begin_at(position) { random_setseq(q, position) }

PROCEDURE identify(x, y, z) { random_setids(q, x, y, z) }
