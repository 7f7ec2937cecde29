/* Where a spike begins and ends, and its amplitude. */

#include "efeature_priv.h"

#include <math.h>

typedef struct begin_search {
    const double *dvdt;
    double threshold;
    ptrdiff_t width;   /* samples that must all reach the threshold */
    ptrdiff_t last_ok; /* the last sample where that many follow */
} begin_search;

/* Search backwards from a peak for the sample after the last one at or below the
 * threshold; returns lowest if there is none above it, which means no begin. */
static ptrdiff_t find_begin(const begin_search *search, ptrdiff_t peak,
                            ptrdiff_t lowest)
{
    const double *dvdt = search->dvdt;
    ptrdiff_t from = peak;

    for (;;) {
        ptrdiff_t begin = from > lowest ? from : lowest;

        while (begin > lowest && !(dvdt[begin - 1] <= search->threshold)) {
            begin--;
        }
        if (begin > search->last_ok) {
            begin = search->last_ok;
        }
        if (begin == lowest) {
            return lowest;
        }
        ptrdiff_t n_ok = 0;

        while (n_ok < search->width && !(dvdt[begin + n_ok] < search->threshold)) {
            n_ok++;
        }
        if (n_ok >= search->width) {
            return begin;
        }
        if (from < lowest && begin == search->last_ok) {
            return lowest; /* eFEL would repeat itself here for ever */
        }
        from = begin - 1;
    }
}

/* The lower limit of each search: just before the stimulus for the first spike, then the
 * AHP minima after the stimulus start. Returns their number. */
static ptrdiff_t begin_limits(const value *minima, ptrdiff_t stim_start,
                              ptrdiff_t limit[])
{
    ptrdiff_t n = 0;

    limit[n++] = stim_start > 1 ? stim_start - 2 : 0;
    for (ptrdiff_t i = 0; minima->exists && i < minima->n; i++) {
        if (minima->index[i] > stim_start) {
            limit[n++] = minima->index[i];
        }
    }
    return n;
}

void feature_AP_begin_indices(level *lv, const value *const need[], value *out)
{
    const value *peaks = need[0];
    const value *minima = level_get(lv, F_min_AHP_indices);
    ptrdiff_t stim_start = level_at(lv, setting(lv, S_stim_start));
    ptrdiff_t *limit = new_indices(lv->trace, minima->n + 1);
    ptrdiff_t *index = new_indices(lv->trace, peaks->n);
    begin_search search = {.dvdt = level_dvdt(lv, out),
                           .threshold = setting(lv, S_DerivativeThreshold),
                           .width = (ptrdiff_t)setting(lv, S_DerivativeWindow)};
    ptrdiff_t n = 0;
    ptrdiff_t i_first = 0;

    if (limit == NULL || index == NULL || search.dvdt == NULL) {
        return;
    }
    ptrdiff_t n_limits = begin_limits(minima, stim_start, limit);

    while (i_first < peaks->n && peaks->index[i_first] <= stim_start) {
        i_first++;
    }
    if (n_limits < peaks->n - i_first) {
        give_missing(out, "more peaks than AHP minima after stimulus start");
        return;
    }
    search.last_ok = lv->n - search.width;
    if (search.last_ok < 0) {
        give_missing(out, REASON_OUT_OF_BOUNDS);
        return;
    }
    for (ptrdiff_t i = i_first; i < peaks->n; i++) {
        ptrdiff_t lowest = limit[i - i_first];
        ptrdiff_t begin = find_begin(&search, peaks->index[i], lowest);

        if (begin != lowest) {
            index[n++] = begin;
        }
    }
    if (n == 0) {
        give_missing(out, "dV/dt crosses DerivativeThreshold before no spike");
        return;
    }
    give_indices(out, n, index);
}

void feature_AP_end_indices(level *lv, const value *const need[], value *out)
{
    const value *peaks = need[0];
    const double *dvdt = level_dvdt(lv, out);
    double threshold = setting(lv, S_DownDerivativeThreshold);
    ptrdiff_t stim_start = level_at(lv, setting(lv, S_stim_start));
    ptrdiff_t *index = new_indices(lv->trace, peaks->n);
    ptrdiff_t n = 0;

    if (dvdt == NULL || index == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < peaks->n; i++) {
        ptrdiff_t begin = peaks->index[i] + 1;
        ptrdiff_t end = i + 1 < peaks->n ? peaks->index[i + 1] : lv->n - 1;

        if (peaks->index[i] <= stim_start || begin >= end) {
            continue;
        }
        ptrdiff_t at = find_ge(dvdt, first_min(dvdt, begin, end), end, threshold);

        if (at != end) {
            index[n++] = at;
        }
    }
    if (n == 0) {
        give_missing(out, "dV/dt crosses DownDerivativeThreshold after no spike");
        return;
    }
    give_indices(out, n, index);
}

void feature_AP_amplitude(level *lv, const value *const need[], value *out)
{
    const value *begins = need[0];
    const double *peak = need[1]->real;
    const double *time = need[2]->real;
    double start = setting(lv, S_stim_start);
    double end = setting(lv, S_stim_end);
    double *real = new_reals(lv->trace, begins->n);
    ptrdiff_t n = 0;

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < need[2]->n; i++) {
        if (!(time[i] >= start && time[i] <= end)) {
            continue;
        }
        if (n == begins->n) {
            give_missing(out, "more peaks during the stimulus than spike begins");
            return;
        }
        real[n] = peak[i] - lv->v[begins->index[n]];
        n++;
    }
    if (n == 0) {
        give_missing(out, "no peak during the stimulus");
        return;
    }
    give_reals(out, n, real);
}

/* The sample of v[begin, end) nearest to a voltage; begin if the range is empty. */
static ptrdiff_t nearest(const double v[], ptrdiff_t begin, ptrdiff_t end,
                         double voltage)
{
    ptrdiff_t best = begin;
    double least = end > begin ? fabs(v[begin] - voltage) : 0.0;

    for (ptrdiff_t i = begin + 1; i < end; i++) {
        double distance = fabs(v[i] - voltage);

        if (distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

/* Peaks and begins are paired by number, even where a peak comes before the stimulus and
 * has no begin; eFEL does so. */
void feature_AP_rise_indices(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *peak = need[0]->index;
    const ptrdiff_t *begin = need[1]->index;
    ptrdiff_t n = need[0]->n < need[1]->n ? need[0]->n : need[1]->n;
    ptrdiff_t *index = new_indices(lv->trace, n);

    if (index == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        if (peak[i] < begin[i]) {
            give_missing(out, "a peak comes before the spike begin of the same number");
            return;
        }
        double half = (lv->v[peak[i]] + lv->v[begin[i]]) / 2.;

        index[i] = nearest(lv->v, begin[i], peak[i], half);
    }
    give_indices(out, n, index);
}

/* Where a spike has no usable end, eFEL gives index 0. Where there are fewer ends than
 * spikes it looks for one behind the list, finds zero there, and gives 0 as well. */
void feature_AP_fall_indices(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *peak = need[0]->index;
    const ptrdiff_t *begin = need[1]->index;
    const value *ends = need[2];
    ptrdiff_t n = need[0]->n < need[1]->n ? need[0]->n : need[1]->n;
    ptrdiff_t *index = new_indices(lv->trace, n);

    if (index == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n && i < ends->n; i++) {
        if (peak[i] <= ends->index[i]) {
            double half = (lv->v[peak[i]] + lv->v[begin[i]]) / 2.;

            index[i] = nearest(lv->v, peak[i], ends->index[i], half);
        }
    }
    give_indices(out, n, index);
}
