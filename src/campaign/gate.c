/* The gate: which rows of an e-model have every score within its limit.
 *
 * The limit of a feature is T, or T times the score of the repaired exemplar where that is
 * larger; T is that of the last threshold entry that applies to the row's e-model, m-type
 * and e-type and to the feature. A missing score fails. Parity: BLUEPYMM.md A.8.2, without
 * S1, S2, S7, S8, S9 and S12 of A.10.
 */

#include "gate_priv.h"

#include <mecombo/log.h>
#include <mecombo/text.h>

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Limits of all features for the rows of one type. */
typedef struct limits {
    double *limit; /* [n_features] */
} limits;

typedef struct emodel_gate {
    const gate *g;
    mec_selection_emodel *out;
    mec_selection_feature *feature; /* [n_features] */
    double **score;                 /* [n_features] -> [n] */
    size_t *column;                 /* [n_features] into the table */
    mec_map *limits;                /* m-type, e-type, original -> limits */
    mec_map *mtypes;                /* full m-type -> (index + 1) */
    mec_selection_bar *mtype;
} emodel_gate;

static const double sensitivity[] = {0.5, 1, 1.5, 2,  2.5, 3,  3.5, 4,
                                     5,   6, 8,   10, 15,  20, 30,  50};
enum { N_SENSITIVITY = sizeof sensitivity / sizeof *sensitivity };

static double value_at(const score_table *t, size_t row, size_t column)
{
    return t->value[row * t->n_columns + column];
}

static bool same(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* The repaired exemplar of an e-model under an original name; original NULL: the first of
 * the e-model. SIZE_MAX: none. @param n out: how many there are */
static size_t find_exemplar(const score_table *t, const char *emodel,
                            const char *original, size_t *n)
{
    size_t found = SIZE_MAX;

    *n = 0;
    for (size_t k = 0; k < t->n_exemplars; k++) {
        const score_row *row = &t->row[t->exemplar[k]];

        if (row->is_repaired && !row->is_original && same(row->emodel, emodel) &&
            (original == NULL || same(row->original, original))) {
            found = *n == 0 ? t->exemplar[k] : found;
            ++*n;
        }
    }
    return found;
}

/* The features of an e-model: columns that are not skipped and not all missing. */
static mec_status choose_features(emodel_gate *e, size_t n, const size_t rows[],
                                  mec_err *err)
{
    const score_table *t = e->g->table;
    mec_arena *arena = e->g->arena;
    size_t n_features = 0;

    e->column = mec_arena_calloc(arena, t->n_columns, sizeof *e->column);
    if (e->column == NULL) {
        return mec_no_memory(err);
    }
    for (size_t c = 0; c < t->n_columns; c++) {
        bool seen = false;

        for (size_t i = 0; i < n && !seen && !e->g->skipped_column[c]; i++) {
            seen = !isnan(value_at(t, e->g->row_of[rows[i]], c));
        }
        if (seen) {
            e->column[n_features++] = c;
        }
    }
    e->feature = mec_arena_calloc(arena, n_features, sizeof *e->feature);
    e->score = mec_arena_calloc(arena, n_features, sizeof *e->score);
    if (e->feature == NULL || e->score == NULL) {
        return mec_no_memory(err);
    }
    for (size_t f = 0; f < n_features; f++) {
        e->score[f] = mec_arena_calloc(arena, n, sizeof **e->score);
        if (e->score[f] == NULL) {
            return mec_no_memory(err);
        }
        e->feature[f] = (mec_selection_feature){.name = t->column[e->column[f]],
                                                .exemplar = NAN,
                                                .limit_min = INFINITY,
                                                .limit_max = -INFINITY,
                                                .score = e->score[f]};
    }
    e->out->n_features = n_features;
    e->out->feature = e->feature;
    return MEC_OK;
}

static mec_status applies(const mec_regex *regex, const char *text, bool *yes,
                          mec_err *err)
{
    *yes = true;
    return regex == NULL ? MEC_OK
                         : mec_regex_match_prefix(regex, text == NULL ? "" : text, yes,
                                                  NULL, err);
}

/* The threshold of one feature for one type of row; the last entry that applies wins. */
static mec_status find_threshold(const emodel_gate *e, const score_row *row,
                                 const char *feature, double *out, mec_err *err)
{
    const gate_config *p = e->g->patterns;
    mec_status st = MEC_OK;

    for (size_t k = p->n_thresholds; k-- > 0;) {
        const threshold *t = &p->threshold[k];
        const struct {
            const mec_regex *regex;
            const char *text;
        } conditions[] = {{t->emodel, row->emodel},
                          {t->fullmtype, row->fullmtype},
                          {t->etype, row->etype},
                          {t->features, feature}};
        bool yes = true;

        for (size_t i = 0; i < 4 && yes; i++) {
            MEC_TRY(applies(conditions[i].regex, conditions[i].text, &yes, err));
        }
        if (yes) {
            *out = isnan(e->g->what_if) ? t->value : e->g->what_if;
            goto done;
        }
    }
    const mec_json *list = e->g->config->megate_thresholds;
    st = mec_fail(err, MEC_E_INPUT,
                  "%s:%d: no entry of megate_thresholds applies to feature %s of "
                  "e-model %s, m-type %s, e-type %s (add one with \"features\": "
                  "[\".*\"], or name the feature in to_skip_features)",
                  list->file, list->line, feature, row->emodel,
                  row->fullmtype == NULL ? "" : row->fullmtype,
                  row->etype == NULL ? "" : row->etype);
done:
    return st;
}

/* Score of the exemplar that scales a row's limits; NaN: none. */
static double exemplar_score(const emodel_gate *e, const score_row *row, size_t feature)
{
    const score_table *t = e->g->table;
    size_t n = 0;

    if (e->g->config->skip_repaired_exemplar) {
        return NAN;
    }
    size_t found = find_exemplar(t, row->emodel, row->original, &n);
    if (found == SIZE_MAX) {
        found = find_exemplar(t, row->emodel, NULL, &n);
    }
    return found == SIZE_MAX ? NAN : value_at(t, found, e->column[feature]);
}

static mec_status make_limits(emodel_gate *e, const score_row *row, limits *out,
                              mec_err *err)
{
    out->limit = mec_arena_calloc(e->g->arena, e->out->n_features, sizeof *out->limit);
    if (out->limit == NULL) {
        return mec_no_memory(err);
    }
    for (size_t f = 0; f < e->out->n_features; f++) {
        mec_selection_feature *feature = &e->feature[f];
        double t = 0;
        mec_status st = find_threshold(e, row, feature->name, &t, err);

        if (st != MEC_OK) {
            return st;
        }
        double exemplar = exemplar_score(e, row, f);
        /* as Python's max(t, t * exemplar), which keeps t when the product is NaN */
        out->limit[f] = t * exemplar > t ? t * exemplar : t;
        if (isnan(feature->exemplar)) {
            feature->exemplar = exemplar;
        }
        feature->limit_min = fmin(feature->limit_min, out->limit[f]);
        feature->limit_max = fmax(feature->limit_max, out->limit[f]);
    }
    return MEC_OK;
}

/* The limits of a row, made once per type. */
static mec_status find_limits(emodel_gate *e, const score_row *row, const limits **out,
                              mec_err *err)
{
    char key[3 * 24];

    /* interned strings: equal pointers are equal names */
    snprintf(key, sizeof key, "%p %p %p", (const void *)row->fullmtype,
             (const void *)row->etype, (const void *)row->original);
    limits *found = mec_map_get(e->limits, key);
    if (found == NULL) {
        found = mec_arena_alloc(e->g->arena, sizeof *found);
        if (found == NULL) {
            return mec_no_memory(err);
        }
        mec_status st = make_limits(e, row, found, err);
        if (st != MEC_OK) {
            return st;
        }
        if (!mec_map_set(e->limits, key, found)) {
            return mec_no_memory(err);
        }
    }
    *out = found;
    return MEC_OK;
}

/* How far a score is beyond its limit; a missing one is farther than any other. */
static double excess(double score, double limit)
{
    return isnan(score) ? INFINITY : score - limit;
}

/* Gate one row. @param i its place among the e-model's rows
 * @param needed out: the smallest common threshold with which it would pass */
static void gate_row(emodel_gate *e, size_t i, mec_selection_row *row, size_t i_table,
                     const limits *l, double *needed, double scratch[])
{
    const score_table *t = e->g->table;
    size_t n_scores = 0;
    bool any = false;

    *needed = 0;
    row->i_first_failed = row->i_worst = -1;
    for (size_t f = 0; f < e->out->n_features; f++) {
        double score = value_at(t, i_table, e->column[f]);
        double exemplar = e->feature[f].exemplar;
        bool passed = score <= l->limit[f];

        e->score[f][i] = score;
        e->feature[f].passed += passed;
        e->feature[f].failed += !passed;
        *needed = isnan(score) ? INFINITY
                               : fmax(*needed, score / (exemplar > 1 ? exemplar : 1));
        if (!isnan(score)) {
            scratch[n_scores++] = score;
        }
        if (passed) {
            continue;
        }
        row->n_failed++;
        row->i_first_failed =
            row->i_first_failed < 0 ? (int32_t)f : row->i_first_failed;
        if (row->i_worst < 0 ||
            excess(score, l->limit[f]) > excess(row->worst_score, row->worst_limit)) {
            row->i_worst = (int32_t)f;
            row->worst_score = score;
            row->worst_limit = l->limit[f];
        }
    }
    for (size_t c = 0; c < t->n_columns && !any; c++) {
        any = !isnan(value_at(t, i_table, c));
    }
    row->median = median_of(n_scores, scratch);
    row->passed = any && row->n_failed == 0;
    *needed = any ? *needed : INFINITY;
}

static mec_status count_mtype(emodel_gate *e, const mec_selection_row *row,
                              mec_err *err)
{
    uintptr_t i = (uintptr_t)mec_map_get(e->mtypes, row->fullmtype);

    if (i == 0) {
        i = ++e->out->n_mtypes;
        if (!mec_map_set(e->mtypes, row->fullmtype, (void *)i)) {
            return mec_no_memory(err);
        }
        e->mtype[i - 1].name = row->fullmtype;
    }
    e->mtype[i - 1].passed += row->passed;
    e->mtype[i - 1].failed += !row->passed;
    return MEC_OK;
}

static mec_status gate_rows(emodel_gate *e, size_t n, const size_t rows[], mec_err *err)
{
    const gate *g = e->g;
    int64_t *would_pass = mec_arena_calloc(g->arena, N_SENSITIVITY, sizeof *would_pass);
    double *scratch = mec_arena_calloc(g->arena, e->out->n_features, sizeof *scratch);
    mec_status st = MEC_OK;

    e->mtype = mec_arena_calloc(g->arena, n, sizeof *e->mtype);
    if (would_pass == NULL || scratch == NULL || e->mtype == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        mec_selection_row *row = &g->row[rows[i]];
        size_t i_table = g->row_of[rows[i]];
        const limits *l = NULL;
        double needed = 0;

        MEC_TRY(find_limits(e, &g->table->row[i_table], &l, err));
        gate_row(e, i, row, i_table, l, &needed, scratch);
        e->out->n_passed += row->passed;
        for (size_t k = 0; k < N_SENSITIVITY; k++) {
            would_pass[k] += needed <= sensitivity[k];
        }
        MEC_TRY(count_mtype(e, row, err));
    }
    e->out->mtype = e->mtype;
    e->out->n_sensitivity = N_SENSITIVITY;
    e->out->sensitivity_threshold = sensitivity;
    e->out->sensitivity_passed = would_pass;
done:
    return st;
}

/* Can the e-model be gated at all? Sets skipped if not. */
static mec_status look_for_exemplar(emodel_gate *e, mec_err *err)
{
    const score_table *t = e->g->table;
    const char *emodel = e->out->name;
    size_t n = 0;

    if (e->g->config->skip_repaired_exemplar) {
        return MEC_OK;
    }
    if (find_exemplar(t, emodel, NULL, &n) == SIZE_MAX) {
        e->out->skipped = "no repaired exemplar";
        mec_log(
            MEC_LOG_WARNING,
            "e-model %s is left out: the database has no repaired exemplar to scale "
            "its thresholds with (set \"skip_repaired_exemplar\" to true to gate "
            "without)",
            emodel);
        return MEC_OK;
    }
    for (size_t k = 0; k < t->n_exemplars; k++) {
        const score_row *row = &t->row[t->exemplar[k]];

        if (!row->is_repaired || row->is_original || !same(row->emodel, emodel)) {
            continue;
        }
        (void)find_exemplar(t, emodel, row->original == NULL ? "" : row->original, &n);
        if (row->original != NULL && n > 1) {
            return mec_fail(err, MEC_E_INPUT,
                            "row %" PRId64 ": e-model %s has %zu repaired exemplars "
                            "from %s (a database of one prepare has one)",
                            row->uid, emodel, n, row->original);
        }
        if (row->exception != NULL) {
            mec_log(MEC_LOG_WARNING,
                    "row %" PRId64 ": the repaired exemplar of e-model %s failed (%s); "
                    "its thresholds are not scaled",
                    row->uid, emodel, row->exception_class);
        }
    }
    return MEC_OK;
}

mec_status gate_emodel(gate *g, size_t n, const size_t rows[],
                       mec_selection_emodel *out, mec_err *err)
{
    emodel_gate e = {
        .g = g, .out = out, .limits = mec_map_new(), .mtypes = mec_map_new()};
    mec_status st = MEC_OK;

    if (e.limits == NULL || e.mtypes == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    out->n_rows = n;
    out->row = rows;
    MEC_TRY(look_for_exemplar(&e, err));
    if (out->skipped == NULL && n == 0) {
        out->skipped = "was not run on any released morphology";
        mec_log(MEC_LOG_WARNING,
                "e-model %s is left out: it was not run on any released morphology",
                out->name);
    }
    if (out->skipped != NULL) {
        goto done;
    }
    MEC_TRY(choose_features(&e, n, rows, err));
    MEC_TRY(gate_rows(&e, n, rows, err));
done:
    mec_map_free(e.limits);
    mec_map_free(e.mtypes);
    return st;
}
