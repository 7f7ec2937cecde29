/* What must hold before code can be made, and what NEURON would ignore silently. */

#include "nmodl_priv.h"

#include <string.h>

static bool known_method(const char *method)
{
    static const char *const methods[] = {"cnexp", "derivimplicit", "euler", "sparse",
                                          "after_cvode"};

    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (strcmp(methods[i], method) == 0) {
            return true;
        }
    }
    return false;
}

static bool method_fits(const nmodl_block *block, const char *method)
{
    bool sparse = method != NULL && strcmp(method, "sparse") == 0;

    return sparse == (block->kind == BLOCK_KINETIC);
}

static void check_solve(nmodl_module *module, nmodl_stmt *solve, bool in_breakpoint)
{
    nmodl_symbol *symbol = nmodl_lookup(module, solve->text);
    nmodl_block *block = symbol == NULL ? NULL : symbol->block;

    if (block == NULL) {
        nmodl_error(module, solve->offset, "SOLVE names \"%s\", which is no block",
                    solve->text);
        return;
    }
    solve->symbol = symbol;
    solve->in_initial = !in_breakpoint;
    if (solve->method != NULL && !known_method(solve->method)) {
        nmodl_error(module, solve->offset,
                    "method %s is not supported (cnexp, derivimplicit, euler, sparse "
                    "and after_cvode are)",
                    solve->method);
        return;
    }
    if (!method_fits(block, solve->method)) {
        nmodl_error(
            module, solve->offset,
            "method %s does not fit \"%s\" (sparse is for KINETIC blocks, which "
            "have no other)",
            solve->method == NULL ? "(none)" : solve->method, solve->text);
        return;
    }
    if (block->kind == BLOCK_DERIVATIVE || block->kind == BLOCK_KINETIC) {
        block->method = solve->method == NULL ? "adrunge" : solve->method;
        if (solve->method == NULL) {
            nmodl_error(module, solve->offset,
                        "SOLVE %s needs a METHOD (cnexp, derivimplicit or euler)",
                        solve->text);
        }
        if (module->solved != NULL && module->solved != block) {
            nmodl_error(
                module, solve->offset,
                "a second DERIVATIVE or KINETIC block to solve is not supported");
        }
        module->solved = block;
    } else if (block->kind == BLOCK_PROCEDURE) {
        block->method = solve->method == NULL ? "none" : solve->method;
    } else {
        nmodl_error(module, solve->offset,
                    "\"%s\" is no DERIVATIVE, KINETIC or PROCEDURE", solve->text);
    }
    if (in_breakpoint && block->method != NULL &&
        (!MEC_VEC_PUSH(&module->method, block->method) ||
         !MEC_VEC_PUSH(&module->solve, block))) {
        module->out_of_memory = true;
    }
}

static void check_solves(nmodl_module *module, nmodl_stmt *stmt, bool in_breakpoint)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_SOLVE) {
            check_solve(module, stmt, in_breakpoint);
        }
        check_solves(module, stmt->body, in_breakpoint);
        check_solves(module, stmt->other, in_breakpoint);
    }
}

static void collect_terms(nmodl_module *module, const nmodl_reaction *reaction)
{
    for (int i = 0; i < reaction->n_term; i++) {
        nmodl_symbol *symbol = reaction->term[i].symbol;
        bool known = symbol->kind != SYMBOL_STATE;
        for (size_t k = 0; k < module->state.n; k++) {
            known = known || module->state.data[k] == symbol;
        }
        if (!known) {
            (void)nmodl_push(module, &module->state, symbol);
        }
    }
}

/* CONSERVE and COMPARTMENT are about states that react. */
static void check_terms(nmodl_module *module, const nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        bool checked = stmt->kind == STMT_CONSERVE || stmt->kind == STMT_COMPARTMENT;
        for (int i = 0; checked && i < stmt->reaction->n_term; i++) {
            const nmodl_term *term = &stmt->reaction->term[i];
            bool known = stmt->kind == STMT_COMPARTMENT;
            for (size_t k = 0; k < module->state.n; k++) {
                known = known || module->state.data[k] == term->symbol;
            }
            if (!known) {
                nmodl_error(module, term->offset, "\"%s\" is in no reaction",
                            term->name);
            }
        }
        check_terms(module, stmt->body);
        check_terms(module, stmt->other);
    }
}

static void collect_states(nmodl_module *module, nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_EQUATION && stmt->symbol != NULL) {
            for (size_t i = 0; i < module->state.n; i++) {
                if (module->state.data[i] == stmt->symbol) {
                    nmodl_error(module, stmt->offset, "a second equation for \"%s\"",
                                stmt->symbol->name);
                }
            }
            (void)nmodl_push(module, &module->state, stmt->symbol);
        }
        if (stmt->kind == STMT_REACTION) {
            collect_terms(module, stmt->reaction);
        }
        collect_states(module, stmt->body);
        collect_states(module, stmt->other);
    }
}

static void check_equations(nmodl_module *module)
{
    if (module->solved != NULL && module->solved->body != NULL) {
        collect_states(module, module->solved->body);
        check_terms(module, module->solved->body);
        if (module->state.n == 0) {
            nmodl_error(module, module->solved->offset, "block \"%s\" has no equation",
                        module->solved->name);
        }
    }
    for (size_t i = 0; i < module->variable.n; i++) {
        nmodl_symbol *symbol = module->variable.data[i];
        if (symbol->kind == SYMBOL_STATE && symbol->prime == NULL && !symbol->written) {
            nmodl_warn(module, symbol->offset,
                       "STATE \"%s\" has no equation and is never assigned",
                       symbol->name);
        }
    }
}

static void check_names(nmodl_module *module)
{
    for (size_t i = 0; i < module->global_name.n; i++) {
        nmodl_symbol *symbol = nmodl_lookup(module, module->global_name.data[i]);
        if (symbol != NULL && symbol->range) {
            nmodl_error(module, symbol->offset, "\"%s\" is both RANGE and GLOBAL",
                        symbol->name);
        }
    }
    for (size_t i = 0; i < module->variable.n; i++) {
        nmodl_symbol *symbol = module->variable.data[i];
        if (symbol->ion >= 0 && symbol->kind == SYMBOL_STATE &&
            symbol->ion_variable != MEC_ION_CI && symbol->ion_variable != MEC_ION_CO) {
            nmodl_error(module, symbol->offset,
                        "a STATE can be an ion's concentration only");
        }
    }
}

void nmodl_check(nmodl_module *module)
{
    check_names(module);
    if (module->breakpoint != NULL && module->breakpoint->body != NULL) {
        check_solves(module, module->breakpoint->body, true);
    }
    if (module->initial != NULL && module->initial->body != NULL) {
        check_solves(module, module->initial->body, false);
    }
    check_equations(module);
}
