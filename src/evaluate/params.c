/* Fitting parameters into a model, with BluePyOpt's rules: a name that is not there, is
 * frozen or whose value lies outside its bounds is an exception of the combination.
 */

#include "evaluate_priv.h"

#include <mecombo/path.h>

#include <stdlib.h>
#include <string.h>

/* Python's str() of a number: integers stay integers. */
static const char *python_text(mec_arena *arena, double value, bool is_integer)
{
    char text[32];

    if (is_integer) {
        return mec_arena_printf(arena, "%.0f", value);
    }
    mec_double_repr(value, text);
    return mec_arena_strdup(arena, text);
}

static mec_status bind_frozen(evaluation *e, mec_err *err)
{
    for (size_t i = 0; i < e->model->n_parameter; i++) {
        const mec_emodel_parameter *p = &e->model->parameter[i];
        bound_parameter *b = &e->bound[i];

        b->known = p->frozen;
        b->value = p->value;
        b->text = p->frozen ? python_text(e->arena, p->value, p->is_integer) : NULL;
        if (p->frozen && b->text == NULL) {
            return mec_no_memory(err);
        }
    }
    return MEC_OK;
}

static bool is_integer(const mec_json *number)
{
    return number->string != NULL &&
           strspn(number->string, "-0123456789") == strlen(number->string);
}

static mec_status unknown_name(evaluation *e, const char *name, mec_err *err)
{
    const mec_emodel *m = e->model;
    const char **names = mec_arena_calloc(e->arena, m->n_parameter, sizeof *names);
    const char *nearest = NULL;

    if (names != NULL) {
        for (size_t i = 0; i < m->n_parameter; i++) {
            names[i] = m->parameter[i].name;
        }
        nearest = mec_nearest_name(name, m->n_parameter, names);
    }
    return mec_fail(err, MEC_E_INPUT, "parameter \"%s\" is not in e-model %s%s%s%s",
                    name, m->name, nearest != NULL ? "; did you mean \"" : "",
                    nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
}

static mec_status bind_one(evaluation *e, const mec_json *param, mec_err *err)
{
    int32_t i = mec_emodel_find_parameter(e->model, param->key);
    const mec_emodel_parameter *p;
    bound_parameter *b;

    if (i < 0) {
        return unknown_name(e, param->key, err);
    }
    p = &e->model->parameter[i];
    b = &e->bound[i];
    if (param->type != MEC_JSON_NUMBER) {
        return mec_fail(err, MEC_E_INPUT, "parameter \"%s\" is %s, not a number",
                        param->key, mec_json_type_name(param->type));
    }
    if (p->frozen) {
        return mec_fail(err, MEC_E_INPUT, "parameter \"%s\" is frozen at %.17g (%s:%d)",
                        p->name, p->value, p->origin.file, p->origin.line);
    }
    if (p->has_bounds && !(p->lower <= param->number && param->number <= p->upper)) {
        return mec_fail(
            err, MEC_E_INPUT,
            "parameter \"%s\" is %.17g, outside of its bounds [%.17g, %.17g] "
            "(%s:%d)",
            p->name, param->number, p->lower, p->upper, p->origin.file, p->origin.line);
    }
    b->known = true;
    b->value = param->number;
    b->text = python_text(e->arena, param->number, is_integer(param));
    return b->text == NULL ? mec_no_memory(err) : MEC_OK;
}

/* A distribution's parameter matters only where the distribution is used. */
static bool is_needed(const mec_emodel *m, const mec_emodel_parameter *p)
{
    if (p->kind != MEC_PARAMETER_DISTRIBUTION) {
        return true;
    }
    for (size_t i = 0; i < m->n_parameter; i++) {
        if (m->parameter[i].kind == MEC_PARAMETER_RANGE &&
            m->parameter[i].distribution == p->distribution) {
            return true;
        }
    }
    return false;
}

static mec_status check_all_known(const evaluation *e, mec_err *err)
{
    for (size_t i = 0; i < e->model->n_parameter; i++) {
        const mec_emodel_parameter *p = &e->model->parameter[i];

        if (!e->bound[i].known && is_needed(e->model, p)) {
            return mec_fail(err, MEC_E_INPUT,
                            "parameter \"%s\" has no value (give it in final.json)",
                            p->name);
        }
    }
    return MEC_OK;
}

mec_status params_bind(evaluation *e, const mec_json *params, mec_err *err)
{
    mec_status st = MEC_OK;

    e->bound = mec_arena_calloc(e->arena, e->model->n_parameter, sizeof *e->bound);
    if (e->bound == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(bind_frozen(e, err));
    if (params != NULL && params->type != MEC_JSON_OBJECT) {
        return mec_fail(err, MEC_E_INPUT, "parameters must be an object, not %s",
                        mec_json_type_name(params->type));
    }
    for (size_t i = 0; params != NULL && i < params->n; i++) {
        MEC_TRY(bind_one(e, params->item[i], err));
    }
    st = check_all_known(e, err);
done:
    return st;
}

/* The name of an e-model in final.json: its own, or the one that the e-model map gives. */
static const mec_json *find_entry(const mec_json *final, const mec_json *map,
                                  const char *name)
{
    bool has_map = map != NULL && map->type == MEC_JSON_OBJECT;

    for (size_t i = 0; has_map && i < map->n; i++) {
        const mec_json *recipe = mec_json_get(map->item[i], "mm_recipe");

        if (recipe != NULL && recipe->type == MEC_JSON_STRING &&
            strcmp(recipe->string, name) == 0) {
            return mec_json_get(final, map->item[i]->key);
        }
    }
    return mec_json_get(final, name);
}

mec_status params_find_own(evaluation *e, const mec_json **out, mec_err *err)
{
    const char *final_path = mec_path_join(e->arena, e->model->directory, "final.json");
    const char *map_path =
        mec_path_join(e->arena, e->model->directory, "emodel_etype_map.json");
    const mec_json *final, *map = NULL, *entry;
    mec_status st = MEC_OK;

    *out = NULL;
    if (final_path == NULL || map_path == NULL) {
        return mec_no_memory(err);
    }
    if (!mec_path_exists(final_path)) {
        return MEC_OK;
    }
    MEC_TRY(mec_json_read(e->arena, final_path, &final, err));
    if (mec_path_exists(map_path)) {
        MEC_TRY(mec_json_read(e->arena, map_path, &map, err));
    }
    entry = find_entry(final, map, e->model->name);
    if (entry != NULL) {
        *out = mec_json_get(entry, "params");
    }
done:
    return st;
}
