#ifndef CAMPAIGN_STORE_PRIV_H
#define CAMPAIGN_STORE_PRIV_H

/* The database: BluePyMM's tables `scores` and `score_values` (BLUEPYMM.md A.6), and
 * beside them
 *   mecombo_campaign(key, value)      facts about the whole campaign, "complete" among them
 *   mecombo_provenance("index", ...)  how each finished row came about; cached is 1
 *                                     where it came from a result cache
 *   mecombo_objectives("column", objective)  only where a column of score_values cannot
 *                                     carry its objective's name */

#include "combos_priv.h"

#include <mecombo/db.h>

/* Make a new database with one unfinished row per combination. The file must not exist.
 *
 * @param fingerprint  what it is made from, kept as a fact */
MEC_NODISCARD mec_status store_create(const char *path, const combo_table *table,
                                      const char *fingerprint, mec_err *err);

typedef struct store_info {
    bool exists;
    int64_t n_rows;
    int64_t n_done;
    char fingerprint[65]; /* "" when there is none */
} store_info;

/* Look at a database that is about to be replaced or kept.
 *
 * @return MEC_OK (also when there is none); MEC_E_DB: locked, read-only or not ours */
MEC_NODISCARD mec_status store_inspect(const char *path, store_info *out, mec_err *err);

/* Put a new database in the place of an old one in one step.
 *
 * @param kept  out: where the old one went when `keep` was asked for; NULL otherwise */
MEC_NODISCARD mec_status store_install(mec_arena *arena, const char *new_path,
                                       const char *path, bool keep, const char **kept,
                                       mec_err *err);

/* Open the database of a campaign to read it.
 *
 * @return MEC_E_DB with the remedy where there is none; as mec_db_open() */
MEC_NODISCARD mec_status store_open_read(const char *path, mec_db **out, mec_err *err);

/* A database opened to be filled. */
typedef struct store store;

MEC_NODISCARD mec_status store_open(const char *path, store **out, mec_err *err);

/* Close; what was not committed is lost. NULL is allowed. */
void store_close(store *s);

/* The connection, for reading. */
mec_db *store_db(store *s);

/* A row that is to be computed. */
typedef struct store_row {
    int64_t uid;
    int64_t rowid; /* SQLite's own number of the row */
    const char *emodel, *original_emodel, *morph_dir, *morph_name;
    const char *morph_ext; /* ".asc" where NULL */
    double failed_s;       /* how long it took to fail; 0: it did not */
} store_row;

/* List the rows to compute, in database order.
 *
 * @param retry_failed  rows that hold an exception as well
 * @param wanted        tells whether a uid is wanted; NULL: all are */
MEC_NODISCARD mec_status store_list_rows(store *s, mec_arena *arena, bool retry_failed,
                                         bool (*wanted)(int64_t uid, const void *arg),
                                         const void *arg, size_t *n, store_row **out,
                                         mec_err *err);

/* Go through the newest finished rows, at most STORE_MOST_TIMES, that were computed for
 * themselves and without an exception.
 *
 * @param take  gets each with the seconds it took; its strings live in the arena */
MEC_NODISCARD mec_status store_list_times(store *s, mec_arena *arena,
                                          mec_status (*take)(const store_row *row,
                                                             double seconds, void *arg,
                                                             mec_err *err),
                                          void *arg, mec_err *err);

enum { STORE_MOST_TIMES = 20000 };

/* The folder of the first row of the table, where BluePyMM looks for apical points. */
MEC_NODISCARD mec_status store_first_morph_dir(store *s, mec_arena *arena,
                                               const char **out, mec_err *err);

/* How one row ended; strings are borrowed for the call, NULL where absent. */
typedef struct store_result {
    int64_t uid;
    int64_t rowid;        /* as store_list_rows() gave it */
    int64_t computed_for; /* the uid this was computed for: itself, or an equal row */
    const char *scores, *extra_values;
    const char *exception_class, *exception;
    const char *key;        /* content key of the job */
    const char *provenance; /* JSON */
    const char *host;
    int32_t rank;
    double seconds;
    bool cached; /* from the result cache, not computed */
} store_result;

/* Add one result to the open batch, which is begun if there is none. */
MEC_NODISCARD mec_status store_save(store *s, const store_result *result, mec_err *err);

/* Make the batch durable. MEC_E_DB when there is none: SQLite ends a transaction by itself
 * after some failures. */
MEC_NODISCARD mec_status store_commit(store *s, mec_err *err);

/* Forget the batch, if there is one. */
void store_rollback(store *s);

/* Number of rows, of those left to run, and of those that hold an exception. */
MEC_NODISCARD mec_status store_count(store *s, int64_t *n_rows, int64_t *n_left,
                                     int64_t *n_failed, mec_err *err);

/* Set a fact of mecombo_campaign; NULL removes it. */
MEC_NODISCARD mec_status store_set_fact(mec_db *db, const char *key, const char *value,
                                        mec_err *err);

/* Rebuild score_values from scores and note that the campaign is complete; in one
 * transaction. Every row must have run. */
MEC_NODISCARD mec_status store_complete(store *s, mec_err *err);

/* Rebuild score_values inside the caller's transaction. */
MEC_NODISCARD mec_status score_values_rebuild(mec_db *db, mec_err *err);

/* Make mecombo's own tables where they are missing. */
MEC_NODISCARD mec_status store_make_own_tables(mec_db *db, mec_err *err);

/* Does a database's table of provenance have the column `cached`? Those of mecombo
 * without a result cache lack it. */
MEC_NODISCARD mec_status store_has_cached(mec_db *db, mec_arena *arena, bool *has,
                                          mec_err *err);

/* Complain unless a database has a table `scores` with the columns that matter. */
MEC_NODISCARD mec_status store_check_columns(mec_db *db, mec_err *err);

/* UTC, ISO 8601. */
void store_time(char out[32]);

/* The same, so many seconds from now (at most some years). */
void store_time_after(double seconds, char out[32]);

#endif
