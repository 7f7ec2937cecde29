/* Tokens of Neurolucida's text form: `;` begins a comment, strings do not span lines. */

#include "asc_priv.h"

#include <math.h>
#include <string.h>
#include <strings.h>

asc_lexer asc_lexer_begin(const char *text, size_t length)
{
    return (asc_lexer){text, text + length, text, 1};
}

static void skip_blanks(asc_lexer *lexer)
{
    const char *p = lexer->at;

    for (;;) {
        if (*p == '\n') {
            lexer->line++;
            lexer->line_start = ++p;
        } else if (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\v' || *p == '\f') {
            p++;
        } else if (*p == ';') {
            while (p < lexer->end && *p != '\n') {
                p++;
            }
        } else {
            break;
        }
    }
    lexer->at = p;
}

static bool is_label_character(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_';
}

static asc_kind single_character(char c)
{
    switch (c) {
    case '(':
        return ASC_LEFT;
    case ')':
        return ASC_RIGHT;
    case ',':
        return ASC_COMMA;
    case '|':
        return ASC_BAR;
    case '<':
        return ASC_SPINE_LEFT;
    case '>':
        return ASC_SPINE_RIGHT;
    default:
        return ASC_UNKNOWN;
    }
}

static void lex_string(asc_token *token)
{
    size_t n = strcspn(token->start + 1, "\"\n");

    token->kind = token->start[1 + n] == '"' ? ASC_STRING : ASC_OPEN_STRING;
    token->start++;
    token->length = n;
}

/* scanf, with which NEURON reads numbers, takes these words for numbers. */
static bool is_not_finite(const asc_token *token)
{
    return (token->length == 3 && (strncasecmp(token->start, "nan", 3) == 0 ||
                                   strncasecmp(token->start, "inf", 3) == 0)) ||
           (token->length == 8 && strncasecmp(token->start, "infinity", 8) == 0);
}

static void lex_label(asc_token *token)
{
    size_t n = 0;

    while (is_label_character(token->start[n])) {
        n++;
    }
    token->length = n;
    token->kind = ASC_LABEL;
    if (asc_is(token, "RGB")) {
        token->kind = ASC_RGB;
    } else if (asc_is(token, "set") || asc_is(token, "Set") || asc_is(token, "SET")) {
        token->kind = ASC_SET;
    } else if (is_not_finite(token)) {
        token->kind = ASC_NUMBER;
        token->number = NAN;
    }
}

void asc_lex(asc_lexer *lexer, asc_token *token)
{
    const char *after;
    char c;

    skip_blanks(lexer);
    token->line = lexer->line;
    token->column = (int32_t)(lexer->at - lexer->line_start) + 1;
    token->start = lexer->at;
    token->length = 1;
    c = *lexer->at;
    if (lexer->at >= lexer->end) {
        token->kind = ASC_END;
        token->length = 0;
        return;
    }
    if ((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.') {
        after = number_scan(lexer->at, &token->number);
        token->kind = after == NULL ? ASC_UNKNOWN : ASC_NUMBER;
        lexer->at = after == NULL ? lexer->at + 1 : after;
        token->length = (size_t)(lexer->at - token->start);
        return;
    }
    token->kind = single_character(c);
    if (c == '"') {
        lex_string(token);
        lexer->at = token->start + token->length + (token->kind == ASC_STRING);
    } else if (is_label_character(c)) {
        lex_label(token);
        lexer->at += token->length;
    } else {
        lexer->at++;
    }
}

bool asc_is(const asc_token *token, const char *word)
{
    return strlen(word) == token->length &&
           memcmp(token->start, word, token->length) == 0;
}
