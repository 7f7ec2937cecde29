/* Results on their way to rank 0: gathered into messages of bounded size, of which each
 * rank may have few under way. A result is acknowledged after it went through the sink;
 * a rank that hears nothing soon stops taking jobs, so a slow sink slows the campaign
 * down but fills no memory. */

#include "pool_priv.h"

#include <math.h>
#include <string.h>

#define MESSAGE_BYTES ((size_t)131072) /* a result longer than this travels alone */
#define HELD_BYTES ((size_t)1048576) /* with more than this at hand, compute nothing */
#define PATIENCE 10e-3               /* s between messages of a busy rank */

enum { MAX_UNACKNOWLEDGED = 2 };

/* A result in a message: this, then n bytes. A message starts with the host's name. */
typedef struct wire_result {
    int64_t job;
    double seconds;
    size_t n;
    int32_t end;
    int32_t unused;
} wire_result;

static mec_status send_results(pool_run *run, mec_err *err)
{
    run->n_unacknowledged++;
    run->last_sent = pool_now();
    return link_send(run->link, CHANNEL_RUN, 0, TAG_RESULTS, &run->results, err);
}

mec_status outgoing_emit(void *arg, const pool_job *job, mec_pool_end end,
                         const void *bytes, size_t n, double seconds, mec_err *err)
{
    pool_run *run = arg;
    mec_pool *pool = run->pool;

    if (run->root != NULL) {
        const mec_pool_result result = {.job = job->id,
                                        .end = end,
                                        .bytes = n > 0 ? bytes : "",
                                        .n = n,
                                        .seconds = seconds,
                                        .rank = 0,
                                        .host = pool->host};

        root_take(run, &result);
        return MEC_OK;
    }
    wire_result wire = {
        .job = job->id, .seconds = seconds, .n = n, .end = (int32_t)end};

    if (run->results.length > 0 && run->results.length + n > MESSAGE_BYTES &&
        run->n_unacknowledged < MAX_UNACKNOWLEDGED) {
        mec_status st = send_results(run, err);

        if (st != MEC_OK) {
            return st;
        }
    }
    if (run->results.length == 0) {
        mec_text_add_bytes(&run->results, pool->host, sizeof pool->host);
    }
    mec_text_add_bytes(&run->results, &wire, sizeof wire);
    mec_text_add_bytes(&run->results, bytes, n);
    return mec_text_ok(&run->results)
               ? MEC_OK
               : mec_fail(err, MEC_E_NOMEM, "pool: no memory for a result");
}

mec_status outgoing_service(pool_run *run, bool *busy, mec_err *err)
{
    bool idle = !run->evaluator->running && run->queue.n == 0;
    bool ripe = idle || run->finishing || run->results.length >= MESSAGE_BYTES ||
                pool_now() >= run->last_sent + PATIENCE;

    if (run->results.length == 0 || !ripe ||
        run->n_unacknowledged >= MAX_UNACKNOWLEDGED) {
        return MEC_OK;
    }
    *busy = true;
    return send_results(run, err);
}

bool outgoing_is_full(const pool_run *run)
{
    return run->results.length >= HELD_BYTES;
}

bool outgoing_is_empty(const pool_run *run)
{
    return run->results.length == 0;
}

double outgoing_deadline(const pool_run *run)
{
    return run->results.length > 0 && run->n_unacknowledged < MAX_UNACKNOWLEDGED
               ? run->last_sent + PATIENCE
               : HUGE_VAL;
}

mec_status outgoing_unpack(pool_run *run, const pool_message *m, mec_err *err)
{
    char host[sizeof run->pool->host] = "";
    size_t at = sizeof host;

    if (m->n >= at) {
        memcpy(host, m->bytes, sizeof host - 1);
    }
    while (at < m->n) {
        wire_result wire;

        if (m->n - at >= sizeof wire) {
            memcpy(&wire, m->bytes + at, sizeof wire);
        }
        if (m->n - at < sizeof wire || m->n - at - sizeof wire < wire.n) {
            return mec_fail(err, MEC_E_MPI, "pool: a message with results is damaged");
        }
        const mec_pool_result result = {.job = wire.job,
                                        .end = (mec_pool_end)wire.end,
                                        .bytes = m->bytes + at + sizeof wire,
                                        .n = wire.n,
                                        .seconds = wire.seconds,
                                        .rank = m->source,
                                        .host = host};

        root_take(run, &result);
        at += sizeof wire + wire.n;
    }
    return MEC_OK;
}
