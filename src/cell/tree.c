/* The tree of nodes: coupling currents, matrix, elimination.
 *
 * Every sum over the neighbours of a node has NEURON's order: the node's own coupling to
 * its parent first, then its children by ascending node number; the elimination
 * subtracts children by descending number (SOLVER.md 7.4). */

#include "cell_priv.h"

#include <string.h>

static bool is_segment(const mec_cell *cell, int32_t node)
{
    const mec_geometry *g = cell->geometry;

    return g->segment[node] >= 0 &&
           g->segment[node] < cell->morphology->section[g->section[node]].nseg;
}

static bool allocate_tree(mec_cell *cell)
{
    cell_tree *t = &cell->tree;
    mec_arena *arena = cell->arena;
    size_t n = (size_t)cell->geometry->n_node;
    size_t slots = (size_t)(cell->work.pad_zero + cell_pad(cell->n_segment));

    t->slot = mec_arena_calloc(arena, n, sizeof(int32_t));
    t->parent = mec_arena_calloc(arena, n, sizeof(int32_t));
    t->a = mec_arena_calloc(arena, n, sizeof(double));
    t->b = mec_arena_calloc(arena, n, sizeof(double));
    t->area = mec_arena_calloc(arena, slots, sizeof(double));
    t->diam = mec_arena_calloc(arena, slots, sizeof(double));
    t->cm = mec_arena_calloc(arena, slots, sizeof(double));
    t->zero = mec_arena_calloc(arena, n, sizeof(int32_t));
    t->zero_child = mec_arena_calloc(arena, n, sizeof(int32_t));
    return t->slot != NULL && t->parent != NULL && t->a != NULL && t->b != NULL &&
           t->area != NULL && t->diam != NULL && t->cm != NULL && t->zero != NULL &&
           t->zero_child != NULL;
}

static void place_node(mec_cell *cell, int32_t i)
{
    cell_tree *t = &cell->tree;
    const mec_geometry *g = cell->geometry;

    if (is_segment(cell, i)) {
        int32_t k = cell->first_segment[g->section[i]] + g->segment[i];
        int32_t segment = cell->slot_of_segment[k];

        t->slot[i] = cell->work.pad_zero + segment;
        t->diam[segment] = g->diam_um[i];
        t->cm[segment] = cell->cm[k];
    } else {
        t->slot[i] = t->n_zero;
        t->zero[t->n_zero++] = i;
    }
    t->area[t->slot[i]] = g->area_um2[i];
    t->parent[i] = i == 0 ? -1 : t->slot[g->parent[i]];
    t->a[i] = g->a[i];
    t->b[i] = g->b[i];
}

mec_status cell_make_tree(mec_cell *cell, mec_err *err)
{
    const mec_geometry *g = cell->geometry;
    cell_tree *t = &cell->tree;

    cell->work.n_node = g->n_node;
    cell->work.n_segment = cell->n_segment;
    cell->work.n_zero = g->n_node - cell->n_segment;
    cell->work.pad_zero = cell_pad(cell->work.n_zero);
    if (!allocate_tree(cell)) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for a cell");
    }
    t->n_node = g->n_node;
    for (int32_t i = 0; i < g->n_node; i++) {
        place_node(cell, i);
    }
    for (int32_t i = 1; i < g->n_node; i++) {
        if (!is_segment(cell, g->parent[i])) {
            t->zero_child[t->n_zero_child++] = i;
        }
    }
    return MEC_OK;
}

void cell_axial(mec_cell *cell)
{
    const cell_tree *t = &cell->tree;
    const double *v = cell->work.node_v;
    double *rhs = cell->work.node_f;

    for (int32_t i = 1; i < t->n_node; i++) {
        int32_t own = t->slot[i], parent = t->parent[i];
        double dv = v[parent] - v[own];

        rhs[own] -= t->b[i] * dv;
        rhs[parent] += t->a[i] * dv;
    }
}

void cell_diagonal(mec_cell *cell, double cj)
{
    const cell_tree *t = &cell->tree;
    const cell_work *w = &cell->work;
    double *d = w->node_d;
    double cfac = 0.001 * cj;

    memcpy(d, w->node_g, (size_t)(w->pad_zero + w->n_segment) * sizeof *d);
    for (int32_t k = 0; k < w->n_segment; k++) {
        d[w->pad_zero + k] += cfac * t->cm[k];
    }
    for (int32_t i = 1; i < t->n_node; i++) {
        d[t->slot[i]] -= t->b[i];
        d[t->parent[i]] -= t->a[i];
    }
}

void cell_hines(mec_cell *cell)
{
    const cell_tree *t = &cell->tree;
    double *d = cell->work.node_d;
    double *rhs = cell->work.node_f;

    for (int32_t i = t->n_node - 1; i >= 1; i--) {
        int32_t own = t->slot[i], parent = t->parent[i];
        double f = t->a[i] / d[own];

        d[parent] -= f * t->b[i];
        rhs[parent] -= f * rhs[own];
    }
    rhs[t->slot[0]] /= d[t->slot[0]];
    for (int32_t i = 1; i < t->n_node; i++) {
        int32_t own = t->slot[i];

        rhs[own] = (rhs[own] - t->b[i] * rhs[t->parent[i]]) / d[own];
    }
}

void cell_zero_area_voltages(cell_sweep *sweep)
{
    mec_cell *cell = sweep->cell;
    const cell_tree *t = &cell->tree;
    double *v = cell->work.node_v;
    double *rhs = cell->work.node_f, *d = cell->work.node_d;

    for (int32_t k = 0; k < t->n_zero; k++) {
        rhs[k] = 0.0;
        d[k] = 0.0;
    }
    cell_add_sources(sweep, cell->env.t, t->n_zero, rhs, d);
    for (int32_t k = 0; k < t->n_zero; k++) {
        int32_t i = t->zero[k];

        rhs[k] += d[k] * v[k];
        if (i > 0) {
            rhs[k] -= t->b[i] * v[t->parent[i]];
            d[k] -= t->b[i];
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
}
