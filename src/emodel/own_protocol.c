/* Protocols and objectives of setup/emodel.json; the schema is in own.c. */

#include <mecombo/emodel.h>

#include "emodel_priv.h"
#include "own_priv.h"

#include <string.h>

static mec_status need_point(const mec_emodel *model, const mec_json *at,
                             const mec_place **out, mec_err *err)
{
    const char *name;
    mec_status st;

    MEC_TRY(mec_json_need_string(at, "location", &name, err));
    *out = own_find_place(model, name);
    if (*out == NULL) {
        return emodel_complain(at, err, "there is no location \"%s\"", name);
    }
    if ((*out)->kind == MEC_PLACE_LIST_INDEX && (*out)->index < 0) {
        return emodel_complain(at, err, "location \"%s\" is a whole section list",
                               name);
    }
done:
    return st;
}

static mec_status read_pulse(mec_emodel *model, const mec_json *at, mec_pulse *pulse,
                             mec_err *err)
{
    static const char *const keys[] = {
        "type",           "step_amplitude", "step_delay", "step_duration",
        "total_duration", "location",       NULL};
    mec_status st;

    MEC_TRY(emodel_check_keys(at, keys, err));
    MEC_TRY(own_check_type(at, "NrnSquarePulse", err));
    MEC_TRY(mec_json_need_number(at, "step_amplitude", &pulse->amp_na, err));
    MEC_TRY(mec_json_need_number(at, "step_delay", &pulse->delay_ms, err));
    MEC_TRY(mec_json_need_number(at, "step_duration", &pulse->duration_ms, err));
    MEC_TRY(mec_json_need_number(at, "total_duration", &pulse->total_ms, err));
    MEC_TRY(need_point(model, at, &pulse->place, err));
    pulse->has_amp = true;
done:
    return st;
}

static mec_status read_recordings(mec_emodel *model, const mec_json *at,
                                  mec_protocol *p, mec_err *err)
{
    static const char *const keys[] = {"name", "type", "location", "variable", NULL};
    const mec_json *list;
    mec_recording *recording;
    mec_status st;

    MEC_TRY(own_list(at, "recordings", true, &list, err));
    recording = mec_arena_calloc(model->arena, list->n, sizeof *recording);
    if (recording == NULL) {
        return emodel_no_memory(err);
    }
    for (size_t i = 0; i < list->n; i++) {
        const mec_json *item = list->item[i];

        MEC_TRY(emodel_check_keys(item, keys, err));
        MEC_TRY(own_check_type(item, "CompRecording", err));
        MEC_TRY(mec_json_need_string(item, "name", &recording[i].name, err));
        recording[i].variable = "v";
        MEC_TRY(emodel_get_string(item, "variable", &recording[i].variable, err));
        MEC_TRY(need_point(model, item, &recording[i].place, err));
    }
    p->recording = recording;
    p->n_recording = list->n;
done:
    return st;
}

static mec_status read_pulses(mec_emodel *model, const mec_json *at, mec_protocol *p,
                              mec_err *err)
{
    const mec_json *list;
    mec_status st;

    MEC_TRY(own_list(at, "stimuli", true, &list, err));
    if (list->n == 0) {
        return emodel_complain(at, err, "protocol \"%s\" needs a stimulus", p->name);
    }
    p->pulse = mec_arena_calloc(model->arena, list->n, sizeof *p->pulse);
    if (p->pulse == NULL) {
        return emodel_no_memory(err);
    }
    for (size_t i = 0; i < list->n; i++) {
        MEC_TRY(read_pulse(model, list->item[i], &p->pulse[i], err));
    }
    p->n_pulse = list->n;
done:
    return st;
}

static mec_status read_step_pulses(mec_emodel *model, const mec_json *at,
                                   mec_protocol *p, mec_err *err)
{
    const mec_json *step, *holding = emodel_get(at, "holding_stimulus");
    mec_status st;

    MEC_TRY(mec_json_need(at, "step_stimulus", MEC_JSON_OBJECT, &step, err));
    p->pulse = mec_arena_calloc(model->arena, 2, sizeof *p->pulse);
    if (p->pulse == NULL) {
        return emodel_no_memory(err);
    }
    MEC_TRY(read_pulse(model, step, &p->pulse[0], err));
    if (holding != NULL) {
        MEC_TRY(read_pulse(model, holding, &p->pulse[1], err));
    }
    p->n_pulse = holding != NULL ? 2 : 1;
done:
    return st;
}

static mec_status read_sweep(mec_emodel *model, const mec_json *at, const char *name,
                             bool is_step, mec_err *err)
{
    mec_protocol *p = emodel_add_protocol(model, name, MEC_PROTOCOL_SWEEP);
    bool cvode = true;
    mec_status st;

    if (p == NULL) {
        return emodel_no_memory(err);
    }
    p->origin = emodel_origin(at);
    MEC_TRY(is_step ? read_step_pulses(model, at, p, err)
                    : read_pulses(model, at, p, err));
    MEC_TRY(read_recordings(model, at, p, err));
    MEC_TRY(emodel_get_bool(at, "deterministic", &p->deterministic, err));
    MEC_TRY(emodel_get_bool(at, "cvode_active", &cvode, err));
    p->cvode_active = emodel_get(at, "cvode_active") == NULL ? -1 : cvode;
done:
    return st;
}

static mec_status read_protocol(mec_emodel *model, const mec_json *at, int depth,
                                mec_err *err)
{
    static const char *const keys[] = {"name",
                                       "type",
                                       "stimuli",
                                       "step_stimulus",
                                       "holding_stimulus",
                                       "recordings",
                                       "cvode_active",
                                       "deterministic",
                                       "protocols",
                                       NULL};
    const char *name, *type;
    const mec_json *list;
    mec_status st;

    MEC_TRY(emodel_check_keys(at, keys, err));
    MEC_TRY(mec_json_need_string(at, "name", &name, err));
    MEC_TRY(mec_json_need_string(at, "type", &type, err));
    if (strcmp(type, "SweepProtocol") == 0 || strcmp(type, "StepProtocol") == 0) {
        if (mec_emodel_find_protocol(model, name) >= 0) {
            return emodel_complain(at, err, "protocol \"%s\" is there twice", name);
        }
        return read_sweep(model, at, name, type[1] == 't', err);
    }
    if (strcmp(type, "SequenceProtocol") != 0 || depth > 8) {
        return emodel_complain(at, err, "unknown type of protocol \"%s\"", type);
    }
    MEC_TRY(own_list(at, "protocols", true, &list, err));
    for (size_t i = 0; i < list->n; i++) {
        MEC_TRY(read_protocol(model, list->item[i], depth + 1, err));
    }
done:
    return st;
}

mec_status own_read_protocol(mec_emodel *model, const mec_json *at, mec_err *err)
{
    return read_protocol(model, at, 0, err);
}

static bool is_recorded(const mec_emodel *model, const char *name)
{
    for (size_t i = 0; i < model->n_protocol; i++) {
        for (size_t k = 0; k < model->protocol[i].n_recording; k++) {
            if (strcmp(model->protocol[i].recording[k].name, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static mec_status read_recording_name(mec_emodel *model, const mec_json *at,
                                      mec_feature *f, mec_err *err)
{
    const mec_json *names;
    mec_status st;

    MEC_TRY(mec_json_need(at, "recording_names", MEC_JSON_OBJECT, &names, err));
    if (names->n != 1 || names->item[0]->key[0] != '\0') {
        return emodel_complain(
            names, err,
            "\"recording_names\" must have the one key \"\" (features "
            "of several recordings are not supported)");
    }
    MEC_TRY(mec_json_need_string(names, "", &f->recording, err));
    if (!is_recorded(model, f->recording)) {
        return emodel_complain(names, err, "no protocol records \"%s\"", f->recording);
    }
done:
    return st;
}

static mec_status optional_setting(mec_emodel *model, const mec_json *at,
                                   const char *key, const char *setting, mec_feature *f,
                                   mec_err *err)
{
    double value = 0;
    mec_status st;

    if (emodel_get(at, key) == NULL) {
        return MEC_OK;
    }
    MEC_TRY(emodel_get_number(at, key, &value, err));
    st = emodel_add_setting(model, f, setting, value, err);
done:
    return st;
}

static mec_status setting_object(mec_emodel *model, const mec_json *at, const char *key,
                                 mec_feature *f, mec_err *err)
{
    const mec_json *settings = emodel_get(at, key);
    mec_status st = MEC_OK;

    for (size_t i = 0; settings != NULL && i < settings->n; i++) {
        const mec_json *item = settings->item[i];

        if (item->key == NULL ||
            (item->type != MEC_JSON_NUMBER && item->type != MEC_JSON_BOOL)) {
            return emodel_complain(item, err, "\"%s\" must map names to numbers", key);
        }
        MEC_TRY(emodel_add_setting(model, f, item->key, item->number, err));
    }
done:
    return st;
}

static mec_status read_settings(mec_emodel *model, const mec_json *at, mec_feature *f,
                                mec_err *err)
{
    mec_status st;

    MEC_TRY(optional_setting(model, at, "threshold", "Threshold", f, err));
    MEC_TRY(
        optional_setting(model, at, "stimulus_current", "stimulus_current", f, err));
    MEC_TRY(optional_setting(model, at, "interp_step", "interp_step", f, err));
    MEC_TRY(setting_object(model, at, "double_settings", f, err));
    MEC_TRY(setting_object(model, at, "int_settings", f, err));
done:
    return st;
}

static mec_status read_feature(mec_emodel *model, const mec_json *at, const char *name,
                               mec_feature *f, mec_err *err)
{
    static const char *const keys[] = {"name",
                                       "type",
                                       "efel_feature_name",
                                       "recording_names",
                                       "stim_start",
                                       "stim_end",
                                       "exp_mean",
                                       "exp_std",
                                       "threshold",
                                       "interp_step",
                                       "stimulus_current",
                                       "double_settings",
                                       "int_settings",
                                       "force_max_score",
                                       "max_score",
                                       NULL};
    mec_status st;

    MEC_TRY(emodel_check_keys(at, keys, err));
    MEC_TRY(own_check_type(at, "eFELFeature", err));
    f->name = name;
    f->rule = MEC_SCORE_BLUEPYOPT;
    f->max_score = 250;
    f->origin = emodel_origin(at);
    MEC_TRY(emodel_get_string(at, "name", &f->name, err));
    MEC_TRY(mec_json_need_string(at, "efel_feature_name", &f->efel_name, err));
    MEC_TRY(read_recording_name(model, at, f, err));
    f->has_stim =
        emodel_get(at, "stim_start") != NULL && emodel_get(at, "stim_end") != NULL;
    MEC_TRY(emodel_get_number(at, "stim_start", &f->stim_start_ms, err));
    MEC_TRY(emodel_get_number(at, "stim_end", &f->stim_end_ms, err));
    MEC_TRY(mec_json_need_number(at, "exp_mean", &f->mean, err));
    MEC_TRY(mec_json_need_number(at, "exp_std", &f->std, err));
    f->has_mean = true;
    MEC_TRY(emodel_get_bool(at, "force_max_score", &f->force_max_score, err));
    MEC_TRY(emodel_get_number(at, "max_score", &f->max_score, err));
    st = read_settings(model, at, f, err);
done:
    return st;
}

static mec_status read_weights(mec_emodel *model, const mec_json *at, bool required,
                               mec_objective *o, mec_err *err)
{
    const mec_json *list;
    double *weight = mec_arena_calloc(model->arena, o->n_feature, sizeof *weight);
    mec_status st;

    if (weight == NULL) {
        return emodel_no_memory(err);
    }
    MEC_TRY(own_list(at, "weights", required, &list, err));
    if (list != NULL && list->n != o->n_feature) {
        return emodel_complain(list, err, "%zu weights for %zu features", list->n,
                               o->n_feature);
    }
    for (size_t i = 0; i < o->n_feature; i++) {
        if (list != NULL && list->item[i]->type != MEC_JSON_NUMBER) {
            return emodel_complain(list->item[i], err, "a weight must be a number");
        }
        weight[i] = list == NULL ? 1.0 : list->item[i]->number;
    }
    o->weight = weight;
done:
    return st;
}

mec_status own_read_objective(mec_emodel *model, const mec_json *at, mec_err *err)
{
    static const char *const keys[] = {"name", "type", "features", "weights", NULL};
    static const char *const types[] = {"SingletonObjective", "MaxObjective",
                                        "WeightedSumObjective",
                                        "SingletonWeightObjective"};
    const char *name, *type;
    const mec_json *list;
    mec_objective *o;
    size_t kind = 0;
    mec_status st;

    MEC_TRY(emodel_check_keys(at, keys, err));
    MEC_TRY(mec_json_need_string(at, "name", &name, err));
    MEC_TRY(mec_json_need_string(at, "type", &type, err));
    MEC_TRY(own_list(at, "features", true, &list, err));
    while (kind < 4 && strcmp(type, types[kind]) != 0) {
        kind++;
    }
    if (kind == 4) {
        return emodel_complain(at, err, "unknown type of objective \"%s\"", type);
    }
    if (list->n == 0 || (list->n > 1 && (kind == 0 || kind == 3))) {
        return emodel_complain(at, err, "%s needs %s feature", type,
                               list->n == 0 ? "a" : "exactly one");
    }
    o = emodel_set_objective(model, name);
    if (o == NULL) {
        return emodel_no_memory(err);
    }
    o->origin = emodel_origin(at);
    o->kind = kind == 3 ? MEC_OBJECTIVE_SINGLETON : (mec_objective_kind)kind;
    o->n_feature = list->n;
    o->feature = mec_arena_calloc(model->arena, list->n, sizeof *o->feature);
    if (o->feature == NULL) {
        return emodel_no_memory(err);
    }
    for (size_t i = 0; i < list->n; i++) {
        MEC_TRY(read_feature(model, list->item[i], name, &o->feature[i], err));
    }
    st = read_weights(model, at, kind >= 2, o, err);
done:
    return st;
}
