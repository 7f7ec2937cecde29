/* How fast rank 0 turns results into committed rows, and what it needs for that.
 *
 * usage: mpirun -n N bench_rank0 ROWS [FOLDER] [MICROSECONDS] [LIMIT]
 *
 * Runs a real campaign (mec_campaign_run(), SQLite, durable commits) whose evaluations
 * do nothing, or sleep, and answer with 60 scores. Prints the rate of committed rows, CPU and peak
 * memory of rank 0; with a LIMIT in seconds it stops there, which is enough to see the
 * memory that jobs take. Redirect stdout's "Saved ..." lines; the figures go to stderr. */

#include "synthetic.h"

#include <mecombo/campaign.h>
#include <mecombo/log.h>

#include <sys/resource.h>

static double task_s;

static mec_status answer(const void *job, size_t n, mec_text *result, void *arg,
                         mec_err *err)
{
    uint64_t seed = 14695981039346656037U;

    (void)arg;
    (void)err;
    for (size_t i = 0; i < n; i++) {
        seed = (seed ^ ((const unsigned char *)job)[i]) * 1099511628211U;
    }
    if (task_s > 0) {
        usleep((useconds_t)(1e6 * task_s));
    }
    synthetic_result(seed, result);
    return MEC_OK;
}

static double cpu_of(int who)
{
    struct rusage u;

    getrusage(who, &u);
    return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) +
           1e-6 * (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

int main(int argc, char **argv)
{
    mec_run_options options = {.no_dedup = true};
    mec_run_summary sum;
    mec_pool *pool = NULL;
    mec_err err = MEC_ERR_INIT;
    mec_arena *arena = mec_arena_new();
    const char *conf = NULL;
    mec_status st;

    options.time_limit_s = argc > 4 ? strtod(argv[4], NULL) : 0;
    task_s = argc > 3 ? 1e-6 * strtod(argv[3], NULL) : 0;
    if (argc < 2 || mec_pool_start(&argc, &argv, answer, NULL, &pool, &err) != MEC_OK) {
        fprintf(stderr, "usage: bench_rank0 ROWS [FOLDER] [MICROSECONDS] [LIMIT] %s\n",
                err.text);
        return 2;
    }
    st = MEC_OK;
    if (mec_pool_rank(pool) == 0) {
        st = synthetic_make(arena, argc > 2 ? argv[2] : "/tmp/bench_rank0",
                            strtoul(argv[1], NULL, 10), &conf, &err);
    }
    mec_arena_free(arena == NULL || conf != NULL ? NULL : arena);
    st = mec_pool_agree(pool, st, &err);
    double cpu = cpu_of(RUSAGE_SELF);
    if (st == MEC_OK) {
        st = mec_campaign_run(pool, conf, &options, &sum, &err);
    }
    bool ended = st == MEC_OK || (st == MEC_E_STOPPED && options.time_limit_s > 0);
    if (ended && mec_pool_rank(pool) == 0) {
        fprintf(stderr,
                "%d ranks, %" PRId64 " rows: %.0f rows/s committed in %.2f s; rank 0: "
                "%.2f s of CPU, peak %.0f MB; with set-up and score_values %.2f s\n",
                (int)mec_pool_size(pool), sum.n_done,
                (double)sum.n_done / sum.computing_s, sum.computing_s,
                cpu_of(RUSAGE_SELF) - cpu, peak_memory(), sum.seconds);
    } else if (!ended) {
        fprintf(stderr, "bench_rank0: %s\n", err.text);
    }
    mec_status stopped = mec_pool_stop(pool, NULL);
    return ended && stopped == MEC_OK ? 0 : 4;
}
