TITLE Its firing time is known in advance and moves with every event

NEURON {
    ARTIFICIAL_CELL RampCell
    RANGE slope, m
}
PARAMETER { slope = 0.05 (/ms) }
ASSIGNED { m before (ms) }
INITIAL {
    m = 0
    before = 0
    net_send((1 - m)/slope, 1)
}
NET_RECEIVE(w) {
    m = m + slope*(t - before)
    before = t
    if (flag == 1) {
        net_event(t)
        m = 0
        net_send(1/slope, 1)
    } else {
        m = m + w
        if (m >= 1) {
            net_move(t)
        } else {
            net_move(t + (1 - m)/slope)
        }
    }
}
