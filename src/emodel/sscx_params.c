/* Mechanisms, distributions and parameters of the SSCx form (params/<name>.json). */

#include <mecombo/emodel.h>

#include "emodel_priv.h"

#include <string.h>

static bool is_comment(const mec_json *item)
{
    return strcmp(item->key, "__comment") == 0;
}

static mec_status need_lists(const mec_json *at, const char *name, unsigned *bits,
                             mec_err *err)
{
    *bits = emodel_multi_list_bits(name);
    return *bits != 0 ? MEC_OK
                      : emodel_complain(
                            at, err,
                            "\"%s\" is no section list (use all, somatic, basal, "
                            "apical, axonal, myelinated, alldend, somadend, somaxon "
                            "or allact)",
                            name);
}

static mec_status read_mechanisms(mec_emodel *model, const mec_json *lists,
                                  mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < lists->n; i++) {
        const mec_json *list = lists->item[i];
        const mec_json *suffixes;
        unsigned bits;

        if (is_comment(list)) {
            continue;
        }
        MEC_TRY(need_lists(list, list->key, &bits, err));
        MEC_TRY(mec_json_need(list, "mech", MEC_JSON_ARRAY, &suffixes, err));
        MEC_TRY(emodel_check_strings(suffixes, err));
        for (size_t k = 0; k < suffixes->n; k++) {
            mec_emodel_mechanism *m = emodel_add_mechanism(model);

            if (m == NULL) {
                return emodel_no_memory(err);
            }
            m->suffix = suffixes->item[k]->string;
            m->name = mec_arena_printf(model->arena, "%s.%s", m->suffix, list->key);
            m->lists = bits;
            m->origin = emodel_origin(suffixes->item[k]);
            if (m->name == NULL) {
                return emodel_no_memory(err);
            }
        }
    }
done:
    return st;
}

static mec_status read_distributions(mec_emodel *model, const mec_json *all,
                                     mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < all->n; i++) {
        const mec_json *item = all->item[i];
        const char *text;

        if (is_comment(item)) {
            continue;
        }
        MEC_TRY(mec_json_need_string(item, "fun", &text, err));
        MEC_TRY(emodel_add_distribution(model, item, item->key, text,
                                        emodel_get(item, "parameters"), 0.5, err));
    }
done:
    return st;
}

/* "uniform" is always there, unless the file defines its own. */
static mec_status need_distribution(const mec_emodel *model, const mec_json *at,
                                    const char *name, int32_t *out, mec_err *err)
{
    *out = emodel_find_distribution(model, name);
    if (*out < 0 && strcmp(name, "uniform") != 0) {
        return emodel_complain(at, err, "there is no distribution \"%s\"", name);
    }
    return MEC_OK;
}

static mec_status read_value(const mec_json *at, mec_emodel_parameter *p, mec_err *err)
{
    const mec_json *val = mec_json_get(at, "val");

    if (val != NULL && val->type == MEC_JSON_NUMBER) {
        p->frozen = true;
        p->value = val->number;
        p->is_integer = emodel_is_integer(val);
        return MEC_OK;
    }
    if (val == NULL || val->type != MEC_JSON_ARRAY || val->n != 2 ||
        val->item[0]->type != MEC_JSON_NUMBER ||
        val->item[1]->type != MEC_JSON_NUMBER) {
        return emodel_complain(val != NULL ? val : at, err,
                               "\"val\" must be a number or [lower, upper]");
    }
    p->has_bounds = true;
    p->lower = val->item[0]->number;
    p->upper = val->item[1]->number;
    return MEC_OK;
}

static mec_status read_parameter(mec_emodel *model, const char *where,
                                 const mec_json *at, mec_err *err)
{
    const char *variable, *dist = NULL;
    const char *name;
    bool is_global = strcmp(where, "global") == 0;
    const char *of_distribution = strstr(where, "distribution_");
    mec_emodel_parameter *p;
    mec_status st;

    MEC_TRY(mec_json_need_string(at, "name", &variable, err));
    MEC_TRY(emodel_get_string(at, "dist", &dist, err));
    name =
        is_global ? variable : mec_arena_printf(model->arena, "%s.%s", variable, where);
    p = name == NULL ? NULL : emodel_set_parameter(model, name);
    if (p == NULL) {
        return emodel_no_memory(err);
    }
    p->variable = variable;
    p->origin = emodel_origin(at);
    MEC_TRY(read_value(at, p, err));
    if (is_global) {
        p->kind = MEC_PARAMETER_GLOBAL;
    } else if (of_distribution != NULL) {
        p->kind = MEC_PARAMETER_DISTRIBUTION;
        st = need_distribution(model, at, of_distribution + strlen("distribution_"),
                               &p->distribution, err);
    } else {
        p->kind = dist == NULL ? MEC_PARAMETER_SECTION : MEC_PARAMETER_RANGE;
        MEC_TRY(need_lists(at, where, &p->lists, err));
        if (dist != NULL) {
            st = need_distribution(model, at, dist, &p->distribution, err);
        }
    }
done:
    return st;
}

static mec_status read_parameters(mec_emodel *model, const mec_json *places,
                                  mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < places->n; i++) {
        const mec_json *place = places->item[i];

        if (is_comment(place)) {
            continue;
        }
        if (place->type != MEC_JSON_ARRAY) {
            return emodel_complain(place, err, "\"%s\" must be a list of parameters",
                                   place->key);
        }
        for (size_t k = 0; k < place->n; k++) {
            MEC_TRY(read_parameter(model, place->key, place->item[k], err));
        }
    }
done:
    return st;
}

mec_status emodel_read_sscx_params(mec_emodel *model, const mec_json *root,
                                   mec_err *err)
{
    const mec_json *mechanisms, *distributions, *parameters;
    mec_status st;

    MEC_TRY(mec_json_need(root, "mechanisms", MEC_JSON_OBJECT, &mechanisms, err));
    MEC_TRY(mec_json_need(root, "distributions", MEC_JSON_OBJECT, &distributions, err));
    MEC_TRY(mec_json_need(root, "parameters", MEC_JSON_OBJECT, &parameters, err));
    MEC_TRY(read_mechanisms(model, mechanisms, err));
    MEC_TRY(read_distributions(model, distributions, err));
    MEC_TRY(read_parameters(model, parameters, err));
done:
    return st;
}
