/* Bursts seen in the ISIs, each compared with the median of the ISIs since the last burst,
 * and the hyperpolarisation after an initial burst. */

#include "efeature_priv.h"

#include <math.h>

void feature_burst_ISI_indices(session *s, value *out)
{
    value isi;
    double factor = session_setting(s, S_burst_factor);
    ptrdiff_t since = 0;
    ptrdiff_t n_sorted = 0;
    ptrdiff_t n = 0;

    session_compute(s, F_ISI_values, &isi);
    if (!isi.exists || isi.n < 4) {
        give_missing(out, "fewer than four ISIs");
        return;
    }
    double *sorted = new_reals(s->now->trace, isi.n);
    ptrdiff_t *index = new_indices(s->now->trace, isi.n);

    if (sorted == NULL || index == NULL) {
        return;
    }
    for (ptrdiff_t i = 1; i + 1 < isi.n; i++) {
        for (; since + n_sorted < i; n_sorted++) {
            insert_sorted(sorted, n_sorted, isi.real[since + n_sorted]);
        }
        if (isi.real[i] > factor * median_sorted(sorted, n_sorted) &&
            isi.real[i + 1] < isi.real[i] / factor) {
            index[n++] = i + 1;
            since = i;
            n_sorted = 0;
        }
    }
    give_indices(out, n, index);
}

void feature_burst_mean_freq(session *s, value *out)
{
    const value *times = session_get(s, F_peak_time);
    value bursts;
    ptrdiff_t n = 0;

    session_compute(s, F_burst_ISI_indices, &bursts);
    if (times == NULL || !bursts.exists) {
        give_missing(out, "no bursts");
        return;
    }
    const double *time = times->real;
    const ptrdiff_t *first = bursts.index;
    double *real = new_reals(s->now->trace, bursts.n + 1);

    if (real == NULL) {
        return;
    }
    real[n++] = (double)((first[0] + 1) * 1000) / (time[first[0]] - time[0]);
    for (ptrdiff_t i = 0; i < bursts.n; i++) {
        ptrdiff_t next = i + 1 < bursts.n ? first[i + 1] : times->n - 1;

        if (next - first[i] != 1) {
            real[n++] =
                (double)((next - first[i]) * 1000) / (time[next] - time[first[i] + 1]);
        }
    }
    give_reals(out, n, real);
}

/* NaN where less than 10 ms lie between two peaks. */
void feature_interburst_voltage(session *s, value *out)
{
    const value *peaks = session_get(s, F_peak_indices);
    const value *v = session_get(s, F_voltage);
    const value *t = session_get(s, F_time);
    value bursts;

    session_compute(s, F_burst_ISI_indices, &bursts);
    if (peaks == NULL || v == NULL || t == NULL || !bursts.exists) {
        give_missing(out, "no bursts");
        return;
    }
    double *real = new_reals(s->now->trace, bursts.n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < bursts.n; i++) {
        double start = t->real[peaks->index[bursts.index[i]]] + 5; /* ms */
        double end = t->real[peaks->index[bursts.index[i] + 1]] - 5;
        ptrdiff_t from = level_at(s->now, start) - 1;
        ptrdiff_t to = level_at(s->now, end);

        while (to < s->now->n && !(t->real[to] > end)) {
            to++;
        }
        ptrdiff_t n = to + 1 > from ? to + 1 - from : 0;

        real[i] = mean_numpy(v->real + from, n);
    }
    give_reals(out, bursts.n, real);
}

/* The lowest value of x[0, n), n >= 1; NaN if there is one, as with numpy.argmin(). */
static double lowest_of(const double x[], ptrdiff_t n)
{
    double lowest = x[0];

    for (ptrdiff_t i = 0; i < n; i++) {
        if (isnan(x[i])) {
            return x[i];
        }
        if (x[i] < lowest) {
            lowest = x[i];
        }
    }
    return lowest;
}

/* The number of the last spike of the initial burst; 0 if there is no such burst. */
static ptrdiff_t initial_burst(const value *isis, double least_frequency)
{
    ptrdiff_t n = 0;

    while (n < isis->n && !(1000.0 / isis->real[n] < least_frequency)) {
        n++;
    }
    return n;
}

void feature_initburst_sahp(session *s, value *out)
{
    const value *v = session_get(s, F_voltage);
    const value *t = session_get(s, F_time);
    const value *times = v != NULL && t != NULL ? session_get(s, F_peak_time) : NULL;
    const value *isis = times != NULL ? session_get(s, F_all_ISI_values) : NULL;
    double stim_end = session_setting(s, S_stim_end);

    if (isis == NULL) {
        give_missing(out, "fewer than two spikes");
        return;
    }
    ptrdiff_t last =
        initial_burst(isis, session_setting(s, S_initburst_freq_threshold));

    if (last == 0) {
        give_missing(out, "no initial burst");
        return;
    }
    double start = times->real[last] + session_setting(s, S_initburst_sahp_start);
    double end = times->real[last] + session_setting(s, S_initburst_sahp_end);

    if (last + 1 < times->n && times->real[last + 1] < end) {
        end = times->real[last + 1];
    }
    start = stim_end < start ? stim_end : start;
    end = stim_end < end ? stim_end : end;
    ptrdiff_t from = level_at(s->now, start);
    ptrdiff_t to = level_at(s->now, end);

    while (to < s->now->n && t->real[to] <= end) {
        to++;
    }
    if (end <= start || to <= from) {
        give_missing(out, "no time after the initial burst");
        return;
    }
    give_real(s->now->trace, out, lowest_of(v->real + from, to - from));
}

static void relative_to(session *s, feature_id base_id, value *out)
{
    value sahp;

    session_compute(s, F_initburst_sahp, &sahp);
    const value *base = session_get(s, base_id);

    if (!sahp.exists) {
        give_missing(out, sahp.reason);
    } else if (base == NULL) {
        give_missing(out, "there is no base voltage");
    } else {
        give_real(s->now->trace, out, sahp.real[0] - base->real[0]);
    }
}

void feature_initburst_sahp_vb(session *s, value *out)
{
    relative_to(s, F_voltage_base, out);
}

void feature_initburst_sahp_ssse(session *s, value *out)
{
    relative_to(s, F_steady_state_voltage_stimend, out);
}
