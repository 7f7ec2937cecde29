/* A campaign of sleeps for the scripts here, which send signals while it runs.
 *
 * usage: pool_driver JOBS SECONDS GRACE
 * Prints "rank R pid P" from every rank, "done I" for every result, "lost I TEXT" for a
 * job that did not end well, "took S s, C s of CPU" from rank 0, and
 * "end R STATUS RESULTS" from every rank. */

#include "pool_tasks.h"

static mec_status print_result(const mec_pool_result *result, void *arg, mec_err *err)
{
    (void)err;
    ++*(int64_t *)arg;
    if (result->end == MEC_POOL_DONE) {
        printf("done %lld\n", (long long)result->job);
    } else {
        printf("lost %lld %.*s\n", (long long)result->job, (int)result->n,
               (const char *)result->bytes);
    }
    fflush(stdout);
    return MEC_OK;
}

int main(int argc, char **argv)
{
    mec_pool *pool = NULL;
    mec_err err = MEC_ERR_INIT;
    int64_t n_results = 0;
    mec_pool_options options = {.sink = print_result, .arg = &n_results};
    job_list list = {0};

    if (argc != 4 ||
        mec_pool_start(&argc, &argv, do_task, NULL, &pool, &err) != MEC_OK) {
        fprintf(stderr, "usage: pool_driver JOBS SECONDS GRACE %s\n", err.text);
        return 2;
    }
    int32_t rank = mec_pool_rank(pool);
    printf("rank %d pid %ld\n", (int)rank, (long)getpid());
    fflush(stdout);
    for (int i = 0; rank == 0 && i < atoi(argv[1]); i++) {
        add_job(&list, 1.0, "sleep", strtod(argv[2], NULL));
    }
    options.grace_s = strtod(argv[3], NULL);
    mec_status st = mec_pool_agree(pool, MEC_OK, &err); /* all are there */
    double start = wall_clock();
    if (st == MEC_OK) {
        st = mec_pool_run(pool, (int64_t)list.jobs.n, list.jobs.data, &options, &err);
    }
    if (rank == 0) {
        printf("took %.3f s, %.3f s of CPU\n", wall_clock() - start, own_cpu());
    }
    printf("end %d %d %lld\n", (int)rank, (int)st, (long long)n_results);
    fflush(stdout);
    clear_list(&list);
    if (mec_pool_stop(pool, &err) != MEC_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 4;
    }
    return st == MEC_OK ? 0 : st == MEC_E_STOPPED ? 5 : 4;
}
