/* The order of computation: exponentials together, and powers.
 *
 * The exponentials of one instance wait for each other (a gate's step needs its rates), so
 * one instance after the other leaves the processor waiting. A kernel is therefore cut into
 * phases with the exponentials of many instances between them: phase p computes, for each
 * vector of a block in turn, all that needs the results of p exponentials one after the
 * other, and leaves the arguments of the next ones in memory. */

#include "flow_priv.h"

#include <string.h>

bool flow_is_batched(const flow_value *value)
{
    return value->varies &&
           (value->op == FLOW_EXP ||
            (value->op == FLOW_CALL && strcmp(value->text, "pow") == 0));
}

void flow_mark_live(flow *f)
{
    for (size_t i = 0; i < f->output.n; i++) {
        f->value.data[f->output.data[i].value].live = true;
        if (f->output.data[i].also >= 0) {
            f->value.data[f->output.data[i].also].live = true;
        }
    }
    for (size_t i = f->value.n; i > 0; i--) {
        const flow_value *value = &f->value.data[i - 1];
        for (int32_t k = 0; k < value->n_arg && value->live; k++) {
            f->value.data[value->arg[k]].live = true;
        }
    }
}

static void find_phases(flow *f)
{
    int32_t last = 0;

    for (size_t i = 0; i < f->value.n; i++) {
        flow_value *value = &f->value.data[i];
        for (int32_t k = 0; k < value->n_arg; k++) {
            int32_t phase = f->value.data[value->arg[k]].phase;
            value->phase = phase > value->phase ? phase : value->phase;
        }
        value->phase += flow_is_batched(value) ? 1 : 0;
        if (value->live && value->phase > last) {
            last = value->phase;
        }
    }
    f->n_phase = last + 1;
}

/* Latest phase that reads each value. An exponential's argument is read before it. */
static void find_uses(flow *f)
{
    for (size_t i = 0; i < f->output.n; i++) {
        f->value.data[f->output.data[i].value].last_use = f->n_phase - 1;
        if (f->output.data[i].also >= 0) {
            f->value.data[f->output.data[i].also].last_use = f->n_phase - 1;
        }
    }
    for (size_t i = f->value.n; i > 0; i--) {
        const flow_value *value = &f->value.data[i - 1];
        int32_t at = flow_is_batched(value) ? value->phase - 1 : value->phase;
        for (int32_t k = 0; k < value->n_arg && value->live; k++) {
            flow_value *arg = &f->value.data[value->arg[k]];
            arg->last_use = at > arg->last_use ? at : arg->last_use;
        }
    }
}

/* Cheap enough to be computed again from memory. */
static bool is_repeated(const flow *f, const flow_value *value)
{
    bool cheap = value->op == FLOW_ADD || value->op == FLOW_SUBTRACT ||
                 value->op == FLOW_NEGATE || value->op == FLOW_MULTIPLY;

    for (int32_t k = 0; k < value->n_arg && cheap; k++) {
        const flow_value *arg = flow_at(f, value->arg[k]);
        cheap = !arg->varies || arg->op == FLOW_LOAD || flow_is_batched(arg);
    }
    return cheap || value->op == FLOW_LOAD;
}

/* A value that is used only later is computed there if all that it needs is in memory by
 * then. Latest users first, so that a chain moves as a whole. */
static void move_down(flow *f)
{
    for (size_t i = f->value.n; i > 0; i--) {
        flow_value *value = &f->value.data[i - 1];
        int32_t first_use = f->n_phase - 1;
        bool ready = value->live && value->varies && !flow_is_batched(value);
        for (size_t k = 0; k < f->value.n && ready; k++) {
            const flow_value *user = flow_at(f, (int32_t)k);
            int32_t at = flow_is_batched(user) ? user->phase - 1 : user->phase;
            for (int32_t j = 0; j < user->n_arg && user->live; j++) {
                if (user->arg[j] == (int32_t)i - 1 && at < first_use) {
                    first_use = at;
                }
            }
        }
        for (int32_t k = 0; k < value->n_arg && ready; k++) {
            const flow_value *arg = flow_at(f, value->arg[k]);
            ready = !arg->varies || arg->op == FLOW_LOAD || flow_is_batched(arg) ||
                    arg->last_use >= first_use || is_repeated(f, arg);
        }
        if (ready && first_use > value->phase) {
            value->phase = first_use;
        }
    }
}

static void find_places(flow *f)
{
    for (int32_t phase = 1; phase < f->n_phase; phase++) {
        int32_t n_exp = 0, n_pow = 0;
        for (size_t i = 0; i < f->value.n; i++) {
            flow_value *value = &f->value.data[i];
            if (value->live && flow_is_batched(value) && value->phase == phase) {
                value->place = value->op == FLOW_EXP ? n_exp++ : n_pow++;
            }
        }
    }
    for (size_t i = 0; i < f->value.n; i++) {
        flow_value *value = &f->value.data[i];
        value->saved = value->live && value->varies && !flow_is_batched(value) &&
                       value->last_use > value->phase && !is_repeated(f, value);
        if (value->saved) {
            value->place = f->n_saved++;
        }
    }
}

void flow_plan(flow *f)
{
    flow_mark_live(f);
    find_phases(f);
    find_uses(f);
    move_down(f);
    find_uses(f);
    find_places(f);
}
