/* The table score_values: one REAL column per objective, one row per row of scores, in
 * the same order (BLUEPYMM.md A.6), without what R7 says about it.
 *
 * Columns are the union of the objectives in order of first appearance. SQLite takes names
 * that differ in case only for one: the later one gets a number behind it, and
 * mecombo_objectives tells its objective. When no row has scores the table gets one column
 * "index", as old databases have it and BluePyMM's select drops it. More objectives than
 * SQLite has columns leave no table at all: select then reads the column `scores`.
 */

#include "scores_priv.h"
#include "store_priv.h"

#include <mecombo/log.h>
#include <mecombo/map.h>
#include <mecombo/text.h>
#include <mecombo/vec.h>

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

enum { MAX_COLUMNS = 2000 }; /* SQLITE_MAX_COLUMN of every distribution */

typedef struct objective {
    const char *raw;    /* as first written */
    const char *name;   /* as in the scores */
    const char *column; /* as in the table */
} objective;

typedef struct objectives {
    mec_arena *arena;
    mec_map *by_raw;    /* key as written -> (index + 1) */
    mec_map *by_name;   /* objective -> (index + 1) */
    mec_map *by_folded; /* lower-case column name -> (index + 1) */
    MEC_VEC(objective) list;
} objectives;

static void *as_value(size_t i)
{
    return (void *)(uintptr_t)(i + 1);
}

static char *fold(mec_arena *arena, const char *name)
{
    char *folded = mec_arena_strdup(arena, name);

    for (char *c = folded; c != NULL && *c != '\0'; c++) {
        *c = (char)tolower((unsigned char)*c);
    }
    return folded;
}

/* A column name for an objective that no other column has in SQLite's eyes. */
static const char *free_column(objectives *o, const char *name, const char **folded)
{
    const char *column = name;

    for (int i = 2;; i++) {
        *folded = fold(o->arena, column);
        if (*folded == NULL || !mec_map_has(o->by_folded, *folded)) {
            return *folded == NULL ? NULL : column;
        }
        column = mec_arena_printf(o->arena, "%s_%d", name, i);
        if (column == NULL) {
            return NULL;
        }
    }
}

static bool add_objective(objectives *o, const char *raw, const char *name)
{
    void *known = mec_map_get(o->by_name, name);
    const char *folded = NULL;

    if (known != NULL) {
        return mec_map_set(o->by_raw, raw, known);
    }
    objective added = {mec_arena_strdup(o->arena, raw), name,
                       free_column(o, name, &folded)};
    void *value = as_value(o->list.n);
    return added.raw != NULL && added.column != NULL &&
           mec_map_set(o->by_raw, raw, value) && mec_map_set(o->by_name, name, value) &&
           mec_map_set(o->by_folded, folded, value) && MEC_VEC_PUSH(&o->list, added);
}

static mec_status bad_scores(mec_db *db, mec_db_stmt *stmt, mec_err *err)
{
    return mec_fail(
        err, MEC_E_INPUT,
        "%s: column scores of row %" PRId64
        " is no JSON object of numbers (set to_run to 1 to compute it again)",
        mec_db_path(db), mec_db_column_int(stmt, 0));
}

/* Index of the objective of a key as written; the key is added on first sight. In: which
 * one it probably is; rows of one e-model name the same objectives in the same order. */
static mec_status find_objective(objectives *o, const char *key, size_t n_key,
                                 mec_text *raw, size_t *out, mec_err *err)
{
    const char *guess = *out < o->list.n ? o->list.data[*out].raw : NULL;

    if (guess != NULL && strncmp(guess, key, n_key) == 0 && guess[n_key] == '\0') {
        return MEC_OK;
    }
    mec_text_reset(raw);
    mec_text_add_bytes(raw, key, n_key);
    uintptr_t found = (uintptr_t)mec_map_get(o->by_raw, mec_text_string(raw));
    if (found == 0) {
        const char *name = score_key(o->arena, key, n_key);

        if (name == NULL || !mec_text_ok(raw) ||
            !add_objective(o, mec_text_string(raw), name)) {
            return mec_no_memory(err);
        }
        found = (uintptr_t)mec_map_get(o->by_raw, mec_text_string(raw));
    }
    *out = (size_t)found - 1;
    return MEC_OK;
}

/* Visit every score of every row. insert NULL: only collect the objectives; else one row
 * is inserted per row of scores. */
static mec_status walk(mec_db *db, objectives *o, mec_db_stmt *insert, mec_err *err)
{
    mec_text raw = MEC_TEXT_INIT;
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st = MEC_OK;

    MEC_TRY(mec_db_prepare(db, "SELECT \"index\", scores FROM scores ORDER BY rowid",
                           &stmt, err));
    for (;;) {
        MEC_TRY(mec_db_step(stmt, &has_row, err));
        if (!has_row) {
            break;
        }
        const char *text = mec_db_column_text(stmt, 1);
        score_cursor cursor = {text == NULL ? "null" : text, false};
        const char *key = NULL;
        size_t n_key = 0;
        double value = NAN;
        double *wanted = insert != NULL ? &value : NULL;
        size_t i = 0;
        score_step step;

        for (size_t k = 0; insert != NULL && k < o->list.n; k++) {
            MEC_TRY(mec_db_bind_null(insert, (int)k + 1, err));
        }
        while ((step = score_next(&cursor, &key, &n_key, wanted)) == SCORE_VALUE) {
            MEC_TRY(find_objective(o, key, n_key, &raw, &i, err));
            if (insert != NULL) {
                MEC_TRY(mec_db_bind_double(insert, (int)i + 1, value, err));
            }
            i++;
        }
        if (step == SCORE_BAD) {
            st = bad_scores(db, stmt, err);
            goto done;
        }
        if (insert != NULL) {
            MEC_TRY(mec_db_run(insert, err));
        }
    }
done:
    mec_db_finalize(stmt);
    mec_text_clear(&raw);
    return st;
}

static mec_status create_table(mec_db *db, const objectives *o, mec_err *err)
{
    mec_text sql = MEC_TEXT_INIT;
    mec_status st;

    mec_text_add(&sql, "CREATE TABLE \"score_values\" (\n");
    for (size_t i = 0; i < o->list.n; i++) {
        const char *name = mec_db_quote_name(o->arena, o->list.data[i].column);

        mec_text_printf(&sql, "%s%s REAL", i == 0 ? "" : ",\n  ",
                        name == NULL ? "" : name);
    }
    mec_text_add(&sql, o->list.n == 0 ? "\"index\" INTEGER\n)" : "\n)");
    st = mec_text_ok(&sql) ? mec_db_exec(db, mec_text_string(&sql), err)
                           : mec_no_memory(err);
    mec_text_clear(&sql);
    return st;
}

/* Remember the objectives whose column has another name. */
static mec_status note_renamed(mec_db *db, const objectives *o, mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    mec_status st = MEC_OK;

    for (size_t i = 0; i < o->list.n; i++) {
        const objective *item = &o->list.data[i];

        if (strcmp(item->name, item->column) == 0) {
            continue;
        }
        if (stmt == NULL) {
            MEC_TRY(mec_db_exec(db,
                                "CREATE TABLE mecombo_objectives (\"column\" TEXT, "
                                "objective TEXT)",
                                err));
            MEC_TRY(mec_db_prepare(db, "INSERT INTO mecombo_objectives VALUES (?,?)",
                                   &stmt, err));
        }
        mec_log(MEC_LOG_WARNING,
                "%s: objective \"%s\" differs from another one in case only; its "
                "column in score_values is \"%s\"",
                mec_db_path(db), item->name, item->column);
        MEC_TRY(mec_db_bind_text(stmt, 1, item->column, err));
        MEC_TRY(mec_db_bind_text(stmt, 2, item->name, err));
        MEC_TRY(mec_db_run(stmt, err));
    }
done:
    mec_db_finalize(stmt);
    return st;
}

static mec_status fill_table(mec_db *db, objectives *o, mec_err *err)
{
    mec_text sql = MEC_TEXT_INIT;
    mec_db_stmt *insert = NULL;
    mec_status st = MEC_OK;

    if (o->list.n == 0) {
        return mec_db_exec(db,
                           "INSERT INTO score_values SELECT \"index\" FROM scores "
                           "ORDER BY rowid",
                           err);
    }
    mec_text_add(&sql, "INSERT INTO score_values VALUES (?");
    for (size_t i = 1; i < o->list.n; i++) {
        mec_text_add(&sql, ",?");
    }
    mec_text_add(&sql, ")");
    MEC_TRY(mec_db_prepare(db, mec_text_string(&sql), &insert, err));
    MEC_TRY(walk(db, o, insert, err));
done:
    mec_db_finalize(insert);
    mec_text_clear(&sql);
    return st;
}

mec_status score_values_rebuild(mec_db *db, mec_err *err)
{
    objectives o = {.arena = mec_arena_new(),
                    .by_raw = mec_map_new(),
                    .by_name = mec_map_new(),
                    .by_folded = mec_map_new(),
                    .list = MEC_VEC_INIT};
    mec_status st = MEC_OK;

    if (o.arena == NULL || o.by_raw == NULL || o.by_name == NULL ||
        o.by_folded == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(mec_db_exec(db,
                        "DROP TABLE IF EXISTS score_values; "
                        "DROP TABLE IF EXISTS mecombo_objectives;",
                        err));
    MEC_TRY(walk(db, &o, NULL, err));
    if (o.list.n > MAX_COLUMNS) {
        mec_log(MEC_LOG_WARNING,
                "%s: %zu objectives are more than a table of SQLite can hold; "
                "score_values is left out, mecombo select reads the column scores",
                mec_db_path(db), o.list.n);
        goto done;
    }
    MEC_TRY(create_table(db, &o, err));
    MEC_TRY(note_renamed(db, &o, err));
    MEC_TRY(fill_table(db, &o, err));
done:
    mec_arena_free(o.arena);
    mec_map_free(o.by_raw);
    mec_map_free(o.by_name);
    mec_map_free(o.by_folded);
    MEC_VEC_CLEAR(&o.list);
    return st;
}
