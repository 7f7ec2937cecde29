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
    mec_db_finalize(stmt);
    stmt = NULL;
    MEC_TRY(query(s,
                  "SELECT \"value\" FROM mecombo_campaign WHERE \"key\" = 'complete'",
                  &stmt, &has_row, err));
    if (has_row && mec_db_column_text(stmt, 0) != NULL) {
        s->complete = mec_arena_strdup(s->arena, mec_db_column_text(stmt, 0));
    }
done:
    mec_db_finalize(stmt);
    return st;
}

mec_status status_from_database(status *s, mec_err *err)
{
    mec_status st = MEC_OK;

    MEC_TRY(store_check_columns(s->db, err));
    MEC_TRY(mec_db_has_table(s->db, "mecombo_provenance", &s->own_tables, err));
    MEC_TRY(read_counts(s, err));
    MEC_TRY(read_classes(s, err));
    if (s->own_tables) {
        MEC_TRY(read_rate(s, err));
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

/* Seconds that are left while a run is at work; NaN otherwise. */
static double time_left(const status *s)
{
    return s->owner != NULL && s->rate > 0 ? (double)s->n_left / s->rate : NAN;
}

static void print_text(const status *s, mec_text *out)
{
    int64_t n_done = s->n_rows - s->n_left;
    char left[32];

    mec_text_printf(out, "database   %s\n", s->path);
    mec_text_printf(out, "rows       %" PRId64 "\n", s->n_rows);
    mec_text_printf(out, "done       %" PRId64 " (%.1f %%)\n", n_done,
                    s->n_rows > 0 ? 100. * (double)n_done / (double)s->n_rows : 0.);
    mec_text_printf(out, "failed     %" PRId64 "\n", s->n_failed);
    for (size_t i = 0; i < s->classes.n; i++) {
        mec_text_printf(out, "           %" PRId64 " %s\n", s->classes.data[i].n,
                        s->classes.data[i].name);
    }
    mec_text_printf(out, "left       %" PRId64 "\n", s->n_left);
    if (!isnan(s->rate)) {
        mec_text_printf(out, "rate       %.3g rows/s\n", s->rate);
    }
    if (!isnan(s->computing_s)) {
        progress_duration(s->computing_s, left, sizeof left);
        mec_text_printf(out, "computing  %s\n", left);
    }
    if (!isnan(time_left(s))) {
        progress_duration(time_left(s), left, sizeof left);
        mec_text_printf(out, "time left  %s\n", left);
    }
    if (s->last != NULL) {
        mec_text_printf(out, "last row   %s\n", s->last);
    }
    mec_text_printf(out, "owner      %s\n", s->owner == NULL ? "nobody" : s->owner);
    mec_text_printf(out, "complete   %s\n", s->complete == NULL ? "no" : s->complete);
    if (s->written != NULL) {
        mec_text_printf(out, "as of      %s\n", s->written);
    }
}

static void print_string(mec_text *out, const char *key, const char *value)
{
    mec_text_printf(out, ", \"%s\": ", key);
    if (value == NULL) {
        mec_text_add(out, "null");
    } else {
        mec_json_print_string(value, out);
    }
}

static void print_number(mec_text *out, const char *key, double value)
{
    mec_text_printf(out, ", \"%s\": ", key);
    if (isfinite(value)) {
        mec_text_add_double(out, value);
    } else {
        mec_text_add(out, "null");
    }
}

void status_print_json(const status *s, mec_text *out)
{
    mec_text_add(out, "{\"database\": ");
    mec_json_print_string(s->path, out);
    mec_text_printf(out,
                    ", \"rows\": %" PRId64 ", \"done\": %" PRId64
                    ", \"failed\": %" PRId64 ", \"left\": %" PRId64
                    ", \"failed_by_class\": {",
                    s->n_rows, s->n_rows - s->n_left, s->n_failed, s->n_left);
    for (size_t i = 0; i < s->classes.n; i++) {
        mec_text_add(out, i == 0 ? "" : ", ");
        mec_json_print_string(s->classes.data[i].name, out);
        mec_text_printf(out, ": %" PRId64, s->classes.data[i].n);
    }
    mec_text_add(out, "}");
    print_number(out, "rate_per_s", s->rate);
    print_number(out, "eta_s", time_left(s));
    print_number(out, "computing_s", s->computing_s);
    print_string(out, "last", s->last);
    print_string(out, "owner", s->owner);
    print_string(out, "complete", s->complete);
    if (s->written != NULL) {
        print_string(out, "written", s->written);
    }
    mec_text_add(out, "}\n");
}

mec_status mec_campaign_status(const char *path, bool json, mec_text *out, mec_err *err)
{
    status s = {.arena = mec_arena_new(),
                .rate = NAN,
                .computing_s = NAN,
                .classes = MEC_VEC_INIT};
    mec_status st = s.arena == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(find_database(s.arena, path, &s.path, err));
    MEC_TRY(read_status(&s, err));
    if (json) {
        status_print_json(&s, out);
    } else {
        print_text(&s, out);
    }
done:
    MEC_VEC_CLEAR(&s.classes);
    mec_arena_free(s.arena);
    return st;
}
