: A table whose values depend on what INITIAL assigns before the first call, and a PROCEDURE
: that steps by itself, with a factor that INITIAL sets.
NEURON {
    SUFFIX lazy_tables
    USEION k READ ek WRITE ik
    RANGE gbar, n_inf
    GLOBAL speed, n_tau
}
UNITS {
    (mV) = (millivolt)
    (mA) = (milliamp)
    (S) = (siemens)
}
PARAMETER {
    gbar = 0.0031234567 (S/cm2)
}
ASSIGNED {
    v (mV)
    celsius (degC)
    dt (ms)
    ek (mV)
    ik (mA/cm2)
    n_inf
    n_tau (ms)
    speed
    quick
}
STATE {
    n
    m
}
BREAKPOINT {
    SOLVE advance
    ik = gbar * n * m * (v - ek)
}
INITIAL {
    speed = 2.3 ^ ((celsius - 20) / 10)
    quick = 0.5 * speed
    rates(v)
    n = n_inf
    m = m0
}
PROCEDURE advance() {
    rates(v)
    n = n + (1 - exp(-dt / n_tau)) * (n_inf - n)
    m = m + quick * dt * (n_inf - m)
}
PROCEDURE rates(v (mV)) {
    TABLE n_inf, n_tau DEPEND celsius FROM -120 TO 60 WITH 90
    n_inf = 1 / (1 + exp(-(v + 30) / 9))
    n_tau = (1 + 8 / (1 + exp((v + 50) / 12))) / speed
}
