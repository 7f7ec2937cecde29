/* Replacing a reconstructed axon by a stub (BluePyOpt's replace_axon, and the tapering one
 * of the SSCx packages and of BluePyEModel). */

#include "morphology_priv.h"

#include <stdlib.h>

enum { N_STUB = 2, STUB_NSEG = 5, N_TAPER = N_STUB * STUB_NSEG, MYELIN_NSEG = 5 };

static const double stub_length_um = 30.;
static const double taper_chunk_um = 60. / N_TAPER;
static const double myelin_length_um = 1000.;
static const double second_diam_beyond_um = 60.;
static const double default_length_um = 100., default_diam_um = 500.; /* NEURON's */

/* The sections that a rule makes. */
typedef struct stub_plan {
    const char *rule;
    int32_t nseg[N_STUB];
    double length_um[N_STUB];
    double diam_um[N_STUB][STUB_NSEG];
    bool is_unlisted[N_STUB];
    double myelin_diam_um; /* 0: no myelin */
} stub_plan;

static bool is_axonal(const mec_section *section)
{
    return section->type == MEC_SECTION_AXON;
}

static int32_t count_axonal(const mec_morphology *m)
{
    int32_t n = 0;

    for (int32_t i = 0; i < m->n_section; i++) {
        n += is_axonal(&m->section[i]);
    }
    return n;
}

/* Diameter of the segment in the middle. */
static double middle_diam(const mec_section *section)
{
    segment_walk walk = segment_walk_begin(section, section->nseg, 1.);
    segment_values values = {0};

    for (int32_t k = 0; k <= section->nseg / 2; k++) {
        values = segment_walk_next(&walk, k);
    }
    return values.diam_um;
}

/* Diameter of the first axonal section whose middle is more than 60 um from the soma;
 * `otherwise` when there is none. */
static mec_status distant_diam(const mec_morphology *m, double otherwise, double *diam,
                               mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *arena = mec_arena_new();
    double *ra = malloc((size_t)m->n_section * sizeof *ra);
    mec_geometry *g = NULL;

    *diam = otherwise;
    if (arena == NULL || ra == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", m->file);
        goto done;
    }
    for (int32_t i = 0; i < m->n_section; i++) {
        ra[i] = 100.;
    }
    MEC_TRY(mec_geometry_new(m, ra, arena, &g, err));
    for (int32_t i = 0; i < m->n_section; i++) {
        if (is_axonal(&m->section[i]) &&
            mec_geometry_distance(m, g, i, 0.5) > second_diam_beyond_um) {
            *diam = middle_diam(&m->section[i]);
            break;
        }
    }
done:
    free(ra);
    mec_arena_free(arena);
    return st;
}

static mec_status plan_bluepyopt(const mec_morphology *m, stub_plan *plan, mec_err *err)
{
    mec_status st = MEC_OK;
    int32_t n = count_axonal(m);
    double diam[N_STUB] = {1., 1.};

    plan->rule = "bluepyopt";
    if (n > 0) {
        diam[0] = middle_diam(&m->section[mec_morphology_find(m, MEC_SECTION_AXON, 0)]);
        diam[1] = diam[0];
    }
    if (n > 1) {
        MEC_TRY(distant_diam(m, diam[0], &diam[1], err));
    }
    for (int i = 0; i < N_STUB; i++) {
        plan->nseg[i] = 1;
        plan->length_um[i] = stub_length_um;
        plan->diam_um[i][0] = diam[i];
    }
done:
    return st;
}

/* The first ten diameters of the axon in steps of about 6 um; returns how many there are.
 */
static int taper_diams(const mec_morphology *m, double diam[N_TAPER])
{
    int n = 0;

    for (int32_t i = 0; i < m->n_section && n < N_TAPER; i++) {
        const mec_section *section = &m->section[i];
        int32_t nseg;
        segment_walk walk;

        if (!is_axonal(section)) {
            continue;
        }
        nseg = mec_morphology_nseg(section->length_um / taper_chunk_um, 2.);
        walk = segment_walk_begin(section, nseg, 1.);
        for (int32_t k = 0; k < nseg && n < N_TAPER; k++) {
            diam[n++] = segment_walk_next(&walk, k).diam_um;
        }
    }
    return n;
}

static mec_status plan_taper(const mec_morphology *m, bool need_all, stub_plan *plan,
                             mec_err *err)
{
    double diam[N_TAPER];
    int n_section = count_axonal(m);
    int n = taper_diams(m, diam);

    if (!need_all && n_section < 3) {
        return mec_fail(
            err, MEC_E_INPUT,
            "%s: the axon has %d sections, the tapering replacement needs 3 "
            "(use another axon replacement)",
            m->file, n_section);
    }
    if (n == 0 || (need_all && n < N_TAPER)) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: the axon has %d diameters in steps of 6 um, the tapering "
                        "replacement needs %d (use another axon replacement)",
                        m->file, n, (int)N_TAPER);
    }
    plan->rule = need_all ? "taper" : "taper_3";
    plan->myelin_diam_um = diam[n - 1];
    for (int i = 0; i < N_STUB; i++) {
        /* BluePyEModel stops at the last diameter: what comes after stays as NEURON makes
         * it. */
        bool is_made = i * STUB_NSEG < n;

        plan->nseg[i] = is_made ? STUB_NSEG : 1;
        plan->length_um[i] = is_made ? stub_length_um : default_length_um;
        plan->is_unlisted[i] = !is_made;
        for (int k = 0; k < STUB_NSEG; k++) {
            int from = i * STUB_NSEG + k;

            plan->diam_um[i][k] = from < n ? diam[from] : default_diam_um;
        }
    }
    return MEC_OK;
}

/* Copy the sections that stay; their new indices go to `moved`. Returns how many. */
static int32_t keep_sections(const mec_morphology *m, mec_section *kept, int32_t *order,
                             int32_t *moved)
{
    int32_t n = 0;
    int32_t n_order = 0;

    for (int32_t i = 0; i < m->n_section; i++) {
        moved[i] = -1;
        if (!is_axonal(&m->section[i])) {
            kept[n] = m->section[i];
            moved[i] = n++;
        }
    }
    for (int32_t i = 0; i < m->n_section; i++) {
        if (moved[m->connect_order[i]] >= 0) {
            order[n_order++] = moved[m->connect_order[i]];
        }
    }
    for (int32_t i = 0; i < n; i++) {
        kept[i].parent = kept[i].parent < 0 ? -1 : moved[kept[i].parent];
    }
    return n;
}

/* A cylinder per segment, without 3-D points, on the end of its parent. */
static bool make_cylinder(mec_arena *arena, mec_section *section, mec_section_type type,
                          int32_t number, int32_t parent, double length_um,
                          int32_t nseg)
{
    double *diam = mec_arena_calloc(arena, (size_t)nseg, sizeof *diam);
    const char *word = type == MEC_SECTION_MYELIN ? "myelin" : "axon";
    char *name = mec_arena_printf(arena, "%s[%d]", word, (int)number);

    *section = (mec_section){.name = name,
                             .type = type,
                             .number = number,
                             .parent = parent,
                             .parent_x = 1.,
                             .length_um = length_um,
                             .nseg = nseg,
                             .segment_diam_um = diam};
    return diam != NULL && name != NULL;
}

/* Write the planned sections behind the n kept ones; returns false when out of memory. */
static bool add_stub(mec_arena *arena, const stub_plan *plan, int32_t soma, int32_t n,
                     mec_section *section)
{
    for (int32_t i = 0; i < N_STUB; i++) {
        mec_section *stub = &section[n + i];

        if (!make_cylinder(arena, stub, MEC_SECTION_AXON, i, i == 0 ? soma : n + i - 1,
                           plan->length_um[i], plan->nseg[i])) {
            return false;
        }
        stub->is_unlisted = plan->is_unlisted[i];
        for (int32_t k = 0; k < plan->nseg[i]; k++) {
            stub->segment_diam_um[k] = plan->diam_um[i][k];
        }
    }
    if (plan->myelin_diam_um > 0.) {
        mec_section *myelin = &section[n + N_STUB];

        if (!make_cylinder(arena, myelin, MEC_SECTION_MYELIN, 0, n + N_STUB - 1,
                           myelin_length_um, MYELIN_NSEG)) {
            return false;
        }
        for (int32_t k = 0; k < MYELIN_NSEG; k++) {
            myelin->segment_diam_um[k] = plan->myelin_diam_um;
        }
    }
    return true;
}

static mec_status apply(mec_morphology *m, const stub_plan *plan, mec_err *err)
{
    size_t n_max = (size_t)m->n_section + N_STUB + 1;
    mec_section *section = mec_arena_calloc(m->arena, n_max, sizeof *section);
    int32_t *order = mec_arena_calloc(m->arena, n_max, sizeof *order);
    int32_t *moved = mec_arena_calloc(m->arena, n_max, sizeof *moved);
    int32_t soma = mec_morphology_find(m, MEC_SECTION_SOMA, 0);
    int32_t n;
    int32_t n_new = N_STUB + (plan->myelin_diam_um > 0.);

    if (soma < 0) {
        return mec_fail(err, MEC_E_INPUT, "%s: there is no soma to put an axon on",
                        m->file);
    }
    if (section == NULL || order == NULL || moved == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", m->file);
    }
    n = keep_sections(m, section, order, moved);
    if (!add_stub(m->arena, plan, moved[soma], n, section)) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", m->file);
    }
    for (int32_t i = 0; i < n_new; i++) {
        order[n + i] = n + i;
    }
    m->section = section;
    m->connect_order = order;
    m->n_section = n + n_new;
    m->axon_rule = plan->rule;
    return MEC_OK;
}

mec_status mec_morphology_replace_axon(mec_morphology *morphology, mec_axon_rule rule,
                                       mec_err *err)
{
    mec_status st = MEC_OK;
    stub_plan plan = {0};

    switch (rule) {
    case MEC_AXON_BLUEPYOPT:
        MEC_TRY(plan_bluepyopt(morphology, &plan, err));
        break;
    case MEC_AXON_TAPER:
        MEC_TRY(plan_taper(morphology, true, &plan, err));
        break;
    case MEC_AXON_TAPER_3:
        MEC_TRY(plan_taper(morphology, false, &plan, err));
        break;
    case MEC_AXON_KEEP:
    default:
        goto done;
    }
    MEC_TRY(apply(morphology, &plan, err));
done:
    return st;
}
