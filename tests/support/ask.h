/* Asks a database for one value. */
#ifndef TESTS_SUPPORT_ASK_H
#define TESTS_SUPPORT_ASK_H

#include <support/tap.h>

#include <mecombo/db.h>

#include <stdio.h>

/* The first column of the query's first row as text, "NULL" or "(no row)"; valid until
 * the next call. */
static inline const char *ask(const char *path, const char *sql)
{
    static char out[256];
    mec_db *db = NULL;
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(mec_db_open(path, MEC_DB_READ, MEC_DB_AUTO, &db, &err), err);
    CHECK_OK(mec_db_prepare(db, sql, &stmt, &err), err);
    CHECK_OK(mec_db_step(stmt, &has_row, &err), err);
    const char *text = has_row ? mec_db_column_text(stmt, 0) : "(no row)";
    snprintf(out, sizeof out, "%s", text == NULL ? "NULL" : text);
    mec_db_finalize(stmt);
    mec_db_close(db);
    return out;
}

#endif
