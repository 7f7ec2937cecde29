/* The Main algorithm on a small cell of built-in mechanisms: every score equal to what
 * the Python of SSCxEModelExamples gives (main_hh/expected.json, written by
 * tests/peers/make-evaluate-main), with and without shortcuts.
 */

#include "expected.h"

#define PACKAGE "tests/unit/evaluate/main_hh"

static mec_arena *arena;
static mec_err err;

static void check_recipe(const char *recipe, int32_t apical, int32_t without)
{
    mec_job job = {.emodel_dir = PACKAGE,
                   .emodel = recipe,
                   .morphology = SMALL_CELL,
                   .apical_section = apical,
                   .without = without};
    char key[64];

    snprintf(key, sizeof key, apical < 0 ? "%s.none" : "%s.%d", recipe, (int)apical);
    check_expected(arena, &job, PACKAGE "/expected.json", key);
}

static void check_all_forms(const char *recipe)
{
    check_recipe(recipe, -1, 0);
    check_recipe(recipe, 1, 0);
    check_recipe(recipe, 1, MEC_SHORTCUT_BASE);
    check_recipe(recipe, 1, MEC_SHORTCUT_SPIKE);
    check_recipe(recipe, 1, MEC_SHORTCUT_PAST);
    check_recipe(recipe, 1, MEC_SHORTCUT_ALL);
}

static void test_base(void)
{
    check_all_forms("base");
}

static void test_positive_holding(void)
{
    check_all_forms("positive");
}

static void test_no_threshold(void)
{
    check_all_forms("silent");
}

static void test_pre_protocols(void)
{
    check_all_forms("pre");
}

static void test_legacy(void)
{
    check_all_forms("legacy");
}

static void test_apical_out_of_range(void)
{
    mec_job job = {.emodel_dir = PACKAGE,
                   .emodel = "base",
                   .morphology = SMALL_CELL,
                   .apical_section = 99};
    mec_outcome out;

    CHECK_OK(mec_evaluate(&job, arena, &out, &err), err);
    CHECK_STR(out.exception_class, MEC_CLASS_LOCATION_MISSING);
    CHECK_STR(out.scores, "null");
}

static void test_axon_too_short(void)
{
    mec_job job = {.emodel_dir = PACKAGE,
                   .emodel = "base",
                   .morphology = "examples/simple1/data/morphs/morph1.asc",
                   .apical_section = -1};
    mec_outcome out;

    CHECK_OK(mec_evaluate(&job, arena, &out, &err), err);
    CHECK_STR(out.exception_class, MEC_CLASS_AXON_TOO_SHORT);
}

static void test_one_protocol(void)
{
    static const char *const rmp[] = {"RMP"}, *const step[] = {"Step_150"};
    mec_job job = {.emodel_dir = PACKAGE,
                   .emodel = "base",
                   .morphology = SMALL_CELL,
                   .apical_section = -1,
                   .n_protocol = 1,
                   .protocol = rmp};
    mec_outcome out;

    CHECK_OK(mec_evaluate(&job, arena, &out, &err), err);
    CHECK_HAS(out.provenance, "\"sweeps\": 1,");
    CHECK_HAS(out.scores, "mm.RMP.soma.v.voltage_base");
    CHECK(strstr(out.scores, "mm.Rin") == NULL);
    job.protocol = step;
    CHECK_OK(mec_evaluate(&job, arena, &out, &err), err);
    CHECK_HAS(out.scores, "mm.Step_150.soma.v.AP_amplitude");
    CHECK(strstr(out.scores, "mm.Step_280") == NULL);
    CHECK(strstr(out.extra_values, "null") == NULL);
}

static void test_time_out(void)
{
    mec_job job = {.emodel_dir = PACKAGE,
                   .emodel = "base",
                   .morphology = SMALL_CELL,
                   .apical_section = -1,
                   .max_seconds = 1e-3};
    mec_outcome out;

    CHECK_OK(mec_evaluate(&job, arena, &out, &err), err);
    CHECK_STR(out.exception_class, MEC_CLASS_TIME_OUT);
}

static void test_check(void)
{
    CHECK_OK(mec_emodel_check(PACKAGE, "base", NULL, &err), err);
    CHECK_INT(mec_emodel_check(PACKAGE, "bass", NULL, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "did you mean \"base\"");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_base),         TAP_CASE(test_positive_holding),
        TAP_CASE(test_no_threshold), TAP_CASE(test_pre_protocols),
        TAP_CASE(test_legacy),       TAP_CASE(test_apical_out_of_range),
        TAP_CASE(test_one_protocol), TAP_CASE(test_axon_too_short),
        TAP_CASE(test_time_out),     TAP_CASE(test_check),
    };
    int code;

    arena = mec_arena_new();
    code = TAP_RUN(cases, argc, argv);
    mec_arena_free(arena);
    return code;
}
