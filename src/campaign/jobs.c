/* Jobs of a run: parameters, package, morphology and apical point of each row, equal ones
 * put together (BLUEPYMM.md A.7.1, without R1, R6 and R8).
 *
 * Rank 0 holds all jobs of a campaign, perhaps millions, from beginning to end: a job is
 * a few numbers and a short text, everything longer is shared (parts.c). What is needed
 * only to find equal jobs lives in an arena of its own. */

#include "jobs_priv.h"

#include "apical_priv.h"
#include "job_costs_priv.h"
#include "parts_priv.h"
#include "traces_priv.h"

#include <mecombo/log.h>
#include <mecombo/path.h>

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A job while equal ones are looked for. */
typedef struct draft {
    size_t i_job; /* into the list, once it is there */
    mec_job what;
    const char *key; /* content key; NULL: unknown */
    bool has_key;    /* or could not get one */
} draft;

typedef struct job_maker {
    mec_arena *arena;   /* of the jobs */
    mec_arena *scratch; /* of what is needed only here */
    const run_config *config;
    const mec_run_options *options;
    store *store;
    parts parts;
    const char *first_morph_dir;
    const char *traces_dir; /* absolute */
    mec_map *apical; /* morph_dir -> mec_json of its apical points; NULL: no file */
    mec_map *by_identity; /* what makes jobs obviously equal -> draft */
    mec_map *suspects;    /* what equal jobs must share, cheaply told -> first draft */
    mec_map *by_key;      /* content key -> draft */
    int64_t n_without_apical;
    MEC_VEC(run_job) jobs;
    MEC_VEC(mec_pool_job) bytes;
} job_maker;

/* The apical point of a row: from its own folder, or, where that has no list, from the
 * folder of the first row, the only place where BluePyMM looks. */
static mec_status find_apical(job_maker *m, const store_row *row,
                              const package_part *package, mec_job *job, mec_err *err)
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
        m->n_without_apical += package->wants_apical;
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

/* ---- equal jobs ---- */

static void append_row(job_list *list, run_job *job, size_t i_row)
{
    list->next_row[job->last_row] = i_row;
    list->next_row[i_row] = SIZE_MAX;
    job->last_row = i_row;
}

/* The content key of a draft; a file that cannot be read is the row's own trouble: it is
 * evaluated and says so. */
static mec_status make_key(job_maker *m, draft *d, mec_err *err)
{
    mec_err ignored = MEC_ERR_INIT;
    char hex[65];

    if (!d->has_key && mec_job_key(&d->what, hex, &ignored) == MEC_OK) {
        d->key = mec_arena_strdup(m->scratch, hex);
        if (d->key == NULL ||
            (!mec_map_has(m->by_key, hex) && !mec_map_set(m->by_key, hex, d))) {
            return mec_no_memory(err);
        }
    }
    d->has_key = true;
    return MEC_OK;
}

/* What a draft and jobs like it are filed under. */
typedef struct drawer {
    char identity[96];  /* obviously equal: same package, parameters and file */
    char suspicion[96]; /* perhaps equal: same parameters, files of one length */
    draft *equal;       /* what was found there; NULL: nothing */
    draft *suspect;
} drawer;

static void open_drawer(const job_maker *m, const package_part *package,
                        const morphology_part *morphology, int32_t apical, drawer *out)
{
    snprintf(out->identity, sizeof out->identity, "%p %p %" PRId32,
             (const void *)package, (const void *)morphology, apical);
    snprintf(out->suspicion, sizeof out->suspicion, "%p %" PRId32 " %" PRId64,
             package->params, apical, morphology->size);
    out->equal = mec_map_get(m->by_identity, out->identity);
    out->suspect =
        morphology->size < 0 ? NULL : mec_map_get(m->suspects, out->suspicion);
}

/* Find an earlier job that must give the same result as a draft; d->equal is NULL when
 * there is none. Keys read every file, so they are made only for suspects. */
static mec_status find_equal(job_maker *m, draft *d, drawer *at, mec_err *err)
{
    mec_status st = MEC_OK;

    if (at->suspect != NULL) {
        MEC_TRY(make_key(m, at->suspect, err));
        MEC_TRY(make_key(m, d, err));
        at->equal = d->key == NULL ? NULL : mec_map_get(m->by_key, d->key);
        at->equal = at->equal == d ? NULL : at->equal;
    } else if (!mec_map_set(m->suspects, at->suspicion, d)) {
        st = mec_no_memory(err);
        goto done;
    }
    if (!mec_map_set(m->by_identity, at->identity, at->equal == NULL ? d : at->equal)) {
        st = mec_no_memory(err);
    }
done:
    return st;
}

/* ---- rows ---- */

static mec_status add_job(job_maker *m, const package_part *package,
                          morphology_part *morphology, const mec_job *what, run_job job,
                          mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;
    mec_pool_job bytes = {.head = package->head};

    job.group = (uint32_t)package->group;
    job.size = (float)parts_size(&m->parts, package, morphology);
    mec_job_print_own(what, &text);
    bytes.n = text.length;
    bytes.bytes = mec_text_ok(&text)
                      ? mec_arena_strndup(m->arena, mec_text_string(&text), text.length)
                      : NULL;
    mec_text_clear(&text);
    return bytes.bytes != NULL && MEC_VEC_PUSH(&m->bytes, bytes) &&
                   MEC_VEC_PUSH(&m->jobs, job)
               ? MEC_OK
               : mec_no_memory(err);
}

static mec_status add_row(job_maker *m, job_list *list, size_t i_row, mec_err *err)
{
    const store_row *row = &list->row[i_row];
    package_part *package = NULL;
    morphology_part *morphology = NULL;
    draft *d = NULL;
    drawer at = {.equal = NULL};
    mec_job what;
    char traces[64];
    mec_status st = MEC_OK;

    MEC_TRY(parts_package(&m->parts, row, &package, err));
    MEC_TRY(parts_morphology(&m->parts, row, &morphology, err));
    what = package->what;
    what.morphology = morphology->path;
    MEC_TRY(find_apical(m, row, package, &what, err));
    if (!m->options->no_dedup) {
        open_drawer(m, package, morphology, what.apical_section, &at);
    }
    if (!m->options->no_dedup && at.equal == NULL) {
        d = mec_arena_alloc(m->scratch, sizeof *d);
        if (d == NULL) {
            return mec_no_memory(err);
        }
        *d = (draft){.what = what, .i_job = m->jobs.n};
        MEC_TRY(find_equal(m, d, &at, err));
    }
    if (at.equal != NULL) {
        append_row(list, &m->jobs.data[at.equal->i_job], i_row);
        goto done;
    }
    if (m->traces_dir != NULL) {
        snprintf(traces, sizeof traces, "%" PRId64 ".h5", row->uid);
        what.traces_path = mec_path_join(m->scratch, m->traces_dir, traces);
        if (what.traces_path == NULL) {
            return mec_no_memory(err);
        }
    }
    list->next_row[i_row] = SIZE_MAX;
    st = add_job(m, package, morphology, &what,
                 (run_job){.first_row = i_row, .last_row = i_row}, err);
done:
    return st;
}

/* ---- the list ---- */

static mec_status hand_over(job_maker *m, job_list *out, mec_err *err)
{
    parts *p = &m->parts;

    out->n_jobs = m->jobs.n;
    out->job = m->jobs.data; /* the vectors are the list's from now on */
    out->bytes = m->bytes.data;
    m->jobs.data = NULL;
    m->bytes.data = NULL;
    m->jobs.n = m->jobs.capacity = m->bytes.n = m->bytes.capacity = 0;
    out->n_heads = (int32_t)p->head.n;
    out->head = mec_arena_calloc(m->arena, p->head.n + 1, sizeof *out->head);
    if (out->head == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < p->head.n; i++) {
        out->head[i] = p->head.data[i];
    }
    return MEC_OK;
}

static mec_status make(job_maker *m, job_list *out, mec_err *err)
{
    const uid_set *wanted = NULL;
    mec_status st = MEC_OK;

    MEC_TRY(parts_open(&m->parts, err));
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
        MEC_TRY(traces_open(m->arena, m->options->save_traces, &m->traces_dir, err));
    }
    for (size_t i = 0; i < out->n_rows; i++) {
        MEC_TRY(add_row(m, out, i, err));
    }
    if (wanted != NULL && out->n_rows == 0) {
        mec_log(MEC_LOG_WARNING, "--rows %s: none of these rows is still to be run",
                m->options->rows);
    }
    out->traces_dir = m->traces_dir;
    if (m->n_without_apical > 0) {
        mec_log(MEC_LOG_WARNING,
                "%" PRId64 " rows have no apical point although their e-model records "
                "at one (add apical_points_isec.json to the morphologies, or set "
                "use_apical_points to false)",
                m->n_without_apical);
    }
    MEC_TRY(hand_over(m, out, err));
    MEC_TRY(job_costs_set(m->arena, &m->parts, m->store, out, err));
done:
    return st;
}

mec_status jobs_make(mec_arena *arena, const run_config *config,
                     const mec_run_options *options, const char *cache, store *s,
                     job_list *out, mec_err *err)
{
    job_maker m = {
        .arena = arena,
        .scratch = mec_arena_new(),
        .config = config,
        .options = options,
        .store = s,
        .parts = {.arena = arena, .config = config, .options = options, .cache = cache},
        .apical = mec_map_new(),
        .by_identity = mec_map_new(),
        .suspects = mec_map_new(),
        .by_key = mec_map_new()};
    mec_status st;

    *out = (job_list){0};
    if (m.scratch == NULL || m.apical == NULL || m.by_identity == NULL ||
        m.suspects == NULL || m.by_key == NULL) {
        st = mec_no_memory(err);
    } else {
        st = make(&m, out, err);
    }
    mec_map_free(m.apical);
    mec_map_free(m.by_identity);
    mec_map_free(m.suspects);
    mec_map_free(m.by_key);
    parts_close(&m.parts);
    mec_arena_free(m.scratch);
    MEC_VEC_CLEAR(&m.jobs);
    MEC_VEC_CLEAR(&m.bytes);
    return st;
}

void jobs_clear(job_list *list)
{
    free(list->job);
    free(list->bytes);
    *list = (job_list){0};
}
