TITLE ELECTRODE_CURRENT: a voltage step through a series resistance

NEURON {
    POINT_PROCESS SeriesClamp
    RANGE rs, level, from, to, i
    GLOBAL offset
    ELECTRODE_CURRENT i
}
PARAMETER {
    rs = 2
    level = -30 (mV)
    from = 5 (ms)
    to = 15 (ms)
    offset = 1 (mV)
}
ASSIGNED { v (mV) i (nA) on }
INITIAL {
    on = 0
    net_send(from, 1)
    net_send(to, 2)
}
BREAKPOINT {
    if (on) {
        i = (level + offset - v)/rs
    } else {
        i = 0
    }
}
NET_RECEIVE(w) {
    if (flag == 1) { on = 1 }
    if (flag == 2) { on = 0 }
}
