/* Mechanisms that solve equations (KINETIC, LINEAR, NONLINEAR, all methods) against NEURON
 * 8.2.7, bit for bit: system_references.txt holds the cells with the mechanisms of
 * tests/nmodl and a digest of all samples of each run. */

#include <support/scratch.h>
#include <support/tap.h>

#include "digest.h"

static char folder[] = "/tmp/mecombo-systems-XXXXXX";

static void test_references(void)
{
    script_check_references("tests/unit/cell/system_references.txt", folder);
}

/* A FUNCTION_TABLE that nobody filled, and one that is filled with nonsense. */
static void test_tables(void)
{
    static cell_script script;
    char unset[] = "call soma[0] 0 function_table table_inf 3 1 2";
    char lines[3][64] = {"nseg 40", "insert 1 function_table", "finish"};

    if (!script_begin(&script, folder)) {
        return;
    }
    for (size_t i = 0; i < 3; i++) {
        CHECK_OK(script_line(&script, lines[i]), script.err);
    }
    CHECK(script_line(&script, unset) != MEC_OK);
    CHECK_HAS(script.err.text, "table_inf(): the arguments are no table");
    script_clear(&script);
}

static void test_build(void)
{
    script_build_into(folder, "tests/nmodl");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_build), TAP_CASE(test_references),
                                     TAP_CASE(test_tables)};
    mec_arena *arena;

    if (!__builtin_cpu_supports("fma")) {
        printf("1..0 # SKIP this host has no FMA: NEURON's libm gives other bits\n");
        return 0;
    }
    return SCRATCH_RUN(&arena, folder, cases, argc, argv);
}
