TITLE A synapse with a calcium current beside its own

NEURON {
    POINT_PROCESS CalciumSynapse
    USEION ca READ eca, cai WRITE ica
    RANGE tau, i, ica, share, most
    NONSPECIFIC_CURRENT i
}
PARAMETER {
    tau = 4 (ms)
    share = 0.1
}
ASSIGNED { v (mV) i (nA) ica (nA) eca (mV) cai (mM) most }
STATE { g (uS) }
INITIAL { g = 0 most = 0 }
BREAKPOINT {
    SOLVE decay METHOD cnexp
    i = (1 - share)*g*v
    ica = share*g*(v - eca)
}
DERIVATIVE decay {
    if (cai > most) { most = cai }
    g' = -g/tau
}
NET_RECEIVE(w (uS)) { g = g + w }
