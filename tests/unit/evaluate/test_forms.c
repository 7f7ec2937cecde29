/* The other forms of packages on the small cell, compared with the programs that the
 * forms come from: BluePyEModel (tests/peers/make-evaluate-bluepyemodel), BluePyOpt's
 * l5pc example, and the same exported (tests/peers/make-evaluate-l5pc).
 */

#include "expected.h"

#include <mecombo/path.h>

#include <stdlib.h>

#define UNIT "tests/unit/evaluate"

static mec_arena *arena;

static mec_job small_cell(const char *package, const char *emodel)
{
    return (mec_job){.emodel_dir = package,
                     .emodel = emodel,
                     .morphology = SMALL_CELL,
                     .apical_section = -1};
}

static void test_bluepyemodel(void)
{
    mec_job job = small_cell(UNIT "/bluepyemodel_hh", "cell");

    check_expected(arena, &job, UNIT "/bluepyemodel_hh/expected.json", "cell");
    job.emodel = "older";
    check_expected(arena, &job, UNIT "/bluepyemodel_hh/expected.json", "older");
}

static void test_l5pc(void)
{
    mec_job job = small_cell(UNIT "/l5pc_hh", "l5pc");

    check_expected(arena, &job, UNIT "/l5pc_hh/expected.json", "l5pc");
}

static void test_own(void)
{
    mec_job job = small_cell(UNIT "/own_hh", "l5pc");

    check_expected(arena, &job, UNIT "/l5pc_hh/expected.json", "l5pc");
}

static void test_checks(void)
{
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(mec_emodel_check(UNIT "/bluepyemodel_hh", "cell", NULL, &err), err);
    CHECK_OK(mec_emodel_check(UNIT "/l5pc_hh", "l5pc", NULL, &err), err);
    CHECK_OK(mec_emodel_check(UNIT "/own_hh", "l5pc", NULL, &err), err);
}

/* Check a copy of own_hh with one piece of its description replaced. */
static void check_refused(const char *old, const char *new, const char *wanted)
{
    mec_err err = MEC_ERR_INIT;
    char folder[] = "/tmp/mecombo-forms-XXXXXX";
    char *text, *at, *path, *changed;

    CHECK(mkdtemp(folder) != NULL);
    CHECK_OK(mec_copy_tree(UNIT "/own_hh", folder, &err), err);
    path = mec_path_join(arena, folder, "setup/emodel.json");
    CHECK_OK(mec_read_file(arena, path, &text, NULL, &err), err);
    at = strstr(text, old);
    if (CHECK(at != NULL)) {
        changed = mec_arena_printf(arena, "%.*s%s%s", (int)(at - text), text, new,
                                   at + strlen(old));
        CHECK_OK(mec_write_file(path, changed, strlen(changed), &err), err);
        CHECK_INT(mec_emodel_check(folder, "l5pc", NULL, &err), MEC_E_INPUT);
        CHECK_HAS(err.text, wanted);
        CHECK_HAS(err.text, "emodel.json:");
    }
    CHECK_OK(mec_remove_tree(folder, &err), err);
}

/* What only the cell and eFEL know is found by the check as well. */
static void test_check_refuses(void)
{
    check_refused("\"suffix\": \"pas\"", "\"suffix\": \"pass\"", "pas");
    check_refused("\"param_name\": \"g_pas\"", "\"param_name\": \"g_pass\"", "g_pas");
    check_refused("\"efel_feature_name\": \"AP_width\"",
                  "\"efel_feature_name\": \"AP_widht\"", "did you mean \"AP_width\"");
    check_refused("math.exp(", "math.exq(", "unknown function");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_bluepyemodel), TAP_CASE(test_l5pc),          TAP_CASE(test_own),
        TAP_CASE(test_checks),       TAP_CASE(test_check_refuses),
    };
    int code;

    arena = mec_arena_new();
    code = TAP_RUN(cases, argc, argv);
    mec_arena_free(arena);
    return code;
}
