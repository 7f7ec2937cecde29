/* Merging databases: rows are the same when everything that prepare wrote about them is
 * the same; the k-th of several equal rows of one database is the k-th of the other. */

#include "merge_priv.h"
#include "say_priv.h"
#include "store_priv.h"

#include <mecombo/campaign.h>
#include <mecombo/map.h>
#include <mecombo/path.h>
#include <mecombo/text.h>
#include <mecombo/vec.h>

#include <inttypes.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* Columns of the results; all others make the identity of a row. */
static const char *const result_columns[] = {"index", "scores", "extra_values",
                                             "exception", "to_run"};
enum { R_INDEX, R_SCORES, R_EXTRA, R_EXCEPTION, R_TO_RUN, N_RESULT };

typedef struct merged_row {
    int64_t uid;
    bool done, failed;
    const char *scores, *extra; /* of a result */
    const char *from;           /* database it came from */
} merged_row;

typedef struct merger {
    mec_arena *arena;
    mec_db *out;
    size_t n_columns;
    const char *const *column; /* [n_columns] of the first database */
    int result[N_RESULT];      /* places of the result columns */
    mec_map *rows;             /* identity -> merged_row */
    int64_t next_uid;
    mec_db_stmt *insert, *update;
    int64_t n_new, n_filled;
} merger;

static bool is_result(const merger *m, int i)
{
    for (int k = 0; k < N_RESULT; k++) {
        if (m->result[k] == i) {
            return true;
        }
    }
    return false;
}

/* The identity of the current row; `count` numbers equal rows of one database. */
static const char *identity(const merger *m, mec_db_stmt *stmt, mec_map *count,
                            mec_text *key)
{
    mec_text_reset(key);
    for (int i = 0; i < (int)m->n_columns; i++) {
        const char *text = is_result(m, i) ? NULL : mec_db_column_text(stmt, i);

        mec_text_add(key, text == NULL ? "\x01" : text);
        mec_text_add_char(key, '\x1f');
    }
    if (!mec_text_ok(key)) {
        return NULL;
    }
    uintptr_t n = (uintptr_t)mec_map_get(count, mec_text_string(key)) + 1;
    if (!mec_map_set(count, mec_text_string(key), (void *)n)) {
        return NULL;
    }
    mec_text_printf(key, "%" PRIuPTR, n);
    return mec_text_ok(key) ? mec_text_string(key) : NULL;
}

static char *copy_text(mec_arena *arena, const char *text)
{
    return mec_arena_strdup(arena, text == NULL ? "null" : text);
}

static mec_status read_merged(const merger *m, mec_db_stmt *stmt, const char *from,
                              merged_row *row, mec_err *err)
{
    *row = (merged_row){.uid = mec_db_column_int(stmt, m->result[R_INDEX]),
                        .done = mec_db_column_int(stmt, m->result[R_TO_RUN]) == 0,
                        .failed = mec_db_column_type(stmt, m->result[R_EXCEPTION]) !=
                                  MEC_DB_NULL,
                        .from = from};
    if (row->done) {
        row->scores =
            copy_text(m->arena, mec_db_column_text(stmt, m->result[R_SCORES]));
        row->extra = copy_text(m->arena, mec_db_column_text(stmt, m->result[R_EXTRA]));
        if (row->scores == NULL || row->extra == NULL) {
            return mec_no_memory(err);
        }
    }
    return MEC_OK;
}

mec_status merge_bind_column(mec_db_stmt *to, int i, mec_db_stmt *from, int column,
                             mec_err *err)
{
    switch (mec_db_column_type(from, column)) {
    case MEC_DB_INT:
        return mec_db_bind_int(to, i, mec_db_column_int(from, column), err);
    case MEC_DB_DOUBLE:
        return mec_db_bind_double(to, i, mec_db_column_double(from, column), err);
    case MEC_DB_NULL:
        return mec_db_bind_null(to, i, err);
    default:
        return mec_db_bind_text(to, i, mec_db_column_text(from, column), err);
    }
}

/* A row that no earlier database has. */
static mec_status insert_row(merger *m, mec_db_stmt *stmt, merged_row *row,
                             mec_err *err)
{
    mec_status st = MEC_OK;

    row->uid = m->next_uid++;
    for (int i = 0; i < (int)m->n_columns; i++) {
        MEC_TRY(i == m->result[R_INDEX]
                    ? mec_db_bind_int(m->insert, i + 1, row->uid, err)
                    : merge_bind_column(m->insert, i + 1, stmt, i, err));
    }
    MEC_TRY(mec_db_run(m->insert, err));
    m->n_new++;
done:
    return st;
}

/* A result for a row that had none. */
static mec_status fill_row(merger *m, mec_db_stmt *stmt, int64_t uid, mec_err *err)
{
    mec_status st = MEC_OK;

    MEC_TRY(merge_bind_column(m->update, 1, stmt, m->result[R_SCORES], err));
    MEC_TRY(merge_bind_column(m->update, 2, stmt, m->result[R_EXTRA], err));
    MEC_TRY(merge_bind_column(m->update, 3, stmt, m->result[R_EXCEPTION], err));
    MEC_TRY(mec_db_bind_int(m->update, 4, uid, err));
    MEC_TRY(mec_db_run(m->update, err));
    m->n_filled++;
done:
    return st;
}

static mec_status contradiction(const merged_row *a, const merged_row *b, mec_err *err)
{
    return mec_fail(
        err, MEC_E_INPUT,
        "%s: row %" PRId64 " and row %" PRId64
        " of %s are the same me-combination with different results (find out "
        "which is right and set to_run to 1 in the other)",
        b->from, b->uid, a->uid, a->from);
}

/* Take a row unless the output has its result; its uid becomes that of the output. */
static mec_status merge_row(merger *m, mec_db_stmt *stmt, const char *key,
                            merged_row *row, bool *taken, mec_err *err)
{
    merged_row *old = mec_map_get(m->rows, key);
    mec_status st = MEC_OK;

    *taken = false;
    if (old == NULL) {
        merged_row *added = mec_arena_alloc(m->arena, sizeof *added);

        if (added == NULL || !mec_map_set(m->rows, key, added)) {
            return mec_no_memory(err);
        }
        *added = *row;
        *taken = true;
        MEC_TRY(insert_row(m, stmt, added, err));
        row->uid = added->uid;
        goto done;
    }
    if (row->done && old->done && !row->failed && !old->failed &&
        (strcmp(row->scores, old->scores) != 0 ||
         strcmp(row->extra, old->extra) != 0)) {
        return contradiction(old, row, err);
    }
    if (row->done && (!old->done || (old->failed && !row->failed))) {
        int64_t uid = old->uid;

        MEC_TRY(fill_row(m, stmt, uid, err));
        *old = *row;
        old->uid = uid;
        *taken = true;
    }
    row->uid = old->uid;
done:
    return st;
}

static char *list_columns(const merger *m)
{
    mec_text text = MEC_TEXT_INIT;
    char *out = NULL;

    for (size_t i = 0; i < m->n_columns; i++) {
        const char *name = mec_db_quote_name(m->arena, m->column[i]);

        mec_text_printf(&text, "%s%s", i == 0 ? "" : ", ", name == NULL ? "" : name);
    }
    if (mec_text_ok(&text)) {
        out = mec_arena_strdup(m->arena, mec_text_string(&text));
    }
    mec_text_clear(&text);
    return out;
}

/* Both databases must have the same columns, in any order. */
static mec_status compare_columns(const merger *m, mec_db *db, mec_err *err)
{
    const char *const *names = NULL;
    size_t n = 0;
    mec_status st = mec_db_list_columns(db, m->arena, "scores", &n, &names, err);

    if (st != MEC_OK) {
        return st;
    }
    for (size_t i = 0; i < m->n_columns; i++) {
        size_t k = 0;

        while (k < n && strcmp(names[k], m->column[i]) != 0) {
            k++;
        }
        if (k == n || n != m->n_columns) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s: table scores has other columns than that of the first "
                            "database (%s%s; merge databases of one kind)",
                            mec_db_path(db), k == n ? "it lacks " : "it has more",
                            k == n ? m->column[i] : "");
        }
    }
    return MEC_OK;
}

/* Take the rows of one database. first: it is the output itself, only noted. */
static mec_status take_rows(merger *m, mec_db *db, const char *from, bool first,
                            mec_err *err)
{
    const char *columns = list_columns(m);
    const char *sql = columns == NULL ? NULL
                                      : mec_arena_printf(m->arena,
                                                         "SELECT %s FROM scores ORDER "
                                                         "BY rowid",
                                                         columns);
    mec_map *count = mec_map_new();
    mec_text key = MEC_TEXT_INIT;
    mec_db_stmt *stmt = NULL;
    MEC_VEC(merged_uid) uids = MEC_VEC_INIT;
    bool has_row = false;
    mec_status st = sql == NULL || count == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(mec_db_prepare(db, sql, &stmt, err));
    for (;;) {
        merged_row row;
        merged_uid uid;

        MEC_TRY(mec_db_step(stmt, &has_row, err));
        if (!has_row) {
            break;
        }
        MEC_TRY(read_merged(m, stmt, from, &row, err));
        const char *k = identity(m, stmt, count, &key);
        if (k == NULL) {
            st = mec_no_memory(err);
            goto done;
        }
        if (first) {
            merged_row *added = mec_arena_alloc(m->arena, sizeof *added);

            if (added == NULL || !mec_map_set(m->rows, k, added)) {
                st = mec_no_memory(err);
                goto done;
            }
            *added = row;
            m->next_uid = row.uid >= m->next_uid ? row.uid + 1 : m->next_uid;
            continue;
        }
        uid.from = row.uid;
        MEC_TRY(merge_row(m, stmt, k, &row, &uid.taken, err));
        uid.to = row.uid;
        uid.taken = uid.taken && row.done;
        if (!MEC_VEC_PUSH(&uids, uid)) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    st = merge_notes(db, m->out, m->arena, uids.n, uids.data, err);
done:
    MEC_VEC_CLEAR(&uids);
    mec_db_finalize(stmt);
    mec_map_free(count);
    mec_text_clear(&key);
    return st;
}

static mec_status prepare_output(merger *m, mec_err *err)
{
    mec_text sql = MEC_TEXT_INIT;
    mec_status st = MEC_OK;

    MEC_TRY(mec_db_list_columns(m->out, m->arena, "scores", &m->n_columns, &m->column,
                                err));
    for (int k = 0; k < N_RESULT; k++) {
        for (int i = 0; i < (int)m->n_columns; i++) {
            if (strcmp(m->column[i], result_columns[k]) == 0) {
                m->result[k] = i;
            }
        }
    }
    MEC_TRY(store_make_own_tables(m->out, err));
    mec_text_add(&sql, "INSERT INTO scores VALUES (?");
    for (size_t i = 1; i < m->n_columns; i++) {
        mec_text_add(&sql, ",?");
    }
    mec_text_add(&sql, ")");
    MEC_TRY(mec_db_prepare(m->out, mec_text_string(&sql), &m->insert, err));
    MEC_TRY(mec_db_prepare(m->out,
                           "UPDATE scores SET scores=?, extra_values=?, exception=?, "
                           "to_run=0 WHERE \"index\"=?",
                           &m->update, err));
done:
    mec_text_clear(&sql);
    return st;
}

/* Facts about one run of one of the databases, which mean nothing for all. */
static const char *const run_facts[] = {"run_started", "program", "expected_end"};

static mec_status complete(merger *m, mec_err *err)
{
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    char now[32];
    mec_status st = MEC_OK;

    MEC_TRY(mec_db_prepare(m->out, "SELECT COUNT(*) FROM scores WHERE to_run = 1",
                           &stmt, err));
    MEC_TRY(mec_db_step(stmt, &has_row, err));
    bool is_complete = mec_db_column_int(stmt, 0) == 0;
    mec_db_finalize(stmt);
    stmt = NULL;
    store_time(now);
    MEC_TRY(store_set_fact(m->out, "complete", is_complete ? now : NULL, err));
    for (size_t i = 0; i < sizeof run_facts / sizeof *run_facts; i++) {
        MEC_TRY(store_set_fact(m->out, run_facts[i], NULL, err));
    }
    if (is_complete) {
        MEC_TRY(score_values_rebuild(m->out, err));
    } else {
        MEC_TRY(mec_db_exec(m->out, "DROP TABLE IF EXISTS score_values", err));
    }
done:
    mec_db_finalize(stmt);
    return st;
}

static mec_status merge_into(merger *m, size_t n, const char *const in_path[],
                             mec_err *err)
{
    mec_db *db = NULL;
    mec_status st = MEC_OK;

    MEC_TRY(mec_db_begin(m->out, err));
    MEC_TRY(prepare_output(m, err));
    MEC_TRY(take_rows(m, m->out, in_path[0], true, err));
    for (size_t i = 1; i < n; i++) {
        MEC_TRY(mec_db_open(in_path[i], MEC_DB_READ, MEC_DB_AUTO, &db, err));
        MEC_TRY(store_check_columns(db, err));
        MEC_TRY(compare_columns(m, db, err));
        MEC_TRY(take_rows(m, db, in_path[i], false, err));
        mec_db_close(db);
        db = NULL;
    }
    MEC_TRY(merge_link_notes(m->out, err));
    MEC_TRY(complete(m, err));
    MEC_TRY(mec_db_commit(m->out, err));
done:
    mec_db_close(db);
    mec_db_finalize(m->insert);
    mec_db_finalize(m->update);
    return st;
}

mec_status mec_campaign_merge(const char *out_path, size_t n,
                              const char *const in_path[], mec_err *err)
{
    merger m = {.arena = mec_arena_new(), .rows = mec_map_new()};
    mec_db *first = NULL;
    char *fresh = NULL;
    mec_status st = m.arena == NULL || m.rows == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    if (mec_path_exists(out_path)) {
        st = mec_fail(err, MEC_E_USAGE,
                      "merge: %s exists already (remove it, or name another output)",
                      out_path);
        goto done;
    }
    fresh = mec_arena_printf(m.arena, "%s.new-%ld", out_path, (long)getpid());
    if (fresh == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(mec_db_open(in_path[0], MEC_DB_READ, MEC_DB_AUTO, &first, err));
    MEC_TRY(store_check_columns(first, err));
    MEC_TRY(mec_db_backup(first, fresh, err));
    MEC_TRY(mec_db_open(fresh, MEC_DB_WRITE, MEC_DB_SHARED, &m.out, err));
    MEC_TRY(merge_into(&m, n, in_path, err));
    mec_db_close(m.out);
    m.out = NULL;
    const char *kept = NULL;
    MEC_TRY(store_install(m.arena, fresh, out_path, false, &kept, err));
    say("Merged %zu databases into %s: %zu rows, %" PRId64 " new, %" PRId64 " filled",
        n, out_path, mec_map_count(m.rows), m.n_new, m.n_filled);
done:
    mec_db_close(m.out);
    mec_db_close(first);
    if (st != MEC_OK && fresh != NULL) {
        unlink(fresh);
    }
    mec_map_free(m.rows);
    mec_arena_free(m.arena);
    return st;
}
