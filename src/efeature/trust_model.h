#ifndef EFEATURE_TRUST_MODEL_H
#define EFEATURE_TRUST_MODEL_H

/* The quadratic model of a least-squares cost, and its minimum within a distance. */

#include "thin_svd.h"
#include "trust_region.h"

#include <math.h>

enum { N = N_PARAMETERS };

/* The model |J D s + f|^2 / 2 + s' C s / 2 of scaled variables s. */
typedef struct model {
    const least_squares *problem; /* J, f and work space */
    ptrdiff_t n_near;             /* rows of the first column of J that may not be 0 */
    double d[N];                  /* D */
    double diag[N];               /* C */
    double g[N];                  /* gradient by s */
    thin_svd svd;                 /* of [J D; sqrt(C)] */
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

/* Fill svd from the rest; false if that fails. */
bool trust_model_decompose(model *q);

/* The minimum p of the model within |p| <= delta; alpha is the Levenberg-Marquardt
 * parameter, kept from step to step. */
void trust_model_solve(const model *q, double delta, double *alpha, double p[N]);

/* The model's change of cost for a step. */
double trust_model_value(const model *q, const double s[N]);

/* The model along a line; start is NULL for the origin. */
parabola trust_model_along(const model *q, const double start[],
                           const double direction[N]);

#endif
