/* Phase 1: read and check everything, make the packages, then write the results, the
 * database last. */

#include "combos_priv.h"
#include "config_priv.h"
#include "fingerprint_priv.h"
#include "hoc_priv.h"
#include "lock_priv.h"
#include "packages_priv.h"
#include "preflight_priv.h"
#include "say_priv.h"
#include "store_priv.h"

#include <mecombo/campaign.h>
#include <mecombo/log.h>
#include <mecombo/map.h>
#include <mecombo/path.h>
#include <mecombo/text.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct prepare_state {
    mec_arena *arena;
    const mec_prepare_options *options;
    prepare_config config;
    packages packages;
    emodel_map map;
    combo_table table;
    bool keep_database; /* --continu found one, or one of the same inputs is there */
    bool reuse;         /* packages that are there are kept */
    char fingerprint[65];
    store_info old;
    size_t n_doubtful; /* combinations that --dry-run warned of */
} prepare_state;

/* The place of a configured path in front of a complaint about it. */
static mec_status blame_key(mec_status st, const prepare_config *config,
                            const char *key, mec_err *err)
{
    const mec_json *item = mec_json_get(config->root, key);

    if (st != MEC_OK && item != NULL) {
        mec_err_prefix(err, "%s:%d: %s: ", item->file, item->line, key);
    }
    return st;
}

/* Release morphologies are not needed to prepare, but each missing one is a row that will
 * fail: worth a warning, and an error where only checks were asked for. */
static mec_status check_release(const prepare_state *s, mec_err *err)
{
    const combo_table *t = &s->table;
    mec_map *seen = mec_map_new();
    mec_text names = MEC_TEXT_INIT;
    size_t n_missing = 0;
    mec_status st = seen == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    for (size_t i = t->n_exemplars; i < t->n; i++) {
        const char *name = t->row[i].morph_name;
        mec_text path = MEC_TEXT_INIT;

        if (mec_map_has(seen, name)) {
            continue;
        }
        mec_text_printf(&path, "%s/%s.asc", t->row[i].morph_dir, name);
        if (!mec_text_ok(&path) || !mec_map_set(seen, name, NULL)) {
            st = mec_no_memory(err);
        } else if (!mec_path_exists(mec_text_string(&path)) && n_missing++ < 5) {
            mec_text_printf(&names, "%s%s", names.length > 0 ? ", " : "", name);
        }
        mec_text_clear(&path);
        MEC_TRY(st);
    }
    if (n_missing == 0) {
        goto done;
    }
    if (s->options->dry_run) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s: %zu morpholog%s without file <name>.asc: %s%s (add the "
                      "files, or take them out of the list)",
                      s->config.morph_path, n_missing, n_missing == 1 ? "y" : "ies",
                      mec_text_string(&names), n_missing > 5 ? ", ..." : "");
    } else {
        mec_log(MEC_LOG_WARNING,
                "%s: %zu morpholog%s without file <name>.asc, their rows will fail: "
                "%s%s",
                s->config.morph_path, n_missing, n_missing == 1 ? "y" : "ies",
                mec_text_string(&names), n_missing > 5 ? ", ..." : "");
    }
done:
    mec_map_free(seen);
    mec_text_clear(&names);
    return st;
}

/* Everything that becomes the table of me-combinations. */
static mec_status build_table(prepare_state *s, mec_err *err)
{
    const prepare_config *c = &s->config;
    recipe the_recipe = {0};
    circuit the_circuit = {0};
    neurondb morphs = {0};
    neurondb rep_morphs = {0};
    combo_inputs in = {.map = &s->map,
                       .morph_dir = c->morph_path,
                       .rep_morph_dir = c->rep_morph_path,
                       .unrep_morph_dir = c->unrep_morph_path,
                       .skip_repaired_exemplar = c->skip_repaired_exemplar};
    mec_status st = MEC_OK;

    if (c->circuitmvd3_path != NULL) {
        say("Reading circuit.mvd3 at %s", c->circuitmvd3_path);
        MEC_TRY(circuit_read(s->arena, c->circuitmvd3_path, &the_circuit, err));
        in.circuit = &the_circuit;
    } else {
        say("Reading recipe at %s", c->recipe_path);
        MEC_TRY(recipe_read(s->arena, c->recipe_path, &the_recipe, err));
        say("Reading neuronDB at %s/neuronDB.xml", c->morph_path);
        MEC_TRY(neurondb_read(s->arena, c->morph_path, &morphs, err));
        in.recipe = &the_recipe;
        in.neurondb = &morphs;
    }
    if (!c->skip_repaired_exemplar) {
        say("Reading repaired-morphologies neuronDB at %s/neuronDB.xml",
            c->rep_morph_path);
        MEC_TRY(neurondb_read(s->arena, c->rep_morph_path, &rep_morphs, err));
        in.rep_neurondb = &rep_morphs;
    }
    say("Merging recipe and neuronDB tables");
    say("Creating emodel etype table");
    say("Creating full table by merging subtables");
    say("Filtering out morp_names that dont match regex");
    MEC_TRY(combos_build(s->arena, &in, &s->table, err));
    say("Adding exemplar rows");
    for (size_t i = 0; i < s->table.n_exemplars; i++) {
        const combo *row = &s->table.row[i];

        if (!row->is_original && !row->is_repaired) {
            say("Adding exemplar row for emodel %s", row->emodel);
        }
    }
    MEC_TRY(check_release(s, err));
done:
    return st;
}

static mec_status write_json(const prepare_state *s, const char *name,
                             const mec_text *text, mec_err *err)
{
    const char *path = mec_path_join(s->arena, s->config.output_dir, name);

    if (path == NULL || !mec_text_ok(text)) {
        return mec_no_memory(err);
    }
    return mec_write_file(path, mec_text_string(text), text->length, err);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* {e-model: folder, original: folder}; the last entry of a name wins. */
static mec_status print_emodel_dirs(const prepare_state *s, mec_text *out, mec_err *err)
{
    mec_map *dirs = mec_map_new();
    const char **names = mec_arena_calloc(s->arena, 2 * s->map.n, sizeof *names);
    mec_status st = MEC_OK;

    if (dirs == NULL || names == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    for (size_t i = 0; i < s->map.n; i++) {
        const emodel_entry *entry = &s->map.entry[i];

        if (!mec_map_set(dirs, entry->emodel, (void *)entry->target) ||
            !mec_map_set(dirs, entry->original, (void *)entry->target)) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    for (size_t i = 0; i < mec_map_count(dirs); i++) {
        names[i] = mec_map_key(dirs, i);
    }
    qsort(names, mec_map_count(dirs), sizeof *names, compare_names);
    mec_text_add(out, "{");
    for (size_t i = 0; i < mec_map_count(dirs); i++) {
        mec_text_add(out, i == 0 ? "\n  " : ",\n  ");
        mec_json_print_string(names[i], out);
        mec_text_add(out, ": ");
        mec_json_print_string(mec_map_get(dirs, names[i]), out);
    }
    mec_text_add(out, "\n}");
done:
    mec_map_free(dirs);
    return st;
}

static mec_status write_outputs(const prepare_state *s, mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;
    mec_status st = MEC_OK;

    MEC_TRY(mec_make_directories(s->config.output_dir, err));
    mec_json_print_pretty(s->map.final_root, &text);
    MEC_TRY(write_json(s, "final.json", &text, err));
    mec_text_reset(&text);
    MEC_TRY(print_emodel_dirs(s, &text, err));
    MEC_TRY(write_json(s, "emodel_dirs.json", &text, err));
done:
    mec_text_clear(&text);
    return st;
}

static mec_status write_hoc_files(const prepare_state *s, mec_err *err)
{
    mec_status st = MEC_OK;

    hoc_warn_template(s->config.root);
    MEC_TRY(mec_make_directories(s->config.emodels_hoc_dir, err));
    for (size_t i = 0; i < s->map.n; i++) {
        const emodel_entry *entry = &s->map.entry[i];
        hoc_request request = {.package = entry->target,
                               .emodel = entry->emodel,
                               .name = entry->emodel,
                               .params = entry->params};

        st = hoc_write(s->arena, &request, s->config.emodels_hoc_dir, err);
        if (st == MEC_E_INPUT) { /* the package itself is fine: HOC is short of words */
            mec_log(MEC_LOG_WARNING, "%s (no %s/%s.hoc is written)", err->text,
                    s->config.emodels_hoc_dir, entry->emodel);
            st = MEC_OK;
        }
        MEC_TRY(st);
    }
done:
    return st;
}

/* Write the new database beside the old one and swap them as the very last step. */
static mec_status write_everything(const prepare_state *s, mec_err *err)
{
    const char *path = mec_path_absolute(s->arena, s->config.scores_db);
    const char *fresh =
        path == NULL ? NULL
                     : mec_arena_printf(s->arena, "%s.new-%ld", path, (long)getpid());
    const char *kept = NULL;
    mec_status st = MEC_OK;

    if (fresh == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(write_hoc_files(s, err));
    if (!s->keep_database) {
        say("Creating sqlite db at %s", path);
        MEC_TRY(store_create(fresh, &s->table, s->fingerprint, err));
    }
    MEC_TRY(write_outputs(s, err));
    if (s->keep_database) {
        goto done;
    }
    MEC_TRY(store_install(s->arena, fresh, path, s->old.n_done > 0, &kept, err));
    if (kept != NULL) {
        mec_log(MEC_LOG_WARNING,
                "%s: the database held results of %" PRId64
                " rows and is kept as %s (prepare --continu goes on with it instead)",
                path, s->old.n_done, kept);
    }
    say("Created sqlite db at %s", path);
done:
    if (st != MEC_OK) {
        unlink(fresh);
    }
    return st;
}

static mec_status read_inputs(prepare_state *s, mec_err *err)
{
    const prepare_config *c = &s->config;
    mec_status st = MEC_OK;

    s->reuse = s->options->continu;
    MEC_TRY(
        packages_locate(s->arena, c, s->options->dry_run, s->reuse, &s->packages, err));
    say("Getting final emodels dict");
    st = emodel_map_read(s->arena, s->packages.input, c->final_json_path,
                         c->emodel_etype_map_path, &s->map, err);
    MEC_TRY(st);
    MEC_TRY(packages_plan(s->arena, c, &s->packages, &s->map, err));
    if (s->keep_database) {
        goto done;
    }
    MEC_TRY(build_table(s, err));
    MEC_TRY(fingerprint_make(s->arena, &s->map, &s->table, s->fingerprint, err));
    if (s->options->resume && s->old.exists &&
        strcmp(s->old.fingerprint, s->fingerprint) == 0) {
        s->keep_database = s->reuse = true;
        say("Continuing with %s, prepared from the same inputs: %" PRId64 " of %" PRId64
            " rows are finished",
            c->scores_db, s->old.n_done, s->old.n_rows);
    }
done:
    return st;
}

/* Refuse early what would be found out after the compilation only. */
static mec_status look_at_database(prepare_state *s, mec_err *err)
{
    const prepare_config *c = &s->config;
    mec_status st = store_inspect(c->scores_db, &s->old, err);

    if (st != MEC_OK) {
        return blame_key(st, c, "scores_db", err);
    }
    s->keep_database = s->options->continu && s->old.exists;
    if (s->keep_database) {
        say("Continuing with the %" PRId64 " rows of %s, %" PRId64 " of them finished",
            s->old.n_rows, c->scores_db, s->old.n_done);
        return MEC_OK;
    }
    if (c->morph_path == NULL ||
        (c->recipe_path == NULL && c->circuitmvd3_path == NULL)) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: no such database to continue with (give morph_path and "
                        "recipe_path in %s, so that it can be made)",
                        c->scores_db, c->root->file);
    }
    return MEC_OK;
}

static mec_status prepare(prepare_state *s, mec_err *err)
{
    owner_lock *lock = NULL;
    mec_status st = MEC_OK;

    if (!s->options->dry_run) {
        const char *folder = mec_path_dirname(s->arena, s->config.scores_db);

        if (folder == NULL) {
            return mec_no_memory(err);
        }
        if (*folder != '\0') {
            MEC_TRY(mec_make_directories(folder, err));
        }
        MEC_TRY(lock_acquire(s->config.scores_db, "prepare", &lock, err));
    }
    MEC_TRY(look_at_database(s, err));
    MEC_TRY(read_inputs(s, err));
    MEC_TRY(packages_prepare(s->arena, &s->packages, &s->map, s->reuse, err));
    if (s->options->dry_run) {
        MEC_TRY(preflight_check(s->arena, &s->map, &s->table, &s->n_doubtful, err));
    } else {
        MEC_TRY(write_everything(s, err));
    }
done:
    lock_release(lock);
    return st;
}

mec_status mec_campaign_prepare(const char *conf, const mec_prepare_options *options,
                                mec_err *err)
{
    prepare_state s = {.arena = mec_arena_new(), .options = options};
    mec_status st = s.arena == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    say("Reading configuration at %s", conf);
    MEC_TRY(config_read_prepare(s.arena, conf, options->continu, &s.config, err));
    MEC_TRY(prepare(&s, err));
    if (options->dry_run) {
        say("Nothing was written: %zu rows, %zu of them exemplars, and %zu e-models "
            "are fine%s",
            s.table.n, s.table.n_exemplars, s.map.n,
            s.n_doubtful > 0 ? ", but for the combinations warned of" : "");
    }
done:
    packages_clear(&s.packages);
    emodel_map_clear(&s.map);
    mec_arena_free(s.arena);
    return st;
}
