/* Protocols and features of BluePyEModel's FitnessCalculatorConfiguration. */

#include <mecombo/emodel.h>

#include "emodel_priv.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* Stimuli of one step, by what a protocol's name contains; the first hit counts, in this
 * order. NULL: a kind of stimulus that mecombo does not have. */
typedef struct step_kind {
    const char *part;
    bool is_step;
    double thresh_perc, delay_ms, duration_ms, total_ms; /* defaults */
} step_kind;

static const step_kind kinds[] = {
    {"spontaneous", true, 200, 250, 1350, 1850},
    {"step", true, 200, 250, 1350, 1850},
    {"idrest", true, 200, 250, 1350, 1850},
    {"idthres", true, 200, 250, 1350, 1850},
    {"spontaps", true, 200, 250, 1350, 1850},
    {"sponnohold30", true, 200, 250, 1350, 1850},
    {"sponhold30", true, 200, 250, 1350, 1850},
    {"rinholdcurrent", true, 200, 250, 1350, 1850},
    {"bap", true, 200, 250, 1350, 1850},
    {"spikerecmultispikes", false, 0, 0, 0, 0},
    {"iv", true, -40, 250, 3000, 3500},
    {"spikerec", true, 200, 250, 1350, 1850},
    {"apwaveform", true, 220, 250, 50, 550},
    {"firepattern", false, 0, 0, 0, 0},
    {"sahp", false, 0, 0, 0, 0},
    {"idhyperpol", false, 0, 0, 0, 0},
    {"irdepol", false, 0, 0, 0, 0},
    {"irhyperpol", false, 0, 0, 0, 0},
    {"iddepol", false, 0, 0, 0, 0},
    {"hyperdepol", false, 0, 0, 0, 0},
    {"dehyperpol", false, 0, 0, 0, 0},
    {"poscheops", false, 0, 0, 0, 0},
    {"negcheops", false, 0, 0, 0, 0},
    {"ramp", false, 0, 0, 0, 0},
    {"ap_thresh", false, 0, 0, 0, 0},
    {"apthresh", false, 0, 0, 0, 0},
    {"sinespec", false, 0, 0, 0, 0},
    {"subwhitenoise", false, 0, 0, 0, 0},
    {"noiseou3", false, 0, 0, 0, 0},
    {"whitenoise", false, 0, 0, 0, 0},
    {"highfreq", false, 0, 0, 0, 0},
    {"synaptic", false, 0, 0, 0, 0},
    {"bac", false, 0, 0, 0, 0},
    {"dendritic", false, 0, 0, 0, 0},
    {"randomsteps", false, 0, 0, 0, 0},
    {"custom", false, 0, 0, 0, 0},
    {"startnohold", true, 200, 250, 1350, 1850},
    {"thresholdaddition", false, 0, 0, 0, 0},
    {"probampanmda_ems", false, 0, 0, 0, 0},
    {"bposquarepulse", false, 0, 0, 0, 0},
};

static mec_status find_kind(mec_emodel *model, const mec_json *at, const char *name,
                            const step_kind **out, mec_err *err)
{
    char *lower = mec_arena_strdup(model->arena, name);

    if (lower == NULL) {
        return emodel_no_memory(err);
    }
    for (char *c = lower; *c != '\0'; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strstr(lower, kinds[i].part) != NULL) {
            *out = &kinds[i];
            return kinds[i].is_step
                       ? MEC_OK
                       : emodel_complain(
                             at, err,
                             "protocol \"%s\": stimuli of the kind %s are not "
                             "supported (only single steps are)",
                             name, kinds[i].part);
        }
    }
    return emodel_complain(at, err, "protocol \"%s\": its name names no stimulus",
                           name);
}

static mec_status simple_place(mec_emodel *model, const mec_json *at, const char *name,
                               const mec_place **out, mec_err *err)
{
    mec_place *place;

    *out = NULL;
    if (strcmp(name, "soma") == 0) {
        *out = emodel_soma(model);
        return *out == NULL ? emodel_no_memory(err) : MEC_OK;
    }
    if (strcmp(name, "ais") != 0) {
        return emodel_complain(at, err, "location \"%s\" is neither soma nor ais",
                               name);
    }
    place = emodel_add_place(model, "ais", MEC_PLACE_LIST_INDEX);
    if (place == NULL) {
        return emodel_no_memory(err);
    }
    place->lists = emodel_list_bits("axonal");
    place->index = 0;
    place->x = 0.5;
    *out = place;
    return MEC_OK;
}

static mec_status complex_place(mec_emodel *model, const mec_json *at, const char *type,
                                const mec_place **out, mec_err *err)
{
    const char *name, *list;
    double index;
    mec_place *place;
    mec_status st;

    MEC_TRY(mec_json_need_string(at, "name", &name, err));
    MEC_TRY(mec_json_need_string(at, "seclist_name", &list, err));
    place = emodel_add_place(model, name, MEC_PLACE_LIST_INDEX);
    if (place == NULL) {
        return emodel_no_memory(err);
    }
    place->origin = emodel_origin(at);
    place->lists = emodel_list_bits(list);
    *out = place;
    if (place->lists == 0) {
        return emodel_complain(at, err, "\"%s\" is no section list", list);
    }
    if (strcmp(type, "nrnseclistcomp") == 0) {
        MEC_TRY(mec_json_need_number(at, "sec_index", &index, err));
        MEC_TRY(mec_json_need_number(at, "comp_x", &place->x, err));
        if (!(index >= 0 && index < 1e9) || !(place->x >= 0 && place->x <= 1)) {
            return emodel_complain(at, err, "\"sec_index\" or \"comp_x\" out of range");
        }
        place->index = (int32_t)index;
    } else if (strcmp(type, "somadistance") == 0 ||
               strcmp(type, "somadistanceapic") == 0) {
        /* the apical form follows the farthest tip: direction 0 means radially */
        place->kind = type[12] == '\0' ? MEC_PLACE_DISTANCE : MEC_PLACE_TRUNK;
        st = mec_json_need_number(at, "somadistance", &place->distance_um, err);
    } else {
        st = emodel_complain(at, err, "location type \"%s\" is not supported", type);
    }
done:
    return st;
}

/* "soma", or an object that says what kind of place. */
static mec_status read_place(mec_emodel *model, const mec_json *at,
                             const mec_place **out, mec_err *err)
{
    const char *type, *name;
    mec_status st;

    if (at == NULL || at->type == MEC_JSON_STRING) {
        return simple_place(model, at, at == NULL ? "soma" : at->string, out, err);
    }
    MEC_TRY(mec_json_need_string(at, "type", &type, err));
    if (strcmp(type, "CompRecording") == 0) {
        MEC_TRY(mec_json_need_string(at, "location", &name, err));
        return simple_place(model, at, name, out, err);
    }
    st = complex_place(model, at, type, out, err);
done:
    return st;
}

static mec_status read_recordings(mec_emodel *model, const mec_json *at,
                                  mec_protocol *p, mec_err *err)
{
    const mec_json *list = emodel_get(at, "recordings_from_config");
    mec_recording *r;
    mec_status st = MEC_OK;

    list = list != NULL ? list : emodel_get(at, "recordings");
    if (list == NULL || list->type != MEC_JSON_ARRAY) {
        return emodel_complain(
            at, err, "protocol \"%s\" has no \"recordings_from_config\"", p->name);
    }
    r = mec_arena_calloc(model->arena, list->n, sizeof *r);
    if (r == NULL) {
        return emodel_no_memory(err);
    }
    for (size_t i = 0; i < list->n; i++) {
        const mec_json *item = list->item[i];

        r[i].variable = "v";
        MEC_TRY(mec_json_need_string(item, "name", &r[i].name, err));
        MEC_TRY(emodel_get_string(item, "var", &r[i].variable, err));
        MEC_TRY(emodel_get_string(item, "variable", &r[i].variable, err));
        MEC_TRY(read_place(model, item, &r[i].place, err));
    }
    p->recording = r;
    p->n_recording = list->n;
done:
    return st;
}

/* A step on a holding current, as six points of a played current. */
static mec_status play_step(mec_emodel *model, mec_pulse *pulse, double holding_na,
                            mec_err *err)
{
    double *t = mec_arena_calloc(model->arena, 6, sizeof *t);
    double *i = mec_arena_calloc(model->arena, 6, sizeof *i);
    double end = pulse->delay_ms + pulse->duration_ms;

    if (t == NULL || i == NULL) {
        return emodel_no_memory(err);
    }
    t[1] = t[2] = pulse->delay_ms;
    t[3] = t[4] = end;
    t[5] = pulse->total_ms;
    i[0] = i[1] = i[4] = i[5] = holding_na;
    i[2] = i[3] = holding_na + pulse->amp_na;
    pulse->n_point = 6;
    pulse->point_ms = t;
    pulse->point_na = i;
    return MEC_OK;
}

static mec_status read_stimulus(mec_emodel *model, const mec_json *at, mec_protocol *p,
                                mec_err *err)
{
    const mec_json *stimuli = emodel_get(at, "stimuli");
    const step_kind *kind = NULL;
    double holding_na = 0;
    mec_status st;

    if (stimuli != NULL && stimuli->type == MEC_JSON_ARRAY && stimuli->n == 1) {
        stimuli = stimuli->item[0];
    }
    if (stimuli == NULL || stimuli->type != MEC_JSON_OBJECT) {
        return emodel_complain(
            at, err, "protocol \"%s\" must have exactly one stimulus", p->name);
    }
    MEC_TRY(find_kind(model, at, p->name, &kind, err));
    p->pulse = mec_arena_calloc(model->arena, 1, sizeof *p->pulse);
    if (p->pulse == NULL) {
        return emodel_no_memory(err);
    }
    p->n_pulse = 1;
    p->thresh_perc = kind->thresh_perc;
    p->pulse->delay_ms = kind->delay_ms;
    p->pulse->duration_ms = kind->duration_ms;
    p->pulse->total_ms = kind->total_ms;
    p->pulse->has_amp = emodel_get(stimuli, "amp") != NULL;
    MEC_TRY(emodel_get_number(stimuli, "amp", &p->pulse->amp_na, err));
    MEC_TRY(emodel_get_number(stimuli, "thresh_perc", &p->thresh_perc, err));
    MEC_TRY(emodel_get_number(stimuli, "delay", &p->pulse->delay_ms, err));
    MEC_TRY(emodel_get_number(stimuli, "duration", &p->pulse->duration_ms, err));
    MEC_TRY(emodel_get_number(stimuli, "totduration", &p->pulse->total_ms, err));
    MEC_TRY(emodel_get_number(stimuli, "holding_current", &holding_na, err));
    MEC_TRY(read_place(model, emodel_get(stimuli, "location"), &p->pulse->place, err));
    st = play_step(model, p->pulse, holding_na, err);
done:
    return st;
}

static mec_status read_protocol(mec_emodel *model, const mec_json *at,
                                bool stochasticity, mec_err *err)
{
    const char *name, *type = "ThresholdBasedProtocol";
    bool validation = false, stochastic = false;
    mec_protocol *p;
    mec_status st;

    MEC_TRY(mec_json_need_string(at, "name", &name, err));
    MEC_TRY(emodel_get_bool(at, "validation", &validation, err));
    MEC_TRY(emodel_get_bool(at, "stochasticity", &stochastic, err));
    MEC_TRY(emodel_get_string(at, "protocol_type", &type, err));
    if (validation) {
        return MEC_OK;
    }
    if (strcmp(type, "Protocol") != 0 && strstr(type, "ThresholdBased") == NULL) {
        return emodel_complain(at, err, "protocol type \"%s\" is unknown", type);
    }
    p = emodel_add_protocol(
        model, name, type[0] == 'P' ? MEC_PROTOCOL_SWEEP : MEC_PROTOCOL_THRESHOLD_STEP);
    if (p == NULL) {
        return emodel_no_memory(err);
    }
    p->origin = emodel_origin(at);
    p->deterministic = !(stochastic && stochasticity);
    p->cvode_active = p->deterministic ? -1 : 0;
    MEC_TRY(read_stimulus(model, at, p, err));
    st = read_recordings(model, at, p, err);
done:
    return st;
}

static bool is_validation(const mec_json *settings, const char *protocol)
{
    const mec_json *names = emodel_get(settings, "validation_protocols");

    for (size_t i = 0; names != NULL && i < names->n; i++) {
        if (names->item[i]->type == MEC_JSON_STRING &&
            strcmp(names->item[i]->string, protocol) == 0) {
            return true;
        }
    }
    return false;
}

/* The searches' own names; features for them need what mecombo does not compute. */
static bool is_search(const char *protocol)
{
    return mec_starts_with(protocol, "SearchHoldingCurrent") ||
           mec_starts_with(protocol, "SearchThresholdCurrent") ||
           mec_starts_with(protocol, "RMPProtocol") ||
           mec_starts_with(protocol, "RinProtocol");
}

/* std, but at least a fraction of the mean. */
static mec_status read_target(const mec_json *at, mec_feature *f, mec_err *err)
{
    double fraction = NAN, default_std = 1e-3;
    mec_status st;

    f->has_mean = emodel_get(at, "mean") != NULL;
    MEC_TRY(emodel_get_number(at, "mean", &f->mean, err));
    MEC_TRY(emodel_get_number(at, "std", &f->std, err));
    MEC_TRY(emodel_get_number(at, "original_std", &f->std, err));
    MEC_TRY(emodel_get_number(at, "threshold_efeature_std", &fraction, err));
    MEC_TRY(emodel_get_number(at, "default_std_value", &default_std, err));
    if (!isnan(fraction) && f->mean == 0) {
        f->std = fraction != 0 ? fraction : default_std;
    } else if (!isnan(fraction) && f->std < fabs(fraction * f->mean)) {
        f->std = fabs(fraction * f->mean);
    }
done:
    return st;
}

static mec_status add_settings(mec_emodel *model, const mec_json *settings,
                               const mec_json *but, mec_feature *f, mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; settings != NULL && i < settings->n; i++) {
        const mec_json *item = settings->item[i];

        if (item->key == NULL) {
            return emodel_complain(item, err, "eFEL settings must be an object");
        }
        if (item->type == MEC_JSON_NULL || emodel_get(but, item->key) != NULL) {
            continue;
        }
        if (item->type != MEC_JSON_NUMBER && item->type != MEC_JSON_BOOL) {
            return emodel_complain(item, err, "eFEL setting \"%s\" must be a number",
                                   item->key);
        }
        MEC_TRY(emodel_add_setting(model, f, item->key, item->number, err));
    }
done:
    return st;
}

/* The pipeline's settings, overridden by the feature's own. */
static mec_status read_settings(mec_emodel *model, const mec_json *at,
                                const mec_json *settings, const mec_protocol *p,
                                mec_feature *f, mec_err *err)
{
    const mec_json *own = emodel_get(at, "efel_settings");
    const mec_json *global = emodel_get(settings, "efel_settings");
    const mec_pulse *pulse = &p->pulse[0];
    mec_status st = MEC_OK;

    f->has_stim = true;
    f->stim_start_ms = pulse->delay_ms;
    f->stim_end_ms = strstr(p->name, "bAP") != NULL
                         ? pulse->total_ms
                         : pulse->delay_ms + pulse->duration_ms;
    MEC_TRY(emodel_get_number(own, "stim_start", &f->stim_start_ms, err));
    MEC_TRY(emodel_get_number(own, "stim_end", &f->stim_end_ms, err));
    if (pulse->has_amp) {
        MEC_TRY(emodel_add_setting(model, f, "stimulus_current", pulse->amp_na, err));
    }
    if (global == NULL) {
        if (emodel_get(own, "interp_step") == NULL) {
            MEC_TRY(emodel_add_setting(model, f, "interp_step", 0.025, err));
        }
        if (emodel_get(own, "strict_stiminterval") == NULL) {
            MEC_TRY(emodel_add_setting(model, f, "strict_stiminterval", 1, err));
        }
    }
    MEC_TRY(add_settings(model, global, own, f, err));
    MEC_TRY(add_settings(model, own, NULL, f, err));
done:
    return st;
}

static mec_status recording_name(const mec_json *at, const char **out, mec_err *err)
{
    const mec_json *name = emodel_get(at, "recording_name");

    if (name != NULL && name->type == MEC_JSON_OBJECT) {
        if (name->n != 1) {
            return emodel_complain(name, err,
                                   "features of several recordings are not supported");
        }
        name = mec_json_get(name, "");
    }
    if (name == NULL || name->type != MEC_JSON_STRING ||
        strchr(name->string, '[') != NULL) {
        return emodel_complain(at, err, "\"recording_name\" must name one recording");
    }
    *out = name->string;
    return MEC_OK;
}

static mec_status read_feature(mec_emodel *model, const mec_json *at,
                               const mec_json *settings, mec_err *err)
{
    const char *protocol, *efel_name, *recording = NULL, *own_name = NULL;
    double *weight = mec_arena_calloc(model->arena, 1, sizeof *weight);
    mec_feature *f = mec_arena_calloc(model->arena, 1, sizeof *f);
    mec_objective *o;
    int32_t found;
    mec_status st;

    if (weight == NULL || f == NULL) {
        return emodel_no_memory(err);
    }
    MEC_TRY(mec_json_need_string(at, "protocol_name", &protocol, err));
    MEC_TRY(mec_json_need_string(at, "efel_feature_name", &efel_name, err));
    MEC_TRY(emodel_get_string(at, "efeature_name", &own_name, err));
    MEC_TRY(recording_name(at, &recording, err));
    if (is_validation(settings, protocol) || is_search(protocol)) {
        return MEC_OK;
    }
    found = mec_emodel_find_protocol(model, protocol);
    if (found < 0) {
        return emodel_complain(at, err, "there is no protocol \"%s\"", protocol);
    }
    *weight = 1;
    MEC_TRY(emodel_get_number(at, "weight", weight, err));
    f->name = mec_arena_printf(model->arena, "%s.%s.%s", protocol, recording,
                               own_name != NULL && own_name[0] != '\0' ? own_name
                                                                       : efel_name);
    f->recording = mec_arena_printf(model->arena, "%s.%s", protocol, recording);
    f->efel_name = efel_name;
    f->rule = MEC_SCORE_BLUEPYEMODEL;
    f->max_score = 250;
    f->origin = emodel_origin(at);
    MEC_TRY(read_target(at, f, err));
    MEC_TRY(read_settings(model, at, settings, &model->protocol[found], f, err));
    o = f->name == NULL ? NULL : emodel_set_objective(model, f->name);
    if (o == NULL || f->recording == NULL) {
        return emodel_no_memory(err);
    }
    o->origin = f->origin;
    o->kind = MEC_OBJECTIVE_SINGLETON;
    o->n_feature = 1;
    o->feature = f;
    o->weight = weight;
done:
    return st;
}

mec_status emodel_read_bluepyemodel_targets(mec_emodel *model, const mec_json *root,
                                            const mec_json *settings, mec_err *err)
{
    const mec_json *protocols, *features;
    bool stochasticity = false;
    mec_status st;

    MEC_TRY(mec_json_need(root, "protocols", MEC_JSON_ARRAY, &protocols, err));
    MEC_TRY(mec_json_need(root, "efeatures", MEC_JSON_ARRAY, &features, err));
    MEC_TRY(emodel_get_bool(settings, "stochasticity", &stochasticity, err));
    for (size_t i = 0; i < protocols->n; i++) {
        MEC_TRY(read_protocol(model, protocols->item[i], stochasticity, err));
    }
    for (size_t i = 0; i < features->n; i++) {
        MEC_TRY(read_feature(model, features->item[i], settings, err));
    }
done:
    return st;
}
