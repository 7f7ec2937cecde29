/* Widths and durations of spikes. */

#include "efeature_priv.h"

void feature_AP_duration(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *begin = need[0]->index;
    const ptrdiff_t *end = need[1]->index;
    ptrdiff_t n = need[0]->n < need[1]->n ? need[0]->n : need[1]->n;
    double *real = new_reals(lv->trace, n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        real[i] = lv->t[end[i]] - lv->t[begin[i]];
    }
    give_reals(out, n, real);
}

void feature_AP_duration_half_width(level *lv, const value *const need[], value *out)
{
    feature_AP_duration(lv, need, out);
}

/* Time from the first sample of [begin, end) at or above the threshold to the first one
 * after it at or below; both are `end` when not found, as for a reversed range. */
typedef struct crossing_pair {
    ptrdiff_t on;
    ptrdiff_t off;
} crossing_pair;

static crossing_pair above(const level *lv, ptrdiff_t begin, ptrdiff_t end,
                           double threshold)
{
    crossing_pair pair;

    pair.on = find_ge(lv->v, begin, end, threshold);
    pair.off = find_le(lv->v, pair.on, end, threshold);
    return pair;
}

void feature_AP_width(level *lv, const value *const need[], value *out)
{
    const value *minima = need[1];
    double threshold = setting(lv, S_Threshold);
    bool strict = setting(lv, S_strict_stiminterval) != 0.0;
    ptrdiff_t from = strict ? level_at(lv, setting(lv, S_stim_start)) : 0;
    ptrdiff_t to = strict ? level_at(lv, setting(lv, S_stim_end)) : lv->n;
    double *real = new_reals(lv->trace, minima->n);
    ptrdiff_t begin = from;
    ptrdiff_t n = 0;

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < minima->n; i++) {
        ptrdiff_t end = minima->index[i];

        if (strict && !(from < end && end < to)) {
            continue;
        }
        crossing_pair pair = above(lv, begin, end, threshold);

        real[n++] = lv->t[pair.off] - lv->t[pair.on];
        begin = end;
    }
    give_reals(out, n, real);
}

void feature_AP_width_between_threshold(level *lv, const value *const need[],
                                        value *out)
{
    const value *minima = need[0];
    double threshold = setting(lv, S_Threshold);
    ptrdiff_t begin = level_at(lv, setting(lv, S_stim_start));
    double *real = new_reals(lv->trace, minima->n);
    ptrdiff_t n = 0;

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < minima->n; i++) {
        crossing_pair pair = above(lv, begin, minima->index[i], threshold);

        if (pair.off != minima->index[i]) {
            real[n++] = lv->t[pair.off] - lv->t[pair.on];
        }
        begin = minima->index[i];
    }
    give_reals(out, n, real);
}

/* How long before sample i the line from the sample before crosses a voltage; ms. Before
 * the first sample eFEL reads the length that malloc() keeps there, a denormal number: 0
 * for all purposes. */
static double lead(const level *lv, ptrdiff_t i, double voltage)
{
    double off = voltage - lv->v[i];
    double dv = lv->v[i] - (i > 0 ? lv->v[i - 1] : 0.0);
    double dt = lv->t[i] - (i > 0 ? lv->t[i - 1] : 0.0);

    return dt * off / dv;
}

void feature_spike_half_width(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *low = need[0]->index;
    const ptrdiff_t *peak = need[1]->index;
    ptrdiff_t n = need[0]->n;
    ptrdiff_t begin = level_at(lv, setting(lv, S_stim_start));
    double *real = new_reals(lv->trace, n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        double half = (lv->v[peak[i]] + lv->v[low[i]]) / 2.;
        ptrdiff_t rise = find_ge(lv->v, begin, peak[i], half);
        ptrdiff_t fall = find_le(lv->v, peak[i], low[i], half);

        real[i] =
            lv->t[fall] - lead(lv, rise, half) - lv->t[rise] + lead(lv, fall, half);
        begin = low[i];
    }
    give_reals(out, n, real);
}

/* Second derivative by central differences applied twice over v[0, n); the last index of
 * its maximum. */
static ptrdiff_t last_max_curvature(const double v[], ptrdiff_t n, double dx,
                                    double dv[])
{
    dv[0] = (v[1] - v[0]) / dx;
    for (ptrdiff_t i = 1; i < n - 1; i++) {
        dv[i] = ((v[i + 1] - v[i - 1]) / 2) / dx;
    }
    dv[n - 1] = (v[n - 1] - v[n - 2]) / dx;
    double most = (dv[1] - dv[0]) / dx;
    ptrdiff_t i_most = 0;

    for (ptrdiff_t i = 1; i < n; i++) {
        double second = i < n - 1 ? ((dv[i + 1] - dv[i - 1]) / 2) / dx
                                  : (dv[n - 1] - dv[n - 2]) / dx;

        if (most <= second) {
            most = second;
            i_most = i;
        }
    }
    return i_most;
}

/* The time where the line into sample i crosses a voltage, with dx as time step. */
static double time_of_crossing(const level *lv, ptrdiff_t i, double voltage, double dx)
{
    double before = lv->v[i - 1];
    double fraction = (voltage - before) / (lv->v[i] - before);

    return lv->t[i - 1] + (fraction * dx);
}

void feature_spike_width2(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *low = need[0]->index;
    const ptrdiff_t *peak = need[1]->index;
    const double *v = lv->v;
    ptrdiff_t n_peaks = need[1]->n;
    ptrdiff_t n = need[0]->n < n_peaks - 1 ? need[0]->n : n_peaks - 1;
    double *real = new_reals(lv->trace, n);
    double *dv = new_reals(lv->trace, n_peaks > 1 ? lv->n : 0);
    double dx = n > 0 ? lv->t[1] - lv->t[0] : 0.0;

    if (real == NULL || dv == NULL) {
        return;
    }
    if (n_peaks < 2) {
        give_missing(out, "fewer than two spikes");
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t top = peak[i + 1];
        ptrdiff_t n_rise = top - low[i] + 1;

        if (n_rise < 2) {
            give_missing(out, REASON_OUT_OF_BOUNDS);
            return;
        }
        ptrdiff_t at = low[i] + last_max_curvature(v + low[i], n_rise, dx, dv);
        double half = (v[top] + v[at]) / 2;

        for (ptrdiff_t j = low[i]; j <= top; j++) {
            if (v[j] > half) {
                at = j;
                break;
            }
        }
        double rise = time_of_crossing(lv, at, half, dx);

        for (ptrdiff_t j = top; j < lv->n; j++) {
            if (v[j] < half) {
                at = j;
                break;
            }
        }
        real[i] = time_of_crossing(lv, at, half, dx) - rise;
    }
    give_reals(out, n, real);
}

void feature_AP_begin_width(level *lv, const value *const need[], value *out)
{
    const value *minima = need[0];
    const value *begins = need[1];
    ptrdiff_t stim_start = level_at(lv, setting(lv, S_stim_start));
    double *real = new_reals(lv->trace, minima->n);
    ptrdiff_t n = 0;
    ptrdiff_t i_first = 0;

    if (real == NULL) {
        return;
    }
    while (i_first < minima->n && minima->index[i_first] <= stim_start) {
        i_first++;
    }
    if (begins->n < minima->n - i_first) {
        give_missing(out, "fewer spike begins than AHP minima after stimulus start");
        return;
    }
    for (ptrdiff_t i = i_first; i < minima->n; i++) {
        ptrdiff_t begin = begins->index[n];
        ptrdiff_t back = find_le(lv->v, begin + 1, minima->index[i], lv->v[begin]);

        real[n++] = lv->t[back] - lv->t[begin];
    }
    give_reals(out, n, real);
}
