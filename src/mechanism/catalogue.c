/* The mechanisms that an e-model can use: built-ins and loaded objects. */

#include "mechanism_priv.h"

#include <mecombo/json.h>
#include <mecombo/path.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

struct mec_catalogue {
    mec_arena *arena;
    int32_t n;
    const mec_mechanism_desc **desc;
    void **handle; /* [n] NULL for built-ins */
};

static mec_status load_object(mec_catalogue *catalogue, const char *path, mec_err *err)
{
    void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    mec_mechanism_entry entry = NULL;
    const mec_mechanism_desc *desc;
    void *symbol;

    if (handle == NULL) {
        return mec_fail(err, MEC_E_INPUT, "%s: cannot be loaded: %s (build it again)",
                        path, dlerror());
    }
    symbol = dlsym(handle, MEC_MECHANISM_ENTRY);
    if (symbol != NULL) {
        memcpy(&entry, &symbol, sizeof entry);
    }
    desc = entry == NULL ? NULL : entry(mechanism_host());
    if (desc == NULL) {
        (void)dlclose(handle);
        return mec_fail(err, MEC_E_INPUT,
                        "%s: is not a mechanism of this version of mecombo (build it "
                        "again)",
                        path);
    }
    catalogue->desc[catalogue->n] = desc;
    catalogue->handle[catalogue->n] = handle;
    catalogue->n++;
    return MEC_OK;
}

static mec_status load_folder(mec_catalogue *catalogue, const char *out_dir,
                              const mec_json *list, mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < list->n; i++) {
        const char *object = NULL, *path;
        MEC_TRY(mec_json_need_string(list->item[i], "object", &object, err));
        path = mec_path_join(catalogue->arena, out_dir, object);
        path = path == NULL ? NULL : mec_path_absolute(catalogue->arena, path);
        if (path == NULL) {
            st = mec_no_memory(err);
            goto done;
        }
        MEC_TRY(load_object(catalogue, path, err));
    }
done:
    return st;
}

static mec_status load_all(mec_catalogue *catalogue, const char *out_dir, mec_err *err)
{
    mec_status st = MEC_OK;
    const mec_json *list = NULL;
    size_t n = MECHANISM_N_BUILTIN;

    if (out_dir != NULL) {
        const char *path = mec_path_join(catalogue->arena, out_dir, "mechanisms.json");
        if (path == NULL) {
            return mec_no_memory(err);
        }
        MEC_TRY(mec_json_read(catalogue->arena, path, &list, err));
        if (list->type != MEC_JSON_ARRAY) {
            st = mec_fail(err, MEC_E_INPUT, "%s: expected an array", path);
            goto done;
        }
        n += list->n;
    }
    catalogue->desc = mec_arena_calloc(catalogue->arena, n, sizeof *catalogue->desc);
    catalogue->handle =
        mec_arena_calloc(catalogue->arena, n, sizeof *catalogue->handle);
    if (catalogue->desc == NULL || catalogue->handle == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    for (int32_t i = 0; i < MECHANISM_N_BUILTIN; i++) {
        catalogue->desc[catalogue->n++] = mechanism_builtin[i](mechanism_host());
    }
    if (list != NULL) {
        MEC_TRY(load_folder(catalogue, out_dir, list, err));
    }
done:
    return st;
}

mec_status mec_catalogue_load(const char *out_dir, mec_catalogue **out, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_catalogue *catalogue = calloc(1, sizeof *catalogue);

    *out = NULL;
    if (catalogue != NULL) {
        catalogue->arena = mec_arena_new();
    }
    if (catalogue == NULL || catalogue->arena == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(load_all(catalogue, out_dir, err));
    *out = catalogue;
    catalogue = NULL;
done:
    mec_catalogue_free(catalogue);
    return st;
}

void mec_catalogue_free(mec_catalogue *catalogue)
{
    if (catalogue == NULL) {
        return;
    }
    for (int32_t i = 0; i < catalogue->n; i++) {
        if (catalogue->handle[i] != NULL) {
            (void)dlclose(catalogue->handle[i]);
        }
    }
    mec_arena_free(catalogue->arena);
    free(catalogue);
}

int32_t mec_catalogue_count(const mec_catalogue *catalogue)
{
    return catalogue->n;
}

const mec_mechanism_desc *mec_catalogue_get(const mec_catalogue *catalogue, int32_t i)
{
    return catalogue->desc[i];
}

bool mec_catalogue_is_builtin(const mec_catalogue *catalogue, int32_t i)
{
    return catalogue->handle[i] == NULL;
}

const mec_mechanism_desc *mec_catalogue_find(const mec_catalogue *catalogue,
                                             const char *suffix)
{
    for (int32_t i = 0; i < catalogue->n; i++) {
        if (strcmp(catalogue->desc[i]->name, suffix) == 0) {
            return catalogue->desc[i];
        }
    }
    return NULL;
}
