/* Adaptation indices: mean of (ISI[i] - ISI[i - 1]) / (ISI[i] + ISI[i - 1]). */

#include "efeature_priv.h"

/* The spikes within the stimulus, widened by the setting `offset`; times ascend. */
static void in_stimulus(const level *lv, const value *times, ptrdiff_t *begin,
                        ptrdiff_t *end)
{
    const setting_value *offset = &lv->trace->set[S_offset];
    double wider = offset->present ? offset->number : 0.0;
    double from = setting(lv, S_stim_start) - wider;
    double to = setting(lv, S_stim_end) + wider;

    *begin = 0;
    *end = times->n;
    while (*begin < *end && !(times->real[*begin] >= from)) {
        ++*begin;
    }
    while (*end > *begin && !(times->real[*end - 1] <= to)) {
        --*end;
    }
}

static double index_of(const double time[], ptrdiff_t n)
{
    double sum = 0.0;

    for (ptrdiff_t i = 2; i < n; i++) {
        double isi = time[i] - time[i - 1];
        double before = time[i - 1] - time[i - 2];

        sum = sum + (isi - before) / (isi + before);
    }
    return sum / (double)(n - 2);
}

void feature_adaptation_index(level *lv, const value *const need[], value *out)
{
    double part = setting(lv, S_spike_skipf);
    ptrdiff_t most = (ptrdiff_t)setting(lv, S_max_spike_skip);
    ptrdiff_t begin;
    ptrdiff_t end;

    if (part < 0 || part >= 1) {
        give_missing(out, "spike_skipf is not in [0, 1)");
        return;
    }
    in_stimulus(lv, need[0], &begin, &end);
    ptrdiff_t skip = (ptrdiff_t)((double)(end - begin) * part + 0.5);

    if (most < skip) {
        skip = most;
    }
    begin += skip > 0 ? skip : 0;
    if (end - begin < 4) {
        give_missing(out, "fewer than four spikes in the stimulus");
        return;
    }
    give_real(lv->trace, out, index_of(need[0]->real + begin, end - begin));
}

void feature_adaptation_index2(level *lv, const value *const need[], value *out)
{
    ptrdiff_t begin;
    ptrdiff_t end;

    in_stimulus(lv, need[0], &begin, &end);
    if (end - begin < 4) {
        give_missing(out, "fewer than four spikes in the stimulus");
        return;
    }
    begin++;
    give_real(lv->trace, out, index_of(need[0]->real + begin, end - begin));
}
