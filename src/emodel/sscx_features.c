/* Features of the SSCx form (features/<name>.json). */

#include <mecombo/emodel.h>
#include <mecombo/sum.h>

#include "emodel_priv.h"

#include <string.h>

/* What a feature of the protocol named `name` knows of its stimulus. */
typedef struct stimulus {
    bool known;
    double start_ms, end_ms, last_start_ms, total_ms;
    bool has_amp; /* all step amplitudes are known when the model is built */
    double mean_amp_na;
} stimulus;

static mec_status describe(mec_emodel *model, const mec_protocol *p, stimulus *out,
                           mec_err *err)
{
    size_t n = p->n_pulse - (p->has_holding ? 1 : 0);
    const mec_pulse *last = &p->pulse[n - 1];
    double *amp = mec_arena_calloc(model->arena, n, sizeof *amp);

    if (amp == NULL) {
        return emodel_no_memory(err);
    }
    *out = (stimulus){.known = p->kind != MEC_PROTOCOL_SWEEP,
                      .start_ms = p->pulse[0].delay_ms,
                      .end_ms = last->delay_ms + last->duration_ms,
                      .last_start_ms = last->delay_ms,
                      .total_ms = p->pulse[0].total_ms,
                      .has_amp = true};
    for (size_t i = 0; i < p->n_pulse; i++) {
        if (p->pulse[i].total_ms > out->total_ms) {
            out->total_ms = p->pulse[i].total_ms;
        }
    }
    for (size_t i = 0; i < n; i++) {
        out->has_amp = out->has_amp && p->pulse[i].has_amp;
        amp[i] = p->pulse[i].amp_na;
    }
    out->mean_amp_na = mec_numpy_sum(n, amp) / (double)n;
    return MEC_OK;
}

/* With Main, features may name Main, its parts and what it runs; without, any protocol
 * of the file. */
static mec_status find_stimulus(mec_emodel *model, const mec_json *at, stimulus *out,
                                mec_err *err)
{
    static const char *const silent[] = {"Main", "RinHoldCurrent", "IDRest"};
    const char *name = at->key;
    int32_t found;

    *out = (stimulus){.known = false};
    for (size_t i = 0; i < sizeof silent / sizeof silent[0]; i++) {
        if (strcmp(name, silent[i]) == 0) {
            return MEC_OK;
        }
    }
    found = mec_emodel_find_protocol(
        model, strcmp(name, "Threshold") == 0 ? "ThresholdDetection" : name);
    if (found < 0) {
        return emodel_complain(at, err,
                               "features for the protocol \"%s\", which the protocols "
                               "file does not have",
                               name);
    }
    return describe(model, &model->protocol[found], out, err);
}

static mec_status read_values(const mec_json *at, bool powertransform, mec_feature *f,
                              mec_err *err)
{
    const mec_json *val = mec_json_get(at, "val");

    if (val == NULL || val->type != MEC_JSON_ARRAY || val->n < 2 ||
        (val->item[0]->type != MEC_JSON_NUMBER &&
         val->item[0]->type != MEC_JSON_NULL) ||
        (val->item[1]->type != MEC_JSON_NUMBER &&
         val->item[1]->type != MEC_JSON_NULL)) {
        return emodel_complain(at, err, "\"val\" must be [mean, standard deviation]");
    }
    f->has_mean = val->item[0]->type == MEC_JSON_NUMBER;
    if (f->has_mean && val->item[1]->type != MEC_JSON_NUMBER) {
        return emodel_complain(at, err, "\"val\" has no standard deviation");
    }
    if (f->has_mean && val->n != 2 && powertransform) {
        return emodel_complain(at, err,
                               "use_powertransform with %zu numbers in \"val\" is "
                               "undefined (give [mean, standard deviation])",
                               val->n);
    }
    f->mean = val->item[0]->number;
    f->std = val->item[1]->number;
    return MEC_OK;
}

static mec_status read_settings(mec_emodel *model, const mec_json *at,
                                const mec_json *protocol, const stimulus *s,
                                mec_feature *f, mec_err *err)
{
    double threshold = -30;
    bool strict = true;
    mec_status st = MEC_OK;

    MEC_TRY(emodel_get_bool(at, "strict_stim", &strict, err));
    if (s->known) {
        MEC_TRY(emodel_get_number(at, "threshold", &threshold, err));
        f->has_stim = true;
        f->stim_start_ms = s->start_ms;
        f->stim_end_ms = s->end_ms;
        if (strstr(protocol->key, "bAP") != NULL) {
            f->stim_end_ms = s->total_ms; /* the response may come after the pulse */
        } else if (strstr(protocol->key, "H40S8") != NULL) {
            f->stim_end_ms = s->last_start_ms;
        }
        MEC_TRY(emodel_add_setting(model, f, "Threshold", threshold, err));
        if (s->has_amp) {
            MEC_TRY(
                emodel_add_setting(model, f, "stimulus_current", s->mean_amp_na, err));
        }
    }
    st = emodel_add_setting(model, f, "strict_stiminterval", strict, err);
done:
    return st;
}

static mec_status read_feature(mec_emodel *model, const mec_json *at,
                               const mec_json *protocol, const mec_json *place,
                               const char *prefix, bool powertransform, mec_err *err)
{
    const char *efel_name, *name;
    mec_objective *o;
    mec_feature *f;
    double *weight = mec_arena_calloc(model->arena, 1, sizeof *weight);
    stimulus s;
    mec_status st;

    MEC_TRY(mec_json_need_string(at, "feature", &efel_name, err));
    MEC_TRY(find_stimulus(model, protocol, &s, err));
    name = mec_arena_printf(model->arena, "%s.%s.%s.%s", prefix, protocol->key,
                            place->key, efel_name);
    f = mec_arena_calloc(model->arena, 1, sizeof *f);
    o = name == NULL ? NULL : emodel_set_objective(model, name);
    if (weight == NULL || f == NULL || o == NULL) {
        return emodel_no_memory(err);
    }
    *weight = 1;
    MEC_TRY(emodel_get_number(at, "weight", weight, err));
    o->origin = f->origin = emodel_origin(at);
    o->kind = MEC_OBJECTIVE_SINGLETON;
    o->n_feature = 1;
    o->feature = f;
    o->weight = weight;
    f->name = name;
    f->max_score = 250;
    MEC_TRY(read_values(at, powertransform, f, err));
    if (mec_starts_with(efel_name, "bpo_")) {
        f->rule = MEC_SCORE_RESPONSE;
        f->efel_name = efel_name;
        f->recording = mec_arena_printf(model->arena, "%s.%s", prefix, efel_name);
    } else {
        bool skip = mec_starts_with(efel_name, "spikerate_") &&
                    mec_ends_with(efel_name, "_skip");

        f->rule = MEC_SCORE_SSCX;
        f->efel_name = skip ? "peak_time" : efel_name;
        f->recording = mec_arena_printf(model->arena, "%s.%s.%s", prefix, protocol->key,
                                        place->key);
        MEC_TRY(read_settings(model, at, protocol, &s, f, err));
    }
    st = f->recording == NULL ? emodel_no_memory(err) : MEC_OK;
done:
    return st;
}

mec_status emodel_read_sscx_features(mec_emodel *model, const mec_json *root,
                                     const char *prefix, bool powertransform,
                                     mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < root->n; i++) {
        const mec_json *protocol = root->item[i];

        if (strcmp(protocol->key, "__comment") == 0) {
            continue;
        }
        for (size_t k = 0; k < protocol->n; k++) {
            const mec_json *place = protocol->item[k];

            if (protocol->type != MEC_JSON_OBJECT || place->type != MEC_JSON_ARRAY) {
                return emodel_complain(place, err,
                                       "expected {protocol: {place: [features]}}");
            }
            for (size_t j = 0; j < place->n; j++) {
                MEC_TRY(read_feature(model, place->item[j], protocol, place, prefix,
                                     powertransform, err));
            }
        }
    }
done:
    return st;
}
