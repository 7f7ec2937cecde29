/* Current sources: IClamp. Several on one node are evaluated last made first, nodes in
 * NEURON's order (SOLVER.md 7.4). */

#include "cell_priv.h"

#include <stdlib.h>

static mec_status place_source(cell_sweep *sweep, int32_t section, double x,
                               cell_source *source, mec_err *err)
{
    mec_cell *cell = sweep->cell;

    if (section < 0 || section >= cell->n_section || !(x >= 0.0 && x <= 1.0)) {
        return mec_fail(
            err, MEC_E_INPUT,
            "a stimulus sits at section %d, x = %g (sections are 0 to %d, x "
            "lies in 0..1)",
            (int)section, x, (int)cell->n_section - 1);
    }
    source->order = mec_geometry_node(cell->morphology, cell->geometry, section, x);
    source->slot = cell->tree.slot[source->order];
    source->per_area = 1.e2 / cell->tree.area[source->slot];
    return MEC_OK;
}

static int compare_sources(const void *left, const void *right)
{
    const cell_source *a = left, *b = right;

    if (a->order != b->order) {
        return a->order < b->order ? -1 : 1;
    }
    return (a->made < b->made) - (a->made > b->made);
}

mec_status cell_make_sources(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;
    const mec_sweep *spec = sweep->spec;

    sweep->source = mec_arena_calloc(sweep->arena, (size_t)spec->n_iclamp + 1,
                                     sizeof *sweep->source);
    if (sweep->source == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for stimuli");
    }
    for (int32_t i = 0; i < spec->n_iclamp; i++) {
        cell_source *source = &sweep->source[i];

        source->made = i;
        source->iclamp = spec->iclamp[i];
        MEC_TRY(
            place_source(sweep, source->iclamp.section, source->iclamp.x, source, err));
    }
    sweep->n_source = spec->n_iclamp;
    qsort(sweep->source, (size_t)sweep->n_source, sizeof *sweep->source,
          compare_sources);
done:
    return st;
}

static double clamp_current(const mec_iclamp *clamp, double t)
{
    return t < clamp->delay_ms + clamp->duration_ms && t >= clamp->delay_ms
               ? clamp->amp_na
               : 0.0;
}

static void add_source(cell_sweep *sweep, const cell_source *source, double t)
{
    double current = clamp_current(&source->iclamp, t);

    sweep->cell->work.node_f[source->slot] += current * source->per_area;
}

void cell_add_sources(cell_sweep *sweep, double t)
{
    for (int32_t i = 0; i < sweep->n_source; i++) {
        add_source(sweep, &sweep->source[i], t);
    }
}

void cell_add_zero_area_sources(cell_sweep *sweep, double t)
{
    for (int32_t i = 0; i < sweep->n_source; i++) {
        if (sweep->source[i].slot < sweep->cell->work.n_zero) {
            add_source(sweep, &sweep->source[i], t);
        }
    }
}

double cell_next_edge(const cell_sweep *sweep, double t0)
{
    double next = t0 + 1e5;

    for (int32_t i = 0; i < sweep->n_source; i++) {
        const mec_iclamp *clamp = &sweep->source[i].iclamp;
        const double edge[2] = {clamp->delay_ms, clamp->delay_ms + clamp->duration_ms};

        for (int k = 0; k < 2; k++) {
            if (t0 < edge[k] && edge[k] < next) {
                next = edge[k];
            }
        }
    }
    return next;
}
