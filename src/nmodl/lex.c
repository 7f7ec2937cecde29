/* Text to tokens.
 *
 * Lines end with LF, CR LF or, in files from old Macs, CR. `:` and `?` start a comment to the end of the line; TITLE takes the rest of its line;
 * COMMENT ... ENDCOMMENT is dropped; VERBATIM ... ENDVERBATIM is one token. Names are
 * [A-Za-z][A-Za-z0-9_]*, followed by primes for derivatives. */

#include "nmodl_priv.h"

#include <string.h>

typedef struct lexer {
    nmodl_module *module;
    const char *source;
    size_t at;
    MEC_VEC(nmodl_token) token;
} lexer;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(char c)
{
    return is_letter(c) || is_digit(c) || c == '_';
}

static void push(lexer *lex, nmodl_token_kind kind, size_t offset, size_t length,
                 const char *text, size_t text_length)
{
    nmodl_token token = {kind, 0, offset, length, NULL};

    token.text = mec_arena_strndup(lex->module->arena, text, text_length);
    if (token.text == NULL || !MEC_VEC_PUSH(&lex->token, token)) {
        lex->module->out_of_memory = true;
    }
}

/* Move past `end` standing alone as a word; returns where it begins, or reports. */
static size_t skip_to_word(lexer *lex, const char *begin_word, const char *end_word,
                           size_t begin)
{
    const char *from = lex->source + lex->at;
    size_t n = strlen(end_word);

    for (;;) {
        const char *found = strstr(from, end_word);
        if (found == NULL) {
            nmodl_error(lex->module, begin, "%s without %s", begin_word, end_word);
            lex->at += strlen(lex->source + lex->at);
            return lex->at;
        }
        from = found + n;
        if (!is_word(*from) && !is_word(found[-1])) {
            lex->at = (size_t)(from - lex->source);
            return (size_t)(found - lex->source);
        }
    }
}

static void skip_line(lexer *lex)
{
    lex->at += strcspn(lex->source + lex->at, "\r\n");
}

/* Remember the words of VERBATIM text: statements may use names that only it declares. */
static void note_words(lexer *lex, const char *at, const char *end)
{
    while (at < end) {
        size_t n = 0;
        if (!is_letter(*at) && *at != '_') {
            at++;
            continue;
        }
        while (at + n < end && is_word(at[n])) {
            n++;
        }
        const char *word = mec_arena_strndup(lex->module->arena, at, n);
        if (word == NULL || !mec_map_set(lex->module->verbatim_word, word, NULL)) {
            lex->module->out_of_memory = true;
            return;
        }
        at += n;
    }
}

/* Remember where a name stands first: NEURON's order of states follows it. */
static void note_first(lexer *lex, size_t begin)
{
    const char *name;
    size_t *offset;

    if (lex->module->out_of_memory) {
        return;
    }
    name = lex->token.data[lex->token.n - 1].text;
    if (mec_map_get(lex->module->first_word, name) != NULL) {
        return;
    }
    offset = nmodl_alloc(lex->module, sizeof *offset);
    if (offset != NULL) {
        *offset = begin;
        if (!mec_map_set(lex->module->first_word, name, offset)) {
            lex->module->out_of_memory = true;
        }
    }
}

/* INCLUDE "name": the text of the file is read next. */
static void lex_include(lexer *lex, size_t begin, size_t end)
{
    const char *s = lex->source;
    size_t open = end + strspn(s + end, " \t");
    size_t length = s[open] == '"' ? strcspn(s + open + 1, "\"\r\n") : 0;
    const char *name;

    lex->at = end;
    if (length == 0 || s[open + 1 + length] != '"') {
        nmodl_error(lex->module, begin, "INCLUDE needs a file name in double quotes");
        skip_line(lex);
        return;
    }
    lex->at = open + length + 2;
    name = mec_arena_strndup(lex->module->arena, s + open + 1, length);
    if (name == NULL) {
        lex->module->out_of_memory = true;
    } else if (nmodl_include(lex->module, begin, lex->at - begin, name)) {
        lex->source = lex->module->source;
        lex->at = begin;
    }
}

static void lex_word(lexer *lex)
{
    size_t begin = lex->at, end = begin, order = 0;
    const char *s = lex->source;
    size_t n;

    while (is_word(s[end])) {
        end++;
    }
    n = end - begin;
    while (s[end + order] == '\'') {
        order++;
    }
    lex->at = end + order;
    if (order > 0) {
        push(lex, TOKEN_PRIME, begin, n + order, s + begin, n);
        if (lex->token.n > 0) {
            lex->token.data[lex->token.n - 1].order = (int32_t)order;
        }
    } else if (n == 5 && memcmp(s + begin, "TITLE", n) == 0) {
        skip_line(lex);
    } else if (n == 7 && memcmp(s + begin, "INCLUDE", n) == 0) {
        lex_include(lex, begin, end);
    } else if (n == 7 && memcmp(s + begin, "COMMENT", n) == 0) {
        (void)skip_to_word(lex, "COMMENT", "ENDCOMMENT", begin);
    } else if (n == 8 && memcmp(s + begin, "VERBATIM", n) == 0) {
        size_t stop = skip_to_word(lex, "VERBATIM", "ENDVERBATIM", begin);
        const char *text =
            nmodl_expand_verbatim(lex->module, begin, s + end, stop - end);
        if (text != NULL) {
            push(lex, TOKEN_VERBATIM, begin, n, text, strlen(text));
            note_words(lex, text, text + strlen(text));
        }
    } else {
        push(lex, TOKEN_NAME, begin, n, s + begin, n);
        note_first(lex, begin);
    }
}

static void lex_number(lexer *lex)
{
    const char *s = lex->source;
    size_t begin = lex->at, end = begin;
    bool real = false;

    while (is_digit(s[end])) {
        end++;
    }
    if (s[end] == '.') {
        real = true;
        end++;
        while (is_digit(s[end])) {
            end++;
        }
    }
    if (s[end] == 'e' || s[end] == 'E') {
        size_t sign = s[end + 1] == '+' || s[end + 1] == '-' ? 1 : 0;
        if (is_digit(s[end + 1 + sign])) {
            real = true;
            end += 1 + sign;
            while (is_digit(s[end])) {
                end++;
            }
        }
    }
    lex->at = end;
    push(lex, real ? TOKEN_REAL : TOKEN_INTEGER, begin, end - begin, s + begin,
         end - begin);
}

static void lex_string(lexer *lex)
{
    size_t begin = lex->at;
    const char *end = strchr(lex->source + begin + 1, '"');

    if (end == NULL) {
        nmodl_error(lex->module, begin, "string without closing quote");
        lex->at += strlen(lex->source + lex->at);
        return;
    }
    lex->at = (size_t)(end - lex->source) + 1;
    push(lex, TOKEN_STRING, begin, lex->at - begin, lex->source + begin + 1,
         lex->at - begin - 2);
}

static void lex_operator(lexer *lex)
{
    static const char *const longer[] = {
        "<->", "->", "<<", ">=", "<=", "==", "!=", "&&", "||", "~+"};
    const char *s = lex->source + lex->at;
    size_t n = 1;

    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++) {
        size_t length = strlen(longer[i]);
        if (strncmp(s, longer[i], length) == 0) {
            n = length;
            break;
        }
    }
    push(lex, TOKEN_OPERATOR, lex->at, n, s, n);
    lex->at += n;
}

nmodl_token *nmodl_lex(nmodl_module *module, size_t *n_token)
{
    lexer lex = {module, module->source, 0, MEC_VEC_INIT};
    nmodl_token *tokens = NULL;

    while (lex.source[lex.at] != '\0' && !module->out_of_memory) {
        char c = lex.source[lex.at];
        if (c == ':' || c == '?') {
            skip_line(&lex);
        } else if (is_letter(c)) {
            lex_word(&lex);
        } else if (is_digit(c) || (c == '.' && is_digit(lex.source[lex.at + 1]))) {
            lex_number(&lex);
        } else if (c == '"') {
            lex_string(&lex);
        } else if (c == '\x1a' || c == '\x04') {
            break; /* the end of the text on CP/M and Unix terminals, and for nocmodl */
        } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
            lex.at++;
        } else {
            lex_operator(&lex);
        }
    }
    push(&lex, TOKEN_END, lex.at, 0, "", 0);
    *n_token = lex.token.n;
    if (!module->out_of_memory) {
        tokens = nmodl_alloc(module, lex.token.n * sizeof *tokens);
    }
    if (tokens != NULL) {
        memcpy(tokens, lex.token.data, lex.token.n * sizeof *tokens);
    }
    MEC_VEC_CLEAR(&lex.token);
    return tokens;
}
