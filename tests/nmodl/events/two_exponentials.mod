TITLE Rise and decay, scaled to a peak of 1 (difference of two exponentials)

NEURON {
    POINT_PROCESS TwoExponentials
    RANGE rise, fall, e, i, g
    NONSPECIFIC_CURRENT i
}
PARAMETER {
    rise = 0.4 (ms)
    fall = 4 (ms)
    e = 0 (mV)
}
ASSIGNED { v (mV) i (nA) g (uS) scale }
STATE { a (uS) b (uS) }
INITIAL {
    LOCAL peak
    if (rise/fall > 0.9999) { rise = 0.9999*fall }
    a = 0
    b = 0
    peak = (rise*fall)/(fall - rise)*log(fall/rise)
    scale = 1/(exp(-peak/fall) - exp(-peak/rise))
}
BREAKPOINT {
    SOLVE both METHOD cnexp
    g = b - a
    i = g*(v - e)
}
DERIVATIVE both {
    a' = -a/rise
    b' = -b/fall
}
NET_RECEIVE(weight (uS)) {
    state_discontinuity(a, a + weight*scale)
    state_discontinuity(b, b + weight*scale)
}
