#ifndef EFEATURE_TRUST_REGION_H
#define EFEATURE_TRUST_REGION_H

/* Bounded nonlinear least squares with three parameters.
 *
 * Method: trust region reflective (Branch, Coleman, Li 1999, SIAM J. Sci. Comput. 21:1),
 * with the choices that scipy.optimize.least_squares(method="trf") makes: tolerances
 * 1e-8, 300 evaluations, Jacobian by forward differences. The Jacobian enters through its
 * QR factorisation; scipy decomposes it by singular values, so results agree to about the
 * noise of the differences.
 */

#include <stdbool.h>
#include <stddef.h>

enum { N_PARAMETERS = 3 };

typedef struct least_squares {
    ptrdiff_t n; /* residuals */
    void *arg;
    /* Residuals f[n] at x; returns half the sum of squares (not finite if any is not). */
    double (*residuals)(void *arg, const double x[N_PARAMETERS], double f[]);
    /* Jacobian columns at x, where the residuals are f: j[N_PARAMETERS][n]. */
    void (*jacobian)(void *arg, const double x[N_PARAMETERS], const double f[],
                     double *const j[N_PARAMETERS]);
    double lower[N_PARAMETERS];
    double upper[N_PARAMETERS];
    /* Work space: [n + N_PARAMETERS] each. */
    double *f;
    double *f_new;
    double *column[N_PARAMETERS + 1];
} least_squares;

/* Minimise from x, which must lie within the bounds; x is then the best point.
 *
 * Returns false where scipy raises ValueError or RuntimeError: not finite, or not
 * converged. */
bool least_squares_solve(least_squares *problem, double x[N_PARAMETERS]);

#endif
