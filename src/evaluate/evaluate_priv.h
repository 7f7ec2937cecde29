#ifndef MECOMBO_EVALUATE_PRIV_H
#define MECOMBO_EVALUATE_PRIV_H

#include <mecombo/cell.h>
#include <mecombo/efeature.h>
#include <mecombo/emodel.h>
#include <mecombo/evaluate.h>
#include <mecombo/text.h>
#include <mecombo/vec.h>

/* A parameter with its value for this evaluation. */
typedef struct bound_parameter {
    bool known;
    double value;
    const char *text; /* Python's str() of the value, for distributions */
} bound_parameter;

/* A response with the settings of a feature; features that agree on them share it. */
typedef struct feature_trace {
    const mec_feature *feature; /* whose settings these are */
    mec_efeature_trace *trace;
} feature_trace;

/* What a protocol left under a name: a trace, a number, or nothing. */
typedef struct response {
    const char *name;
    bool is_number;
    bool exists; /* false: location missing or sweep failed (Python's None) */
    double number;
    size_t n;
    const double *t, *v;
    MEC_VEC(feature_trace) shared;
} response;

/* How Stoch mechanisms behave in a sweep. */
typedef enum stochasticity {
    STOCH_AS_DECLARED,
    STOCH_DETERMINISTIC,
    STOCH_RANDOM /* SSCx stochkv_det false */
} stochasticity;

/* The state at the first stimulus edge of a sweep, for others with the same past. */
typedef struct shared_past {
    mec_checkpoint *checkpoint; /* owned; NULL: unused */
    mec_sweep sweep;            /* the sweep that saved it, with the arrays below */
    mec_iclamp *clamp;          /* owned */
    mec_probe *probe;           /* owned */
    double edge_ms;
} shared_past;

enum { N_PAST = 4 };

/* One evaluation under way. */
typedef struct evaluation {
    const mec_job *job;
    mec_arena *arena; /* everything that ends with the evaluation */
    mec_emodel *model;
    mec_catalogue *catalogue;
    mec_morphology *morphology;
    mec_cell *cell;
    const mec_json *params;   /* what was given: object name -> number, or NULL */
    bound_parameter *bound;   /* [model->n_parameter] */
    stochasticity stochastic; /* of Stoch mechanisms at the moment */
    MEC_VEC(response) responses;
    const char *class_; /* of the failure, once there is one */
    double started_s;   /* CPU clock */
    shared_past past[N_PAST];
    size_t i_past; /* sweeps that have saved their state */
    int64_t n_sweep, n_step, n_sample;
    char package_key[65], morphology_key[65], mechanisms_key[65], job_key[65];
} evaluation;

/* The currents that a protocol is run with. */
typedef struct currents {
    bool has_step, has_holding; /* false: as the protocol says */
    double step_na, holding_na;
    bool brief; /* the short form of the threshold search */
} currents;

/* When a sweep of a search may end early, because its answer is known. */
typedef struct early_end {
    double after_ms; /* once this time has passed; 0: never */
    bool spike;      /* once the first recording has spiked and repolarised */
} early_end;

/* Record the class of a failure and return st. */
mec_status evaluation_fail(evaluation *e, const char *class_, mec_status st);

/* CPU seconds used by this process. */
double evaluation_clock(void);

/* evaluate.c: read the package, its mechanisms and parameters. */
mec_status evaluation_load(evaluation *e, mec_err *err);

/* Free everything of an evaluation. */
void evaluation_release(evaluation *e);

/* params.c: fit the job's parameters into the model's. */
mec_status params_bind(evaluation *e, const mec_json *params, mec_err *err);
mec_status params_find_own(evaluation *e, const mec_json **out, mec_err *err);

/* build.c: morphology to cell with mechanisms and parameters. */
mec_status build_morphology(evaluation *e, mec_err *err);
mec_status build_cell(evaluation *e, mec_err *err);

/* build.c: end the construction of the cell; refuses what cannot be simulated. */
mec_status build_finish(evaluation *e, mec_err *err);

/* stochastic.c: say to Stoch mechanisms what they are to be, and seed their streams. */
mec_status stochastic_set(evaluation *e, stochasticity mode, mec_err *err);

/* place.c: find a point of the cell. *section is -1 when the place does not exist on this
 * morphology (a recording there is left out). */
mec_status place_find(evaluation *e, const mec_place *place, int32_t *section,
                      double *x, mec_err *err);

/* past.c: let a sweep resume where one with the same past has saved its state, or save
 * its own. Returns the entry that is being saved, NULL if none; a sweep that fails must
 * clear it. */
shared_past *past_use(evaluation *e, mec_sweep *sweep);
void past_clear(shared_past *past);

/* sweep.c: run a protocol once and record its first recording, the soma. */
mec_status sweep_run(evaluation *e, const mec_protocol *p, const currents *c,
                     const early_end *early, mec_arena *arena, mec_traces *traces,
                     bool *failed, mec_err *err);

/* Run a protocol and keep its recordings as responses. */
mec_status sweep_keep(evaluation *e, const mec_protocol *p, const currents *c,
                      mec_err *err);

/* When the steps of a protocol begin and end. */
double sweep_stim_start(const mec_protocol *p);
double sweep_stim_end(const mec_protocol *p);

/* Number of pulses that are steps. */
size_t sweep_n_step(const mec_protocol *p);

/* response.c */
response *response_find(evaluation *e, const char *name);
mec_status response_set_trace(evaluation *e, const char *name, bool exists, size_t n,
                              const double *t, const double *v, mec_err *err);
mec_status response_set_number(evaluation *e, const char *name, bool exists,
                               double value, mec_err *err);
void responses_clear(evaluation *e);

/* feature.c: values of a feature of the responses; `exists` false where Python has None.
 */
mec_status feature_values(evaluation *e, const mec_feature *f,
                          mec_efeature_values *values, mec_err *err);

/* The mean of a feature; exists is false where there is none. */
mec_status feature_mean(evaluation *e, const mec_feature *f, bool *exists, double *mean,
                        mec_err *err);

/* The mean of a feature of a trace with eFEL's default settings. */
mec_status feature_of_trace(mec_arena *arena, const char *name, double stim_start_ms,
                            double stim_end_ms, size_t n, const double *t,
                            const double *v, bool *exists, double *mean, mec_err *err);

mec_status objective_score(evaluation *e, const mec_objective *o, double *score,
                           mec_err *err);

/* main_algorithm.c */
mec_status main_run(evaluation *e, mec_err *err);

/* True when the job wants the protocol. */
bool evaluation_wants(const evaluation *e, const char *protocol);

/* traces.c: write the responses to HDF5. */
mec_status traces_write(evaluation *e, mec_err *err);

/* key.c */
mec_status key_of_package(evaluation *e, mec_err *err);
/* Set job_key; needs the keys of package and morphology. */
mec_status key_of_job(evaluation *e, mec_err *err);
mec_status key_of_file(const char *path, char out[65], mec_err *err);

#endif
