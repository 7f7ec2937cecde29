/* Afterhyperpolarisations and afterdepolarisations. */

#include "efeature_priv.h"

void feature_AHP_depth_from_peak(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *peak = need[0]->index;
    const ptrdiff_t *low = need[1]->index;
    ptrdiff_t n = need[1]->n;
    double *real = new_reals(lv->trace, n);

    if (real == NULL) {
        return;
    }
    if (need[0]->n < n) {
        give_missing(out, "fewer peaks than minima");
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        real[i] = lv->v[peak[i]] - lv->v[low[i]];
    }
    give_reals(out, n, real);
}

void feature_AHP_time_from_peak(level *lv, const value *const need[], value *out)
{
    ptrdiff_t n = need[0]->n < need[1]->n ? need[0]->n : need[1]->n;
    double *real = new_reals(lv->trace, n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        real[i] = lv->t[need[1]->index[i]] - lv->t[need[0]->index[i]];
    }
    give_reals(out, n, real);
}

/* The lowest sample between spikes i + 1 and i + 2, from sahp_start after the former; the
 * latter's peak when the ISI is shorter than that. */
static ptrdiff_t slow_minimum(const level *lv, const ptrdiff_t peak[], ptrdiff_t i)
{
    ptrdiff_t end = peak[i + 2];
    double start = lv->t[peak[i + 1]] + setting(lv, S_sahp_start);

    return first_min(lv->v, level_at_between(lv, start, peak[i + 1], end), end);
}

void feature_AHP_depth_abs_slow(level *lv, const value *const need[], value *out)
{
    ptrdiff_t n = need[0]->n - 2;

    if (n < 1) {
        give_missing(out, "fewer than three spikes");
        return;
    }
    double *real = new_reals(lv->trace, n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        real[i] = lv->v[slow_minimum(lv, need[0]->index, i)];
    }
    give_reals(out, n, real);
}

void feature_AHP_slow_time(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *peak = need[0]->index;
    const double *t = lv->t;
    ptrdiff_t n = need[0]->n - 2;
    double *real = new_reals(lv->trace, n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        double from = t[peak[i + 1]];

        real[i] = (t[slow_minimum(lv, peak, i)] - from) / (t[peak[i + 2]] - from);
    }
    give_reals(out, n, real);
}

void feature_fast_AHP(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *begin = need[0]->index;
    const ptrdiff_t *low = need[1]->index;
    ptrdiff_t n = need[0]->n - 1;
    double *real = new_reals(lv->trace, n);

    if (real == NULL) {
        return;
    }
    if (n > need[1]->n) {
        give_missing(out, REASON_OUT_OF_BOUNDS);
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        real[i] = lv->v[begin[i]] - lv->v[low[i]];
    }
    give_reals(out, n, real);
}

void feature_ADP_peak_indices(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *low = need[0]->index;
    const ptrdiff_t *deepest = need[1]->index;
    ptrdiff_t n = need[0]->n;
    ptrdiff_t *index = new_indices(lv->trace, n);

    if (index == NULL) {
        return;
    }
    if (n > need[1]->n) {
        give_missing(out, "more AHP minima than intervals");
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        if (deepest[i] < low[i]) {
            give_missing(out, REASON_OUT_OF_BOUNDS);
            return;
        }
        index[i] = first_max(lv->v, low[i], deepest[i]);
    }
    give_indices(out, n, index);
}

void feature_depolarized_base(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *end = need[0]->index;
    const ptrdiff_t *begin = need[1]->index;
    ptrdiff_t n_spikes = need[0]->n < need[1]->n ? need[0]->n : need[1]->n;
    ptrdiff_t n = 0;

    if (n_spikes <= 2) {
        give_missing(out, "fewer than three spikes with begin and end");
        return;
    }
    double *real = new_reals(lv->trace, n_spikes);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i + 1 < n_spikes; i++) {
        ptrdiff_t n_samples = begin[i + 1] - end[i];

        if (n_samples > 0) {
            real[n++] = sum_in_order(lv->v + end[i], n_samples) / (double)n_samples;
        }
    }
    give_reals(out, n, real);
}
