/* What a child says, and how it ends.
 *
 * Isolation. A job that has a child of its own gets its verdict from how that child
 * ends. Jobs that take far less time than a fork share a child, which lives for
 * a fraction of a second; when such a child dies, a neighbour may be to blame (a scribbled
 * heap, a leak), so nobody is judged: jobs without an answer run again, those that were
 * begun each in a child of their own. A job's end therefore depends on the job only. */

#include "pool_priv.h"

#include <math.h>
#include <mecombo/log.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    MAX_STRIKES = 3,      /* kills from outside until a job counts as crashed */
    MAX_FALSE_STARTS = 12 /* children in a row that could not be started */
};

zygote *harvest_zygote(evaluator *e)
{
    for (size_t i = 0; i < N_ZYGOTES; i++) {
        if (e->zygotes[i].pid > 0) {
            return &e->zygotes[i];
        }
    }
    return NULL;
}

void harvest_forget(evaluator *e)
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

void harvest_kill(evaluator *e, kill_reason why)
{
    const zygote *z = harvest_zygote(e);

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

    while (st == MEC_OK && e->received.length - at >= sizeof frame.magic) {
        bool is_whole = e->received.length - at >= sizeof frame;

        memcpy(&frame, e->received.data + at,
               is_whole ? sizeof frame : sizeof frame.magic);
        if (is_whole ? !frame_is_sound(e, &frame) : frame.magic != FRAME_MAGIC) {
            harvest_kill(e, KILL_GARBAGE);
            at = e->received.length;
            break;
        }
        if (!is_whole || e->received.length - at - sizeof frame < frame.n) {
            break;
        }
        e->n_timed++;
        e->task_seconds += frame.seconds;
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
mec_status harvest_read(evaluator *e, bool *busy, mec_err *err)
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
mec_status harvest_reclaim(evaluator *e, const zygote *z, mec_err *err)
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
    } else if (atomic_load(&z->shared->mute) != 0) {
        mec_text_add(&text, "closed descriptors that are not its own, also the one for "
                            "its answer");
    } else if (WIFSIGNALED(status)) {
        int s = WTERMSIG(status);

        mec_text_printf(&text, "killed by signal %d (%s)", s, strsignal(s));
        if (s == SIGKILL) {
            mec_text_printf(&text, ", %d times, not by its rank (is memory short?)",
                            MAX_STRIKES);
        }
    } else {
        mec_text_printf(&text, "ended by exit(%d) of its own", WEXITSTATUS(status));
    }
    mec_status st = emit_text(e, 0, end, mec_text_string(&text), seconds, err);
    mec_text_clear(&text);
    return st;
}

/* A kill that was not ours says nothing about the job, the first time: a batch system
 * that ends a job signals all its processes. */
static bool is_outside_kill(const evaluator *e, int status)
{
    int s = status >= 0 && WIFSIGNALED(status) ? WTERMSIG(status) : 0;

    return e->killed == KILL_NONE && (s == SIGKILL || s == SIGTERM || s == SIGINT ||
                                      s == SIGHUP || s == SIGUSR1 || s == SIGUSR2);
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

/* Choose the next batch from what this one was: its jobs should take ten times what the
 * child itself costs, within bounds. */
static void tune_batch(evaluator *e, uint32_t begun)
{
    double elapsed = pool_now() - e->spawned;
    double busy = e->n_timed > 0 ? e->task_seconds : elapsed;
    double per_job = fmax(busy / (e->n_timed > 0 ? e->n_timed : begun), 1e-7);
    double most = fmin(BATCH_MAX, 4.0 * e->batch_target);
    double overhead = fmax(elapsed - busy, 0.0);

    e->batch_seconds = fmin(fmax(10.0 * overhead, BATCH_SECONDS), 10.0 * BATCH_SECONDS);
    e->batch_target = (uint32_t)fmax(1.0, fmin(most, e->batch_seconds / per_job));
}

/* The child has ended; status as waitpid() gives it. */
mec_status harvest_end(evaluator *e, const zygote *z, int status, mec_err *err)
{
    mec_status st = MEC_OK;
    bool busy;

    MEC_TRY(harvest_read(e, &busy, err));
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
    if (begun == 0 && !e->dropping) {
        note_false_start(e, status);
    } else {
        e->n_false_starts = 0;
        tune_batch(e, begun > 0 ? begun : 1);
    }
done:
    harvest_forget(e);
    return st;
}
