/* Branches of one shape: where an IF computes a + exp(b) and its ELSE c + exp(d), one
 * exponential of the selected argument does, and likewise one division. Each instance sees
 * the operations of its own branch, so the bits are the same. */

#include "flow_priv.h"

#include <string.h>

static bool is_dear(flow_op op)
{
    return op == FLOW_EXP || op == FLOW_DIVIDE || op == FLOW_CALL;
}

static bool is_cheap(flow_op op)
{
    return op == FLOW_ADD || op == FLOW_SUBTRACT || op == FLOW_MULTIPLY ||
           op == FLOW_NEGATE;
}

/* Do a and b, both varying, have a dear operation at the same place? */
static bool is_worth(const flow *f, int32_t a, int32_t b)
{
    const flow_value *left = flow_at(f, a), *right = flow_at(f, b);

    if (a == b || left->op != right->op || !left->varies || !right->varies) {
        return false;
    }
    if (is_dear(left->op)) {
        return left->n_arg == right->n_arg &&
               (left->op != FLOW_CALL || strcmp(left->text, right->text) == 0);
    }
    for (int32_t k = 0; k < left->n_arg && is_cheap(left->op); k++) {
        if (is_worth(f, left->arg[k], right->arg[k])) {
            return true;
        }
    }
    return false;
}

int32_t flow_merge(flow *f, int32_t condition, int32_t a, int32_t b)
{
    flow_value made;

    if (a < 0 || b < 0 || !f->merges || !is_worth(f, a, b)) {
        return flow_select(f, condition, a, b);
    }
    made = (flow_value){.op = flow_at(f, a)->op,
                        .n_arg = flow_at(f, a)->n_arg,
                        .text = flow_at(f, a)->text};
    for (int32_t k = 0; k < made.n_arg; k++) {
        made.arg[k] =
            flow_merge(f, condition, flow_at(f, a)->arg[k], flow_at(f, b)->arg[k]);
    }
    return flow_add(f, made);
}

int32_t flow_cost(flow *f)
{
    int32_t cost = 0;

    flow_mark_live(f);
    for (size_t i = 0; i < f->value.n; i++) {
        const flow_value *value = &f->value.data[i];
        if (value->live && value->varies) {
            cost += value->op == FLOW_EXP      ? 30
                    : value->op == FLOW_DIVIDE ? 10
                    : value->op == FLOW_CALL   ? 200
                                               : 1;
        }
    }
    return cost;
}
