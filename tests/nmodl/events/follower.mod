TITLE POINTER: half a gap junction

NEURON {
    POINT_PROCESS Follower
    POINTER other
    RANGE g, i
    NONSPECIFIC_CURRENT i
}
PARAMETER { g = 0.002 (uS) }
ASSIGNED { v (mV) other (mV) i (nA) }
BREAKPOINT { i = g*(v - other) }
