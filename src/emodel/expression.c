/* A small evaluator of Python expressions over numbers.
 *
 * Values are Python's int (64 bits here), bool (an int) and float, because a distribution
 * may say `0.1 + 0.9*int(({distance} > 400) & ({distance} < 600))`. Where Python would
 * raise, the result is an error. Grammar from The Python Language Reference, chapter 6,
 * one function per level of precedence. Arithmetic on floats is the C library's, which is
 * what CPython uses.
 */

#include <mecombo/emodel.h>

#include "emodel_priv.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 200, MAX_ARGUMENTS = 8 };

typedef struct parser {
    const char *text;
    const char *at;
    int depth;
    mec_err *err;
} parser;

static mec_status complain(parser *p, const char *what)
{
    return mec_fail(p->err, MEC_E_INPUT, "expression \"%s\": %s at column %zu", p->text,
                    what, (size_t)(p->at - p->text) + 1);
}

static mec_status ternary(parser *p, python_number *out);
static mec_status unary(parser *p, python_number *out);

static void skip_space(parser *p)
{
    while (isspace((unsigned char)*p->at)) {
        p->at++;
    }
}

/* True and past it when the operator comes next; `not_before` lists characters that
 * would make it another operator. */
static bool accept(parser *p, const char *operator, const char * not_before)
{
    size_t n = strlen(operator);

    skip_space(p);
    if (strncmp(p->at, operator, n) != 0 ||
        (p->at[n] != '\0' && strchr(not_before, p->at[n]) != NULL)) {
        return false;
    }
    p->at += n;
    return true;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool accept_word(parser *p, const char *word)
{
    size_t n = strlen(word);

    skip_space(p);
    if (strncmp(p->at, word, n) != 0 || is_word(p->at[n])) {
        return false;
    }
    p->at += n;
    return true;
}

/* Literals: decimal integers and floats; an underscore between digits is not accepted. */
static mec_status literal(parser *p, python_number *out)
{
    char buffer[64];
    size_t n = strspn(p->at, "0123456789.");
    bool is_float = memchr(p->at, '.', n) != NULL;

    if (p->at[n] == 'e' || p->at[n] == 'E') {
        size_t sign = p->at[n + 1] == '+' || p->at[n + 1] == '-' ? 2 : 1;
        size_t digits = strspn(p->at + n + sign, "0123456789");

        if (digits > 0) {
            n += sign + digits;
            is_float = true;
        }
    }
    if (n >= sizeof buffer || is_word(p->at[n])) {
        return complain(p, "not a number");
    }
    memcpy(buffer, p->at, n);
    buffer[n] = '\0';
    if (is_float) {
        double value;

        if (!mec_parse_double(buffer, &value)) {
            return complain(p, "not a number");
        }
        *out = python_float(value);
    } else {
        int64_t value;

        if (n > 1 && buffer[0] == '0' && strspn(buffer, "0") != n) {
            return complain(p, "an integer must not begin with 0");
        }
        if (!mec_parse_int64(buffer, &value)) {
            return complain(p, "integer of more than 64 bits");
        }
        *out = python_int(value);
    }
    p->at += n;
    return MEC_OK;
}

static mec_status arguments(parser *p, python_number *argument, size_t *n)
{
    mec_status st;

    *n = 0;
    if (accept(p, ")", "")) {
        return MEC_OK;
    }
    do {
        if (*n == MAX_ARGUMENTS) {
            return complain(p, "too many arguments");
        }
        MEC_TRY(ternary(p, &argument[*n]));
        (*n)++;
    } while (accept(p, ",", ""));
    st = accept(p, ")", "") ? MEC_OK : complain(p, "expected \")\"");
done:
    return st;
}

static mec_status name(parser *p, python_number *out)
{
    char word[64];
    size_t n = 0;
    const char *start = p->at;
    bool is_math = strncmp(p->at, "math.", 5) == 0;
    python_number argument[MAX_ARGUMENTS];
    size_t n_argument;
    const char *why = NULL;
    mec_status st = MEC_OK;

    p->at += is_math ? 5 : 0;
    while (is_word(p->at[n])) {
        n++;
    }
    if (n >= sizeof word) {
        return complain(p, "unknown name");
    }
    memcpy(word, p->at, n);
    word[n] = '\0';
    p->at += n;
    if (is_math ? python_math_constant(word, out) : python_constant(word, out)) {
        return MEC_OK;
    }
    if (!accept(p, "(", "")) {
        p->at = start;
        return complain(p, "unknown name");
    }
    MEC_TRY(arguments(p, argument, &n_argument));
    why = python_call(is_math, word, n_argument, argument, out);
    if (why != NULL) {
        p->at = start;
        st = complain(p, why);
    }
done:
    return st;
}

static mec_status atom(parser *p, python_number *out)
{
    mec_status st;

    skip_space(p);
    if (isdigit((unsigned char)*p->at) ||
        (*p->at == '.' && isdigit((unsigned char)p->at[1]))) {
        return literal(p, out);
    }
    if (is_word(*p->at)) {
        return name(p, out);
    }
    if (!accept(p, "(", "")) {
        return complain(p, *p->at == '\0' ? "unexpected end" : "unexpected character");
    }
    MEC_TRY(ternary(p, out));
    st = accept(p, ")", "") ? MEC_OK : complain(p, "expected \")\"");
done:
    return st;
}

/* power: atom ["**" unary]; binds tighter than a minus on its left. */
static mec_status power(parser *p, python_number *out)
{
    mec_status st;
    python_number exponent;
    const char *why;

    MEC_TRY(atom(p, out));
    if (accept(p, "**", "")) {
        MEC_TRY(unary(p, &exponent));
        why = python_binary("**", *out, exponent, out);
        st = why == NULL ? MEC_OK : complain(p, why);
    }
done:
    return st;
}

static mec_status unary(parser *p, python_number *out)
{
    mec_status st;
    char sign;

    skip_space(p);
    sign = *p->at;
    if (sign != '-' && sign != '+' && sign != '~') {
        return power(p, out);
    }
    if (++p->depth > MAX_DEPTH) {
        return complain(p, "nested too deeply");
    }
    p->at++;
    MEC_TRY(unary(p, out));
    if (sign == '~' && out->is_float) {
        st = complain(p, "\"~\" of a float");
    } else if (sign == '~') {
        *out = python_int(~out->i);
    } else if (sign == '+') {
        *out = out->is_float ? *out : python_int(out->i);
    } else if (out->is_float) {
        *out = python_float(-out->f);
    } else {
        const char *why = python_binary("-", python_int(0), *out, out);

        st = why == NULL ? MEC_OK : complain(p, why);
    }
    p->depth--;
done:
    return st;
}

/* One level of left-associative binary operators. */
typedef struct level {
    size_t n;
    const char *const *operator; /* longer ones first */
    const char *not_before;      /* characters that continue into another operator */
} level;

static const char *const product_operators[] = {"//", "*", "/", "%"};
static const char *const sum_operators[] = {"+", "-"};
static const char *const shift_operators[] = {"<<", ">>"};
static const char *const and_operators[] = {"&"};
static const char *const xor_operators[] = {"^"};
static const char *const or_operators[] = {"|"};
static const level levels[] = {
    {1, or_operators, ""},    {1, xor_operators, ""}, {1, and_operators, ""},
    {2, shift_operators, ""}, {2, sum_operators, ""}, {4, product_operators, ""},
};
enum { N_LEVEL = sizeof levels / sizeof levels[0] };

static mec_status binary(parser *p, size_t i_level, python_number *out)
{
    mec_status st;
    const level *l = &levels[i_level];
    bool found = true;

    MEC_TRY(i_level + 1 < N_LEVEL ? binary(p, i_level + 1, out) : unary(p, out));
    while (found) {
        found = false;
        for (size_t i = 0; i < l->n && !found; i++) {
            if (accept(p, l->operator[i], l->not_before)) {
                python_number right;
                const char *why;

                MEC_TRY(i_level + 1 < N_LEVEL ? binary(p, i_level + 1, &right)
                                              : unary(p, &right));
                why = python_binary(l->operator[i], *out, right, out);
                if (why != NULL) {
                    return complain(p, why);
                }
                found = true;
            }
        }
    }
done:
    return st;
}

static bool compare(const char *operator, python_number a, python_number b)
{
    int order = python_compare(a, b); /* -1, 0, 1; 2: unordered */

    switch (operator[0]) {
    case '<':
        return order == -1 || (operator[1] == '=' && order == 0);
    case '>':
        return order == 1 || (operator[1] == '=' && order == 0);
    case '=':
        return order == 0;
    default:
        return order != 0;
    }
}

/* a < b <= c means a < b and b <= c. */
static mec_status comparison(parser *p, python_number *out)
{
    static const char *const operators[] = {"<=", ">=", "==", "!=", "<", ">"};
    mec_status st;
    python_number left;
    bool truth = true, any = false, found = true;

    MEC_TRY(binary(p, 0, out));
    left = *out;
    while (found) {
        found = false;
        for (size_t i = 0; i < sizeof operators / sizeof operators[0] && !found; i++) {
            if (accept(p, operators[i], "")) {
                python_number right;

                MEC_TRY(binary(p, 0, &right));
                truth = truth && compare(operators[i], left, right);
                left = right;
                any = found = true;
            }
        }
    }
    if (any) {
        *out = python_int(truth);
    }
done:
    return st;
}

static mec_status negation(parser *p, python_number *out)
{
    mec_status st;

    if (!accept_word(p, "not")) {
        return comparison(p, out);
    }
    if (++p->depth > MAX_DEPTH) {
        return complain(p, "nested too deeply");
    }
    MEC_TRY(negation(p, out));
    *out = python_int(!python_truth(*out));
    p->depth--;
done:
    return st;
}

/* Both sides are always computed: without side effects only an error could tell. */
static mec_status conjunction(parser *p, python_number *out)
{
    mec_status st;
    python_number right;

    MEC_TRY(negation(p, out));
    while (accept_word(p, "and")) {
        MEC_TRY(negation(p, &right));
        *out = python_truth(*out) ? right : *out;
    }
done:
    return st;
}

static mec_status disjunction(parser *p, python_number *out)
{
    mec_status st;
    python_number right;

    MEC_TRY(conjunction(p, out));
    while (accept_word(p, "or")) {
        MEC_TRY(conjunction(p, &right));
        *out = python_truth(*out) ? *out : right;
    }
done:
    return st;
}

static mec_status ternary(parser *p, python_number *out)
{
    mec_status st;
    python_number condition, other;

    if (++p->depth > MAX_DEPTH) {
        return complain(p, "nested too deeply");
    }
    MEC_TRY(disjunction(p, out));
    if (accept_word(p, "if")) {
        MEC_TRY(disjunction(p, &condition));
        if (!accept_word(p, "else")) {
            return complain(p, "expected \"else\"");
        }
        MEC_TRY(ternary(p, &other));
        *out = python_truth(condition) ? *out : other;
    }
    p->depth--;
done:
    return st;
}

mec_status mec_python_eval(const char *text, double *result, mec_err *err)
{
    parser p = {text, text, 0, err};
    python_number value = {0};
    mec_status st;

    MEC_TRY(ternary(&p, &value));
    skip_space(&p);
    if (*p.at != '\0') {
        return complain(&p, "unexpected character");
    }
    *result = python_as_double(value);
done:
    return st;
}
