/* The rank's side of its children: one batch at a time, watched until it ends.
 *
 * Isolation. A job that has a child of its own gets its verdict from how that child
 * ends. Jobs that take far less time than a fork share a child, which may live for
 * about BATCH_SECONDS; when such a child dies, a neighbour may be to blame (a scribbled
 * heap, a leak), so nobody is judged: jobs without an answer run again, those that were
 * begun each in a child of their own. A job's end therefore depends on the job only. */

#include "pool_priv.h"

#include <errno.h>
#include <math.h>
#include <mecombo/log.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define BATCH_SECONDS 20e-3 /* a fork costs 0.3 to 1 ms */
#define BATCH_BYTES ((size_t)262144)

enum {
    MAX_STRIKES = 2,      /* kills from outside until a job counts as crashed */
    MAX_FALSE_STARTS = 12 /* children in a row that could not be started */
};

static zygote *current(evaluator *e)
{
    for (size_t i = 0; i < N_ZYGOTES; i++) {
        if (e->zygotes[i].pid > 0) {
            return &e->zygotes[i];
        }
    }
    return NULL;
}

mec_status evaluator_start(evaluator *e, mec_pool_task_fn task, void *arg, mec_err *err)
{
    mec_status st = MEC_OK;

    *e = (evaluator){.fd = -1, .batch_target = 1};
    for (size_t i = 0; i < N_ZYGOTES; i++) {
        e->zygotes[i].fd = -1;
    }
    for (size_t i = 0; i < N_ZYGOTES && st == MEC_OK; i++) {
        int other_fd = i > 0 ? e->zygotes[i - 1].fd : -1;

        st = zygote_start(&e->zygotes[i], other_fd, task, arg, err);
    }
    return st;
}

static void forget_child(evaluator *e)
{
    for (uint32_t i = 0; e->running && i < e->n_jobs; i++) {
        job_free(&e->jobs[i]);
    }
    if (e->fd >= 0) {
        close(e->fd);
        e->fd = -1;
    }
    e->running = false;
    mec_text_clear(&e->to_write);
    mec_text_clear(&e->received);
}

void evaluator_stop(evaluator *e)
{
    for (size_t i = 0; i < N_ZYGOTES; i++) {
        zygote_stop(&e->zygotes[i]);
    }
    forget_child(e);
}

bool evaluator_alive(const evaluator *e)
{
    return e->zygotes[0].pid > 0 || e->zygotes[1].pid > 0;
}

/* ---- what a child says ---- */

static mec_status emit(evaluator *e, uint32_t i, mec_pool_end end, const void *bytes,
                       size_t n, double seconds, mec_err *err)
{
    e->answered[i] = true;
    e->n_answered++;
    return e->emit(e->emit_arg, &e->jobs[i], end, bytes, n, seconds, err);
}

static mec_status emit_text(evaluator *e, uint32_t i, mec_pool_end end,
                            const char *text, double seconds, mec_err *err)
{
    return emit(e, i, end, text, strlen(text), seconds, err);
}

static bool frame_is_sound(const evaluator *e, const result_frame *frame)
{
    return frame->magic == FRAME_MAGIC && frame->index < e->n_jobs &&
           !e->answered[frame->index] && frame->n <= RESULT_MAX &&
           (frame->end == MEC_POOL_DONE || frame->end == MEC_POOL_FAILED ||
            frame->end == MEC_POOL_MEMORY);
}

static void kill_child(evaluator *e, kill_reason why)
{
    const zygote *z = current(e);

    if (e->killed == KILL_NONE) {
        e->killed = why;
        if (z != NULL) {
            (void)zygote_kill(z, e->serial);
        }
    }
}

/* Hand on the complete answers received so far. */
static mec_status parse_frames(evaluator *e, mec_err *err)
{
    mec_status st = MEC_OK;
    size_t at = 0;
    result_frame frame;

    while (st == MEC_OK && e->received.length - at >= sizeof frame) {
        memcpy(&frame, e->received.data + at, sizeof frame);
        if (!frame_is_sound(e, &frame)) {
            kill_child(e, KILL_GARBAGE);
            at = e->received.length;
            break;
        }
        if (e->received.length - at - sizeof frame < frame.n) {
            break;
        }
        /* Neighbours may have used the memory up: such a job is tried again alone. */
        if (frame.end != MEC_POOL_MEMORY || frame.index == 0) {
            st =
                emit(e, frame.index, (mec_pool_end)frame.end,
                     e->received.data + at + sizeof frame, frame.n, frame.seconds, err);
        }
        at += sizeof frame + frame.n;
    }
    if (at > 0) {
        e->received.length -= at;
        memmove(e->received.data, e->received.data + at, e->received.length);
    }
    return st;
}

/* Read what the child has written. */
static mec_status receive(evaluator *e, bool *busy, mec_err *err)
{
    char bytes[65536];
    mec_status st = MEC_OK;
    ssize_t n = -1;

    if (e->fd < 0) {
        return MEC_OK;
    }
    while (st == MEC_OK && (n = recv(e->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
        *busy = true;
        if (e->killed == KILL_GARBAGE) {
            continue;
        }
        mec_text_add_bytes(&e->received, bytes, (size_t)n);
        if (!mec_text_ok(&e->received)) {
            return mec_fail(err, MEC_E_NOMEM, "pool: no memory for a result");
        }
        st = parse_frames(e, err);
    }
    if (st == MEC_OK && n == 0) { /* closed: poll() must not wake for it again */
        close(e->fd);
        e->fd = -1;
    }
    return st;
}

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

/* ---- how a child ends ---- */

/* How many jobs the child has begun. */
static uint32_t n_begun(evaluator *e, const zygote *z)
{
    if (!e->reclaimed) {
        uint32_t next = atomic_load(&z->shared->next);

        e->n_claimed = next < e->n_jobs ? next : e->n_jobs;
    }
    return e->n_claimed;
}

static mec_status give_back(evaluator *e, uint32_t i, bool alone, mec_err *err)
{
    pool_job job = e->jobs[i];

    e->jobs[i] = (pool_job){0};
    e->answered[i] = true;
    e->n_answered++;
    job.alone = job.alone || alone;
    if (e->dropping) {
        job_free(&job);
        return MEC_OK;
    }
    return queue_push(e->queue, job)
               ? MEC_OK
               : mec_fail(err, MEC_E_NOMEM, "pool: no memory for the queue");
}

/* Take back the jobs that the child has not begun: it found a long one, and others may
 * be idle. */
static mec_status reclaim(evaluator *e, const zygote *z, mec_err *err)
{
    mec_status st = MEC_OK;

    if (e->reclaimed) {
        return MEC_OK;
    }
    uint32_t next = atomic_exchange(&z->shared->next, UINT32_MAX / 2);
    e->n_claimed = next < e->n_jobs ? next : e->n_jobs;
    e->reclaimed = true;
    for (uint32_t i = e->n_claimed; i < e->n_jobs && st == MEC_OK; i++) {
        if (!e->answered[i]) {
            st = give_back(e, i, false, err);
        }
    }
    return st;
}

/* Say how the only job of a child ended that gave no answer. */
static mec_status judge(evaluator *e, const zygote *z, int status, double seconds,
                        mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;
    mec_pool_end end = MEC_POOL_CRASHED;

    if (e->killed == KILL_TIMEOUT) {
        end = MEC_POOL_TIMEOUT;
        mec_text_printf(&text, "killed after its time limit of %g s",
                        e->limits.task_timeout_s);
    } else if (e->killed == KILL_GARBAGE) {
        mec_text_add(&text, "gave a damaged answer (memory was overwritten)");
    } else if (atomic_load(&z->shared->memory) != 0) {
        end = MEC_POOL_MEMORY;
        mec_text_printf(&text, "reached its memory limit of %lld bytes",
                        (long long)e->limits.task_memory_bytes);
    } else if (WIFSIGNALED(status)) {
        int s = WTERMSIG(status);

        mec_text_printf(&text, "killed by signal %d (%s)%s", s, strsignal(s),
                        s == SIGKILL ? " twice, not by its rank (no memory left?)"
                                     : "");
    } else {
        mec_text_printf(&text, "ended by exit(%d) of its own", WEXITSTATUS(status));
    }
    mec_status st = emit_text(e, 0, end, mec_text_string(&text), seconds, err);
    mec_text_clear(&text);
    return st;
}

/* A kill that was not ours says nothing about the job, the first time. */
static bool is_outside_kill(const evaluator *e, int status)
{
    return e->killed == KILL_NONE && status >= 0 && WIFSIGNALED(status) &&
           WTERMSIG(status) == SIGKILL;
}

/* When children cannot be started, wait longer and longer; in the end give up. */
static void note_false_start(evaluator *e, int status)
{
    e->n_false_starts++;
    e->not_before = pool_now() + fmin(1e-3 * pow(2.0, e->n_false_starts), 1.0);
    if (e->n_false_starts >= MAX_FALSE_STARTS) {
        mec_log(MEC_LOG_WARNING, "pool: cannot start a process for a job: %s",
                status < 0 ? strerror(-status) : "it ends at once");
        for (size_t i = 0; i < N_ZYGOTES; i++) {
            zygote_stop(&e->zygotes[i]);
        }
    }
}

/* Choose the size of the next batch from how long this one took. */
static void tune_batch(evaluator *e, uint32_t begun)
{
    double per_job = (pool_now() - e->spawned) / begun;
    double most = fmin(BATCH_MAX, 4.0 * e->batch_target);

    e->batch_target = (uint32_t)fmax(1.0, fmin(most, BATCH_SECONDS / per_job));
}

/* The child has ended; status as waitpid() gives it. */
static mec_status finish_child(evaluator *e, const zygote *z, int status, mec_err *err)
{
    mec_status st = MEC_OK;
    bool busy;

    MEC_TRY(receive(e, &busy, err));
    uint32_t begun = n_begun(e, z);
    bool outside = is_outside_kill(e, status);
    double since = e->spawned;
    double started = 1e-9 * (double)atomic_load(&z->shared->started);

    if (started > since && started < pool_now()) {
        since = started;
    }
    for (uint32_t i = 0; i < e->n_jobs && st == MEC_OK; i++) {
        if (e->answered[i]) {
            continue;
        }
        if (outside && i + 1 == begun) {
            e->jobs[i].strikes++;
        }
        if (begun == 1 && i == 0 && e->killed != KILL_STOP &&
            !(outside && e->jobs[0].strikes < MAX_STRIKES)) {
            st = judge(e, z, status, pool_now() - since, err);
        } else {
            st = give_back(e, i, i < begun, err);
        }
    }
    if (begun == 0 && !outside) {
        note_false_start(e, status);
    } else {
        e->n_false_starts = 0;
        tune_batch(e, begun > 0 ? begun : 1);
    }
done:
    forget_child(e);
    return st;
}

/* ---- starting a child ---- */

static void add_to_batch(evaluator *e, pool_job job)
{
    static const char zeros[16] = {0};
    batch_job head = {.n = job.n};

    mec_text_add_bytes(&e->to_write, &head, sizeof head);
    mec_text_add_bytes(&e->to_write, job.bytes, job.n);
    mec_text_add_bytes(&e->to_write, zeros, batch_padded(job.n) - job.n);
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
             e->to_write.length + next->n < BATCH_BYTES);
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
    zygote *z = current(e);
    mec_status st;

    if (e->running || e->queue->n == 0 || z == NULL || pool_now() < e->not_before) {
        return MEC_OK;
    }
    *busy = true;
    e->running = true;
    e->n_jobs = 0;
    st = fill_batch(e, err);
    if (st != MEC_OK) {
        return st;
    }
    e->reclaimed = false;
    e->killed = KILL_NONE;
    e->n_answered = 0;
    e->spawned = pool_now();
    /* A child that could not be started is one that ended and had begun nothing. */
    return spawn(e, z) ? MEC_OK : finish_child(e, z, -errno, err);
}

/* ---- watching ---- */

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
        st = finish_child(e, z, SIGKILL, err);
    }
    zygote_stop(z);
    return st;
}

static mec_status enforce_limits(evaluator *e, const zygote *z, mec_err *err)
{
    double now = pool_now();

    if (e->n_jobs > 1 && !e->reclaimed && now > e->spawned + 2.0 * BATCH_SECONDS) {
        mec_status st = reclaim(e, z, err);

        if (st != MEC_OK) {
            return st;
        }
    }
    if (e->limits.task_timeout_s > 0.0) {
        double started = 1e-9 * (double)atomic_load(&z->shared->started);
        double since = fmax(started, e->spawned);

        if (fmin(since, now) + e->limits.task_timeout_s <= now) {
            kill_child(e, KILL_TIMEOUT);
        }
    }
    return MEC_OK;
}

mec_status evaluator_service(evaluator *e, bool *busy, mec_err *err)
{
    mec_status st = MEC_OK;
    zygote *z = current(e);
    zygote_notice notice;
    int got;

    if (z == NULL) {
        return MEC_OK;
    }
    if (e->running) {
        write_batch(e, busy);
        MEC_TRY(receive(e, busy, err));
        MEC_TRY(enforce_limits(e, z, err));
    }
    while (st == MEC_OK && (got = zygote_receive(z, &notice)) != 0) {
        *busy = true;
        if (got < 0) {
            return bury_zygote(e, z, err);
        }
        if (e->running && notice.serial == e->serial) {
            st = finish_child(e, z, notice.status, err);
            break;
        }
    }
done:
    return st;
}

void evaluator_drop(evaluator *e, bool now)
{
    zygote *z = current(e);
    mec_err err = MEC_ERR_INIT;

    e->dropping = true;
    queue_clear(e->queue);
    if (e->running && z != NULL) {
        (void)reclaim(e, z, &err); /* dropping needs no memory */
        if (now) {
            kill_child(e, KILL_STOP);
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
    double deadline = HUGE_VAL;

    if (!evaluator_alive(e)) {
        return HUGE_VAL;
    }
    if (!e->running) {
        return e->queue->n > 0 ? e->not_before : HUGE_VAL;
    }
    if (e->n_jobs > 1 && !e->reclaimed) {
        deadline = e->spawned + 2.0 * BATCH_SECONDS;
    }
    if (e->limits.task_timeout_s > 0.0 && e->killed == KILL_NONE) {
        double started = 1e-9 * (double)atomic_load(&z->shared->started);
        double since = fmin(fmax(started, e->spawned), pool_now());

        deadline = fmin(deadline, since + e->limits.task_timeout_s);
    }
    return deadline;
}
