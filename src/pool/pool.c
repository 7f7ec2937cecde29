/* The public functions: start, stop, run, and what all ranks share. */

#include "pool_priv.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Give back all that a pool holds; other ranks are not waited for. */
static void dissolve(mec_pool *pool)
{
    evaluator_stop(&pool->evaluator);
    link_stop(pool->link);
    signals_close(pool->signals);
    free(pool);
}

mec_status mec_pool_start(int *argc, char ***argv, mec_pool_task_fn task,
                          void *task_arg, mec_pool **out, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_pool *pool = calloc(1, sizeof *pool);

    *out = NULL;
    if (pool == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "pool: out of memory");
    }
    pool->signals = &pool->signal_state;
    pool->signals->fd = -1;
    (void)gethostname(pool->host, sizeof pool->host - 1);
    /* The zygotes first: they must know nothing of MPI, its threads and our mask. */
    MEC_TRY(evaluator_start(&pool->evaluator, task, task_arg, err));
    MEC_TRY(signals_open(pool->signals, err));
    MEC_TRY(link_start(argc, argv, &pool->link, err));
    *out = pool;
done:
    if (st != MEC_OK) {
        if (pool->link != NULL) {
            link_break(pool->link);
        }
        dissolve(pool);
    }
    return st;
}

mec_status mec_pool_stop(mec_pool *pool, mec_err *err)
{
    mec_status st = MEC_OK;

    if (pool == NULL) {
        return MEC_OK;
    }
    evaluator_stop(&pool->evaluator);
    if (pool->link != NULL && !link_is_broken(pool->link)) {
        /* MPI_Finalize spins until the last rank is there; so come together first. */
        st = collective_leave(pool->link, err);
        if (st != MEC_OK) {
            link_break(pool->link);
        }
    }
    dissolve(pool);
    return st;
}

bool mec_pool_is_cut_off(const mec_pool *pool)
{
    return link_is_broken(pool->link);
}

int32_t mec_pool_rank(const mec_pool *pool)
{
    return link_rank(pool->link);
}

int32_t mec_pool_size(const mec_pool *pool)
{
    return link_size(pool->link);
}

bool mec_pool_stop_requested(const mec_pool *pool)
{
    return signals_level(pool->signals) != STOP_NO;
}

/* A status that others do not share leaves them waiting: no collective call can follow. */
mec_status mec_pool_broadcast(mec_pool *pool, mec_text *bytes, mec_err *err)
{
    if (link_is_broken(pool->link)) {
        return mec_fail(err, MEC_E_MPI, "pool: rank %d is cut off from the others",
                        (int)link_rank(pool->link));
    }
    mec_status st = collective_broadcast(pool->link, bytes, err);
    if (st != MEC_OK && !link_is_leaving(pool->link)) {
        link_break(pool->link);
    }
    return st;
}

mec_status mec_pool_agree(mec_pool *pool, mec_status st, mec_err *err)
{
    mec_text message = MEC_TEXT_INIT;
    wire_status wire = {.status = (int32_t)st};

    if (link_size(pool->link) == 1 || (st != MEC_OK && link_is_broken(pool->link))) {
        return st;
    }
    if (link_rank(pool->link) == 0) {
        const char *text = err != NULL && st != MEC_OK ? err->text : "";

        mec_text_add_bytes(&message, &wire, sizeof wire);
        mec_text_add_bytes(&message, text, strlen(text) + 1);
    }
    st = mec_pool_broadcast(pool, &message, err);
    if (st == MEC_OK && message.length > sizeof wire) {
        memcpy(&wire, message.data, sizeof wire);
        st = (mec_status)wire.status;
        if (st != MEC_OK && link_rank(pool->link) > 0) {
            (void)mec_fail(err, st, "%s", message.data + sizeof wire);
        }
    }
    mec_text_clear(&message);
    return st;
}

/* ---- running jobs ---- */

static mec_status check_options(int64_t n_jobs, const mec_pool_job jobs[],
                                const mec_pool_options *options, mec_err *err)
{
    mec_status st = MEC_OK;

    MEC_REQUIRE(options != NULL && options->sink != NULL, err);
    MEC_REQUIRE(n_jobs >= 0 && (n_jobs == 0 || jobs != NULL), err);
    MEC_REQUIRE(options->n_heads >= 0, err);
    for (int64_t i = 0; i < n_jobs; i++) {
        MEC_REQUIRE(jobs[i].head >= 0 && jobs[i].head <= options->n_heads, err);
    }
done:
    return st;
}

/* Rank 0 checks and prepares; all learn how, or why not. */
static mec_status open_run(pool_run *run, int64_t n_jobs, const mec_pool_job jobs[],
                           const mec_pool_options *options, mec_err *err)
{
    mec_pool *pool = run->pool;
    mec_status st = MEC_OK;
    mec_text message = MEC_TEXT_INIT;
    run_header header = {0};
    bool agreed = false;

    if (link_rank(pool->link) == 0) {
        st = check_options(n_jobs, jobs, options, err);
        if (st == MEC_OK) {
            st = root_start(run, n_jobs, jobs, options, err);
        }
    }
    if (st == MEC_OK && link_rank(pool->link) == 0) {
        header.limits.task_timeout_s = options->task_timeout_s;
        header.limits.task_memory_bytes = options->task_memory_bytes;
        header.grace_s = options->grace_s;
        mec_text_add_bytes(&message, &header, sizeof header);
        heads_pack(options->n_heads, options->heads, &message);
        st = mec_text_ok(&message) ? MEC_OK
                                   : mec_fail(err, MEC_E_NOMEM, "pool: out of memory");
    }
    MEC_TRY(mec_pool_agree(pool, st, err));
    agreed = true;
    MEC_TRY(mec_pool_broadcast(pool, &message, err));
    MEC_REQUIRE(message.length >= sizeof header, err);
    memcpy(&header, message.data, sizeof header);
    MEC_TRY(heads_unpack(&run->evaluator->heads, message.data + sizeof header,
                         message.length - sizeof header, err));
    run->grace_s = header.grace_s;
    run->evaluator->limits = header.limits;
done:
    if (st != MEC_OK && agreed && link_size(pool->link) > 1) {
        link_break(
            pool->link); /* this rank alone failed: the others will wait for it */
    }
    mec_text_clear(&message);
    return st;
}

/* A rank that has got nothing from rank 0 by then looks for work elsewhere: sooner, it
 * would take from others what is on its way to it anyhow. */
#define FIRST_STEAL_S 50e-3

mec_status mec_pool_run(mec_pool *pool, int64_t n_jobs, const mec_pool_job jobs[],
                        const mec_pool_options *options, mec_err *err)
{
    mec_status st = MEC_OK;
    evaluator *e = &pool->evaluator;
    pool_run run = {.pool = pool,
                    .link = pool->link,
                    .evaluator = e,
                    .victim = -1,
                    .random = 88172645463325252U + (uint64_t)link_rank(pool->link)};

    e->queue = &run.queue;
    e->emit = outgoing_emit;
    e->emit_arg = &run;
    e->dropping = false;
    e->not_before = 0.0;
    MEC_TRY(open_run(&run, n_jobs, jobs, options, err));
    run.next_steal = pool_now() + FIRST_STEAL_S;
    st = run_loop(&run, err);
    bool is_over = run.ended && run.queue.n == 0 && outgoing_is_empty(&run) &&
                   link_n_receiving(pool->link) == 0;
    if (!is_over) {
        link_break(pool->link); /* the others go on waiting for this rank */
    }
    MEC_REQUIRE(is_over || !run.ended, err); /* nothing is left over */
done:
    queue_clear(&run.queue);
    heads_clear(&e->heads);
    e->queue = NULL;
    mec_text_clear(&run.results);
    root_free(&run);
    return st;
}
