/* One sweep. */

#include "cell_priv.h"

#include <math.h>

static mec_status check_sweep(const mec_cell *cell, const mec_sweep *spec, mec_err *err)
{
    if (!(spec->tstop_ms >= 0.0 && isfinite(spec->tstop_ms))) {
        return mec_fail(err, MEC_E_INPUT, "tstop is %g ms (give a positive time)",
                        spec->tstop_ms);
    }
    if (spec->method == MEC_FIXED_STEP) {
        if (!(spec->dt_ms > 0.0 && isfinite(spec->dt_ms)) || spec->secondorder < 0 ||
            spec->secondorder > 2) {
            return mec_fail(err, MEC_E_INPUT,
                            "dt is %g ms, secondorder %d (dt must be positive, "
                            "secondorder 0, 1 or 2)",
                            spec->dt_ms, spec->secondorder);
        }
        return MEC_OK;
    }
    if (!(spec->atol >= 1e-12 && spec->atol <= 1e3)) {
        return mec_fail(err, MEC_E_INPUT, "atol is %g (give 1e-12 to 1e3)", spec->atol);
    }
    for (int32_t m = 0; m < cell->n_mech; m++) {
        if (cell->mech[m]->desc->variable_step_refused) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s: %s cannot be used with the variable step (use a fixed "
                            "dt)",
                            cell->mech[m]->desc->file, cell->mech[m]->desc->name);
        }
    }
    return MEC_OK;
}

mec_status mec_cell_run(mec_cell *cell, const mec_sweep *spec, mec_arena *arena,
                        mec_traces *out, mec_err *err)
{
    mec_status st = MEC_OK;
    cell_sweep sweep = {.cell = cell, .spec = spec, .arena = arena};

    *out = (mec_traces){0};
    MEC_REQUIRE(cell->finished, err);
    MEC_TRY(check_sweep(cell, spec, err));
    MEC_TRY(cell_make_sources(&sweep, err));
    MEC_TRY(cell_make_players(&sweep, err));
    MEC_TRY(cell_make_events(&sweep, err));
    MEC_TRY(cell_make_record(&sweep, err));
    for (int32_t m = 0; m < cell->n_mech; m++) {
        cell->mech[m]->kernels =
            mec_mechanism_kernels(cell->mech[m]->desc, spec->free_rounding);
    }
    cell_start_clock(&sweep);
    if (spec->method == MEC_FIXED_STEP) {
        MEC_TRY(cell_run_fixed(&sweep, err));
    } else {
        MEC_TRY(cell_run_variable(&sweep, err));
    }
    MEC_TRY(cell_record_finish(&sweep, out, err));
done:
    cell->env.host = NULL;
    cell_free_events(&sweep);
    cell_record_free(&sweep);
    return st;
}
