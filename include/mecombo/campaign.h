#ifndef MECOMBO_CAMPAIGN_H
#define MECOMBO_CAMPAIGN_H

/** The phases of a campaign as plain functions: prepare, run, select, and what looks at
 * their results.
 *
 * Each takes the path of a configuration (BLUEPYMM.md A.2 and A.11; relative paths in it
 * are relative to the current directory). BluePyMM's lines go to stdout unless the log
 * level is MEC_LOG_ERROR, warnings through log.h.
 */

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <mecombo/pool.h>
#include <mecombo/selection.h>
#include <mecombo/text.h>

typedef struct mec_prepare_options {
    bool continu;        /* keep packages and a database that are there already */
    bool dry_run;        /* check everything, write nothing */
    bool resume;         /* keep a database that was prepared from the same inputs */
    int64_t n_processes; /* accepted for BluePyMM's sake; the cache makes it idle */
} mec_prepare_options;

/** Phase 1: e-model packages with built mechanisms, HOC templates, the database, and
 * final.json and emodel_dirs.json.
 *
 * Every input is read and checked before anything is written; the new database replaces
 * an old one only when all else has succeeded. An old database that holds results is
 * kept as `<scores_db>.bak-<n>`.
 *
 * @param conf     configuration file
 * @param options  borrowed
 * @return MEC_OK; MEC_E_INPUT (configuration or campaign inputs, with place and remedy);
 *         MEC_E_IO; MEC_E_DB (old database is not ours, locked, in use by a run);
 *         MEC_E_NOMEM
 *
 * Not collective: rank 0 only. Parity: BLUEPYMM.md A.4 to A.6, without P1 to P8. The
 * packages are copied from emodels_dir itself, `<tmp_dir>/emodels_repo` exists for the
 * git variant only.
 */
MEC_NODISCARD mec_status mec_campaign_prepare(const char *conf,
                                              const mec_prepare_options *options,
                                              mec_err *err);

typedef struct mec_run_options {
    double timeout_s;        /* per me-combination; 0: none */
    double time_limit_s;     /* for the whole call; 0: none */
    bool retry_failed;       /* rows that hold an exception are run again */
    const char *rows;        /* "3-7,12": only these uids; NULL: all */
    const char *save_traces; /* folder for one HDF5 file per computed row; NULL: none */
    const char *cache; /* folder of the result cache; NULL: as the configuration says,
                                if it does */
    bool no_dedup;
    bool no_shortcuts;
    bool free_rounding;
    int64_t memory_bytes; /* address space per me-combination; 0: none */
} mec_run_options;

/** What a run did; counts are of rows of the database. */
typedef struct mec_run_summary {
    int64_t n_rows;      /* rows in the database */
    int64_t n_done;      /* finished in this call */
    int64_t n_exception; /* of these, with an exception */
    int64_t n_computed;  /* evaluations, at most n_done */
    int64_t n_cached;    /* of these, taken from the result cache */
    int64_t n_left;      /* still to do in the database */
    int64_t n_failed;    /* rows of the database that hold an exception */
    double seconds;      /* wall clock */
    double computing_s;  /* of these, from the first job to the last commit */
} mec_run_summary;

/** Phase 2: compute every row that is still to do and store it.
 *
 * Collective over pool; only rank 0 reads the options and touches the database. Rows
 * that must give equal results are computed once. Results are committed in batches; a
 * row is reported as saved after its commit. One run at a time owns a database
 * (`<scores_db>.lock`, see lock.c).
 *
 * @param summary  out, on rank 0
 * @return the same on all ranks: MEC_OK; MEC_E_STOPPED with everything finished
 *         committed; MEC_E_INPUT; MEC_E_DB; MEC_E_IO; MEC_E_MPI; MEC_E_NOMEM
 *
 * Parity: BLUEPYMM.md A.7 without R1 to R9; extra tables stand beside BluePyMM's.
 */
MEC_NODISCARD mec_status mec_campaign_run(mec_pool *pool, const char *conf,
                                          const mec_run_options *options,
                                          mec_run_summary *summary, mec_err *err);

/** The task that main() hands to mec_pool_start(): evaluate one job of
 * mec_campaign_run().
 *
 * @param job     [n] a line of mec_job_print()
 * @param result  the outcome, in a form private to this room
 * @param arg     unused
 * @return as mec_evaluate(), or MEC_E_INPUT for bytes that are no job
 */
MEC_NODISCARD mec_status mec_campaign_task(const void *job, size_t n, mec_text *result,
                                           void *arg, mec_err *err);

typedef struct mec_select_options {
    int64_t n_processes;    /* accepted for BluePyMM's sake */
    double what_if;         /* this threshold in place of every other; NaN: none */
    const char *traces_dir; /* for the report, not read here; NULL: none */
} mec_select_options;

/** Phase 3, first half: read the database and decide; writes nothing.
 *
 * @param arena    owns the selection
 * @param options  borrowed
 * @param out      NULL on failure
 * @return MEC_OK; MEC_E_INPUT (configuration, unfinished rows, a feature without
 *         threshold, opt_scores that differ); MEC_E_DB; MEC_E_NOMEM
 *
 * Not collective: rank 0 only. Parity: BLUEPYMM.md A.8 without S1 to S14.
 */
MEC_NODISCARD mec_status mec_campaign_select(const char *conf,
                                             const mec_select_options *options,
                                             mec_arena *arena,
                                             const mec_selection **out, mec_err *err);

/** Phase 3, second half: extneurondb.dat, mecombo_emodel.tsv (or the files of the 2017
 * configuration), mecombo_release.json, extra_data/.
 *
 * @return MEC_OK or MEC_E_IO
 */
MEC_NODISCARD mec_status mec_selection_write(const mec_selection *selection,
                                             mec_err *err);

typedef struct mec_status_options {
    bool json;  /* one JSON object instead of lines of text */
    bool ranks; /* text: a line per rank of the present or latest run */
} mec_status_options;

/** Print how far a campaign is: rows done, failed by class and most frequent message,
 * left, rate, time left by the cost model, what each rank has done.
 *
 * Opens the database read-only; safe while a run is at work. On a shared file system,
 * where the run holds the database for itself alone, <database>.status is read instead.
 *
 * @param path  a configuration with scores_db, or the database itself
 * @param out   appended to
 */
MEC_NODISCARD mec_status mec_campaign_status(const char *path,
                                             const mec_status_options *options,
                                             mec_text *out, mec_err *err);

/** Check a release: files, rows, names, HOC files and, when it is found, the database.
 *
 * @param conf  configuration with mecombo_release_path
 * @param out   one line per finding is appended
 * @return MEC_OK; MEC_E_INPUT when something is wrong with the release (all findings are
 *         in out, the first is in err)
 */
MEC_NODISCARD mec_status mec_campaign_validate(const char *conf, mec_text *out,
                                               mec_err *err);

/** Merge databases by the identity of their rows.
 *
 * Two rows are the same when everything but index, scores, extra_values, exception and
 * to_run is equal. A finished row wins over an unfinished one, a result over an
 * exception; two different results are a contradiction.
 *
 * @param out_path  made anew; must not exist
 * @param n         number of inputs, >= 1
 * @param in_path   [n]
 * @return MEC_OK; MEC_E_INPUT for a contradiction or tables that differ; MEC_E_DB
 */
MEC_NODISCARD mec_status mec_campaign_merge(const char *out_path, size_t n,
                                            const char *const in_path[], mec_err *err);

/** Write one HOC template per selected me-combination.
 *
 * Parity: BLUEPYMM.md A.9 legacy-hoc, without L1.
 */
MEC_NODISCARD mec_status mec_campaign_hoc(const char *conf, mec_err *err);

#endif
