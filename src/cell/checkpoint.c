/* Saving a sweep at an edge of a stimulus, and resuming others there. */

#include "cell_priv.h"

#include <stdlib.h>
#include <string.h>

struct mec_checkpoint {
    const mec_cell *cell; /* NULL while empty */
    double edge;          /* ms, spec->save_ms */
    double t;             /* ms, where the state stands */
    mec_sweep spec;       /* method and its numbers; no pointers are used */
    mec_iclamp *iclamp;   /* [spec.n_iclamp] */
    double *state;        /* all variables, in the order of visit_state() */
    size_t n_state;
    size_t n_sample;
    int64_t n_step;
    uint32_t random; /* mec_env.scop_random */
    double *past;    /* [n_sample * (1 + n_probe)] t, then probe by probe */
};

mec_checkpoint *mec_checkpoint_new(void)
{
    return calloc(1, sizeof(mec_checkpoint));
}

static void clear(mec_checkpoint *checkpoint)
{
    free(checkpoint->iclamp);
    free(checkpoint->state);
    free(checkpoint->past);
    memset(checkpoint, 0, sizeof *checkpoint);
}

void mec_checkpoint_free(mec_checkpoint *checkpoint)
{
    if (checkpoint != NULL) {
        clear(checkpoint);
        free(checkpoint);
    }
}

bool mec_checkpoint_is_set(const mec_checkpoint *checkpoint)
{
    return checkpoint->cell != NULL;
}

/* Copy one stretch of variables to or from the saved state; counts when both are NULL. */
static size_t transfer(double *live, size_t n, double *save, const double *load)
{
    if (save != NULL) {
        memcpy(save, live, n * sizeof *save);
    } else if (load != NULL) {
        memcpy(live, load, n * sizeof *load);
    }
    return n;
}

static size_t visit_state(const mec_cell *cell, double *save, const double *load)
{
    const cell_work *w = &cell->work;
    size_t n = transfer(w->node_v, (size_t)(w->pad_zero + w->n_vector), save, load);

    for (int32_t m = 0; m < cell->n_mech; m++) {
        n += transfer(cell->mech[m]->own, cell->mech[m]->n_own,
                      save != NULL ? save + n : NULL, load != NULL ? load + n : NULL);
        n += transfer(cell->mech[m]->global,
                      (size_t)cell->mech[m]->desc->n_global_values,
                      save != NULL ? save + n : NULL, load != NULL ? load + n : NULL);
    }
    for (int32_t i = 0; i < cell->n_ion; i++) {
        for (int v = 0; v < MEC_N_ION_VARIABLE; v++) {
            n += transfer(cell->ion[i].value[v], (size_t)cell->n_slot,
                          save != NULL ? save + n : NULL,
                          load != NULL ? load + n : NULL);
        }
    }
    return n;
}

mec_status cell_save(cell_sweep *sweep, double t, mec_err *err)
{
    mec_checkpoint *to = sweep->spec->save;
    const cell_recorder *record = &sweep->record;
    size_t n_probe = (size_t)sweep->spec->n_probe, n = record->n;

    clear(to);
    for (int32_t m = 0; m < sweep->cell->n_mech; m++) {
        const cell_mech *mech = sweep->cell->mech[m];
        if (sweep->events != NULL || mech->pointer != NULL || mech->desc->remembers) {
            return MEC_OK;
        }
    }
    to->spec = *sweep->spec;
    to->edge = sweep->spec->save_ms;
    to->t = t;
    to->n_step = sweep->n_step;
    to->random = sweep->cell->env.scop_random;
    to->n_sample = n;
    to->n_state = visit_state(sweep->cell, NULL, NULL);
    to->state = malloc(to->n_state * sizeof(double));
    to->past = malloc((n * (1 + n_probe) + 1) * sizeof(double));
    to->iclamp = malloc(((size_t)to->spec.n_iclamp + 1) * sizeof *to->iclamp);
    if (to->state == NULL || to->past == NULL || to->iclamp == NULL) {
        clear(to);
        return mec_fail(err, MEC_E_NOMEM, "out of memory for a checkpoint");
    }
    visit_state(sweep->cell, to->state, NULL);
    memcpy(to->past, record->t, n * sizeof(double));
    for (size_t p = 0; p < n_probe; p++) {
        memcpy(to->past + n * (1 + p), record->value[p], n * sizeof(double));
    }
    for (int32_t i = 0; i < to->spec.n_iclamp; i++) {
        to->iclamp[i] = sweep->spec->iclamp[i];
    }
    to->cell = sweep->cell;
    return MEC_OK;
}

/* Do two clamps do the same until the edge? */
static bool same_past(const mec_iclamp *a, const mec_iclamp *b, double edge)
{
    bool same_place = a->section == b->section && a->x == b->x;
    bool same_start = a->delay_ms == b->delay_ms;
    bool same_end = a->duration_ms == b->duration_ms;

    if (!same_place || (!same_start && (a->delay_ms < edge || b->delay_ms < edge))) {
        return false;
    }
    bool both_end_later =
        a->delay_ms + a->duration_ms > edge && b->delay_ms + b->duration_ms > edge;
    if (!same_end && !both_end_later) {
        return false;
    }
    return a->amp_na == b->amp_na || a->delay_ms >= edge;
}

static bool compatible(const mec_checkpoint *from, const cell_sweep *sweep)
{
    const mec_sweep *now = sweep->spec, *then = &from->spec;
    bool same = from->cell == sweep->cell && now->method == then->method &&
                now->n_probe == then->n_probe && now->n_iclamp == then->n_iclamp &&
                now->n_play == 0 && then->n_play == 0 && now->n_seclamp == 0 &&
                then->n_seclamp == 0 && now->free_rounding == then->free_rounding &&
                now->tstop_ms > from->edge + 1e-6;

    if (now->method == MEC_VARIABLE_STEP) {
        same = same && now->atol == then->atol;
    } else {
        same =
            same && now->dt_ms == then->dt_ms && now->secondorder == then->secondorder;
    }
    for (int32_t i = 0; same && i < now->n_iclamp; i++) {
        same = same_past(&now->iclamp[i], &from->iclamp[i], from->edge);
    }
    return same;
}

mec_status cell_resume(cell_sweep *sweep, double *t, mec_err *err)
{
    const mec_checkpoint *from = sweep->spec->resume;
    size_t n = from->n_sample;
    mec_status st;

    if (from->cell == NULL || !compatible(from, sweep)) {
        return mec_fail(
            err, MEC_E_INPUT,
            "the sweep cannot resume from this checkpoint (it must have the "
            "same cell, method, probes and clamps until the checkpoint)");
    }
    double **value = calloc((size_t)sweep->spec->n_probe + 1, sizeof *value);
    if (value == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for a checkpoint");
    }
    for (int32_t p = 0; p < sweep->spec->n_probe; p++) {
        value[p] = from->past + n * (size_t)(1 + p);
    }
    visit_state(sweep->cell, NULL, from->state);
    sweep->n_step = from->n_step;
    sweep->cell->env.scop_random = from->random;
    *t = from->t;
    st = cell_record_past(sweep, n, from->past, value, err);
    free(value);
    return st;
}
