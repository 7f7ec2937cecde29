TITLE NET_RECEIVE moves v and a concentration

NEURON {
    POINT_PROCESS Jump
    USEION ca READ cai, ica WRITE cai
    RANGE seen
}
PARAMETER { tau = 15 (ms) }
ASSIGNED { v (mV) ica (mA/cm2) seen }
STATE { cai (mM) }
INITIAL {
    cai = 1e-4
    seen = 0
}
BREAKPOINT { SOLVE decay METHOD cnexp }
DERIVATIVE decay { cai' = (1e-4 - cai)/tau }
NET_RECEIVE(dv (mV), dc (mM)) {
    v = v + dv
    cai = cai + dc
    seen = seen + cai
}
