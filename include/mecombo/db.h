#ifndef MECOMBO_DB_H
#define MECOMBO_DB_H

/** SQLite databases: a thin layer with explanations of what went wrong.
 *
 * Every failure gives a status and a text `<file>: <what> (<what to do>)`. Statements
 * must be finalized before their database is closed. A database belongs to one thread
 * and must not be carried over a fork().
 */

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <stdint.h>

typedef struct mec_db mec_db;
typedef struct mec_db_stmt mec_db_stmt;

typedef enum mec_db_mode {
    MEC_DB_READ,  /* must exist, is not changed */
    MEC_DB_WRITE, /* must exist */
    MEC_DB_CREATE /* made if absent; its directory must exist */
} mec_db_mode;

/** The kind of file system, which decides journal and locking (HPC.md 3.3). */
typedef enum mec_db_storage {
    MEC_DB_AUTO,  /* ask the file system */
    MEC_DB_LOCAL, /* WAL journal, synchronous FULL, shared by several programs */
    MEC_DB_SHARED /* DELETE journal, synchronous FULL, one program at a time: several
                     nodes cannot share a -shm file */
} mec_db_storage;

/** Find out on what kind of file system a file is, or will be.
 *
 * NFS, Lustre, GPFS, BeeGFS, CephFS, FUSE, SMB, AFS, 9P, OrangeFS, PanFS and the like are
 * SHARED, everything else is LOCAL.
 *
 * @param path  a file or, when it does not exist yet, one in an existing directory
 * @return MEC_DB_LOCAL or MEC_DB_SHARED; LOCAL when nothing can be found out
 */
mec_db_storage mec_db_storage_of(const char *path);

/** Open a database.
 *
 * With MEC_DB_SHARED a writer takes the lock here and keeps it until mec_db_close().
 * With MEC_DB_LOCAL a writer's close turns the journal back to DELETE when nobody else
 * has the file open, so that the file can be moved around alone. The busy timeout is
 * 5 s. A reader can also open a database that lies in a directory without write
 * permission.
 *
 * @param path     copied
 * @param storage  for writers; MEC_DB_AUTO suits all but tests
 * @param out      owned by the caller, closed with mec_db_close(); NULL on failure
 * @return MEC_OK; MEC_E_DB (locked, not a database, damaged, no such file, read-only,
 *         ...), MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_db_open(const char *path, mec_db_mode mode,
                                     mec_db_storage storage, mec_db **out,
                                     mec_err *err);

/** Close a database; rolls an open transaction back; NULL is allowed. */
void mec_db_close(mec_db *db);

/** The path given to mec_db_open(); borrowed. */
const char *mec_db_path(const mec_db *db);

/** The storage in force: MEC_DB_LOCAL or MEC_DB_SHARED. */
mec_db_storage mec_db_storage_in_use(const mec_db *db);

/** Wait at most that long for a lock of somebody else; 0 fails at once. */
void mec_db_set_busy_timeout(mec_db *db, int milliseconds);

/** Run one or more SQL statements without parameters; rows are dropped. */
MEC_NODISCARD mec_status mec_db_exec(mec_db *db, const char *sql, mec_err *err);

/** Compile one SQL statement.
 *
 * @param sql  copied; parameters are `?` or `?N`
 * @param out  owned by the caller, freed with mec_db_finalize(); NULL on failure
 */
MEC_NODISCARD mec_status mec_db_prepare(mec_db *db, const char *sql, mec_db_stmt **out,
                                        mec_err *err);

/** Free a statement; NULL is allowed. */
void mec_db_finalize(mec_db_stmt *stmt);

/** Bind an integer to parameter i (1-based). Bindings stay until bound again.
 *
 * @return MEC_OK; MEC_E_DB for an index out of range or a statement that was stepped and
 *         neither ended nor was reset; so do the other three
 */
MEC_NODISCARD mec_status mec_db_bind_int(mec_db_stmt *stmt, int i, int64_t value,
                                         mec_err *err);

/** Bind a double to parameter i. NaN is stored as NULL (SQLite's rule). */
MEC_NODISCARD mec_status mec_db_bind_double(mec_db_stmt *stmt, int i, double value,
                                            mec_err *err);

/** Bind a text to parameter i, which is copied; a NULL text binds NULL. */
MEC_NODISCARD mec_status mec_db_bind_text(mec_db_stmt *stmt, int i, const char *text,
                                          mec_err *err);

/** Bind NULL to parameter i. */
MEC_NODISCARD mec_status mec_db_bind_null(mec_db_stmt *stmt, int i, mec_err *err);

/** Go to the next row.
 *
 * @param has_row  out: true while there is a row to look at; false at the end, when the
 *                 statement is reset by itself and can be bound and stepped again
 */
MEC_NODISCARD mec_status mec_db_step(mec_db_stmt *stmt, bool *has_row, mec_err *err);

/** Run a statement that gives no rows (or whose rows do not matter) to its end. */
MEC_NODISCARD mec_status mec_db_run(mec_db_stmt *stmt, mec_err *err);

/** Make a statement ready to be stepped from the start; bindings stay. */
void mec_db_reset(mec_db_stmt *stmt);

/** Number of columns of the result. */
int mec_db_n_columns(const mec_db_stmt *stmt);

/** Name of column i (0-based); borrowed from the statement. */
const char *mec_db_column_name(mec_db_stmt *stmt, int i);

typedef enum mec_db_type {
    MEC_DB_NULL,
    MEC_DB_INT,
    MEC_DB_DOUBLE,
    MEC_DB_TEXT,
    MEC_DB_BLOB
} mec_db_type;

/** Type of column i (0-based) in the current row. */
mec_db_type mec_db_column_type(mec_db_stmt *stmt, int i);

/** Value of column i of the current row, converted to an integer; 0 for NULL. */
int64_t mec_db_column_int(mec_db_stmt *stmt, int i);

/** Value of column i of the current row, converted to a double; NaN for NULL. */
double mec_db_column_double(mec_db_stmt *stmt, int i);

/** Value of column i of the current row, converted to text; NULL for NULL.
 *
 * @return borrowed until the next step, reset or finalize
 */
const char *mec_db_column_text(mec_db_stmt *stmt, int i);

/** Begin a transaction that may write (BEGIN IMMEDIATE), so that a lock held elsewhere
 * shows here. Fails when one is open.
 */
MEC_NODISCARD mec_status mec_db_begin(mec_db *db, mec_err *err);

/** Make everything since mec_db_begin() durable. On failure the transaction stays open
 * unless SQLite rolled it back (mec_db_in_transaction()).
 */
MEC_NODISCARD mec_status mec_db_commit(mec_db *db, mec_err *err);

/** Undo everything since mec_db_begin(); fine without a transaction. */
void mec_db_rollback(mec_db *db);

/** True between begin and commit or rollback. */
bool mec_db_in_transaction(const mec_db *db);

/** Row id of the last INSERT. */
int64_t mec_db_last_rowid(const mec_db *db);

/** Number of rows changed by the last INSERT, UPDATE or DELETE. */
int64_t mec_db_n_changes(const mec_db *db);

/** Does a table (or view) of that name exist?
 *
 * @param has  out: false on failure too
 */
MEC_NODISCARD mec_status mec_db_has_table(mec_db *db, const char *table, bool *has,
                                          mec_err *err);

/** List the columns of a table in order.
 *
 * @param arena  owns the names
 * @param n      out: 0 when there is no such table
 * @param names  out: [n]
 */
MEC_NODISCARD mec_status mec_db_list_columns(mec_db *db, mec_arena *arena,
                                             const char *table, size_t *n,
                                             const char *const **names, mec_err *err);

/** Write a name as an SQL identifier, quoted and escaped.
 *
 * @return borrowed from the arena; NULL when out of memory
 */
char *mec_db_quote_name(mec_arena *arena, const char *name);

/** Check the whole file (PRAGMA integrity_check; reads everything).
 *
 * @return MEC_OK; MEC_E_DB with the first complaint
 */
MEC_NODISCARD mec_status mec_db_check_integrity(mec_db *db, mec_err *err);

/** Copy the database, as it is at one moment, to another file, also while it is written.
 *
 * The copy is made under a temporary name beside the target and renamed when complete.
 */
MEC_NODISCARD mec_status mec_db_backup(mec_db *db, const char *path, mec_err *err);

#endif
