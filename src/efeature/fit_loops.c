/* Loops of the exponential fits; see fit_loops.h. FIT_LOOPS_TABLE names the table that
 * this compilation makes. */

#include "fit_loops.h"

#include "power_table.h"

#include <math.h>
#include <stdint.h>
#include <string.h>
#ifdef __AVX512F__
#include <immintrin.h>
#endif

#ifndef FIT_LOOPS_TABLE
#define FIT_LOOPS_TABLE fit_loops_baseline
#endif

/* Rows that DGEMV treats at a time. */
enum { BLOCK_ROWS = 2048 };

/* Samples that DDOT and DAXPY treat at a time, fused; the rest is not fused. */
enum { WIDE = 16 };

/* exp() by the method and the coefficients of Intel's SVML (numpy/SVML, exp_d_ha, BSD
 * licence), which numpy calls: x = (16 k + j) ln2 / 16 + r with 0 <= r < ln2 / 16, a
 * polynomial in r, and 2^(j/16) = high (1 + low). */
static const double log2_e = 0x1.71547652b82fep+0;
static const double ln2_high = 0x1.62e42fefa39efp-1;
static const double ln2_low = 0x1.abc9e3b39803fp-56;
static const double coefficient[] = {0x1.fffffffffff70p-1, 0x1.000000000d008p-1,
                                     0x1.5555553939732p-3, 0x1.55557242d68fep-5,
                                     0x1.1101cbbc265c0p-7, 0x1.7411836940c04p-10};
/* Beyond this the result is not a normal number. */
static const double lowest_normal = -0x1.61da04cbafe44p+9;

static inline double exp_normal(double x)
{
    /* Sums with this are multiples of 1/16, in its lowest bits. */
    const double shift = 0x1.8p+48;
    double shifted = fma(x, log2_e, shift);
    double n = shifted - shift;
    union {
        double real;
        uint64_t bits;
    } scale, index;

    if (fma(x, log2_e, -n) < 0.0) {
        shifted -= 0x1p-4; /* rounded down, not to nearest */
        n -= 0x1p-4;
    }
    index.real = shifted;
    unsigned j = (unsigned)index.bits % 16U;
    double r = fma(-n, ln2_high, x);

    r = fma(-n, ln2_low, r);
    double r2 = r * r;
    double p = fma(r, coefficient[5], coefficient[4]);

    p = fma(p, r2, fma(r, coefficient[3], coefficient[2]));
    p = fma(p, r2, fma(r, coefficient[1], coefficient[0]));
    p = fma(p, r, power_low[j]);
    double y = fma(power_high[j], p, power_high[j]);

    scale.bits = ((index.bits >> 4) + 1023U) << 52;
    return y * scale.real;
}

#ifdef __AVX512F__
static inline __m512d of_sixteen(const double table[16], __m512d index)
{
    return _mm512_permutex2var_pd(_mm512_loadu_pd(table), _mm512_castpd_si512(index),
                                  _mm512_loadu_pd(table + 8));
}

static inline __m512d all(double x)
{
    return _mm512_set1_pd(x);
}

/* exp_normal() of eight: the compiler does not find the permutation. */
static inline __m512d exp_normal_of_eight(__m512d x)
{
    const __m512d shift = all(0x1.8p+48);
    const double *c = coefficient;
    __m512d shifted = _mm512_fmadd_round_pd(x, all(log2_e), shift,
                                            _MM_FROUND_TO_NEG_INF | _MM_FROUND_NO_EXC);
    __m512d n = _mm512_sub_pd(shifted, shift);
    __m512d r = _mm512_fnmadd_pd(n, all(ln2_high), x);

    r = _mm512_fnmadd_pd(n, all(ln2_low), r);
    __m512d r2 = _mm512_mul_pd(r, r);
    __m512d p = _mm512_fmadd_pd(r, all(c[5]), all(c[4]));

    p = _mm512_fmadd_pd(p, r2, _mm512_fmadd_pd(r, all(c[3]), all(c[2])));
    p = _mm512_fmadd_pd(p, r2, _mm512_fmadd_pd(r, all(c[1]), all(c[0])));
    p = _mm512_fmadd_pd(p, r, of_sixteen(power_low, shifted));
    __m512d high = of_sixteen(power_high, shifted);

    return _mm512_scalef_pd(_mm512_fmadd_pd(high, p, high), n);
}
#endif

static void exponentials(ptrdiff_t n, const double t[], double tau, double out[])
{
    ptrdiff_t n_normal = 0;
    ptrdiff_t i = 0;

#ifdef __AVX512F__
    for (; i + 8 <= n; i += 8) {
        __m512d x = _mm512_div_pd(_mm512_loadu_pd(t + i), all(-tau));

        n_normal +=
            __builtin_popcount(_mm512_cmp_pd_mask(x, all(lowest_normal), _CMP_GT_OQ));
        _mm512_storeu_pd(out + i, exp_normal_of_eight(x));
    }
#endif
    for (; i < n; i++) {
        double x = -t[i] / tau;

        out[i] = exp_normal(x);
        n_normal += x > lowest_normal;
    }
    for (i = 0; i < n && n_normal < n; i++) {
        double x = -t[i] / tau;

        if (!(x > lowest_normal)) {
            out[i] = exp(x);
        }
    }
}

static void residuals(ptrdiff_t n, double a0, double a1, const double e[],
                      const double v[], double f[])
{
    for (ptrdiff_t i = 0; i < n; i++) {
        f[i] = (a0 + a1 * e[i]) - v[i];
    }
}

static void differences(ptrdiff_t n, double a0, double a1, const double e[],
                        const double v[], const double f[], double h, double d[])
{
    for (ptrdiff_t i = 0; i < n; i++) {
        d[i] = (((a0 + a1 * e[i]) - v[i]) - f[i]) / h;
    }
}

/* Add x[0, n) times y, n a multiple of WIDE. */
static inline void dot_blocks(ptrdiff_t n, const double x[], const double y[],
                              double part[WIDE])
{
    for (ptrdiff_t i = 0; i < n; i += WIDE) {
        for (int k = 0; k < WIDE; k++) {
            part[k] = fma(x[i + k], y[i + k], part[k]);
        }
    }
}

/* The parts together, and the last n products. */
static inline double dot_total(const double part[WIDE], ptrdiff_t n, const double x[],
                               const double y[])
{
    double sum[2];

    for (int k = 0; k < 2; k++) {
        double a = (part[k] + part[k + 2]) + (part[k + 4] + part[k + 6]);
        double b = (part[k + 8] + part[k + 10]) + (part[k + 12] + part[k + 14]);

        sum[k] = a + b;
    }
    double total = sum[0] + sum[1];

    for (ptrdiff_t i = 0; i < n; i++) {
        total += y[i] * x[i];
    }
    return total;
}

static double dot(ptrdiff_t n, const double x[], const double y[])
{
    double part[WIDE] = {0.0};
    ptrdiff_t n_blocks = n - n % WIDE;

    dot_blocks(n_blocks, x, y, part);
    return dot_total(part, n - n_blocks, x + n_blocks, y + n_blocks);
}

typedef double pair __attribute__((vector_size(2 * sizeof(double))));

static inline pair pair_at(const double *x)
{
    pair out;

    memcpy(&out, x, sizeof out);
    return out;
}

/* Rows of a block, but for a gap where x is 0: [0, near) and [tail, end). */
typedef struct rows {
    ptrdiff_t near;
    ptrdiff_t tail;
    ptrdiff_t end;
} rows;

/* One block of up to BLOCK_ROWS rows, a multiple of 4, of two columns. */
static void block_of_two(rows at, const double a[], const double b[], const double x[],
                         double y[2])
{
    pair of_a = {0.0, 0.0};
    pair of_b = {0.0, 0.0};

    for (ptrdiff_t i = at.near == 0 ? at.tail : 0; i < at.end;
         i = i + 2 == at.near ? at.tail : i + 2) {
        of_a += pair_at(a + i) * pair_at(x + i);
        of_b += pair_at(b + i) * pair_at(x + i);
    }
    y[0] += of_a[0] + of_a[1];
    y[1] += of_b[0] + of_b[1];
}

/* Two whole blocks, whose sums do not wait for each other. */
static void two_blocks_of_two(const double a[], const double b[], const double x[],
                              double y[2])
{
    pair of_a[2] = {{0.0, 0.0}, {0.0, 0.0}};
    pair of_b[2] = {{0.0, 0.0}, {0.0, 0.0}};

    for (ptrdiff_t i = 0; i < BLOCK_ROWS; i += 2) {
        for (int k = 0; k < 2; k++) {
            ptrdiff_t at = i + k * BLOCK_ROWS;

            of_a[k] += pair_at(a + at) * pair_at(x + at);
            of_b[k] += pair_at(b + at) * pair_at(x + at);
        }
    }
    for (int k = 0; k < 2; k++) {
        y[0] += of_a[k][0] + of_a[k][1];
        y[1] += of_b[k][0] + of_b[k][1];
    }
}

static void block_of_one(rows at, const double a[], const double x[], double *y)
{
    pair first = {0.0, 0.0};
    pair second = {0.0, 0.0};

    for (ptrdiff_t i = at.near == 0 ? at.tail : 0; i < at.end;
         i = i + 4 == at.near ? at.tail : i + 4) {
        first += pair_at(a + i) * pair_at(x + i);
        second += pair_at(a + i + 2) * pair_at(x + i + 2);
    }
    second += first;
    *y += second[0] + second[1];
}

/* The last 1 to 3 rows. */
static double last_rows(ptrdiff_t n, const double a[], const double x[])
{
    double sum = n > 1 ? fma(a[0], x[0], a[1] * x[1]) : a[0] * x[0];

    return n > 2 ? fma(a[2], x[2], sum) : sum;
}

/* Add the products of at.end rows that DGEMV takes at once, see rows_at_once(). */
static inline void add_rows(rows at, int n_columns, const double *const column[],
                            const double x[], double y[])
{
    for (int k = 0; k < n_columns && at.end < 4; k++) {
        if (at.end == 1) {
            y[k] = fma(column[k][0], x[0], y[k]);
        } else {
            y[k] += last_rows(at.end, column[k], x);
        }
    }
    if (at.end < 4) {
        return;
    }
    if (n_columns > 1) {
        block_of_two(at, column[0], column[1], x, y);
    }
    if (n_columns % 2 == 1) {
        block_of_one(at, column[n_columns - 1], x, &y[n_columns - 1]);
    }
}

/* How many of the n rows left DGEMV takes at once. */
static inline ptrdiff_t rows_at_once(ptrdiff_t n)
{
    ptrdiff_t n_fours = n - n % 4;

    return n_fours == 0 ? n : n_fours < BLOCK_ROWS ? n_fours : BLOCK_ROWS;
}

/* The rows of the block [begin, begin + n), in fours. */
static inline rows rows_of_block(const fit_gap *gap, ptrdiff_t begin, ptrdiff_t n)
{
    rows at = {n, n, n};

    if (gap->begin < begin + n && n >= 4) {
        at.near = gap->begin > begin ? (gap->begin - begin + 3) / 4 * 4 : 0;
        at.tail = gap->end < begin + n ? (gap->end - begin) / 4 * 4 : n;
        at.tail = at.tail > at.near ? at.tail : at.near;
    }
    return at;
}

static void columns_dot(ptrdiff_t n, fit_gap gap, int n_columns,
                        const double *const column[], const double x[], double y[])
{
    ptrdiff_t n_dense = gap.begin < n ? gap.begin : n;
    ptrdiff_t n_rows;

    for (int k = 0; k < n_columns; k++) {
        y[k] = 0.0;
    }
    for (ptrdiff_t i = 0; i < n; i += n_rows) {
        const double *at[N_PARAMETERS];

        n_rows = rows_at_once(n - i);
        for (int k = 0; k < n_columns; k++) {
            at[k] = column[k] + i;
        }
        if (n_columns == 2 && i + 2 * BLOCK_ROWS <= n_dense) {
            two_blocks_of_two(at[0], at[1], x + i, y);
            n_rows = 2 * BLOCK_ROWS;
        } else {
            add_rows(rows_of_block(&gap, i, n_rows), n_columns, at, x + i, y);
        }
    }
}

static void scaled(ptrdiff_t n, double a, const double x[], double out[])
{
    for (ptrdiff_t i = 0; i < n; i++) {
        out[i] = a * x[i];
    }
}

static void add_scaled(ptrdiff_t n, fit_gap gap, double a, const double x[], double y[])
{
    ptrdiff_t n_fused = n - n % WIDE;
    ptrdiff_t near = gap.begin < n_fused ? gap.begin : n_fused;

    for (ptrdiff_t i = 0; i < near; i++) {
        y[i] = fma(a, x[i], y[i]);
    }
    for (ptrdiff_t i = gap.end > near ? gap.end : near; i < n_fused; i++) {
        y[i] = fma(a, x[i], y[i]);
    }
    for (ptrdiff_t i = n_fused; i < n; i++) {
        y[i] += a * x[i];
    }
}

static void product_dot(ptrdiff_t n, const double *const column[],
                        double b[N_PARAMETERS][N_PARAMETERS], const double f[],
                        double uf[N_PARAMETERS])
{
    double u[N_PARAMETERS][BLOCK_ROWS];
    const double *const at[N_PARAMETERS] = {u[0], u[1], u[2]};
    ptrdiff_t n_rows;

    uf[0] = uf[1] = uf[2] = 0.0;
    for (ptrdiff_t i = 0; i < n; i += n_rows) {
        const double *x = column[0] + i;
        const double *y = column[1] + i;
        const double *z = column[2] + i;

        n_rows = rows_at_once(n - i);
        for (int k = 0; k < N_PARAMETERS; k++) {
            for (ptrdiff_t r = 0; r < n_rows; r++) {
                u[k][r] = fma(z[r], b[k][2], fma(y[r], b[k][1], x[r] * b[k][0]));
            }
        }
        add_rows((rows){n_rows, n_rows, n_rows}, N_PARAMETERS, at, f + i, uf);
    }
}

/* out[r] = (J D s)[r] */
static inline void times_step(ptrdiff_t n, const double x[], const double y[],
                              const double z[], const double d[N_PARAMETERS],
                              const double s[N_PARAMETERS], double out[])
{
    for (ptrdiff_t r = 0; r < n; r++) {
        out[r] = fma(z[r] * d[2], s[2], fma(x[r] * d[0], s[0], (y[r] * d[1]) * s[1]));
    }
}

static double steps_dot(ptrdiff_t n, const double *const column[],
                        const double d[N_PARAMETERS], const double s[N_PARAMETERS],
                        const double w[N_PARAMETERS])
{
    enum { ROWS = 16 * WIDE };
    double part[WIDE] = {0.0};
    double js[ROWS] = {0.0};
    double jw[ROWS];
    ptrdiff_t n_left = 0;

    if (n == 1) { /* numpy takes DDOT */
        const double jd[] = {column[0][0] * d[0], column[1][0] * d[1],
                             column[2][0] * d[2]};

        return dot(N_PARAMETERS, jd, s) * dot(N_PARAMETERS, jd, w);
    }
    for (ptrdiff_t i = 0; i < n; i += ROWS) {
        ptrdiff_t n_rows = n - i < ROWS ? n - i : ROWS;

        n_left = n_rows % WIDE;
        times_step(n_rows, column[0] + i, column[1] + i, column[2] + i, d, s, js);
        times_step(n_rows, column[0] + i, column[1] + i, column[2] + i, d, w, jw);
        dot_blocks(n_rows - n_left, js, jw, part);
        if (n_left > 0) {
            return dot_total(part, n_left, js + n_rows - n_left, jw + n_rows - n_left);
        }
    }
    return dot_total(part, 0, js, jw);
}

const fit_loops FIT_LOOPS_TABLE = {.exponentials = exponentials,
                                   .residuals = residuals,
                                   .differences = differences,
                                   .dot = dot,
                                   .columns_dot = columns_dot,
                                   .scaled = scaled,
                                   .add_scaled = add_scaled,
                                   .product_dot = product_dot,
                                   .steps_dot = steps_dot};
