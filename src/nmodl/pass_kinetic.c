/* The order of the states of a KINETIC block, as nocmodl numbers them: by first letter,
 * among equal ones the name that the file uses last comes first; then the states whose
 * equations CONSERVE replaces move to the front, those of the last CONSERVE first. The
 * order decides the last bits of the solution. */

#include "nmodl_priv.h"

#include <string.h>

static size_t first_use(const nmodl_module *module, const nmodl_symbol *symbol)
{
    const size_t *offset = mec_map_get(module->first_word, symbol->name);

    return offset == NULL ? symbol->offset : *offset;
}

static bool comes_before(const nmodl_module *module, const nmodl_symbol *a,
                         const nmodl_symbol *b)
{
    if (a->name[0] != b->name[0]) {
        return a->name[0] < b->name[0];
    }
    return first_use(module, a) > first_use(module, b);
}

static void move_state(nmodl_module *module, size_t from, size_t to)
{
    nmodl_symbol *symbol = module->state.data[from];

    for (; from > to; from--) {
        module->state.data[from] = module->state.data[from - 1];
    }
    module->state.data[to] = symbol;
}

static void sort_states(nmodl_module *module)
{
    for (size_t i = 1; i < module->state.n; i++) {
        size_t to = i;
        while (to > 0 && comes_before(module, module->state.data[i],
                                      module->state.data[to - 1])) {
            to--;
        }
        move_state(module, i, to);
    }
}

/* The last term whose equation is still there gives way. */
static void choose_row(nmodl_module *module, nmodl_reaction *reaction, size_t *n_fixed)
{
    reaction->row = -1;
    for (int i = reaction->n_term - 1; i >= 0; i--) {
        for (size_t k = *n_fixed; k < module->state.n; k++) {
            if (module->state.data[k] == reaction->term[i].symbol) {
                move_state(module, k, *n_fixed);
                reaction->row = (int)(*n_fixed)++;
                return;
            }
        }
    }
}

/* From the last statement to the first. */
static void choose_rows(nmodl_module *module, nmodl_stmt *stmt, size_t *n_fixed)
{
    if (stmt == NULL) {
        return;
    }
    choose_rows(module, stmt->next, n_fixed);
    choose_rows(module, stmt->other, n_fixed);
    choose_rows(module, stmt->body, n_fixed);
    if (stmt->kind == STMT_CONSERVE) {
        choose_row(module, stmt->reaction, n_fixed);
        if (stmt->reaction->row < 0) {
            nmodl_error(module, stmt->offset, "more CONSERVE statements than states");
        }
    }
}

void nmodl_pass_kinetic(nmodl_module *module)
{
    size_t n_fixed = 0;

    if (module->solved != NULL && module->solved->kind == BLOCK_KINETIC) {
        sort_states(module);
        choose_rows(module, module->solved->body, &n_fixed);
    }
}
