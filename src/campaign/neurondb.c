/* neuronDB.xml: the morphologies of a release (BLUEPYMM.md A.3). */

#include "inputs_priv.h"

#include <mecombo/path.h>
#include <mecombo/xml.h>

#include <string.h>

/* Texts are taken as they are, white space included, as BluePyMM does. */
static mec_status need_text(const mec_xml *morphology, const char *tag,
                            const char **out, mec_err *err)
{
    *out = mec_xml_child_text(morphology, tag);
    if (*out == NULL) {
        const char *name = mec_xml_child_text(morphology, "name");

        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: morphology %s has no element <%s> (add it; <%s/> is an "
                        "empty one)",
                        morphology->file, morphology->line,
                        name == NULL ? "without name" : name, tag, tag);
    }
    return MEC_OK;
}

static mec_status read_record(mec_arena *arena, const mec_xml *morphology,
                              morph_record *out, mec_err *err)
{
    mec_status st = MEC_OK;

    out->line = morphology->line;
    MEC_TRY(need_text(morphology, "name", &out->name, err));
    MEC_TRY(need_text(morphology, "mtype", &out->mtype, err));
    MEC_TRY(need_text(morphology, "msubtype", &out->msubtype, err));
    MEC_TRY(need_text(morphology, "layer", &out->layer, err));
    out->fullmtype = out->msubtype[0] == '\0'
                         ? out->mtype
                         : mec_arena_printf(arena, "%s:%s", out->mtype, out->msubtype);
    if (out->fullmtype == NULL) {
        st = mec_no_memory(err);
    }
done:
    return st;
}

mec_status neurondb_read(mec_arena *arena, const char *directory, neurondb *out,
                         mec_err *err)
{
    const mec_xml *root = NULL;
    const mec_xml *const *list = NULL;
    mec_status st = MEC_OK;

    *out = (neurondb){.file = mec_path_join(arena, directory, "neuronDB.xml")};
    if (out->file == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_xml_read(arena, out->file, &root, err));
    MEC_TRY(mec_xml_find_all(arena, root, "morphology", &out->n, &list, err));
    if (out->n == 0) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s: no element <morphology> (is this the list of a morphology "
                      "release?)",
                      out->file);
        goto done;
    }
    out->record = mec_arena_calloc(arena, out->n, sizeof *out->record);
    if (out->record == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    for (size_t i = 0; i < out->n; i++) {
        MEC_TRY(read_record(arena, list[i], &out->record[i], err));
    }
done:
    return st;
}
