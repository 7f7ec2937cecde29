#ifndef MECOMBO_EVALUATE_H
#define MECOMBO_EVALUATE_H

/** One me-combination: (e-model package, parameters, morphology, apical point) to scores.
 *
 * A pure function of its inputs; knows nothing of MPI, SQL or ranks.
 */

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <mecombo/json.h>

/** Work that a sweep may leave out because the scores cannot depend on it. */
typedef enum mec_shortcut {
    MEC_SHORTCUT_BASE = 1,  /* a search for a base voltage ends before the step */
    MEC_SHORTCUT_SPIKE = 2, /* a search for spikes ends with the first one */
    MEC_SHORTCUT_PAST = 4,  /* sweeps with the same past share it */
    MEC_SHORTCUT_ALL = 7
} mec_shortcut;

/** What to evaluate. All strings are borrowed. */
typedef struct mec_job {
    const char *emodel_dir; /* package folder, with mechanisms built by prepare */
    const char *emodel;     /* argument of the package's evaluator */
    const mec_json *params; /* object name -> number; NULL: the package's own */
    const char *morphology; /* path of the morphology file */
    int32_t apical_section; /* index into apic[]; -1: none */
    int32_t without;        /* bits of mec_shortcut that are not to be taken */
    bool free_rounding;
    uint32_t seed;
    double dt_ms;      /* > 0: fixed step */
    double atol;       /* > 0: variable step with this tolerance */
    size_t n_protocol; /* > 0: only these protocols */
    const char *const *protocol;
    const char *traces_path;    /* HDF5 file to write; NULL: none */
    double max_seconds;         /* CPU seconds for the whole evaluation; 0: none */
    const char *program;        /* hash of the program, noted in the provenance; NULL:
                                   none */
    const char *mechanisms_dir; /* folder of built mechanisms; NULL: where prepare puts
                                   them, mec_emodel_built_directory() */
} mec_job;

/** Classes of exceptions, as they are stored. The pool adds "crash". */
#define MEC_CLASS_BAD_PACKAGE "bad-package" /* e-model cannot be read or built */
#define MEC_CLASS_BAD_PARAMS "bad-params"   /* parameters do not fit the e-model */
#define MEC_CLASS_BAD_MORPHOLOGY "bad-morphology" /* file missing or not understood */
#define MEC_CLASS_AXON_TOO_SHORT "axon-too-short"
#define MEC_CLASS_LOCATION_MISSING                                                     \
    "location-missing"                        /* of a stimulus, or out of range */
#define MEC_CLASS_SWEEP_FAILED "sweep-failed" /* a sweep that a search needs */
#define MEC_CLASS_NO_HOLDING "no-holding"     /* no current holds the cell */
#define MEC_CLASS_NO_THRESHOLD                                                         \
    "no-threshold" /* a protocol needs one and there is none */
#define MEC_CLASS_TIME_OUT "time-out"

/** What came out. Strings live in the arena given to mec_evaluate(). */
typedef struct mec_outcome {
    const char *scores;   /* JSON object in objective order, "null" on an exception */
    const char *features; /* JSON object objective -> [numbers] or null */
    const char
        *extra_values; /* {"holding_current": x, "threshold_current": y} or null */
    const char *exception_class; /* NULL when none, or MEC_CLASS_... */
    const char *exception_text;
    const char *provenance; /* JSON object: seconds, steps, sweeps, hashes, versions */
    const char *key;        /* as mec_job_key(); NULL: a file could not be read */
    const char *traces_error; /* why traces_path could not be written; NULL: it was */
} mec_outcome;

/** Evaluate one me-combination.
 *
 * Anything wrong with the inputs or the simulation is an outcome with an exception, not
 * an error of this function.
 *
 * @return MEC_OK, or MEC_E_NOMEM / MEC_E_BUG
 */
MEC_NODISCARD mec_status mec_evaluate(const mec_job *job, mec_arena *arena,
                                      mec_outcome *out, mec_err *err);

/** Append the outcome in the form of `simulate --scores` (DESIGN.md 5). */
void mec_outcome_print(const mec_outcome *outcome, mec_text *out);

/** Append a job as one line of JSON: how jobs travel between ranks. */
void mec_job_print(const mec_job *job, mec_text *out);

/** Append what many jobs of a campaign have in common: all but morphology, apical section
 * and traces. The first half of mec_job_print(): more members may be appended, each after
 * ", ", before the second half. */
void mec_job_print_common(const mec_job *job, mec_text *out);

/** Append the second half of mec_job_print(). */
void mec_job_print_own(const mec_job *job, mec_text *out);

/** Read a job from JSON; members that are none of a job's are passed over.
 *
 * @param root  what mec_job_print() wrote; strings and params point into it
 */
MEC_NODISCARD mec_status mec_job_read(mec_arena *arena, const mec_json *root,
                                      mec_job *out, mec_err *err);

/** Read what mec_job_print() wrote; everything is allocated from the arena. */
MEC_NODISCARD mec_status mec_job_parse(mec_arena *arena, const char *text, mec_job *out,
                                       mec_err *err);

/** Content key of a job: equal for jobs that must give equal results (package bytes,
 * parameters, morphology bytes, apical point, options), as 64 hexadecimal digits.
 *
 * @return MEC_OK; MEC_E_IO if a file cannot be read
 */
MEC_NODISCARD mec_status mec_job_key(const mec_job *job, char out[65], mec_err *err);

/** Check a combination without mechanisms and simulation: is the morphology read, its
 * axon long enough, every recording's place there?
 *
 * @param remarks  what is no exception but costs scores ("no place for dend1.v") is
 *                 appended; unchanged when all is well
 * @return MEC_OK; MEC_E_INPUT for what will be an exception of the row; MEC_E_IO;
 *         MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_job_check(const mec_job *job, mec_text *remarks,
                                       mec_err *err);

/** Check a package without simulating: forms, names, mechanisms; for prepare and
 * --dry-run.
 *
 * @return MEC_OK or MEC_E_INPUT with file, line and key
 */
MEC_NODISCARD mec_status mec_emodel_check(const char *emodel_dir, const char *emodel,
                                          const mec_json *params, mec_err *err);

#endif
