/* Fail the k-th allocation of a run, for k = 1, 2, ... until a run passes untouched:
 * every time the run ends, with a status that says so, and the next one works. Without
 * mpirun: Open MPI's own code does not survive a failed allocation. */

#include "pool_tasks.h"
#include "support/tap.h"

#include <errno.h>

#if defined(__SANITIZE_ADDRESS__)
#define CAN_FAIL 0 /* the sanitizer has an allocator of its own */
#else
#define CAN_FAIL 1

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);

static volatile long countdown; /* 0: no failure is due */
static pid_t victim;            /* only this process fails, not its children */

static bool must_fail(void)
{
    if (countdown <= 0 || getpid() != victim) {
        return false;
    }
    countdown--;
    errno = ENOMEM;
    return countdown == 0;
}

void *malloc(size_t n)
{
    return must_fail() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
    return must_fail() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
    return must_fail() ? NULL : __libc_realloc(p, n);
}

/* One run of 12 jobs; the k-th allocation fails. */
static mec_status run_with_failure(mec_pool *pool, long k, int64_t *n_results)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;

    for (int i = 0; i < 12; i++) {
        add_job(&list, 12.0 - i, i % 4 == 0 ? "big" : "echo", i % 4 == 0 ? 9000 : i);
    }
    list.results.outcomes = calloc(list.jobs.n, sizeof(outcome));
    countdown = k;
    const mec_pool_options options = {.sink = collect, .arg = &list.results};
    mec_status st =
        mec_pool_run(pool, (int64_t)list.jobs.n, list.jobs.data, &options, &err);
    *n_results = list.results.n_results;
    if (st != MEC_OK && st != MEC_E_NOMEM) {
        printf("# at allocation %ld: %s\n", k, err.text);
    }
    clear_list(&list);
    return st;
}

static void fail_each(mec_pool *pool)
{
    int64_t n = 0;
    int n_failed = 0;
    bool untouched = false;

    for (long k = 1; k < 400 && !untouched; k++) {
        mec_status st = run_with_failure(pool, k, &n);

        untouched = countdown > 0;
        countdown = 0;
        CHECK(st == (untouched ? MEC_OK : MEC_E_NOMEM));
        n_failed += st != MEC_OK;
        CHECK_INT(run_with_failure(pool, 0, &n), MEC_OK);
        CHECK_INT(n, 12);
    }
    printf("# %d allocations can fail\n", n_failed);
    CHECK(n_failed > 3);
}
#endif

int main(int argc, char **argv)
{
    mec_pool *pool = NULL;
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(mec_pool_start(&argc, &argv, do_task, NULL, &pool, &err), err);
#if CAN_FAIL
    if (pool != NULL) {
        victim = getpid();
        fail_each(pool);
    }
#endif
    CHECK_OK(mec_pool_stop(pool, &err), err);
    printf("%s 1 - the k-th allocation fails\n1..1\n",
           tap_failures > 0 ? "not ok" : "ok");
    return tap_failures > 0;
}
