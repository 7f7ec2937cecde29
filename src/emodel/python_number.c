/* Python's arithmetic on int (64 bits), bool and float.
 *
 * Semantics: The Python Language Reference 6.5-6.7 and the module math; sign rules of
 * % and // on floats as in PEP 238 and CPython's documentation.
 */

#include "emodel_priv.h"

#include <math.h>
#include <string.h>

static const char zero_division[] = "division by zero";
static const char overflow[] = "result too large";
static const char domain[] = "math domain error";
static const char too_wide[] = "integer of more than 64 bits";

python_number python_float(double value)
{
    return (python_number){.is_float = true, .f = value};
}

python_number python_int(int64_t value)
{
    return (python_number){.is_float = false, .i = value};
}

double python_as_double(python_number a)
{
    return a.is_float ? a.f : (double)a.i;
}

bool python_truth(python_number a)
{
    return a.is_float ? a.f != 0 : a.i != 0;
}

int python_compare(python_number a, python_number b)
{
    if (!a.is_float && !b.is_float) {
        return (a.i > b.i) - (a.i < b.i);
    }
    double x = python_as_double(a), y = python_as_double(b);

    return x < y ? -1 : x > y ? 1 : x == y ? 0 : 2;
}

/* x = q*y + r with the sign of r that of y. */
static void float_divmod(double x, double y, double *q, double *r)
{
    double mod = fmod(x, y);
    double div = (x - mod) / y;

    if (mod != 0) {
        if ((y < 0) != (mod < 0)) {
            mod += y;
            div -= 1.0;
        }
    } else {
        mod = copysign(0.0, y);
    }
    if (div != 0) {
        double floored = floor(div);

        *q = div - floored > 0.5 ? floored + 1.0 : floored;
    } else {
        *q = copysign(0.0, x / y);
    }
    *r = mod;
}

static const char *float_power(double x, double y, python_number *out)
{
    if (x == 0 && y < 0) {
        return "0.0 cannot be raised to a negative power";
    }
    if (x < 0 && isfinite(x) && isfinite(y) && y != floor(y)) {
        return "negative number raised to a fraction is complex";
    }
    double z = pow(x, y);

    if (isinf(z) && isfinite(x) && isfinite(y)) {
        return overflow;
    }
    *out = python_float(z);
    return NULL;
}

static const char *int_power(int64_t x, int64_t y, python_number *out)
{
    int64_t z = 1;

    if (y < 0) {
        return float_power((double)x, (double)y, out);
    }
    if (x == 0 || x == 1 || x == -1) {
        *out = python_int(y == 0 ? 1 : x == -1 && y % 2 == 0 ? 1 : x);
        return NULL;
    }
    for (int64_t i = 0; i < y; i++) {
        if (__builtin_mul_overflow(z, x, &z)) {
            return too_wide;
        }
    }
    *out = python_int(z);
    return NULL;
}

static const char *int_division(char kind, int64_t x, int64_t y, python_number *out)
{
    if (y == 0) {
        return zero_division;
    }
    if (x == INT64_MIN && y == -1) {
        return too_wide;
    }
    int64_t q = x / y, r = x % y;

    if (r != 0 && (r < 0) != (y < 0)) {
        r += y;
        q -= 1;
    }
    *out = python_int(kind == '%' ? r : q);
    return NULL;
}

static const char *int_shift(bool left, int64_t x, int64_t y, python_number *out)
{
    if (y < 0) {
        return "negative shift count";
    }
    if (!left) {
        *out = python_int(y > 63 ? (x < 0 ? -1 : 0) : x >> y);
        return NULL;
    }
    for (int64_t i = 0; i < y; i++) {
        if (__builtin_mul_overflow(x, 2, &x)) {
            return too_wide;
        }
    }
    *out = python_int(x);
    return NULL;
}

static const char *int_binary(const char *operator, int64_t x, int64_t y,
                              python_number *out)
{
    int64_t z = 0;
    bool failed = false;

    switch (operator[0]) {
    case '+':
        failed = __builtin_add_overflow(x, y, &z);
        break;
    case '-':
        failed = __builtin_sub_overflow(x, y, &z);
        break;
    case '*':
        if (operator[1] == '*') {
            return int_power(x, y, out);
        }
        failed = __builtin_mul_overflow(x, y, &z);
        break;
    case '&':
        z = x & y;
        break;
    case '|':
        z = x | y;
        break;
    case '^':
        z = x ^ y;
        break;
    case '<':
    case '>':
        return int_shift(operator[0] == '<', x, y, out);
    default:
        return int_division(operator[0], x, y, out);
    }
    *out = python_int(z);
    return failed ? too_wide : NULL;
}

static const char *float_binary(const char *operator, double x, double y,
                                python_number *out)
{
    double q, r;

    switch (operator[0]) {
    case '+':
        *out = python_float(x + y);
        return NULL;
    case '-':
        *out = python_float(x - y);
        return NULL;
    case '*':
        if (operator[1] == '*') {
            return float_power(x, y, out);
        }
        *out = python_float(x * y);
        return NULL;
    case '/':
    case '%':
        if (y == 0) {
            return zero_division;
        }
        if (operator[0] == '/' && operator[1] == '\0') {
            *out = python_float(x / y);
            return NULL;
        }
        float_divmod(x, y, &q, &r);
        *out = python_float(operator[0] == '%' ? r : q);
        return NULL;
    default:
        return "operator needs integers";
    }
}

const char *python_binary(const char *operator, python_number a, python_number b,
                          python_number *out)
{
    bool true_division = strcmp(operator, "/") == 0;

    if (!a.is_float && !b.is_float && !true_division) {
        return int_binary(operator, a.i, b.i, out);
    }
    return float_binary(operator, python_as_double(a), python_as_double(b), out);
}

bool python_constant(const char *word, python_number *out)
{
    bool is_true = strcmp(word, "True") == 0;

    if (!is_true && strcmp(word, "False") != 0) {
        return false;
    }
    *out = python_int(is_true);
    return true;
}

bool python_math_constant(const char *word, python_number *out)
{
    static const struct {
        const char *name;
        double value;
    } table[] = {
        {"pi", M_PI}, {"e", M_E}, {"tau", 2 * M_PI}, {"inf", HUGE_VAL}, {"nan", NAN}};

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strcmp(word, table[i].name) == 0) {
            *out = python_float(table[i].value);
            return true;
        }
    }
    return false;
}

static double degrees(double x)
{
    return x * (180.0 / M_PI);
}

static double radians(double x)
{
    return x * (M_PI / 180.0);
}

static const struct {
    const char *name;
    double (*call)(double);
} math_one[] = {
    {"acos", acos},       {"acosh", acosh}, {"asin", asin},       {"asinh", asinh},
    {"atan", atan},       {"atanh", atanh}, {"cos", cos},         {"cosh", cosh},
    {"degrees", degrees}, {"erf", erf},     {"erfc", erfc},       {"exp", exp},
    {"expm1", expm1},     {"fabs", fabs},   {"log", log},         {"log10", log10},
    {"log1p", log1p},     {"log2", log2},   {"radians", radians}, {"sin", sin},
    {"sinh", sinh},       {"sqrt", sqrt},   {"tan", tan},         {"tanh", tanh},
};

static const struct {
    const char *name;
    double (*call)(double, double);
} math_two[] = {
    {"atan2", atan2}, {"copysign", copysign}, {"fmod", fmod},
    {"hypot", hypot}, {"pow", pow},
};

/* Python raises where C gives NaN or infinity from finite arguments. */
static const char *checked(const char *word, double x, double y, double z,
                           python_number *out)
{
    bool finite = isfinite(x) && isfinite(y);

    if (isnan(z) && !isnan(x) && !isnan(y)) {
        return domain;
    }
    if (isinf(z) && finite) {
        bool pole = strncmp(word, "log", 3) == 0 || strcmp(word, "atanh") == 0 ||
                    (strcmp(word, "pow") == 0 && x == 0);

        return pole ? domain : overflow;
    }
    *out = python_float(z);
    return NULL;
}

/* floor, ceil, trunc, int, round: to an integer. */
static const char *to_int(double x, python_number *out)
{
    if (isnan(x)) {
        return "cannot convert NaN to an integer";
    }
    if (fabs(x) >= 9.2e18) {
        return too_wide;
    }
    *out = python_int((int64_t)x);
    return NULL;
}

static const char *call_math(const char *word, size_t n, const python_number *a,
                             python_number *out)
{
    double x = n > 0 ? python_as_double(a[0]) : 0;
    double y = n > 1 ? python_as_double(a[1]) : 0;

    if (n == 1) {
        for (size_t i = 0; i < sizeof math_one / sizeof math_one[0]; i++) {
            if (strcmp(word, math_one[i].name) == 0) {
                return checked(word, x, 0, math_one[i].call(x), out);
            }
        }
        if (strcmp(word, "floor") == 0 || strcmp(word, "ceil") == 0 ||
            strcmp(word, "trunc") == 0) {
            if (!a[0].is_float) {
                *out = a[0];
                return NULL;
            }
            return to_int(word[0] == 'f'   ? floor(x)
                          : word[0] == 'c' ? ceil(x)
                                           : trunc(x),
                          out);
        }
    }
    if (n == 2) {
        if (strcmp(word, "log") == 0) {
            if (!(x > 0) || !(y > 0)) {
                return domain;
            }
            return log(y) == 0 ? zero_division
                               : checked(word, x, y, log(x) / log(y), out);
        }
        for (size_t i = 0; i < sizeof math_two / sizeof math_two[0]; i++) {
            if (strcmp(word, math_two[i].name) == 0) {
                return checked(word, x, y, math_two[i].call(x, y), out);
            }
        }
    }
    return "unknown function or wrong number of arguments";
}

static const char *extreme(bool want_max, size_t n, const python_number *a,
                           python_number *out)
{
    *out = a[0];
    for (size_t i = 1; i < n; i++) {
        if (python_compare(a[i], *out) == (want_max ? 1 : -1)) {
            *out = a[i];
        }
    }
    return NULL;
}

static const char *call_builtin(const char *word, size_t n, const python_number *a,
                                python_number *out)
{
    if ((strcmp(word, "min") == 0 || strcmp(word, "max") == 0) && n >= 2) {
        return extreme(word[1] == 'a', n, a, out);
    }
    if (strcmp(word, "pow") == 0 && n == 2) {
        return python_binary("**", a[0], a[1], out);
    }
    if (n != 1) {
        return "unknown function or wrong number of arguments";
    }
    if (strcmp(word, "abs") == 0) {
        if (a[0].is_float) {
            *out = python_float(fabs(a[0].f));
            return NULL;
        }
        return a[0].i < 0 ? int_binary("-", 0, a[0].i, out) : (*out = a[0], NULL);
    }
    if (strcmp(word, "int") == 0 || strcmp(word, "round") == 0) {
        if (!a[0].is_float) {
            *out = a[0];
            return NULL;
        }
        return to_int(word[0] == 'i' ? trunc(a[0].f) : nearbyint(a[0].f), out);
    }
    if (strcmp(word, "float") == 0) {
        *out = python_float(python_as_double(a[0]));
        return NULL;
    }
    if (strcmp(word, "bool") == 0) {
        *out = python_int(python_truth(a[0]));
        return NULL;
    }
    return "unknown function or wrong number of arguments";
}

const char *python_call(bool is_math, const char *word, size_t n,
                        const python_number *argument, python_number *out)
{
    return is_math ? call_math(word, n, argument, out)
                   : call_builtin(word, n, argument, out);
}
