#ifndef MECOMBO_POOL_H
#define MECOMBO_POOL_H

/** Work stealing over MPI, with every task in a process of its own.
 *
 * A rank is two processes: a zygote, forked before MPI_Init, whose children run the
 * tasks, and the MPI process, which sleeps in poll(), passes messages, answers steals
 * and enforces limits. Bytes go in, bytes come out: the pool knows no science. The only
 * user of MPI.
 */

#include <mecombo/err.h>
#include <mecombo/text.h>
#include <stdint.h>

typedef struct mec_pool mec_pool;

/** Compute one job; runs in a child process of a zygote, so it may crash or hang.
 *
 * Its stdin is empty; signals are as in a fresh process; it may fork, but what it leaves
 * behind is killed. Jobs that take far less than a fork (1 ms) may follow each other in
 * one child; should that child die, each job that was begun runs again in its own.
 *
 * @param job     [n] the bytes given to mec_pool_run(), aligned to 16; a NUL follows
 * @param result  append the answer here
 * @return any failure is reported to the sink as MEC_POOL_FAILED with err's text
 */
typedef mec_status (*mec_pool_task_fn)(const void *job, size_t n, mec_text *result,
                                       void *arg, mec_err *err);

typedef enum mec_pool_end {
    MEC_POOL_DONE,    /* the task returned MEC_OK; bytes hold its result */
    MEC_POOL_FAILED,  /* the task returned an error; bytes hold the error text */
    MEC_POOL_CRASHED, /* ended by a signal or an exit of its own; bytes tell which */
    MEC_POOL_TIMEOUT, /* killed after its time limit */
    MEC_POOL_MEMORY   /* ended at its memory limit */
} mec_pool_end;

/** How one job ended. Borrowed for the call of the sink. */
typedef struct mec_pool_result {
    int64_t job; /* index into the jobs of mec_pool_run() */
    mec_pool_end end;
    const void *bytes; /* [n] */
    size_t n;
    double seconds; /* wall clock of the task */
    int32_t rank;
    const char *host;
} mec_pool_result;

/** Take one result on rank 0; a failure stops the pool and becomes its status. */
typedef mec_status (*mec_pool_sink_fn)(const mec_pool_result *result, void *arg,
                                       mec_err *err);

/** Called on rank 0 about ten times a second and after each result, also while nothing
 * arrives: commit by time, draw progress. A failure stops the pool. */
typedef mec_status (*mec_pool_tick_fn)(void *arg, mec_err *err);

/** What many jobs begin with. */
typedef struct mec_pool_head {
    const void *bytes; /* [n] borrowed until mec_pool_run() returns */
    size_t n;
} mec_pool_head;

/** One job. A task gets its head's bytes and its own, one after the other. */
typedef struct mec_pool_job {
    const void *bytes; /* [n] borrowed until mec_pool_run() returns */
    size_t n;
    double cost;  /* expected seconds or any proportional number; longest go first */
    int32_t head; /* index into the options' heads, plus 1; 0: none */
} mec_pool_job;

typedef struct mec_pool_options {
    double task_timeout_s; /* 0: none */
    double budget_s;       /* wall clock for the whole call, 0: none */
    double grace_s;        /* how long a task may go on after SIGUSR1, SIGUSR2 or the
                                  budget; 0: not at all */
    int64_t task_memory_bytes; /* address space a task may add, 0: no limit; without
                                  effect under AddressSanitizer */
    int32_t n_heads;
    const mec_pool_head *heads; /* [n_heads] every rank gets them once, at the start */
    mec_pool_sink_fn sink;
    mec_pool_tick_fn tick; /* may be NULL */
    void *arg;             /* for sink and tick */
} mec_pool_options;

/** Fork the zygote, then start MPI. Call once, first thing, single-threaded.
 *
 * Works without mpirun (one rank, MPI is then not started). From here on SIGTERM, SIGINT,
 * SIGUSR1 and SIGUSR2 are blocked and ask for an early stop; a program started with
 * exec() inherits that mask unless the caller resets it.
 *
 * @param task  run by the zygote's children with task_arg
 * @param out   owned by the caller, freed with mec_pool_stop(); NULL on failure
 * @return MEC_OK; MEC_E_IO if no process can be forked; MEC_E_MPI; MEC_E_NOMEM
 * Collective over all ranks of mpirun.
 */
MEC_NODISCARD mec_status mec_pool_start(int *argc, char ***argv, mec_pool_task_fn task,
                                        void *task_arg, mec_pool **out, mec_err *err);

/** End the zygote and MPI; NULL is allowed. Collective, unless this rank is cut off.
 *
 * Sleeps until all ranks are here. A rank that still waits for rank 0 in another
 * collective call gets MEC_E_STOPPED there. A rank that is cut off leaves MPI as it is,
 * and mpirun ends the job when this process exits.
 *
 * @return MEC_OK, also for a rank that was cut off before; MEC_E_MPI, MEC_E_NOMEM if it
 *         is now
 */
MEC_NODISCARD mec_status mec_pool_stop(mec_pool *pool, mec_err *err);

/** True after a failure on this rank that it could not share with the others: collective
 * calls fail at once, and it is up to this rank to report the error and to exit with a
 * code, upon which mpirun ends the others. Not collective. */
bool mec_pool_is_cut_off(const mec_pool *pool);

/** This process's rank, 0 without MPI. Not collective. */
int32_t mec_pool_rank(const mec_pool *pool);

/** Number of ranks, 1 without MPI. Not collective. */
int32_t mec_pool_size(const mec_pool *pool);

/** True once an early stop was asked for by a signal on any rank that reported it. */
bool mec_pool_stop_requested(const mec_pool *pool);

/** Run every job once across all ranks and hand each result to rank 0's sink.
 *
 * Collective. Only rank 0 reads n_jobs, jobs and options; other ranks pass 0 and NULL.
 * Order of results is unspecified; the set is not.
 *
 * After SIGTERM or SIGINT on any rank all tasks are killed, after SIGUSR1, SIGUSR2 or
 * the budget they have options->grace_s to end; jobs without a result are left out. A
 * task killed by SIGKILL from outside (operator, out of memory) is tried twice more
 * before it counts as crashed.
 *
 * @return the same on all ranks: MEC_OK; MEC_E_STOPPED (signal or budget; every result
 *         that was computed has gone through the sink); MEC_E_MPI; or sink's or tick's
 *         first failure
 */
MEC_NODISCARD mec_status mec_pool_run(mec_pool *pool, int64_t n_jobs,
                                      const mec_pool_job jobs[],
                                      const mec_pool_options *options, mec_err *err);

/** Give every rank rank 0's status and error text. Collective.
 *
 * Sleeps until rank 0 is here, however long that takes.
 *
 * @param st   read on rank 0 only
 * @param err  rank 0: in, the text of st; other ranks: out
 * @return rank 0's status; MEC_E_MPI; MEC_E_STOPPED if rank 0 called mec_pool_stop()
 */
MEC_NODISCARD mec_status mec_pool_agree(mec_pool *pool, mec_status st, mec_err *err);

/** Give every rank rank 0's bytes. Collective.
 *
 * Sleeps until rank 0 is here, however long that takes.
 *
 * @param bytes  rank 0: in; other ranks: out, replacing the content
 * @return MEC_OK; MEC_E_MPI; MEC_E_NOMEM; MEC_E_STOPPED if rank 0 called
 *         mec_pool_stop()
 */
MEC_NODISCARD mec_status mec_pool_broadcast(mec_pool *pool, mec_text *bytes,
                                            mec_err *err);

#endif
