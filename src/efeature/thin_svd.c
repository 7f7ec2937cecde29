/* The singular value decomposition of a matrix with three columns. */

#include "thin_svd.h"

#include <math.h>
#include <string.h>

enum { N = N_PARAMETERS };

/* No gap in n rows. */
static fit_gap no_gap(ptrdiff_t n)
{
    return (fit_gap){n, n};
}

/* The gap in column k from row k + skip on: only the first column has one. */
static fit_gap gap_of(int k, fit_gap gap, int skip, ptrdiff_t n)
{
    return k > 0 || gap.begin < skip ? no_gap(n)
                                     : (fit_gap){gap.begin - skip, gap.end - skip};
}

static inline long double square(long double x)
{
    return x * x;
}

/* sqrt(x'x) in extended precision. */
static double length_of(ptrdiff_t n, fit_gap gap, const double x[])
{
    long double a = 0.0L;
    long double b = 0.0L;
    long double c = 0.0L;
    long double d = 0.0L;
    ptrdiff_t n_eights = n - n % 8;
    ptrdiff_t behind = gap.end / 4 * 4;
    ptrdiff_t i = 0;

    for (; i < n_eights; i += 4) {
        if (i >= gap.begin && i < behind) {
            i = behind < n_eights ? behind - 4 : n_eights - 4;
            continue;
        }
        a += square(x[i]);
        b += square(x[i + 1]);
        c += square(x[i + 2]);
        d += square(x[i + 3]);
    }
    for (; i < n; i++) {
        a += square(x[i]);
    }
    return (double)sqrtl(((c + a) + b) + d);
}

static double hypotenuse(double x, double y)
{
    double high = fmax(fabs(x), fabs(y));
    double low = fmin(fabs(x), fabs(y));
    double ratio = low / high;

    return low == 0.0 ? high : high * sqrt(1.0 + ratio * ratio);
}

/* The reflection I - tau (1, x)(1, x)' that turns (alpha, x) into (beta, 0): x is
 * overwritten, alpha becomes beta. Returns tau. */
static double make_reflection(ptrdiff_t n, fit_gap gap, double *alpha, double x[])
{
    const double safe = 0x1p-1022 / 0x1p-53;
    double length = length_of(n, gap, x);
    int n_scaled = 0;

    if (n <= 0 || length == 0.0) {
        return 0.0;
    }
    double beta = -copysign(hypotenuse(*alpha, length), *alpha);

    while (fabs(beta) < safe && n_scaled < 20) {
        n_scaled++;
        for (ptrdiff_t i = 0; i < n; i++) {
            x[i] *= 1.0 / safe;
        }
        beta *= 1.0 / safe;
        *alpha *= 1.0 / safe;
    }
    if (n_scaled > 0) {
        beta = -copysign(hypotenuse(*alpha, length_of(n, gap, x)), *alpha);
    }
    double tau = (beta - *alpha) / beta;
    double scale = 1.0 / (*alpha - beta);

    for (ptrdiff_t i = 0; i < n; i++) {
        x[i] *= scale;
    }
    for (int k = 0; k < n_scaled; k++) {
        beta *= safe;
    }
    *alpha = beta;
    return tau;
}

static bool all_zero(ptrdiff_t n, const double x[])
{
    for (ptrdiff_t i = 0; i < n; i++) {
        if (x[i] != 0.0) {
            return false;
        }
    }
    return true;
}

/* C = (I - tau v v') C, with v[0] = 1. */
static void reflect_rows(const fit_loops *loops, ptrdiff_t n, fit_gap gap,
                         const double v[], double tau, int n_columns,
                         double *const column[])
{
    double w[N];

    if (tau == 0.0) {
        return;
    }
    while (n > 0 && v[n - 1] == 0.0) {
        n--;
    }
    while (n_columns > 0 && all_zero(n, column[n_columns - 1])) {
        n_columns--;
    }
    loops->columns_dot(n, gap, n_columns, (const double *const *)column, v, w);
    for (int k = 0; k < n_columns; k++) {
        loops->add_scaled(n, gap, -tau * w[k], v, column[k]);
    }
}

/* C = C (I - tau v v') for two columns of at most three rows. */
static void reflect_columns(int n_rows, const double v[2], double tau, double *c0,
                            double *c1)
{
    for (int i = 0; i < n_rows && tau != 0.0; i++) {
        double w = c0[i] * v[0] + c1[i] * v[1];

        c0[i] += (-tau * v[0]) * w;
        c1[i] += (-tau * v[1]) * w;
    }
}

/* Q R: R replaces the upper triangle, the reflections the rest. */
static void factorise(const fit_loops *loops, ptrdiff_t n, fit_gap gap,
                      double *const column[], double tau[N])
{
    for (int k = 0; k < N; k++) {
        double *x = column[k] + k;
        double *rest[N];

        tau[k] = make_reflection(n - k - 1, gap_of(k, gap, 1, n), &x[0], x + 1);
        for (int c = k + 1; c < N; c++) {
            rest[c - k - 1] = column[c] + k;
        }
        double diagonal = x[0];

        x[0] = 1.0;
        reflect_rows(loops, n - k, gap_of(k, gap, 0, n), x, tau[k], N - k - 1, rest);
        x[0] = diagonal;
    }
}

/* The first three columns of Q, in place of the reflections. */
static void make_orthogonal(const fit_loops *loops, ptrdiff_t n, fit_gap gap,
                            double *const column[], const double tau[N])
{
    for (int k = N - 1; k >= 0; k--) {
        double *x = column[k] + k;
        double *rest[N];

        for (int c = k + 1; c < N; c++) {
            rest[c - k - 1] = column[c] + k;
        }
        x[0] = 1.0;
        reflect_rows(loops, n - k, gap_of(k, gap, 0, n), x, tau[k], N - k - 1, rest);
        for (ptrdiff_t i = 1; i < n - k; i++) {
            x[i] *= -tau[k];
        }
        x[0] = 1.0 - tau[k];
        for (int i = 0; i < k; i++) {
            column[k][i] = 0.0;
        }
    }
}

/* The reflections that make R bidiagonal. */
typedef struct reduction {
    double r[N][N]; /* r[column][row]; the reflections where there were zeros to make */
    double tau_left[N];
    double tau_right;
} reduction;

static void reduce(const fit_loops *loops, reduction *b, bidiagonal *out)
{
    for (int k = 0; k < N; k++) {
        double *x = b->r[k] + k;
        double *rest[N];

        for (int c = k + 1; c < N; c++) {
            rest[c - k - 1] = b->r[c] + k;
        }
        b->tau_left[k] = make_reflection(N - k - 1, no_gap(N), &x[0], x + 1);
        out->d[k] = x[0];
        x[0] = 1.0;
        reflect_rows(loops, N - k, no_gap(N), x, b->tau_left[k], N - k - 1, rest);
        if (k == 0) {
            b->tau_right = make_reflection(1, no_gap(1), &b->r[1][0], &b->r[2][0]);
            const double v[2] = {1.0, b->r[2][0]};

            reflect_columns(2, v, b->tau_right, b->r[1] + 1, b->r[2] + 1);
        }
        if (k < N - 1) {
            out->e[k] = b->r[k + 1][k];
        }
    }
}

/* The singular vectors of R from those of the bidiagonal matrix. */
static void undo_reduction(const fit_loops *loops, const reduction *b, bidiagonal *out)
{
    const double v[2] = {1.0, b->r[2][0]};

    for (int k = N - 1; k >= 0; k--) {
        double *rest[N] = {out->u[0] + k, out->u[1] + k, out->u[2] + k};
        double x[N] = {1.0};

        memcpy(x + 1, b->r[k] + k + 1, (size_t)(N - k - 1) * sizeof *x);
        reflect_rows(loops, N - k, no_gap(N), x, b->tau_left[k], N, rest);
    }
    reflect_columns(N, v, b->tau_right, out->vt[1], out->vt[2]);
}

bool thin_svd_of(const fit_loops *loops, ptrdiff_t n, fit_gap gap,
                 double *const column[], const double f[], thin_svd *out)
{
    double tau[N];
    reduction b = {.tau_right = 0.0};
    bidiagonal small;

    factorise(loops, n, gap, column, tau);
    for (int c = 0; c < N; c++) {
        for (int r = 0; r <= c; r++) {
            b.r[c][r] = column[c][r];
        }
    }
    make_orthogonal(loops, n, gap, column, tau);
    reduce(loops, &b, &small);
    if (!bidiagonal_svd(&small)) {
        return false;
    }
    undo_reduction(loops, &b, &small);
    loops->product_dot(n, (const double *const *)column, small.u, f, out->uf);
    memcpy(out->s, small.d, sizeof out->s);
    memcpy(out->vt, small.vt, sizeof out->vt);
    return true;
}
