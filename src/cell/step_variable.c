/* A sweep with the variable step: NEURON's global-step event loop (netcvode.cpp). */

#include "cell_priv.h"

#include <float.h>
#include <math.h>

static const double EPS = 100.0 * DBL_EPSILON; /* relative width of a moment */
static const double DEFAULT_DT = 0.025;        /* ms, of NEURON */

typedef struct variable_run {
    cell_sweep *sweep;
    cell_bdf bdf;
    double t;         /* ms, where y stands */
    double now;       /* ms, NEURON's global t: t, or tstop once it was passed */
    double reached;   /* ms, the end of the last step */
    double edge;      /* ms, the next edge of a source */
    double stop;      /* ms, just before it */
    double tstop;     /* ms */
    bool settles;     /* somebody looks at what f leaves behind */
    bool ended;       /* the event at tstop was delivered */
    bool first;       /* no step was taken and nothing restarted yet */
    bool can_retreat; /* a step was taken that can be interpolated */
    bool start_anew;  /* what was delivered asks for a restart */
    bool started;     /* ... which was just carried out */
    int n_asked;      /* ... times */
} variable_run;

/* NEURON evaluates f wherever it comes to stand: after a start, a step, a retreat. It
 * matters to what f assigns, and to what goes from one evaluation to the next: counts of
 * open channels, the voltage of a section's end with a current of its own. */
static mec_status settle(variable_run *run, mec_err *err)
{
    run->sweep->cell->env.t = run->t;
    return run->settles ? cell_derivative(run->sweep, run->t, run->bdf.h, err) : MEC_OK;
}

static mec_status restart(variable_run *run, double t, mec_err *err)
{
    mec_status st = MEC_OK;
    double discontinuity = 0.0;
    bool asked = false;

    run->t = run->reached = t;
    cell_bdf_restart(&run->bdf, t, t);
    MEC_TRY(cell_next_discontinuity(run->sweep, t, &asked, &discontinuity, err));
    run->edge = fmin(cell_next_edge(run->sweep, t), discontinuity);
    run->stop = run->bdf.stop = run->edge - EPS * fabs(run->edge);
    run->can_retreat = run->first = false;
    run->start_anew = false;
    run->n_asked = 0;
    if (!asked) {
        MEC_TRY(settle(run, err));
    }
done:
    return st;
}

/* Kernels that run once before each step: SOLVEd procedures without a method. They see the
 * length of the last step, and NEURON's dt before the first. */
static mec_status run_procedures(variable_run *run, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = run->sweep->cell;

    cell->env.t = run->t;
    if (run->first) {
        cell->env.dt = DEFAULT_DT;
    } else {
        cell_set_step(cell, run->bdf.h);
    }
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

    for (int32_t m = 0; m < cell->n_mech; m++) {
        MEC_TRY(cell_run_kernel(cell, cell->mech[m],
                                cell->mech[m]->kernels->before_step, err));
    }
    MEC_TRY(cell_record(run->sweep, run->t, err));
done:
    return st;
}

/* The integrator is to start anew; what was before is recorded once. */
static mec_status ask_restart(void *arg, mec_err *err)
{
    variable_run *run = arg;

    run->start_anew = true;
    return ++run->n_asked == 1 ? record(run, err) : MEC_OK;
}

static mec_status advance(variable_run *run, mec_err *err)
{
    mec_status st = MEC_OK;

    if (run->t >= run->stop - EPS * fabs(run->t)) {
        double t = run->stop + 1.5 * (EPS * fabs(run->stop));

        if (run->sweep->spec->save != NULL && run->sweep->spec->save_ms == run->edge) {
            MEC_TRY(cell_save(run->sweep, t, err));
        }
        MEC_TRY(restart(run, t, err));
        run->now = run->t;
        return MEC_OK;
    }
    MEC_TRY(cell_spend(run->sweep, run->t, err));
    MEC_TRY(run_procedures(run, err));
    run->first = false;
    MEC_TRY(cell_bdf_step(&run->bdf, err));
    run->t = run->now = run->bdf.t;
    run->reached = run->bdf.reached;
    run->can_retreat = true;
    MEC_TRY(settle(run, err));
done:
    return st;
}

/* Go to a moment inside the last step. */
static mec_status interpolate(variable_run *run, double t, mec_err *err)
{
    mec_status st = MEC_OK;

    if (!run->can_retreat) {
        run->now = run->sweep->cell->env.t = t;
        return MEC_OK;
    }
    if (fabs(t - run->t) < EPS * fabs(run->t)) {
        run->t = run->now = t;
        return MEC_OK;
    }
    cell_bdf_interpolate(&run->bdf, t);
    run->t = run->now = t;
    MEC_TRY(settle(run, err));
done:
    return st;
}

static double next_event(const variable_run *run)
{
    double event = fmin(cell_next_play(run->sweep), cell_next_event(run->sweep));

    return run->ended ? event : fmin(event, run->tstop);
}

/* Deliver what is due at `event`: played points, events of mechanisms, and tstop, which
 * ends the sweep. */
static mec_status deliver(variable_run *run, double event, mec_err *err)
{
    mec_status st = MEC_OK;
    bool plays = cell_next_play(run->sweep) <= event, ends = run->tstop <= event;

    run->now = event;
    if (plays || ends) {
        MEC_TRY(ask_restart(run, err));
    }
    (void)cell_deliver_plays(run->sweep, event);
    MEC_TRY(cell_deliver_events(run->sweep, event, err));
    run->ended = ends;
done:
    return st;
}

static mec_status handle_step(variable_run *run, double event, mec_err *err)
{
    mec_status st = MEC_OK;

    if (run->sweep->events != NULL) {
        run->sweep->cell->env.t = run->t;
        cell_check_events(run->sweep, run->t, 0.0);
        if (next_event(run) <= run->t) { /* what was seen takes effect first */
            return MEC_OK;
        }
    }
    if (run->start_anew) {
        MEC_TRY(restart(run, run->t, err));
        run->started = true;
    } else if (event <= run->reached) {
        MEC_TRY(interpolate(run, event, err));
    } else if (run->t < run->reached) {
        MEC_TRY(interpolate(run, run->reached, err));
    } else {
        MEC_TRY(record(run, err));
        if (!run->sweep->stopped) {
            MEC_TRY(advance(run, err));
        }
    }
done:
    return st;
}

/* One fadvance() of NEURON with an event at tstop queued: until t moves or the integrator
 * has started anew. */
static mec_status fadvance(variable_run *run, mec_err *err)
{
    mec_status st = MEC_OK;
    const double start = run->t;

    run->started = false;
    while (run->t <= start && !run->started && !run->ended && !run->sweep->stopped) {
        double event = next_event(run);

        if (event <= run->t) {
            MEC_TRY(deliver(run, event, err));
        } else {
            MEC_TRY(handle_step(run, event, err));
        }
        event = next_event(run);
        if (event < run->t && !run->sweep->stopped) {
            MEC_TRY(interpolate(run, event, err));
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

    MEC_TRY(cell_initialize(run->sweep, DEFAULT_DT, 0, true, err));
    run->sweep->cell->env.want_didv = cell_diffusion_needs_didv(run->sweep->cell);
    cell_start_players(run->sweep);
    MEC_TRY(cell_deliver_events(run->sweep, 0.0, err));
    cell_begin_integration(run->sweep, run, ask_restart);
    if (run->sweep->spec->resume != NULL) {
        MEC_TRY(cell_resume(run->sweep, &t, err));
    }
    MEC_TRY(restart(run, t, err));
    run->first = run->sweep->spec->resume == NULL;
    run->now = t;
    MEC_TRY(cell_deliver_events(run->sweep, 0.0, err));
done:
    return st;
}

mec_status cell_run_variable(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;
    cell_work *w = &sweep->cell->work;
    const double tstop = sweep->spec->tstop_ms;
    variable_run run = {
        .sweep = sweep,
        .bdf = {.sweep = sweep,
                .has_memory = sweep->sources_at_ends || has_memory(sweep->cell)},
        .tstop = tstop,
        .settles =
            sweep->record.assigned || sweep->events != NULL || sweep->sources_at_ends};

    w->atol = sweep->spec->atol;
    w->same_weight = true;
    for (int32_t k = 0; k < w->n_vector; k++) {
        w->weight[k] = 1.0 / (w->atol * w->scale[k]);
        w->same_weight = w->same_weight && w->scale[k] == w->scale[0];
    }
    MEC_TRY(begin(&run, err));
    while (run.now < tstop - CELL_HOC_EPSILON && !sweep->stopped) {
        MEC_TRY(fadvance(&run, err));
    }
    MEC_TRY(fadvance(&run, err));
done:
    return st;
}
