/* Storage of the mechanisms' instances and of the solver's vectors.
 *
 * An integrated STATE column lies inside the solver's vector y and its derivative at the
 * same place of f, so nothing is copied between mechanisms and solver. */

#include "cell_priv.h"

#include <string.h>

/* Instances in a piece, whose columns fit the nearest cache; a mechanism with few states
 * is better taken as a whole. */
enum { PIECE = 256, FEW_STATES = 1024 };

static bool is_scalar(mec_kernel kernel, mec_kernel baseline)
{
    return kernel != NULL && kernel == baseline;
}

/* Kernels of the baseline go from instance to instance and may have side effects. */
static bool wants_pads(const cell_mech *mech)
{
    const mec_kernels *own = mech->kernels;
    const mec_kernels *baseline = mech->desc->kernels[MEC_ISA_BASELINE];

    return own != baseline && mech->desc->n_pointer == 0 && !mech->desc->one_by_one &&
           !is_scalar(own->current, baseline->current) &&
           !is_scalar(own->state, baseline->state) &&
           !is_scalar(own->derivative, baseline->derivative);
}

/* Which segment slots carry the mechanism. */
static void mark_present(const mec_cell *cell, const cell_mech *mech, bool wanted[])
{
    memset(wanted, 0, (size_t)cell->n_slot * sizeof *wanted);
    for (int32_t s = 0; s < cell->n_section; s++) {
        for (int32_t k = cell->first_segment[s]; k < cell->first_segment[s + 1]; k++) {
            wanted[cell->slot_of_segment[k]] = mech->present[s];
        }
    }
    if (wants_pads(mech)) {
        cell_mark_pads(cell, wanted);
    }
}

static mec_status list_pads(mec_cell *cell, cell_mech *mech, mec_err *err)
{
    mech->pad =
        mec_arena_calloc(cell->arena, (size_t)cell->n_pad + 1, sizeof *mech->pad);
    if (mech->pad == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t k = 0; k < cell->n_pad; k++) {
        int32_t instance = mech->instance_of[cell->pad[k]];

        if (instance >= 0) {
            mech->pad[mech->n_pad++] = instance;
        }
    }
    return MEC_OK;
}

static mec_status allocate_pointers(mec_cell *cell, cell_mech *mech, mec_err *err)
{
    size_t n = (size_t)mech->n_instance * (size_t)mech->desc->n_pointer;

    mech->stride = cell_pad(mech->n_instance);
    if (mech->desc->n_pointer > 0) {
        mech->pointer = mec_arena_calloc(cell->arena, n + 1, sizeof(void *));
        mech->lent = mec_arena_calloc(cell->arena, n + 1, sizeof(bool));
        if (mech->pointer == NULL || mech->lent == NULL) {
            return mec_no_memory(err);
        }
    }
    return MEC_OK;
}

static mec_status number_instances(mec_cell *cell, cell_mech *mech, bool wanted[],
                                   mec_err *err)
{
    mec_arena *arena = cell->arena;
    mec_status st = MEC_OK;

    if (mech->desc->kind != MEC_DENSITY) {
        MEC_TRY(cell_number_points(cell, mech, err));
        return allocate_pointers(cell, mech, err);
    }
    mark_present(cell, mech, wanted);
    MEC_TRY(cell_find_stretches(arena, cell->n_slot, wanted, &mech->n_run,
                                &mech->stretch, err));
    mech->instance_of = mec_arena_calloc(arena, (size_t)cell->n_slot, sizeof(int32_t));
    mech->slot_of = mec_arena_calloc(arena, (size_t)cell->n_slot, sizeof(int32_t));
    mech->first_instance =
        mec_arena_calloc(arena, (size_t)mech->n_run + 1, sizeof(int32_t));
    if (mech->instance_of == NULL || mech->slot_of == NULL ||
        mech->first_instance == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t k = 0; k < cell->n_slot; k++) {
        mech->instance_of[k] = -1;
    }
    for (int32_t r = 0; r < mech->n_run; r++) {
        mech->first_instance[r] = mech->n_instance;
        for (int32_t k = 0; k < mech->stretch[r].n; k++) {
            mech->slot_of[mech->n_instance] = mech->stretch[r].first + k;
            mech->instance_of[mech->stretch[r].first + k] = mech->n_instance++;
        }
    }
    MEC_TRY(allocate_pointers(cell, mech, err));
    MEC_TRY(list_pads(cell, mech, err));
done:
    return st;
}

/* Columns of integrated states go to y and f, from `offset` on; all others get memory of
 * their own. */
static mec_status place_columns(mec_cell *cell, cell_mech *mech, int32_t offset,
                                mec_err *err)
{
    const mec_mechanism_desc *desc = mech->desc;
    size_t n_own = 0;

    mech->column =
        mec_arena_calloc(cell->arena, (size_t)desc->n_column + 1, sizeof(double *));
    if (mech->column == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t s = 0; s < desc->n_state; s++) {
        int32_t at = offset + s * mech->stride;

        mech->column[desc->states[s].column] = cell->work.y + at;
        mech->column[desc->states[s].derivative] = cell->work.f + at;
    }
    for (int32_t c = 0; c < desc->n_column; c++) {
        n_own += mech->column[c] == NULL;
    }
    double *own =
        mec_arena_calloc(cell->arena, n_own * (size_t)mech->stride + 1, sizeof *own);
    if (own == NULL) {
        return mec_no_memory(err);
    }
    mech->own = own;
    mech->n_own = n_own * (size_t)mech->stride;
    for (int32_t c = 0; c < desc->n_column; c++) {
        if (mech->column[c] == NULL) {
            mech->column[c] = own;
            own += mech->stride;
        }
    }
    return MEC_OK;
}

/* The run of a point process: on any node, or nowhere. */
static void place_point(mec_cell *cell, int32_t point, mec_run *run)
{
    int32_t slot = cell->point.data[point].slot;

    run->point = point;
    if (slot < 0) {
        run->v = cell->nowhere[0];
        run->rhs = cell->nowhere[1];
        run->d = cell->nowhere[2];
        run->area = cell->nowhere[3];
    }
    if (slot < cell->work.pad_zero) {
        run->diam = cell->nowhere[4];
    }
}

/* n instances from `instance` on, which sit on the segment slots from `first` on. */
static mec_status make_run(mec_cell *cell, const cell_mech *mech, int32_t instance,
                           int32_t first, int32_t n, mec_run *run, mec_err *err)
{
    const mec_mechanism_desc *desc = mech->desc;
    mec_arena *arena = cell->arena;
    int32_t node = cell->work.pad_zero + first;
    double **column =
        mec_arena_calloc(arena, (size_t)desc->n_column + 1, sizeof *column);
    double **ion = mec_arena_calloc(arena, (size_t)desc->n_ion_ref + 1, sizeof *ion);

    if (column == NULL || ion == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t c = 0; c < desc->n_column; c++) {
        column[c] = mech->column[c] + instance;
    }
    for (int32_t k = 0; k < desc->n_ion_ref; k++) {
        const mec_ion_ref *ref = &desc->ion_refs[k];

        ion[k] = cell->ion[mech->ion[ref->use]].value[ref->variable] + first;
    }
    *run = (mec_run){.n = n,
                     .env = &cell->env,
                     .global = mech->global,
                     .external = mech->external,
                     .v = cell->work.node_v + node,
                     .column = column,
                     .ion = ion,
                     .rhs = cell->work.node_f + node,
                     .d = cell->work.node_g + node,
                     .area = cell->tree.area + node,
                     .diam = cell->tree.diam + first,
                     .point = -1,
                     .instance = mech->pointer == NULL
                                     ? NULL
                                     : mech->pointer + instance * desc->n_pointer};
    return MEC_OK;
}

static mec_status make_runs(mec_cell *cell, cell_mech *mech, mec_err *err)
{
    mec_status st = MEC_OK;

    mech->run =
        mec_arena_calloc(cell->arena, (size_t)mech->n_run + 1, sizeof *mech->run);
    if (mech->run == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t r = 0; r < mech->n_run; r++) {
        MEC_TRY(make_run(cell, mech, mech->first_instance[r], mech->stretch[r].first,
                         mech->stretch[r].n, &mech->run[r], err));
        if (mech->point_of != NULL) {
            place_point(cell, mech->point_of[r], &mech->run[r]);
        }
    }
done:
    return st;
}

/* The pads among the instances of a piece. */
static void find_pads(const cell_mech *mech, cell_piece *piece)
{
    int32_t k = 0;

    while (k < mech->n_pad && mech->pad[k] < piece->first) {
        k++;
    }
    piece->pad = mech->pad + k;
    while (k + piece->n_pad < mech->n_pad &&
           piece->pad[piece->n_pad] < piece->first + piece->run.n) {
        piece->n_pad++;
    }
}

/* Pieces begin and end with whole vectors, which needs runs that do. */
static mec_status make_pieces(mec_cell *cell, cell_mech *mech, mec_err *err)
{
    mec_status st = MEC_OK;
    bool split = wants_pads(mech) && mech->point_of == NULL &&
                 mech->kernels->derivative != NULL && mech->kernels->solve != NULL &&
                 mech->kernels->after_solve == NULL && mech->desc->n_diffusion == 0 &&
                 mech->desc->n_state * mech->stride > FEW_STATES;
    size_t most = (size_t)(mech->n_instance / PIECE + mech->n_run + 1);

    mech->piece = mec_arena_calloc(cell->arena, most, sizeof *mech->piece);
    if (mech->piece == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t r = 0; r < mech->n_run && split; r++) {
        int32_t n = mech->stretch[r].n;

        for (int32_t k = 0; k < n; k += PIECE) {
            cell_piece *piece = &mech->piece[mech->n_piece++];

            piece->first = mech->first_instance[r] + k;
            MEC_TRY(make_run(cell, mech, piece->first, mech->stretch[r].first + k,
                             n - k < PIECE ? n - k : PIECE, &piece->run, err));
            find_pads(mech, piece);
        }
    }
done:
    return st;
}

/* States that are an ion's concentration, e.g. STATE cai with USEION ca WRITE cai. */
static mec_status find_synonyms(mec_cell *cell, cell_mech *mech, mec_err *err)
{
    const mec_mechanism_desc *desc = mech->desc;

    mech->synonym =
        mec_arena_calloc(cell->arena, (size_t)desc->n_state + 1, sizeof *mech->synonym);
    if (mech->synonym == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t s = 0; s < desc->n_state; s++) {
        if (desc->states[s].ion_ref >= 0) {
            const mec_ion_ref *ref = &desc->ion_refs[desc->states[s].ion_ref];

            mech->synonym[mech->n_synonym++] = (cell_synonym){
                desc->states[s].column, mech->ion[ref->use], ref->variable};
        }
    }
    return MEC_OK;
}

static mec_status make_mech(mec_cell *cell, cell_mech *mech, int32_t offset,
                            mec_err *err)
{
    mec_status st = MEC_OK;

    mech->first_equation = offset;
    MEC_TRY(place_columns(cell, mech, offset, err));
    MEC_TRY(make_runs(cell, mech, err));
    MEC_TRY(make_pieces(cell, mech, err));
    MEC_TRY(find_synonyms(cell, mech, err));
done:
    return st;
}

static bool allocate_vectors(mec_cell *cell)
{
    cell_work *w = &cell->work;
    mec_arena *arena = cell->arena;
    size_t all = (size_t)(w->pad_zero + w->n_vector), n = (size_t)w->n_vector;
    size_t nodes = (size_t)(w->pad_zero + w->n_slot);

    w->node_v = mec_arena_calloc(arena, all, sizeof(double));
    w->node_f = mec_arena_calloc(arena, all, sizeof(double));
    w->node_g = mec_arena_calloc(arena, nodes, sizeof(double));
    w->node_d = mec_arena_calloc(arena, nodes, sizeof(double));
    w->acor = mec_arena_calloc(arena, n, sizeof(double));
    w->temp = mec_arena_calloc(arena, n, sizeof(double));
    w->weight = mec_arena_calloc(arena, n, sizeof(double));
    w->scale = mec_arena_calloc(arena, n, sizeof(double));
    w->norm_order = mec_arena_calloc(arena, (size_t)w->n_equation + 1, sizeof(int32_t));
    bool ok = w->node_v != NULL && w->node_f != NULL && w->node_g != NULL &&
              w->node_d != NULL && w->acor != NULL && w->temp != NULL &&
              w->weight != NULL && w->scale != NULL && w->norm_order != NULL;
    for (int j = 0; ok && j < CELL_N_HISTORY; j++) {
        w->history[j] = mec_arena_calloc(arena, n, sizeof(double));
        ok = w->history[j] != NULL;
    }
    if (ok) {
        w->y = w->node_v + w->pad_zero;
        w->f = w->node_f + w->pad_zero;
    }
    return ok;
}

static double tolerance_of(const mec_mechanism_desc *desc, int32_t column)
{
    for (int32_t c = 0; c < desc->n_variable; c++) {
        const mec_column_desc *var = &desc->columns[c];

        if (column >= var->column && column < var->column + var->length) {
            return var->scale;
        }
    }
    return 1.0;
}

/* The states of one instance; returns the number of the next equation. */
static int32_t order_instance(const mec_cell *cell, const cell_mech *mech,
                              int32_t instance, int32_t next)
{
    const cell_work *w = &cell->work;

    for (int32_t s = 0; s < mech->desc->n_state; s++) {
        int32_t column = mech->desc->states[s].column;
        int32_t at = (int32_t)(mech->column[column] - w->y) + instance;

        w->norm_order[next++] = at;
        w->scale[at] = tolerance_of(mech->desc, column);
    }
    return next;
}

/* NEURON's order of equations: v by node, then instance by instance all states. */
static void order_equations(mec_cell *cell)
{
    cell_work *w = &cell->work;
    const cell_tree *t = &cell->tree;
    int32_t next = 0;

    for (int32_t k = 0; k < w->n_vector; k++) {
        w->scale[k] = 1.0;
    }
    for (int32_t i = 0; i < t->n_node; i++) {
        if (t->slot[i] >= w->pad_zero) {
            w->norm_order[next++] = t->slot[i] - w->pad_zero;
        }
    }
    for (int32_t m = 0; m < cell->n_mech; m++) {
        const cell_mech *mech = cell->mech[m];

        for (int32_t i = 0; mech->point_of != NULL && i < mech->n_instance; i++) {
            next = order_instance(cell, mech, i, next);
        }
        for (int32_t i = 0; i < t->n_node && mech->desc->n_state > 0; i++) {
            int32_t segment = t->slot[i] - w->pad_zero;

            if (segment < 0 || mech->instance_of[segment] < 0) {
                continue;
            }
            next = order_instance(cell, mech, mech->instance_of[segment], next);
        }
    }
}

mec_status cell_make_work(mec_cell *cell, mec_err *err)
{
    mec_status st = MEC_OK;
    cell_work *w = &cell->work;
    bool *wanted = mec_arena_calloc(cell->arena, (size_t)cell->n_slot, sizeof(bool));
    int32_t offset = cell->n_slot;

    if (wanted == NULL) {
        return mec_no_memory(err);
    }
    w->n_vector = offset;
    w->n_equation = cell->n_segment;
    for (int32_t m = 0; m < cell->n_mech; m++) {
        cell_mech *mech = cell->mech[m];

        MEC_TRY(number_instances(cell, mech, wanted, err));
        w->n_vector += mech->desc->n_state * mech->stride;
        w->n_equation += mech->desc->n_state * (mech->n_instance - mech->n_pad);
    }
    if (!allocate_vectors(cell)) {
        return mec_no_memory(err);
    }
    for (int32_t m = 0; m < cell->n_mech; m++) {
        cell_mech *mech = cell->mech[m];

        MEC_TRY(make_mech(cell, mech, offset, err));
        offset += mech->desc->n_state * mech->stride;
    }
    order_equations(cell);
done:
    return st;
}
