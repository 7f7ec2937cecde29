TITLE FOR_NETCONS: an event of one connection changes the weights of all

NEURON {
    POINT_PROCESS AllConnections
    RANGE tau, e, i, total
    NONSPECIFIC_CURRENT i
}
PARAMETER {
    tau = 3 (ms)
    e = 0 (mV)
}
ASSIGNED { v (mV) i (nA) total }
STATE { g (uS) }
INITIAL {
    g = 0
    total = 0
    net_send(12, 1)
}
BREAKPOINT {
    SOLVE decay METHOD cnexp
    i = g*(v - e)
}
DERIVATIVE decay { g' = -g/tau }
NET_RECEIVE(w (uS), trace, before (ms)) {
    INITIAL {
        trace = 0
        before = -1e9
    }
    if (flag == 0) {
        g = g + w
        trace = trace*exp((before - t)/20) + 1
        before = t
    } else {
        total = 0
        FOR_NETCONS(u, x, y) {
            u = u*(1 + 0.5*x*exp((y - t)/20))
            total = total*1.5 + u
        }
        net_send(9, 1)
    }
}
