/* From Python's regular expressions to PCRE2's.
 *
 * The dialects agree on nearly everything. Rewritten is what both accept with different
 * meanings; refused is what only PCRE2 accepts, since a pattern that Python refuses is
 * most likely not what its author meant. Reference: Python 3.11, Lib/re/_parser.py.
 */

#include "io_priv.h"

#include <string.h>

typedef struct translator {
    const char *pattern;
    size_t pos;
    mec_text *out;
    offset_list *origin;
    const char *why;
    size_t offset; /* of what is wrong */
} translator;

static bool refuse(translator *t, size_t offset, const char *why)
{
    t->why = why;
    t->offset = offset;
    return false;
}

/* Append text that stands for what begins at an offset of the pattern. */
static void put(translator *t, size_t from, const char *text, size_t length)
{
    mec_text_add_bytes(t->out, text, length);
    for (size_t i = 0; i < length; i++) {
        if (!MEC_VEC_PUSH(t->origin, from)) {
            t->out->failed = true;
        }
    }
}

static void put_string(translator *t, size_t from, const char *text)
{
    put(t, from, text, strlen(text));
}

/* Copy the next n bytes of the pattern. */
static void copy(translator *t, size_t n)
{
    for (; n > 0; n--, t->pos++) {
        put(t, t->pos, t->pattern + t->pos, 1);
    }
}

static const char *rest(const translator *t)
{
    return t->pattern + t->pos;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* \xhh \uhhhh \Uhhhhhhhh: n_digits are wanted. */
static bool translate_hex(translator *t, size_t n_digits)
{
    size_t start = t->pos;
    const char *digits = rest(t) + 2;

    if (strspn(digits, "0123456789abcdefABCDEF") < n_digits) {
        return refuse(t, start, "escape needs more hexadecimal digits");
    }
    put_string(t, start, "\\x{");
    put(t, start, digits, n_digits);
    put_string(t, start, "}");
    t->pos += 2 + n_digits;
    return true;
}

static bool translate_escape(translator *t, bool in_set)
{
    char c = rest(t)[1];

    switch (c) {
    case '\0':
        return refuse(t, t->pos, "lone backslash at the end of the pattern");
    case 'x':
        return translate_hex(t, 2);
    case 'u':
        return translate_hex(t, 4);
    case 'U':
        return translate_hex(t, 8);
    case 'v': /* PCRE2: any vertical space */
        put_string(t, t->pos, "\\x{0b}");
        t->pos += 2;
        return true;
    case 'Z': /* PCRE2: also before a final newline */
        if (!in_set) {
            put_string(t, t->pos, "\\z");
            t->pos += 2;
            return true;
        }
        break;
    default:
        break;
    }
    const char *known = in_set ? "abdfnrstwDSW" : "AbBdDsSwWafnrt";
    if (is_letter(c) && strchr(known, c) == NULL) {
        return refuse(t, t->pos, "unknown escape");
    }
    copy(t, 2);
    return true;
}

/* A set: `[`, `^`?, then anything up to `]`, which is a member in the first place. */
static bool translate_set(translator *t)
{
    size_t start = t->pos;

    copy(t, 1);
    if (*rest(t) == '^') {
        copy(t, 1);
    }
    if (*rest(t) == ']') {
        put_string(t, t->pos, "\\]");
        t->pos++;
    }
    while (*rest(t) != ']') {
        if (*rest(t) == '\0') {
            return refuse(t, start, "set without closing ']'");
        }
        if (*rest(t) == '\\') {
            if (!translate_escape(t, true)) {
                return false;
            }
        } else if (*rest(t) == '[') { /* PCRE2: maybe a class such as [:alpha:] */
            put_string(t, t->pos, "\\[");
            t->pos++;
        } else {
            copy(t, 1);
        }
    }
    copy(t, 1);
    return true;
}

/* What follows `(?` when it begins with a flag: `flags)` at the start of the pattern, or
   `flags-flags:`. */
static bool translate_flags(translator *t)
{
    size_t start = t->pos;

    put(t, start, "(?", 2);
    t->pos += 2;
    for (; strchr("imsu-", *rest(t)) != NULL && *rest(t) != '\0'; t->pos++) {
        if (*rest(t) != 'u') { /* Unicode is on anyway */
            put(t, t->pos, rest(t), 1);
        }
    }
    if (*rest(t) == ')' && start > 0) {
        return refuse(t, start, "flags for all of the pattern must stand at its start");
    }
    if (*rest(t) != ')' && *rest(t) != ':') {
        return refuse(t, t->pos, "flag is unknown or not supported");
    }
    copy(t, 1);
    return true;
}

static bool translate_group(translator *t)
{
    /* longer ones first */
    static const char *const known[] = {
        "(?<=", "(?<!", "(?P<", "(?P=", "(?:", "(?=", "(?!", "(?#", "(?(", "(?>"};

    if (rest(t)[1] == '*') {
        return refuse(t, t->pos + 1, "nothing to repeat");
    }
    if (rest(t)[1] != '?') {
        copy(t, 1);
        return true;
    }
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (!mec_starts_with(rest(t), known[i])) {
            continue;
        }
        if (known[i][2] == '#') { /* a comment: left out */
            const char *end = strchr(rest(t), ')');

            if (end == NULL) {
                return refuse(t, t->pos, "comment without closing ')'");
            }
            t->pos = (size_t)(end - t->pattern) + 1;
            return true;
        }
        copy(t, strlen(known[i]));
        return true;
    }
    if (is_letter(rest(t)[2]) && rest(t)[2] != 'P' && rest(t)[2] != 'R') {
        return translate_flags(t);
    }
    if (rest(t)[2] == '-') {
        return translate_flags(t);
    }
    return refuse(t, t->pos + 1, "unknown extension after (?");
}

/* `{,n}` and `{,}`: Python's lower limit is 0, for PCRE2 10.42 these are plain text. */
static void translate_brace(translator *t)
{
    if (rest(t)[1] == ',' && rest(t)[2 + strspn(rest(t) + 2, "0123456789")] == '}') {
        put_string(t, t->pos, "{0");
        t->pos++;
    } else {
        copy(t, 1);
    }
}

static bool translate_next(translator *t)
{
    switch (*rest(t)) {
    case '\\':
        return translate_escape(t, false);
    case '[':
        return translate_set(t);
    case '(':
        return translate_group(t);
    case '{':
        translate_brace(t);
        return true;
    default:
        copy(t, 1);
        return true;
    }
}

bool io_regex_translate(const char *pattern, mec_text *out, offset_list *origin,
                        const char **why, size_t *offset)
{
    translator t = {pattern, 0, out, origin, "", 0};
    bool is_good = true;

    while (is_good && *rest(&t) != '\0') {
        is_good = translate_next(&t);
    }
    *why = t.why;
    *offset = t.offset;
    return is_good;
}
