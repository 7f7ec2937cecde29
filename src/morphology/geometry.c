/* The discretised tree: NEURON's node order, coefficients and distances (SOLVER.md 1.5,
 * 7.8). */

#include "morphology_priv.h"

#include <math.h>
#include <stdlib.h>

/* NEURON's area of a node without membrane, and its distance between separate trees. */
static const double zero_area = 1.e2;
static const double no_path_um = 1e20;

/* Children of each section in NEURON's order. */
typedef struct sibling_lists {
    int32_t *first_child; /* [n_section] -1: none */
    int32_t *next;        /* [n_section] next sibling; -1: none */
} sibling_lists;

/* Insert before the first sibling whose place on the parent is the same or further. */
static void add_child(const mec_morphology *m, sibling_lists *lists, int32_t child)
{
    double x = m->section[child].parent_x;
    int32_t *link = &lists->first_child[m->section[child].parent];

    while (*link >= 0 && x > m->section[*link].parent_x) {
        link = &lists->next[*link];
    }
    lists->next[child] = *link;
    *link = child;
}

/* Sections breadth-first, roots in their own order first. */
static mec_status order_sections(const mec_morphology *m, mec_geometry *g, mec_err *err)
{
    size_t n = (size_t)m->n_section;
    int32_t *links = malloc(2 * n * sizeof *links);
    sibling_lists lists = {links, links + n};
    int32_t n_ordered = 0;

    if (links == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", m->file);
    }
    for (size_t i = 0; i < 2 * n; i++) {
        links[i] = -1;
    }
    for (int32_t i = 0; i < m->n_section; i++) {
        if (m->section[m->connect_order[i]].parent >= 0) {
            add_child(m, &lists, m->connect_order[i]);
        }
        if (m->section[i].parent < 0) {
            g->order[n_ordered++] = i;
        }
    }
    g->n_root = n_ordered;
    for (int32_t i = 0; i < n_ordered; i++) {
        for (int32_t child = lists.first_child[g->order[i]]; child >= 0;
             child = lists.next[child]) {
            g->order[n_ordered++] = child;
        }
    }
    free(links);
    if (n_ordered != m->n_section) {
        return mec_fail(err, MEC_E_INPUT, "%s: sections form a loop", m->file);
    }
    return MEC_OK;
}

static mec_geometry *allocate(const mec_morphology *m, mec_arena *arena)
{
    mec_geometry *g = mec_arena_calloc(arena, 1, sizeof *g);
    size_t n_section = (size_t)m->n_section;
    size_t n = 0;

    if (g == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < n_section; i++) {
        n += (size_t)m->section[i].nseg + 1 + (m->section[i].parent < 0);
    }
    g->n_node = (int32_t)n;
    g->parent = mec_arena_calloc(arena, n, sizeof *g->parent);
    g->section = mec_arena_calloc(arena, n, sizeof *g->section);
    g->segment = mec_arena_calloc(arena, n, sizeof *g->segment);
    g->first_node = mec_arena_calloc(arena, n_section, sizeof *g->first_node);
    g->parent_node = mec_arena_calloc(arena, n_section, sizeof *g->parent_node);
    g->order = mec_arena_calloc(arena, n_section, sizeof *g->order);
    g->rank = mec_arena_calloc(arena, n_section, sizeof *g->rank);
    g->area_um2 = mec_arena_calloc(arena, n, sizeof *g->area_um2);
    g->diam_um = mec_arena_calloc(arena, n, sizeof *g->diam_um);
    g->rinv = mec_arena_calloc(arena, n, sizeof *g->rinv);
    g->a = mec_arena_calloc(arena, n, sizeof *g->a);
    g->b = mec_arena_calloc(arena, n, sizeof *g->b);
    g->distance_um = mec_arena_calloc(arena, n, sizeof *g->distance_um);
    return g->parent == NULL || g->section == NULL || g->segment == NULL ||
                   g->first_node == NULL || g->parent_node == NULL ||
                   g->order == NULL || g->rank == NULL || g->area_um2 == NULL ||
                   g->diam_um == NULL || g->rinv == NULL || g->a == NULL ||
                   g->b == NULL || g->distance_um == NULL
               ? NULL
               : g;
}

/* The segment that x falls in. */
static int32_t segment_of(int32_t nseg, double x)
{
    int32_t i = (int32_t)((double)nseg * x);

    return i >= nseg ? nseg - 1 : i;
}

/* Number the nodes: roots, then section by section. */
static void number_nodes(const mec_morphology *m, mec_geometry *g)
{
    int32_t node = 0;

    for (; node < g->n_root; node++) {
        g->parent[node] = -1;
        g->section[node] = g->order[node];
        g->segment[node] = -1;
        g->parent_node[g->order[node]] = node;
    }
    for (int32_t i = 0; i < m->n_section; i++) {
        int32_t s = g->order[i];
        const mec_section *section = &m->section[s];

        g->rank[s] = i;
        g->first_node[s] = node;
        if (section->parent >= 0) {
            g->parent_node[s] =
                mec_geometry_node(m, g, section->parent, section->parent_x);
        }
        for (int32_t k = 0; k <= section->nseg; k++, node++) {
            g->parent[node] = k == 0 ? g->parent_node[s] : node - 1;
            g->section[node] = s;
            g->segment[node] = k;
        }
    }
}

/* Areas, diameters and resistances of a section's nodes. */
static void measure_section(const mec_morphology *m, int32_t s, double ra_ohm_cm,
                            mec_geometry *g)
{
    const mec_section *section = &m->section[s];
    segment_walk walk = segment_walk_begin(section, section->nseg, ra_ohm_cm);
    double right = 0.;
    int32_t node = g->first_node[s];

    for (int32_t k = 0; k < section->nseg; k++, node++) {
        segment_values values = segment_walk_next(&walk, k);

        g->area_um2[node] = values.area_um2;
        g->diam_um[node] = values.diam_um;
        g->rinv[node] = 1. / (right + values.left_mohm);
        right = values.right_mohm;
    }
    g->area_um2[node] = zero_area;
    g->rinv[node] = 1. / right;
}

static void set_coefficients(mec_geometry *g)
{
    for (int32_t node = g->n_root; node < g->n_node; node++) {
        g->a[node] = -1.e2 * g->rinv[node] / g->area_um2[g->parent[node]];
        g->b[node] = -1.e2 * g->rinv[node] / g->area_um2[node];
    }
}

/* Distance of a node from the beginning of a section it belongs to. */
static double distance_in_section(const mec_morphology *m, const mec_geometry *g,
                                  int32_t s, int32_t node)
{
    int32_t nseg = m->section[s].nseg;
    int32_t i = node - g->first_node[s];

    if (g->parent_node[s] == node) {
        return 0.;
    }
    return m->section[s].length_um * (i == nseg ? 1. : ((double)i + .5) / (double)nseg);
}

/* NEURON's topol_distance: sum lengths on the way to the section that both are on. */
static double path_length(const mec_morphology *m, const mec_geometry *g, int32_t s1,
                          int32_t node1, int32_t s2, int32_t node2)
{
    double d = 0;
    double d1, d2;

    while (s1 != s2) {
        if (s1 < 0 || (s2 >= 0 && g->rank[s1] <= g->rank[s2])) {
            d += distance_in_section(m, g, s2, node2);
            node2 = g->parent_node[s2];
            s2 = m->section[s2].parent;
        } else {
            d += distance_in_section(m, g, s1, node1);
            node1 = g->parent_node[s1];
            s1 = m->section[s1].parent;
        }
    }
    if (node1 == node2) {
        return d;
    }
    if (s1 < 0) {
        return no_path_um;
    }
    d1 = distance_in_section(m, g, s1, node1);
    d2 = distance_in_section(m, g, s2, node2);
    return d1 < d2 ? d + (d2 - d1) : d + (d1 - d2);
}

int32_t mec_geometry_node(const mec_morphology *morphology,
                          const mec_geometry *geometry, int32_t section, double x)
{
    int32_t nseg = morphology->section[section].nseg;

    if (x == 0.) {
        return geometry->parent_node[section];
    }
    return geometry->first_node[section] + (x == 1. ? nseg : segment_of(nseg, x));
}

/* The section whose middle is the origin of distances: soma[0], or the first one where
 * there is no soma. */
static int32_t origin_section(const mec_morphology *m)
{
    int32_t soma = mec_morphology_find(m, MEC_SECTION_SOMA, 0);

    return soma < 0 ? 0 : soma;
}

double mec_geometry_distance(const mec_morphology *morphology,
                             const mec_geometry *geometry, int32_t section, double x)
{
    int32_t node = mec_geometry_node(morphology, geometry, section, x);
    int32_t origin = origin_section(morphology);

    return path_length(morphology, geometry, origin,
                       mec_geometry_node(morphology, geometry, origin, 0.5), section,
                       node);
}

static void set_distances(const mec_morphology *m, mec_geometry *g)
{
    int32_t soma = origin_section(m);
    int32_t origin = mec_geometry_node(m, g, soma, 0.5);

    for (int32_t node = 0; node < g->n_node; node++) {
        g->distance_um[node] = path_length(m, g, soma, origin, g->section[node], node);
    }
}

mec_status mec_morphology_check(const mec_morphology *morphology,
                                const mec_geometry *geometry, mec_err *err)
{
    for (int32_t i = 0; i < morphology->n_section; i++) {
        const mec_section *section = &morphology->section[i];

        if (section->type == MEC_SECTION_OTHER) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s:%d: sections of type %d belong to no section list (use "
                            "types 1 to 4: soma, axon, dendrite, apical dendrite)",
                            morphology->file, (int)section->line,
                            (int)section->file_type);
        }
    }
    if (mec_morphology_find(morphology, MEC_SECTION_SOMA, 0) < 0) {
        return mec_fail(err, MEC_E_INPUT, "%s: there is no soma", morphology->file);
    }
    for (int32_t node = geometry->n_root; node < geometry->n_node; node++) {
        const mec_section *section = &morphology->section[geometry->section[node]];

        if (!(geometry->area_um2[node] > 0.0) || !isfinite(geometry->rinv[node])) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s:%d: segment %d of %s has no area (give its points a "
                            "diameter)",
                            morphology->file, (int)section->line,
                            (int)geometry->segment[node], section->name);
        }
    }
    return MEC_OK;
}

mec_status mec_geometry_new(const mec_morphology *morphology, const double ra_ohm_cm[],
                            mec_arena *arena, mec_geometry **out, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_geometry *g = morphology->too_long != NULL ? NULL : allocate(morphology, arena);

    *out = NULL;
    if (morphology->too_long != NULL) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s: %s is so long that it needs more than 32767 segments (is a "
                      "coordinate wrong?)",
                      morphology->file, morphology->too_long);
        goto done;
    }
    if (g == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", morphology->file);
        goto done;
    }
    MEC_TRY(order_sections(morphology, g, err));
    number_nodes(morphology, g);
    for (int32_t i = 0; i < g->n_root; i++) {
        g->area_um2[i] = zero_area;
    }
    for (int32_t s = 0; s < morphology->n_section; s++) {
        measure_section(morphology, s, ra_ohm_cm[s], g);
    }
    set_coefficients(g);
    set_distances(morphology, g);
    *out = g;
done:
    return st;
}
