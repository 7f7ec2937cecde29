/* The pool at any number of ranks: rank 0 prints TAP, the others check their part. */

#include "pool_tasks.h"
#include "support/tap.h"

#if defined(__SANITIZE_ADDRESS__)
#define ASAN 1
#else
#define ASAN 0
#endif

static mec_pool *pool;

/* CPU time is no measure under sanitizers, valgrind or with messages held back. */
static bool is_plain(void)
{
    return !ASAN && getenv("TEST_SLOW") == NULL;
}

/* Wall time is one only on a machine that does nothing else: TEST_TIMED asks for it. */
static bool is_timed(void)
{
    return is_plain() && getenv("TEST_TIMED") != NULL;
}

static bool is_root(void)
{
    return mec_pool_rank(pool) == 0;
}

/* On rank 0: every job has exactly one result of this end. */
static void check_all(const job_list *list, mec_pool_end end)
{
    int64_t n_good = 0;

    for (int64_t i = 0; i < list->results.n_jobs; i++) {
        const outcome *o = &list->results.outcomes[i];

        n_good += o->n_seen == 1 && o->end == end;
    }
    CHECK_INT(n_good, list->results.n_jobs);
    CHECK_INT(list->results.n_results, list->results.n_jobs);
}

static void test_no_jobs(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    CHECK_INT(list.results.n_results, 0);
    clear_list(&list);
}

static void test_one_job(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;

    add_job(&list, 1.0, "echo", 7);
    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    if (is_root()) {
        check_all(&list, MEC_POOL_DONE);
        CHECK_STR(list.results.outcomes[0].text, "did echo 7");
    }
    clear_list(&list);
}

/* Empty jobs and empty results. */
static void test_nothing_in_nothing_out(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;

    for (int i = 0; i < 5; i++) {
        const mec_pool_job job = {.bytes = NULL, .n = 0, .cost = 0.0};

        CHECK(MEC_VEC_PUSH(&list.jobs, job));
    }
    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    if (is_root()) {
        check_all(&list, MEC_POOL_DONE);
        CHECK_INT(list.results.outcomes[4].n, 0);
    }
    clear_list(&list);
}

/* Jobs of all lengths; the result depends on the job only. */
static void test_same_results(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;
    char want[64];

    for (int i = 0; i < 300; i++) {
        add_job(&list, i % 17, i % 10 == 0 ? "sleep" : "echo", 1e-3 * (i % 7));
    }
    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    if (is_root()) {
        int64_t n_same = 0;

        check_all(&list, MEC_POOL_DONE);
        for (size_t i = 0; i < list.jobs.n; i++) {
            snprintf(want, sizeof want, "did %s",
                     (const char *)list.jobs.data[i].bytes);
            n_same += strcmp(list.results.outcomes[i].text, want) == 0;
        }
        CHECK_INT(n_same, 300);
    }
    clear_list(&list);
}

/* A long job that looks short must not hold up the others, nor be held up. */
static void test_one_slow_job(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;
    double start = wall_clock();
    double want = 0.3 + 30 * 0.01 / mec_pool_size(pool);

    for (int i = 0; i < 31; i++) {
        add_job(&list, 1.0, "sleep", i == 3 ? 0.3 : 0.01);
    }
    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    if (is_root()) {
        check_all(&list, MEC_POOL_DONE);
        CHECK(!is_timed() || wall_clock() - start < want + 0.4);
    }
    clear_list(&list);
}

/* Tiny jobs ahead of long ones share a child until the first long one is met. */
static void test_long_after_tiny(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;
    double start = wall_clock();
    int n_long = 2 * mec_pool_size(pool);

    for (int i = 0; i < 4000; i++) {
        add_job(&list, 2.0, "echo", i);
    }
    for (int i = 0; i < n_long; i++) {
        add_job(&list, 1.0, "sleep", 0.1);
    }
    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    if (is_root()) {
        check_all(&list, MEC_POOL_DONE);
        CHECK(!is_timed() || wall_clock() - start < 1.5);
    }
    clear_list(&list);
}

static void test_fewer_jobs_than_ranks(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;

    for (int i = 0; i < (mec_pool_size(pool) + 1) / 2; i++) {
        add_job(&list, 1.0, "sleep", 0.02);
    }
    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    if (is_root()) {
        check_all(&list, MEC_POOL_DONE);
    }
    clear_list(&list);
}

/* ---- tasks that end badly ---- */

typedef struct bad_way {
    const char *verb;
    double number;
    mec_pool_end end;
    const char *text;
} bad_way;

static const bad_way bad_ways[] = {
    {"segv", 0, MEC_POOL_CRASHED, "killed by signal 11 (Segmentation fault)"},
    {"abort", 0, MEC_POOL_CRASHED, "killed by signal 6 (Aborted)"},
    {"exit", 3, MEC_POOL_CRASHED, "ended by exit(3) of its own"},
    {"exit", 0, MEC_POOL_CRASHED, "ended by exit(0) of its own"},
    {"scribble", 0, MEC_POOL_CRASHED, NULL},
    {"stack", 0, MEC_POOL_CRASHED, NULL},
    {"kill9", 0, MEC_POOL_CRASHED, NULL},
    {"term", 0, MEC_POOL_CRASHED, "killed by signal 15 (Terminated)"},
    {"close", 0, MEC_POOL_CRASHED,
     "closed descriptors that are not its own, also the one for its answer"},
    {"fail", 5, MEC_POOL_FAILED, "refused 5"},
    {"orphan", 0, MEC_POOL_DONE, "did orphan 0"},
    {"eat", 0, MEC_POOL_MEMORY, NULL},
    {"eat", 1, MEC_POOL_MEMORY, NULL},
};

enum { N_BAD_WAYS = sizeof bad_ways / sizeof *bad_ways };

static bool is_applicable(const bad_way *way)
{
    return !ASAN || way->end != MEC_POOL_MEMORY;
}

static void check_bad(const bad_way *way, const outcome *o)
{
    CHECK_INT(o->n_seen, 1);
    if (!CHECK_INT(o->end, way->end)) {
        printf("# %s %g: \"%s\"\n", way->verb, way->number, o->text);
    }
    if (way->text != NULL && !ASAN) { /* which ends many of these its own way */
        CHECK_STR(o->text, way->text);
    }
}

/* A task that hangs is killed; alone here, for no other job could be sure of its time. */
static void test_hanging_job(void)
{
    static const bad_way way = {"hang", 0, MEC_POOL_TIMEOUT,
                                "killed after its time limit of 0.4 s"};
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;

    add_job(&list, 1.0, way.verb, way.number);
    CHECK_OK(run_list(pool, &list, (mec_pool_options){.task_timeout_s = 0.4}, &err),
             err);
    if (is_root()) {
        check_bad(&way, &list.results.outcomes[0]);
    }
    clear_list(&list);
}

/* Each bad job among good ones: neither neighbours nor later jobs notice. */
static void test_bad_jobs(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;
    const mec_pool_options options = {.task_timeout_s = 60.0,
                                      .task_memory_bytes = (int64_t)100 << 20};

    for (size_t i = 0; i < N_BAD_WAYS; i++) {
        for (int k = 0; k < 8; k++) {
            add_job(&list, 1.0, "echo", (double)(8 * i) + k);
        }
        const char *verb = is_applicable(&bad_ways[i]) ? bad_ways[i].verb : "echo";
        add_job(&list, 1.0, verb, bad_ways[i].number);
    }
    CHECK_OK(run_list(pool, &list, options, &err), err);
    for (size_t i = 0; is_root() && i < list.jobs.n; i++) {
        const bad_way *way = &bad_ways[i / 9];

        if (i % 9 == 8 && is_applicable(way)) {
            check_bad(way, &list.results.outcomes[i]);
        } else {
            CHECK_INT(list.results.outcomes[i].end, MEC_POOL_DONE);
        }
    }
    clear_list(&list);
}

/* ---- volumes ---- */

static void test_large_results(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;

    for (int i = 0; i < 24; i++) {
        add_job(&list, 1.0, "big", 1e6 + i);
    }
    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    if (is_root()) {
        check_all(&list, MEC_POOL_DONE);
        for (int i = 0; i < 24; i++) {
            CHECK_INT(list.results.outcomes[i].n, 1000000 + i);
        }
    }
    clear_list(&list);
}

static void test_large_jobs(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;
    size_t n = 1 << 20;

    for (int i = 0; i < 12; i++) {
        char *text = malloc(n);

        memset(text, ' ', n);
        memcpy(text, "sleep 0.001", 11);
        const mec_pool_job job = {.bytes = text, .n = n, .cost = 1.0};
        CHECK(MEC_VEC_PUSH(&list.jobs, job));
    }
    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    if (is_root()) {
        check_all(&list, MEC_POOL_DONE);
        CHECK_INT(list.results.outcomes[11].n, 4 + n);
    }
    clear_list(&list);
}

static void test_many_tiny_jobs(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;
    int n = is_plain() ? 20000 : 3000;

    for (int i = 0; i < n; i++) {
        add_job(&list, 1.0, "echo", i);
    }
    double start = wall_clock();
    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    if (is_root()) {
        check_all(&list, MEC_POOL_DONE);
        printf("# %d ranks: %.0f results/s\n", (int)mec_pool_size(pool),
               n / (wall_clock() - start));
    }
    clear_list(&list);
}

/* A slow sink holds the ranks back; nothing is lost and nobody grows. */
static void test_slow_sink(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;

    for (int i = 0; i < 40; i++) {
        add_job(&list, 1.0, "big", 200000);
    }
    list.results.slow_s = 5e-3;
    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    if (is_root()) {
        check_all(&list, MEC_POOL_DONE);
    }
    clear_list(&list);
}

/* ---- ends that are not successes ---- */

static void test_sink_failure(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;

    for (int i = 0; i < 200; i++) {
        add_job(&list, 1.0, "sleep", 1e-3);
    }
    list.results.fail_at = 20;
    CHECK_INT(run_list(pool, &list, (mec_pool_options){0}, &err), MEC_E_DB);
    CHECK_STR(err.text, "the sink is full");
    if (is_root()) {
        CHECK_INT(list.results.n_results, 20);
    }
    clear_list(&list);
}

/* Number of results; each job has at most one, and each of those is good. */
static int64_t count_partial(const job_list *list)
{
    int64_t n_seen = 0;

    for (int64_t i = 0; i < list->results.n_jobs; i++) {
        const outcome *o = &list->results.outcomes[i];

        CHECK(o->n_seen <= 1 && o->end == MEC_POOL_DONE);
        n_seen += o->n_seen;
    }
    return n_seen;
}

/* The budget ends the run; what runs may finish within the grace. */
static void test_budget_with_grace(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;
    double start = wall_clock();

    for (int i = 0; i < 100; i++) {
        add_job(&list, 1.0, "sleep", 0.2);
    }
    CHECK_INT(run_list(pool, &list, (mec_pool_options){.budget_s = 0.3, .grace_s = 5.0},
                       &err),
              MEC_E_STOPPED);
    CHECK_HAS(err.text, "stopped on request");
    if (is_root()) {
        double took = wall_clock() - start;

        CHECK(took > 0.3 && (!is_timed() || took < 1.2));
        CHECK(!is_timed() || count_partial(&list) >= mec_pool_size(pool));
        CHECK(list.results.n_ticks >= 3);
    }
    clear_list(&list);
}

/* Without grace, and with a grace that is too short, what runs is killed. */
static void test_budget_kills(void)
{
    for (int k = 0; k < 2; k++) {
        job_list list = {0};
        mec_err err = MEC_ERR_INIT;
        double start = wall_clock();

        for (int i = 0; i < 20; i++) {
            add_job(&list, 1.0, "sleep", i < 5 ? 0.01 : 30.0);
        }
        CHECK_INT(run_list(pool, &list,
                           (mec_pool_options){.budget_s = 0.2, .grace_s = 0.1 * k},
                           &err),
                  MEC_E_STOPPED);
        if (is_root()) {
            CHECK(wall_clock() - start < 5.0);
            CHECK(count_partial(&list) <= 5);
            CHECK(!is_timed() || count_partial(&list) == 5);
        }
        clear_list(&list);
    }
}

/* A pool goes on after any of the above. */
static void test_run_again(void)
{
    for (int k = 0; k < 20; k++) {
        job_list list = {0};
        mec_err err = MEC_ERR_INIT;

        for (int i = 0; i < 3 * k; i++) {
            add_job(&list, k - i, "echo", i);
        }
        CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
        if (is_root()) {
            check_all(&list, MEC_POOL_DONE);
        }
        clear_list(&list);
    }
}

/* A run that ends while ranks ask each other for jobs, and the next one: no question or
 * answer of one run reaches another. pool.sh has the questions come late. */
static void test_ask_until_the_end(void)
{
    for (int k = 0; k < 4; k++) {
        job_list list = {0};
        mec_err err = MEC_ERR_INIT;

        add_job(&list, 1.0, "sleep", 0.09);
        CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
        if (is_root()) {
            check_all(&list, MEC_POOL_DONE);
        }
        clear_list(&list);
    }
}

/* A run that is stopped while long jobs are on their way to ranks, and the next one,
 * which lasts longer than they may need: none of them turns up there. */
static void test_stop_under_way(void)
{
    enum { N_JOBS = 24, N_BYTES = 100000 };
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;

    for (int i = 0; i < N_JOBS; i++) {
        char *text = calloc(1, N_BYTES);

        memcpy(text, "sleep 0.5", 9);
        const mec_pool_job job = {.bytes = text, .n = N_BYTES, .cost = 1.0};
        CHECK(MEC_VEC_PUSH(&list.jobs, job));
    }
    CHECK_INT(run_list(pool, &list, (mec_pool_options){.budget_s = 0.02}, &err),
              MEC_E_STOPPED);
    CHECK_INT(list.results.n_results, 0);
    clear_list(&list);
    for (int i = 0; i < N_JOBS; i++) {
        add_job(&list, 1.0, i == 0 ? "sleep" : "echo", 0.3);
    }
    err = (mec_err)MEC_ERR_INIT;
    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    if (is_root()) {
        check_all(&list, MEC_POOL_DONE);
        CHECK_STR(list.results.outcomes[0].text, "did sleep 0.3");
        CHECK_STR(list.results.outcomes[1].text, "did echo 0.3");
    }
    clear_list(&list);
}

/* A run that is stopped while ranks hold results that a slow sink keeps them from
 * sending: they pass it all the same, for a rank that kept one would call that a bug.
 * With so many at hand a rank computes no more; what a child has begun it may end. */
static void test_stop_with_results(void)
{
    enum { N_JOBS = 3000 }; /* many more than all ranks may have at hand */
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;

    for (int i = 0; i < N_JOBS; i++) {
        add_job(&list, 1.0, "big", 200000);
    }
    list.results.slow_s = 4e-3;
    CHECK_INT(run_list(pool, &list, (mec_pool_options){.budget_s = 0.4}, &err),
              MEC_E_STOPPED);
    if (is_root()) {
        CHECK(count_partial(&list) < N_JOBS);
    }
    clear_list(&list);
}

/* What jobs have in common travels once: heads of any length, also none. */
static void test_heads(void)
{
    enum { N_JOBS = 300, LONG = 100000 };
    static char blanks[LONG] = "echo ";
    const mec_pool_head heads[] = {{"echo 1", 6}, {blanks, LONG}, {"", 0}};
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;

    memset(blanks + 5, ' ', sizeof blanks - 5);
    for (int i = 0; i < N_JOBS; i++) {
        add_job(&list, i, "echo", i);
        if (i % 4 != 0) { /* the rest keep their bytes and have no head */
            mec_pool_job *job = &list.jobs.data[i];

            job->head = i % 4;
            if (job->head < 3) { /* only the number is the job's own */
                job->bytes = (const char *)job->bytes + 5;
                job->n -= 5;
            }
        }
    }
    CHECK_OK(run_list(pool, &list,
                      (mec_pool_options){.n_heads = is_root() ? 3 : 0, .heads = heads},
                      &err),
             err);
    for (int i = 0; is_root() && i < N_JOBS; i++) {
        const outcome *o = &list.results.outcomes[i];
        char want[120];

        snprintf(want, sizeof want, i % 4 == 1 ? "did echo 1%d" : "did echo %d", i);
        CHECK_INT(o->n_seen, 1);
        CHECK_INT(o->end, MEC_POOL_DONE);
        if (i % 4 == 2) {
            CHECK_INT(o->n, strlen("did ") + LONG + strlen(want) - strlen("did echo "));
        } else {
            CHECK_STR(o->text, want);
        }
    }
    for (int i = 0; i < N_JOBS; i++) {
        mec_pool_job *job = &list.jobs.data[i];

        job->bytes = (const char *)job->bytes - (job->head % 3 != 0 ? 5 : 0);
    }
    clear_list(&list);
}

/* ---- what all share ---- */

static void test_broadcast(void)
{
    mec_text text = MEC_TEXT_INIT;
    mec_err err = MEC_ERR_INIT;
    size_t sizes[] = {0, 1, 3000, 5000000};

    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
        mec_text_reset(&text);
        for (size_t i = 0; is_root() && i < sizes[k]; i++) {
            mec_text_add_char(&text, (char)(i % 251));
        }
        CHECK_OK(mec_pool_broadcast(pool, &text, &err), err);
        CHECK_INT(text.length, sizes[k]);
        CHECK(sizes[k] == 0 ||
              (unsigned char)text.data[sizes[k] - 1] == (sizes[k] - 1) % 251);
    }
    mec_text_clear(&text);
}

static void test_agree(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_status st = MEC_OK;

    if (is_root()) {
        st = mec_fail(&err, MEC_E_INPUT, "conf.json: no such key");
    }
    CHECK_INT(mec_pool_agree(pool, st, &err), MEC_E_INPUT);
    CHECK_STR(err.text, "conf.json: no such key");
    st = is_root() ? MEC_OK : MEC_E_BUG;
    CHECK_INT(mec_pool_agree(pool, st, &err), MEC_OK);
}

/* An idle rank sleeps: in a run whose jobs sleep, and while rank 0 does other things. */
static void test_idle_costs_nothing(void)
{
    job_list list = {0};
    mec_err err = MEC_ERR_INIT;
    double cpu = own_cpu();

    add_job(&list, 1.0, "sleep", 0.6);
    CHECK_OK(run_list(pool, &list, (mec_pool_options){0}, &err), err);
    double busy_run = own_cpu() - cpu;
    cpu = own_cpu();
    if (is_root()) {
        pause_for(0.6);
    }
    CHECK_INT(mec_pool_agree(pool, MEC_OK, &err), MEC_OK);
    double waiting = own_cpu() - cpu;
    printf("# rank %d: %.2f %% of a core in a run, %.2f %% waiting for rank 0\n",
           (int)mec_pool_rank(pool), 100 * busy_run / 0.6, 100 * waiting / 0.6);
    if (is_plain()) { /* CPU time, which other load hardly moves; some 1 % is usual */
        CHECK(busy_run < 0.15 * 0.6);
        CHECK(waiting < 0.15 * 0.6);
    }
    clear_list(&list);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_no_jobs),
                                     TAP_CASE(test_one_job),
                                     TAP_CASE(test_nothing_in_nothing_out),
                                     TAP_CASE(test_same_results),
                                     TAP_CASE(test_one_slow_job),
                                     TAP_CASE(test_long_after_tiny),
                                     TAP_CASE(test_fewer_jobs_than_ranks),
                                     TAP_CASE(test_hanging_job),
                                     TAP_CASE(test_bad_jobs),
                                     TAP_CASE(test_large_results),
                                     TAP_CASE(test_large_jobs),
                                     TAP_CASE(test_many_tiny_jobs),
                                     TAP_CASE(test_slow_sink),
                                     TAP_CASE(test_sink_failure),
                                     TAP_CASE(test_budget_with_grace),
                                     TAP_CASE(test_budget_kills),
                                     TAP_CASE(test_run_again),
                                     TAP_CASE(test_ask_until_the_end),
                                     TAP_CASE(test_stop_under_way),
                                     TAP_CASE(test_stop_with_results),
                                     TAP_CASE(test_heads),
                                     TAP_CASE(test_broadcast),
                                     TAP_CASE(test_agree),
                                     TAP_CASE(test_idle_costs_nothing)};
    mec_err err = MEC_ERR_INIT;
    int bad = 0;

    if (mec_pool_start(&argc, &argv, do_task, NULL, &pool, &err) != MEC_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    if (is_root()) {
        bad = TAP_RUN(cases, argc, argv);
    } else {
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            if (argc < 3 || strcmp(argv[2], cases[i].name) == 0) {
                cases[i].run();
                bad |= tap_failures > 0;
            }
        }
    }
    if (mec_pool_stop(pool, &err) != MEC_OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    return bad;
}
