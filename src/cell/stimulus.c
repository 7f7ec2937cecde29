/* Sources: IClamp and SEClamp. NEURON evaluates all clamps of a kind node by node, on one
 * node the last made first (SOLVER.md 7.4). */

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
    sweep->sources_at_ends = sweep->sources_at_ends || source->slot < cell->work.n_zero;
    source->per_area = 1.e2 / cell->tree.area[source->slot];
    return MEC_OK;
}

static int compare_sources(const void *left, const void *right)
{
    const cell_source *a = left, *b = right;

    if (a->voltage != b->voltage) {
        return a->voltage ? 1 : -1;
    }
    if (a->order != b->order) {
        return a->order < b->order ? -1 : 1;
    }
    return (a->made < b->made) - (a->made > b->made);
}

mec_status cell_make_sources(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;
    const mec_sweep *spec = sweep->spec;
    size_t n = (size_t)spec->n_iclamp + (size_t)spec->n_seclamp;
    cell_source *source = mec_arena_calloc(sweep->arena, n + 1, sizeof *source);

    if (source == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for stimuli");
    }
    sweep->source = source;
    sweep->sources_at_ends = sweep->cell->points_at_ends;
    for (int32_t i = 0; i < spec->n_iclamp; i++, source++) {
        source->made = i;
        source->iclamp = spec->iclamp[i];
        MEC_TRY(
            place_source(sweep, source->iclamp.section, source->iclamp.x, source, err));
    }
    for (int32_t i = 0; i < spec->n_seclamp; i++, source++) {
        source->voltage = true;
        source->made = i;
        source->seclamp = spec->seclamp[i];
        MEC_TRY(place_source(sweep, source->seclamp.section, source->seclamp.x, source,
                             err));
    }
    sweep->n_source = (int32_t)n;
    qsort(sweep->source, n, sizeof *sweep->source, compare_sources);
done:
    return st;
}

static double iclamp_current(const mec_iclamp *clamp, double t)
{
    return t < clamp->delay_ms + clamp->duration_ms && t >= clamp->delay_ms
               ? clamp->amp_na
               : 0.0;
}

/* nA; positive into the cell. */
static double seclamp_current(const mec_seclamp *clamp, double t, double v)
{
    double end = clamp->duration_ms[0];

    for (int k = 0; k < 3; k++) {
        if (t < end) {
            return (clamp->amp_mv[k] - v) / clamp->rs_mohm;
        }
        end = k < 2 ? end + clamp->duration_ms[k + 1] : end;
    }
    return 0.0;
}

void cell_add_sources(cell_sweep *sweep, double t, int32_t end, double rhs[],
                      double g[])
{
    const double *node_v = sweep->cell->work.node_v;

    for (int32_t i = 0; i < sweep->n_source; i++) {
        const cell_source *source = &sweep->source[i];

        if (source->slot >= end) {
            continue;
        }
        if (!source->voltage) {
            rhs[source->slot] += iclamp_current(&source->iclamp, t) * source->per_area;
            continue;
        }
        double v = node_v[source->slot];
        double shifted = seclamp_current(&source->seclamp, t, v + .001);
        double current = seclamp_current(&source->seclamp, t, v);
        double slope = (shifted - current) / .001;

        rhs[source->slot] += current * source->per_area;
        g[source->slot] -= slope * source->per_area;
    }
}

static double sooner(double t0, double edge, double next)
{
    return t0 < edge && edge < next ? edge : next;
}

double cell_next_edge(const cell_sweep *sweep, double t0)
{
    double next = t0 + 1e5;

    for (int32_t i = 0; i < sweep->n_source; i++) {
        const cell_source *source = &sweep->source[i];

        if (source->voltage) {
            double edge = 0.0;

            for (int k = 0; k < 3; k++) {
                edge += source->seclamp.duration_ms[k];
                if (source->seclamp.duration_ms[k] != 0.0) {
                    next = sooner(t0, edge, next);
                }
            }
        } else {
            const mec_iclamp *clamp = &source->iclamp;

            next = sooner(t0, clamp->delay_ms, next);
            next = sooner(t0, clamp->delay_ms + clamp->duration_ms, next);
        }
    }
    return next;
}
