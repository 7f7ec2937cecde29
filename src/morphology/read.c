/* Reading a morphology file; its extension says which reader it needs. */

#include "morphology_priv.h"

#include <mecombo/path.h>

#include <strings.h>

static mec_status import_file(const char *path, import_tree *tree, mec_arena *scratch,
                              mec_err *err)
{
    const char *extension = mec_path_extension(path);
    mec_status st = MEC_OK;
    char *text = NULL;
    size_t length = 0;

    if (strcasecmp(extension, ".asc") == 0) {
        MEC_TRY(mec_read_file(scratch, path, &text, &length, err));
        MEC_TRY(asc_import(text, length, tree, err));
    } else if (strcasecmp(extension, ".swc") == 0) {
        MEC_TRY(mec_read_file(scratch, path, &text, &length, err));
        MEC_TRY(swc_import(text, length, tree, err));
    } else if (strcasecmp(extension, ".h5") == 0) {
        MEC_TRY(bbp_h5_import(tree, err));
    } else {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s: unknown kind of morphology '%s' (use .asc, .swc or .h5)",
                      path, extension);
    }
done:
    return st;
}

mec_status mec_morphology_read(const char *path, mec_morphology **out, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *arena = mec_arena_new();
    mec_arena *scratch = mec_arena_new();
    import_tree tree = {.arena = arena};
    mec_morphology *morphology = NULL;

    *out = NULL;
    if (arena != NULL && scratch != NULL) {
        morphology = mec_arena_calloc(arena, 1, sizeof *morphology);
        tree.file = mec_arena_strdup(arena, path);
    }
    if (morphology == NULL || tree.file == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
        goto done;
    }
    morphology->arena = arena;
    morphology->file = tree.file;
    morphology->axon_rule = "none";
    MEC_TRY(import_file(path, &tree, scratch, err));
    MEC_TRY(import_finish(&tree, morphology, err));
    *out = morphology;
    arena = NULL;
done:
    import_tree_clear(&tree);
    mec_arena_free(scratch);
    mec_arena_free(arena);
    return st;
}

void mec_morphology_free(mec_morphology *morphology)
{
    if (morphology != NULL) {
        mec_arena_free(morphology->arena);
    }
}
