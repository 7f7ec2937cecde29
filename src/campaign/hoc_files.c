/* One HOC template per selected me-combination: BluePyMM's legacy create_hoc_files,
 * without L1 (BLUEPYMM.md A.9, A.10). */

#include "config_priv.h"
#include "csv_priv.h"
#include "hoc_priv.h"
#include "say_priv.h"

#include <mecombo/campaign.h>
#include <mecombo/path.h>

#include <ctype.h>
#include <string.h>

typedef struct hoc_job {
    mec_arena *arena;
    hoc_config config;
    csv_file combos;
    const mec_json *final;
    const mec_json *emodel_dirs; /* beside final.json; NULL: none */
} hoc_job;

/* A path below the configuration's folder if it exists there, else as it is. */
static const char *resolve(mec_arena *arena, const char *conf, const char *path)
{
    const char *folder = mec_path_dirname(arena, conf);
    const char *joined = folder == NULL ? NULL : mec_path_join(arena, folder, path);

    return joined != NULL && mec_path_exists(joined) ? joined : path;
}

/* The parameters of an e-model of the campaign. final.json knows original names: where
 * they differ, emodel_dirs.json tells which of them share the package. */
static mec_status find_params(const hoc_job *job, const char *emodel,
                              const mec_json **out, mec_err *err)
{
    const mec_json *final = mec_json_get(job->final, emodel);
    const mec_json *dir = mec_json_get(job->emodel_dirs, emodel);
    size_t n = 0;

    for (size_t i = 0; final == NULL && dir != NULL && i < job->emodel_dirs->n; i++) {
        const mec_json *other = job->emodel_dirs->item[i];
        const mec_json *candidate = mec_json_get(job->final, other->key);

        if (candidate != NULL && other->string != NULL && dir->string != NULL &&
            strcmp(other->string, dir->string) == 0) {
            *out = mec_json_get(candidate, "params");
            n++;
        }
    }
    if (final != NULL) {
        *out = mec_json_get(final, "params");
        n = 1;
    }
    if (n != 1 || *out == NULL || (*out)->type != MEC_JSON_OBJECT) {
        return mec_fail(err, MEC_E_INPUT, "%s: %s params for e-model %s (%s)",
                        job->config.final_json_path, n > 1 ? "several" : "no", emodel,
                        n > 1 ? "two originals share one mm_recipe"
                              : "use the final.json of the campaign's output_dir");
    }
    return MEC_OK;
}

static bool is_template_name(const char *name)
{
    bool good = isalpha((unsigned char)name[0]);

    for (const char *c = name; *c != '\0'; c++) {
        good = good && (isalnum((unsigned char)*c) || *c == '_');
    }
    return good;
}

static mec_status write_one(hoc_job *job, const csv_row *row, const int column[3],
                            mec_err *err)
{
    hoc_request request = {.emodel = row->field[column[0]],
                           .name = row->field[column[1]]};
    mec_status st = MEC_OK;

    request.morphology = mec_arena_printf(job->arena, "%s.asc", row->field[column[2]]);
    request.package =
        mec_path_join(job->arena, job->config.emodels_tmp_dir, request.emodel);
    if (request.morphology == NULL || request.package == NULL) {
        return mec_no_memory(err);
    }
    if (!is_template_name(request.name)) {
        return mec_fail(
            err, MEC_E_INPUT,
            "%s:%d: combo_name \"%s\" cannot name a NEURON template (select "
            "with make_names_neuron_compliant)",
            job->combos.path, row->line, request.name);
    }
    say("Working on combination %s", request.name);
    MEC_TRY(find_params(job, request.emodel, &request.params, err));
    MEC_TRY(hoc_write(job->arena, &request, job->config.hoc_output_dir, err));
done:
    return st;
}

static mec_status write_all(hoc_job *job, mec_err *err)
{
    static const char *const names[] = {"emodel", "combo_name", "morph_name"};
    int column[3];
    mec_status st = MEC_OK;

    for (int k = 0; k < 3; k++) {
        column[k] = csv_column(&job->combos, names[k]);
        if (column[k] < 0) {
            return mec_fail(
                err, MEC_E_INPUT,
                "%s:1: no column %s (give the mecombo_emodel.tsv of select)",
                job->combos.path, names[k]);
        }
    }
    MEC_TRY(mec_make_directories(job->config.hoc_output_dir, err));
    for (size_t i = 1; i < job->combos.n; i++) {
        const csv_row *row = &job->combos.row[i];

        if (row->n != job->combos.row[0].n) {
            st = mec_fail(err, MEC_E_INPUT, "%s:%d: %zu fields, the header has %zu",
                          job->combos.path, row->line, row->n, job->combos.row[0].n);
            goto done;
        }
        MEC_TRY(write_one(job, row, column, err));
    }
done:
    return st;
}

mec_status mec_campaign_hoc(const char *conf, mec_err *err)
{
    hoc_job job = {.arena = mec_arena_new()};
    hoc_config *c = &job.config;
    mec_status st = job.arena == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(config_read_hoc(job.arena, conf, c, err));
    hoc_warn_template(c->root);
    c->mecombo_emodel_filename = resolve(job.arena, conf, c->mecombo_emodel_filename);
    c->final_json_path = resolve(job.arena, conf, c->final_json_path);
    c->emodels_tmp_dir = resolve(job.arena, conf, c->emodels_tmp_dir);
    c->hoc_output_dir = resolve(job.arena, conf, c->hoc_output_dir);
    MEC_TRY(csv_read(job.arena, c->mecombo_emodel_filename,
                     mec_ends_with(c->mecombo_emodel_filename, ".csv") ? ',' : '\t',
                     &job.combos, err));
    MEC_TRY(mec_json_read(job.arena, c->final_json_path, &job.final, err));
    const char *folder = mec_path_dirname(job.arena, c->final_json_path);
    const char *dirs =
        folder == NULL ? NULL : mec_path_join(job.arena, folder, "emodel_dirs.json");
    if (dirs != NULL && mec_path_exists(dirs)) {
        MEC_TRY(mec_json_read(job.arena, dirs, &job.emodel_dirs, err));
    }
    MEC_TRY(write_all(&job, err));
done:
    mec_arena_free(job.arena);
    return st;
}
