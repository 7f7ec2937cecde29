/* Recognising the form of a package. */

#include <mecombo/emodel.h>
#include <mecombo/path.h>

#include "emodel_priv.h"

#include <string.h>

char *mec_emodel_mod_directory(mec_arena *arena, const char *directory)
{
    return mec_path_join(arena, directory, "mechanisms");
}

char *mec_emodel_built_directory(mec_arena *arena, const char *directory)
{
    return mec_path_join(arena, directory, "mecombo_mechanisms");
}

mec_status emodel_read_document(mec_emodel *model, const char *relative,
                                const mec_json **out, mec_err *err)
{
    const char *path = mec_path_join(model->arena, model->directory, relative);
    const char **slot = EMODEL_PUSH(model->arena, &model->file, &model->n_file);

    if (path == NULL || slot == NULL) {
        return emodel_no_memory(err);
    }
    *slot = relative;
    return mec_json_read(model->arena, path, out, err);
}

typedef struct form {
    const char *file; /* whose presence tells */
    mec_package_form form;
    mec_status (*read)(mec_emodel *model, mec_err *err);
} form;

static const form forms[] = {
    {"setup/emodel.json", MEC_PACKAGE_OWN, emodel_read_own},
    {"config/recipes/recipes.json", MEC_PACKAGE_SSCX, emodel_read_sscx},
    {"config/recipes.json", MEC_PACKAGE_BLUEPYEMODEL, emodel_read_bluepyemodel},
    {"config/parameters.json", MEC_PACKAGE_L5PC, emodel_read_l5pc},
};

static mec_status not_recognised(const mec_emodel *model, mec_err *err)
{
    const char *python =
        mec_path_join(model->arena, model->directory, "setup/evaluator.py");

    if (!mec_path_is_directory(model->directory)) {
        return mec_fail(err, MEC_E_IO, "%s: no such e-model package", model->directory);
    }
    if (python != NULL && mec_path_exists(python)) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: the package is described in Python only (write its "
                        "setup/emodel.json with scripts/export_emodel.py)",
                        python);
    }
    return mec_fail(err, MEC_E_INPUT,
                    "%s: not an e-model package (one of setup/emodel.json, "
                    "config/recipes/recipes.json, config/recipes.json or "
                    "config/parameters.json must exist)",
                    model->directory);
}

static mec_status read_package(mec_emodel *model, mec_err *err)
{
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        const char *path = mec_path_join(model->arena, model->directory, forms[i].file);

        if (path == NULL) {
            return emodel_no_memory(err);
        }
        if (mec_path_exists(path)) {
            model->form = forms[i].form;
            return forms[i].read(model, err);
        }
    }
    return not_recognised(model, err);
}

mec_status mec_emodel_load(const char *directory, const char *name, mec_emodel **out,
                           mec_err *err)
{
    mec_arena *arena = mec_arena_new();
    mec_emodel *model = arena == NULL ? NULL : mec_arena_alloc(arena, sizeof *model);
    mec_status st;

    *out = NULL;
    if (model == NULL) {
        mec_arena_free(arena);
        return emodel_no_memory(err);
    }
    model->arena = arena;
    model->directory = mec_arena_strdup(arena, directory);
    model->name = mec_arena_strdup(arena, name);
    model->cvode_active = true;
    model->dt_ms = 0.025;
    if (model->directory == NULL || model->name == NULL) {
        st = emodel_no_memory(err);
    } else {
        st = read_package(model, err);
    }
    if (st == MEC_OK) {
        *out = model;
    } else {
        mec_arena_free(arena);
    }
    return st;
}
