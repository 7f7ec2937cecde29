/* Content keys: what decides a result, as a digest. */

#include "evaluate_priv.h"

#include <mecombo/digest.h>
#include <mecombo/path.h>

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

mec_status key_of_file(const char *path, char out[65], mec_err *err)
{
    mec_sha256 sha;
    mec_status st;

    mec_sha256_init(&sha);
    st = mec_sha256_add_file(&sha, path, err);
    if (st == MEC_OK) {
        mec_sha256_hex(&sha, out);
    } else {
        out[0] = '\0';
    }
    return st;
}

/* .mod files and, under any name, what they INCLUDE */
static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* Names and contents of the folder's files, in the order of their names. */
static mec_status add_mechanisms(mec_sha256 *sha, mec_arena *arena, const char *folder,
                                 mec_err *err)
{
    struct dirent **entries;
    int n = scandir(folder, &entries, is_visible, by_name);
    mec_status st = MEC_OK;

    for (int i = 0; i < n; i++) {
        const char *path = mec_path_join(arena, folder, entries[i]->d_name);

        if (st == MEC_OK && path == NULL) {
            st = mec_no_memory(err);
        }
        if (st == MEC_OK && !mec_path_is_directory(path)) {
            mec_sha256_add_string(sha, entries[i]->d_name);
            st = mec_sha256_add_file(sha, path, err);
        }
        free(entries[i]);
    }
    if (n >= 0) {
        free(entries);
    }
    return st;
}

mec_status key_of_package(evaluation *e, mec_err *err)
{
    const mec_emodel *model = e->model;
    const char *folder = mec_emodel_mod_directory(e->arena, model->directory);
    mec_sha256 sha;
    mec_status st = MEC_OK;

    if (folder == NULL) {
        return mec_no_memory(err);
    }
    mec_sha256_init(&sha);
    MEC_TRY(add_mechanisms(&sha, e->arena, folder, err));
    mec_sha256_hex(&sha, e->mechanisms_key);
    mec_sha256_init(&sha);
    for (size_t i = 0; i < model->n_file; i++) {
        const char *path = mec_path_join(e->arena, model->directory, model->file[i]);

        if (path == NULL) {
            return mec_no_memory(err);
        }
        mec_sha256_add_string(&sha, model->file[i]);
        MEC_TRY(mec_sha256_add_file(&sha, path, err));
    }
    mec_sha256_add_string(&sha, e->mechanisms_key);
    mec_sha256_hex(&sha, e->package_key);
done:
    return st;
}

/* The parameters that an evaluation would use. */
static mec_status add_params(evaluation *e, mec_sha256 *sha, mec_err *err)
{
    const mec_json *params = e->job->params;
    mec_text text = MEC_TEXT_INIT;
    mec_status st = MEC_OK;

    if (params == NULL) {
        MEC_TRY(params_find_own(e, &params, err));
    }
    if (params != NULL) {
        mec_json_print(params, &text);
    }
    if (!mec_text_ok(&text)) {
        st = mec_no_memory(err);
    }
    mec_sha256_add_string(sha, mec_text_string(&text));
done:
    mec_text_clear(&text);
    return st;
}

static void add_options(const mec_job *job, mec_sha256 *sha)
{
    mec_job options = {.apical_section = job->apical_section,
                       .free_rounding = job->free_rounding,
                       .seed = job->seed,
                       .dt_ms = job->dt_ms,
                       .atol = job->atol,
                       .n_protocol = job->n_protocol,
                       .protocol = job->protocol,
                       .emodel_dir = "",
                       .emodel = job->emodel};
    mec_text text = MEC_TEXT_INIT;

    mec_job_print(&options, &text);
    mec_sha256_add_string(sha, mec_text_string(&text));
    mec_text_clear(&text);
}

mec_status key_of_job(evaluation *e, mec_err *err)
{
    mec_sha256 sha;
    mec_status st;

    mec_sha256_init(&sha);
    mec_sha256_add_string(&sha, e->package_key);
    mec_sha256_add_string(&sha, mec_path_extension(e->job->morphology));
    mec_sha256_add_string(&sha, e->morphology_key);
    MEC_TRY(add_params(e, &sha, err));
    add_options(e->job, &sha);
    mec_sha256_hex(&sha, e->job_key);
done:
    return st;
}

mec_status mec_job_key(const mec_job *job, char out[65], mec_err *err)
{
    evaluation e = {.job = job, .arena = mec_arena_new()};
    mec_status st;

    out[0] = '\0';
    if (e.arena == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_emodel_load(job->emodel_dir, job->emodel, &e.model, err));
    MEC_TRY(key_of_package(&e, err));
    MEC_TRY(key_of_file(job->morphology, e.morphology_key, err));
    MEC_TRY(key_of_job(&e, err));
    memcpy(out, e.job_key, sizeof e.job_key);
done:
    mec_emodel_free(e.model);
    mec_arena_free(e.arena);
    return st;
}
