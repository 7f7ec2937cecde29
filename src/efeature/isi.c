/* Interspike intervals. */

#include "efeature_priv.h"

#include <mecombo/sum.h>

#include <math.h>

/* The ISIs that count; false (and out set) if there are not two peaks. */
typedef struct isi_list {
    const double *isi; /* [n] ms */
    ptrdiff_t n;
} isi_list;

static bool all_isis(session *s, isi_list *list, value *out)
{
    const value *all = session_get(s, F_all_ISI_values);

    if (all == NULL) {
        give_missing(out, "fewer than two spikes");
        return false;
    }
    list->isi = all->real;
    list->n = all->n;
    return true;
}

/* Without the first one if ignore_first_ISI. */
static bool later_isis(session *s, isi_list *list, value *out)
{
    if (!all_isis(s, list, out)) {
        return false;
    }
    if (session_setting(s, S_ignore_first_ISI) != 0.0) {
        list->isi++;
        list->n--;
    }
    return true;
}

void feature_ISIs(session *s, value *out)
{
    isi_list list;

    if (all_isis(s, &list, out)) {
        give_reals(out, list.n, list.isi);
    }
}

void feature_ISI_values(session *s, value *out)
{
    isi_list list;

    if (!later_isis(s, &list, out)) {
        return;
    }
    if (list.n == 0) {
        give_empty(out);
    } else {
        give_reals(out, list.n, list.isi);
    }
}

void feature_ISI_CV(session *s, value *out)
{
    isi_list list;

    if (!later_isis(s, &list, out)) {
        return;
    }
    if (list.n < 2) {
        give_missing(out, "fewer than two ISIs");
        return;
    }
    double mean = mean_numpy(list.isi, list.n);
    double *square = new_reals(s->now->trace, list.n);

    if (square == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < list.n; i++) {
        square[i] = (list.isi[i] - mean) * (list.isi[i] - mean);
    }
    double variance = mec_numpy_sum((size_t)list.n, square) / (double)(list.n - 1);

    give_real(s->now->trace, out, sqrt(variance) / mean);
}

void feature_single_burst_ratio(session *s, value *out)
{
    isi_list list;

    if (!later_isis(s, &list, out)) {
        return;
    }
    if (list.n < 2) {
        give_missing(out, "fewer than two ISIs");
        return;
    }
    give_real(s->now->trace, out, list.isi[0] / mean_numpy(list.isi, list.n));
}

/* NaN for fewer than two ISIs. */
void feature_irregularity_index(session *s, value *out)
{
    isi_list list;

    if (!later_isis(s, &list, out)) {
        return;
    }
    ptrdiff_t n = list.n > 0 ? list.n - 1 : 0;
    double *step = new_reals(s->now->trace, n);

    if (step == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        step[i] = fabs(list.isi[i + 1] - list.isi[i]);
    }
    give_real(s->now->trace, out, mean_numpy(step, n));
}

/* Least-squares slope of y over x, in extended precision: numpy solves this through a
 * singular value decomposition, whose rounding is not followed here. */
static double fitted_slope(ptrdiff_t n, const double x[], const double y[])
{
    long double mean_x = 0;
    long double mean_y = 0;
    long double xx = 0;
    long double xy = 0;

    for (ptrdiff_t i = 0; i < n; i++) {
        mean_x += x[i];
        mean_y += y[i];
    }
    mean_x /= (long double)n;
    mean_y /= (long double)n;
    for (ptrdiff_t i = 0; i < n; i++) {
        xx += (x[i] - mean_x) * (x[i] - mean_x);
        xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
    return (double)(xy / xx);
}

/* Slope of log(ISI) over log(number), or over the number itself. */
static void log_slope(session *s, const isi_list *list, bool over_log, value *out)
{
    ptrdiff_t n = list->n;
    double *x = new_reals(s->now->trace, n);
    double *y = new_reals(s->now->trace, n);

    if (x == NULL || y == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        x[i] = over_log ? log((double)(i + 1)) : (double)(i + 1);
        y[i] = log(list->isi[i]);
    }
    if (n > 1) {
        give_real(s->now->trace, out, fitted_slope(n, x, y));
    } else if (over_log) {
        give_missing(out, "no line through a single ISI");
    } else {
        /* Of all lines through (1, y) numpy takes the one of least norm. */
        give_real(s->now->trace, out, y[0] / 2);
    }
}

static void log_slope_of_later(session *s, bool over_log, value *out)
{
    isi_list list;

    if (!later_isis(s, &list, out)) {
        return;
    }
    if (list.n == 0) {
        give_missing(out, "fewer than two ISIs");
        return;
    }
    log_slope(s, &list, over_log, out);
}

void feature_ISI_log_slope(session *s, value *out)
{
    log_slope_of_later(s, true, out);
}

void feature_ISI_semilog_slope(session *s, value *out)
{
    log_slope_of_later(s, false, out);
}

void feature_ISI_log_slope_skip(session *s, value *out)
{
    double part = session_setting(s, S_spike_skipf);
    ptrdiff_t most = (ptrdiff_t)session_setting(s, S_max_spike_skip);
    isi_list list;

    if (!later_isis(s, &list, out)) {
        return;
    }
    if (part < 0 || part >= 1) {
        give_missing(out, "eFEL raises ValueError: spike_skipf is not in [0, 1)");
        return;
    }
    if (list.n == 0) {
        give_missing(out, "fewer than two ISIs");
        return;
    }
    ptrdiff_t skip = (ptrdiff_t)((double)(list.n + 1) * part + 0.5);

    if (most < skip) {
        skip = most;
    }
    /* A negative number counts from the end, as in Python. */
    if (skip < 0) {
        skip = skip + list.n > 0 ? skip + list.n : 0;
    }
    if (skip >= list.n) {
        give_missing(out, "eFEL raises TypeError: all ISIs are skipped");
        return;
    }
    list.isi += skip;
    list.n -= skip;
    log_slope(s, &list, true, out);
}

void feature_inv_ISI_values(session *s, value *out)
{
    isi_list list;

    if (!all_isis(s, &list, out)) {
        return;
    }
    double *real = new_reals(s->now->trace, list.n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < list.n; i++) {
        real[i] = 1000.0 / list.isi[i];
    }
    give_reals(out, list.n, real);
}

/* 1000 / ISI of the i-th ISI; from the end if negative. */
static void inverse_isi(session *s, ptrdiff_t i, value *out)
{
    isi_list list;

    if (!all_isis(s, &list, out)) {
        return;
    }
    if (i >= list.n) {
        give_missing(out, "too few ISIs");
        return;
    }
    give_real(s->now->trace, out, 1000.0 / list.isi[i < 0 ? list.n + i : i]);
}

void feature_inv_first_ISI(session *s, value *out)
{
    inverse_isi(s, 0, out);
}

void feature_inv_second_ISI(session *s, value *out)
{
    inverse_isi(s, 1, out);
}

void feature_inv_third_ISI(session *s, value *out)
{
    inverse_isi(s, 2, out);
}

void feature_inv_fourth_ISI(session *s, value *out)
{
    inverse_isi(s, 3, out);
}

void feature_inv_fifth_ISI(session *s, value *out)
{
    inverse_isi(s, 4, out);
}

void feature_inv_last_ISI(session *s, value *out)
{
    inverse_isi(s, -1, out);
}
