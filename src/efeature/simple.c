/* The trace itself, and features that pick, compare or look up values of others. */

#include "efeature_priv.h"

void feature_voltage(level *lv, const value *const need[], value *out)
{
    (void)need;
    give_reals(out, lv->n, lv->v);
}

void feature_time(level *lv, const value *const need[], value *out)
{
    (void)need;
    give_reals(out, lv->n, lv->t);
}

void feature_current(level *lv, const value *const need[], value *out)
{
    (void)need;
    if (lv->current == NULL) {
        give_missing(out, "no current was given with the trace");
        return;
    }
    give_reals(out, lv->n_current, lv->current);
}

static void look_up(level *lv, const value *where, const double x[], value *out)
{
    double *real = new_reals(lv->trace, where->n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < where->n; i++) {
        real[i] = x[where->index[i]];
    }
    give_reals(out, where->n, real);
}

void feature_voltage_at(level *lv, const value *const need[], value *out)
{
    look_up(lv, need[0], lv->v, out);
}

void feature_time_at(level *lv, const value *const need[], value *out)
{
    look_up(lv, need[0], lv->t, out);
}

void feature_same(level *lv, const value *const need[], value *out)
{
    (void)lv;
    give_reals(out, need[0]->n, need[0]->real);
}

void feature_first(level *lv, const value *const need[], value *out)
{
    (void)lv;
    give_reals(out, 1, need[0]->real);
}

void feature_second(level *lv, const value *const need[], value *out)
{
    (void)lv;
    if (need[0]->n < 2) {
        give_missing(out, "fewer than two spikes");
        return;
    }
    give_reals(out, 1, need[0]->real + 1);
}

void feature_last(level *lv, const value *const need[], value *out)
{
    (void)lv;
    give_reals(out, 1, need[0]->real + need[0]->n - 1);
}

/* One value minus another of the same feature, which must have at least n_least. */
static void subtract(level *lv, const value *from, ptrdiff_t n_least, ptrdiff_t a,
                     ptrdiff_t b, value *out)
{
    if (from->n < n_least) {
        give_missing(out, n_least == 2 ? "fewer than two spikes"
                                       : "fewer than three spikes");
        return;
    }
    give_real(lv->trace, out, from->real[a] - from->real[b]);
}

void feature_second_minus_first(level *lv, const value *const need[], value *out)
{
    subtract(lv, need[0], 2, 1, 0, out);
}

void feature_first_minus_second(level *lv, const value *const need[], value *out)
{
    subtract(lv, need[0], 2, 0, 1, out);
}

void feature_first_minus_last(level *lv, const value *const need[], value *out)
{
    subtract(lv, need[0], 2, 0, need[0]->n - 1, out);
}

void feature_second_minus_last(level *lv, const value *const need[], value *out)
{
    subtract(lv, need[0], 3, 1, need[0]->n - 1, out);
}

/* x[i + 1] - x[i] */
void feature_differences(level *lv, const value *const need[], value *out)
{
    const double *x = need[0]->real;
    ptrdiff_t n = need[0]->n - 1;
    double *real = new_reals(lv->trace, n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        real[i] = x[i + 1] - x[i];
    }
    give_reals(out, n, real);
}

/* (x[i + 1] - x[0]) / x[0] */
void feature_relative_changes(level *lv, const value *const need[], value *out)
{
    const double *x = need[0]->real;
    ptrdiff_t n = need[0]->n - 1;
    double *real = new_reals(lv->trace, n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        real[i] = (x[i + 1] - x[0]) / x[0];
    }
    give_reals(out, n, real);
}

/* Values of the first need minus the single value of the second. */
void feature_minus_base(level *lv, const value *const need[], value *out)
{
    double *real = new_reals(lv->trace, need[0]->n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < need[0]->n; i++) {
        real[i] = need[0]->real[i] - need[1]->real[0];
    }
    give_reals(out, need[0]->n, real);
}

/* Second need minus first, value by value. */
void feature_second_minus_first_each(level *lv, const value *const need[], value *out)
{
    ptrdiff_t n = need[0]->n;

    if (n != need[1]->n) {
        give_missing(out, "the numbers of AHPs and ADPs differ");
        return;
    }
    double *real = new_reals(lv->trace, n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        real[i] = need[1]->real[i] - need[0]->real[i];
    }
    give_reals(out, n, real);
}

void feature_max_amp_difference(level *lv, const value *const need[], value *out)
{
    const double *peak = need[0]->real;
    ptrdiff_t n = need[0]->n - 1;

    if (n < 1) {
        give_missing(out, "fewer than two spikes");
        return;
    }
    double largest = peak[0] - peak[1];

    for (ptrdiff_t i = 1; i < n; i++) {
        double drop = peak[i] - peak[i + 1];

        if (largest < drop) {
            largest = drop;
        }
    }
    give_real(lv->trace, out, largest);
}

void feature_mean_AP_amplitude(level *lv, const value *const need[], value *out)
{
    give_real(lv->trace, out,
              sum_in_order(need[0]->real, need[0]->n) / (double)need[0]->n);
}
