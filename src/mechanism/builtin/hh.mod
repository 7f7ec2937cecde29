TITLE Squid giant axon: fast sodium, delayed rectifier potassium and leak

: A. L. Hodgkin and A. F. Huxley, J. Physiol. 117 (1952) 500-544: rates of their equations
: 12, 13, 20, 21, 23 and 24 at 6.3 degrees C, with the potential turned to today's sign and
: the rest put at -65 mV; temperature by a Q10 of 3. Every operation is in the order in which
: NEURON's built-in mechanism of this name has it, so both give the same bits.

NEURON {
    SUFFIX hh
    USEION na READ ena WRITE ina
    USEION k READ ek WRITE ik
    NONSPECIFIC_CURRENT il
    RANGE gnabar, gkbar, gl, el, gna, gk
}

UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}

PARAMETER {
    gnabar = .12 (S/cm2)
    gkbar = .036 (S/cm2)
    gl = .0003 (S/cm2)
    el = -54.3 (mV)
}

ASSIGNED {
    v (mV)
    celsius (degC)
    ena (mV)
    ek (mV)
    gna (S/cm2)
    gk (S/cm2)
    ina (mA/cm2)
    ik (mA/cm2)
    il (mA/cm2)
    m_inf
    h_inf
    n_inf
    m_tau (ms)
    h_tau (ms)
    n_tau (ms)
}

STATE {
    m
    h
    n
}

BREAKPOINT {
    SOLVE gates METHOD cnexp
    gna = gnabar*m*m*m*h
    ina = gna*(v - ena)
    gk = gkbar*n*n*n*n
    ik = gk*(v - ek)
    il = gl*(v - el)
}

INITIAL {
    rates()
    m = m_inf
    h = h_inf
    n = n_inf
}

DERIVATIVE gates {
    rates()
    m' = (m_inf - m)/m_tau
    h' = (h_inf - h)/h_tau
    n' = (n_inf - n)/n_tau
}

PROCEDURE rates() {
    LOCAL opening, closing, total, speed
    speed = 3^((celsius - 6.3)/10)

    opening = .1*ratio(-(v + 40), 10)
    closing = 4*exp(-(v + 65)/18)
    total = opening + closing
    m_tau = 1/(speed*total)
    m_inf = opening/total

    opening = .07*exp(-(v + 65)/20)
    closing = 1/(exp(-(v + 35)/10) + 1)
    total = opening + closing
    h_tau = 1/(speed*total)
    h_inf = opening/total

    opening = .01*ratio(-(v + 55), 10)
    closing = .125*exp(-(v + 65)/80)
    total = opening + closing
    n_tau = 1/(speed*total)
    n_inf = opening/total
}

: x/(exp(x/y) - 1), with its first terms in x/y where the quotient loses all digits
FUNCTION ratio(x, y) {
    if (fabs(x/y) < 1e-6) {
        ratio = y*(1 - x/y/2)
    } else {
        ratio = x/(exp(x/y) - 1)
    }
}
