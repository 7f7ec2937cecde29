/* Questions about a database that need no more than the statements of db.h. */

#include <mecombo/db.h>

#include <mecombo/vec.h>

#include <string.h>

mec_status mec_db_has_table(mec_db *db, const char *table, bool *has, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_db_stmt *stmt = NULL;

    *has = false;
    MEC_TRY(
        mec_db_prepare(db,
                       "SELECT 1 FROM sqlite_master WHERE type IN ('table', 'view') "
                       "AND name = ?1 COLLATE NOCASE",
                       &stmt, err));
    MEC_TRY(mec_db_bind_text(stmt, 1, table, err));
    MEC_TRY(mec_db_step(stmt, has, err));
done:
    mec_db_finalize(stmt);
    return st;
}

static mec_status no_memory(const mec_db *db, mec_err *err)
{
    return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", mec_db_path(db));
}

mec_status mec_db_list_columns(mec_db *db, mec_arena *arena, const char *table,
                               size_t *n, const char *const **names, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_db_stmt *stmt = NULL;
    MEC_VEC(const char *) found = MEC_VEC_INIT;
    bool has_row = false;

    *n = 0;
    *names = NULL;
    MEC_TRY(mec_db_prepare(db, "SELECT name FROM pragma_table_info(?1)", &stmt, err));
    MEC_TRY(mec_db_bind_text(stmt, 1, table, err));
    MEC_TRY(mec_db_step(stmt, &has_row, err));
    while (has_row) {
        const char *name = mec_arena_strdup(arena, mec_db_column_text(stmt, 0));

        if (name == NULL || !MEC_VEC_PUSH(&found, name)) {
            st = no_memory(db, err);
            goto done;
        }
        MEC_TRY(mec_db_step(stmt, &has_row, err));
    }
    const char **list = mec_arena_calloc(arena, found.n, sizeof *list);
    if (list == NULL) {
        st = no_memory(db, err);
        goto done;
    }
    for (size_t i = 0; i < found.n; i++) {
        list[i] = found.data[i];
    }
    *n = found.n;
    *names = list;
done:
    MEC_VEC_CLEAR(&found);
    mec_db_finalize(stmt);
    return st;
}

char *mec_db_quote_name(mec_arena *arena, const char *name)
{
    char *quoted = mec_arena_alloc(arena, 2 * strlen(name) + 3);
    char *to = quoted;

    if (quoted == NULL) {
        return NULL;
    }
    *to++ = '"';
    for (; *name != '\0'; name++) {
        if (*name == '"') {
            *to++ = '"';
        }
        *to++ = *name;
    }
    *to++ = '"';
    *to = '\0';
    return quoted;
}

mec_status mec_db_check_integrity(mec_db *db, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_db_stmt *stmt = NULL;
    bool has_row;

    MEC_TRY(mec_db_prepare(db, "PRAGMA integrity_check(1)", &stmt, err));
    MEC_TRY(mec_db_step(stmt, &has_row, err));
    const char *verdict = has_row ? mec_db_column_text(stmt, 0) : NULL;
    if (verdict == NULL || strcmp(verdict, "ok") != 0) {
        st = mec_fail(
            err, MEC_E_DB,
            "%s: database is damaged: %.*s (restore a copy, or save what is left with: "
            "sqlite3 FILE .recover)",
            mec_db_path(db), verdict == NULL ? 0 : (int)strcspn(verdict, "\n"),
            verdict == NULL ? "" : verdict);
    }
done:
    mec_db_finalize(stmt);
    return st;
}
