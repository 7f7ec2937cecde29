/* INCLUDE "file": the statement gives way to the text of the file.
 *
 * The compiler works on one text; pieces remember which part of it came from where, so
 * that messages name the file that the user has to edit. */

#include "nmodl_priv.h"

#include <mecombo/path.h>

#include <string.h>

enum { MAX_PIECES = 400 };

/* Index of the piece that holds a byte of the whole text. */
static size_t piece_of(const nmodl_module *module, size_t offset)
{
    size_t i = module->piece.n - 1;

    while (i > 0 && module->piece.data[i].begin > offset) {
        i--;
    }
    return i;
}

nmodl_piece nmodl_piece_at(const nmodl_module *module, size_t offset)
{
    if (module->piece.n == 0) {
        return (nmodl_piece){0, NULL, module->source, 0, NULL};
    }
    return module->piece.data[piece_of(module, offset)];
}

/* The text of an included file: beside the including one, else in the folder of the
 * .mod file. */
static char *read_included(nmodl_module *module, const nmodl_piece *from,
                           const char *name, const char **path)
{
    const char *folders[] = {from->folder == NULL ? module->folder : from->folder,
                             module->folder};

    for (size_t i = 0; i < 2; i++) {
        mec_err ignored = MEC_ERR_INIT;
        char *text = NULL;
        *path = mec_path_join(module->arena, folders[i], name);
        if (*path != NULL && mec_path_exists(*path) && !mec_path_is_directory(*path) &&
            mec_read_file(module->arena, *path, &text, NULL, &ignored) == MEC_OK) {
            return text;
        }
    }
    return NULL;
}

/* Split the piece that holds [offset, offset + length) around `added`. */
static bool split_piece(nmodl_module *module, size_t offset, size_t length,
                        nmodl_piece added, size_t added_length)
{
    size_t at = piece_of(module, offset);
    nmodl_piece rest = module->piece.data[at];

    rest.from += offset + length - rest.begin;
    rest.begin = offset + added_length;
    if (!MEC_VEC_PUSH(&module->piece, rest) || !MEC_VEC_PUSH(&module->piece, rest)) {
        return false;
    }
    for (size_t i = module->piece.n - 1; i > at + 2; i--) {
        module->piece.data[i] = module->piece.data[i - 2];
        module->piece.data[i].begin += added_length - length;
    }
    module->piece.data[at + 1] = added;
    module->piece.data[at + 2] = rest;
    return true;
}

static void insert(nmodl_module *module, size_t offset, size_t length,
                   const nmodl_piece *added)
{
    nmodl_piece whole = {0, NULL, module->source, 0, NULL};
    char *joined =
        mec_arena_printf(module->arena, "%.*s%s\n%s", (int)offset, module->source,
                         added->text, module->source + offset + length);

    if (joined == NULL ||
        (module->piece.n == 0 && !MEC_VEC_PUSH(&module->piece, whole)) ||
        !split_piece(module, offset, length, *added, strlen(added->text) + 1)) {
        module->out_of_memory = true;
        return;
    }
    module->source = joined;
}

bool nmodl_include(nmodl_module *module, size_t offset, size_t length, const char *name)
{
    nmodl_piece from = nmodl_piece_at(module, offset);
    nmodl_piece added = {.begin = offset};
    const char *path = NULL;

    if (module->folder == NULL) {
        nmodl_error(module, offset, "INCLUDE needs a .mod file in a folder");
        return false;
    }
    if (module->piece.n > MAX_PIECES) {
        nmodl_error(module, offset,
                    "INCLUDE of \"%s\" has no end (does it include "
                    "itself?)",
                    name);
        return false;
    }
    added.text = read_included(module, &from, name, &path);
    if (added.text == NULL) {
        nmodl_error(module, offset,
                    "INCLUDE file \"%s\" cannot be read (it is looked for beside the "
                    "including file and in \"%s\")",
                    name, module->folder);
        return false;
    }
    added.file = path;
    added.folder = mec_path_dirname(module->arena, path);
    insert(module, offset, length, &added);
    return !module->out_of_memory;
}
