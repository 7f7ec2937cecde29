/* A rank's jobs, sorted so that the longest go first. */

#include "pool_priv.h"

#include <stdlib.h>
#include <string.h>

/* A job in a message: this, then n bytes. Ranks run the same program on like machines,
 * so structures travel as they are. */
typedef struct wire_job {
    int64_t id;
    double cost;
    size_t n;
    int32_t head;
    uint32_t alone;
    uint32_t strikes;
    uint32_t unused;
} wire_job;

void job_free(pool_job *job)
{
    free(job->owned);
    *job = (pool_job){0};
}

static bool goes_before(const pool_job *a, const pool_job *b)
{
    return a->cost > b->cost || (a->cost == b->cost && a->id < b->id);
}

/* Index (from head) at which a job belongs. */
static size_t place_of(const pool_queue *queue, const pool_job *job)
{
    const pool_job *jobs = queue->data + queue->head;
    size_t low = 0;
    size_t high = queue->n;

    if (high > 0 && goes_before(&jobs[high - 1], job)) {
        return high; /* shares arrive sorted */
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (goes_before(&jobs[middle], job)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Make room for one more job, moving the jobs to the front of the storage if need be. */
static bool make_room(pool_queue *queue)
{
    void *data = queue->data;

    if (queue->head > 0 && queue->head + queue->n == queue->capacity) {
        memmove(queue->data, queue->data + queue->head, queue->n * sizeof *queue->data);
        queue->head = 0;
    }
    if (!mec_vec_reserve_(&data, &queue->capacity, queue->head + queue->n + 1,
                          sizeof *queue->data)) {
        return false;
    }
    queue->data = data;
    return true;
}

bool queue_push(pool_queue *queue, pool_job job)
{
    size_t i = place_of(queue, &job);

    if (i == 0 && queue->head > 0) {
        queue->head--;
    } else {
        if (!make_room(queue)) {
            job_free(&job);
            return false;
        }
        pool_job *at = queue->data + queue->head + i;

        memmove(at + 1, at, (queue->n - i) * sizeof *at);
    }
    queue->data[queue->head + i] = job;
    queue->n++;
    return true;
}

bool queue_pop(pool_queue *queue, pool_job *job)
{
    if (queue->n == 0) {
        return false;
    }
    *job = queue->data[queue->head];
    queue->head++;
    queue->n--;
    return true;
}

const pool_job *queue_peek(const pool_queue *queue)
{
    return queue->n > 0 ? &queue->data[queue->head] : NULL;
}

void queue_clear(pool_queue *queue)
{
    for (size_t i = 0; i < queue->n; i++) {
        job_free(&queue->data[queue->head + i]);
    }
    free(queue->data);
    *queue = (pool_queue){0};
}

void job_pack(const pool_job *job, mec_text *out)
{
    wire_job wire = {.id = job->id,
                     .cost = job->cost,
                     .n = job->n,
                     .head = job->head,
                     .alone = job->alone,
                     .strikes = job->strikes};

    mec_text_add_bytes(out, &wire, sizeof wire);
    mec_text_add_bytes(out, job->bytes, job->n);
}

void queue_share(pool_queue *queue, bool all, size_t max_bytes, mec_text *out)
{
    pool_job *jobs = queue->data + queue->head;
    size_t kept = 0;

    for (size_t i = 0; i < queue->n; i++) {
        bool give = (all || i % 2 == 0) && out->length < max_bytes;

        if (give) {
            job_pack(&jobs[i], out);
            give = mec_text_ok(out);
        }
        if (give) {
            job_free(&jobs[i]);
        } else {
            jobs[kept] = jobs[i];
            kept++;
        }
    }
    queue->n = kept;
}

mec_status queue_unpack(pool_queue *queue, const char *bytes, size_t n, mec_err *err)
{
    size_t at = 0;

    while (at < n) {
        wire_job wire;

        if (n - at < sizeof wire) {
            return mec_fail(err, MEC_E_MPI, "pool: a message with jobs is damaged");
        }
        memcpy(&wire, bytes + at, sizeof wire);
        at += sizeof wire;
        if (n - at < wire.n) {
            return mec_fail(err, MEC_E_MPI, "pool: a message with jobs is damaged");
        }
        char *copy = malloc(wire.n > 0 ? wire.n : 1);
        pool_job job = {.id = wire.id,
                        .cost = wire.cost,
                        .bytes = copy,
                        .owned = copy,
                        .n = wire.n,
                        .head = wire.head,
                        .alone = wire.alone != 0,
                        .strikes = (uint8_t)wire.strikes};

        if (copy == NULL) {
            return mec_fail(err, MEC_E_NOMEM, "pool: no memory for a job of %zu bytes",
                            wire.n);
        }
        memcpy(copy, bytes + at, wire.n);
        at += wire.n;
        if (!queue_push(queue, job)) {
            return mec_fail(err, MEC_E_NOMEM, "pool: no memory for the queue");
        }
    }
    return MEC_OK;
}
