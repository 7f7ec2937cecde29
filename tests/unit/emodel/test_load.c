/* Packages: the example's own form, the published SSCx campaign, and refusals. */

#include "support/tap.h"

#include <mecombo/emodel.h>
#include <mecombo/path.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAMPAIGN "../shared/campaigns/sscx-l5tpc/emodels_dir/singlecell-optimization"

static void test_simple1(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_emodel *m;

    if (!CHECK_OK(mec_emodel_load("examples/simple1/data/emodels", "emodel1", &m, &err),
                  err)) {
        return;
    }
    CHECK_INT(m->form, MEC_PACKAGE_OWN);
    CHECK_INT(m->n_mechanism, 1);
    CHECK_STR(m->mechanism[0].suffix, "hh");
    CHECK_INT(m->mechanism[0].lists, 2);
    CHECK_INT(m->n_parameter, 1);
    CHECK_INT(m->parameter[0].frozen, 0);
    CHECK_EQ(m->parameter[0].upper, 10.0);
    CHECK_INT(m->n_protocol, 1);
    CHECK_EQ(m->protocol[0].pulse[0].amp_na, 0.01);
    CHECK_STR(m->protocol[0].recording[0].name, "Step1.soma.v");
    CHECK_INT(m->n_objective, 1);
    CHECK_STR(m->objective[0].feature[0].efel_name, "Spikecount");
    CHECK_EQ(m->objective[0].feature[0].max_score, 250.0);
    CHECK_EQ(m->nseg_chunk_um, 40.0);
    CHECK(m->main == NULL && m->cvode_active && !m->use_prefix);
    mec_emodel_free(m);
}

static const mec_feature *feature(const mec_emodel *m, const char *name)
{
    int32_t i = mec_emodel_find_objective(m, name);

    CHECK(i >= 0);
    return i < 0 ? NULL : &m->objective[i].feature[0];
}

static double setting(const mec_feature *f, const char *name)
{
    for (size_t i = 0; i < f->n_setting; i++) {
        if (strcmp(f->setting[i].name, name) == 0) {
            return f->setting[i].value;
        }
    }
    return NAN;
}

static void check_sscx_features(const mec_emodel *m)
{
    const mec_feature *f = feature(m, "mm.bAP.soma.v.Spikecount");

    CHECK_EQ(f->stim_end_ms, 1000.0); /* bAP: to the end of the sweep */
    CHECK_EQ(setting(f, "Threshold"), -30.0);
    CHECK_EQ(setting(f, "strict_stiminterval"), 1.0);
    CHECK_EQ(setting(f, "stimulus_current"), NAN); /* unknown before the threshold */
    f = feature(m, "mm.Rin.soma.v.ohmic_input_resistance_vb_ssse");
    CHECK_EQ(setting(f, "stimulus_current"), -0.061495);
    CHECK_EQ(f->stim_end_ms, 1700.0);
    f = feature(m, "mm.RMP.soma.v.voltage_base");
    CHECK_EQ(setting(f, "stimulus_current"), 0.0);
    f = feature(m, "mm.Threshold.soma.v.bpo_threshold_current");
    CHECK_INT(f->rule, MEC_SCORE_RESPONSE);
    CHECK_STR(f->recording, "mm.bpo_threshold_current");
}

static void test_sscx(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_emodel *m;

    if (!CHECK_OK(mec_emodel_load(CAMPAIGN, "cADpyr_L5TPC", &m, &err), err)) {
        return;
    }
    CHECK_INT(m->form, MEC_PACKAGE_SSCX);
    CHECK_INT(m->axon, MEC_TREAT_AXON_TAPER);
    CHECK_INT(m->n_objective, 62);
    CHECK(m->use_prefix && m->main != NULL);
    if (m->main != NULL) {
        CHECK_INT(m->main->n_other, 7);
        CHECK_EQ(m->main->holding_precision_mv, 0.1);
        CHECK_STR(m->protocol[m->main->other[0]].name, "bAP");
    }
    CHECK_INT(m->n_file, 4);
    CHECK_STR(m->parameter[0].name, "v_init");
    check_sscx_features(m);
    mec_emodel_free(m);
}

static void test_no_recipe(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_emodel *m;

    CHECK_INT(mec_emodel_load(CAMPAIGN, "cADpyr_L5TPc", &m, &err), MEC_E_INPUT);
    CHECK(m == NULL);
    CHECK_HAS(err.text, "did you mean \"cADpyr_L5TPC\"");
    CHECK_HAS(err.text, "recipes.json:");
}

static void test_python_only(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_emodel *m;

    CHECK_INT(mec_emodel_load("tests/peers/simple1_python", "x", &m, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "scripts/export_emodel.py");
    CHECK_INT(mec_emodel_load("tests/peers/nothing", "x", &m, &err), MEC_E_IO);
    CHECK_INT(mec_emodel_load("tests/unit", "x", &m, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "not an e-model package");
}

/* Load the simple1 package with one piece of its text replaced. */
static void check_refused(const char *old, const char *new, const char *wanted)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    char folder[] = "/tmp/mecombo-emodel-XXXXXX";
    char *text, *at, *setup, *changed, *path;
    mec_emodel *m = NULL;

    CHECK(mkdtemp(folder) != NULL);
    CHECK_OK(mec_read_file(arena, "examples/simple1/data/emodels/setup/emodel.json",
                           &text, NULL, &err),
             err);
    at = strstr(text, old);
    if (CHECK(at != NULL)) {
        changed = mec_arena_printf(arena, "%.*s%s%s", (int)(at - text), text, new,
                                   at + strlen(old));
        setup = mec_path_join(arena, folder, "setup");
        CHECK_OK(mec_make_directories(setup, &err), err);
        path = mec_path_join(arena, setup, "emodel.json");
        CHECK_OK(mec_write_file(path, changed, strlen(changed), &err), err);
        CHECK_INT(mec_emodel_load(folder, "emodel1", &m, &err), MEC_E_INPUT);
        CHECK_HAS(err.text, wanted);
        CHECK_HAS(err.text, "emodel.json:");
        mec_emodel_free(m);
    }
    CHECK_OK(mec_remove_tree(folder, &err), err);
    mec_arena_free(arena);
}

static void test_refusals(void)
{
    check_refused("\"step_delay\"", "\"step_dely\"", "did you mean \"step_delay\"");
    check_refused("\"SweepProtocol\"", "\"RampProtocol\"", "unknown type of protocol");
    check_refused("\"location\": \"soma\"", "\"location\": \"axon\"", "no location");
    check_refused("\"location\": \"soma\"", "\"location\": \"somatic\"",
                  "whole section list");
    check_refused("\"Step1.soma.v\"}", "\"Step2.soma.v\"}", "no protocol records");
    check_refused("\"seclist_name\": \"somatic\"}", "\"seclist_name\": \"somatc\"}",
                  "no section list");
    check_refused("\"version\": 1", "\"version\": 2", "\"version\" 1");
    check_refused("\"exp_std\": 0.05", "\"exp_std\": \"x\"", "exp_std");
    check_refused("\"bounds\": [0.05, 10.0]", "\"frozen\": true", "needs a \"value\"");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_simple1),  TAP_CASE(test_sscx),        TAP_CASE(test_no_recipe),
        TAP_CASE(test_refusals), TAP_CASE(test_python_only),
    };

    return TAP_RUN(cases, argc, argv);
}
