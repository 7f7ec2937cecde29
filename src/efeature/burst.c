/* Bursts: runs of spikes whose ISIs are short compared to the median of the ISIs before.
 *
 * Bursts are numbered by spikes: begin and end are the numbers of the first and last spike.
 */

#include "efeature_priv.h"

#include <string.h>

typedef struct bursts {
    ptrdiff_t n_begin;
    ptrdiff_t n_end;
    ptrdiff_t *begin;
    ptrdiff_t *end;
} bursts;

static bool inside(const bursts *b)
{
    return b->n_end == 0 || b->begin[b->n_begin - 1] > b->end[b->n_end - 1];
}

/* A burst ends before an ISI longer than factor times the median of the ISIs since the
 * last boundary, and begins with an ISI shorter than its predecessor over factor. */
static void find_bursts(const value *isi, double factor, ptrdiff_t first,
                        double sorted[], bursts *b)
{
    const double *x = isi->real;
    ptrdiff_t since = first;
    ptrdiff_t n_sorted = 0;

    b->begin[b->n_begin++] = first;
    for (ptrdiff_t i = first + 1; i < isi->n; i++) {
        bool in_burst = inside(b);

        for (; since + n_sorted < i; n_sorted++) {
            insert_sorted(sorted, n_sorted, x[since + n_sorted]);
        }
        ptrdiff_t boundary = since;

        if (in_burst && x[i] > factor * median_sorted(sorted, n_sorted)) {
            b->end[b->n_end++] = i;
            boundary = i;
        }
        if (x[i] < x[i - 1] / factor) {
            b->n_begin += in_burst ? 0 : 1;
            b->begin[b->n_begin - 1] = i;
            boundary = i;
        }
        if (boundary != since) {
            since = boundary;
            n_sorted = 0;
        }
    }
    if (inside(b)) {
        b->end[b->n_end++] = isi->n;
    }
}

static bool bursts_of(level *lv, const value *isi, bursts *b, value *out)
{
    ptrdiff_t first = setting(lv, S_ignore_first_ISI) != 0.0 ? 1 : 0;

    memset(b, 0, sizeof *b);
    if (isi->n < 2) {
        give_missing(out, "fewer than three spikes");
        return false;
    }
    double *sorted = new_reals(lv->trace, isi->n);

    b->begin = new_indices(lv->trace, isi->n + 1);
    b->end = new_indices(lv->trace, isi->n + 1);
    if (sorted == NULL || b->begin == NULL || b->end == NULL) {
        return false;
    }
    find_bursts(isi, setting(lv, S_strict_burst_factor), first, sorted, b);
    return true;
}

void feature_burst_begin_indices(level *lv, const value *const need[], value *out)
{
    bursts b;

    if (bursts_of(lv, need[0], &b, out)) {
        give_indices(out, b.n_begin, b.begin);
    }
}

void feature_burst_end_indices(level *lv, const value *const need[], value *out)
{
    bursts b;

    if (bursts_of(lv, need[0], &b, out)) {
        give_indices(out, b.n_end, b.end);
    }
}

void feature_strict_burst_mean_freq(level *lv, const value *const need[], value *out)
{
    const double *time = need[0]->real;
    const ptrdiff_t *begin = need[1]->index;
    const ptrdiff_t *end = need[2]->index;
    double *real = new_reals(lv->trace, need[1]->n);
    ptrdiff_t n = 0;

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < need[1]->n && i < need[2]->n; i++) {
        if (end[i] - begin[i] > 0) {
            real[n++] = (double)((end[i] - begin[i] + 1) * 1000) /
                        (time[end[i]] - time[begin[i]]);
        }
    }
    give_reals(out, n, real);
}

void feature_strict_interburst_voltage(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *peak = need[0]->index;
    const ptrdiff_t *begin = need[1]->index;
    const double *t = lv->t;
    ptrdiff_t n = need[1]->n - 1;
    double *real = new_reals(lv->trace, n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        ptrdiff_t from = peak[begin[i + 1] - 1];
        ptrdiff_t to = peak[begin[i + 1]];
        double after = t[from] + 5; /* ms */
        double before = t[to] - 5;
        ptrdiff_t j = from;

        while (j < to && !(t[j] > after)) {
            j++;
        }
        from = j - 1;
        for (j = to; j > from && !(t[j] < before); j--) {
        }
        to = j + 1;
        real[i] = sum_in_order(lv->v + from, to - from + 1) / (double)(to - from + 1);
    }
    give_reals(out, n, real);
}

void feature_interburst_min_indices(level *lv, const value *const need[], value *out)
{
    const ptrdiff_t *peak = need[0]->index;
    const ptrdiff_t *end = need[1]->index;
    ptrdiff_t *index = new_indices(lv->trace, need[1]->n);
    ptrdiff_t n = 0;

    if (index == NULL) {
        return;
    }
    for (; n < need[1]->n && end[n] + 1 < need[0]->n; n++) {
        index[n] = first_min(lv->v, peak[end[n]], peak[end[n] + 1]);
    }
    give_indices(out, n, index);
}

void feature_interburst_duration(level *lv, const value *const need[], value *out)
{
    const double *time = need[0]->real;
    const ptrdiff_t *end = need[1]->index;
    double *real = new_reals(lv->trace, need[1]->n);
    ptrdiff_t n = 0;

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < need[1]->n; i++) {
        if (end[i] + 1 < need[0]->n) {
            real[n++] = time[end[i] + 1] - time[end[i]];
        }
    }
    give_reals(out, n, real);
}
