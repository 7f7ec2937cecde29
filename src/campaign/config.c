/* Configurations: a table of keys for each command, one reader for all tables.
 *
 * Keys and their meaning: BLUEPYMM.md A.2 (today's) and A.11 (those of 2017).
 */

#include "config_priv.h"
#include "say_priv.h"

#include <mecombo/log.h>
#include <mecombo/path.h>
#include <mecombo/text.h>

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef enum key_kind {
    KEY_STRING,
    KEY_BOOL,
    KEY_NUMBER,
    KEY_STRINGS, /* array of strings, kept as mec_json */
    KEY_OBJECTS  /* array of objects, kept as mec_json */
} key_kind;

typedef struct config_key {
    const char *name;
    key_kind kind;
    bool nullable; /* null means absent */
    bool required;
    size_t offset; /* into the command's struct */
} config_key;

#define KEY(type, field, kind, nullable, required)                                     \
    {                                                                                  \
#field, kind, nullable, required, offsetof(type, field)                        \
    }
#define KEY_AS(type, name, field, kind, nullable, required)                            \
    {                                                                                  \
        name, kind, nullable, required, offsetof(type, field)                          \
    }
#define END_OF_KEYS                                                                    \
    {                                                                                  \
        NULL, KEY_STRING, false, false, 0                                              \
    }

static const config_key prepare_keys[] = {
    KEY(prepare_config, tmp_dir, KEY_STRING, false, true),
    KEY(prepare_config, emodels_dir, KEY_STRING, false, false),
    KEY(prepare_config, emodels_repo, KEY_STRING, false, false),
    KEY(prepare_config, emodels_githash, KEY_STRING, false, false),
    KEY(prepare_config, final_json_path, KEY_STRING, false, true),
    KEY(prepare_config, emodel_etype_map_path, KEY_STRING, false, true),
    KEY(prepare_config, emodels_hoc_dir, KEY_STRING, false, true),
    KEY(prepare_config, output_dir, KEY_STRING, false, true),
    KEY(prepare_config, scores_db, KEY_STRING, false, true),
    KEY(prepare_config, morph_path, KEY_STRING, false, false),
    KEY(prepare_config, rep_morph_path, KEY_STRING, false, false),
    KEY(prepare_config, unrep_morph_path, KEY_STRING, true, false),
    KEY(prepare_config, recipe_path, KEY_STRING, false, false),
    KEY(prepare_config, circuitmvd3_path, KEY_STRING, false, false),
    KEY(prepare_config, skip_repaired_exemplar, KEY_BOOL, false, false),
    KEY_AS(prepare_config, "template", hoc_template, KEY_STRING, false, false),
    END_OF_KEYS};

static const config_key run_keys[] = {
    KEY(run_config, scores_db, KEY_STRING, false, true),
    KEY(run_config, output_dir, KEY_STRING, false, true),
    KEY(run_config, use_apical_points, KEY_BOOL, false, false),
    KEY(run_config, result_cache, KEY_STRING, true, false), END_OF_KEYS};

static const config_key select_keys[] = {
    KEY(select_config, scores_db, KEY_STRING, false, false),
    KEY(select_config, mm_run_path, KEY_STRING, false, false),
    KEY(select_config, pdf_filename, KEY_STRING, false, true),
    KEY(select_config, output_dir, KEY_STRING, false, false),
    KEY(select_config, extneurondb_filename, KEY_STRING, false, false),
    KEY(select_config, combo_emodel_filename, KEY_STRING, false, false),
    KEY(select_config, emodels_hoc_dir, KEY_STRING, false, false),
    KEY(select_config, megate_thresholds, KEY_OBJECTS, false, true),
    KEY(select_config, to_skip_features, KEY_STRINGS, false, false),
    KEY(select_config, select_perc_best, KEY_NUMBER, true, false),
    KEY(select_config, opt_scores_tolerance, KEY_NUMBER, false, false),
    KEY(select_config, skip_repaired_exemplar, KEY_BOOL, false, false),
    KEY(select_config, check_opt_scores, KEY_BOOL, false, false),
    KEY(select_config, plot_emodels_per_morphology, KEY_BOOL, false, false),
    KEY(select_config, make_names_neuron_compliant, KEY_BOOL, false, false),
    END_OF_KEYS};

static const config_key validate_keys[] = {
    KEY(validate_config, mecombo_release_path, KEY_STRING, false, true), END_OF_KEYS};

static const config_key hoc_keys[] = {
    KEY(hoc_config, mecombo_emodel_filename, KEY_STRING, false, true),
    KEY(hoc_config, final_json_path, KEY_STRING, false, true),
    KEY(hoc_config, emodels_tmp_dir, KEY_STRING, false, true),
    KEY_AS(hoc_config, "template", hoc_template, KEY_STRING, false, false),
    KEY(hoc_config, hoc_output_dir, KEY_STRING, false, true),
    END_OF_KEYS};

static const config_key *const all_keys[] = {prepare_keys, run_keys, select_keys,
                                             validate_keys, hoc_keys};

/* What BluePyMM's published configurations hold and its commands never read. */
static const char *const ignored_keys[] = {"version", "make_template_name_compatible"};

static const config_key *find_key(const config_key keys[], const char *name)
{
    for (const config_key *key = keys; key->name != NULL; key++) {
        if (strcmp(key->name, name) == 0) {
            return key;
        }
    }
    return NULL;
}

/* A key that BluePyMM would pass over as well: it belongs to another command or is one of
 * those that nobody reads. */
static bool is_ignored(const char *name)
{
    for (size_t i = 0; i < sizeof ignored_keys / sizeof *ignored_keys; i++) {
        if (strcmp(ignored_keys[i], name) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < sizeof all_keys / sizeof *all_keys; i++) {
        if (find_key(all_keys[i], name) != NULL) {
            return true;
        }
    }
    return false;
}

static const char *nearest_key(const config_key keys[], const char *name)
{
    const char *names[32];
    size_t n = 0;

    for (const config_key *key = keys; key->name != NULL && n < 32; key++) {
        names[n++] = key->name;
    }
    return mec_nearest_name(name, n, names);
}

static mec_status unknown_key(const config_key keys[], const mec_json *item,
                              mec_err *err)
{
    const char *near = nearest_key(keys, item->key);

    if (is_ignored(item->key)) {
        mec_log(MEC_LOG_WARNING, "%s:%d: key \"%s\" is ignored here%s%s%s", item->file,
                item->line, item->key, near == NULL ? "" : " (nearest known key: \"",
                near == NULL ? "" : near, near == NULL ? "" : "\")");
        return MEC_OK;
    }
    if (near != NULL) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: unknown key \"%s\" (did you mean \"%s\"?)", item->file,
                        item->line, item->key, near);
    }
    mec_text list = MEC_TEXT_INIT;
    for (const config_key *key = keys; key->name != NULL; key++) {
        mec_text_printf(&list, "%s%s", key == keys ? "" : ", ", key->name);
    }
    mec_status st =
        mec_fail(err, MEC_E_INPUT, "%s:%d: unknown key \"%s\" (known keys: %s)",
                 item->file, item->line, item->key, mec_text_string(&list));
    mec_text_clear(&list);
    return st;
}

static mec_status wrong_type(const mec_json *item, const char *expected, mec_err *err)
{
    return mec_fail(err, MEC_E_INPUT, "%s:%d: key \"%s\" holds %s (expected %s)",
                    item->file, item->line, item->key, json_kind(item->type), expected);
}

static mec_status check_items(const mec_json *list, mec_json_type type,
                              const char *expected, mec_err *err)
{
    if (list->type != MEC_JSON_ARRAY) {
        return wrong_type(list, expected, err);
    }
    for (size_t i = 0; i < list->n; i++) {
        if (list->item[i]->type != type) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s:%d: item %zu of \"%s\" is %s (expected %s)", list->file,
                            list->item[i]->line, i + 1, list->key,
                            json_kind(list->item[i]->type), expected);
        }
    }
    return MEC_OK;
}

static mec_status store_value(const config_key *key, const mec_json *item, void *config,
                              mec_err *err)
{
    void *field = (char *)config + key->offset;

    if (item->type == MEC_JSON_NULL && key->nullable) {
        return MEC_OK;
    }
    switch (key->kind) {
    case KEY_STRING:
        if (item->type != MEC_JSON_STRING) {
            return wrong_type(item, key->nullable ? "a string or null" : "a string",
                              err);
        }
        if (item->string[0] == '\0') {
            return mec_fail(err, MEC_E_INPUT,
                            "%s:%d: key \"%s\" is empty (give a path)", item->file,
                            item->line, item->key);
        }
        *(const char **)field = item->string;
        return MEC_OK;
    case KEY_BOOL:
        if (item->type != MEC_JSON_BOOL) {
            return wrong_type(item, "true or false", err);
        }
        *(bool *)field = item->number != 0;
        return MEC_OK;
    case KEY_NUMBER:
        if (item->type != MEC_JSON_NUMBER) {
            return wrong_type(item, key->nullable ? "a number or null" : "a number",
                              err);
        }
        *(double *)field = item->number;
        return MEC_OK;
    case KEY_STRINGS:
        *(const mec_json **)field = item;
        return check_items(item, MEC_JSON_STRING, "an array of strings", err);
    case KEY_OBJECTS:
        *(const mec_json **)field = item;
        return check_items(item, MEC_JSON_OBJECT, "an array of objects", err);
    }
    return MEC_OK;
}

static mec_status missing_key(const mec_json *root, const char *key, const char *why,
                              mec_err *err)
{
    return mec_fail(err, MEC_E_INPUT, "%s:%d: key \"%s\" is missing (%s)", root->file,
                    root->line, key, why);
}

/* Read a configuration into a struct whose defaults are set. */
static mec_status read_keys(mec_arena *arena, const char *path, const config_key keys[],
                            void *config, const mec_json **root, mec_err *err)
{
    mec_status st = mec_json_read(arena, path, root, err);

    if (st != MEC_OK) {
        return st;
    }
    if ((*root)->type != MEC_JSON_OBJECT) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: a configuration is an object, not %s (put the keys "
                        "between { and })",
                        path, (*root)->line, json_kind((*root)->type));
    }
    for (size_t i = 0; i < (*root)->n; i++) {
        const mec_json *item = (*root)->item[i];
        const config_key *key = find_key(keys, item->key);

        st = key == NULL ? unknown_key(keys, item, err)
                         : store_value(key, item, config, err);
        if (st != MEC_OK) {
            return st;
        }
    }
    for (const config_key *key = keys; key->name != NULL; key++) {
        if (key->required && mec_json_get(*root, key->name) == NULL) {
            return missing_key(*root, key->name, "this command needs it", err);
        }
    }
    return MEC_OK;
}

static mec_status exclude_both(const mec_json *root, const char *a, const char *b,
                               mec_err *err)
{
    const mec_json *second = mec_json_get(root, b);

    if (mec_json_get(root, a) != NULL && second != NULL) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: keys \"%s\" and \"%s\" exclude each other (remove one)",
                        second->file, second->line, a, b);
    }
    return MEC_OK;
}

/* Exactly one of two keys must be there. */
static mec_status need_one_of(const mec_json *root, const char *a, const char *b,
                              mec_err *err)
{
    if (mec_json_get(root, a) == NULL && mec_json_get(root, b) == NULL) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: neither \"%s\" nor \"%s\" is there (give one of them)",
                        root->file, root->line, a, b);
    }
    return exclude_both(root, a, b, err);
}

mec_status config_read_prepare(mec_arena *arena, const char *path, bool continu,
                               prepare_config *out, mec_err *err)
{
    mec_status st = MEC_OK;

    *out = (prepare_config){0};
    MEC_TRY(read_keys(arena, path, prepare_keys, out, &out->root, err));
    MEC_TRY(need_one_of(out->root, "emodels_dir", "emodels_repo", err));
    if (out->emodels_repo != NULL && out->emodels_githash == NULL) {
        st = missing_key(out->root, "emodels_githash", "emodels_repo needs it", err);
        goto done;
    }
    if (out->emodels_repo == NULL && out->emodels_githash != NULL) {
        st = missing_key(out->root, "emodels_repo", "emodels_githash is given", err);
        goto done;
    }
    MEC_TRY(exclude_both(out->root, "recipe_path", "circuitmvd3_path", err));
    if (!continu) {
        MEC_TRY(need_one_of(out->root, "recipe_path", "circuitmvd3_path", err));
        if (out->morph_path == NULL) {
            st = missing_key(out->root, "morph_path", "only --continu goes without",
                             err);
            goto done;
        }
    }
    if (out->rep_morph_path == NULL) { /* the form of 2017 */
        out->rep_morph_path = out->morph_path;
    }
done:
    return st;
}

mec_status config_read_run(mec_arena *arena, const char *path, run_config *out,
                           mec_err *err)
{
    *out = (run_config){.use_apical_points = true};
    return read_keys(arena, path, run_keys, out, &out->root, err);
}

/* The form of 2017 names its database by a folder and its outputs one by one. */
static mec_status complete_select(mec_arena *arena, select_config *out, mec_err *err)
{
    mec_status st = MEC_OK;

    MEC_TRY(need_one_of(out->root, "scores_db", "mm_run_path", err));
    if (out->mm_run_path != NULL) {
        out->scores_db = mec_path_join(arena, out->mm_run_path, "output/scores.sqlite");
        if (out->scores_db == NULL) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    MEC_TRY(exclude_both(out->root, "output_dir", "extneurondb_filename", err));
    MEC_TRY(exclude_both(out->root, "output_dir", "combo_emodel_filename", err));
    out->form_2017 =
        out->extneurondb_filename != NULL || out->combo_emodel_filename != NULL;
    if (out->form_2017) {
        if (out->extneurondb_filename == NULL) {
            st = missing_key(out->root, "extneurondb_filename",
                             "combo_emodel_filename goes with it", err);
        } else if (out->combo_emodel_filename == NULL) {
            st = missing_key(out->root, "combo_emodel_filename",
                             "extneurondb_filename goes with it", err);
        }
        goto done;
    }
    if (out->output_dir == NULL) {
        st = missing_key(out->root, "output_dir",
                         "the selected me-combinations are written there", err);
    } else if (out->emodels_hoc_dir == NULL) {
        st =
            missing_key(out->root, "emodels_hoc_dir",
                        "mecombo_release.json names it; prepare has the same key", err);
    }
done:
    return st;
}

mec_status config_read_select(mec_arena *arena, const char *path, select_config *out,
                              mec_err *err)
{
    mec_status st = MEC_OK;

    *out = (select_config){
        .select_perc_best = NAN, .opt_scores_tolerance = NAN, .check_opt_scores = true};
    MEC_TRY(read_keys(arena, path, select_keys, out, &out->root, err));
    MEC_TRY(complete_select(arena, out, err));
    if (!isnan(out->select_perc_best) &&
        !(out->select_perc_best > 0 && out->select_perc_best <= 1)) {
        const mec_json *item = mec_json_get(out->root, "select_perc_best");

        st = mec_fail(err, MEC_E_INPUT,
                      "%s:%d: select_perc_best is %s (a fraction above 0, at most 1)",
                      item->file, item->line, item->string);
        goto done;
    }
    if (!isnan(out->opt_scores_tolerance) && !(out->opt_scores_tolerance >= 0)) {
        const mec_json *item = mec_json_get(out->root, "opt_scores_tolerance");

        st = mec_fail(err, MEC_E_INPUT,
                      "%s:%d: opt_scores_tolerance is %s (0 compares exactly)",
                      item->file, item->line, item->string);
        goto done;
    }
done:
    return st;
}

mec_status config_read_validate(mec_arena *arena, const char *path,
                                validate_config *out, mec_err *err)
{
    *out = (validate_config){0};
    return read_keys(arena, path, validate_keys, out, &out->root, err);
}

mec_status config_read_hoc(mec_arena *arena, const char *path, hoc_config *out,
                           mec_err *err)
{
    *out = (hoc_config){0};
    return read_keys(arena, path, hoc_keys, out, &out->root, err);
}

mec_status config_find_database(mec_arena *arena, const char *path,
                                const char **scores_db, mec_err *err)
{
    const mec_json *root = NULL;
    mec_status st = mec_json_read(arena, path, &root, err);

    if (st != MEC_OK) {
        return st;
    }
    const mec_json *item = mec_json_get(root, "scores_db");
    if (item == NULL) {
        item = mec_json_get(root, "mm_run_path");
    }
    if (item == NULL || item->type != MEC_JSON_STRING) {
        return mec_fail(
            err, MEC_E_INPUT,
            "%s: no key \"scores_db\" (give a configuration that has it, or "
            "the database itself)",
            path);
    }
    *scores_db = strcmp(item->key, "scores_db") == 0
                     ? item->string
                     : mec_path_join(arena, item->string, "output/scores.sqlite");
    return *scores_db == NULL ? mec_no_memory(err) : MEC_OK;
}
