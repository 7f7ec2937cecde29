/* The child: reads a batch of jobs, runs one after the other, writes the answers.
 *
 * It claims each job by raising a counter shared with the rank, so that the rank knows
 * which job was running when the child died and can take back those not begun. */

#include "pool_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#if !defined(__has_feature)
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define HAVE_ADDRESS_LIMIT 0 /* the sanitizer reserves terabytes of addresses */
#else
#define HAVE_ADDRESS_LIMIT 1
#endif

/* Write answers out when they fill this, are this old, or took long enough for a write
 * not to matter: one write serves many tiny jobs, and no answer waits long. */
#define FLUSH_BYTES ((size_t)32768)
#define FLUSH_SECONDS 2e-3
#define SLOW_SECONDS 2e-4

/* What the handler below needs. A handler has no argument, and a child runs but one
 * batch, so this is a constant of the process once set. */
static struct {
    pool_shared *shared;
    size_t limit; /* bytes of address space */
} watch;

/* ---- memory limit ---- */

/* Address space of this process in bytes; async-signal-safe. */
static size_t address_space(void)
{
    char text[64];
    size_t pages = 0;
    int fd = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
    ssize_t n = fd >= 0 ? read(fd, text, sizeof text) : 0;

    if (fd >= 0) {
        close(fd);
    }
    for (ssize_t i = 0; i < n && text[i] >= '0' && text[i] <= '9'; i++) {
        pages = 10 * pages + (size_t)(text[i] - '0');
    }
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* A task at its memory limit rarely says so: malloc() gives NULL and the task
 * dereferences it or aborts, or the stack cannot grow. So when it dies, see whether an
 * allocation has failed or next to nothing was left, then die by the same signal. */
static void on_death(int signal_number)
{
    bool failed = errno == ENOMEM;
    size_t used = address_space();

    if (failed || used + watch.limit / 64 + ((size_t)4 << 20) > watch.limit) {
        atomic_store(&watch.shared->memory, 1);
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

static void limit_memory(pool_shared *shared, int64_t bytes)
{
    static char stack[65536];
    const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_handler = on_death, .sa_flags = SA_ONSTACK};

    if (bytes <= 0 || !HAVE_ADDRESS_LIMIT) {
        return;
    }
    watch.shared = shared;
    watch.limit = address_space() + (size_t)bytes;
    const struct rlimit limit = {watch.limit, watch.limit};
    sigaltstack(&alternate, NULL);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    sigaction(SIGABRT, &action, NULL);
    setrlimit(RLIMIT_AS, &limit);
}

/* ---- input and output ---- */

static void read_all(int fd, void *bytes, size_t n)
{
    char *at = bytes;

    while (n > 0) {
        ssize_t got = recv(fd, at, n, 0);

        if (got == 0 || (got < 0 && errno != EINTR)) {
            _exit(1); /* the rank is gone */
        }
        if (got > 0) {
            at += got;
            n -= (size_t)got;
        }
    }
}

static void write_all(int fd, pool_shared *shared, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t put = send(fd, bytes, n, MSG_NOSIGNAL);

        if (put < 0 && errno != EINTR) {
            bool closed = errno == EBADF || errno == ENOTSOCK;

            atomic_store(&shared->mute, closed);
            _exit(1); /* else the rank is gone */
        }
        if (put > 0) {
            bytes += put;
            n -= (size_t)put;
        }
    }
}

/* ---- the batch ---- */

static int64_t clock_ns(void)
{
    return (int64_t)(1e9 * pool_now());
}

/* Run one job and append its answer. */
static mec_pool_end run_job(uint32_t index, const char *bytes, size_t n, bool limited,
                            mec_pool_task_fn task, void *arg, mec_text *out)
{
    mec_text result = MEC_TEXT_INIT;
    mec_err err = MEC_ERR_INIT;
    double start = pool_now();

    errno = 0;
    mec_status st = task(bytes, n, &result, arg, &err);
    result_frame frame = {.magic = FRAME_MAGIC, .index = index, .end = MEC_POOL_DONE};
    if (st == MEC_OK && !mec_text_ok(&result)) {
        st = mec_fail(&err, MEC_E_NOMEM, "out of memory for the result");
    } else if (st == MEC_OK && result.length > RESULT_MAX) {
        st = mec_fail(&err, MEC_E_LIMIT, "a result of %zu bytes is too long",
                      result.length);
    }
    if (st != MEC_OK) {
        bool memory = st == MEC_E_NOMEM && limited;

        frame.end = memory ? MEC_POOL_MEMORY : MEC_POOL_FAILED;
        mec_text_clear(&result);
        mec_text_add(&result, err.text[0] != '\0' ? err.text : mec_status_text(st));
    }
    frame.n = result.length;
    frame.seconds = pool_now() - start;
    mec_text_add_bytes(out, &frame, sizeof frame);
    mec_text_add_bytes(out, result.data, result.length);
    mec_text_clear(&result);
    return (mec_pool_end)frame.end;
}

static void flush(int fd, pool_shared *shared, mec_text *out)
{
    if (!mec_text_ok(out)) {
        /* No memory for a copy of an answer: die as at the limit, alone next time. */
        errno = ENOMEM;
        abort();
    }
    write_all(fd, shared, out->data, out->length);
    mec_text_reset(out);
}

_Noreturn void runner_main(int fd, pool_shared *shared, mec_pool_task_fn task,
                           void *arg)
{
    batch_header header;
    mec_text out = MEC_TEXT_INIT;

    read_all(fd, &header, sizeof header);
    char *bytes = malloc(header.n_bytes > 0 ? header.n_bytes : 1);
    if (bytes == NULL) {
        _exit(1);
    }
    read_all(fd, bytes, header.n_bytes);
    limit_memory(shared, header.memory_bytes);

    double flushed = pool_now();
    size_t at = 0;
    mec_pool_end end = MEC_POOL_DONE;
    for (uint32_t i = 0; i < header.n_jobs && end != MEC_POOL_MEMORY; i++) {
        batch_job job;

        memcpy(&job, bytes + at, sizeof job);
        at += sizeof job;
        atomic_store(&shared->started, clock_ns());
        if (atomic_fetch_add(&shared->next, 1) != i) {
            break; /* the rank has taken the rest back */
        }
        double start = pool_now();
        end = run_job(i, bytes + at, job.n, header.memory_bytes > 0, task, arg, &out);
        at += batch_padded(job.n);
        double now = pool_now();
        if (out.length >= FLUSH_BYTES || now - start >= SLOW_SECONDS ||
            now - flushed >= FLUSH_SECONDS) {
            flush(fd, shared, &out);
            flushed = now;
        }
    }
    flush(fd, shared, &out);
    mec_text_clear(&out);
    free(bytes);
    _exit(0);
}
