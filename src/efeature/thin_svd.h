#ifndef EFEATURE_THIN_SVD_H
#define EFEATURE_THIN_SVD_H

/* Singular values of a matrix with three columns, by LAPACK's DGESDD: Householder
 * factorisation, bidiagonalisation of R, implicit QR on that (Golub, Kahan 1965; Demmel,
 * Kahan 1990), each rounding as in OpenBLAS 0.3.30. */

#include "fit_loops.h"

#include <stdbool.h>

typedef struct thin_svd {
    double s[N_PARAMETERS];                /* descending */
    double vt[N_PARAMETERS][N_PARAMETERS]; /* V', vt[column][row] */
    double uf[N_PARAMETERS];               /* U'f */
} thin_svd;

/* A bidiagonal matrix and what multiplies it from the left and the right. */
typedef struct bidiagonal {
    double d[N_PARAMETERS];                /* diagonal; then the singular values */
    double e[N_PARAMETERS - 1];            /* above it */
    double u[N_PARAMETERS][N_PARAMETERS];  /* u[column][row] */
    double vt[N_PARAMETERS][N_PARAMETERS]; /* vt[column][row] */
} bidiagonal;

/* Singular values of b->d and b->e, and their vectors (b->u and b->vt are set). Returns
 * false if the iteration does not converge. */
bool bidiagonal_svd(bidiagonal *b);

/* Decompose a matrix of three columns.
 *
 * @param n       rows, >= 3
 * @param gap     where column[0] is 0
 * @param column  [3][n]  overwritten
 * @param f       [n]
 * @return false where LAPACK does not converge
 */
bool thin_svd_of(const fit_loops *loops, ptrdiff_t n, fit_gap gap,
                 double *const column[], const double f[], thin_svd *out);

#endif
