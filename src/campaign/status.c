/* How far a campaign is: counts, classes of failure, rate, time left, owner. */

#include "config_priv.h"
#include "lock_priv.h"
#include "progress_priv.h"
#include "status_priv.h"
#include "store_priv.h"

#include <mecombo/campaign.h>
#include <mecombo/path.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A configuration or a database? */
static mec_status find_database(mec_arena *arena, const char *path, const char **out,
                                mec_err *err)
{
    char magic[16] = "";
    FILE *f = fopen(path, "rb");

    if (f == NULL || mec_path_is_directory(path)) {
        if (f != NULL) {
            fclose(f);
        }
        return mec_fail(err, MEC_E_IO,
                        "%s: cannot be read (give a configuration or a database)",
                        path);
    }
    size_t n = fread(magic, 1, sizeof magic, f);
    fclose(f);
    if (n == sizeof magic && memcmp(magic, "SQLite format 3", 16) == 0) {
        *out = path;
        return MEC_OK;
    }
    return config_find_database(arena, path, out, err);
}

static mec_status query(status *s, const char *sql, mec_db_stmt **stmt, bool *has_row,
                        mec_err *err)
{
    mec_status st = mec_db_prepare(s->db, sql, stmt, err);

    return st == MEC_OK ? mec_db_step(*stmt, has_row, err) : st;
}

static mec_status read_counts(status *s, mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st =
        query(s,
              "SELECT COUNT(*), SUM(to_run = 1), SUM(exception IS NOT NULL) "
              "FROM scores",
              &stmt, &has_row, err);

    if (st == MEC_OK) {
        s->n_rows = mec_db_column_int(stmt, 0);
        s->n_left = mec_db_column_int(stmt, 1);
        s->n_failed = mec_db_column_int(stmt, 2);
    }
    mec_db_finalize(stmt);
    return st;
}

static mec_status read_classes(status *s, mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st = MEC_OK;

    MEC_TRY(query(s,
                  s->own_tables
                      ? "SELECT COALESCE(p.\"class\", 'exception') AS c, COUNT(*) FROM "
                        "scores s LEFT JOIN mecombo_provenance p ON p.\"index\" = "
                        "s.\"index\" WHERE s.exception IS NOT NULL GROUP BY c ORDER BY "
                        "COUNT(*) DESC, c"
                      : "SELECT 'exception', COUNT(*) FROM scores WHERE exception IS "
                        "NOT NULL HAVING COUNT(*) > 0",
                  &stmt, &has_row, err));
    while (has_row) {
        status_class c = {mec_arena_strdup(s->arena, mec_db_column_text(stmt, 0)),
                          mec_db_column_int(stmt, 1)};

        if (c.name == NULL || !MEC_VEC_PUSH(&s->classes, c)) {
            st = mec_no_memory(err);
            goto done;
        }
        MEC_TRY(mec_db_step(stmt, &has_row, err));
    }
done:
    mec_db_finalize(stmt);
    return st;
}

/* Value of a fact, or NULL. */
static mec_status read_fact(status *s, const char *key, const char **out, mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st = MEC_OK;

    *out = NULL;
    MEC_TRY(mec_db_prepare(
        s->db, "SELECT \"value\" FROM mecombo_campaign WHERE \"key\" = ?", &stmt, err));
    MEC_TRY(mec_db_bind_text(stmt, 1, key, err));
    MEC_TRY(mec_db_step(stmt, &has_row, err));
    const char *text = has_row ? mec_db_column_text(stmt, 0) : NULL;
    if (text != NULL) {
        *out = mec_arena_strdup(s->arena, text);
        st = *out == NULL ? mec_no_memory(err) : MEC_OK;
    }
done:
    mec_db_finalize(stmt);
    return st;
}

/* Rate over the last ten minutes in which anything was finished. */
static mec_status read_rate(status *s, mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st = MEC_OK;

    MEC_TRY(query(s,
                  "SELECT MAX(finished), COUNT(*), (julianday(MAX(finished)) - "
                  "julianday(MIN(finished))) * 86400 FROM mecombo_provenance WHERE "
                  "julianday(finished) > (SELECT julianday(MAX(finished)) - 600.0 / "
                  "86400 FROM mecombo_provenance)",
                  &stmt, &has_row, err));
    if (mec_db_column_text(stmt, 0) != NULL) {
        double span = mec_db_column_double(stmt, 2);

        s->last = mec_arena_strdup(s->arena, mec_db_column_text(stmt, 0));
        s->rate = (double)mec_db_column_int(stmt, 1) / fmax(span, 1);
    }
    mec_db_finalize(stmt);
    stmt = NULL;
    MEC_TRY(query(s,
                  "SELECT SUM(seconds) FROM mecombo_provenance WHERE computed_for = "
                  "\"index\"",
                  &stmt, &has_row, err));
    if (mec_db_column_type(stmt, 0) != MEC_DB_NULL) {
        s->computing_s = mec_db_column_double(stmt, 0);
    }
    MEC_TRY(read_fact(s, "complete", &s->complete, err));
done:
    mec_db_finalize(stmt);
    return st;
}

static mec_status read_cached(status *s, mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    bool has_column = false;
    bool has_row = false;
    mec_status st = MEC_OK;

    MEC_TRY(store_has_cached(s->db, s->arena, &has_column, err));
    if (has_column) {
        MEC_TRY(query(s, "SELECT COUNT(*) FROM mecombo_provenance WHERE cached = 1",
                      &stmt, &has_row, err));
        s->n_cached = mec_db_column_int(stmt, 0);
    }
done:
    mec_db_finalize(stmt);
    return st;
}

/* What each rank did since the latest run began. */
static mec_status read_ranks(status *s, mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    const char *since = NULL;
    mec_status st = MEC_OK;

    MEC_TRY(read_fact(s, "run_started", &since, err));
    MEC_TRY(mec_db_prepare(
        s->db,
        "SELECT host, rank, COUNT(*), SUM(seconds), MAX(finished) FROM "
        "mecombo_provenance WHERE computed_for = \"index\" AND host IS NOT NULL AND "
        "finished >= ? GROUP BY host, rank ORDER BY rank, host",
        &stmt, err));
    MEC_TRY(mec_db_bind_text(stmt, 1, since == NULL ? "" : since, err));
    MEC_TRY(mec_db_step(stmt, &has_row, err));
    while (has_row) {
        const char *last = mec_db_column_text(stmt, 4);
        status_rank rank = {
            .host = mec_arena_strdup(s->arena, mec_db_column_text(stmt, 0)),
            .rank = mec_db_column_int(stmt, 1),
            .n = mec_db_column_int(stmt, 2),
            .seconds = mec_db_column_double(stmt, 3),
            .last = mec_arena_strdup(s->arena, last == NULL ? "" : last)};

        if (rank.host == NULL || rank.last == NULL || !MEC_VEC_PUSH(&s->ranks, rank)) {
            st = mec_no_memory(err);
            goto done;
        }
        MEC_TRY(mec_db_step(stmt, &has_row, err));
    }
done:
    mec_db_finalize(stmt);
    return st;
}

void status_clear(status *s)
{
    MEC_VEC_CLEAR(&s->classes);
    MEC_VEC_CLEAR(&s->exceptions);
    MEC_VEC_CLEAR(&s->ranks);
}

mec_status status_from_database(status *s, mec_err *err)
{
    mec_status st = MEC_OK;

    MEC_TRY(store_check_columns(s->db, err));
    MEC_TRY(mec_db_has_table(s->db, "mecombo_provenance", &s->own_tables, err));
    MEC_TRY(read_counts(s, err));
    MEC_TRY(read_classes(s, err));
    MEC_TRY(status_read_exceptions(s, err));
    if (s->own_tables) {
        MEC_TRY(read_rate(s, err));
        MEC_TRY(read_fact(s, "expected_end", &s->expected_end, err));
        MEC_TRY(read_cached(s, err));
        MEC_TRY(read_ranks(s, err));
    }
done:
    return st;
}

static mec_status read_status(status *s, mec_err *err)
{
    mec_db *db = NULL;
    mec_status st = MEC_OK;

    s->owner = lock_owner(s->arena, s->path);
    if (s->owner != NULL && mec_db_storage_of(s->path) == MEC_DB_SHARED &&
        status_from_file(s)) {
        return MEC_OK;
    }
    st = store_open_read(s->path, &db, err);
    s->db = db;
    if (st == MEC_OK) {
        st = status_from_database(s, err);
    }
    if (st != MEC_OK && s->owner != NULL) {
        mec_err_prefix(err, "in use: %s: ", s->owner);
    }
    s->db = NULL;
    mec_db_close(db);
    return st;
}

mec_status mec_campaign_status(const char *path, const mec_status_options *options,
                               mec_text *out, mec_err *err)
{
    status s = {.arena = mec_arena_new(),
                .rate = NAN,
                .computing_s = NAN,
                .classes = MEC_VEC_INIT,
                .exceptions = MEC_VEC_INIT,
                .ranks = MEC_VEC_INIT};
    mec_status st = s.arena == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(find_database(s.arena, path, &s.path, err));
    MEC_TRY(read_status(&s, err));
    if (options->json) {
        status_print_json(&s, out);
    } else {
        status_print_text(&s, options->ranks, out);
    }
done:
    status_clear(&s);
    mec_arena_free(s.arena);
    return st;
}
