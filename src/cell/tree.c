/* The tree of nodes: coupling currents, matrix, elimination.
 *
 * Every sum over the neighbours of a node has NEURON's order: the node's own coupling to
 * its parent first, then its children by ascending node number; the elimination
 * subtracts children by descending number (SOLVER.md 7.4). The loops run over slots,
 * with the first child of each node in line and the others in a list. */

#include "cell_priv.h"

#include <string.h>

/* What construction needs to know of each node, by NEURON's number. */
typedef struct node_facts {
    int32_t *n_child;
    int32_t *first_child; /* -1: none */
    bool *segment;
} node_facts;

static mec_status find_facts(const mec_cell *cell, node_facts *facts, mec_err *err)
{
    const mec_geometry *g = cell->geometry;
    size_t n = (size_t)g->n_node;

    facts->n_child = mec_arena_calloc(cell->arena, n, sizeof(int32_t));
    facts->first_child = mec_arena_calloc(cell->arena, n, sizeof(int32_t));
    facts->segment = mec_arena_calloc(cell->arena, n, sizeof(bool));
    if (facts->n_child == NULL || facts->first_child == NULL ||
        facts->segment == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t i = 0; i < g->n_node; i++) {
        facts->first_child[i] = -1;
        facts->segment[i] =
            g->segment[i] >= 0 &&
            g->segment[i] < cell->morphology->section[g->section[i]].nseg;
    }
    for (int32_t i = 1; i < g->n_node; i++) {
        if (facts->n_child[g->parent[i]]++ == 0) {
            facts->first_child[g->parent[i]] = i;
        }
    }
    return MEC_OK;
}

static bool allocate_tree(mec_cell *cell)
{
    cell_tree *t = &cell->tree;
    mec_arena *arena = cell->arena;
    size_t n = (size_t)cell->geometry->n_node;
    size_t slots = (size_t)(cell->work.pad_zero + cell->n_slot);

    t->slot = mec_arena_calloc(arena, n, sizeof(int32_t));
    t->parent = mec_arena_calloc(arena, n, sizeof(int32_t));
    t->a = mec_arena_calloc(arena, n, sizeof(double));
    t->b = mec_arena_calloc(arena, n, sizeof(double));
    t->area = mec_arena_calloc(arena, slots, sizeof(double));
    t->diam = mec_arena_calloc(arena, slots, sizeof(double));
    t->cm = mec_arena_calloc(arena, slots, sizeof(double));
    t->cm_milli = mec_arena_calloc(arena, slots, sizeof(double));
    t->zero = mec_arena_calloc(arena, n, sizeof(int32_t));
    t->zero_child = mec_arena_calloc(arena, n, sizeof(int32_t));
    return t->slot != NULL && t->parent != NULL && t->a != NULL && t->b != NULL &&
           t->area != NULL && t->diam != NULL && t->cm != NULL && t->cm_milli != NULL &&
           t->zero != NULL && t->zero_child != NULL;
}

/* Zero-area nodes take the first slots, those with more children first. */
static void number_zero_area(mec_cell *cell, const node_facts *facts)
{
    cell_tree *t = &cell->tree;
    const mec_geometry *g = cell->geometry;
    int32_t most = 0, next = 0;

    for (int32_t i = 0; i < g->n_node; i++) {
        if (!facts->segment[i]) {
            t->zero[t->n_zero++] = i;
            most = facts->n_child[i] > most ? facts->n_child[i] : most;
        }
    }
    for (int32_t count = most; count >= 0; count--) {
        for (int32_t k = 0; k < t->n_zero; k++) {
            if (facts->n_child[t->zero[k]] == count) {
                t->slot[t->zero[k]] = next++;
            }
        }
    }
    t->ends.n_rank = most;
}

static void place_nodes(mec_cell *cell, const node_facts *facts)
{
    cell_tree *t = &cell->tree;
    const mec_geometry *g = cell->geometry;

    t->n_node = g->n_node;
    number_zero_area(cell, facts);
    for (int32_t i = 0; i < g->n_node; i++) {
        if (facts->segment[i]) {
            int32_t k = cell->first_segment[g->section[i]] + g->segment[i];
            int32_t segment = cell->slot_of_segment[k];

            t->slot[i] = cell->work.pad_zero + segment;
            t->diam[segment] = g->diam_um[i];
            cell_set_cm(cell, k, cell->cm[k]);
        }
        t->area[t->slot[i]] = g->area_um2[i];
        t->a[i] = g->a[i];
        t->b[i] = g->b[i];
    }
    for (int32_t k = 0; k < cell->n_pad; k++) {
        int32_t segment = cell->pad[k];

        t->diam[segment] = t->area[cell->work.pad_zero + segment] = 1.0;
        t->cm[segment] = t->cm_milli[segment] = 1.0;
    }
    t->parent[0] = -1;
    for (int32_t i = 1; i < g->n_node; i++) {
        t->parent[i] = t->slot[g->parent[i]];
        if (!facts->segment[g->parent[i]]) {
            t->zero_child[t->n_zero_child++] = i;
        }
    }
}

void cell_set_cm(mec_cell *cell, int32_t segment, double cm)
{
    int32_t slot = cell->slot_of_segment[segment];

    cell->tree.cm[slot] = cm;
    cell->tree.cm_milli[slot] = 1.e-3 * cm;
}

/* The ends of leaves that are their parent's only child: their contribution is constant
 * and zero in the right-hand side, see cell_axial.leaf. */
static mec_status mark_folded(mec_cell *cell, const node_facts *facts, mec_err *err)
{
    cell_tree *t = &cell->tree;
    const mec_geometry *g = cell->geometry;

    t->is_folded = mec_arena_calloc(cell->arena, (size_t)t->n_node, sizeof(bool));
    if (t->is_folded == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t i = 1; i < t->n_node; i++) {
        t->is_folded[i] = !facts->segment[i] && facts->n_child[i] == 0 &&
                          facts->segment[g->parent[i]] &&
                          facts->n_child[g->parent[i]] == 1;
    }
    return MEC_OK;
}

/* Arrays of cell_axial; the lists are filled by note_neighbours(). */
typedef struct axial_arrays {
    double *b, *a_child, *leaf, *v_parent, *v_child;
    cell_fix *parent_fix, *child_fix;
    cell_link *link;
} axial_arrays;

static bool allocate_axial(mec_cell *cell, axial_arrays *x)
{
    mec_arena *arena = cell->arena;
    size_t n = (size_t)cell->n_slot, nodes = (size_t)cell->tree.n_node;

    x->b = mec_arena_calloc(arena, n, sizeof(double));
    x->a_child = mec_arena_calloc(arena, n, sizeof(double));
    x->leaf = mec_arena_calloc(arena, n, sizeof(double));
    x->v_parent = mec_arena_calloc(arena, n, sizeof(double));
    x->v_child = mec_arena_calloc(arena, n, sizeof(double));
    x->parent_fix = mec_arena_calloc(arena, nodes, sizeof(cell_fix));
    x->child_fix = mec_arena_calloc(arena, nodes, sizeof(cell_fix));
    x->link = mec_arena_calloc(arena, nodes, sizeof(cell_link));
    return x->b != NULL && x->a_child != NULL && x->leaf != NULL &&
           x->v_parent != NULL && x->v_child != NULL && x->parent_fix != NULL &&
           x->child_fix != NULL && x->link != NULL;
}

/* Parent and first child of segment node i. */
static void note_neighbours(mec_cell *cell, const node_facts *facts, axial_arrays *x,
                            int32_t i)
{
    const cell_tree *t = &cell->tree;
    cell_axial *axial = &cell->tree.axial;
    int32_t segment = t->slot[i] - cell->work.pad_zero;
    int32_t child = facts->first_child[i];

    x->b[segment] = t->b[i];
    if (t->parent[i] != t->slot[i] - 1 || segment == 0) {
        x->parent_fix[axial->n_parent_fix++] = (cell_fix){segment, t->parent[i]};
    }
    x->a_child[segment] = t->a[child];
    if (t->slot[child] != t->slot[i] + 1 || segment == cell->n_slot - 1) {
        x->child_fix[axial->n_child_fix++] = (cell_fix){segment, t->slot[child]};
    }
    if (t->is_folded[child]) {
        /* Diagonal of a leaf's end: 0 - b. */
        x->leaf[segment] = t->a[child] / (0.0 - t->b[child]) * t->b[child];
    }
}

static mec_status make_axial(mec_cell *cell, const node_facts *facts, mec_err *err)
{
    const cell_tree *t = &cell->tree;
    const mec_geometry *g = cell->geometry;
    cell_axial *axial = &cell->tree.axial;
    axial_arrays x;

    if (!allocate_axial(cell, &x)) {
        return mec_no_memory(err);
    }
    for (int32_t i = 0; i < t->n_node; i++) {
        if (facts->segment[i]) {
            note_neighbours(cell, facts, &x, i);
        }
        if (i > 0 && facts->segment[g->parent[i]] &&
            facts->first_child[g->parent[i]] != i) {
            x.link[axial->n_link++] = (cell_link){t->parent[i], t->slot[i], t->a[i]};
        }
    }
    axial->n = cell->n_slot;
    axial->pad_zero = cell->work.pad_zero;
    axial->b = x.b;
    axial->a_child = x.a_child;
    axial->leaf = x.leaf;
    axial->cm = t->cm;
    axial->cm_milli = t->cm_milli;
    axial->v_parent = x.v_parent;
    axial->v_child = x.v_child;
    axial->parent_fix = x.parent_fix;
    axial->child_fix = x.child_fix;
    axial->link = x.link;
    return MEC_OK;
}

/* Number of children with a rank, and who they are. */
static mec_status make_rank(mec_cell *cell, const node_facts *facts, int32_t rank,
                            int32_t *n, int32_t **child, double **a, mec_err *err)
{
    const cell_tree *t = &cell->tree;
    const mec_geometry *g = cell->geometry;
    size_t n_zero = (size_t)t->n_zero;

    *child = mec_arena_calloc(cell->arena, n_zero, sizeof(int32_t));
    *a = mec_arena_calloc(cell->arena, n_zero, sizeof(double));
    if (*child == NULL || *a == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t k = 0; k < t->n_zero; k++) {
        int32_t node = t->zero[k];
        int32_t seen = -1;

        for (int32_t i = facts->first_child[node]; i >= 0 && i < t->n_node; i++) {
            if (g->parent[i] == node && ++seen == rank) {
                (*child)[t->slot[node]] = t->slot[i];
                (*a)[t->slot[node]] = t->a[i];
                (*n)++;
                break;
            }
        }
    }
    return MEC_OK;
}

static mec_status make_ends(mec_cell *cell, const node_facts *facts, mec_err *err)
{
    mec_status st = MEC_OK;
    cell_tree *t = &cell->tree;
    cell_ends *ends = &t->ends;
    mec_arena *arena = cell->arena;
    size_t n = (size_t)cell_pad(t->n_zero), n_rank = (size_t)ends->n_rank + 1;
    int32_t *parent = mec_arena_calloc(arena, n, sizeof *parent);
    double *b = mec_arena_calloc(arena, n, sizeof *b);
    double *d = mec_arena_calloc(arena, n, sizeof *d);
    int32_t *n_child = mec_arena_calloc(arena, n_rank, sizeof *n_child);
    int32_t **child = mec_arena_calloc(arena, n_rank, sizeof *child);
    double **a = mec_arena_calloc(arena, n_rank, sizeof *a);

    if (parent == NULL || b == NULL || d == NULL || n_child == NULL || child == NULL ||
        a == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t k = 0; k < t->n_zero; k++) {
        int32_t i = t->zero[k], slot = t->slot[i];

        parent[slot] = i == 0 ? slot : t->parent[i];
        b[slot] = i == 0 ? 0.0 : t->b[i];
        d[slot] = 0.0 - b[slot];
    }
    for (int32_t r = 0; r < ends->n_rank; r++) {
        MEC_TRY(make_rank(cell, facts, r, &n_child[r], &child[r], &a[r], err));
        for (int32_t k = 0; k < n_child[r]; k++) {
            d[k] -= a[r][k];
        }
    }
    ends->n = t->n_zero;
    ends->parent = parent;
    ends->b = b;
    ends->d = d;
    ends->n_child = n_child;
    ends->child = (const int32_t *const *)child;
    ends->a = (const double *const *)a;
done:
    return st;
}

mec_status cell_make_tree(mec_cell *cell, mec_err *err)
{
    mec_status st = MEC_OK;
    const mec_geometry *g = cell->geometry;
    node_facts facts;

    cell->work.n_node = g->n_node;
    cell->work.n_slot = cell->n_slot;
    cell->work.n_zero = g->n_node - cell->n_segment;
    cell->work.pad_zero = cell_pad(cell->work.n_zero);
    if (!allocate_tree(cell)) {
        return mec_no_memory(err);
    }
    MEC_TRY(find_facts(cell, &facts, err));
    place_nodes(cell, &facts);
    MEC_TRY(mark_folded(cell, &facts, err));
    MEC_TRY(make_axial(cell, &facts, err));
    MEC_TRY(make_ends(cell, &facts, err));
    MEC_TRY(cell_make_schedule(cell, NULL, &cell->tree.whole, err));
    MEC_TRY(cell_make_schedule(cell, cell->tree.is_folded, &cell->tree.folded, err));
done:
    return st;
}

void cell_diagonal(cell_sweep *sweep, double cj, bool fold)
{
    mec_cell *cell = sweep->cell;
    const cell_tree *t = &cell->tree;
    const cell_work *w = &cell->work;

    cell->hot->diagonal(&t->axial, 0.001 * cj, fold, w->node_g, w->node_d);
    if (!sweep->sources_at_ends) {
        memcpy(w->node_d, t->ends.d, (size_t)t->n_zero * sizeof(double));
        return;
    }
    for (int32_t k = 0; k < t->n_zero; k++) {
        w->node_d[k] = w->node_g[k] - t->ends.b[k];
    }
    for (int32_t r = 0; r < t->ends.n_rank; r++) {
        for (int32_t k = 0; k < t->ends.n_child[r]; k++) {
            w->node_d[k] -= t->ends.a[r][k];
        }
    }
}

/* The general case: currents and conductances of sources on zero-area nodes. */
static mec_status voltages_with_sources(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = sweep->cell;
    const cell_tree *t = &cell->tree;
    double *v = cell->work.node_v;
    double *rhs = cell->work.node_f, *d = cell->work.node_g;

    memset(rhs, 0, (size_t)t->n_zero * sizeof *rhs);
    memset(d, 0, (size_t)t->n_zero * sizeof *d);
    MEC_TRY(cell_add_end_points(sweep, true, err));
    cell_add_sources(sweep, cell->env.t, t->n_zero, rhs, d);
    MEC_TRY(cell_add_end_points(sweep, false, err));
    for (int32_t k = 0; k < t->n_zero; k++) {
        int32_t i = t->zero[k], slot = t->slot[i];

        rhs[slot] += d[slot] * v[slot];
        if (i > 0) {
            rhs[slot] -= t->b[i] * v[t->parent[i]];
            d[slot] -= t->b[i];
        }
    }
    for (int32_t c = 0; c < t->n_zero_child; c++) {
        int32_t i = t->zero_child[c], parent = t->parent[i];

        rhs[parent] -= t->a[i] * v[t->slot[i]];
        d[parent] -= t->a[i];
    }
    for (int32_t k = 0; k < t->n_zero; k++) {
        v[k] = rhs[k] / d[k];
    }
done:
    return st;
}

mec_status cell_zero_area_voltages(cell_sweep *sweep, mec_err *err)
{
    if (sweep->sources_at_ends) {
        return voltages_with_sources(sweep, err);
    }
    sweep->cell->hot->end_voltages(&sweep->cell->tree.ends, sweep->cell->work.node_v);
    return MEC_OK;
}
