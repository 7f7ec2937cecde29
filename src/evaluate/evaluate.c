/* One me-combination, from its inputs to scores. */

#include "evaluate_priv.h"

#include <mecombo/path.h>

#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

double evaluation_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

mec_status evaluation_fail(evaluation *e, const char *class_, mec_status st)
{
    if (st != MEC_OK && e->class_ == NULL) {
        e->class_ = class_;
    }
    return st;
}

bool evaluation_wants(const evaluation *e, const char *protocol)
{
    for (size_t i = 0; i < e->job->n_protocol; i++) {
        if (strcmp(e->job->protocol[i], protocol) == 0) {
            return true;
        }
    }
    return e->job->n_protocol == 0;
}

static mec_status check_wanted(evaluation *e, mec_err *err)
{
    const mec_emodel *m = e->model;
    const char **names = mec_arena_calloc(e->arena, m->n_protocol, sizeof *names);

    if (names == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < m->n_protocol; i++) {
        names[i] = m->protocol[i].name;
    }
    for (size_t i = 0; i < e->job->n_protocol; i++) {
        const char *wanted = e->job->protocol[i];

        if (mec_emodel_find_protocol(m, wanted) < 0) {
            const char *nearest = mec_nearest_name(wanted, m->n_protocol, names);
            mec_status st =
                mec_fail(err, MEC_E_INPUT, "e-model %s has no protocol \"%s\"%s%s%s",
                         m->name, wanted, nearest != NULL ? "; did you mean \"" : "",
                         nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");

            return evaluation_fail(e, MEC_CLASS_BAD_PACKAGE, st);
        }
    }
    return MEC_OK;
}

/* Built mechanisms; without a folder of .mod files the built-in ones do. */
static mec_status load_mechanisms(evaluation *e, mec_err *err)
{
    const char *sources = mec_emodel_mod_directory(e->arena, e->model->directory);
    const char *built = e->job->mechanisms_dir;

    if (built == NULL) {
        built = mec_emodel_built_directory(e->arena, e->model->directory);
    }
    if (sources == NULL || built == NULL) {
        return mec_no_memory(err);
    }
    if (!mec_path_is_directory(built)) {
        if (mec_path_is_directory(sources)) {
            return mec_fail(err, MEC_E_IO,
                            "%s: the mechanisms of this e-model are not built (run "
                            "mecombo prepare, or mecombo mechanisms compile)",
                            built);
        }
        built = NULL;
    }
    return mec_catalogue_load(built, &e->catalogue, err);
}

mec_status evaluation_load(evaluation *e, mec_err *err)
{
    const mec_json *params = e->job->params;
    mec_status st;

    st = mec_emodel_load(e->job->emodel_dir, e->job->emodel, &e->model, err);
    if (st == MEC_OK) {
        st = load_mechanisms(e, err);
    }
    if (st == MEC_OK && e->model->minstep_ms > 0) {
        st = mec_fail(err, MEC_E_INPUT, "e-model %s: cvode_minstep is not supported",
                      e->model->name);
    }
    if (st == MEC_OK && params == NULL) {
        st = params_find_own(e, &params, err);
    }
    if (st == MEC_OK) {
        st = key_of_package(e, err);
    }
    MEC_TRY(evaluation_fail(e, MEC_CLASS_BAD_PACKAGE, st));
    MEC_TRY(check_wanted(e, err));
    e->params = params;
    st = params_bind(e, params, err);
    MEC_TRY(evaluation_fail(e, MEC_CLASS_BAD_PARAMS, st));
    st = key_of_file(e->job->morphology, e->morphology_key, err);
    MEC_TRY(evaluation_fail(e, MEC_CLASS_BAD_MORPHOLOGY, st));
    st = key_of_job(e, err);
done:
    return st;
}

static bool all_there(evaluation *e, const mec_protocol *p)
{
    for (size_t i = 0; i < p->n_recording; i++) {
        const response *r = response_find(e, p->recording[i].name);

        if (r == NULL || !r->exists) {
            return false;
        }
    }
    return true;
}

static mec_status run_all(evaluation *e, mec_err *err)
{
    mec_status st = MEC_OK;

    if (e->model->main != NULL) {
        return main_run(e, err);
    }
    for (size_t i = 0; i < e->model->n_protocol; i++) {
        const mec_protocol *p = &e->model->protocol[i];
        currents none = {0};

        if (!evaluation_wants(e, p->name)) {
            continue;
        }
        if (p->kind == MEC_PROTOCOL_THRESHOLD_STEP ||
            p->kind == MEC_PROTOCOL_THRESHOLD_SEARCH) {
            return evaluation_fail(
                e, MEC_CLASS_NO_THRESHOLD,
                mec_fail(err, MEC_E_INPUT,
                         "%s:%d: protocol \"%s\" needs a threshold current, which only "
                         "the Main protocol of an SSCx package finds",
                         p->origin.file, p->origin.line, p->name));
        }
        MEC_TRY(sweep_keep(e, p, &none, err));
        if (e->model->stop_on_none && !all_there(e, p)) {
            break;
        }
    }
done:
    return st;
}

/* With a choice of protocols, only objectives of what was run count. */
static bool is_scored(evaluation *e, const mec_objective *o)
{
    if (e->job->n_protocol == 0) {
        return true;
    }
    for (size_t i = 0; i < o->n_feature; i++) {
        if (response_find(e, o->feature[i].recording) == NULL) {
            return false;
        }
    }
    return true;
}

static void print_values(const mec_efeature_values *values, mec_text *out)
{
    if (!values->exists) {
        mec_text_add(out, "null");
        return;
    }
    mec_text_add_char(out, '[');
    for (size_t i = 0; i < values->n; i++) {
        mec_text_add(out, i > 0 ? ", " : "");
        mec_text_add_double(out, values->value[i]);
    }
    mec_text_add_char(out, ']');
}

/* A feature without a mean scores Python's integer 0. */
static void print_score(const mec_objective *o, double score, mec_text *out)
{
    if (o->kind == MEC_OBJECTIVE_SINGLETON && !o->feature[0].has_mean && score == 0) {
        mec_text_add_char(out, '0');
    } else {
        mec_text_add_double(out, score);
    }
}

/* Scores and feature values (of an objective's first feature) as JSON objects. */
static mec_status print_scores(evaluation *e, mec_text *scores, mec_text *features,
                               mec_err *err)
{
    const char *separator = "";
    mec_status st = MEC_OK;

    mec_text_add_char(scores, '{');
    mec_text_add_char(features, '{');
    for (size_t i = 0; i < e->model->n_objective; i++) {
        const mec_objective *o = &e->model->objective[i];
        mec_efeature_values values;
        double score;

        if (!is_scored(e, o)) {
            continue;
        }
        MEC_TRY(objective_score(e, o, &score, err));
        MEC_TRY(feature_values(e, &o->feature[0], &values, err));
        mec_text_add(scores, separator);
        mec_json_print_string(o->name, scores);
        mec_text_add(scores, ": ");
        print_score(o, score, scores);
        mec_text_add(features, separator);
        mec_json_print_string(o->name, features);
        mec_text_add(features, ": ");
        print_values(&values, features);
        separator = ", ";
    }
    mec_text_add_char(scores, '}');
    mec_text_add_char(features, '}');
done:
    return st;
}

static void print_current(evaluation *e, const char *name, mec_text *out)
{
    const response *r = name == NULL ? NULL : response_find(e, name);

    if (r != NULL && r->is_number && r->exists) {
        mec_text_add_double(out, r->number);
    } else {
        mec_text_add(out, "null");
    }
}

static void print_extra(evaluation *e, mec_text *out)
{
    const mec_main_algorithm *a = e->model->main;

    mec_text_add(out, "{\"holding_current\": ");
    print_current(e, a == NULL ? NULL : a->holding_response, out);
    mec_text_add(out, ", \"threshold_current\": ");
    print_current(e, a == NULL ? NULL : a->threshold_response, out);
    mec_text_add_char(out, '}');
}

static void print_provenance(const evaluation *e, mec_text *out)
{
    mec_text_printf(out, "{\"mecombo\": \"%s\", \"seconds\": %.6f, ", MEC_VERSION,
                    evaluation_clock() - e->started_s);
    mec_text_printf(out, "\"sweeps\": %lld, \"steps\": %lld, \"samples\": %lld",
                    (long long)e->n_sweep, (long long)e->n_step,
                    (long long)e->n_sample);
    if (e->package_key[0] != '\0') {
        mec_text_printf(out, ", \"package_sha256\": \"%s\"", e->package_key);
    }
    if (e->mechanisms_key[0] != '\0') {
        mec_text_printf(out, ", \"mechanisms_sha256\": \"%s\"", e->mechanisms_key);
    }
    if (e->morphology_key[0] != '\0') {
        mec_text_printf(out, ", \"morphology_sha256\": \"%s\"", e->morphology_key);
    }
    if (e->job->program != NULL) {
        mec_text_add(out, ", \"program\": ");
        mec_json_print_string(e->job->program, out);
    }
    mec_text_printf(out, ", \"glibc\": \"%s\"", gnu_get_libc_version());
    mec_text_add_char(out, '}');
}

void evaluation_release(evaluation *e)
{
    responses_clear(e);
    for (size_t i = 0; i < N_PAST; i++) {
        past_clear(&e->past[i]);
    }
    mec_cell_free(e->cell);
    mec_morphology_free(e->morphology);
    mec_catalogue_free(e->catalogue);
    mec_emodel_free(e->model);
    mec_arena_free(e->arena);
}

static mec_status evaluate(evaluation *e, mec_text *scores, mec_text *features,
                           mec_text *extra, mec_err *err)
{
    mec_status st;

    MEC_TRY(evaluation_load(e, err));
    MEC_TRY(build_morphology(e, err));
    MEC_TRY(build_cell(e, err));
    MEC_TRY(run_all(e, err));
    MEC_TRY(print_scores(e, scores, features, err));
    print_extra(e, extra);
done:
    return st;
}

/* Hand a text over to the arena; "null" for an evaluation that failed. */
static const char *keep(mec_arena *arena, const mec_text *text, bool failed)
{
    if (!mec_text_ok(text)) {
        return NULL;
    }
    return mec_arena_strdup(arena, failed ? "null" : mec_text_string(text));
}

mec_status mec_evaluate(const mec_job *job, mec_arena *arena, mec_outcome *out,
                        mec_err *err)
{
    evaluation e = {.job = job, .arena = mec_arena_new()};
    mec_text scores = MEC_TEXT_INIT, features = MEC_TEXT_INIT, extra = MEC_TEXT_INIT,
             provenance = MEC_TEXT_INIT;
    mec_err why = MEC_ERR_INIT;
    mec_status st = MEC_E_NOMEM;
    bool failed;

    *out = (mec_outcome){0};
    e.started_s = evaluation_clock();
    if (e.arena != NULL) {
        st = evaluate(&e, &scores, &features, &extra, &why);
    }
    failed = st != MEC_OK;
    if (st == MEC_E_NOMEM || st == MEC_E_BUG) {
        mec_fail(err, st, "%s", why.text[0] != '\0' ? why.text : "out of memory");
        goto done;
    }
    if (!failed && job->traces_path != NULL && traces_write(&e, &why) != MEC_OK) {
        out->traces_error = mec_arena_strdup(arena, why.text);
    }
    print_provenance(&e, &provenance);
    out->scores = keep(arena, &scores, failed);
    out->features = keep(arena, &features, failed);
    out->extra_values = keep(arena, &extra, failed);
    out->provenance = keep(arena, &provenance, false);
    if (e.job_key[0] != '\0') {
        out->key = mec_arena_strdup(arena, e.job_key);
    }
    if (failed) {
        out->exception_class = e.class_ != NULL ? e.class_ : MEC_CLASS_BAD_PACKAGE;
        out->exception_text = mec_arena_strdup(arena, why.text);
    }
    st = MEC_OK;
    if (out->scores == NULL || out->features == NULL || out->extra_values == NULL ||
        out->provenance == NULL || (failed && out->exception_text == NULL)) {
        st = mec_no_memory(err);
    }
done:
    mec_text_clear(&scores);
    mec_text_clear(&features);
    mec_text_clear(&extra);
    mec_text_clear(&provenance);
    evaluation_release(&e);
    return st;
}
