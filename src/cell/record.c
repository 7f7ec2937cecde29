/* Recording of probes. */

#include "cell_priv.h"

#include <stdlib.h>
#include <string.h>

/* A variable of a point process. */
static mec_status find_of_point(mec_cell *cell, const mec_probe *probe,
                                double **address, mec_err *err)
{
    int32_t p = probe->point - 1;
    int32_t column = -1;

    if (p >= 0 && p < (int32_t)cell->point.n) {
        column = cell_point_column(cell->point.data[p].mech->desc, probe->variable);
    }
    if (column < 0) {
        return mec_fail(err, MEC_E_INPUT,
                        "recording %s: point %d has no variable \"%s\"", probe->name,
                        (int)probe->point, probe->variable);
    }
    *address = cell->point.data[p].mech->column[column] + cell->point.data[p].instance;
    return MEC_OK;
}

mec_status cell_find_probe(mec_cell *cell, const mec_probe *probe, double **address,
                           mec_err *err)
{
    cell_place place;
    mec_status st;

    if (probe->point != 0) {
        return find_of_point(cell, probe, address, err);
    }
    if (probe->section < 0 || probe->section >= cell->n_section ||
        !(probe->x >= 0.0 && probe->x <= 1.0)) {
        return mec_fail(
            err, MEC_E_INPUT,
            "recording %s: section %d, x = %g (sections are 0 to %d, x lies "
            "in 0..1)",
            probe->name, (int)probe->section, probe->x, (int)cell->n_section - 1);
    }
    st = cell_find_variable(cell, probe->section, probe->variable, &place, err);
    if (st != MEC_OK) {
        mec_err_prefix(err, "recording %s: ", probe->name);
        return st;
    }
    /* NEURON: v has values at the ends of a section, other variables in segments only. */
    int32_t node =
        mec_geometry_node(cell->morphology, cell->geometry, probe->section, probe->x);
    if (place.kind != CELL_V) {
        int32_t nseg = cell->morphology->section[probe->section].nseg;
        int32_t k = (int32_t)(nseg * probe->x);

        node = cell->geometry->first_node[probe->section] + (k < nseg ? k : nseg - 1);
    }
    int32_t slot = cell->tree.slot[node];
    *address = cell_variable_address(cell, &place, slot);
    if (*address == NULL) {
        return mec_fail(err, MEC_E_INPUT, "recording %s: %s has no value at %s(%g)",
                        probe->name, probe->variable,
                        cell->morphology->section[probe->section].name, probe->x);
    }
    return MEC_OK;
}

static mec_status place_probe(cell_sweep *sweep, const mec_probe *probe,
                              double **address, mec_err *err)
{
    const cell_work *w = &sweep->cell->work;
    mec_status st = cell_find_probe(sweep->cell, probe, address, err);

    if (st == MEC_OK && (*address < w->y || *address >= w->y + w->n_vector)) {
        sweep->record.assigned = true;
    }
    return st;
}

mec_status cell_make_record(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;
    const mec_sweep *spec = sweep->spec;
    cell_recorder *record = &sweep->record;
    size_t n = (size_t)spec->n_probe + 1;

    record->value = calloc(n, sizeof *record->value);
    record->address = calloc(n, sizeof *record->address);
    record->latest = calloc(n, sizeof *record->latest);
    if (record->value == NULL || record->address == NULL || record->latest == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for recordings");
    }
    /* NEURON evaluates f at every sample, which matters to what remembers it as well. */
    for (int32_t m = 0; m < sweep->cell->n_mech; m++) {
        record->assigned = record->assigned || sweep->cell->mech[m]->desc->currents_lag;
    }
    for (int32_t p = 0; p < spec->n_probe; p++) {
        MEC_TRY(place_probe(sweep, &spec->probe[p], &record->address[p], err));
    }
done:
    return st;
}

static bool grow(cell_recorder *record, int32_t n_probe)
{
    size_t capacity = record->capacity == 0 ? 4096 : 2 * record->capacity;
    double *t = realloc(record->t, capacity * sizeof *t);

    if (t == NULL) {
        return false;
    }
    record->t = t;
    for (int32_t p = 0; p < n_probe; p++) {
        double *value = realloc(record->value[p], capacity * sizeof *value);

        if (value == NULL) {
            return false;
        }
        record->value[p] = value;
    }
    record->capacity = capacity;
    return true;
}

mec_status cell_record(cell_sweep *sweep, double t, mec_err *err)
{
    cell_recorder *record = &sweep->record;
    int32_t n_probe = sweep->spec->n_probe;

    if (record->n == record->capacity && !grow(record, n_probe)) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for recordings");
    }
    record->t[record->n] = t;
    for (int32_t p = 0; p < n_probe; p++) {
        record->value[p][record->n] = *record->address[p];
    }
    record->n++;
    if (sweep->spec->watch != NULL) {
        for (int32_t p = 0; p < n_probe; p++) {
            record->latest[p] = *record->address[p];
        }
        sweep->stopped = sweep->spec->watch(sweep->spec->watch_arg, t, record->latest);
    }
    return MEC_OK;
}

mec_status cell_record_past(cell_sweep *sweep, size_t n, const double t[],
                            double *const value[], mec_err *err)
{
    cell_recorder *record = &sweep->record;

    while (record->capacity < n) {
        if (!grow(record, sweep->spec->n_probe)) {
            return mec_fail(err, MEC_E_NOMEM, "out of memory for recordings");
        }
    }
    memcpy(record->t, t, n * sizeof *t);
    for (int32_t p = 0; p < sweep->spec->n_probe; p++) {
        memcpy(record->value[p], value[p], n * sizeof *t);
    }
    record->n = n;
    return MEC_OK;
}

static double *copy(mec_arena *arena, const double *from, size_t n)
{
    double *to = mec_arena_calloc(arena, n + 1, sizeof *to);

    if (to != NULL && n > 0) {
        memcpy(to, from, n * sizeof *to);
    }
    return to;
}

mec_status cell_record_finish(cell_sweep *sweep, mec_traces *out, mec_err *err)
{
    const cell_recorder *record = &sweep->record;
    mec_arena *arena = sweep->arena;
    int32_t n_probe = sweep->spec->n_probe;

    *out = (mec_traces){.n = record->n,
                        .n_probe = n_probe,
                        .n_step = sweep->n_step,
                        .stopped = sweep->stopped};
    out->t = copy(arena, record->t, record->n);
    out->value = mec_arena_calloc(arena, (size_t)n_probe + 1, sizeof *out->value);
    bool ok = out->t != NULL && out->value != NULL;
    for (int32_t p = 0; ok && p < n_probe; p++) {
        out->value[p] = copy(arena, record->value[p], record->n);
        ok = out->value[p] != NULL;
    }
    return ok ? MEC_OK : mec_fail(err, MEC_E_NOMEM, "out of memory for recordings");
}

void cell_record_free(cell_sweep *sweep)
{
    cell_recorder *record = &sweep->record;

    free(record->t);
    for (int32_t p = 0; record->value != NULL && p < sweep->spec->n_probe; p++) {
        free(record->value[p]);
    }
    free(record->value);
    free(record->address);
    free(record->latest);
}
