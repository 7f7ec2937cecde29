TITLE net_send with several flags, and net_move

NEURON {
    POINT_PROCESS Alarm
    RANGE i, on, n_moved, n_rung, when, lasts
    ELECTRODE_CURRENT i
}
PARAMETER {
    lasts = 3 (ms)
    when = 5 (ms)
}
ASSIGNED { i (nA) on n_moved n_rung }
INITIAL {
    on = 0
    n_moved = 0
    n_rung = 0
    net_send(when, 1)
    net_send(when - 1 + 0.5, 4)
}
BREAKPOINT { i = on*0.3 }
NET_RECEIVE(weight) {
    if (flag == 0) {
        if (n_rung == 0) {
            n_moved = n_moved + 1
            net_move(t + 1.5)
        } else {
            on = on + weight
            net_send(lasts, 3)
        }
    } else if (flag == 1) {
        n_rung = n_rung + 1
        on = 1
        net_send(lasts, 2)
    } else if (flag == 2) {
        on = 0
    } else if (flag == 3) {
        on = on - 0.5
    }
    if (flag == 4) { n_rung = n_rung + 0.001 }
}
