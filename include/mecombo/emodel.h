#ifndef MECOMBO_EMODEL_H
#define MECOMBO_EMODEL_H

/** E-models: what a package says, in one neutral form whatever its files look like.
 *
 * A package is a folder. Its form is recognised in this order:
 *  1. setup/emodel.json: mecombo's own declarative form, BluePyOpt's vocabulary as JSON
 *     (schema: src/emodel/own.c);
 *  2. config/recipes/recipes.json: the form of SSCxEModelExamples;
 *  3. config/recipes.json: BluePyEModel;
 *  4. config/{parameters,mechanisms,protocols,features}.json: BluePyOpt's l5pc example.
 * A package with Python only is refused; scripts/export_emodel.py turns it into form 1.
 *
 * The model knows nothing of morphologies or simulations; `evaluate` brings it to life.
 */

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <mecombo/json.h>
#include <stdint.h>

/** Where in a file something was said. */
typedef struct mec_origin {
    const char *file;
    int line; /* 1-based; 0: nowhere in particular */
} mec_origin;

/** How a point of a cell is named. */
typedef enum mec_place_kind {
    MEC_PLACE_LIST_INDEX,     /* index-th section of the lists, at x */
    MEC_PLACE_DISTANCE,       /* BluePyOpt: last section of the lists that spans
                                 distance_um from soma(0.5), ends included */
    MEC_PLACE_DISTANCE_FIRST, /* SSCx: first one; the distance may not exceed that of the
                                 section's 1-end */
    MEC_PLACE_APICAL,         /* BluePyOpt: the same on the way from section `index` of
                                 the list to the soma */
    MEC_PLACE_APICAL_POINT,   /* SSCx: on the way from the job's apical section */
    MEC_PLACE_TRUNK           /* BluePyOpt: on the way from the section whose end lies
                                 farthest along `direction` */
} mec_place_kind;

typedef struct mec_place {
    const char *name;
    mec_place_kind kind;
    unsigned lists; /* section lists, bits as MEC_LIST_ in morphology.h */
    int32_t index;  /* -1: none given */
    double x;       /* 0..1 */
    double distance_um;
    double direction[3]; /* all 0: farthest from the origin of coordinates */
    mec_origin origin;
} mec_place;

/** A mechanism inserted into section lists. */
typedef struct mec_emodel_mechanism {
    const char *name; /* of the object, "NaTg.axonal" */
    const char *suffix;
    unsigned lists;
    bool deterministic; /* of mechanisms with "Stoch" in their suffix */
    mec_origin origin;
} mec_emodel_mechanism;

/** How the value of a range parameter depends on the distance from the soma. */
typedef struct mec_distribution {
    const char *name;
    const char *expression; /* Python, with {distance}, {value}, {own parameters} */
    double soma_x;          /* distances count from soma(soma_x) */
    size_t n_parameter;
    const char **parameter; /* [n_parameter] */
    mec_origin origin;
} mec_distribution;

typedef enum mec_parameter_kind {
    MEC_PARAMETER_GLOBAL,      /* h.<variable> = value */
    MEC_PARAMETER_SECTION,     /* section.<variable> = multiplier*value + offset */
    MEC_PARAMETER_RANGE,       /* the same per segment, or by a distribution */
    MEC_PARAMETER_DISTRIBUTION /* a parameter of a distribution */
} mec_parameter_kind;

typedef struct mec_emodel_parameter {
    const char *name;     /* of the object, "gNaTgbar_NaTg.axonal" */
    const char *variable; /* "gNaTgbar_NaTg" */
    mec_parameter_kind kind;
    unsigned lists;
    int32_t distribution;      /* index; -1: uniform */
    double multiplier, offset; /* of the uniform scaler: 1 and 0 */
    bool frozen;               /* value is fixed; else it comes from outside */
    double value;
    bool is_integer; /* value was written as an integer (matters when substituted) */
    bool has_bounds;
    double lower, upper;
    mec_origin origin;
} mec_emodel_parameter;

/** A square current pulse, or a current that is played point by point. */
typedef struct mec_pulse {
    const mec_place *place;
    size_t n_point; /* > 0: played from t = 0 to total_ms, linear between points */
    const double *point_ms, *point_na; /* [n_point] */
    bool has_amp;                      /* false: a search or the threshold decides */
    double amp_na;
    double delay_ms, duration_ms, total_ms;
} mec_pulse;

typedef struct mec_recording {
    const char *name; /* of the response, "mm.bAP.dend1.v" */
    const mec_place *place;
    const char *variable;
} mec_recording;

typedef enum mec_protocol_kind {
    MEC_PROTOCOL_SWEEP,           /* pulses as they are */
    MEC_PROTOCOL_STEP,            /* SSCx: steps and an optional holding pulse */
    MEC_PROTOCOL_THRESHOLD_STEP,  /* amplitudes from the threshold current */
    MEC_PROTOCOL_THRESHOLD_SEARCH /* SSCx: template of the search for the threshold */
} mec_protocol_kind;

typedef struct mec_protocol {
    const char *name;
    mec_protocol_kind kind;
    size_t n_pulse; /* steps first, then the holding pulse if there is one */
    mec_pulse *pulse;
    bool has_holding;
    double thresh_perc; /* percent of the threshold current */
    bool stochastic; /* SSCx stochkv_det false: fixed step, Stoch not deterministic */
    bool deterministic; /* BluePyOpt: Stoch mechanisms forced to be deterministic */
    int cvode_active;   /* -1: as the simulator; 0, 1 */
    size_t n_recording;
    const mec_recording *recording;
    mec_origin origin;
} mec_protocol;

/** One setting handed to eFEL. */
typedef struct mec_setting {
    const char *name;
    double value;
} mec_setting;

typedef enum mec_score_rule {
    MEC_SCORE_BLUEPYOPT, /* efel.getDistance: NaN gives max_score */
    MEC_SCORE_SSCX,      /* numpy: NaN stays; mean absent gives 0; 250 without values */
    MEC_SCORE_RESPONSE,  /* SSCx bpo_*: a current found by a search */
    MEC_SCORE_BLUEPYEMODEL /* as SSCx, but never above 250, and 250 for NaN */
} mec_score_rule;

typedef struct mec_feature {
    const char *name;
    const char *efel_name;
    const char
        *recording; /* response name; for MEC_SCORE_RESPONSE that of the current */
    mec_score_rule rule;
    bool has_stim;
    double stim_start_ms, stim_end_ms;
    size_t n_setting;
    mec_setting *setting; /* [n_setting] after the reset to defaults, in order */
    bool has_mean;
    double mean, std;
    bool force_max_score;
    double max_score;
    mec_origin origin;
} mec_feature;

typedef enum mec_objective_kind {
    MEC_OBJECTIVE_SINGLETON, /* score * weight[0] */
    MEC_OBJECTIVE_MAX,
    MEC_OBJECTIVE_WEIGHTED_SUM
} mec_objective_kind;

typedef struct mec_objective {
    const char *name;
    mec_objective_kind kind;
    size_t n_feature;
    mec_feature *feature; /* [n_feature] */
    const double *weight; /* [n_feature] */
    mec_origin origin;
} mec_objective;

/** The Main algorithm of the SSCx packages: RMP, holding, Rin, threshold, the rest.
 *
 * Protocols and objectives are indices into the model's arrays.
 */
typedef struct mec_main_algorithm {
    size_t rmp, rin, threshold; /* protocols */
    size_t rmp_base;            /* objective <prefix>.RMP.soma.v.voltage_base */
    size_t rin_resistance;      /* <prefix>.Rin.soma.v.ohmic_input_resistance_vb_ssse */
    size_t rin_base;            /* <prefix>.Rin.soma.v.voltage_base */
    double holding_precision_mv;
    int holding_max_depth;
    size_t n_pre, n_other;
    const size_t *pre, *other; /* protocols in order */
    double pre_score_threshold;
    const char *holding_response, *threshold_response; /* "<prefix>.bpo_..." */
} mec_main_algorithm;

typedef enum mec_axon_treatment {
    MEC_TREAT_AXON_KEEP,
    MEC_TREAT_AXON_BLUEPYOPT,
    MEC_TREAT_AXON_TAPER,
    MEC_TREAT_AXON_TAPER_3
} mec_axon_treatment; /* as mec_axon_rule in morphology.h */

typedef enum mec_package_form {
    MEC_PACKAGE_OWN,
    MEC_PACKAGE_SSCX,
    MEC_PACKAGE_BLUEPYEMODEL,
    MEC_PACKAGE_L5PC
} mec_package_form;

/** An e-model. Owned by its arena; read-only after loading. */
typedef struct mec_emodel {
    mec_arena *arena; /* owned */
    const char *directory;
    const char *name;
    mec_package_form form;
    size_t n_file; /* files that were read, relative to the package */
    const char **file;

    double nseg_chunk_um; /* nseg = 1 + 2*int(L/chunk); 0: leave nseg alone */
    mec_axon_treatment axon;

    size_t n_mechanism;
    mec_emodel_mechanism *mechanism;
    size_t n_distribution;
    mec_distribution *distribution;
    size_t n_parameter;
    mec_emodel_parameter *parameter; /* in order of application, names unique */
    size_t n_place;
    mec_place **place;
    size_t n_protocol;
    mec_protocol
        *protocol; /* in file order; run in this order without a main algorithm */
    const mec_main_algorithm *main; /* NULL: none */
    size_t n_objective;
    mec_objective *objective; /* in score order, names unique */

    bool cvode_active;
    double dt_ms;              /* when cvode is off */
    double minstep_ms;         /* cvode's smallest step; 0: none */
    bool seed_from_parameters; /* Random123 index from the md5 of the parameters */
    bool use_prefix;           /* extra values come from responses "mm.bpo_..." */
    bool stop_on_none;         /* BluePyEModel: an empty response ends the evaluation */
} mec_emodel;

/** Read the e-model `name` of a package.
 *
 * @param directory  folder of the package
 * @param name       argument of BluePyMM's evaluator.create()
 * @param out        owned by the caller, freed with mec_emodel_free(); NULL on failure
 * @return MEC_OK; MEC_E_INPUT with file, line and key; MEC_E_IO; MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_emodel_load(const char *directory, const char *name,
                                         mec_emodel **out, mec_err *err);

/** Free a model; NULL is allowed. */
void mec_emodel_free(mec_emodel *model);

/** Where the .mod files of a package are: "<directory>/mechanisms". */
char *mec_emodel_mod_directory(mec_arena *arena, const char *directory);

/** Where prepare puts the built mechanisms: "<directory>/mecombo_mechanisms". */
char *mec_emodel_built_directory(mec_arena *arena, const char *directory);

/** Find a parameter by object name.
 *
 * @return its index; -1 when there is none
 */
int32_t mec_emodel_find_parameter(const mec_emodel *model, const char *name);

/** Find a protocol by name; -1 when there is none. */
int32_t mec_emodel_find_protocol(const mec_emodel *model, const char *name);

/** Find an objective by name; -1 when there is none. */
int32_t mec_emodel_find_objective(const mec_emodel *model, const char *name);

/** Evaluate a distribution for one segment.
 *
 * @param own       [n_parameter of the distribution] Python text of its parameters
 * @param value     of the parameter
 * @param distance_um  of the segment
 * @return MEC_OK; MEC_E_INPUT where Python would raise (name, syntax, domain, overflow)
 *
 * Parity: BluePyOpt 1.12's NrnSegmentSomaDistanceScaler: own parameters are put into the
 * text by str(), distance and value by "%.17g", and the text is then evaluated.
 */
MEC_NODISCARD mec_status mec_distribution_eval(const mec_distribution *distribution,
                                               const char *const own[], double value,
                                               double distance_um, double *result,
                                               mec_err *err);

/** Evaluate a Python expression over numbers: literals, + - * / // % **, comparisons,
 * and/or/not, & | ^, conditional, `math.`, abs min max int float round pow bool.
 *
 * Integers are 64 bits wide; a larger one is MEC_E_INPUT.
 */
MEC_NODISCARD mec_status mec_python_eval(const char *text, double *result,
                                         mec_err *err);

#endif
