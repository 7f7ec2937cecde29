/* LONGITUDINAL_DIFFUSION: which states diffuse, in which volumes, and which of them a flux
 * feeds that depends on an ion's current. As nocmodl does it, COMPARTMENT must come before,
 * and only fluxes that come after are looked at. */

#include "nmodl_priv.h"

#include <string.h>

typedef struct diffusion_pass {
    nmodl_module *module;
    MEC_VEC(const nmodl_stmt *) compartment; /* so far */
} diffusion_pass;

static bool has_term(const nmodl_stmt *stmt, const nmodl_symbol *symbol)
{
    for (int i = 0; i < stmt->reaction->n_term; i++) {
        if (stmt->reaction->term[i].symbol == symbol) {
            return true;
        }
    }
    return false;
}

/* No variable of a block exists where diffusion is computed. */
static void check_scope(nmodl_module *module, const nmodl_expr *expr,
                        const nmodl_symbol *index)
{
    const nmodl_symbol *symbol = expr == NULL ? NULL : expr->symbol;
    bool inside = symbol != NULL && symbol != index && symbol->c_text == NULL &&
                  (symbol->kind == SYMBOL_LOCAL || symbol->kind == SYMBOL_INDEX);

    if (inside) {
        nmodl_error(
            module, expr->offset,
            "\"%s\" exists in the block only, and diffusion is computed outside "
            "(declare it at file level or as ASSIGNED)",
            symbol->name);
    }
    for (int32_t i = 0; expr != NULL && i < expr->n_arg; i++) {
        check_scope(module, expr->arg[i], index);
    }
}

static bool has_instance_variable(const nmodl_module *module, const nmodl_block *block)
{
    for (size_t i = 0; i < module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        bool own = symbol->storage == STORE_COLUMN || symbol->storage == STORE_ION;

        if (own && nmodl_mentions(block->body, symbol)) {
            return true;
        }
    }
    return false;
}

/* Where nocmodl's code is not thread safe, functions see the instance that some kernel
 * handled last. */
static void warn_calls(nmodl_module *module, const nmodl_expr *expr)
{
    const nmodl_block *called =
        expr->kind == EXPR_CALL && expr->symbol != NULL ? expr->symbol->block : NULL;

    if (called != NULL && nmodl_is_static(module) &&
        has_instance_variable(module, called)) {
        nmodl_warn(
            module, expr->offset,
            "\"%s\" is computed with each segment's variables; NEURON takes those "
            "of its last segment (with THREADSAFE it takes each segment's)",
            expr->text);
    }
    for (int32_t i = 0; i < expr->n_arg; i++) {
        warn_calls(module, expr->arg[i]);
    }
}

/* Does some KINETIC block solve for the state? */
static bool is_solved(const nmodl_module *module, const nmodl_symbol *state)
{
    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        if (block->kind == BLOCK_KINETIC && nmodl_place(&block->unknown, state) >= 0) {
            return true;
        }
    }
    return false;
}

static void add_diffusion(diffusion_pass *pass, const nmodl_stmt *stmt,
                          const nmodl_term *term)
{
    nmodl_module *module = pass->module;
    nmodl_diffusion added = {.state = term->symbol, .diffusion = stmt};

    for (size_t i = 0; i < pass->compartment.n && added.compartment == NULL; i++) {
        if (has_term(pass->compartment.data[i], term->symbol)) {
            added.compartment = pass->compartment.data[i];
        }
    }
    if (added.compartment == NULL) {
        nmodl_error(module, term->offset,
                    "\"%s\" diffuses and has no volume (a COMPARTMENT before this "
                    "statement gives it)",
                    term->name);
        return;
    }
    if (!is_solved(module, term->symbol)) {
        nmodl_warn(
            module, term->offset,
            "\"%s\" diffuses and takes part in no reaction: it stays in the variable "
            "step, as in NEURON (~ %s << (0) is a reaction)",
            term->name, term->name);
    }
    check_scope(module, added.compartment->left, added.compartment->symbol);
    check_scope(module, stmt->left, stmt->symbol);
    warn_calls(module, added.compartment->left);
    warn_calls(module, stmt->left);
    if (!MEC_VEC_PUSH(&module->diffusion, added)) {
        module->out_of_memory = true;
    }
}

/* The currents in an expression that NEURON takes for an ion's: READ of USEION. */
static int find_currents(const nmodl_expr *expr, nmodl_symbol **current)
{
    nmodl_symbol *symbol = expr->kind == EXPR_NAME ? expr->symbol : NULL;
    int n = 0;

    if (symbol != NULL && symbol->ion >= 0 && symbol->ion_read &&
        symbol->ion_variable == MEC_ION_I) {
        *current = symbol;
        n = 1;
    }
    for (int32_t i = 0; i < expr->n_arg; i++) {
        n += find_currents(expr->arg[i], current);
    }
    return n;
}

/* The expression with another symbol in the place of one. */
static nmodl_expr *replaced(nmodl_module *module, const nmodl_expr *expr,
                            const nmodl_symbol *from, nmodl_symbol *to)
{
    nmodl_expr *copy = nmodl_expr_new(module, expr->kind, expr->offset, expr->n_arg);
    nmodl_expr **arg;

    if (copy == NULL) {
        return NULL;
    }
    arg = copy->arg;
    *copy = *expr;
    copy->arg = arg;
    copy->symbol = expr->symbol == from ? to : expr->symbol;
    for (int32_t i = 0; i < expr->n_arg; i++) {
        copy->arg[i] = replaced(module, expr->arg[i], from, to);
    }
    return copy;
}

static void add_flux(nmodl_module *module, const nmodl_stmt *stmt)
{
    const nmodl_term *term = &stmt->reaction->term[0];
    nmodl_symbol *current = NULL, *slope;
    int n = find_currents(stmt->left, &current);

    for (size_t i = 0; n > 0 && i < module->diffusion.n; i++) {
        nmodl_diffusion *diffusion = &module->diffusion.data[i];

        if (diffusion->state != term->symbol) {
            continue;
        }
        if (n > 1 || diffusion->current != NULL) {
            nmodl_error(module, stmt->offset,
                        "\"%s\" diffuses and gets a flux from more than one current "
                        "(NEURON takes one; compute the sum before)",
                        term->name);
            return;
        }
        slope = nmodl_symbol_new(module, "didv", SYMBOL_LOCAL, stmt->offset);
        if (slope == NULL) {
            return;
        }
        slope->c_text = "_didv";
        current->sloped = true;
        diffusion->current = current;
        diffusion->slope = replaced(module, stmt->left, current, slope);
        diffusion->element = term->index;
        check_scope(module, diffusion->slope, NULL);
        check_scope(module, term->index, NULL);
    }
}

static void walk(diffusion_pass *pass, const nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_COMPARTMENT && !MEC_VEC_PUSH(&pass->compartment, stmt)) {
            pass->module->out_of_memory = true;
        }
        for (int i = 0; stmt->kind == STMT_DIFFUSION && i < stmt->reaction->n_term;
             i++) {
            add_diffusion(pass, stmt, &stmt->reaction->term[i]);
        }
        if (stmt->kind == STMT_REACTION && stmt->reaction->is_flux) {
            add_flux(pass->module, stmt);
        }
        walk(pass, stmt->body);
        walk(pass, stmt->other);
    }
}

void nmodl_pass_diffusion(nmodl_module *module)
{
    diffusion_pass pass = {.module = module};

    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        if (block->kind == BLOCK_KINETIC && block->body != NULL) {
            walk(&pass, block->body);
        }
    }
    MEC_VEC_CLEAR(&pass.compartment);
}
