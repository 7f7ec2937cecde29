#ifndef EFEATURE_TRUST_REGION_H
#define EFEATURE_TRUST_REGION_H

/* Bounded nonlinear least squares with three parameters.
 *
 * Method: trust region reflective (Branch, Coleman, Li 1999, SIAM J. Sci. Comput. 21:1),
 * with the choices that scipy.optimize.least_squares(method="trf") makes: tolerances
 * 1e-8, at most 300 evaluations. scipy decomposes the Jacobian J by singular values; here
 * it enters through a factor of J'J, so results agree to about the noise of scipy's
 * finite differences.
 */

#include <stdbool.h>
#include <stddef.h>

enum { N_PARAMETERS = 3 };

/* The residuals f and their Jacobian J at some point. */
typedef struct linearised {
    double r[N_PARAMETERS][N_PARAMETERS]; /* R with R'R = J'J, r[row][column] */
    double qf[N_PARAMETERS];              /* Q'f, where J = Q R */
    double g[N_PARAMETERS];               /* J'f */
} linearised;

typedef struct least_squares {
    ptrdiff_t n; /* residuals */
    void *arg;
    /* Half the sum of squares at x; not finite if a residual is not. */
    double (*cost)(void *arg, const double x[N_PARAMETERS]);
    /* Called right after cost() at the same x. */
    void (*linearise)(void *arg, const double x[N_PARAMETERS], linearised *out);
    double lower[N_PARAMETERS];
    double upper[N_PARAMETERS];
} least_squares;

/* Minimise from x, which must lie within the bounds; x is then the best point.
 *
 * Returns false where scipy raises ValueError or RuntimeError: not finite, or not
 * converged. */
bool least_squares_solve(const least_squares *problem, double x[N_PARAMETERS]);

#endif
