#ifndef POOL_PRIV_H
#define POOL_PRIV_H

/* Insides of the pool. From the bottom up:
 *
 *   clock, signals     time and asked-for stops
 *   zygote, runner     the processes that compute; no MPI, no state but one child
 *   evaluator, harvest the rank's side of them: one batch at a time, limits, verdicts
 *   queue              this rank's jobs, longest first
 *   link, collective   messages; link.c is the only user of MPI
 *   steal, outgoing    a rank's share of the protocol
 *   root               rank 0's share: seeding, sink, budget, the end
 *   run, pool          the event loop, the public functions
 */

#include <mecombo/err.h>
#include <mecombo/pool.h>
#include <mecombo/text.h>
#include <mecombo/vec.h>
#include <poll.h>
#include <stdatomic.h>
#include <sys/types.h>

/* ---- clock.c ---- */

/* Seconds of a clock that never jumps. */
double pool_now(void);

/* How long an idle loop may sleep: doubles with every fruitless round, so that latency
 * is small where things happen and an idle rank costs next to nothing. */
typedef struct pool_nap {
    double delay; /* seconds */
} pool_nap;

/* The next sleep after a round that did (busy) or did not find anything to do. */
double nap_next(pool_nap *nap, bool busy, double longest);

/* Sleep until an event on one of the descriptors or for `seconds`; < 0: no limit. */
void pool_sleep(struct pollfd *fds, nfds_t n, double seconds);

/* ---- signals.c ---- */

typedef enum stop_level {
    STOP_NO,
    STOP_GRACE, /* USR1, USR2, budget: what runs may finish within the grace */
    STOP_NOW    /* TERM, INT: the job is killed within a second or two */
} stop_level;

typedef struct pool_signals {
    int fd; /* signalfd; -1: none */
    stop_level level;
} pool_signals;

/* Block the signals that ask for a stop and read them through a descriptor, so that no
 * code of ours ever runs inside a handler. Threads started later inherit the mask. */
mec_status signals_open(pool_signals *signals, mec_err *err);
void signals_close(pool_signals *signals);

/* Look for new signals; the highest level asked for so far. */
stop_level signals_level(pool_signals *signals);

/* Back to how a process starts: nothing blocked, nothing ignored. For a child. */
void signals_reset(void);

/* ---- queue.c ---- */

typedef struct pool_job {
    int64_t id;
    double cost;
    const char *bytes;
    char *owned; /* what to free; NULL when bytes are borrowed from the caller */
    size_t n;
    int32_t head;    /* index of its head, plus 1; 0: none */
    bool alone;      /* must be the only job of its child */
    uint8_t strikes; /* children killed from outside while they ran it */
} pool_job;

typedef struct pool_queue {
    pool_job *data; /* data[head .. head + n), by falling cost, then rising id */
    size_t head;
    size_t n;
    size_t capacity;
} pool_queue;

void job_free(pool_job *job);
bool queue_push(pool_queue *queue, pool_job job); /* takes; false: out of memory */
bool queue_pop(pool_queue *queue, pool_job *job); /* false: empty */
const pool_job *queue_peek(const pool_queue *queue);
void queue_clear(pool_queue *queue);

/* Append a job to a message. */
void job_pack(const pool_job *job, mec_text *out);

/* Move jobs from the queue to a message until it holds max_bytes: every second one, so
 * that thief and victim keep like shares, the longest first to the thief, who is idle;
 * or all of them. */
void queue_share(pool_queue *queue, bool all, size_t max_bytes, mec_text *out);

/* Copy a message's jobs into the queue. */
mec_status queue_unpack(pool_queue *queue, const char *bytes, size_t n, mec_err *err);

/* ---- zygote.c, runner.c ---- */

/* What a child tells its rank without a message. */
typedef struct pool_shared {
    _Atomic uint32_t next;   /* index of the job that is claimed next */
    _Atomic uint32_t memory; /* 1: died at its memory limit */
    _Atomic uint32_t mute;   /* 1: a task has closed what answers are written to */
    _Atomic int64_t started; /* pool clock in ns when the last claim was made */
} pool_shared;

typedef struct zygote {
    pid_t pid; /* 0: gone */
    int fd;    /* sequenced packets: commands out, notices in */
    pool_shared *shared;
} zygote;

typedef struct zygote_notice {
    uint32_t serial; /* of the child, as given to zygote_spawn() */
    int32_t status;  /* as waitpid() gives it; -errno when fork failed */
} zygote_notice;

/* Fork a process that forks one child at a time on command.
 * other_fd: the descriptor of an older zygote, for the new one to close; -1: none. */
mec_status zygote_start(zygote *z, int other_fd, mec_pool_task_fn task, void *arg,
                        mec_err *err);

/* End a zygote and its child, and wait for it. */
void zygote_stop(zygote *z);

/* Have a child forked that reads a batch from fd and answers there; fd is borrowed. */
bool zygote_spawn(const zygote *z, uint32_t serial, int fd);

/* Kill the child; no-op when it has ended. */
bool zygote_kill(const zygote *z, uint32_t serial);

/* Read one notice: 1, 0 when there is none, -1 when the zygote is dead. */
int zygote_receive(const zygote *z, zygote_notice *notice);

/* A batch as the child reads it: this, then per job a batch_job and its bytes, with
 * zeros up to batch_padded(n), so that every job is aligned and ends in a NUL. */
typedef struct batch_header {
    uint32_t n_jobs;
    uint32_t unused;
    int64_t memory_bytes; /* 0: no limit */
    size_t n_bytes;       /* of everything that follows */
} batch_header;

typedef struct batch_job {
    size_t n;
    size_t unused; /* keeps what follows aligned to 16 bytes */
} batch_job;

static inline size_t batch_padded(size_t n)
{
    return (n + 16) & ~(size_t)15;
}

enum { FRAME_MAGIC = 0x6d656366 };

/* An answer as the child writes it: this, then n bytes. */
typedef struct result_frame {
    uint32_t magic;
    uint32_t index; /* within the batch */
    uint32_t end;   /* mec_pool_end */
    uint32_t unused;
    double seconds;
    size_t n;
} result_frame;

/* Longest answer of one job: MPI counts bytes in an int. */
#define RESULT_MAX ((size_t)1 << 29)

/* The child: run the batch and exit. */
_Noreturn void runner_main(int fd, pool_shared *shared, mec_pool_task_fn task,
                           void *arg);

/* ---- evaluator.c ---- */

/* Takes one finished job; job stays the evaluator's. */
typedef mec_status (*evaluator_emit_fn)(void *arg, const pool_job *job,
                                        mec_pool_end end, const void *bytes, size_t n,
                                        double seconds, mec_err *err);

typedef struct evaluator_limits {
    double task_timeout_s;
    int64_t task_memory_bytes;
} evaluator_limits;

enum { N_ZYGOTES = 2, BATCH_MAX = 512 };

/* How long jobs may share a child, at least; a fork costs 0.3 to 1 ms, more on a busy
 * host. */
#define BATCH_SECONDS 20e-3

typedef enum kill_reason {
    KILL_NONE,
    KILL_TIMEOUT,
    KILL_STOP,
    KILL_GARBAGE
} kill_reason;

/* The heads of a run's jobs, as every rank holds them. */
typedef struct pool_heads {
    int32_t n;
    mec_pool_head *data; /* [n] into bytes */
    char *bytes;
} pool_heads;

typedef struct evaluator {
    zygote zygotes[N_ZYGOTES]; /* the second replaces the first should that die */
    evaluator_limits limits;
    pool_heads heads;
    pool_queue *queue; /* takes back what was not run */
    evaluator_emit_fn emit;
    void *emit_arg;

    /* the child that runs, if any */
    bool running;
    bool reclaimed; /* its unclaimed jobs went back to the queue */
    kill_reason killed;
    uint32_t serial;
    int fd; /* its socket */
    double spawned;
    double begun;       /* when its first job was seen to run; 0: not yet */
    uint32_t n_jobs;    /* of its batch */
    uint32_t n_claimed; /* valid once reclaimed */
    pool_job jobs[BATCH_MAX];
    bool answered[BATCH_MAX];
    uint32_t n_answered;
    mec_text to_write;
    size_t n_written;
    mec_text received;

    uint32_t n_timed;        /* jobs of this child that told their time */
    double task_seconds;     /* and the sum of it */
    double batch_seconds;    /* how long the jobs of a child should take */
    uint32_t batch_target;   /* jobs of the next batch */
    uint32_t n_false_starts; /* children in a row that claimed nothing */
    double not_before;       /* when to try again after a failed start */
    bool dropping;           /* the run is being stopped: unfinished jobs are dropped */
} evaluator;

mec_status evaluator_start(evaluator *e, mec_pool_task_fn task, void *arg,
                           mec_err *err);
void evaluator_stop(evaluator *e);

/* True while a zygote is left. */
bool evaluator_alive(const evaluator *e);

/* heads.c: heads as bytes for a broadcast, and back. */
void heads_pack(int32_t n, const mec_pool_head heads[], mec_text *out);
mec_status heads_unpack(pool_heads *heads, const char *bytes, size_t n, mec_err *err);
void heads_clear(pool_heads *heads);

/* The head of a job; n is 0 when it has none. */
mec_pool_head heads_get(const pool_heads *heads, int32_t head);

/* Start a child with a batch from the queue, if none runs and the queue holds any. */
mec_status evaluator_feed(evaluator *e, bool *busy, mec_err *err);

/* Read answers, notice ends, enforce limits. */
mec_status evaluator_service(evaluator *e, bool *busy, mec_err *err);

/* Give up the jobs that the child has not begun; with `now` also the one it runs. */
void evaluator_drop(evaluator *e, bool now);

/* Append the descriptors to watch. */
nfds_t evaluator_fds(const evaluator *e, struct pollfd *fds);

/* When evaluator_service() must be called at the latest; < 0: no limit. */
double evaluator_deadline(const evaluator *e);

/* harvest.c: the evaluator's part that deals with what a child says and how it ends */

/* The zygote in use; NULL: none is left. */
zygote *harvest_zygote(evaluator *e);

/* Read what the child has written and hand on complete answers. */
mec_status harvest_read(evaluator *e, bool *busy, mec_err *err);

/* Take back the jobs that the child has not begun. */
mec_status harvest_reclaim(evaluator *e, const zygote *z, mec_err *err);

/* Kill the child, once. */
void harvest_kill(evaluator *e, kill_reason why);

/* The child has ended; status as waitpid() gives it, or -errno without a child. */
mec_status harvest_end(evaluator *e, const zygote *z, int status, mec_err *err);

/* Drop everything about the child. */
void harvest_forget(evaluator *e);

/* ---- link.c ---- */

/* Run messages and collective messages never meet: a rank may be one run ahead. */
typedef enum pool_channel { CHANNEL_RUN, CHANNEL_COLLECTIVE, N_CHANNELS } pool_channel;

enum { ANY_RANK = -1, ANY_TAG = -1 };

typedef struct pool_message {
    int32_t source;
    int32_t tag;
    char *bytes; /* owned by the receiver, freed with free() */
    size_t n;
} pool_message;

typedef struct pool_link pool_link;

/* Start MPI when there is more than one rank. */
mec_status link_start(int *argc, char ***argv, pool_link **out, mec_err *err);
void link_stop(pool_link *link);
int32_t link_rank(const pool_link *link);
int32_t link_size(const pool_link *link);

/* Hand a message over; takes body's content and leaves it empty. */
mec_status link_send(pool_link *link, pool_channel channel, int32_t dest, int32_t tag,
                     mec_text *body, mec_err *err);

/* Push what waits to be sent. */
mec_status link_progress(pool_link *link, mec_err *err);

/* Take one message that has arrived completely. */
mec_status link_receive(pool_link *link, pool_channel channel, int32_t source,
                        int32_t tag, pool_message *out, bool *got, mec_err *err);

/* Messages not yet handed to MPI's care, and messages half received. */
size_t link_n_sending(const pool_link *link);
size_t link_n_receiving(const pool_link *link);

/* True after a failure that other ranks do not know of: no collective works any more. */
bool link_is_broken(const pool_link *link);
void link_break(pool_link *link);

/* True once rank 0 has begun to leave: no broadcast will come any more. */
bool link_is_leaving(const pool_link *link);
void link_set_leaving(pool_link *link);

/* ---- collective.c ---- */

/* Give every rank rank 0's bytes, sleeping while others are not there yet. */
mec_status collective_broadcast(pool_link *link, mec_text *bytes, mec_err *err);

/* Wait, sleeping, until every rank is here for the last time. Ranks that wait for a
 * broadcast are told that none will come. */
mec_status collective_leave(pool_link *link, mec_err *err);

/* ---- run.c and its parts ---- */

enum message_tag {
    TAG_JOBS = 1, /* 0 -> r: a part of r's share */
    TAG_STEAL,    /* thief -> victim: nothing */
    TAG_LOOT,     /* victim -> thief: jobs, perhaps none */
    TAG_RESULTS,  /* r -> 0: host, results */
    TAG_ACK,      /* 0 -> r: one TAG_RESULTS went through the sink */
    TAG_REPORT,   /* r -> 0: a stop_level, or a failure with its text */
    TAG_RETIRE,   /* r -> 0: I can compute no more; my jobs */
    TAG_RETURN,   /* r -> 0: jobs that reached a retired rank */
    TAG_FINISH,   /* 0 -> r: a stop_level; STOP_NO: all results are in */
    TAG_BYE,      /* r -> 0: I hold nothing and shall ask for nothing */
    TAG_END       /* 0 -> r: a status with its text; leave */
};

/* What rank 0 tells everyone at the start of a run. */
typedef struct run_header {
    evaluator_limits limits;
    double grace_s;
} run_header;

/* A status on the wire; its text follows. */
typedef struct wire_status {
    int32_t status;
    int32_t level; /* stop_level */
} wire_status;

typedef struct pool_root {
    const mec_pool_options *options;
    const mec_pool_job *jobs;
    int64_t n_jobs;
    int64_t *order;    /* [n_jobs] indices by falling cost */
    int64_t *n_seeded; /* [size] jobs of each rank's share already sent */
    int32_t seed_rank; /* whose turn it is */
    int64_t n_to_seed;
    unsigned char *seen; /* [n_jobs] 1: its result is in */
    int64_t n_results;
    double started;
    double next_tick;
    stop_level told; /* what the last TAG_FINISH said */
    int32_t n_byes;
    int32_t n_retired;
    mec_status status;
    mec_err err;
} pool_root;

typedef struct pool_run {
    mec_pool *pool;
    pool_link *link;
    evaluator *evaluator;
    pool_queue queue;
    pool_root *root; /* NULL except on rank 0 */
    double grace_s;

    bool finishing;
    stop_level level;    /* how the run ends, once finishing */
    double grace_until;  /* for STOP_GRACE */
    stop_level reported; /* what rank 0 was told of this rank's signals */
    bool failure_reported;
    bool bye_sent;
    bool ended;
    mec_status status; /* of TAG_END */
    bool retired;

    /* stealing */
    int32_t victim; /* whose answer is awaited; -1: none */
    uint32_t n_misses;
    double next_steal;
    uint64_t random;

    /* results on their way to rank 0 */
    mec_text results;
    uint32_t n_unacknowledged;
    double last_sent;
} pool_run;

struct mec_pool {
    pool_link *link;
    evaluator evaluator;
    pool_signals signal_state;
    pool_signals *signals; /* to signal_state: looking for signals changes no pool */
    char host[64];
};

/* steal.c */
mec_status steal_service(pool_run *run, bool *busy, mec_err *err);
mec_status steal_answer(pool_run *run, int32_t thief, mec_err *err);
mec_status steal_take(pool_run *run, const pool_message *m, mec_err *err);

/* outgoing.c */
mec_status outgoing_emit(void *arg, const pool_job *job, mec_pool_end end,
                         const void *bytes, size_t n, double seconds, mec_err *err);
mec_status outgoing_service(pool_run *run, bool *busy, mec_err *err);
bool outgoing_is_full(const pool_run *run);
bool outgoing_is_empty(const pool_run *run);
double outgoing_deadline(const pool_run *run);
mec_status outgoing_unpack(pool_run *run, const pool_message *m, mec_err *err);

/* root.c */
mec_status root_start(pool_run *run, int64_t n_jobs, const mec_pool_job jobs[],
                      const mec_pool_options *options, mec_err *err);
void root_free(pool_run *run);
mec_status root_service(pool_run *run, bool *busy, mec_err *err);
void root_take(pool_run *run, const mec_pool_result *result);
void root_fail(pool_run *run, mec_status status, const char *text);
mec_status root_stop(pool_run *run, stop_level level, mec_err *err);
mec_status root_handle(pool_run *run, const pool_message *m, mec_err *err);
double root_deadline(const pool_run *run);

/* run.c */
mec_status run_loop(pool_run *run, mec_err *err);
void run_finish(pool_run *run, stop_level level);
mec_status run_send_status(pool_run *run, int32_t dest, int32_t tag, mec_status status,
                           stop_level level, const char *text, mec_err *err);

#endif
