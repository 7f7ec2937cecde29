/* The variable step's right-hand side and linear system (NEURON's occvode.cpp rules). */

#include "cell_priv.h"

#include <string.h>

/* Step given to mechanisms before the integrator has one, ms. */
static const double NO_STEP = 1e-8;

static mec_status run_all(mec_cell *cell, size_t kernel_offset, mec_err *err)
{
    mec_status st = MEC_OK;

    for (int32_t m = 0; m < cell->n_mech && st == MEC_OK; m++) {
        st = cell_run_kernel(cell, cell->mech[m],
                             *cell_kernel_at(cell->mech[m], kernel_offset), err);
    }
    return st;
}

void cell_set_step(mec_cell *cell, double h)
{
    cell->env.dt = h == 0.0 ? NO_STEP : h;
}

/* Everything before the derivatives: voltages of zero-area nodes, currents. */
static mec_status begin_evaluation(cell_sweep *sweep, double t, double h, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = sweep->cell;

    cell->env.t = t;
    cell_set_step(cell, h);
    cell_play(sweep, t);
    cell_spread_concentrations(cell);
    MEC_TRY(run_all(cell, offsetof(mec_kernels, synonym), err));
    MEC_TRY(cell_zero_area_voltages(sweep, err));
    MEC_TRY(cell_currents(sweep, err));
done:
    return st;
}

void cell_clear_pads(const mec_cell *cell, double x[])
{
    for (int32_t k = 0; k < cell->n_pad; k++) {
        x[cell->pad[k]] = 0.0;
    }
}

/* The same for the states in f of some of a mechanism's instances. */
static void clear_state_pads(const mec_cell *cell, const cell_mech *mech, int32_t n_pad,
                             const int32_t pad[])
{
    for (int32_t s = 0; s < mech->desc->n_state; s++) {
        double *f = cell->work.f + mech->first_equation + s * mech->stride;

        for (int32_t k = 0; k < n_pad; k++) {
            f[pad[k]] = 0.0;
        }
    }
}

mec_status cell_derivative(cell_sweep *sweep, double t, double h, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = sweep->cell;

    MEC_TRY(begin_evaluation(sweep, t, h, err));
    MEC_TRY(run_all(cell, offsetof(mec_kernels, derivative), err));
    for (int32_t m = 0; m < cell->n_diffusing; m++) {
        MEC_TRY(cell_add_diffusion(cell, cell->diffusing[m], err));
    }
    cell->hot->v_derivative(&cell->tree.axial, cell->work.f);
    MEC_TRY(run_all(cell, offsetof(mec_kernels, after_solve), err));
    cell_clear_pads(cell, cell->work.f);
    for (int32_t m = 0; m < cell->n_mech; m++) {
        clear_state_pads(cell, cell->mech[m], cell->mech[m]->n_pad, cell->mech[m]->pad);
    }
done:
    return st;
}

/* What correct_states() does, for a part of the mechanism's instances. */
static void correct_piece(cell_bdf *bdf, const cell_mech *mech, const cell_piece *piece,
                          bool first, double sum[2])
{
    mec_cell *cell = bdf->sweep->cell;
    const cell_work *w = &cell->work;
    int32_t n = piece->run.n, n_state = mech->desc->n_state, stride = mech->stride;
    int32_t at = mech->first_equation + piece->first;

    cell->env.dt = bdf->h;
    mech->kernels->derivative(&piece->run);
    for (int32_t s = 0; s < n_state; s++) {
        int32_t k = at + s * stride;

        cell->hot->residual(n, bdf->gamma, bdf->rl1, w->history[1] + k,
                            first ? NULL : w->acor + k, w->f + k);
    }
    cell->env.dt = bdf->gamma;
    mech->kernels->solve(&piece->run);
    clear_state_pads(cell, mech, piece->n_pad, piece->pad);
    for (int32_t s = 0; s < n_state; s++) {
        int32_t k = at + s * stride;

        cell->hot->correct(n, first, w->f + k, w->history[0] + k,
                           cell_lane_weight(w, k), w->acor + k, w->y + k, sum);
    }
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

    for (int32_t p = 0; p < mech->n_piece; p++) {
        correct_piece(bdf, mech, &mech->piece[p], first, sum);
    }
    if (mech->n_piece > 0) {
        return MEC_OK;
    }
    cell->env.dt = bdf->h;
    MEC_TRY(cell_run_kernel(cell, mech, mech->kernels->derivative, err));
    MEC_TRY(cell_add_diffusion(cell, mech, err));
    MEC_TRY(cell_run_kernel(cell, mech, mech->kernels->after_solve, err));
    cell->hot->residual(n, bdf->gamma, bdf->rl1, w->history[1] + at,
                        first ? NULL : w->acor + at, w->f + at);
    cell->env.dt = bdf->gamma;
    MEC_TRY(cell_run_kernel(cell, mech, mech->kernels->solve, err));
    MEC_TRY(cell_solve_diffusion(cell, mech, err));
    clear_state_pads(cell, mech, mech->n_pad, mech->pad);
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
        } else if (cell->mech[m]->kernels->after_solve != NULL) {
            cell->env.dt = bdf->h;
            MEC_TRY(cell_run_kernel(cell, cell->mech[m],
                                    cell->mech[m]->kernels->after_solve, err));
        }
    }
    cell->env.dt = bdf->h;
    cell_clear_pads(cell, w->f);
    cell->hot->correct(w->n_slot, first, w->f, w->history[0], cell_lane_weight(w, 0),
                       w->acor, w->y, sum);
done:
    return st;
}
