/* Point processes and events against NEURON 8.2.7, bit for bit: event_references.txt holds
 * the cells with the mechanisms of tests/nmodl/events and a digest of all samples of each
 * run (written by tests/peers/nmodl_peer.py --store); and what is refused. */

#include <support/scratch.h>
#include <support/tap.h>

#include "digest.h"

static char folder[] = "/tmp/mecombo-events-XXXXXX";

static void test_references(void)
{
    script_check_references("tests/unit/cell/event_references.txt", folder);
}

/* Lines that must work, then one that must not, with a word of its message. */
typedef struct refusal {
    const char *lines[6];
    const char *refused, *word;
} refusal;

static const refusal REFUSALS[] = {
    {{NULL}, "point soma[0] 0.5 OneExponentia", "OneExponential"},
    {{NULL}, "point soma[0] 1.5 OneExponential", "0..1"},
    {{NULL}, "point soma[0] 0.5 LeakyCell", "has no place"},
    {{NULL}, "point soma[0] 1 Jump", "end of a section"},
    {{"point soma[0] 0.5 OneExponential"}, "pset 1 tau2 3", "tau2"},
    {{"point soma[0] 0.5 OneExponential"}, "pset 2 tau 3", "number 2"},
    {{"point soma[0] 0.5 Follower"}, "finish", "POINTER other of Follower"},
    {{"insert 2 mirror"}, "finish", "POINTER shown of mirror"},
    {{"point soma[0] 0.5 Follower"}, "pointer # 1 othe soma[0] 0.5 v", "othe"},
    {{"point soma[0] 0.5 OneExponential", "finish", "timecon 1 1 1 5 1 2"},
     "fixed 0.025 0 10",
     "1 weights"},
    {{"point soma[0] 0.5 OneExponential", "finish", "timecon 2 1 1 5 1"},
     "fixed 0.025 0 10",
     "to 2"},
    {{"point soma[0] 0.5 OneExponential", "finish", "timecon 1 -1 1 5 1"},
     "fixed 0.025 0 10",
     "delay"},
    {{"point soma[0] 0.5 OneExponential", "point soma[0] 0.5 OneExponential", "finish",
      "pointcon 1 2 1 1"},
     "fixed 0.025 0 10",
     "sends no events"},
    {{"point soma[0] 0.5 Alarm", "pset 1 when -3", "finish"},
     "fixed 0.025 0 10",
     "negative delay"},
    {{"point soma[0] 0.5 VerbatimEvents", "finish"},
     "pcall 1 fromVector 3",
     "vector_arg() needs an object of hoc"},
    {{"point - 0 RampCell", "point - 0 RampCell", "finish", "pointcon 2 1 0 1",
      "pointcon 1 2 0 1"},
     "fixed 0.025 0 60",
     "delay"},
};

static void test_refusals(void)
{
    for (size_t i = 0; i < sizeof REFUSALS / sizeof *REFUSALS; i++) {
        static cell_script script;
        char line[256];
        bool ok = script_begin(&script, folder);

        for (int k = 0; ok && k < 6 && REFUSALS[i].lines[k] != NULL; k++) {
            snprintf(line, sizeof line, "%s", REFUSALS[i].lines[k]);
            ok = CHECK_OK(script_line(&script, line), script.err);
        }
        snprintf(line, sizeof line, "%s", REFUSALS[i].refused);
        CHECK(script_line(&script, line) != MEC_OK);
        if (!CHECK(strstr(script.err.text, REFUSALS[i].word) != NULL)) {
            printf("# %s: %s\n", REFUSALS[i].refused, script.err.text);
        }
        script_clear(&script);
    }
}

/* A sweep leaves nothing for the next one: weights, queue and watches start anew. */
static void test_sweeps_are_independent(void)
{
    static const char *const lines[] = {"insert 2 hh",
                                        "point soma[0] 0.5 PlasticWeights",
                                        "point soma[0] 0.5 Watcher",
                                        "finish",
                                        "timecon 1 0 3 2 4 30 0.01",
                                        "pprobe 1 last",
                                        "fixed 0.025 0 12",
                                        "variable 1e-3 20",
                                        "fixed 0.025 0 12"};
    static cell_script script;
    char line[256];
    uint64_t first = 0, last = 0;

    script_begin(&script, folder);
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        snprintf(line, sizeof line, "%s", lines[i]);
        CHECK_OK(script_line(&script, line), script.err);
        first = i == 6 ? script_digest(&script.traces) : first;
        last = i == 8 ? script_digest(&script.traces) : last;
    }
    CHECK(first == last && first != 0);
    script_clear(&script);
}

static void test_build(void)
{
    script_build_into(folder, "tests/nmodl/events");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_build), TAP_CASE(test_references),
                                     TAP_CASE(test_refusals),
                                     TAP_CASE(test_sweeps_are_independent)};
    mec_arena *arena;

    if (!__builtin_cpu_supports("fma")) {
        printf("1..0 # SKIP this host has no FMA: NEURON's libm gives other bits\n");
        return 0;
    }
    return SCRATCH_RUN(&arena, folder, cases, argc, argv);
}
