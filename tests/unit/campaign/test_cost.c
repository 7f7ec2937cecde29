/* The cost model, and the time left that it tells. */

#include "../../../src/campaign/cost_priv.h"

#include <support/tap.h>

#include <math.h>
#include <stdlib.h>

static mec_arena *arena;
static mec_err err = MEC_ERR_INIT;

static cost_model new_model(size_t n_groups)
{
    cost_model model;

    CHECK_OK(cost_init(&model, arena, n_groups, &err), err);
    return model;
}

/* Seconds are size times a rate; the rate is what header and measurements say. */
static void test_prediction(void)
{
    cost_model m = new_model(3);

    CHECK_NEAR(cost_seconds(&m, 0, 1e6), 1e6 * COST_UNMEASURED, 0, 1e-15);
    cost_learn(&m, 1, 100, 50, 1);
    double all = (50 + COST_UNMEASURED * 100) / 200;
    CHECK_NEAR(cost_seconds(&m, 0, 10), 10 * all, 0, 1e-15);
    CHECK_NEAR(cost_seconds(&m, 1, 10), 10 * (50 + all * 100) / 200, 0, 1e-15);
    cost_learn(&m, 2, 300, 30, 3);
    all = (80 + COST_UNMEASURED * 100) / 500;
    CHECK_NEAR(cost_seconds(&m, 0, 10), 10 * all, 0, 1e-15);
    CHECK_NEAR(cost_seconds(&m, 2, 10), 10 * (30 + all * 100) / 400, 0, 1e-15);
    /* many measurements leave nothing of the prior */
    cost_learn(&m, 1, 1e8, 7e8, 1000000);
    CHECK_NEAR(cost_seconds(&m, 1, 1), 7, 0, 1e-5);
}

/* What cannot be a measurement teaches nothing. */
static void test_nonsense(void)
{
    cost_model m = new_model(1);

    cost_learn(&m, 0, 0, 1, 1);
    cost_learn(&m, 0, -1, 1, 1);
    cost_learn(&m, 0, 1, -1, 1);
    cost_learn(&m, 0, 1, NAN, 1);
    cost_learn(&m, 0, INFINITY, 1, 1);
    cost_learn(&m, 1, 1, 1, 1);
    cost_learn(&m, 0, 1, 1, 0);
    CHECK_INT(m.all.n, 0);
    CHECK_NEAR(cost_seconds(&m, 0, 1), COST_UNMEASURED, 0, 0);
}

static void test_eta_formula(void)
{
    cost_model m = new_model(2);
    cost_eta eta;

    cost_learn(&m, 0, 1e6, 2e6, 1000000);
    cost_learn(&m, 1, 1e6, 2e6, 1000000);
    CHECK_OK(cost_eta_init(&eta, &m, arena, 4, 100, &err), err);
    for (int i = 0; i < 10; i++) {
        cost_eta_add(&eta, 0, 6);
        cost_eta_add(&eta, 1, 4);
    }
    CHECK_NEAR(cost_eta_left(&eta, 100), 200 / 4., 1e-3, 0);
    CHECK_NEAR(cost_eta_left(&eta, 110), 40, 1e-3, 0);  /* work in progress counts */
    CHECK_NEAR(cost_eta_left(&eta, 1000), 25, 1e-3, 0); /* but no more than half */
    for (int i = 0; i < 4; i++) {
        cost_eta_done(&eta, 0, 6, 12, COST_COMPUTED);
    }
    CHECK_NEAR(cost_eta_left(&eta, 112), (48 + 152) / 4. - 12, 1e-3, 0);
    /* half of what was done was in the cache: so will half of the rest be */
    for (int i = 0; i < 6; i++) {
        cost_eta_done(&eta, 1, 4, 0, COST_HIT);
    }
    CHECK_NEAR(cost_eta_left(&eta, 112), (48 + 104 * .5) / 4. - 12, 1e-3, 0);
}

/* ---- a campaign by list scheduling: jobs in order, each to whoever is free first ---- */

enum { N_GROUPS = 5, N_JOBS = 4000, N_WORKERS = 16 };

typedef struct job {
    size_t group;
    double size, seconds; /* what it really takes */
    double cost;          /* what the model said */
} job;

static double random_one(void)
{
    return rand() / (RAND_MAX + 1.0);
}

static void make_jobs(job jobs[])
{
    static const double rate[N_GROUPS] = {3e-4, 1e-3, 5e-4, 4e-3, 1.5e-3};

    srand(7);
    for (int i = 0; i < N_JOBS; i++) {
        job *j = &jobs[i];

        j->group = (size_t)(rand() % N_GROUPS);
        j->size = 200 * exp(2 * random_one());
        j->seconds = j->size * rate[j->group] * (0.8 + 0.4 * random_one());
    }
}

static int by_cost(const void *a, const void *b)
{
    double x = ((const job *)a)->cost;
    double y = ((const job *)b)->cost;

    return (x < y) - (x > y);
}

/* Run the jobs in their order.
 *
 * @param eta       told of every end; NULL: none
 * @param forecast  out: [N_JOBS] the end as expected after each job; NULL: none
 * @return when the last one ends */
static double run(const job jobs[], cost_eta *eta, double forecast[])
{
    double free_at[N_WORKERS] = {0};
    int doing[N_WORKERS];
    int next = 0, n_done = 0;
    double now = 0;

    for (int w = 0; w < N_WORKERS; w++) {
        doing[w] = next;
        free_at[w] = jobs[next++].seconds;
    }
    while (n_done < N_JOBS) {
        int w = 0;

        for (int k = 1; k < N_WORKERS; k++) {
            w = free_at[k] < free_at[w] ? k : w;
        }
        now = free_at[w];
        const job *j = &jobs[doing[w]];
        if (eta != NULL) {
            cost_eta_done(eta, j->group, j->size, j->seconds, COST_COMPUTED);
            forecast[n_done] = now + cost_eta_left(eta, now);
        }
        n_done++;
        if (next < N_JOBS) {
            doing[w] = next;
            free_at[w] = now + jobs[next++].seconds;
        } else {
            free_at[w] = INFINITY;
        }
    }
    return now;
}

/* Nothing is known at first: after a twentieth of the jobs the end is told within 10 %,
 * from the middle on within 3 %. */
static void test_forecast(void)
{
    static job jobs[N_JOBS];
    static double forecast[N_JOBS];
    cost_model m = new_model(N_GROUPS);
    cost_eta eta;
    double worst_early = 0, worst_late = 0;

    make_jobs(jobs);
    CHECK_OK(cost_eta_init(&eta, &m, arena, N_WORKERS, 0, &err), err);
    for (int i = 0; i < N_JOBS; i++) {
        cost_eta_add(&eta, jobs[i].group, jobs[i].size);
    }
    double end = run(jobs, &eta, forecast);
    for (int i = N_JOBS / 20; i < N_JOBS; i++) {
        double wrong = fabs(forecast[i] / end - 1);

        worst_early = fmax(worst_early, wrong);
        worst_late = i >= N_JOBS / 2 ? fmax(worst_late, wrong) : worst_late;
    }
    printf("# forecasts of the end wrong by at most %.1f %%, later %.1f %%\n",
           100 * worst_early, 100 * worst_late);
    CHECK(worst_early < 0.1);
    CHECK(worst_late < 0.03);
}

/* With what a first campaign measured, the second is ordered by the model and ends nearly
 * as early as with the true times; its end is known before it starts. */
static void test_longest_first(void)
{
    static job jobs[N_JOBS];
    static double forecast[N_JOBS];
    cost_model m = new_model(N_GROUPS);
    cost_eta eta;
    double all = 0, longest = 0;

    make_jobs(jobs);
    for (int i = 0; i < N_JOBS / 10; i++) {
        cost_learn(&m, jobs[i].group, jobs[i].size, jobs[i].seconds, 1);
    }
    double unordered = run(jobs, NULL, NULL);
    CHECK_OK(cost_eta_init(&eta, &m, arena, N_WORKERS, 0, &err), err);
    for (int i = 0; i < N_JOBS; i++) {
        jobs[i].cost = cost_seconds(&m, jobs[i].group, jobs[i].size);
        cost_eta_add(&eta, jobs[i].group, jobs[i].size);
        all += jobs[i].seconds;
        longest = fmax(longest, jobs[i].seconds);
    }
    double expected = cost_eta_left(&eta, 0);
    qsort(jobs, N_JOBS, sizeof *jobs, by_cost);
    for (int i = 1; i < N_JOBS; i++) {
        CHECK(jobs[i - 1].cost >= jobs[i].cost);
    }
    double ordered = run(jobs, &eta, forecast);
    printf("# %.1f s of work, ideal end %.2f s, unordered %.2f s, ordered %.2f s, "
           "expected "
           "%.2f s\n",
           all, all / N_WORKERS, unordered, ordered, expected);
    CHECK(ordered < unordered);
    CHECK(ordered < 1.001 * all / N_WORKERS);
    CHECK_NEAR(expected, ordered, 0, 0.03);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_prediction), TAP_CASE(test_nonsense), TAP_CASE(test_eta_formula),
        TAP_CASE(test_forecast), TAP_CASE(test_longest_first)};
    arena = mec_arena_new();
    int bad = TAP_RUN(cases, argc, argv);

    mec_arena_free(arena);
    return bad;
}
