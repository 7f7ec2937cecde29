#ifndef CELL_PRIV_H
#define CELL_PRIV_H

/* What the files of this room share.
 *
 * Segments have three numberings: "section order" (section by section, the order in
 * which parameters are stored), NEURON's node order (mec_geometry: decides every
 * summation), and the "slot" in which a node's numbers are stored. Slots put the
 * zero-area nodes (root and section ends) first and then the segments, sorted so that
 * each mechanism covers few contiguous stretches.
 *
 * Each group of segments with the same mechanisms fills whole vectors: up to 7 "pads"
 * follow it, coupled to nothing. Their parameters are those of the group's last segment
 * and their derivatives are set to zero, so that their values stay finite and add nothing
 * to a norm. Mechanisms whose kernels work on one instance at a time have none there. */

#include "hot.h"

#include <mecombo/arena.h>
#include <mecombo/cell.h>
#include <mecombo/vec.h>

enum {
    CELL_LANES = 8,     /* columns start at multiples of this many doubles */
    CELL_MAX_ORDER = 5, /* of the BDF */
    CELL_N_HISTORY = CELL_MAX_ORDER + 1
};

/* hoc's a < b means a < b - this; it decides when stdrun's loops end. */
static const double CELL_HOC_EPSILON = 1e-11;

/* A running sweep. */
typedef struct cell_sweep cell_sweep;

/* Style of an ion in a section, NEURON's bits (SOLVER.md 2.4). */
enum {
    CELL_ION_CONC = 03,      /* 0 unused, 1 constant, 2 assigned, 3 state */
    CELL_ION_CINIT = 04,     /* concentrations start from the global defaults */
    CELL_ION_REV = 030,      /* reversal potential: 0, 1, 2, 3 as above */
    CELL_ION_EINIT = 040,    /* reversal potential from Nernst at the start */
    CELL_ION_EADVANCE = 0100 /* ... and at every evaluation */
};

/* A stretch of consecutive segment slots. */
typedef struct cell_stretch {
    int32_t first; /* segment slot, 0 = the first segment */
    int32_t n;
} cell_stretch;

typedef struct cell_ion {
    const char *name; /* "ca" */
    double valence;   /* 0: no mechanism gave one */
    double ci0, co0;  /* mM, defaults of every cell ("cai0_ca_ion") */
    uint8_t *style;   /* [n_section] 0 where no mechanism uses the ion */
    bool *present;    /* [n_section] */
    double *preset[MEC_N_ION_VARIABLE]; /* NULL, or [n_segment] in section order */
    double *value[MEC_N_ION_VARIABLE];  /* [n_slot], after finish */
    int32_t n_segment_style;            /* entries of the lists below */
    int32_t n_cinit, n_einit, n_eadvance;
    cell_stretch *cinit, *einit, *eadvance;
} cell_ion;

/* An ion's concentration that a mechanism integrates: the state column is the truth. */
typedef struct cell_synonym {
    int32_t column;
    int32_t ion;
    int32_t variable; /* MEC_ION_CI or MEC_ION_CO */
} cell_synonym;

/* A part of a mechanism's instances that is small enough for the nearest cache. */
typedef struct cell_piece {
    mec_run run;
    int32_t first; /* instance */
    int32_t n_pad;
    const int32_t *pad; /* [n_pad] instances */
} cell_piece;

/* What a mechanism's states need to diffuse along the cell (diffusion.c). */
typedef struct cell_diffusion cell_diffusion;

typedef struct cell_mech {
    const mec_mechanism_desc *desc;
    const mec_kernels *kernels;
    int32_t registered; /* index in the catalogue */
    bool *present;      /* [n_section] */
    double **preset;    /* [n_column] NULL, or [n_segment] in section order */
    double *global;     /* [n_global_values] borrowed from the cell */
    double **external;  /* [n_external] -> globals of other mechanisms */
    int32_t *ion;       /* [desc->n_ion] index into cell->ion */
    bool writes_concentration;

    /* After mec_cell_finish(): */
    int32_t n_instance;
    int32_t *instance_of; /* [n_slot] -1 where absent */
    int32_t *slot_of;     /* [n_instance] segment slot */
    int32_t n_run;
    cell_stretch *stretch;   /* [n_run] */
    int32_t *first_instance; /* [n_run] */
    int32_t stride;          /* doubles from column to column of the mechanism's own */
    double **column;         /* [n_column] -> [n_instance]; states lie in y */
    int32_t n_pad;           /* instances that are pads */
    int32_t *pad;            /* [n_pad] ascending */
    double *own;             /* memory of the columns that do not lie in y and f */
    size_t n_own;            /* doubles */
    void **pointer; /* [n_instance * n_pointer] malloc'ed by the mechanism; or NULL */
    bool *lent;     /* ... but these point to variables */
    char *start; /* [n_instance * n_pointer] RANDOM variables when the cell was ready */
    double **constructed; /* [n_column] NULL, or what CONSTRUCTOR left */
    int32_t *point_of;    /* [n_instance] of a point process; else NULL */
    mec_run *run;         /* [n_run] */
    int32_t n_piece;      /* 0: taken as a whole */
    cell_piece *piece;
    int32_t first_equation; /* index into y of its n_state*stride states */
    int32_t n_synonym;
    cell_synonym *synonym;
    cell_diffusion *diffusion; /* NULL: nothing diffuses */
} cell_mech;

/* A mechanism with RANDOM variables that was inserted into a section. */
typedef struct cell_insertion {
    cell_mech *mech;
    int32_t section;
} cell_insertion;

/* A point process or ARTIFICIAL_CELL. */
typedef struct cell_point {
    cell_mech *mech;
    int32_t section; /* -1: no place */
    double x;
    int32_t order;    /* NEURON's node number */
    int32_t slot;     /* node slot; -1: no place */
    int32_t instance; /* in mech */
} cell_point;

/* A value that was set. */
typedef struct cell_setting {
    int32_t point, column;
    double value;
} cell_setting;

/* A POINTER that was set; names are copies. */
typedef struct cell_pointer {
    mec_probe owner, target;
    cell_mech *mech;
    int32_t pointer;
} cell_pointer;

/* A source of one sweep, on one node. */
typedef struct cell_source {
    bool voltage;    /* SEClamp, else IClamp */
    int32_t slot;    /* node slot */
    int32_t order;   /* NEURON's node number */
    int32_t made;    /* order of creation among its kind */
    double per_area; /* 100/area: nA -> mA/cm2 */
    mec_iclamp iclamp;
    mec_seclamp seclamp;
} cell_source;

/* A vector played into a clamp: NEURON's VecPlayContinuous. */
typedef struct cell_player {
    const mec_play *play;
    cell_source *source;
    int32_t bound; /* index of the point that the next event is for */
    int32_t last;  /* upper end of the interval used last */
    bool pending;  /* an event is queued for point `bound` */
} cell_player;

/* Work space of a simulation. Vectors of the variable step share one layout:
 * [zero-area nodes, padded][segments, padded][states]; y points to the segments. */
typedef struct cell_work {
    int32_t n_zero;     /* zero-area nodes */
    int32_t pad_zero;   /* ... rounded up to CELL_LANES */
    int32_t n_slot;     /* segments and their pads, full lanes */
    int32_t n_vector;   /* doubles of y: segments and states, pads included */
    int32_t n_equation; /* without pads */
    int32_t n_node;
    double *node_v; /* [pad_zero + n_vector] v of all nodes by slot, then states */
    double *y;      /* node_v + pad_zero */
    double *node_f; /* likewise: rhs of all nodes, then derivatives */
    double *f;      /* node_f + pad_zero */
    double *node_g; /* [node slots] sum of conductances, S/cm2 */
    double *node_d; /* [node slots] diagonal of the tree's matrix */
    double *history[CELL_N_HISTORY]; /* [n_vector] Nordsieck array */
    double *acor;                    /* [n_vector] accumulated correction */
    double *temp;                    /* [n_vector] */
    double atol;
    double *weight;      /* [n_vector] 1/(atol*scale) */
    bool same_weight;    /* all weights are equal */
    double *scale;       /* [n_vector] tolerance factor of each equation */
    int32_t *norm_order; /* [n_equation] index into y in NEURON's order */
} cell_work;

/* The tree by slots. */
typedef struct cell_tree {
    int32_t n_node;
    int32_t *slot;    /* [n_node] node slot of NEURON's node i */
    int32_t *parent;  /* [n_node] node slot of its parent; parent[0] = -1 */
    double *a, *b;    /* [n_node] in NEURON's order */
    double *area;     /* [node slots] um2 */
    double *diam;     /* [segment slots] um */
    double *cm;       /* [segment slots] uF/cm2 */
    double *cm_milli; /* [segment slots] 1e-3*cm */
    int32_t n_zero;
    int32_t *zero; /* [n_zero] NEURON's numbers of the zero-area nodes, ascending */
    int32_t n_zero_child;
    int32_t *zero_child; /* [n_zero_child] nodes whose parent is a zero-area node */
    cell_axial axial;
    cell_ends ends;
    bool *is_folded;      /* [n_node] ends of leaves that `folded` leaves out */
    cell_schedule whole;  /* all nodes */
    cell_schedule folded; /* without the ends of leaves */
} cell_tree;

struct mec_cell {
    const mec_morphology *morphology;
    const mec_catalogue *catalogue;
    mec_arena *arena;
    bool finished;
    bool simulated; /* variables hold values of a simulation */
    int32_t n_section, n_segment;
    int32_t *first_segment; /* [n_section + 1] in section order */
    double *ra;             /* [n_section] ohm cm */
    double *cm;             /* [n_segment] uF/cm2, section order */
    double v_init;          /* mV */
    double celsius;
    int32_t n_registered;
    double **global;       /* [n_registered] -> [n_global_values] */
    double **global_start; /* likewise: what they are when a sweep begins */
    int32_t n_mech;
    cell_mech **mech;      /* [n_registered] in order of evaluation after finish */
    int32_t source_before; /* sources are evaluated before mech[source_before] */
    int32_t n_diffusing;
    cell_mech *
        *diffusing; /* [n_diffusing] whose states diffuse, in order of registration */
    int32_t n_ion;
    cell_ion *ion; /* [n_ion] in order of registration */
    mec_geometry *geometry;
    int32_t *slot_of_segment; /* [n_segment] section order -> segment slot */
    int32_t n_slot;           /* segment slots, pads included */
    int32_t *segment_of_slot; /* [n_slot]; of a pad: the group's last segment */
    int32_t n_pad;
    int32_t *pad; /* [n_pad] segment slots that are pads */
    cell_tree tree;
    cell_work work;
    mec_env env;
    const cell_hot *hot; /* inner loops for this host */
    MEC_VEC(cell_point) point;
    MEC_VEC(cell_setting) setting; /* of points, in order */
    MEC_VEC(cell_pointer) link;
    MEC_VEC(cell_insertion) insertion;
    bool points_at_ends;  /* one sits on a zero-area node */
    double nowhere[5][2]; /* v, rhs, d, area and diam of what has no place */
};

/* --- where a name leads to (variable.c) --- */

typedef enum cell_place_kind {
    CELL_V,
    CELL_CM,
    CELL_RA,
    CELL_DIAM,
    CELL_AREA,
    CELL_COLUMN,
    CELL_ION
} cell_place_kind;

typedef struct cell_place {
    cell_place_kind kind;
    cell_mech *mech; /* CELL_COLUMN */
    int32_t column;  /* ... or the ion variable */
    int32_t ion;     /* CELL_ION */
} cell_place;

/* Find a range variable by its NEURON name. `section` limits the search to what is
 * inserted there; -1: anywhere. */
mec_status cell_find_variable(const mec_cell *cell, int32_t section, const char *name,
                              cell_place *place, mec_err *err);

/* Split "x[2]" into the length of "x" and the index; no bracket: index 0. */
size_t cell_split_index(const char *name, int64_t *index);

/* Address of the variable at a segment slot (or, for v, a node slot); NULL when the
 * segment has none. */
double *cell_variable_address(mec_cell *cell, const cell_place *place,
                              int32_t node_slot);

/* --- construction --- */

/* The inner loops for this host (build.c). */
const cell_hot *cell_host_loops(void);

mec_status cell_make_ions(mec_cell *cell, mec_err *err);    /* ion.c */
mec_status cell_promote_ions(mec_cell *cell, mec_err *err); /* ion.c */
mec_status cell_finish_ions(mec_cell *cell, mec_err *err);  /* ion.c */
void cell_sort_mechanisms(mec_cell *cell);                  /* node_order.c */
mec_status cell_order_nodes(mec_cell *cell, mec_err *err);  /* node_order.c */
mec_status cell_make_tree(mec_cell *cell, mec_err *err);    /* tree.c */
mec_status cell_make_work(mec_cell *cell, mec_err *err);    /* instance.c */
mec_status cell_new_mech(mec_cell *cell, int32_t registered, cell_mech **out,
                         mec_err *err); /* build.c */
/* An error that names the nearest mechanism (build.c). */
mec_status cell_no_such_mechanism(const mec_cell *cell, const char *name, mec_err *err);

/* Nodes of all points, before cell_make_work(); their instances of one mechanism; the
 * targets of POINTERs, after it; CONSTRUCTOR and DESTRUCTOR (point.c, pointer.c). */
mec_status cell_place_points(mec_cell *cell, mec_err *err);
mec_status cell_number_points(mec_cell *cell, cell_mech *mech, mec_err *err);
void cell_set_points(const mec_cell *cell, const cell_mech *mech);
mec_status cell_link_pointers(mec_cell *cell, mec_err *err);
mec_status cell_construct(mec_cell *cell, mec_err *err);

/* ---- random_variable.c ---- */
/* True if the mechanism has RANDOM variables. */
bool cell_has_random(const mec_mechanism_desc *desc);
/* Make the streams of all instances. */
mec_status cell_make_random(mec_cell *cell, mec_err *err);
/* Sweeps begin with the streams as they are now. */
void cell_keep_random(cell_mech *mech);
void cell_reset_random(const cell_mech *mech);
void cell_destruct(mec_cell *cell);
void cell_free_points(mec_cell *cell);

/* "Name at section(x)" of a point (point.c). */
const char *cell_point_text(const mec_cell *cell, int32_t point, char *text,
                            size_t size);

/* The kernel of a point failed: env.failure as an error (point.c). */
mec_status cell_point_failed(mec_cell *cell, const cell_point *point, mec_err *err);

/* "section, segment k" of a segment slot (assemble.c). */
const char *cell_slot_text(const mec_cell *cell, int32_t slot, char *text, size_t size);

/* The run that is a point. */
const mec_run *cell_point_run(const cell_point *point); /* event.c */

/* Add the points' currents and conductances on zero-area nodes (point.c). */
mec_status cell_add_end_points(cell_sweep *sweep, bool before_sources, mec_err *err);

/* n rounded up to full lanes. */
int32_t cell_pad(int32_t n);

/* wanted[pad] := wanted[the group's last segment], by segment slot (node_order.c). */
void cell_mark_pads(const mec_cell *cell, bool wanted[]);

/* x[pad] := 0 for the pads of a vector by segment slot (derivative.c). */
void cell_clear_pads(const mec_cell *cell, double x[]);

/* Stretches of consecutive set slots in wanted[n]. */
mec_status cell_find_stretches(mec_arena *arena, int32_t n, const bool wanted[],
                               int32_t *n_stretch, cell_stretch **stretch,
                               mec_err *err);

/* --- simulation --- */

/* Reset all variables to their start (finitialize without the first evaluation). */
mec_status cell_initialize(cell_sweep *sweep, double dt, int32_t secondorder,
                           bool implicit, mec_err *err); /* initialize.c */

/* Make the mechanisms' tables again where they are out of date (initialize.c). */
void cell_fill_tables(mec_cell *cell);

/* A mechanism's columns := what was set, else the declared values (initialize.c). */
void cell_reset_columns(mec_cell *cell, cell_mech *mech);

/* All globals, and with them the tables, to what they are when a sweep begins. */
void cell_reset_globals(mec_cell *cell);
/* What the globals are now is what they begin with from now on. */
void cell_keep_globals(mec_cell *cell);
/* Where the global NAME_SUFFIX of a loaded mechanism lives; NULL if there is none
 * (parameter.c). */
double *cell_mechanism_global(mec_cell *cell, const char *name, bool arrays);
/* Keep a value of one segment (in section order) for all sweeps (parameter.c). */
mec_status cell_preset_column(mec_cell *cell, cell_mech *mech, int32_t column,
                              int32_t segment, double value, mec_err *err);

/* Copy integrated concentrations into the ions' arrays. */
void cell_spread_concentrations(mec_cell *cell); /* ion.c */

/* All ion variables := defaults or what was set. */
void cell_reset_ions(mec_cell *cell);

/* NEURON's ion_init: global concentrations and Nernst potentials by style. */
void cell_init_ions(mec_cell *cell);

/* Nernst potentials after a mechanism's INITIAL wrote concentrations. */
void cell_refresh_reversal(mec_cell *cell, const cell_mech *mech);

/* The value that a variable of an ion has where nothing was set (mec_ion_variable). */
double cell_ion_start(const char *ion, int variable);

/* Is the name one of the ion's variables ("ena", "nai", "nao", "ina")? */
bool cell_is_ion_variable(const cell_ion *ion, const char *name, int *variable);

/* Ion currents := 0, reversal potentials := Nernst where they follow (ion.c). */
void cell_begin_ions(mec_cell *cell);

/* RT/zF of an ion, mV (ion.c). */
double cell_nernst_factor(const mec_cell *cell, int32_t ion);

/* LONGITUDINAL_DIFFUSION, after cell_make_work(): all states one step env.dt further;
 * diffusion of one mechanism's states added to their derivatives; its part of the linear
 * system, in place, with env.gamma (diffusion.c). */
mec_status cell_make_diffusion(mec_cell *cell, mec_err *err);
mec_status cell_diffuse(mec_cell *cell, mec_err *err);
mec_status cell_add_diffusion(mec_cell *cell, const cell_mech *mech, mec_err *err);
mec_status cell_solve_diffusion(mec_cell *cell, const cell_mech *mech, mec_err *err);
/* The variable step then needs dI/dV of ions. */
bool cell_diffusion_needs_didv(const mec_cell *cell);

/* Run one kernel of a mechanism on all its runs. */
mec_status cell_run_kernel(mec_cell *cell, const cell_mech *mech, mec_kernel kernel,
                           mec_err *err); /* assemble.c */

/* Membrane and axial currents into node_f, conductances into node_g, at env.t. */
mec_status cell_currents(cell_sweep *sweep, mec_err *err); /* assemble.c */

/* node_d := node_g + capacitance*cj - couplings, ends of leaves folded or not (tree.c). */
void cell_diagonal(cell_sweep *sweep, double cj, bool fold);

/* --- events (event.c) --- */

typedef struct cell_events cell_events;
extern const mec_events event_host; /* event_host.c */

mec_status cell_make_events(cell_sweep *sweep, mec_err *err);
void cell_free_events(cell_sweep *sweep);

/* Connections' INITIAL blocks, given times; after all INITIAL blocks. */
mec_status cell_start_events(cell_sweep *sweep, mec_err *err);

/* Time of the next event, HUGE_VAL if there is none. */
double cell_next_event(const cell_sweep *sweep);

/* Thresholds and WATCHes as things stand at t; connections from thresholds that were
 * passed get their events by `later` ms later. Only where there are events. */
void cell_check_events(cell_sweep *sweep, double t, double later);

/* Deliver what is due, with env.t set to each event's time. */
mec_status cell_deliver_events(cell_sweep *sweep, double until, mec_err *err);

/* From now on a function is called before an event reaches a point process; it then does
 * not set env.t. */
void cell_begin_integration(cell_sweep *sweep, void *arg,
                            mec_status (*before)(void *arg, mec_err *err));

/* The next time after t that a mechanism gives to at_time(), or t + 1e5. `asked`: there is
 * such a mechanism; f was then evaluated. */
mec_status cell_next_discontinuity(cell_sweep *sweep, double t, bool *asked,
                                   double *next, mec_err *err);

/* Set cm of a segment, given in section order (tree.c). */
void cell_set_cm(mec_cell *cell, int32_t segment, double cm);

/* Order of elimination without the marked nodes, NULL: of all (schedule.c). */
mec_status cell_make_schedule(mec_cell *cell, const bool left_out[],
                              cell_schedule *schedule, mec_err *err);

/* Voltages of zero-area nodes from their neighbours (tree.c). */
mec_status cell_zero_area_voltages(cell_sweep *sweep, mec_err *err);

/* Add the sources' currents to rhs and conductances to g at time t, both by node slot;
 * sources on slots below `end` only (stimulus.c). */
void cell_add_sources(cell_sweep *sweep, double t, int32_t end, double rhs[],
                      double g[]);

/* First edge of a source after t0 (ms), or t0 + 1e5 (stimulus.c). */
double cell_next_edge(const cell_sweep *sweep, double t0);

/* Start the players; the next event of any; deliver those at or before t; set the
 * clamps' amplitudes for time t (play.c). */
mec_status cell_make_players(cell_sweep *sweep, mec_err *err);
void cell_start_players(cell_sweep *sweep);
double cell_next_play(const cell_sweep *sweep);
bool cell_deliver_plays(cell_sweep *sweep, double t);
void cell_play(cell_sweep *sweep, double t);

/* Fill sweep->spec->save with the present state, or take it from spec->resume
 * (checkpoint.c). */
mec_status cell_save(cell_sweep *sweep, double t, mec_err *err);
mec_status cell_resume(cell_sweep *sweep, double *t, mec_err *err);

mec_status cell_make_sources(cell_sweep *sweep, mec_err *err);     /* stimulus.c */
mec_status cell_make_record(cell_sweep *sweep, mec_err *err);      /* record.c */
mec_status cell_record(cell_sweep *sweep, double t, mec_err *err); /* record.c */

/* Address of what a probe names (record.c). */
mec_status cell_find_probe(mec_cell *cell, const mec_probe *probe, double **address,
                           mec_err *err);
/* Column of a point's variable, -1 if there is none (point.c). */
int32_t cell_point_column(const mec_mechanism_desc *desc, const char *name);

/* Append n samples taken earlier (record.c). */
mec_status cell_record_past(cell_sweep *sweep, size_t n, const double t[],
                            double *const value[], mec_err *err);
mec_status cell_record_finish(cell_sweep *sweep, mec_traces *out, mec_err *err);
void cell_record_free(cell_sweep *sweep);

mec_status cell_run_fixed(cell_sweep *sweep, mec_err *err);    /* step_fixed.c */
mec_status cell_run_variable(cell_sweep *sweep, mec_err *err); /* step_variable.c */

/* Describe the first variable that is not finite, else report `what` (trouble.c). */
mec_status cell_trouble(cell_sweep *sweep, double t, const char *what, mec_err *err);

/* CPU time counts from here (trouble.c). */
void cell_start_clock(cell_sweep *sweep);

/* Count a step against the sweep's budgets (trouble.c). */
mec_status cell_spend(cell_sweep *sweep, double t, mec_err *err);

typedef struct cell_recorder {
    size_t n, capacity;
    double *t;        /* [capacity] */
    double **value;   /* [n_probe] -> [capacity] */
    double **address; /* [n_probe] */
    double *latest;   /* [n_probe] for the watch */
    bool assigned;    /* a probe needs f to have been evaluated at the sample */
} cell_recorder;

struct cell_sweep {
    mec_cell *cell;
    const mec_sweep *spec;
    mec_arena *arena;
    int32_t n_source;
    cell_source *source;  /* in order of evaluation */
    cell_player *player;  /* [spec->n_play] */
    bool sources_at_ends; /* a source sits on a zero-area node */
    cell_recorder record;
    cell_events *events; /* NULL: there are none */
    int64_t n_step;
    double cpu_start; /* s */
    bool stopped;     /* by the watch */
};

/* --- the variable step (bdf_*.c) --- */

static const double CELL_MAX_STEP_INVERSE = 1e-9; /* 1/ms, NEURON's maxstep */

/* State of the integrator: variable-order, variable-step BDF in Nordsieck form, with the
 * step and order control of CVODE (Cohen & Hindmarsh 1996; Byrne & Hindmarsh 1975) as
 * NEURON 8.2.7 uses it. The history is in cell_work. */
typedef struct cell_bdf {
    cell_sweep *sweep;
    double t;       /* ms, the time that the history stands at */
    double h;       /* ms, present step */
    double next_h;  /* ms, step proposed for the next one */
    double scale_h; /* ms, step that the history is scaled for */
    double last_h;  /* ms, last step that succeeded */
    double eta, eta_max;
    double gamma, last_gamma, gamma_ratio, rl1; /* ms; rl1 = 1/l[1] */
    double crate;                               /* convergence rate of Newton */
    double l[CELL_MAX_ORDER + 2];
    double tq[6];                   /* test quantities, tq[1..5] */
    double tau[CELL_MAX_ORDER + 2]; /* ms, previous steps, tau[1..] */
    double saved_tq5;
    double correction; /* norm of acor */
    bool exact;        /* ... summed in NEURON's order */
    bool pending;      /* acor is still to be added to the history */
    bool keep;         /* ... and to become history[CELL_MAX_ORDER] thereafter */
    double stop;       /* ms, the integrator does not step beyond */
    double reached; /* ms, the end of the last step; t may have been snapped to stop */
    int q, next_q, wait;
    int64_t n_step, setup_step; /* since the restart */
    bool current;               /* the "setup" belongs to this attempt */
    bool has_memory;            /* evaluating f twice at one y may give two results */
} cell_bdf;

/* How an attempt to solve for a step follows another one. */
typedef enum cell_attempt {
    CELL_FIRST_TRY,
    CELL_AFTER_ERROR_TEST,
    CELL_AFTER_NO_CONVERGENCE
} cell_attempt;

/* The step that mechanisms see: h ms, or a tiny one while the integrator has none
 * (derivative.c). */
void cell_set_step(mec_cell *cell, double h);

/* f(t, y): derivatives of cell_work.y into cell_work.f (derivative.c). */
mec_status cell_derivative(cell_sweep *sweep, double t, double h, mec_err *err);

/* One Newton iteration: x := solution of (I - gamma J) x = gamma f(t, y) - (rl1 z1 +
 * acor) into cell_work.f, acor += x, y := z0 + acor. Adds to sum[] the squares of x and
 * acor in units of the tolerance. `first`: acor is zero (derivative.c). */
mec_status cell_newton_correct(cell_bdf *bdf, bool first, double sum[2], mec_err *err);

/* A mechanism's kernel by its offset in mec_kernels (assemble.c). */
const mec_kernel *cell_kernel_at(const cell_mech *mech, size_t offset);

/* Weighted root mean square, summed in NEURON's order (bdf_vector.c). */
double cell_norm(const cell_work *work, const double x[]);

/* Weights for sums by lanes from an element on; NULL (ones) where all are equal, then
 * cell_norm_of_sum() applies them (bdf_vector.c). */
const double *cell_lane_weight(const cell_work *work, int32_t first);

/* The norm that a sum of squares stands for (bdf_vector.c). */
double cell_norm_of_sum(const cell_work *work, double sum);

/* Could another order of summation put x on the other side (bdf_newton.c)? */
bool cell_is_close(double x, double threshold);

/* Restart at the present y (bdf.c). `stop` is found by the caller. */
void cell_bdf_restart(cell_bdf *bdf, double t, double stop);

/* One internal step; y, t are those reached (bdf.c). */
mec_status cell_bdf_step(cell_bdf *bdf, mec_err *err);

/* y := interpolated at t (bdf_vector.c). */
void cell_bdf_interpolate(cell_bdf *bdf, double t);

/* First step: f, initial h (bdf_start.c). */
mec_status cell_bdf_start(cell_bdf *bdf, mec_err *err);

/* l[] and tq[] for the present order and steps (bdf_order.c). */
void cell_bdf_coefficients(cell_bdf *bdf);

/* Change the order by +1 or -1 in the history (bdf_order.c). */
void cell_bdf_change_order(cell_bdf *bdf, int change);

/* Choose the next step and order after a success (bdf_order.c). */
void cell_bdf_choose(cell_bdf *bdf);

/* Local error of the attempt in units of the tolerance (bdf_newton.c). */
double cell_bdf_error(cell_bdf *bdf, bool exact);

/* Add the pending correction to the history (bdf_vector.c). */
void cell_bdf_flush(cell_bdf *bdf);

/* history[j] *= eta^j, h := h*eta (bdf_vector.c). */
void cell_bdf_rescale(cell_bdf *bdf);

/* Advance t and predict by Pascal's triangle, rescaling before if asked; y := prediction.
 * Restore undoes the prediction (bdf_vector.c). */
void cell_bdf_predict(cell_bdf *bdf, bool rescale);
void cell_bdf_restore(cell_bdf *bdf);

/* Solve the nonlinear system; *solved false when it does not converge (bdf_newton.c). */
mec_status cell_bdf_newton(cell_bdf *bdf, cell_attempt attempt, bool *solved,
                           mec_err *err);

#endif
