TITLE WATCH: counts how often v rises and falls through levels, and pushes back

NEURON {
    POINT_PROCESS Watcher
    RANGE high, low, i, n_up, n_down, last, on
    NONSPECIFIC_CURRENT i
}
PARAMETER {
    high = -20 (mV)
    low = -50 (mV)
}
ASSIGNED { v (mV) i (nA) n_up n_down last (ms) on }
INITIAL {
    n_up = 0
    n_down = 0
    last = 0
    on = 0
    net_send(0, 1)
}
BREAKPOINT { i = on*0.05 }
NET_RECEIVE(w) {
    if (flag == 1) {
        WATCH (v > high) 2
    } else if (flag == 2) {
        n_up = n_up + 1
        last = t
        on = 1
        low = -50
        WATCH (v < low) 3, (v > high + 35) 4
    } else if (flag == 3) {
        n_down = n_down + 1
        last = t
        on = 0
        WATCH (v > high) 2
    } else if (flag == 4) {
        on = 2
    }
}
