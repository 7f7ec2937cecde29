/* Walking over score texts. */

#include "scores_priv.h"

#include <mecombo/json.h>
#include <mecombo/text.h>

#include <math.h>
#include <string.h>

static const char *skip_space(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r') {
        p++;
    }
    return p;
}

/* The end of a string's content; p stands behind the opening quote. */
static const char *string_end(const char *p)
{
    while (*p != '"' && *p != '\0') {
        p += p[0] == '\\' && p[1] != '\0' ? 2 : 1;
    }
    return *p == '"' ? p : NULL;
}

/* Read a number, null, NaN or an infinity; NULL when it is none of them, which is not
 * looked at when value is NULL. */
static const char *read_value(const char *p, double *value)
{
    char text[64];
    size_t n = strcspn(p, ",} \t\r\n");

    if (n == 0 || n >= sizeof text) {
        return NULL;
    }
    if (value == NULL) {
        return p + n;
    }
    memcpy(text, p, n);
    text[n] = '\0';
    if (strcmp(text, "null") == 0 || strcmp(text, "NaN") == 0) {
        *value = NAN;
    } else if (strcmp(text, "Infinity") == 0) {
        *value = INFINITY;
    } else if (strcmp(text, "-Infinity") == 0) {
        *value = -INFINITY;
    } else if (strspn(text, "+-.0123456789eE") != n || !mec_parse_double(text, value)) {
        return NULL;
    }
    return p + n;
}

score_step score_next(score_cursor *cursor, const char **key, size_t *n_key,
                      double *value)
{
    const char *p = skip_space(cursor->at);

    if (!cursor->started) {
        cursor->started = true;
        if (strncmp(p, "null", 4) == 0 && *skip_space(p + 4) == '\0') {
            cursor->at = p + 4;
            return SCORE_END;
        }
        if (*p != '{') {
            return SCORE_BAD;
        }
        p = skip_space(p + 1);
    } else if (*p == ',') {
        p = skip_space(p + 1);
        if (*p != '"') {
            return SCORE_BAD;
        }
    } else if (*p != '}') {
        return SCORE_BAD;
    }
    if (*p == '}') {
        cursor->at = p;
        return *skip_space(p + 1) == '\0' ? SCORE_END : SCORE_BAD;
    }
    const char *end = *p == '"' ? string_end(p + 1) : NULL;
    if (end == NULL) {
        return SCORE_BAD;
    }
    *key = p + 1;
    *n_key = (size_t)(end - p - 1);
    p = skip_space(end + 1);
    if (*p != ':') {
        return SCORE_BAD;
    }
    p = read_value(skip_space(p + 1), value);
    if (p == NULL) {
        return SCORE_BAD;
    }
    cursor->at = p;
    return SCORE_VALUE;
}

const char *score_key(mec_arena *arena, const char *key, size_t n_key)
{
    const mec_json *value = NULL;
    mec_err ignored = MEC_ERR_INIT;

    if (memchr(key, '\\', n_key) == NULL) {
        return mec_arena_strndup(arena, key, n_key);
    }
    char *quoted = mec_arena_printf(arena, "\"%.*s\"", (int)n_key, key);
    if (quoted == NULL ||
        mec_json_parse(arena, "scores", quoted, &value, &ignored) != MEC_OK) {
        return NULL;
    }
    return value->string;
}
