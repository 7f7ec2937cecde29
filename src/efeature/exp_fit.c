/* Time constants of ion-channel traces: a least-squares fit of A0 + A1 exp(-t / tau). */

#include "efeature_priv.h"
#include "trust_region.h"

#include <math.h>

/* Parameters in this order. */
enum { TAU, A0, A1 };

typedef struct exponential {
    ptrdiff_t n;
    const double *t; /* [n] ms, from 0 */
    const double *v; /* [n] */
    double *e;       /* [n] exp(-t / tau) of the latest residuals */
} exponential;

/* exp(-t / tau) of ascending times, from one exp() per block of samples: within a block
 * exp(-(t - t0) / tau) is a table of the mean step, corrected for each sample's distance
 * from it, which is a rounding error of the sampling. */
static void fill_exp(ptrdiff_t n, const double t[], double tau, double e[])
{
    enum { BLOCK = 32 };
    double table[BLOCK];
    double step = n > 1 ? (t[n - 1] - t[0]) / (double)(n - 1) : 0.0;
    bool regular = n > 4 * BLOCK;

    for (ptrdiff_t i = 1; regular && i < n; i++) {
        regular = fabs(t[i] - t[i - 1] - step) < 1e-9 * tau && fabs(step) < tau;
    }
    if (!regular) {
        for (ptrdiff_t i = 0; i < n; i++) {
            e[i] = exp(-t[i] / tau);
        }
        return;
    }
    for (int k = 0; k < BLOCK; k++) {
        table[k] = exp(-(k * step) / tau);
    }
    for (ptrdiff_t i = 0; i < n; i += BLOCK) {
        double first = exp(-t[i] / tau);
        ptrdiff_t length = n - i < BLOCK ? n - i : BLOCK;

        for (ptrdiff_t k = 0; k < length; k++) {
            double off = (t[i + k] - t[i]) - (double)k * step;

            e[i + k] = first * table[k] * (1 - off / tau);
        }
    }
}

static double residuals(void *arg, const double x[N_PARAMETERS], double f[])
{
    exponential *fit = arg;
    double sum = 0.0;

    fill_exp(fit->n, fit->t, x[TAU], fit->e);
    for (ptrdiff_t i = 0; i < fit->n; i++) {
        f[i] = (x[A0] + x[A1] * fit->e[i]) - fit->v[i];
        sum += f[i] * f[i];
    }
    return 0.5 * sum;
}

/* The step that scipy takes for a forward difference, as rounded when added to x. */
static double forward_step(double x, double *moved)
{
    double h = sqrt(2.220446049250313e-16) * (x >= 0 ? 1.0 : -1.0) * fmax(1.0, fabs(x));

    *moved = x + h;
    return *moved - x;
}

static void jacobian(void *arg, const double x[N_PARAMETERS], const double f[],
                     double *const j[N_PARAMETERS])
{
    exponential *fit = arg;
    double tau;
    double a0;
    double a1;
    double h_tau = forward_step(x[TAU], &tau);
    double h_a0 = forward_step(x[A0], &a0);
    double h_a1 = forward_step(x[A1], &a1);

    fill_exp(fit->n, fit->t, x[TAU], fit->e);
    fill_exp(fit->n, fit->t, tau, j[TAU]);
    for (ptrdiff_t i = 0; i < fit->n; i++) {
        double v = fit->v[i];
        double e = fit->e[i];

        j[TAU][i] = (((x[A0] + x[A1] * j[TAU][i]) - v) - f[i]) / h_tau;
        j[A0][i] = (((a0 + x[A1] * e) - v) - f[i]) / h_a0;
        j[A1][i] = (((x[A0] + a1 * e) - v) - f[i]) / h_a1;
    }
}

/* Fit samples [begin, end) from (1 ms, a0, a1); a1 keeps its sign. NaN where scipy finds
 * no fit. */
static double fitted_tau(session *s, const double t[], const double v[],
                         ptrdiff_t begin, ptrdiff_t end, double a0, double a1,
                         bool rising)
{
    mec_efeature_trace *trace = s->now->trace;
    ptrdiff_t n = end - begin;
    double *from_zero = new_reals(trace, n);
    exponential fit = {
        .n = n, .t = from_zero, .v = v + begin, .e = new_reals(trace, n)};
    double x[N_PARAMETERS] = {1.0, a0, a1};
    least_squares problem = {
        .n = n,
        .arg = &fit,
        .residuals = residuals,
        .jacobian = jacobian,
        .lower = {0.0, -INFINITY, rising ? -INFINITY : 0.0},
        .upper = {INFINITY, INFINITY, rising ? 0.0 : INFINITY},
        .f = new_reals(trace, n + N_PARAMETERS),
        .f_new = new_reals(trace, n + N_PARAMETERS),
    };

    for (int k = 0; k <= N_PARAMETERS; k++) {
        problem.column[k] = new_reals(trace, n + N_PARAMETERS);
    }
    if (trace->out_of_memory) {
        return NAN;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        from_zero[i] = t[begin + i] - t[begin];
    }
    return least_squares_solve(&problem, x) ? fabs(x[TAU]) : NAN;
}

static void give_tau(session *s, double tau, value *out)
{
    if (isnan(tau)) {
        give_missing(out, "no exponential fits");
        return;
    }
    give_real(s->now->trace, out, tau);
}

/* The interpolated trace and the samples of the stimulus. */
typedef struct interval {
    const double *v;
    const double *t;
    ptrdiff_t begin;
    ptrdiff_t end;
} interval;

static bool stimulus_interval(session *s, interval *in, value *out)
{
    const value *v = session_get(s, F_voltage);
    const value *t = session_get(s, F_time);

    if (v == NULL || t == NULL) {
        give_missing(out, "no interpolated trace");
        return false;
    }
    in->v = v->real;
    in->t = t->real;
    in->begin = level_at(s->now, session_setting(s, S_stim_start));
    in->end = level_at(s->now, session_setting(s, S_stim_end));
    if (in->begin >= in->end) {
        give_missing(out,
                     "eFEL raises IndexError or ValueError: no sample in the stimulus");
        return false;
    }
    return true;
}

/* From the lowest to the highest voltage of the stimulus, the former before the latter. */
void feature_activation_time_constant(session *s, value *out)
{
    interval in;

    if (!stimulus_interval(s, &in, out)) {
        return;
    }
    ptrdiff_t top = first_max(in.v, in.begin, in.end);
    ptrdiff_t low = first_min(in.v, in.begin, top + 1);
    double duration = in.t[top] - in.t[low];

    if (duration == 0) {
        give_real(s->now->trace, out, 0.0);
        return;
    }
    double tau =
        fitted_tau(s, in.t, in.v, low, top + 1, in.v[top], in.v[low] - in.v[top], true);

    give_tau(s, tau > 10 * duration ? duration : tau, out);
}

void feature_deactivation_time_constant(session *s, value *out)
{
    interval in;

    if (!stimulus_interval(s, &in, out)) {
        return;
    }
    double first = in.v[in.begin];
    double last = in.v[in.end - 1];

    give_tau(s,
             fitted_tau(s, in.t, in.v, in.begin, in.end, last,
                        first - last > 0 ? first - last : 0.0, false),
             out);
}

/* From the highest voltage to inactivation_tc_end_skip samples before the stimulus end. */
void feature_inactivation_time_constant(session *s, value *out)
{
    ptrdiff_t skip = (ptrdiff_t)session_setting(s, S_inactivation_tc_end_skip);
    interval in;

    if (!stimulus_interval(s, &in, out)) {
        return;
    }
    ptrdiff_t end = in.end - skip;

    /* As Python slices: a negative end counts from the end of the trace. */
    if (end < 0) {
        end = end + s->now->n > 0 ? end + s->now->n : 0;
    }
    if (end > s->now->n) {
        end = s->now->n;
    }
    if (end <= in.begin) {
        give_missing(out, "eFEL raises ValueError: no sample in the stimulus");
        return;
    }
    ptrdiff_t top = first_max(in.v, in.begin, end);

    give_tau(s,
             fitted_tau(s, in.t, in.v, top, end, in.v[end - 1],
                        in.v[top] - in.v[end - 1], false),
             out);
}
