/* Calling kernels, and the currents of one evaluation in NEURON's order. */

#include "cell_priv.h"

#include <stdio.h>
#include <string.h>

const char *cell_slot_text(const mec_cell *cell, int32_t slot, char *text, size_t size)
{
    int32_t node = cell->segment_of_slot[slot], s = 0;

    while (cell->first_segment[s + 1] <= node) {
        s++;
    }
    snprintf(text, size, "%s, segment %d", cell->morphology->section[s].name,
             (int)(node - cell->first_segment[s]));
    return text;
}

mec_status cell_run_kernel(mec_cell *cell, const cell_mech *mech, mec_kernel kernel,
                           mec_err *err)
{
    if (kernel == NULL) {
        return MEC_OK;
    }
    for (int32_t r = 0; r < mech->n_run; r++) {
        int32_t failed = kernel(&mech->run[r]);

        if (failed == 0) {
            continue;
        }
        if (mech->point_of != NULL) {
            return cell_point_failed(cell, &cell->point.data[mech->point_of[r]], err);
        }
        char where[200];
        return mec_fail(
            err, MEC_E_NUMERIC, "%s: %s at t = %.17g ms in %s", mech->desc->file,
            cell->env.failure != NULL ? cell->env.failure : "failure", cell->env.t,
            cell_slot_text(cell, mech->stretch[r].first + failed - 1, where,
                           sizeof where));
    }
    return MEC_OK;
}

const mec_kernel *cell_kernel_at(const cell_mech *mech, size_t offset)
{
    return (const void *)((const char *)mech->kernels + offset);
}

mec_status cell_currents(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = sweep->cell;
    const cell_work *w = &cell->work;
    size_t bytes = (size_t)(w->pad_zero + w->n_slot) * sizeof(double);

    memset(w->node_f, 0, bytes);
    memset(w->node_g, 0, bytes);
    for (int32_t m = 0; m < cell->n_mech; m++) {
        MEC_TRY(cell_run_kernel(cell, cell->mech[m],
                                cell->mech[m]->kernels->before_breakpoint, err));
    }
    cell_begin_ions(cell);
    for (int32_t m = 0; m < cell->n_mech; m++) {
        if (m == cell->source_before) {
            cell_add_sources(sweep, cell->env.t, INT32_MAX, w->node_f, w->node_g);
        }
        MEC_TRY(
            cell_run_kernel(cell, cell->mech[m], cell->mech[m]->kernels->current, err));
    }
    if (cell->source_before == cell->n_mech) {
        cell_add_sources(sweep, cell->env.t, INT32_MAX, w->node_f, w->node_g);
    }
    cell->hot->axial(&cell->tree.axial, w->node_v, w->node_f);
done:
    return st;
}
