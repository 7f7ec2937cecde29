/* Reading a morphology file; its extension says which reader it needs. */

#include "morphology_priv.h"

#include <mecombo/path.h>

#include <strings.h>

/* Choose the reader. @param text  NULL: read the file */
static mec_status import_any(const char *text, size_t length, import_tree *tree,
                             mec_arena *scratch, mec_err *err)
{
    const char *extension = mec_path_extension(tree->file);
    bool is_asc = strcasecmp(extension, ".asc") == 0;
    mec_status st = MEC_OK;
    char *content = NULL;

    if (strcasecmp(extension, ".h5") == 0 && text == NULL) {
        MEC_TRY(bbp_h5_import(tree, err));
        goto done;
    }
    if (!is_asc && strcasecmp(extension, ".swc") != 0) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s: unknown kind of morphology '%s' (use .asc, .swc or .h5)",
                      tree->file, extension);
        goto done;
    }
    if (text == NULL) {
        MEC_TRY(mec_read_file(scratch, tree->file, &content, &length, err));
        text = content;
    }
    st = is_asc ? asc_import(text, length, tree, err)
                : swc_import(text, length, tree, err);
done:
    return st;
}

static mec_status read_any(const char *name, const char *text, size_t length,
                           mec_morphology **out, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *arena = mec_arena_new();
    mec_arena *scratch = mec_arena_new();
    import_tree tree = {.arena = arena};
    mec_morphology *morphology = NULL;

    *out = NULL;
    if (arena != NULL && scratch != NULL) {
        morphology = mec_arena_calloc(arena, 1, sizeof *morphology);
        tree.file = mec_arena_strdup(arena, name);
    }
    if (morphology == NULL || tree.file == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", name);
        goto done;
    }
    morphology->arena = arena;
    morphology->file = tree.file;
    morphology->axon_rule = "none";
    MEC_TRY(import_any(text, length, &tree, scratch, err));
    MEC_TRY(import_finish(&tree, morphology, err));
    *out = morphology;
    arena = NULL;
done:
    import_tree_clear(&tree);
    mec_arena_free(scratch);
    mec_arena_free(arena);
    return st;
}

mec_status mec_morphology_read(const char *path, mec_morphology **out, mec_err *err)
{
    return read_any(path, NULL, 0, out, err);
}

mec_status mec_morphology_parse(const char *name, const char *text, size_t length,
                                mec_morphology **out, mec_err *err)
{
    return read_any(name, text, length, out, err);
}

void mec_morphology_free(mec_morphology *morphology)
{
    if (morphology != NULL) {
        mec_arena_free(morphology->arena);
    }
}
