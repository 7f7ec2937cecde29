/* The database as select reads it: rows of `scores`, numbers of `score_values`.
 *
 * The two tables belong together by position. Databases of BluePyMM, old ones with a column
 * "index" in score_values, and those of mecombo are read alike.
 */

#include "gate_priv.h"
#include "scores_priv.h"
#include "store_priv.h"

#include <mecombo/log.h>
#include <mecombo/vec.h>

#include <inttypes.h>
#include <stdio.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Columns of the query, in this order. */
enum {
    C_UID,
    C_LAYER,
    C_FULLMTYPE,
    C_MTYPE,
    C_ETYPE,
    C_MORPH_NAME,
    C_EMODEL,
    C_ORIGINAL,
    C_TO_RUN,
    C_IS_EXEMPLAR,
    C_IS_REPAIRED,
    C_IS_ORIGINAL,
    C_EXTRA,
    C_EXCEPTION,
    C_OPT_SCORES,
    C_SCORES,
    C_CLASS
};

typedef struct table_reader {
    score_table *out;
    mec_db *db;
    mec_map *strings;
    mec_arena *scratch; /* for one row */
    bool has_own_tables;
} table_reader;

/* One copy per distinct text. */
static const char *intern_text(table_reader *t, const char *text)
{
    const char *known = mec_map_get(t->strings, text);

    if (known == NULL) {
        char *copy = mec_arena_strdup(t->out->arena, text);

        known = copy != NULL && mec_map_set(t->strings, text, copy) ? copy : NULL;
    }
    return known;
}

static bool intern(table_reader *t, mec_db_stmt *stmt, int column, const char **out)
{
    const char *text = mec_db_column_text(stmt, column);

    *out = text == NULL ? NULL : intern_text(t, text);
    return text == NULL || *out != NULL;
}

/* What is kept of an exception: its message, and the name of its Python class where the
 * database has no class (BluePyMM's have none). */
static bool read_exception(table_reader *t, const char *text, score_row *row)
{
    char name[64] = "exception";

    row->exception = exception_message(t->out->arena, text);
    if (row->exception == NULL || row->exception_class != NULL) {
        return row->exception != NULL;
    }
    size_t n = exception_name_length(row->exception);
    if (n > 0 && n < sizeof name) {
        memcpy(name, row->exception, n);
        name[n] = '\0';
    }
    row->exception_class = intern_text(t, name);
    return row->exception_class != NULL;
}

/* A current of extra_values as its JSON literal. */
static bool read_current(table_reader *t, const mec_json *extra, const char *key,
                         const char **out)
{
    const mec_json *item = mec_json_get(extra, key);

    *out = NULL;
    if (item == NULL || item->type != MEC_JSON_NUMBER || isnan(item->number)) {
        return true;
    }
    *out = mec_arena_strdup(t->out->arena, item->string);
    return *out != NULL;
}

static mec_status read_extra(table_reader *t, mec_db_stmt *stmt, score_row *row,
                             mec_err *err)
{
    const char *text = mec_db_column_text(stmt, C_EXTRA);
    const mec_json *extra = NULL;
    char name[64];

    if (text == NULL || strcmp(text, "null") == 0) {
        return MEC_OK;
    }
    mec_arena_free(t->scratch);
    t->scratch = mec_arena_new();
    if (t->scratch == NULL) {
        return mec_no_memory(err);
    }
    snprintf(name, sizeof name, "extra_values of row %" PRId64, row->uid);
    mec_status st = mec_json_parse(t->scratch, name, text, &extra, err);
    if (st != MEC_OK) {
        mec_err_prefix(err, "%s: ", mec_db_path(t->db));
        return st;
    }
    return read_current(t, extra, "threshold_current", &row->threshold_current) &&
                   read_current(t, extra, "holding_current", &row->holding_current)
               ? MEC_OK
               : mec_no_memory(err);
}

static bool copy_text(table_reader *t, mec_db_stmt *stmt, int column, const char **out)
{
    const char *text = mec_db_column_text(stmt, column);

    *out = text == NULL ? NULL : mec_arena_strdup(t->out->arena, text);
    return text == NULL || *out != NULL;
}

static mec_status read_row(table_reader *t, mec_db_stmt *stmt, score_row *row,
                           mec_err *err)
{
    const char *exception = mec_db_column_text(stmt, C_EXCEPTION);

    row->uid = mec_db_column_int(stmt, C_UID);
    row->to_run = mec_db_column_int(stmt, C_TO_RUN) != 0;
    row->is_exemplar = mec_db_column_int(stmt, C_IS_EXEMPLAR) != 0;
    row->is_repaired = mec_db_column_int(stmt, C_IS_REPAIRED) != 0;
    row->is_original = mec_db_column_int(stmt, C_IS_ORIGINAL) != 0;
    if (!intern(t, stmt, C_LAYER, &row->layer) ||
        !intern(t, stmt, C_FULLMTYPE, &row->fullmtype) ||
        !intern(t, stmt, C_MTYPE, &row->mtype) ||
        !intern(t, stmt, C_ETYPE, &row->etype) ||
        !intern(t, stmt, C_MORPH_NAME, &row->morph_name) ||
        !intern(t, stmt, C_EMODEL, &row->emodel) ||
        !intern(t, stmt, C_ORIGINAL, &row->original) ||
        !intern(t, stmt, C_CLASS, &row->exception_class)) {
        return mec_no_memory(err);
    }
    if (exception != NULL) {
        if (!read_exception(t, exception, row)) {
            return mec_no_memory(err);
        }
    } else {
        row->exception_class = NULL;
    }
    if (row->is_exemplar && !row->is_repaired &&
        (!copy_text(t, stmt, C_OPT_SCORES, &row->opt_scores) ||
         !copy_text(t, stmt, C_SCORES, &row->scores))) {
        return mec_no_memory(err);
    }
    if (row->emodel == NULL) {
        return mec_fail(err, MEC_E_INPUT, "%s: row %" PRId64 " has no emodel",
                        mec_db_path(t->db), row->uid);
    }
    return read_extra(t, stmt, row, err);
}

/* The table may lack columns that came with later versions. */
static mec_status column_or_null(table_reader *t, const char *column, const char **out,
                                 mec_err *err)
{
    const char *const *names = NULL;
    size_t n = 0;
    mec_status st =
        mec_db_list_columns(t->db, t->out->arena, "scores", &n, &names, err);

    *out = "NULL";
    for (size_t i = 0; st == MEC_OK && i < n; i++) {
        if (strcmp(names[i], column) == 0) {
            *out = column;
        }
    }
    return st;
}

static mec_status read_rows(table_reader *t, mec_err *err)
{
    MEC_VEC(score_row) rows = MEC_VEC_INIT;
    const char *mtype = NULL;
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st = MEC_OK;

    MEC_TRY(column_or_null(t, "mtype", &mtype, err));
    const char *sql = mec_arena_printf(
        t->out->arena,
        "SELECT s.\"index\", layer, fullmtype, %s, etype, morph_name, emodel, "
        "original_emodel, to_run, is_exemplar, is_repaired, is_original, extra_values, "
        "exception, opt_scores, scores, %s FROM scores s %s ORDER BY s.rowid",
        mtype, t->has_own_tables ? "p.\"class\"" : "NULL",
        t->has_own_tables
            ? "LEFT JOIN mecombo_provenance p ON p.\"index\" = s.\"index\""
            : "");
    if (sql == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(mec_db_prepare(t->db, sql, &stmt, err));
    for (;;) {
        score_row row = {0};

        MEC_TRY(mec_db_step(stmt, &has_row, err));
        if (!has_row) {
            break;
        }
        MEC_TRY(read_row(t, stmt, &row, err));
        if (!MEC_VEC_PUSH(&rows, row)) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    t->out->row = mec_arena_calloc(t->out->arena, rows.n, sizeof *t->out->row);
    if (t->out->row == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    if (rows.n > 0) {
        memcpy(t->out->row, rows.data, rows.n * sizeof *t->out->row);
    }
    t->out->n_rows = rows.n;
done:
    mec_db_finalize(stmt);
    MEC_VEC_CLEAR(&rows);
    return st;
}

static mec_status check_all_run(const table_reader *t, mec_err *err)
{
    const score_table *out = t->out;
    size_t n = 0;
    int64_t first = 0;

    for (size_t i = 0; i < out->n_rows; i++) {
        if (out->row[i].to_run) {
            first = n++ == 0 ? out->row[i].uid : first;
        }
    }
    if (n > 0) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: %zu of %zu rows have not been run, row %" PRId64
                        " the first of them (run mecombo run first)",
                        mec_db_path(t->db), n, out->n_rows, first);
    }
    if (out->n_rows == 0) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: table scores is empty (nothing to select)",
                        mec_db_path(t->db));
    }
    return MEC_OK;
}

static mec_status allocate_values(score_table *out, mec_err *err)
{
    size_t n = out->n_rows * out->n_columns;

    out->value = malloc((n == 0 ? 1 : n) * sizeof *out->value);
    if (out->value == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        out->value[i] = NAN;
    }
    return MEC_OK;
}

static mec_status list_exemplars(score_table *out, mec_err *err)
{
    out->exemplar = mec_arena_calloc(out->arena, out->n_rows, sizeof *out->exemplar);
    if (out->exemplar == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < out->n_rows; i++) {
        if (out->row[i].is_exemplar) {
            out->exemplar[out->n_exemplars++] = i;
        }
    }
    return MEC_OK;
}

/* Objectives whose columns have other names. */
static mec_status rename_columns(table_reader *t, mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    bool has = false;
    mec_status st = MEC_OK;

    MEC_TRY(mec_db_has_table(t->db, "mecombo_objectives", &has, err));
    if (!has) {
        goto done;
    }
    MEC_TRY(mec_db_prepare(
        t->db, "SELECT \"column\", objective FROM mecombo_objectives", &stmt, err));
    for (;;) {
        const char *objective = NULL;

        MEC_TRY(mec_db_step(stmt, &has, err));
        if (!has) {
            break;
        }
        if (!intern(t, stmt, 1, &objective)) {
            st = mec_no_memory(err);
            goto done;
        }
        for (size_t i = 0; i < t->out->n_columns; i++) {
            if (strcmp(t->out->column[i], mec_db_column_text(stmt, 0)) == 0) {
                t->out->column[i] = objective;
            }
        }
    }
done:
    mec_db_finalize(stmt);
    return st;
}

/* Take the columns of score_values; skip: position of a column "index", or -1. */
static mec_status take_columns(table_reader *t, mec_db_stmt *stmt, int *skip,
                               mec_err *err)
{
    int n = mec_db_n_columns(stmt);
    score_table *out = t->out;

    *skip = -1;
    out->column = mec_arena_calloc(out->arena, (size_t)n, sizeof *out->column);
    if (out->column == NULL) {
        return mec_no_memory(err);
    }
    for (int i = 0; i < n; i++) {
        const char *name = mec_db_column_name(stmt, i);

        if (*skip < 0 && strcmp(name, "index") == 0) {
            *skip = i;
            continue;
        }
        out->column[out->n_columns] = mec_arena_strdup(out->arena, name);
        if (out->column[out->n_columns++] == NULL) {
            return mec_no_memory(err);
        }
    }
    return rename_columns(t, err);
}

static mec_status read_values(table_reader *t, mec_err *err)
{
    score_table *out = t->out;
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    size_t n = 0;
    int skip = -1;
    mec_status st = MEC_OK;

    MEC_TRY(
        mec_db_prepare(t->db, "SELECT * FROM score_values ORDER BY rowid", &stmt, err));
    MEC_TRY(take_columns(t, stmt, &skip, err));
    MEC_TRY(allocate_values(out, err));
    for (;; n++) {
        MEC_TRY(mec_db_step(stmt, &has_row, err));
        if (!has_row) {
            break;
        }
        double *value = out->value + n * out->n_columns;
        for (int i = 0; n < out->n_rows && i < mec_db_n_columns(stmt); i++) {
            if (i != skip) {
                *value++ = mec_db_column_double(stmt, i);
            }
        }
    }
    if (n != out->n_rows) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s: score_values has %zu rows, scores has %zu (mecombo run "
                      "builds score_values anew)",
                      mec_db_path(t->db), n, out->n_rows);
    }
done:
    mec_db_finalize(stmt);
    return st;
}

/* Without score_values (more objectives than SQLite has columns): from the texts. */
static mec_status read_texts(table_reader *t, bool collect, mec_map *columns,
                             mec_err *err)
{
    score_table *out = t->out;
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    size_t n = 0;
    mec_status st = MEC_OK;

    MEC_TRY(
        mec_db_prepare(t->db, "SELECT scores FROM scores ORDER BY rowid", &stmt, err));
    for (;; n++) {
        MEC_TRY(mec_db_step(stmt, &has_row, err));
        if (!has_row || n >= out->n_rows) {
            break;
        }
        const char *text = mec_db_column_text(stmt, 0);
        score_cursor cursor = {text == NULL ? "null" : text, false};
        const char *key = NULL;
        size_t n_key = 0;
        double value = 0;

        mec_arena_free(t->scratch);
        t->scratch = mec_arena_new();
        while (t->scratch != NULL &&
               score_next(&cursor, &key, &n_key, &value) == SCORE_VALUE) {
            const char *name = score_key(t->scratch, key, n_key);
            uintptr_t i = name == NULL ? 0 : (uintptr_t)mec_map_get(columns, name);

            if (collect && i == 0 && name != NULL) {
                i = mec_map_count(columns) + 1;
                if (!mec_map_set(columns, name, (void *)i)) {
                    st = mec_no_memory(err);
                    goto done;
                }
            } else if (!collect && i > 0) {
                out->value[n * out->n_columns + i - 1] = value;
            }
        }
    }
done:
    mec_db_finalize(stmt);
    return st;
}

static mec_status values_from_texts(table_reader *t, mec_err *err)
{
    mec_map *columns = mec_map_new();
    score_table *out = t->out;
    mec_status st = columns == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(read_texts(t, true, columns, err));
    out->n_columns = mec_map_count(columns);
    out->column = mec_arena_calloc(out->arena, out->n_columns, sizeof *out->column);
    if (out->column == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    for (size_t i = 0; i < out->n_columns; i++) {
        out->column[i] = mec_arena_strdup(out->arena, mec_map_key(columns, i));
        if (out->column[i] == NULL) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    MEC_TRY(allocate_values(out, err));
    MEC_TRY(read_texts(t, false, columns, err));
done:
    mec_map_free(columns);
    return st;
}

static mec_status read_scores(table_reader *t, mec_err *err)
{
    bool has = false;
    mec_status st = mec_db_has_table(t->db, "score_values", &has, err);

    if (st != MEC_OK) {
        return st;
    }
    if (has) {
        return read_values(t, err);
    }
    if (!t->has_own_tables) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: no table score_values (mecombo run builds it)",
                        mec_db_path(t->db));
    }
    return values_from_texts(t, err);
}

/* CPU time, and what the first computed row says of its making. */
static mec_status read_provenance(table_reader *t, mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st = MEC_OK;

    t->out->cpu_seconds = NAN;
    if (!t->has_own_tables) {
        return MEC_OK;
    }
    MEC_TRY(mec_db_prepare(t->db,
                           "SELECT (SELECT SUM(seconds) FROM mecombo_provenance WHERE "
                           "computed_for = \"index\"), (SELECT detail FROM "
                           "mecombo_provenance WHERE detail IS NOT NULL LIMIT 1)",
                           &stmt, err));
    MEC_TRY(mec_db_step(stmt, &has_row, err));
    if (mec_db_column_type(stmt, 0) != MEC_DB_NULL) {
        t->out->cpu_seconds = mec_db_column_double(stmt, 0);
    }
    if (!copy_text(t, stmt, 1, &t->out->provenance)) {
        st = mec_no_memory(err);
    }
done:
    mec_db_finalize(stmt);
    return st;
}

mec_status score_table_read(mec_arena *arena, const char *path, score_table *out,
                            mec_err *err)
{
    table_reader t = {.out = out, .strings = mec_map_new()};
    mec_status st = t.strings == NULL ? mec_no_memory(err) : MEC_OK;

    *out = (score_table){.arena = arena};
    MEC_TRY(st);
    MEC_TRY(store_open_read(path, &t.db, err));
    MEC_TRY(store_check_columns(t.db, err));
    MEC_TRY(mec_db_has_table(t.db, "mecombo_provenance", &t.has_own_tables, err));
    MEC_TRY(read_rows(&t, err));
    MEC_TRY(check_all_run(&t, err));
    MEC_TRY(list_exemplars(out, err));
    MEC_TRY(read_scores(&t, err));
    MEC_TRY(read_provenance(&t, err));
done:
    mec_db_close(t.db);
    mec_map_free(t.strings);
    mec_arena_free(t.scratch);
    if (st != MEC_OK) {
        score_table_clear(out);
    }
    return st;
}

void score_table_clear(score_table *table)
{
    free(table->value);
    table->value = NULL;
}
