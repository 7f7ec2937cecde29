/* The order in which eFEL's Python features see levels of interpolation. */

#include "efeature_priv.h"

/* Some functions of eFEL store a second feature. */
static const feature_id by_product[][2] = {
    {F_min_AHP_indices, F_min_AHP_values},
    {F_AHP_depth_abs_slow, F_AHP_slow_time},
    {F_ADP_peak_indices, F_ADP_peak_values},
    {F_min_between_peaks_indices, F_min_between_peaks_values},
    {F_burst_begin_indices, F_burst_end_indices},
    {F_interburst_min_indices, F_interburst_min_values},
    {F_postburst_min_indices, F_postburst_min_values},
    {F_postburst_slow_ahp_indices, F_postburst_slow_ahp_values},
    {F_postburst_fast_ahp_indices, F_postburst_fast_ahp_values},
    {F_postburst_adp_peak_indices, F_postburst_adp_peak_values},
    {F_interburst_15percent_indices, F_interburst_15percent_values},
    {F_interburst_20percent_indices, F_interburst_20percent_values},
    {F_interburst_25percent_indices, F_interburst_25percent_values},
    {F_interburst_30percent_indices, F_interburst_30percent_values},
    {F_interburst_40percent_indices, F_interburst_40percent_values},
    {F_interburst_60percent_indices, F_interburst_60percent_values},
    {F_AP_begin_indices, F_min_AHP_indices},
};

/* Store a feature and all that was calculated on the way to it. */
static void store(session *s, feature_id id)
{
    const feature_row *row = &feature_table[id];
    const value *got = level_get(s->now, id);

    for (int i = 0; i < MAX_NEEDS && row->needs[i] != F_none; i++) {
        store(s, row->needs[i]);
    }
    if (!got->exists) {
        return;
    }
    s->have[id] = got;
    for (size_t i = 0; i < sizeof by_product / sizeof *by_product; i++) {
        if (by_product[i][0] == id) {
            const value *second = level_get(s->now, by_product[i][1]);

            if (second->exists) {
                s->have[by_product[i][1]] = second;
            }
        }
    }
}

const value *session_get(session *s, feature_id id)
{
    if (s->have[id] == NULL) {
        s->now = level_next(s->now);
        store(s, id);
    }
    return s->have[id];
}

void session_compute(session *s, feature_id id, value *out)
{
    give_missing(out, "out of memory");
    feature_table[id].session_function(s, out);
}
