/* The quadratic model of a least-squares cost. */

#include "trust_model.h"

#include <float.h>

/* Rotate columns a and b of [R; sqrt(D)] until they are orthogonal (one-sided Jacobi). */
static double rotate(double m[2 * N][N], double v[N][N], int a, int b)
{
    double aa = 0.0;
    double bb = 0.0;
    double ab = 0.0;

    for (int i = 0; i < 2 * N; i++) {
        aa += m[i][a] * m[i][a];
        bb += m[i][b] * m[i][b];
        ab += m[i][a] * m[i][b];
    }
    if (ab == 0.0 || fabs(ab) <= 1e-17 * sqrt(aa * bb)) {
        return 0.0;
    }
    double zeta = (bb - aa) / (2 * ab);
    double t = copysign(1.0, zeta) / (fabs(zeta) + sqrt(1 + zeta * zeta));
    double c = 1 / sqrt(1 + t * t);
    double s = c * t;

    for (int i = 0; i < 2 * N; i++) {
        double x = m[i][a];

        m[i][a] = c * x - s * m[i][b];
        m[i][b] = s * x + c * m[i][b];
    }
    for (int i = 0; i < N; i++) {
        double x = v[i][a];

        v[i][a] = c * x - s * v[i][b];
        v[i][b] = s * x + c * v[i][b];
    }
    return fabs(ab) / sqrt(aa * bb);
}

static void swap_columns(double m[2 * N][N], model *q, int a, int b)
{
    double s = q->s[a];

    q->s[a] = q->s[b];
    q->s[b] = s;
    for (int i = 0; i < 2 * N; i++) {
        double x = m[i][a];

        m[i][a] = m[i][b];
        m[i][b] = x;
    }
    for (int i = 0; i < N; i++) {
        double x = q->v[i][a];

        q->v[i][a] = q->v[i][b];
        q->v[i][b] = x;
    }
}

/* Singular values and vectors of [R; sqrt(D)], and U'f for f = [Q'f; 0]. */
void trust_model_decompose(model *q, const double qf[N])
{
    double m[2 * N][N] = {{0.0}};

    for (int i = 0; i < N; i++) {
        for (int k = 0; k < N; k++) {
            m[i][k] = q->r[i][k];
            q->v[i][k] = i == k ? 1.0 : 0.0;
        }
        m[N + i][i] = sqrt(q->diag[i]);
    }
    for (int sweep = 0; sweep < 60; sweep++) {
        double off = rotate(m, q->v, 0, 1) + rotate(m, q->v, 0, 2);

        if (off + rotate(m, q->v, 1, 2) < 1e-16) {
            break;
        }
    }
    for (int k = 0; k < N; k++) {
        double sum = 0.0;

        for (int i = 0; i < 2 * N; i++) {
            sum += m[i][k] * m[i][k];
        }
        q->s[k] = sqrt(sum);
    }
    for (int a = 0; a < N; a++) {
        for (int b = a + 1; b < N; b++) {
            if (q->s[b] > q->s[a]) {
                swap_columns(m, q, a, b);
            }
        }
    }
    for (int k = 0; k < N; k++) {
        q->uf[k] = q->s[k] > 0.0
                       ? (m[0][k] * qf[0] + m[1][k] * qf[1] + m[2][k] * qf[2]) / q->s[k]
                       : 0.0;
    }
}

/* |suf / (s^2 + alpha)| - delta, and its derivative by alpha. */
static double excess(const model *q, const double suf[N], double alpha, double delta,
                     double *derivative)
{
    double length = 0.0;
    double sum = 0.0;

    for (int k = 0; k < N; k++) {
        double denominator = q->s[k] * q->s[k] + alpha;
        double part = suf[k] / denominator;

        length += part * part;
        sum += suf[k] * suf[k] / (denominator * denominator * denominator);
    }
    length = sqrt(length);
    *derivative = -sum / length;
    return length - delta;
}

/* p = -V w */
static void back_to_parameters(const model *q, const double w[N], double p[N])
{
    for (int i = 0; i < N; i++) {
        p[i] = -dot(q->v[i], w);
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
        !full_rank && guess == 0.0 ? fmax(0.001 * high, sqrt(low * high)) : guess;

    for (int i = 0; i < 10; i++) {
        if (a < low || a > high) {
            a = fmax(0.001 * high, sqrt(low * high));
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
    bool full_rank = q->n >= N && q->s[N - 1] > DBL_EPSILON * (double)q->n * q->s[0];

    for (int k = 0; k < N; k++) {
        suf[k] = q->s[k] * q->uf[k];
        w[k] = q->uf[k] / q->s[k];
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
        w[k] = suf[k] / (q->s[k] * q->s[k] + a);
    }
    back_to_parameters(q, w, p);
    double scale = delta / norm(p);

    for (int k = 0; k < N; k++) {
        p[k] *= scale;
    }
    *alpha = a;
}

/* R s */
static void times_r(const model *q, const double s[N], double out[N])
{
    for (int i = 0; i < N; i++) {
        out[i] = dot(q->r[i], s);
    }
}

/* a' D b */
static double dot_diag(const model *q, const double a[N], const double b[N])
{
    return a[0] * q->diag[0] * b[0] + a[1] * q->diag[1] * b[1] +
           a[2] * q->diag[2] * b[2];
}

/* The model's change of cost for a step. */
double trust_model_value(const model *q, const double s[N])
{
    double js[N];

    times_r(q, s, js);
    return 0.5 * (dot(js, js) + dot_diag(q, s, s)) + dot(s, q->g);
}

parabola trust_model_along(const model *q, const double start[N],
                           const double direction[N])
{
    double v[N];
    double u[N];
    parabola out;

    times_r(q, direction, v);
    times_r(q, start, u);
    out.a = 0.5 * (dot(v, v) + dot_diag(q, direction, direction));
    out.b = dot(q->g, direction) + dot(u, v) + dot_diag(q, start, direction);
    out.c = 0.5 * dot(u, u) + dot(q->g, start) + 0.5 * dot_diag(q, start, start);
    return out;
}
