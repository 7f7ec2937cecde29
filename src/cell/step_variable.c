/* A sweep with the variable step: NEURON's global-step event loop (netcvode.cpp). */

#include "cell_priv.h"

#include <float.h>
#include <math.h>

static const double EPS = 100.0 * DBL_EPSILON; /* relative width of a moment */

typedef struct variable_run {
    cell_sweep *sweep;
    cell_bdf bdf;
    double t;         /* ms, where y stands */
    double now;       /* ms, NEURON's global t: t, or tstop once it was passed */
    double stop;      /* ms, just before the next edge of a source */
    bool can_retreat; /* a step was taken that can be interpolated */
} variable_run;

static void restart(variable_run *run, double t)
{
    double edge = cell_next_edge(run->sweep, t);

    run->t = t;
    run->stop = edge - EPS * fabs(edge);
    run->can_retreat = false;
    cell_bdf_restart(&run->bdf, t, run->stop);
}

/* Kernels that run once per step: SOLVEd procedures without a method. */
static mec_status run_procedures(variable_run *run, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = run->sweep->cell;

    cell->env.t = run->t;
    for (int32_t m = 0; m < cell->n_mech; m++) {
        const mec_kernels *kernels = cell->mech[m]->kernels;

        if (kernels->state != NULL && kernels->derivative == NULL) {
            MEC_TRY(cell_run_kernel(cell, cell->mech[m], kernels->state, err));
        }
    }
done:
    return st;
}

static mec_status record(variable_run *run, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = run->sweep->cell;

    if (run->sweep->record.assigned) {
        MEC_TRY(cell_derivative(run->sweep, run->t, run->bdf.h, err));
    }
    for (int32_t m = 0; m < cell->n_mech; m++) {
        MEC_TRY(cell_run_kernel(cell, cell->mech[m],
                                cell->mech[m]->kernels->before_step, err));
    }
    MEC_TRY(cell_record(run->sweep, run->t, err));
done:
    return st;
}

static mec_status advance(variable_run *run, mec_err *err)
{
    mec_status st = MEC_OK;

    if (run->t >= run->stop - EPS * fabs(run->t)) {
        restart(run, run->stop + 1.5 * (EPS * fabs(run->stop)));
        return MEC_OK;
    }
    MEC_TRY(cell_spend(run->sweep, run->t, err));
    MEC_TRY(run_procedures(run, err));
    MEC_TRY(cell_bdf_step(&run->bdf, err));
    run->t = run->bdf.t;
    run->can_retreat = true;
done:
    return st;
}

/* Go back to a moment inside the last step. */
static void retreat(variable_run *run, double t)
{
    if (!run->can_retreat) {
        return;
    }
    if (!(fabs(t - run->t) < EPS * fabs(run->t))) {
        cell_bdf_interpolate(&run->bdf, t);
    }
    run->t = t;
}

/* One fadvance() of NEURON with the event at tstop queued: steps until t moves. */
static mec_status fadvance(variable_run *run, double tstop, mec_err *err)
{
    mec_status st = MEC_OK;
    const double start = run->t;

    while (run->t <= start) {
        MEC_TRY(record(run, err));
        if (tstop <= run->t) {
            run->now = tstop;
            return MEC_OK;
        }
        MEC_TRY(advance(run, err));
        run->now = run->t;
        if (tstop < run->t) {
            retreat(run, tstop);
            run->now = tstop;
        }
    }
done:
    return st;
}

mec_status cell_run_variable(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;
    cell_work *w = &sweep->cell->work;
    const double tstop = sweep->spec->tstop_ms;
    variable_run run = {.sweep = sweep, .bdf = {.sweep = sweep}};

    w->atol = sweep->spec->atol;
    for (int32_t k = 0; k < w->n_vector; k++) {
        w->weight[k] = 1.0 / (w->atol * w->scale[k]);
    }
    MEC_TRY(cell_initialize(sweep->cell, 0.025, true, err));
    restart(&run, 0.0);
    while (run.now < tstop - CELL_HOC_EPSILON) {
        MEC_TRY(fadvance(&run, tstop, err));
    }
    MEC_TRY(fadvance(&run, tstop, err));
done:
    return st;
}
