#ifndef EFEATURE_FIT_LOOPS_H
#define EFEATURE_FIT_LOOPS_H

/* The loops over samples of the exponential fits.
 *
 * A fit by forward differences turns one rounding error into a millionth of its result, so
 * these loops round where numpy 2.4.6 and its BLAS (OpenBLAS, kernels for Haswell, one
 * thread) round, operation by operation. They need fused multiply-add; without it they are
 * slow, with the same results.
 */

#include <mecombo/host.h>

#include <stddef.h>

enum { N_PARAMETERS = 3 };

/* Where the vector that a loop multiplies by is 0: products with it are left out. */
typedef struct fit_gap {
    ptrdiff_t begin;
    ptrdiff_t end;
} fit_gap;

typedef struct fit_loops {
    /* out[i] = exp(-t[i] / tau) as numpy.exp() with AVX-512. */
    void (*exponentials)(ptrdiff_t n, const double t[], double tau, double out[]);
    /* f[i] = (a0 + a1 e[i]) - v[i] */
    void (*residuals)(ptrdiff_t n, double a0, double a1, const double e[],
                      const double v[], double f[]);
    /* d[i] = (((a0 + a1 e[i]) - v[i]) - f[i]) / h; d may be e */
    void (*differences)(ptrdiff_t n, double a0, double a1, const double e[],
                        const double v[], const double f[], double h, double d[]);
    /* x'y as DDOT sums it. */
    double (*dot)(ptrdiff_t n, const double x[], const double y[]);
    /* y[k] = column[k]'x as DGEMV('T') sums it, n_columns <= 3; the gap is in x. */
    void (*columns_dot)(ptrdiff_t n, fit_gap gap, int n_columns,
                        const double *const column[], const double x[], double y[]);
    /* out[i] = a x[i] */
    void (*scaled)(ptrdiff_t n, double a, const double x[], double out[]);
    /* y[i] += a x[i] as DAXPY rounds it; the gap is in x. */
    void (*add_scaled)(ptrdiff_t n, fit_gap gap, double a, const double x[],
                       double y[]);
    /* U'f for U = (the columns) times the 3 x 3 matrix b[column][row], as DGEMM and
     * DGEMV('T') round. */
    void (*product_dot)(ptrdiff_t n, const double *const column[],
                        double b[N_PARAMETERS][N_PARAMETERS], const double f[],
                        double uf[N_PARAMETERS]);
    /* (J D s)'(J D w) for J of these columns, as DGEMV('T') of the transpose and DDOT. */
    double (*steps_dot)(ptrdiff_t n, const double *const column[],
                        const double d[N_PARAMETERS], const double s[N_PARAMETERS],
                        const double w[N_PARAMETERS]);
} fit_loops;

extern const fit_loops fit_loops_baseline;
extern const fit_loops fit_loops_avx2;
extern const fit_loops fit_loops_avx512;

/* The loops for this host. */
static inline const fit_loops *fit_loops_of_host(void)
{
    static const fit_loops *const loops[] = {&fit_loops_baseline, &fit_loops_avx2,
                                             &fit_loops_avx512};

    return loops[mec_host_isa()];
}

#endif
