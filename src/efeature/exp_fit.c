/* Time constants of ion-channel traces: a least-squares fit of A0 + A1 exp(-t / tau). */

#include "efeature_priv.h"
#include "trust_region.h"

#include <math.h>
#include <string.h>

/* Parameters in this order. */
enum { TAU, A0, A1 };

typedef struct exponential {
    ptrdiff_t n;
    const fit_loops *loops;
    const least_squares *problem;
    const double *t;              /* [n] ms, from 0 */
    const double *v;              /* [n] */
    double *e;                    /* [n] exp(-t / tau) of the latest cost */
    ptrdiff_t n_near;             /* samples where e counts */
    double *f;                    /* [n + 3] residuals of the latest cost, then zeros */
    double *column[N_PARAMETERS]; /* [n] of the Jacobian */
} exponential;

/* Take the samples [begin, end) without those that are not a number, as scipy does, and
 * hand out work space, which is kept in the trace for the next fit. */
static bool prepare(mec_efeature_trace *trace, const double t[], const double v[],
                    ptrdiff_t n, exponential *fit, least_squares *problem)
{
    enum { N_ARRAYS = 4 + 2 * N_PARAMETERS };
    ptrdiff_t size = n + N_PARAMETERS;

    if (trace->n_fit < size) {
        trace->n_fit = size;
        trace->fit_work = new_reals(trace, N_ARRAYS * size);
        if (trace->fit_work == NULL) {
            trace->n_fit = 0;
            return false;
        }
    }
    double *from_zero = trace->fit_work;
    double *kept = from_zero + size;
    ptrdiff_t n_kept = 0;

    for (ptrdiff_t i = 0; i < n; i++) {
        if (!isnan(t[i] - t[0]) && !isnan(v[i])) {
            from_zero[n_kept] = t[i] - t[0];
            kept[n_kept++] = v[i];
        }
    }
    fit->n = problem->n = n_kept;
    fit->t = from_zero;
    fit->v = kept;
    fit->e = from_zero + 2 * size;
    fit->f = problem->f = from_zero + 3 * size;
    memset(fit->f + n_kept, 0, N_PARAMETERS * sizeof *fit->f);
    for (int k = 0; k < N_PARAMETERS; k++) {
        fit->column[k] = problem->column[k] = from_zero + (4 + k) * size;
        problem->work[k] = fit->column[k] + N_PARAMETERS * size;
    }
    fit->loops = problem->loops = fit_loops_of_host();
    fit->problem = problem;
    problem->n_threads = trace->n_threads > 1 ? trace->n_threads : 1;
    return n_kept > 0;
}

/* The step that scipy takes for a forward difference, as rounded when added to x. */
static double forward_step(double x, double *moved)
{
    double h = sqrt(2.220446049250313e-16) * (x >= 0 ? 1.0 : -1.0) * fmax(1.0, fabs(x));

    *moved = x + h;
    return *moved - x;
}

/* After how many time constants a1 exp() is too small to change a0, neither at x nor a
 * forward difference from there. */
static double vanishing(const double x[N_PARAMETERS])
{
    const double none_left = 746.0; /* exp() is 0 */
    double a0;
    double a1;

    (void)forward_step(x[A0], &a0);
    (void)forward_step(x[A1], &a1);
    double ratio = 0x1p+55 * fmax(fabs(x[A1]), fabs(a1)) / fmin(fabs(x[A0]), fabs(a0));

    return ratio < 0x1p+1000 ? fmin(none_left, fmax(1.0, log(ratio) + 1.0)) : none_left;
}

/* out[i] = exp(-t[i] / tau), or 0 after `limit` time constants. Returns the samples before
 * that. */
static ptrdiff_t fill_exp(const exponential *fit, double tau, double limit,
                          double out[])
{
    ptrdiff_t begin = 0;
    ptrdiff_t end = fit->n;

    while (begin < end) {
        ptrdiff_t middle = begin + (end - begin) / 2;

        if (fit->t[middle] > limit * tau) {
            end = middle;
        } else {
            begin = middle + 1;
        }
    }
    fit->loops->exponentials(end, fit->t, tau, out);
    memset(out + end, 0, (size_t)(fit->n - end) * sizeof *out);
    return end;
}

static double cost(void *arg, const double x[N_PARAMETERS])
{
    exponential *fit = arg;

    fit->n_near = fill_exp(fit, x[TAU], vanishing(x), fit->e);
    fit->loops->residuals(fit->n, x[A0], x[A1], fit->e, fit->v, fit->f);
    double sum = 0.0;
    ptrdiff_t at = 0;

    for (int left = threads_of_dot(fit->problem, fit->n); left > 0; left--) {
        ptrdiff_t n = share_of_thread(fit->n - at, left);

        sum += fit->loops->dot(n, fit->f + at, fit->f + at);
        at += n;
    }
    return 0.5 * sum;
}

/* Forward differences of the residuals. Their rounding errors are not small, and the
 * result of a fit that is hardly determined depends on them. */
static ptrdiff_t differentiate(void *arg, const double x[N_PARAMETERS])
{
    const exponential *fit = arg;
    const fit_loops *loops = fit->loops;
    double *moved_e = fit->column[TAU];
    double tau;
    double a0;
    double a1;
    double h_tau = forward_step(x[TAU], &tau);
    double h_a0 = forward_step(x[A0], &a0);
    double h_a1 = forward_step(x[A1], &a1);
    ptrdiff_t near = fill_exp(fit, tau, vanishing(x), moved_e);

    near = near > fit->n_near ? near : fit->n_near;
    memset(fit->column[A1] + near, 0,
           (size_t)(fit->n - near) * sizeof *fit->column[A1]);
    loops->differences(near, x[A0], x[A1], moved_e, fit->v, fit->f, h_tau, moved_e);
    loops->differences(fit->n, a0, x[A1], fit->e, fit->v, fit->f, h_a0,
                       fit->column[A0]);
    loops->differences(near, x[A0], a1, fit->e, fit->v, fit->f, h_a1, fit->column[A1]);
    return near;
}

/* Fit samples [begin, end) from (1 ms, a0, a1); a1 keeps its sign. NaN where scipy finds
 * no fit. */
static double fitted_tau(session *s, const double t[], const double v[],
                         ptrdiff_t begin, ptrdiff_t end, double a0, double a1,
                         bool rising)
{
    exponential fit;
    double x[N_PARAMETERS] = {[TAU] = 1.0, [A0] = a0, [A1] = a1};
    least_squares problem = {
        .arg = &fit,
        .cost = cost,
        .differentiate = differentiate,
        .lower = {0.0, -INFINITY, rising ? -INFINITY : 0.0},
        .upper = {INFINITY, INFINITY, rising ? 0.0 : INFINITY},
    };

    return prepare(s->now->trace, t + begin, v + begin, end - begin, &fit, &problem) &&
                   least_squares_solve(&problem, x)
               ? fabs(x[TAU])
               : NAN;
}

static void give_tau(session *s, double tau, value *out)
{
    if (isnan(tau)) {
        give_missing(out, "no exponential fits");
        return;
    }
    give_real(s->now->trace, out, tau);
}

/* numpy.argmax() and argmin() within [begin, end), not empty: the first that is not a
 * number comes before all. */
static ptrdiff_t numpy_extreme(const double x[], ptrdiff_t begin, ptrdiff_t end,
                               ptrdiff_t extreme)
{
    for (ptrdiff_t i = begin; i < end; i++) {
        if (isnan(x[i])) {
            return i;
        }
    }
    return extreme;
}

static ptrdiff_t highest(const double x[], ptrdiff_t begin, ptrdiff_t end)
{
    return numpy_extreme(x, begin, end, first_max(x, begin, end));
}

static ptrdiff_t lowest(const double x[], ptrdiff_t begin, ptrdiff_t end)
{
    return numpy_extreme(x, begin, end, first_min(x, begin, end));
}

/* The interpolated trace and the samples of the stimulus. */
typedef struct interval {
    const double *v;
    const double *t;
    ptrdiff_t begin;
    ptrdiff_t end;
} interval;

static bool stimulus_interval(session *s, bool may_be_empty, interval *in, value *out)
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
    if (in->begin >= (may_be_empty ? s->now->n : in->end)) {
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

    if (!stimulus_interval(s, false, &in, out)) {
        return;
    }
    ptrdiff_t top = highest(in.v, in.begin, in.end);
    ptrdiff_t low = lowest(in.v, in.begin, top + 1);
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

    if (!stimulus_interval(s, false, &in, out)) {
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

    if (!stimulus_interval(s, true, &in, out)) {
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
    ptrdiff_t top = highest(in.v, in.begin, end);

    give_tau(s,
             fitted_tau(s, in.t, in.v, top, end, in.v[end - 1],
                        in.v[top] - in.v[end - 1], false),
             out);
}
