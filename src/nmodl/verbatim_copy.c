/* VERBATIM text as it goes into the C, and where in the .mod file its words stand. */

#include "verbatim_priv.h"

#include <mecombo/text.h>

#include <string.h>

void verbatim_note_reached(nmodl_module *module, const char *text, bool all)
{
    bool line_start = true;

    while (*text != '\0') {
        char kind;
        size_t n = verbatim_nothing_at(text, line_start);

        if (n > 0 && *text == '#' && line_start && !all) {
            char *line = mec_arena_strndup(module->arena, text + 1, n - 1);
            if (line != NULL) {
                verbatim_note_reached(module, line, true);
            }
        }
        if (n > 0 && (*text != '#' || !all)) {
            line_start = line_start || *text == '\n' || *text == '#';
            text += n;
            continue;
        }
        line_start = false;
        n = verbatim_token_length(text, &kind);
        if (all && kind == 'a') {
            const char *word = mec_arena_strndup(module->arena, text, n);
            if (word == NULL || !mec_map_set(module->reached_word, word, NULL)) {
                module->out_of_memory = true;
                return;
            }
        }
        text += n;
    }
}

nmodl_c_name nmodl_c_kind(const nmodl_module *module, const char *name)
{
    const nmodl_c_name *found = mec_map_get(module->c_name, name);

    return found == NULL ? C_NOTHING : *found;
}

static bool is_word(char c)
{
    return verbatim_is_letter(c) || verbatim_is_digit(c);
}

static const char *find_word(const char *text, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = strstr(text, name); at != NULL; at = strstr(at + 1, name)) {
        if ((at == text || !is_word(at[-1])) && !is_word(at[n])) {
            return at;
        }
    }
    return NULL;
}

bool nmodl_has_word(const char *text, const char *name)
{
    return find_word(text, name) != NULL;
}

/* Is the word at `at` a local name of the text around it, or a member of a struct? */
static bool is_local(const nmodl_module *module, const char *text, const char *at,
                     const char *word)
{
    const char *before = at;

    while (before > text && (before[-1] == ' ' || before[-1] == '\t')) {
        before--;
    }
    if ((before > text && before[-1] == '.') ||
        (before > text + 1 && before[-1] == '>' && before[-2] == '-')) {
        return mec_map_has(module->c_member, word);
    }
    for (size_t i = 0; i < module->c_region.n; i++) {
        const nmodl_c_region *region = &module->c_region.data[i];
        if (at >= region->begin && at < region->end &&
            mec_map_has(region->names, word)) {
            return true;
        }
    }
    return false;
}

void nmodl_copy_verbatim(nmodl_module *module, const char *text, mec_text *out)
{
    const char *whole = text;
    bool line_start = true;

    while (*text != '\0' && !module->out_of_memory) {
        size_t n = verbatim_nothing_at(text, line_start);
        char kind = ' ';

        if (n == 0) {
            n = verbatim_token_length(text, &kind);
            line_start = false;
        } else {
            line_start = line_start || *text == '\n' || *text == '#';
        }
        if (kind == 'a') {
            const char *word = mec_arena_strndup(module->arena, text, n);
            if (word == NULL) {
                module->out_of_memory = true;
            } else if (nmodl_lookup(module, word) != NULL &&
                       is_local(module, whole, text, word)) {
                mec_text_add(out, "mec_own_");
            }
        }
        mec_text_add_bytes(out, text, n);
        text += n;
    }
}

/* File and line of a place in VERBATIM text, which #line lines change. */
static const char *line_of(const nmodl_module *module, const nmodl_stmt *stmt,
                           const char *place, int *line)
{
    const char *file = nmodl_line_of(module, stmt->offset, line);

    for (const char *at = stmt->text; at < place; at++) {
        int64_t number = 0;
        if (*at != '\n') {
            continue;
        }
        ++*line;
        if (mec_starts_with(at + 1, "#line ") && at + 1 < place) {
            const char *digits = at + 7, *quote = strchr(digits, '"');
            char *text =
                mec_arena_strndup(module->arena, digits, strspn(digits, "0123456789"));
            if (text != NULL && mec_parse_int64(text, &number) && quote != NULL) {
                *line = (int)number - 1;
                file = mec_arena_strndup(module->arena, quote + 1,
                                         strcspn(quote + 1, "\""));
            }
        }
    }
    return file;
}

/* The same of the first VERBATIM text among the statements that has the name. */
static const char *line_in(const nmodl_module *module, const nmodl_stmt *stmt,
                           const char *name, int *line)
{
    const char *file = NULL;

    for (; stmt != NULL && file == NULL; stmt = stmt->next) {
        const char *at =
            stmt->kind == STMT_VERBATIM ? find_word(stmt->text, name) : NULL;
        if (at != NULL) {
            file = line_of(module, stmt, at, line);
        }
        file = file == NULL ? line_in(module, stmt->body, name, line) : file;
        file = file == NULL ? line_in(module, stmt->other, name, line) : file;
    }
    return file;
}

const char *nmodl_verbatim_line(const nmodl_module *module, const char *name, int *line)
{
    const char *file = NULL;

    for (const nmodl_block *block = module->first_block; block != NULL && file == NULL;
         block = block->next) {
        file = line_in(module, block->body, name, line);
    }
    return file;
}
