TITLE at_time: rectangular pulses that the integrator must not miss

NEURON {
    POINT_PROCESS Pulses
    RANGE i, first, wide, amp
    ELECTRODE_CURRENT i
}
PARAMETER {
    first = 3.3 (ms)
    wide = 2.2 (ms)
    amp = 0.2 (nA)
}
ASSIGNED { i (nA) }
INITIAL { i = 0 }
BREAKPOINT {
    at_time(first)
    at_time(first + wide)
    if (t >= first && t < first + wide) {
        i = amp
    } else {
        i = 0
    }
}
