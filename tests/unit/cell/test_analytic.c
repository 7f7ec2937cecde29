/* Cells whose answer is known in closed form, and invariances. */

#include <support/tap.h>

#include <mecombo/cell.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double PI = 3.14159265358979323846;
static const double RA = 100.0, G = 1e-4; /* ohm cm, S/cm2 */

enum { MAX_SECTIONS = 3, MAX_SEGMENTS = 401 };

/* Cylinders without 3-D points, the first one the root. */
typedef struct cylinders {
    mec_morphology morphology;
    mec_section section[MAX_SECTIONS];
    int32_t order[MAX_SECTIONS];
    double diam[MAX_SECTIONS][MAX_SEGMENTS];
    mec_catalogue *catalogue;
    mec_cell *cell;
    mec_err err;
} cylinders;

static void add_cylinder(cylinders *c, const char *name, mec_section_type type,
                         int32_t parent, double length, double diam, int32_t nseg)
{
    int32_t s = c->morphology.n_section++;

    for (int32_t k = 0; k < nseg; k++) {
        c->diam[s][k] = diam;
    }
    c->section[s] = (mec_section){.name = name,
                                  .type = type,
                                  .parent = parent,
                                  .parent_x = 1.0,
                                  .length_um = length,
                                  .nseg = nseg,
                                  .segment_diam_um = c->diam[s]};
    c->order[s] = s;
    c->morphology.section = c->section;
    c->morphology.connect_order = c->order;
}

/* Passive everywhere, with the Ra and conductance above and e = 0 mV. */
static bool build(cylinders *c, const char *extra_mechanism, unsigned extra_lists)
{
    bool ok = CHECK_OK(mec_catalogue_load(NULL, &c->catalogue, &c->err), c->err) &&
              CHECK_OK(mec_cell_new(&c->morphology, c->catalogue, &c->cell, &c->err),
                       c->err) &&
              CHECK_OK(mec_cell_insert(c->cell, MEC_LIST_ALL, "pas", &c->err), c->err);

    if (ok && extra_mechanism != NULL) {
        ok = CHECK_OK(mec_cell_insert(c->cell, extra_lists, extra_mechanism, &c->err),
                      c->err);
    }
    for (int32_t s = 0; ok && s < c->morphology.n_section; s++) {
        ok = CHECK_OK(mec_cell_set_section(c->cell, s, "Ra", RA, &c->err), c->err) &&
             CHECK_OK(mec_cell_set_section(c->cell, s, "g_pas", G, &c->err), c->err) &&
             CHECK_OK(mec_cell_set_section(c->cell, s, "e_pas", 0.0, &c->err), c->err);
    }
    return ok &&
           CHECK_OK(mec_cell_set_global(c->cell, "v_init", 0.0, &c->err), c->err) &&
           CHECK_OK(mec_cell_finish(c->cell, &c->err), c->err);
}

static void clear(cylinders *c)
{
    mec_cell_free(c->cell);
    mec_catalogue_free(c->catalogue);
}

/* v at places of one section after `tstop` of a current at the root's beginning. */
static void settle(cylinders *c, mec_step_method method, double amp, double tstop,
                   int32_t section, int32_t n, const double x[], double v[])
{
    mec_iclamp clamp = {0, 0.0, 0.0, 1e9, amp};
    mec_probe probe[8];
    mec_sweep sweep = {.tstop_ms = tstop,
                       .method = method,
                       .atol = 1e-9,
                       .dt_ms = 1.0,
                       .n_iclamp = 1,
                       .iclamp = &clamp,
                       .n_probe = n,
                       .probe = probe};
    mec_arena *arena = mec_arena_new();
    mec_traces traces;

    for (int32_t i = 0; i < n; i++) {
        probe[i] = (mec_probe){"v", section, x[i], "v", 0};
    }
    if (CHECK_OK(mec_cell_run(c->cell, &sweep, arena, &traces, &c->err), c->err)) {
        for (int32_t i = 0; i < n; i++) {
            v[i] = traces.value[i][traces.n - 1];
        }
    }
    mec_arena_free(arena);
}

/* Steady voltage of a sealed cable (um, nA -> mV). */
static double cable(double x, double length, double diam, double amp)
{
    double d = diam * 1e-4;
    double lambda = sqrt(d / (4.0 * RA * G)) * 1e4;
    double r_infinite = 2.0 * sqrt(RA / G) / (PI * d * sqrt(d)); /* ohm */

    return 1e-6 * amp * r_infinite * cosh((length - x) / lambda) /
           sinh(length / lambda);
}

static void test_passive_cable(void)
{
    static cylinders c;
    const double x[5] = {0.0, 0.25, 0.5, 0.75, 1.0};
    double v[5];

    memset(&c, 0, sizeof c);
    add_cylinder(&c, "soma[0]", MEC_SECTION_SOMA, -1, 1000.0, 2.0, 401);
    if (build(&c, NULL, 0)) {
        for (int method = 0; method < 2; method++) {
            settle(&c, (mec_step_method)method, 0.1, 400.0, 0, 5, x, v);
            for (int i = 0; i < 5; i++) {
                /* Voltages are those of segment centres, except at the ends. */
                double at =
                    x[i] == 0.0 || x[i] == 1.0 ? x[i] : (floor(401 * x[i]) + 0.5) / 401;
                CHECK_NEAR(v[i], cable(at * 1000.0, 1000.0, 2.0, 0.1), 0.0, 4e-6);
            }
        }
    }
    clear(&c);
}

/* Rall: daughters with d^(3/2) summing to the parent's and equal electrotonic lengths. */
static void test_equivalent_cylinder(void)
{
    static cylinders c;
    const double d = 3.0, d1 = 3.0 / pow(2.0, 2.0 / 3.0);
    const double length = 400.0, length1 = 300.0 * sqrt(d1 / d);
    const double x[1] = {0.0};
    double v[1] = {0.0};

    memset(&c, 0, sizeof c);
    add_cylinder(&c, "soma[0]", MEC_SECTION_SOMA, -1, length, d, 201);
    add_cylinder(&c, "dend[0]", MEC_SECTION_DEND, 0, length1, d1, 201);
    add_cylinder(&c, "dend[1]", MEC_SECTION_DEND, 0, length1, d1, 201);
    if (build(&c, NULL, 0)) {
        settle(&c, MEC_FIXED_STEP, 0.1, 400.0, 0, 1, x, v);
        CHECK_NEAR(v[0], cable(0.0, 700.0, d, 0.1), 0.0, 5e-6);
    }
    clear(&c);
}

/* At rest the current that goes in leaves through the membrane. */
static void test_charge(void)
{
    static cylinders c;
    const double x[1] = {0.5};
    double v[1], out = 0.0;

    memset(&c, 0, sizeof c);
    add_cylinder(&c, "soma[0]", MEC_SECTION_SOMA, -1, 300.0, 3.0, 7);
    add_cylinder(&c, "dend[0]", MEC_SECTION_DEND, 0, 500.0, 1.0, 11);
    if (build(&c, NULL, 0)) {
        const mec_geometry *g = mec_cell_geometry(c.cell);

        settle(&c, MEC_FIXED_STEP, 0.1, 1000.0, 0, 1, x, v);
        for (int32_t i = 0; i < g->n_node; i++) {
            int32_t s = g->section[i], k = g->segment[i];
            double here = 0.0;

            if (k >= 0 && k < c.section[s].nseg) {
                CHECK_OK(mec_cell_get(c.cell, s, k, "v", &here, &c.err), c.err);
                out += 0.01 * G * g->area_um2[i] * here; /* S/cm2 um2 mV -> nA */
            }
        }
        CHECK_NEAR(out, 0.1, 0.0, 1e-12);
    }
    clear(&c);
}

/* Error of the voltage's decay in one compartment after one time constant. */
static double decay_error(cylinders *c, double dt, int secondorder)
{
    mec_probe probe = {"v", 0, 0.5, "v", 0};
    mec_sweep sweep = {.tstop_ms = 10.0,
                       .method = MEC_FIXED_STEP,
                       .dt_ms = dt,
                       .secondorder = secondorder,
                       .n_probe = 1,
                       .probe = &probe};
    mec_arena *arena = mec_arena_new();
    mec_traces traces;
    double error = NAN;

    if (CHECK_OK(mec_cell_run(c->cell, &sweep, arena, &traces, &c->err), c->err)) {
        error = fabs(traces.value[0][traces.n - 1] - 10.0 * exp(-1.0));
    }
    mec_arena_free(arena);
    return error;
}

static void test_order_of_convergence(void)
{
    static cylinders c;

    memset(&c, 0, sizeof c);
    add_cylinder(&c, "soma[0]", MEC_SECTION_SOMA, -1, 20.0, 20.0, 1);
    if (build(&c, NULL, 0) &&
        CHECK_OK(mec_cell_set_global(c.cell, "v_init", 10.0, &c.err), c.err)) {
        for (int order = 0; order <= 2; order++) {
            double ratio = decay_error(&c, 0.25, order) / decay_error(&c, 0.125, order);

            CHECK_NEAR(ratio, order == 0 ? 2.0 : 4.0, 0.05, 0.0);
        }
    }
    clear(&c);
}

/* Samples of a fixed-step run. */
static void trace_of(cylinders *c, mec_arena *arena, mec_traces *traces)
{
    mec_iclamp clamp = {0, 0.5, 1.0, 10.0, 0.2};
    mec_probe probe[3] = {
        {"a", 0, 0.5, "v", 0}, {"b", 1, 0.9, "v", 0}, {"c", 2, 1.0, "v", 0}};
    mec_sweep sweep = {.tstop_ms = 20.0,
                       .method = MEC_FIXED_STEP,
                       .dt_ms = 0.025,
                       .n_iclamp = 1,
                       .iclamp = &clamp,
                       .n_probe = 3,
                       .probe = probe};

    CHECK_OK(mec_cell_run(c->cell, &sweep, arena, traces, &c->err), c->err);
}

/* A mechanism without conductance changes how nodes lie in memory, and nothing else. */
static void test_node_order(void)
{
    static const unsigned lists[3] = {MEC_LIST_SOMATIC, MEC_LIST_BASAL,
                                      MEC_LIST_APICAL};
    static cylinders c;
    mec_arena *arena = mec_arena_new();
    mec_traces first = {0};

    for (int i = 0; i < 3; i++) {
        mec_traces traces = {0};

        memset(&c, 0, sizeof c);
        add_cylinder(&c, "soma[0]", MEC_SECTION_SOMA, -1, 100.0, 5.0, 3);
        add_cylinder(&c, "dend[0]", MEC_SECTION_DEND, 0, 200.0, 2.0, 5);
        add_cylinder(&c, "apic[0]", MEC_SECTION_APIC, 0, 300.0, 1.5, 7);
        if (!build(&c, "hh", lists[i])) {
            clear(&c);
            continue;
        }
        for (int32_t s = 0; s < 3; s++) {
            if (mec_section_lists(&c.section[s]) & lists[i]) {
                CHECK_OK(mec_cell_set_section(c.cell, s, "gnabar_hh", 0.0, &c.err),
                         c.err);
                CHECK_OK(mec_cell_set_section(c.cell, s, "gkbar_hh", 0.0, &c.err),
                         c.err);
                CHECK_OK(mec_cell_set_section(c.cell, s, "gl_hh", 0.0, &c.err), c.err);
            }
        }
        trace_of(&c, arena, i == 0 ? &first : &traces);
        for (int p = 0; i > 0 && p < 3; p++) {
            CHECK_INT(memcmp(first.value[p], traces.value[p], first.n * sizeof(double)),
                      0);
        }
        clear(&c);
    }
    mec_arena_free(arena);
}

/* The log of Nernst potentials is libm's. */
static void test_log(void)
{
    CHECK(mec_cell_log_agrees());
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_passive_cable), TAP_CASE(test_equivalent_cylinder),
        TAP_CASE(test_charge),        TAP_CASE(test_order_of_convergence),
        TAP_CASE(test_node_order),    TAP_CASE(test_log)};

    return TAP_RUN(cases, argc, argv);
}
