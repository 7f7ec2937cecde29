/* The rank's side of its children: one batch at a time, watched until it ends. */

#include "pool_priv.h"

#include <errno.h>
#include <math.h>
#include <mecombo/log.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define BATCH_BYTES ((size_t)262144)
#define START_SECONDS 60.0 /* a child that has begun nothing by then is stuck */

mec_status evaluator_start(evaluator *e, mec_pool_task_fn task, void *arg, mec_err *err)
{
    mec_status st = MEC_OK;

    *e = (evaluator){.fd = -1, .batch_target = 1, .batch_seconds = BATCH_SECONDS};
    for (size_t i = 0; i < N_ZYGOTES; i++) {
        e->zygotes[i].fd = -1;
    }
    for (size_t i = 0; i < N_ZYGOTES && st == MEC_OK; i++) {
        int other_fd = i > 0 ? e->zygotes[i - 1].fd : -1;

        st = zygote_start(&e->zygotes[i], other_fd, task, arg, err);
    }
    return st;
}

void evaluator_stop(evaluator *e)
{
    for (size_t i = 0; i < N_ZYGOTES; i++) {
        zygote_stop(&e->zygotes[i]);
    }
    harvest_forget(e);
}

bool evaluator_alive(const evaluator *e)
{
    return e->zygotes[0].pid > 0 || e->zygotes[1].pid > 0;
}

/* ---- starting a child ---- */

static void add_to_batch(evaluator *e, pool_job job)
{
    static const char zeros[16] = {0};
    mec_pool_head head = heads_get(&e->heads, job.head);
    batch_job frame = {.n = head.n + job.n};

    mec_text_add_bytes(&e->to_write, &frame, sizeof frame);
    mec_text_add_bytes(&e->to_write, head.bytes, head.n);
    mec_text_add_bytes(&e->to_write, job.bytes, job.n);
    mec_text_add_bytes(&e->to_write, zeros, batch_padded(frame.n) - frame.n);
    e->answered[e->n_jobs] = false;
    e->jobs[e->n_jobs] = job;
    e->n_jobs++;
}

/* Take jobs from the queue: as many as a child may run, but no more than half of what
 * is there, so that thieves find something too. */
static mec_status fill_batch(evaluator *e, mec_err *err)
{
    batch_header header = {.memory_bytes = e->limits.task_memory_bytes};
    size_t half = (e->queue->n + 1) / 2;
    uint32_t target = half < e->batch_target ? (uint32_t)half : e->batch_target;
    const pool_job *next = queue_peek(e->queue);
    pool_job job;

    mec_text_reset(&e->to_write);
    mec_text_reset(&e->received);
    e->n_jobs = 0;
    e->n_written = 0;
    mec_text_add_bytes(&e->to_write, &header, sizeof header);
    do {
        bool alone = next->alone;

        (void)queue_pop(e->queue, &job);
        add_to_batch(e, job);
        next = alone ? NULL : queue_peek(e->queue);
    } while (e->n_jobs < target && next != NULL && !next->alone &&
             e->to_write.length + heads_get(&e->heads, next->head).n + next->n <
                 BATCH_BYTES);
    if (!mec_text_ok(&e->to_write)) {
        return mec_fail(err, MEC_E_NOMEM, "pool: no memory for a batch of jobs");
    }
    header.n_jobs = e->n_jobs;
    header.n_bytes = e->to_write.length - sizeof header;
    memcpy(e->to_write.data, &header, sizeof header);
    return MEC_OK;
}

/* Have a child forked for the batch; false when that cannot be done now. */
static bool spawn(evaluator *e, const zygote *z)
{
    int fds[2];

    atomic_store(&z->shared->next, 0);
    atomic_store(&z->shared->memory, 0);
    atomic_store(&z->shared->mute, 0);
    atomic_store(&z->shared->started, 0);
    e->serial++;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0) {
        return false;
    }
    bool sent = zygote_spawn(z, e->serial, fds[1]);
    int code = errno;
    close(fds[1]);
    e->fd = fds[0];
    errno = code;
    return sent;
}

mec_status evaluator_feed(evaluator *e, bool *busy, mec_err *err)
{
    zygote *z = harvest_zygote(e);
    mec_status st;

    if (e->running || e->queue->n == 0 || z == NULL || pool_now() < e->not_before) {
        return MEC_OK;
    }
    *busy = true;
    e->running = true;
    e->n_jobs = 0;
    st = fill_batch(e, err);
    if (st != MEC_OK) {
        harvest_forget(e); /* the run ends: its jobs are needed no more */
        return st;
    }
    e->reclaimed = false;
    e->killed = KILL_NONE;
    e->n_answered = 0;
    e->spawned = pool_now();
    e->begun = 0.0;
    e->n_timed = 0;
    e->task_seconds = 0.0;
    /* A child that could not be started is one that ended and had begun nothing. */
    return spawn(e, z) ? MEC_OK : harvest_end(e, z, -errno, err);
}

/* ---- watching ---- */

static void write_batch(evaluator *e, bool *busy)
{
    while (e->fd >= 0 && e->n_written < e->to_write.length) {
        ssize_t n =
            send(e->fd, e->to_write.data + e->n_written,
                 e->to_write.length - e->n_written, MSG_NOSIGNAL | MSG_DONTWAIT);

        if (n <= 0) {
            if (n < 0 && errno != EAGAIN && errno != EINTR) {
                e->n_written = e->to_write.length; /* it has died: the zygote tells */
            }
            return;
        }
        *busy = true;
        e->n_written += (size_t)n;
    }
}

/* A zygote was killed from outside; its child dies with it. */
static mec_status bury_zygote(evaluator *e, zygote *z, mec_err *err)
{
    mec_status st = MEC_OK;

    mec_log(MEC_LOG_WARNING,
            "pool: process %ld, which starts the evaluations, is gone%s", (long)z->pid,
            z == &e->zygotes[0] ? "; its spare takes over" : "");
    if (e->running) {
        /* Its child holds the other end of our socket, so wait for that to close. */
        struct pollfd p = {.fd = e->fd, .events = POLLRDHUP};

        if (e->fd >= 0) {
            (void)poll(&p, 1, 1000);
        }
        st = harvest_end(e, z, SIGKILL, err);
    }
    zygote_stop(z);
    return st;
}

/* When the child must be looked after: its jobs reclaimed, or itself killed. Time counts
 * from its first job, or its present one: on a busy host a fork alone may take long. */
typedef struct child_deadlines {
    double reclaim;
    double kill;
} child_deadlines;

static child_deadlines deadlines_of(const evaluator *e, const zygote *z)
{
    double now = pool_now();
    double started = 1e-9 * (double)atomic_load(&z->shared->started);
    bool begun = atomic_load(&z->shared->next) > 0;
    child_deadlines d = {HUGE_VAL, HUGE_VAL};

    if (e->n_jobs > 1 && !e->reclaimed) {
        d.reclaim = (begun && e->begun > 0.0 ? e->begun : now) + 2.0 * e->batch_seconds;
    }
    if (!begun) {
        d.kill = e->spawned + START_SECONDS;
    } else if (e->limits.task_timeout_s > 0.0) {
        d.kill = fmin(fmax(started, e->spawned), now) + e->limits.task_timeout_s;
    }
    return d;
}

static mec_status enforce_limits(evaluator *e, const zygote *z, mec_err *err)
{
    double now = pool_now();
    child_deadlines d = deadlines_of(e, z);

    if (e->begun == 0.0 && atomic_load(&z->shared->next) > 0) {
        e->begun = now;
    }
    if (d.kill <= now) {
        harvest_kill(e, KILL_TIMEOUT);
    }
    return d.reclaim <= now ? harvest_reclaim(e, z, err) : MEC_OK;
}

mec_status evaluator_service(evaluator *e, bool *busy, mec_err *err)
{
    mec_status st = MEC_OK;
    zygote *z = harvest_zygote(e);
    zygote_notice notice;
    int got;

    if (z == NULL) {
        return MEC_OK;
    }
    if (e->running) {
        write_batch(e, busy);
        MEC_TRY(harvest_read(e, busy, err));
        MEC_TRY(enforce_limits(e, z, err));
    }
    while (st == MEC_OK && (got = zygote_receive(z, &notice)) != 0) {
        *busy = true;
        if (got < 0) {
            return bury_zygote(e, z, err);
        }
        if (e->running && notice.serial == e->serial) {
            st = harvest_end(e, z, notice.status, err);
            break;
        }
    }
done:
    return st;
}

void evaluator_drop(evaluator *e, bool now)
{
    zygote *z = harvest_zygote(e);
    mec_err err = MEC_ERR_INIT;

    e->dropping = true;
    queue_clear(e->queue);
    if (e->running && z != NULL) {
        (void)harvest_reclaim(e, z, &err); /* dropping needs no memory */
        if (now) {
            harvest_kill(e, KILL_STOP);
        }
    }
}

nfds_t evaluator_fds(const evaluator *e, struct pollfd *fds)
{
    nfds_t n = 0;
    bool first = e->zygotes[0].pid > 0;

    if (evaluator_alive(e)) {
        fds[n++] =
            (struct pollfd){.fd = e->zygotes[first ? 0 : 1].fd, .events = POLLIN};
    }
    if (e->running && e->fd >= 0) {
        bool writing = e->n_written < e->to_write.length;

        fds[n++] = (struct pollfd){
            .fd = e->fd, .events = (short)(writing ? POLLIN | POLLOUT : POLLIN)};
    }
    return n;
}

double evaluator_deadline(const evaluator *e)
{
    const zygote *z = &e->zygotes[e->zygotes[0].pid > 0 ? 0 : 1];

    if (!evaluator_alive(e)) {
        return HUGE_VAL;
    }
    if (!e->running) {
        return e->queue->n > 0 ? e->not_before : HUGE_VAL;
    }
    child_deadlines d = deadlines_of(e, z);

    return e->killed == KILL_NONE ? fmin(d.reclaim, d.kill) : d.reclaim;
}
