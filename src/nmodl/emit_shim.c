/* The part of NEURON's C names that VERBATIM text uses, out of runtime/hoc_types.h and
 * runtime/hoc.h.
 *
 * That text is a list of entries, each of one name. Old mechanisms declare the functions
 * that they call, each in its own way; a name that the text declares gets the function
 * without a declaration, and one that it defines gets nothing. */

#include "emit_priv.h"

#include <string.h>

typedef struct entry {
    const char *const *line; /* first */
    const char *const *end;  /* one after the last */
    const char *keyword;     /* "MEC_LEND", ...; NULL: a plain line */
    char name[64];
} entry;

static bool starts_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static size_t word_length(const char *at)
{
    size_t n = 0;

    while (starts_word(at[n]) || (at[n] >= '0' && at[n] <= '9')) {
        n++;
    }
    return n;
}

static void set_name(entry *item, const char *at)
{
    size_t n = word_length(at);

    if (n < sizeof item->name) {
        memcpy(item->name, at, n);
        item->name[n] = '\0';
    }
}

/* The line that ends the entry which begins at `line`, by what entries look like. */
static const char *const *entry_end(const char *const *line, const char *keyword)
{
    bool body = strcmp(keyword, "MEC_LEND(") == 0 || strchr(*line, '{') != NULL;

    for (; *line != NULL; line++) {
        size_t n = strlen(*line);
        bool closes = body ? **line == '}' : strcmp(*line + n - 2, ")\n") == 0;
        if (strcmp(keyword, "#define ") == 0) {
            closes = strcmp(*line + n - 2, "\\\n") != 0;
        } else if (strcmp(keyword, "typedef ") == 0 && !body) {
            closes = true;
        }
        if (closes) {
            return line + 1;
        }
    }
    return line;
}

/* The entry that begins at a line. */
static entry entry_at(const char *const *line)
{
    static const char *const keywords[] = {"MEC_LEND(",  "MEC_NONE(", "MEC_NOTHING(",
                                           "MEC_VALUE(", "MEC_KEPT(", "#define ",
                                           "typedef "};
    entry item = {.line = line, .end = line + 1};

    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++) {
        const char *at = *line + strlen(keywords[i]);
        if (!mec_starts_with(*line, keywords[i])) {
            continue;
        }
        item.keyword = keywords[i];
        item.end = entry_end(line, keywords[i]);
        if (strcmp(keywords[i], "typedef ") == 0) {
            at = strrchr(item.end[-1], ';');
            while (at > item.end[-1] && !starts_word(at[-1]) && at[-1] != ')') {
                at--;
            }
            while (at > item.end[-1] &&
                   (starts_word(at[-1]) || (at[-1] >= '0' && at[-1] <= '9'))) {
                at--;
            }
        } else if (strcmp(keywords[i], "MEC_NOTHING(") != 0 && *at != '\0' &&
                   *keywords[i] == 'M') {
            at = strchr(at, ',') + 1;
            at += strspn(at, " ");
        }
        set_name(&item, at);
        break;
    }
    return item;
}

static bool is_function(const entry *item)
{
    return item->keyword != NULL && *item->keyword == 'M';
}

/* True if the text declares the name itself, in its own way. A declaration in one function
 * does not serve the others; it can only disagree with one that has arguments. */
static bool is_declared(const entry *item, nmodl_c_name kind)
{
    return kind == C_DECLARED || kind == C_VARIABLE ||
           (kind == C_LOCALLY && strcmp(item->keyword, "MEC_LEND(") == 0);
}

static void emit_plain(mec_text *out, const entry *item, nmodl_c_name kind)
{
    if (kind == C_TAG) {
        mec_text_printf(out, "typedef struct %s %s;\n", item->name, item->name);
    } else if (kind != C_TYPE) {
        for (const char *const *line = item->line; line < item->end; line++) {
            mec_text_add(out, *line);
        }
    }
}

static void emit_function(nmodl_emitter *emitter, const entry *item, nmodl_c_name kind)
{
    const nmodl_module *module = emitter->module;
    mec_text *out = emitter->out;
    int line = 1;
    const char *file = nmodl_verbatim_line(module, item->name, &line);

    if (file != NULL) {
        mec_text_printf(out, "#undef MEC_PLACE\n#define MEC_PLACE \"%s:%d: \"\n", file,
                        line);
    }
    mec_text_add(out, is_declared(item, kind) ? "MEC_HUSH_" : "MEC_");
    mec_text_add(out, *item->line + strlen("MEC_"));
    for (const char *const *at = item->line + 1; at < item->end; at++) {
        mec_text_add(out, *at);
    }
}

static void emit_entries(nmodl_emitter *emitter, const char *const *line)
{
    const nmodl_module *module = emitter->module;

    while (*line != NULL) {
        entry item = entry_at(line);
        const nmodl_symbol *symbol = nmodl_lookup(module, item.name);
        nmodl_c_name kind = nmodl_c_kind(module, item.name);
        bool used = mec_map_has(module->verbatim_word, item.name);

        if (item.keyword == NULL) {
            mec_text_add(emitter->out, *line);
        } else if (symbol != NULL || kind == C_DEFINED) {
            /* the mechanism's own */
        } else if (strcmp(item.keyword, "typedef ") == 0) {
            emit_plain(emitter->out, &item, kind);
        } else if (!is_function(&item)) {
            if (kind == C_NOTHING) {
                emit_plain(emitter->out, &item, kind);
            }
        } else if (used) {
            emit_function(emitter, &item, kind);
        }
        line = item.end;
    }
}

void emit_shim(nmodl_emitter *emitter)
{
    emit_entries(emitter, nmodl_text_hoc_types);
    emit_entries(emitter, nmodl_text_hoc);
}

void emit_shim_prototypes(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    const nmodl_module *module = emitter->module;

    for (const char *const *line = nmodl_text_hoc; *line != NULL;) {
        entry item = entry_at(line);
        if (item.keyword != NULL && strcmp(item.keyword, "MEC_LEND(") == 0 &&
            nmodl_c_kind(module, item.name) == C_LOCALLY &&
            nmodl_lookup(module, item.name) == NULL &&
            nmodl_has_word(stmt->text, item.name) &&
            !(stmt->declares != NULL && mec_map_has(stmt->declares, item.name))) {
            mec_text_add(emitter->out, "MEC_SAY_");
            mec_text_add(emitter->out, *line + strlen("MEC_"));
        }
        line = item.end;
    }
}
