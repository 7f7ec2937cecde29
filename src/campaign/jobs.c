/* Jobs of a run: parameters, package, morphology and apical point of each row, equal ones
 * put together (BLUEPYMM.md A.7.1, without R1, R6 and R8). */

#include "jobs_priv.h"

#include "apical_priv.h"
#include "say_priv.h"

#include <mecombo/emodel.h>
#include <mecombo/evaluate.h>
#include <mecombo/log.h>
#include <mecombo/map.h>
#include <mecombo/mechanism.h>
#include <mecombo/path.h>
#include <mecombo/vec.h>

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* A job while equal ones are looked for. */
typedef struct draft {
    run_job job;
    mec_job what;
    bool has_key;       /* or could not get one */
    struct draft *next; /* with the same suspicion */
} draft;

typedef struct job_maker {
    mec_arena *arena;
    const run_config *config;
    const mec_run_options *options;
    store *store;
    const mec_json *final;       /* final.json */
    const mec_json *emodel_dirs; /* emodel_dirs.json */
    const char *first_morph_dir;
    mec_map *checked; /* folders of packages that can be loaded */
    mec_map *apical;  /* morph_dir -> mec_json of its apical points; NULL: no file */
    mec_map *wants_apical; /* "dir\x1fe-model" -> non-NULL when it records there */
    mec_map *by_identity;  /* what makes jobs obviously equal -> draft */
    mec_map *suspects;     /* what equal jobs must share, cheaply told -> first draft */
    mec_map *by_key;       /* content key -> draft */
    mec_map *params_id;    /* params object, by address -> params text, interned */
    mec_map *params_text;  /* the texts */
    int64_t n_without_apical;
    MEC_VEC(draft *) jobs;
    MEC_VEC(mec_pool_job) bytes;
} job_maker;

static mec_status read_output(job_maker *m, const char *name, const mec_json **out,
                              mec_err *err)
{
    const char *path = mec_path_join(m->arena, m->config->output_dir, name);

    if (path == NULL) {
        return mec_no_memory(err);
    }
    if (!mec_path_exists(path)) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: no such file (run mecombo prepare first; output_dir must "
                        "be the same)",
                        path);
    }
    return mec_json_read(m->arena, path, out, err);
}

static mec_status find_package(const job_maker *m, const store_row *row, mec_job *job,
                               mec_err *err)
{
    const mec_json *dir = mec_json_get(m->emodel_dirs, row->emodel);
    const mec_json *final = mec_json_get(m->final, row->original_emodel);
    const mec_json *params = mec_json_get(final, "params");

    if (dir == NULL || dir->type != MEC_JSON_STRING) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: no folder for e-model \"%s\" of row %" PRId64
                        " (database and output_dir must come from one prepare)",
                        m->emodel_dirs->file, row->emodel, row->uid);
    }
    if (params == NULL || params->type != MEC_JSON_OBJECT) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: no params for e-model \"%s\" of row %" PRId64
                        " (database and output_dir must come from one prepare)",
                        m->final->file, row->original_emodel, row->uid);
    }
    job->emodel = row->emodel;
    job->params = params;
    job->emodel_dir = mec_path_absolute(m->arena, dir->string);
    return job->emodel_dir == NULL ? mec_no_memory(err) : MEC_OK;
}

/* A package whose mechanisms cannot be loaded would turn each of its rows into an
 * exception: better said once, before anything is run. */
static mec_status check_mechanisms(job_maker *m, const char *emodel_dir, mec_err *err)
{
    const char *built = mec_emodel_built_directory(m->arena, emodel_dir);
    mec_catalogue *catalogue = NULL;
    mec_status st = MEC_OK;

    if (mec_map_has(m->checked, emodel_dir)) {
        return MEC_OK;
    }
    if (built == NULL || !mec_map_set(m->checked, emodel_dir, NULL)) {
        return mec_no_memory(err);
    }
    if (mec_path_is_directory(built)) {
        st = mec_catalogue_load(built, &catalogue, err);
        mec_catalogue_free(catalogue);
    }
    if (st != MEC_OK) {
        mec_err_prefix(err,
                       "%s: the package must be prepared again (mecombo prepare "
                       "--continu): ",
                       emodel_dir);
    }
    return st;
}

/* Does an e-model record at apical points? A package that cannot be read says so when it
 * is evaluated. */
static bool wants_apical(job_maker *m, const mec_job *job)
{
    char *key = mec_arena_printf(m->arena, "%s\x1f%s", job->emodel_dir, job->emodel);
    mec_emodel *model = NULL;
    mec_err ignored = MEC_ERR_INIT;
    bool wants = false;

    if (key == NULL || mec_map_has(m->wants_apical, key)) {
        return key != NULL && mec_map_get(m->wants_apical, key) != NULL;
    }
    if (mec_emodel_load(job->emodel_dir, job->emodel, &model, &ignored) == MEC_OK) {
        for (size_t i = 0; i < model->n_place; i++) {
            wants = wants || model->place[i]->kind == MEC_PLACE_APICAL_POINT;
        }
    }
    mec_emodel_free(model);
    return mec_map_set(m->wants_apical, key, wants ? m : NULL) && wants;
}

/* The apical point of a row: from its own folder, or, where that has no list, from the
 * folder of the first row, the only place where BluePyMM looks. */
static mec_status find_apical(job_maker *m, const store_row *row, mec_job *job,
                              mec_err *err)
{
    const mec_json *points = NULL;
    mec_status st = MEC_OK;

    job->apical_section = -1;
    if (!m->config->use_apical_points) {
        return MEC_OK;
    }
    MEC_TRY(apical_read(m->arena, m->apical, row->morph_dir, &points, err));
    if (points == NULL && m->first_morph_dir != NULL) {
        MEC_TRY(apical_read(m->arena, m->apical, m->first_morph_dir, &points, err));
    }
    const mec_json *point = mec_json_get(points, row->morph_name);
    if (point == NULL || point->type == MEC_JSON_NULL) {
        m->n_without_apical += wants_apical(m, job);
        goto done;
    }
    if (point->type != MEC_JSON_NUMBER || point->number < 0 ||
        point->number > INT32_MAX) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s:%d: apical point of %s is no index of a section (0, 1, ...)",
                      point->file, point->line, row->morph_name);
        goto done;
    }
    job->apical_section = (int32_t)point->number;
done:
    return st;
}

static mec_status find_morphology(job_maker *m, const store_row *row, mec_job *job,
                                  mec_err *err)
{
    char *file = mec_arena_printf(m->arena, "%s%s", row->morph_name, row->morph_ext);
    char *path = file == NULL ? NULL : mec_path_join(m->arena, row->morph_dir, file);

    job->morphology = path == NULL ? NULL : mec_path_absolute(m->arena, path);
    return job->morphology == NULL ? mec_no_memory(err) : MEC_OK;
}

/* Expected cost: the morphology's size stands for the number of its segments. */
static double cost_of(const mec_job *job)
{
    struct stat info;

    return stat(job->morphology, &info) == 0 ? (double)info.st_size : 1;
}

static mec_status add_bytes(job_maker *m, const mec_job *job, mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;
    mec_pool_job bytes = {.cost = cost_of(job)};

    mec_job_print(job, &text);
    bytes.n = text.length;
    bytes.bytes = mec_text_ok(&text)
                      ? mec_arena_strndup(m->arena, mec_text_string(&text), text.length)
                      : NULL;
    mec_text_clear(&text);
    return bytes.bytes != NULL && MEC_VEC_PUSH(&m->bytes, bytes) ? MEC_OK
                                                                 : mec_no_memory(err);
}

static void append_row(job_list *list, run_job *job, size_t i_row)
{
    list->next_row[job->last_row] = i_row;
    list->next_row[i_row] = SIZE_MAX;
    job->last_row = i_row;
}

/* One pointer per distinct set of parameters. */
static mec_status intern_params(job_maker *m, const mec_json *params, const void **out,
                                mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;
    char address[32];

    snprintf(address, sizeof address, "%p", (const void *)params);
    *out = mec_map_get(m->params_id, address);
    if (*out != NULL) {
        return MEC_OK;
    }
    mec_json_print(params, &text);
    const char *known = mec_map_get(m->params_text, mec_text_string(&text));
    if (known == NULL && mec_text_ok(&text)) {
        char *copy = mec_arena_strdup(m->arena, mec_text_string(&text));

        known = copy != NULL && mec_map_set(m->params_text, copy, copy) ? copy : NULL;
    }
    mec_text_clear(&text);
    *out = known;
    return known != NULL && mec_map_set(m->params_id, address, (void *)known)
               ? MEC_OK
               : mec_no_memory(err);
}

/* The content key of a draft; a file that cannot be read is the row's own trouble: it is
 * evaluated and says so. */
static mec_status make_key(job_maker *m, draft *d, mec_err *err)
{
    mec_err ignored = MEC_ERR_INIT;
    char hex[65];

    if (!d->has_key && mec_job_key(&d->what, hex, &ignored) == MEC_OK) {
        d->job.key = mec_arena_strdup(m->arena, hex);
        if (d->job.key == NULL ||
            (!mec_map_has(m->by_key, hex) && !mec_map_set(m->by_key, hex, d))) {
            return mec_no_memory(err);
        }
    }
    d->has_key = true;
    return MEC_OK;
}

/* Find an earlier job that must give the same result as a draft; NULL: none, and the draft
 * is noted as a job of its own. Keys read every file, so they are made only where
 * parameters, apical point and the size of the morphology agree. */
static mec_status find_equal(job_maker *m, draft *d, draft **out, mec_err *err)
{
    const mec_job *job = &d->what;
    const void *params = NULL;
    struct stat info;
    mec_status st = MEC_OK;

    *out = NULL;
    const char *identity = mec_arena_printf(
        m->arena, "%s\x1f%s\x1f%p\x1f%s\x1f%" PRId32, job->emodel_dir, job->emodel,
        (const void *)job->params, job->morphology, job->apical_section);
    MEC_TRY(intern_params(m, job->params, &params, err));
    const char *suspicion = mec_arena_printf(
        m->arena, "%p %" PRId32 " %jd", params, job->apical_section,
        stat(job->morphology, &info) == 0 ? (intmax_t)info.st_size : (intmax_t)-1);
    if (identity == NULL || suspicion == NULL) {
        return mec_no_memory(err);
    }
    *out = mec_map_get(m->by_identity, identity);
    draft *first = mec_map_get(m->suspects, suspicion);
    if (*out == NULL && first != NULL) {
        MEC_TRY(make_key(m, first, err));
        MEC_TRY(make_key(m, d, err));
        *out = d->job.key == NULL ? NULL : mec_map_get(m->by_key, d->job.key);
        *out = *out == d ? NULL : *out;
    } else if (*out == NULL && !mec_map_set(m->suspects, suspicion, d)) {
        return mec_no_memory(err);
    }
    if (!mec_map_set(m->by_identity, identity, *out == NULL ? d : *out)) {
        return mec_no_memory(err);
    }
done:
    return st;
}

static mec_status name_traces(job_maker *m, const store_row *row, mec_job *job,
                              mec_err *err)
{
    if (m->options->save_traces != NULL) {
        const char *dir = mec_path_absolute(m->arena, m->options->save_traces);

        job->traces_path = dir == NULL ? NULL
                                       : mec_arena_printf(m->arena, "%s/%" PRId64 ".h5",
                                                          dir, row->uid);
        return job->traces_path == NULL ? mec_no_memory(err) : MEC_OK;
    }
    return MEC_OK;
}

static mec_status add_row(job_maker *m, job_list *list, size_t i_row, mec_err *err)
{
    const store_row *row = &list->row[i_row];
    draft *d = mec_arena_alloc(m->arena, sizeof *d);
    draft *found = NULL;
    mec_status st = MEC_OK;

    if (d == NULL) {
        return mec_no_memory(err);
    }
    d->what.no_shortcuts = m->options->no_shortcuts;
    d->what.free_rounding = m->options->free_rounding;
    MEC_TRY(find_package(m, row, &d->what, err));
    MEC_TRY(check_mechanisms(m, d->what.emodel_dir, err));
    MEC_TRY(find_morphology(m, row, &d->what, err));
    MEC_TRY(find_apical(m, row, &d->what, err));
    if (!m->options->no_dedup) {
        MEC_TRY(find_equal(m, d, &found, err));
    }
    if (found != NULL) {
        append_row(list, &found->job, i_row);
        goto done;
    }
    MEC_TRY(name_traces(m, row, &d->what, err));
    MEC_TRY(add_bytes(m, &d->what, err));
    d->job.first_row = d->job.last_row = i_row;
    list->next_row[i_row] = SIZE_MAX;
    if (!MEC_VEC_PUSH(&m->jobs, d)) {
        st = mec_no_memory(err);
    }
done:
    return st;
}

static mec_status hand_over(job_maker *m, job_list *out, mec_err *err)
{
    out->n_jobs = m->jobs.n;
    out->job = mec_arena_calloc(m->arena, m->jobs.n, sizeof *out->job);
    out->bytes = mec_arena_calloc(m->arena, m->jobs.n, sizeof *out->bytes);
    if (out->job == NULL || out->bytes == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < m->jobs.n; i++) {
        out->job[i] = m->jobs.data[i]->job;
        out->bytes[i] = m->bytes.data[i];
    }
    return MEC_OK;
}

static mec_status make(job_maker *m, job_list *out, mec_err *err)
{
    const uid_set *wanted = NULL;
    mec_status st = MEC_OK;

    MEC_TRY(read_output(m, "final.json", &m->final, err));
    MEC_TRY(read_output(m, "emodel_dirs.json", &m->emodel_dirs, err));
    MEC_TRY(uid_set_parse(m->arena, m->options->rows, &wanted, err));
    MEC_TRY(store_list_rows(m->store, m->arena, m->options->retry_failed, uid_set_holds,
                            wanted, &out->n_rows, &out->row, err));
    MEC_TRY(store_first_morph_dir(m->store, m->arena, &m->first_morph_dir, err));
    out->next_row = mec_arena_calloc(m->arena, out->n_rows, sizeof *out->next_row);
    if (out->next_row == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    if (m->options->save_traces != NULL) {
        MEC_TRY(mec_make_directories(m->options->save_traces, err));
    }
    for (size_t i = 0; i < out->n_rows; i++) {
        MEC_TRY(add_row(m, out, i, err));
    }
    if (m->n_without_apical > 0) {
        mec_log(MEC_LOG_WARNING,
                "%" PRId64 " rows have no apical point although their e-model records "
                "at one (add apical_points_isec.json to the morphologies, or set "
                "use_apical_points to false)",
                m->n_without_apical);
    }
    MEC_TRY(hand_over(m, out, err));
done:
    return st;
}

mec_status jobs_make(mec_arena *arena, const run_config *config,
                     const mec_run_options *options, store *s, job_list *out,
                     mec_err *err)
{
    job_maker m = {.arena = arena,
                   .config = config,
                   .options = options,
                   .store = s,
                   .checked = mec_map_new(),
                   .apical = mec_map_new(),
                   .wants_apical = mec_map_new(),
                   .by_identity = mec_map_new(),
                   .suspects = mec_map_new(),
                   .by_key = mec_map_new(),
                   .params_id = mec_map_new(),
                   .params_text = mec_map_new(),
                   .jobs = MEC_VEC_INIT,
                   .bytes = MEC_VEC_INIT};
    mec_status st;

    *out = (job_list){0};
    if (m.checked == NULL || m.apical == NULL || m.wants_apical == NULL ||
        m.by_identity == NULL || m.suspects == NULL || m.by_key == NULL ||
        m.params_id == NULL || m.params_text == NULL) {
        st = mec_no_memory(err);
    } else {
        st = make(&m, out, err);
    }
    mec_map_free(m.checked);
    mec_map_free(m.apical);
    mec_map_free(m.wants_apical);
    mec_map_free(m.by_identity);
    mec_map_free(m.suspects);
    mec_map_free(m.by_key);
    mec_map_free(m.params_id);
    mec_map_free(m.params_text);
    MEC_VEC_CLEAR(&m.jobs);
    MEC_VEC_CLEAR(&m.bytes);
    return st;
}
