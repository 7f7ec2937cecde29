/* The fixed step: backward Euler (secondorder 0), Crank-Nicolson (1, 2) with staggered
 * gates. SOLVER.md 2.1. */

#include "cell_priv.h"

#include <math.h>

/* What passes a threshold sends its events this much later, ms. */
static const double THRESHOLD_DELAY = 1e-10;

/* secondorder 2 moves ionic currents to the middle of the step. */
static void correct_currents(mec_cell *cell)
{
    const double *dv = cell->work.f;

    for (int32_t i = 0; i < cell->n_ion; i++) {
        double *current = cell->ion[i].value[MEC_ION_I];
        const double *didv = cell->ion[i].value[MEC_ION_DIDV];

        for (int32_t k = 0; k < cell->n_slot; k++) {
            current[k] += didv[k] * dv[k];
        }
    }
}

static mec_status all_kernels(mec_cell *cell, size_t offset, mec_err *err)
{
    mec_status st = MEC_OK;

    for (int32_t m = 0; m < cell->n_mech && st == MEC_OK; m++) {
        st = cell_run_kernel(cell, cell->mech[m],
                             *cell_kernel_at(cell->mech[m], offset), err);
    }
    return st;
}

static mec_status deliver_now(cell_sweep *sweep, double t, mec_err *err)
{
    mec_status st = cell_deliver_events(sweep, t, err);

    sweep->cell->env.t = t;
    return st;
}

static mec_status fixed_step(cell_sweep *sweep, double *t, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = sweep->cell;
    const cell_work *w = &cell->work;
    const double dt = cell->env.dt;
    const int order = sweep->spec->secondorder;

    cell_fill_tables(cell);
    if (sweep->events != NULL) {
        cell_check_events(sweep, *t, THRESHOLD_DELAY);
        MEC_TRY(cell_deliver_events(sweep, *t + 0.5 * dt, err));
    }
    cell_deliver_plays(sweep, *t + 0.5 * dt);
    *t += 0.5 * dt;
    cell->env.t = *t;
    cell_play(sweep, *t);
    MEC_TRY(cell_currents(sweep, err));
    cell->hot->end_axial(&cell->tree.ends, w->node_v, w->node_f);
    cell_diagonal(sweep, (order != 0 ? 2.0 : 1.0) / dt, false);
    cell->hot->hines(&cell->tree.whole, w->node_d, w->node_f);
    if (order == 2) {
        correct_currents(cell);
    }
    cell_clear_pads(cell, w->f);
    bool finite = cell->hot->add_solution(w->pad_zero + w->n_slot,
                                          order != 0 ? 2.0 : 1.0, w->node_f, w->node_v);
    *t += 0.5 * dt;
    cell->env.t = *t;
    cell_play(sweep, *t);
    if (!finite) {
        return cell_trouble(sweep, *t, "the voltage diverged", err);
    }
    MEC_TRY(all_kernels(cell, offsetof(mec_kernels, state), err));
    *t = cell->env.t; /* Runge-Kutta steps add parts of dt and take them off again */
    MEC_TRY(cell_diffuse(cell, err));
    MEC_TRY(all_kernels(cell, offsetof(mec_kernels, after_solve), err));
    MEC_TRY(all_kernels(cell, offsetof(mec_kernels, before_step), err));
    MEC_TRY(cell_record(sweep, *t, err));
    MEC_TRY(deliver_now(sweep, *t, err));
    cell_deliver_plays(sweep, *t);
done:
    return st;
}

/* finitialize() with its first sample. */
static mec_status begin(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;

    cell_start_players(sweep);
    MEC_TRY(deliver_now(sweep, 0.0, err));
    MEC_TRY(cell_currents(sweep, err));
    MEC_TRY(all_kernels(sweep->cell, offsetof(mec_kernels, before_step), err));
    MEC_TRY(cell_record(sweep, 0.0, err));
    MEC_TRY(deliver_now(sweep, 0.0, err));
done:
    return st;
}

mec_status cell_run_fixed(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = sweep->cell;
    const double dt = sweep->spec->dt_ms;
    double t = 0.0;

    MEC_TRY(cell_initialize(sweep, dt, sweep->spec->secondorder, false, err));
    cell->env.want_didv = sweep->spec->secondorder == 2;
    if (sweep->spec->resume != NULL) {
        MEC_TRY(cell_resume(sweep, &t, err));
    } else {
        MEC_TRY(begin(sweep, err));
    }
    cell->env.discontinuities = 1;
    bool saved = sweep->spec->save == NULL;
    while (!sweep->stopped && t < sweep->spec->tstop_ms - dt / 2.0 - CELL_HOC_EPSILON) {
        if (!saved && t + 0.5 * dt >= sweep->spec->save_ms) {
            MEC_TRY(cell_save(sweep, t, err));
            saved = true;
        }
        MEC_TRY(cell_spend(sweep, t, err));
        MEC_TRY(fixed_step(sweep, &t, err));
    }
done:
    return st;
}
