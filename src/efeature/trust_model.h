#ifndef EFEATURE_TRUST_MODEL_H
#define EFEATURE_TRUST_MODEL_H

/* The quadratic model of a least-squares cost, and its minimum within a distance. */

#include "trust_region.h"

#include <math.h>

enum { N = N_PARAMETERS };

/* The model |J s + f|^2 / 2 + s' D s / 2 in scaled variables. */
typedef struct model {
    double r[N][N]; /* R of the scaled Jacobian */
    double diag[N]; /* D */
    double g[N];    /* gradient */
    double s[N];    /* singular values of [R; sqrt(D)], descending */
    double v[N][N]; /* right singular vectors, v[.][k] belongs to s[k] */
    double uf[N];   /* left singular vectors times f */
    ptrdiff_t n;
} model;

/* The model along start + t direction is a t^2 + b t + c. */
typedef struct parabola {
    double a;
    double b;
    double c;
} parabola;

static inline double dot(const double a[N], const double b[N])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static inline double norm(const double a[N])
{
    return sqrt(dot(a, a));
}

/* Fill s, v and uf from r, diag and Q'f. */
void trust_model_decompose(model *q, const double qf[N]);

/* The minimum p of the model within |p| <= delta; alpha is the Levenberg-Marquardt
 * parameter, kept from step to step. */
void trust_model_solve(const model *q, double delta, double *alpha, double p[N]);

/* The model's change of cost for a step. */
double trust_model_value(const model *q, const double s[N]);

/* The model along a line. */
parabola trust_model_along(const model *q, const double start[N],
                           const double direction[N]);

#endif
