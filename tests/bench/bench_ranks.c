/* What thousands of ranks do to rank 0: its real code (event loop, dealing, sink, SQLite
 * with durable commits) against simulated workers, in real time.
 *
 * usage: bench_ranks RANKS SECONDS ROWS [FOLDER] [MICROSECONDS]
 *
 * Takes the place of src/pool/link.c: what rank 0 sends goes to workers that are kept in
 * an event queue, and their messages come back after LATENCY. A worker has a queue, runs
 * a job for SECONDS +- 50 %, sends its result (60 scores, 4 kB), keeps at most two
 * messages unacknowledged, steals when it has nothing, and leaves as a rank does. Each
 * message that rank 0 receives or sends costs it MICROSECONDS of its time (10), which
 * stands for MPI. The simulation's own time is measured and left out. */

#include "../../src/pool/pool_priv.h"
#include "synthetic.h"

#include <mecombo/campaign.h>
#include <mecombo/log.h>

#include <math.h>
#include <time.h>

#define LATENCY 50e-6 /* s, between nodes over tcp (HPC.md 2.5) */

enum { MOST_UNACKNOWLEDGED = 2, MISSES_PER_ROUND = 4 };

typedef enum event_kind { JOB_ENDS, LOOK_FOR_WORK, HEAR } event_kind;

typedef struct event {
    double time;
    int32_t worker;
    event_kind kind;
    int32_t tag; /* HEAR: from rank 0 */
    char *bytes;
    size_t n;
} event;

typedef struct worker {
    pool_queue queue;
    int64_t job; /* that it runs; -1: none */
    double began, idle_since, waited;
    mec_text results; /* not sent yet */
    int32_t n_unacknowledged;
    uint32_t n_misses;
    bool looking, asking; /* an event is due; rank 0 owes an answer */
    bool finishing, left;
} worker;

/* A message on its way to rank 0. */
typedef struct letter {
    double due;
    pool_message message;
} letter;

/* All of the simulation. */
static struct {
    int32_t n_ranks;
    double job_s, mpi_s;
    worker *workers; /* [n_ranks] the first is not used */
    MEC_VEC(event) heap;
    MEC_VEC(letter) inbox; /* in order of arrival, from `first` on */
    size_t first;
    double own_s; /* processor time of the simulation itself */
    int depth;
    double *arrived; /* [n_ranks] of the oldest result message not acknowledged */
    MEC_VEC(double) latencies;
    double queue_sum, worst_queue;
    int64_t n_looks, n_messages, n_results;
    double first_result, last_result;
    double cpu_before, cpu_after; /* of rank 0 at these times, less own_s */
    bool leaving;
    uint64_t random;
} sim;

static double cpu_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void fail(const char *what)
{
    fprintf(stderr, "bench_ranks: %s\n", what);
    exit(1);
}

static double uniform(void)
{
    sim.random ^= sim.random >> 12;
    sim.random ^= sim.random << 25;
    sim.random ^= sim.random >> 27;
    return (double)((sim.random * UINT64_C(2685821657736338717)) >> 11) * 0x1p-53;
}

/* ---- events ---- */

static void push_event(event e)
{
    if (!MEC_VEC_PUSH(&sim.heap, e)) {
        fail("out of memory");
    }
    size_t i = sim.heap.n - 1;
    while (i > 0 && sim.heap.data[(i - 1) / 2].time > e.time) {
        sim.heap.data[i] = sim.heap.data[(i - 1) / 2];
        i = (i - 1) / 2;
    }
    sim.heap.data[i] = e;
}

static event pop_event(void)
{
    event out = sim.heap.data[0];
    event last = sim.heap.data[--sim.heap.n];
    size_t i = 0;

    for (;;) {
        size_t child = 2 * i + 1;

        if (child + 1 < sim.heap.n &&
            sim.heap.data[child + 1].time < sim.heap.data[child].time) {
            child++;
        }
        if (child >= sim.heap.n || sim.heap.data[child].time >= last.time) {
            break;
        }
        sim.heap.data[i] = sim.heap.data[child];
        i = child;
    }
    if (sim.heap.n > 0) {
        sim.heap.data[i] = last;
    }
    return out;
}

/* ---- workers ---- */

static void write_to_root(int32_t from, int32_t tag, mec_text *body, double now)
{
    letter l = {.due = now + LATENCY,
                .message = {.source = from, .tag = tag, .n = body->length}};

    l.message.bytes = mec_text_take(body);
    if (!MEC_VEC_PUSH(&sim.inbox, l)) {
        fail("out of memory");
    }
}

/* A result in a message, as outgoing.c lays it out. */
typedef struct result_head {
    int64_t job;
    double seconds;
    size_t n;
    int32_t end;
    int32_t unused;
} result_head;

static void send_results(int32_t w, double now)
{
    worker *me = &sim.workers[w];

    if (me->results.length > 0 && me->n_unacknowledged < MOST_UNACKNOWLEDGED) {
        if (me->n_unacknowledged == 0) {
            sim.arrived[w] = now + LATENCY;
        }
        me->n_unacknowledged++;
        write_to_root(w, TAG_RESULTS, &me->results, now);
    }
}

static void leave_if_done(int32_t w, double now)
{
    worker *me = &sim.workers[w];
    mec_text nothing = MEC_TEXT_INIT;

    if (me->finishing && !me->left && me->job < 0 && !me->asking &&
        me->results.length == 0 && me->n_unacknowledged == 0) {
        me->left = true;
        mec_text_add_bytes(&nothing, &(wire_status){0}, sizeof(wire_status));
        mec_text_add_char(&nothing, '\0');
        write_to_root(w, TAG_BYE, &nothing, now);
    }
}

static void look_later(int32_t w, double when)
{
    if (!sim.workers[w].looking) {
        sim.workers[w].looking = true;
        push_event((event){.time = when, .worker = w, .kind = LOOK_FOR_WORK});
    }
}

static void start_job(int32_t w, double now)
{
    worker *me = &sim.workers[w];
    pool_job job;

    if (me->job < 0 && queue_pop(&me->queue, &job)) {
        me->job = job.id;
        me->began = now;
        me->waited += now - me->idle_since;
        job_free(&job);
        push_event((event){.time = now + sim.job_s * (0.5 + uniform()),
                           .worker = w,
                           .kind = JOB_ENDS});
    } else if (me->job < 0 && !me->finishing && !me->asking) {
        look_later(w, now);
    }
}

static void miss(int32_t w, double now)
{
    worker *me = &sim.workers[w];

    me->n_misses++;
    look_later(w,
               me->n_misses % MISSES_PER_ROUND != 0
                   ? now
                   : now + fmin(1e-3 * pow(2, me->n_misses / MISSES_PER_ROUND), 0.2));
}

/* Ask somebody for half of his jobs. */
static void look_for_work(int32_t w, double now)
{
    worker *me = &sim.workers[w];
    mec_text loot = MEC_TEXT_INIT;
    int32_t victim = (int32_t)(uniform() * (sim.n_ranks - 1));

    me->looking = false;
    if (me->job >= 0 || me->finishing || me->asking) {
        return;
    }
    if (me->queue.n > 0) {
        start_job(w, now);
        return;
    }
    victim += victim >= w;
    if (victim == 0) {
        me->asking = true;
        write_to_root(w, TAG_STEAL, &loot, now);
        return;
    }
    queue_share(&sim.workers[victim].queue, false, 65536, &loot);
    if (loot.length == 0) {
        miss(w, now + 2 * LATENCY);
    } else if (queue_unpack(&me->queue, loot.data, loot.length, NULL) == MEC_OK) {
        me->n_misses = 0;
        look_later(w, now + 2 * LATENCY);
    }
    mec_text_clear(&loot);
}

static void end_job(int32_t w, double now)
{
    worker *me = &sim.workers[w];
    mec_text result = MEC_TEXT_INIT;
    char host[64] = "";

    synthetic_result((uint64_t)me->job * 7919, &result);
    if (me->results.length == 0) {
        snprintf(host, sizeof host, "node%d", (int)w / 64);
        mec_text_add_bytes(&me->results, host, sizeof host);
    }
    mec_text_add_bytes(&me->results,
                       &(result_head){.job = me->job,
                                      .seconds = now - me->began,
                                      .n = result.length,
                                      .end = MEC_POOL_DONE},
                       sizeof(result_head));
    mec_text_add_bytes(&me->results, result.data, result.length);
    mec_text_clear(&result);
    me->job = -1;
    me->idle_since = now;
    send_results(w, now);
    start_job(w, now);
    leave_if_done(w, now);
}

static void hear(const event *e)
{
    worker *me = &sim.workers[e->worker];

    switch (e->tag) {
    case TAG_JOBS:
    case TAG_LOOT:
        me->asking = me->asking && e->tag != TAG_LOOT;
        if (e->n > 0 && !me->finishing &&
            queue_unpack(&me->queue, e->bytes, e->n, NULL) == MEC_OK) {
            me->n_misses = 0;
        } else if (e->tag == TAG_LOOT && !me->finishing) {
            miss(e->worker, e->time);
            break;
        }
        start_job(e->worker, e->time);
        break;
    case TAG_STEAL: {
        mec_text loot = MEC_TEXT_INIT;

        queue_share(&me->queue, false, 65536, &loot);
        write_to_root(e->worker, TAG_LOOT, &loot, e->time);
        break;
    }
    case TAG_ACK:
        me->n_unacknowledged--;
        send_results(e->worker, e->time);
        break;
    case TAG_FINISH:
        me->finishing = true;
        queue_clear(&me->queue);
        break;
    default:
        break;
    }
    leave_if_done(e->worker, e->time);
}

/* Everything that has happened by now. */
static void catch_up(double now)
{
    while (sim.heap.n > 0 && sim.heap.data[0].time <= now) {
        event e = pop_event();

        if (e.kind == JOB_ENDS) {
            end_job(e.worker, e.time);
        } else if (e.kind == LOOK_FOR_WORK) {
            look_for_work(e.worker, e.time);
        } else {
            hear(&e);
        }
        free(e.bytes);
    }
}

/* ---- in the place of link.c ---- */

static void spend(double seconds)
{
    double end = cpu_now() + seconds;

    while (cpu_now() < end) {
    }
}

mec_status link_start(int *argc, char ***argv, pool_link **out, mec_err *err)
{
    (void)argc;
    (void)argv;
    (void)err;
    *out = (pool_link *)&sim;
    return MEC_OK;
}

void link_stop(pool_link *link)
{
    (void)link;
}

int32_t link_rank(const pool_link *link)
{
    (void)link;
    return 0;
}

int32_t link_size(const pool_link *link)
{
    (void)link;
    return sim.n_ranks;
}

mec_status link_send(pool_link *link, pool_channel channel, int32_t dest, int32_t tag,
                     mec_text *body, mec_err *err)
{
    double begin = cpu_now();
    double now = pool_now();
    event e = {.time = now + LATENCY,
               .worker = dest,
               .kind = HEAR,
               .tag = tag,
               .n = body->length};

    (void)link;
    (void)err;
    e.bytes = mec_text_take(body);
    if (channel == CHANNEL_COLLECTIVE) {
        free(e.bytes);
    } else {
        push_event(e);
        if (tag == TAG_ACK) {
            double latency = now - sim.arrived[dest];

            sim.arrived[dest] = now;
            if (!MEC_VEC_PUSH(&sim.latencies, latency)) {
                fail("out of memory");
            }
        }
    }
    sim.own_s += cpu_now() - begin;
    spend(sim.mpi_s);
    return MEC_OK;
}

mec_status link_progress(pool_link *link, mec_err *err)
{
    double begin = cpu_now();
    double now = pool_now();
    size_t n = 0;

    (void)link;
    (void)err;
    catch_up(now);
    for (size_t i = sim.first; i < sim.inbox.n && sim.inbox.data[i].due <= now; i++) {
        n++;
    }
    sim.queue_sum += (double)n;
    sim.worst_queue = fmax(sim.worst_queue, (double)n);
    sim.n_looks++;
    sim.own_s += cpu_now() - begin;
    return MEC_OK;
}

mec_status link_receive(pool_link *link, pool_channel channel, int32_t source,
                        int32_t tag, pool_message *out, bool *got, mec_err *err)
{
    double begin = cpu_now();
    double now = pool_now();

    (void)link;
    (void)err;
    *got = channel == CHANNEL_COLLECTIVE; /* all have come already */
    *out = (pool_message){.source = source, .tag = tag};
    if (*got) {
        out->bytes = calloc(1, 1);
        return MEC_OK;
    }
    catch_up(now);
    if (sim.first < sim.inbox.n && sim.inbox.data[sim.first].due <= now) {
        *out = sim.inbox.data[sim.first++].message;
        *got = true;
        sim.n_messages++;
        if (out->tag == TAG_RESULTS) {
            if (sim.n_results++ == 0) {
                sim.first_result = now;
                sim.cpu_before = cpu_now() - sim.own_s;
            }
            sim.last_result = now;
            sim.cpu_after = cpu_now() - sim.own_s;
        }
        if (sim.first > 4096 && 2 * sim.first > sim.inbox.n) {
            sim.inbox.n -= sim.first;
            memmove(sim.inbox.data, sim.inbox.data + sim.first,
                    sim.inbox.n * sizeof *sim.inbox.data);
            sim.first = 0;
        }
    }
    sim.own_s += cpu_now() - begin;
    if (*got) {
        spend(sim.mpi_s);
    }
    return MEC_OK;
}

size_t link_n_sending(const pool_link *link)
{
    (void)link;
    return 0;
}

size_t link_n_receiving(const pool_link *link)
{
    (void)link;
    return 0;
}

bool link_is_broken(const pool_link *link)
{
    (void)link;
    return false;
}

void link_break(pool_link *link)
{
    (void)link;
}

bool link_is_leaving(const pool_link *link)
{
    (void)link;
    return sim.leaving;
}

void link_set_leaving(pool_link *link)
{
    (void)link;
    sim.leaving = true;
}

/* ---- the campaign ---- */

/* Rank 0's own evaluations. */
static mec_status answer(const void *job, size_t n, mec_text *result, void *arg,
                         mec_err *err)
{
    const struct timespec t = {(time_t)sim.job_s,
                               (long)(1e9 * (sim.job_s - floor(sim.job_s)))};

    (void)job;
    (void)n;
    (void)arg;
    (void)err;
    nanosleep(&t, NULL);
    synthetic_result(1, result);
    return MEC_OK;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void print_figures(const mec_run_summary *sum)
{
    double waited = 0;
    double span = sim.last_result - sim.first_result;
    size_t n = sim.latencies.n;

    qsort(sim.latencies.data, n, sizeof(double), by_size);
    for (int32_t w = 1; w < sim.n_ranks; w++) {
        waited += sim.workers[w].waited;
    }
    fprintf(
        stderr,
        "%d ranks, %.3g s a job, %" PRId64 " rows: computed in %.2f s (ideal %.2f s)\n"
        "  results per second       %.0f\n"
        "  utilisation of rank 0    %.1f %% (with %.0f us per message for MPI)\n"
        "  messages waiting         %.2f on average, %.0f at most\n"
        "  result to acknowledgment %.2f ms median, %.2f ms 99 %%, %.2f ms at most\n"
        "  workers waited           %.3f %% of the time before their last job\n"
        "  memory of rank 0         %.0f MB, simulation included\n",
        sim.n_ranks, sim.job_s, sum->n_done, sum->computing_s,
        sim.job_s * (double)sum->n_done / sim.n_ranks, (double)sum->n_done / span,
        100 * (sim.cpu_after - sim.cpu_before) / span, 1e6 * sim.mpi_s,
        sim.queue_sum / (double)sim.n_looks, sim.worst_queue,
        n > 0 ? 1e3 * sim.latencies.data[n / 2] : 0,
        n > 0 ? 1e3 * sim.latencies.data[n * 99 / 100] : 0,
        n > 0 ? 1e3 * sim.latencies.data[n - 1] : 0,
        100 * waited / (sum->computing_s * sim.n_ranks), peak_memory());
}

int main(int argc, char **argv)
{
    const mec_run_options options = {.no_dedup = true};
    mec_run_summary sum;
    mec_pool *pool = NULL;
    mec_err err = MEC_ERR_INIT;
    mec_arena *arena = mec_arena_new();
    const char *conf = NULL;

    if (argc < 4 || arena == NULL) {
        fprintf(stderr,
                "usage: bench_ranks RANKS SECONDS ROWS [FOLDER] [MICROSECONDS]\n");
        return 2;
    }
    sim.n_ranks = atoi(argv[1]);
    sim.job_s = strtod(argv[2], NULL);
    sim.mpi_s = 1e-6 * (argc > 5 ? strtod(argv[5], NULL) : 10);
    sim.random = 88172645463325252U;
    sim.workers = calloc((size_t)sim.n_ranks + 1, sizeof *sim.workers);
    sim.arrived = calloc((size_t)sim.n_ranks + 1, sizeof *sim.arrived);
    mec_status st = mec_pool_start(&argc, &argv, answer, NULL, &pool, &err);
    if (st == MEC_OK) {
        st = synthetic_make(arena, argc > 4 ? argv[4] : "/tmp/bench_ranks",
                            strtoul(argv[3], NULL, 10), &conf, &err);
    }
    for (int32_t w = 0; w < sim.n_ranks; w++) {
        sim.workers[w].job = -1;
        sim.workers[w].idle_since = pool_now();
    }
    if (st == MEC_OK) {
        st = mec_campaign_run(pool, conf, &options, &sum, &err);
    }
    if (st == MEC_OK) {
        print_figures(&sum);
    } else {
        fprintf(stderr, "bench_ranks: %s\n", err.text);
    }
    mec_status stopped = mec_pool_stop(pool, NULL);
    mec_arena_free(arena);
    return st == MEC_OK && stopped == MEC_OK ? 0 : 4;
}
