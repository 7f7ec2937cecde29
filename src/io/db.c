/* SQLite databases. */

#include <mecombo/db.h>

#include "io_priv.h"

#include <mecombo/path.h>

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BUSY_TIMEOUT_MS = 5000 };

struct mec_db {
    sqlite3 *handle;
    char *path;
    mec_db_mode mode;
    mec_db_storage storage;
};

struct mec_db_stmt {
    sqlite3_stmt *handle;
    mec_db *db;
};

static bool is_in_memory(const char *path)
{
    return strcmp(path, ":memory:") == 0;
}

static bool is_lock_refusal(int code, int reason)
{
    return (code == SQLITE_BUSY || code == SQLITE_IOERR) &&
           (reason == ENOLCK || reason == ENOSYS || reason == EOPNOTSUPP);
}

static mec_status fail_locked(const mec_db *db, mec_err *err)
{
    char holder[80];

    io_lock_holder(db->path, holder);
    return mec_fail(
        err, MEC_E_DB,
        "%s: database is locked by %s (wait until it is done, or end it; on "
        "a shared file system it may run on another node)",
        db->path, holder);
}

/* What to do about a failure, by primary result code; NULL when there is nothing to say
   beyond SQLite's own words. */
static const char *remedy_of(int code, int reason)
{
    switch (code) {
    case SQLITE_READONLY:
        return "get permission to write the file and its directory";
    case SQLITE_PERM:
    case SQLITE_CANTOPEN:
        return "check that the path exists and who may read and write it and its "
               "directory";
    case SQLITE_NOTADB:
        return "give a database written by mecombo or BluePyMM";
    case SQLITE_CORRUPT:
        return "restore a copy, or save what is left with: sqlite3 FILE .recover";
    case SQLITE_FULL:
        return "free space on the disk and start again: all that was committed is "
               "there";
    case SQLITE_IOERR:
        if (reason == EDQUOT) {
            return "your disk quota is used up: free space and start again";
        }
        return "the file system is full or broken: check it and start again";
    default:
        return NULL;
    }
}

/* The system's error number behind a failure; 0 when there was none. */
static int system_reason(sqlite3 *handle, int code)
{
    int reason = sqlite3_system_errno(handle);

    if (reason == 0 && code == SQLITE_IOERR) {
        sqlite3_file_control(handle, "main", SQLITE_FCNTL_LAST_ERRNO, &reason);
    }
    return reason;
}

/* Turn the failure that a handle is in into an error. sql may be NULL. */
static mec_status fail(const mec_db *db, const char *sql, mec_err *err)
{
    int extended = sqlite3_extended_errcode(db->handle);
    int code = extended & 0xFF;
    int reason = system_reason(db->handle, code);
    const char *message = sqlite3_errmsg(db->handle);

    if (code == SQLITE_NOMEM) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", db->path);
    }
    if (is_lock_refusal(code, reason)) {
        return mec_fail(
            err, MEC_E_DB,
            "%s: the file system refuses locks: %s (Lustre: mount with flock; "
            "NFS: start lockd or mount without nolock; or put the database on "
            "another file system)",
            db->path, strerror(reason));
    }
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
        return fail_locked(db, err);
    }
    const char *remedy = remedy_of(code, reason);
    bool has_reason = code == SQLITE_IOERR && reason != 0;
    if (remedy != NULL) {
        return mec_fail(err, MEC_E_DB, "%s: %s%s%s (%s)", db->path, message,
                        has_reason ? ": " : "", has_reason ? strerror(reason) : "",
                        remedy);
    }
    if (sql != NULL) {
        return mec_fail(err, MEC_E_DB, "%s: %s, in: %s", db->path, message, sql);
    }
    return mec_fail(err, MEC_E_DB, "%s: %s", db->path, message);
}

static mec_status no_memory(const char *path, mec_err *err)
{
    return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
}

/* Can a file be made where path says? */
static mec_status check_directory(const char *path, mec_err *err)
{
    mec_arena *arena = mec_arena_new();
    const char *directory = arena == NULL ? NULL : mec_path_dirname(arena, path);
    mec_status st = MEC_OK;

    if (directory == NULL) {
        st = no_memory(path, err);
    } else if (faccessat(AT_FDCWD, *directory == '\0' ? "." : directory, W_OK | X_OK,
                         AT_EACCESS) != 0) {
        st = mec_fail(
            err, MEC_E_DB,
            "%s: cannot make the database: its directory: %s (make it, or give "
            "another path)",
            path, strerror(errno));
    }
    mec_arena_free(arena);
    return st;
}

/* Refuse what SQLite would explain badly. */
static mec_status check_path(const char *path, mec_db_mode mode, mec_err *err)
{
    struct stat info;

    if (is_in_memory(path)) {
        return MEC_OK;
    }
    if (stat(path, &info) != 0) {
        if (mode == MEC_DB_CREATE && errno == ENOENT) {
            return check_directory(path, err);
        }
        return mec_fail(err, MEC_E_DB,
                        "%s: cannot open the database: %s (is the path right?)", path,
                        strerror(errno));
    }
    if (!S_ISREG(info.st_mode)) {
        return mec_fail(err, MEC_E_DB, "%s: is no regular file, expected a database",
                        path);
    }
    return MEC_OK;
}

/* Open the file and read its first page. */
static mec_status open_handle(mec_db *db, const char *name, int flags, mec_err *err)
{
    if (sqlite3_open_v2(name, &db->handle, flags, NULL) != SQLITE_OK) {
        return db->handle == NULL ? no_memory(db->path, err) : fail(db, NULL, err);
    }
    sqlite3_extended_result_codes(db->handle, 1);
    sqlite3_busy_timeout(db->handle, BUSY_TIMEOUT_MS);
    return MEC_OK;
}

/* A file name as SQLite's URI that promises that nobody changes the file. */
static void immutable_uri(const char *path, mec_text *out)
{
    mec_text_add(out, "file:");
    for (const char *p = path; *p != '\0'; p++) {
        if (*p == '%' || *p == '?' || *p == '#') {
            mec_text_printf(out, "%%%02X", (unsigned)(unsigned char)*p);
        } else {
            mec_text_add_char(out, *p);
        }
    }
    mec_text_add(out, "?immutable=1");
}

static bool has_pending_wal(const char *path)
{
    mec_text name = MEC_TEXT_INIT;
    struct stat info;

    mec_text_printf(&name, "%s-wal", path);
    bool is_pending = stat(mec_text_string(&name), &info) == 0 && info.st_size > 0;
    mec_text_clear(&name);
    return is_pending;
}

/* A database in WAL mode cannot be opened where the -shm file cannot be made, unless its
   -wal file is gone, when it can be read as a file that nobody changes. */
static mec_status open_for_reading(mec_db *db, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_text uri = MEC_TEXT_INIT;

    MEC_TRY(open_handle(db, db->path, SQLITE_OPEN_READONLY, err));
    int code = sqlite3_exec(db->handle, "SELECT 1 FROM sqlite_master LIMIT 1", NULL,
                            NULL, NULL);
    if (code == SQLITE_OK) {
        goto done;
    }
    if (((code & 0xFF) != SQLITE_CANTOPEN && (code & 0xFF) != SQLITE_READONLY) ||
        has_pending_wal(db->path)) {
        st = fail(db, NULL, err);
        goto done;
    }
    sqlite3_close(db->handle);
    db->handle = NULL;
    immutable_uri(db->path, &uri);
    if (!mec_text_ok(&uri)) {
        st = no_memory(db->path, err);
        goto done;
    }
    MEC_TRY(open_handle(db, mec_text_string(&uri),
                        SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, err));
    st = mec_db_exec(db, "SELECT 1 FROM sqlite_master LIMIT 1", err);
done:
    mec_text_clear(&uri);
    return st;
}

/* Journal and locking for writers; HPC.md 3.3. */
static mec_status open_for_writing(mec_db *db, mec_err *err)
{
    mec_status st = MEC_OK;
    int flags = SQLITE_OPEN_READWRITE;

    flags |= db->mode == MEC_DB_CREATE ? SQLITE_OPEN_CREATE : 0;
    MEC_TRY(open_handle(db, db->path, flags, err));
    if (sqlite3_db_readonly(db->handle, "main") == 1) {
        st = mec_fail(err, MEC_E_DB, "%s: is read-only (%s)", db->path,
                      remedy_of(SQLITE_READONLY, 0));
        goto done;
    }
    if (db->storage == MEC_DB_SHARED) {
        /* exclusive before the first access, so that no -shm file is ever used */
        MEC_TRY(mec_db_exec(db, "PRAGMA locking_mode=EXCLUSIVE", err));
        MEC_TRY(mec_db_exec(db, "PRAGMA journal_mode=DELETE", err));
        MEC_TRY(mec_db_exec(db, "PRAGMA synchronous=FULL", err));
        MEC_TRY(mec_db_exec(db, "BEGIN EXCLUSIVE; COMMIT", err));
        goto done;
    }
    /* a reader may be in the way of the change of journal: then the old one does, too */
    if (sqlite3_exec(db->handle, "PRAGMA journal_mode=WAL", NULL, NULL, NULL) !=
            SQLITE_OK &&
        (sqlite3_errcode(db->handle) & 0xFF) != SQLITE_BUSY) {
        st = fail(db, NULL, err);
        goto done;
    }
    MEC_TRY(mec_db_exec(db, "PRAGMA synchronous=FULL", err));
    MEC_TRY(mec_db_exec(db, "SELECT 1 FROM sqlite_master LIMIT 1", err));
done:
    return st;
}

mec_status mec_db_open(const char *path, mec_db_mode mode, mec_db_storage storage,
                       mec_db **out, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_db *db = calloc(1, sizeof *db);

    *out = NULL;
    if (db == NULL || (db->path = strdup(path)) == NULL) {
        free(db);
        return no_memory(path, err);
    }
    db->mode = mode;
    db->storage = storage == MEC_DB_AUTO ? mec_db_storage_of(path) : storage;
    MEC_TRY(check_path(path, mode, err));
    MEC_TRY(mode == MEC_DB_READ ? open_for_reading(db, err)
                                : open_for_writing(db, err));
    *out = db;
    return MEC_OK;
done:
    sqlite3_close(db->handle);
    free(db->path);
    free(db);
    return st;
}

void mec_db_close(mec_db *db)
{
    if (db == NULL) {
        return;
    }
    mec_db_rollback(db);
    if (db->mode != MEC_DB_READ && db->storage == MEC_DB_LOCAL) {
        /* fails, rightly, when somebody else has the file open */
        sqlite3_busy_timeout(db->handle, 0);
        sqlite3_exec(db->handle, "PRAGMA journal_mode=DELETE", NULL, NULL, NULL);
    }
    sqlite3_close_v2(db->handle);
    free(db->path);
    free(db);
}

const char *mec_db_path(const mec_db *db)
{
    return db->path;
}

mec_db_storage mec_db_storage_in_use(const mec_db *db)
{
    return db->storage;
}

void mec_db_set_busy_timeout(mec_db *db, int milliseconds)
{
    sqlite3_busy_timeout(db->handle, milliseconds);
}

mec_status mec_db_exec(mec_db *db, const char *sql, mec_err *err)
{
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) != SQLITE_OK) {
        return fail(db, sql, err);
    }
    return MEC_OK;
}

mec_status mec_db_prepare(mec_db *db, const char *sql, mec_db_stmt **out, mec_err *err)
{
    mec_db_stmt *stmt = calloc(1, sizeof *stmt);

    *out = NULL;
    if (stmt == NULL) {
        return no_memory(db->path, err);
    }
    stmt->db = db;
    if (sqlite3_prepare_v2(db->handle, sql, -1, &stmt->handle, NULL) != SQLITE_OK) {
        free(stmt);
        return fail(db, sql, err);
    }
    if (stmt->handle == NULL) {
        free(stmt);
        return mec_fail(err, MEC_E_DB, "%s: no SQL in: %s", db->path, sql);
    }
    *out = stmt;
    return MEC_OK;
}

void mec_db_finalize(mec_db_stmt *stmt)
{
    if (stmt != NULL) {
        sqlite3_finalize(stmt->handle);
        free(stmt);
    }
}

/* Result of a bind call; its failures do not reach the handle's error state always. */
static mec_status bound(const mec_db_stmt *stmt, int i, int code, mec_err *err)
{
    if (code == SQLITE_OK) {
        return MEC_OK;
    }
    if (code == SQLITE_NOMEM) {
        return no_memory(stmt->db->path, err);
    }
    return mec_fail(err, MEC_E_DB, "%s: cannot bind parameter %d: %s, in: %s",
                    stmt->db->path, i, sqlite3_errstr(code), sqlite3_sql(stmt->handle));
}

mec_status mec_db_bind_int(mec_db_stmt *stmt, int i, int64_t value, mec_err *err)
{
    return bound(stmt, i, sqlite3_bind_int64(stmt->handle, i, value), err);
}

mec_status mec_db_bind_double(mec_db_stmt *stmt, int i, double value, mec_err *err)
{
    return bound(stmt, i, sqlite3_bind_double(stmt->handle, i, value), err);
}

mec_status mec_db_bind_text(mec_db_stmt *stmt, int i, const char *text, mec_err *err)
{
    return bound(stmt, i,
                 sqlite3_bind_text(stmt->handle, i, text, -1, SQLITE_TRANSIENT), err);
}

mec_status mec_db_bind_null(mec_db_stmt *stmt, int i, mec_err *err)
{
    return bound(stmt, i, sqlite3_bind_null(stmt->handle, i), err);
}

mec_status mec_db_step(mec_db_stmt *stmt, bool *has_row, mec_err *err)
{
    int code = sqlite3_step(stmt->handle);

    *has_row = code == SQLITE_ROW;
    if (code == SQLITE_ROW) {
        return MEC_OK;
    }
    mec_status st =
        code == SQLITE_DONE ? MEC_OK : fail(stmt->db, sqlite3_sql(stmt->handle), err);
    sqlite3_reset(stmt->handle);
    return st;
}

mec_status mec_db_run(mec_db_stmt *stmt, mec_err *err)
{
    bool has_row = true;
    mec_status st = MEC_OK;

    while (st == MEC_OK && has_row) {
        st = mec_db_step(stmt, &has_row, err);
    }
    return st;
}

void mec_db_reset(mec_db_stmt *stmt)
{
    sqlite3_reset(stmt->handle);
}

int mec_db_n_columns(const mec_db_stmt *stmt)
{
    return sqlite3_column_count(stmt->handle);
}

const char *mec_db_column_name(mec_db_stmt *stmt, int i)
{
    return sqlite3_column_name(stmt->handle, i);
}

mec_db_type mec_db_column_type(mec_db_stmt *stmt, int i)
{
    switch (sqlite3_column_type(stmt->handle, i)) {
    case SQLITE_INTEGER:
        return MEC_DB_INT;
    case SQLITE_FLOAT:
        return MEC_DB_DOUBLE;
    case SQLITE_TEXT:
        return MEC_DB_TEXT;
    case SQLITE_BLOB:
        return MEC_DB_BLOB;
    default:
        return MEC_DB_NULL;
    }
}

int64_t mec_db_column_int(mec_db_stmt *stmt, int i)
{
    return sqlite3_column_int64(stmt->handle, i);
}

double mec_db_column_double(mec_db_stmt *stmt, int i)
{
    if (sqlite3_column_type(stmt->handle, i) == SQLITE_NULL) {
        return (double)NAN;
    }
    return sqlite3_column_double(stmt->handle, i);
}

const char *mec_db_column_text(mec_db_stmt *stmt, int i)
{
    return (const char *)sqlite3_column_text(stmt->handle, i);
}

mec_status mec_db_begin(mec_db *db, mec_err *err)
{
    return mec_db_exec(db, "BEGIN IMMEDIATE", err);
}

mec_status mec_db_commit(mec_db *db, mec_err *err)
{
    return mec_db_exec(db, "COMMIT", err);
}

void mec_db_rollback(mec_db *db)
{
    if (mec_db_in_transaction(db)) {
        sqlite3_exec(db->handle, "ROLLBACK", NULL, NULL, NULL);
    }
}

bool mec_db_in_transaction(const mec_db *db)
{
    return sqlite3_get_autocommit(db->handle) == 0;
}

int64_t mec_db_last_rowid(const mec_db *db)
{
    return sqlite3_last_insert_rowid(db->handle);
}

int64_t mec_db_n_changes(const mec_db *db)
{
    return sqlite3_changes64(db->handle);
}

static mec_status copy_pages(mec_db *from, mec_db *to, mec_err *err)
{
    sqlite3_backup *backup =
        sqlite3_backup_init(to->handle, "main", from->handle, "main");

    if (backup == NULL) {
        return fail(to, NULL, err);
    }
    int code = sqlite3_backup_step(backup, -1);
    int finish = sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE || finish != SQLITE_OK) {
        return fail(to, NULL, err);
    }
    /* the copy of a file in WAL mode says so, too */
    return mec_db_exec(to, "PRAGMA journal_mode=DELETE", err);
}

mec_status mec_db_backup(mec_db *db, const char *path, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_text partial = MEC_TEXT_INIT;
    mec_db *copy = NULL;

    if (mec_db_in_transaction(db)) {
        return mec_fail(err, MEC_E_DB, "%s: cannot be copied inside a transaction",
                        db->path);
    }
    mec_text_printf(&partial, "%s.%ld.part", path, (long)getpid());
    if (!mec_text_ok(&partial)) {
        st = no_memory(path, err);
        goto done;
    }
    MEC_TRY(mec_db_open(mec_text_string(&partial), MEC_DB_CREATE, MEC_DB_SHARED, &copy,
                        err));
    MEC_REQUIRE(copy != NULL, err);
    MEC_TRY(copy_pages(db, copy, err));
    mec_db_close(copy);
    copy = NULL;
    if (rename(mec_text_string(&partial), path) != 0) {
        st = mec_fail(err, MEC_E_DB, "%s: cannot write the copy: %s", path,
                      strerror(errno));
    }
done:
    mec_db_close(copy);
    if (st != MEC_OK && mec_text_ok(&partial)) {
        unlink(mec_text_string(&partial));
    }
    mec_text_clear(&partial);
    return st;
}
