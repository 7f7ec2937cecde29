/* Calls of what the host does for mechanisms: net_send, net_event, net_move, at_time,
 * state_discontinuity, nrn_pointing, and random numbers of the old library. */

#include "nmodl_priv.h"

#include <string.h>

static bool is_receive(const nmodl_block *block)
{
    return block->kind == BLOCK_NET_RECEIVE;
}

/* net_send(delay, flag): NEURON writes "t + " before the text of the delay, so t is the
 * first term of its sum. */
static void add_time(nmodl_module *module, nmodl_expr **delay)
{
    nmodl_expr **first = delay, *t, *sum;

    while (!(*first)->inner && (*first)->kind == EXPR_BINARY &&
           ((*first)->op == OP_ADD || (*first)->op == OP_SUBTRACT)) {
        first = &(*first)->arg[0];
    }
    t = nmodl_expr_new(module, EXPR_NAME, (*first)->offset, 0);
    if (t != NULL) {
        t->text = "t";
        t->symbol = nmodl_lookup(module, "t");
        sum = nmodl_binary(module, OP_ADD, t, *first);
        *first = sum == NULL ? *first : sum;
    }
}

static void check_send(nmodl_module *module, nmodl_expr *call, const nmodl_block *block)
{
    if (!is_receive(block) && block->kind != BLOCK_NET_INITIAL &&
        block->kind != BLOCK_INITIAL) {
        nmodl_error(module, call->offset,
                    "net_send() belongs into INITIAL or NET_RECEIVE");
        return;
    }
    add_time(module, &call->arg[0]);
}

static void check_receive_only(nmodl_module *module, const nmodl_expr *call,
                               const nmodl_block *block)
{
    if (!is_receive(block)) {
        nmodl_error(module, call->offset, "%s() belongs into NET_RECEIVE", call->text);
    }
    module->has_net_event =
        module->has_net_event || strcmp(call->text, "net_event") == 0;
}

bool nmodl_resolve_host_call(nmodl_module *module, nmodl_expr *call,
                             const nmodl_block *block)
{
    static const struct {
        const char *name;
        int32_t n_arg;
    } known[] = {{"net_send", 2},
                 {"net_event", 1},
                 {"net_move", 1},
                 {"at_time", 1},
                 {"state_discontinuity", 2},
                 {"nrn_pointing", 1},
                 {"scop_random", -1},
                 {"set_seed", 1},
                 {"exprand", 1},
                 {"normrand", 2},
                 {"poisrand", 1},
                 {"gauss", 3},
                 {"setseed", 1},
                 {"poisson", 2},
                 {"factorial", 1},
                 {"nrn_ghk", 4}};
    size_t k = 0;

    while (k < sizeof known / sizeof *known && strcmp(known[k].name, call->text) != 0) {
        k++;
    }
    if (k == sizeof known / sizeof *known) {
        return false;
    }
    call->raw = true;
    if (known[k].n_arg >= 0 && call->n_arg != known[k].n_arg) {
        nmodl_error(module, call->offset, "%s() takes %d argument%s, %d given",
                    call->text, (int)known[k].n_arg, known[k].n_arg == 1 ? "" : "s",
                    (int)call->n_arg);
        return true;
    }
    if (strcmp(call->text, "net_send") == 0) {
        check_send(module, call, block);
    } else if (strncmp(call->text, "net_", 4) == 0) {
        check_receive_only(module, call, block);
    } else if (strcmp(call->text, "at_time") == 0) {
        module->has_at_time = true;
    } else if (strcmp(call->text, "nrn_pointing") == 0) {
        if (call->arg[0]->symbol == NULL ||
            call->arg[0]->symbol->kind != SYMBOL_POINTER) {
            nmodl_error(module, call->offset, "%s() needs a POINTER", call->text);
        } else {
            call->arg[0]->symbol->asked = true;
        }
    } else if (strcmp(call->text, "state_discontinuity") == 0) {
        if (call->arg[0]->symbol == NULL) {
            nmodl_error(module, call->offset, "%s() needs a variable", call->text);
        } else {
            call->arg[0]->symbol->written = true;
        }
    } else {
        module->has_scop = true;
    }
    return true;
}

void nmodl_resolve_discontinuity(nmodl_stmt *stmt, const nmodl_block *block)
{
    const nmodl_expr *call = stmt->left;

    if (is_receive(block) && call->kind == EXPR_CALL && call->n_arg == 2 &&
        strcmp(call->text, "state_discontinuity") == 0) {
        stmt->kind = STMT_ASSIGN;
        stmt->left = call->arg[0];
        stmt->right = call->arg[1];
    }
}

static bool expr_mentions(const nmodl_expr *expr, const nmodl_symbol *symbol)
{
    bool found = expr != NULL && expr->symbol == symbol;

    for (int32_t i = 0; expr != NULL && !found && i < expr->n_arg; i++) {
        found = expr_mentions(expr->arg[i], symbol);
    }
    return found;
}

bool nmodl_mentions(const nmodl_stmt *stmt, const nmodl_symbol *symbol)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (expr_mentions(stmt->left, symbol) || expr_mentions(stmt->right, symbol) ||
            expr_mentions(stmt->step, symbol) || nmodl_mentions(stmt->body, symbol) ||
            nmodl_mentions(stmt->other, symbol)) {
            return true;
        }
    }
    return false;
}
