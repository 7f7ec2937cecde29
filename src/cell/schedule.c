/* The order in which the tree's matrix is eliminated (see cell_schedule in hot.h).
 *
 * A long path of nodes takes its time, because each division waits for the one before. So
 * nodes are taken in levels of a few at a time, those with the longest path ahead first
 * (Hu 1961, Operations Research 9:841): short branches fill the levels of the long ones.
 * The arithmetic on each node is NEURON's. */

#include "cell_priv.h"

#include <string.h>

/* Work space of construction, by NEURON's node number. */
typedef struct sorting {
    int32_t n;         /* nodes */
    int32_t *height;   /* above the leaves; -1: left out */
    int32_t *depth;    /* below the root */
    int32_t *n_child;  /* that are not left out */
    int32_t *position; /* on the way down */
    int32_t *waiting;  /* what a node has to wait for: number of nodes */
    int32_t *ready;    /* nodes that wait for nothing, the most urgent one last */
    int32_t n_ready;
    int32_t *taken;                 /* nodes of the latest level */
    int32_t *last_child, *sibling;  /* 0: none */
    int32_t *down_level, *up_level; /* of each node */
    int32_t n_down, n_up;           /* levels */
} sorting;

/* Arrays of a cell_schedule, writable. */
typedef struct arrays {
    cell_level *down_level, *up_level;
    int32_t *down, *first_child, *n_child, *child, *only, *only_slot, *up, *up_parent;
    double *down_a, *down_b, *only_b, *factor, *up_b;
} arrays;

static bool allocate(mec_arena *arena, size_t n, sorting *sort, arrays *x)
{
    sort->height = mec_arena_calloc(arena, n, sizeof(int32_t));
    sort->depth = mec_arena_calloc(arena, n, sizeof(int32_t));
    sort->n_child = mec_arena_calloc(arena, n, sizeof(int32_t));
    sort->position = mec_arena_calloc(arena, n, sizeof(int32_t));
    sort->waiting = mec_arena_calloc(arena, n, sizeof(int32_t));
    sort->ready = mec_arena_calloc(arena, n, sizeof(int32_t));
    sort->taken = mec_arena_calloc(arena, n, sizeof(int32_t));
    sort->last_child = mec_arena_calloc(arena, n, sizeof(int32_t));
    sort->sibling = mec_arena_calloc(arena, n, sizeof(int32_t));
    sort->down_level = mec_arena_calloc(arena, n, sizeof(int32_t));
    sort->up_level = mec_arena_calloc(arena, n, sizeof(int32_t));
    x->down_level = mec_arena_calloc(arena, n, sizeof(cell_level));
    x->up_level = mec_arena_calloc(arena, n, sizeof(cell_level));
    x->down = mec_arena_calloc(arena, n, sizeof(int32_t));
    x->first_child = mec_arena_calloc(arena, n, sizeof(int32_t));
    x->n_child = mec_arena_calloc(arena, n, sizeof(int32_t));
    x->child = mec_arena_calloc(arena, n, sizeof(int32_t));
    x->only = mec_arena_calloc(arena, n, sizeof(int32_t));
    x->only_slot = mec_arena_calloc(arena, n, sizeof(int32_t));
    x->only_b = mec_arena_calloc(arena, n, sizeof(double));
    x->up = mec_arena_calloc(arena, n, sizeof(int32_t));
    x->up_parent = mec_arena_calloc(arena, n, sizeof(int32_t));
    x->down_a = mec_arena_calloc(arena, n, sizeof(double));
    x->down_b = mec_arena_calloc(arena, n, sizeof(double));
    x->factor = mec_arena_calloc(arena, n, sizeof(double));
    x->up_b = mec_arena_calloc(arena, n, sizeof(double));
    return sort->height != NULL && sort->depth != NULL && sort->n_child != NULL &&
           sort->position != NULL && sort->waiting != NULL && sort->ready != NULL &&
           sort->taken != NULL && sort->last_child != NULL && sort->sibling != NULL &&
           sort->down_level != NULL && sort->up_level != NULL &&
           x->down_level != NULL && x->up_level != NULL && x->down != NULL &&
           x->first_child != NULL && x->n_child != NULL && x->child != NULL &&
           x->only != NULL && x->only_slot != NULL && x->only_b != NULL &&
           x->up != NULL && x->up_parent != NULL && x->down_a != NULL &&
           x->down_b != NULL && x->factor != NULL && x->up_b != NULL;
}

static void measure(const mec_geometry *g, const bool left_out[], sorting *sort)
{
    sort->n = g->n_node;
    for (int32_t i = g->n_node - 1; i >= 1; i--) {
        int32_t *above = &sort->height[g->parent[i]];

        if (left_out != NULL && left_out[i]) {
            sort->height[i] = -1;
            continue;
        }
        sort->n_child[g->parent[i]]++;
        *above = *above > sort->height[i] ? *above : sort->height[i] + 1;
    }
    for (int32_t i = 1; i < g->n_node; i++) {
        sort->depth[i] = sort->depth[g->parent[i]] + 1;
    }
}

/* How many nodes a level takes, so that there are hardly more levels than the longest path
 * has nodes. */
static int32_t level_width(const sorting *sort)
{
    int32_t longest = sort->height[0] > 1 ? sort->height[0] : 1;
    int32_t width = (sort->n / longest + 3) / 4 * 4;

    return width > 4 ? width : 4;
}

static void put_ready(sorting *sort, const int32_t urgency[], int32_t node)
{
    int32_t k = sort->n_ready++;

    for (; k > 0 && urgency[sort->ready[k - 1]] > urgency[node]; k--) {
        sort->ready[k] = sort->ready[k - 1];
    }
    sort->ready[k] = node;
}

/* Take the most urgent nodes as a level; returns how many. */
static int32_t take_level(sorting *sort, int32_t number, int32_t level[])
{
    int32_t width = level_width(sort);
    int32_t n = sort->n_ready < width ? sort->n_ready : width;

    sort->n_ready -= n;
    for (int32_t k = 0; k < n; k++) {
        sort->taken[k] = sort->ready[sort->n_ready + k];
        level[sort->taken[k]] = number;
    }
    return n;
}

/* Level 0 has all leaves, which wait for nothing. */
static void plan_down(const mec_geometry *g, sorting *sort)
{
    int32_t n;

    for (int32_t i = 1; i < sort->n; i++) {
        if (sort->height[i] > 0) {
            sort->waiting[g->parent[i]]++;
        }
    }
    for (int32_t i = 1; i < sort->n; i++) {
        if (sort->height[i] > 0 && sort->waiting[i] == 0) {
            put_ready(sort, sort->depth, i);
        }
    }
    sort->n_down = 1;
    while ((n = take_level(sort, sort->n_down, sort->down_level)) > 0) {
        sort->n_down++;
        for (int32_t k = 0; k < n; k++) {
            int32_t parent = g->parent[sort->taken[k]];

            if (--sort->waiting[parent] == 0 && parent > 0) {
                put_ready(sort, sort->depth, parent);
            }
        }
    }
}

static void put_children(sorting *sort, int32_t node)
{
    for (int32_t i = sort->last_child[node]; i > 0; i = sort->sibling[i]) {
        put_ready(sort, sort->height, i);
    }
}

static void plan_up(const mec_geometry *g, sorting *sort)
{
    int32_t n;

    for (int32_t i = 1; i < sort->n; i++) {
        if (sort->height[i] >= 0) {
            sort->sibling[i] = sort->last_child[g->parent[i]];
            sort->last_child[g->parent[i]] = i;
        }
    }
    put_children(sort, 0);
    while ((n = take_level(sort, sort->n_up, sort->up_level)) > 0) {
        sort->n_up++;
        for (int32_t k = 0; k < n; k++) {
            put_children(sort, sort->taken[k]);
        }
    }
}

static void place_down(const cell_tree *t, sorting *sort, arrays *x, int32_t i,
                       int32_t next)
{
    sort->position[i] = next;
    x->down[next] = t->slot[i];
    x->down_a[next] = t->a[i];
    x->down_b[next] = t->b[i];
    x->n_child[next] = sort->n_child[i];
}

/* Positions on the way down: level by level, in each the branching nodes first. */
static void sort_down(const cell_tree *t, sorting *sort, arrays *x)
{
    int32_t next = 0;

    for (int32_t level = 0; level < sort->n_down; level++) {
        for (int several = 1; several >= 0; several--) {
            int32_t first = next;

            for (int32_t i = sort->n - 1; i >= 1; i--) {
                if (sort->height[i] >= 0 && sort->down_level[i] == level &&
                    (sort->n_child[i] > 1) == several) {
                    place_down(t, sort, x, i, next++);
                }
            }
            if (several) {
                x->down_level[level].n_branch = next - first;
            } else {
                x->down_level[level].n_chain = next - first;
            }
        }
    }
    sort->position[0] = next;
    x->n_child[next] = sort->n_child[0];
}

/* Children of each position, by descending node number. */
static void list_children(const mec_geometry *g, const sorting *sort, arrays *x)
{
    int32_t next = 0;

    for (int32_t i = 0; i < sort->n; i++) {
        if (i == 0 || sort->height[i] >= 0) {
            x->first_child[sort->position[i]] = next;
            next += sort->n_child[i];
            x->n_child[sort->position[i]] = 0;
        }
    }
    for (int32_t i = sort->n - 1; i >= 1; i--) {
        if (sort->height[i] >= 0) {
            int32_t parent = sort->position[g->parent[i]];

            x->child[x->first_child[parent] + x->n_child[parent]++] = sort->position[i];
        }
    }
}

static void note_only_children(int32_t n_down, arrays *x)
{
    for (int32_t i = 0; i < n_down; i++) {
        if (x->n_child[i] == 1) {
            x->only[i] = x->child[x->first_child[i]];
            x->only_slot[i] = x->down[x->only[i]];
            x->only_b[i] = x->down_b[x->only[i]];
        }
    }
}

static void sort_up(const cell_tree *t, const sorting *sort, arrays *x)
{
    int32_t next = 0;

    for (int32_t level = 0; level < sort->n_up; level++) {
        for (int32_t i = 1; i < sort->n; i++) {
            if (sort->up_level[i] == level && sort->height[i] >= 0) {
                x->up[next] = t->slot[i];
                x->up_parent[next] = t->parent[i];
                x->up_b[next] = t->b[i];
                next++;
                x->up_level[level].n_chain++;
            }
        }
    }
}

mec_status cell_make_schedule(mec_cell *cell, const bool left_out[],
                              cell_schedule *schedule, mec_err *err)
{
    const cell_tree *t = &cell->tree;
    sorting sort = {0};
    arrays x;

    if (!allocate(cell->arena, (size_t)t->n_node + 1, &sort, &x)) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for a cell");
    }
    measure(cell->geometry, left_out, &sort);
    plan_down(cell->geometry, &sort);
    plan_up(cell->geometry, &sort);
    sort_down(t, &sort, &x);
    list_children(cell->geometry, &sort, &x);
    note_only_children(sort.position[0], &x);
    sort_up(t, &sort, &x);
    *schedule = (cell_schedule){.n_down_level = sort.n_down,
                                .n_up_level = sort.n_up,
                                .down_level = x.down_level,
                                .up_level = x.up_level,
                                .down = x.down,
                                .down_a = x.down_a,
                                .first_child = x.first_child,
                                .n_child = x.n_child,
                                .child = x.child,
                                .down_b = x.down_b,
                                .only = x.only,
                                .only_slot = x.only_slot,
                                .only_b = x.only_b,
                                .factor = x.factor,
                                .n_down = sort.position[0],
                                .root = t->slot[0],
                                .up = x.up,
                                .up_parent = x.up_parent,
                                .up_b = x.up_b};
    return MEC_OK;
}
