#ifndef EFEATURE_TRUST_REGION_H
#define EFEATURE_TRUST_REGION_H

/* Bounded nonlinear least squares with three parameters.
 *
 * Method: trust region reflective (Branch, Coleman, Li 1999, SIAM J. Sci. Comput. 21:1),
 * with the choices and the order of operations of scipy 1.17.1's
 * least_squares(method="trf"): tolerances 1e-8, at most 300 evaluations.
 */

#include "fit_loops.h"

#include <stdbool.h>

typedef struct least_squares {
    ptrdiff_t n; /* residuals */
    const fit_loops *loops;
    int n_threads; /* among which numpy divides the sums of more than 10000 products */
    void *arg;
    /* Half the sum of squares at x, with the residuals in f; not finite if one is not. */
    double (*cost)(void *arg, const double x[N_PARAMETERS]);
    /* Fill the columns of the Jacobian at x, right after cost() at the same x; returns
     * after how many rows the first column is 0. */
    ptrdiff_t (*differentiate)(void *arg, const double x[N_PARAMETERS]);
    double lower[N_PARAMETERS];
    double upper[N_PARAMETERS];
    double *f;                    /* [n + 3], the last three are 0 */
    double *column[N_PARAMETERS]; /* [n] each */
    double *work[N_PARAMETERS];   /* [n + 3] each */
} least_squares;

/* The products that the first of `n_threads` threads sums when n are left. */
static inline ptrdiff_t share_of_thread(ptrdiff_t n, int n_threads)
{
    return (n + n_threads - 1) / n_threads;
}

/* The threads that DDOT takes for n products. */
static inline int threads_of_dot(const least_squares *p, ptrdiff_t n)
{
    return n > 10000 ? p->n_threads : 1;
}

/* Minimise from x, which must lie within the bounds; x is then the best point.
 *
 * Returns false where scipy raises ValueError or RuntimeError: not finite, or not
 * converged. */
bool least_squares_solve(const least_squares *problem, double x[N_PARAMETERS]);

#endif
