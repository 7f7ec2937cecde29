#ifndef ASC_PRIV_H
#define ASC_PRIV_H

/* Tokens of Neurolucida's text form. */

#include "morphology_priv.h"

typedef enum asc_kind {
    ASC_END,
    ASC_NUMBER,
    ASC_LEFT,        /* ( */
    ASC_RIGHT,       /* ) */
    ASC_COMMA,       /* , */
    ASC_BAR,         /* | */
    ASC_SPINE_LEFT,  /* < */
    ASC_SPINE_RIGHT, /* > */
    ASC_SET,         /* set, Set, SET */
    ASC_RGB,
    ASC_STRING, /* start and length: without the quotes */
    ASC_LABEL,
    ASC_OPEN_STRING, /* no closing quote on the line */
    ASC_UNKNOWN
} asc_kind;

typedef struct asc_token {
    asc_kind kind;
    int32_t line, column; /* from 1 */
    const char *start;    /* in the text */
    size_t length;
    double number;
} asc_token;

typedef struct asc_lexer {
    const char *at;
    const char *end; /* a NUL is there */
    const char *line_start;
    int32_t line;
} asc_lexer;

/* Begin at the start of a text that ends with a NUL at text[length]. */
asc_lexer asc_lexer_begin(const char *text, size_t length);

/* Read one token; ASC_END again and again at the end. */
void asc_lex(asc_lexer *lexer, asc_token *token);

/* True when a label or string reads exactly `word`. */
bool asc_is(const asc_token *token, const char *word);

#endif
