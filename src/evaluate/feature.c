/* Features of responses and the scores made of them.
 *
 * Score rules: BluePyOpt's eFELFeature (efel.getDistance: plain sum, NaN becomes the
 * largest score), that of the SSCx packages (numpy: pairwise sum, NaN stays), and
 * BluePyEModel's (the same, cut off at 250).
 */

#include "evaluate_priv.h"

#include <mecombo/sum.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool same_settings(const mec_feature *a, const mec_feature *b)
{
    if (a->n_setting != b->n_setting || a->stim_start_ms != b->stim_start_ms ||
        a->stim_end_ms != b->stim_end_ms) {
        return false;
    }
    for (size_t i = 0; i < a->n_setting; i++) {
        if (strcmp(a->setting[i].name, b->setting[i].name) != 0 ||
            a->setting[i].value != b->setting[i].value) {
            return false;
        }
    }
    return true;
}

static mec_status setting_error(evaluation *e, const mec_feature *f, mec_status st,
                                mec_err *err)
{
    mec_err_prefix(err, "%s:%d: feature \"%s\": ", f->origin.file, f->origin.line,
                   f->name);
    return evaluation_fail(e, MEC_CLASS_BAD_PACKAGE, st);
}

static mec_status new_trace(evaluation *e, const mec_feature *f, const response *r,
                            mec_efeature_trace **out, mec_err *err)
{
    mec_status st = MEC_OK;

    *out = mec_efeature_trace_new(e->arena, r->n, r->t, r->v);
    if (*out == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_efeature_set(*out, "stim_start", f->stim_start_ms, err));
    MEC_TRY(mec_efeature_set(*out, "stim_end", f->stim_end_ms, err));
    for (size_t i = 0; i < f->n_setting; i++) {
        MEC_TRY(mec_efeature_set(*out, f->setting[i].name, f->setting[i].value, err));
    }
done:
    return st == MEC_OK ? MEC_OK : setting_error(e, f, st, err);
}

static mec_status trace_for(evaluation *e, const mec_feature *f, response *r,
                            mec_efeature_trace **out, mec_err *err)
{
    feature_trace made = {.feature = f};
    mec_status st;

    for (size_t i = 0; i < r->shared.n; i++) {
        if (same_settings(r->shared.data[i].feature, f)) {
            *out = r->shared.data[i].trace;
            return MEC_OK;
        }
    }
    MEC_TRY(new_trace(e, f, r, out, err));
    made.trace = *out;
    if (!MEC_VEC_PUSH(&r->shared, made)) {
        st = mec_no_memory(err);
    }
done:
    return st;
}

mec_status feature_values(evaluation *e, const mec_feature *f,
                          mec_efeature_values *values, mec_err *err)
{
    response *r = response_find(e, f->recording);
    mec_efeature_trace *trace;
    mec_status st;

    *values = (mec_efeature_values){.exists = false, .reason = "no response"};
    if (r == NULL || !r->exists) {
        return MEC_OK;
    }
    if (f->rule == MEC_SCORE_RESPONSE) {
        *values =
            (mec_efeature_values){.exists = r->is_number, .n = 1, .value = &r->number};
        return MEC_OK;
    }
    if (!f->has_stim) {
        st = mec_fail(err, MEC_E_INPUT, "the protocol has no stimulus interval");
        return setting_error(e, f, st, err);
    }
    if (r->n == 0) {
        return MEC_OK;
    }
    MEC_TRY(trace_for(e, f, r, &trace, err));
    st = mec_efeature_get(trace, f->efel_name, values, err);
    if (st != MEC_OK) {
        st = setting_error(e, f, st, err);
    }
done:
    return st;
}

static double mean_of(const mec_efeature_values *values)
{
    return mec_numpy_sum(values->n, values->value) / (double)values->n;
}

mec_status feature_mean(evaluation *e, const mec_feature *f, bool *exists, double *mean,
                        mec_err *err)
{
    mec_efeature_values values;
    mec_status st;

    MEC_TRY(feature_values(e, f, &values, err));
    *exists = values.exists && values.n > 0;
    *mean = *exists ? mean_of(&values) : 0.0;
done:
    return st;
}

mec_status feature_of_trace(mec_arena *arena, const char *name, double stim_start_ms,
                            double stim_end_ms, size_t n, const double *t,
                            const double *v, bool *exists, double *mean, mec_err *err)
{
    mec_efeature_trace *trace = mec_efeature_trace_new(arena, n, t, v);
    mec_efeature_values values;
    mec_status st;

    *exists = false;
    if (trace == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_efeature_set(trace, "stim_start", stim_start_ms, err));
    MEC_TRY(mec_efeature_set(trace, "stim_end", stim_end_ms, err));
    MEC_TRY(mec_efeature_get(trace, name, &values, err));
    *exists = values.exists && values.n > 0;
    *mean = *exists ? mean_of(&values) : 0.0;
done:
    return st;
}

/* efel.getDistance with trace_check off. */
static double bluepyopt_score(const mec_feature *f, const mec_efeature_values *values)
{
    double distance = 0.0;

    if (!values->exists || values->n == 0) {
        distance = f->max_score;
    } else {
        for (size_t i = 0; i < values->n; i++) {
            distance += fabs(values->value[i] - f->mean);
        }
        distance = distance / f->std / (double)values->n;
        if (isnan(distance)) {
            distance = f->max_score;
        }
    }
    if (f->force_max_score && f->max_score < distance) {
        distance = f->max_score;
    }
    return distance;
}

/* numpy.sum(numpy.fabs(values - mean)) / std / len(values) */
static mec_status sscx_score(const mec_feature *f, const mec_efeature_values *values,
                             double *score, mec_err *err)
{
    double *distance;

    if (!values->exists || values->n == 0) {
        *score = 250.0;
        return MEC_OK;
    }
    distance = calloc(values->n, sizeof *distance);
    if (distance == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < values->n; i++) {
        distance[i] = fabs(values->value[i] - f->mean);
    }
    *score = mec_numpy_sum(values->n, distance) / f->std / (double)values->n;
    free(distance);
    return MEC_OK;
}

static mec_status feature_score(evaluation *e, const mec_feature *f, double *score,
                                mec_err *err)
{
    mec_efeature_values values;
    mec_status st;

    if (!f->has_mean && f->rule != MEC_SCORE_BLUEPYOPT) {
        *score = 0;
        return MEC_OK;
    }
    MEC_TRY(feature_values(e, f, &values, err));
    switch (f->rule) {
    case MEC_SCORE_BLUEPYOPT:
        *score = bluepyopt_score(f, &values);
        break;
    case MEC_SCORE_SSCX:
        st = sscx_score(f, &values, score, err);
        break;
    case MEC_SCORE_BLUEPYEMODEL:
        st = sscx_score(f, &values, score, err);
        *score = *score <= f->max_score ? *score : f->max_score; /* also for NaN */
        break;
    case MEC_SCORE_RESPONSE:
        *score = values.exists ? fabs(values.value[0] - f->mean) / f->std : 250.0;
        break;
    }
done:
    return st;
}

mec_status objective_score(evaluation *e, const mec_objective *o, double *score,
                           mec_err *err)
{
    mec_status st = MEC_OK;

    *score = 0.0;
    for (size_t i = 0; i < o->n_feature; i++) {
        double s = 0.0;

        MEC_TRY(feature_score(e, &o->feature[i], &s, err));
        if (o->kind == MEC_OBJECTIVE_MAX) {
            *score = i == 0 || s > *score ? s : *score;
        } else if (o->kind == MEC_OBJECTIVE_SINGLETON) {
            *score = s * o->weight[i];
        } else {
            *score += o->weight[i] * s;
        }
    }
done:
    return st;
}
