/* The event loop of a rank: messages, children, signals, timers, and sleep. */

#include "pool_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How long a rank may take to notice a message. It wakes about a hundred times a second,
 * which costs well under one per cent of a core. */
#define LONGEST_NAP 8e-3  /* s */
#define AWAITING_NAP 2e-3 /* s, while an answer is under way */

enum { MESSAGES_AT_ONCE = 256, MAX_FDS = 3 };

static const double RECEIVING = 0.05; /* s */

mec_status run_send_status(pool_run *run, int32_t dest, int32_t tag, mec_status status,
                           stop_level level, const char *text, mec_err *err)
{
    mec_text message = MEC_TEXT_INIT;
    wire_status wire = {.status = (int32_t)status, .level = (int32_t)level};

    mec_text_add_bytes(&message, &wire, sizeof wire);
    mec_text_add_bytes(&message, text, strlen(text) + 1);
    return link_send(run->link, CHANNEL_RUN, dest, tag, &message, err);
}

void run_finish(pool_run *run, stop_level level)
{
    bool now = level == STOP_NOW || (level == STOP_GRACE && run->grace_s <= 0.0);

    if (!run->finishing) {
        run->grace_until = pool_now() + run->grace_s;
    }
    run->finishing = true;
    run->level = level > run->level ? level : run->level;
    evaluator_drop(run->evaluator, now);
}

/* A failure of this rank alone ends the run everywhere, through rank 0. One of MPI
 * itself cannot be told to anyone. */
static mec_status contain(pool_run *run, mec_status st, mec_err *err)
{
    if (st == MEC_OK || st == MEC_E_MPI) {
        return st;
    }
    const char *text = err != NULL ? err->text : mec_status_text(st);
    if (run->root != NULL) {
        root_fail(run, st, text);
        return MEC_OK;
    }
    if (run->failure_reported) {
        return MEC_OK;
    }
    run->failure_reported = true;
    return run_send_status(run, 0, TAG_REPORT, st, STOP_NO, text, err);
}

/* ---- messages ---- */

static mec_status hear_finish(pool_run *run, const pool_message *m, mec_err *err)
{
    wire_status wire;

    if (m->n <= sizeof wire) {
        return mec_fail(err, MEC_E_MPI, "pool: a message about the end is damaged");
    }
    memcpy(&wire, m->bytes, sizeof wire);
    if (m->tag == TAG_FINISH) {
        run_finish(run, (stop_level)wire.level);
        return MEC_OK;
    }
    run->ended = true;
    run->status = (mec_status)wire.status;
    if (run->status != MEC_OK) {
        (void)mec_fail(err, run->status, "%s", m->bytes + sizeof wire);
    }
    return MEC_OK;
}

static mec_status handle(pool_run *run, const pool_message *m, mec_err *err)
{
    switch (m->tag) {
    case TAG_JOBS:
        run->next_steal = 0.0;
        return run->finishing ? MEC_OK : queue_unpack(&run->queue, m->bytes, m->n, err);
    case TAG_STEAL:
        return steal_answer(run, m->source, err);
    case TAG_LOOT:
        return steal_take(run, m, err);
    case TAG_ACK:
        run->n_unacknowledged--;
        return MEC_OK;
    case TAG_FINISH:
    case TAG_END:
        return hear_finish(run, m, err);
    default:
        return run->root != NULL
                   ? root_handle(run, m, err)
                   : mec_fail(err, MEC_E_MPI, "pool: unknown message %d", (int)m->tag);
    }
}

/* At least one message, then others while there is time: a slow sink keeps rank 0 from
 * its other duties, the end of the run among them, no longer than one message takes. */
static mec_status receive(pool_run *run, bool *busy, mec_err *err)
{
    mec_status st = link_progress(run->link, err);
    double until = pool_now() + RECEIVING;
    bool got = true;

    for (int i = 0; st == MEC_OK && got && !run->ended && i < MESSAGES_AT_ONCE &&
                    (i == 0 || pool_now() < until);
         i++) {
        pool_message m = {0};

        st = link_receive(run->link, CHANNEL_RUN, ANY_RANK, ANY_TAG, &m, &got, err);
        if (st == MEC_OK && got) {
            *busy = true;
            st = contain(run, handle(run, &m, err), err);
        }
        free(m.bytes);
    }
    return st;
}

/* ---- this rank's own affairs ---- */

/* Pass a signal on to rank 0, which decides for all. */
static mec_status watch_signals(pool_run *run, mec_err *err)
{
    stop_level level = signals_level(run->pool->signals);

    if (level <= run->reported) {
        return MEC_OK;
    }
    run->reported = level;
    return run->root != NULL
               ? root_stop(run, level, err)
               : run_send_status(run, 0, TAG_REPORT, MEC_OK, level, "", err);
}

/* A rank that can start no process gives its jobs to rank 0, from where others steal
 * them. Rank 0 itself just leaves its jobs where thieves find them. */
static mec_status watch_evaluator(pool_run *run, mec_err *err)
{
    mec_text jobs = MEC_TEXT_INIT;
    bool first = !run->retired;

    if (evaluator_alive(run->evaluator)) {
        return MEC_OK;
    }
    run->retired = true;
    if (run->root != NULL || run->finishing || (!first && run->queue.n == 0)) {
        return MEC_OK;
    }
    queue_share(&run->queue, true, SIZE_MAX, &jobs);
    return link_send(run->link, CHANNEL_RUN, 0, first ? TAG_RETIRE : TAG_RETURN, &jobs,
                     err);
}

static mec_status compute(pool_run *run, bool *busy, mec_err *err)
{
    mec_status st = contain(run, evaluator_service(run->evaluator, busy, err), err);

    if (st == MEC_OK && !run->finishing && !outgoing_is_full(run)) {
        st = contain(run, evaluator_feed(run->evaluator, busy, err), err);
    }
    if (run->finishing && run->level == STOP_GRACE && run->evaluator->running &&
        pool_now() >= run->grace_until) {
        run_finish(run, STOP_NOW);
    }
    return st;
}

/* Say goodbye once this rank holds nothing and waits for nothing. */
static mec_status take_leave(pool_run *run, bool *busy, mec_err *err)
{
    if (run->bye_sent || !run->finishing || run->evaluator->running ||
        run->victim >= 0 || !outgoing_is_empty(run) ||
        link_n_receiving(run->link) > 0) {
        return MEC_OK;
    }
    *busy = true;
    run->bye_sent = true;
    return run->root != NULL
               ? MEC_OK
               : run_send_status(run, 0, TAG_BYE, MEC_OK, STOP_NO, "", err);
}

/* ---- the loop ---- */

static double next_deadline(const pool_run *run)
{
    bool waiting = !run->evaluator->running && outgoing_is_full(run);
    double deadline = waiting ? HUGE_VAL : evaluator_deadline(run->evaluator);

    deadline = fmin(deadline, outgoing_deadline(run));
    if (run->root != NULL) {
        deadline = fmin(deadline, root_deadline(run));
    }
    if (run->finishing && run->level == STOP_GRACE && run->evaluator->running) {
        deadline = fmin(deadline, run->grace_until);
    }
    return deadline;
}

static void rest(const pool_run *run, pool_nap *nap, bool busy)
{
    struct pollfd fds[MAX_FDS] = {{.fd = run->pool->signals->fd, .events = POLLIN}};
    nfds_t n = 1 + evaluator_fds(run->evaluator, fds + 1);
    bool awaiting = run->victim >= 0 || run->finishing || run->n_unacknowledged > 0 ||
                    link_n_sending(run->link) > 0 || link_n_receiving(run->link) > 0;
    double left = fmax(next_deadline(run) - pool_now(), 0.0);
    double delay = nap_next(nap, busy, awaiting ? AWAITING_NAP : LONGEST_NAP);

    if (link_size(run->link) == 1 && !busy) {
        delay = HUGE_VAL; /* nobody sends messages: poll() wakes for all there is */
    }
    delay = fmin(delay, left);
    pool_sleep(fds, n, isinf(delay) ? -1.0 : delay);
}

mec_status run_loop(pool_run *run, mec_err *err)
{
    mec_status st = MEC_OK;
    pool_nap nap = {0};

    while (!run->ended) {
        bool busy = false;

        MEC_TRY(receive(run, &busy, err));
        if (run->ended) {
            break;
        }
        MEC_TRY(watch_signals(run, err));
        MEC_TRY(compute(run, &busy, err));
        MEC_TRY(watch_evaluator(run, err));
        MEC_TRY(steal_service(run, &busy, err));
        MEC_TRY(outgoing_service(run, &busy, err));
        MEC_TRY(take_leave(run, &busy, err));
        if (run->root != NULL) {
            MEC_TRY(contain(run, root_service(run, &busy, err), err));
        }
        if (!run->ended) {
            rest(run, &nap, busy);
        }
    }
    st = run->status;
done:
    return st;
}
