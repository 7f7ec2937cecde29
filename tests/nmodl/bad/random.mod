NEURON {
    SUFFIX random
    RANDOM r
    RANGE x
}

ASSIGNED { x }

INITIAL {
    x = r + 1
    x = random_uniform(x)
    x = random_uniform(r, 3)
    x = random_poisson(r)
    x = random_ipick(r)
}
