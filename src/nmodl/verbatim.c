/* What VERBATIM text declares, read without a C parser: names of functions and types, and
 * the local names of each function's text, which hide the mechanism's variables.
 *
 * A declaration is a statement that begins with two words in a row, or a word, stars and
 * a word; what the preprocessor does is not looked at. */

#include "verbatim_priv.h"

#include <string.h>

typedef struct scan {
    nmodl_module *module;
    c_tokens token;
    nmodl_stmt *stmt; /* of a block; NULL at file level */
    mec_map *local;   /* local names of the function that is being read */
    size_t function;  /* token where its arguments begin; 0: outside of functions */
    int depth;        /* of braces */
} scan;

static char kind_at(const scan *s, size_t i)
{
    return i < s->token.n ? s->token.data[i].kind : '\0';
}

static bool token_is(const scan *s, size_t i, const char *word)
{
    size_t n = strlen(word);

    return i < s->token.n && (size_t)s->token.data[i].n == n &&
           memcmp(s->token.data[i].at, word, n) == 0;
}

static bool is_one_of(const scan *s, size_t i, const char *const *words)
{
    for (; *words != NULL; words++) {
        if (token_is(s, i, *words)) {
            return true;
        }
    }
    return false;
}

/* The token after the bracket that closes the one at i. */
static size_t after_bracket(const scan *s, size_t i)
{
    int depth = 0;

    for (; i < s->token.n; i++) {
        char c = kind_at(s, i);
        depth += c == '(' || c == '{' || c == '[' ? 1 : 0;
        depth -= c == ')' || c == '}' || c == ']' ? 1 : 0;
        if (depth <= 0) {
            return i + 1;
        }
    }
    return i;
}

static void note(scan *s, mec_map *map, size_t i, nmodl_c_name what)
{
    static const nmodl_c_name levels[] = {C_NOTHING, C_VARIABLE, C_LOCALLY, C_DECLARED,
                                          C_DEFINED, C_TYPE,     C_TAG};
    const c_token *token = &s->token.data[i];
    char *name = mec_arena_strndup(s->module->arena, token->at, (size_t)token->n);
    const nmodl_c_name *before = name == NULL ? NULL : mec_map_get(map, name);

    if (name == NULL) {
        s->module->out_of_memory = true;
    } else if (before == NULL || *before < what) {
        if (!mec_map_set(map, name, (void *)(uintptr_t)&levels[what])) {
            s->module->out_of_memory = true;
        }
    }
}

/* A region in which names are local. */
static void note_region(scan *s, size_t first, size_t last, mec_map *names)
{
    nmodl_c_region region = {s->token.data[first].at, NULL, names};

    last = last < s->token.n ? last : s->token.n - 1;
    region.end = s->token.data[last].at + s->token.data[last].n;
    if (names != NULL && mec_map_count(names) > 0 &&
        !MEC_VEC_PUSH(&s->module->c_region, region)) {
        s->module->out_of_memory = true;
    }
}

/* The names of the arguments in the brackets at i. */
static mec_map *arguments(scan *s, size_t i)
{
    mec_map *names = nmodl_map_new(s->module);
    size_t end = after_bracket(s, i);

    for (size_t k = i + 1; names != NULL && k < end; k++) {
        char next = kind_at(s, k + 1);
        if (kind_at(s, k) == 'a' && (next == ',' || next == ')' || next == '[')) {
            note(s, names, k, C_VARIABLE);
        }
    }
    return names;
}

/* A function's name at i, and its arguments after it. Returns the token after those. */
static size_t function_at(scan *s, size_t i)
{
    size_t next = after_bracket(s, i + 1);
    mec_map *names = arguments(s, i + 1);
    bool body = kind_at(s, next) == '{' || kind_at(s, next) == 'a';

    if (s->depth == 0 && body && s->function == 0) {
        note(s, s->module->c_name, i, C_DEFINED);
        s->local = names;
        s->function = i + 1;
    } else {
        /* Where a condition comes before a declaration, it fits what NEURON has, so the
         * shim's may stand beside it. */
        bool local = s->depth > 0 || s->function > 0;
        if (!s->token.data[i].conditional) {
            note(s, s->module->c_name, i, local ? C_LOCALLY : C_DECLARED);
        }
        if (s->stmt != NULL && s->stmt->declares != NULL) {
            note(s, s->stmt->declares, i, C_LOCALLY);
        }
        note_region(s, i + 1, next - 1, names);
    }
    return next;
}

static void note_variable(scan *s, size_t i, bool type)
{
    if (type) {
        note(s, s->module->c_name, i, C_TYPE);
    } else if (s->local != NULL) {
        note(s, s->local, i, C_VARIABLE);
    } else {
        /* A mechanism's variable of that name stays what the text means elsewhere. */
        mec_map *names = nmodl_map_new(s->module);
        if (!s->token.data[i].conditional) {
            note(s, s->module->c_name, i, C_VARIABLE);
        }
        if (names != NULL) {
            note(s, names, i, C_VARIABLE);
            note_region(s, i, i, names);
        }
    }
}

/* The names of the members of the struct whose brace is at i. */
static void note_members(scan *s, size_t i)
{
    mec_map *names = nmodl_map_new(s->module);
    size_t end = after_bracket(s, i);

    for (size_t k = i + 1; names != NULL && k < end; k++) {
        char next = kind_at(s, k + 1);
        if (kind_at(s, k) == 'a' && next != '\0' && strchr(";,[):", next) != NULL) {
            note(s, names, k, C_VARIABLE);
            note(s, s->module->c_member, k, C_VARIABLE);
        }
    }
    note_region(s, i, end - 1, names);
}

/* The declarators from i on; `name` is the last word before i, or i itself begins one with
 * a bracket. Returns the token after the declaration. */
static size_t declarators(scan *s, size_t name, size_t i, bool type)
{
    for (;;) {
        if (kind_at(s, i) == '(' && kind_at(s, i + 1) == '*') {
            i += 2;
            while (kind_at(s, i) == '*') {
                i++;
            }
            if (kind_at(s, i) == 'a') {
                note_variable(s, i, type);
            }
            while (i < s->token.n && strchr(";,={", kind_at(s, i)) == NULL) {
                i = kind_at(s, i) == '(' ? after_bracket(s, i) : i + 1;
            }
        } else if (kind_at(s, i) == '(') {
            i = function_at(s, name);
            if (s->function == name + 1) {
                return i;
            }
        } else {
            note_variable(s, name, type);
        }
        while (i < s->token.n && strchr(";,", kind_at(s, i)) == NULL) {
            bool opens = strchr("({[", kind_at(s, i)) != NULL;
            i = opens ? after_bracket(s, i) : i + 1;
        }
        if (kind_at(s, i) != ',') {
            return i;
        }
        do {
            i++;
        } while (kind_at(s, i) == '*');
        if (kind_at(s, i) == 'a') {
            name = i++;
        }
    }
}

/* A declaration that begins at i: the token after it, or i if it is something else. */
static size_t declaration(scan *s, size_t i)
{
    static const char *const others[] = {
        "return", "else",   "case",  "goto",     "if",      "while", "for",
        "do",     "switch", "break", "continue", "default", NULL};
    static const char *const tagged[] = {"struct", "union", "enum", NULL};
    size_t k = i, name = i, n_word = 0;
    bool type = token_is(s, i, "typedef"), has_body = false;

    while (kind_at(s, k) == 'a' || (kind_at(s, k) == '*' && n_word > 0)) {
        if (is_one_of(s, k, others)) {
            return i;
        }
        if (is_one_of(s, k, tagged)) {
            k++;
            n_word++;
            if (kind_at(s, k) == 'a' && kind_at(s, k + 1) == '{') {
                note(s, s->module->c_name, k++, C_TAG);
            }
            if (kind_at(s, k) == '{') {
                if (!token_is(s, k - 1, "enum")) {
                    note_members(s, k);
                }
                k = after_bracket(s, k);
                has_body = true;
            }
            continue;
        }
        if (kind_at(s, k) == 'a') {
            name = k;
            n_word++;
        }
        k++;
    }
    if (has_body && kind_at(s, k) == ';') {
        if (n_word > 1) {
            note_variable(s, name, type);
        }
        return k + 1;
    }
    /* f(a) { at file level: an int, in old C */
    if (n_word == 1 && kind_at(s, k) == '(' && s->depth == 0 && s->function == 0) {
        return kind_at(s, after_bracket(s, k)) == '{' ? function_at(s, name) : i;
    }
    if (n_word < 2 || k == i || strchr(";,=[(", kind_at(s, k)) == NULL) {
        return i;
    }
    return declarators(s, name, k, type);
}

static void leave_function(scan *s, size_t last)
{
    note_region(s, s->function, last, s->local);
    s->function = 0;
    s->local = NULL;
}

static void scan_tokens(scan *s, bool in_function)
{
    bool start = true;

    if (in_function) {
        s->depth = 1;
        s->local = nmodl_map_new(s->module);
    }
    for (size_t i = 0; i < s->token.n && !s->module->out_of_memory;) {
        size_t next = start && kind_at(s, i) == 'a' ? declaration(s, i) : i;
        char c;

        if (next > i) {
            i = next;
            start = true;
            continue;
        }
        c = kind_at(s, i);
        s->depth += c == '{' ? 1 : 0;
        s->depth -= c == '}' ? 1 : 0;
        if (c == '}' && !in_function && i > 0 && s->token.data[i].at[-1] == '\n') {
            /* The end of a function, whatever #if and #else did to the braces. */
            s->depth = 0;
        }
        if (c == '}' && s->depth == 0 && s->function > 0) {
            leave_function(s, i);
        }
        start = c == '{' || c == '}' || c == ';' ||
                (c == '(' && i > 0 && token_is(s, i - 1, "for"));
        i++;
    }
    if (s->local != NULL && s->token.n > 0) {
        note_region(s, s->function, s->token.n - 1, s->local);
    }
}

void nmodl_scan_verbatim(nmodl_module *module, nmodl_stmt *stmt, bool in_function)
{
    scan s = {.module = module, .stmt = in_function ? stmt : NULL};
    const char *text = stmt->text;

    if (in_function) {
        stmt->declares = nmodl_map_new(module);
    }
    verbatim_note_reached(module, text, !in_function);
    if (verbatim_tokenize(module, text, &s.token)) {
        scan_tokens(&s, in_function);
    }
    MEC_VEC_CLEAR(&s.token);
}
