/* Which variables differ between the instances of one kernel call.
 *
 * What is equal for all (celsius, globals, what is computed from them alone) stays a plain
 * double in vector code: computed once per call instead of once per instance. Starts from
 * "nothing varies but what is stored per instance" and follows assignments, arguments and
 * control flow until nothing changes. */

#include "nmodl_priv.h"

#include <string.h>

typedef struct vary_pass {
    nmodl_module *module;
    bool changed;
    nmodl_block *block;
} vary_pass;

static void vary_list(vary_pass *pass, nmodl_stmt *stmt, bool inside);

static void mark(vary_pass *pass, nmodl_symbol *symbol)
{
    if (symbol != NULL && !symbol->varying) {
        symbol->varying = true;
        pass->changed = true;
    }
}

/* `inside`: under a condition that varies. */
static bool vary_expr(vary_pass *pass, nmodl_expr *expr, bool inside)
{
    bool varies = false;

    if (expr == NULL) {
        return false;
    }
    if (expr->kind == EXPR_NAME || expr->kind == EXPR_ELEMENT) {
        varies = expr->symbol != NULL && expr->symbol->varying;
    }
    for (int32_t i = 0; i < expr->n_arg; i++) {
        bool arg = vary_expr(pass, expr->arg[i], inside);
        varies = varies || arg;
        if (arg && expr->kind == EXPR_CALL && expr->symbol != NULL &&
            expr->symbol->block != NULL &&
            i < (int32_t)expr->symbol->block->argument.n) {
            mark(pass, expr->symbol->block->argument.data[i]);
        }
    }
    if (expr->kind == EXPR_CALL && expr->symbol != NULL &&
        expr->symbol->block != NULL) {
        if (inside) {
            mark(pass, expr->symbol); /* the block: called for some instances only */
        }
        return expr->symbol->block->result != NULL &&
               expr->symbol->block->result->varying;
    }
    return varies;
}

static bool is_local(const nmodl_symbol *symbol)
{
    return symbol->kind == SYMBOL_LOCAL || symbol->kind == SYMBOL_INDEX;
}

static void vary_stmt(vary_pass *pass, nmodl_stmt *stmt, bool inside)
{
    bool called = pass->block->symbol != NULL && pass->block->symbol->varying;
    bool varies;

    switch (stmt->kind) {
    case STMT_ASSIGN:
        varies = vary_expr(pass, stmt->right, inside || called) || inside;
        if (stmt->left->symbol != NULL &&
            (varies || (called && !is_local(stmt->left->symbol)))) {
            mark(pass, stmt->left->symbol);
        }
        break;
    case STMT_EQUATION:
        (void)vary_expr(pass, stmt->right, inside || called);
        (void)vary_expr(pass, stmt->slope, inside || called);
        (void)vary_expr(pass, stmt->fixed_step, inside || called);
        break;
    case STMT_ALGEBRAIC:
    case STMT_REACTION:
    case STMT_CONSERVE:
    case STMT_COMPARTMENT:
    case STMT_DIFFUSION:
        (void)vary_expr(pass, stmt->left, inside || called);
        (void)vary_expr(pass, stmt->right, inside || called);
        break;
    case STMT_CALL:
        (void)vary_expr(pass, stmt->left, inside || called);
        break;
    case STMT_IF:
    case STMT_WHILE:
        varies = vary_expr(pass, stmt->left, inside || called) || inside;
        vary_list(pass, stmt->body, varies);
        vary_list(pass, stmt->other, varies);
        break;
    case STMT_FROM:
        varies = vary_expr(pass, stmt->left, inside || called);
        varies = vary_expr(pass, stmt->right, inside || called) || varies || inside;
        vary_list(pass, stmt->body, varies);
        break;
    case STMT_BLOCK:
        vary_list(pass, stmt->body, inside);
        break;
    default:
        break;
    }
}

static void vary_list(vary_pass *pass, nmodl_stmt *stmt, bool inside)
{
    for (; stmt != NULL; stmt = stmt->next) {
        vary_stmt(pass, stmt, inside);
    }
}

/* What is looked up in a table, and by what, is a vector whatever its argument is. */
static void mark_tables(nmodl_module *module)
{
    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        if (block->table == NULL) {
            continue;
        }
        block->argument.data[0]->varying = true;
        if (block->result != NULL) {
            block->result->varying = true;
        }
        for (size_t i = 0; i < block->table->output.n; i++) {
            block->table->output.data[i]->varying = true;
        }
    }
}

void nmodl_pass_vary(nmodl_module *module)
{
    vary_pass pass = {module, false, NULL};

    for (size_t i = 0; i < module->variable.n; i++) {
        nmodl_symbol *symbol = module->variable.data[i];
        bool shared =
            symbol->storage == STORE_GLOBAL || symbol->storage == STORE_NOWHERE ||
            (symbol->storage == STORE_SYSTEM && strcmp(symbol->name, "v") != 0 &&
             strcmp(symbol->name, "diam") != 0 && strcmp(symbol->name, "area") != 0);
        symbol->varying = !shared;
    }
    mark_tables(module);
    do {
        pass.changed = false;
        for (nmodl_block *block = module->first_block; block != NULL;
             block = block->next) {
            pass.block = block;
            if (block->kind != BLOCK_VERBATIM) {
                vary_list(&pass, block->body, false);
            }
        }
    } while (pass.changed);
}
