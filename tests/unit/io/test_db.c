/* SQLite: values in and out, transactions, and every kind of trouble with a file. */

#include <mecombo/db.h>

#include <mecombo/path.h>
#include <signal.h>
#include <stdlib.h>
#include <support/scratch.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static mec_arena *arena;
static char directory[] = "/tmp/mecombo-test-db-XXXXXX";

static const char *in_directory(const char *name)
{
    return mec_path_join(arena, directory, name);
}

static mec_db *open_db(const char *path, mec_db_mode mode, mec_db_storage storage)
{
    mec_err err = MEC_ERR_INIT;
    mec_db *db;

    CHECK_OK(mec_db_open(path, mode, storage, &db, &err), err);
    return db;
}

static void run(mec_db *db, const char *sql)
{
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(mec_db_exec(db, sql, &err), err);
}

/* The first value of a query's first row; -1 without a row. */
static int64_t query_int(mec_db *db, const char *sql)
{
    mec_err err = MEC_ERR_INIT;
    mec_db_stmt *stmt;
    bool has_row = false;
    int64_t value = -1;

    if (CHECK_OK(mec_db_prepare(db, sql, &stmt, &err), err)) {
        CHECK_OK(mec_db_step(stmt, &has_row, &err), err);
        value = has_row ? mec_db_column_int(stmt, 0) : -1;
        mec_db_finalize(stmt);
    }
    return value;
}

static void query_text(mec_db *db, const char *sql, const char *expected)
{
    mec_err err = MEC_ERR_INIT;
    mec_db_stmt *stmt;
    bool has_row = false;

    if (CHECK_OK(mec_db_prepare(db, sql, &stmt, &err), err)) {
        CHECK_OK(mec_db_step(stmt, &has_row, &err), err);
        CHECK_STR(has_row ? mec_db_column_text(stmt, 0) : "(no row)", expected);
        mec_db_finalize(stmt);
    }
}

static void check_open_failure(const char *path, mec_db_mode mode, const char *part)
{
    mec_err err = MEC_ERR_INIT;
    mec_db *db = (mec_db *)"";

    CHECK_INT(mec_db_open(path, mode, MEC_DB_LOCAL, &db, &err), MEC_E_DB);
    CHECK(db == NULL);
    CHECK(strncmp(err.text, path, strlen(path)) == 0);
    CHECK_HAS(err.text, part);
}

static const char *make_database(const char *name, mec_db_storage storage)
{
    const char *path = in_directory(name);
    mec_db *db = open_db(path, MEC_DB_CREATE, storage);

    run(db, "CREATE TABLE t (a INTEGER, b TEXT); INSERT INTO t VALUES (1, 'one')");
    mec_db_close(db);
    return path;
}

static void test_values(void)
{
    mec_db *db = open_db(":memory:", MEC_DB_CREATE, MEC_DB_AUTO);
    mec_err err = MEC_ERR_INIT;
    mec_db_stmt *stmt;
    bool has_row;
    char text[] = "h\xC3\xA9";

    run(db, "CREATE TABLE t (i, d, s, n)");
    CHECK_OK(mec_db_prepare(db, "INSERT INTO t VALUES (?, ?, ?, ?)", &stmt, &err), err);
    CHECK_OK(mec_db_bind_int(stmt, 1, INT64_MIN, &err), err);
    CHECK_OK(mec_db_bind_double(stmt, 2, 0.1, &err), err);
    CHECK_OK(mec_db_bind_text(stmt, 3, text, &err), err);
    CHECK_OK(mec_db_bind_null(stmt, 4, &err), err);
    text[0] = 'x'; /* was copied */
    CHECK_OK(mec_db_run(stmt, &err), err);
    CHECK_INT(mec_db_last_rowid(db), 1);
    CHECK_OK(mec_db_bind_double(stmt, 1, (double)INFINITY, &err), err);
    CHECK_OK(mec_db_bind_double(stmt, 2, (double)NAN, &err), err);
    CHECK_OK(mec_db_bind_text(stmt, 3, NULL, &err), err);
    CHECK_OK(mec_db_run(stmt, &err), err);
    mec_db_finalize(stmt);
    run(db, "UPDATE t SET n = NULL");
    CHECK_INT(mec_db_n_changes(db), 2);

    CHECK_OK(mec_db_prepare(db, "SELECT * FROM t", &stmt, &err), err);
    CHECK_INT(mec_db_n_columns(stmt), 4);
    CHECK_STR(mec_db_column_name(stmt, 2), "s");
    CHECK_OK(mec_db_step(stmt, &has_row, &err), err);
    CHECK_INT(mec_db_column_type(stmt, 0), MEC_DB_INT);
    CHECK_INT(mec_db_column_int(stmt, 0), INT64_MIN);
    CHECK_INT(mec_db_column_type(stmt, 1), MEC_DB_DOUBLE);
    CHECK_EQ(mec_db_column_double(stmt, 1), 0.1);
    CHECK_INT(mec_db_column_type(stmt, 2), MEC_DB_TEXT);
    CHECK_STR(mec_db_column_text(stmt, 2), "h\xC3\xA9");
    CHECK_INT(mec_db_column_type(stmt, 3), MEC_DB_NULL);
    CHECK(mec_db_column_text(stmt, 3) == NULL);
    CHECK(isnan(mec_db_column_double(stmt, 3)));
    CHECK_INT(mec_db_column_int(stmt, 3), 0);
    CHECK_OK(mec_db_step(stmt, &has_row, &err), err);
    CHECK(has_row);
    CHECK_EQ(mec_db_column_double(stmt, 0), (double)INFINITY);
    CHECK_INT(mec_db_column_type(stmt, 1), MEC_DB_NULL);
    CHECK_INT(mec_db_column_type(stmt, 2), MEC_DB_NULL);
    CHECK_OK(mec_db_step(stmt, &has_row, &err), err);
    CHECK(!has_row);
    CHECK_OK(mec_db_step(stmt, &has_row, &err), err); /* again from the start */
    CHECK(has_row);
    mec_db_reset(stmt);
    mec_db_finalize(stmt);
    mec_db_finalize(NULL);
    mec_db_close(db);
    mec_db_close(NULL);
}

static void test_wrong_sql(void)
{
    mec_db *db = open_db(":memory:", MEC_DB_CREATE, MEC_DB_AUTO);
    mec_err err = MEC_ERR_INIT;
    mec_db_stmt *stmt;

    CHECK_INT(mec_db_exec(db, "SELEC 1", &err), MEC_E_DB);
    CHECK_STR(err.text, ":memory:: near \"SELEC\": syntax error, in: SELEC 1");
    CHECK_INT(mec_db_prepare(db, "SELECT x FROM nowhere", &stmt, &err), MEC_E_DB);
    CHECK_HAS(err.text, "no such table: nowhere");
    CHECK(stmt == NULL);
    CHECK_INT(mec_db_prepare(db, "  -- nothing", &stmt, &err), MEC_E_DB);
    CHECK_HAS(err.text, "no SQL in");
    run(db, "CREATE TABLE t (a UNIQUE)");
    CHECK_OK(mec_db_prepare(db, "INSERT INTO t VALUES (?1)", &stmt, &err), err);
    CHECK_INT(mec_db_bind_int(stmt, 2, 1, &err), MEC_E_DB);
    CHECK_HAS(err.text, "cannot bind parameter 2");
    CHECK_OK(mec_db_bind_int(stmt, 1, 1, &err), err);
    CHECK_OK(mec_db_run(stmt, &err), err);
    CHECK_INT(mec_db_run(stmt, &err), MEC_E_DB);
    CHECK_HAS(err.text, "UNIQUE constraint failed: t.a");
    mec_db_finalize(stmt);
    mec_db_close(db);
}

static void test_transactions(void)
{
    mec_db *db = open_db(in_directory("transactions"), MEC_DB_CREATE, MEC_DB_LOCAL);
    mec_err err = MEC_ERR_INIT;

    run(db, "CREATE TABLE t (a)");
    CHECK_OK(mec_db_begin(db, &err), err);
    CHECK(mec_db_in_transaction(db));
    CHECK_INT(mec_db_begin(db, &err), MEC_E_DB);
    run(db, "INSERT INTO t VALUES (1)");
    CHECK_OK(mec_db_commit(db, &err), err);
    CHECK(!mec_db_in_transaction(db));
    CHECK_OK(mec_db_begin(db, &err), err);
    run(db, "INSERT INTO t VALUES (2)");
    mec_db_rollback(db);
    mec_db_rollback(db);
    CHECK_INT(query_int(db, "SELECT count(*) FROM t"), 1);
    CHECK_INT(mec_db_commit(db, &err), MEC_E_DB);
    CHECK_OK(mec_db_begin(db, &err), err);
    run(db, "INSERT INTO t VALUES (3)");
    mec_db_close(db); /* rolls back */
    db = open_db(in_directory("transactions"), MEC_DB_READ, MEC_DB_AUTO);
    CHECK_INT(query_int(db, "SELECT count(*) FROM t"), 1);
    mec_db_close(db);
}

static void test_schema_questions(void)
{
    mec_db *db = open_db(":memory:", MEC_DB_CREATE, MEC_DB_AUTO);
    mec_err err = MEC_ERR_INIT;
    const char *const *names;
    size_t n;
    bool has;

    run(db, "CREATE TABLE \"odd \"\"name\" (\"index\" INTEGER, b TEXT, \"c d\" REAL)");
    CHECK_OK(mec_db_has_table(db, "odd \"name", &has, &err), err);
    CHECK(has);
    CHECK_OK(mec_db_has_table(db, "other", &has, &err), err);
    CHECK(!has);
    CHECK_OK(mec_db_list_columns(db, arena, "odd \"name", &n, &names, &err), err);
    if (CHECK_INT(n, 3)) {
        CHECK_STR(names[0], "index");
        CHECK_STR(names[2], "c d");
    }
    CHECK_OK(mec_db_list_columns(db, arena, "other", &n, &names, &err), err);
    CHECK_INT(n, 0);
    CHECK_STR(mec_db_quote_name(arena, "a \"b\""), "\"a \"\"b\"\"\"");
    mec_db_close(db);
}

/* After an orderly end the file can be moved around alone: no WAL file, and the header
   asks for none (bytes 18 and 19 are 1). */
static void test_local_storage(void)
{
    const char *path = in_directory("local");
    mec_db *db = open_db(path, MEC_DB_CREATE, MEC_DB_LOCAL);
    mec_err err = MEC_ERR_INIT;
    char *bytes;

    CHECK_INT(mec_db_storage_in_use(db), MEC_DB_LOCAL);
    CHECK_STR(mec_db_path(db), path);
    query_text(db, "PRAGMA journal_mode", "wal");
    CHECK_INT(query_int(db, "PRAGMA synchronous"), 2);
    run(db, "CREATE TABLE t (a)");
    CHECK(mec_path_exists(in_directory("local-wal")));
    mec_db *reader = open_db(path, MEC_DB_READ, MEC_DB_AUTO);
    CHECK_INT(query_int(reader, "SELECT count(*) FROM t"), 0);
    mec_db_close(reader);
    mec_db_close(db);
    CHECK(!mec_path_exists(in_directory("local-wal")));
    if (CHECK_OK(mec_read_file(arena, path, &bytes, NULL, &err), err)) {
        CHECK_INT(bytes[18], 1);
        CHECK_INT(bytes[19], 1);
    }
}

static void test_shared_storage(void)
{
    const char *path = in_directory("shared");
    mec_db *db = open_db(path, MEC_DB_CREATE, MEC_DB_SHARED);
    mec_err err = MEC_ERR_INIT;
    mec_db *other;
    char expected[64];

    query_text(db, "PRAGMA journal_mode", "delete");
    query_text(db, "PRAGMA locking_mode", "exclusive");
    run(db, "CREATE TABLE t (a)");
    CHECK_INT(mec_db_open(path, MEC_DB_WRITE, MEC_DB_SHARED, &other, &err), MEC_E_DB);
    snprintf(expected, sizeof expected, "is locked by process %ld (", (long)getpid());
    CHECK_HAS(err.text, expected);
    CHECK(!mec_path_exists(in_directory("shared-shm")));
    mec_db_close(db);
    db = open_db(path, MEC_DB_WRITE, MEC_DB_SHARED);
    CHECK_INT(query_int(db, "SELECT count(*) FROM t"), 0);
    mec_db_close(db);
}

static void test_storage_of(void)
{
    CHECK_INT(mec_db_storage_of(in_directory("absent")), mec_db_storage_of(directory));
    CHECK_INT(mec_db_storage_of("/proc/self/status"), MEC_DB_LOCAL);
    CHECK_INT(mec_db_storage_of("/nonexistent/a/b"), MEC_DB_LOCAL);
    CHECK_INT(mec_db_storage_of("absent-in-current-directory"), mec_db_storage_of("."));
}

static void test_files_that_are_none(void)
{
    const char *text = in_directory("text");
    mec_err err = MEC_ERR_INIT;
    char page[4096];

    memset(page, 'x', sizeof page);
    CHECK_OK(mec_write_file(text, page, sizeof page, &err), err);
    check_open_failure(text, MEC_DB_READ,
                       "file is not a database (give a database written by mecombo or "
                       "BluePyMM)");
    check_open_failure(text, MEC_DB_WRITE, "file is not a database");
    check_open_failure(directory, MEC_DB_CREATE, "is no regular file");
    check_open_failure(in_directory("absent"), MEC_DB_READ,
                       "No such file or directory");
    check_open_failure(in_directory("absent"), MEC_DB_WRITE,
                       "No such file or directory");
    CHECK(!mec_path_exists(in_directory("absent")));
    check_open_failure(in_directory("no/such/directory"), MEC_DB_CREATE,
                       "cannot make the database: its directory: No such file or "
                       "directory (make it");
}

static void test_damage(void)
{
    const char *path = in_directory("damaged");
    mec_db *db = open_db(path, MEC_DB_CREATE, MEC_DB_LOCAL);
    mec_err err = MEC_ERR_INIT;
    char garbage[4096];

    run(db,
        "CREATE TABLE t (a); WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 "
        "FROM c LIMIT 5000) INSERT INTO t SELECT printf('row %d', x) FROM c");
    CHECK_OK(mec_db_check_integrity(db, &err), err);
    mec_db_close(db);

    memset(garbage, 0xA5, sizeof garbage);
    FILE *file = fopen(path, "r+b");
    CHECK(file != NULL && fseek(file, 3 * 4096, SEEK_SET) == 0 &&
          fwrite(garbage, sizeof garbage, 1, file) == 1 && fclose(file) == 0);
    db = open_db(path, MEC_DB_READ, MEC_DB_LOCAL);
    CHECK_INT(mec_db_check_integrity(db, &err), MEC_E_DB);
    CHECK_HAS(err.text, "database is damaged: ");
    CHECK_HAS(err.text, "(restore a copy");
    CHECK_INT(mec_db_exec(db, "SELECT sum(length(a)) FROM t", &err), MEC_E_DB);
    CHECK_HAS(err.text, "malformed (restore a copy");
    mec_db_close(db);

    CHECK_INT(truncate(path, 2000), 0);
    check_open_failure(path, MEC_DB_READ, "malformed (restore a copy");
}

/* Run as somebody without rights on root's files; false when that is not possible. */
static bool drop_rights(void)
{
    return geteuid() != 0 || seteuid(65534) == 0;
}

static void regain_rights(void)
{
    if (getuid() == 0) {
        CHECK_INT(seteuid(0), 0);
    }
}

static void test_read_only(void)
{
    const char *folder = in_directory("folder");
    const char *path = make_database("plain", MEC_DB_LOCAL);
    mec_err err = MEC_ERR_INIT;

    mec_db *db = open_db(path, MEC_DB_READ, MEC_DB_AUTO);
    CHECK_INT(mec_db_exec(db, "INSERT INTO t VALUES (2, 'two')", &err), MEC_E_DB);
    CHECK_HAS(err.text, "readonly database (get permission to write");
    CHECK_INT(query_int(db, "SELECT count(*) FROM t"), 1);
    mec_db_close(db);

    /* a file in WAL mode where no -shm file can be made */
    CHECK_OK(mec_make_directories(folder, &err), err);
    path = mec_path_join(arena, folder, "wal?#%41");
    db = open_db(path, MEC_DB_CREATE, MEC_DB_SHARED);
    run(db, "PRAGMA journal_mode=WAL; CREATE TABLE t (a); INSERT INTO t VALUES (7)");
    mec_db_close(db);
    CHECK_INT(chmod(directory, 0755), 0);
    CHECK_INT(chmod(path, 0444), 0);
    CHECK_INT(chmod(folder, 0555), 0);
    if (CHECK(drop_rights())) {
        db = open_db(path, MEC_DB_READ, MEC_DB_AUTO);
        CHECK_INT(query_int(db, "SELECT a FROM t"), 7);
        mec_db_close(db);
        check_open_failure(path, MEC_DB_WRITE, "is read-only (get permission to write");
        db = open_db(path, MEC_DB_READ, MEC_DB_AUTO);
        CHECK_INT(mec_db_backup(db, mec_path_join(arena, folder, "copy"), &err),
                  MEC_E_DB);
        mec_db_close(db);
        CHECK_HAS(err.text, "its directory: Permission denied");
    }
    regain_rights();
    CHECK_INT(chmod(folder, 0755), 0);
}

/* Start a child that opens the database, does something and waits to be killed. */
static pid_t start_child(const char *path, mec_db_storage storage, const char *sql)
{
    int ready[2];
    char byte = 0;

    if (!CHECK_INT(pipe(ready), 0)) {
        return -1;
    }
    pid_t child = fork();
    if (child == 0) {
        mec_err err = MEC_ERR_INIT;
        mec_db *db;

        if (mec_db_open(path, MEC_DB_WRITE, storage, &db, &err) != MEC_OK ||
            mec_db_exec(db, sql, &err) != MEC_OK || write(ready[1], "r", 1) != 1) {
            printf("# child: %s\n", err.text);
            fflush(stdout);
            _exit(1);
        }
        pause();
        _exit(0);
    }
    close(ready[1]);
    CHECK_INT(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return child;
}

static void kill_child(pid_t child)
{
    CHECK_INT(kill(child, SIGKILL), 0);
    CHECK_INT(waitpid(child, NULL, 0), child);
}

static void test_locked_by_another_program(void)
{
    const char *path = make_database("locked", MEC_DB_LOCAL);
    mec_err err = MEC_ERR_INIT;
    mec_db *db = open_db(path, MEC_DB_WRITE, MEC_DB_LOCAL);
    char expected[64];

    pid_t child = start_child(path, MEC_DB_LOCAL, "BEGIN IMMEDIATE");
    mec_db_set_busy_timeout(db, 20);
    CHECK_INT(mec_db_begin(db, &err), MEC_E_DB);
    snprintf(expected, sizeof expected, "database is locked by process %ld (",
             (long)child);
    CHECK_HAS(err.text, expected);
    CHECK_HAS(err.text, "(wait until it is done");
    CHECK_INT(query_int(db, "SELECT count(*) FROM t"), 1); /* readers go on */
    kill_child(child);
    CHECK_OK(mec_db_begin(db, &err), err);
    CHECK_OK(mec_db_commit(db, &err), err);
    mec_db_close(db);
}

/* A program that is killed loses what it had not committed and nothing else. */
static void test_killed_writer(void)
{
    static const mec_db_storage storages[] = {MEC_DB_LOCAL, MEC_DB_SHARED};

    for (size_t i = 0; i < 2; i++) {
        const char *path =
            make_database(i == 0 ? "killed-local" : "killed-shared", storages[i]);
        mec_err err = MEC_ERR_INIT;

        kill_child(
            start_child(path, storages[i],
                        "BEGIN IMMEDIATE; INSERT INTO t VALUES (2, 'two'); COMMIT;"
                        "BEGIN IMMEDIATE; INSERT INTO t VALUES (3, 'three')"));
        mec_db *db = open_db(path, MEC_DB_READ, MEC_DB_AUTO);
        CHECK_INT(query_int(db, "SELECT count(*) FROM t"), 2);
        mec_db_close(db);
        db = open_db(path, MEC_DB_WRITE, storages[i]);
        CHECK_INT(query_int(db, "SELECT max(a) FROM t"), 2);
        CHECK_OK(mec_db_check_integrity(db, &err), err);
        run(db, "INSERT INTO t VALUES (3, 'three')");
        mec_db_close(db);
    }
}

static void test_full_disk(void)
{
    const char *fill = "INSERT INTO t VALUES (2, zeroblob(1000000))";
    const char *path = make_database("full", MEC_DB_LOCAL);
    mec_err err = MEC_ERR_INIT;
    mec_db *db = open_db(path, MEC_DB_WRITE, MEC_DB_SHARED);
    struct rlimit limit;

    run(db, "PRAGMA max_page_count=10");
    CHECK_INT(mec_db_exec(db, fill, &err), MEC_E_DB);
    CHECK_HAS(err.text, "database or disk is full (free space");
    run(db, "PRAGMA max_page_count=100000");

    /* a write that the system refuses */
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &limit), 0);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = 100000;
    signal(SIGXFSZ, SIG_IGN);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
    CHECK_INT(mec_db_exec(db, fill, &err), MEC_E_DB);
    CHECK_HAS(err.text, "disk I/O error: File too large (the file system is full");
    limit.rlim_cur = before;
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &limit), 0);
    signal(SIGXFSZ, SIG_DFL);

    CHECK_INT(query_int(db, "SELECT count(*) FROM t"), 1);
    run(db, fill);
    CHECK_OK(mec_db_check_integrity(db, &err), err);
    mec_db_close(db);
}

static void test_backup(void)
{
    const char *path = make_database("source", MEC_DB_LOCAL);
    const char *copy = in_directory("copy");
    mec_db *db = open_db(path, MEC_DB_WRITE, MEC_DB_LOCAL);
    mec_err err = MEC_ERR_INIT;

    run(db, "INSERT INTO t VALUES (2, 'two')"); /* is in the -wal file */
    CHECK_OK(mec_db_backup(db, copy, &err), err);
    run(db, "INSERT INTO t VALUES (3, 'three')");
    CHECK_OK(mec_db_begin(db, &err), err);
    CHECK_INT(mec_db_backup(db, copy, &err), MEC_E_DB);
    CHECK_HAS(err.text, "inside a transaction");
    CHECK_OK(mec_db_commit(db, &err), err);
    mec_db *other = open_db(copy, MEC_DB_READ, MEC_DB_AUTO);
    CHECK_INT(query_int(other, "SELECT count(*) FROM t"), 2);
    query_text(other, "PRAGMA journal_mode", "delete");
    mec_db_close(other);
    CHECK_OK(mec_db_backup(db, copy, &err), err); /* replaces */
    other = open_db(copy, MEC_DB_READ, MEC_DB_AUTO);
    CHECK_INT(query_int(other, "SELECT count(*) FROM t"), 3);
    mec_db_close(other);
    CHECK_INT(mec_db_backup(db, directory, &err), MEC_E_DB);
    CHECK_HAS(err.text, "cannot write the copy");
    CHECK_INT(mec_db_backup(db, in_directory("no/such/copy"), &err), MEC_E_DB);
    mec_db_close(db);
}

/* The database that BluePyMM itself wrote for its example. */
static void test_bluepymm_database(void)
{
    const char *dump = "../shared/reference/simple1/scores.sql";
    mec_db *db = open_db(":memory:", MEC_DB_CREATE, MEC_DB_AUTO);
    mec_err err = MEC_ERR_INIT;
    char *sql;

    if (CHECK_OK(mec_read_file(arena, dump, &sql, NULL, &err), err)) {
        run(db, sql);
        CHECK(query_int(db, "SELECT count(*) FROM scores") > 5);
        CHECK_INT(query_int(db, "SELECT count(*) FROM scores"),
                  query_int(db, "SELECT count(*) FROM score_values"));
    }
    mec_db_close(db);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_values),
        TAP_CASE(test_wrong_sql),
        TAP_CASE(test_transactions),
        TAP_CASE(test_schema_questions),
        TAP_CASE(test_local_storage),
        TAP_CASE(test_shared_storage),
        TAP_CASE(test_storage_of),
        TAP_CASE(test_files_that_are_none),
        TAP_CASE(test_damage),
        TAP_CASE(test_read_only),
        TAP_CASE(test_locked_by_another_program),
        TAP_CASE(test_killed_writer),
        TAP_CASE(test_full_disk),
        TAP_CASE(test_backup),
        TAP_CASE(test_bluepymm_database),
    };

    return SCRATCH_RUN(&arena, directory, cases, argc, argv);
}
