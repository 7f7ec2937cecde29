/* Phase 3, first half: read the database, gate each e-model, count for the report. */

#include "gate_priv.h"
#include "say_priv.h"
#include "select_priv.h"

#include <mecombo/log.h>
#include <mecombo/path.h>
#include <mecombo/text.h>

#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct selector {
    mec_arena *arena;
    select_config config;
    gate_config patterns;
    score_table table;
    gate gate;
    mec_selection *out;
    mec_selection_row *row;
    size_t *row_of;
    bool *skipped_column;
    mec_selection_emodel *emodel;
} selector;

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

/* The m-type of a row; where the database has none (mvd3), that of the full m-type. */
static const char *mtype_of(mec_arena *arena, const score_row *row)
{
    const char *full = or_empty(row->fullmtype);

    if (row->mtype != NULL) {
        return row->mtype;
    }
    return mec_arena_strndup(arena, full, strcspn(full, ":"));
}

static mec_status make_row(selector *s, size_t i_table, mec_selection_row *out,
                           mec_err *err)
{
    const score_row *row = &s->table.row[i_table];
    double value = NAN;

    *out = (mec_selection_row){
        .uid = row->uid,
        .layer = or_empty(row->layer),
        .fullmtype = or_empty(row->fullmtype),
        .etype = or_empty(row->etype),
        .morph_name = or_empty(row->morph_name),
        .emodel = row->emodel,
        .mtype = mtype_of(s->arena, row),
        .exception_class = row->exception_class,
        .exception = row->exception,
        .threshold_text = or_empty(row->threshold_current),
        .holding_text = or_empty(row->holding_current),
        .threshold_current = NAN,
        .holding_current = NAN,
        .median = NAN,
        .i_first_failed = -1,
        .i_worst = -1,
        .worst_score = NAN,
        .worst_limit = NAN,
    };
    if (mec_parse_double(out->threshold_text, &value)) {
        out->threshold_current = value;
    }
    if (mec_parse_double(out->holding_text, &value)) {
        out->holding_current = value;
    }
    return out->mtype == NULL ? mec_no_memory(err) : MEC_OK;
}

static mec_status make_rows(selector *s, mec_err *err)
{
    size_t n = s->table.n_rows - s->table.n_exemplars;
    size_t k = 0;

    s->row = mec_arena_calloc(s->arena, n, sizeof *s->row);
    s->row_of = mec_arena_calloc(s->arena, n, sizeof *s->row_of);
    if (s->row == NULL || s->row_of == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < s->table.n_rows; i++) {
        if (s->table.row[i].is_exemplar) {
            continue;
        }
        mec_status st = make_row(s, i, &s->row[k], err);
        if (st != MEC_OK) {
            return st;
        }
        s->row_of[k++] = i;
        s->out->n_exceptions += s->row[k - 1].exception_class != NULL;
    }
    s->out->n_rows = n;
    s->out->row = s->row;
    s->out->n_rows_in_database = (int64_t)s->table.n_rows;
    return MEC_OK;
}

static mec_status skip_columns(selector *s, mec_err *err)
{
    s->skipped_column =
        mec_arena_calloc(s->arena, s->table.n_columns, sizeof *s->skipped_column);
    if (s->skipped_column == NULL) {
        return mec_no_memory(err);
    }
    for (size_t c = 0; c < s->table.n_columns; c++) {
        for (size_t k = 0; k < s->patterns.n_skip && !s->skipped_column[c]; k++) {
            mec_status st =
                mec_regex_match_prefix(s->patterns.skip[k], s->table.column[c],
                                       &s->skipped_column[c], NULL, err);

            if (st != MEC_OK) {
                return st;
            }
        }
    }
    return MEC_OK;
}

/* The sorted names of e-models, and the index of each. */
static mec_status list_emodels(selector *s, mec_map *index, mec_err *err)
{
    mec_map *seen = mec_map_new();
    const char **names = NULL;
    size_t n = 0;
    mec_status st = seen == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    for (size_t i = 0; i < s->table.n_rows; i++) {
        const score_row *row = &s->table.row[i];

        if (!row->is_original && !mec_map_has(seen, row->emodel) &&
            !mec_map_set(seen, row->emodel, (void *)row->emodel)) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    n = mec_map_count(seen);
    names = mec_arena_calloc(s->arena, n, sizeof *names);
    s->emodel = mec_arena_calloc(s->arena, n, sizeof *s->emodel);
    if (names == NULL || s->emodel == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    for (size_t i = 0; i < n; i++) {
        names[i] = mec_map_value(seen, i);
    }
    qsort(names, n, sizeof *names, compare_names);
    for (size_t i = 0; i < n; i++) {
        s->emodel[i].name = names[i];
        if (!mec_map_set(index, names[i], (void *)(uintptr_t)(i + 1))) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    s->out->n_emodels = n;
    s->out->emodel = s->emodel;
done:
    mec_map_free(seen);
    return st;
}

/* Sort the rows by e-model: lists[i] is the list of e-model i, n_rows its length. */
static mec_status group_rows(selector *s, const mec_map *index, size_t ***lists,
                             mec_err *err)
{
    size_t n = s->out->n_emodels;
    size_t *fill = mec_arena_calloc(s->arena, n, sizeof *fill);

    *lists = mec_arena_calloc(s->arena, n, sizeof **lists);
    if (fill == NULL || *lists == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < s->out->n_rows; i++) {
        uintptr_t found = (uintptr_t)mec_map_get(index, s->row[i].emodel);

        /* a row that is no exemplar but original would be nobody's: it is left out */
        s->row[i].i_emodel = (int32_t)found - 1;
        if (found > 0) {
            s->emodel[found - 1].n_rows++;
        }
    }
    for (size_t e = 0; e < n; e++) {
        (*lists)[e] = mec_arena_calloc(s->arena, s->emodel[e].n_rows, sizeof ***lists);
        if ((*lists)[e] == NULL) {
            return mec_no_memory(err);
        }
    }
    for (size_t i = 0; i < s->out->n_rows; i++) {
        int32_t e = s->row[i].i_emodel;

        if (e >= 0) {
            (*lists)[e][fill[e]++] = i;
        }
    }
    return MEC_OK;
}

static mec_status gate_all(selector *s, mec_err *err)
{
    mec_map *index = mec_map_new();
    size_t **lists = NULL;
    mec_status st = index == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(list_emodels(s, index, err));
    MEC_TRY(group_rows(s, index, &lists, err));
    for (size_t e = 0; e < s->out->n_emodels; e++) {
        mec_selection_emodel *emodel = &s->emodel[e];

        say("Processing emodel %s", emodel->name);
        if (s->config.check_opt_scores) {
            st = check_opt_scores(&s->table, emodel->name,
                                  s->config.opt_scores_tolerance, err);
            if (st != MEC_OK) {
                mec_err_prefix(err, "%s: ", s->config.scores_db);
                goto done;
            }
        }
        MEC_TRY(gate_emodel(&s->gate, emodel->n_rows, lists[e], emodel, err));
        MEC_TRY(select_rows(s->arena, s->config.select_perc_best, emodel, s->row, err));
        s->out->n_passed += emodel->n_passed;
        s->out->n_selected += emodel->n_selected;
    }
done:
    mec_map_free(index);
    return st;
}

static mec_status set_paths(selector *s, mec_err *err)
{
    const select_config *c = &s->config;
    mec_selection *out = s->out;

    out->form_2017 = c->form_2017;
    out->output_dir = c->output_dir;
    out->emodels_hoc_dir = c->emodels_hoc_dir;
    out->scores_db = c->scores_db;
    out->pdf_filename = c->pdf_filename;
    out->names_compliant = c->make_names_neuron_compliant;
    out->scaled_by_exemplar = !c->skip_repaired_exemplar;
    out->plot_emodels_per_morphology = c->plot_emodels_per_morphology;
    out->select_perc_best = c->select_perc_best;
    out->n_skip = s->patterns.n_skip;
    out->skip = s->patterns.skip_text;
    out->n_thresholds = s->patterns.n_thresholds;
    out->threshold_text = s->patterns.threshold_text;
    out->cpu_seconds = s->table.cpu_seconds;
    out->provenance = s->table.provenance;
    if (c->form_2017) {
        out->extneurondb_filename = c->extneurondb_filename;
        out->combo_emodel_filename = c->combo_emodel_filename;
        return MEC_OK;
    }
    out->extneurondb_filename =
        mec_path_join(s->arena, c->output_dir, "extneurondb.dat");
    out->combo_emodel_filename =
        mec_path_join(s->arena, c->output_dir, "mecombo_emodel.tsv");
    return out->extneurondb_filename == NULL || out->combo_emodel_filename == NULL
               ? mec_no_memory(err)
               : MEC_OK;
}

static mec_status select_all(selector *s, const mec_select_options *options,
                             mec_err *err)
{
    mec_status st = MEC_OK;

    say("Reading scores from %s ...", s->config.scores_db);
    MEC_TRY(score_table_read(s->arena, s->config.scores_db, &s->table, err));
    say("Converting json strings to scores values ...");
    MEC_TRY(make_rows(s, err));
    MEC_TRY(skip_columns(s, err));
    s->out->what_if = options->what_if;
    s->gate = (gate){.arena = s->arena,
                     .config = &s->config,
                     .patterns = &s->patterns,
                     .table = &s->table,
                     .skipped_column = s->skipped_column,
                     .what_if = options->what_if,
                     .row = s->row,
                     .row_of = s->row_of};
    MEC_TRY(gate_all(s, err));
    MEC_TRY(name_combos(s->arena, s->config.make_names_neuron_compliant, s->out->n_rows,
                        s->row, err));
    MEC_TRY(set_paths(s, err));
    MEC_TRY(summarise(s->arena, s->out, err));
    if (s->out->n_selected == 0) {
        mec_log(MEC_LOG_WARNING, "%s: no me-combination was selected",
                s->config.scores_db);
    }
done:
    return st;
}

mec_status mec_campaign_select(const char *conf, const mec_select_options *options,
                               mec_arena *arena, const mec_selection **out,
                               mec_err *err)
{
    selector s = {.arena = arena, .out = mec_arena_alloc(arena, sizeof(mec_selection))};
    mec_status st = MEC_OK;

    *out = NULL;
    if (s.out == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(config_read_select(arena, conf, &s.config, err));
    MEC_TRY(gate_config_read(arena, &s.config, &s.patterns, err));
    s.out->conf = mec_arena_strdup(arena, conf);
    MEC_TRY(select_all(&s, options, err));
    *out = s.out;
done:
    gate_config_clear(&s.patterns);
    score_table_clear(&s.table);
    return st;
}
