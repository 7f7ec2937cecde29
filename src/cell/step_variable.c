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
    double edge;      /* ms, the next edge of a source */
    double stop;      /* ms, just before it */
    bool ended;       /* the event at tstop was delivered */
    bool can_retreat; /* a step was taken that can be interpolated */
} variable_run;

static void restart(variable_run *run, double t)
{
    run->t = t;
    run->edge = cell_next_edge(run->sweep, t);
    run->stop = run->edge - EPS * fabs(run->edge);
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
        double t = run->stop + 1.5 * (EPS * fabs(run->stop));

        if (run->sweep->spec->save != NULL && run->sweep->spec->save_ms == run->edge) {
            MEC_TRY(cell_save(run->sweep, t, err));
        }
        restart(run, t);
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

/* Deliver what is due at `event`: played points restart the integrator there, tstop
 * ends the sweep. */
static mec_status deliver(variable_run *run, double event, double tstop, mec_err *err)
{
    mec_status st = MEC_OK;

    MEC_TRY(record(run, err));
    run->now = event;
    if (cell_deliver_plays(run->sweep, event)) {
        restart(run, run->t);
    }
    if (tstop <= event) {
        run->ended = true;
    }
done:
    return st;
}

/* One fadvance() of NEURON with an event at tstop queued: steps until t moves. */
static mec_status fadvance(variable_run *run, double tstop, mec_err *err)
{
    mec_status st = MEC_OK;
    const double start = run->t;

    while (run->t <= start && !run->ended && !run->sweep->stopped) {
        double event = fmin(tstop, cell_next_play(run->sweep));

        if (event <= run->t) {
            MEC_TRY(deliver(run, event, tstop, err));
            continue;
        }
        MEC_TRY(record(run, err));
        if (run->sweep->stopped) {
            break;
        }
        MEC_TRY(advance(run, err));
        run->now = run->t;
        if (event < run->t) {
            retreat(run, event);
            run->now = event;
        }
    }
done:
    return st;
}

/* Does a mechanism remember what it computed at another y? */
static bool has_memory(const mec_cell *cell)
{
    for (int32_t m = 0; m < cell->n_mech; m++) {
        const cell_mech *mech = cell->mech[m];

        if (mech->desc->currents_lag || mech->kernels->before_breakpoint != NULL ||
            mech->kernels->after_solve != NULL) {
            return true;
        }
    }
    return false;
}

static mec_status begin(variable_run *run, mec_err *err)
{
    mec_status st = MEC_OK;
    double t = 0.0;

    MEC_TRY(cell_initialize(run->sweep->cell, 0.025, 0, true, err));
    cell_start_players(run->sweep);
    if (run->sweep->spec->resume != NULL) {
        MEC_TRY(cell_resume(run->sweep, &t, err));
    }
    restart(run, t);
    run->now = t;
done:
    return st;
}

mec_status cell_run_variable(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;
    cell_work *w = &sweep->cell->work;
    const double tstop = sweep->spec->tstop_ms;
    variable_run run = {.sweep = sweep,
                        .bdf = {.sweep = sweep, .has_memory = has_memory(sweep->cell)}};

    w->atol = sweep->spec->atol;
    w->same_weight = true;
    for (int32_t k = 0; k < w->n_vector; k++) {
        w->weight[k] = 1.0 / (w->atol * w->scale[k]);
        w->same_weight = w->same_weight && w->scale[k] == w->scale[0];
    }
    MEC_TRY(begin(&run, err));
    while (run.now < tstop - CELL_HOC_EPSILON && !sweep->stopped) {
        MEC_TRY(fadvance(&run, tstop, err));
    }
    MEC_TRY(fadvance(&run, tstop, err));
done:
    return st;
}
