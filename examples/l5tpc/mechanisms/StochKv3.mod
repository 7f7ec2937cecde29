TITLE Stochastic inactivating potassium current

: P. R. Mendonca, M. Vargas-Caballero, F. Erdelyi, G. Szabo, O. Paulsen, H. P. Robinson, eLife 5
: (2016) e17137: kinetics of K-type channels of cortical interneurons, corrected by 10 mV. Two
: independent gates n and l give four kinds of channels, whose numbers are kept; in each step
: the numbers that move are drawn from binomial distributions (after M. London's and
: P. N. Steinmetz's scheme of 1999). With deterministic set, or steps above 1 ms, the numbers
: are the expected ones.

NEURON {
    SUFFIX StochKv3
    THREADSAFE
    USEION k READ ek WRITE ik
    RANGE N, eta, gk, gamma, deterministic, gkbar, ik
    RANGE ninf, linf, ltau, ntau, an, bn, al, bl
    RANGE P_an, P_bn, P_al, P_bl
    GLOBAL vmin, vmax
    POINTER rng
}

UNITS {
    (mA) = (milliamp)
    (mV) = (millivolt)
    (pS) = (picosiemens)
    (S) = (siemens)
    (um) = (micron)
}

PARAMETER {
    gamma = 50 (pS)
    eta (1/um2)
    gkbar = .01 (S/cm2)
    deterministic = 0
    vmin = -120 (mV)
    vmax = 100 (mV)
}

ASSIGNED {
    v (mV)
    dt (ms)
    area (um2)
    ek (mV)
    ik (mA/cm2)
    gk (S/cm2)
    an (/ms)
    bn (/ms)
    al (/ms)
    bl (/ms)
    ninf
    ntau (ms)
    linf
    ltau (ms)
    N
    scale_dens (pS/um2)
    P_an
    P_bn
    P_al
    P_bl
    rng
    has_stream
    : channels with gate n and gate l closed (0) or open (1)
    N0L0
    N1L0
    N0L1
    N1L1
    : and how many of them move in this step
    n0l0_n1l0
    n0l0_n0l1
    n1l0_n1l1
    n1l0_n0l0
    n0l1_n1l1
    n0l1_n0l0
    n1l1_n0l1
    n1l1_n1l0
}

STATE {
    n
    l
}

VERBATIM
/* ln of the gamma function, C. Lanczos, SIAM J. Numer. Anal. B 1 (1964) 86-96. */
static double log_gamma(double x)
{
    static const double c[6] = {76.18009173, -86.50532033, 24.01409822,
                                -1.231739516, 0.120858003e-2, -0.536382e-5};
    double y = x - 1.0, base = y + 5.5, sum = 1.0;

    base -= (y + 0.5) * log(base);
    for (int k = 0; k < 6; k++) {
        y += 1.0;
        sum += c[k] / y;
    }
    return -base + log(2.50662827465 * sum);
}
ENDVERBATIM

INITIAL {
    VERBATIM
    if (cvode_active_ && !deterministic) {
        hoc_execerror("StochKv3 draws random numbers:", "the variable step needs deterministic = 1");
    }
    if (has_stream) {
        nrnran123_setseq((nrnran123_State *)_p_rng, 0, 0);
    }
    ENDVERBATIM

    eta = (gkbar/gamma)*(10000)
    rates(v)
    n = ninf
    l = linf
    scale_dens = gamma/area
    N = floor(eta*area + 0.5)

    expected()
    if (!deterministic) {
        whole()
    }
    N0L0 = N - N1L1 - N1L0 - N0L1

    n0l0_n1l0 = 0
    n0l0_n0l1 = 0
    n1l0_n1l1 = 0
    n1l0_n0l0 = 0
    n0l1_n1l1 = 0
    n0l1_n0l0 = 0
    n1l1_n0l1 = 0
    n1l1_n1l0 = 0
}

BREAKPOINT {
    SOLVE states METHOD cnexp
    gk = (positive(N1L1)*scale_dens)*(0.0001)
    ik = gk*(v - ek)
}

DERIVATIVE states {
    rates(v)
    l' = al - (al + bl)*l
    n' = an - (an + bn)*n

    if (deterministic || dt > 1) {
        expected()
    } else {
        whole()
        N0L0 = N - N1L1 - N1L0 - N0L1

        P_an = probability(positive(an*dt))
        P_bn = probability(positive(bn*dt))
        n0l0_n1l0 = binomial(P_an, N0L0)
        n0l1_n1l1 = binomial(P_an, N0L1)
        n1l1_n0l1 = binomial(P_bn, N1L1)
        n1l0_n0l0 = binomial(P_bn, N1L0)
        N0L0 = positive(N0L0 - n0l0_n1l0 + n1l0_n0l0)
        N1L0 = positive(N1L0 - n1l0_n0l0 + n0l0_n1l0)
        N0L1 = positive(N0L1 - n0l1_n1l1 + n1l1_n0l1)
        N1L1 = positive(N1L1 - n1l1_n0l1 + n0l1_n1l1)

        P_al = probability(positive(al*dt))
        P_bl = probability(positive(bl*dt))
        n0l0_n0l1 = binomial(P_al, N0L0 - n0l0_n1l0)
        n1l0_n1l1 = binomial(P_al, N1L0 - n1l0_n0l0)
        n0l1_n0l0 = binomial(P_bl, N0L1 - n0l1_n1l1)
        n1l1_n1l0 = binomial(P_bl, N1L1 - n1l1_n0l1)
        N0L0 = positive(N0L0 - n0l0_n0l1 + n0l1_n0l0)
        N1L0 = positive(N1L0 - n1l0_n1l1 + n1l1_n1l0)
        N0L1 = positive(N0L1 - n0l1_n0l0 + n0l0_n0l1)
        N1L1 = positive(N1L1 - n1l1_n1l0 + n1l0_n1l1)
    }
    N0L0 = N - N1L1 - N1L0 - N0L1
}

: the numbers that the gates' means give
PROCEDURE expected() {
    N1L1 = n*l*N
    N1L0 = n*(1 - l)*N
    N0L1 = (1 - n)*l*N
}

: whole channels
PROCEDURE whole() {
    N1L1 = floor(N1L1 + 0.5)
    N1L0 = floor(N1L0 + 0.5)
    N0L1 = floor(N0L1 + 0.5)
}

PROCEDURE rates(v (mV)) {
    TABLE ntau, ltau, ninf, linf, al, bl, an, bn DEPEND dt FROM vmin TO vmax WITH 199
    v = v + 10
    linf = 1/(1 + exp((-30(mV) - v)/10(mV)))
    ltau = 0.346(ms)*exp(-v/(18.272(mV))) + 2.09(ms)
    ninf = 1/(1 + exp(0.0878(1/mV)*(v + 55.1(mV))))
    ntau = 2.1(ms)*exp(-v/21.2(mV)) + 4.627(ms)
    v = v - 10
    al = linf/ltau
    bl = 1/ltau - al
    an = ninf/ntau
    bn = 1/ntau - an
}

FUNCTION positive(x) {
    if (x < 0) {
        positive = 0
    } else {
        positive = x
    }
}

FUNCTION probability(p) {
    probability = p
    VERBATIM
    if (_lp < 0.0 || _lp > 1.0) {
        fprintf(stderr, "StochKv3: %g is no probability (make dt smaller)\n", _lp);
    }
    ENDVERBATIM
}

: setRNG(id1, id2, id3): the stream of this instance
PROCEDURE setRNG() {
    VERBATIM
    nrnran123_State **stream = (nrnran123_State **)(&_p_rng);

    has_stream = 0;
    if (*stream) {
        nrnran123_deletestream(*stream);
        *stream = (nrnran123_State *)0;
    }
    if (ifarg(1)) {
        *stream = nrnran123_newstream3((uint32_t)*getarg(1), ifarg(2) ? (uint32_t)*getarg(2) : 0,
                                       ifarg(3) ? (uint32_t)*getarg(3) : 0);
        has_stream = 1;
    }
    ENDVERBATIM
}

: uniform in (0, 1); 0 without a stream
FUNCTION uniform() {
    uniform = 0
    VERBATIM
    if (has_stream) {
        _luniform = nrnran123_dblpick((nrnran123_State *)_p_rng);
    }
    ENDVERBATIM
}

: how many of `count` happen that happen with probability p each: one by one for few, by the
: Poisson limit for rare ones, else by rejection from a Cauchy curve (W. H. Press et al.,
: Numerical Recipes in C, 1988, section 7.3)
FUNCTION binomial(p, count) {
    VERBATIM
    double small = _lp <= 0.5 ? _lp : 1.0 - _lp;
    double mean = _lcount * small, drawn = 0.0;

    if (_lcount < 25) {
        for (int k = 1; k <= _lcount; k++) {
            drawn += uniform(_threadargs_) < small ? 1.0 : 0.0;
        }
    } else if (mean < 1.0) {
        double limit = exp(-mean), product = 1.0;
        int k = 0;
        for (; k <= _lcount; k++) {
            product *= uniform(_threadargs_);
            if (product < limit) {
                break;
            }
        }
        drawn = k <= _lcount ? k : _lcount;
    } else {
        double top = log_gamma(_lcount + 1.0), rest = 1.0 - small;
        double log_small = log(small), log_rest = log(rest);
        double width = sqrt(2.0 * mean * rest), ratio, slope;
        do {
            do {
                /* two draws: the first is thrown away */
                (void)uniform(_threadargs_);
                slope = tan(3.141592654 * uniform(_threadargs_));
                drawn = width * slope + mean;
            } while (drawn < 0.0 || drawn >= (_lcount + 1.0));
            drawn = floor(drawn);
            ratio = 1.2 * width * (1.0 + slope * slope) *
                    exp(top - log_gamma(drawn + 1.0) - log_gamma(_lcount - drawn + 1.0) +
                        drawn * log_small + (_lcount - drawn) * log_rest);
        } while (uniform(_threadargs_) > ratio);
    }
    if (small != _lp) {
        drawn = _lcount - drawn;
    }
    return drawn;
    ENDVERBATIM
}
