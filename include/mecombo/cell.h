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
struct mec_probe;

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

/** Place a point process at section(x), or make an ARTIFICIAL_CELL (section -1, which has
 * no place); before mec_cell_finish().
 *
 * @param point  its number from 1 on, by which the other functions know it
 * @return MEC_OK; MEC_E_INPUT if there is no such point process (the nearest is named) or
 *         place; ions cannot be used at x = 0 and x = 1
 *
 * Parity: on one node the point made last is evaluated first, as in NEURON.
 */
MEC_NODISCARD mec_status mec_cell_add_point(mec_cell *cell, int32_t section, double x,
                                            const char *name, int32_t *point,
                                            mec_err *err);

/** Set a variable of a point ("tau", "x[2]"), for all sweeps to come. */
MEC_NODISCARD mec_status mec_cell_set_point(mec_cell *cell, int32_t point,
                                            const char *name, double value,
                                            mec_err *err);

/** Read a variable of a point as it stands. */
MEC_NODISCARD mec_status mec_cell_get_point(const mec_cell *cell, int32_t point,
                                            const char *name, double *value,
                                            mec_err *err);

/** Let a POINTER of a point process, or of a density mechanism in one segment, point to a
 * variable; before mec_cell_finish().
 *
 * A POINTER that the mechanism reads and that points nowhere is an error of
 * mec_cell_finish().
 *
 * @param owner   whose pointer; owner->variable is "p" for a point, "p_SUFFIX" else
 * @param target  the variable that it is to point to
 */
MEC_NODISCARD mec_status mec_cell_set_pointer(mec_cell *cell,
                                              const struct mec_probe *owner,
                                              const struct mec_probe *target,
                                              mec_err *err);

/** Finish construction: geometry with the present Ra, node order, instance tables.
 *
 * Insertions end here; parameters can still be set (Ra cannot).
 *
 * @return MEC_OK; MEC_E_INPUT for a morphology in several pieces (a dendrite that hung on
 *         an axon which was replaced); MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_cell_finish(mec_cell *cell, mec_err *err);

/** Call a PROCEDURE or FUNCTION of a mechanism on the instance of one segment, as
 * h.setdata_SUFFIX(section(x)) and NAME_SUFFIX(...) do in NEURON; after
 * mec_cell_finish(). What it changes in the instance (variables, random streams) stays
 * for all sweeps.
 *
 * @param argument  [n_argument]
 * @param result    value of a FUNCTION, 1 for a PROCEDURE; may be NULL
 * @return MEC_OK; MEC_E_INPUT when there is no such section, mechanism or procedure
 */
MEC_NODISCARD mec_status mec_cell_call(mec_cell *cell, int32_t section, int32_t segment,
                                       const char *suffix, const char *name,
                                       int32_t n_argument, const double argument[],
                                       double *result, mec_err *err);

/** The same for a point process or ARTIFICIAL_CELL, h.p.NAME(...) in NEURON. */
MEC_NODISCARD mec_status mec_cell_call_point(mec_cell *cell, int32_t point,
                                             const char *name, int32_t n_argument,
                                             const double argument[], double *result,
                                             mec_err *err);

/** The geometry after mec_cell_finish(); borrowed. */
const mec_geometry *mec_cell_geometry(const mec_cell *cell);

/** A current clamp: amp_na for delay_ms <= t < delay_ms + duration_ms. */
typedef struct mec_iclamp {
    int32_t section;
    double x;
    double delay_ms, duration_ms, amp_na;
} mec_iclamp;

/** A single-electrode voltage clamp with three levels from t = 0, NEURON's SEClamp. */
typedef struct mec_seclamp {
    int32_t section;
    double x;
    double duration_ms[3], amp_mv[3];
    double rs_mohm; /* series resistance, > 0; NEURON's default is 1 */
} mec_seclamp;

/** Points that the amplitude of a current clamp follows, NEURON's
 * `amp.play(&iclamp.amp, t, 1)`: linear between points, constant before the first, the
 * last line extrapolated; a time given twice is a jump. The variable step restarts at
 * every point. */
typedef struct mec_play {
    int32_t iclamp;       /* index into the sweep's clamps */
    int32_t n;            /* >= 1 */
    const double *t_ms;   /* [n] not decreasing */
    const double *amp_na; /* [n] */
} mec_play;

/** What to record: a variable ("v", "cai", "ina", "m_hh", ...) at section(x), or one of a
 * point process ("g"). */
typedef struct mec_probe {
    const char *name; /* of the recording, for messages and results; borrowed */
    int32_t section;
    double x;
    const char *variable;
    int32_t point; /* 0: none; else section and x mean nothing */
} mec_probe;

/** Events for a point process, NEURON's NetCon: from given times, from another point's
 * net_event(), or from a variable that rises above a threshold. */
typedef struct mec_connection {
    int32_t target; /* point */
    int32_t source; /* point with net_event(); 0: none */
    /* Without a source point and without times: the variable that is watched. */
    int32_t section;
    double x;
    const char *variable; /* NULL: "v" */
    double threshold;     /* NEURON's default is 10 mV; connections from one variable
                             share the threshold of the last of them */
    double delay_ms;      /* >= 0, NEURON's default is 1 */
    int32_t n_weight;
    const double *weight; /* [n_weight] the first arguments of NET_RECEIVE, others 0 */
    int32_t n_time;
    const double *time_ms; /* [n_time] an event at each time + delay, in this order, as
                              by NetCon.event(time + delay) after finitialize() */
} mec_connection;

typedef enum mec_step_method { MEC_VARIABLE_STEP, MEC_FIXED_STEP } mec_step_method;

/** Called after every sample; ends the sweep early by returning true.
 *
 * @param arg    of the sweep
 * @param t_ms   time of the sample
 * @param value  [n_probe] the sample
 */
typedef bool (*mec_watch)(void *arg, double t_ms, const double value[]);

/** The state of a cell at an edge of a stimulus, and the samples until then. */
typedef struct mec_checkpoint mec_checkpoint;

/** Make an empty checkpoint.
 *
 * @return owned by the caller, freed with mec_checkpoint_free(); NULL when out of memory
 */
mec_checkpoint *mec_checkpoint_new(void);

/** Free a checkpoint; NULL is allowed. */
void mec_checkpoint_free(mec_checkpoint *checkpoint);

/** True once a sweep has filled the checkpoint. It stays empty where the cell holds random
 * streams or point processes, whose positions and events are not part of it. */
bool mec_checkpoint_is_set(const mec_checkpoint *checkpoint);

/** One simulation from finitialize to tstop. Fields that are 0 or NULL mean "none". */
typedef struct mec_sweep {
    double tstop_ms;
    mec_step_method method;
    double atol;     /* variable step; BluePyOpt uses 1e-3 */
    double dt_ms;    /* fixed step; NEURON's default is 0.025 */
    int secondorder; /* fixed step: 0, 1 or 2 */
    int32_t n_iclamp;
    const mec_iclamp *iclamp; /* [n_iclamp] in order of creation */
    int32_t n_probe;
    const mec_probe *probe; /* [n_probe] */
    int64_t max_steps;      /* 0: no limit */
    double max_seconds;     /* CPU seconds, 0: no limit */
    bool free_rounding;     /* mechanisms and norms may round differently from NEURON:
                               faster, and long spike trains part from NEURON's after
                               some spikes (SOLVER.md 7.3) */
    int32_t n_seclamp;
    const mec_seclamp *seclamp; /* [n_seclamp] in order of creation */
    int32_t n_play;
    const mec_play *play; /* [n_play] */
    int32_t n_connection;
    const mec_connection *connection; /* [n_connection] in order of creation */
    mec_watch watch;
    void *watch_arg;
    /* Sweeps that share their past share its computation: one saves its state at the
     * edge `save_ms` of a stimulus, others resume there. The results are those of whole
     * sweeps, bit for bit, because the integrator restarts at the edge anyway. */
    mec_checkpoint *save;         /* filled when the sweep passes save_ms */
    double save_ms;               /* a clamp's delay, or delay + duration */
    const mec_checkpoint *resume; /* the same cell and parameters, method, probes and
                                     clamps, the latter up to what they do from its edge
                                     on; otherwise MEC_E_INPUT */
} mec_sweep;

/** The samples of one sweep, as NEURON's Vector.record delivers them: at the beginning
 * of every internal step, twice at discontinuities, and at tstop. */
typedef struct mec_traces {
    size_t n;  /* samples */
    double *t; /* [n] ms */
    int32_t n_probe;
    double **value; /* [n_probe] -> [n] */
    int64_t n_step; /* internal steps taken */
    bool stopped;   /* ended early by the watch */
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

/** Does the log of Nernst potentials have the bits of this machine's libm on a sample of
 * 4096 values? If not, no result is bit for bit NEURON's here. Takes 0.1 ms. Not for two
 * threads at once. */
bool mec_cell_log_agrees(void);

#endif
