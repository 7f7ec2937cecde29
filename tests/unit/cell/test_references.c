/* Cells against NEURON 8.2.7, bit for bit: references.txt holds the cells and a digest of
 * all samples of each run (written by tests/peers/cell_peer.py --store). */

#include <support/tap.h>

#include "digest.h"

static const char *const REFERENCES = "tests/unit/cell/references.txt";

/* Runs the cases whose number k fulfils k % n_part == part. */
static void run_cases(int part, int n_part)
{
    static cell_script script;
    char line[4096], what[4096] = "", copy[4096];
    int k = -1;
    FILE *file = fopen(REFERENCES, "r");

    if (!CHECK(file != NULL)) {
        return;
    }
    while (fgets(line, sizeof line, file) != NULL) {
        if (strncmp(line, "case ", 5) == 0) {
            script_clear(&script);
            snprintf(what, sizeof what, "%s", line);
            k++;
        } else if (k < 0 || k % n_part != part) {
            continue;
        } else if (strncmp(line, "expect ", 7) == 0) {
            script_expect(&script, what, line);
        } else {
            snprintf(copy, sizeof copy, "%s", line);
            if (!CHECK_OK(script_line(&script, copy), script.err)) {
                break;
            }
        }
    }
    fclose(file);
    script_clear(&script);
}

static void test_references(void)
{
    run_cases(0, 1);
}

static void test_references_avx2(void)
{
    setenv("MECOMBO_ISA", "avx2", 1);
    run_cases(0, 2);
    unsetenv("MECOMBO_ISA");
}

static void test_references_baseline(void)
{
    setenv("MECOMBO_ISA", "baseline", 1);
    run_cases(1, 2);
    unsetenv("MECOMBO_ISA");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_references),
                                     TAP_CASE(test_references_avx2),
                                     TAP_CASE(test_references_baseline)};

    if (!__builtin_cpu_supports("fma")) {
        printf(
            "1..0 # SKIP this host has no FMA: NEURON's libm gives other bits here\n");
        return 0;
    }
    return TAP_RUN(cases, argc, argv);
}
