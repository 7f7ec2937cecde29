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
#define vexp MEC_JOIN(mec_exp, MEC_W)
#define vexp_all MEC_JOIN(mec_exps, MEC_W)
#define vexp_quick MEC_JOIN(mec_exps_quick, MEC_W)
#define vpow_all MEC_JOIN(mec_pows, MEC_W)
#define vabs MEC_JOIN(mec_abs, MEC_W)
#define vsquare MEC_JOIN(mec_square, MEC_W)
#define vdivide MEC_JOIN(mec_divide, MEC_W)

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

/* exp of n vectors, in place, with NEURON's cut at +-700. */
MEC_INLINE void vexp_all(vd *x, int n)
{
    mec_lent->exp_exact[MEC_W == 8]((double *)x, n);
}

/* The same within 3 ulp; for free rounding. */
MEC_INLINE void vexp_quick(vd *x, int n)
{
    mec_lent->exp_quick[MEC_W == 8]((double *)x, n);
}

MEC_INLINE vd vexp(vd x)
{
    vexp_all(&x, 1);
    return x;
}

/* x^y of n vectors, in place of x. */
MEC_INLINE void vpow_all(vd *x, const vd *y, int n)
{
    mec_lent->pow_exact[MEC_W == 8]((double *)x, (const double *)y, n);
}

MEC_INLINE vd MEC_JOIN(mec_pow, MEC_W)(vd x, vd y)
{
    vpow_all(&x, &y, 1);
    return x;
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
MEC_LANES2(fmod, fmod)
MEC_LANES2(atan2, atan2)
