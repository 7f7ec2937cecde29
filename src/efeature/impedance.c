/* The resonance frequency: where |voltage / current| is highest. */

#include "efeature_priv.h"
#include "fourier.h"

#include <math.h>

enum { SIGMA = 10, RADIUS = 40 }; /* of the smoothing, in frequencies */

/* Index of sample i of a signal continued by reflection at its ends. */
static ptrdiff_t mirrored(ptrdiff_t i, ptrdiff_t n)
{
    i %= 2 * n;
    if (i < 0) {
        i += 2 * n;
    }
    return i < n ? i : 2 * n - 1 - i;
}

/* The first index where x, smoothed by a Gaussian, is highest; that of a NaN if there is
 * one. */
static ptrdiff_t smooth_maximum(ptrdiff_t n, const double x[])
{
    double weight[RADIUS + 1];
    double sum = 0.0;
    double most = -INFINITY;
    ptrdiff_t best = 0;

    for (int k = 0; k <= RADIUS; k++) {
        weight[k] = exp(-0.5 / (SIGMA * SIGMA) * (k * k));
        sum += k > 0 ? 2 * weight[k] : weight[k];
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        double y = x[i] * weight[0] / sum;

        for (int k = RADIUS; k > 0; k--) {
            y += (x[mirrored(i - k, n)] + x[mirrored(i + k, n)]) * (weight[k] / sum);
        }
        if (isnan(y)) {
            return i;
        }
        if (y > most) {
            most = y;
            best = i;
        }
    }
    return best;
}

/* x minus its base: a feature, or another if that does not exist. NULL without either. */
static const double *without_base(session *s, const value *x, feature_id base_id,
                                  feature_id other_id)
{
    const value *base = session_get(s, base_id);
    double *real = new_reals(s->now->trace, x->n);

    if (base == NULL) {
        base = session_get(s, other_id);
    }
    if (base == NULL || real == NULL) {
        return NULL;
    }
    for (ptrdiff_t i = 0; i < x->n; i++) {
        real[i] = x->real[i] - base->real[0];
    }
    return real;
}

/* Number of frequencies k / (n dt) from 0 up to a highest one; `unit` is 1 / (n dt). */
static ptrdiff_t count_low(ptrdiff_t n, double unit, double highest)
{
    ptrdiff_t n_low = 1;

    while (n_low <= (n - 1) / 2 && (double)n_low * unit <= highest) {
        n_low++;
    }
    return n_low;
}

static void give_resonance(session *s, ptrdiff_t n, const double v[], const double i[],
                           value *out)
{
    mec_efeature_trace *trace = s->now->trace;
    double unit = 1.0 / ((double)n * (session_setting(s, S_interp_step) / 1000.));
    ptrdiff_t n_low = count_low(n, unit, session_setting(s, S_impedance_max_freq));
    bool any = false;

    for (ptrdiff_t k = 0; k < n && !any; k++) {
        any = i[k] != 0.0;
    }
    if (!any) {
        give_missing(out, "the current is constant");
        return;
    }
    if (n_low == 1) {
        give_missing(out,
                     "eFEL raises ValueError: no frequency below impedance_max_freq");
        return;
    }
    cplx *v_low = mec_arena_calloc(trace->arena, (size_t)n_low, sizeof *v_low);
    cplx *i_low = mec_arena_calloc(trace->arena, (size_t)n_low, sizeof *i_low);
    double *ratio = new_reals(trace, n_low);
    double *work = new_reals(trace, (ptrdiff_t)fourier_work_size(n, n_low));

    if (v_low == NULL || i_low == NULL || ratio == NULL || work == NULL) {
        trace->out_of_memory = true;
        return;
    }
    fourier_low(n, v, i, n_low, v_low, i_low, work);
    for (ptrdiff_t k = 1; k < n_low; k++) {
        ratio[k] = hypot(v_low[k].re, v_low[k].im) / hypot(i_low[k].re, i_low[k].im);
    }
    give_real(trace, out, (double)(1 + smooth_maximum(n_low - 1, ratio + 1)) * unit);
}

void feature_impedance(session *s, value *out)
{
    const value *v = session_get(s, F_voltage);
    const double *v_off =
        v == NULL ? NULL
                  : without_base(s, v, F_voltage_base, F_steady_state_voltage_stimend);
    const value *i = v_off == NULL ? NULL : session_get(s, F_current);
    value spikes;

    if (v_off == NULL) {
        give_missing(out, "eFEL raises TypeError: there is no base voltage");
        return;
    }
    if (i == NULL) {
        give_missing(out, "no current was given with the trace");
        return;
    }
    const double *i_off =
        without_base(s, i, F_current_base, F_steady_state_current_stimend);

    if (i_off == NULL || i->n != v->n) {
        give_missing(out, "eFEL raises an exception: no base current, or a current of "
                          "another length");
        return;
    }
    session_compute(s, F_spike_count, &spikes);
    if (!spikes.exists || spikes.index[0] > 0) {
        give_missing(out, "the trace has spikes");
        return;
    }
    give_resonance(s, v->n, v_off, i_off, out);
}
