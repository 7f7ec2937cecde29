/* BluePyEModel's form: config/recipes.json names, per e-model, the files of parameters and
 * targets.
 *
 * Parameters come as its NeuronModelConfiguration (lists) or in the older SSCx form
 * (objects by section list). Its own searches for holding and threshold currents are not
 * part of mecombo: protocols that need them are read, and refused when they are to run.
 *
 * Source: BluePyEModel's documentation and configuration classes (EMODELS.md C.14).
 */

#include <mecombo/emodel.h>
#include <mecombo/path.h>

#include "emodel_priv.h"

#include <string.h>

static mec_status need_lists(const mec_json *at, const char *name, unsigned *bits,
                             mec_err *err)
{
    *bits = emodel_multi_list_bits(name);
    return *bits != 0 ? MEC_OK
                      : emodel_complain(at, err, "\"%s\" is no section list", name);
}

/* The first of equal parameters counts, and "all" adds nothing to a name that is there. */
static bool is_there(const mec_emodel *model, const char *variable, const char *name,
                     bool everywhere)
{
    for (size_t i = 0; i < model->n_parameter; i++) {
        const mec_emodel_parameter *p = &model->parameter[i];

        if (strcmp(p->name, name) == 0 ||
            (everywhere && strcmp(p->variable, variable) == 0)) {
            return true;
        }
    }
    return false;
}

static mec_status read_value(const mec_json *at, const mec_json *value,
                             mec_emodel_parameter *p, mec_err *err)
{
    if (value != NULL && value->type == MEC_JSON_NUMBER) {
        p->frozen = true;
        p->value = value->number;
        p->is_integer = emodel_is_integer(value);
        return MEC_OK;
    }
    if (value == NULL || value->type != MEC_JSON_ARRAY || value->n != 2 ||
        value->item[0]->type != MEC_JSON_NUMBER ||
        value->item[1]->type != MEC_JSON_NUMBER ||
        value->item[0]->number > value->item[1]->number) {
        return emodel_complain(
            at, err, "a parameter's value must be a number or [lower, upper]");
    }
    p->has_bounds = true;
    p->lower = value->item[0]->number;
    p->upper = value->item[1]->number;
    return MEC_OK;
}

/* "uniform" and "constant" mean no distribution. */
static mec_status find_distribution(const mec_emodel *model, const mec_json *at,
                                    const char *name, int32_t *out, mec_err *err)
{
    *out = -1;
    if (name == NULL || strcmp(name, "uniform") == 0 || strcmp(name, "constant") == 0) {
        return MEC_OK;
    }
    *out = emodel_find_distribution(model, name);
    return *out >= 0
               ? MEC_OK
               : emodel_complain(at, err, "there is no distribution \"%s\"", name);
}

static mec_status add_parameter(mec_emodel *model, const mec_json *at,
                                const char *variable, const char *where,
                                const mec_json *value, const char *distribution,
                                mec_err *err)
{
    bool is_global = strcmp(where, "global") == 0;
    const char *of = strstr(where, "distribution_");
    const char *name =
        is_global ? variable : mec_arena_printf(model->arena, "%s.%s", variable, where);
    mec_emodel_parameter *p;
    mec_status st;

    if (name == NULL) {
        return emodel_no_memory(err);
    }
    if (is_there(model, variable, name, strcmp(where, "all") == 0)) {
        return MEC_OK;
    }
    p = emodel_set_parameter(model, name);
    if (p == NULL) {
        return emodel_no_memory(err);
    }
    p->variable = variable;
    p->origin = emodel_origin(at);
    p->kind = MEC_PARAMETER_GLOBAL;
    MEC_TRY(read_value(at, value, p, err));
    if (of != NULL) {
        p->kind = MEC_PARAMETER_DISTRIBUTION;
        st = find_distribution(model, at, of + strlen("distribution_"),
                               &p->distribution, err);
    } else if (!is_global) {
        MEC_TRY(need_lists(at, where, &p->lists, err));
        MEC_TRY(find_distribution(model, at, distribution, &p->distribution, err));
        p->kind = p->distribution < 0 ? MEC_PARAMETER_SECTION : MEC_PARAMETER_RANGE;
    }
done:
    return st;
}

static mec_status add_mechanism(mec_emodel *model, const mec_json *at,
                                const char *suffix, const char *where, bool stochastic,
                                mec_err *err)
{
    mec_emodel_mechanism *m = emodel_add_mechanism(model);
    mec_status st;

    if (m == NULL) {
        return emodel_no_memory(err);
    }
    m->suffix = suffix;
    m->name = mec_arena_printf(model->arena, "%s.%s", suffix, where);
    m->deterministic = !stochastic;
    m->origin = emodel_origin(at);
    MEC_TRY(need_lists(at, where, &m->lists, err));
    st = m->name == NULL ? emodel_no_memory(err) : MEC_OK;
done:
    return st;
}

/* A step distribution takes its hot spot from the morphology, by a rule that is
 * BluePyEModel's own. */
static mec_status add_distribution(mec_emodel *model, const mec_json *at,
                                   const char *name, const char *text, mec_err *err)
{
    double soma_x = 0.5;
    mec_status st;

    if (strcmp(name, "uniform") == 0) {
        return MEC_OK;
    }
    if (strcmp(name, "step") == 0) {
        return emodel_complain(at, err, "distribution \"step\" is not supported");
    }
    MEC_TRY(emodel_get_number(at, "soma_ref_location", &soma_x, err));
    st = emodel_add_distribution(model, at, name, text, emodel_get(at, "parameters"),
                                 soma_x, err);
done:
    return st;
}

/* The list form: mechanisms, distributions and parameters are lists of objects. */
static mec_status read_list_distributions(mec_emodel *model, const mec_json *list,
                                          mec_err *err)
{
    const char *name, *text;
    mec_status st = MEC_OK;

    for (size_t i = 0; list != NULL && i < list->n; i++) {
        MEC_TRY(mec_json_need_string(list->item[i], "name", &name, err));
        MEC_TRY(mec_json_need_string(list->item[i], "function", &text, err));
        MEC_TRY(add_distribution(model, list->item[i], name, text, err));
    }
done:
    return st;
}

static mec_status read_list_parameters(mec_emodel *model, const mec_json *list,
                                       mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < list->n; i++) {
        const mec_json *at = list->item[i];
        const char *name, *where, *distribution = NULL;

        MEC_TRY(mec_json_need_string(at, "name", &name, err));
        MEC_TRY(mec_json_need_string(at, "location", &where, err));
        MEC_TRY(emodel_get_string(at, "distribution", &distribution, err));
        MEC_TRY(emodel_get_string(at, "dist", &distribution, err));
        MEC_TRY(add_parameter(model, at, name, where, mec_json_get(at, "value"),
                              distribution, err));
    }
done:
    return st;
}

static mec_status read_list_mechanisms(mec_emodel *model, const mec_json *list,
                                       mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < list->n; i++) {
        const mec_json *at = list->item[i];
        const char *name, *where;
        bool stochastic;

        MEC_TRY(mec_json_need_string(at, "name", &name, err));
        MEC_TRY(mec_json_need_string(at, "location", &where, err));
        stochastic = strstr(name, "Stoch") != NULL;
        MEC_TRY(emodel_get_bool(at, "stochastic", &stochastic, err));
        MEC_TRY(add_mechanism(model, at, name, where, stochastic, err));
    }
done:
    return st;
}

/* The older form: everything by section list. */
static mec_status read_object_mechanisms(mec_emodel *model, const mec_json *lists,
                                         mec_err *err)
{
    const mec_json *suffixes;
    mec_status st = MEC_OK;

    for (size_t i = 0; i < lists->n; i++) {
        const mec_json *list = lists->item[i];

        MEC_TRY(mec_json_need(list, "mech", MEC_JSON_ARRAY, &suffixes, err));
        MEC_TRY(emodel_check_strings(suffixes, err));
        for (size_t k = 0; k < suffixes->n; k++) {
            const char *suffix = suffixes->item[k]->string;

            MEC_TRY(add_mechanism(model, suffixes->item[k], suffix, list->key,
                                  strstr(suffix, "Stoch") != NULL, err));
        }
    }
done:
    return st;
}

static mec_status read_object_parameters(mec_emodel *model, const mec_json *places,
                                         mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < places->n; i++) {
        const mec_json *place = places->item[i];

        for (size_t k = 0; strcmp(place->key, "__comment") != 0 && k < place->n; k++) {
            const mec_json *at = place->item[k];
            const char *name, *distribution = NULL;

            MEC_TRY(mec_json_need_string(at, "name", &name, err));
            MEC_TRY(emodel_get_string(at, "dist", &distribution, err));
            MEC_TRY(add_parameter(model, at, name, place->key, mec_json_get(at, "val"),
                                  distribution, err));
        }
    }
done:
    return st;
}

static mec_status read_objects(mec_emodel *model, const mec_json *root, mec_err *err)
{
    const mec_json *mechanisms, *distributions, *parameters;
    const char *text;
    mec_status st;

    MEC_TRY(mec_json_need(root, "mechanisms", MEC_JSON_OBJECT, &mechanisms, err));
    MEC_TRY(mec_json_need(root, "distributions", MEC_JSON_OBJECT, &distributions, err));
    MEC_TRY(mec_json_need(root, "parameters", MEC_JSON_OBJECT, &parameters, err));
    for (size_t i = 0; i < distributions->n; i++) {
        MEC_TRY(mec_json_need_string(distributions->item[i], "fun", &text, err));
        MEC_TRY(add_distribution(model, distributions->item[i],
                                 distributions->item[i]->key, text, err));
    }
    MEC_TRY(read_object_mechanisms(model, mechanisms, err));
    MEC_TRY(read_object_parameters(model, parameters, err));
done:
    return st;
}

static mec_status read_parameters(mec_emodel *model, const mec_json *root, mec_err *err)
{
    const mec_json *mechanisms = emodel_get(root, "mechanisms");
    const mec_json *parameters;
    mec_status st;

    if (mechanisms == NULL || mechanisms->type != MEC_JSON_ARRAY) {
        return read_objects(model, root, err);
    }
    MEC_TRY(mec_json_need(root, "parameters", MEC_JSON_ARRAY, &parameters, err));
    MEC_TRY(read_list_distributions(model, emodel_get(root, "distributions"), err));
    MEC_TRY(read_list_mechanisms(model, mechanisms, err));
    MEC_TRY(read_list_parameters(model, parameters, err));
done:
    return st;
}

/* morph_modifiers: a name, or a list with one; none means the tapered axon. */
static mec_status read_modifiers(mec_emodel *model, const mec_json *recipe,
                                 mec_err *err)
{
    const mec_json *modifiers = emodel_get(recipe, "morph_modifiers");
    const char *name = "replace_axon_with_taper";

    if (modifiers != NULL && modifiers->type == MEC_JSON_ARRAY) {
        if (modifiers->n == 0) {
            model->axon = MEC_TREAT_AXON_KEEP;
            return MEC_OK;
        }
        if (modifiers->n > 1) {
            return emodel_complain(
                modifiers, err, "more than one morphology modifier is not supported");
        }
        modifiers = modifiers->item[0];
    }
    if (modifiers != NULL && modifiers->type == MEC_JSON_STRING) {
        name = modifiers->string;
    } else if (modifiers != NULL && modifiers->type != MEC_JSON_NULL) {
        return emodel_complain(modifiers, err,
                               "a morphology modifier in Python is not supported");
    }
    if (strcmp(name, "bluepyopt_replace_axon") == 0) {
        model->axon = MEC_TREAT_AXON_BLUEPYOPT;
    } else if (strcmp(name, "replace_axon_with_taper") == 0) {
        model->axon = MEC_TREAT_AXON_TAPER_3;
    } else {
        return emodel_complain(modifiers, err,
                               "morphology modifier \"%s\" is not supported", name);
    }
    return MEC_OK;
}

static mec_status find_settings(mec_emodel *model, const mec_json *recipe,
                                const mec_json **out, mec_err *err)
{
    *out = emodel_get(recipe, "pipeline_settings");
    if (*out != NULL && (*out)->type == MEC_JSON_STRING) {
        return emodel_read_document(model, (*out)->string, out, err);
    }
    return MEC_OK;
}

static mec_status read_settings(mec_emodel *model, const mec_json *settings,
                                mec_err *err)
{
    double dt = 0;
    mec_status st;

    model->seed_from_parameters = true;
    if (settings == NULL) {
        return MEC_OK;
    }
    MEC_TRY(emodel_get_number(settings, "neuron_dt", &dt, err));
    MEC_TRY(emodel_get_number(settings, "cvode_minstep", &model->minstep_ms, err));
    MEC_TRY(emodel_get_bool(settings, "use_params_for_seed",
                            &model->seed_from_parameters, err));
    if (dt > 0) {
        model->cvode_active = false;
        model->dt_ms = dt;
    }
done:
    return st;
}

mec_status emodel_read_bluepyemodel(mec_emodel *model, mec_err *err)
{
    const mec_json *recipes, *recipe, *settings, *root;
    const char *path;
    const char *key;
    mec_status st;

    MEC_TRY(emodel_read_document(model, "config/recipes.json", &recipes, err));
    recipe = mec_json_get(recipes, model->name);
    if (recipe == NULL) {
        return emodel_complain(recipes, err, "no recipe for e-model \"%s\"",
                               model->name);
    }
    model->nseg_chunk_um = 40;
    model->stop_on_none = true;
    MEC_TRY(read_modifiers(model, recipe, err));
    MEC_TRY(find_settings(model, recipe, &settings, err));
    MEC_TRY(read_settings(model, settings, err));
    key = emodel_get(recipe, "parameters") != NULL ? "parameters" : "params";
    MEC_TRY(mec_json_need_string(recipe, key, &path, err));
    MEC_TRY(emodel_read_document(model, path, &root, err));
    MEC_TRY(read_parameters(model, root, err));
    MEC_TRY(mec_json_need_string(recipe, "features", &path, err));
    MEC_TRY(emodel_read_document(model, path, &root, err));
    if (emodel_get(root, "efeatures") == NULL ||
        emodel_get(root, "protocols") == NULL) {
        return emodel_complain(
            root, err,
            "targets without \"efeatures\" and \"protocols\" (the older "
            "form) need BluePyEModel's searches, which are not "
            "supported");
    }
    st = emodel_read_bluepyemodel_targets(model, root, settings, err);
done:
    return st;
}
