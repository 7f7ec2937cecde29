#ifndef MECOMBO_MECHANISM_ABI_H
#define MECOMBO_MECHANISM_ABI_H

/** The border between compiled mechanisms and mecombo.
 *
 * The NMODL compiler copies this text into every C file that it writes, so a cached
 * file stands alone; hence no include but <stdint.h> and <stddef.h>.
 *
 * Data are structures of arrays. A *column* is one range variable over all instances of
 * one mechanism in one cell (an array variable x[3] takes three columns in a row). A
 * *run* is a stretch of instances that sit on consecutive nodes: every array that a
 * kernel sees is then contiguous, so kernels need no index and vectorise. The host
 * stores nodes so that runs are long and calls each kernel once per run.
 *
 * Units: mV, ms, mM, um, um2, nA (point processes), mA/cm2 and S/cm2 (densities).
 */

#include <stddef.h>
#include <stdint.h>

#define MEC_ABI_VERSION 8

struct mec_run;

/* What the host does for mechanisms with events. Each run of a point process or
 * ARTIFICIAL_CELL is one instance. */
typedef struct mec_events {
    /* An event for the instance itself at t; weight: the arguments that NET_RECEIVE gets */
    void (*send)(const struct mec_run *run, double *weight, double t, double flag);
    /* The instance's queued event with flag 1 moves to t. */
    void (*move)(const struct mec_run *run, double t);
    /* An event at t for all that the instance is connected to */
    void (*event)(const struct mec_run *run, double t);
    /* Begin to watch condition k; is_first: forget all watched so far. */
    void (*watch)(const struct mec_run *run, int32_t k, int32_t is_first, double flag);
    /* The weights of all connections to the instance; returns their number. */
    int32_t (*connections)(const struct mec_run *run, double *const **weight);
    /* A discontinuity at t: 1 if that is now. */
    int32_t (*at_time)(const struct mec_run *run, double t);
} mec_events;

/* What the simulation shares with every kernel. */
typedef struct mec_env {
    double t;          /* ms; t+dt/2 in current kernels of the fixed step, as NEURON */
    double dt;         /* ms; step of the state kernels */
    double celsius;    /* degrees C */
    double gamma;      /* ms; BDF coefficient in solve kernels */
    int32_t implicit;  /* 1 while the variable step integrator runs */
    int32_t want_didv; /* 1 if ion dI/dV is to be accumulated (secondorder 2) */
    const char *failure; /* set by a kernel that returns non-zero; static text */
    void *host;          /* for callbacks: the host's simulation */
    int32_t variable_step_active; /* 1 if the sweep is a variable step one */
    int32_t secondorder;          /* fixed step: 0, 1 or 2 */
    uint32_t scop_random;         /* scop_random()'s last value; 1 at the start */
    int32_t untouched;       /* 1: no kernel ran yet, copies of ions' variables are 0 */
    int32_t discontinuities; /* 1: state_discontinuity() outside NET_RECEIVE works */
    const mec_events *events; /* never NULL */
    int32_t element;          /* of the STATE that a diffusion's kernel is about */
} mec_env;

/* One stretch of instances on consecutive nodes. */
typedef struct mec_run {
    int32_t n;             /* instances */
    mec_env *env;          /* shared */
    double *global;        /* [n_global_values] GLOBAL and plain PARAMETER values */
    double *v;             /* [n] mV, node potential; read-only for kernels */
    double *const *column; /* [n_column] -> [n] */
    double *const *ion;    /* [n_ion_ref] -> [n] the node's ion variables */
    double *rhs;           /* [n] mA/cm2: current kernels subtract their current */
    double *d;             /* [n] S/cm2: current kernels add dI/dV */
    const double *area;    /* [n] um2 */
    const double *diam;    /* [n] um */
    void **instance; /* [n] per-instance pointers (random streams ...); may be NULL */
    int32_t point;   /* the host's number of the point process; -1: a density */
    double *const *external; /* [n_external] -> other mechanisms' globals, per cell */
} mec_run;

/* Returns 0, or 1 + index of the failing instance with env->failure set. */
typedef int32_t (*mec_kernel)(const mec_run *run);

typedef struct mec_kernels {
    mec_kernel init;       /* INITIAL, states set to their x0 first */
    mec_kernel current;    /* BREAKPOINT without SOLVE: I(v+.001), I(v), rhs, d, ions */
    mec_kernel state;      /* SOLVE for one fixed step env->dt, with the new v */
    mec_kernel derivative; /* x' of every state into its derivative column */
    mec_kernel solve; /* derivative columns hold b: replace by b/(1-gamma*dx'/dx) */
    mec_kernel before_breakpoint;
    mec_kernel after_solve;
    mec_kernel before_step;
    mec_kernel before_initial;
    mec_kernel after_initial;
    mec_kernel construct; /* CONSTRUCTOR, once per instance */
    mec_kernel destruct;
    /* Fills the tables that are out of date with what the run's first instance holds;
     * called for the first run before INITIAL blocks and before each fixed step. Cannot
     * fail. */
    mec_kernel tables;
    mec_kernel synonym; /* variable step: concentrations that follow from states */
} mec_kernels;          /* NULL where the mechanism has no such part */

enum { MEC_ISA_BASELINE, MEC_ISA_AVX2, MEC_ISA_AVX512, MEC_N_ISA };

typedef enum mec_mechanism_kind {
    MEC_DENSITY,
    MEC_POINT_PROCESS,
    MEC_ARTIFICIAL_CELL
} mec_mechanism_kind;

typedef enum mec_column_kind {
    MEC_COLUMN_PARAMETER,  /* RANGE PARAMETER */
    MEC_COLUMN_ASSIGNED,   /* ASSIGNED, RANGE or not */
    MEC_COLUMN_STATE,      /* integrated or otherwise kept STATE */
    MEC_COLUMN_DERIVATIVE, /* derivative of a STATE; becomes the BDF right-hand side */
    MEC_COLUMN_INTERNAL    /* compiler's own storage */
} mec_column_kind;

typedef struct mec_column_desc {
    const char *name; /* as in the .mod text; derivative of m is "Dm" */
    const char *unit; /* "" when none */
    double value;     /* default; for a STATE its x0 */
    int32_t length;   /* 1, or the array length; takes that many columns */
    int32_t column;   /* first column */
    int32_t kind;     /* mec_column_kind */
    int32_t visible;  /* 1 if users can name it (RANGE, STATE, x of SUFFIX) */
    double scale;     /* STATE: absolute tolerance factor, 1 by default */
} mec_column_desc;

typedef struct mec_global_desc {
    const char *name;
    const char *unit;
    double value;
    int32_t length;
    int32_t offset; /* into mec_run.global */
} mec_global_desc;

typedef enum mec_ion_variable {
    MEC_ION_E,    /* mV */
    MEC_ION_CI,   /* mM */
    MEC_ION_CO,   /* mM */
    MEC_ION_I,    /* mA/cm2; kernels add to it */
    MEC_ION_DIDV, /* S/cm2; kernels add to it where env->want_didv */
    MEC_N_ION_VARIABLE
} mec_ion_variable;

typedef struct mec_ion_use {
    const char *ion; /* "ca" */
    double valence;  /* 0 when the text gives none */
    int32_t reads;   /* bit (1 << mec_ion_variable) */
    int32_t writes;  /* likewise */
} mec_ion_use;

typedef struct mec_ion_ref {
    int32_t use;      /* index into ions */
    int32_t variable; /* mec_ion_variable */
} mec_ion_ref;

typedef struct mec_state_desc {
    int32_t column;     /* a STATE column */
    int32_t derivative; /* its DERIVATIVE column */
    int32_t ion_ref; /* -1; else the state is this ion variable (cai): kernels read it
                           through the ion reference and write both, so the variable step
                           must copy the state into the ion before it evaluates */
} mec_state_desc;

/* What a diffusion's kernel leaves in three columns, in this order. */
enum {
    MEC_DIFFUSION_VOLUME,  /* COMPARTMENT's volume per length, um2 */
    MEC_DIFFUSION_PRODUCT, /* coefficient times cross section, um4/ms */
    MEC_DIFFUSION_SLOPE,   /* d(flux)/d(current) times dI/dV; 0 without such a flux */
    MEC_N_DIFFUSION_TERM
};

/* LONGITUDINAL_DIFFUSION of a STATE: all its elements diffuse alike along the cell. */
typedef struct mec_diffusion_desc {
    int32_t column;     /* first of the STATE's columns */
    int32_t derivative; /* first of its DERIVATIVE columns; -1: it is not integrated */
    int32_t length;     /* elements */
    int32_t ion_ref;    /* -1; else the state is this ion variable, which diffuses */
    int32_t current; /* -1; else index into ions: that ion's current feeds the state */
    /* Terms of element env->element, to the columns from diffusion_column on */
    mec_kernel coefficients;
} mec_diffusion_desc;

/* A PROCEDURE or FUNCTION that users may call on one instance, as h.setdata and a call do
 * in NEURON. Returns the FUNCTION's value, 1 for a PROCEDURE. */
typedef struct mec_procedure_desc {
    const char *name;   /* as in the .mod text */
    int32_t n_argument; /* -1: any number */
    double (*call)(const mec_run *run, int32_t i_instance, int32_t n_argument,
                   const double *argument);
} mec_procedure_desc;

/* NET_RECEIVE. Each function is about one instance, run->n is 1. */
typedef struct mec_net_desc {
    int32_t n_weight;    /* arguments */
    int32_t n_watch;     /* WATCH conditions */
    int32_t sends_event; /* 1: has net_event() */
    /* Returns 0, or 1 with env->failure set. */
    int32_t (*receive)(const mec_run *run, double *weight, double flag);
    int32_t (*init)(const mec_run *run, double *weight); /* NULL: no INITIAL block */
    double (*watch)(const mec_run *run, int32_t k);      /* > 0: condition k holds */
} mec_net_desc;

typedef struct mec_mechanism_desc {
    int32_t abi_version;        /* MEC_ABI_VERSION */
    int32_t kind;               /* mec_mechanism_kind */
    const char *name;           /* SUFFIX or POINT_PROCESS name */
    const char *file;           /* name of the .mod file, without directories */
    const char *const *methods; /* [n_method] "cnexp", "derivimplicit", ... */
    const mec_column_desc *columns;
    const mec_global_desc *globals;
    const mec_ion_use *ions;
    const mec_ion_ref *ion_refs;
    const mec_state_desc *states; /* [n_state] integrated states, NEURON's order */
    int32_t n_method, n_variable, n_column, n_global, n_global_values, n_ion, n_ion_ref,
        n_state;
    int32_t electrode_current;             /* 1: ELECTRODE_CURRENT signs */
    int32_t variable_step_refused;         /* 1: cannot run under the variable step */
    const mec_kernels *kernels[MEC_N_ISA]; /* NULL where not compiled */
    /* The same with free rounding: rates and currents rearranged, multiply-add,
     * reciprocals. Not in NEURON's bits, and faster. */
    const mec_kernels *free_kernels[MEC_N_ISA];
    int32_t n_pointer; /* POINTER and BBCOREPOINTER variables, per instance */
    int32_t n_procedure;
    const char *const *pointers;          /* [n_pointer] names */
    const mec_procedure_desc *procedures; /* [n_procedure] */
    int32_t currents_lag; /* 1: BREAKPOINT reads what DERIVATIVE assigned last */
    /* [n_pointer] 1: the mechanism reads it, it must be set; 2: a RANDOM variable, a
     * stream that the host makes */
    const uint8_t *required;
    const mec_net_desc *net; /* NULL: no NET_RECEIVE */
    int32_t one_by_one;      /* 1: kernels have effects beyond their instance */
    int32_t uses_at_time;    /* 1: calls at_time() */
    int32_t n_external;
    const char *const *externals; /* [n_external] EXTERNAL names: GLOBAL_SUFFIX */
    int32_t remembers; /* 1: has state outside of its columns (globals, steps) */
    int32_t n_diffusion;
    int32_t diffusion_column;             /* first of MEC_N_DIFFUSION_TERM */
    const mec_diffusion_desc *diffusions; /* [n_diffusion] in order of the text */
} mec_mechanism_desc;

/* What of a run, beside columns and ions, a kernel uses. */
enum { MEC_USES_V = 1, MEC_USES_AREA = 2, MEC_USES_DIAM = 4, MEC_USES_RHS = 8 };

/* Columns and ion references, and five, may not be more in a vector kernel. */
enum { MEC_MAX_ARRAYS = 256 };

/* What mecombo lends to every mechanism. */
typedef struct mec_host {
    int32_t abi_version; /* MEC_ABI_VERSION */
    /* exp of n vectors of four [0] or eight [1] doubles, aligned, in place, cut off at
     * +-700: libm's bits, or within 3 ulp. */
    void (*exp_exact[2])(double *x, int n);
    void (*exp_quick[2])(double *x, int n);
    /* The same for x^y, in place of x, with libm's bits. */
    void (*pow_exact[2])(double *x, const double *y, int n);
    /* Run a vector kernel on the last instances from `first` on, fewer than `width`.
     * `column` and `ion` list what it uses and end with -1; what: MEC_USES_... */
    void (*tail)(const mec_run *run, int first, const short *column, const short *ion,
                 int what, int width, void (*block)(const mec_run *run, int n));
    /* Random123 streams (Philox4x32-10), NEURON's keys and counters. A stream is one
     * malloc'ed block, freed with free(). */
    void *(*stream_new)(uint32_t id1, uint32_t id2, uint32_t id3);
    void (*stream_free)(void *stream);
    void (*stream_seek)(void *stream, uint32_t sequence, int32_t which);
    void (*stream_tell)(const void *stream, uint32_t *sequence, int32_t *which);
    void (*stream_ids)(const void *stream, uint32_t id[3]);
    double (*stream_uniform)(void *stream); /* in (0, 1) */
    double (*stream_normal)(void *stream);
    uint32_t (*stream_integer)(void *stream);                   /* all 32 bits */
    void (*stream_set_ids)(void *stream, const uint32_t id[3]); /* the block stays */
} mec_host;

/* The one exported symbol of a mechanism's shared object. NULL if the ABI versions differ. */
typedef const mec_mechanism_desc *(*mec_mechanism_entry)(const mec_host *host);
#define MEC_MECHANISM_ENTRY "mec_mechanism_describe"

#endif
