/* A campaign cell (863 segments, 11 mechanisms of examples/l5tpc and pas): NEURON's sweeps
 * and traces of ../shared/reference, with ==. */

#include <support/tap.h>

#include <mecombo/cell.h>
#include <mecombo/h5.h>
#include <mecombo/json.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PACKAGE "../shared/campaigns/sscx-l5tpc/emodels_dir/singlecell-optimization/"
#define CELL "C060114A5"
#define TRACES "../shared/reference/traces/" CELL ".h5"
#define SWEEPS "../shared/reference/scores/sweeps-" CELL ".json"

enum {
    MAX_SAMPLES = 800
}; /* longer sweeps are left to tests/peers/cell_campaign_peer.py */

static struct {
    mec_arena *arena;
    mec_morphology *morphology;
    mec_catalogue *catalogue;
    mec_cell *cell;
    const mec_json *params, *free;
    mec_err err;
} model;

static unsigned lists_of(const char *name)
{
    static const struct {
        const char *name;
        unsigned lists;
    } known[] = {{"all", MEC_LIST_ALL},
                 {"somatic", MEC_LIST_SOMATIC},
                 {"basal", MEC_LIST_BASAL},
                 {"apical", MEC_LIST_APICAL},
                 {"axonal", MEC_LIST_AXONAL},
                 {"myelinated", MEC_LIST_MYELINATED},
                 {"somadend", MEC_LIST_SOMATIC | MEC_LIST_BASAL | MEC_LIST_APICAL},
                 {"somaxon", MEC_LIST_SOMATIC | MEC_LIST_AXONAL},
                 {"allact", MEC_LIST_SOMATIC | MEC_LIST_BASAL | MEC_LIST_APICAL |
                                MEC_LIST_AXONAL}};

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(name, known[i].name) == 0) {
            return known[i].lists;
        }
    }
    return 0;
}

/* A constant, or the optimised value NAME.LIST of final.json. */
static double value_of(const mec_json *entry, const char *list)
{
    const mec_json *value = mec_json_get(entry, "val");
    const char *name = mec_json_get(entry, "name")->string;

    if (value->n > 0) {
        value = mec_json_get(model.free,
                             mec_arena_printf(model.arena, "%s.%s", name, list));
    }
    return value->number;
}

static mec_status set_along(int32_t section, const char *name, const char *rule,
                            double value, double constant)
{
    mec_status st = MEC_OK;
    const mec_geometry *g = mec_cell_geometry(model.cell);

    for (int32_t k = 0; st == MEC_OK && k < model.morphology->section[section].nseg;
         k++) {
        double d = g->distance_um[g->first_node[section] + k];
        double here = strcmp(rule, "exp") == 0
                          ? (-0.8696 + 2.087 * exp(d * 0.0031)) * value
                          : exp(d * constant) * value;

        st = mec_cell_set_segment(model.cell, section, k, name, here, &model.err);
    }
    return st;
}

/* Parameters with a distribution (`graded`) need the finished cell, Ra must come before. */
static mec_status set_parameter(const char *list, const mec_json *entry, bool graded)
{
    mec_status st = MEC_OK;
    const char *name = mec_json_get(entry, "name")->string;
    const mec_json *rule = mec_json_get(entry, "dist");
    const mec_json *decay = mec_json_get(model.free, "constant.distribution_decay");
    double value = value_of(entry, list);

    if ((rule != NULL) != graded) {
        return MEC_OK;
    }
    if (strcmp(list, "global") == 0) {
        return mec_cell_set_global(model.cell, name, value, &model.err);
    }
    for (int32_t s = 0; st == MEC_OK && s < model.morphology->n_section; s++) {
        if (!(mec_section_lists(&model.morphology->section[s]) & lists_of(list))) {
            continue;
        }
        st = rule == NULL ? mec_cell_set_section(model.cell, s, name, value, &model.err)
                          : set_along(s, name, rule->string, value, decay->number);
    }
    return st;
}

static mec_status set_parameters(bool graded)
{
    mec_status st = MEC_OK;
    const mec_json *lists = mec_json_get(model.params, "parameters");

    for (size_t i = 0; st == MEC_OK && i < lists->n; i++) {
        const mec_json *list = lists->item[i];

        if (strcmp(list->key, "__comment") == 0 ||
            strcmp(list->key, "distribution_decay") == 0) {
            continue;
        }
        for (size_t k = 0; st == MEC_OK && k < list->n; k++) {
            st = set_parameter(list->key, list->item[k], graded);
        }
    }
    return st;
}

static mec_status insert_mechanisms(void)
{
    mec_status st = MEC_OK;
    const mec_json *lists = mec_json_get(model.params, "mechanisms");

    for (size_t i = 0; i < lists->n; i++) {
        const mec_json *names = mec_json_get(lists->item[i], "mech");

        for (size_t k = 0; st == MEC_OK && k < names->n; k++) {
            st = mec_cell_insert(model.cell, lists_of(lists->item[i]->key),
                                 names->item[k]->string, &model.err);
        }
    }
    return st;
}

static mec_status read_inputs(void)
{
    mec_status st = MEC_OK;
    const mec_json *final = NULL;
    static char folder[] = "/tmp/mecombo-test-cell-XXXXXX";

    model.arena = mec_arena_new();
    if (mkdtemp(folder) == NULL) {
        return MEC_E_IO;
    }
    MEC_TRY(mec_json_read(model.arena, PACKAGE "config/params/pyr.json", &model.params,
                          &model.err));
    MEC_TRY(mec_json_read(model.arena, PACKAGE "final.json", &final, &model.err));
    model.free = mec_json_get(mec_json_get(final, "cADpyr_L5TPC"), "params");
    MEC_TRY(mec_morphology_read("../shared/campaigns/sscx-l5tpc/morphologies/" CELL
                                ".asc",
                                &model.morphology, &model.err));
    mec_morphology_set_nseg(model.morphology, 40.0);
    MEC_TRY(mec_morphology_replace_axon(model.morphology, MEC_AXON_TAPER, &model.err));
    MEC_TRY(mec_mechanisms_build("examples/l5tpc/mechanisms", folder, &model.err));
    MEC_TRY(mec_catalogue_load(folder, &model.catalogue, &model.err));
done:
    return st;
}

static mec_status make_model(void)
{
    mec_status st = MEC_OK;

    if (model.arena == NULL) {
        MEC_TRY(read_inputs());
    }
    mec_cell_free(model.cell);
    model.cell = NULL;
    MEC_TRY(mec_cell_new(model.morphology, model.catalogue, &model.cell, &model.err));
    MEC_TRY(insert_mechanisms());
    MEC_TRY(set_parameters(false));
    MEC_TRY(mec_cell_finish(model.cell, &model.err));
    MEC_TRY(set_parameters(true));
done:
    return st;
}

static double number_of(const mec_json *sweep, const char *key)
{
    return mec_json_get(sweep, key)->number;
}

static void check_sweep(const mec_json *wanted)
{
    const mec_json *steps = mec_json_get(wanted, "step_nA");
    const mec_json *holding = mec_json_get(wanted, "holding_nA");
    double total = number_of(wanted, "total_ms"), largest = -INFINITY;
    mec_iclamp clamp[16];
    mec_probe probe = {"soma.v", 0, 0.5, "v", 0};
    mec_sweep sweep = {.tstop_ms = total,
                       .atol = 1e-3,
                       .iclamp = clamp,
                       .n_probe = 1,
                       .probe = &probe};
    mec_arena *arena = mec_arena_new();
    mec_traces traces;

    for (size_t i = 0; i < steps->n; i++) {
        clamp[sweep.n_iclamp++] =
            (mec_iclamp){0, 0.5, number_of(wanted, "step_delay_ms"),
                         number_of(wanted, "step_duration_ms"), steps->item[i]->number};
    }
    if (holding->type == MEC_JSON_NUMBER) {
        clamp[sweep.n_iclamp++] = (mec_iclamp){0, 0.5, 0.0, total, holding->number};
    }
    if (CHECK_OK(mec_cell_run(model.cell, &sweep, arena, &traces, &model.err),
                 model.err)) {
        for (size_t i = 0; i < traces.n; i++) {
            largest = fmax(largest, traces.value[0][i]);
        }
        CHECK_INT(traces.n, (long long)number_of(wanted, "samples"));
        CHECK_EQ(traces.value[0][traces.n - 1], number_of(wanted, "v_last_mV"));
        CHECK_EQ(largest, number_of(wanted, "v_max_mV"));
    }
    mec_arena_free(arena);
}

static void test_sweeps(void)
{
    mec_arena *arena = mec_arena_new();
    const mec_json *root = NULL;
    size_t n_checked = 0;

    if (CHECK_OK(make_model(), model.err) &&
        CHECK_OK(mec_json_read(arena, SWEEPS, &root, &model.err), model.err)) {
        const mec_json *sweeps = mec_json_get(root, "sweeps");

        for (size_t i = 0; i < sweeps->n; i++) {
            if (number_of(sweeps->item[i], "samples") <= MAX_SAMPLES) {
                check_sweep(sweeps->item[i]);
                n_checked++;
            }
        }
        CHECK(n_checked > 10);
    }
    mec_arena_free(arena);
}

/* Compare a recording with a dataset of the reference. */
static void check_column(mec_h5 *h5, mec_arena *arena, const char *name, size_t n,
                         const double value[], bool prefix)
{
    size_t n_rows = 0, n_columns = 0, n_bad = 0;
    double *wanted = NULL;

    if (!CHECK_OK(mec_h5_read_doubles(h5, arena, name, &n_rows, &n_columns, &wanted,
                                      &model.err),
                  model.err)) {
        return;
    }
    /* The fixed step's reference went on for one or two steps more than h.run(). */
    CHECK(n == n_rows || (prefix && n < n_rows && n + 2 >= n_rows));
    for (size_t i = 0; i < n && i < n_rows; i++) {
        n_bad += value[i] != wanted[i];
    }
    CHECK_INT(n_bad, 0);
}

static void check_trace(const char *mode, const char *protocol, mec_sweep sweep)
{
    static const char *const SITES[] = {"soma[0]", "axon[0]",  "dend[3]",
                                        "apic[0]", "apic[20]", "soma[0]"};
    mec_probe probe[6];
    mec_arena *arena = mec_arena_new();
    mec_traces traces;
    mec_h5 *h5 = NULL;

    for (int p = 0; p < 6; p++) {
        for (int32_t s = 0; s < model.morphology->n_section; s++) {
            if (strcmp(model.morphology->section[s].name, SITES[p]) == 0) {
                probe[p] = (mec_probe){SITES[p], s, 0.5, p < 5 ? "v" : "cai", 0};
            }
        }
    }
    sweep.n_probe = 6;
    sweep.probe = probe;
    if (CHECK_OK(mec_cell_run(model.cell, &sweep, arena, &traces, &model.err),
                 model.err) &&
        CHECK_OK(mec_h5_open(TRACES, MEC_H5_READ, &h5, &model.err), model.err)) {
        bool prefix = sweep.method == MEC_FIXED_STEP;

        check_column(h5, arena, mec_arena_printf(arena, "/%s/%s/t", mode, protocol),
                     traces.n, traces.t, prefix);
        for (int p = 0; p < 6; p++) {
            const char *name = mec_arena_printf(arena, "/%s/%s/%s(0.5).%s", mode,
                                                protocol, SITES[p], probe[p].variable);
            check_column(h5, arena, name, traces.n, traces.value[p], prefix);
        }
        CHECK_OK(mec_h5_close(h5, &model.err), model.err);
    }
    mec_arena_free(arena);
}

static const mec_iclamp WAVEFORM[2] = {{0, 0.5, 700.0, 50.0, 3.85},
                                       {0, 0.5, 0.0, 755.0, -0.17}};
static const mec_iclamp SPIKE[2] = {{0, 0.5, 700.0, 4.0, 7.65},
                                    {0, 0.5, 0.0, 740.0, -0.17}};

static void test_traces(void)
{
    if (CHECK_OK(make_model(), model.err)) {
        check_trace(
            "cvode", "APWaveform_320",
            (mec_sweep){
                .tstop_ms = 755.0, .atol = 1e-3, .n_iclamp = 2, .iclamp = WAVEFORM});
        check_trace(
            "tight", "SpikeRec_600",
            (mec_sweep){
                .tstop_ms = 740.0, .atol = 1e-7, .n_iclamp = 2, .iclamp = SPIKE});
    }
}

static void test_traces_avx2(void)
{
    setenv("MECOMBO_ISA", "avx2", 1);
    test_traces();
    unsetenv("MECOMBO_ISA");
}

static void test_fixed_step(void)
{
    if (CHECK_OK(make_model(), model.err)) {
        check_trace("fixed", "SpikeRec_600",
                    (mec_sweep){.tstop_ms = 740.0,
                                .method = MEC_FIXED_STEP,
                                .dt_ms = 0.025,
                                .n_iclamp = 2,
                                .iclamp = SPIKE});
    }
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_sweeps), TAP_CASE(test_traces),
                                     TAP_CASE(test_traces_avx2),
                                     TAP_CASE(test_fixed_step)};
    int result;

    if (!__builtin_cpu_supports("fma")) {
        printf(
            "1..0 # SKIP this host has no FMA: NEURON's libm gives other bits here\n");
        return 0;
    }
    result = TAP_RUN(cases, argc, argv);
    mec_cell_free(model.cell);
    mec_catalogue_free(model.catalogue);
    mec_morphology_free(model.morphology);
    mec_arena_free(model.arena);
    return result;
}
