/* What VERBATIM text may do (tests/nmodl/verbatim), with the values that C gives, and
 * NEURON 8.2.7's for its own functions. */

#include <support/scratch.h>
#include <support/tap.h>

#include "digest.h"

static char folder[] = "/tmp/mecombo-verbatim-XXXXXX";

static void do_line(cell_script *script, const char *text)
{
    char line[256];

    snprintf(line, sizeof line, "%s", text);
    CHECK_OK(script_line(script, line), script->err);
}

static void check_value(const cell_script *script, const char *name, double expected)
{
    mec_err err = MEC_ERR_INIT;
    double value = -1;

    CHECK_OK(mec_cell_get(script->cell, 0, 0, name, &value, &err), err);
    if (!CHECK_EQ(value, expected)) {
        printf("# %s\n", name);
    }
}

static void make_cell(cell_script *script, const char *suffix)
{
    char line[128];

    script_begin(script, folder);
    snprintf(line, sizeof line, "insert 2 %s", suffix);
    do_line(script, line);
    do_line(script, "finish");
    do_line(script, "fixed 0.025 0 1");
}

static void test_names(void)
{
    static cell_script script;

    make_cell(&script, "verbatim_names");
    check_value(&script, "sum_verbatim_names", 8);
    check_value(&script, "hidden_verbatim_names", 24);
    check_value(&script, "member_verbatim_names", 8);
    check_value(&script, "old_verbatim_names", 5);
    check_value(&script, "header_verbatim_names", 20);
    check_value(&script, "own_verbatim_names", 16);
    check_value(&script, "macro_verbatim_names", 2.5);
    check_value(&script, "index_verbatim_names", 13);
    script_clear(&script);
}

static void test_threads(void)
{
    static cell_script script;

    make_cell(&script, "verbatim_threads");
    check_value(&script, "result_verbatim_threads", 118);
    check_value(&script, "through_verbatim_threads", 6);
    script_clear(&script);
}

/* hash: x = 5 and mcell_ran4(&x), twice, in NEURON 8.2.7; picked: Random123(1, 2, 3),
 * uniform(0, 1), seq(9) and repick() of a Random. */
static void test_declarations(void)
{
    static cell_script script;
    mec_err err = MEC_ERR_INIT;
    double argument[] = {4, 8}, value = 0;

    make_cell(&script, "verbatim_declares");
    check_value(&script, "hash_verbatim_declares", 0.332903403788805);
    check_value(&script, "second_verbatim_declares", 0.2597382378298789);
    check_value(&script, "picked_verbatim_declares", 0x1.77d440fe882bcp-3);
    check_value(&script, "position_verbatim_declares", 10);
    check_value(&script, "count_verbatim_declares", 0);
    for (int n = 0; n <= 2; n++) {
        CHECK_OK(mec_cell_call(script.cell, 0, 0, "verbatim_declares", "argument", n,
                               argument, &value, &err),
                 err);
        CHECK_EQ(value, n == 2 ? 8 : -1);
    }
    CHECK_INT(mec_cell_call(script.cell, 0, 0, "verbatim_declares", "from_vector", 0,
                            NULL, NULL, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text,
              "verbatim_declares.mod:15: vector_arg() needs an object of hoc");
    script_clear(&script);
}

static void test_pointer_writer(void)
{
    static cell_script script;

    script_begin(&script, folder);
    do_line(&script, "insert 2 pointer_writer");
    do_line(&script, "insert 2 verbatim_threads");
    do_line(&script, "pointer soma[0] 0.5 target_pointer_writer soma[0] 0.5 "
                     "x_verbatim_threads");
    do_line(&script, "finish");
    do_line(&script, "fixed 0.025 0 1");
    check_value(&script, "x_verbatim_threads", 3);
    do_line(&script, "set soma[0] rate_pointer_writer 7");
    do_line(&script, "fixed 0.025 0 1");
    check_value(&script, "x_verbatim_threads", 7);
    script_clear(&script);
}

static void test_build(void)
{
    script_build_into(folder, "tests/nmodl/verbatim");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_build), TAP_CASE(test_names), TAP_CASE(test_threads),
        TAP_CASE(test_declarations), TAP_CASE(test_pointer_writer)};
    mec_arena *arena;

    return SCRATCH_RUN(&arena, folder, cases, argc, argv);
}
