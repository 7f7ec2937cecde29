/* The summary that `mecombo morphology` prints. */

#include "morphology_summary.h"

#include <mecombo/path.h>

#include <math.h>
#include <stdlib.h>

enum { N_TYPE = 6 };

static const struct {
    mec_section_type type;
    const char *word;
} types[N_TYPE] = {{MEC_SECTION_SOMA, "soma"},     {MEC_SECTION_AXON, "axon"},
                   {MEC_SECTION_DEND, "dend"},     {MEC_SECTION_APIC, "apic"},
                   {MEC_SECTION_MYELIN, "myelin"}, {MEC_SECTION_OTHER, "other"}};

/* mec_geometry's distance to a tree that does not hang on the soma. */
static const double no_path_um = 1e20;

/* Totals over the sections of one type, or of all. */
typedef struct totals {
    int64_t n_section, n_segment, n_point, n_tip;
    double length_um, area_um2;
    double diam_length; /* integral of the diameter, um2 */
    double min_diam_um, max_diam_um;
    double max_distance_um; /* of a section's end from the middle of the soma */
    const char *farthest;
} totals;

static void add_section(const mec_morphology *m, const mec_geometry *g, int32_t s,
                        bool is_tip, totals *t)
{
    const mec_section *section = &m->section[s];
    double distance = g->distance_um[g->first_node[s] + section->nseg];

    t->n_section++;
    t->n_segment += section->nseg;
    t->n_point += section->n_point;
    t->n_tip += is_tip;
    t->length_um += section->length_um;
    for (int32_t k = 0; k < section->nseg; k++) {
        double diam = g->diam_um[g->first_node[s] + k];

        t->area_um2 += g->area_um2[g->first_node[s] + k];
        t->diam_length += diam * section->length_um / section->nseg;
        t->min_diam_um = t->min_diam_um == 0.0 ? diam : fmin(t->min_diam_um, diam);
        t->max_diam_um = fmax(t->max_diam_um, diam);
    }
    if (distance < no_path_um &&
        (t->farthest == NULL || distance > t->max_distance_um)) {
        t->max_distance_um = distance;
        t->farthest = section->name;
    }
}

/* Children of each section, and how many parents it has; [n_section] each. */
typedef struct branching {
    int32_t *n_child, *order;
} branching;

static bool count_branching(const mec_morphology *m, const mec_geometry *g,
                            branching *b)
{
    b->n_child = calloc((size_t)m->n_section, sizeof *b->n_child);
    b->order = calloc((size_t)m->n_section, sizeof *b->order);
    if (b->n_child == NULL || b->order == NULL) {
        return false;
    }
    for (int32_t i = 0; i < m->n_section; i++) {
        int32_t s = g->order[i]; /* parents come first */
        int32_t parent = m->section[s].parent;

        if (parent >= 0) {
            b->n_child[parent]++;
            b->order[s] = b->order[parent] + 1;
        }
    }
    return true;
}

static void print_totals(const char *word, const totals *t, mec_text *out)
{
    mec_text_printf(
        out, "  %-8s %8lld %8lld %7lld %5lld %11.1f %11.1f %7.3f %7.3f %7.3f %9.1f\n",
        word, (long long)t->n_section, (long long)t->n_segment, (long long)t->n_point,
        (long long)t->n_tip, t->length_um, t->area_um2, t->min_diam_um,
        t->diam_length / t->length_um, t->max_diam_um, t->max_distance_um);
}

static void print_table(const mec_morphology *m, const mec_geometry *g,
                        const branching *b, totals *all, mec_text *out)
{
    totals of_type[N_TYPE] = {{0}};

    for (int32_t s = 0; s < m->n_section; s++) {
        bool is_tip = b->n_child[s] == 0;

        for (int i = 0; i < N_TYPE; i++) {
            if (m->section[s].type == types[i].type) {
                add_section(m, g, s, is_tip, &of_type[i]);
            }
        }
        add_section(m, g, s, is_tip, all);
    }
    mec_text_printf(out, "  %-8s %8s %8s %7s %5s %11s %11s %23s %9s\n", "", "", "", "",
                    "", "length", "area", "diameter of segments/um", "farthest");
    mec_text_printf(out, "  %-8s %8s %8s %7s %5s %11s %11s %7s %7s %7s %9s\n", "type",
                    "sections", "segments", "points", "tips", "um", "um2", "min",
                    "mean", "max", "um");
    for (int i = 0; i < N_TYPE; i++) {
        if (of_type[i].n_section > 0) {
            print_totals(types[i].word, &of_type[i], out);
        }
    }
    print_totals("all", all, out);
}

/* What prints as 0.0 shall not print as -0.0. */
static double without_sign_of_zero(float x)
{
    return fabsf(x) < 0.05F ? 0.0 : (double)x;
}

/* Smallest and largest coordinates of the 3-D points. */
static void print_extent(const mec_morphology *m, mec_text *out)
{
    float low[3] = {INFINITY, INFINITY, INFINITY};
    float high[3] = {-INFINITY, -INFINITY, -INFINITY};

    for (int32_t s = 0; s < m->n_section; s++) {
        const mec_section *section = &m->section[s];
        const float *const axes[3] = {section->x, section->y, section->z};

        for (int axis = 0; axis < 3; axis++) {
            for (int32_t i = 0; i < section->n_point; i++) {
                low[axis] = fminf(low[axis], axes[axis][i]);
                high[axis] = fmaxf(high[axis], axes[axis][i]);
            }
        }
    }
    for (int axis = 0; axis < 3; axis++) {
        mec_text_printf(
            out, "%s%c %.1f .. %.1f (%.1f)", axis == 0 ? "extent/um:    " : ", ",
            "xyz"[axis], without_sign_of_zero(low[axis]),
            without_sign_of_zero(high[axis]), (double)(high[axis] - low[axis]));
    }
    mec_text_add(out, "\n");
}

static void print_branching(const mec_morphology *m, const branching *b, mec_text *out)
{
    int64_t n_split = 0;
    int64_t n_single = 0;
    int64_t n_stem = 0;
    int32_t max_order = 0;

    for (int32_t s = 0; s < m->n_section; s++) {
        if (m->section[s].type == MEC_SECTION_SOMA) {
            n_stem += b->n_child[s];
        } else {
            n_split += b->n_child[s] > 1;
            n_single += b->n_child[s] == 1;
        }
        max_order = b->order[s] > max_order ? b->order[s] : max_order;
    }
    mec_text_printf(
        out,
        "branching:    %lld stems on the soma, %lld splits, %lld sections with "
        "one child, order up to %d\n",
        (long long)n_stem, (long long)n_split, (long long)n_single, (int)max_order);
}

/* What the import did not have to mention, but a simulation will. */
static int print_findings(const mec_morphology *m, const mec_geometry *g, mec_text *out)
{
    int n = 0;
    int64_t n_flat = 0;
    mec_err err = MEC_ERR_INIT;

    for (int32_t s = 0; s < m->n_section; s++) {
        n_flat += m->section[s].n_point > 0 && m->section[s].length_um <= 1e-9;
    }
    if (n_flat > 0) {
        mec_text_printf(out, "  %s: %lld sections have length 0\n", m->file,
                        (long long)n_flat);
        n++;
    }
    if (g->n_root > 1) {
        mec_text_printf(out, "  %s: %d separate trees\n", m->file, (int)g->n_root);
        n++;
    }
    if (mec_morphology_check(m, g, &err) != MEC_OK) {
        mec_text_printf(out, "  %s\n", err.text);
        n++;
    }
    return n;
}

void morphology_summary(const mec_morphology *morphology, const mec_geometry *geometry,
                        mec_text *out)
{
    totals all = {0};
    branching b = {NULL, NULL};
    mec_text findings = MEC_TEXT_INIT;
    int n_warning = print_findings(morphology, geometry, &findings);

    if (count_branching(morphology, geometry, &b)) {
        mec_text_printf(out, "%s (axon replacement: %s)\n",
                        mec_path_basename(morphology->file), morphology->axon_rule);
        print_table(morphology, geometry, &b, &all, out);
        print_extent(morphology, out);
        if (all.farthest != NULL) {
            mec_text_printf(out, "longest path: %.1f um, to the end of %s\n",
                            all.max_distance_um, all.farthest);
        }
        print_branching(morphology, &b, out);
    } else {
        out->failed = true;
    }
    free(b.n_child);
    free(b.order);
    n_warning += morphology->n_warning;
    mec_text_printf(out, "warnings:     %d\n", n_warning);
    for (int32_t i = 0; i < morphology->n_warning; i++) {
        mec_text_printf(out, "  %s\n", morphology->warning[i]);
    }
    mec_text_add(out, mec_text_string(&findings));
    mec_text_clear(&findings);
}
