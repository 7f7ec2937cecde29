/* Loaded by LD_PRELOAD: one call of SQLite fails.
 *
 *   FAULT_CALL   which, counted from 1 over sqlite3_prepare_v2, sqlite3_step,
 *                sqlite3_exec and sqlite3_backup_step of this process
 *   FAULT_CODE   BUSY, FULL, IOERR, NOMEM or CORRUPT
 *   FAULT_UNDO   set: the open transaction is rolled back as well, which SQLite may do
 *                by itself for each of these but CORRUPT (sqlite.org/lang_transaction)
 *   FAULT_COUNT  a file that gets the number of calls at the end */

#include <dlfcn.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long n_calls;
static int depth;       /* SQLite's calls of itself do not count */
static sqlite3 *failed; /* the handle that tells of our failure, until its next call */
static int failure;

static void *next(const char *name)
{
    void *symbol = dlsym(RTLD_NEXT, name);

    if (symbol == NULL) {
        abort();
    }
    return symbol;
}

static int code_of(const char *name)
{
    static const struct {
        const char *name;
        int code;
    } codes[] = {{"BUSY", SQLITE_BUSY},
                 {"FULL", SQLITE_FULL},
                 {"IOERR", SQLITE_IOERR},
                 {"NOMEM", SQLITE_NOMEM},
                 {"CORRUPT", SQLITE_CORRUPT}};

    for (size_t i = 0; name != NULL && i < sizeof codes / sizeof *codes; i++) {
        if (strcmp(codes[i].name, name) == 0) {
            return codes[i].code;
        }
    }
    return SQLITE_IOERR;
}

/* Count a call; true when it shall fail, with `failure` set. */
static bool fails(sqlite3 *db)
{
    const char *at = getenv("FAULT_CALL");

    if (depth > 0) {
        return false;
    }
    failed = NULL;
    n_calls++;
    if (at == NULL || n_calls != atol(at)) {
        return false;
    }
    if (getenv("FAULT_UNDO") != NULL && db != NULL && sqlite3_get_autocommit(db) == 0) {
        int (*exec)(sqlite3 *, const char *, int (*)(void *, int, char **, char **),
                    void *, char **) = next("sqlite3_exec");

        depth++;
        exec(db, "ROLLBACK", NULL, NULL, NULL);
        depth--;
    }
    failed = db;
    failure = code_of(getenv("FAULT_CODE"));
    return true;
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("FAULT_COUNT");
    FILE *f = path == NULL || n_calls == 0 ? NULL : fopen(path, "w");

    if (f != NULL) {
        fprintf(f, "%ld\n", n_calls);
        fclose(f);
    }
}

int sqlite3_prepare_v2(sqlite3 *db, const char *sql, int n, sqlite3_stmt **out,
                       const char **tail)
{
    int (*real)(sqlite3 *, const char *, int, sqlite3_stmt **, const char **) =
        next("sqlite3_prepare_v2");

    if (fails(db)) {
        *out = NULL;
        return failure;
    }
    depth++;
    int code = real(db, sql, n, out, tail);
    depth--;
    return code;
}

int sqlite3_step(sqlite3_stmt *stmt)
{
    int (*real)(sqlite3_stmt *) = next("sqlite3_step");

    if (fails(sqlite3_db_handle(stmt))) {
        return failure;
    }
    depth++;
    int code = real(stmt);
    depth--;
    return code;
}

int sqlite3_exec(sqlite3 *db, const char *sql,
                 int (*callback)(void *, int, char **, char **), void *arg, char **text)
{
    int (*real)(sqlite3 *, const char *, int (*)(void *, int, char **, char **), void *,
                char **) = next("sqlite3_exec");

    if (fails(db)) {
        return failure;
    }
    depth++;
    int code = real(db, sql, callback, arg, text);
    depth--;
    return code;
}

int sqlite3_backup_step(sqlite3_backup *backup, int n)
{
    int (*real)(sqlite3_backup *, int) = next("sqlite3_backup_step");

    if (fails(NULL)) {
        return failure;
    }
    depth++;
    int code = real(backup, n);
    depth--;
    return code;
}

int sqlite3_errcode(sqlite3 *db)
{
    int (*real)(sqlite3 *) = next("sqlite3_errcode");

    return failed == db ? failure : real(db);
}

int sqlite3_extended_errcode(sqlite3 *db)
{
    int (*real)(sqlite3 *) = next("sqlite3_extended_errcode");

    return failed == db ? failure : real(db);
}

const char *sqlite3_errmsg(sqlite3 *db)
{
    const char *(*real)(sqlite3 *) = next("sqlite3_errmsg");

    return failed == db ? sqlite3_errstr(failure) : real(db);
}
