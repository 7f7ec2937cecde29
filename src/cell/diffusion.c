/* LONGITUDINAL_DIFFUSION: states that diffuse along the cell, as NEURON's ldifus.c solves
 * them: each state, and each element of an array, by itself, by backward Euler on the tree
 * of the segments that have the mechanism. */

#include "cell_priv.h"

#include <math.h>

struct cell_diffusion {
    cell_mech *mech;
    int32_t n;
    int32_t *instance;          /* [n] in the order of NEURON's nodes */
    const mec_run **run;        /* [n] that it belongs to */
    int32_t *at;                /* [n] place in the run */
    int32_t *parent;            /* [n] place in this list, -1: none */
    double *to_parent;          /* [n] 1/um2, effect of the instance on its parent */
    double *from_parent;        /* [n] 1/um2, effect of the parent on the instance */
    double *a, *b, *diag, *rhs; /* [n] work */
};

/* --- construction --- */

/* Which instance each node has, -1: none. */
static mec_status map_nodes(const mec_cell *cell, const cell_mech *mech,
                            int32_t instance_of[], mec_err *err)
{
    for (int32_t i = 0; i < cell->tree.n_node; i++) {
        int32_t slot = cell->tree.slot[i] - cell->work.pad_zero;

        instance_of[i] =
            slot < 0 || mech->point_of != NULL ? -1 : mech->instance_of[slot];
    }
    for (int32_t k = 0; mech->point_of != NULL && k < mech->n_instance; k++) {
        int32_t node = cell->point.data[mech->point_of[k]].order;

        if (instance_of[node] >= 0) {
            return mec_fail(
                err, MEC_E_INPUT,
                "%s: two %s sit on one segment, and what they diffuse would "
                "mix (place one per segment)",
                mech->desc->file, mech->desc->name);
        }
        instance_of[node] = k;
    }
    return MEC_OK;
}

/* The node whose instance the node exchanges with, -1: none. Where the parent has no
 * instance, its parent counts, then the beginning of the parent section. */
static int32_t parent_with_instance(const mec_cell *cell, const int32_t instance_of[],
                                    int32_t node)
{
    const mec_geometry *g = cell->geometry;
    int32_t parent = g->parent[node];

    if (parent < 0 || instance_of[parent] >= 0) {
        return parent;
    }
    parent = g->parent[parent];
    if (parent < 0 || instance_of[parent] < 0) {
        int32_t section = cell->morphology->section[g->section[node]].parent;

        parent = section < 0 ? -1 : g->first_node[section];
    }
    return parent >= 0 && instance_of[parent] >= 0 ? parent : -1;
}

static double segment_length(const mec_cell *cell, int32_t node)
{
    const mec_section *section =
        &cell->morphology->section[cell->geometry->section[node]];

    return section->length_um / (double)section->nseg;
}

static void find_run(cell_diffusion *d, int32_t k)
{
    const cell_mech *mech = d->mech;
    int32_t r = 0;

    while (r + 1 < mech->n_run && mech->first_instance[r + 1] <= d->instance[k]) {
        r++;
    }
    d->run[k] = &mech->run[r];
    d->at[k] = d->instance[k] - mech->first_instance[r];
}

static void connect(const mec_cell *cell, cell_diffusion *d, int32_t instance_of[],
                    int32_t place_of[])
{
    for (int32_t i = 0; i < cell->tree.n_node; i++) {
        int32_t k = d->n, parent;

        if (instance_of[i] < 0) {
            continue;
        }
        parent = parent_with_instance(cell, instance_of, i);
        place_of[i] = d->n++;
        d->instance[k] = instance_of[i];
        d->parent[k] = parent < 0 ? -1 : place_of[parent];
        find_run(d, k);
        if (parent >= 0) {
            double own = segment_length(cell, i), its = segment_length(cell, parent);

            d->to_parent[k] = 2.0 / its / (own + its);
            d->from_parent[k] = 2.0 / own / (own + its);
        }
    }
}

static mec_status make_one(mec_cell *cell, cell_mech *mech, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *arena = cell->arena;
    size_t n = (size_t)mech->n_instance + 1, n_node = (size_t)cell->tree.n_node;
    cell_diffusion *d = mec_arena_calloc(arena, 1, sizeof *d);
    int32_t *whole = mec_arena_calloc(arena, 3 * n + 2 * n_node, sizeof *whole);
    double *real = mec_arena_calloc(arena, 6 * n, sizeof *real);
    const mec_run **run = mec_arena_calloc(arena, n, sizeof(mec_run *));

    if (d == NULL || whole == NULL || real == NULL || run == NULL) {
        return mec_no_memory(err);
    }
    *d = (cell_diffusion){.mech = mech,
                          .instance = whole,
                          .run = run,
                          .at = whole + n,
                          .parent = whole + 2 * n,
                          .to_parent = real,
                          .from_parent = real + n,
                          .a = real + 2 * n,
                          .b = real + 3 * n,
                          .diag = real + 4 * n,
                          .rhs = real + 5 * n};
    MEC_TRY(map_nodes(cell, mech, whole + 3 * n, err));
    connect(cell, d, whole + 3 * n, whole + 3 * n + n_node);
    mech->diffusion = d;
done:
    return st;
}

/* States diffuse in the order in which their mechanisms are registered. */
static void list_mech(mec_cell *cell, cell_mech *mech)
{
    int32_t k = cell->n_diffusing++;

    for (; k > 0 && cell->diffusing[k - 1]->registered > mech->registered; k--) {
        cell->diffusing[k] = cell->diffusing[k - 1];
    }
    cell->diffusing[k] = mech;
}

mec_status cell_make_diffusion(mec_cell *cell, mec_err *err)
{
    mec_status st = MEC_OK;

    cell->diffusing =
        mec_arena_calloc(cell->arena, (size_t)cell->n_mech + 1, sizeof(cell_mech *));
    if (cell->diffusing == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t m = 0; m < cell->n_mech; m++) {
        if (cell->mech[m]->desc->n_diffusion > 0 && cell->mech[m]->n_instance > 0) {
            MEC_TRY(make_one(cell, cell->mech[m], err));
            list_mech(cell, cell->mech[m]);
        }
    }
done:
    return st;
}

/* --- one state --- */

static double *state_of(const cell_diffusion *d, const mec_diffusion_desc *desc,
                        int32_t element, int32_t k)
{
    return desc->ion_ref >= 0 ? &d->run[k]->ion[desc->ion_ref][d->at[k]]
                              : &d->run[k]->column[desc->column + element][d->at[k]];
}

static double *derivative_of(const cell_diffusion *d, const mec_diffusion_desc *desc,
                             int32_t element, int32_t k)
{
    return &d->run[k]->column[desc->derivative + element][d->at[k]];
}

static double term_of(const cell_diffusion *d, int term, int32_t k)
{
    return d->run[k]->column[d->mech->desc->diffusion_column + term][d->at[k]];
}

/* Volumes and coefficients of one element, and the couplings a and b with sign. */
static mec_status couple(mec_cell *cell, cell_diffusion *d,
                         const mec_diffusion_desc *desc, int32_t element, double sign,
                         mec_err *err)
{
    mec_status st = MEC_OK;

    cell->env.element = element;
    MEC_TRY(cell_run_kernel(cell, d->mech, desc->coefficients, err));
    for (int32_t k = 0; k < d->n; k++) {
        int32_t p = d->parent[k];

        if (p >= 0) {
            double product = (term_of(d, MEC_DIFFUSION_PRODUCT, k) +
                              term_of(d, MEC_DIFFUSION_PRODUCT, p)) /
                             2.0;

            d->a[k] =
                sign * d->to_parent[k] * product / term_of(d, MEC_DIFFUSION_VOLUME, p);
            d->b[k] = sign * d->from_parent[k] * product /
                      term_of(d, MEC_DIFFUSION_VOLUME, k);
        }
    }
done:
    return st;
}

static void add_time_step(cell_diffusion *d, double dt)
{
    for (int32_t k = 0; k < d->n; k++) {
        int32_t p = d->parent[k];

        d->diag[k] += 1.0 / dt;
        if (p >= 0) {
            d->diag[k] -= d->b[k];
            d->diag[p] -= d->a[k];
        }
    }
}

static void eliminate(cell_diffusion *d)
{
    for (int32_t k = d->n - 1; k > 0; k--) {
        int32_t p = d->parent[k];

        if (p >= 0) {
            double ratio = d->a[k] / d->diag[k];

            d->diag[p] -= ratio * d->b[k];
            d->rhs[p] -= ratio * d->rhs[k];
        }
    }
    for (int32_t k = 0; k < d->n; k++) {
        if (d->parent[k] >= 0) {
            d->rhs[k] -= d->b[k] * d->rhs[d->parent[k]];
        }
        d->rhs[k] /= d->diag[k];
    }
}

static mec_status step_state(mec_cell *cell, cell_diffusion *d,
                             const mec_diffusion_desc *desc, int32_t element,
                             mec_err *err)
{
    mec_status st = MEC_OK;
    double dt = cell->env.dt;

    MEC_TRY(couple(cell, d, desc, element, -1.0, err));
    for (int32_t k = 0; k < d->n; k++) {
        d->diag[k] = 0.0;
        d->rhs[k] = *state_of(d, desc, element, k) / dt;
    }
    add_time_step(d, dt);
    eliminate(d);
    for (int32_t k = 0; k < d->n; k++) {
        *state_of(d, desc, element, k) = d->rhs[k];
    }
done:
    return st;
}

static mec_status add_slopes(mec_cell *cell, cell_diffusion *d,
                             const mec_diffusion_desc *desc, int32_t element,
                             mec_err *err)
{
    mec_status st = MEC_OK;

    if (desc->derivative < 0) {
        return MEC_OK;
    }
    MEC_TRY(couple(cell, d, desc, element, 1.0, err));
    for (int32_t k = 0; k < d->n; k++) {
        int32_t p = d->parent[k];

        if (p >= 0) {
            double difference =
                *state_of(d, desc, element, p) - *state_of(d, desc, element, k);

            *derivative_of(d, desc, element, k) += difference * d->b[k];
            *derivative_of(d, desc, element, p) -= difference * d->a[k];
        }
    }
done:
    return st;
}

/* What a flux adds to the diagonal: |d(flux)/d(state)| by way of the ion's current. */
static double flux_slope(const mec_cell *cell, const cell_diffusion *d,
                         const mec_diffusion_desc *desc, int32_t element, int32_t k)
{
    double slope = term_of(d, MEC_DIFFUSION_SLOPE, k);

    if (desc->current < 0 || slope == 0.0) {
        return 0.0;
    }
    slope *= cell_nernst_factor(cell, d->mech->ion[desc->current]);
    return fabs(slope) / term_of(d, MEC_DIFFUSION_VOLUME, k) /
           *state_of(d, desc, element, k);
}

static mec_status solve_state(mec_cell *cell, cell_diffusion *d,
                              const mec_diffusion_desc *desc, int32_t element,
                              mec_err *err)
{
    mec_status st = MEC_OK;
    double gamma = cell->env.gamma;

    if (desc->derivative < 0) {
        return MEC_OK;
    }
    MEC_TRY(couple(cell, d, desc, element, -1.0, err));
    for (int32_t k = 0; k < d->n; k++) {
        d->diag[k] = flux_slope(cell, d, desc, element, k);
        d->rhs[k] = *derivative_of(d, desc, element, k) / gamma;
    }
    add_time_step(d, gamma);
    eliminate(d);
    for (int32_t k = 0; k < d->n; k++) {
        *derivative_of(d, desc, element, k) = d->rhs[k];
    }
done:
    return st;
}

/* --- all states of a mechanism --- */

typedef mec_status (*on_state)(mec_cell *cell, cell_diffusion *d,
                               const mec_diffusion_desc *desc, int32_t element,
                               mec_err *err);

static mec_status each_state(mec_cell *cell, const cell_mech *mech, on_state act,
                             mec_err *err)
{
    mec_status st = MEC_OK;

    for (int32_t i = 0; mech->diffusion != NULL && i < mech->desc->n_diffusion; i++) {
        const mec_diffusion_desc *desc = &mech->desc->diffusions[i];

        for (int32_t element = 0; element < desc->length; element++) {
            MEC_TRY(act(cell, mech->diffusion, desc, element, err));
        }
    }
done:
    return st;
}

mec_status cell_diffuse(mec_cell *cell, mec_err *err)
{
    mec_status st = MEC_OK;

    for (int32_t m = 0; m < cell->n_diffusing; m++) {
        MEC_TRY(each_state(cell, cell->diffusing[m], step_state, err));
    }
done:
    return st;
}

mec_status cell_add_diffusion(mec_cell *cell, const cell_mech *mech, mec_err *err)
{
    return each_state(cell, mech, add_slopes, err);
}

mec_status cell_solve_diffusion(mec_cell *cell, const cell_mech *mech, mec_err *err)
{
    return each_state(cell, mech, solve_state, err);
}

bool cell_diffusion_needs_didv(const mec_cell *cell)
{
    for (int32_t m = 0; m < cell->n_diffusing; m++) {
        const mec_mechanism_desc *desc = cell->diffusing[m]->desc;

        for (int32_t i = 0; i < desc->n_diffusion; i++) {
            if (desc->diffusions[i].current >= 0) {
                return true;
            }
        }
    }
    return false;
}
