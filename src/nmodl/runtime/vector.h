/* Beginning of a vector section: types and functions of MEC_W instances at a time.
 *
 * Results are those of the scalar functions, bit for bit: the operations are the same
 * IEEE ones, and exp repeats glibc's algorithm (2.28 and later on CPUs with FMA). */

typedef double vd __attribute__((vector_size(8 * MEC_W)));
typedef long long vm __attribute__((vector_size(8 * MEC_W)));
typedef double MEC_JOIN(mec_loose, MEC_W)
    __attribute__((vector_size(8 * MEC_W), aligned(8), may_alias));

#define S MEC_JOIN(mec_splat, MEC_W)
#define LOAD MEC_JOIN(mec_load, MEC_W)
#define STORE MEC_JOIN(mec_store, MEC_W)
#define SELECT MEC_JOIN(mec_select, MEC_W)
#define MADD MEC_JOIN(mec_madd, MEC_W)
#define NUMBER MEC_JOIN(mec_number, MEC_W)
#define TRUE_ MEC_JOIN(mec_true, MEC_W)
#define BEYOND MEC_JOIN(mec_beyond, MEC_W)
#define vexp MEC_JOIN(mec_exp, MEC_W)
#define vexp_all MEC_JOIN(mec_exps, MEC_W)
#define vabs MEC_JOIN(mec_abs, MEC_W)
#define vsquare MEC_JOIN(mec_square, MEC_W)
#define vdivide MEC_JOIN(mec_divide, MEC_W)

/* Newer compilers only; gcc makes two loads of an entry of the table without it. */
#ifdef __has_builtin
#if __has_builtin(__builtin_shufflevector)
#undef MEC_SHUFFLE
#define MEC_SHUFFLE __builtin_shufflevector
#endif
#endif

/* x in every lane; x - 0 is x, also for -0. */
MEC_INLINE vd S(double x)
{
    return x - (vd){0};
}

MEC_INLINE vm TRUE_(void)
{
    return (vm){0} == (vm){0};
}

MEC_INLINE vd LOAD(const double *p)
{
    return *(const MEC_JOIN(mec_loose, MEC_W) *)p;
}

MEC_INLINE void STORE(double *p, vd x)
{
    *(MEC_JOIN(mec_loose, MEC_W) *)p = x;
}

MEC_INLINE vd SELECT(vm mask, vd a, vd b)
{
    return (vd)((mask & (vm)a) | (~mask & (vm)b));
}

/* A condition as a number: 1 or 0. */
MEC_INLINE vd NUMBER(vm mask)
{
    return (vd)(mask & (vm)S(1.));
}

MEC_INLINE vd vabs(vd x)
{
    return (vd)((vm)x & 0x7fffffffffffffffLL);
}

MEC_INLINE vd vsquare(vd x)
{
    return x * x;
}

/* True if |x| <= limit does not hold in every lane. */
MEC_INLINE int BEYOND(vd x, double limit)
{
#if MEC_W == 8
    return __builtin_ia32_cmppd512_mask(vabs(x), S(limit), 22, (unsigned char)-1, 4);
#else
    return __builtin_ia32_movmskpd256((vd) ~(vabs(x) <= S(limit)));
#endif
}

/* a * b + c, rounded once */
MEC_INLINE vd MADD(vd a, vd b, vd c)
{
#if MEC_W == 8
    return __builtin_ia32_vfmaddpd512_mask(a, b, c, (unsigned char)-1, 4);
#else
    return __builtin_ia32_vfmaddpd256(a, b, c);
#endif
}

/* x/c for a constant c, with high and low of c (see src/nmodl/divide.c) */
MEC_INLINE vd MEC_JOIN(mec_divide, MEC_W)(vd x, double high, double low)
{
    return MADD(x, S(high), x * S(low));
}

/* exp(x) = 2^(k/128) exp(r), k = round(x 128/ln 2), |r| <= ln 2/256. The table holds
 * 2^(i/128) as a double with the exponent's share of i taken out of its bits, and the
 * relative rest; the polynomial and ln 2's parts are those of Arm's Optimized Routines,
 * published constants that glibc uses. Gives 2^(k/128) and exp(r) - 1 + the rest. */
MEC_INLINE vd MEC_JOIN(mec_exp_parts, MEC_W)(vd x, vd *scale)
{
    typedef double pair __attribute__((vector_size(16)));
    const double *table = mec_exp_table;
    const double shift = 0x1.8p52;
    vd kd = MADD(x, S(0x1.71547652b82fep0 * 128), S(shift));
    vm k = (vm)kd;
    vm at = (k & 127) << 1;
    vd n = kd - S(shift);
    vd r = MADD(n, S(-0x1.cf79abc9e3b39p-47), MADD(n, S(-0x1.62e42fefa0000p-8), x));
    vd r2 = r * r;
    vd tail, p;
#if MEC_W == 8
    /* All places in one general register: half the time of eight extractions. */
    typedef unsigned char bytes __attribute__((vector_size(8)));
    unsigned long long w = (unsigned long long)__builtin_convertvector(at, bytes);
#define MEC_ENTRY_AT(i) (*(const pair *)(table + (unsigned char)(w >> (8 * (i)))))
    pair e0 = MEC_ENTRY_AT(0), e1 = MEC_ENTRY_AT(1), e2 = MEC_ENTRY_AT(2);
    pair e3 = MEC_ENTRY_AT(3), e4 = MEC_ENTRY_AT(4), e5 = MEC_ENTRY_AT(5);
    pair e6 = MEC_ENTRY_AT(6), e7 = MEC_ENTRY_AT(7);
#undef MEC_ENTRY_AT
#ifdef MEC_SHUFFLE
    typedef double four __attribute__((vector_size(32)));
    four a = MEC_SHUFFLE(e0, e2, 0, 1, 2, 3), b = MEC_SHUFFLE(e4, e6, 0, 1, 2, 3);
    four c = MEC_SHUFFLE(e1, e3, 0, 1, 2, 3), d = MEC_SHUFFLE(e5, e7, 0, 1, 2, 3);
    vd even = MEC_SHUFFLE(a, b, 0, 1, 2, 3, 4, 5, 6, 7);
    vd odd = MEC_SHUFFLE(c, d, 0, 1, 2, 3, 4, 5, 6, 7);
    tail = MEC_SHUFFLE(even, odd, 0, 8, 2, 10, 4, 12, 6, 14);
    *scale = MEC_SHUFFLE(even, odd, 1, 9, 3, 11, 5, 13, 7, 15);
#else
    tail = (vd){e0[0], e1[0], e2[0], e3[0], e4[0], e5[0], e6[0], e7[0]};
    *scale = (vd){e0[1], e1[1], e2[1], e3[1], e4[1], e5[1], e6[1], e7[1]};
#endif
#else
    pair e0 = *(const pair *)(table + at[0]), e1 = *(const pair *)(table + at[1]);
    pair e2 = *(const pair *)(table + at[2]), e3 = *(const pair *)(table + at[3]);
#ifdef MEC_SHUFFLE
    vd even = MEC_SHUFFLE(e0, e2, 0, 1, 2, 3), odd = MEC_SHUFFLE(e1, e3, 0, 1, 2, 3);
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

/* For arguments of any size: cut at +-700 as NEURON does; below -512 glibc takes a path
 * of its own, where the last multiplication is rounded. */
static __attribute__((noinline, unused)) vd MEC_JOIN(mec_exp_rare, MEC_W)(vd x)
{
    vd scale, p;

    p = MEC_JOIN(mec_exp_parts, MEC_W)(SELECT(x > S(700.), S(700.), x), &scale);
    p = SELECT(x <= S(-512.), scale + scale * p, MADD(scale, p, scale));
    return SELECT(x < S(-700.), S(0.), p);
}

/* exp with NEURON's cut at +-700. Not inlined: that would double the time of compilation
 * and gain little. */
static __attribute__((noinline, unused)) vd vexp(vd x)
{
    vd scale, p;

    if (__builtin_expect(BEYOND(x, 512.), 0)) {
        return MEC_JOIN(mec_exp_rare, MEC_W)(x);
    }
    p = MEC_JOIN(mec_exp_parts, MEC_W)(x, &scale);
    return MADD(scale, p, scale);
}

/* The same for n vectors, in place. */
static __attribute__((noinline, unused)) void vexp_all(vd *x, int n)
{
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

/* Functions of libm, one lane after the other. */
#define MEC_LANES1(name, call)                                                         \
    MEC_INLINE vd MEC_JOIN(mec_##name, MEC_W)(vd x)                                    \
    {                                                                                  \
        vd y;                                                                          \
        for (int i = 0; i < MEC_W; i++) {                                              \
            y[i] = call(x[i]);                                                         \
        }                                                                              \
        return y;                                                                      \
    }
#define MEC_LANES2(name, call)                                                         \
    MEC_INLINE vd MEC_JOIN(mec_##name, MEC_W)(vd a, vd b)                              \
    {                                                                                  \
        vd y;                                                                          \
        for (int i = 0; i < MEC_W; i++) {                                              \
            y[i] = call(a[i], b[i]);                                                   \
        }                                                                              \
        return y;                                                                      \
    }
MEC_LANES1(log, log)
MEC_LANES1(log10, log10)
MEC_LANES1(sqrt, sqrt)
MEC_LANES1(sin, sin)
MEC_LANES1(cos, cos)
MEC_LANES1(tan, tan)
MEC_LANES1(asin, asin)
MEC_LANES1(acos, acos)
MEC_LANES1(atan, atan)
MEC_LANES1(sinh, sinh)
MEC_LANES1(cosh, cosh)
MEC_LANES1(tanh, tanh)
MEC_LANES1(floor, floor)
MEC_LANES1(ceil, ceil)
MEC_LANES1(erf, erf)
MEC_LANES1(erfc, erfc)
MEC_LANES1(lgamma, lgamma)
MEC_LANES2(pow, pow)
MEC_LANES2(fmod, fmod)
MEC_LANES2(atan2, atan2)

/* The instances that do not fill a vector: run the block kernel on padded copies of what
 * it uses; unused lanes repeat the first instance. `column` and `ion` end with -1. */
static __attribute__((unused)) void
MEC_JOIN(mec_tail, MEC_W)(const mec_run *run, int first, const short *column,
                          const short *ion, int what,
                          void (*block)(const mec_run *run, int n))
{
    double copy[MEC_N_COLUMN + MEC_N_ION_REF + 5][MEC_W] __attribute__((aligned(64)));
    double *columns[MEC_N_COLUMN + 1], *ions[MEC_N_ION_REF + 1];
    double *from[MEC_N_COLUMN + MEC_N_ION_REF + 5];
    mec_run small = *run;
    int n = run->n - first, used = 0, writable = 0;

    small.n = MEC_W;
    small.column = columns;
    small.ion = ions;
    if (what & MEC_USES_V) {
        small.v = copy[used];
        from[used++] = run->v + first;
    }
    if (what & MEC_USES_AREA) {
        small.area = copy[used];
        from[used++] = (double *)run->area + first;
    }
    if (what & MEC_USES_DIAM) {
        small.diam = copy[used];
        from[used++] = (double *)run->diam + first;
    }
    writable = used;
    if (what & MEC_USES_RHS) {
        small.rhs = copy[used];
        from[used++] = run->rhs + first;
        small.d = copy[used];
        from[used++] = run->d + first;
    }
    for (; *column >= 0; column++) {
        columns[*column] = copy[used];
        from[used++] = run->column[*column] + first;
    }
    for (; *ion >= 0; ion++) {
        ions[*ion] = copy[used];
        from[used++] = run->ion[*ion] + first;
    }
    for (int k = 0; k < used; k++) {
        for (int i = 0; i < MEC_W; i++) {
            copy[k][i] = from[k][i < n ? i : 0];
        }
    }
    block(&small, MEC_W);
    for (int k = writable; k < used; k++) {
        for (int i = 0; i < n; i++) {
            from[k][i] = copy[k][i];
        }
    }
}
