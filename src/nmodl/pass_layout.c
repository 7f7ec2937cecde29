/* Gives each variable its column or place among the globals, and finds the variables that
 * live inside one kernel call only: not visible, and written before they are read in
 * every kernel. Those need no memory. */

#include "nmodl_priv.h"

#include <string.h>

static void keep_exposed(const nmodl_module *module, const nmodl_effect *effect,
                         bool *keep)
{
    for (size_t i = 0; effect->used != NULL && i < module->variable.n; i++) {
        if (nmodl_set_has(effect->exposed, (int32_t)i)) {
            keep[i] = true;
        }
    }
}

static bool may_vanish(const nmodl_symbol *symbol)
{
    return symbol->kind == SYMBOL_ASSIGNED && symbol->storage == STORE_COLUMN &&
           !symbol->range && !symbol->in_verbatim && !symbol->is_array &&
           !symbol->electrode && !symbol->nonspecific;
}

static bool is_solved(const nmodl_module *module, const nmodl_block *block)
{
    for (size_t i = 0; i < module->solve.n; i++) {
        if (module->solve.data[i] == block) {
            return true;
        }
    }
    return block == module->solved;
}

bool nmodl_is_own_reversal(const nmodl_symbol *symbol)
{
    return symbol->storage == STORE_ION && symbol->ion_write && !symbol->ion_read &&
           symbol->ion_variable == MEC_ION_E;
}

static void find_kernel_local(nmodl_module *module)
{
    bool *keep = nmodl_alloc(module, (module->variable.n + 1) * sizeof *keep);
    nmodl_effect effect;

    if (keep == NULL) {
        return;
    }
    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        bool called = block->kind == BLOCK_FUNCTION || block->kind == BLOCK_PROCEDURE;
        if (!called || is_solved(module, block) || block->table != NULL) {
            nmodl_effect_of(module, block->body, &effect);
            keep_exposed(module, &effect, keep);
        }
    }
    for (size_t i = 0; i < module->diffusion.n; i++) {
        nmodl_diffusion_effect(module, &module->diffusion.data[i], &effect);
        keep_exposed(module, &effect, keep);
    }
    for (size_t i = 0; i < module->variable.n; i++) {
        nmodl_symbol *symbol = module->variable.data[i];
        if (may_vanish(symbol) && !keep[i]) {
            symbol->storage = STORE_NOWHERE;
        }
        symbol->kept = (keep[i] && symbol->storage == STORE_ION && !symbol->ion_read &&
                        symbol->ion_variable == MEC_ION_I) ||
                       nmodl_is_own_reversal(symbol);
    }
}

static void take_columns(nmodl_module *module, nmodl_symbol *symbol)
{
    symbol->column = module->n_column;
    module->n_column += symbol->length;
}

static void place_columns(nmodl_module *module)
{
    static const nmodl_symbol_kind order[] = {SYMBOL_PARAMETER, SYMBOL_ASSIGNED,
                                              SYMBOL_STATE};

    for (size_t k = 0; k < sizeof order / sizeof *order; k++) {
        for (size_t i = 0; i < module->variable.n; i++) {
            nmodl_symbol *symbol = module->variable.data[i];
            bool stored =
                symbol->storage == STORE_COLUMN ||
                (symbol->storage == STORE_ION && symbol->kind == SYMBOL_STATE) ||
                (symbol->storage == STORE_ION && (symbol->range || symbol->kept));
            if (stored && symbol->kind == order[k]) {
                take_columns(module, symbol);
            }
        }
    }
    for (size_t i = 0; i < module->state.n; i++) {
        take_columns(module, module->state.data[i]->prime);
    }
    for (size_t i = 0; i < module->state.n; i++) {
        nmodl_symbol *copy = module->state.data[i]->copy;
        for (; copy != NULL; copy = copy->copy) {
            take_columns(module, copy);
            take_columns(module, copy->prime);
        }
    }
    for (size_t i = 0; i < module->variable.n; i++) {
        nmodl_symbol *symbol = module->variable.data[i];
        if (symbol->kind == SYMBOL_PRIME &&
            nmodl_place(&module->state, symbol->prime) < 0) {
            take_columns(module, symbol);
        }
    }
    module->diffusion_column = -1;
    if (module->diffusion.n > 0) {
        module->diffusion_column = module->n_column;
        module->n_column += MEC_N_DIFFUSION_TERM;
    }
    /* One more column per state keeps dx'/dx for the solve kernel. */
    module->n_column += nmodl_count(&module->state);
}

int32_t nmodl_table_width(const nmodl_table *table)
{
    int32_t n = 0;

    for (size_t i = 0; i < table->output.n; i++) {
        n += table->output.data[i]->length;
    }
    return table->of_function ? 1 : n;
}

static void place_globals(nmodl_module *module)
{
    for (size_t i = 0; i < module->variable.n; i++) {
        nmodl_symbol *symbol = module->variable.data[i];
        if (symbol->storage == STORE_GLOBAL) {
            symbol->column = module->n_global_values;
            module->n_global_values += symbol->length;
            module->n_global++;
        }
    }
    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        if (block->table != NULL) {
            block->table->offset = module->n_global_values;
            module->n_global_values +=
                3 + (int32_t)block->table->depend.n +
                (block->table->n + 1) * nmodl_table_width(block->table);
        }
    }
}

void nmodl_pass_layout(nmodl_module *module)
{
    find_kernel_local(module);
    place_columns(module);
    place_globals(module);
}

static bool solve_is_static(const nmodl_block *block)
{
    static const char *const safe[] = {"cnexp", "derivimplicit", "euler", "sparse"};

    for (size_t i = 0; i < sizeof safe / sizeof *safe; i++) {
        if (block->method != NULL && strcmp(block->method, safe[i]) == 0) {
            return false;
        }
    }
    return block->kind != BLOCK_PROCEDURE;
}

bool nmodl_is_static(const nmodl_module *module)
{
    bool plain = false, verbatim;

    for (size_t i = 0; i < module->solve.n; i++) {
        if (solve_is_static(module->solve.data[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < module->variable.n && !module->thread_safe; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        if (symbol->global && symbol->written) {
            return true;
        }
    }
    for (size_t i = 0; i < module->pointer.n; i++) {
        plain = plain || !module->pointer.data[i]->random;
    }
    verbatim = module->has_verbatim &&
               !(module->has_random && mec_map_count(module->verbatim_word) == 0);
    return !module->thread_safe && (verbatim || plain || module->external.n > 0);
}
