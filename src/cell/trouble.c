/* Budgets, and naming what went wrong. */

#include "cell_priv.h"

#include <math.h>
#include <time.h>

static double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void cell_start_clock(cell_sweep *sweep)
{
    sweep->cpu_start = cpu_seconds();
}

mec_status cell_spend(cell_sweep *sweep, double t, mec_err *err)
{
    const mec_sweep *spec = sweep->spec;

    if (spec->max_steps > 0 && sweep->n_step >= spec->max_steps) {
        return mec_fail(err, MEC_E_LIMIT,
                        "%lld steps taken at t = %.17g ms of %g ms (allow more steps)",
                        (long long)sweep->n_step, t, spec->tstop_ms);
    }
    if (spec->max_seconds > 0.0 && sweep->n_step % 64 == 0 &&
        cpu_seconds() - sweep->cpu_start > spec->max_seconds) {
        return mec_fail(err, MEC_E_LIMIT,
                        "%g s of CPU time spent at t = %.17g ms of %g ms (allow more)",
                        spec->max_seconds, t, spec->tstop_ms);
    }
    sweep->n_step++;
    return MEC_OK;
}

/* Name the mechanism and state that y[k] belongs to; false for a voltage. */
static bool name_state(const mec_cell *cell, int32_t k, int32_t *segment,
                       const char **mechanism, const char **state)
{
    for (int32_t m = 0; m < cell->n_mech; m++) {
        const cell_mech *mech = cell->mech[m];
        const mec_mechanism_desc *desc = mech->desc;

        for (int32_t c = 0; c < desc->n_variable; c++) {
            for (int32_t i = 0; i < desc->columns[c].length; i++) {
                ptrdiff_t at =
                    cell->work.y + k - mech->column[desc->columns[c].column + i];

                if (desc->columns[c].kind == MEC_COLUMN_STATE && at >= 0 &&
                    at < mech->n_instance) {
                    *segment = mech->slot_of[at];
                    *mechanism = desc->name;
                    *state = desc->columns[c].name;
                    return true;
                }
            }
        }
    }
    return false;
}

static mec_status name_place(const cell_sweep *sweep, double t, int32_t k,
                             const char *what, mec_err *err)
{
    const mec_cell *cell = sweep->cell;
    const char *mechanism = "", *state = "v";
    int32_t slot = k, s = 0;
    bool gate =
        k >= cell->work.n_slot && name_state(cell, k, &slot, &mechanism, &state);
    int32_t segment = cell->segment_of_slot[slot];

    while (cell->first_segment[s + 1] <= segment) {
        s++;
    }
    return mec_fail(err, MEC_E_NUMERIC,
                    "%s: %s%s%s is not finite at t = %.17g ms in %s, segment %d", what,
                    state, gate ? "_" : "", mechanism, t,
                    cell->morphology->section[s].name,
                    (int)(segment - cell->first_segment[s]));
}

mec_status cell_trouble(cell_sweep *sweep, double t, const char *what, mec_err *err)
{
    const cell_work *w = &sweep->cell->work;

    for (int32_t e = 0; e < w->n_equation; e++) {
        if (!isfinite(w->y[w->norm_order[e]]) || !isfinite(w->f[w->norm_order[e]])) {
            return name_place(sweep, t, w->norm_order[e], what, err);
        }
    }
    return mec_fail(err, MEC_E_NUMERIC, "%s at t = %.17g ms", what, t);
}
