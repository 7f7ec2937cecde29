/* emodel_etype_map.json and final.json: which e-model serves which types, and what it is
 * (BLUEPYMM.md A.3). */

#include "inputs_priv.h"
#include "say_priv.h"

#include <mecombo/path.h>

#include <ctype.h>
#include <string.h>

/* NEURON's rule for a template's name; the e-model's HOC file is one. */
static bool is_template_name(const char *name)
{
    if (!isalpha((unsigned char)name[0])) {
        return false;
    }
    for (const char *c = name; *c != '\0'; c++) {
        if (!isalnum((unsigned char)*c) && *c != '_') {
            return false;
        }
    }
    return true;
}

static mec_status read_layers(mec_arena *arena, const mec_json *item,
                              emodel_entry *entry, mec_err *err)
{
    const mec_json *layers = NULL;
    mec_status st = mec_json_need(item, "layer", MEC_JSON_ARRAY, &layers, err);

    if (st != MEC_OK) {
        return st;
    }
    entry->layer = mec_arena_calloc(arena, layers->n, sizeof *entry->layer);
    if (entry->layer == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < layers->n; i++) {
        const mec_json *layer = layers->item[i];

        if (layer->type != MEC_JSON_STRING && layer->type != MEC_JSON_NUMBER) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s:%d: layer %zu of \"%s\" is %s (give a name or a "
                            "number)",
                            layer->file, layer->line, i + 1, entry->original,
                            json_kind(layer->type));
        }
        entry->layer[i] = layer->string;
    }
    entry->n_layers = layers->n;
    return MEC_OK;
}

static mec_status read_pattern(const mec_json *item, const char *key, const char **text,
                               mec_regex **out, mec_err *err)
{
    const mec_json *value = mec_json_get(item, key);

    if (value != NULL && value->type != MEC_JSON_STRING) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: key \"%s\" holds %s (expected a regex)", value->file,
                        value->line, key, json_kind(value->type));
    }
    *text = value == NULL ? ".*" : value->string;
    mec_status st = mec_regex_new(*text, out, err);
    if (st != MEC_OK) {
        mec_err_prefix(err, "%s:%d: key \"%s\": ", item->file,
                       value == NULL ? item->line : value->line, key);
    }
    return st;
}

static mec_status check_numbers(const mec_json *object, mec_err *err)
{
    for (size_t i = 0; i < object->n; i++) {
        const mec_json *item = object->item[i];

        if (item->type != MEC_JSON_NUMBER) {
            return mec_fail(
                err, MEC_E_INPUT, "%s:%d: \"%s\" of \"%s\" is %s (expected a number)",
                item->file, item->line, item->key, object->key, json_kind(item->type));
        }
    }
    return MEC_OK;
}

/* The optional string member of an object. */
static mec_status read_optional(const mec_json *object, const char *key,
                                const char *fallback, const char **out, mec_err *err)
{
    const mec_json *item = mec_json_get(object, key);

    *out = fallback;
    if (item == NULL || item->type == MEC_JSON_NULL) {
        return MEC_OK;
    }
    return mec_json_need_string(object, key, out, err);
}

static mec_status read_final(mec_arena *arena, const emodel_map *map,
                             emodel_entry *entry, mec_err *err)
{
    const mec_json *final = mec_json_get(map->final_root, entry->original);
    mec_status st = MEC_OK;

    if (final == NULL || final->type != MEC_JSON_OBJECT) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: e-model \"%s\" is %s %s (the keys of both files must "
                        "agree)",
                        map->file, entry->line, entry->original,
                        final == NULL ? "not in" : "no object in", map->final_file);
    }
    MEC_TRY(mec_json_need(final, "params", MEC_JSON_OBJECT, &entry->params, err));
    MEC_TRY(mec_json_need(final, "fitness", MEC_JSON_OBJECT, &entry->fitness, err));
    MEC_TRY(mec_json_need_string(final, "morph_path", &entry->morph_path, err));
    MEC_TRY(read_optional(final, "main_path", ".", &entry->main_path, err));
    MEC_TRY(read_optional(final, "branch", NULL, &entry->branch, err));
    MEC_TRY(check_numbers(entry->params, err));
    MEC_TRY(check_numbers(entry->fitness, err));
    entry->morph_file = mec_path_basename(entry->morph_path);
    entry->morph_ext = mec_path_extension(entry->morph_file);
    entry->morph_stem = mec_arena_strndup(
        arena, entry->morph_file, strlen(entry->morph_file) - strlen(entry->morph_ext));
    if (entry->morph_stem == NULL) {
        st = mec_no_memory(err);
    }
done:
    return st;
}

static mec_status read_entry(mec_arena *arena, const emodel_map *map,
                             const mec_json *item, emodel_entry *entry, mec_err *err)
{
    const char *ignored = NULL;
    mec_status st = MEC_OK;

    entry->original = item->key;
    entry->line = item->line;
    if (item->type != MEC_JSON_OBJECT) {
        return mec_fail(err, MEC_E_INPUT, "%s:%d: \"%s\" is %s (expected an object)",
                        item->file, item->line, item->key, json_kind(item->type));
    }
    MEC_TRY(mec_json_need_string(item, "mm_recipe", &entry->emodel, err));
    if (!is_template_name(entry->emodel)) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s:%d: mm_recipe \"%s\" cannot name a NEURON template (use "
                      "letters, digits and _, a letter first)",
                      item->file, item->line, entry->emodel);
        goto done;
    }
    MEC_TRY(read_layers(arena, item, entry, err));
    MEC_TRY(read_pattern(item, "etype", &entry->etype_pattern, &entry->etype, err));
    MEC_TRY(read_pattern(item, "mtype", &ignored, &entry->mtype, err));
    MEC_TRY(read_pattern(item, "morph_name", &ignored, &entry->morph_name, err));
    MEC_TRY(read_final(arena, map, entry, err));
done:
    return st;
}

static mec_status read_object(mec_arena *arena, const char *directory, const char *name,
                              const char **path, const mec_json **out, mec_err *err)
{
    *path = mec_path_join(arena, directory, name);
    if (*path == NULL) {
        return mec_no_memory(err);
    }
    mec_status st = mec_json_read(arena, *path, out, err);
    if (st == MEC_OK && (*out)->type != MEC_JSON_OBJECT) {
        return mec_fail(err, MEC_E_INPUT, "%s:%d: holds %s (expected an object)", *path,
                        (*out)->line, json_kind((*out)->type));
    }
    return st;
}

mec_status emodel_map_read(mec_arena *arena, const char *directory,
                           const char *final_path, const char *map_path,
                           emodel_map *out, mec_err *err)
{
    const mec_json *root = NULL;
    mec_status st = MEC_OK;

    *out = (emodel_map){0};
    MEC_TRY(read_object(arena, directory, final_path, &out->final_file,
                        &out->final_root, err));
    MEC_TRY(read_object(arena, directory, map_path, &out->file, &root, err));
    if (root->n == 0) {
        st = mec_fail(err, MEC_E_INPUT, "%s: the map names no e-model (add one)",
                      out->file);
        goto done;
    }
    out->entry = mec_arena_calloc(arena, root->n, sizeof *out->entry);
    if (out->entry == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    for (size_t i = 0; i < root->n; i++) {
        out->n = i + 1;
        MEC_TRY(read_entry(arena, out, root->item[i], &out->entry[i], err));
    }
done:
    if (st != MEC_OK) {
        emodel_map_clear(out);
    }
    return st;
}

void emodel_map_clear(emodel_map *map)
{
    for (size_t i = 0; i < map->n; i++) {
        mec_regex_free(map->entry[i].etype);
        mec_regex_free(map->entry[i].mtype);
        mec_regex_free(map->entry[i].morph_name);
    }
    map->n = 0;
}
