#ifndef MECOMBO_EFEATURE_H
#define MECOMBO_EFEATURE_H

/** Electrical features of a voltage trace.
 *
 * Parity: eFEL 5.7.34, value for value (==); names, settings and their defaults are
 * eFEL's.
 */

#include <mecombo/arena.h>
#include <mecombo/err.h>

/** One trace and eFEL's settings for it; features share what they need through this. */
typedef struct mec_efeature_trace mec_efeature_trace;

/** Take a trace with eFEL's default settings.
 *
 * @param arena  owns everything that is computed
 * @param n      samples, >= 1
 * @param t      [n] ms, not decreasing (equal neighbours allowed); borrowed
 * @param v      [n] mV; borrowed
 * @return borrowed from the arena; NULL when out of memory
 */
mec_efeature_trace *mec_efeature_trace_new(mec_arena *arena, size_t n, const double t[],
                                           const double v[]);

/** Change a setting ("Threshold", "stim_start", "interp_step", "strict_stiminterval",
 * "stimulus_current", ...) before the first feature is asked for.
 *
 * @return MEC_OK; MEC_E_INPUT for an unknown name (the nearest is named)
 */
MEC_NODISCARD mec_status mec_efeature_set(mec_efeature_trace *trace, const char *name,
                                          double value, mec_err *err);

/** The values of one feature. */
typedef struct mec_efeature_values {
    bool exists;         /* false where eFEL gives None */
    size_t n;            /* may be 0 */
    const double *value; /* [n] borrowed from the trace's arena */
    const char *reason;  /* why it does not exist; NULL otherwise */
} mec_efeature_values;

/** Compute a feature.
 *
 * @return MEC_OK also when the feature does not exist for this trace; MEC_E_INPUT for an
 *         unknown feature name (the nearest is named); MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_efeature_get(mec_efeature_trace *trace, const char *name,
                                          mec_efeature_values *out, mec_err *err);

/** Number of features in the table. */
size_t mec_efeature_count(void);

/** Name of the i-th feature, in alphabetical order. */
const char *mec_efeature_name(size_t i);

/** Unit of the i-th feature ("ms", "mV", "constant", ...). */
const char *mec_efeature_unit(size_t i);

/** One-line definition of the i-th feature. */
const char *mec_efeature_definition(size_t i);

#endif
