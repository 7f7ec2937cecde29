/* Rows of exemplars: the morphology an e-model was optimised on, as it is and repaired,
 * under the e-model's name in the campaign and under its original one. */

#include "combos_priv.h"

#include <mecombo/map.h>
#include <mecombo/path.h>
#include <mecombo/text.h>

#include <string.h>

static mec_status check_morphology(const emodel_map *map, const emodel_entry *entry,
                                   const char *kind, const char *path, mec_err *err)
{
    if (path == NULL) {
        return mec_no_memory(err);
    }
    if (!mec_path_exists(path) || mec_path_is_directory(path)) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: no such file, the %s exemplar morphology of e-model %s "
                        "(%s:%d; add the file or correct morph_path in %s)",
                        path, kind, entry->original, map->file, entry->line,
                        map->final_file);
    }
    return MEC_OK;
}

/* Where the unrepaired exemplar lies once prepared, and that it is there to be copied. */
static mec_status find_unrepaired(mec_arena *arena, const combo_inputs *in,
                                  const emodel_entry *entry, const char **directory,
                                  mec_err *err)
{
    const char *checked;

    if (in->unrep_morph_dir != NULL) {
        *directory = in->unrep_morph_dir;
        checked = mec_path_join(arena, in->unrep_morph_dir, entry->morph_file);
    } else {
        const char *path = mec_path_join(arena, entry->target, entry->morph_path);
        const char *absolute = path == NULL ? NULL : mec_path_absolute(arena, path);

        *directory = absolute == NULL ? NULL : mec_path_dirname(arena, absolute);
        checked = mec_path_join(arena, entry->source, entry->morph_path);
        if (*directory == NULL) {
            return mec_no_memory(err);
        }
    }
    return check_morphology(in->map, entry, "unrepaired", checked, err);
}

static const morph_record *find_record(const neurondb *db, const char *name)
{
    for (size_t i = 0; i < db->n; i++) {
        if (strcmp(db->record[i].name, name) == 0) {
            return &db->record[i];
        }
    }
    return NULL;
}

static mec_status find_repaired(mec_arena *arena, const combo_inputs *in,
                                const emodel_entry *entry, const morph_record **record,
                                mec_err *err)
{
    *record = find_record(in->rep_neurondb, entry->morph_stem);
    if (*record == NULL) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: no morphology \"%s\", the repaired exemplar of e-model %s "
                        "(add it, or set \"skip_repaired_exemplar\" to true)",
                        in->rep_neurondb->file, entry->morph_stem, entry->original);
    }
    return check_morphology(in->map, entry, "repaired",
                            mec_path_join(arena, in->rep_morph_dir, entry->morph_file),
                            err);
}

static mec_status print_fitness(mec_arena *arena, const emodel_entry *entry,
                                const char **out, mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;

    mec_json_print(entry->fitness, &text);
    *out = mec_text_ok(&text) ? mec_arena_strdup(arena, mec_text_string(&text)) : NULL;
    mec_text_clear(&text);
    return *out == NULL ? mec_no_memory(err) : MEC_OK;
}

static mec_status add_entry(mec_arena *arena, const combo_inputs *in,
                            const emodel_entry *entry, combo row[], size_t *n,
                            mec_err *err)
{
    const morph_record *record = NULL;
    const char *unrep_dir = NULL;
    const char *fitness = NULL;
    mec_status st = MEC_OK;

    MEC_TRY(find_unrepaired(arena, in, entry, &unrep_dir, err));
    if (!in->skip_repaired_exemplar) {
        MEC_TRY(find_repaired(arena, in, entry, &record, err));
    }
    MEC_TRY(print_fitness(arena, entry, &fitness, err));
    for (int repaired = in->skip_repaired_exemplar ? 0 : 1; repaired >= 0; repaired--) {
        for (int original = 0; original < 2; original++) {
            row[(*n)++] = (combo){
                .fullmtype = record == NULL ? NULL : record->fullmtype,
                .mtype = record == NULL ? NULL : record->mtype,
                .msubtype = record == NULL ? NULL : record->msubtype,
                .etype = entry->etype_pattern,
                .morph_name = entry->morph_stem,
                .morph_ext = entry->morph_ext,
                .morph_dir = repaired ? in->rep_morph_dir : unrep_dir,
                .emodel = original ? entry->original : entry->emodel,
                .original_emodel = entry->original,
                .opt_scores = repaired ? NULL : fitness,
                .is_exemplar = true,
                .is_repaired = repaired,
                .is_original = original,
            };
        }
    }
done:
    return st;
}

mec_status exemplars_add(mec_arena *arena, const combo_inputs *in, const mec_map *used,
                         combo row[], size_t *n, mec_err *err)
{
    for (size_t i = 0; i < in->map->n; i++) {
        const emodel_entry *entry = &in->map->entry[i];

        if (mec_map_has(used, entry->emodel)) {
            mec_status st = add_entry(arena, in, entry, row, n, err);

            if (st != MEC_OK) {
                return st;
            }
        }
    }
    return MEC_OK;
}
