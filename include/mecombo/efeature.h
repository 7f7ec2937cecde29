#ifndef MECOMBO_EFEATURE_H
#define MECOMBO_EFEATURE_H

/** Electrical features of a voltage trace.
 *
 * Parity: eFEL 5.7.34, value for value (==); names, settings and their defaults are
 * eFEL's. All differences (tests/peers/efeature_peer.py knows no others):
 *
 * - ISI_log_slope, ISI_semilog_slope, ISI_log_slope_skip: within 1e-12 relative, 1e-14
 *   around 0 (measured: 3e-13, 3e-15). numpy.polyfit() goes through LAPACK's DGELSD.
 * - activation_time_constant, deactivation_time_constant, inactivation_time_constant:
 *   eFEL's own value depends on the machine, because scipy's forward differences turn one
 *   rounding error into a millionth of the fit, or more where the trace (spikes, steps)
 *   does not determine it. mecombo gives the value of eFEL (numpy 2.4.6, scipy 1.17.1) on
 *   a processor with AVX-512 and OPENBLAS_CORETYPE=Haswell, on every host. The number of
 *   threads moves eFEL's fits of more than 10000 samples by up to 4e-5: here it is 1, or
 *   what mec_efeature_set_threads() says. numpy without AVX-512 moves most fits, by 1e-8
 *   in the median.
 * - Where eFEL reads memory beyond the ends of an array, which gives any value or ends
 *   the process (as in eFEL issues 215 and 238), the feature does not exist here. The
 *   places that are left in 5.7.34, without an issue of their own:
 *   - every feature, when three or more samples have all the same time
 *   - steady_state_voltage, when stim_end is before the trace
 *   - time_constant, with fewer than 5 samples from stim_start + 10 samples to the middle
 *     of the stimulus
 *   - voltage_base, current_base and what needs them, mode "median" without a sample
 *   - AP_phaseslope, when AP_phaseslope_range reaches the sample behind the last one
 *   - multiple_decay_time_constant_after_stim, more starts than ends; and it and
 *     decay_time_constant_after_stim, when stim_start is behind the trace
 *   - features that pair begins or ends of spikes with peaks or AHP minima, when the
 *     numbers or the order of these do not fit (eFEL issues 88, 346 and 399)
 * - sag_time_constant, when the sag is not over at the end of the trace: eFEL takes the
 *   voltage behind the trace, mostly 0; here it is always 0.
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
 * "stimulus_current", ...).
 *
 * stim_start and stim_end must be set. May be called between features: values handed out
 * earlier stay as they are, and the interpolated trace is kept unless interp_step changes.
 * Whole-number settings drop the fraction, flags are 0 or not 0.
 *
 * @return MEC_OK; MEC_E_INPUT for an unknown name (the nearest is named) or for a setting
 *         that takes a word
 */
MEC_NODISCARD mec_status mec_efeature_set(mec_efeature_trace *trace, const char *name,
                                          double value, mec_err *err);

/** Change a setting from text: a word ("median" for voltage_base_mode), a number, "True",
 * "False", or numbers separated by commas for multi_stim_start and multi_stim_end.
 *
 * @param text  copied
 * @return as mec_efeature_set(); MEC_E_INPUT also for text that is not a number; MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_efeature_set_text(mec_efeature_trace *trace,
                                               const char *name, const char *text,
                                               mec_err *err);

/** Change a setting that is a list (multi_stim_start, multi_stim_end).
 *
 * @param values  [n]  copied
 * @return as mec_efeature_set(); MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_efeature_set_list(mec_efeature_trace *trace,
                                               const char *name, size_t n,
                                               const double values[], mec_err *err);

/** Add the recorded stimulus current, which a few features need (current_base,
 * impedance, ...), before the first feature is asked for.
 *
 * @param n        samples, as many as the trace has
 * @param current  [n] nA, at the trace's times; borrowed
 * @return MEC_OK; MEC_E_INPUT if the numbers of samples differ
 */
MEC_NODISCARD mec_status mec_efeature_set_current(mec_efeature_trace *trace, size_t n,
                                                  const double current[], mec_err *err);

/** Compute all further features as one call of efel.get_feature_values() with a list of
 * names does.
 *
 * eFEL interpolates its copy of the trace again for each feature that it calculates, which
 * can move later values by rounding errors. By default every feature is computed as by a
 * call with its name alone (as BluePyOpt does), and the order of asking does not matter.
 *
 * @return MEC_OK; MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_efeature_together(mec_efeature_trace *trace, mec_err *err);

/** Fit exponentials with the sums that eFEL's BLAS makes in n threads; by default in one.
 * Matters for fits of more than 10000 samples. To be called before the first feature.
 */
void mec_efeature_set_threads(mec_efeature_trace *trace, int n);

/** The values of one feature. */
typedef struct mec_efeature_values {
    bool exists;         /* false where eFEL gives None or raises an exception */
    size_t n;            /* may be 0 where eFEL gives an empty array */
    const double *value; /* [n] borrowed from the trace's arena */
    const char *reason;  /* why it does not exist; NULL otherwise */
} mec_efeature_values;

/** Compute a feature.
 *
 * Where eFEL reads memory beyond the end of an array, the feature does not exist.
 *
 * @return MEC_OK also when the feature does not exist for this trace; MEC_E_INPUT for an
 *         unknown feature name (the nearest is named), when stim_start or stim_end is not
 *         set, or when stim_end is not after stim_start; MEC_E_NOMEM
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

/** True when the values of the i-th feature are whole numbers: indices or counts. */
bool mec_efeature_is_index(size_t i);

#endif
