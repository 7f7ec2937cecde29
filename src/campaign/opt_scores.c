/* check_opt_scores: does the campaign reproduce the scores of the optimisation?
 *
 * BluePyMM asks for equality to the last bit. The integrator amplifies a change of 1e-14
 * in one parameter to score differences of up to 0.17 (reference/scores/noise.json,
 * mm.Step_150.soma.v.APlast_amp), so the default tolerance is three times that. */

#include "gate_priv.h"

#include <mecombo/log.h>

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const double default_tolerance = 0.5;

static bool agree(double a, double b, double tolerance)
{
    return a == b || (isnan(a) && isnan(b)) || fabs(a - b) <= tolerance;
}

static double number_of(const mec_json *item)
{
    return item->type == MEC_JSON_NUMBER ? item->number : NAN;
}

static mec_status compare(const score_row *row, const mec_json *opt,
                          const mec_json *scores, double tolerance, mec_err *err)
{
    for (size_t i = 0; i < opt->n; i++) {
        const mec_json *a = opt->item[i];
        const mec_json *b = mec_json_get(scores, a->key);

        if (b == NULL) {
            return mec_fail(
                err, MEC_E_INPUT,
                "row %" PRId64 ": objective %s of the optimisation of "
                "e-model %s was not computed (set check_opt_scores to false "
                "if the names differ on purpose)",
                row->uid, a->key, row->emodel);
        }
        if (!agree(number_of(a), number_of(b), tolerance)) {
            return mec_fail(err, MEC_E_INPUT,
                            "row %" PRId64 ": objective %s of e-model %s is %.17g, the "
                            "optimisation had %.17g (check_opt_scores; "
                            "opt_scores_tolerance is %g)",
                            row->uid, a->key, row->emodel, number_of(b), number_of(a),
                            tolerance);
        }
    }
    for (size_t i = 0; i < scores->n; i++) {
        if (mec_json_get(opt, scores->item[i]->key) == NULL) {
            return mec_fail(err, MEC_E_INPUT,
                            "row %" PRId64 ": the optimisation of e-model %s has no "
                            "objective %s (set check_opt_scores to false if the names "
                            "differ on purpose)",
                            row->uid, row->emodel, scores->item[i]->key);
        }
    }
    return MEC_OK;
}

static mec_status check_row(const score_row *row, double tolerance, mec_err *err)
{
    mec_arena *arena = NULL;
    const mec_json *opt = NULL;
    const mec_json *scores = NULL;
    mec_status st = MEC_OK;

    if (row->scores == NULL || strcmp(row->scores, "null") == 0) {
        return MEC_OK;
    }
    if (row->opt_scores == NULL) {
        mec_log(MEC_LOG_WARNING, "row %" PRId64 " has no opt_scores to compare with",
                row->uid);
        return MEC_OK;
    }
    arena = mec_arena_new();
    if (arena == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_json_parse(arena, "opt_scores", row->opt_scores, &opt, err));
    MEC_TRY(mec_json_parse(arena, "scores", row->scores, &scores, err));
    MEC_TRY(compare(row, opt, scores, tolerance, err));
done:
    mec_arena_free(arena);
    return st;
}

mec_status check_opt_scores(const score_table *table, const char *emodel,
                            double tolerance, mec_err *err)
{
    for (size_t k = 0; k < table->n_exemplars; k++) {
        const score_row *row = &table->row[table->exemplar[k]];

        if (!row->is_repaired && strcmp(row->emodel, emodel) == 0) {
            mec_status st =
                check_row(row, isnan(tolerance) ? default_tolerance : tolerance, err);

            if (st != MEC_OK) {
                return st;
            }
        }
    }
    return MEC_OK;
}
