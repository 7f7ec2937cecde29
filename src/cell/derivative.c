/* The variable step's right-hand side and linear system (NEURON's occvode.cpp rules). */

#include "cell_priv.h"

#include <string.h>

/* Step given to mechanisms before the integrator has one, ms. */
static const double NO_STEP = 1e-8;

/* Everything before the derivatives: voltages of zero-area nodes, currents. */
static mec_status begin_evaluation(cell_sweep *sweep, double t, double h, mec_err *err)
{
    mec_cell *cell = sweep->cell;

    cell->env.t = t;
    cell->env.dt = h == 0.0 ? NO_STEP : h;
    cell_play(sweep, t);
    cell_spread_concentrations(cell);
    cell_zero_area_voltages(sweep);
    return cell_currents(sweep, err);
}

static mec_status run_all(mec_cell *cell, size_t kernel_offset, mec_err *err)
{
    mec_status st = MEC_OK;

    for (int32_t m = 0; m < cell->n_mech && st == MEC_OK; m++) {
        st = cell_run_kernel(cell, cell->mech[m],
                             *cell_kernel_at(cell->mech[m], kernel_offset), err);
    }
    return st;
}

mec_status cell_derivative(cell_sweep *sweep, double t, double h, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = sweep->cell;

    MEC_TRY(begin_evaluation(sweep, t, h, err));
    MEC_TRY(run_all(cell, offsetof(mec_kernels, derivative), err));
    cell->hot->v_derivative(&cell->tree.axial, cell->work.f);
    MEC_TRY(run_all(cell, offsetof(mec_kernels, after_solve), err));
done:
    return st;
}

/* One mechanism: derivative, residual, its block of the linear system, correction; all
 * while its columns are in the nearest cache. */
static mec_status correct_states(cell_bdf *bdf, const cell_mech *mech, bool first,
                                 double sum[2], mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = bdf->sweep->cell;
    const cell_work *w = &cell->work;
    int32_t at = mech->first_equation, n = mech->desc->n_state * mech->stride;

    cell->env.dt = bdf->h;
    MEC_TRY(cell_run_kernel(cell, mech, mech->kernels->derivative, err));
    cell->hot->residual(n, bdf->gamma, bdf->rl1, w->history[1] + at,
                        first ? NULL : w->acor + at, w->f + at);
    cell->env.dt = bdf->gamma;
    MEC_TRY(cell_run_kernel(cell, mech, mech->kernels->solve, err));
    cell->hot->correct(n, first, w->f + at, w->history[0] + at, cell_lane_weight(w, at),
                       w->acor + at, w->y + at, sum);
done:
    return st;
}

/* Residual of v from the currents, and its solution by elimination. */
static void solve_voltages(cell_bdf *bdf, bool first)
{
    mec_cell *cell = bdf->sweep->cell;
    const cell_work *w = &cell->work;
    bool fold = !bdf->sweep->sources_at_ends;
    double cj = 1.0 / bdf->gamma;

    cell_diagonal(bdf->sweep, cj, fold);
    cell->hot->v_residual(&cell->tree.axial, bdf->gamma, bdf->rl1, 0.001 * cj,
                          w->history[1], first ? NULL : w->acor, w->f);
    memset(w->node_f, 0, (size_t)w->n_zero * sizeof *w->node_f);
    cell->hot->hines(fold ? &cell->tree.folded : &cell->tree.whole, w->node_d,
                     w->node_f);
}

mec_status cell_newton_correct(cell_bdf *bdf, bool first, double sum[2], mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = bdf->sweep->cell;
    const cell_work *w = &cell->work;

    cell->env.gamma = bdf->gamma;
    MEC_TRY(begin_evaluation(bdf->sweep, bdf->t, bdf->h, err));
    solve_voltages(bdf, first);
    for (int32_t m = 0; m < cell->n_mech; m++) {
        if (cell->mech[m]->desc->n_state > 0) {
            MEC_TRY(correct_states(bdf, cell->mech[m], first, sum, err));
        }
    }
    cell->env.dt = bdf->h;
    MEC_TRY(run_all(cell, offsetof(mec_kernels, after_solve), err));
    cell->hot->correct(cell_pad(w->n_segment), first, w->f, w->history[0],
                       cell_lane_weight(w, 0), w->acor, w->y, sum);
done:
    return st;
}
