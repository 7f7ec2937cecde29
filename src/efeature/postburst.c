/* What follows a burst: lowest voltage, fast and slow AHP, ADP, points in between. */

#include "efeature_priv.h"

/* End of the search after the last spike of a burst: the next peak, the stimulus end for
 * the last burst within the stimulus, else the trace end. */
static ptrdiff_t search_end(const level *lv, const value *peaks, ptrdiff_t spike,
                            ptrdiff_t stim_end)
{
    if (spike + 1 < peaks->n) {
        return peaks->index[spike + 1];
    }
    return peaks->index[spike] < stim_end ? stim_end : lv->n;
}

void feature_postburst_min_indices(level *lv, const value *const need[], value *out)
{
    const value *peaks = need[0];
    const value *ends = need[1];
    ptrdiff_t stim_end = level_at(lv, setting(lv, S_stim_end));
    ptrdiff_t *index = new_indices(lv->trace, ends->n);

    if (index == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < ends->n; i++) {
        ptrdiff_t spike = ends->index[i];

        index[i] = first_min(lv->v, peaks->index[spike],
                             search_end(lv, peaks, spike, stim_end));
    }
    give_indices(out, ends->n, index);
}

void feature_postburst_slow_ahp_indices(level *lv, const value *const need[],
                                        value *out)
{
    const value *peaks = need[0];
    const value *ends = need[1];
    ptrdiff_t stim_end = level_at(lv, setting(lv, S_stim_end));
    ptrdiff_t *index = new_indices(lv->trace, ends->n);
    ptrdiff_t n = 0;

    if (index == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < ends->n; i++) {
        ptrdiff_t spike = ends->index[i];
        ptrdiff_t peak = peaks->index[spike];
        ptrdiff_t end = search_end(lv, peaks, spike, stim_end);
        double start = lv->t[peak] + setting(lv, S_sahp_start);
        ptrdiff_t begin = level_at_between(lv, start, peak, end);

        /* With a next spike sooner than sahp_start, eFEL takes that spike's peak. */
        if (begin < end || spike + 1 < peaks->n) {
            index[n++] = first_min(lv->v, begin, end);
        }
    }
    give_indices(out, n, index);
}

void feature_postburst_fast_ahp_indices(level *lv, const value *const need[],
                                        value *out)
{
    const value *peaks = need[0];
    const value *ends = need[1];
    ptrdiff_t *index = new_indices(lv->trace, ends->n);
    ptrdiff_t last_peak = peaks->index[ends->index[ends->n - 1]];
    double stim_end = setting(lv, S_stim_end);
    ptrdiff_t last_end = lv->t[last_peak] < stim_end ? level_at(lv, stim_end) : lv->n;
    ptrdiff_t n = 0;

    if (index == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < ends->n; i++) {
        ptrdiff_t spike = ends->index[i];
        ptrdiff_t end = spike + 1 < peaks->n ? peaks->index[spike + 1] : last_end;
        ptrdiff_t low = first_local_min(lv->v, peaks->index[spike], end);

        if (low != last_end - 1) {
            index[n++] = low;
        }
    }
    give_indices(out, n, index);
}

void feature_postburst_adp_peak_indices(level *lv, const value *const need[],
                                        value *out)
{
    const value *fast = need[0];
    const value *slow = need[1];
    ptrdiff_t *index = new_indices(lv->trace, slow->n);
    ptrdiff_t n = 0;

    if (index == NULL) {
        return;
    }
    if (slow->n > fast->n) {
        give_missing(out, "more slow than fast AHPs after bursts");
        return;
    }
    for (ptrdiff_t i = 0; i < slow->n; i++) {
        if (slow->index[i] < fast->index[i]) {
            continue;
        }
        ptrdiff_t top = first_max(lv->v, fast->index[i], slow->index[i]);

        if (top < slow->index[i] - 1) {
            index[n++] = top;
        }
    }
    give_indices(out, n, index);
}

/* Time of the i-th index after the last spike of the i-th burst. */
void feature_time_after_burst(level *lv, const value *const need[], value *out)
{
    const value *where = need[0];
    double *real = new_reals(lv->trace, where->n);

    if (real == NULL) {
        return;
    }
    if (need[2]->n < where->n) {
        give_missing(out, "fewer bursts than values");
        return;
    }
    for (ptrdiff_t i = 0; i < where->n; i++) {
        real[i] = lv->t[where->index[i]] - need[1]->real[need[2]->index[i]];
    }
    give_reals(out, where->n, real);
}

/* Not every burst has an ADP: the last spike before each ADP counts. */
void feature_time_to_postburst_adp_peak(level *lv, const value *const need[],
                                        value *out)
{
    const value *where = need[0];
    const value *times = need[1];
    const value *ends = need[2];
    double *real = new_reals(lv->trace, where->n);

    if (real == NULL) {
        return;
    }
    if (ends->n < where->n) {
        give_missing(out, "fewer bursts than values");
        return;
    }
    for (ptrdiff_t i = 0; i < where->n; i++) {
        double time = lv->t[where->index[i]];
        ptrdiff_t spike = ends->index[i];

        while (spike + 1 < times->n && times->real[spike + 1] < time) {
            spike++;
        }
        real[i] = time - times->real[spike];
    }
    give_reals(out, where->n, real);
}

/* The sample at a fraction of the time from the fast AHP to the next spike. */
static void interburst_part(level *lv, const value *const need[], double fraction,
                            value *out)
{
    const value *peaks = need[0];
    const value *ends = need[1];
    const value *fast = need[2];
    ptrdiff_t *index = new_indices(lv->trace, fast->n);
    ptrdiff_t n = 0;

    if (index == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < fast->n && i < ends->n; i++) {
        ptrdiff_t next = ends->index[i] + 1;

        if (next < peaks->n) {
            double from = lv->t[fast->index[i]];
            double time = from + (lv->t[peaks->index[next]] - from) * fraction;

            index[n] = level_at(lv, time);
            if (index[n] == lv->n) {
                give_missing(out, REASON_OUT_OF_BOUNDS);
                return;
            }
            n++;
        }
    }
    give_indices(out, n, index);
}

void feature_interburst_15percent(level *lv, const value *const need[], value *out)
{
    interburst_part(lv, need, 15 / 100., out);
}

void feature_interburst_20percent(level *lv, const value *const need[], value *out)
{
    interburst_part(lv, need, 20 / 100., out);
}

void feature_interburst_25percent(level *lv, const value *const need[], value *out)
{
    interburst_part(lv, need, 25 / 100., out);
}

void feature_interburst_30percent(level *lv, const value *const need[], value *out)
{
    interburst_part(lv, need, 30 / 100., out);
}

void feature_interburst_40percent(level *lv, const value *const need[], value *out)
{
    interburst_part(lv, need, 40 / 100., out);
}

void feature_interburst_60percent(level *lv, const value *const need[], value *out)
{
    interburst_part(lv, need, 60 / 100., out);
}
