/* The Main algorithm of the SSCx packages (EMODELS.md C.7, C.13): resting potential,
 * holding current, input resistance, threshold current, then the other protocols with
 * amplitudes relative to the threshold.
 *
 * The quirks are part of the result: the holding search never leaves the negative side
 * and returns its last middle untested, the threshold search starts at minus the holding
 * current, keeps that lower bound for the bisection, and returns the upper one.
 */

#include "evaluate_priv.h"

#include <mecombo/log.h>

#include <math.h>
#include <string.h>

enum { N_BRIEF = 20, MAX_DEPTH = 5 };

static const double max_threshold_mv = -40, precision_na = 0.01;

typedef struct search {
    evaluation *e;
    const mec_main_algorithm *a;
    double rmp_mv, target_mv, rin_mohm;
    double holding_na, threshold_na;
    bool has_threshold;
    mec_err *err;
} search;

static const mec_protocol *protocol(const search *s, size_t i)
{
    return &s->e->model->protocol[i];
}

static const mec_feature *feature(const search *s, size_t i_objective)
{
    return &s->e->model->objective[i_objective].feature[0];
}

/* BluePyMM's TypeError on a response that is None. */
static mec_status sweep_failed(const search *s, const char *what)
{
    return evaluation_fail(s->e, MEC_CLASS_SWEEP_FAILED,
                           mec_fail(s->err, MEC_E_NUMERIC,
                                    "%s (the sweep failed or has no such feature)",
                                    what));
}

static mec_status need_mean(const search *s, size_t i_objective, double *value)
{
    const mec_feature *f = feature(s, i_objective);
    bool exists;
    mec_status st = feature_mean(s->e, f, &exists, value, s->err);

    if (st == MEC_OK && !exists) {
        st = sweep_failed(s, f->name);
    }
    return st;
}

/* Feature of a search sweep's soma voltage, with eFEL's default settings. */
static mec_status try_probe(const search *s, const mec_protocol *p, const currents *c,
                            const early_end *early, const char *name, double *value,
                            bool *stopped)
{
    mec_arena *arena = mec_arena_new();
    double start = sweep_stim_start(p), end = sweep_stim_end(p);
    mec_traces traces;
    bool failed = false, exists = false;
    mec_status st;

    if (arena == NULL) {
        return mec_no_memory(s->err);
    }
    if (c->brief && sweep_n_step(p) == 1) {
        end = start + (end - start) * 0.1;
    }
    MEC_TRY(sweep_run(s->e, p, c, early, arena, &traces, &failed, s->err));
    *stopped = traces.stopped;
    if (!failed && traces.n > 0 && traces.n_probe > 0) {
        MEC_TRY(feature_of_trace(arena, name, start, end, traces.n, traces.t,
                                 traces.value[0], &exists, value, s->err));
    }
    if (!exists) {
        st = sweep_failed(s, name);
    }
done:
    mec_arena_free(arena);
    return st;
}

/* voltage_base looks at the time before the step only. */
static mec_status probe_base(const search *s, const mec_protocol *p, const currents *c,
                             double *base_mv)
{
    early_end early = {.after_ms = sweep_stim_start(p) + 1.0};
    bool stopped;

    return try_probe(s, p, c, &early, "voltage_base", base_mv, &stopped);
}

/* Is there a spike? The first one ends the sweep; should eFEL's interpolation not see it,
 * the whole sweep decides. */
static mec_status probe_spike(const search *s, const mec_protocol *p, const currents *c,
                              bool *yes)
{
    early_end early = {.spike = true};
    double n = 0;
    bool stopped;
    mec_status st = try_probe(s, p, c, &early, "Spikecount", &n, &stopped);

    if (st == MEC_OK && stopped && !(n >= 1)) {
        st = try_probe(s, p, c, NULL, "Spikecount", &n, &stopped);
    }
    *yes = st == MEC_OK && n >= 1;
    return st;
}

static mec_status rin_with(search *s, double holding_na)
{
    currents c = {.has_holding = true, .holding_na = holding_na};

    return sweep_keep(s->e, protocol(s, s->a->rin), &c, s->err);
}

/* Bisection on [lower, 0]; the distance to `lower` is taken as absolute, so that a cell
 * that needs a positive current is searched from below as well. */
static mec_status search_holding(search *s, double rin0_mohm)
{
    double upper = 0.0;
    double lower = 2 * ((s->target_mv - s->rmp_mv) / rin0_mohm);

    for (int depth = 1;; depth++) {
        currents c = {.has_holding = true};
        double v;
        mec_status st;

        c.holding_na = s->holding_na = upper - fabs(upper - lower) / 2;
        if (depth > s->a->holding_max_depth) {
            return MEC_OK;
        }
        st = probe_base(s, protocol(s, s->a->rin), &c, &v);
        if (st != MEC_OK || fabs(v - s->target_mv) < s->a->holding_precision_mv) {
            return st;
        }
        if (v > s->target_mv) {
            upper = s->holding_na;
        } else if (v < s->target_mv) {
            lower = s->holding_na;
        } else {
            return evaluation_fail(s->e, MEC_CLASS_NO_HOLDING,
                                   mec_fail(s->err, MEC_E_NUMERIC,
                                            "no current holds the cell at %g mV",
                                            s->target_mv));
        }
    }
}

static mec_status find_holding(search *s)
{
    double rin0_mohm;
    mec_status st;

    MEC_TRY(need_mean(s, s->a->rmp_base, &s->rmp_mv));
    MEC_TRY(rin_with(s, 0.0));
    MEC_TRY(need_mean(s, s->a->rin_resistance, &rin0_mohm));
    s->target_mv = feature(s, s->a->rin_base)->mean;
    MEC_TRY(search_holding(s, rin0_mohm));
    MEC_TRY(rin_with(s, s->holding_na));
    MEC_TRY(
        response_set_number(s->e, s->a->holding_response, true, s->holding_na, s->err));
    MEC_TRY(need_mean(s, s->a->rin_resistance, &s->rin_mohm));
done:
    return st;
}

static mec_status spikes(search *s, double step_na, bool brief, bool *yes)
{
    currents c = {.has_step = true,
                  .has_holding = true,
                  .step_na = step_na,
                  .holding_na = s->holding_na,
                  .brief = brief};

    return probe_spike(s, protocol(s, s->a->threshold), &c, yes);
}

/* numpy.linspace(start, stop, N_BRIEF)[i] */
static double linspace(double start, double stop, int i)
{
    double step = (stop - start) / (N_BRIEF - 1);

    if (i == N_BRIEF - 1) {
        return stop;
    }
    return step == 0 ? (double)i / (N_BRIEF - 1) * (stop - start) + start
                     : (double)i * step + start;
}

static mec_status bisect_threshold(search *s, double lower, double upper)
{
    mec_status st = MEC_OK;

    for (int depth = 1; depth <= MAX_DEPTH && !(fabs(upper - lower) < precision_na);
         depth++) {
        double middle = upper - fabs(upper - lower) / 2;
        bool yes;

        MEC_TRY(spikes(s, middle, false, &yes));
        if (yes) {
            upper = middle;
        } else {
            lower = middle;
        }
    }
    s->threshold_na = upper;
    s->has_threshold = true;
done:
    return st;
}

static mec_status find_threshold(search *s)
{
    double lower = -s->holding_na;
    double stop = (max_threshold_mv - s->target_mv) / s->rin_mohm;
    double step_na = lower;
    bool yes = false;
    mec_status st;

    for (int i = 0; i < N_BRIEF && !yes; i++) {
        step_na = linspace(lower, stop, i);
        MEC_TRY(spikes(s, step_na, true, &yes));
    }
    if (!yes) {
        MEC_TRY(spikes(s, step_na, false, &yes));
    }
    if (yes) {
        MEC_TRY(bisect_threshold(s, lower, step_na));
    }
    st = response_set_number(s->e, s->a->threshold_response, s->has_threshold,
                             s->threshold_na, s->err);
done:
    return st;
}

static mec_status run_protocols(search *s, size_t n, const size_t *list)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < n; i++) {
        const mec_protocol *p = protocol(s, list[i]);
        currents c = {0};

        if (!evaluation_wants(s->e, p->name)) {
            continue;
        }
        if (p->kind == MEC_PROTOCOL_THRESHOLD_STEP) {
            c.has_step = c.has_holding = true;
            c.step_na = s->threshold_na * (p->thresh_perc / 100.0);
            c.holding_na = s->holding_na;
        }
        MEC_TRY(sweep_keep(s->e, p, &c, s->err));
    }
done:
    return st;
}

/* After the pre-protocols: does any objective that names the last one exceed the limit? */
static mec_status pre_protocols_pass(search *s, bool *pass)
{
    const mec_emodel *m = s->e->model;
    const char *last;
    mec_status st = MEC_OK;

    *pass = true;
    if (s->a->n_pre == 0) {
        return MEC_OK;
    }
    MEC_TRY(run_protocols(s, s->a->n_pre, s->a->pre));
    last = protocol(s, s->a->pre[s->a->n_pre - 1])->name;
    for (size_t i = 0; i < m->n_objective; i++) {
        double score;

        if (strstr(m->objective[i].name, last) != NULL) {
            MEC_TRY(objective_score(s->e, &m->objective[i], &score, s->err));
            *pass = *pass && !(score > s->a->pre_score_threshold);
        }
    }
done:
    return st;
}

static bool any_wanted(const search *s, size_t n, const size_t *list)
{
    for (size_t i = 0; i < n; i++) {
        if (evaluation_wants(s->e, protocol(s, list[i])->name)) {
            return true;
        }
    }
    return false;
}

mec_status main_run(evaluation *e, mec_err *err)
{
    search s = {.e = e, .a = e->model->main, .err = err};
    bool wants_others = any_wanted(&s, s.a->n_pre, s.a->pre) ||
                        any_wanted(&s, s.a->n_other, s.a->other) ||
                        evaluation_wants(e, "ThresholdDetection");
    currents none = {0};
    bool pass;
    mec_status st;

    MEC_TRY(sweep_keep(e, protocol(&s, s.a->rmp), &none, err));
    if (!wants_others && !evaluation_wants(e, protocol(&s, s.a->rin)->name)) {
        goto done;
    }
    MEC_TRY(find_holding(&s));
    if (!wants_others) {
        goto done;
    }
    MEC_TRY(find_threshold(&s));
    mec_log(MEC_LOG_DEBUG, "holding %.17g nA, threshold %.17g nA", s.holding_na,
            s.threshold_na);
    if (s.has_threshold) {
        MEC_TRY(pre_protocols_pass(&s, &pass));
        if (pass) {
            MEC_TRY(run_protocols(&s, s.a->n_other, s.a->other));
        }
    }
done:
    return st;
}
