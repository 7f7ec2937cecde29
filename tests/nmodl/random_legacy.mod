: Random numbers of SCoP, seeded in INITIAL, and distributions.
NEURON {
    SUFFIX random_legacy
    NONSPECIFIC_CURRENT i
    RANGE g, u, e, n, p, d, f, k
}
PARAMETER { g = 0.0003 }
ASSIGNED { v dt i u e n p d f k }
STATE { m }
INITIAL {
    set_seed(345)
    m = scop_random()
    u = 0
    e = 0
    n = 0
    p = 0
    d = 0
    f = 0
    k = 0
}
BREAKPOINT {
    SOLVE draw
    i = g*m*(v + 55)
}
PROCEDURE draw() {
    u = scop_random()
    e = exprand(2)
    n = normrand(1, 0.5)
    p = poisrand(3)
    d = gauss(u, 0.4, 0.2) + poisson(3, 2.5)
    f = factorial(p) + factorial(25)
    k = nrn_ghk(v, 1e-4, 2, 2)
    m = m + ((u - m)/5 + 0.001*n)*dt
}
