/* INCLUDE "file": the statement gives way to the text of the file; so do the #include
 * "file" lines of VERBATIM text where the file is there.
 *
 * The compiler works on one text; pieces remember which part of it came from where, so
 * that messages name the file that the user has to edit. */

#include "nmodl_priv.h"

#include <mecombo/path.h>
#include <mecombo/text.h>

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

/* ---- #include in VERBATIM text ---- */

enum { MAX_DEPTH = 12 };

/* Where a line of VERBATIM text stands. */
typedef struct c_place {
    const char *file, *folder;
    int line, depth;
} c_place;

/* The file of an #include line; empty if it is none. *quote: " or <; *rest: what follows
 * it in the line. */
static const char *included_name(nmodl_module *module, const char *at, size_t n,
                                 char *quote, const char **rest)
{
    const char *end = at + n, *close;

    at += strspn(at, " \t");
    if (at >= end || *at != '#') {
        return "";
    }
    at += 1 + strspn(at + 1, " \t");
    if (!mec_starts_with(at, "include")) {
        return "";
    }
    at += 7 + strspn(at + 7, " \t");
    *quote = *at;
    close = at >= end ? NULL
                      : memchr(at + 1, *at == '<' ? '>' : '"', (size_t)(end - at - 1));
    if ((*at != '<' && *at != '"') || close == NULL) {
        return "";
    }
    *rest = close + 1;
    return mec_arena_strndup(module->arena, at + 1, (size_t)(close - at - 1));
}

static void copy_c_text(nmodl_module *module, const char *text, size_t length,
                        c_place place, mec_text *out);

/* One #include line. A header that is not there is NEURON's own: mecombo's shim has what
 * it declares. */
static void copy_include(nmodl_module *module, const char *name, char quote,
                         c_place place, mec_text *out)
{
    nmodl_piece from = {0, place.file, NULL, 0, place.folder};
    const char *path = NULL, *text = NULL;

    if (quote == '<') {
        mec_text_printf(out, "#if __has_include(<%s>)\n#include <%s>\n#endif\n", name,
                        name);
    } else if (module->folder != NULL && place.depth < MAX_DEPTH) {
        text = read_included(module, &from, name, &path);
    }
    if (text != NULL) {
        c_place inner = {name, mec_path_dirname(module->arena, path), 1,
                         place.depth + 1};
        mec_text_printf(out, "#line 1 \"%s\"\n", name);
        copy_c_text(module, text, strlen(text), inner, out);
    }
    mec_text_printf(out, "#line %d \"%s\"\n", place.line, place.file);
}

static void copy_c_text(nmodl_module *module, const char *text, size_t length,
                        c_place place, mec_text *out)
{
    const char *end = text + length;

    while (text < end) {
        const char *stop = memchr(text, '\n', (size_t)(end - text));
        size_t n = (size_t)((stop == NULL ? end : stop) - text);
        char quote = '\0';
        const char *rest = text;
        const char *name = included_name(module, text, n, &quote, &rest);

        if (name == NULL) {
            module->out_of_memory = true;
            return;
        }
        if (*name == '\0') {
            mec_text_add_bytes(out, text, n);
        } else {
            copy_include(module, name, quote, place, out);
            /* A comment that begins here may go on for lines. */
            rest += strspn(rest, " \t");
            mec_text_add_bytes(out, rest, *rest == '/' ? (size_t)(text + n - rest) : 0);
        }
        mec_text_add_char(out, '\n');
        place.line++;
        text += n + 1;
    }
}

const char *nmodl_expand_verbatim(nmodl_module *module, size_t offset, const char *text,
                                  size_t length)
{
    mec_text out = MEC_TEXT_INIT;
    c_place place = {NULL, module->folder, 1, 0};
    nmodl_piece piece = nmodl_piece_at(module, offset);
    const char *result = NULL;

    place.file = nmodl_line_of(module, offset, &place.line);
    place.folder = piece.folder == NULL ? module->folder : piece.folder;
    copy_c_text(module, text, length, place, &out);
    if (mec_text_ok(&out)) {
        result = mec_arena_strdup(module->arena, mec_text_string(&out));
    }
    module->out_of_memory = module->out_of_memory || result == NULL;
    mec_text_clear(&out);
    return result;
}
