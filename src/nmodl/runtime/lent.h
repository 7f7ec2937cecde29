/* exp of several vectors of MEC_W instances: compiled into mecombo and lent to mechanisms,
 * after vector.h.
 *
 * Results are libm's, bit for bit: exp repeats glibc's algorithm (2.28 and later on CPUs
 * with FMA). */

#define BEYOND MEC_JOIN(mec_beyond, MEC_W)

void MEC_JOIN(mechanism_exp_exact, MEC_W)(double *values, int n);
void MEC_JOIN(mechanism_exp_quick, MEC_W)(double *values, int n);

/* Newer compilers only; gcc makes two loads of an entry of the table without it. */
#ifdef __has_builtin
#if __has_builtin(__builtin_shufflevector)
#undef MEC_SHUFFLE
#define MEC_SHUFFLE __builtin_shufflevector
/* Four doubles of two pairs; unlike a shuffle this reads the second one from memory. */
#undef MEC_BOTH
#define MEC_BOTH(low, high)                                                            \
    __builtin_ia32_vinsertf128_pd256(MEC_SHUFFLE(low, low, 0, 1, -1, -1), high, 1)
#endif
#endif

/* Element i of sixteen doubles in two vectors. */
#undef MEC_PICK
#ifdef __clang__
#define MEC_PICK(low, high, i) __builtin_ia32_vpermi2varpd512(low, i, high)
#else
#define MEC_PICK(low, high, i) __builtin_shuffle(low, high, i)
#endif

/* True if |x| <= limit does not hold in every lane. */
MEC_INLINE int BEYOND(vd x, double limit)
{
#if MEC_W == 8
    return __builtin_ia32_cmppd512_mask(vabs(x), S(limit), 22, (unsigned char)-1, 4);
#else
    return __builtin_ia32_movmskpd256((vd) ~(vabs(x) <= S(limit)));
#endif
}

/* x as k ln 2/128 + r, |r| <= ln 2/256; gives r and, in its low bits, k. */
MEC_INLINE vd MEC_JOIN(mec_exp_reduce, MEC_W)(vd x, vm *k)
{
    const double shift = 0x1.8p52;
    vd kd = MADD(x, S(0x1.71547652b82fep0 * 128), S(shift));
    vd n = kd - S(shift);

    *k = (vm)kd;
    return MADD(n, S(-0x1.cf79abc9e3b39p-47), MADD(n, S(-0x1.62e42fefa0000p-8), x));
}

/* exp(x) = 2^(k/128) exp(r) of mec_exp_reduce(). The table holds 2^(i/128) as a double with
 * the exponent's share of i taken out of its bits, and the relative rest; the polynomial
 * and ln 2's parts are those of Arm's Optimized Routines, published constants that glibc
 * uses. Gives 2^(k/128) and exp(r) - 1 + the rest. */
MEC_INLINE vd MEC_JOIN(mec_exp_series, MEC_W)(vd r, vm k, vd *scale)
{
    typedef double pair __attribute__((vector_size(16)));
    typedef double four __attribute__((vector_size(32)));
    const double *table = mec_exp_table;
    vd r2 = r * r;
    vd tail, p;
#if MEC_W == 8
    /* All places, times 2 and modulo 256, in one general register: half the time of eight
     * extractions. */
    typedef unsigned char bytes __attribute__((vector_size(8)));
    unsigned long long w = (unsigned long long)__builtin_convertvector(k << 1, bytes);
#define MEC_ENTRY_AT(i) (*(const pair *)(table + (unsigned char)(w >> (8 * (i)))))
    pair e0 = MEC_ENTRY_AT(0), e1 = MEC_ENTRY_AT(1);
    w >>= 16;
    pair e2 = MEC_ENTRY_AT(0), e3 = MEC_ENTRY_AT(1);
    w >>= 16;
    pair e4 = MEC_ENTRY_AT(0), e5 = MEC_ENTRY_AT(1);
    w >>= 16;
    pair e6 = MEC_ENTRY_AT(0), e7 = MEC_ENTRY_AT(1);
#undef MEC_ENTRY_AT
#ifdef MEC_SHUFFLE
    four a = MEC_BOTH(e0, e2), b = MEC_BOTH(e4, e6);
    four c = MEC_BOTH(e1, e3), d = MEC_BOTH(e5, e7);
    vd even = MEC_SHUFFLE(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
    vd odd = MEC_SHUFFLE(c, d, 0, 1, 2, 3, 4, 5, 6, 7);
    tail = MEC_SHUFFLE(even, odd, 0, 8, 2, 10, 4, 12, 6, 14);
    *scale = MEC_SHUFFLE(even, odd, 1, 9, 3, 11, 5, 13, 7, 15);
#else
    tail = (vd){e0[0], e1[0], e2[0], e3[0], e4[0], e5[0], e6[0], e7[0]};
    *scale = (vd){e0[1], e1[1], e2[1], e3[1], e4[1], e5[1], e6[1], e7[1]};
#endif
#else
    /* Through memory: moves from vector to general registers are few at a time. */
    union {
        vm all;
        long long one[4];
    } at = {(k & 127) << 1};
    __asm__("" : "+m"(at));
    pair e0 = *(const pair *)(table + at.one[0]);
    pair e1 = *(const pair *)(table + at.one[1]);
    pair e2 = *(const pair *)(table + at.one[2]);
    pair e3 = *(const pair *)(table + at.one[3]);
#ifdef MEC_SHUFFLE
    vd even = MEC_BOTH(e0, e2), odd = MEC_BOTH(e1, e3);
    tail = MEC_SHUFFLE(even, odd, 0, 4, 2, 6);
    *scale = MEC_SHUFFLE(even, odd, 1, 5, 3, 7);
#else
    tail = (vd){e0[0], e1[0], e2[0], e3[0]};
    *scale = (vd){e0[1], e1[1], e2[1], e3[1]};
#endif
#endif
    *scale = (vd)((vm)*scale + (k << 45));
    p = MADD(MADD(r, S(0x1.555555555543cp-3), S(0x1.ffffffffffdbdp-2)), r2, tail + r);
    return MADD(r2 * r2, MADD(r, S(0x1.1111167a4d017p-7), S(0x1.55555cf172b91p-5)), p);
}

MEC_INLINE vd MEC_JOIN(mec_exp_parts, MEC_W)(vd x, vd *scale)
{
    vm k;
    vd r = MEC_JOIN(mec_exp_reduce, MEC_W)(x, &k);

    return MEC_JOIN(mec_exp_series, MEC_W)(r, k, scale);
}

/* For arguments of any size: cut at +-700 as NEURON does; below -512 glibc takes a path
 * of its own, where the last multiplication is rounded. */
static __attribute__((noinline)) vd MEC_JOIN(mec_exp_rare, MEC_W)(vd x)
{
    vd scale, p;

    p = MEC_JOIN(mec_exp_parts, MEC_W)(SELECT(x > S(700.), S(700.), x), &scale);
    p = SELECT(x <= S(-512.), scale + scale * p, MADD(scale, p, scale));
    return SELECT(x < S(-700.), S(0.), p);
}

/* exp of n vectors, in place, with NEURON's cut at +-700. */
void MEC_JOIN(mechanism_exp_exact, MEC_W)(double *values, int n)
{
    vd *x = (vd *)values;

    for (int i = 0; i < n; i++) {
        vd scale, p;
        if (__builtin_expect(BEYOND(x[i], 512.), 0)) {
            x[i] = MEC_JOIN(mec_exp_rare, MEC_W)(x[i]);
            continue;
        }
        p = MEC_JOIN(mec_exp_parts, MEC_W)(x[i], &scale);
        x[i] = MADD(scale, p, scale);
    }
}

/* exp within 3 ulp for n vectors, in place; for free rounding. exp(x) = 2^(k/16) exp(r)
 * with the sixteen powers in registers; with narrow vectors 2^k exp(r). Taylor's series. */
void MEC_JOIN(mechanism_exp_quick, MEC_W)(double *values, int n)
{
    vd *x = (vd *)values;
    const double shift = 0x1.8p52;
#if MEC_W == 8
    /* As in the exact table, the exponent's share of i is taken out of 2^(i/16). */
    static const double power[16] __attribute__((aligned(64))) = {
        0x1.0000000000000p+0, 0x1.fb5586cf9890fp-1, 0x1.f72b83c7d517bp-1,
        0x1.f387a6e756238p-1, 0x1.f06fe0a31b715p-1, 0x1.edea64c123422p-1,
        0x1.ebfdad5362a27p-1, 0x1.eab07dd485429p-1, 0x1.ea09e667f3bcdp-1,
        0x1.ea11473eb0187p-1, 0x1.eace5422aa0dbp-1, 0x1.ec49182a3f090p-1,
        0x1.ee89f995ad3adp-1, 0x1.f199bdd85529cp-1, 0x1.f5818dcfba487p-1,
        0x1.fa4afa2a490dap-1,
    };
    const double steps = 16, scale = 0x1p-4;
    const vd low = LOAD(power), high = LOAD(power + 8);
#else
    const double steps = 1, scale = 1;
#endif
    for (int i = 0; i < n; i++) {
        vd kd, k, r, r2, p;
        if (__builtin_expect(BEYOND(x[i], 700.), 0)) {
            x[i] = MEC_JOIN(mec_exp_rare, MEC_W)(x[i]);
            continue;
        }
        kd = MADD(x[i], S(0x1.71547652b82fep0 * steps), S(shift));
        k = kd - S(shift);
        r = MADD(k, S(-0x1.62e42fefa39efp-1 * scale), x[i]);
        r = MADD(k, S(-0x1.abc9e3b39803fp-56 * scale), r);
        r2 = r * r;
#if MEC_W == 8
        p = MADD(MADD(r, S(1. / 5040), S(1. / 720)), r, S(1. / 120));
        p = MADD(MADD(MADD(p, r, S(1. / 24)), r, S(1. / 6)), r, S(.5));
        p = MADD(p, r2, r);
        k = MEC_PICK(low, high, (vm)kd);
        k = (vd)((vm)k + ((vm)kd << 48));
        x[i] = MADD(k, p, k);
#else
        vd r4 = r2 * r2;
        vd a = MADD(r2, MADD(r, S(1. / 6), S(.5)), S(1.) + r);
        vd b = MADD(r2, MADD(r, S(1. / 5040), S(1. / 720)),
                    MADD(r, S(1. / 120), S(1. / 24)));
        vd c = MADD(r2, MADD(r, S(1. / 39916800), S(1. / 3628800)),
                    MADD(r, S(1. / 362880), S(1. / 40320)));
        c = MADD(r4, S(1. / 479001600), c);
        p = MADD(r4, MADD(r4, c, b), a);
        x[i] = (vd)((vm)p + ((vm)kd << 52));
#endif
    }
}
