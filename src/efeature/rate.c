/* Speeds and times of rise and fall. */

#include "efeature_priv.h"

void feature_AP_peak_upstroke(level *lv, const value *const need[], value *out)
{
    const value *begins = need[0];
    const value *peaks = need[1];
    const double *dvdt = level_dvdt(lv, out);
    double *real = new_reals(lv->trace, begins->n);
    ptrdiff_t n = 0;
    ptrdiff_t j = 0;

    if (dvdt == NULL || real == NULL) {
        return;
    }
    /* Each begin is paired with the next peak not taken yet; then pairs by number. */
    ptrdiff_t *top = new_indices(lv->trace, begins->n);

    if (top == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < begins->n; i++) {
        while (j < peaks->n && peaks->index[j] < begins->index[i]) {
            j++;
        }
        if (j < peaks->n) {
            top[n++] = peaks->index[j++];
        }
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        real[i] = dvdt[first_max(dvdt, begins->index[i], top[i])];
    }
    give_reals(out, n, real);
}

void feature_AP_peak_downstroke(level *lv, const value *const need[], value *out)
{
    const value *minima = need[0];
    const value *peaks = need[1];
    const double *dvdt = level_dvdt(lv, out);
    ptrdiff_t n = minima->n < peaks->n ? minima->n : peaks->n;
    double *real = new_reals(lv->trace, n);

    if (dvdt == NULL || real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        if (minima->index[i] < peaks->index[i]) {
            give_missing(out, REASON_OUT_OF_BOUNDS);
            return;
        }
        real[i] = dvdt[first_min(dvdt, peaks->index[i], minima->index[i])];
    }
    give_reals(out, n, real);
}

void feature_AP_phaseslope(level *lv, const value *const need[], value *out)
{
    const value *begins = need[0];
    const double *dvdt = level_dvdt(lv, out);
    const double *v = lv->v;
    ptrdiff_t range = (ptrdiff_t)setting(lv, S_AP_phaseslope_range);
    double *real = new_reals(lv->trace, begins->n);

    if (dvdt == NULL || real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < begins->n; i++) {
        ptrdiff_t from = begins->index[i] - range;
        ptrdiff_t to = begins->index[i] + range;

        if (from < 0 || to < 0 || from > lv->n || to > lv->n) {
            give_missing(out, "AP_phaseslope_range reaches beyond the trace");
            return;
        }
        if (from == lv->n || to == lv->n) {
            give_missing(out, REASON_OUT_OF_BOUNDS);
            return;
        }
        if (v[to] - v[from] == 0) {
            give_missing(out, "the voltage is equal on both sides of a spike begin");
            return;
        }
        real[i] = (dvdt[to] - dvdt[from]) / (v[to] - v[from]);
    }
    give_reals(out, begins->n, real);
}

/* Pairs of a sample of `marks` and a peak; the peaks before the first mark, or not after
 * the stimulus start, are left out. */
typedef struct pairing {
    const ptrdiff_t *mark;
    const ptrdiff_t *peak;
    ptrdiff_t n;
} pairing;

/* n is the smaller number of both, counted with all peaks, as in eFEL; false when there
 * are fewer peaks than that. */
static bool pair(const value *marks, const value *peaks, ptrdiff_t n_skipped,
                 pairing *out, value *missing)
{
    out->mark = marks->index;
    out->peak = peaks->index + n_skipped;
    out->n = marks->n < peaks->n ? marks->n : peaks->n;
    if (out->n > peaks->n - n_skipped) {
        give_missing(missing, REASON_OUT_OF_BOUNDS);
        return false;
    }
    return true;
}

static bool pair_with_begins(const value *begins, const value *peaks, pairing *out,
                             value *missing)
{
    ptrdiff_t n_skipped = 0;

    while (n_skipped < peaks->n && peaks->index[n_skipped] <= begins->index[0]) {
        n_skipped++;
    }
    return pair(begins, peaks, n_skipped, out, missing);
}

static bool pair_with_ends(const level *lv, const value *ends, const value *peaks,
                           pairing *out, value *missing)
{
    double start = setting(lv, S_stim_start);
    ptrdiff_t n_skipped = 0;

    while (n_skipped < peaks->n && !(lv->t[peaks->index[n_skipped]] > start)) {
        n_skipped++;
    }
    return pair(ends, peaks, n_skipped, out, missing);
}

/* Time from `part_begin` to `part_end` of the way from begin to peak. Rounding of the
 * limits is allowed for by 1e-13 mV. */
static double rise_time(const level *lv, ptrdiff_t begin, ptrdiff_t peak)
{
    const double *v = lv->v;
    double height = v[peak] - v[begin];
    double from = v[begin] + setting(lv, S_rise_start_perc) * height;
    double to = v[begin] + setting(lv, S_rise_end_perc) * height;
    ptrdiff_t i = begin;
    ptrdiff_t j = peak;

    while (i < peak && v[i] < from - 1e-13) {
        i++;
    }
    while (j > begin && v[j] > to + 1e-13) {
        j--;
    }
    return lv->t[j] - lv->t[i];
}

void feature_AP_rise_time(level *lv, const value *const need[], value *out)
{
    pairing p;
    double *real = new_reals(lv->trace, need[0]->n);

    if (real == NULL || !pair_with_begins(need[0], need[1], &p, out)) {
        return;
    }
    for (ptrdiff_t i = 0; i < p.n; i++) {
        real[i] = rise_time(lv, p.mark[i], p.peak[i]);
    }
    give_reals(out, p.n, real);
}

/* Mean slope between mark and peak, or the time between them. */
static void give_slopes(level *lv, const pairing *p, bool times, value *out)
{
    double *real = new_reals(lv->trace, p->n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < p->n; i++) {
        double dt = lv->t[p->mark[i]] - lv->t[p->peak[i]];
        double dv = lv->v[p->mark[i]] - lv->v[p->peak[i]];

        real[i] = times ? dt : dv / dt;
    }
    give_reals(out, p->n, real);
}

void feature_AP_rise_rate(level *lv, const value *const need[], value *out)
{
    pairing p;

    if (pair_with_begins(need[0], need[1], &p, out)) {
        give_slopes(lv, &p, false, out);
    }
}

void feature_AP_fall_rate(level *lv, const value *const need[], value *out)
{
    pairing p;

    if (pair_with_ends(lv, need[1], need[0], &p, out)) {
        give_slopes(lv, &p, false, out);
    }
}

void feature_AP_fall_time(level *lv, const value *const need[], value *out)
{
    pairing p;

    if (pair_with_ends(lv, need[1], need[0], &p, out)) {
        give_slopes(lv, &p, true, out);
    }
}
