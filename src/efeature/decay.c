/* Time constants from straight lines through the logarithm of a decay. */

#include "efeature_priv.h"

#include <math.h>

/* A decay steeper than this slope counts; mV/ms. */
#define LEAST_SLOPE 5e-3
/* The slope must stay below for this long to count as flat; ms. */
#define FLAT_TIME 70
enum { LEAST_SAMPLES = 10 };

/* Five-point differences; two- and three-point ones at the borders. n >= 5. */
static void five_point_difference(const double x[], ptrdiff_t n, double dx[])
{
    dx[0] = x[1] - x[0];
    dx[1] = (x[2] - x[0]) / 2.;
    for (ptrdiff_t i = 2; i < n - 2; i++) {
        dx[i] = -x[i + 2] + 8 * x[i + 1] - 8 * x[i - 1] + x[i - 2];
        dx[i] /= 12.;
    }
    dx[n - 2] = (x[n - 1] - x[n - 3]) / 2.;
    dx[n - 1] = x[n - 1] - x[n - 2];
}

/* The first of five samples in a row that all fall fast enough; -1 if there are none. */
static ptrdiff_t find_decay(const double dvdt[], ptrdiff_t n)
{
    for (ptrdiff_t i = 0; i + 5 <= n; i++) {
        int k = 0;

        while (k < 5 && !(dvdt[i + k] > -LEAST_SLOPE)) {
            k++;
        }
        if (k == 5) {
            return i;
        }
    }
    return -1;
}

/* The first sample from which on the slope is flat on average for FLAT_TIME, or else the
 * last sample that has FLAT_TIME behind it. t[n] exists. */
static ptrdiff_t find_flat(const double dvdt[], const double t[], ptrdiff_t n,
                           ptrdiff_t from)
{
    ptrdiff_t i = from;

    for (; t[i] < t[n] - FLAT_TIME; i++) {
        if (!(dvdt[i] + LEAST_SLOPE > 0.)) {
            continue;
        }
        double sum = 0.;
        ptrdiff_t k = 0;

        for (; t[i + k] - t[i] < FLAT_TIME; k++) {
            sum += dvdt[i + k];
        }
        if (sum / (double)k + LEAST_SLOPE > 0.) {
            break;
        }
    }
    return i;
}

/* A line through log(v - v_last + shift) over t. */
static line_fit fit_shifted(ptrdiff_t n, const double t[], const double v[],
                            double shift, double log_v[])
{
    for (ptrdiff_t i = 0; i < n; i++) {
        log_v[i] = log(v[i] - v[n - 1] + shift);
    }
    return line_fit_of(n, t, log_v);
}

/* The slope of the straightest line, by golden section search for the shift. */
static double best_slope(ptrdiff_t n, const double t[], const double v[],
                         double log_v[])
{
    const double phi = 1.618033988;
    double low = 0.0;
    double high = LEAST_SLOPE * 1000.;
    double middle = (low * phi + high) / (1. + phi);
    line_fit fit = fit_shifted(n, t, v, middle, log_v);
    double least = fit.normalized_std;
    bool right = true;

    while (high - low > .01) {
        double x = right ? (middle * phi + high) / (1. + phi)
                         : (low + phi * middle) / (1. + phi);

        fit = fit_shifted(n, t, v, x, log_v);
        if (fit.normalized_std < least) {
            *(right ? &low : &high) = middle;
            middle = x;
            least = fit.normalized_std;
        } else {
            *(right ? &high : &low) = x;
            right = !right;
        }
    }
    return fit.slope;
}

/* The decay is sought in the first half of the stimulus, ten samples after its start. */
void feature_time_constant(level *lv, const value *const need[], value *out)
{
    double start = setting(lv, S_stim_start);
    double end = setting(lv, S_stim_end);
    ptrdiff_t from = level_at(lv, start);

    (void)need;
    from += 10;
    ptrdiff_t to =
        from < lv->n ? level_at_between(lv, (start + end) / 2., from, lv->n) : lv->n;
    ptrdiff_t n = to - from;

    if (to == lv->n) {
        give_missing(out, "the trace ends in the first half of the stimulus");
        return;
    }
    if (n < 5) {
        give_missing(out, REASON_OUT_OF_BOUNDS);
        return;
    }
    double *dvdt = new_reals(lv->trace, n);
    double *dt = new_reals(lv->trace, n);

    if (dvdt == NULL || dt == NULL) {
        return;
    }
    const double *t = lv->t + from;
    const double *v = lv->v + from;

    five_point_difference(v, n, dvdt);
    five_point_difference(t, n, dt);
    for (ptrdiff_t i = 0; i < n; i++) {
        dvdt[i] /= dt[i];
    }
    ptrdiff_t decay = find_decay(dvdt, n);

    if (decay < 0) {
        give_missing(out, "no decay in the first half of the stimulus");
        return;
    }
    ptrdiff_t n_decay = find_flat(dvdt, t, n, decay) - decay;

    if (n_decay < LEAST_SAMPLES) {
        give_missing(out, "the decay is shorter than ten samples");
        return;
    }
    give_real(lv->trace, out, -1. / best_slope(n_decay, t + decay, v + decay, dt));
}

/* Slope of log|v - reference| over t[begin, end). */
static double log_slope(level *lv, ptrdiff_t begin, ptrdiff_t end, double reference)
{
    double *log_v = new_reals(lv->trace, end - begin);

    if (log_v == NULL) {
        return 0.0;
    }
    for (ptrdiff_t i = begin; i < end; i++) {
        log_v[i - begin] = log(fabs(lv->v[i] - reference));
    }
    return line_slope(end - begin, lv->t + begin, log_v);
}

/* The decay after a stimulus towards the voltage at its start. */
static bool decay_after(level *lv, double start, double end, double *tau, value *out)
{
    const setting_value *wait = &lv->trace->set[S_decay_start_after_stim];
    const setting_value *stop = &lv->trace->set[S_decay_end_after_stim];
    ptrdiff_t begin = level_at(lv, end + (wait->present ? wait->number : 1.0));
    ptrdiff_t behind = level_at(lv, end + (stop->present ? stop->number : 10.0));
    ptrdiff_t before = level_at(lv, start);

    if (behind < begin) {
        give_missing(out, "eFEL raises RuntimeError: decay_end_after_stim is before "
                          "decay_start_after_stim");
        return false;
    }
    if (behind == begin) {
        give_missing(out, "no sample in the decay after the stimulus");
        return false;
    }
    if (before == lv->n) {
        give_missing(out, REASON_OUT_OF_BOUNDS);
        return false;
    }
    *tau = fabs(-1.0 / log_slope(lv, begin, behind, lv->v[before]));
    return true;
}

void feature_decay_time_constant_after_stim(level *lv, const value *const need[],
                                            value *out)
{
    const setting_value *wait = &lv->trace->set[S_decay_start_after_stim];
    const setting_value *stop = &lv->trace->set[S_decay_end_after_stim];
    double tau = 0.0;

    (void)need;
    if ((wait->present ? wait->number : 1.0) >= (stop->present ? stop->number : 10.0)) {
        give_missing(out, "decay_end_after_stim is not after decay_start_after_stim");
        return;
    }
    if (decay_after(lv, setting(lv, S_stim_start), setting(lv, S_stim_end), &tau,
                    out)) {
        give_real(lv->trace, out, tau);
    }
}

void feature_multiple_decay_time_constant_after_stim(level *lv,
                                                     const value *const need[],
                                                     value *out)
{
    const setting_value *start = &lv->trace->set[S_multi_stim_start];
    const setting_value *end = &lv->trace->set[S_multi_stim_end];

    (void)need;
    if (start->n == 0 || end->n == 0) {
        give_missing(out, "multi_stim_start or multi_stim_end is not set");
        return;
    }
    if (end->n < start->n) {
        give_missing(out, REASON_OUT_OF_BOUNDS);
        return;
    }
    double *real = new_reals(lv->trace, start->n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < start->n; i++) {
        if (!decay_after(lv, start->list[i], end->list[i], &real[i], out)) {
            return;
        }
    }
    give_reals(out, start->n, real);
}

/* From the lowest voltage until nine tenths of the sag are over. If they never are, eFEL
 * takes the voltage from behind the trace: 0, or a denormal number that malloc() keeps. */
void feature_sag_time_constant(level *lv, const value *const need[], value *out)
{
    double lowest = need[0]->real[0];
    double steady = need[1]->real[0];
    double sag = need[2]->real[0];
    ptrdiff_t begin = find_le(lv->v, 0, lv->n, lowest);
    ptrdiff_t end = find_ge(lv->v, begin, lv->n, steady - sag * 0.1);

    if (end - begin < LEAST_SAMPLES) {
        give_missing(out, "the sag is shorter than ten samples");
        return;
    }
    double reference = end < lv->n ? lv->v[end] : 0.0;

    give_real(lv->trace, out, fabs(1.0 / log_slope(lv, begin, end, reference)));
}
