/* What a YAML 1.1 scalar means to PyYAML's safe_load.
 *
 * The forms are those of PyYAML's resolver: `yes` is a boolean, `010` is eight, `1:30` is
 * ninety, but `1e5` (no dot) and `1.0e5` (no sign in the exponent) are strings.
 */

#include "io_priv.h"

#include <math.h>
#include <string.h>

static bool is_one_of(const char *text, const char *const words[])
{
    for (size_t i = 0; words[i] != NULL; i++) {
        if (strcmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_true(const char *text)
{
    static const char *const words[] = {"yes",  "Yes", "YES", "true", "True",
                                        "TRUE", "on",  "On",  "ON",   NULL};

    return is_one_of(text, words);
}

static bool is_false(const char *text)
{
    static const char *const words[] = {"no",    "No",  "NO",  "false", "False",
                                        "FALSE", "off", "Off", "OFF",   NULL};

    return is_one_of(text, words);
}

static bool is_null(const char *text)
{
    static const char *const words[] = {"~", "null", "Null", "NULL", "", NULL};

    return is_one_of(text, words);
}

static const char *after_sign(const char *text)
{
    return *text == '-' || *text == '+' ? text + 1 : text;
}

/* At least one character, all of them of a set. */
static bool all_of(const char *text, const char *set)
{
    return *text != '\0' && text[strspn(text, set)] == '\0';
}

#define DIGITS "0123456789"

/* {':' [0-5] digit}, at least once, up to the end or to a dot. */
static const char *after_sexagesimal(const char *p)
{
    const char *start = p;

    while (*p == ':') {
        size_t n = strspn(p + 1, DIGITS);

        if (n < 1 || n > 2 || (n == 2 && p[1] > '5')) {
            return NULL;
        }
        p += 1 + n;
    }
    return p == start ? NULL : p;
}

static bool is_sexagesimal_int(const char *p)
{
    if (*p < '1' || *p > '9') {
        return false;
    }
    p = after_sexagesimal(p + strspn(p, DIGITS "_"));
    return p != NULL && *p == '\0';
}

static bool is_int(const char *text)
{
    const char *p = after_sign(text);

    if (p[0] == '0' && p[1] == 'b') {
        return all_of(p + 2, "01_");
    }
    if (p[0] == '0' && p[1] == 'x') {
        return all_of(p + 2, DIGITS "abcdefABCDEF_");
    }
    if (p[0] == '0') {
        return p[1] == '\0' || all_of(p + 1, "01234567_");
    }
    return is_sexagesimal_int(p) || (*p >= '1' && *p <= '9' && all_of(p, DIGITS "_"));
}

/* What may follow the digits behind the dot: nothing, or e, a sign and digits. */
static bool is_exponent_or_end(const char *p)
{
    if (*p == '\0') {
        return true;
    }
    return (*p == 'e' || *p == 'E') && (p[1] == '-' || p[1] == '+') &&
           all_of(p + 2, DIGITS);
}

static bool is_float(const char *text)
{
    static const char *const infinities[] = {".inf", ".Inf", ".INF", NULL};
    static const char *const nans[] = {".nan", ".NaN", ".NAN", NULL};
    const char *p = after_sign(text);

    if (is_one_of(p, infinities) || is_one_of(text, nans)) {
        return true;
    }
    if (text[0] == '.') {
        return text[1] >= '0' && text[1] <= '9' &&
               is_exponent_or_end(text + 1 + strspn(text + 1, DIGITS "_"));
    }
    if (*p < '0' || *p > '9') {
        return false;
    }
    p += strspn(p, DIGITS "_");
    if (*p == '.') {
        p++;
        return is_exponent_or_end(p + strspn(p, DIGITS "_"));
    }
    p = after_sexagesimal(p);
    return p != NULL && *p == '.' && p[1 + strspn(p + 1, DIGITS "_")] == '\0';
}

/* A copy without underscores. */
static char *without_underscores(mec_arena *arena, const char *text)
{
    char *copy = mec_arena_strdup(arena, text);
    char *to = copy;

    if (copy == NULL) {
        return NULL;
    }
    for (const char *from = text; *from != '\0'; from++) {
        if (*from != '_') {
            *to++ = *from;
        }
    }
    *to = '\0';
    return copy;
}

static int digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    return (c | 0x20) - 'a' + 10;
}

/* Digits of a base, or decimal digits in groups of base 60 divided by colons. */
static bool parse_digits(const char *p, int base, int64_t *value)
{
    int64_t total = 0;

    if (*p == '\0') {
        return false;
    }
    while (*p != '\0') {
        int64_t group = 0;

        if (base != 60) {
            if (__builtin_mul_overflow(total, base, &total) ||
                __builtin_add_overflow(total, digit_value(*p++), &total)) {
                return false;
            }
            continue;
        }
        for (; *p >= '0' && *p <= '9'; p++) {
            if (__builtin_mul_overflow(group, 10, &group) ||
                __builtin_add_overflow(group, *p - '0', &group)) {
                return false;
            }
        }
        if (__builtin_mul_overflow(total, 60, &total) ||
            __builtin_add_overflow(total, group, &total)) {
            return false;
        }
        p += *p == ':';
    }
    *value = total;
    return true;
}

/* Python's str() of an int becomes the string; text has one of the forms of is_int(). */
static bool set_int(mec_arena *arena, const char *text, mec_json *value,
                    const char **why)
{
    const char *clean = without_underscores(arena, text);
    int64_t number = 0;

    if (clean == NULL) {
        *why = "out of memory";
        return false;
    }
    const char *p = after_sign(clean);
    bool is_negative = *clean == '-';
    bool is_decimal = *p >= '1' && *p <= '9' && strchr(p, ':') == NULL;
    bool is_good = true;
    if (is_decimal) {
        value->string = is_negative ? clean : p;
    } else {
        if (p[0] == '0' && p[1] == 'b') {
            is_good = parse_digits(p + 2, 2, &number);
        } else if (p[0] == '0' && p[1] == 'x') {
            is_good = parse_digits(p + 2, 16, &number);
        } else {
            is_good = parse_digits(p, p[0] == '0' ? 8 : 60, &number);
        }
        value->string = mec_arena_printf(arena, "%lld",
                                         (long long)(is_negative ? -number : number));
    }
    if (!is_good || value->string == NULL) {
        *why = is_good ? "out of memory" : "integer without digits or too large";
        return false;
    }
    value->type = MEC_JSON_NUMBER;
    return mec_parse_double(value->string, &value->number);
}

/* The number of a text of one of the forms of is_float(), without underscores, or plain
   digits with a point and an exponent. */
static bool float_value(const char *text, double *number)
{
    const char *p = after_sign(text);
    double sign = *text == '-' ? -1.0 : 1.0;
    double total = 0.0;

    if (p[0] == '.' && (p[1] | 0x20) == 'i') {
        *number = sign * (double)INFINITY;
        return true;
    }
    if (p[0] == '.' && (p[1] | 0x20) == 'n') {
        *number = (double)NAN;
        return true;
    }
    if (strchr(p, ':') == NULL) {
        bool is_good = all_of(p, DIGITS ".eE+-") && mec_parse_double(p, &total);

        *number = sign * total;
        return is_good;
    }
    /* from the last group on, as PyYAML adds: only so are the roundings the same */
    const char *last = strrchr(p, ':') + 1;
    double scale = 60.0;
    if (!mec_parse_double(last, &total)) {
        return false;
    }
    for (const char *end = last - 1; end > p;) {
        const char *start = end;
        double group = 0.0;

        while (start > p && start[-1] != ':') {
            start--;
        }
        for (const char *q = start; q < end; q++) {
            group = group * 10.0 + (*q - '0');
        }
        total += group * scale;
        scale *= 60.0;
        end = start > p ? start - 1 : p;
    }
    *number = sign * total;
    return true;
}

static bool set_float(mec_arena *arena, const char *text, mec_json *value,
                      const char **why)
{
    const char *clean = without_underscores(arena, text);
    char digits[32];

    if (clean == NULL) {
        *why = "out of memory";
        return false;
    }
    if (!float_value(clean, &value->number)) {
        *why = "not a floating point number";
        return false;
    }
    if (isnan(value->number)) {
        value->string = "nan";
    } else if (isinf(value->number)) {
        value->string = value->number < 0 ? "-inf" : "inf";
    } else {
        mec_double_repr(value->number, digits);
        value->string = mec_arena_strdup(arena, digits);
    }
    value->type = MEC_JSON_NUMBER;
    *why = "out of memory";
    return value->string != NULL;
}

static bool set_string(mec_arena *arena, const char *text, mec_json *value,
                       const char **why)
{
    value->type = MEC_JSON_STRING;
    value->string = mec_arena_strdup(arena, text);
    *why = "out of memory";
    return value->string != NULL;
}

static bool set_plain(mec_arena *arena, const char *text, mec_json *value,
                      const char **why)
{
    if (is_null(text)) {
        value->type = MEC_JSON_NULL;
        return true;
    }
    if (is_true(text) || is_false(text)) {
        value->type = MEC_JSON_BOOL;
        value->number = is_true(text) ? 1.0 : 0.0;
        return true;
    }
    if (is_float(text)) {
        return set_float(arena, text, value, why);
    }
    if (is_int(text)) {
        return set_int(arena, text, value, why);
    }
    return set_string(arena, text, value, why);
}

bool io_yaml_resolve(mec_arena *arena, const char *tag, const char *text,
                     mec_json *value, const char **why)
{
    if (tag == NULL) {
        return set_plain(arena, text, value, why);
    }
    if (strcmp(tag, "str") == 0 || strcmp(tag, "timestamp") == 0) {
        return set_string(arena, text, value, why);
    }
    if (strcmp(tag, "null") == 0) {
        value->type = MEC_JSON_NULL;
        return true;
    }
    *why = "text does not fit the tag";
    if (strcmp(tag, "bool") == 0) {
        return (is_true(text) || is_false(text)) && set_plain(arena, text, value, why);
    }
    if (strcmp(tag, "int") == 0) {
        return is_int(text) && set_int(arena, text, value, why);
    }
    if (strcmp(tag, "float") == 0) {
        return *text != '\0' && set_float(arena, text, value, why);
    }
    *why = "tag is not supported";
    return false;
}
