/* Helpers on plain strings: numbers in and out, likeness of words. */

#include <mecombo/text.h>

#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Python switches to an exponent when the decimal point would stand outside these. */
enum { REPR_MIN_EXPONENT = -4, REPR_MAX_EXPONENT = 16, MAX_DIGITS = 17 };

/* Write digits d.ddd...e+xx (from printf) in Python's choice of notation. */
static void arrange_digits(const char *scientific, char out[32])
{
    char digits[MAX_DIGITS + 1];
    size_t n = 0;
    const char *p = scientific;
    char *o = out;

    if (*p == '-') {
        *o++ = *p++;
    }
    for (; *p != 'e'; p++) {
        if (*p >= '0' && *p <= '9') {
            digits[n++] = *p;
        }
    }
    int exponent = (int)strtol(p + 1, NULL, 10);
    while (n > 1 && digits[n - 1] == '0') {
        n--;
    }
    if (exponent < REPR_MIN_EXPONENT || exponent >= REPR_MAX_EXPONENT) {
        *o++ = digits[0];
        if (n > 1) {
            *o++ = '.';
            memcpy(o, digits + 1, n - 1);
            o += n - 1;
        }
        snprintf(o, 8, "e%c%02u", exponent < 0 ? '-' : '+',
                 (unsigned)abs(exponent) % 1000u);
        return;
    }
    if (exponent < 0) {
        *o++ = '0';
        *o++ = '.';
        for (int i = -1; i > exponent; i--) {
            *o++ = '0';
        }
        memcpy(o, digits, n);
        o[n] = '\0';
        return;
    }
    for (int i = 0; i <= exponent; i++) {
        *o++ = (size_t)i < n ? digits[i] : '0';
    }
    *o++ = '.';
    if (n > (size_t)exponent + 1) {
        memcpy(o, digits + exponent + 1, n - (size_t)exponent - 1);
        o += n - (size_t)exponent - 1;
    } else {
        *o++ = '0';
    }
    *o = '\0';
}

/* Add one to the last digit of d.ddde+xx. */
static void bump_last_digit(char *scientific)
{
    char *digit = strchr(scientific, 'e');

    do {
        digit--;
        digit -= *digit == '.';
        *digit = *digit == '9' ? '0' : (char)(*digit + 1);
    } while (*digit == '0' && digit > scientific + 1);
}

/* Shortest digits d.ddde+xx that read back as the value. */
static void shortest_digits(double value, char scientific[40])
{
    int exponent;
    bool is_power_of_two = fabs(frexp(value, &exponent)) == 0.5;

    /* What needs at most 15 digits shows them, and zeros, when printed with 15: that holds
       for all but subnormal numbers. */
    for (int digits = isnormal(value) ? 15 : 1; digits <= MAX_DIGITS; digits++) {
        snprintf(scientific, 40, "%.*e", digits - 1, value);
        if (strtod(scientific, NULL) == value) {
            return;
        }
        /* Doubles lie closer below a power of two than above: the second nearest decimal
           may be the one that reads back. */
        if (is_power_of_two && digits == MAX_DIGITS - 1) {
            bump_last_digit(scientific);
            if (strtod(scientific, NULL) == value) {
                return;
            }
        }
    }
}

void mec_double_repr(double value, char out[32])
{
    char scientific[40];

    if (isnan(value)) {
        memcpy(out, "NaN", 4);
        return;
    }
    if (isinf(value)) {
        memcpy(out, value < 0 ? "-Infinity" : "Infinity", value < 0 ? 10 : 9);
        return;
    }
    shortest_digits(value, scientific);
    arrange_digits(scientific, out);
}

/* strtod follows the locale's decimal point; mecombo never calls setlocale, so this is
   the C locale unless a library changed it: newlocale makes sure. */
static locale_t c_locale(void)
{
    static locale_t locale;

    if (locale == (locale_t)0) {
        locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    }
    return locale;
}

bool mec_parse_double(const char *text, double *value)
{
    char *end;

    if (*text == '\0' || *text == ' ' || *text == '\t' || *text == '\n') {
        return false;
    }
    double parsed = strtod_l(text, &end, c_locale());
    if (end == text || *end != '\0') {
        return false;
    }
    *value = parsed;
    return true;
}

bool mec_parse_int64(const char *text, int64_t *value)
{
    char *end;

    if (!((*text >= '0' && *text <= '9') || *text == '-' || *text == '+')) {
        return false;
    }
    errno = 0;
    intmax_t parsed = strtoimax(text, &end, 10);
    if (end == text || *end != '\0' || errno != 0 || parsed < INT64_MIN ||
        parsed > INT64_MAX) {
        return false;
    }
    *value = (int64_t)parsed;
    return true;
}

bool mec_starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool mec_ends_with(const char *text, const char *suffix)
{
    size_t n_text = strlen(text);
    size_t n_suffix = strlen(suffix);

    return n_suffix <= n_text && strcmp(text + n_text - n_suffix, suffix) == 0;
}

static size_t min3(size_t a, size_t b, size_t c)
{
    size_t ab = a < b ? a : b;

    return ab < c ? ab : c;
}

/* Optimal string alignment distance; rows i-2, i-1 and i of the table suffice. Words are
   cut at 63 characters, enough for keys and feature names. */
size_t mec_edit_distance(const char *a, const char *b)
{
    enum { MAX_WORD = 63 };
    size_t table[3][MAX_WORD + 1];
    size_t n_a = strnlen(a, MAX_WORD);
    size_t n_b = strnlen(b, MAX_WORD);

    for (size_t j = 0; j <= n_b; j++) {
        table[0][j] = j;
    }
    for (size_t i = 1; i <= n_a; i++) {
        size_t *row = table[i % 3];
        const size_t *above = table[(i - 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;

            row[j] = min3(above[j] + 1, row[j - 1] + 1, above[j - 1] + cost);
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                size_t swapped = table[(i - 2) % 3][j - 2] + 1;
                row[j] = swapped < row[j] ? swapped : row[j];
            }
        }
    }
    return table[n_a % 3][n_b];
}

const char *mec_nearest_name(const char *word, size_t n, const char *const names[])
{
    size_t limit = strlen(word) / 3;
    const char *best = NULL;

    limit = limit < 2 ? 2 : limit;
    for (size_t i = 0; i < n; i++) {
        size_t distance = mec_edit_distance(word, names[i]);

        if (distance <= limit) {
            best = names[i];
            limit = distance - (distance > 0);
            if (distance == 0) {
                break;
            }
        }
    }
    return best;
}
