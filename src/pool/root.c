/* Rank 0's share: it deals the jobs, feeds the sink, and decides when a run ends.
 *
 * Termination. A job is always in exactly one place: not yet dealt, in a rank's queue,
 * in a child, in a message with jobs, in a rank's results or a message with results, or
 * delivered. Each place hands on what it takes, so when rank 0 has delivered n_jobs
 * different results no job is anywhere else, and nothing but steal questions and their
 * (empty) answers can be under way. Rank 0 then says TAG_FINISH. A rank that has heard
 * it asks for nothing any more, and says TAG_BYE once its last question is answered, its
 * results are sent and no message is half received; it goes on answering others.
 * Messages between two ranks begin to arrive in the order they were sent in, though a
 * long one may end later (link.c). So when rank 0 has heard TAG_BYE from all and has no
 * message half received itself, all that was sent to it is there; what was sent to
 * another rank was an answer, which that one had before its TAG_BYE, or came from rank 0.
 * Rank 0 then says TAG_END, the last message of the run that a rank receives. An early
 * stop takes the same way, only that ranks first drop what they hold; what had been
 * computed still passes the sink, because TAG_BYE comes after it. No counter is shared and no clock is read, so
 * delays of any length change nothing but the duration. */

#include "pool_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TICK_SECONDS 0.1
#define SEED_BYTES ((size_t)65536)

/* So many jobs per rank are dealt and not done at any time: enough for a rank not to wait
 * for rank 0, few enough for the results to come about in the order of the jobs, whose
 * rows are then neighbours in a database, and for ranks to hold little memory. */
enum { SEEDS_UNDER_WAY = 64, SEEDS_AT_ONCE = 16, SEED_JOBS = 128, WINDOW_JOBS = 512 };

/* ---- set-up ---- */

/* A job's place in the order of work. */
typedef struct order_key {
    double cost;
    int64_t i;
} order_key;

static int compare_keys(const void *a, const void *b)
{
    const order_key *x = a;
    const order_key *y = b;

    if (x->cost != y->cost) {
        return x->cost > y->cost ? -1 : 1;
    }
    return x->i < y->i ? -1 : 1;
}

static bool sort_jobs(pool_root *root)
{
    size_t n = (size_t)root->n_jobs;
    order_key *keys = malloc((n > 0 ? n : 1) * sizeof *keys);

    if (keys == NULL) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        double cost = root->jobs[i].cost;

        keys[i] = (order_key){isnan(cost) ? 0.0 : cost, (int64_t)i};
    }
    qsort(keys, n, sizeof *keys, compare_keys);
    for (size_t i = 0; i < n; i++) {
        root->order[i] = keys[i].i;
    }
    free(keys);
    return true;
}

mec_status root_start(pool_run *run, int64_t n_jobs, const mec_pool_job jobs[],
                      const mec_pool_options *options, mec_err *err)
{
    size_t n = n_jobs > 0 ? (size_t)n_jobs : 1;
    pool_root *root = calloc(1, sizeof *root);

    run->root = root;
    if (root == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "pool: out of memory");
    }
    root->options = options;
    root->jobs = jobs;
    root->n_jobs = n_jobs;
    root->n_to_seed = n_jobs;
    root->order = calloc(n, sizeof *root->order);
    root->n_seeded = calloc((size_t)link_size(run->link), sizeof *root->n_seeded);
    root->seen = calloc(n, 1);
    if (root->order == NULL || root->n_seeded == NULL || root->seen == NULL ||
        !sort_jobs(root)) {
        return mec_fail(err, MEC_E_NOMEM, "pool: no memory for %lld jobs",
                        (long long)n_jobs);
    }
    root->started = pool_now();
    root->next_tick = root->started + TICK_SECONDS;
    return MEC_OK;
}

void root_free(pool_run *run)
{
    if (run->root != NULL) {
        free(run->root->order);
        free(run->root->n_seeded);
        free(run->root->seen);
        free(run->root);
        run->root = NULL;
    }
}

/* ---- dealing ---- */

/* Deal a part of one rank's share: jobs r, r + size, r + 2 size, ... of the order. */
static mec_status seed_one(pool_run *run, int32_t rank, mec_err *err)
{
    pool_root *root = run->root;
    int64_t size = link_size(run->link);
    mec_text message = MEC_TEXT_INIT;
    int64_t place = rank + root->n_seeded[rank] * size;

    for (int i = 0;
         i < SEED_JOBS && place < root->n_jobs && message.length < SEED_BYTES; i++) {
        int64_t id = root->order[place];
        const mec_pool_job *from = &root->jobs[id];
        pool_job job = {.id = id,
                        .cost = from->cost,
                        .bytes = from->bytes,
                        .n = from->n,
                        .head = from->head};

        if (rank > 0) {
            job_pack(&job, &message);
        } else if (!queue_push(&run->queue, job)) {
            return mec_fail(err, MEC_E_NOMEM, "pool: no memory for the queue");
        }
        root->n_seeded[rank]++;
        root->n_to_seed--;
        place += size;
    }
    return message.length == 0 && mec_text_ok(&message)
               ? MEC_OK
               : link_send(run->link, CHANNEL_RUN, rank, TAG_JOBS, &message, err);
}

/* Deal on, in turns, without piling up messages. */
static mec_status seed(pool_run *run, bool *busy, mec_err *err)
{
    pool_root *root = run->root;
    mec_status st = MEC_OK;

    for (int i = 0; i < SEEDS_AT_ONCE && root->n_to_seed > 0 && st == MEC_OK; i++) {
        int64_t n_dealt = root->n_jobs - root->n_to_seed;

        if (run->finishing || link_n_sending(run->link) >= SEEDS_UNDER_WAY ||
            n_dealt - root->n_results >= (int64_t)WINDOW_JOBS * link_size(run->link)) {
            break;
        }
        *busy = true;
        st = seed_one(run, root->seed_rank, err);
        root->seed_rank = (root->seed_rank + 1) % link_size(run->link);
    }
    return st;
}

/* ---- results ---- */

static void tick(pool_root *root)
{
    root->next_tick = pool_now() + TICK_SECONDS;
    if (root->options->tick != NULL && root->status == MEC_OK) {
        root->status = root->options->tick(root->options->arg, &root->err);
    }
}

void root_take(pool_run *run, const mec_pool_result *result)
{
    pool_root *root = run->root;
    bool known = result->job >= 0 && result->job < root->n_jobs;

    if (root->status != MEC_OK) {
        return; /* after a failure nothing reaches the sink any more */
    }
    if (!known || root->seen[result->job] != 0) {
        root->status = mec_bug(&root->err, __FILE__, __LINE__, "one result per job");
        return;
    }
    root->seen[result->job] = 1;
    root->n_results++;
    root->status = root->options->sink(result, root->options->arg, &root->err);
    tick(root);
}

void root_fail(pool_run *run, mec_status status, const char *text)
{
    if (run->root->status == MEC_OK) {
        run->root->status = mec_fail(&run->root->err, status, "%s", text);
    }
}

/* ---- the end ---- */

mec_status root_stop(pool_run *run, stop_level level, mec_err *err)
{
    mec_status st = MEC_OK;

    if (run->finishing && run->root->told >= level) {
        return MEC_OK;
    }
    run->root->told = level;
    for (int32_t r = 1; r < link_size(run->link) && st == MEC_OK; r++) {
        st = run_send_status(run, r, TAG_FINISH, MEC_OK, level, "", err);
    }
    run_finish(run, level);
    return st;
}

static mec_status take_back(pool_run *run, const pool_message *m, mec_err *err)
{
    return run->finishing ? MEC_OK : queue_unpack(&run->queue, m->bytes, m->n, err);
}

static mec_status hear_report(pool_run *run, const pool_message *m, mec_err *err)
{
    wire_status wire;

    if (m->n <= sizeof wire) {
        return mec_fail(err, MEC_E_MPI, "pool: a report is damaged");
    }
    memcpy(&wire, m->bytes, sizeof wire);
    if (wire.status != MEC_OK) {
        root_fail(run, (mec_status)wire.status, m->bytes + sizeof wire);
        return MEC_OK;
    }
    if ((stop_level)wire.level > run->pool->signals->level) {
        run->pool->signals->level = (stop_level)wire.level;
    }
    return root_stop(run, (stop_level)wire.level, err);
}

mec_status root_handle(pool_run *run, const pool_message *m, mec_err *err)
{
    mec_text nothing = MEC_TEXT_INIT;
    mec_status st;

    switch (m->tag) {
    case TAG_RESULTS:
        st = outgoing_unpack(run, m, err);
        return st == MEC_OK ? link_send(run->link, CHANNEL_RUN, m->source, TAG_ACK,
                                        &nothing, err)
                            : st;
    case TAG_REPORT:
        return hear_report(run, m, err);
    case TAG_RETIRE:
        run->root->n_retired++;
        return take_back(run, m, err);
    case TAG_RETURN:
        return take_back(run, m, err);
    case TAG_BYE:
        run->root->n_byes++;
        return MEC_OK;
    default:
        return mec_fail(err, MEC_E_MPI, "pool: unknown message %d", (int)m->tag);
    }
}

/* When everyone has said goodbye: tell all how the run ended. */
static mec_status end_run(pool_run *run, mec_err *err)
{
    pool_root *root = run->root;
    mec_status st = MEC_OK;

    if (root->status == MEC_OK && root->n_results < root->n_jobs) {
        root->status = mec_fail(&root->err, MEC_E_STOPPED,
                                "stopped on request: %lld of %lld jobs are done",
                                (long long)root->n_results, (long long)root->n_jobs);
    }
    for (int32_t r = 1; r < link_size(run->link) && st == MEC_OK; r++) {
        st = run_send_status(run, r, TAG_END, root->status, STOP_NO, root->err.text,
                             err);
    }
    run->status = root->status;
    if (st == MEC_OK && root->status != MEC_OK && err != NULL) {
        *err = root->err;
    }
    run->ended = true;
    return st;
}

mec_status root_service(pool_run *run, bool *busy, mec_err *err)
{
    pool_root *root = run->root;
    double now = pool_now();
    bool was_finishing = run->finishing;
    mec_status st = MEC_OK;

    MEC_TRY(seed(run, busy, err));
    if (now >= root->next_tick) {
        tick(root);
    }
    if (run->retired && root->n_retired == link_size(run->link) - 1) {
        root_fail(run, MEC_E_IO, "pool: no rank can start a process any more");
    }
    if (root->status != MEC_OK) {
        MEC_TRY(root_stop(run, STOP_NOW, err));
    } else if (root->n_results == root->n_jobs) {
        MEC_TRY(root_stop(run, STOP_NO, err));
    } else if (root->options->budget_s > 0.0 &&
               now >= root->started + root->options->budget_s) {
        MEC_TRY(root_stop(run, STOP_GRACE, err));
    }
    if (run->bye_sent && root->n_byes == link_size(run->link) - 1 &&
        link_n_receiving(run->link) == 0) {
        MEC_TRY(end_run(run, err));
    }
    *busy = *busy || run->finishing != was_finishing;
done:
    return st;
}

double root_deadline(const pool_run *run)
{
    const pool_root *root = run->root;
    double deadline = root->options->tick != NULL ? root->next_tick : HUGE_VAL;

    if (root->status != MEC_OK && !run->finishing) {
        return 0.0; /* the end is due */
    }
    if (root->options->budget_s > 0.0 && !run->finishing) {
        deadline = fmin(deadline, root->started + root->options->budget_s);
    }
    return deadline;
}
