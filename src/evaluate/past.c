/* Sweeps that share their past.
 *
 * Until the first edge of a stimulus, sweeps with equal clamps and recordings are one and
 * the same computation; the later ones resume from the state that the first has saved
 * there. The threshold search repeats the time before its step about thirty times.
 */

#include "evaluate_priv.h"

#include <stdlib.h>
#include <string.h>

static bool same_method(const mec_sweep *a, const mec_sweep *b)
{
    return a->method == b->method && a->atol == b->atol && a->dt_ms == b->dt_ms &&
           a->free_rounding == b->free_rounding;
}

static bool same_probes(const mec_sweep *a, const mec_sweep *b)
{
    if (a->n_probe != b->n_probe) {
        return false;
    }
    for (int32_t i = 0; i < a->n_probe; i++) {
        const mec_probe *p = &a->probe[i], *q = &b->probe[i];

        if (p->section != q->section || p->x != q->x ||
            strcmp(p->variable, q->variable) != 0) {
            return false;
        }
    }
    return true;
}

/* Do two clamps do the same until the edge? */
static bool same_clamp(const mec_iclamp *a, const mec_iclamp *b, double edge_ms)
{
    if (a->section != b->section || a->x != b->x) {
        return false;
    }
    if (a->delay_ms >= edge_ms && b->delay_ms >= edge_ms) {
        return true;
    }
    return a->delay_ms == b->delay_ms && a->amp_na == b->amp_na;
}

static bool same_past(const shared_past *past, const mec_sweep *sweep, double edge_ms)
{
    const mec_sweep *saved = &past->sweep;

    if (past->checkpoint == NULL || past->edge_ms != edge_ms ||
        saved->n_iclamp != sweep->n_iclamp || !same_method(saved, sweep) ||
        !same_probes(saved, sweep)) {
        return false;
    }
    for (int32_t i = 0; i < sweep->n_iclamp; i++) {
        if (!same_clamp(&saved->iclamp[i], &sweep->iclamp[i], edge_ms)) {
            return false;
        }
    }
    return true;
}

/* The first edge after the beginning; 0 when there is none before tstop, or when a clamp
 * is at work that ends before it. */
static double first_edge(const mec_sweep *sweep)
{
    double edge = sweep->tstop_ms;

    for (int32_t i = 0; i < sweep->n_iclamp; i++) {
        double delay = sweep->iclamp[i].delay_ms;

        edge = delay > 0 && delay < edge ? delay : edge;
    }
    for (int32_t i = 0; i < sweep->n_iclamp; i++) {
        const mec_iclamp *c = &sweep->iclamp[i];

        if (c->delay_ms < edge && c->delay_ms + c->duration_ms <= edge) {
            return 0;
        }
    }
    return edge < sweep->tstop_ms ? edge : 0;
}

/* Remember what a sweep was; its arrays are copied, since the sweep's arena may go. */
static bool remember(shared_past *past, const mec_sweep *sweep, double edge_ms)
{
    size_t n_clamp = (size_t)sweep->n_iclamp, n_probe = (size_t)sweep->n_probe;

    past_clear(past);
    past->clamp = calloc(n_clamp + 1, sizeof *past->clamp);
    past->probe = calloc(n_probe + 1, sizeof *past->probe);
    past->checkpoint = mec_checkpoint_new();
    if (past->clamp == NULL || past->probe == NULL || past->checkpoint == NULL) {
        past_clear(past);
        return false;
    }
    memcpy(past->clamp, sweep->iclamp, n_clamp * sizeof *past->clamp);
    memcpy(past->probe, sweep->probe, n_probe * sizeof *past->probe);
    past->sweep = *sweep;
    past->sweep.iclamp = past->clamp;
    past->sweep.probe = past->probe;
    past->edge_ms = edge_ms;
    return true;
}

void past_clear(shared_past *past)
{
    mec_checkpoint_free(past->checkpoint);
    free(past->clamp);
    free(past->probe);
    memset(past, 0, sizeof *past);
}

shared_past *past_use(evaluation *e, mec_sweep *sweep)
{
    bool no = (e->job->without & MEC_SHORTCUT_PAST) != 0 || sweep->n_play > 0;
    double edge = no ? 0 : first_edge(sweep);
    shared_past *next;

    if (edge == 0) {
        return NULL;
    }
    for (size_t i = 0; i < N_PAST; i++) {
        if (same_past(&e->past[i], sweep, edge)) {
            sweep->resume = e->past[i].checkpoint;
            return NULL;
        }
    }
    next = &e->past[e->i_past++ % N_PAST];
    if (!remember(next, sweep, edge)) {
        return NULL; /* without memory for it, the sweep is just computed */
    }
    sweep->save = next->checkpoint;
    sweep->save_ms = edge;
    return next;
}
