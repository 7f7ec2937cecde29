#ifndef CAMPAIGN_CONFIG_PRIV_H
#define CAMPAIGN_CONFIG_PRIV_H

/* Configurations: one table of keys per command, read into one struct per command. */

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <mecombo/json.h>

typedef struct prepare_config {
    const mec_json *root;
    const char *tmp_dir, *emodels_dir, *emodels_repo, *emodels_githash;
    const char *final_json_path, *emodel_etype_map_path, *emodels_hoc_dir;
    const char *output_dir, *scores_db;
    const char *morph_path, *rep_morph_path, *unrep_morph_path;
    const char *recipe_path, *circuitmvd3_path, *hoc_template;
    bool skip_repaired_exemplar;
} prepare_config;

typedef struct run_config {
    const mec_json *root;
    const char *scores_db, *output_dir;
    const char *result_cache; /* NULL: none */
    bool use_apical_points;
} run_config;

typedef struct select_config {
    const mec_json *root;
    const char *scores_db, *pdf_filename, *output_dir, *emodels_hoc_dir;
    const char *mm_run_path, *extneurondb_filename, *combo_emodel_filename;
    const mec_json *megate_thresholds; /* array of objects */
    const mec_json *to_skip_features;  /* array of strings; NULL: none */
    double select_perc_best;           /* NaN: not used */
    double opt_scores_tolerance;       /* NaN: default */
    bool skip_repaired_exemplar, check_opt_scores, plot_emodels_per_morphology;
    bool make_names_neuron_compliant;
    bool form_2017;
} select_config;

typedef struct validate_config {
    const mec_json *root;
    const char *mecombo_release_path;
} validate_config;

typedef struct hoc_config {
    const mec_json *root;
    const char *mecombo_emodel_filename, *final_json_path, *emodels_tmp_dir;
    const char *hoc_template, *hoc_output_dir;
} hoc_config;

/* Read and check a configuration: types, unknown keys, required and contradicting ones.
 * Strings live in the arena. MEC_E_INPUT names file, line and key. */
MEC_NODISCARD mec_status config_read_prepare(mec_arena *arena, const char *path,
                                             bool continu, prepare_config *out,
                                             mec_err *err);
MEC_NODISCARD mec_status config_read_run(mec_arena *arena, const char *path,
                                         run_config *out, mec_err *err);
MEC_NODISCARD mec_status config_read_select(mec_arena *arena, const char *path,
                                            select_config *out, mec_err *err);
MEC_NODISCARD mec_status config_read_validate(mec_arena *arena, const char *path,
                                              validate_config *out, mec_err *err);
MEC_NODISCARD mec_status config_read_hoc(mec_arena *arena, const char *path,
                                         hoc_config *out, mec_err *err);

/* The database that a configuration of any command names; for `status`. */
MEC_NODISCARD mec_status config_find_database(mec_arena *arena, const char *path,
                                              const char **scores_db, mec_err *err);

#endif
