/* The order of the states of a KINETIC block, as nocmodl numbers them: sorted; then the
 * states whose equations CONSERVE replaces move to the front, those of the last CONSERVE
 * first. The order decides the last bits of the solution. */

#include "nmodl_priv.h"

static void move_state(nmodl_symbols *list, size_t from, size_t to)
{
    nmodl_symbol *symbol = list->data[from];

    for (; from > to; from--) {
        list->data[from] = list->data[from - 1];
    }
    list->data[to] = symbol;
}

/* The last term whose equation is still there gives way; an array cannot. */
static void choose_row(nmodl_block *block, nmodl_reaction *reaction)
{
    size_t n_fixed = (size_t)block->n_fixed;

    reaction->row = -1;
    for (int i = reaction->n_term - 1; i >= 0; i--) {
        for (size_t k = n_fixed; k < block->unknown.n; k++) {
            if (block->unknown.data[k] == reaction->term[i].symbol &&
                !reaction->term[i].symbol->is_array) {
                move_state(&block->unknown, k, n_fixed);
                reaction->row = block->n_fixed++;
                return;
            }
        }
    }
}

/* From the last statement to the first. */
static void choose_rows(nmodl_module *module, nmodl_block *block, nmodl_stmt *stmt)
{
    if (stmt == NULL) {
        return;
    }
    choose_rows(module, block, stmt->next);
    choose_rows(module, block, stmt->other);
    choose_rows(module, block, stmt->body);
    if (stmt->kind == STMT_CONSERVE) {
        choose_row(block, stmt->reaction);
        if (stmt->reaction->row < 0) {
            nmodl_error(module, stmt->offset,
                        "CONSERVE has no state of its own that is no array");
        }
    }
}

void nmodl_pass_kinetic(nmodl_module *module)
{
    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        if (block->kind == BLOCK_KINETIC && block->body != NULL) {
            nmodl_sort_symbols(module, &block->unknown);
            choose_rows(module, block, block->body);
        }
    }
}
