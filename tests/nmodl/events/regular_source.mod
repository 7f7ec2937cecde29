TITLE Events at equal intervals; those that come in start and stop it

NEURON {
    ARTIFICIAL_CELL RegularSource
    RANGE interval, number, start, count
}
PARAMETER {
    interval = 7 (ms) <1e-9,1e9>
    number = 5
    start = 4 (ms)
}
ASSIGNED { count on }
INITIAL {
    count = 0
    on = 0
    if (start >= 0 && number > 0) {
        on = 1
        net_send(start, 1)
    }
}
NET_RECEIVE(weight) {
    if (flag == 0) {
        if (weight > 0 && on == 0) {
            on = 1
            net_send(0, 1)
        } else if (weight < 0) {
            on = 0
        }
    }
    if (flag == 1 && on == 1) {
        net_event(t)
        count = count + 1
        if (count < number) {
            net_send(interval, 1)
        } else {
            on = 0
        }
    }
}
