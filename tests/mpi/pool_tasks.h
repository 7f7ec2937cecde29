/* A task that can do all the bad things a task may do, and a sink that remembers. */
#ifndef TESTS_MPI_POOL_TASKS_H
#define TESTS_MPI_POOL_TASKS_H

#include <mecombo/pool.h>
#include <mecombo/text.h>
#include <mecombo/vec.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

/* ---- the task: "verb [number]" ---- */

static inline void pause_for(double seconds)
{
    struct timespec t = {(time_t)seconds,
                         (long)(1e9 * (seconds - (double)(time_t)seconds))};

    nanosleep(&t, NULL);
}

/* Recursion that the compiler cannot turn into a loop. */
static inline size_t deep(size_t n)
{
    volatile char block[4096];

    block[n % sizeof block] = (char)n;
    return n == SIZE_MAX ? 0 : deep(n + 1) + (size_t)block[(n + 1) % sizeof block];
}

static inline void scribble(void)
{
    char *victims[64];

    for (size_t i = 0; i < 64; i++) {
        victims[i] = malloc(40);
    }
    memset(victims[0] - 512, 0x5a, 4096);
    for (size_t i = 0; i < 64; i++) {
        free(victims[i]);
    }
    abort(); /* in case the heap bore it */
}

/* Allocate and touch memory until there is none, then fail or crash. */
static inline mec_status eat(bool crash, mec_err *err)
{
    for (;;) {
        size_t n = (size_t)4 << 20;
        char *block = malloc(n);

        if (block == NULL && !crash) {
            return mec_fail(err, MEC_E_NOMEM, "nothing left");
        }
        memset(block, 1, n);
    }
}

static inline mec_status misbehave(const char *verb, double number, mec_err *err)
{
    static char *volatile nowhere;

    if (strcmp(verb, "segv") == 0) {
        *nowhere = 1;
    } else if (strcmp(verb, "abort") == 0) {
        abort();
    } else if (strcmp(verb, "exit") == 0) {
        exit((int)number);
    } else if (strcmp(verb, "hang") == 0) {
        for (volatile int go = 1; go;) {
        }
    } else if (strcmp(verb, "scribble") == 0) {
        scribble();
    } else if (strcmp(verb, "stack") == 0) {
        return deep(0) == 1 ? MEC_E_BUG : MEC_OK;
    } else if (strcmp(verb, "kill9") == 0) {
        raise(SIGKILL);
    } else if (strcmp(verb, "term") == 0) {
        raise(SIGTERM);
    } else if (strcmp(verb, "eat") == 0) {
        return eat(number > 0.0, err);
    } else if (strcmp(verb, "close") == 0) {
        for (int fd = 0; fd < 1024; fd++) {
            close(fd);
        }
    } else if (strcmp(verb, "fail") == 0) {
        return mec_fail(err, MEC_E_INPUT, "refused %g", number);
    } else if (strcmp(verb, "orphan") == 0 && fork() == 0) {
        pause_for(60.0); /* holds all descriptors open */
    }
    return MEC_OK;
}

static inline mec_status do_task(const void *job, size_t n, mec_text *result, void *arg,
                                 mec_err *err)
{
    char verb[16] = "";
    char number[32] = "0";
    double x;

    (void)arg;
    if (n == 0) {
        return MEC_OK;
    }
    if (sscanf(job, "%15s %31s", verb, number) < 1 || !mec_parse_double(number, &x)) {
        return mec_fail(err, MEC_E_BUG, "cannot read the job \"%.40s\"",
                        (const char *)job);
    }
    if (strcmp(verb, "sleep") == 0) {
        pause_for(x);
    } else if (strcmp(verb, "work") == 0) {
        for (clock_t t = clock(); (double)(clock() - t) < x * CLOCKS_PER_SEC;) {
        }
    } else if (strcmp(verb, "big") == 0) {
        for (size_t i = 0; i < (size_t)x; i++) {
            mec_text_add_char(result, (char)('a' + i % 23));
        }
        return MEC_OK;
    } else if (strcmp(verb, "echo") != 0) {
        mec_status st = misbehave(verb, x, err);

        if (st != MEC_OK) {
            return st;
        }
    }
    mec_text_printf(result, "did %s", (const char *)job);
    return MEC_OK;
}

/* ---- the sink ---- */

typedef struct outcome {
    int n_seen;
    mec_pool_end end;
    size_t n;
    char text[120];
    double seconds;
    int32_t rank;
} outcome;

typedef struct collected {
    outcome *outcomes; /* [n_jobs] */
    int64_t n_jobs;
    int64_t n_results;
    int64_t n_ticks;
    int64_t fail_at; /* the sink fails at this result; 0: never */
    double slow_s;   /* the sink takes this long */
} collected;

static inline mec_status collect(const mec_pool_result *result, void *arg, mec_err *err)
{
    collected *c = arg;
    outcome *o = &c->outcomes[result->job];

    c->n_results++;
    if (c->n_results == c->fail_at) {
        return mec_fail(err, MEC_E_DB, "the sink is full");
    }
    o->n_seen++;
    o->end = result->end;
    o->n = result->n;
    o->seconds = result->seconds;
    o->rank = result->rank;
    size_t n = result->n < sizeof o->text ? result->n : sizeof o->text - 1;
    memcpy(o->text, result->bytes, n);
    o->text[n] = '\0';
    if (c->slow_s > 0.0) {
        pause_for(c->slow_s);
    }
    return MEC_OK;
}

static inline mec_status count_tick(void *arg, mec_err *err)
{
    (void)err;
    ((collected *)arg)->n_ticks++;
    return MEC_OK;
}

/* ---- lists of jobs ---- */

typedef struct job_list {
    MEC_VEC(mec_pool_job) jobs;
    collected results;
} job_list;

static inline void add_job(job_list *list, double cost, const char *verb, double number)
{
    char text[64];

    snprintf(text, sizeof text, "%s %.9g", verb, number);
    char *copy = strdup(text);
    const mec_pool_job job = {.bytes = copy, .n = strlen(copy), .cost = cost};
    if (!MEC_VEC_PUSH(&list->jobs, job)) {
        abort();
    }
}

static inline mec_status run_list(mec_pool *pool, job_list *list,
                                  mec_pool_options options, mec_err *err)
{
    if (mec_pool_rank(pool) != 0) {
        return mec_pool_run(pool, 0, NULL, NULL, err);
    }
    list->results.n_jobs = (int64_t)list->jobs.n;
    list->results.outcomes = calloc(list->jobs.n + 1, sizeof(outcome));
    options.sink = collect;
    options.tick = count_tick;
    options.arg = &list->results;
    return mec_pool_run(pool, (int64_t)list->jobs.n, list->jobs.data, &options, err);
}

static inline void clear_list(job_list *list)
{
    for (size_t i = 0; i < list->jobs.n; i++) {
        free((void *)(uintptr_t)list->jobs.data[i].bytes);
    }
    MEC_VEC_CLEAR(&list->jobs);
    free(list->results.outcomes);
    *list = (job_list){0};
}

static inline double wall_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* CPU seconds of this process, its children left out. */
static inline double own_cpu(void)
{
    struct rusage u;

    getrusage(RUSAGE_SELF, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

#endif
