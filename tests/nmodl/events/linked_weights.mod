TITLE net_send in the INITIAL block of NET_RECEIVE, with the connection's own weights

NEURON {
    POINT_PROCESS LinkedWeights
    RANGE i, seen
    NONSPECIFIC_CURRENT i
}
ASSIGNED { v (mV) i (nA) seen }
STATE { g (uS) }
INITIAL { g = 0 seen = 0 }
BREAKPOINT {
    SOLVE decay METHOD cnexp
    i = g*v
}
DERIVATIVE decay { g' = -g/3 }
NET_RECEIVE(w (uS), every (ms), count) {
    INITIAL {
        count = 0
        if (every > 0) { net_send(every, 1) }
    }
    if (flag == 1) {
        g = g + w
        count = count + 1
        seen = seen + count
        net_send(every*0.5 + every - 1, 1)
    } else {
        w = w*1.1
    }
}
