/* What each equation system solves for, in the order that decides the last bits of the
 * solution, and which of the systems the variable step integrates. */

#include "nmodl_priv.h"

#include <string.h>

int32_t nmodl_count(const nmodl_symbols *list)
{
    int32_t n = 0;

    for (size_t i = 0; i < list->n; i++) {
        n += list->data[i]->length;
    }
    return n;
}

int32_t nmodl_place(const nmodl_symbols *list, const nmodl_symbol *symbol)
{
    int32_t place = 0;

    for (size_t i = 0; i < list->n; i++) {
        if (list->data[i] == symbol) {
            return place;
        }
        place += list->data[i]->length;
    }
    return -1;
}

bool nmodl_has_equations(const nmodl_block *block)
{
    return block->kind == BLOCK_DERIVATIVE || block->kind == BLOCK_KINETIC ||
           block->kind == BLOCK_LINEAR || block->kind == BLOCK_NONLINEAR;
}

static size_t first_use(const nmodl_module *module, const nmodl_symbol *symbol)
{
    const size_t *offset = mec_map_get(module->first_word, symbol->name);

    return offset == NULL ? symbol->offset : *offset;
}

/* By first letter; among equal ones the name that the file uses last comes first. */
static bool comes_before(const nmodl_module *module, const nmodl_symbol *a,
                         const nmodl_symbol *b)
{
    if (a->name[0] != b->name[0]) {
        return a->name[0] < b->name[0];
    }
    return first_use(module, a) > first_use(module, b);
}

void nmodl_sort_symbols(const nmodl_module *module, nmodl_symbols *list)
{
    for (size_t i = 1; i < list->n; i++) {
        nmodl_symbol *symbol = list->data[i];
        size_t to = i;
        for (; to > 0 && comes_before(module, symbol, list->data[to - 1]); to--) {
            list->data[to] = list->data[to - 1];
        }
        list->data[to] = symbol;
    }
}

/* A state that the block may solve for. */
static bool is_unknown(const nmodl_block *block, const nmodl_symbol *symbol)
{
    return symbol != NULL && symbol->kind == SYMBOL_STATE &&
           (block->solve_for.n == 0 || nmodl_place(&block->solve_for, symbol) >= 0);
}

static void add_once(nmodl_module *module, nmodl_symbols *list, nmodl_symbol *symbol)
{
    if (nmodl_place(list, symbol) < 0) {
        (void)nmodl_push(module, list, symbol);
    }
}

/* Add the states in an expression; returns their number. */
static int collect_expr(nmodl_module *module, nmodl_block *block, nmodl_expr *expr)
{
    int n = 0;

    if (expr == NULL) {
        return 0;
    }
    if ((expr->kind == EXPR_NAME || expr->kind == EXPR_ELEMENT) &&
        is_unknown(block, expr->symbol)) {
        add_once(module, &block->unknown, expr->symbol);
        n++;
    }
    for (int32_t i = 0; i < expr->n_arg; i++) {
        n += collect_expr(module, block, expr->arg[i]);
    }
    return n;
}

/* States in an expression. */
static int count_states(const nmodl_block *block, const nmodl_expr *expr)
{
    int n = (expr->kind == EXPR_NAME || expr->kind == EXPR_ELEMENT) &&
                    is_unknown(block, expr->symbol)
                ? 1
                : 0;

    for (int32_t i = 0; i < expr->n_arg; i++) {
        n += count_states(block, expr->arg[i]);
    }
    return n;
}

/* A term of a linear equation has one state at most, as a factor of its own. */
static void check_linear(nmodl_module *module, const nmodl_block *block,
                         const nmodl_expr *expr)
{
    bool open = expr->kind == EXPR_BINARY && !expr->inner;
    bool product = open && (expr->op == OP_MULTIPLY || expr->op == OP_DIVIDE);
    int n = count_states(block, expr);

    if (open && (expr->op == OP_ADD || expr->op == OP_SUBTRACT)) {
        check_linear(module, block, expr->arg[0]);
        check_linear(module, block, expr->arg[1]);
    } else if (expr->kind == EXPR_NEGATE && !expr->inner) {
        check_linear(module, block, expr->arg[0]);
    } else if (n > 1) {
        nmodl_error(module, expr->offset, "%d states in one term of a linear equation",
                    n);
    } else if (product && expr->op == OP_DIVIDE &&
               count_states(block, expr->arg[1]) > 0) {
        nmodl_error(module, expr->offset,
                    "a state in the denominator of a linear equation");
    } else if (product) {
        check_linear(module, block, expr->arg[0]);
        check_linear(module, block, expr->arg[1]);
    } else if (n > 0 && expr->kind != EXPR_NAME && expr->kind != EXPR_ELEMENT) {
        nmodl_error(
            module, expr->offset,
            "a state inside of parentheses, a power or a function (the terms of "
            "a linear equation are factor * state)");
    }
}

static void collect_equation(nmodl_module *module, nmodl_block *block,
                             const nmodl_stmt *stmt, int32_t *n_equation)
{
    int n = collect_expr(module, block, stmt->left);

    n += collect_expr(module, block, stmt->right);
    if (n == 0) {
        nmodl_error(module, stmt->offset,
                    "an equation without a state that \"%s\" solves for", block->name);
    }
    if (stmt->continues && *n_equation == 0) {
        nmodl_error(module, stmt->offset, "\"~+\" without an equation before it");
    }
    if (block->kind == BLOCK_LINEAR) {
        check_linear(module, block, stmt->left);
        check_linear(module, block, stmt->right);
    }
    *n_equation += stmt->continues ? 0 : 1;
}

static void collect_terms(nmodl_module *module, nmodl_block *block,
                          const nmodl_reaction *reaction)
{
    for (int i = 0; i < reaction->n_term; i++) {
        const nmodl_term *term = &reaction->term[i];
        bool solved = is_unknown(block, term->symbol);
        if (solved) {
            add_once(module, &block->unknown, term->symbol);
        } else if (term->symbol != NULL && term->symbol->kind == SYMBOL_STATE &&
                   reaction->is_flux) {
            nmodl_error(module, term->offset, "\"%s\" is not in SOLVEFOR", term->name);
        }
    }
}

static void collect(nmodl_module *module, nmodl_block *block, const nmodl_stmt *stmt,
                    int32_t *n_equation)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_EQUATION && stmt->symbol != NULL) {
            (void)nmodl_push(module, &block->unknown, stmt->symbol);
        } else if (stmt->kind == STMT_REACTION || stmt->kind == STMT_CONSERVE) {
            collect_terms(module, block, stmt->reaction);
        } else if (stmt->kind == STMT_ALGEBRAIC) {
            collect_equation(module, block, stmt, n_equation);
        }
        collect(module, block, stmt->body, n_equation);
        collect(module, block, stmt->other, n_equation);
    }
}

/* Without arrays the equations can be counted before the system runs. */
static void check_number(nmodl_module *module, const nmodl_block *block,
                         int32_t n_equation)
{
    int32_t n = nmodl_count(&block->unknown);

    if (n == (int32_t)block->unknown.n && n != n_equation) {
        nmodl_error(module, block->offset, "\"%s\" has %d equation%s for %d state%s",
                    block->name, (int)n_equation, n_equation == 1 ? "" : "s", (int)n,
                    n == 1 ? "" : "s");
    }
}

static void collect_block(nmodl_module *module, nmodl_block *block)
{
    int32_t n_equation = 0;

    collect(module, block, block->body, &n_equation);
    if (block->unknown.n == 0) {
        nmodl_error(module, block->offset, "block \"%s\" has no equation", block->name);
    } else if (block->kind == BLOCK_LINEAR || block->kind == BLOCK_NONLINEAR) {
        check_number(module, block, n_equation);
    }
    if (block->kind == BLOCK_NONLINEAR) {
        nmodl_sort_symbols(module, &block->unknown);
    }
}

/* NEURON's bookkeeping: the last SOLVE in BREAKPOINT that can be integrated counts, if it
 * is the only one; another SOLVE after it spoils that, the first time. */
static void choose_integrated(nmodl_module *module)
{
    int n_able = 0;
    bool spoiled = false;

    for (size_t i = 0; i < module->solve.n; i++) {
        nmodl_block *block = module->solve.data[i];
        bool sparse = strcmp(block->method, "sparse") == 0;
        bool able = block->kind == BLOCK_DERIVATIVE ||
                    (block->kind == BLOCK_KINETIC && sparse) ||
                    strcmp(block->method, "after_cvode") == 0 ||
                    strcmp(block->method, "cvode_t") == 0;
        if (able) {
            module->variable_step_refused = n_able++ > 0;
            module->solved = block->kind == BLOCK_PROCEDURE ? NULL : block;
        } else if (!spoiled) {
            spoiled = module->variable_step_refused = true;
        }
    }
    if (module->variable_step_refused) {
        module->solved = NULL;
    }
}

/* A state with several equations counts as often among NEURON's states, with one value. */
static void add_copy(nmodl_module *module, nmodl_symbol *state)
{
    nmodl_symbol *copy = nmodl_alloc(module, sizeof *copy);
    nmodl_symbol *prime = nmodl_alloc(module, sizeof *prime);

    if (copy != NULL && prime != NULL) {
        *copy = *state;
        *prime = *state->prime;
        copy->prime = prime;
        state->copy = copy;
    }
}

void nmodl_pass_unknown(nmodl_module *module)
{
    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        if (nmodl_has_equations(block) && block->body != NULL) {
            collect_block(module, block);
        }
    }
    choose_integrated(module);
    nmodl_pass_kinetic(module);
    for (size_t i = 0; module->solved != NULL && i < module->solved->unknown.n; i++) {
        nmodl_symbol *state = module->solved->unknown.data[i];
        if (nmodl_place(&module->state, state) < 0) {
            (void)nmodl_push(module, &module->state, state);
        } else {
            add_copy(module, state);
        }
    }
}
