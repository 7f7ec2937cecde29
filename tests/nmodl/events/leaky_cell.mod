TITLE A leaky sum that fires at 1 and then rests

NEURON {
    ARTIFICIAL_CELL LeakyCell
    RANGE tau, rest, m, n_fired
}
PARAMETER {
    tau = 10 (ms)
    rest = 4 (ms)
}
ASSIGNED { m before (ms) resting n_fired }
INITIAL {
    m = 0
    before = t
    resting = 0
    n_fired = 0
}
FUNCTION level() { level = m*exp(-(t - before)/tau) }
NET_RECEIVE(w) {
    if (resting == 0) {
        m = level()
        before = t
        m = m + w
        if (m > 1) {
            resting = 1
            m = 2
            n_fired = n_fired + 1
            net_send(rest, 1)
            net_event(t)
        }
    } else if (flag == 1) {
        before = t
        resting = 0
        m = 0
    }
}
