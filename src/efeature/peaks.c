/* Peaks, the times derived from them, and the minima between them. */

#include "efeature_priv.h"

/* Samples where the voltage has just risen above the threshold, or just fallen below it.
 * A sample equal to the threshold ends neither kind of crossing, as in eFEL. */
typedef struct crossings {
    ptrdiff_t n_up;
    ptrdiff_t n_down;
    ptrdiff_t *up;
    ptrdiff_t *down;
} crossings;

static bool find_crossings(const level *lv, double threshold, crossings *out)
{
    const double *v = lv->v;
    ptrdiff_t n = 0;

    for (ptrdiff_t i = 1; i < lv->n; i++) {
        n += (v[i] > threshold) != (v[i - 1] > threshold) ||
             (v[i] < threshold) != (v[i - 1] < threshold);
    }
    out->n_up = 0;
    out->n_down = 0;
    out->up = new_indices(lv->trace, n);
    out->down = new_indices(lv->trace, n);
    if (out->up == NULL || out->down == NULL) {
        return false;
    }
    if (n == 0) {
        return true;
    }
    for (ptrdiff_t i = 1; i < lv->n; i++) {
        if (v[i] > threshold && v[i - 1] < threshold) {
            out->up[out->n_up++] = i;
        } else if (v[i] < threshold && v[i - 1] > threshold) {
            out->down[out->n_down++] = i;
        }
    }
    return true;
}

/* The first highest sample of [begin, end]; -1 if the range is empty. */
static ptrdiff_t highest(const double v[], ptrdiff_t begin, ptrdiff_t end)
{
    double top = -1e9;
    ptrdiff_t i_top = -1;

    for (ptrdiff_t i = begin; i <= end; i++) {
        if (top < v[i]) {
            top = v[i];
            i_top = i;
        }
    }
    return i_top;
}

void feature_peak_indices(level *lv, const value *const need[], value *out)
{
    double start = setting(lv, S_stim_start);
    double end = setting(lv, S_stim_end);
    bool strict = setting(lv, S_strict_stiminterval) != 0.0;
    crossings cross;
    ptrdiff_t n = 0;
    ptrdiff_t n_skip = 0;

    (void)need;
    if (!find_crossings(lv, setting(lv, S_Threshold), &cross)) {
        return;
    }
    if (cross.n_up == 0 || cross.n_down == 0) {
        give_missing(out, "no spike: the voltage does not cross Threshold up and down");
        return;
    }
    /* The trace may begin above the threshold. */
    while (n_skip < cross.n_down && cross.down[n_skip] < cross.up[0]) {
        n_skip++;
    }
    ptrdiff_t *peak = cross.up; /* overwritten from the left as it is consumed */

    for (ptrdiff_t i = 0; i < cross.n_up && i + n_skip < cross.n_down; i++) {
        ptrdiff_t top = highest(lv->v, cross.up[i], cross.down[i + n_skip]);

        if (top >= 0 && (!strict || (lv->t[top] >= start && lv->t[top] <= end))) {
            peak[n++] = top;
        }
    }
    if (n == 0) {
        give_missing(out, "no spike in the interval searched");
        return;
    }
    give_indices(out, n, peak);
}

/* End of the search for minima after the last peak: the stimulus end or the trace end. */
static ptrdiff_t search_end(const level *lv)
{
    return setting(lv, S_strict_stiminterval) != 0.0
               ? level_at(lv, setting(lv, S_stim_end))
               : lv->n;
}

void feature_min_AHP_indices(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *peak = need[0]->index;
    ptrdiff_t n_peaks = need[0]->n;
    ptrdiff_t *index = new_indices(lv->trace, n_peaks);
    ptrdiff_t last_end = search_end(lv);
    ptrdiff_t n = 0;

    if (index == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n_peaks; i++) {
        ptrdiff_t end = i + 1 < n_peaks ? peak[i + 1] : last_end;

        if (end < peak[i]) {
            give_missing(out, REASON_OUT_OF_BOUNDS);
            return;
        }
        ptrdiff_t low = first_local_min(lv->v, peak[i], end);

        /* Still falling at the end: not a minimum. */
        if (low != last_end - 1) {
            index[n++] = low;
        }
    }
    if (n == 0) {
        give_missing(out, "no minimum after a spike");
        return;
    }
    give_indices(out, n, index);
}

void feature_min_between_peaks_indices(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *peak = need[0]->index;
    ptrdiff_t n = need[0]->n;
    ptrdiff_t *index = new_indices(lv->trace, n);
    ptrdiff_t last_end = search_end(lv);

    if (index == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t end = i + 1 < n ? peak[i + 1] : last_end;

        if (end < peak[i]) {
            give_missing(out, REASON_OUT_OF_BOUNDS);
            return;
        }
        index[i] = first_min(lv->v, peak[i], end);
    }
    give_indices(out, n, index);
}

void feature_min_voltage_between_spikes(level *lv, const value *const need[],
                                        value *out)
{
    const ptrdiff_t *peak = need[0]->index;
    ptrdiff_t n = need[0]->n - 1;

    if (n < 1) {
        give_missing(out, "fewer than two spikes");
        return;
    }
    double *real = new_reals(lv->trace, n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        real[i] = lv->v[first_min(lv->v, peak[i], peak[i + 1])];
    }
    give_reals(out, n, real);
}

void feature_all_ISI_values(level *lv, const value *const need[], value *out)
{
    if (need[0]->n < 2) {
        give_missing(out, "fewer than two spikes");
        return;
    }
    feature_differences(lv, need, out);
}

void feature_time_to_first_spike(level *lv, const value *const need[], value *out)
{
    give_real(lv->trace, out, need[0]->real[0] - setting(lv, S_stim_start));
}

void feature_time_to_second_spike(level *lv, const value *const need[], value *out)
{
    if (need[0]->n < 2) {
        give_missing(out, "fewer than two spikes");
        return;
    }
    give_real(lv->trace, out, need[0]->real[1] - setting(lv, S_stim_start));
}

void feature_time_to_last_spike(level *lv, const value *const need[], value *out)
{
    give_real(lv->trace, out,
              need[0]->real[need[0]->n - 1] - setting(lv, S_stim_start));
}

void feature_inv_time_to_first_spike(level *lv, const value *const need[], value *out)
{
    give_real(lv->trace, out, 1000.0 / need[0]->real[0]);
}

void feature_number_initial_spikes(level *lv, const value *const need[], value *out)
{
    double part = setting(lv, S_initial_perc);
    double start = setting(lv, S_stim_start);
    double length = (setting(lv, S_stim_end) - start) * part;

    if (part < 0 || part >= 1) {
        give_missing(out, "initial_perc is not in [0, 1)");
        return;
    }
    ptrdiff_t first = find_ge(need[0]->real, 0, need[0]->n, start);
    ptrdiff_t behind = find_ge(need[0]->real, 0, need[0]->n, start + length);

    give_index(lv->trace, out, behind - first);
}

void feature_is_not_stuck(level *lv, const value *const need[], value *out)
{
    double end = setting(lv, S_stim_end);

    for (ptrdiff_t i = 0; i < need[0]->n; i++) {
        if (need[0]->real[i] > end * 0.5 && need[0]->real[i] < end) {
            give_index(lv->trace, out, 1);
            return;
        }
    }
    give_missing(out, "no spike between half of stim_end and stim_end");
}

void feature_mean_frequency(level *lv, const value *const need[], value *out)
{
    double start = setting(lv, S_stim_start);
    double end = setting(lv, S_stim_end);
    double last = 0.0;
    ptrdiff_t n = 0;

    for (ptrdiff_t i = 0; i < need[0]->n; i++) {
        double time = need[0]->real[i];

        if (time >= start && time <= end) {
            last = time;
            n++;
        }
    }
    if (last == start) {
        give_missing(out, "no time passes from stimulus start to the last spike");
        return;
    }
    give_real(lv->trace, out, (double)(n * 1000) / (last - start));
}
