/* States that diffuse along the cell (LONGITUDINAL_DIFFUSION) against NEURON 8.2.7, bit for
 * bit: diffusion_references.txt holds the cells with the mechanisms of tests/nmodl/diffusion
 * and a digest of all samples of each run (tests/peers/nmodl_peer.py --store-diffusion). */

#include <support/scratch.h>
#include <support/tap.h>

#include "digest.h"

#include <math.h>

static char folder[] = "/tmp/mecombo-diffusion-XXXXXX";
static const char SMALL[] = "tests/unit/cell/small.asc";

static void test_build(void)
{
    script_build_into(folder, "tests/nmodl/diffusion");
}

static void test_references(void)
{
    script_check_references_on("tests/unit/cell/diffusion_references.txt", folder,
                               SMALL);
}

/* Run lines on a new cell. */
static bool run_lines(cell_script *script, size_t n, const char *const lines[])
{
    bool ok = script_begin_on(script, folder, SMALL);

    for (size_t i = 0; i < n && ok; i++) {
        char line[128];

        snprintf(line, sizeof line, "%s", lines[i]);
        ok = CHECK_OK(script_line(script, line), script->err);
    }
    return ok;
}

/* Length times volume times concentration, over all dendrites: x in room 2, z in 3. */
static double total(const cell_script *script, size_t sample)
{
    const mec_traces *traces = &script->traces;
    double sum = 0.0;

    for (int32_t p = 0; p < traces->n_probe; p += 2) {
        int32_t s = script->probe[p].section;

        sum += script->morphology->section[s].length_um *
               (2.0 * traces->value[p][sample] + 3.0 * traces->value[p + 1][sample]);
    }
    return sum;
}

/* What diffuses and reacts is neither lost nor gained. */
static void test_conservation(void)
{
    static cell_script script;
    static const char *const lines[] = {
        "nseg 1000",
        "insert 4 heat",
        "setseg dend[0] 0 warmth_heat 9",
        "finish",
    };

    if (run_lines(&script, sizeof lines / sizeof *lines, lines)) {
        char run[] = "fixed 0.025 0 50", name[64];

        for (int k = 0; snprintf(name, sizeof name, "dend[%d]", k),
                 script_section_of(&script, name) >= 0;
             k++) {
            snprintf(name, sizeof name, "probe dend[%d] 0.5 x_heat", k);
            CHECK_OK(script_line(&script, name), script.err);
            snprintf(name, sizeof name, "probe dend[%d] 0.5 z_heat", k);
            CHECK_OK(script_line(&script, name), script.err);
        }
        CHECK_OK(script_line(&script, run), script.err);
        size_t last = script.traces.n - 1;

        CHECK_INT(script.traces.n_probe, 14);
        CHECK(script.traces.value[0][last] < 0.9 * script.traces.value[0][0]);
        CHECK(fabs(total(&script, last) / total(&script, 0) - 1.0) < 1e-12);
    }
    script_clear(&script);
}

static void test_two_on_a_segment(void)
{
    static cell_script script;
    static const char *const lines[] = {
        "nseg 40",
        "point dend[0] 0.5 DiffusingPool",
        "point dend[0] 0.5 DiffusingPool",
    };
    char finish[] = "finish";

    if (run_lines(&script, sizeof lines / sizeof *lines, lines)) {
        CHECK(script_line(&script, finish) != MEC_OK);
        CHECK_HAS(script.err.text, "two DiffusingPool sit on one segment");
    }
    script_clear(&script);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_build), TAP_CASE(test_references),
                                     TAP_CASE(test_conservation),
                                     TAP_CASE(test_two_on_a_segment)};
    mec_arena *arena;

    if (!__builtin_cpu_supports("fma")) {
        printf("1..0 # SKIP this host has no FMA: NEURON's libm gives other bits\n");
        return 0;
    }
    return SCRATCH_RUN(&arena, folder, cases, argc, argv);
}
