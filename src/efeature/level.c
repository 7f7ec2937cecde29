/* The trace at each level of interpolation, and the features remembered there. */

#include "efeature_priv.h"

#include <math.h>
#include <string.h>

/* Sample times first, first + step, ... by repeated addition, up to or just beyond the
 * last given time. Returns their number, 0 when eFEL cannot interpolate. */
static ptrdiff_t sample_times(const level *lv, double step, const double **times)
{
    mec_efeature_trace *trace = lv->trace;
    const double *t = lv->t;
    ptrdiff_t n_given = lv->n;

    if (n_given <= 2 || !(step > 0.0)) {
        return 0;
    }
    double n_steps = ceil((t[n_given - 1] - t[0]) / step);

    if (!(n_steps >= 1.0) || n_steps > 1e12) {
        return 0;
    }
    ptrdiff_t n = (ptrdiff_t)n_steps;
    double *x = new_reals(trace, n + 1);

    if (x == NULL) {
        return 0;
    }
    x[0] = t[0];
    for (ptrdiff_t i = 1; i <= n; i++) {
        x[i] = x[i - 1] + step;
    }
    *times = x;
    return x[n - 1] < t[n_given - 1] ? n + 1 : n;
}

/* Values y, given at times t, at the times x; false when a segment of no length is met.
 * Each x lies in the segment (t[j], t[j + 1]]; beyond the last time the last value holds. */
static bool sample_values(ptrdiff_t n_given, const double t[], const double y[],
                          ptrdiff_t n, const double x[], double out[])
{
    ptrdiff_t j = 0;
    ptrdiff_t j_slope = -1;
    double slope = 0.0;

    for (ptrdiff_t i = 0; i < n; i++) {
        while (j + 1 < n_given && t[j + 1] < x[i]) {
            j++;
        }
        if (j + 1 == n_given) {
            out[i] = y[j];
            continue;
        }
        if (j != j_slope) {
            double dt = t[j + 1] - t[j];

            if (dt == 0.0) {
                return false;
            }
            slope = (y[j + 1] - y[j]) / dt;
            j_slope = j;
        }
        out[i] = y[j] + slope * (x[i] - t[j]);
    }
    return true;
}

static bool same_bits(ptrdiff_t n, const double a[], ptrdiff_t m, const double b[])
{
    return n == m && (a == b || memcmp(a, b, (size_t)n * sizeof *a) == 0);
}

/* The current is interpolated on the same times when it has as many samples as the
 * trace; otherwise eFEL leaves it as it is. */
static void sample_current(const level *lv, level *to)
{
    to->current = lv->current;
    to->n_current = lv->n_current;
    if (lv->current == NULL || lv->n_current != lv->n) {
        return;
    }
    double *current = new_reals(lv->trace, to->n);

    if (current != NULL &&
        sample_values(lv->n, lv->t, lv->current, to->n, to->t, current)) {
        to->current = current;
        to->n_current = to->n;
    }
}

/* The level after lv with voltages v at times t. */
static level *add_level(level *lv, ptrdiff_t n, const double t[], const double v[])
{
    level *to = mec_arena_alloc(lv->trace->arena, sizeof *to);

    if (to == NULL) {
        lv->trace->out_of_memory = true;
        return lv;
    }
    to->trace = lv->trace;
    to->n = n;
    to->t = t;
    to->v = v;
    to->is_sampled = true;
    sample_current(lv, to);
    return to;
}

/* Interpolating an interpolated trace again leaves the times, and most voltages. */
static level *interpolate_again(level *lv)
{
    mec_efeature_trace *trace = lv->trace;
    const double *t = lv->t;
    const double *v = lv->v;
    double *out = trace->resampled;
    bool same = lv->current == NULL;

    if (trace->n_resampled < lv->n) {
        out = new_reals(trace, lv->n);
        if (out == NULL) {
            return lv;
        }
        trace->n_resampled = lv->n;
    }
    out[0] = v[0];
    for (ptrdiff_t i = 1; i < lv->n; i++) {
        double dt = t[i] - t[i - 1];

        out[i] = v[i - 1] + (v[i] - v[i - 1]) / dt * dt;
    }
    trace->resampled = out;
    if (same && same_bits(lv->n, out, lv->n, v)) {
        return lv;
    }
    trace->resampled = NULL;
    trace->n_resampled = 0;
    return add_level(lv, lv->n, t, out);
}

static level *interpolate(level *lv)
{
    mec_efeature_trace *trace = lv->trace;
    const double *times = NULL;

    if (lv->is_sampled) {
        return interpolate_again(lv);
    }
    ptrdiff_t n = sample_times(lv, trace->set[S_interp_step].number, &times);

    if (n == 0) {
        return lv;
    }
    double *v = new_reals(trace, n);

    if (v == NULL || !sample_values(lv->n, lv->t, lv->v, n, times, v)) {
        return lv;
    }
    return add_level(lv, n, times, v);
}

level *level_next(level *lv)
{
    if (lv->next == NULL) {
        lv->next = interpolate(lv);
    }
    return lv->next;
}

const value *level_get(level *lv, feature_id id)
{
    value *out = &lv->memo[id];

    if (out->known) {
        return out;
    }
    const feature_row *row = &feature_table[id];
    const value *need[MAX_NEEDS];

    out->known = true;
    give_missing(out, "out of memory");
    for (int i = 0; i < MAX_NEEDS && row->needs[i] != F_none; i++) {
        need[i] = level_get(lv, row->needs[i]);
        if (!need[i]->exists) {
            give_missing(out, need[i]->reason);
            return out;
        }
    }
    row->level_function(lv, need, out);
    return out;
}

const double *level_dvdt(level *lv, value *out)
{
    if (lv->dvdt != NULL) {
        return lv->dvdt;
    }
    ptrdiff_t n = lv->n;
    const double *t = lv->t;
    const double *v = lv->v;

    if (n < 2) {
        give_missing(out, "a single sample has no dV/dt");
        return NULL;
    }
    double *dvdt = new_reals(lv->trace, n);

    if (dvdt == NULL) {
        return NULL;
    }
    dvdt[0] = (v[1] - v[0]) / (t[1] - t[0]);
    for (ptrdiff_t i = 1; i < n - 1; i++) {
        dvdt[i] = ((v[i + 1] - v[i - 1]) / 2) / ((t[i + 1] - t[i - 1]) / 2);
    }
    dvdt[n - 1] = (v[n - 1] - v[n - 2]) / (t[n - 1] - t[n - 2]);
    lv->dvdt = dvdt;
    return dvdt;
}

ptrdiff_t level_at_between(const level *lv, double time, ptrdiff_t begin, ptrdiff_t end)
{
    while (begin < end) {
        ptrdiff_t middle = begin + (end - begin) / 2;

        if (lv->t[middle] >= time) {
            end = middle;
        } else {
            begin = middle + 1;
        }
    }
    return end;
}

ptrdiff_t level_at(const level *lv, double time)
{
    return level_at_between(lv, time, 0, lv->n);
}
