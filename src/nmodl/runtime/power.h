/* pow of vectors of MEC_W instances: compiled into mecombo and lent to mechanisms, after
 * lent.h.
 *
 * Results are libm's, bit for bit: pow repeats glibc's algorithm (2.28 and later on CPUs
 * with FMA) for x that is positive and normal and a result far from over- and underflow;
 * libm computes the other instances. */

void MEC_JOIN(mechanism_pow_exact, MEC_W)(double *values, const double *exponents,
                                          int n);

/* Rows of the table of logarithms for the lanes of i: 1/c, log(c) and its rest, where c is
 * near the middle of the i-th of 128 intervals. */
MEC_INLINE void MEC_JOIN(mec_log_rows, MEC_W)(vm i, vd *inverse, vd *log_c, vd *rest)
{
    typedef double four __attribute__((vector_size(32)));
    union {
        vm all;
        long long one[MEC_W];
    } at = {i << 2};
    __asm__("" : "+m"(at));
#ifdef MEC_SHUFFLE
    four part[3][2];
    for (int k = 0; k < MEC_W / 4; k++) {
        const four *a = (const four *)(mechanism_log_table + at.one[4 * k]);
        const four *b = (const four *)(mechanism_log_table + at.one[4 * k + 1]);
        const four *c = (const four *)(mechanism_log_table + at.one[4 * k + 2]);
        const four *d = (const four *)(mechanism_log_table + at.one[4 * k + 3]);
        four even = MEC_SHUFFLE(*a, *b, 0, 4, 2, 6);
        four even2 = MEC_SHUFFLE(*c, *d, 0, 4, 2, 6);
        part[0][k] = MEC_SHUFFLE(even, even2, 0, 1, 4, 5);
        part[2][k] = MEC_SHUFFLE(even, even2, 2, 3, 6, 7);
        part[1][k] = MEC_SHUFFLE(MEC_SHUFFLE(*a, *b, 1, 5, 3, 7),
                                 MEC_SHUFFLE(*c, *d, 1, 5, 3, 7), 0, 1, 4, 5);
    }
#if MEC_W == 8
    *inverse = MEC_SHUFFLE(part[0][0], part[0][1], 0, 1, 2, 3, 4, 5, 6, 7);
    *log_c = MEC_SHUFFLE(part[1][0], part[1][1], 0, 1, 2, 3, 4, 5, 6, 7);
    *rest = MEC_SHUFFLE(part[2][0], part[2][1], 0, 1, 2, 3, 4, 5, 6, 7);
#else
    *inverse = part[0][0];
    *log_c = part[1][0];
    *rest = part[2][0];
#endif
#else
    for (int lane = 0; lane < MEC_W; lane++) {
        const double *row = mechanism_log_table + at.one[lane];
        (*inverse)[lane] = row[0];
        (*log_c)[lane] = row[1];
        (*rest)[lane] = row[2];
    }
#endif
}

/* log(x) and what it is short of, for positive normal x. With z = x/2^k and r = z/c - 1:
 * k ln 2 + log(c) + log(1 + r). The polynomial and ln 2's parts are those of Arm's
 * Optimized Routines. */
MEC_INLINE vd MEC_JOIN(mec_log_parts, MEC_W)(vd x, vd *rest)
{
    typedef unsigned long long vu __attribute__((vector_size(8 * MEC_W)));
    const long long lowest = 0x3fe6955500000000LL, bias = 0x4000000000000000LL;
    vm bits = (vm)x - lowest;
    vm exponent = (vm)((vu)(bits + bias) >> 52) - (bias >> 52);
    vd z = (vd)((vm)x - (exponent << 52));
    vd k = (vd)(exponent + 0x4338000000000000LL) - S(0x1.8p52);
    vd inverse, log_c, log_c_rest;

    MEC_JOIN(mec_log_rows, MEC_W)((bits >> 45) & 127, &inverse, &log_c, &log_c_rest);
    vd r = MADD(z, inverse, S(-1.0));
    vd t1 = MADD(k, S(0x1.62e42fefa3800p-1), log_c);
    vd t2 = t1 + r;
    vd low = MADD(k, S(0x1.ef35793c76730p-45), log_c_rest) + (t1 - t2 + r);
    vd half = S(-0.5) * r;
    vd half2 = r * half;
    vd high = t2 + half2;
    low = low + MADD(half, r, -half2);
    low = low + (t2 - high + half2);
    vd p = MADD(r, S(-0x1.0002b8b263fc3p-3 * -8), S(0x1.2495b9b4845e9p-3 * -8));
    p = MADD(half2, p,
             MADD(r, S(-0x1.555555529a47ap-3 * 4), S(0x1.999999959554ep-3 * 4)));
    p = MADD(half2, p,
             MADD(r, S(-0x1.0000000000006p-2 * -2), S(0x1.555555555556p-2 * -2)));
    low = MADD(r * half2, p, low);
    vd sum = high + low;
    *rest = high - sum + low;
    return sum;
}

/* values[i]^exponents[i] of n vectors, in place. */
void MEC_JOIN(mechanism_pow_exact, MEC_W)(double *values, const double *exponents,
                                          int n)
{
    for (int i = 0; i < n; i++) {
        vd x = ((const vd *)values)[i], y = ((const vd *)exponents)[i], rest, scale;
        vd log_x = MEC_JOIN(mec_log_parts, MEC_W)(x, &rest);
        vd high = y * log_x;
        vd low = MADD(y, rest, MADD(y, log_x, -high));
        vm k;
        vd r = MEC_JOIN(mec_exp_reduce, MEC_W)(high, &k) + low;
        vd p = MEC_JOIN(mec_exp_series, MEC_W)(r, k, &scale);
        vm good = (x >= S(0x1p-1022)) & (x < S(__builtin_inf())) &
                  (vabs(y) > S(0x1p-65)) & (vabs(y) < S(0x1p63)) &
                  (vabs(high) >= S(0x1p-54)) & (vabs(high) < S(512.0));
        vd power = MADD(scale, p, scale);
        if (__builtin_expect(BEYOND(NUMBER(~good), 0.5), 0)) {
            for (int lane = 0; lane < MEC_W; lane++) {
                power[lane] = good[lane] ? power[lane] : pow(x[lane], y[lane]);
            }
        }
        ((vd *)values)[i] = power;
    }
}
