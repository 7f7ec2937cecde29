/* The table of me-combinations: morphologies joined with the recipe, joined with the
 * e-models that serve each type, filtered by morphology name (BLUEPYMM.md A.5).
 *
 * Joins keep the order of their left side, and for each left row that of the right side.
 */

#include "combos_priv.h"

#include <mecombo/log.h>
#include <mecombo/map.h>
#include <mecombo/text.h>
#include <mecombo/vec.h>

#include <string.h>

/* A morphology with one of the types it may take. */
typedef struct typed_morph {
    const char *layer, *fullmtype, *mtype, *submtype, *etype, *morph_name;
    const char *file; /* where it was read, for messages */
    int line;
} typed_morph;

typedef MEC_VEC(typed_morph) typed_vec;
typedef MEC_VEC(combo) combo_vec;

/* A list in order of insertion, as the value of a map. */
typedef struct node {
    const void *item;
    struct node *next;
} node;

typedef struct list {
    node *first, *last;
} list;

enum { MAX_NAMED = 5 }; /* offenders named in one message */

/* Join key parts with a character that no name holds. */
static const char *make_key(mec_text *key, const char *a, const char *b, const char *c)
{
    mec_text_reset(key);
    mec_text_add(key, a);
    mec_text_add_char(key, '\x1f');
    mec_text_add(key, b);
    if (c != NULL) {
        mec_text_add_char(key, '\x1f');
        mec_text_add(key, c);
    }
    return mec_text_ok(key) ? mec_text_string(key) : NULL;
}

static mec_status list_add(mec_arena *arena, mec_map *map, const char *key,
                           const void *item, mec_err *err)
{
    list *l = key == NULL ? NULL : mec_map_get(map, key);
    node *added = mec_arena_alloc(arena, sizeof *added);

    if (key == NULL || added == NULL) {
        return mec_no_memory(err);
    }
    added->item = item;
    if (l == NULL) {
        l = mec_arena_alloc(arena, sizeof *l);
        if (l == NULL || !mec_map_set(map, key, l)) {
            return mec_no_memory(err);
        }
        l->first = added;
    } else {
        l->last->next = added;
    }
    l->last = added;
    return MEC_OK;
}

/* Names of offenders for one message: the first few, once each. */
typedef struct offenders {
    mec_text text;
    mec_map *seen;
} offenders;

static void offenders_clear(offenders *o)
{
    mec_text_clear(&o->text);
    mec_map_free(o->seen);
}

static bool offenders_add(offenders *o, const char *name)
{
    if (o->seen == NULL) {
        o->seen = mec_map_new();
    }
    if (o->seen == NULL || mec_map_has(o->seen, name)) {
        return o->seen != NULL;
    }
    if (mec_map_count(o->seen) < MAX_NAMED) {
        mec_text_printf(&o->text, "%s%s", o->text.length > 0 ? "; " : "", name);
    }
    return mec_map_set(o->seen, name, NULL);
}

static size_t offenders_count(const offenders *o)
{
    return o->seen == NULL ? 0 : mec_map_count(o->seen);
}

static const char *offenders_more(const offenders *o)
{
    return offenders_count(o) > MAX_NAMED ? "; ..." : "";
}

static mec_status index_recipe(mec_arena *arena, const recipe *from, mec_map *index,
                               mec_text *key, mec_err *err)
{
    for (size_t i = 0; i < from->n; i++) {
        const recipe_record *r = &from->record[i];
        mec_status st =
            list_add(arena, index, make_key(key, r->layer, r->fullmtype, NULL), r, err);

        if (st != MEC_OK) {
            return st;
        }
    }
    return MEC_OK;
}

static mec_status missing_in_recipe(const combo_inputs *in, const offenders *missing,
                                    mec_err *err)
{
    return mec_fail(err, MEC_E_INPUT,
                    "%s: the recipe has no entry for the layer and m-type of %zu "
                    "combination%s of %s: %s%s (add them, or take the morphologies "
                    "out)",
                    in->recipe->file, offenders_count(missing),
                    offenders_count(missing) == 1 ? "" : "s", in->neurondb->file,
                    mec_text_string(&missing->text), offenders_more(missing));
}

/* Step (1): give each morphology the e-types that the recipe allows it. */
static mec_status type_morphologies(mec_arena *arena, const combo_inputs *in,
                                    typed_vec *out, mec_err *err)
{
    offenders missing = {MEC_TEXT_INIT, NULL};
    mec_text key = MEC_TEXT_INIT;
    mec_map *index = mec_map_new();
    mec_status st = index == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(index_recipe(arena, in->recipe, index, &key, err));
    for (size_t i = 0; i < in->neurondb->n; i++) {
        const morph_record *m = &in->neurondb->record[i];
        const char *k = make_key(&key, m->layer, m->fullmtype, NULL);
        const list *found = k == NULL ? NULL : mec_map_get(index, k);

        if (found == NULL) {
            char *name =
                mec_arena_printf(arena, "layer \"%s\", m-type \"%s\" (%s, line %d)",
                                 m->layer, m->fullmtype, m->name, m->line);

            if (name == NULL || !offenders_add(&missing, name)) {
                st = mec_no_memory(err);
                goto done;
            }
            continue;
        }
        for (const node *n = found->first; n != NULL; n = n->next) {
            const recipe_record *r = n->item;
            typed_morph typed = {m->layer,           m->fullmtype, m->mtype,
                                 m->msubtype,        r->etype,     m->name,
                                 in->neurondb->file, m->line};

            if (!MEC_VEC_PUSH(out, typed)) {
                st = mec_no_memory(err);
                goto done;
            }
        }
    }
    if (offenders_count(&missing) > 0) {
        st = missing_in_recipe(in, &missing, err);
    }
done:
    offenders_clear(&missing);
    mec_text_clear(&key);
    mec_map_free(index);
    return st;
}

/* Step (1) of the circuit variant: the cells are the rows. */
static mec_status type_cells(const circuit *from, typed_vec *out, mec_err *err)
{
    if (!MEC_VEC_RESERVE(out, from->n)) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < from->n; i++) {
        const cell_record *c = &from->record[i];
        typed_morph typed = {.layer = c->layer,
                             .fullmtype = c->fullmtype,
                             .etype = c->etype,
                             .morph_name = c->morph_name,
                             .file = from->file};

        out->data[out->n++] = typed;
    }
    return MEC_OK;
}

static mec_status collect_types(const typed_vec *typed, mec_map *fullmtypes,
                                mec_map *etypes, mec_err *err)
{
    for (size_t i = 0; i < typed->n; i++) {
        if ((!mec_map_has(fullmtypes, typed->data[i].fullmtype) &&
             !mec_map_set(fullmtypes, typed->data[i].fullmtype, NULL)) ||
            (!mec_map_has(etypes, typed->data[i].etype) &&
             !mec_map_set(etypes, typed->data[i].etype, NULL))) {
            return mec_no_memory(err);
        }
    }
    return MEC_OK;
}

/* The names that a pattern matches whole. @param out [number of names] */
static mec_status match_names(const mec_regex *pattern, const mec_map *names,
                              bool out[], mec_err *err)
{
    for (size_t i = 0; i < mec_map_count(names); i++) {
        mec_status st =
            mec_regex_match_whole(pattern, mec_map_key(names, i), &out[i], err);
        if (st != MEC_OK) {
            return st;
        }
    }
    return MEC_OK;
}

/* Step (2) for one e-model: note it under each (layer, m-type, e-type) that it serves. */
static mec_status serve_entry(mec_arena *arena, const emodel_entry *entry,
                              const mec_map *fullmtypes, const mec_map *etypes,
                              mec_map *served, mec_text *key, mec_err *err)
{
    bool *mtype_fits = mec_arena_calloc(arena, mec_map_count(fullmtypes), sizeof(bool));
    bool *etype_fits = mec_arena_calloc(arena, mec_map_count(etypes), sizeof(bool));
    mec_status st = MEC_OK;

    if (mtype_fits == NULL || etype_fits == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(match_names(entry->mtype, fullmtypes, mtype_fits, err));
    MEC_TRY(match_names(entry->etype, etypes, etype_fits, err));
    for (size_t l = 0; l < entry->n_layers; l++) {
        for (size_t m = 0; m < mec_map_count(fullmtypes); m++) {
            for (size_t e = 0; mtype_fits[m] && e < mec_map_count(etypes); e++) {
                if (etype_fits[e]) {
                    MEC_TRY(list_add(arena, served,
                                     make_key(key, entry->layer[l],
                                              mec_map_key(fullmtypes, m),
                                              mec_map_key(etypes, e)),
                                     entry, err));
                }
            }
        }
    }
done:
    return st;
}

/* Steps (3) to (5) for one row: one row per e-model that serves its type, if the e-model
 * takes a morphology of that name. */
static mec_status add_combos(const combo_inputs *in, const typed_morph *t,
                             const list *found, mec_map *used, combo_vec *out,
                             mec_err *err)
{
    for (const node *n = found->first; n != NULL; n = n->next) {
        const emodel_entry *entry = n->item;
        bool fits = false;
        mec_status st =
            mec_regex_match_prefix(entry->morph_name, t->morph_name, &fits, NULL, err);

        if (st != MEC_OK) {
            return st;
        }
        if (!mec_map_has(used, entry->emodel) &&
            !mec_map_set(used, entry->emodel, NULL)) {
            return mec_no_memory(err);
        }
        combo row = {.layer = t->layer,
                     .fullmtype = t->fullmtype,
                     .mtype = t->mtype,
                     .submtype = t->submtype,
                     .etype = t->etype,
                     .morph_name = t->morph_name,
                     .morph_dir = in->morph_dir,
                     .emodel = entry->emodel,
                     .original_emodel = entry->original,
                     .is_repaired = true};
        if (fits && !MEC_VEC_PUSH(out, row)) {
            return mec_no_memory(err);
        }
    }
    return MEC_OK;
}

static mec_status join_emodels(mec_arena *arena, const combo_inputs *in,
                               const typed_vec *typed, const mec_map *served,
                               mec_map *used, combo_vec *out, mec_err *err)
{
    offenders missing = {MEC_TEXT_INIT, NULL};
    mec_text key = MEC_TEXT_INIT;
    mec_status st = MEC_OK;

    for (size_t i = 0; i < typed->n; i++) {
        const typed_morph *t = &typed->data[i];
        const char *k = make_key(&key, t->layer, t->fullmtype, t->etype);
        const list *found = k == NULL ? NULL : mec_map_get(served, k);

        if (found != NULL) {
            MEC_TRY(add_combos(in, t, found, used, out, err));
            continue;
        }
        char *name =
            mec_arena_printf(arena, "layer \"%s\", e-type \"%s\", m-type \"%s\"",
                             t->layer, t->etype, t->fullmtype);
        if (name == NULL || !offenders_add(&missing, name)) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    if (offenders_count(&missing) > 0) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s: no e-model serves %zu combination%s of %s: %s%s (extend the "
                      "layer, etype or mtype of an e-model)",
                      in->map->file, offenders_count(&missing),
                      offenders_count(&missing) == 1 ? "" : "s",
                      in->recipe != NULL ? in->recipe->file : in->circuit->file,
                      mec_text_string(&missing.text), offenders_more(&missing));
    }
done:
    offenders_clear(&missing);
    mec_text_clear(&key);
    return st;
}

/* The values of one column of the rows, as keys of a new map; NULL when out of memory. */
static mec_map *names_in(const combo_vec *rows, bool of_morphologies)
{
    mec_map *names = mec_map_new();

    for (size_t i = 0; names != NULL && i < rows->n; i++) {
        const combo *row = &rows->data[i];

        if (!mec_map_set(names,
                         of_morphologies ? row->morph_name : row->original_emodel,
                         NULL)) {
            mec_map_free(names);
            return NULL;
        }
    }
    return names;
}

/* Patterns may shut out a morphology or an e-model altogether; BluePyMM says nothing. */
static mec_status warn_of_lost(const combo_inputs *in, const typed_vec *typed,
                               const combo_vec *rows, mec_err *err)
{
    mec_map *morphologies = names_in(rows, true);
    mec_map *originals = names_in(rows, false);
    offenders lost = {MEC_TEXT_INIT, NULL};
    mec_status st = MEC_OK;

    if (morphologies == NULL || originals == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    for (size_t i = 0; i < typed->n; i++) {
        const char *name = typed->data[i].morph_name;

        if (!mec_map_has(morphologies, name) && !offenders_add(&lost, name)) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    if (offenders_count(&lost) > 0) {
        mec_log(MEC_LOG_WARNING,
                "%s: the morph_name patterns leave %zu morpholog%s without a row: %s%s",
                in->map->file, offenders_count(&lost),
                offenders_count(&lost) == 1 ? "y" : "ies", mec_text_string(&lost.text),
                offenders_more(&lost));
    }
    for (size_t i = 0; i < in->map->n; i++) {
        const emodel_entry *entry = &in->map->entry[i];

        if (!mec_map_has(originals, entry->original)) {
            mec_log(MEC_LOG_WARNING,
                    "%s:%d: e-model %s gets no morphology (its layer, etype, mtype and "
                    "morph_name match nothing together)",
                    in->map->file, entry->line, entry->original);
        }
    }
done:
    offenders_clear(&lost);
    mec_map_free(morphologies);
    mec_map_free(originals);
    return st;
}

/* Exemplars first, then the rest. */
static mec_status assemble(mec_arena *arena, const combo_inputs *in,
                           const mec_map *used, const combo_vec *rest, combo_table *out,
                           mec_err *err)
{
    size_t n_max = in->map->n * EXEMPLARS_PER_EMODEL + rest->n;
    mec_status st;

    out->from_circuit = in->circuit != NULL;
    out->row = mec_arena_calloc(arena, n_max, sizeof *out->row);
    if (out->row == NULL) {
        return mec_no_memory(err);
    }
    st = exemplars_add(arena, in, used, out->row, &out->n_exemplars, err);
    if (st != MEC_OK) {
        return st;
    }
    if (rest->n > 0) {
        memcpy(out->row + out->n_exemplars, rest->data, rest->n * sizeof *out->row);
    }
    out->n = out->n_exemplars + rest->n;
    return MEC_OK;
}

mec_status combos_build(mec_arena *arena, const combo_inputs *in, combo_table *out,
                        mec_err *err)
{
    typed_vec typed = MEC_VEC_INIT;
    combo_vec rest = MEC_VEC_INIT;
    mec_map *fullmtypes = mec_map_new();
    mec_map *etypes = mec_map_new();
    mec_map *served = mec_map_new();
    mec_map *used = mec_map_new();
    mec_text key = MEC_TEXT_INIT;
    mec_status st = MEC_OK;

    *out = (combo_table){0};
    if (fullmtypes == NULL || etypes == NULL || served == NULL || used == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(in->circuit != NULL ? type_cells(in->circuit, &typed, err)
                                : type_morphologies(arena, in, &typed, err));
    MEC_TRY(collect_types(&typed, fullmtypes, etypes, err));
    for (size_t i = 0; i < in->map->n; i++) {
        MEC_TRY(serve_entry(arena, &in->map->entry[i], fullmtypes, etypes, served, &key,
                            err));
    }
    MEC_TRY(join_emodels(arena, in, &typed, served, used, &rest, err));
    MEC_TRY(warn_of_lost(in, &typed, &rest, err));
    MEC_TRY(assemble(arena, in, used, &rest, out, err));
done:
    MEC_VEC_CLEAR(&typed);
    MEC_VEC_CLEAR(&rest);
    mec_map_free(fullmtypes);
    mec_map_free(etypes);
    mec_map_free(served);
    mec_map_free(used);
    mec_text_clear(&key);
    return st;
}
