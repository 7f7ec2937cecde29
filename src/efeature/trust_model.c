/* The quadratic model of a least-squares cost. */

#include "trust_model.h"

#include "cube.h"

#include <float.h>
#include <string.h>

bool trust_model_decompose(model *q)
{
    const least_squares *p = q->problem;
    ptrdiff_t n = p->n;

    for (int k = 0; k < N; k++) {
        double *column = p->work[k];

        p->loops->scaled(n, q->d[k], p->column[k], column);
        memset(column + n, 0, N * sizeof *column);
        column[n + k] = sqrt(q->diag[k]);
    }
    return thin_svd_of(p->loops, n + N, (fit_gap){q->n_near, n}, p->work, p->f,
                       &q->svd);
}

/* |suf / (s^2 + alpha)| - delta, and its derivative by alpha. */
static double excess(const model *q, const double suf[N], double alpha, double delta,
                     double *derivative)
{
    double part[N];
    double sum = 0.0;

    for (int k = 0; k < N; k++) {
        double denominator = q->svd.s[k] * q->svd.s[k] + alpha;

        part[k] = suf[k] / denominator;
        sum += suf[k] * suf[k] / cube_of(denominator);
    }
    double length = norm(part);

    *derivative = -sum / length;
    return length - delta;
}

/* p = -V w, summed as DGEMV does */
static void back_to_parameters(const model *q, const double w[N], double p[N])
{
    for (int i = 0; i < N; i++) {
        const double *v = q->svd.vt[i];

        p[i] = -fma(v[2], w[2], fma(v[0], w[0], v[1] * w[1]));
    }
}

/* The Levenberg-Marquardt parameter for which the step is as long as delta, to 1 %,
 * from a first guess (More 1977). */
static double damping(const model *q, const double suf[N], bool full_rank, double delta,
                      double guess)
{
    double derivative;
    double high = norm(suf) / delta;
    double low = 0.0;

    if (full_rank) {
        double phi = excess(q, suf, 0.0, delta, &derivative);

        low = -phi / derivative;
    }
    double a =
        !full_rank && guess == 0.0 ? fmax(0.001 * high, pow(low * high, 0.5)) : guess;

    for (int i = 0; i < 10; i++) {
        if (a < low || a > high) {
            a = fmax(0.001 * high, pow(low * high, 0.5));
        }
        double phi = excess(q, suf, a, delta, &derivative);
        double ratio = phi / derivative;

        if (phi < 0.0) {
            high = a;
        }
        low = fmax(low, a - ratio);
        a -= (phi + delta) * ratio / delta;
        if (fabs(phi) < 0.01 * delta) {
            break;
        }
    }
    return a;
}

void trust_model_solve(const model *q, double delta, double *alpha, double p[N])
{
    double suf[N];
    double w[N];
    const double *s = q->svd.s;
    ptrdiff_t n = q->problem->n;
    bool full_rank = n >= N && s[N - 1] > DBL_EPSILON * (double)n * s[0];

    for (int k = 0; k < N; k++) {
        suf[k] = s[k] * q->svd.uf[k];
        w[k] = q->svd.uf[k] / s[k];
    }
    if (full_rank) {
        back_to_parameters(q, w, p);
        if (norm(p) <= delta) {
            *alpha = 0.0;
            return;
        }
    }
    double a = damping(q, suf, full_rank, delta, *alpha);

    for (int k = 0; k < N; k++) {
        w[k] = suf[k] / (s[k] * s[k] + a);
    }
    back_to_parameters(q, w, p);
    double scale = delta / norm(p);

    for (int k = 0; k < N; k++) {
        p[k] *= scale;
    }
    *alpha = a;
}

/* a' C b */
static double dot_diag(const model *q, const double a[N], const double b[N])
{
    const double scaled[N] = {a[0] * q->diag[0], a[1] * q->diag[1], a[2] * q->diag[2]};

    return dot(scaled, b);
}

/* (J D a)'(J D b) */
static double dot_steps(const model *q, const double a[N], const double b[N])
{
    const least_squares *p = q->problem;

    double sum = 0.0;
    ptrdiff_t at = 0;

    for (int left = threads_of_dot(p, p->n); left > 0; left--) {
        const double *const column[N] = {p->column[0] + at, p->column[1] + at,
                                         p->column[2] + at};
        ptrdiff_t n = share_of_thread(p->n - at, left);

        sum += p->loops->steps_dot(n, column, q->d, a, b);
        at += n;
    }
    return sum;
}

double trust_model_value(const model *q, const double s[N])
{
    return 0.5 * (dot_steps(q, s, s) + dot_diag(q, s, s)) + dot(s, q->g);
}

parabola trust_model_along(const model *q, const double start[],
                           const double direction[N])
{
    parabola out = {.c = 0.0};

    out.a =
        0.5 * (dot_steps(q, direction, direction) + dot_diag(q, direction, direction));
    out.b = dot(q->g, direction);
    if (start != NULL) {
        out.b += dot_steps(q, start, direction);
        out.c = 0.5 * dot_steps(q, start, start) + dot(q->g, start);
        out.b += dot_diag(q, start, direction);
        out.c += 0.5 * dot_diag(q, start, start);
    }
    return out;
}
