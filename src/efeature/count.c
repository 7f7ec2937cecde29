/* Numbers of spikes and bursts, and a check of the trace. */

#include "efeature_priv.h"

#include <math.h>

void feature_spike_count(session *s, value *out)
{
    const value *peaks = session_get(s, F_peak_indices);

    give_index(s->now->trace, out, peaks == NULL ? 0 : peaks->n);
}

void feature_spike_count_stimint(session *s, value *out)
{
    const value *times = session_get(s, F_peak_time);
    double start = session_setting(s, S_stim_start);
    double end = session_setting(s, S_stim_end);
    ptrdiff_t n = 0;

    for (ptrdiff_t i = 0; times != NULL && i < times->n; i++) {
        n += start <= times->real[i] && times->real[i] <= end;
    }
    give_index(s->now->trace, out, n);
}

void feature_trace_check(session *s, value *out)
{
    const value *times = session_get(s, F_peak_time);
    double start = session_setting(s, S_stim_start);
    double end = session_setting(s, S_stim_end) * 1.05;

    for (ptrdiff_t i = 0; times != NULL && i < times->n; i++) {
        if (!(times->real[i] >= start && times->real[i] <= end)) {
            give_missing(out, "a spike outside the stimulus");
            return;
        }
    }
    give_index(s->now->trace, out, 0);
}

void feature_spikes_per_burst(session *s, value *out)
{
    const value *begins = session_get(s, F_burst_begin_indices);
    const value *ends = session_get(s, F_burst_end_indices);

    if (begins == NULL || ends == NULL) {
        give_missing(out, "fewer than three spikes");
        return;
    }
    ptrdiff_t n = begins->n < ends->n ? begins->n : ends->n;
    ptrdiff_t *count = new_indices(s->now->trace, n);

    if (count == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        count[i] = ends->index[i] - begins->index[i] + 1;
    }
    give_indices(out, n, count);
}

/* The spikes of each burst; false (and out set) if there are not two bursts. */
static bool two_bursts(session *s, value *counts, value *out)
{
    session_compute(s, F_spikes_per_burst, counts);
    if (!counts->exists || counts->n < 2) {
        give_missing(out, "fewer than two bursts");
        return false;
    }
    return true;
}

void feature_spikes_per_burst_diff(session *s, value *out)
{
    value counts;

    if (!two_bursts(s, &counts, out)) {
        return;
    }
    ptrdiff_t *diff = new_indices(s->now->trace, counts.n - 1);

    if (diff == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i + 1 < counts.n; i++) {
        diff[i] = counts.index[i] - counts.index[i + 1];
    }
    give_indices(out, counts.n - 1, diff);
}

void feature_spikes_in_burst1_burst2_diff(session *s, value *out)
{
    value counts;

    if (two_bursts(s, &counts, out)) {
        give_index(s->now->trace, out, counts.index[0] - counts.index[1]);
    }
}

void feature_spikes_in_burst1_burstlast_diff(session *s, value *out)
{
    value counts;

    if (two_bursts(s, &counts, out)) {
        give_index(s->now->trace, out, counts.index[0] - counts.index[counts.n - 1]);
    }
}

void feature_burst_number(session *s, value *out)
{
    value frequencies;

    session_compute(s, F_burst_mean_freq, &frequencies);
    give_index(s->now->trace, out, frequencies.exists ? frequencies.n : 0);
}

void feature_strict_burst_number(session *s, value *out)
{
    const value *frequencies = session_get(s, F_strict_burst_mean_freq);

    give_index(s->now->trace, out, frequencies == NULL ? 0 : frequencies->n);
}

/* NaN if any slope is NaN, as numpy.max(). */
void feature_phaseslope_max(session *s, value *out)
{
    const value *v = session_get(s, F_voltage);
    const value *t = session_get(s, F_time);

    if (v == NULL || t == NULL || v->n < 2) {
        give_missing(out, "fewer than two samples");
        return;
    }
    double most = -INFINITY;

    for (ptrdiff_t i = 0; i + 1 < v->n; i++) {
        double slope = (v->real[i + 1] - v->real[i]) / (t->real[i + 1] - t->real[i]);

        if (!(slope <= most)) {
            most = slope;
        }
        if (isnan(slope)) {
            break;
        }
    }
    give_real(s->now->trace, out, most);
}
