/* The trust region reflective method for three parameters. */

#include "trust_region.h"

#include "trust_model.h"

#include <math.h>
#include <string.h>

enum { MOST_EVALUATIONS = 300 };

#define TOLERANCE 1e-8

/* The t of [low, high] where the parabola is lowest. */
static double lowest_on(const parabola *along, double low, double high, double *lowest)
{
    double t[3] = {low, high, 0.0};
    int n = 2;
    int best = 0;

    if (along->a != 0.0) {
        double middle = -0.5 * along->b / along->a;

        if (low < middle && middle < high) {
            t[n++] = middle;
        }
    }
    for (int i = 0; i < n; i++) {
        double y = t[i] * (along->a * t[i] + along->b) + along->c;

        if (i == 0 || y < *lowest) {
            *lowest = y;
            best = i;
        }
    }
    return t[best];
}

static bool within(const least_squares *p, const double x[N])
{
    for (int k = 0; k < N; k++) {
        if (!(x[k] >= p->lower[k] && x[k] <= p->upper[k])) {
            return false;
        }
    }
    return true;
}

/* The largest t for which x + t s is within the bounds; which[k] if bound k is hit. */
static double to_bound(const least_squares *p, const double x[N], const double s[N],
                       bool which[N])
{
    double t[N];
    double least = INFINITY;

    for (int k = 0; k < N; k++) {
        t[k] = s[k] == 0.0
                   ? INFINITY
                   : fmax((p->lower[k] - x[k]) / s[k], (p->upper[k] - x[k]) / s[k]);
        least = fmin(least, t[k]);
    }
    for (int k = 0; k < N; k++) {
        which[k] = t[k] == least && s[k] != 0.0;
    }
    return least;
}

/* The t > 0 where |x + t s| = delta; false if there is none. */
static bool to_region(const double x[N], const double s[N], double delta, double *t)
{
    double a = dot(s, s);
    double b = dot(x, s);
    double c = dot(x, x) - pow(delta, 2.0);

    if (a == 0.0 || c > 0.0) {
        return false;
    }
    double q = -(b + copysign(sqrt(b * b - a * c), b));

    *t = fmax(q / a, c / q);
    return true;
}

/* A step in both kinds of variables: x and x scaled. */
typedef struct step {
    double x[N];
    double scaled[N];
    double value; /* of the model */
} step;

/* Where a step of the trust region meets a bound. */
typedef struct bound_hit {
    double whole[N]; /* the step, scaled, beyond the bound */
    double stride;   /* the part of it that reaches the bound */
    bool which[N];
} bound_hit;

/* Go on from the bound in the reflected direction. */
static bool reflected(const least_squares *p, const model *q, const double x[N],
                      double delta, double theta, const bound_hit *hit,
                      const step *at_bound, step *out)
{
    double r[N];
    double on_bound[N];
    double region;
    bool ignored[N];

    for (int k = 0; k < N; k++) {
        out->scaled[k] = hit->which[k] ? -hit->whole[k] : hit->whole[k];
        r[k] = q->d[k] * out->scaled[k];
        on_bound[k] = x[k] + at_bound->x[k];
    }
    if (!to_region(at_bound->scaled, out->scaled, delta, &region)) {
        return false;
    }
    double bound = to_bound(p, on_bound, r, ignored);
    double most = fmin(bound, region);
    double low = 0.0;
    double high = -1.0;

    if (most > 0.0) {
        low = (1 - theta) * hit->stride / most;
        high = most == bound ? theta * bound : region;
    }
    out->value = INFINITY;
    if (low <= high) {
        parabola along = trust_model_along(q, at_bound->scaled, out->scaled);
        double t = lowest_on(&along, low, high, &out->value);

        for (int k = 0; k < N; k++) {
            out->scaled[k] = out->scaled[k] * t + at_bound->scaled[k];
            out->x[k] = out->scaled[k] * q->d[k];
        }
    }
    return true;
}

/* The best step down the gradient. */
static void downhill(const least_squares *p, const model *q, const double x[N],
                     double delta, double theta, step *out)
{
    bool ignored[N];

    for (int k = 0; k < N; k++) {
        out->scaled[k] = -q->g[k];
        out->x[k] = q->d[k] * out->scaled[k];
    }
    double region = delta / norm(out->scaled);
    double bound = to_bound(p, x, out->x, ignored);
    parabola along = trust_model_along(q, NULL, out->scaled);
    double t =
        lowest_on(&along, 0.0, bound < region ? theta * bound : region, &out->value);

    for (int k = 0; k < N; k++) {
        out->scaled[k] *= t;
        out->x[k] *= t;
    }
}

static void shorten(step *s, double by)
{
    for (int k = 0; k < N; k++) {
        s->scaled[k] *= by;
        s->x[k] *= by;
    }
}

/* The best of: the trust region step (shortened to stay inside), its reflection, and the
 * steepest descent. */
static bool choose_step(const least_squares *p, const model *q, const double x[N],
                        const double trust[N], double delta, double theta, step *out)
{
    double end[N];
    bound_hit hit;
    step turned;
    step down;

    for (int k = 0; k < N; k++) {
        hit.whole[k] = trust[k];
        out->scaled[k] = trust[k];
        out->x[k] = q->d[k] * trust[k];
        end[k] = x[k] + out->x[k];
    }
    if (within(p, end)) {
        out->value = trust_model_value(q, out->scaled);
        return true;
    }
    hit.stride = to_bound(p, x, out->x, hit.which);
    shorten(out, hit.stride);
    if (!reflected(p, q, x, delta, theta, &hit, out, &turned)) {
        return false;
    }
    shorten(out, theta);
    out->value = trust_model_value(q, out->scaled);
    downhill(p, q, x, delta, theta, &down);
    if (out->value < turned.value && out->value < down.value) {
        return true;
    }
    *out = turned.value < out->value && turned.value < down.value ? turned : down;
    return true;
}

/* Move x off the bounds: by one unit in the last place, or by `part`. */
static void make_feasible(const least_squares *p, double x[N], double part)
{
    for (int k = 0; k < N; k++) {
        double low = part * fmax(1.0, fabs(p->lower[k]));
        double high = part * fmax(1.0, fabs(p->upper[k]));

        if (isfinite(p->lower[k]) &&
            x[k] - p->lower[k] <= fmin(p->upper[k] - x[k], low)) {
            x[k] =
                part == 0.0 ? nextafter(p->lower[k], p->upper[k]) : p->lower[k] + low;
        } else if (isfinite(p->upper[k]) &&
                   p->upper[k] - x[k] <= fmin(x[k] - p->lower[k], high)) {
            x[k] =
                part == 0.0 ? nextafter(p->upper[k], p->lower[k]) : p->upper[k] - high;
        }
    }
}

/* Coleman-Li scaling: the distance to the bound that the gradient points to. */
static void scaling(const least_squares *p, const double x[N], const double g[N],
                    double v[N], double dv[N])
{
    for (int k = 0; k < N; k++) {
        v[k] = 1.0;
        dv[k] = 0.0;
        if (g[k] < 0.0 && isfinite(p->upper[k])) {
            v[k] = p->upper[k] - x[k];
            dv[k] = -1.0;
        } else if (g[k] > 0.0 && isfinite(p->lower[k])) {
            v[k] = x[k] - p->lower[k];
            dv[k] = 1.0;
        }
    }
}

/* Where the search stands. */
typedef struct search {
    double x[N];
    double cost;
    double g[N]; /* gradient */
    ptrdiff_t n_near;
    double delta;
    double alpha;
    int n_evaluations;
} search;

/* The Jacobian and the gradient; false if they are not finite. */
static bool linearise(const least_squares *p, search *s)
{
    s->n_near = p->differentiate(p->arg, s->x);
    p->loops->columns_dot(p->n, (fit_gap){p->n, p->n}, N,
                          (const double *const *)p->column, p->f, s->g);
    return isfinite(s->g[0]) && isfinite(s->g[1]) && isfinite(s->g[2]);
}

/* Shrink or grow the trust region; the ratio of actual to predicted reduction. */
static double next_region(double delta, double actual, double predicted, double length,
                          double *next)
{
    double ratio = 0.0;

    if (predicted > 0.0) {
        ratio = actual / predicted;
    } else if (predicted == 0.0 && actual == 0.0) {
        ratio = 1.0;
    }
    *next = delta;
    if (ratio < 0.25) {
        *next = 0.25 * length;
    } else if (ratio > 0.75 && length > 0.95 * delta) {
        *next = 2.0 * delta;
    }
    return ratio;
}

typedef enum outcome { GO_ON, CONVERGED, FAILED } outcome;

/* Try steps until one reduces the cost. */
static outcome descend(const least_squares *p, search *s, const model *q, double theta)
{
    outcome result = GO_ON;
    double actual = -1.0;

    while (actual <= 0.0 && s->n_evaluations < MOST_EVALUATIONS) {
        double trust[N];
        double x_new[N];
        step best;

        trust_model_solve(q, s->delta, &s->alpha, trust);
        if (!choose_step(p, q, s->x, trust, s->delta, theta, &best)) {
            return FAILED;
        }
        for (int k = 0; k < N; k++) {
            x_new[k] = s->x[k] + best.x[k];
        }
        make_feasible(p, x_new, 0.0);
        double cost = p->cost(p->arg, x_new);
        double length = norm(best.scaled);
        double next;

        s->n_evaluations++;
        if (!isfinite(cost)) {
            s->delta = 0.25 * length;
            continue;
        }
        actual = s->cost - cost;
        double ratio = next_region(s->delta, actual, -best.value, length, &next);
        bool flat = actual < TOLERANCE * s->cost && ratio > 0.25;
        bool short_step = norm(best.x) < TOLERANCE * (TOLERANCE + norm(s->x));

        if (flat || short_step) {
            result = CONVERGED;
        } else {
            s->alpha *= s->delta / next;
            s->delta = next;
        }
        if (actual > 0.0) {
            memcpy(s->x, x_new, sizeof s->x);
            s->cost = cost;
        }
        if (result == CONVERGED) {
            break;
        }
    }
    if (actual > 0.0 && !linearise(p, s)) {
        return FAILED;
    }
    return result;
}

/* The quadratic model in scaled variables. */
static bool build_model(const least_squares *p, const search *s, const double v[N],
                        const double dv[N], model *q)
{
    q->problem = p;
    q->n_near = s->n_near;
    for (int k = 0; k < N; k++) {
        q->d[k] = sqrt(v[k]);
        q->diag[k] = s->g[k] * dv[k];
        q->g[k] = q->d[k] * s->g[k];
    }
    return trust_model_decompose(q);
}

bool least_squares_solve(const least_squares *p, double x[N])
{
    search s = {.alpha = 0.0, .n_evaluations = 1};
    double v[N];
    double dv[N];
    double scaled[N];
    outcome result = GO_ON;

    if (!within(p, x)) {
        return false;
    }
    make_feasible(p, x, 1e-10);
    memcpy(s.x, x, sizeof s.x);
    s.cost = p->cost(p->arg, s.x);
    if (!isfinite(s.cost) || !linearise(p, &s)) {
        return false;
    }
    scaling(p, s.x, s.g, v, dv);
    for (int k = 0; k < N; k++) {
        scaled[k] = s.x[k] / sqrt(v[k]);
    }
    s.delta = norm(scaled) == 0.0 ? 1.0 : norm(scaled);
    for (;;) {
        model q;
        double steepest;

        scaling(p, s.x, s.g, v, dv);
        steepest =
            fmax(fabs(s.g[0] * v[0]), fmax(fabs(s.g[1] * v[1]), fabs(s.g[2] * v[2])));
        if (steepest < TOLERANCE) {
            result = CONVERGED;
        }
        if (result != GO_ON || s.n_evaluations == MOST_EVALUATIONS) {
            break;
        }
        if (!build_model(p, &s, v, dv, &q)) {
            return false;
        }
        result = descend(p, &s, &q, fmax(0.995, 1 - steepest));
    }
    memcpy(x, s.x, sizeof s.x);
    return result == CONVERGED;
}
