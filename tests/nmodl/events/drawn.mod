TITLE Random numbers of the old library: one stream for all

NEURON {
    POINT_PROCESS Drawn
    RANGE i, u, x, n, g, p
    ELECTRODE_CURRENT i
}
ASSIGNED { v (mV) i (nA) u x n g p }
INITIAL {
    set_seed(4321)
    u = scop_random()
    x = exprand(2)
    n = normrand(1, 3)
    g = gauss(u, 0.2, 0.7)
    p = poisrand(3.5)
    i = 0
    net_send(1, 1)
}
BREAKPOINT { i = 0.02*n + 0.01*p }
NET_RECEIVE(w) {
    u = scop_random()
    n = normrand(0.2, 1.5)
    p = poisrand(2) + exprand(0.5)
    net_send(2.5, 1)
}
