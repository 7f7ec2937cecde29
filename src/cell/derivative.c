/* The variable step's right-hand side and linear system (NEURON's occvode.cpp rules). */

#include "cell_priv.h"

/* Step given to mechanisms before the integrator has one, ms. */
static const double NO_STEP = 1e-8;

mec_status cell_derivative(cell_sweep *sweep, double t, double h, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = sweep->cell;
    const cell_work *w = &cell->work;

    cell->env.t = t;
    cell->env.dt = h == 0.0 ? NO_STEP : h;
    cell_play(sweep, t);
    cell_spread_concentrations(cell);
    cell_zero_area_voltages(sweep);
    MEC_TRY(cell_currents(sweep, err));
    for (int32_t m = 0; m < cell->n_mech; m++) {
        MEC_TRY(cell_run_kernel(cell, cell->mech[m], cell->mech[m]->kernels->derivative,
                                err));
    }
    cell->hot->v_derivative(&cell->tree.axial, w->f);
    for (int32_t m = 0; m < cell->n_mech; m++) {
        MEC_TRY(cell_run_kernel(cell, cell->mech[m],
                                cell->mech[m]->kernels->after_solve, err));
    }
done:
    return st;
}

mec_status cell_solve(cell_sweep *sweep, double gamma, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = sweep->cell;
    const cell_work *w = &cell->work;
    double cj = 1.0 / gamma;
    double cfac = 0.001 * cj;

    cell->env.gamma = gamma;
    cell->env.dt = gamma;
    cell_diagonal(sweep, cj, !sweep->sources_at_ends);
    for (int32_t k = 0; k < w->n_segment; k++) {
        w->f[k] *= cfac * cell->tree.cm[k];
    }
    for (int32_t k = 0; k < w->n_zero; k++) {
        w->node_f[k] = 0.0;
    }
    cell->hot->hines(sweep->sources_at_ends ? &cell->tree.whole : &cell->tree.folded,
                     w->node_d, w->node_f);
    for (int32_t m = 0; m < cell->n_mech; m++) {
        MEC_TRY(
            cell_run_kernel(cell, cell->mech[m], cell->mech[m]->kernels->solve, err));
    }
done:
    return st;
}
