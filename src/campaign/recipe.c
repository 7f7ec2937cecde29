/* Recipes: which e-types occur for a layer and m-type (BLUEPYMM.md A.3). */

#include "inputs_priv.h"
#include "say_priv.h"

#include <mecombo/path.h>
#include <mecombo/text.h>
#include <mecombo/vec.h>
#include <mecombo/xml.h>

#include <string.h>

typedef MEC_VEC(recipe_record) record_vec;

/* The percentage of an element, which BluePyMM refuses to be zero. */
static mec_status check_percentage(const mec_xml *element, mec_err *err)
{
    const char *text = NULL;
    double value = 0;
    mec_status st = mec_xml_need(element, "percentage", &text, err);

    if (st != MEC_OK) {
        return st;
    }
    if (!mec_parse_double(text, &value)) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: percentage \"%s\" of %s is no number (give 0 to 100)",
                        element->file, element->line, text, element->name);
    }
    if (value == 0) {
        return mec_fail(
            err, MEC_E_INPUT,
            "%s:%d: percentage of %s \"%s\" is 0 (remove the element, or "
            "give a share above 0)",
            element->file, element->line, element->name,
            mec_xml_get(element, "id") == NULL ? "" : mec_xml_get(element, "id"));
    }
    return MEC_OK;
}

static mec_status add_electro_type(const mec_xml *layer, const mec_xml *structural,
                                   const mec_xml *electro, record_vec *records,
                                   mec_err *err)
{
    recipe_record record = {.line = electro->line};
    mec_status st = MEC_OK;

    MEC_TRY(check_percentage(layer, err));
    MEC_TRY(check_percentage(structural, err));
    MEC_TRY(check_percentage(electro, err));
    MEC_TRY(mec_xml_need(layer, "id", &record.layer, err));
    MEC_TRY(mec_xml_need(structural, "id", &record.fullmtype, err));
    MEC_TRY(mec_xml_need(electro, "id", &record.etype, err));
    if (!MEC_VEC_PUSH(records, record)) {
        st = mec_no_memory(err);
    }
done:
    return st;
}

static mec_status read_xml(mec_arena *arena, const char *path, record_vec *records,
                           mec_err *err)
{
    const mec_xml *root = NULL;
    mec_status st = mec_xml_read(arena, path, &root, err);

    if (st != MEC_OK) {
        return st;
    }
    const mec_xml *types = mec_xml_child(root, "NeuronTypes");
    if (types == NULL) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: <%s> has no element <NeuronTypes> (is this a recipe?)",
                        path, root->line, root->name);
    }
    for (size_t i = 0; i < types->n; i++) {
        const mec_xml *layer = types->child[i];

        for (size_t j = 0; j < layer->n; j++) {
            const mec_xml *structural = layer->child[j];

            if (strcmp(structural->name, "StructuralType") != 0) {
                continue;
            }
            for (size_t k = 0; k < structural->n; k++) {
                if (strcmp(structural->child[k]->name, "ElectroType") != 0) {
                    continue;
                }
                st = add_electro_type(layer, structural, structural->child[k], records,
                                      err);
                if (st != MEC_OK) {
                    return st;
                }
            }
        }
    }
    return MEC_OK;
}

/* A scalar trait as Python's str() gives it for strings and plain numbers. */
static mec_status need_scalar(const mec_json *traits, const char *key, const char **out,
                              mec_err *err)
{
    const mec_json *item = mec_json_get(traits, key);

    if (item == NULL ||
        (item->type != MEC_JSON_STRING && item->type != MEC_JSON_NUMBER)) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: trait \"%s\" is %s (give a name or a number)",
                        traits->file, item == NULL ? traits->line : item->line, key,
                        item == NULL ? "missing" : json_kind(item->type));
    }
    *out = item->string;
    return MEC_OK;
}

static mec_status add_yaml_neuron(const mec_json *neuron, record_vec *records,
                                  mec_err *err)
{
    recipe_record record = {0};
    const mec_json *traits = NULL;
    const mec_json *etypes = NULL;
    mec_status st = MEC_OK;

    MEC_TRY(mec_json_need(neuron, "traits", MEC_JSON_OBJECT, &traits, err));
    MEC_TRY(mec_json_need(traits, "etype", MEC_JSON_OBJECT, &etypes, err));
    MEC_TRY(need_scalar(traits, "layer", &record.layer, err));
    MEC_TRY(need_scalar(traits, "mtype", &record.fullmtype, err));
    for (size_t i = 0; i < etypes->n; i++) {
        record.etype = etypes->item[i]->key;
        record.line = etypes->item[i]->line;
        if (!MEC_VEC_PUSH(records, record)) {
            st = mec_no_memory(err);
            goto done;
        }
    }
done:
    return st;
}

static mec_status read_yaml(mec_arena *arena, const char *path, record_vec *records,
                            mec_err *err)
{
    const mec_json *root = NULL;
    const mec_json *neurons = NULL;
    const char *version = NULL;
    mec_status st = MEC_OK;

    MEC_TRY(mec_yaml_read(arena, path, &root, err));
    MEC_TRY(mec_json_need_string(root, "version", &version, err));
    if (strcmp(version, "v2.0") != 0) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s:%d: recipe version \"%s\" (only v2.0 can be read)", path,
                      mec_json_get(root, "version")->line, version);
        goto done;
    }
    MEC_TRY(mec_json_need(root, "neurons", MEC_JSON_ARRAY, &neurons, err));
    for (size_t i = 0; i < neurons->n; i++) {
        MEC_TRY(add_yaml_neuron(neurons->item[i], records, err));
    }
done:
    return st;
}

mec_status recipe_read(mec_arena *arena, const char *path, recipe *out, mec_err *err)
{
    const char *extension = mec_path_extension(path);
    record_vec records = MEC_VEC_INIT;
    mec_status st = MEC_OK;

    *out = (recipe){.file = path};
    if (strcmp(extension, ".xml") == 0) {
        MEC_TRY(read_xml(arena, path, &records, err));
    } else if (strcmp(extension, ".yaml") == 0 || strcmp(extension, ".yml") == 0) {
        MEC_TRY(read_yaml(arena, path, &records, err));
    } else {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s: a recipe ends in .xml or .yaml (rename the file)", path);
        goto done;
    }
    if (records.n == 0) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s: the recipe names no combination of layer, m-type and e-type "
                      "(add at least one)",
                      path);
        goto done;
    }
    out->record = mec_arena_calloc(arena, records.n, sizeof *out->record);
    if (out->record == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    memcpy(out->record, records.data, records.n * sizeof *out->record);
    out->n = records.n;
done:
    MEC_VEC_CLEAR(&records);
    return st;
}
