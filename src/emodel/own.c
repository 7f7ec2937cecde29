/* mecombo's own form, setup/emodel.json: BluePyOpt's classes and arguments as JSON.
 *
 * One document describes one evaluator; with {"emodels": {name: description, ...}} it
 * describes one for each name of BluePyMM's evaluator.create(). A description without
 * that key serves every name. Keys (* = required); "__comment" is allowed everywhere:
 *
 *  format "mecombo-emodel", version 1, name
 *  morphology    {do_set_nseg (true), nseg_frequency (40),
 *                 replace_axon "none"|"bluepyopt"|"taper"|"taper3" ("none")}
 *  locations     [{name*, type*, ...}]
 *      NrnSeclistLocation              seclist_name*
 *      NrnSeclistCompLocation          seclist_name*, sec_index*, comp_x*
 *      NrnSectionCompLocation          sec_name* ("soma[0]"), comp_x*
 *      NrnSomaDistanceCompLocation     soma_distance*, seclist_name*
 *      NrnSecSomaDistanceCompLocation  soma_distance*, sec_name* ("apic"), sec_index
 *      NrnTrunkSomaDistanceCompLocation  soma_distance*, sec_name*, sec_index,
 *                                      direction ([0,1,0]) or "radial"
 *  distributions [{name*, distribution*, dist_param_names, soma_ref_location (0.5)}]
 *  mechanisms    [{name*, suffix*, locations*, deterministic (true)}]
 *  parameters    [{name*, type*, value | bounds, frozen, ...}], in order of application
 *      NrnGlobalParameter              param_name*
 *      NrnSectionParameter             param_name*, locations*, value_scaler
 *      NrnRangeParameter               param_name*, locations*, value_scaler
 *      MetaParameter                   distribution*, attr_name*
 *      value_scaler: name of a distribution (ranges only) or {multiplier, offset}
 *  protocols     [{name*, type*, ...}], in order of running
 *      SweepProtocol                   stimuli*, recordings*, cvode_active, deterministic
 *      StepProtocol                    step_stimulus*, holding_stimulus, recordings*, ...
 *      SequenceProtocol                protocols*
 *      stimuli: {type "NrnSquarePulse", step_amplitude*, step_delay*, step_duration*,
 *                total_duration*, location*}
 *      recordings: {name*, type "CompRecording", location*, variable ("v")}
 *  objectives    [{name*, type*, features*, weights}], in order of the scores
 *      SingletonObjective, MaxObjective, WeightedSumObjective (weights*),
 *      SingletonWeightObjective (weights*: one)
 *      features: {name, type "eFELFeature", efel_feature_name*, recording_names* {"": r},
 *                 stim_start, stim_end, exp_mean, exp_std, threshold, interp_step,
 *                 stimulus_current, double_settings, int_settings, force_max_score,
 *                 max_score (250)}
 *  simulator     {type "NrnSimulator", cvode_active (true), dt (0.025), cvode_minstep,
 *                 use_params_for_seed (false)}
 */

#include <mecombo/emodel.h>

#include "emodel_priv.h"
#include "own_priv.h"

#include <stdlib.h>
#include <string.h>

mec_status own_list(const mec_json *object, const char *key, bool required,
                    const mec_json **out, mec_err *err)
{
    *out = emodel_get(object, key);
    if (*out == NULL) {
        return required ? emodel_complain(object, err, "key \"%s\" is missing", key)
                        : MEC_OK;
    }
    if ((*out)->type != MEC_JSON_ARRAY) {
        return emodel_complain(*out, err, "\"%s\" must be a list, not %s", key,
                               mec_json_type_name((*out)->type));
    }
    return MEC_OK;
}

const mec_place *own_find_place(const mec_emodel *model, const char *name)
{
    for (size_t i = 0; i < model->n_place; i++) {
        if (strcmp(model->place[i]->name, name) == 0) {
            return model->place[i];
        }
    }
    return NULL;
}

static mec_status need_bits(const mec_json *at, const char *key, unsigned *bits,
                            mec_err *err)
{
    const char *name;
    mec_status st;

    MEC_TRY(mec_json_need_string(at, key, &name, err));
    *bits = emodel_list_bits(name);
    if (*bits == 0) {
        return emodel_complain(at, err,
                               "\"%s\" is no section list (use all, somatic, basal, "
                               "apical, axonal, myelinated, soma, dend, apic, axon or "
                               "myelin)",
                               name);
    }
done:
    return st;
}

static mec_status need_index(const mec_json *at, const char *key, int32_t *out,
                             mec_err *err)
{
    double value;
    mec_status st;

    MEC_TRY(mec_json_need_number(at, key, &value, err));
    if (!(value >= 0 && value < 1e9) || value != (double)(int32_t)value) {
        return emodel_complain(at, err, "\"%s\" must be an integer >= 0", key);
    }
    *out = (int32_t)value;
done:
    return st;
}

static mec_status need_x(const mec_json *at, mec_place *place, mec_err *err)
{
    mec_status st;

    MEC_TRY(mec_json_need_number(at, "comp_x", &place->x, err));
    if (!(place->x >= 0 && place->x <= 1)) {
        return emodel_complain(at, err, "\"comp_x\" must lie in 0..1");
    }
done:
    return st;
}

static mec_status section_name(const mec_json *at, mec_emodel *model, mec_place *place,
                               mec_err *err)
{
    const char *text;
    const char *bracket;
    char *array, *end;
    mec_status st;

    MEC_TRY(mec_json_need_string(at, "sec_name", &text, err));
    bracket = strchr(text, '[');
    if (bracket == NULL) {
        return emodel_complain(at, err, "\"sec_name\" must look like \"soma[0]\"");
    }
    array = mec_arena_strndup(model->arena, text, (size_t)(bracket - text));
    if (array == NULL) {
        return emodel_no_memory(err);
    }
    place->lists = emodel_list_bits(array);
    place->index = (int32_t)strtol(bracket + 1, &end, 10);
    if (place->lists == 0 || end == bracket + 1 || strcmp(end, "]") != 0) {
        return emodel_complain(at, err, "\"sec_name\" must look like \"soma[0]\"");
    }
done:
    return st;
}

static mec_status distance_place(const mec_json *at, mec_place *place, mec_err *err)
{
    const mec_json *direction = emodel_get(at, "direction");
    bool along = place->kind != MEC_PLACE_DISTANCE;
    mec_status st;

    MEC_TRY(mec_json_need_number(at, "soma_distance", &place->distance_um, err));
    MEC_TRY(need_bits(at, along ? "sec_name" : "seclist_name", &place->lists, err));
    if (along && emodel_get(at, "sec_index") != NULL) {
        MEC_TRY(need_index(at, "sec_index", &place->index, err));
    }
    place->direction[1] = 1.0;
    if (direction != NULL && direction->type == MEC_JSON_ARRAY && direction->n == 3) {
        for (size_t i = 0; i < 3; i++) {
            place->direction[i] = direction->item[i]->number;
        }
    } else if (direction != NULL && direction->type == MEC_JSON_STRING &&
               strcmp(direction->string, "radial") == 0) {
        place->direction[1] = 0.0;
    } else if (direction != NULL) {
        return emodel_complain(direction, err,
                               "\"direction\" must be three numbers or \"radial\"");
    }
done:
    return st;
}

static const char *const location_keys[] = {"name",      "type",      "seclist_name",
                                            "sec_index", "comp_x",    "soma_distance",
                                            "sec_name",  "direction", NULL};

static mec_status read_location(mec_emodel *model, const mec_json *at, mec_err *err)
{
    static const struct {
        const char *type;
        mec_place_kind kind;
    } table[] = {{"NrnSeclistLocation", MEC_PLACE_LIST_INDEX},
                 {"NrnSeclistCompLocation", MEC_PLACE_LIST_INDEX},
                 {"NrnSectionCompLocation", MEC_PLACE_LIST_INDEX},
                 {"NrnSomaDistanceCompLocation", MEC_PLACE_DISTANCE},
                 {"NrnSecSomaDistanceCompLocation", MEC_PLACE_APICAL},
                 {"NrnTrunkSomaDistanceCompLocation", MEC_PLACE_TRUNK}};
    const char *name, *type;
    mec_place *place;
    size_t i = 0;
    mec_status st;

    MEC_TRY(emodel_check_keys(at, location_keys, err));
    MEC_TRY(mec_json_need_string(at, "name", &name, err));
    MEC_TRY(mec_json_need_string(at, "type", &type, err));
    while (i < 6 && strcmp(type, table[i].type) != 0) {
        i++;
    }
    if (i == 6 || own_find_place(model, name) != NULL) {
        return emodel_complain(at, err,
                               i == 6 ? "unknown type of location \"%s\""
                                      : "a second location of the name of \"%s\"",
                               type);
    }
    place = emodel_add_place(model, name, table[i].kind);
    if (place == NULL) {
        return emodel_no_memory(err);
    }
    place->origin = emodel_origin(at);
    if (i >= 3) {
        st = distance_place(at, place, err);
    } else if (i == 2) {
        MEC_TRY(section_name(at, model, place, err));
        st = need_x(at, place, err);
    } else {
        MEC_TRY(need_bits(at, "seclist_name", &place->lists, err));
        if (i == 1) {
            MEC_TRY(need_index(at, "sec_index", &place->index, err));
            st = need_x(at, place, err);
        }
    }
done:
    return st;
}

/* The lists that the names in "locations" stand for. */
static mec_status read_lists(const mec_emodel *model, const mec_json *at,
                             unsigned *bits, mec_err *err)
{
    const mec_json *names;
    mec_status st;

    *bits = 0;
    MEC_TRY(own_list(at, "locations", true, &names, err));
    MEC_TRY(emodel_check_strings(names, err));
    for (size_t i = 0; i < names->n; i++) {
        const mec_place *place = own_find_place(model, names->item[i]->string);

        if (place == NULL || place->kind != MEC_PLACE_LIST_INDEX || place->index >= 0) {
            return emodel_complain(names->item[i], err,
                                   "\"%s\" is no location of type NrnSeclistLocation",
                                   names->item[i]->string);
        }
        *bits |= place->lists;
    }
done:
    return st;
}

static mec_status read_distribution(mec_emodel *model, const mec_json *at, mec_err *err)
{
    static const char *const keys[] = {"name", "distribution", "dist_param_names",
                                       "soma_ref_location", NULL};
    const char *name, *text;
    double soma_x = 0.5;
    mec_status st;

    MEC_TRY(emodel_check_keys(at, keys, err));
    MEC_TRY(mec_json_need_string(at, "name", &name, err));
    MEC_TRY(mec_json_need_string(at, "distribution", &text, err));
    MEC_TRY(emodel_get_number(at, "soma_ref_location", &soma_x, err));
    if (!(soma_x >= 0 && soma_x <= 1)) {
        return emodel_complain(at, err, "\"soma_ref_location\" must lie in 0..1");
    }
    st = emodel_add_distribution(model, at, name, text,
                                 emodel_get(at, "dist_param_names"), soma_x, err);
done:
    return st;
}

static mec_status read_mechanism(mec_emodel *model, const mec_json *at, mec_err *err)
{
    static const char *const keys[] = {"name",          "suffix", "locations",
                                       "deterministic", "type",   NULL};
    mec_emodel_mechanism *m = emodel_add_mechanism(model);
    mec_status st;

    if (m == NULL) {
        return emodel_no_memory(err);
    }
    m->origin = emodel_origin(at);
    MEC_TRY(emodel_check_keys(at, keys, err));
    MEC_TRY(own_check_type(at, "NrnMODMechanism", err));
    MEC_TRY(mec_json_need_string(at, "suffix", &m->suffix, err));
    m->name = m->suffix;
    MEC_TRY(emodel_get_string(at, "name", &m->name, err));
    MEC_TRY(emodel_get_bool(at, "deterministic", &m->deterministic, err));
    MEC_TRY(read_lists(model, at, &m->lists, err));
    if (!m->deterministic && strstr(m->suffix, "Stoch") == NULL) {
        return emodel_complain(
            at, err,
            "\"deterministic\" can be false only for a mechanism with "
            "\"Stoch\" in its suffix, not for %s",
            m->suffix);
    }
done:
    return st;
}

mec_status own_check_type(const mec_json *at, const char *only, mec_err *err)
{
    const char *type = only;
    mec_status st;

    MEC_TRY(emodel_get_string(at, "type", &type, err));
    if (strcmp(type, only) != 0) {
        return emodel_complain(
            at, err, "type \"%s\" is not supported here (only %s is)", type, only);
    }
done:
    return st;
}

static mec_status read_scaler(mec_emodel *model, const mec_json *at,
                              mec_emodel_parameter *p, mec_err *err)
{
    static const char *const keys[] = {"type", "multiplier", "offset", NULL};
    const mec_json *scaler = emodel_get(at, "value_scaler");
    mec_status st = MEC_OK;

    if (scaler == NULL) {
        return MEC_OK;
    }
    if (scaler->type == MEC_JSON_STRING) {
        p->distribution = emodel_find_distribution(model, scaler->string);
        if (p->distribution < 0 || p->kind != MEC_PARAMETER_RANGE) {
            return emodel_complain(
                scaler, err,
                p->distribution < 0 ? "there is no distribution \"%s\""
                                    : "distribution \"%s\" needs a NrnRangeParameter",
                scaler->string);
        }
        return MEC_OK;
    }
    MEC_TRY(emodel_check_keys(scaler, keys, err));
    MEC_TRY(own_check_type(scaler, "NrnSegmentLinearScaler", err));
    MEC_TRY(emodel_get_number(scaler, "multiplier", &p->multiplier, err));
    MEC_TRY(emodel_get_number(scaler, "offset", &p->offset, err));
done:
    return st;
}

/* value, bounds, frozen: BluePyOpt's Parameter. */
static mec_status read_value(const mec_json *at, mec_emodel_parameter *p, mec_err *err)
{
    const mec_json *value = emodel_get(at, "value");
    const mec_json *bounds = emodel_get(at, "bounds");
    mec_status st;

    p->frozen = value != NULL;
    MEC_TRY(emodel_get_bool(at, "frozen", &p->frozen, err));
    MEC_TRY(emodel_get_number(at, "value", &p->value, err));
    p->is_integer = value != NULL && emodel_is_integer(value);
    if (p->frozen && value == NULL) {
        return emodel_complain(at, err, "a frozen parameter needs a \"value\"");
    }
    if (bounds != NULL) {
        if (bounds->type != MEC_JSON_ARRAY || bounds->n != 2 ||
            bounds->item[0]->type != MEC_JSON_NUMBER ||
            bounds->item[1]->type != MEC_JSON_NUMBER) {
            return emodel_complain(bounds, err, "\"bounds\" must be two numbers");
        }
        p->has_bounds = true;
        p->lower = bounds->item[0]->number;
        p->upper = bounds->item[1]->number;
    }
done:
    return st;
}

static mec_status read_parameter(mec_emodel *model, const mec_json *at, mec_err *err)
{
    static const char *const keys[] = {
        "name",      "type",         "param_name",   "value",     "bounds", "frozen",
        "locations", "value_scaler", "distribution", "attr_name", NULL};
    static const char *const types[] = {"NrnGlobalParameter", "NrnSectionParameter",
                                        "NrnRangeParameter", "MetaParameter"};
    const char *name, *type, *distribution;
    mec_emodel_parameter *p;
    size_t kind = 0;
    mec_status st;

    MEC_TRY(emodel_check_keys(at, keys, err));
    MEC_TRY(mec_json_need_string(at, "name", &name, err));
    MEC_TRY(mec_json_need_string(at, "type", &type, err));
    while (kind < 4 && strcmp(type, types[kind]) != 0) {
        kind++;
    }
    if (kind == 4) {
        return emodel_complain(at, err, "unknown type of parameter \"%s\"", type);
    }
    p = emodel_set_parameter(model, name);
    if (p == NULL) {
        return emodel_no_memory(err);
    }
    p->kind = (mec_parameter_kind)kind;
    p->origin = emodel_origin(at);
    MEC_TRY(read_value(at, p, err));
    if (p->kind == MEC_PARAMETER_DISTRIBUTION) {
        MEC_TRY(mec_json_need_string(at, "distribution", &distribution, err));
        MEC_TRY(mec_json_need_string(at, "attr_name", &p->variable, err));
        p->distribution = emodel_find_distribution(model, distribution);
        st = p->distribution >= 0
                 ? MEC_OK
                 : emodel_complain(at, err, "there is no distribution \"%s\"",
                                   distribution);
        goto done;
    }
    MEC_TRY(mec_json_need_string(at, "param_name", &p->variable, err));
    if (p->kind != MEC_PARAMETER_GLOBAL) {
        MEC_TRY(read_lists(model, at, &p->lists, err));
        MEC_TRY(read_scaler(model, at, p, err));
    }
done:
    return st;
}

static mec_status read_morphology(mec_emodel *model, const mec_json *at, mec_err *err)
{
    static const char *const keys[] = {"do_set_nseg", "nseg_frequency", "replace_axon",
                                       NULL};
    static const char *const rules[] = {"none", "bluepyopt", "taper", "taper3"};
    bool set_nseg = true;
    const char *rule = "none";
    size_t i = 0;
    mec_status st = MEC_OK;

    model->nseg_chunk_um = 40;
    if (at == NULL) {
        return MEC_OK;
    }
    MEC_TRY(emodel_check_keys(at, keys, err));
    MEC_TRY(emodel_get_bool(at, "do_set_nseg", &set_nseg, err));
    MEC_TRY(emodel_get_number(at, "nseg_frequency", &model->nseg_chunk_um, err));
    MEC_TRY(emodel_get_string(at, "replace_axon", &rule, err));
    if (!(model->nseg_chunk_um > 0)) {
        return emodel_complain(at, err, "\"nseg_frequency\" must be positive");
    }
    if (!set_nseg) {
        model->nseg_chunk_um = 0;
    }
    while (i < 4 && strcmp(rule, rules[i]) != 0) {
        i++;
    }
    if (i == 4) {
        return emodel_complain(
            at, err, "\"replace_axon\" must be none, bluepyopt, taper or taper3");
    }
    model->axon = (mec_axon_treatment)i;
done:
    return st;
}

static mec_status read_simulator(mec_emodel *model, const mec_json *at, mec_err *err)
{
    static const char *const keys[] = {"type",          "cvode_active",        "dt",
                                       "cvode_minstep", "use_params_for_seed", NULL};
    mec_status st = MEC_OK;

    if (at == NULL) {
        return MEC_OK;
    }
    MEC_TRY(emodel_check_keys(at, keys, err));
    MEC_TRY(own_check_type(at, "NrnSimulator", err));
    MEC_TRY(emodel_get_bool(at, "cvode_active", &model->cvode_active, err));
    MEC_TRY(emodel_get_number(at, "dt", &model->dt_ms, err));
    MEC_TRY(emodel_get_number(at, "cvode_minstep", &model->minstep_ms, err));
    MEC_TRY(
        emodel_get_bool(at, "use_params_for_seed", &model->seed_from_parameters, err));
    if (!(model->dt_ms > 0) || !(model->minstep_ms >= 0)) {
        return emodel_complain(at, err,
                               "\"dt\" must be positive, \"cvode_minstep\" >= 0");
    }
done:
    return st;
}

/* Read every item of a list member. */
static mec_status
read_each(mec_emodel *model, const mec_json *root, const char *key, bool required,
          mec_status (*read)(mec_emodel *, const mec_json *, mec_err *), mec_err *err)
{
    const mec_json *list;
    mec_status st;

    MEC_TRY(own_list(root, key, required, &list, err));
    for (size_t i = 0; list != NULL && i < list->n; i++) {
        MEC_TRY(read(model, list->item[i], err));
    }
done:
    return st;
}

static mec_status check_head(const mec_json *root, mec_err *err)
{
    const char *format = "mecombo-emodel";
    double version = 1;
    mec_status st;

    MEC_TRY(emodel_get_string(root, "format", &format, err));
    MEC_TRY(emodel_get_number(root, "version", &version, err));
    if (strcmp(format, "mecombo-emodel") != 0 || version != 1) {
        return emodel_complain(
            root, err, "\"format\" must be \"mecombo-emodel\" and \"version\" 1");
    }
done:
    return st;
}

mec_status emodel_read_own(mec_emodel *model, mec_err *err)
{
    static const char *const keys[] = {
        "format",     "version",       "name",       "emodels",    "morphology",
        "locations",  "distributions", "mechanisms", "parameters", "protocols",
        "objectives", "simulator",     NULL};
    const mec_json *root, *emodels;
    mec_status st;

    MEC_TRY(emodel_read_document(model, "setup/emodel.json", &root, err));
    MEC_TRY(emodel_check_keys(root, keys, err));
    MEC_TRY(check_head(root, err));
    emodels = emodel_get(root, "emodels");
    if (emodels != NULL) {
        root = mec_json_get(emodels, model->name);
        if (root == NULL) {
            return emodel_complain(emodels, err, "\"emodels\" has no \"%s\"",
                                   model->name);
        }
        MEC_TRY(emodel_check_keys(root, keys, err));
    }
    MEC_TRY(read_morphology(model, emodel_get(root, "morphology"), err));
    MEC_TRY(read_simulator(model, emodel_get(root, "simulator"), err));
    MEC_TRY(read_each(model, root, "locations", false, read_location, err));
    MEC_TRY(read_each(model, root, "distributions", false, read_distribution, err));
    MEC_TRY(read_each(model, root, "mechanisms", false, read_mechanism, err));
    MEC_TRY(read_each(model, root, "parameters", false, read_parameter, err));
    MEC_TRY(read_each(model, root, "protocols", true, own_read_protocol, err));
    MEC_TRY(read_each(model, root, "objectives", true, own_read_objective, err));
done:
    return st;
}
