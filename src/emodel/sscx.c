/* The form of SSCxEModelExamples: config/recipes/recipes.json names, per e-type, the files
 * of parameters, protocols and features.
 *
 * BluePyMM hands the morphology over with the prefix "mm", so of a recipe only params,
 * protocol, features and use_powertransform matter here.
 */

#include <mecombo/emodel.h>
#include <mecombo/path.h>

#include "emodel_priv.h"

#include <stdlib.h>
#include <string.h>

static mec_status find_recipe(const mec_emodel *model, const mec_json *recipes,
                              const mec_json **out, mec_err *err)
{
    const char **names;
    const char *nearest = NULL;

    *out = mec_json_get(recipes, model->name);
    if (*out != NULL) {
        return MEC_OK;
    }
    names = mec_arena_calloc(model->arena, recipes->n, sizeof *names);
    if (names != NULL && recipes->type == MEC_JSON_OBJECT) {
        for (size_t i = 0; i < recipes->n; i++) {
            names[i] = recipes->item[i]->key;
        }
        nearest = mec_nearest_name(model->name, recipes->n, names);
    }
    return emodel_complain(recipes, err, "no recipe for e-model \"%s\"%s%s%s",
                           model->name, nearest != NULL ? "; did you mean \"" : "",
                           nearest != NULL ? nearest : "",
                           nearest != NULL ? "\"?" : "");
}

static mec_status read_part(mec_emodel *model, const mec_json *recipe, const char *key,
                            const mec_json **out, mec_err *err)
{
    const char *path;
    mec_status st;

    MEC_TRY(mec_json_need_string(recipe, key, &path, err));
    MEC_TRY(emodel_read_document(model, path, out, err));
    if ((*out)->type != MEC_JSON_OBJECT) {
        return emodel_complain(*out, err, "expected an object, not %s",
                               mec_json_type_name((*out)->type));
    }
done:
    return st;
}

mec_status emodel_read_sscx(mec_emodel *model, mec_err *err)
{
    const mec_json *recipes, *recipe, *params, *protocols, *features;
    bool powertransform = false;
    bool has_main;
    mec_status st;

    MEC_TRY(emodel_read_document(model, "config/recipes/recipes.json", &recipes, err));
    MEC_TRY(find_recipe(model, recipes, &recipe, err));
    MEC_TRY(read_part(model, recipe, "params", &params, err));
    MEC_TRY(read_part(model, recipe, "protocol", &protocols, err));
    MEC_TRY(read_part(model, recipe, "features", &features, err));
    MEC_TRY(emodel_get_bool(recipe, "use_powertransform", &powertransform, err));
    model->nseg_chunk_um = 40;
    model->axon = MEC_TREAT_AXON_TAPER;
    model->seed_from_parameters = true;
    model->use_prefix = true;
    has_main = mec_json_get(protocols, "Main") != NULL;
    MEC_TRY(emodel_read_sscx_params(model, params, err));
    MEC_TRY(emodel_read_sscx_protocols(model, protocols, "mm", err));
    MEC_TRY(emodel_read_sscx_features(model, features, "mm", powertransform && has_main,
                                      err));
    if (has_main) {
        MEC_TRY(emodel_read_sscx_main(model, protocols, "mm", err));
    }
done:
    return st;
}
