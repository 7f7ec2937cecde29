TITLE POINTER of a density mechanism

NEURON {
    SUFFIX mirror
    POINTER shown
    RANGE seen, gain
    NONSPECIFIC_CURRENT i
}
PARAMETER { gain = 1e-6 }
ASSIGNED { v (mV) i (mA/cm2) shown seen }
BREAKPOINT {
    seen = shown
    i = gain*shown
}
