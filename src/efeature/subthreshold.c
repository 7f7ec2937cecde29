/* Base lines, steady states, deflections and sags. */

#include "efeature_priv.h"

#include <string.h>

/* Mean of x over the last tenth of the stimulus. */
static void mean_at_stim_end(level *lv, const double x[], ptrdiff_t n_x, value *out)
{
    double start = setting(lv, S_stim_start);
    double end = setting(lv, S_stim_end);
    ptrdiff_t from = level_at(lv, end - 0.1 * (end - start));
    ptrdiff_t to = level_at(lv, end);

    if (from >= to) {
        give_missing(out, "no sample in the last tenth of the stimulus");
        return;
    }
    if (to > n_x) {
        give_missing(out, REASON_OUT_OF_BOUNDS);
        return;
    }
    give_real(lv->trace, out, sum_in_order(x + from, to - from) / (double)(to - from));
}

void feature_steady_state_voltage_stimend(level *lv, const value *const need[],
                                          value *out)
{
    (void)need;
    mean_at_stim_end(lv, lv->v, lv->n, out);
}

void feature_steady_state_current_stimend(level *lv, const value *const need[],
                                          value *out)
{
    (void)need;
    if (lv->current == NULL) {
        give_missing(out, "no current was given with the trace");
        return;
    }
    mean_at_stim_end(lv, lv->current, lv->n_current, out);
}

void feature_steady_state_hyper(level *lv, const value *const need[], value *out)
{
    ptrdiff_t end = level_at(lv, setting(lv, S_stim_end)) - 5;
    enum { N_SAMPLES = 30 };

    (void)need;
    if (end < N_SAMPLES) {
        give_missing(out, "fewer than 35 samples before stimulus end");
        return;
    }
    give_real(lv->trace, out,
              sum_in_order(lv->v + end - N_SAMPLES, N_SAMPLES) / (double)N_SAMPLES);
}

/* Summed from the last sample backwards; NaN when nothing follows the stimulus. */
void feature_steady_state_voltage(level *lv, const value *const need[], value *out)
{
    double end = setting(lv, S_stim_end);
    double sum = 0.0;
    ptrdiff_t i = lv->n - 1;

    (void)need;
    for (; i >= 0 && lv->t[i] > end; i--) {
        sum += lv->v[i];
    }
    if (i < 0) {
        give_missing(out, REASON_OUT_OF_BOUNDS);
        return;
    }
    give_real(lv->trace, out, sum / (double)(lv->n - 1 - i));
}

/* The last sample that is not later than a time, plus one; n if only sample 0 is left. */
static ptrdiff_t end_not_after(const level *lv, double time, double precision)
{
    for (ptrdiff_t i = lv->n - 1; i > 0; i--) {
        if (lv->t[i] - time < precision) {
            return i + 1;
        }
    }
    return lv->n;
}

static void give_median(level *lv, const double x[], ptrdiff_t n, value *out)
{
    double *sorted = new_reals(lv->trace, n);

    if (sorted == NULL) {
        return;
    }
    memcpy(sorted, x, (size_t)n * sizeof *x);
    sort_reals(sorted, n);
    give_real(lv->trace, out,
              n % 2 != 0 ? sorted[n / 2] : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0);
}

/* Mean or median of x before the stimulus, between two fractions of stim_start. */
static void base_of(level *lv, const double x[], ptrdiff_t n_x, setting_id part_start,
                    setting_id part_end, setting_id mode, value *out)
{
    double start = setting(lv, S_stim_start) * setting(lv, part_start);
    double end = setting(lv, S_stim_start) * setting(lv, part_end);
    const char *how = lv->trace->set[mode].text;

    if (start >= end) {
        give_missing(out, "no time before the stimulus");
        return;
    }
    ptrdiff_t from = level_at(lv, start);
    ptrdiff_t to = end_not_after(lv, end, setting(lv, S_precision_threshold));

    if (from == lv->n) {
        from = 0;
    }
    if (to < from) {
        give_missing(out, "eFEL raises RuntimeError: no sample before the stimulus");
        return;
    }
    if (to > n_x) {
        give_missing(out, REASON_OUT_OF_BOUNDS);
        return;
    }
    if (strcmp(how, "mean") == 0) {
        give_real(lv->trace, out,
                  sum_in_order(x + from, to - from) / (double)(to - from));
    } else if (strcmp(how, "median") != 0) {
        give_missing(out, "the mode is neither mean nor median");
    } else if (from == to) {
        give_missing(out, REASON_OUT_OF_BOUNDS);
    } else {
        give_median(lv, x + from, to - from, out);
    }
}

void feature_voltage_base(level *lv, const value *const need[], value *out)
{
    (void)need;
    base_of(lv, lv->v, lv->n, S_voltage_base_start_perc, S_voltage_base_end_perc,
            S_voltage_base_mode, out);
}

void feature_current_base(level *lv, const value *const need[], value *out)
{
    (void)need;
    if (lv->current == NULL) {
        give_missing(out, "no current was given with the trace");
        return;
    }
    base_of(lv, lv->current, lv->n_current, S_current_base_start_perc,
            S_current_base_end_perc, S_current_base_mode, out);
}

void feature_ohmic_input_resistance(level *lv, const value *const need[], value *out)
{
    const setting_value *current = &lv->trace->set[S_stimulus_current];

    if (!current->present) {
        give_missing(out, "stimulus_current is not set");
        return;
    }
    if (current->number == 0) {
        give_missing(out, "stimulus_current is zero");
        return;
    }
    give_real(lv->trace, out, need[0]->real[0] / current->number);
}

void feature_sag_amplitude(level *lv, const value *const need[], value *out)
{
    if (!(need[2]->real[0] <= 0)) {
        give_missing(out, "the stimulus does not hyperpolarise");
        return;
    }
    give_real(lv->trace, out, need[1]->real[0] - need[0]->real[0]);
}

void feature_sag_ratio1(level *lv, const value *const need[], value *out)
{
    double sag = need[0]->real[0];
    double base = need[1]->real[0];
    double lowest = need[2]->real[0];

    if (lowest == base) {
        give_missing(out, "voltage_base equals minimum_voltage");
        return;
    }
    give_real(lv->trace, out, sag / (base - lowest));
}

void feature_sag_ratio2(level *lv, const value *const need[], value *out)
{
    double base = need[0]->real[0];
    double lowest = need[1]->real[0];
    double steady = need[2]->real[0];

    if (lowest == base) {
        give_missing(out, "voltage_base equals minimum_voltage");
        return;
    }
    give_real(lv->trace, out, (base - steady) / (base - lowest));
}

void feature_voltage_deflection(level *lv, const value *const need[], value *out)
{
    enum { WINDOW = 5 };
    ptrdiff_t n_base = level_at(lv, setting(lv, S_stim_start));
    ptrdiff_t end = level_at(lv, setting(lv, S_stim_end));

    (void)need;
    while (end < lv->n && !(lv->t[end] > setting(lv, S_stim_end))) {
        end++;
    }
    if (n_base == 0) {
        give_missing(out, "no sample before the stimulus");
        return;
    }
    if (end == lv->n || end < 2 * WINDOW) {
        give_missing(out, "no sample after the stimulus, or fewer than ten until then");
        return;
    }
    double base = sum_in_order(lv->v, n_base) / (double)n_base;
    double late = sum_in_order(lv->v + end - 2 * WINDOW, WINDOW) / WINDOW;

    give_real(lv->trace, out, late - base);
}

/* NaN when there are no samples before the stimulus or in its early part. */
void feature_voltage_deflection_begin(level *lv, const value *const need[], value *out)
{
    double part = 0.10;
    double start = setting(lv, S_stim_start);
    double length = setting(lv, S_stim_end) - start;
    double from = start + length * (part / 2);
    double to = from + length * part;
    ptrdiff_t n_base = level_at(lv, start);
    ptrdiff_t begin = level_at(lv, from);
    ptrdiff_t end = begin;

    (void)need;
    while (begin < lv->n && !(lv->t[begin] > from)) {
        begin++;
    }
    end = begin;
    while (end < lv->n && !(lv->t[end] > to)) {
        end++;
    }
    double base = sum_in_order(lv->v, n_base) / (double)n_base;

    give_real(lv->trace, out,
              sum_in_order(lv->v + begin, end - begin) / (double)(end - begin) - base);
}

void feature_voltage_after_stim(level *lv, const value *const need[], value *out)
{
    double end = setting(lv, S_stim_end);
    double rest = lv->t[lv->n - 1] - end;
    double from = end + rest * .25;
    double to = end + rest * .75;
    double sum = 0.0;
    ptrdiff_t n = 0;

    (void)need;
    for (ptrdiff_t i = level_at(lv, from); i < lv->n; i++) {
        sum += lv->v[i];
        n++;
        if (lv->t[i] > to) {
            break;
        }
    }
    if (n == 0) {
        give_missing(out, "no sample after the stimulus");
        return;
    }
    give_real(lv->trace, out, sum / (double)n);
}

/* The samples of the stimulus; the trace may end earlier. */
static bool stimulus_range(const level *lv, ptrdiff_t *from, ptrdiff_t *to, value *out)
{
    double last = lv->t[lv->n - 1];
    double end = setting(lv, S_stim_end);

    *from = level_at(lv, setting(lv, S_stim_start));
    *to = level_at(lv, end > last ? last : end);
    if (*from == lv->n || *to == lv->n) {
        give_missing(out, "the stimulus begins after the trace ends");
        return false;
    }
    return true;
}

void feature_maximum_voltage(level *lv, const value *const need[], value *out)
{
    ptrdiff_t from;
    ptrdiff_t to;

    (void)need;
    if (stimulus_range(lv, &from, &to, out)) {
        give_real(lv->trace, out, lv->v[first_max(lv->v, from, to)]);
    }
}

void feature_minimum_voltage(level *lv, const value *const need[], value *out)
{
    ptrdiff_t from;
    ptrdiff_t to;

    (void)need;
    if (stimulus_range(lv, &from, &to, out)) {
        give_real(lv->trace, out, lv->v[first_min(lv->v, from, to)]);
    }
}
