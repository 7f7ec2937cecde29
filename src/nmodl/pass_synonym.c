/* Concentrations that a mechanism writes and does not integrate itself (cai = ca[0]). Before
 * each evaluation of the variable step NEURON carries out the first statement in the text
 * that assigns such a concentration outside of INITIAL and BREAKPOINT, so that reversal
 * potentials follow the states. Those statements become a block of their own. */

#include "nmodl_priv.h"

static bool is_searched(const nmodl_block *block)
{
    return block->kind == BLOCK_FUNCTION || block->kind == BLOCK_PROCEDURE ||
           block->kind == BLOCK_NET_RECEIVE || nmodl_has_equations(block);
}

static const nmodl_stmt *find_assignment(const nmodl_stmt *stmt,
                                         const nmodl_symbol *symbol)
{
    for (; stmt != NULL; stmt = stmt->next) {
        const nmodl_stmt *inside;

        if (stmt->kind == STMT_ASSIGN && stmt->left->symbol == symbol) {
            return stmt;
        }
        inside = find_assignment(stmt->body, symbol);
        if (inside == NULL) {
            inside = find_assignment(stmt->other, symbol);
        }
        if (inside != NULL) {
            return inside;
        }
    }
    return NULL;
}

static bool has_local(const nmodl_expr *expr)
{
    bool local = expr->symbol != NULL && (expr->symbol->kind == SYMBOL_LOCAL ||
                                          expr->symbol->kind == SYMBOL_INDEX);

    for (int32_t i = 0; i < expr->n_arg; i++) {
        local = local || has_local(expr->arg[i]);
    }
    return local;
}

/* A copy of the first assignment; NULL if there is none that stands for itself. */
static nmodl_stmt *copy_assignment(nmodl_module *module, const nmodl_symbol *symbol)
{
    const nmodl_stmt *found = NULL;
    nmodl_stmt *copy;

    for (const nmodl_block *block = module->first_block; block != NULL && found == NULL;
         block = block->next) {
        found = is_searched(block) ? find_assignment(block->body, symbol) : NULL;
    }
    if (found == NULL) {
        return NULL;
    }
    if (has_local(found->right)) {
        nmodl_warn(
            module, found->offset,
            "\"%s\" comes from a LOCAL: in the variable step it is one evaluation "
            "late (NEURON cannot compile this)",
            symbol->name);
        return NULL;
    }
    copy = nmodl_alloc(module, sizeof *copy);
    if (copy != NULL) {
        *copy = *found;
        copy->next = NULL;
    }
    return copy;
}

static void add_block(nmodl_module *module, nmodl_stmt *first)
{
    nmodl_block *block = nmodl_alloc(module, sizeof *block);
    nmodl_stmt *body = nmodl_alloc(module, sizeof *body);

    if (block == NULL || body == NULL) {
        return;
    }
    body->kind = STMT_BLOCK;
    body->body = first;
    body->offset = first->offset;
    block->kind = BLOCK_SYNONYM;
    block->name = "synonym";
    block->offset = first->offset;
    block->body = body;
    module->last_block->next = block;
    module->last_block = block;
}

void nmodl_pass_synonym(nmodl_module *module)
{
    nmodl_stmt *first = NULL, **end = &first;

    for (size_t i = 0; module->solved != NULL && i < module->ion.n; i++) {
        const nmodl_symbols *used = &module->ion.data[i].symbol;

        for (size_t k = 0; k < used->n; k++) {
            const nmodl_symbol *symbol = used->data[k];
            bool concentration = symbol->ion_variable == MEC_ION_CI ||
                                 symbol->ion_variable == MEC_ION_CO;

            if (symbol->ion_write && concentration && symbol->kind != SYMBOL_STATE) {
                *end = copy_assignment(module, symbol);
                end = *end == NULL ? end : &(*end)->next;
            }
        }
    }
    if (first != NULL) {
        add_block(module, first);
    }
}
