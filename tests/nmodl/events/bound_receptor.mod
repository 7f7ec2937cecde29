TITLE KINETIC: a receptor that events open for a millisecond

NEURON {
    POINT_PROCESS BoundReceptor
    RANGE i, gmax, e, bound
    NONSPECIFIC_CURRENT i
}
PARAMETER {
    gmax = 0.01 (uS)
    e = 0 (mV)
    on = 1.5
    off = 0.4
    open = 0.8
    close = 0.3
}
ASSIGNED { v (mV) i (nA) drug bound }
STATE { c d o }
INITIAL {
    c = 1
    d = 0
    o = 0
    drug = 0
}
BREAKPOINT {
    SOLVE scheme METHOD sparse
    i = gmax*o*(v - e)
    bound = d + o
}
KINETIC scheme {
    ~ c <-> d (on*drug, off)
    ~ d <-> o (open, close)
    CONSERVE c + d + o = 1
}
NET_RECEIVE(w) {
    if (flag == 0) {
        drug = drug + w
        net_send(1, 1)
    } else {
        drug = 0
    }
}
