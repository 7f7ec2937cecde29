#ifndef MECOMBO_EMODEL_PRIV_H
#define MECOMBO_EMODEL_PRIV_H

#include <mecombo/emodel.h>
#include <mecombo/text.h>

#include <stdint.h>

/* Python's int, bool and float. */
typedef struct python_number {
    bool is_float;
    double f;
    int64_t i;
} python_number;

python_number python_float(double value);
python_number python_int(int64_t value);
double python_as_double(python_number a);
bool python_truth(python_number a);

/* -1, 0, 1; 2 when a NaN is involved. */
int python_compare(python_number a, python_number b);

/* Operators and calls return NULL, or why Python would raise. */
const char *python_binary(const char *operator, python_number a, python_number b,
                          python_number *out);
const char *python_call(bool is_math, const char *word, size_t n,
                        const python_number *argument, python_number *out);
bool python_constant(const char *word, python_number *out);
bool python_math_constant(const char *word, python_number *out);

/* Append a zeroed element to an array in an arena (storage doubles; the old is left to
 * the arena). NULL when out of memory. */
void *emodel_push_(mec_arena *arena, void **array, size_t *n, size_t size);
#define EMODEL_PUSH(arena, array, n)                                                   \
    emodel_push_((arena), (void **)(array), (n), sizeof **(array))

/* Out of memory. */
mec_status emodel_no_memory(mec_err *err);

/* A complaint about a value of a document: `file:line: <what>`. */
mec_status emodel_complain(const mec_json *at, mec_err *err, const char *fmt, ...)
    MEC_PRINTF(3, 4);

mec_origin emodel_origin(const mec_json *at);

/* True when the number was written without point or exponent. */
bool emodel_is_integer(const mec_json *number);

/* Optional members: `out` keeps its value when the key is absent or null. */
mec_status emodel_get_number(const mec_json *object, const char *key, double *out,
                             mec_err *err);
mec_status emodel_get_bool(const mec_json *object, const char *key, bool *out,
                           mec_err *err);
mec_status emodel_get_string(const mec_json *object, const char *key, const char **out,
                             mec_err *err);

/* The member of an object, NULL when absent or null. */
const mec_json *emodel_get(const mec_json *object, const char *key);

/* Complain about the first key of an object that is not in a NULL-terminated list; keys
 * that begin with "__comment" and "comment" are always allowed. */
mec_status emodel_check_keys(const mec_json *object, const char *const known[],
                             mec_err *err);

/* A list of names: fails unless every item is a string. */
mec_status emodel_check_strings(const mec_json *array, mec_err *err);

/* Section-list bits of a NEURON list or section array name ("somatic", "soma"); 0 when
 * there is no such list. */
unsigned emodel_list_bits(const char *name);

/* The same with BluePyOpt users' collective names ("alldend", "allact", ...). */
unsigned emodel_multi_list_bits(const char *name);

/* Read a document of the package and note its name. */
mec_status emodel_read_document(mec_emodel *model, const char *relative,
                                const mec_json **out, mec_err *err);

/* Add an element to the model; NULL when out of memory. */
mec_place *emodel_add_place(mec_emodel *model, const char *name, mec_place_kind kind);
mec_emodel_mechanism *emodel_add_mechanism(mec_emodel *model);
mec_protocol *emodel_add_protocol(mec_emodel *model, const char *name,
                                  mec_protocol_kind kind);

/* Add a parameter or objective by name; one of that name is emptied and keeps its place,
 * as in a Python dict. */
mec_emodel_parameter *emodel_set_parameter(mec_emodel *model, const char *name);
mec_objective *emodel_set_objective(mec_emodel *model, const char *name);

/* Find a distribution; -1 when there is none. */
int32_t emodel_find_distribution(const mec_emodel *model, const char *name);

/* Add a distribution and check that its parameters occur in its text. */
mec_status emodel_add_distribution(mec_emodel *model, const mec_json *at,
                                   const char *name, const char *expression,
                                   const mec_json *parameters, double soma_x,
                                   mec_err *err);

/* Add a setting to a feature. */
mec_status emodel_add_setting(mec_emodel *model, mec_feature *feature, const char *name,
                              double value, mec_err *err);

/* "soma" as every SSCx and l5pc package means it: somatic[0](0.5). */
const mec_place *emodel_soma(mec_emodel *model);

/* Parameters as [name of list -> [{name, val, dist}]], mechanisms as [list -> {mech}]
 * (SSCx, and BluePyEModel's older files). `lists` says which names lists have. */
mec_status emodel_read_sscx_params(mec_emodel *model, const mec_json *root,
                                   mec_err *err);

/* Protocols and features of the SSCx form. */
mec_status emodel_read_sscx_protocols(mec_emodel *model, const mec_json *root,
                                      const char *prefix, mec_err *err);
mec_status emodel_read_sscx_features(mec_emodel *model, const mec_json *root,
                                     const char *prefix, bool powertransform,
                                     mec_err *err);
mec_status emodel_read_sscx_main(mec_emodel *model, const mec_json *root,
                                 const char *prefix, mec_err *err);

/* Protocols and features of BluePyEModel's FitnessCalculatorConfiguration; settings are
 * the pipeline's, NULL if none. */
mec_status emodel_read_bluepyemodel_targets(mec_emodel *model, const mec_json *root,
                                            const mec_json *settings, mec_err *err);

/* The readers of the four forms: fill an empty model. */
mec_status emodel_read_own(mec_emodel *model, mec_err *err);
mec_status emodel_read_sscx(mec_emodel *model, mec_err *err);
mec_status emodel_read_bluepyemodel(mec_emodel *model, mec_err *err);
mec_status emodel_read_l5pc(mec_emodel *model, mec_err *err);

#endif
