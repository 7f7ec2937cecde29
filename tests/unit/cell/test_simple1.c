/* simple1's two e-models: every sample of Step1 as NEURON 8.2.7 gives it. */

#include <support/tap.h>

#include "cell_script.h"

#include <mecombo/json.h>

static const char *const TRACES = "../shared/reference/simple1/traces.json";

static void check_samples(const mec_traces *traces, const mec_json *model)
{
    const mec_json *t = mec_json_get(model, "t"), *v = mec_json_get(model, "v");
    size_t n_bad = 0;

    if (!CHECK(t != NULL && v != NULL) || !CHECK_INT(traces->n, t->n)) {
        return;
    }
    for (size_t i = 0; i < t->n; i++) {
        n_bad += traces->t[i] != t->item[i]->number;
        n_bad += traces->value[0][i] != v->item[i]->number;
    }
    CHECK_INT(n_bad, 0);
}

static void check_model(const char *name, const char *morphology, const char *cm)
{
    static const char *const LINES[] = {"mechanisms -",
                                        "morphology %s",
                                        "nseg 40",
                                        "insert 2 hh",
                                        "set soma[0] cm %s",
                                        "finish",
                                        "iclamp soma[0] 0.5 100 50 0.01",
                                        "probe soma[0] 0.5 v",
                                        "variable 1e-3 200"};
    mec_err err = MEC_ERR_INIT;
    mec_arena *arena = mec_arena_new();
    const mec_json *root = NULL;
    cell_script script = {0};
    char line[512];

    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        const char *value = strstr(LINES[i], "cm") != NULL ? cm : morphology;
        const char *hole = strstr(LINES[i], "%s");

        if (hole != NULL) {
            snprintf(line, sizeof line, "%.*s%s", (int)(hole - LINES[i]), LINES[i],
                     value);
        } else {
            snprintf(line, sizeof line, "%s", LINES[i]);
        }
        if (!CHECK_OK(script_line(&script, line), script.err)) {
            break;
        }
    }
    if (script.ran && CHECK_OK(mec_json_read(arena, TRACES, &root, &err), err)) {
        check_samples(&script.traces, mec_json_get(root, name));
    }
    script_clear(&script);
    mec_arena_free(arena);
}

static void test_emodel1(void)
{
    check_model("emodel1", "examples/simple1/data/emodels/morphologies/morph1.asc",
                "1.0");
}

static void test_emodel2(void)
{
    check_model("emodel2", "examples/simple1/data/emodels/morphologies/morph2.asc",
                "0.5");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_emodel1), TAP_CASE(test_emodel2)};

    if (!__builtin_cpu_supports("fma")) {
        printf(
            "1..0 # SKIP this host has no FMA: NEURON's libm gives other bits here\n");
        return 0;
    }
    return TAP_RUN(cases, argc, argv);
}
