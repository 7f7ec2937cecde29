/* Work stealing: a rank that has run dry asks random others for half of what they hold.
 *
 * Only a rank without a job asks, and it asks one victim at a time, so a job moves only
 * when somebody would start it at once, and a thief holds at most one open question.
 * After a few misses in a row it pauses, longer each time: at the end of a campaign idle
 * ranks must not flood those that still work. */

#include "pool_priv.h"

#include <math.h>

#define LOOT_BYTES ((size_t)65536)
#define FIRST_PAUSE 1e-3  /* s */
#define LONGEST_PAUSE 0.2 /* s */

enum { MISSES_PER_ROUND = 4 };

/* xorshift64*: (Vigna 2016), good enough to pick victims. */
static uint64_t next_random(uint64_t *state)
{
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    return *state * UINT64_C(2685821657736338717);
}

static int32_t pick_victim(pool_run *run)
{
    int32_t rank = link_rank(run->link);
    int32_t n_others = link_size(run->link) - 1;
    int32_t i = (int32_t)((next_random(&run->random) >> 33) % (uint64_t)n_others);

    return i < rank ? i : i + 1;
}

mec_status steal_service(pool_run *run, bool *busy, mec_err *err)
{
    mec_text nothing = MEC_TEXT_INIT;

    if (run->finishing || run->retired || run->victim >= 0 || run->queue.n > 0 ||
        run->evaluator->running || link_size(run->link) == 1 ||
        pool_now() < run->next_steal) {
        return MEC_OK;
    }
    *busy = true;
    run->victim = pick_victim(run);
    return link_send(run->link, CHANNEL_RUN, run->victim, TAG_STEAL, &nothing, err);
}

mec_status steal_answer(pool_run *run, int32_t thief, mec_err *err)
{
    mec_text jobs = MEC_TEXT_INIT;

    if (!run->finishing) {
        queue_share(&run->queue, false, LOOT_BYTES, &jobs);
    }
    return link_send(run->link, CHANNEL_RUN, thief, TAG_LOOT, &jobs, err);
}

mec_status steal_take(pool_run *run, const pool_message *m, mec_err *err)
{
    uint32_t n_others = (uint32_t)link_size(run->link) - 1;
    uint32_t n_tries = n_others < MISSES_PER_ROUND ? n_others : MISSES_PER_ROUND;
    mec_status st = MEC_OK;

    MEC_REQUIRE(m->source == run->victim, err); /* nothing is left of an earlier run */
    run->victim = -1;
    if (m->n > 0) {
        run->n_misses = 0;
        run->next_steal = 0.0;
        st = run->finishing ? MEC_OK : queue_unpack(&run->queue, m->bytes, m->n, err);
        goto done;
    }
    run->n_misses++;
    if (run->n_misses % n_tries == 0) {
        uint32_t n_rounds = run->n_misses / n_tries;
        double pause = FIRST_PAUSE * pow(2.0, n_rounds);

        run->next_steal = pool_now() + fmin(pause, LONGEST_PAUSE);
    }
done:
    return st;
}
