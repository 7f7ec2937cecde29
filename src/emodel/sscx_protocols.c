/* Protocols of the SSCx form (protocols/<name>.json) and the parts of Main. */

#include <mecombo/emodel.h>

#include "emodel_priv.h"

#include <string.h>

static mec_status need_lists(const mec_json *at, unsigned *bits, mec_err *err)
{
    const char *name;
    mec_status st;

    MEC_TRY(mec_json_need_string(at, "seclist_name", &name, err));
    *bits = emodel_list_bits(name);
    if (*bits == 0) {
        return emodel_complain(at, err, "\"%s\" is no section list", name);
    }
done:
    return st;
}

static mec_status read_place(mec_emodel *model, const mec_json *at,
                             const mec_place **out, mec_err *err)
{
    const char *type, *name;
    double index = 0;
    mec_place *place;
    mec_status st;

    MEC_TRY(mec_json_need_string(at, "type", &type, err));
    MEC_TRY(mec_json_need_string(at, "name", &name, err));
    place = emodel_add_place(model, name, MEC_PLACE_LIST_INDEX);
    if (place == NULL) {
        return emodel_no_memory(err);
    }
    place->origin = emodel_origin(at);
    *out = place;
    MEC_TRY(need_lists(at, &place->lists, err));
    if (strcmp(type, "nrnseclistcomp") == 0) {
        MEC_TRY(mec_json_need_number(at, "sec_index", &index, err));
        MEC_TRY(mec_json_need_number(at, "comp_x", &place->x, err));
        if (!(index >= 0 && index < 1e9) || !(place->x >= 0 && place->x <= 1)) {
            return emodel_complain(at, err,
                                   "\"sec_index\" must be >= 0, \"comp_x\" in 0..1");
        }
        place->index = (int32_t)index;
    } else if (strcmp(type, "somadistance") == 0 ||
               strcmp(type, "somadistanceapic") == 0) {
        place->kind =
            type[12] == '\0' ? MEC_PLACE_DISTANCE_FIRST : MEC_PLACE_APICAL_POINT;
        st = mec_json_need_number(at, "somadistance", &place->distance_um, err);
    } else {
        st =
            emodel_complain(at, err,
                            "recording type \"%s\" is not supported (use somadistance, "
                            "somadistanceapic or nrnseclistcomp)",
                            type);
    }
done:
    return st;
}

/* <prefix>.<protocol>.soma.v, then the extra recordings. */
static mec_status read_recordings(mec_emodel *model, const mec_json *at,
                                  const char *prefix, mec_protocol *p, mec_err *err)
{
    const mec_json *extra = emodel_get(at, "extra_recordings");
    size_t n = extra == NULL ? 0 : extra->n;
    mec_recording *r = mec_arena_calloc(model->arena, n + 1, sizeof *r);
    mec_status st = MEC_OK;

    if (r == NULL) {
        return emodel_no_memory(err);
    }
    r[0].name = mec_arena_printf(model->arena, "%s.%s.soma.v", prefix, at->key);
    r[0].place = emodel_soma(model);
    r[0].variable = "v";
    for (size_t i = 0; i < n; i++) {
        MEC_TRY(read_place(model, extra->item[i], &r[i + 1].place, err));
        MEC_TRY(mec_json_need_string(extra->item[i], "var", &r[i + 1].variable, err));
        r[i + 1].name = mec_arena_printf(model->arena, "%s.%s.%s.%s", prefix, at->key,
                                         r[i + 1].place->name, r[i + 1].variable);
    }
    for (size_t i = 0; i <= n; i++) {
        if (r[i].name == NULL || r[i].place == NULL) {
            return emodel_no_memory(err);
        }
    }
    p->recording = r;
    p->n_recording = n + 1;
done:
    return st;
}

static mec_status read_pulse(mec_emodel *model, const mec_json *at, bool with_amp,
                             mec_pulse *pulse, mec_err *err)
{
    const mec_json *amp = emodel_get(at, "amp");
    mec_status st;

    pulse->place = emodel_soma(model);
    if (pulse->place == NULL) {
        return emodel_no_memory(err);
    }
    MEC_TRY(mec_json_need_number(at, "delay", &pulse->delay_ms, err));
    MEC_TRY(mec_json_need_number(at, "duration", &pulse->duration_ms, err));
    MEC_TRY(mec_json_need_number(at, "totduration", &pulse->total_ms, err));
    pulse->has_amp = with_amp && amp != NULL;
    if (pulse->has_amp) {
        st = mec_json_need_number(at, "amp", &pulse->amp_na, err);
    }
done:
    return st;
}

/* stimuli.step, one object or a list of them; `last` is the last definition, which
 * decides what there is only one of. */
static mec_status read_steps(mec_emodel *model, const mec_json *stimuli,
                             mec_protocol *p, bool with_amp, const mec_json **last,
                             mec_err *err)
{
    const mec_json *step = emodel_get(stimuli, "step");
    bool is_list = step != NULL && step->type == MEC_JSON_ARRAY;
    size_t n = is_list ? step->n : 1;
    const mec_json *det;
    mec_status st = MEC_OK;

    if (step == NULL || n == 0) {
        return emodel_complain(stimuli, err, "\"stimuli\" needs a \"step\"");
    }
    p->pulse = mec_arena_calloc(model->arena, n + 1, sizeof *p->pulse);
    if (p->pulse == NULL) {
        return emodel_no_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        *last = is_list ? step->item[i] : step;
        MEC_TRY(read_pulse(model, *last, with_amp, &p->pulse[i], err));
    }
    p->n_pulse = n;
    det = emodel_get(*last, "stochkv_det");
    p->stochastic = det != NULL && det->number == 0;
done:
    return st;
}

static mec_status read_step_protocol(mec_emodel *model, const mec_json *at,
                                     mec_protocol *p, mec_err *err)
{
    const mec_json *stimuli, *last, *holding;
    mec_status st;

    MEC_TRY(mec_json_need(at, "stimuli", MEC_JSON_OBJECT, &stimuli, err));
    MEC_TRY(read_steps(model, stimuli, p, true, &last, err));
    holding = emodel_get(stimuli, "holding");
    if (holding != NULL) {
        MEC_TRY(read_pulse(model, holding, true, &p->pulse[p->n_pulse], err));
        p->n_pulse++;
        p->has_holding = true;
    }
done:
    return st;
}

static mec_status read_threshold_protocol(mec_emodel *model, const mec_json *at,
                                          mec_protocol *p, mec_err *err)
{
    const mec_json *stimuli, *last;
    mec_pulse *holding;
    mec_status st;

    MEC_TRY(mec_json_need(at, "stimuli", MEC_JSON_OBJECT, &stimuli, err));
    MEC_TRY(read_steps(model, stimuli, p, false, &last, err));
    MEC_TRY(mec_json_need_number(last, "thresh_perc", &p->thresh_perc, err));
    holding = &p->pulse[p->n_pulse++];
    *holding = p->pulse[p->n_pulse - 2];
    holding->delay_ms = 0;
    holding->duration_ms = holding->total_ms;
    p->has_holding = true;
done:
    return st;
}

static mec_status read_plain_protocol(mec_emodel *model, const mec_json *at,
                                      mec_protocol *p, mec_err *err)
{
    const mec_json *stimuli;
    mec_status st;

    MEC_TRY(mec_json_need(at, "stimuli", MEC_JSON_ARRAY, &stimuli, err));
    if (stimuli->n == 0) {
        return emodel_complain(stimuli, err, "protocol \"%s\" needs a stimulus",
                               p->name);
    }
    p->pulse = mec_arena_calloc(model->arena, stimuli->n, sizeof *p->pulse);
    if (p->pulse == NULL) {
        return emodel_no_memory(err);
    }
    for (size_t i = 0; i < stimuli->n; i++) {
        MEC_TRY(read_pulse(model, stimuli->item[i], true, &p->pulse[i], err));
    }
    p->n_pulse = stimuli->n;
done:
    return st;
}

static mec_status read_protocol(mec_emodel *model, const mec_json *at,
                                const char *prefix, mec_err *err)
{
    const char *type = "";
    const mec_json *source = at;
    mec_protocol *p = emodel_add_protocol(model, at->key, MEC_PROTOCOL_SWEEP);
    mec_status st;

    if (p == NULL) {
        return emodel_no_memory(err);
    }
    p->origin = emodel_origin(at);
    MEC_TRY(emodel_get_string(at, "type", &type, err));
    MEC_TRY(read_recordings(model, at, prefix, p, err));
    if (strcmp(type, "StepProtocol") == 0) {
        p->kind = MEC_PROTOCOL_STEP;
        st = read_step_protocol(model, at, p, err);
    } else if (strcmp(type, "StepThresholdProtocol") == 0) {
        p->kind = MEC_PROTOCOL_THRESHOLD_STEP;
        st = read_threshold_protocol(model, at, p, err);
    } else if (strcmp(type, "RatSSCxThresholdDetectionProtocol") == 0) {
        if (strcmp(at->key, "ThresholdDetection") != 0) {
            return emodel_complain(at, err,
                                   "a %s must be called \"ThresholdDetection\"", type);
        }
        p->kind = MEC_PROTOCOL_THRESHOLD_SEARCH;
        MEC_TRY(mec_json_need(at, "step_template", MEC_JSON_OBJECT, &source, err));
        st = read_step_protocol(model, source, p, err);
    } else {
        st = read_plain_protocol(model, at, p, err);
    }
done:
    return st;
}

mec_status emodel_read_sscx_protocols(mec_emodel *model, const mec_json *root,
                                      const char *prefix, mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < root->n; i++) {
        const mec_json *item = root->item[i];

        if (strcmp(item->key, "__comment") != 0 && strcmp(item->key, "Main") != 0 &&
            strcmp(item->key, "RinHoldcurrent") != 0) {
            MEC_TRY(read_protocol(model, item, prefix, err));
        }
    }
done:
    return st;
}

/* The protocols of a list of names; unknown ones are an error or left out. */
static mec_status name_list(mec_emodel *model, const mec_json *names, bool must_exist,
                            const size_t **out, size_t *n_out, mec_err *err)
{
    size_t *index;
    mec_status st;

    *n_out = 0;
    if (names == NULL) {
        return MEC_OK;
    }
    MEC_TRY(emodel_check_strings(names, err));
    index = mec_arena_calloc(model->arena, names->n, sizeof *index);
    if (index == NULL) {
        return emodel_no_memory(err);
    }
    for (size_t i = 0; i < names->n; i++) {
        int32_t found = mec_emodel_find_protocol(model, names->item[i]->string);

        if (found >= 0 &&
            model->protocol[found].kind == MEC_PROTOCOL_THRESHOLD_SEARCH) {
            return emodel_complain(names->item[i], err,
                                   "\"%s\" cannot be run as a protocol of its own",
                                   names->item[i]->string);
        }
        if (found >= 0) {
            index[(*n_out)++] = (size_t)found;
        } else if (must_exist) {
            return emodel_complain(names->item[i], err, "there is no protocol \"%s\"",
                                   names->item[i]->string);
        }
    }
    *out = index;
done:
    return st;
}

static mec_status need_protocol(const mec_emodel *model, const mec_json *main,
                                const char *name, mec_protocol_kind kind, size_t *out,
                                mec_err *err)
{
    int32_t found = mec_emodel_find_protocol(model, name);

    if (found < 0 || model->protocol[found].kind != kind) {
        return emodel_complain(main, err,
                               "Main needs a protocol \"%s\" of the right type", name);
    }
    *out = (size_t)found;
    return MEC_OK;
}

static mec_status need_objective(mec_emodel *model, const mec_json *main,
                                 const char *prefix, const char *rest, size_t *out,
                                 mec_err *err)
{
    const char *name = mec_arena_printf(model->arena, "%s.%s", prefix, rest);
    int32_t found = name == NULL ? -1 : mec_emodel_find_objective(model, name);

    if (found < 0) {
        return emodel_complain(main, err, "Main needs the feature %s", rest);
    }
    *out = (size_t)found;
    return MEC_OK;
}

static mec_status read_main_lists(mec_emodel *model, const mec_json *main,
                                  mec_main_algorithm *a, mec_err *err)
{
    const mec_json *others;
    double unused;
    mec_status st;

    MEC_TRY(mec_json_need_number(main, "rmp_score_threshold", &unused, err));
    MEC_TRY(mec_json_need_number(main, "rin_score_threshold", &unused, err));
    MEC_TRY(mec_json_need(main, "other_protocols", MEC_JSON_ARRAY, &others, err));
    MEC_TRY(name_list(model, others, false, &a->other, &a->n_other, err));
    if (emodel_get(main, "pre_protocols") != NULL) {
        MEC_TRY(name_list(model, emodel_get(main, "pre_protocols"), true, &a->pre,
                          &a->n_pre, err));
        MEC_TRY(mec_json_need_number(main, "preprot_score_threshold",
                                     &a->pre_score_threshold, err));
    }
done:
    return st;
}

mec_status emodel_read_sscx_main(mec_emodel *model, const mec_json *root,
                                 const char *prefix, mec_err *err)
{
    mec_main_algorithm *a = mec_arena_alloc(model->arena, sizeof *a);
    const mec_json *main, *holding;
    double depth;
    mec_status st;

    if (a == NULL) {
        return emodel_no_memory(err);
    }
    MEC_TRY(mec_json_need(root, "Main", MEC_JSON_OBJECT, &main, err));
    MEC_TRY(mec_json_need(root, "RinHoldcurrent", MEC_JSON_OBJECT, &holding, err));
    MEC_TRY(need_protocol(model, main, "RMP", MEC_PROTOCOL_STEP, &a->rmp, err));
    MEC_TRY(need_protocol(model, main, "Rin", MEC_PROTOCOL_STEP, &a->rin, err));
    MEC_TRY(need_protocol(model, main, "ThresholdDetection",
                          MEC_PROTOCOL_THRESHOLD_SEARCH, &a->threshold, err));
    if (!model->protocol[a->rin].has_holding) {
        return emodel_complain(main, err, "protocol \"Rin\" needs a holding pulse");
    }
    MEC_TRY(need_objective(model, main, prefix, "RMP.soma.v.voltage_base", &a->rmp_base,
                           err));
    MEC_TRY(need_objective(model, main, prefix,
                           "Rin.soma.v.ohmic_input_resistance_vb_ssse",
                           &a->rin_resistance, err));
    MEC_TRY(need_objective(model, main, prefix, "Rin.soma.v.voltage_base", &a->rin_base,
                           err));
    MEC_TRY(mec_json_need_number(holding, "holdi_precision", &a->holding_precision_mv,
                                 err));
    MEC_TRY(mec_json_need_number(holding, "holdi_max_depth", &depth, err));
    if (!(depth >= 0 && depth <= 1000)) {
        return emodel_complain(holding, err, "\"holdi_max_depth\" must lie in 0..1000");
    }
    a->holding_max_depth = (int)depth;
    MEC_TRY(read_main_lists(model, main, a, err));
    a->holding_response =
        mec_arena_printf(model->arena, "%s.bpo_holding_current", prefix);
    a->threshold_response =
        mec_arena_printf(model->arena, "%s.bpo_threshold_current", prefix);
    if (a->holding_response == NULL || a->threshold_response == NULL) {
        return emodel_no_memory(err);
    }
    model->main = a;
done:
    return st;
}
