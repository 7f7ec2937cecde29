#ifndef NMODL_VERBATIM_PRIV_H
#define NMODL_VERBATIM_PRIV_H

/* Words of VERBATIM text, shared by the files that read it. */

#include "nmodl_priv.h"

typedef struct c_token {
    const char *at;
    int n;
    char
        kind; /* 'a': a word, '0': a number, '"': a string; else the character itself */
    bool conditional; /* between #if and #endif, of a condition that is not known */
} c_token;

typedef MEC_VEC(c_token) c_tokens;

bool verbatim_is_letter(char c);
bool verbatim_is_digit(char c);
/* Length of the blank, comment or preprocessor line that begins here; 0 if none does. */
size_t verbatim_nothing_at(const char *at, bool line_start);
size_t verbatim_token_length(const char *at, char *kind);
/* Append the text's words; false without memory. */
bool verbatim_tokenize(nmodl_module *module, const char *text, c_tokens *out);
/* Remember words that every VERBATIM text may reach: those of functions at file level and
 * of macros. all: the text is at file level. */
void verbatim_note_reached(nmodl_module *module, const char *text, bool all);

#endif
