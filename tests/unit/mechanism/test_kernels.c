/* Kernels: the three instruction sets and two C compilers give the same bits, exp and pow
 * are libm's, and nothing beyond a run is touched. */

#include <mecombo/mechanism.h>
#include <mecombo/path.h>
#include <support/tap.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GUARD = 8, MAX_N = 41 };

static char folder[] = "/tmp/mecombo-kernels-XXXXXX";
static mec_arena *arena;
static mec_catalogue *catalogue; /* made by gcc */
static mec_catalogue *other;     /* made by clang */

/* A run with storage of its own, filled from a seed. */
typedef struct fixture {
    mec_env env;
    mec_run run;
    double *data; /* all arrays, one after the other, each with guards */
    size_t n_data;
} fixture;

static double next(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (double)(*state >> 11) * 0x1p-53;
}

static void fill(double *x, int32_t n, double low, double high, uint64_t *state)
{
    for (int32_t i = -GUARD; i < n + GUARD; i++) {
        x[i] = low + (high - low) * next(state);
    }
}

static void make(const mec_mechanism_desc *desc, int32_t n, uint64_t seed, fixture *f)
{
    size_t stride = (size_t)n + 2 * GUARD;
    size_t n_array = 5 + (size_t)desc->n_column + (size_t)desc->n_ion_ref;
    double **column =
        mec_arena_calloc(arena, (size_t)desc->n_column + 1, sizeof *column);
    double **ion = mec_arena_calloc(arena, (size_t)desc->n_ion_ref + 1, sizeof *ion);
    double *at;

    f->env = (mec_env){.t = 1, .dt = 0.025, .celsius = 34, .gamma = 0.013};
    f->n_data = n_array * stride;
    f->data = mec_arena_calloc(arena, f->n_data, sizeof *f->data);
    at = f->data + GUARD;
    f->run = (mec_run){.n = n, .env = &f->env};
    f->run.global =
        mec_arena_calloc(arena, (size_t)desc->n_global_values + 1, sizeof(double));
    f->run.instance =
        mec_arena_calloc(arena, (size_t)(n * desc->n_pointer) + 1, sizeof(void *));
    for (int32_t i = 0; i < desc->n_global; i++) {
        f->run.global[desc->globals[i].offset] = desc->globals[i].value;
    }
    f->run.v = at;
    fill(at, n, -120, 60, &seed);
    f->run.rhs = at += stride;
    fill(at, n, -1, 1, &seed);
    f->run.d = at += stride;
    fill(at, n, 1, 2, &seed);
    f->run.area = at += stride;
    fill(at, n, 10, 200, &seed);
    f->run.diam = at += stride;
    fill(at, n, 0.3, 12, &seed);
    for (int32_t i = 0; i < desc->n_column; i++) {
        column[i] = at += stride;
        fill(at, n, 0.1, 0.9, &seed);
    }
    for (int32_t i = 0; i < desc->n_ion_ref; i++) {
        ion[i] = at += stride;
        fill(at, n, 1e-5, 2e-3, &seed);
    }
    /* What EXTERNAL names of other mechanisms; none has more than the pointers here. */
    static double elsewhere = 0.3;
    static double *const external[] = {&elsewhere, &elsewhere, &elsewhere, &elsewhere};
    CHECK_INT(desc->n_external <= 4, 1);
    f->run.external = external;
    f->run.column = column;
    f->run.ion = ion;
}

/* A random stream for each instance of a mechanism that has setRNG; without ids: none. A
 * constant for each FUNCTION_TABLE. */
static void set_streams(const mec_mechanism_desc *desc, const mec_run *run,
                        int32_t n_id)
{
    for (int32_t k = 0; k < desc->n_procedure; k++) {
        if (strncmp(desc->procedures[k].name, "table_", 6) == 0) {
            desc->procedures[k].call(run, 0, 1, (const double[]){0.7});
        }
        for (int32_t i = 0; i < run->n; i++) {
            if (strcmp(desc->procedures[k].name, "setRNG") == 0) {
                desc->procedures[k].call(run, i, n_id, (const double[]){5, i, 0});
            }
        }
    }
}

static int32_t run_all(const mec_kernels *kernels, const mec_run *run)
{
    const mec_kernel list[] = {kernels->current,    kernels->state, kernels->current,
                               kernels->derivative, kernels->solve, kernels->current};
    int32_t failed = 0;

    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (list[i] != NULL) {
            failed += list[i](run);
        }
    }
    return failed;
}

/* The baseline kernels of a mechanism and those of another make of it. */
static void compare_sets(const mec_mechanism_desc *desc, const mec_mechanism_desc *made,
                         int32_t n, int32_t isa)
{
    fixture a, b;

    make(desc, n, 7u + (uint64_t)n, &a);
    make(made, n, 7u + (uint64_t)n, &b);
    set_streams(desc, &a.run, 3);
    set_streams(made, &b.run, 3);
    CHECK_INT(desc->kernels[0]->init(&a.run), 0);
    CHECK_INT(run_all(desc->kernels[0], &a.run), 0);
    CHECK_INT(made->kernels[0]->init(&b.run), 0);
    CHECK_INT(run_all(made->kernels[isa], &b.run), 0);
    set_streams(desc, &a.run, 0);
    set_streams(made, &b.run, 0);
    for (size_t i = 0; i < a.n_data; i++) {
        if (!CHECK_EQ(b.data[i], a.data[i])) {
            printf("# %s: %s instruction set %d, %d instances, array %zu\n", desc->name,
                   made == desc ? "" : "clang,", (int)isa, (int)n,
                   i / ((size_t)n + 2 * GUARD));
            return;
        }
    }
}

/* Every mechanism, every number of instances up to two vectors and odd ones above. */
static void test_sets_agree(void)
{
    for (int32_t i = 0; i < mec_catalogue_count(catalogue); i++) {
        const mec_mechanism_desc *desc = mec_catalogue_get(catalogue, i);
        for (int32_t isa = 1; isa <= mec_host_isa(); isa++) {
            for (int32_t n = 1; n <= MAX_N; n += n < 18 ? 1 : 7) {
                compare_sets(desc, desc, n, isa);
            }
        }
    }
}

static void test_compilers_agree(void)
{
    CHECK_INT(mec_catalogue_count(other), mec_catalogue_count(catalogue));
    for (int32_t i = 0; i < mec_catalogue_count(catalogue); i++) {
        const mec_mechanism_desc *desc = mec_catalogue_get(catalogue, i);
        const mec_mechanism_desc *made = mec_catalogue_find(other, desc->name);
        for (int32_t isa = 0; isa <= mec_host_isa() && CHECK(made != NULL); isa++) {
            compare_sets(desc, made, MAX_N, isa);
        }
    }
}

/* Writes outside [0, n) would show in the guards, which both sets leave as they were. */
static void test_guards(void)
{
    for (int32_t i = 0; i < mec_catalogue_count(catalogue); i++) {
        const mec_mechanism_desc *desc = mec_catalogue_get(catalogue, i);
        fixture a, b;
        size_t stride = 11 + 2 * GUARD;
        make(desc, 11, 3, &a);
        make(desc, 11, 3, &b);
        set_streams(desc, &a.run, 3);
        CHECK_INT(mec_mechanism_kernels(desc, false)->init(&a.run), 0);
        CHECK_INT(run_all(mec_mechanism_kernels(desc, false), &a.run), 0);
        set_streams(desc, &a.run, 0);
        for (size_t k = 0; k < a.n_data; k++) {
            bool guard = k % stride < GUARD || k % stride >= GUARD + 11;
            if (guard && !CHECK_EQ(a.data[k], b.data[k])) {
                printf("# %s\n", desc->name);
                return;
            }
        }
    }
}

/* Gates and rates are computed several at a time: the vector forms exist. */
static void test_vector_forms(void)
{
    static const char *const names[] = {"hh",      "Ih",    "NaTg",
                                        "Ca_HVA2", "K_Pst", "SK_E2"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const mec_mechanism_desc *desc = mec_catalogue_find(catalogue, names[i]);
        if (!CHECK(desc != NULL)) {
            continue;
        }
        for (int32_t isa = 1; isa < MEC_N_ISA; isa++) {
            CHECK(desc->kernels[isa]->state != desc->kernels[0]->state);
            CHECK(desc->kernels[isa]->current != desc->kernels[0]->current);
            CHECK(desc->kernels[isa]->derivative != desc->kernels[0]->derivative);
        }
    }
}

/* Sums of products cancel to nothing where a rate meets its steady state, so errors are
 * measured against the largest value of an array. */
static void compare_free(const mec_mechanism_desc *desc, int32_t isa)
{
    const int32_t n = 37;
    size_t stride = (size_t)n + 2 * GUARD;
    fixture a, b;

    make(desc, n, 11, &a);
    make(desc, n, 11, &b);
    set_streams(desc, &a.run, 3);
    set_streams(desc, &b.run, 3);
    /* INITIAL resets what a method keeps from step to step for all instances. */
    CHECK_INT(desc->kernels[0]->init(&a.run), 0);
    CHECK_INT(run_all(desc->kernels[isa], &a.run), 0);
    CHECK_INT(desc->kernels[0]->init(&b.run), 0);
    CHECK_INT(run_all(desc->free_kernels[isa], &b.run), 0);
    set_streams(desc, &a.run, 0);
    set_streams(desc, &b.run, 0);
    for (size_t array = 0; array < a.n_data / stride; array++) {
        const double *exact = a.data + array * stride, *free_ = b.data + array * stride;
        double largest = 0;
        for (size_t i = 0; i < stride; i++) {
            largest = fabs(exact[i]) > largest ? fabs(exact[i]) : largest;
        }
        for (size_t i = 0; i < stride; i++) {
            if (!CHECK_NEAR(free_[i], exact[i], 1e-10 * largest, 0)) {
                printf("# %s: instruction set %d, array %zu\n", desc->name, (int)isa,
                       array);
                return;
            }
        }
    }
}

/* Free rounding computes the same formulas. */
static void test_free_rounding(void)
{
    for (int32_t i = 0; i < mec_catalogue_count(catalogue); i++) {
        for (int32_t isa = 0; isa <= mec_host_isa(); isa++) {
            compare_free(mec_catalogue_get(catalogue, i), isa);
        }
    }
}

/* Gates have kernels of their own for free rounding. */
static void test_free_forms(void)
{
    static const char *const names[] = {"hh", "Ih", "NaTg", "Ca_HVA2", "K_Pst"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const mec_mechanism_desc *desc = mec_catalogue_find(catalogue, names[i]);
        for (int32_t isa = 1; isa < MEC_N_ISA && CHECK(desc != NULL); isa++) {
            CHECK(desc->free_kernels[isa]->state != desc->kernels[isa]->state);
            CHECK(desc->free_kernels[isa]->current != desc->kernels[isa]->current);
            CHECK(desc->free_kernels[isa]->derivative !=
                  desc->kernels[isa]->derivative);
        }
    }
}

static double libm_exp(double x)
{
    return x < -700 ? 0 : exp(x > 700 ? 700 : x);
}

/* tests/nmodl/functions.mod: e = exp(x), q = exp(x/3.7), and others by libm. */
static void test_exp(void)
{
    const mec_mechanism_desc *desc = mec_catalogue_find(catalogue, "functions");
    int32_t n = 4096;
    fixture f;
    uint64_t seed = 99;

    if (!CHECK(desc != NULL)) {
        return;
    }
    make(desc, n, 1, &f);
    for (int round = 0; round < 300 && tap_failures == 0; round++) {
        double range = round < 100 ? 720 : round < 200 ? 30 : 1e-3;
        double *x = f.run.column[0];
        for (int32_t i = 0; i < n; i++) {
            x[i] = range * (2 * next(&seed) - 1);
        }
        x[0] = round == 0 ? 0.0 : x[0];
        x[1] = round == 0 ? 701.0 : x[1];
        x[2] = round == 0 ? -701.0 : x[2];
        x[3] = round == 0 ? 1e-300 : x[3];
        CHECK_INT(mec_mechanism_kernels(desc, false)->state(&f.run), 0);
        for (int32_t i = 0; i < n; i++) {
            if (!CHECK_EQ(f.run.column[2][i], libm_exp(x[i])) ||
                !CHECK_EQ(f.run.column[3][i], libm_exp(x[i] / 3.7)) ||
                !CHECK_EQ(f.run.column[4][i],
                          log(fabs(x[i]) + 1) + pow(fabs(x[i]), 1.7))) {
                printf("# x = %a\n", x[i]);
                return;
            }
        }
    }
}

/* x^y at and around what libm treats in its own way, and at random. */
static void test_pow(void)
{
    static const double special[] = {0.0, -0.0,    1.0,    -1.0,  INFINITY,  -INFINITY,
                                     NAN, -3.0,    0.5,    2.0,   0x1p-1022, 0x1p-1074,
                                     4.0, 0x1p-66, 0x1p63, 1e308, 0x1p-540,  -2.5};
    enum { N_SPECIAL = sizeof special / sizeof *special };
    const mec_mechanism_desc *desc = mec_catalogue_find(catalogue, "functions");
    fixture f;
    uint64_t seed = 7;

    if (!CHECK(desc != NULL)) {
        return;
    }
    make(desc, 4096, 1, &f);
    for (int round = 0; round < 200; round++) {
        double *x = f.run.column[0], *y = f.run.column[1];
        const double *r = f.run.column[5];
        for (int32_t i = 0; i < f.run.n; i++) {
            x[i] = exp((2 * next(&seed) - 1) * (round % 3 == 0 ? 1e-9 : round));
            y[i] = (2 * next(&seed) - 1) * exp((2 * next(&seed) - 1) * round / 10);
            if (round == 1) {
                x[i] = special[i % N_SPECIAL];
                y[i] = special[i / N_SPECIAL % N_SPECIAL];
            }
        }
        CHECK_INT(mec_mechanism_kernels(desc, false)->state(&f.run), 0);
        for (int32_t i = 0; i < f.run.n; i++) {
            double want = pow(x[i], y[i]);
            if (!CHECK((isnan(want) && isnan(r[i])) ||
                       memcmp(&want, &r[i], sizeof want) == 0)) {
                printf("# x = %a, y = %a\n", x[i], y[i]);
                return;
            }
        }
    }
}

static mec_status prepare(mec_err *err)
{
    const char *mods = mec_path_join(arena, folder, "mods");
    const char *gcc = mec_path_join(arena, folder, "gcc");
    const char *clang = mec_path_join(arena, folder, "clang");
    mec_status st;

    MEC_TRY(mec_copy_tree("examples/l5tpc/mechanisms", mods, err));
    MEC_TRY(mec_copy_tree("tests/nmodl", mods, err));
    (void)setenv("MECOMBO_CC", "clang", 1);
    MEC_TRY(mec_mechanisms_build(mods, clang, err));
    MEC_TRY(mec_catalogue_load(clang, &other, err));
    (void)setenv("MECOMBO_CC", "gcc", 1);
    MEC_TRY(mec_mechanisms_build(mods, gcc, err));
    MEC_TRY(mec_catalogue_load(gcc, &catalogue, err));
done:
    return st;
}

static void test_libm(void)
{
    CHECK(mec_mechanism_exp_agrees());
    CHECK(mec_mechanism_pow_agrees());
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_sets_agree),    TAP_CASE(test_compilers_agree),
        TAP_CASE(test_guards),        TAP_CASE(test_vector_forms),
        TAP_CASE(test_free_rounding), TAP_CASE(test_free_forms),
        TAP_CASE(test_exp),           TAP_CASE(test_pow),
        TAP_CASE(test_libm),
    };
    mec_err err = MEC_ERR_INIT;
    int code = 1;

    arena = mec_arena_new();
    if (arena == NULL || mkdtemp(folder) == NULL) {
        return 1;
    }
    if (prepare(&err) == MEC_OK) {
        code = TAP_RUN(cases, argc, argv);
    } else {
        printf("# %s\n", err.text);
    }
    mec_catalogue_free(catalogue);
    mec_catalogue_free(other);
    mec_arena_free(arena);
    return mec_remove_tree(folder, &err) == MEC_OK ? code : 1;
}
