/* The form of BluePyOpt's example l5pc: config/{parameters,mechanisms,protocols,
 * features}.json.
 */

#include <mecombo/emodel.h>

#include "emodel_priv.h"

#include <string.h>

static mec_status need_bits(const mec_json *at, const char *name, unsigned *bits,
                            mec_err *err)
{
    *bits = emodel_list_bits(name);
    return *bits != 0 ? MEC_OK
                      : emodel_complain(at, err, "\"%s\" is no section list", name);
}

static mec_status read_mechanisms(mec_emodel *model, const mec_json *root, mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < root->n; i++) {
        const mec_json *list = root->item[i];
        unsigned bits;

        MEC_TRY(need_bits(list, list->key, &bits, err));
        MEC_TRY(emodel_check_strings(list, err));
        for (size_t k = 0; k < list->n; k++) {
            mec_emodel_mechanism *m = emodel_add_mechanism(model);

            if (m == NULL) {
                return emodel_no_memory(err);
            }
            m->suffix = list->item[k]->string;
            m->name = mec_arena_printf(model->arena, "%s.%s", m->suffix, list->key);
            m->lists = bits;
            m->origin = emodel_origin(list->item[k]);
            if (m->name == NULL) {
                return emodel_no_memory(err);
            }
        }
    }
done:
    return st;
}

static mec_status read_value(const mec_json *at, mec_emodel_parameter *p, mec_err *err)
{
    const mec_json *bounds = emodel_get(at, "bounds");
    mec_status st = MEC_OK;

    if (mec_json_get(at, "value") != NULL) {
        p->frozen = true;
        p->is_integer = emodel_is_integer(mec_json_get(at, "value"));
        return mec_json_need_number(at, "value", &p->value, err);
    }
    if (bounds == NULL || bounds->type != MEC_JSON_ARRAY || bounds->n != 2 ||
        bounds->item[0]->type != MEC_JSON_NUMBER ||
        bounds->item[1]->type != MEC_JSON_NUMBER) {
        return emodel_complain(at, err, "a parameter needs \"value\" or \"bounds\"");
    }
    p->has_bounds = true;
    p->lower = bounds->item[0]->number;
    p->upper = bounds->item[1]->number;
    return st;
}

/* dist_type "exp": the formula stands in the parameter itself. */
static mec_status read_distribution(mec_emodel *model, const mec_json *at,
                                    mec_emodel_parameter *p, mec_err *err)
{
    const char *type, *text;
    mec_status st;

    MEC_TRY(mec_json_need_string(at, "dist_type", &type, err));
    if (strcmp(type, "uniform") == 0) {
        return MEC_OK;
    }
    if (strcmp(type, "exp") != 0 || p->kind != MEC_PARAMETER_RANGE) {
        return emodel_complain(at, err,
                               "\"dist_type\" must be uniform, or exp for a range");
    }
    MEC_TRY(mec_json_need_string(at, "dist", &text, err));
    MEC_TRY(emodel_add_distribution(model, at, p->name, text, NULL, 0.5, err));
    p->distribution = (int32_t)model->n_distribution - 1;
done:
    return st;
}

static mec_status read_parameter(mec_emodel *model, const mec_json *at, mec_err *err)
{
    const char *variable, *type, *list, *name;
    mec_emodel_parameter *p;
    bool is_global;
    mec_status st;

    MEC_TRY(mec_json_need_string(at, "param_name", &variable, err));
    MEC_TRY(mec_json_need_string(at, "type", &type, err));
    is_global = strcmp(type, "global") == 0;
    if (!is_global && strcmp(type, "section") != 0 && strcmp(type, "range") != 0) {
        return emodel_complain(at, err, "\"type\" must be global, section or range");
    }
    name = variable;
    if (!is_global) {
        MEC_TRY(mec_json_need_string(at, "sectionlist", &list, err));
        name = mec_arena_printf(model->arena, "%s.%s", variable, list);
    }
    p = name == NULL ? NULL : emodel_set_parameter(model, name);
    if (p == NULL) {
        return emodel_no_memory(err);
    }
    p->variable = variable;
    p->origin = emodel_origin(at);
    p->kind = is_global        ? MEC_PARAMETER_GLOBAL
              : type[0] == 's' ? MEC_PARAMETER_SECTION
                               : MEC_PARAMETER_RANGE;
    MEC_TRY(read_value(at, p, err));
    if (!is_global) {
        MEC_TRY(need_bits(at, list, &p->lists, err));
        st = read_distribution(model, at, p, err);
    }
done:
    return st;
}

static mec_status read_recording(mec_emodel *model, const mec_json *at,
                                 const char *protocol, mec_recording *r, mec_err *err)
{
    const char *type, *name, *list;
    mec_place *place;
    mec_status st;

    MEC_TRY(mec_json_need_string(at, "type", &type, err));
    MEC_TRY(mec_json_need_string(at, "name", &name, err));
    MEC_TRY(mec_json_need_string(at, "var", &r->variable, err));
    if (strcmp(type, "somadistance") != 0) {
        return emodel_complain(at, err, "recording type \"%s\" is not supported", type);
    }
    place = emodel_add_place(model, name, MEC_PLACE_DISTANCE);
    r->name = mec_arena_printf(model->arena, "%s.%s.%s", protocol, name, r->variable);
    if (place == NULL || r->name == NULL) {
        return emodel_no_memory(err);
    }
    place->origin = emodel_origin(at);
    MEC_TRY(mec_json_need_number(at, "somadistance", &place->distance_um, err));
    MEC_TRY(mec_json_need_string(at, "seclist_name", &list, err));
    MEC_TRY(need_bits(at, list, &place->lists, err));
    r->place = place;
done:
    return st;
}

static mec_status read_recordings(mec_emodel *model, const mec_json *at,
                                  mec_protocol *p, mec_err *err)
{
    const mec_json *extra = emodel_get(at, "extra_recordings");
    size_t n = extra == NULL ? 0 : extra->n;
    mec_recording *r = mec_arena_calloc(model->arena, n + 1, sizeof *r);
    mec_status st = MEC_OK;

    if (r == NULL) {
        return emodel_no_memory(err);
    }
    r[0].name = mec_arena_printf(model->arena, "%s.soma.v", p->name);
    r[0].place = emodel_soma(model);
    r[0].variable = "v";
    if (r[0].name == NULL || r[0].place == NULL) {
        return emodel_no_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        MEC_TRY(read_recording(model, extra->item[i], p->name, &r[i + 1], err));
    }
    p->recording = r;
    p->n_recording = n + 1;
done:
    return st;
}

static mec_status read_protocol(mec_emodel *model, const mec_json *at, mec_err *err)
{
    const mec_json *stimuli;
    mec_protocol *p = emodel_add_protocol(model, at->key, MEC_PROTOCOL_SWEEP);
    mec_status st;

    if (p == NULL) {
        return emodel_no_memory(err);
    }
    p->origin = emodel_origin(at);
    MEC_TRY(read_recordings(model, at, p, err));
    MEC_TRY(mec_json_need(at, "stimuli", MEC_JSON_ARRAY, &stimuli, err));
    p->pulse = mec_arena_calloc(model->arena, stimuli->n, sizeof *p->pulse);
    if (p->pulse == NULL) {
        return emodel_no_memory(err);
    }
    if (stimuli->n == 0) {
        return emodel_complain(stimuli, err, "protocol \"%s\" needs a stimulus",
                               p->name);
    }
    for (size_t i = 0; i < stimuli->n; i++) {
        const mec_json *item = stimuli->item[i];
        mec_pulse *pulse = &p->pulse[i];

        MEC_TRY(mec_json_need_number(item, "amp", &pulse->amp_na, err));
        MEC_TRY(mec_json_need_number(item, "delay", &pulse->delay_ms, err));
        MEC_TRY(mec_json_need_number(item, "duration", &pulse->duration_ms, err));
        MEC_TRY(mec_json_need_number(item, "totduration", &pulse->total_ms, err));
        pulse->has_amp = true;
        pulse->place = p->recording[0].place;
    }
    p->n_pulse = stimuli->n;
done:
    return st;
}

/* Spike thresholds: -20 mV at the soma, -55 mV in dendrites; any other place has that
 * of the place before it, as the example's loop has it. */
static double place_threshold(const char *place, double before)
{
    return strcmp(place, "soma") == 0      ? -20
           : strstr(place, "dend") != NULL ? -55
                                           : before;
}

static mec_status read_feature(mec_emodel *model, const mec_json *at,
                               const mec_protocol *p, const char *place,
                               double threshold, mec_err *err)
{
    const char *name =
        mec_arena_printf(model->arena, "%s.%s.%s", p->name, place, at->key);
    mec_objective *o = name == NULL ? NULL : emodel_set_objective(model, name);
    mec_feature *f = mec_arena_calloc(model->arena, 1, sizeof *f);
    double *weight = mec_arena_calloc(model->arena, 1, sizeof *weight);
    const mec_pulse *pulse = &p->pulse[0];

    if (o == NULL || f == NULL || weight == NULL) {
        return emodel_no_memory(err);
    }
    if (at->type != MEC_JSON_ARRAY || at->n < 2 ||
        at->item[0]->type != MEC_JSON_NUMBER || at->item[1]->type != MEC_JSON_NUMBER) {
        return emodel_complain(at, err, "\"%s\" must be [mean, standard deviation]",
                               at->key);
    }
    *weight = 1;
    *f = (mec_feature){.name = name,
                       .efel_name = at->key,
                       .rule = MEC_SCORE_BLUEPYOPT,
                       .has_stim = true,
                       .stim_start_ms = pulse->delay_ms,
                       .stim_end_ms = strcmp(p->name, "bAP") == 0
                                          ? pulse->total_ms
                                          : pulse->delay_ms + pulse->duration_ms,
                       .has_mean = true,
                       .mean = at->item[0]->number,
                       .std = at->item[1]->number,
                       .max_score = 250,
                       .origin = emodel_origin(at)};
    f->recording = mec_arena_printf(model->arena, "%s.%s.v", p->name, place);
    o->origin = f->origin;
    o->n_feature = 1;
    o->feature = f;
    o->weight = weight;
    return f->recording == NULL
               ? emodel_no_memory(err)
               : emodel_add_setting(model, f, "Threshold", threshold, err);
}

static mec_status read_features(mec_emodel *model, const mec_json *root, mec_err *err)
{
    double threshold = -20;
    mec_status st = MEC_OK;

    for (size_t i = 0; i < root->n; i++) {
        const mec_json *protocol = root->item[i];
        int32_t found = mec_emodel_find_protocol(model, protocol->key);

        if (found < 0) {
            return emodel_complain(protocol, err, "there is no protocol \"%s\"",
                                   protocol->key);
        }
        for (size_t k = 0; k < protocol->n; k++) {
            const mec_json *place = protocol->item[k];

            if (protocol->type != MEC_JSON_OBJECT || place->type != MEC_JSON_OBJECT) {
                return emodel_complain(place, err,
                                       "expected {protocol: {place: {feature: [mean, "
                                       "standard deviation]}}}");
            }
            threshold = place_threshold(place->key, threshold);
            for (size_t j = 0; j < place->n; j++) {
                MEC_TRY(read_feature(model, place->item[j], &model->protocol[found],
                                     place->key, threshold, err));
            }
        }
    }
done:
    return st;
}

/* Read one file; `type` is what its root must be. */
static mec_status read_part(mec_emodel *model, const char *name, mec_json_type type,
                            const mec_json **out, mec_err *err)
{
    mec_status st;

    MEC_TRY(emodel_read_document(model, name, out, err));
    if ((*out)->type != type) {
        return emodel_complain(*out, err, "expected %s",
                               type == MEC_JSON_ARRAY ? "a list" : "an object");
    }
done:
    return st;
}

mec_status emodel_read_l5pc(mec_emodel *model, mec_err *err)
{
    const mec_json *root;
    mec_status st;

    model->nseg_chunk_um = 40;
    model->axon = MEC_TREAT_AXON_BLUEPYOPT;
    MEC_TRY(read_part(model, "config/mechanisms.json", MEC_JSON_OBJECT, &root, err));
    MEC_TRY(read_mechanisms(model, root, err));
    MEC_TRY(read_part(model, "config/parameters.json", MEC_JSON_ARRAY, &root, err));
    for (size_t i = 0; i < root->n; i++) {
        MEC_TRY(read_parameter(model, root->item[i], err));
    }
    MEC_TRY(read_part(model, "config/protocols.json", MEC_JSON_OBJECT, &root, err));
    for (size_t i = 0; i < root->n; i++) {
        MEC_TRY(read_protocol(model, root->item[i], err));
    }
    MEC_TRY(read_part(model, "config/features.json", MEC_JSON_OBJECT, &root, err));
    MEC_TRY(read_features(model, root, err));
done:
    return st;
}
