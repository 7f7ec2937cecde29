/* NEURON's finitialize: all variables to their start, then INITIAL blocks in order. */

#include "cell_priv.h"

#include <string.h>

/* The voltage of a new section in NEURON. */
static const double NEW_CELL_MV = -65.0;

void cell_reset_columns(mec_cell *cell, cell_mech *mech)
{
    const mec_mechanism_desc *desc = mech->desc;
    double *const *start = mech->constructed;

    for (int32_t c = 0; c < desc->n_variable; c++) {
        const mec_column_desc *var = &desc->columns[c];

        for (int32_t k = var->column; k < var->column + var->length; k++) {
            const double *preset = mech->preset[k];
            double *column = mech->column[k];

            for (int32_t i = 0; i < mech->n_instance; i++) {
                column[i] = preset != NULL
                                ? preset[cell->segment_of_slot[mech->slot_of[i]]]
                            : start != NULL ? start[k][i]
                                            : var->value;
            }
        }
    }
    cell_set_points(cell, mech);
}

static void set_voltages(mec_cell *cell, double mv)
{
    const cell_work *w = &cell->work;

    for (int32_t k = 0; k < w->n_zero; k++) {
        w->node_v[k] = mv;
    }
    for (int32_t k = 0; k < w->n_slot; k++) {
        w->node_v[w->pad_zero + k] = mv;
    }
}

/* All variables to what they are in a cell that was just made. */
static void reset(mec_cell *cell)
{
    const cell_work *w = &cell->work;
    size_t bytes = (size_t)(w->pad_zero + w->n_vector) * sizeof(double);

    memset(w->node_v, 0, bytes);
    memset(w->node_f, 0, bytes);
    cell_reset_ions(cell);
    cell_reset_globals(cell);
    for (int32_t m = 0; m < cell->n_mech; m++) {
        cell_reset_columns(cell, cell->mech[m]);
        cell_reset_random(cell->mech[m]);
    }
}

/* NEURON evaluates f once when cvode_active(1) switches the variable step on, before
 * finitialize: INITIAL finds what that left in ASSIGNED variables, globals and ions. */
static mec_status switch_on(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;
    bool evaluated = false;
    double next = 0.0;

    set_voltages(sweep->cell, NEW_CELL_MV);
    MEC_TRY(cell_next_discontinuity(sweep, 0.0, &evaluated, &next, err));
    if (!evaluated) {
        MEC_TRY(cell_derivative(sweep, 0.0, 0.0, err));
    }
done:
    return st;
}

void cell_fill_tables(mec_cell *cell)
{
    for (int32_t m = 0; m < cell->n_mech; m++) {
        const cell_mech *mech = cell->mech[m];

        if (mech->kernels->tables != NULL && mech->n_run > 0) {
            mech->kernels->tables(&mech->run[0]);
        }
    }
}

/* INITIAL blocks; those of ARTIFICIAL_CELLs come last. */
static mec_status run_initial(mec_cell *cell, bool artificial, mec_err *err)
{
    mec_status st = MEC_OK;

    for (int32_t m = 0; m < cell->n_mech; m++) {
        const cell_mech *mech = cell->mech[m];

        if ((mech->desc->kind == MEC_ARTIFICIAL_CELL) == artificial) {
            MEC_TRY(cell_run_kernel(cell, mech, mech->kernels->init, err));
            cell_refresh_reversal(cell, mech);
        }
    }
done:
    return st;
}

mec_status cell_initialize(cell_sweep *sweep, double dt, int32_t secondorder,
                           bool implicit, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = sweep->cell;

    cell->env = (mec_env){.dt = dt,
                          .secondorder = secondorder,
                          .celsius = cell->celsius,
                          .implicit = implicit,
                          .variable_step_active = implicit,
                          .scop_random = 1,
                          .host = sweep->events,
                          .events = &event_host};
    cell->simulated = true;
    reset(cell);
    if (implicit) {
        MEC_TRY(switch_on(sweep, err));
        cell->env.t = 0.0;
        cell->env.dt = dt;
    }
    cell->env.untouched = !implicit;
    cell_fill_tables(cell);
    cell->env.untouched = 0;
    set_voltages(cell, cell->v_init);
    for (int32_t m = 0; m < cell->n_mech; m++) {
        MEC_TRY(cell_run_kernel(cell, cell->mech[m],
                                cell->mech[m]->kernels->before_initial, err));
    }
    cell_init_ions(cell);
    MEC_TRY(run_initial(cell, false, err));
    MEC_TRY(run_initial(cell, true, err));
    MEC_TRY(cell_start_events(sweep, err));
    for (int32_t m = 0; m < cell->n_mech; m++) {
        MEC_TRY(cell_run_kernel(cell, cell->mech[m],
                                cell->mech[m]->kernels->after_initial, err));
    }
done:
    return st;
}
