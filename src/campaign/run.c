/* Phase 2: hand the unfinished rows to the pool and commit what comes back.
 *
 * Results are added to an open transaction, which is committed when it has grown or has
 * aged; a row counts as saved, and is reported, after its commit. Rows that share one
 * evaluation are saved in one transaction, so that a restart finds all or none of them.
 */

#include "cache_priv.h"
#include "job_costs_priv.h"
#include "jobs_priv.h"
#include "lock_priv.h"
#include "progress_priv.h"
#include "say_priv.h"
#include "status_priv.h"

#include <mecombo/log.h>
#include <mecombo/path.h>
#include <mecombo/vec.h>

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { BATCH_ROWS = 5000 };

static const double batch_s = 0.2;  /* age at which a batch is committed */
static const double forecast_s = 2; /* between notes of the expected end */
static const double grace_s = 5;    /* for tasks in flight when a stop is asked for */

/* A row in the open batch, to be reported once it is durable. */
typedef struct saved_row {
    int64_t uid;
    bool exception;
} saved_row;

typedef struct run_state {
    mec_arena *arena;
    const mec_run_options *options;
    run_config config;
    const char *cache; /* folder of the result cache; NULL: none */
    owner_lock *lock;
    store *store;
    job_list jobs;
    cost_eta eta;
    progress progress;
    status_board board;
    double next_forecast; /* when the expected end is noted again */
    int64_t n_notices;
    MEC_VEC(saved_row) batch;
    double batch_start;
    mec_run_summary *summary;
} run_state;

/* Note when the run will be over, for mecombo status. */
static mec_status forecast(run_state *r, mec_err *err)
{
    double now = progress_clock();
    char text[32];

    if (now < r->next_forecast) {
        return MEC_OK;
    }
    r->next_forecast = now + forecast_s;
    store_time_after(cost_eta_left(&r->eta, now), text);
    return store_set_fact(store_db(r->store), "expected_end", text, err);
}

static mec_status commit_batch(run_state *r, mec_err *err)
{
    mec_status st = MEC_OK;

    if (r->batch.n > 0) {
        MEC_TRY(forecast(r, err));
        MEC_TRY(lock_keep(r->lock, err));
        MEC_TRY(store_commit(r->store, err));
        for (size_t i = 0; i < r->batch.n; i++) {
            progress_row(&r->progress, r->batch.data[i].uid,
                         r->batch.data[i].exception);
        }
        fflush(stdout);
        r->batch.n = 0;
        status_publish(&r->board, store_db(r->store));
    }
done:
    return st;
}

/* After a failure the open transaction holds a part of an evaluation's rows, or nothing
 * if SQLite has rolled it back: none of it counts, the next run computes it again. */
static void drop_batch(run_state *r)
{
    store_rollback(r->store);
    r->batch.n = 0;
}

static void draw(run_state *r, bool last)
{
    if (r->progress.bar) {
        r->progress.left_s = cost_eta_left(&r->eta, progress_clock());
    }
    progress_draw(&r->progress, last);
}

static mec_status tick(void *arg, mec_err *err)
{
    run_state *r = arg;
    mec_status st = MEC_OK;

    if (r->batch.n > 0 && progress_clock() - r->batch_start >= batch_s) {
        MEC_TRY(commit_batch(r, err));
    }
    MEC_TRY(lock_keep_now_and_then(r->lock, err));
    draw(r, false);
done:
    return st;
}

/* Warn of what was no failure; the first ones, since there may be one per row. */
static void warn(run_state *r, const char *notice)
{
    enum { MOST_NOTICES = 5 };

    if (notice != NULL && r->n_notices < MOST_NOTICES) {
        mec_log(MEC_LOG_WARNING, "%s%s", notice,
                r->n_notices + 1 == MOST_NOTICES ? " (no more of these are shown)"
                                                 : "");
    }
    r->n_notices += notice != NULL;
}

/* What is stored for a job, whichever way it ended. */
static void interpret(run_state *r, const mec_pool_result *got, mec_arena *arena,
                      store_result *out)
{
    static const char *const classes[] = {[MEC_POOL_DONE] = "error",
                                          [MEC_POOL_FAILED] = "error",
                                          [MEC_POOL_CRASHED] = "crash",
                                          [MEC_POOL_TIMEOUT] = "time-out",
                                          [MEC_POOL_MEMORY] = "memory"};
    task_result task;

    out->scores = "null";
    out->extra_values = "null";
    out->seconds = got->seconds;
    out->rank = got->rank;
    out->host = got->host;
    if (got->end == MEC_POOL_DONE && task_result_unpack(got->bytes, got->n, &task)) {
        out->provenance = task.provenance;
        out->key = task.key;
        out->cached = task.cached != NULL;
        warn(r, task.notice);
        if (task.exception_class == NULL) {
            out->scores = task.scores == NULL ? "null" : task.scores;
            out->extra_values = task.extra_values == NULL ? "null" : task.extra_values;
            return;
        }
        out->exception_class = task.exception_class;
        out->exception = task.exception == NULL ? task.exception_class : task.exception;
        return;
    }
    out->exception_class = classes[got->end];
    out->exception = got->end == MEC_POOL_DONE
                         ? "the task's result cannot be read"
                         : mec_arena_strndup(arena, got->bytes, got->n);
    if (out->exception == NULL || out->exception[0] == '\0') {
        out->exception = out->exception_class;
    }
}

static mec_status sink(const mec_pool_result *got, void *arg, mec_err *err)
{
    run_state *r = arg;
    mec_arena *arena = mec_arena_new();
    const run_job *job = &r->jobs.job[got->job];
    store_result result = {.uid = 0};
    mec_status st = MEC_OK;

    if (arena == NULL) {
        return mec_no_memory(err);
    }
    interpret(r, got, arena, &result);
    cost_eta_done(&r->eta, job->group, job->size, got->seconds,
                  result.cached              ? COST_HIT
                  : result.exception == NULL ? COST_COMPUTED
                                             : COST_FAILED);
    r->summary->n_cached += result.cached;
    r->progress.n_cached += result.cached;
    result.computed_for = r->jobs.row[job->first_row].uid;
    r->summary->n_computed++;
    for (size_t i = job->first_row; i != SIZE_MAX; i = r->jobs.next_row[i]) {
        saved_row saved = {r->jobs.row[i].uid, result.exception != NULL};

        if (r->batch.n == 0) {
            r->batch_start = progress_clock();
        }
        result.uid = saved.uid;
        result.rowid = r->jobs.row[i].rowid;
        st = store_save(r->store, &result, err);
        if (st == MEC_OK && !MEC_VEC_PUSH(&r->batch, saved)) {
            st = mec_no_memory(err);
        }
        if (st != MEC_OK) {
            drop_batch(r);
            goto done;
        }
        r->summary->n_done++;
        r->summary->n_exception += saved.exception;
    }
    if (r->batch.n >= BATCH_ROWS || progress_clock() - r->batch_start >= batch_s) {
        MEC_TRY(commit_batch(r, err));
    }
done:
    mec_arena_free(arena);
    return st;
}

/* Everything before the pool starts; rank 0 only. */
static mec_status set_up(run_state *r, const char *conf, int32_t n_ranks, mec_err *err)
{
    mec_status st = MEC_OK;

    MEC_TRY(config_read_run(r->arena, conf, &r->config, err));
    if (!mec_path_exists(r->config.scores_db)) {
        const mec_json *item = mec_json_get(r->config.root, "scores_db");

        st = mec_fail(err, MEC_E_DB,
                      "%s:%d: scores_db %s does not exist (run mecombo prepare first)",
                      item->file, item->line, r->config.scores_db);
        goto done;
    }
    say("Calculating scores");
    MEC_TRY(lock_acquire(r->config.scores_db, "run", &r->lock, err));
    MEC_TRY(store_open(r->config.scores_db, &r->store, err));
    say("Creating argument list for parallelisation");
    if (r->options->cache != NULL || r->config.result_cache != NULL) {
        const char *folder =
            r->options->cache != NULL ? r->options->cache : r->config.result_cache;

        MEC_TRY(cache_open(r->arena, folder, &r->cache, err));
    }
    MEC_TRY(
        jobs_make(r->arena, &r->config, r->options, r->cache, r->store, &r->jobs, err));
    say("Found %zu rows in score database to run", r->jobs.n_rows);
    say("Parallelising score evaluation of %zu me-combos", r->jobs.n_rows);
    if (r->jobs.n_jobs < r->jobs.n_rows) {
        say("%zu evaluations give them all, the others are equal to one of these",
            r->jobs.n_jobs);
    }
    MEC_TRY(cost_eta_init(&r->eta, &r->jobs.costs, r->arena, n_ranks, progress_clock(),
                          err));
    for (size_t i = 0; i < r->jobs.n_jobs; i++) {
        cost_eta_add(&r->eta, r->jobs.job[i].group, r->jobs.job[i].size);
    }
    progress_start(&r->progress, r->jobs.n_rows);
    r->board.is_needed = mec_db_storage_in_use(store_db(r->store)) == MEC_DB_SHARED;
    status_publish(&r->board, store_db(r->store));
done:
    return st;
}

static mec_status complete(run_state *r, mec_err *err)
{
    mec_run_summary *sum = r->summary;
    mec_status st = MEC_OK;

    MEC_TRY(store_count(r->store, &sum->n_rows, &sum->n_left, &sum->n_failed, err));
    if (sum->n_left > 0) {
        say("%" PRId64 " of %" PRId64 " rows are still to be run", sum->n_left,
            sum->n_rows);
        goto done;
    }
    say("Converting score json strings to scores values ...");
    MEC_TRY(lock_keep(r->lock, err));
    MEC_TRY(store_complete(r->store, err));
done:
    return st;
}

/* Everything after the pool has ended, well or not; rank 0 only. */
static mec_status wind_up(run_state *r, mec_status st, double began, mec_err *err)
{
    mec_err second = MEC_ERR_INIT;
    mec_status st2 = commit_batch(r, &second);

    r->summary->computing_s = progress_clock() - began;

    draw(r, true);
    if (r->cache != NULL) {
        say("%" PRId64 " of %" PRId64 " evaluations came from the result cache %s",
            r->summary->n_cached, r->summary->n_computed, r->cache);
        job_costs_publish(r->cache, &r->jobs);
    }
    if (st == MEC_OK && st2 != MEC_OK) {
        return mec_fail(err, st2, "%s", second.text);
    }
    if (st2 != MEC_OK) {
        mec_log(MEC_LOG_WARNING, "%s", second.text);
    }
    if (st == MEC_OK) {
        return complete(r, err);
    }
    if (st == MEC_E_STOPPED) {
        return mec_fail(err, st,
                        "%s: stopped on request, %" PRId64 " of %zu rows are done (the "
                        "same command goes on)",
                        r->config.scores_db, r->progress.n_done, r->jobs.n_rows);
    }
    return st;
}

static mec_status run_on_root(run_state *r, mec_pool *pool, const char *conf,
                              mec_err *err)
{
    double start = progress_clock();
    mec_status st = set_up(r, conf, mec_pool_size(pool), err);

    st = mec_pool_agree(pool, st, err);
    if (st != MEC_OK) {
        return st;
    }
    double used = progress_clock() - start;
    double began = progress_clock();
    double budget = r->options->time_limit_s;
    mec_pool_options pool_options = {
        .task_timeout_s = r->options->timeout_s,
        .budget_s = budget <= 0 ? 0 : (budget > used ? budget - used : 1e-3),
        .grace_s = budget > 0 ? 0 : grace_s,
        .task_memory_bytes = r->options->memory_bytes,
        .n_heads = r->jobs.n_heads,
        .heads = r->jobs.head,
        .sink = sink,
        .tick = tick,
        .arg = r};
    st = mec_pool_run(pool, (int64_t)r->jobs.n_jobs, r->jobs.bytes, &pool_options, err);
    st = wind_up(r, st, began, err);
    r->summary->seconds = progress_clock() - start;
    return mec_pool_agree(pool, st, err);
}

mec_status mec_campaign_run(mec_pool *pool, const char *conf,
                            const mec_run_options *options, mec_run_summary *summary,
                            mec_err *err)
{
    run_state r = {.options = options, .summary = summary, .batch = MEC_VEC_INIT};
    mec_status st = MEC_OK;

    *summary = (mec_run_summary){0};
    if (mec_pool_rank(pool) != 0) {
        MEC_TRY(mec_pool_agree(pool, MEC_OK, err));
        st = mec_pool_run(pool, 0, NULL, NULL, err);
        return mec_pool_agree(pool, st, err);
    }
    r.arena = mec_arena_new();
    if (r.arena == NULL) {
        return mec_pool_agree(pool, mec_no_memory(err), err);
    }
    st = run_on_root(&r, pool, conf, err);
done:
    MEC_VEC_CLEAR(&r.batch);
    if (r.store != NULL) {
        status_withdraw(&r.board, store_db(r.store));
    }
    store_close(r.store);
    jobs_clear(&r.jobs);
    lock_release(r.lock);
    mec_arena_free(r.arena);
    return st;
}
