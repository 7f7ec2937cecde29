/* Values of a flow: made once, found again when made twice. */

#include "flow_priv.h"

#include <stdlib.h>
#include <string.h>

enum { MAX_VALUES = 4000 }; /* finding an equal value is a search from the first */

const flow_value *flow_at(const flow *f, int32_t index)
{
    return &f->value.data[index];
}

static bool same_text(const char *a, const char *b)
{
    return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool is_same(const flow_value *a, const flow_value *b)
{
    /* A libm function may be anything; the ones known here depend on arguments only. */
    return a->op == b->op && a->n_arg == b->n_arg &&
           memcmp(a->arg, b->arg, sizeof a->arg) == 0 && a->high == b->high &&
           a->low == b->low && same_text(a->text, b->text);
}

int32_t flow_add(flow *f, flow_value made)
{
    made.varies = made.op == FLOW_LOAD;
    made.late = made.op == FLOW_EXP;
    for (int32_t i = 0; i < made.n_arg; i++) {
        if (made.arg[i] < 0) {
            f->refused = true;
            return -1;
        }
        made.varies = made.varies || flow_at(f, made.arg[i])->varies;
        made.late = made.late || flow_at(f, made.arg[i])->late;
    }
    for (size_t i = 0; i < f->value.n; i++) {
        if (is_same(&f->value.data[i], &made)) {
            return (int32_t)i;
        }
    }
    if (f->value.n >= MAX_VALUES || !MEC_VEC_PUSH(&f->value, made)) {
        f->refused = true;
        return -1;
    }
    return (int32_t)f->value.n - 1;
}

int32_t flow_number(flow *f, const char *text)
{
    return flow_add(f, (flow_value){.op = FLOW_NUMBER,
                                    .text = text,
                                    .high = strtod(text + (*text == '('), NULL)});
}

int32_t flow_name(flow *f, const char *text)
{
    return flow_add(f, (flow_value){.op = FLOW_NAME, .text = text});
}

int32_t flow_load(flow *f, const char *array)
{
    return flow_add(f, (flow_value){.op = FLOW_LOAD, .text = array});
}

int32_t flow_binary(flow *f, flow_op op, int32_t a, int32_t b)
{
    bool logical = op == FLOW_AND || op == FLOW_OR;
    int32_t simple = f->free ? flow_free_binary(f, op, a, b) : -1;

    if (simple >= 0) {
        return simple;
    }
    return flow_add(
        f, (flow_value){.op = op, .condition = logical, .n_arg = 2, .arg = {a, b}});
}

int32_t flow_unary(flow *f, flow_op op, int32_t a)
{
    bool logical = op == FLOW_NOT || op == FLOW_TRUTH;
    int32_t simple = f->free && op == FLOW_NEGATE ? flow_free_negate(f, a) : -1;

    if (simple >= 0) {
        return simple;
    }
    return flow_add(
        f, (flow_value){.op = op, .condition = logical, .n_arg = 1, .arg = {a}});
}

int32_t flow_compare(flow *f, const char *operator_text, int32_t a, int32_t b)
{
    return flow_add(f, (flow_value){.op = FLOW_COMPARE,
                                    .condition = true,
                                    .text = operator_text,
                                    .n_arg = 2,
                                    .arg = {a, b}});
}

int32_t flow_select(flow *f, int32_t condition, int32_t a, int32_t b)
{
    return a == b ? a
                  : flow_add(f, (flow_value){.op = FLOW_SELECT,
                                             .n_arg = 3,
                                             .arg = {condition, a, b}});
}

int32_t flow_call(flow *f, const char *name, int32_t n, const int32_t arg[])
{
    flow_value made = {.op = FLOW_CALL, .text = name, .n_arg = n};

    if (n > 2) {
        f->refused = true;
        return -1;
    }
    for (int32_t i = 0; i < n; i++) {
        made.arg[i] = arg[i];
    }
    return flow_add(f, made);
}

int32_t flow_divide_by(flow *f, int32_t a, double high, double low)
{
    return flow_add(
        f, (flow_value){
               .op = FLOW_DIVIDE_BY, .high = high, .low = low, .n_arg = 1, .arg = {a}});
}

int32_t flow_condition_of(flow *f, int32_t a)
{
    return a < 0 || flow_at(f, a)->condition ? a : flow_unary(f, FLOW_TRUTH, a);
}

int32_t flow_number_of(flow *f, int32_t a)
{
    return a < 0 || !flow_at(f, a)->condition ? a : flow_unary(f, FLOW_COUNT, a);
}

void flow_clear(flow *f)
{
    MEC_VEC_CLEAR(&f->value);
    MEC_VEC_CLEAR(&f->output);
}
