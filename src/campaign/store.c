/* The database while it is filled: rows to compute, results in batches, completion. */

#include "store_priv.h"

#include <mecombo/map.h>
#include <mecombo/path.h>
#include <mecombo/text.h>
#include <mecombo/vec.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Rows are filled in the order of their cost, that is anywhere in the file: room for the
 * pages that are split again and again, and fewer transfers of the same page from the log
 * to the database (16 MB between two). */
static const char tuning[] = "PRAGMA cache_size=-65536; PRAGMA wal_autocheckpoint=4000";

struct store {
    mec_db *db;
    mec_db_stmt *update;
    mec_db_stmt *note;
    char now[32]; /* time of the batch */
};

void store_time_after(double seconds, char out[32])
{
    const double most = 1e9;
    time_t then = time(NULL) + (time_t)fmin(fmax(seconds, 0), most);
    struct tm tm;

    gmtime_r(&then, &tm);
    strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

void store_time(char out[32])
{
    store_time_after(0, out);
}

mec_status store_check_columns(mec_db *db, mec_err *err)
{
    static const char *const needed[] = {
        "index",       "layer",       "fullmtype",       "etype",
        "morph_name",  "emodel",      "original_emodel", "morph_dir",
        "scores",      "opt_scores",  "exception",       "to_run",
        "is_exemplar", "is_repaired", "is_original",     "extra_values"};
    mec_arena *arena = mec_arena_new();
    const char *const *names = NULL;
    size_t n = 0;
    mec_status st = arena == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(mec_db_list_columns(db, arena, "scores", &n, &names, err));
    if (n == 0) {
        st = mec_fail(err, MEC_E_DB,
                      "%s: a database without table \"scores\" (not one of mecombo or "
                      "BluePyMM; give another scores_db)",
                      mec_db_path(db));
        goto done;
    }
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        size_t k = 0;

        while (k < n && strcmp(names[k], needed[i]) != 0) {
            k++;
        }
        if (k == n) {
            st = mec_fail(err, MEC_E_DB,
                          "%s: table \"scores\" has no column \"%s\" (not one of "
                          "mecombo or BluePyMM; give another scores_db)",
                          mec_db_path(db), needed[i]);
            goto done;
        }
    }
done:
    mec_arena_free(arena);
    return st;
}

mec_status store_open_read(const char *path, mec_db **out, mec_err *err)
{
    if (!mec_path_exists(path)) {
        *out = NULL;
        return mec_fail(err, MEC_E_DB,
                        "%s: no such database (run mecombo prepare first)", path);
    }
    return mec_db_open(path, MEC_DB_READ, MEC_DB_AUTO, out, err);
}

mec_status store_open(const char *path, store **out, mec_err *err)
{
    store *s = calloc(1, sizeof *s);
    mec_status st = s == NULL ? mec_no_memory(err) : MEC_OK;

    *out = NULL;
    MEC_TRY(st);
    MEC_TRY(mec_db_open(path, MEC_DB_WRITE, MEC_DB_AUTO, &s->db, err));
    MEC_TRY(store_check_columns(s->db, err));
    MEC_TRY(mec_db_exec(s->db, tuning, err));
    MEC_TRY(mec_db_begin(s->db, err));
    MEC_TRY(store_make_own_tables(s->db, err));
    MEC_TRY(mec_db_commit(s->db, err));
    MEC_TRY(mec_db_prepare(s->db,
                           "UPDATE scores SET scores=?, extra_values=?, exception=?, "
                           "to_run=0 WHERE rowid=?4 AND \"index\"=?5",
                           &s->update, err));
    MEC_TRY(mec_db_prepare(
        s->db,
        "INSERT INTO mecombo_provenance (\"index\", \"class\", attempts, computed_for, "
        "job_key, host, rank, seconds, finished, detail, cached) VALUES "
        "(?,?,1,?,?,?,?,?,?,?,?) "
        "ON CONFLICT (\"index\") DO UPDATE SET \"class\"=excluded.\"class\", "
        "attempts=attempts+1, computed_for=excluded.computed_for, "
        "job_key=excluded.job_key, host=excluded.host, rank=excluded.rank, "
        "seconds=excluded.seconds, finished=excluded.finished, detail=excluded.detail, "
        "cached=excluded.cached",
        &s->note, err));
    *out = s;
    return MEC_OK;
done:
    store_close(s);
    return st;
}

void store_close(store *s)
{
    if (s == NULL) {
        return;
    }
    mec_db_finalize(s->update);
    mec_db_finalize(s->note);
    mec_db_close(s->db);
    free(s);
}

mec_db *store_db(store *s)
{
    return s->db;
}

static char *copy_column(mec_arena *arena, mec_db_stmt *stmt, int i)
{
    const char *text = mec_db_column_text(stmt, i);

    return mec_arena_strdup(arena, text == NULL ? "" : text);
}

/* A text that many rows share: kept once. NULL when out of memory. */
static const char *intern_column(mec_arena *arena, mec_map *words, mec_db_stmt *stmt,
                                 int i)
{
    const char *text = mec_db_column_text(stmt, i);
    char *known = mec_map_get(words, text == NULL ? "" : text);

    if (known == NULL) {
        known = copy_column(arena, stmt, i);
        if (known == NULL || !mec_map_set(words, known, known)) {
            return NULL;
        }
    }
    return known;
}

static mec_status read_row(mec_arena *arena, mec_map *words, mec_db_stmt *stmt,
                           const char *path, store_row *row, mec_err *err)
{
    static const char *const names[] = {"index",     "emodel",     "original_emodel",
                                        "morph_dir", "morph_name", "morph_ext"};

    row->uid = mec_db_column_int(stmt, 0);
    row->rowid = mec_db_column_int(stmt, 6);
    for (int i = 0; i < 5; i++) {
        if (mec_db_column_type(stmt, i) == MEC_DB_NULL) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s: row %" PRId64
                            " of table scores has no %s (prepare the "
                            "database again)",
                            path, row->uid, names[i]);
        }
    }
    row->emodel = intern_column(arena, words, stmt, 1);
    row->original_emodel = intern_column(arena, words, stmt, 2);
    row->morph_dir = intern_column(arena, words, stmt, 3);
    row->morph_name = intern_column(arena, words, stmt, 4);
    row->morph_ext = mec_db_column_type(stmt, 5) == MEC_DB_NULL
                         ? ".asc"
                         : intern_column(arena, words, stmt, 5);
    if (row->emodel == NULL || row->original_emodel == NULL || row->morph_dir == NULL ||
        row->morph_name == NULL || row->morph_ext == NULL) {
        return mec_no_memory(err);
    }
    return MEC_OK;
}

mec_status store_list_rows(store *s, mec_arena *arena, bool retry_failed,
                           bool (*wanted)(int64_t uid, const void *arg),
                           const void *arg, size_t *n, store_row **out, mec_err *err)
{
    MEC_VEC(store_row) rows = MEC_VEC_INIT;
    mec_map *words = mec_map_new();
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st = words == NULL ? mec_no_memory(err) : MEC_OK;

    *n = 0;
    *out = NULL;
    MEC_TRY(st);
    MEC_TRY(
        mec_db_prepare(s->db,
                       "SELECT s.\"index\", s.emodel, s.original_emodel, s.morph_dir, "
                       "s.morph_name, s.morph_ext, s.rowid, p.seconds FROM scores s "
                       "LEFT JOIN mecombo_provenance p ON p.\"index\" = s.\"index\" "
                       "AND p.\"class\" IS NOT NULL WHERE s.to_run = 1 OR "
                       "(?1 AND s.exception IS NOT NULL) ORDER BY s.rowid",
                       &stmt, err));
    MEC_TRY(mec_db_bind_int(stmt, 1, retry_failed, err));
    for (;;) {
        store_row row = {0};

        MEC_TRY(mec_db_step(stmt, &has_row, err));
        if (!has_row) {
            break;
        }
        if (wanted != NULL && !wanted(mec_db_column_int(stmt, 0), arg)) {
            continue;
        }
        MEC_TRY(read_row(arena, words, stmt, mec_db_path(s->db), &row, err));
        row.failed_s = mec_db_column_double(stmt, 7);
        if (!MEC_VEC_PUSH(&rows, row)) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    *out = mec_arena_calloc(arena, rows.n, sizeof **out);
    if (*out == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    if (rows.n > 0) {
        memcpy(*out, rows.data, rows.n * sizeof **out);
    }
    *n = rows.n;
done:
    mec_db_finalize(stmt);
    mec_map_free(words);
    MEC_VEC_CLEAR(&rows);
    return st;
}

mec_status store_list_times(store *s, mec_arena *arena,
                            mec_status (*take)(const store_row *row, double seconds,
                                               void *arg, mec_err *err),
                            void *arg, mec_err *err)
{
    mec_map *words = mec_map_new();
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st = words == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(mec_db_prepare(
        s->db,
        "SELECT s.\"index\", s.emodel, s.original_emodel, s.morph_dir, s.morph_name, "
        "s.morph_ext, s.rowid, p.seconds FROM mecombo_provenance p JOIN scores s ON "
        "s.\"index\" = p.\"index\" WHERE p.computed_for = p.\"index\" AND p.\"class\" "
        "IS NULL AND p.cached IS NULL AND p.seconds > 0 ORDER BY p.rowid DESC LIMIT ?",
        &stmt, err));
    MEC_TRY(mec_db_bind_int(stmt, 1, STORE_MOST_TIMES, err));
    MEC_TRY(mec_db_step(stmt, &has_row, err));
    while (has_row) {
        store_row row = {0};

        MEC_TRY(read_row(arena, words, stmt, mec_db_path(s->db), &row, err));
        MEC_TRY(take(&row, mec_db_column_double(stmt, 7), arg, err));
        MEC_TRY(mec_db_step(stmt, &has_row, err));
    }
done:
    mec_db_finalize(stmt);
    mec_map_free(words);
    return st;
}

mec_status store_first_morph_dir(store *s, mec_arena *arena, const char **out,
                                 mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st = MEC_OK;

    *out = NULL;
    MEC_TRY(mec_db_prepare(s->db, "SELECT morph_dir FROM scores ORDER BY rowid LIMIT 1",
                           &stmt, err));
    MEC_TRY(mec_db_step(stmt, &has_row, err));
    if (has_row) {
        *out = copy_column(arena, stmt, 0);
        st = *out == NULL ? mec_no_memory(err) : MEC_OK;
    }
done:
    mec_db_finalize(stmt);
    return st;
}

static mec_status update_row(store *s, const store_result *r, mec_err *err)
{
    mec_status st = MEC_OK;

    MEC_TRY(mec_db_bind_text(s->update, 1, r->scores, err));
    MEC_TRY(mec_db_bind_text(s->update, 2, r->extra_values, err));
    MEC_TRY(mec_db_bind_text(s->update, 3, r->exception, err));
    MEC_TRY(mec_db_bind_int(s->update, 4, r->rowid, err));
    MEC_TRY(mec_db_bind_int(s->update, 5, r->uid, err));
    MEC_TRY(mec_db_run(s->update, err));
    if (mec_db_n_changes(s->db) != 1) {
        st = mec_fail(err, MEC_E_DB,
                      "%s: %" PRId64 " rows of table scores have index %" PRId64
                      ", expected one (the table was changed by somebody else)",
                      mec_db_path(s->db), mec_db_n_changes(s->db), r->uid);
    }
done:
    return st;
}

static mec_status note_row(store *s, const store_result *r, mec_err *err)
{
    mec_status st = MEC_OK;

    MEC_TRY(mec_db_bind_int(s->note, 1, r->uid, err));
    MEC_TRY(mec_db_bind_text(s->note, 2, r->exception_class, err));
    MEC_TRY(mec_db_bind_int(s->note, 3, r->computed_for, err));
    MEC_TRY(mec_db_bind_text(s->note, 4, r->key, err));
    MEC_TRY(mec_db_bind_text(s->note, 5, r->host, err));
    MEC_TRY(mec_db_bind_int(s->note, 6, r->rank, err));
    MEC_TRY(mec_db_bind_double(s->note, 7, r->seconds, err));
    MEC_TRY(mec_db_bind_text(s->note, 8, s->now, err));
    MEC_TRY(mec_db_bind_text(s->note, 9, r->provenance, err));
    MEC_TRY(r->cached ? mec_db_bind_int(s->note, 10, 1, err)
                      : mec_db_bind_null(s->note, 10, err));
    MEC_TRY(mec_db_run(s->note, err));
done:
    return st;
}

mec_status store_save(store *s, const store_result *result, mec_err *err)
{
    mec_status st = MEC_OK;

    if (!mec_db_in_transaction(s->db)) {
        store_time(s->now);
        MEC_TRY(mec_db_begin(s->db, err));
        MEC_TRY(store_set_fact(s->db, "complete", NULL, err));
    }
    MEC_TRY(update_row(s, result, err));
    MEC_TRY(note_row(s, result, err));
done:
    return st;
}

mec_status store_commit(store *s, mec_err *err)
{
    if (!mec_db_in_transaction(s->db)) {
        return mec_fail(err, MEC_E_DB,
                        "%s: SQLite has rolled the last rows back (run again: they are "
                        "computed once more)",
                        mec_db_path(s->db));
    }
    return mec_db_commit(s->db, err);
}

void store_rollback(store *s)
{
    mec_db_rollback(s->db);
}

mec_status store_count(store *s, int64_t *n_rows, int64_t *n_left, int64_t *n_failed,
                       mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st = MEC_OK;

    MEC_TRY(mec_db_prepare(
        s->db,
        "SELECT COUNT(*), SUM(to_run = 1), SUM(exception IS NOT NULL) FROM scores",
        &stmt, err));
    MEC_TRY(mec_db_step(stmt, &has_row, err));
    *n_rows = mec_db_column_int(stmt, 0);
    *n_left = mec_db_column_int(stmt, 1);
    *n_failed = mec_db_column_int(stmt, 2);
done:
    mec_db_finalize(stmt);
    return st;
}

mec_status store_set_fact(mec_db *db, const char *key, const char *value, mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    mec_status st = MEC_OK;

    MEC_TRY(mec_db_prepare(
        db,
        value == NULL ? "DELETE FROM mecombo_campaign WHERE \"key\" = ?1"
                      : "INSERT OR REPLACE INTO mecombo_campaign VALUES (?1, ?2)",
        &stmt, err));
    MEC_TRY(mec_db_bind_text(stmt, 1, key, err));
    if (value != NULL) {
        MEC_TRY(mec_db_bind_text(stmt, 2, value, err));
    }
    MEC_TRY(mec_db_run(stmt, err));
done:
    mec_db_finalize(stmt);
    return st;
}

mec_status store_complete(store *s, mec_err *err)
{
    char now[32];
    mec_status st = MEC_OK;

    store_time(now);
    MEC_TRY(mec_db_begin(s->db, err));
    MEC_TRY(score_values_rebuild(s->db, err));
    MEC_TRY(store_set_fact(s->db, "complete", now, err));
    MEC_TRY(store_set_fact(s->db, "expected_end", NULL, err));
    MEC_TRY(mec_db_commit(s->db, err));
done:
    if (st != MEC_OK) {
        mec_db_rollback(s->db);
    }
    return st;
}
