/* The queue of a rank: order, sharing with thieves, messages with jobs. */

#include "../../../src/pool/pool_priv.h"

#include "support/tap.h"

#include <stdlib.h>

static bool push(pool_queue *queue, int64_t id, double cost)
{
    return queue_push(queue,
                      (pool_job){.id = id, .cost = cost, .bytes = "abc", .n = 3});
}

static int64_t pop(pool_queue *queue)
{
    pool_job job = {.id = -1};
    bool got = queue_pop(queue, &job);
    int64_t id = got ? job.id : -1;

    job_free(&job);
    return id;
}

/* By falling cost, then rising id, whatever the order of arrival. */
static void test_longest_first(void)
{
    pool_queue queue = {0};
    const double costs[] = {3, 1, 2, 3, 5, 1};
    const int64_t want[] = {4, 0, 3, 2, 1, 5, -1};

    for (int i = 0; i < 6; i++) {
        CHECK(push(&queue, i, costs[i]));
    }
    CHECK_INT(queue_peek(&queue)->id, 4);
    for (int i = 0; i < 7; i++) {
        CHECK_INT(pop(&queue), want[i]);
    }
    CHECK(queue_peek(&queue) == NULL);
    queue_clear(&queue);
}

/* Against a plain model, with pops between the pushes. */
static void test_many_in_and_out(void)
{
    pool_queue queue = {0};
    enum { N = 500 };
    double costs[N];
    bool in[N] = {false};
    uint32_t random = 12345;

    for (int step = 0; step < 2 * N; step++) {
        random = random * 1664525U + 1013904223U;
        if (step < N && random % 3 != 0) {
            costs[step] = random >> 8 & 15;
            in[step] = true;
            CHECK(push(&queue, step, costs[step]));
            continue;
        }
        int best = -1;
        for (int i = 0; i < N; i++) {
            if (in[i] && (best < 0 || costs[i] > costs[best])) {
                best = i;
            }
        }
        if (!CHECK_INT(pop(&queue), best)) {
            break;
        }
        if (best >= 0) {
            in[best] = false;
        }
    }
    queue_clear(&queue);
}

/* The thief gets every second job, the longest among them, and all of their fields. */
static void test_share(void)
{
    pool_queue victim = {0};
    pool_queue thief = {0};
    mec_text message = MEC_TEXT_INIT;
    mec_err err = MEC_ERR_INIT;
    pool_job job = {0};

    CHECK(queue_push(
        &victim,
        (pool_job){
            .id = 0, .cost = 9, .bytes = "x", .n = 1, .alone = true, .strikes = 2}));
    for (int i = 1; i < 5; i++) {
        CHECK(push(&victim, i, 9 - i));
    }
    queue_share(&victim, false, 65536, &message);
    CHECK_OK(queue_unpack(&thief, message.data, message.length, &err), err);
    CHECK_INT(victim.n, 2);
    CHECK_INT(thief.n, 3);
    CHECK(queue_pop(&thief, &job));
    CHECK(job.id == 0 && job.cost == 9 && job.alone && job.strikes == 2 && job.n == 1);
    CHECK(job.bytes[0] == 'x');
    job_free(&job);
    CHECK_INT(pop(&thief), 2);
    CHECK_INT(pop(&thief), 4);
    CHECK_INT(pop(&victim), 1);
    CHECK_INT(pop(&victim), 3);
    queue_clear(&victim);
    queue_clear(&thief);
    mec_text_clear(&message);
}

/* A message is bounded, but one job goes through whatever its size. */
static void test_share_is_bounded(void)
{
    pool_queue queue = {0};
    mec_text message = MEC_TEXT_INIT;

    for (int i = 0; i < 100; i++) {
        CHECK(push(&queue, i, 1.0));
    }
    queue_share(&queue, false, 1, &message);
    CHECK_INT(queue.n, 99);
    mec_text_reset(&message);
    queue_share(&queue, false, 300, &message);
    CHECK(queue.n >= 90 && queue.n < 99 && message.length < 400);
    mec_text_reset(&message);
    queue_share(&queue, true, SIZE_MAX, &message);
    CHECK_INT(queue.n, 0);
    mec_text_reset(&message);
    queue_share(&queue, true, SIZE_MAX, &message);
    CHECK_INT(message.length, 0);
    queue_clear(&queue);
    mec_text_clear(&message);
}

static void test_damaged_message(void)
{
    pool_queue queue = {0};
    pool_queue other = {0};
    mec_text message = MEC_TEXT_INIT;
    mec_err err = MEC_ERR_INIT;

    CHECK(push(&queue, 1, 1.0));
    CHECK(push(&queue, 2, 1.0));
    queue_share(&queue, true, SIZE_MAX, &message);
    for (size_t n = 1; n < message.length; n++) {
        mec_status st = queue_unpack(&other, message.data, n, &err);

        CHECK(st == MEC_E_MPI || (st == MEC_OK && n == message.length / 2));
    }
    queue_clear(&queue);
    queue_clear(&other);
    mec_text_clear(&message);
}

/* An idle loop sleeps longer and longer, a busy one not at all. */
static void test_nap(void)
{
    pool_nap nap = {0};
    double total = 0.0;

    CHECK_EQ(nap_next(&nap, true, 1e-2), 0.0);
    for (int i = 0; i < 10; i++) {
        total += nap_next(&nap, false, 1e-2);
    }
    CHECK(total > 1e-2 && nap.delay == 1e-2);
    CHECK_EQ(nap_next(&nap, true, 1e-2), 0.0);
    CHECK(nap_next(&nap, false, 1e-2) < 1e-4);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_longest_first),   TAP_CASE(test_many_in_and_out),
        TAP_CASE(test_share),           TAP_CASE(test_share_is_bounded),
        TAP_CASE(test_damaged_message), TAP_CASE(test_nap),
    };

    return TAP_RUN(cases, argc, argv);
}
