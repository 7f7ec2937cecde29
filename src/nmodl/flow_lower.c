/* From formulas to the processor's operations: see flow_lower(). */

#include "flow_priv.h"

#include <string.h>

/* How often each value divides another one that is needed. */
static void count_divisors(const flow *f, int32_t *n_divided)
{
    for (size_t i = 0; i < f->value.n; i++) {
        const flow_value *value = &f->value.data[i];
        if (value->live && value->varies && value->op == FLOW_DIVIDE) {
            n_divided[value->arg[1]]++;
        }
    }
}

/* The same values in `out`, with a/d as a*(1/d) where that shares the division. */
static void share_divisions(flow *f, flow *out, const int32_t *n_divided,
                            int32_t *place)
{
    for (size_t i = 0; i < f->value.n && !out->refused; i++) {
        flow_value made = f->value.data[i];
        if (!made.live) {
            continue;
        }
        for (int32_t k = 0; k < made.n_arg; k++) {
            made.arg[k] = place[made.arg[k]];
        }
        if (made.varies && made.op == FLOW_DIVIDE &&
            n_divided[f->value.data[i].arg[1]] > 1) {
            flow_value inverse = {.op = FLOW_DIVIDE, .n_arg = 2};
            inverse.arg[0] = flow_number(out, "1.0");
            inverse.arg[1] = made.arg[1];
            made.op = FLOW_MULTIPLY;
            made.arg[1] = flow_add(out, inverse);
        }
        made.live = false;
        place[i] = flow_add(out, made);
    }
    for (size_t i = 0; i < f->output.n && !out->refused; i++) {
        flow_output output = f->output.data[i];
        output.value = place[output.value];
        output.also = output.also < 0 ? -1 : place[output.also];
        if (!MEC_VEC_PUSH(&out->output, output)) {
            out->refused = true;
        }
    }
}

static void count_uses(const flow *f, int32_t *n_use)
{
    for (size_t i = 0; i < f->value.n; i++) {
        const flow_value *value = &f->value.data[i];
        for (int32_t k = 0; k < value->n_arg && value->live; k++) {
            n_use[value->arg[k]]++;
        }
    }
    for (size_t i = 0; i < f->output.n; i++) {
        n_use[f->output.data[i].value]++;
        if (f->output.data[i].also >= 0) {
            n_use[f->output.data[i].also]++;
        }
    }
}

static bool is_product(const flow *f, int32_t index, const int32_t *n_use)
{
    const flow_value *value = flow_at(f, index);

    return value->varies && value->op == FLOW_MULTIPLY && n_use[index] == 1;
}

static void contract(flow *f, const int32_t *n_use)
{
    for (size_t i = 0; i < f->value.n; i++) {
        flow_value *value = &f->value.data[i];
        double sign = value->op == FLOW_SUBTRACT ? -1 : 1;
        int32_t product, rest = value->arg[1];

        if (!value->live || !value->varies ||
            (value->op != FLOW_ADD && value->op != FLOW_SUBTRACT)) {
            continue;
        }
        product = value->arg[0];
        value->high = 1;
        value->low = sign;
        if (!is_product(f, product, n_use)) {
            product = value->arg[1];
            rest = value->arg[0];
            value->high = sign;
            value->low = 1;
        }
        if (is_product(f, product, n_use)) {
            value->op = FLOW_MADD;
            value->n_arg = 3;
            value->arg[0] = flow_at(f, product)->arg[0];
            value->arg[1] = flow_at(f, product)->arg[1];
            value->arg[2] = rest;
        }
    }
    for (size_t i = 0; i < f->value.n; i++) {
        f->value.data[i].live = false;
    }
}

void flow_lower(flow *f)
{
    flow out = {.module = f->module};
    int32_t *work = nmodl_alloc(f->module, 2 * (f->value.n + 1) * sizeof *work);
    int32_t *n_use;

    if (work == NULL || f->refused) {
        f->refused = true;
        return;
    }
    flow_mark_live(f);
    count_divisors(f, work);
    share_divisions(f, &out, work, work + f->value.n);
    flow_clear(f);
    *f = out;
    f->free = true;
    n_use = nmodl_alloc(f->module, (f->value.n + 1) * sizeof *n_use);
    if (n_use == NULL || f->refused) {
        f->refused = true;
        return;
    }
    flow_mark_live(f);
    count_uses(f, n_use);
    contract(f, n_use);
}
