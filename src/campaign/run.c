/* Phase 2: hand the unfinished rows to the pool and commit what comes back.
 *
 * Results are held in a batch, which is committed when it has grown or has aged; a row counts as saved, and is reported, after its commit. Rows that share one
 * evaluation are saved in one transaction, so that a restart finds all or none of them.
 */

#include "batch_priv.h"
#include "cache_priv.h"
#include "job_costs_priv.h"
#include "jobs_priv.h"
#include "lock_priv.h"
#include "program_priv.h"
#include "progress_priv.h"
#include "say_priv.h"
#include "status_priv.h"
#include "traces_priv.h"

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
    batch batch;
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

/* Make the batch durable and report its rows. After a failure none of it counts: the
 * transaction holds a part of the rows, or nothing if SQLite has rolled it back; the
 * next run computes them again. */
static mec_status commit_batch(run_state *r, mec_err *err)
{
    mec_status st = MEC_OK;

    if (r->batch.row.n == 0) {
        return MEC_OK;
    }
    MEC_TRY(lock_keep(r->lock, err));
    MEC_TRY(batch_save(&r->batch, r->store, err));
    MEC_TRY(forecast(r, err));
    MEC_TRY(store_commit(r->store, err));
    for (size_t i = 0; i < r->batch.row.n; i++) {
        const store_result *row = &r->batch.row.data[i];

        if (r->jobs.traces_dir != NULL && row->uid != row->computed_for) {
            traces_share(r->jobs.traces_dir, row->uid, row->computed_for);
        }
        r->summary->n_done++;
        r->summary->n_exception += row->exception != NULL;
        progress_row(&r->progress, row->uid, row->exception != NULL);
    }
    fflush(stdout);
    status_publish(&r->board, store_db(r->store));
done:
    if (st != MEC_OK) {
        store_rollback(r->store);
    }
    batch_clear(&r->batch);
    return st;
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

    if (r->batch.row.n > 0 && progress_clock() - r->batch_start >= batch_s) {
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

static mec_status sink(const mec_pool_result *got, void *arg, mec_err *err)
{
    run_state *r = arg;
    const run_job *job = &r->jobs.job[got->job];
    const char *notice = NULL;
    store_result result;
    mec_status st = MEC_OK;

    if (r->batch.row.n == 0) {
        r->batch_start = progress_clock();
    }
    MEC_TRY(batch_interpret(&r->batch, got, &result, &notice, err));
    warn(r, notice);
    cost_eta_done(&r->eta, job->group, job->size, got->seconds,
                  result.cached              ? COST_HIT
                  : result.exception == NULL ? COST_COMPUTED
                                             : COST_FAILED);
    r->summary->n_computed++;
    r->summary->n_cached += result.cached;
    r->progress.n_cached += result.cached;
    result.computed_for = r->jobs.row[job->first_row].uid;
    for (size_t i = job->first_row; i != SIZE_MAX; i = r->jobs.next_row[i]) {
        result.uid = r->jobs.row[i].uid;
        result.rowid = r->jobs.row[i].rowid;
        st = batch_add(&r->batch, &result, err);
        if (st != MEC_OK) { /* all rows of an evaluation are saved, or none */
            batch_clear(&r->batch);
            goto done;
        }
    }
    if (r->batch.row.n >= BATCH_ROWS || progress_clock() - r->batch_start >= batch_s) {
        MEC_TRY(commit_batch(r, err));
    }
done:
    return st;
}

/* When this run began, so that mecombo status can tell it from earlier ones. */
static mec_status note_start(run_state *r, mec_err *err)
{
    mec_db *db = store_db(r->store);
    char now[32];
    mec_status st = MEC_OK;

    if (r->jobs.n_rows == 0) {
        return MEC_OK; /* nothing will be computed */
    }
    store_time(now);
    MEC_TRY(mec_db_begin(db, err));
    MEC_TRY(store_set_fact(db, "run_started", now, err));
    MEC_TRY(store_set_fact(db, "program", program_hash(), err));
    MEC_TRY(mec_db_commit(db, err));
done:
    if (st != MEC_OK) {
        mec_db_rollback(db);
    }
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
    MEC_TRY(note_start(r, err));
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
    mec_log(MEC_LOG_DEBUG, "computed for %.3f s on %d ranks", r->summary->computing_s,
            (int)r->eta.n_workers);

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
    run_state r = {.options = options, .summary = summary, .batch = {.arena = NULL}};
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
    batch_clear(&r.batch);
    if (r.store != NULL) {
        status_withdraw(&r.board, store_db(r.store));
    }
    store_close(r.store);
    jobs_clear(&r.jobs);
    lock_release(r.lock);
    mec_arena_free(r.arena);
    return st;
}
