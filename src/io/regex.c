/* Matching as Python's `re` does, with PCRE2. */

#include <mecombo/regex.h>

#include "io_priv.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

/* Steps of the matcher after which a pattern counts as hopeless on a subject: about a
   tenth of a second, where a sensible pattern needs a few hundred. */
enum { MATCH_LIMIT = 2000000 };

struct mec_regex {
    char *pattern;
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *limits;
};

static mec_status no_memory(mec_err *err, const char *pattern)
{
    return mec_fail(err, MEC_E_NOMEM, "regular expression \"%s\": out of memory",
                    pattern);
}

/* Complain about a byte offset of the pattern, which is given in characters. */
static mec_status complain(mec_err *err, const char *pattern, size_t offset,
                           const char *what)
{
    size_t column = 0;

    for (size_t i = 0; i < offset && pattern[i] != '\0'; i++) {
        column += ((unsigned char)pattern[i] & 0xC0) != 0x80;
    }
    return mec_fail(err, MEC_E_INPUT, "regular expression \"%s\": at character %zu: %s",
                    pattern, column, what);
}

static mec_status compile_translated(mec_regex *regex, const mec_text *translated,
                                     const offset_list *origin, mec_err *err)
{
    const uint32_t options =
        PCRE2_UTF | PCRE2_UCP | PCRE2_ALT_CIRCUMFLEX | PCRE2_NEVER_BACKSLASH_C;
    pcre2_compile_context *context = pcre2_compile_context_create(NULL);
    PCRE2_SIZE offset = 0;
    PCRE2_UCHAR message[128];
    int code = 0;

    if (context == NULL) {
        return no_memory(err, regex->pattern);
    }
    pcre2_set_newline(context, PCRE2_NEWLINE_LF);
    regex->code = pcre2_compile((PCRE2_SPTR)mec_text_string(translated),
                                translated->length, options, &code, &offset, context);
    pcre2_compile_context_free(context);
    if (regex->code == NULL) {
        size_t place =
            offset < origin->n ? origin->data[offset] : strlen(regex->pattern);

        pcre2_get_error_message(code, message, sizeof message);
        return complain(err, regex->pattern, place, (const char *)message);
    }
    regex->data = pcre2_match_data_create(1, NULL);
    regex->limits = pcre2_match_context_create(NULL);
    if (regex->data == NULL || regex->limits == NULL) {
        return no_memory(err, regex->pattern);
    }
    pcre2_set_match_limit(regex->limits, MATCH_LIMIT);
    return MEC_OK;
}

static mec_status compile(mec_regex *regex, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_text translated = MEC_TEXT_INIT;
    offset_list origin = MEC_VEC_INIT;
    const char *why;
    size_t offset;
    size_t length = strlen(regex->pattern);
    size_t bad = io_utf8_check(regex->pattern, length);

    if (bad < length) {
        return complain(err, regex->pattern, bad, "not valid UTF-8");
    }
    if (!io_regex_translate(regex->pattern, &translated, &origin, &why, &offset)) {
        st = complain(err, regex->pattern, offset, why);
    } else if (!mec_text_ok(&translated)) {
        st = no_memory(err, regex->pattern);
    } else {
        st = compile_translated(regex, &translated, &origin, err);
    }
    mec_text_clear(&translated);
    MEC_VEC_CLEAR(&origin);
    return st;
}

mec_status mec_regex_new(const char *pattern, mec_regex **out, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_regex *regex = calloc(1, sizeof *regex);

    *out = NULL;
    if (regex == NULL) {
        return no_memory(err, pattern);
    }
    regex->pattern = strdup(pattern);
    if (regex->pattern == NULL) {
        st = no_memory(err, pattern);
        goto done;
    }
    MEC_TRY(compile(regex, err));
    *out = regex;
    return MEC_OK;
done:
    mec_regex_free(regex);
    return st;
}

mec_status mec_regex_new_union(size_t n, const char *const pattern[], mec_regex **out,
                               mec_err *err)
{
    mec_status st = MEC_OK;
    mec_text joined = MEC_TEXT_INIT;

    *out = NULL;
    for (size_t i = 0; i < n; i++) {
        mec_regex *alone;

        /* each must be right by itself, or brackets of two could pair up */
        MEC_TRY(mec_regex_new(pattern[i], &alone, err));
        mec_regex_free(alone);
        mec_text_add(&joined, i == 0 ? "(" : "|(");
        mec_text_add(&joined, pattern[i]);
        mec_text_add(&joined, mec_ends_with(pattern[i], "$") ? ")" : "$)");
    }
    st = mec_text_ok(&joined) ? mec_regex_new(mec_text_string(&joined), out, err)
                              : no_memory(err, pattern[0]);
done:
    mec_text_clear(&joined);
    return st;
}

void mec_regex_free(mec_regex *regex)
{
    if (regex == NULL) {
        return;
    }
    pcre2_match_context_free(regex->limits);
    pcre2_match_data_free(regex->data);
    pcre2_code_free(regex->code);
    free(regex->pattern);
    free(regex);
}

const char *mec_regex_pattern(const mec_regex *regex)
{
    return regex->pattern;
}

static mec_status match(const mec_regex *regex, const char *subject, uint32_t options,
                        bool *matches, size_t *end, mec_err *err)
{
    PCRE2_UCHAR message[128];
    int result = pcre2_match(regex->code, (PCRE2_SPTR)subject, strlen(subject), 0,
                             options, regex->data, regex->limits);

    *matches = result >= 0;
    *end = result >= 0 ? pcre2_get_ovector_pointer(regex->data)[1] : 0;
    if (result >= 0 || result == PCRE2_ERROR_NOMATCH) {
        return MEC_OK;
    }
    if (result == PCRE2_ERROR_MATCHLIMIT || result == PCRE2_ERROR_DEPTHLIMIT ||
        result == PCRE2_ERROR_HEAPLIMIT) {
        return mec_fail(err, MEC_E_LIMIT,
                        "regular expression \"%s\" takes too long on \"%s\" (nested "
                        "repetition? simplify it)",
                        regex->pattern, subject);
    }
    if (result == PCRE2_ERROR_NOMEMORY) {
        return no_memory(err, regex->pattern);
    }
    pcre2_get_error_message(result, message, sizeof message);
    return mec_fail(err, MEC_E_INPUT, "regular expression \"%s\" on \"%s\": %s",
                    regex->pattern, subject, (const char *)message);
}

mec_status mec_regex_match_prefix(const mec_regex *regex, const char *subject,
                                  bool *matches, size_t *end, mec_err *err)
{
    size_t unused;

    return match(regex, subject, PCRE2_ANCHORED, matches, end == NULL ? &unused : end,
                 err);
}

mec_status mec_regex_match_whole(const mec_regex *regex, const char *subject,
                                 bool *matches, mec_err *err)
{
    size_t end;
    mec_status st = match(regex, subject, PCRE2_ANCHORED, matches, &end, err);

    *matches = *matches && end == strlen(subject);
    return st;
}

mec_status mec_regex_search(const mec_regex *regex, const char *subject, bool *matches,
                            mec_err *err)
{
    size_t end;

    return match(regex, subject, 0, matches, &end, err);
}
