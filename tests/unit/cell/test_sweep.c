/* Checkpoints, watches, budgets, and the texts of what can go wrong. */

#include <support/tap.h>

#include "cell_script.h"

#include <math.h>

static const char *const CELL[] = {
    "mechanisms -", "morphology tests/unit/cell/small.asc",
    "nseg 40",      "insert 1 hh",
    "insert 4 pas", "finish"};

static bool make_cell(cell_script *script)
{
    char line[256];
    bool ok = true;

    memset(script, 0, sizeof *script);
    for (size_t i = 0; i < sizeof CELL / sizeof *CELL; i++) {
        snprintf(line, sizeof line, "%s", CELL[i]);
        ok = ok && CHECK_OK(script_line(script, line), script->err);
    }
    return ok;
}

static const mec_probe PROBES[2] = {{"soma.v", 0, 0.5, "v", 0},
                                    {"soma.m", 0, 0.5, "m_hh", 0}};

static mec_sweep sweep_of(const mec_iclamp clamp[2], mec_step_method method)
{
    return (mec_sweep){.tstop_ms = 40.0,
                       .method = method,
                       .atol = 1e-3,
                       .dt_ms = 0.025,
                       .n_iclamp = 2,
                       .iclamp = clamp,
                       .n_probe = 2,
                       .probe = PROBES};
}

static size_t count_differences(const mec_traces *a, const mec_traces *b)
{
    size_t n = 0;

    if (a->n != b->n || a->n_step != b->n_step) {
        return 1;
    }
    for (size_t i = 0; i < a->n; i++) {
        n += a->t[i] != b->t[i];
        for (int32_t p = 0; p < a->n_probe; p++) {
            n += a->value[p][i] != b->value[p][i];
        }
    }
    return n;
}

/* A sweep that resumes gives what a whole one gives, bit for bit. */
static void check_resume(mec_step_method method)
{
    const mec_iclamp first[2] = {{0, 0.5, 10.0, 20.0, 0.1}, {0, 0.5, 0.0, 40.0, -0.02}};
    const mec_iclamp second[2] = {{0, 0.5, 10.0, 25.0, 0.7},
                                  {0, 0.5, 0.0, 40.0, -0.02}};
    const mec_iclamp other[2] = {{0, 0.5, 10.0, 20.0, 0.1}, {0, 0.5, 0.0, 40.0, -0.03}};
    mec_sweep sweep = sweep_of(first, method);
    mec_checkpoint *point = mec_checkpoint_new();
    mec_arena *arena = mec_arena_new();
    mec_traces whole, resumed;
    mec_err err = MEC_ERR_INIT;
    cell_script script;

    make_cell(&script);
    sweep.save = point;
    sweep.save_ms = 10.0;
    CHECK(!mec_checkpoint_is_set(point));
    CHECK_OK(mec_cell_run(script.cell, &sweep, arena, &whole, &err), err);
    CHECK(mec_checkpoint_is_set(point));
    sweep = sweep_of(first, method);
    sweep.resume = point;
    CHECK_OK(mec_cell_run(script.cell, &sweep, arena, &resumed, &err), err);
    CHECK_INT(count_differences(&whole, &resumed), 0);
    sweep.iclamp = second;
    CHECK_OK(mec_cell_run(script.cell, &sweep, arena, &resumed, &err), err);
    sweep.resume = NULL;
    CHECK_OK(mec_cell_run(script.cell, &sweep, arena, &whole, &err), err);
    CHECK_INT(count_differences(&whole, &resumed), 0);
    sweep.resume = point;
    sweep.iclamp = other;
    CHECK_INT(mec_cell_run(script.cell, &sweep, arena, &resumed, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "resume");
    mec_checkpoint_free(point);
    mec_arena_free(arena);
    script_clear(&script);
}

static void test_resume_variable(void)
{
    check_resume(MEC_VARIABLE_STEP);
}

static void test_resume_fixed(void)
{
    check_resume(MEC_FIXED_STEP);
}

static bool above_zero(void *arg, double t_ms, const double value[])
{
    *(double *)arg = t_ms;
    return value[0] > 0.0;
}

static void test_watch(void)
{
    const mec_iclamp clamp[2] = {{0, 0.5, 5.0, 20.0, 0.5}, {0, 0.5, 0.0, 40.0, 0.0}};
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    cell_script script;

    make_cell(&script);
    for (int method = 0; method < 2; method++) {
        double stopped_at = 0.0;
        mec_sweep sweep = sweep_of(clamp, (mec_step_method)method);
        mec_traces traces;

        sweep.watch = above_zero;
        sweep.watch_arg = &stopped_at;
        CHECK_OK(mec_cell_run(script.cell, &sweep, arena, &traces, &err), err);
        CHECK(traces.stopped);
        CHECK_EQ(traces.t[traces.n - 1], stopped_at);
        CHECK(traces.value[0][traces.n - 1] > 0.0);
        CHECK(traces.value[0][traces.n - 2] <= 0.0);
    }
    mec_arena_free(arena);
    script_clear(&script);
}

static void test_budgets(void)
{
    const mec_iclamp clamp[2] = {{0, 0.5, 5.0, 20.0, 0.5}, {0, 0.5, 0.0, 40.0, 0.0}};
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    mec_traces traces;
    cell_script script;

    make_cell(&script);
    for (int method = 0; method < 2; method++) {
        mec_sweep sweep = sweep_of(clamp, (mec_step_method)method);

        sweep.max_steps = 20;
        CHECK_INT(mec_cell_run(script.cell, &sweep, arena, &traces, &err), MEC_E_LIMIT);
        CHECK_HAS(err.text, "20 steps");
        sweep.max_steps = 0;
        sweep.tstop_ms = 1e9;
        sweep.max_seconds = 0.05;
        CHECK_INT(mec_cell_run(script.cell, &sweep, arena, &traces, &err), MEC_E_LIMIT);
        CHECK_HAS(err.text, "CPU time");
    }
    mec_arena_free(arena);
    script_clear(&script);
}

/* A parameter that is not a number is found, named and located. */
static void test_not_finite(void)
{
    const mec_iclamp clamp[2] = {{0, 0.5, 5.0, 20.0, 0.5}, {0, 0.5, 0.0, 40.0, 0.0}};
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    mec_traces traces;
    cell_script script;

    make_cell(&script);
    int32_t dend = script_section_of(&script, "dend[1]");
    CHECK_OK(mec_cell_set_segment(script.cell, dend, 0, "g_pas", NAN, &err), err);
    for (int method = 0; method < 2; method++) {
        mec_sweep sweep = sweep_of(clamp, (mec_step_method)method);

        err.text[0] = '\0';
        CHECK_INT(mec_cell_run(script.cell, &sweep, arena, &traces, &err),
                  MEC_E_NUMERIC);
        CHECK_HAS(err.text, "not finite");
        CHECK_HAS(err.text, "t = ");
        CHECK_HAS(err.text, "segment");
    }
    mec_arena_free(arena);
    script_clear(&script);
}

static void check_refused(cell_script *script, const char *text, const char *part)
{
    char line[256];

    snprintf(line, sizeof line, "%s", text);
    script->err.text[0] = '\0';
    CHECK_INT(script_line(script, line), MEC_E_INPUT);
    CHECK_HAS(script->err.text, part);
}

static void test_bad_input(void)
{
    cell_script script;

    make_cell(&script);
    check_refused(&script, "set soma[0] gnabra_hh 1", "did you mean \"gnabar_hh\"");
    check_refused(&script, "set axon[0] g_pas 1", "axon[0] has no variable");
    check_refused(&script, "set soma[0] Ra 100", "Ra cannot change");
    check_refused(&script, "set soma[0] v 1", "cannot be set");
    check_refused(&script, "set soma[7] cm 1", "no section");
    check_refused(&script, "setseg soma[0] 99 cm 1", "no segment 99");
    check_refused(&script, "global nonsense 1", "no global");
    check_refused(&script, "variable 0 10", "atol");
    check_refused(&script, "fixed 0 0 10", "dt");
    check_refused(&script, "fixed 0.1 0 nan", "tstop");
    script_clear(&script);
}

static void test_parameters(void)
{
    cell_script script;
    mec_err err = MEC_ERR_INIT;
    double value = 0.0;

    make_cell(&script);
    CHECK_OK(mec_cell_get(script.cell, 0, 0, "gnabar_hh", &value, &err), err);
    CHECK_EQ(value, 0.12);
    CHECK_OK(mec_cell_set_section(script.cell, 0, "ena", 55.0, &err), err);
    CHECK_OK(mec_cell_get(script.cell, 0, 0, "ena", &value, &err), err);
    CHECK_EQ(value, 55.0);
    CHECK_OK(mec_cell_set_segment(script.cell, 0, 0, "cm", 0.7, &err), err);
    CHECK_OK(mec_cell_get(script.cell, 0, 0, "cm", &value, &err), err);
    CHECK_EQ(value, 0.7);
    CHECK_OK(mec_cell_get(script.cell, 0, 0, "Ra", &value, &err), err);
    CHECK_EQ(value, 35.4);
    CHECK_OK(mec_cell_get(script.cell, 0, 0, "m_hh", &value, &err), err);
    CHECK_EQ(value, 0.0);
    script_clear(&script);
}

/* A dendrite on an axon that is replaced: two trees, which the cell refuses by name. */
static void test_detached_piece(void)
{
    static const char text[] = "1 1 0 0 0 5 -1\n2 2 10 0 0 1 1\n3 2 200 0 0 1 2\n"
                               "4 3 260 0 0 1 3\n5 3 300 0 0 1 4\n"
                               "6 2 200 90 0 1 3\n7 2 200 300 0 1 6\n";
    mec_morphology *morphology = NULL;
    mec_catalogue *catalogue = NULL;
    mec_cell *cell = NULL;
    mec_err err = MEC_ERR_INIT;

    if (CHECK_OK(mec_morphology_parse("t.swc", text, strlen(text), &morphology, &err),
                 err) &&
        CHECK_OK(mec_catalogue_load(NULL, &catalogue, &err), err)) {
        mec_morphology_set_nseg(morphology, 40.0);
        CHECK_OK(mec_morphology_replace_axon(morphology, MEC_AXON_TAPER, &err), err);
        CHECK_OK(mec_cell_new(morphology, catalogue, &cell, &err), err);
        CHECK_INT(mec_cell_finish(cell, &err), MEC_E_INPUT);
        CHECK_HAS(err.text, "dend[0] is not connected to the soma");
    }
    mec_cell_free(cell);
    mec_catalogue_free(catalogue);
    mec_morphology_free(morphology);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_resume_variable), TAP_CASE(test_resume_fixed),
        TAP_CASE(test_watch),           TAP_CASE(test_budgets),
        TAP_CASE(test_not_finite),      TAP_CASE(test_bad_input),
        TAP_CASE(test_parameters),      TAP_CASE(test_detached_piece)};

    return TAP_RUN(cases, argc, argv);
}
