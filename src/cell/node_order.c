/* Order of mechanisms (NEURON's memb_order) and of nodes in memory. */

#include "cell_priv.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_GROUPS_EXHAUSTIVE = 7 };

/* NEURON evaluates pas, then what writes concentrations (the latest registered first),
 * then its other built-ins with the current sources among them, then the .mod files. */
static int rank_of(const cell_mech *mech)
{
    if (mech->writes_concentration) {
        return 1;
    }
    return strcmp(mech->desc->name, "pas") == 0 ? 0 : 2;
}

static int compare_mechs(const void *left, const void *right)
{
    const cell_mech *a = *(cell_mech *const *)left, *b = *(cell_mech *const *)right;
    int rank = rank_of(a);

    if (rank != rank_of(b)) {
        return rank < rank_of(b) ? -1 : 1;
    }
    int order = (a->registered > b->registered) - (a->registered < b->registered);
    return rank == 1 ? -order : order;
}

void cell_sort_mechanisms(mec_cell *cell)
{
    qsort(cell->mech, (size_t)cell->n_mech, sizeof *cell->mech, compare_mechs);
    cell->source_before = 0;
    while (cell->source_before < cell->n_mech &&
           rank_of(cell->mech[cell->source_before]) < 2) {
        cell->source_before++;
    }
}

mec_status cell_find_stretches(mec_arena *arena, int32_t n, const bool wanted[],
                               int32_t *n_stretch, cell_stretch **stretch, mec_err *err)
{
    int32_t count = 0;

    for (int32_t i = 0; i < n; i++) {
        count += wanted[i] && (i == 0 || !wanted[i - 1]);
    }
    *n_stretch = count;
    *stretch = mec_arena_calloc(arena, (size_t)count + 1, sizeof **stretch);
    if (*stretch == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for a cell");
    }
    count = 0;
    for (int32_t i = 0; i < n; i++) {
        if (wanted[i] && (i == 0 || !wanted[i - 1])) {
            (*stretch)[count++] = (cell_stretch){i, 0};
        }
        if (wanted[i]) {
            (*stretch)[count - 1].n++;
        }
    }
    return MEC_OK;
}

/* A set of sections with the same mechanisms. */
typedef struct group {
    uint64_t mechs; /* bit per mechanism, the first 64 */
    int32_t position;
} group;

typedef struct grouping {
    int32_t n;
    group *group;        /* [n] */
    int32_t *of_section; /* [n_section] */
} grouping;

static void make_groups(const mec_cell *cell, grouping *all)
{
    for (int32_t s = 0; s < cell->n_section; s++) {
        uint64_t mechs = 0;
        int32_t g = 0;

        for (int32_t m = 0; m < cell->n_mech && m < 64; m++) {
            mechs |= (uint64_t)cell->mech[m]->present[s] << m;
        }
        while (g < all->n && all->group[g].mechs != mechs) {
            g++;
        }
        if (g == all->n) {
            all->group[all->n++].mechs = mechs;
        }
        all->of_section[s] = g;
    }
}

/* Stretches of all mechanisms when the groups stand in this order. */
static int32_t count_stretches(const grouping *all, const int32_t order[])
{
    int32_t count = 0;
    uint64_t before = 0;

    for (int32_t i = 0; i < all->n; i++) {
        uint64_t here = all->group[order[i]].mechs;

        count += (int32_t)__builtin_popcountll(here & ~before);
        before = here;
    }
    return count;
}

/* Try all orders of order[k..n); keeps the best. */
static void permute(const grouping *all, int32_t order[], int32_t k, int32_t best[],
                    int32_t *best_count)
{
    if (k == all->n) {
        int32_t count = count_stretches(all, order);

        if (count < *best_count) {
            *best_count = count;
            memcpy(best, order, (size_t)all->n * sizeof *best);
        }
        return;
    }
    for (int32_t i = k; i < all->n; i++) {
        int32_t swap = order[k];

        order[k] = order[i];
        order[i] = swap;
        permute(all, order, k + 1, best, best_count);
        order[i] = order[k];
        order[k] = swap;
    }
}

/* Each next group is the one that starts the fewest stretches. */
static void order_greedily(const grouping *all, int32_t order[])
{
    uint64_t before = 0;

    for (int32_t k = 0; k < all->n; k++) {
        int32_t pick = k;
        int best = 65;

        for (int32_t i = k; i < all->n; i++) {
            int starts = __builtin_popcountll(all->group[order[i]].mechs & ~before);

            if (starts < best) {
                best = starts;
                pick = i;
            }
        }
        int32_t swap = order[k];
        order[k] = order[pick];
        order[pick] = swap;
        before = all->group[order[k]].mechs;
    }
}

static void order_groups(grouping *all, int32_t order[], int32_t best[])
{
    for (int32_t i = 0; i < all->n; i++) {
        order[i] = best[i] = i;
    }
    if (all->n <= MAX_GROUPS_EXHAUSTIVE) {
        int32_t best_count = INT32_MAX;

        permute(all, order, 0, best, &best_count);
    } else {
        order_greedily(all, best);
    }
    for (int32_t i = 0; i < all->n; i++) {
        all->group[best[i]].position = i;
    }
}

void cell_mark_pads(const mec_cell *cell, bool wanted[])
{
    for (int32_t k = 0; k < cell->n_pad; k++) {
        wanted[cell->pad[k]] = wanted[cell->pad[k] - 1];
    }
}

/* Number the segments group by group, inside a group in NEURON's order. */
static void number_slots(mec_cell *cell, const grouping *all)
{
    const mec_geometry *g = cell->geometry;
    int32_t next = 0;

    for (int32_t position = 0; position < all->n; position++) {
        for (int32_t i = 0; i < g->n_node; i++) {
            int32_t s = g->section[i], k = g->segment[i];

            if (k < 0 || k >= cell->morphology->section[s].nseg ||
                all->group[all->of_section[s]].position != position) {
                continue;
            }
            cell->slot_of_segment[cell->first_segment[s] + k] = next;
            cell->segment_of_slot[next] = cell->first_segment[s] + k;
            next++;
        }
        while (next % CELL_LANES != 0) {
            cell->segment_of_slot[next] = cell->segment_of_slot[next - 1];
            cell->pad[cell->n_pad++] = next++;
        }
    }
    cell->n_slot = next;
}

mec_status cell_order_nodes(mec_cell *cell, mec_err *err)
{
    size_t n_section = (size_t)cell->n_section, n_segment = (size_t)cell->n_segment;
    grouping all = {0, NULL, NULL};
    int32_t *order = mec_arena_calloc(cell->arena, n_section, sizeof *order);
    int32_t *best = mec_arena_calloc(cell->arena, n_section, sizeof *best);

    all.group = mec_arena_calloc(cell->arena, n_section, sizeof *all.group);
    all.of_section = mec_arena_calloc(cell->arena, n_section, sizeof(int32_t));
    cell->slot_of_segment = mec_arena_calloc(cell->arena, n_segment, sizeof(int32_t));
    if (order == NULL || best == NULL || all.group == NULL || all.of_section == NULL ||
        cell->slot_of_segment == NULL) {
        return mec_no_memory(err);
    }
    make_groups(cell, &all);
    size_t n_pad = (size_t)all.n * (CELL_LANES - 1);
    cell->segment_of_slot =
        mec_arena_calloc(cell->arena, n_segment + n_pad, sizeof(int32_t));
    cell->pad = mec_arena_calloc(cell->arena, n_pad, sizeof(int32_t));
    if (cell->segment_of_slot == NULL || cell->pad == NULL) {
        return mec_no_memory(err);
    }
    order_groups(&all, order, best);
    number_slots(cell, &all);
    return MEC_OK;
}
