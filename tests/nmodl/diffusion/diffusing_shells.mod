: Calcium in shells with a mobile and a fixed buffer: arrays that diffuse along the cell,
: each with a coefficient of its own, fed by the calcium current of other mechanisms.
NEURON {
    SUFFIX diffusing_shells
    USEION ca READ cai, ica WRITE cai
    RANGE fast, seen
    GLOBAL part, exchange
    THREADSAFE
}
UNITS {
    FARADAY = (faraday) (10000 coulomb)
    PI = (pi) (1)
}
DEFINE SHELLS 3
PARAMETER { fast = 0.7  slow = 0.05  total = 0.02  kon = 40  koff = 0.03 }
ASSIGNED { diam ica cai part[SHELLS] exchange[SHELLS] seen area_now }
STATE { c[SHELLS] <1e-6>  mobile[SHELLS]  bound[SHELLS]  fixed }
LOCAL prepared, section_area
INITIAL {
    LOCAL outer, inner
    if (prepared == 0) {
        prepared = 1
        outer = 0.5
        FROM k = 0 TO SHELLS - 1 {
            inner = outer - 0.5/SHELLS
            part[k] = PI*(outer*outer - inner*inner)
            exchange[k] = 2*PI*inner*SHELLS
            outer = inner
        }
    }
    FROM k = 0 TO SHELLS - 1 {
        c[k] = cai
        bound[k] = total*cai/(cai + koff/kon)
        mobile[k] = total - bound[k]
    }
    fixed = 0.01
    area_now = diam*diam
    seen = 0
}
BREAKPOINT { SOLVE shells METHOD sparse }
FUNCTION widened(x) { widened = x*(1 + 0.1*seen) }
KINETIC shells {
    COMPARTMENT k, diam*diam*part[k] { c mobile bound }
    COMPARTMENT 2*area_now { fixed }
    LONGITUDINAL_DIFFUSION k, fast*diam*diam*part[k] { c }
    LONGITUDINAL_DIFFUSION j, widened(slow*diam*diam*part[j])/(1 + j) { mobile bound }
    ~ c[0] << (-ica*PI*diam/(2*FARADAY))
    ~ fixed <-> c[0] (0.02, 0.01*diam)
    FROM k = 0 TO SHELLS - 2 {
        ~ c[k] <-> c[k+1] (fast*exchange[k], fast*exchange[k])
    }
    section_area = diam*diam
    FROM k = 0 TO SHELLS - 1 {
        ~ c[k] + mobile[k] <-> bound[k] (kon*part[k]*section_area, koff*part[k]*section_area)
    }
    cai = c[0]
    seen = c[SHELLS - 1]*1000
}
