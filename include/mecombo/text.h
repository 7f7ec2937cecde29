#ifndef MECOMBO_TEXT_H
#define MECOMBO_TEXT_H

/** A growable string, and helpers on plain strings.
 *
 * A mec_text that could not grow turns "failed" and ignores further writes; one check
 * with mec_text_ok() at the end is enough.
 */

#include <mecombo/err.h>
#include <stdarg.h>
#include <stdint.h>

typedef struct mec_text {
    char *data;      /* NUL-terminated once anything was added; owned */
    size_t length;   /* bytes before the NUL */
    size_t capacity; /* bytes allocated */
    bool failed;     /* an allocation failed; data is then incomplete */
} mec_text;

#define MEC_TEXT_INIT                                                                  \
    {                                                                                  \
        NULL, 0, 0, false                                                              \
    }

/** Free the storage and make the text empty again; NULL is allowed. */
void mec_text_clear(mec_text *text);

/** Forget the content but keep the storage and clear the failed flag. */
void mec_text_reset(mec_text *text);

/** Append a string. */
void mec_text_add(mec_text *text, const char *string);

/** Append length bytes, which may hold NULs. */
void mec_text_add_bytes(mec_text *text, const void *bytes, size_t length);

/** Append one character. */
void mec_text_add_char(mec_text *text, char c);

/** Append formatted text. */
void mec_text_printf(mec_text *text, const char *fmt, ...) MEC_PRINTF(2, 3);

/** Append formatted text from a va_list. */
void mec_text_vprintf(mec_text *text, const char *fmt, va_list args) MEC_PRINTF(2, 0);

/** Append a double as Python's repr() prints it: shortest digits that read back equal.
 *
 * Parity: Python 3 repr/json ("20.0", "1e-05", "1.5e+16", "NaN", "Infinity",
 * "-Infinity").
 */
void mec_text_add_double(mec_text *text, double value);

/** The content; "" when nothing was added.
 *
 * @return borrowed until the next change of the text
 */
const char *mec_text_string(const mec_text *text);

/** Hand the string over and leave the text empty.
 *
 * @return owned by the caller (free()); NULL when the text had failed
 */
char *mec_text_take(mec_text *text);

/** True unless an allocation failed. */
bool mec_text_ok(const mec_text *text);

/** Python's repr() of a double into a buffer of at least 32 bytes. */
void mec_double_repr(double value, char out[32]);

/** Read a whole string as a double; C syntax, "inf" and "nan" included.
 *
 * Independent of the locale.
 *
 * @return false unless all of text was consumed and at least one character was there
 */
bool mec_parse_double(const char *text, double *value);

/** Read a whole string as a signed decimal integer.
 *
 * @return false unless all of text was consumed and the value fits
 */
bool mec_parse_int64(const char *text, int64_t *value);

/** True when text begins with prefix. */
bool mec_starts_with(const char *text, const char *prefix);

/** True when text ends with suffix. */
bool mec_ends_with(const char *text, const char *suffix);

/** Edit distance of two strings (insert, delete, replace, swap neighbours cost 1). */
size_t mec_edit_distance(const char *a, const char *b);

/** Find the candidate most like a misspelt word.
 *
 * @param n      number of candidates
 * @param names  [n]  candidates
 * @return borrowed from names; NULL when nothing is near (distance above a third of the
 *         word, at least 2)
 */
const char *mec_nearest_name(const char *word, size_t n, const char *const names[]);

#endif
