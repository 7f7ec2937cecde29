#ifndef MECOMBO_CELL_H
#define MECOMBO_CELL_H

/** Cells: a discretised morphology with mechanisms and parameters, and its simulation.
 *
 * Parity: NEURON 8.2.7, fixed step (secondorder 0, 1, 2) and variable step (CVODE, BDF),
 * bit for bit on an x86-64 with FMA and glibc >= 2.28.
 */

#include <mecombo/err.h>
#include <mecombo/mechanism.h>
#include <mecombo/morphology.h>

typedef struct mec_cell mec_cell;

/** Make a cell without mechanisms. Ra 35.4, cm 1, v_init -65, celsius 6.3: NEURON's
 * defaults.
 *
 * @param morphology  borrowed for the life of the cell; must not change meanwhile
 * @param catalogue   likewise
 * @param out         owned by the caller, freed with mec_cell_free()
 */
MEC_NODISCARD mec_status mec_cell_new(const mec_morphology *morphology,
                                      const mec_catalogue *catalogue, mec_cell **out,
                                      mec_err *err);

/** Free a cell; NULL is allowed. */
void mec_cell_free(mec_cell *cell);

/** Insert a density mechanism into the sections of some lists.
 *
 * @param lists  MEC_LIST_ bits; a section in any of them gets it (once)
 * @return MEC_OK; MEC_E_INPUT if there is no such mechanism (the nearest is named)
 */
MEC_NODISCARD mec_status mec_cell_insert(mec_cell *cell, unsigned lists,
                                         const char *suffix, mec_err *err);

/** Set a section or range variable on all segments of one section: "Ra", "cm", "g_pas",
 * "ena", "v" is refused.
 *
 * @return MEC_OK; MEC_E_INPUT if the section has no such variable (the nearest named)
 */
MEC_NODISCARD mec_status mec_cell_set_section(mec_cell *cell, int32_t section,
                                              const char *name, double value,
                                              mec_err *err);

/** Set a range variable on one segment, 0 <= segment < nseg. */
MEC_NODISCARD mec_status mec_cell_set_segment(mec_cell *cell, int32_t section,
                                              int32_t segment, const char *name,
                                              double value, mec_err *err);

/** Set "celsius", "v_init", a mechanism's global ("vshift_NaTg" style) or an ion default
 * ("cai0_ca_ion"). */
MEC_NODISCARD mec_status mec_cell_set_global(mec_cell *cell, const char *name,
                                             double value, mec_err *err);

/** Read a range variable of one segment as it stands. */
MEC_NODISCARD mec_status mec_cell_get(const mec_cell *cell, int32_t section,
                                      int32_t segment, const char *name, double *value,
                                      mec_err *err);

/** Finish construction: geometry with the present Ra, node order, instance tables.
 *
 * Insertions end here; parameters can still be set (Ra cannot).
 */
MEC_NODISCARD mec_status mec_cell_finish(mec_cell *cell, mec_err *err);

/** The geometry after mec_cell_finish(); borrowed. */
const mec_geometry *mec_cell_geometry(const mec_cell *cell);

/** A current clamp: amp_na for delay_ms <= t < delay_ms + duration_ms. */
typedef struct mec_iclamp {
    int32_t section;
    double x;
    double delay_ms, duration_ms, amp_na;
} mec_iclamp;

/** What to record: a variable ("v", "cai", "ina", "m_hh", ...) at section(x). */
typedef struct mec_probe {
    const char *name; /* of the recording, for messages and results; borrowed */
    int32_t section;
    double x;
    const char *variable;
} mec_probe;

typedef enum mec_step_method { MEC_VARIABLE_STEP, MEC_FIXED_STEP } mec_step_method;

/** One simulation from finitialize to tstop. */
typedef struct mec_sweep {
    double tstop_ms;
    mec_step_method method;
    double atol;          /* variable step; BluePyOpt uses 1e-3 */
    double dt_ms;         /* fixed step; NEURON's default is 0.025 */
    int secondorder;      /* fixed step: 0, 1 or 2 */
    int32_t n_iclamp;
    const mec_iclamp *iclamp; /* [n_iclamp] in order of creation */
    int32_t n_probe;
    const mec_probe *probe;   /* [n_probe] */
    int64_t max_steps;        /* 0: no limit */
    double max_seconds;       /* CPU seconds, 0: no limit */
    bool free_rounding;
} mec_sweep;

/** The samples of one sweep, as NEURON's Vector.record delivers them: at the beginning
 * of every internal step, twice at discontinuities, and at tstop. */
typedef struct mec_traces {
    size_t n;       /* samples */
    double *t;      /* [n] ms */
    int32_t n_probe;
    double **value; /* [n_probe] -> [n] */
    int64_t n_step; /* internal steps taken */
} mec_traces;

/** Simulate one sweep.
 *
 * The cell is reset first, so sweeps do not influence each other.
 *
 * @param arena  owns the traces
 * @param out    filled on success
 * @return MEC_OK; MEC_E_NUMERIC (non-finite state, step underflow: t, section, segment
 *         and variable are named); MEC_E_LIMIT (steps or seconds spent); MEC_E_INPUT for
 *         a place or variable that does not exist
 */
MEC_NODISCARD mec_status mec_cell_run(mec_cell *cell, const mec_sweep *sweep,
                                      mec_arena *arena, mec_traces *out, mec_err *err);

#endif
