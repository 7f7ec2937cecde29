/* Running one protocol on the cell. */

#include "evaluate_priv.h"

#include <mecombo/log.h>

#include <string.h>

/* Part of the step that the brief form of the threshold search keeps. */
static const double brief_part = 0.1;

size_t sweep_n_step(const mec_protocol *p)
{
    return p->n_pulse - (p->has_holding ? 1 : 0);
}

double sweep_stim_start(const mec_protocol *p)
{
    return p->pulse[0].delay_ms;
}

double sweep_stim_end(const mec_protocol *p)
{
    const mec_pulse *last = &p->pulse[sweep_n_step(p) - 1];

    return last->delay_ms + last->duration_ms;
}

/* Shorten the first step to a tenth and end the sweep with it. */
static void make_brief(const mec_protocol *p, mec_pulse *pulse)
{
    double duration = (sweep_stim_end(p) - sweep_stim_start(p)) * brief_part;
    double total = sweep_stim_start(p) + duration;

    pulse[0].duration_ms = duration;
    pulse[0].total_ms = total;
    if (p->has_holding) {
        pulse[p->n_pulse - 1].duration_ms = total;
        pulse[p->n_pulse - 1].total_ms = total;
    }
}

static mec_status set_currents(evaluation *e, const mec_protocol *p, const currents *c,
                               mec_pulse *pulse, mec_err *err)
{
    size_t n_step = sweep_n_step(p);

    memcpy(pulse, p->pulse, p->n_pulse * sizeof *pulse);
    for (size_t i = 0; i < p->n_pulse; i++) {
        bool given = i < n_step ? c->has_step : c->has_holding;

        if (given) {
            pulse[i].has_amp = true;
            pulse[i].amp_na = i < n_step ? c->step_na : c->holding_na;
        }
        if (!pulse[i].has_amp) {
            return evaluation_fail(
                e, MEC_CLASS_BAD_PACKAGE,
                mec_fail(err, MEC_E_INPUT,
                         "%s:%d: protocol \"%s\": a pulse without an amplitude",
                         p->origin.file, p->origin.line, p->name));
        }
    }
    if (c->brief) {
        make_brief(p, pulse);
    }
    return MEC_OK;
}

/* A played current: the clamp is on all the time and its amplitude follows the points. */
static void play(const mec_pulse *pulse, int32_t i_clamp, mec_iclamp *clamp,
                 mec_play *play)
{
    clamp->delay_ms = 0;
    clamp->duration_ms = pulse->total_ms;
    clamp->amp_na = 0;
    play->iclamp = i_clamp;
    play->n = (int32_t)pulse->n_point;
    play->t_ms = pulse->point_ms;
    play->amp_na = pulse->point_na;
}

static mec_status find_clamps(evaluation *e, const mec_protocol *p,
                              const mec_pulse *pulse, mec_iclamp *clamp,
                              mec_play *plays, int32_t *n_play, mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < p->n_pulse; i++) {
        clamp[i].delay_ms = pulse[i].delay_ms;
        clamp[i].duration_ms = pulse[i].duration_ms;
        clamp[i].amp_na = pulse[i].amp_na;
        if (pulse[i].n_point > 0) {
            play(&pulse[i], (int32_t)i, &clamp[i], &plays[(*n_play)++]);
        }
        MEC_TRY(place_find(e, pulse[i].place, &clamp[i].section, &clamp[i].x, err));
        if (clamp[i].section < 0) {
            st =
                mec_fail(err, MEC_E_INPUT,
                         "protocol \"%s\": this morphology has no place \"%s\" for the "
                         "stimulus",
                         p->name, pulse[i].place->name);
            return evaluation_fail(e, MEC_CLASS_LOCATION_MISSING, st);
        }
    }
done:
    return st;
}

/* Probes of the recordings whose place exists; index[i] is the probe of recording i or
 * -1. */
static mec_status find_probes(evaluation *e, const mec_protocol *p, mec_probe *probe,
                              int32_t *index, int32_t *n_probe, mec_err *err)
{
    mec_status st = MEC_OK;

    *n_probe = 0;
    for (size_t i = 0; i < p->n_recording; i++) {
        const mec_recording *r = &p->recording[i];
        mec_probe *next = &probe[*n_probe];

        next->name = r->name;
        next->variable = r->variable;
        MEC_TRY(place_find(e, r->place, &next->section, &next->x, err));
        index[i] = next->section < 0 ? -1 : (*n_probe)++;
    }
done:
    return st;
}

static void choose_method(const evaluation *e, const mec_protocol *p, mec_sweep *sweep)
{
    const mec_job *job = e->job;
    bool cvode = p->cvode_active < 0 ? e->model->cvode_active : p->cvode_active != 0;

    sweep->atol = job->atol > 0 ? job->atol : 1e-3;
    sweep->dt_ms = job->dt_ms > 0 ? job->dt_ms : e->model->dt_ms;
    sweep->method = MEC_VARIABLE_STEP;
    if (p->stochastic || job->dt_ms > 0 || (!cvode && !(job->atol > 0))) {
        sweep->method = MEC_FIXED_STEP;
    }
    sweep->free_rounding = job->free_rounding;
}

static mec_status set_limits(evaluation *e, const char *name, mec_sweep *sweep,
                             mec_err *err)
{
    if (e->job->max_seconds > 0) {
        sweep->max_seconds = e->job->max_seconds - (evaluation_clock() - e->started_s);
        if (sweep->max_seconds <= 0) {
            return evaluation_fail(e, MEC_CLASS_TIME_OUT,
                                   mec_fail(err, MEC_E_LIMIT,
                                            "%g CPU seconds were spent before protocol "
                                            "\"%s\"",
                                            e->job->max_seconds, name));
        }
    }
    return MEC_OK;
}

/* What a status of the cell means here: a numerical failure is NEURON's RuntimeError,
 * which leaves the responses empty; the rest ends the combination. */
static mec_status judge(evaluation *e, const mec_protocol *p, mec_status st,
                        bool *failed, mec_err *err)
{
    *failed = st == MEC_E_NUMERIC;
    if (*failed) {
        mec_log(MEC_LOG_DEBUG, "protocol \"%s\": %s", p->name, err->text);
        return MEC_OK;
    }
    if (st != MEC_OK) {
        mec_err_prefix(err, "protocol \"%s\": ", p->name);
        return evaluation_fail(
            e, st == MEC_E_LIMIT ? MEC_CLASS_TIME_OUT : MEC_CLASS_BAD_PACKAGE, st);
    }
    return MEC_OK;
}

static void count(evaluation *e, const mec_protocol *p, const mec_pulse *pulse,
                  const mec_sweep *sweep, const mec_traces *traces)
{
    e->n_sweep++;
    e->n_step += traces->n_step;
    e->n_sample += (int64_t)traces->n;
    mec_log(MEC_LOG_DEBUG, "sweep %s: step %.17g nA, %g ms, %zu samples, last %.17g mV",
            p->name, pulse[0].amp_na, sweep->tstop_ms, traces->n,
            traces->n > 0 && traces->n_probe > 0 ? traces->value[0][traces->n - 1]
                                                 : 0.0);
}

/* Ends a sweep as its early_end says. */
typedef struct watcher {
    const early_end *early;
    bool above;     /* the trace is above eFEL's default threshold */
    double down_ms; /* when it came down again; < 0: not yet */
} watcher;

/* eFEL counts a spike when its interpolated trace, with a step of 0.1 ms, has gone up
 * through the threshold and down again; a little more is simulated so that the points
 * around the crossing are those of the whole trace. */
static bool watch(void *arg, double t_ms, const double value[])
{
    static const double threshold_mv = -20, margin_ms = 0.5;
    watcher *w = arg;

    if (w->early->after_ms > 0 && t_ms > w->early->after_ms) {
        return true;
    }
    if (w->early->spike && w->down_ms < 0) {
        if (value[0] > threshold_mv) {
            w->above = true;
        } else if (w->above && value[0] < threshold_mv) {
            w->down_ms = t_ms;
        }
    }
    return w->down_ms >= 0 && t_ms > w->down_ms + margin_ms;
}

static stochasticity stochasticity_of(const mec_protocol *p)
{
    return p->stochastic      ? STOCH_RANDOM
           : p->deterministic ? STOCH_DETERMINISTIC
                              : STOCH_AS_DECLARED;
}

static mec_status prepare(evaluation *e, const mec_protocol *p, const currents *c,
                          mec_arena *arena, mec_pulse *pulse, mec_sweep *sweep,
                          mec_err *err)
{
    mec_iclamp *clamp = mec_arena_calloc(arena, p->n_pulse, sizeof *clamp);
    mec_play *plays = mec_arena_calloc(arena, p->n_pulse, sizeof *plays);
    mec_status st;

    if (pulse == NULL || clamp == NULL || plays == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(set_currents(e, p, c, pulse, err));
    MEC_TRY(find_clamps(e, p, pulse, clamp, plays, &sweep->n_play, err));
    MEC_TRY(set_limits(e, p->name, sweep, err));
    if (e->stochastic != stochasticity_of(p)) {
        MEC_TRY(stochastic_set(e, stochasticity_of(p), err));
    }
    choose_method(e, p, sweep);
    for (size_t i = 0; i < p->n_pulse; i++) {
        if (pulse[i].total_ms > sweep->tstop_ms) {
            sweep->tstop_ms = pulse[i].total_ms;
        }
    }
    sweep->n_iclamp = (int32_t)p->n_pulse;
    sweep->iclamp = clamp;
    sweep->play = plays;
done:
    return st;
}

/* What to run. */
typedef struct request {
    const mec_protocol *protocol;
    const currents *currents;
    const early_end *early; /* NULL: run to the end */
    const mec_probe *probe; /* [n_probe] */
    int32_t n_probe;
} request;

static bool may_end_early(const evaluation *e, const early_end *early)
{
    return (e->job->without &
            (early->spike ? MEC_SHORTCUT_SPIKE : MEC_SHORTCUT_BASE)) == 0;
}

static mec_status run_with(evaluation *e, const request *r, mec_arena *arena,
                           mec_traces *traces, bool *failed, mec_err *err)
{
    const mec_protocol *p = r->protocol;
    mec_pulse *pulse = mec_arena_calloc(arena, p->n_pulse, sizeof *pulse);
    watcher w = {.early = r->early, .down_ms = -1};
    mec_sweep sweep = {.n_probe = r->n_probe, .probe = r->probe};
    shared_past *saving = NULL;
    mec_status st;

    MEC_TRY(prepare(e, p, r->currents, arena, pulse, &sweep, err));
    if (r->early != NULL && may_end_early(e, r->early) && r->n_probe > 0) {
        sweep.watch = watch;
        sweep.watch_arg = &w;
    }
    if (!p->stochastic) {
        saving = past_use(e, &sweep);
    }
    st = judge(e, p, mec_cell_run(e->cell, &sweep, arena, traces, err), failed, err);
    if (saving != NULL && !mec_checkpoint_is_set(saving->checkpoint)) {
        past_clear(saving);
    }
    if (st == MEC_OK) {
        count(e, p, pulse, &sweep, traces);
    }
done:
    return st;
}

mec_status sweep_run(evaluation *e, const mec_protocol *p, const currents *c,
                     const early_end *early, mec_arena *arena, mec_traces *traces,
                     bool *failed, mec_err *err)
{
    mec_probe *probe = mec_arena_calloc(arena, p->n_recording, sizeof *probe);
    int32_t *index = mec_arena_calloc(arena, p->n_recording, sizeof *index);
    request r = {.protocol = p, .currents = c, .early = early, .probe = probe};
    int32_t n_probe;
    mec_status st;

    *traces = (mec_traces){0};
    if (probe == NULL || index == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(find_probes(e, p, probe, index, &n_probe, err));
    /* A search looks at the first recording, the soma, which always exists. */
    r.n_probe = n_probe < 1 ? n_probe : 1;
    st = run_with(e, &r, arena, traces, failed, err);
done:
    return st;
}

mec_status sweep_keep(evaluation *e, const mec_protocol *p, const currents *c,
                      mec_err *err)
{
    mec_probe *probe = mec_arena_calloc(e->arena, p->n_recording, sizeof *probe);
    int32_t *index = mec_arena_calloc(e->arena, p->n_recording, sizeof *index);
    mec_traces traces = {0};
    bool failed = false;
    request r = {.protocol = p, .currents = c, .probe = probe};
    int32_t n_probe;
    mec_status st;

    if (probe == NULL || index == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(find_probes(e, p, probe, index, &n_probe, err));
    r.n_probe = n_probe;
    MEC_TRY(run_with(e, &r, e->arena, &traces, &failed, err));
    for (size_t i = 0; i < p->n_recording; i++) {
        bool exists = !failed && index[i] >= 0;

        MEC_TRY(response_set_trace(e, p->recording[i].name, exists, traces.n, traces.t,
                                   exists ? traces.value[index[i]] : NULL, err));
    }
done:
    return st;
}
