: A shell model of calcium: arrays of states, loops of reactions, volumes by element,
: a buffer that CONSERVE keeps, several fluxes into one state.
NEURON {
    SUFFIX kinetic_array
    USEION ca READ ica WRITE cai VALENCE 2
    RANGE total, loss
}
DEFINE N 4
DEFINE NM1 3
UNITS { FARADAY = (faraday) (coulomb) }
PARAMETER {
    d = 0.6
    kon = 12
    koff = 0.4
    total = 0.03
    leak = 0.01
}
ASSIGNED { diam ica cai vrat[N] frat[N] loss dsq }
STATE { ca[N] buf cabuf }
INITIAL {
    LOCAL r
    FROM i = 0 TO NM1 {
        r = (i + 1)/N
        vrat[i] = r*r*0.7
        frat[i] = 2*r*d
        ca[i] = 5e-5
    }
    buf = total/2
    cabuf = total/2
    cai = ca[0]
}
BREAKPOINT {
    SOLVE shells METHOD sparse
}
KINETIC shells {
    COMPARTMENT i, diam*diam*vrat[i] { ca }
    COMPARTMENT diam*0.5 { buf cabuf }
    dsq = diam*diam
    ~ ca[0] << (-ica*100/FARADAY)
    ~ ca[0] << (leak*dsq*(5e-5 - ca[0]))
    FROM i = 0 TO N - 2 {
        ~ ca[i] <-> ca[i + 1] (frat[i]*dsq, frat[i + 1]*dsq)
    }
    ~ ca[1] + buf <-> cabuf (kon*dsq, koff*dsq)
    ~ ca[N - 1] -> (0.02*dsq)
    loss = f_flux
    CONSERVE buf + cabuf = total*diam*0.5
    cai = ca[0]
}
