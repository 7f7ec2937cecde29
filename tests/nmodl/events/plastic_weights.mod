TITLE Each connection keeps its own use and recovery in its weights

NEURON {
    POINT_PROCESS PlasticWeights
    RANGE tau, e, i, recovery, growth, last
    NONSPECIFIC_CURRENT i
}
PARAMETER {
    tau = 2 (ms)
    e = 0 (mV)
    recovery = 30 (ms)
    growth = 0.3
}
ASSIGNED { v (mV) i (nA) last }
STATE { g (uS) }
INITIAL { g = 0 last = 0 }
BREAKPOINT {
    SOLVE decay METHOD cnexp
    i = g*(v - e)
}
DERIVATIVE decay { g' = -g/tau }
NET_RECEIVE(weight (uS), left, used, before (ms)) {
    INITIAL {
        left = 1
        used = 0.2
        before = t
    }
    left = 1 - (1 - left)*exp(-(t - before)/recovery)
    used = used + growth*(1 - used)
    g = g + weight*used*left
    left = left - used*left
    before = t
    last = left
}
