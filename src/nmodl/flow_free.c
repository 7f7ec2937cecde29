/* Free rounding: the algebra that exact arithmetic allows and rounding does not.
 *
 * Values are simplified as they are made. Most of it serves gates: with a time constant
 * k/s and a target a/s, (a/s - x)/(k/s) is (a - s x)/k, and x + (1 - exp(-dt s/k)) (a/s -
 * x) needs one division. exp(-x) beside exp(x) is its reciprocal. */

#include "flow_priv.h"

#include <string.h>

enum { MAX_WORK = 100000 }; /* against texts that make simplifying endless */

static const flow_value *at(const flow *f, int32_t index)
{
    return flow_at(f, index);
}

static bool is(const flow *f, int32_t index, flow_op op)
{
    return at(f, index)->op == op;
}

static bool is_shared(const flow *f, int32_t index)
{
    return !at(f, index)->varies;
}

static bool is_one(const flow *f, int32_t index)
{
    return is(f, index, FLOW_NUMBER) && at(f, index)->high == 1.0;
}

/* x = y * factor with a factor that all instances share? */
static bool is_scaled(const flow *f, int32_t index)
{
    return is(f, index, FLOW_MULTIPLY) && at(f, index)->varies &&
           is_shared(f, at(f, index)->arg[1]);
}

static int32_t first(const flow *f, int32_t index)
{
    return at(f, index)->arg[0];
}

static int32_t second(const flow *f, int32_t index)
{
    return at(f, index)->arg[1];
}

static int32_t add(flow *f, int32_t a, int32_t b)
{
    return flow_binary(f, FLOW_ADD, a, b);
}

static int32_t subtract(flow *f, int32_t a, int32_t b)
{
    return flow_binary(f, FLOW_SUBTRACT, a, b);
}

static int32_t multiply(flow *f, int32_t a, int32_t b)
{
    return flow_binary(f, FLOW_MULTIPLY, a, b);
}

static int32_t divide(flow *f, int32_t a, int32_t b)
{
    return flow_binary(f, FLOW_DIVIDE, a, b);
}

static int32_t negate(flow *f, int32_t a)
{
    return flow_unary(f, FLOW_NEGATE, a);
}

static int32_t reciprocal(flow *f, int32_t a)
{
    return divide(f, flow_number(f, "1.0"), a);
}

/* A selection one of whose sides is the same for all instances: what is done with it is
 * done with both sides, for little. */
static bool is_cheap_choice(const flow *f, int32_t index)
{
    const flow_value *value = at(f, index);

    return value->op == FLOW_SELECT &&
           (is_shared(f, value->arg[1]) || is_shared(f, value->arg[2]));
}

/* op on the sides of selections; -1 if neither operand is a cheap one. */
static int32_t into_choice(flow *f, flow_op op, int32_t a, int32_t b)
{
    bool left = is_cheap_choice(f, a), right = is_cheap_choice(f, b);
    int32_t condition, then[2] = {a, b}, otherwise[2] = {a, b};

    if (!left && !right) {
        return -1;
    }
    condition = first(f, left ? a : b);
    if (left) {
        then[0] = second(f, a);
        otherwise[0] = at(f, a)->arg[2];
    }
    if (right && first(f, b) == condition) {
        then[1] = second(f, b);
        otherwise[1] = at(f, b)->arg[2];
    }
    return flow_select(f, condition, flow_binary(f, op, then[0], then[1]),
                       flow_binary(f, op, otherwise[0], otherwise[1]));
}

/* (a/s + x) s or (x - a/s) s without the division; -1 if x is nothing of the kind. */
static int32_t cancel(flow *f, int32_t x, int32_t s)
{
    flow_op op = at(f, x)->op;
    int32_t l, r;

    if (op != FLOW_ADD && op != FLOW_SUBTRACT) {
        return -1;
    }
    l = first(f, x);
    r = second(f, x);
    if (is(f, l, FLOW_DIVIDE) && second(f, l) == s) {
        return flow_binary(f, op, first(f, l), multiply(f, r, s));
    }
    if (is(f, r, FLOW_DIVIDE) && second(f, r) == s) {
        return flow_binary(f, op, multiply(f, l, s), first(f, r));
    }
    return -1;
}

static int32_t free_multiply(flow *f, int32_t a, int32_t b)
{
    int32_t other;

    if (is_shared(f, a)) {
        other = a;
        a = b;
        b = other;
    }
    if (is_one(f, b)) {
        return a;
    }
    if (is(f, a, FLOW_NEGATE)) {
        return is_shared(f, b) ? multiply(f, first(f, a), negate(f, b))
                               : negate(f, multiply(f, first(f, a), b));
    }
    if (is(f, b, FLOW_NEGATE) && !is_shared(f, b)) {
        return negate(f, multiply(f, a, first(f, b)));
    }
    if (is_scaled(f, a)) {
        return is_shared(f, b) ? multiply(f, first(f, a), multiply(f, second(f, a), b))
                               : multiply(f, multiply(f, first(f, a), b), second(f, a));
    }
    if (is_scaled(f, b)) {
        return multiply(f, multiply(f, a, first(f, b)), second(f, b));
    }
    if (is(f, b, FLOW_DIVIDE) && !is_shared(f, b)) {
        other = a;
        a = b;
        b = other;
    }
    if (is(f, a, FLOW_DIVIDE)) {
        if (second(f, a) == b) {
            return first(f, a);
        }
        if (is_shared(f, first(f, a))) {
            return divide(f, multiply(f, b, first(f, a)), second(f, a));
        }
    }
    other = cancel(f, a, b);
    other = other < 0 ? cancel(f, b, a) : other;
    return other >= 0 ? other : into_choice(f, FLOW_MULTIPLY, a, b);
}

static int32_t free_divide(flow *f, int32_t a, int32_t b)
{
    if (is_one(f, b)) {
        return a;
    }
    if (is_shared(f, b)) {
        return multiply(f, a, reciprocal(f, b));
    }
    if (is(f, b, FLOW_NEGATE)) {
        return negate(f, divide(f, a, first(f, b)));
    }
    if (is(f, a, FLOW_NEGATE) && !is_shared(f, a)) {
        return negate(f, divide(f, first(f, a), b));
    }
    if (is_scaled(f, b)) {
        return multiply(f, divide(f, a, first(f, b)), reciprocal(f, second(f, b)));
    }
    if (is_scaled(f, a)) {
        return multiply(f, divide(f, first(f, a), b), second(f, a));
    }
    if (is(f, a, FLOW_DIVIDE) && !is_shared(f, a)) {
        if (is(f, b, FLOW_DIVIDE) && second(f, a) == second(f, b)) {
            return divide(f, first(f, a), first(f, b));
        }
        if (!is(f, b, FLOW_DIVIDE)) {
            return divide(f, first(f, a), multiply(f, second(f, a), b));
        }
    }
    if (is(f, b, FLOW_DIVIDE)) {
        return divide(f, multiply(f, a, second(f, b)), first(f, b));
    }
    return into_choice(f, FLOW_DIVIDE, a, b);
}

static int32_t free_add(flow *f, flow_op op, int32_t a, int32_t b)
{
    bool minus = op == FLOW_SUBTRACT;

    if (is(f, b, FLOW_NEGATE) && !is_shared(f, b)) {
        return flow_binary(f, minus ? FLOW_ADD : FLOW_SUBTRACT, a, first(f, b));
    }
    if (is(f, a, FLOW_NEGATE) && !is_shared(f, a)) {
        return minus ? negate(f, add(f, first(f, a), b)) : subtract(f, b, first(f, a));
    }
    if (is(f, a, FLOW_DIVIDE) && is(f, b, FLOW_DIVIDE) &&
        second(f, a) == second(f, b)) {
        return divide(f, flow_binary(f, op, first(f, a), first(f, b)), second(f, a));
    }
    if (minus && is_shared(f, a) && is(f, b, FLOW_DIVIDE) &&
        is_shared(f, first(f, b)) && is(f, second(f, b), FLOW_EXP)) {
        return divide(f, subtract(f, multiply(f, second(f, b), a), first(f, b)),
                      second(f, b));
    }
    if (minus && is_shared(f, a)) {
        return negate(f, subtract(f, b, a));
    }
    return into_choice(f, op, a, b);
}

int32_t flow_free_binary(flow *f, flow_op op, int32_t a, int32_t b)
{
    if (a < 0 || b < 0 || (is_shared(f, a) && is_shared(f, b)) ||
        ++f->work > MAX_WORK) {
        return -1;
    }
    switch (op) {
    case FLOW_MULTIPLY:
        return free_multiply(f, a, b);
    case FLOW_DIVIDE:
        return free_divide(f, a, b);
    case FLOW_ADD:
    case FLOW_SUBTRACT:
        return free_add(f, op, a, b);
    default:
        return -1;
    }
}

int32_t flow_free_negate(flow *f, int32_t a)
{
    if (a < 0 || is_shared(f, a)) {
        return -1;
    }
    if (is(f, a, FLOW_NEGATE)) {
        return first(f, a);
    }
    if (is_scaled(f, a)) {
        return multiply(f, first(f, a), negate(f, second(f, a)));
    }
    if (is(f, a, FLOW_SUBTRACT) && !is_shared(f, second(f, a))) {
        return subtract(f, second(f, a), first(f, a));
    }
    return -1;
}

int32_t flow_free_exp(flow *f, int32_t x, bool minus)
{
    for (size_t i = 0; i < f->value.n && x >= 0; i++) {
        const flow_value *value = &f->value.data[i];
        int32_t arg = value->arg[0];

        if (value->op != FLOW_EXP || !value->varies) {
            continue;
        }
        if (minus && arg == x) {
            return reciprocal(f, (int32_t)i);
        }
        if (!minus && is(f, arg, FLOW_NEGATE) && first(f, arg) == x) {
            return reciprocal(f, (int32_t)i);
        }
    }
    return -1;
}

/* ---- The derivative of a current ---- */

/* Which values depend on v; NULL when memory is short. */
static bool *find_dependents(flow *f, int32_t v)
{
    bool *depends = nmodl_alloc(f->module, f->value.n * sizeof *depends);

    for (size_t i = 0; i < f->value.n && depends != NULL; i++) {
        depends[i] = (int32_t)i == v;
        for (int32_t k = 0; k < f->value.data[i].n_arg; k++) {
            depends[i] = depends[i] || depends[f->value.data[i].arg[k]];
        }
    }
    return depends;
}

static int32_t slope(flow *f, int32_t index, int32_t v, const bool *depends);

static int32_t slope_of_sum(flow *f, flow_value value, int32_t v, const bool *depends)
{
    int32_t a = -1, b = -1;

    if (depends[value.arg[0]]) {
        a = slope(f, value.arg[0], v, depends);
    }
    if (depends[value.arg[1]]) {
        b = slope(f, value.arg[1], v, depends);
    }
    if (!depends[value.arg[1]]) {
        return a;
    }
    if (!depends[value.arg[0]]) {
        return b < 0 || value.op == FLOW_ADD ? b : negate(f, b);
    }
    return a < 0 || b < 0 ? -1 : flow_binary(f, value.op, a, b);
}

static int32_t slope(flow *f, int32_t index, int32_t v, const bool *depends)
{
    const flow_value value = *at(f, index);
    int32_t a;

    if (index == v) {
        return flow_number(f, "1.0");
    }
    if (++f->work > MAX_WORK) {
        return -1;
    }
    switch (value.op) {
    case FLOW_NEGATE:
        a = slope(f, value.arg[0], v, depends);
        return a < 0 ? -1 : negate(f, a);
    case FLOW_ADD:
    case FLOW_SUBTRACT:
        return slope_of_sum(f, value, v, depends);
    case FLOW_MULTIPLY:
        if (depends[value.arg[0]] && depends[value.arg[1]]) {
            return -1;
        }
        a = depends[value.arg[0]] ? 0 : 1;
        index = value.arg[1 - a];
        a = slope(f, value.arg[a], v, depends);
        return a < 0 ? -1 : multiply(f, a, index);
    case FLOW_DIVIDE:
        a = depends[value.arg[1]] ? -1 : slope(f, value.arg[0], v, depends);
        return a < 0 ? -1 : divide(f, a, value.arg[1]);
    default:
        return -1;
    }
}

int32_t flow_slope(flow *f, int32_t index, int32_t v)
{
    const bool *depends = index < 0 || v < 0 ? NULL : find_dependents(f, v);

    if (depends == NULL) {
        return -1;
    }
    return depends[index] ? slope(f, index, v, depends) : flow_number(f, "0.0");
}
