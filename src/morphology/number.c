/* Decimal numbers, fast and exact.
 *
 * A morphology is some hundred thousand numbers of about ten digits. Such a number is an
 * integer below 2^53 times or over a power of ten up to 10^22, both exact in double
 * precision, so that one multiplication or division rounds correctly (Clinger 1990). The
 * rest goes to the C library.
 */

#include "morphology_priv.h"

#include <mecombo/text.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_EXACT_POWER = 22, MAX_NUMBER_LENGTH = 500 };

static const double power_of_ten[MAX_EXACT_POWER + 1] = {
    1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
    1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

/* A decimal number as written. */
typedef struct decimal {
    bool negative;
    bool exact;        /* mantissa and exponent say it all */
    uint64_t mantissa; /* at most 19 digits */
    int exponent;      /* of ten */
    const char *end;
} decimal;

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* digits [. digits] | . digits; returns false when there is no digit. */
static bool scan_mantissa(const char *p, decimal *out)
{
    int n_digit = 0;
    int n_significant = 0;
    bool after_point = false;

    for (;; p++) {
        if (*p == '.' && !after_point) {
            after_point = true;
            continue;
        }
        if (!is_digit(*p)) {
            break;
        }
        n_digit++;
        if (n_significant > 0 || *p != '0') {
            n_significant++;
        }
        if (n_significant <= 19) {
            out->mantissa = 10 * out->mantissa + (uint64_t)(*p - '0');
            out->exponent -= after_point;
        } else {
            out->exact = false;
        }
    }
    out->end = p;
    return n_digit > 0;
}

static bool scan_decimal(const char *text, decimal *out)
{
    const char *p = text;
    const char *e;

    *out = (decimal){false, true, 0, 0, text};
    if (*p == '+' || *p == '-') {
        out->negative = *p == '-';
        p++;
    }
    if (!scan_mantissa(p, out)) {
        return false;
    }
    p = out->end;
    if (*p != 'e' && *p != 'E') {
        return true;
    }
    e = p + 1;
    if (*e == '+' || *e == '-') {
        e++;
    }
    if (!is_digit(*e)) {
        return true;
    }
    while (is_digit(*e)) {
        e++;
    }
    if (e - p > 6) {
        out->exact = false;
    } else {
        out->exponent += (int)strtol(p + 1, NULL, 10);
    }
    out->end = e;
    return true;
}

static bool fast_value(const decimal *number, double *value)
{
    double m;

    if (!number->exact || number->mantissa > (UINT64_C(1) << 53) ||
        abs(number->exponent) > MAX_EXACT_POWER) {
        return false;
    }
    m = (double)number->mantissa;
    m = number->exponent < 0 ? m / power_of_ten[-number->exponent]
                             : m * power_of_ten[number->exponent];
    *value = number->negative ? -m : m;
    return true;
}

static bool copy_number(const char *text, const decimal *number,
                        char buffer[MAX_NUMBER_LENGTH + 1])
{
    size_t length = (size_t)(number->end - text);

    if (length > MAX_NUMBER_LENGTH) {
        return false;
    }
    memcpy(buffer, text, length);
    buffer[length] = '\0';
    return true;
}

const char *number_scan(const char *text, double *value)
{
    char buffer[MAX_NUMBER_LENGTH + 1];
    decimal number;

    if (!scan_decimal(text, &number)) {
        return NULL;
    }
    if (!fast_value(&number, value) &&
        (!copy_number(text, &number, buffer) || !mec_parse_double(buffer, value))) {
        return NULL;
    }
    return number.end;
}

/* True when rounding a correctly rounded double to float32 may differ from rounding the
 * decimal number itself: it is halfway between two floats, or out of their normal range. */
static bool is_float_doubtful(double value)
{
    uint64_t bits;
    double size = fabs(value);

    memcpy(&bits, &value, sizeof bits);
    return (bits & UINT64_C(0x1fffffff)) == UINT64_C(0x10000000) ||
           (size != 0.0 && (size < 1.2e-38 || size > 3.4e38));
}

const char *number_scan_float(const char *text, double *value)
{
    char buffer[MAX_NUMBER_LENGTH + 1];
    decimal number;

    if (!scan_decimal(text, &number)) {
        return NULL;
    }
    if (fast_value(&number, value) && !is_float_doubtful(*value)) {
        *value = (double)(float)*value;
    } else if (copy_number(text, &number, buffer)) {
        *value = (double)strtof(buffer, NULL);
    } else {
        return NULL;
    }
    return number.end;
}

static double round8_by_text(double x)
{
    char buffer[32];

    snprintf(buffer, sizeof buffer, "%.8g", x);
    return strtod(buffer, NULL);
}

double number_round8(double x)
{
    double size = fabs(x);
    int shift = 7; /* size * 10^shift has eight digits before the point */
    double scaled, whole, part;

    if (!(size >= 1e-6 && size < 1e15)) {
        return x == 0.0 ? x : round8_by_text(x);
    }
    while (size >= power_of_ten[8 - shift]) {
        shift--;
    }
    while (size < 1.0 && size * power_of_ten[shift] < 1e7) {
        shift++;
    }
    scaled = shift >= 0 ? size * power_of_ten[shift] : size / power_of_ten[-shift];
    whole = floor(scaled);
    part = scaled - whole;
    if (fabs(part - 0.5) < 1e-4) {
        return round8_by_text(x); /* scaled is not exact: near a tie the text decides */
    }
    whole += part > 0.5 ? 1.0 : 0.0;
    whole = shift >= 0 ? whole / power_of_ten[shift] : whole * power_of_ten[-shift];
    return x < 0.0 ? -whole : whole;
}

double number_fixed9(float x)
{
    /* x = m * 2^exponent with an integer m below 2^24; n = x * 10^9, rounded half to even
     * as printf does, in whole numbers. */
    int exponent;
    double m = ldexp(frexp(fabs((double)x), &exponent), 24);
    uint64_t scaled = (uint64_t)m * UINT64_C(1000000000);
    char buffer[80];

    exponent -= 24;
    if (exponent > 0 || !isfinite(x)) {
        snprintf(buffer, sizeof buffer, "%.9f", (double)x);
        return strtod(buffer, NULL);
    }
    if (exponent < -60) {
        scaled = 0;
    } else if (exponent < 0) {
        uint64_t half = UINT64_C(1) << (-exponent - 1);
        uint64_t rest = scaled & ((half << 1) - 1);

        scaled >>= -exponent;
        scaled += rest > half || (rest == half && (scaled & 1) != 0);
    }
    if (scaled > UINT64_C(1) << 53) {
        snprintf(buffer, sizeof buffer, "%.9f", (double)x);
        return strtod(buffer, NULL);
    }
    return copysign((double)scaled / 1e9, (double)x);
}
