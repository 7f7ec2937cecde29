/* What each block reads and writes, so that kernels load, store and keep no more than
 * needed, and which blocks cannot run on several instances at once.
 *
 * A block's effect is found by walking its statements in order; calls take the effect of
 * the called block. VERBATIM text is taken to read and perhaps write every variable it
 * names. */

#include "nmodl_priv.h"

#include <string.h>

static void walk_list(nmodl_module *module, const nmodl_stmt *stmt,
                      nmodl_effect *effect);
static void visit_block(nmodl_module *module, nmodl_block *block);

size_t nmodl_set_words(const nmodl_module *module)
{
    return module->variable.n / 64 + 1;
}

bool nmodl_set_has(const uint64_t *set, int32_t index)
{
    return index >= 0 && (set[index / 64] >> (index % 64) & 1) != 0;
}

static void set_add(uint64_t *set, int32_t index)
{
    set[index / 64] |= (uint64_t)1 << (index % 64);
}

static bool effect_init(nmodl_module *module, nmodl_effect *effect)
{
    size_t words = nmodl_set_words(module);
    uint64_t *memory = nmodl_alloc(module, 4 * words * sizeof *memory);

    *effect = (nmodl_effect){0};
    if (memory == NULL) {
        return false;
    }
    effect->exposed = memory;
    effect->sure = memory + words;
    effect->maybe = memory + 2 * words;
    effect->used = memory + 3 * words;
    return true;
}

static void effect_read(nmodl_effect *effect, const nmodl_symbol *symbol)
{
    if (symbol == NULL || symbol->index < 0) {
        return;
    }
    set_add(effect->used, symbol->index);
    if (!nmodl_set_has(effect->sure, symbol->index)) {
        set_add(effect->exposed, symbol->index);
    }
}

static void effect_write(nmodl_effect *effect, const nmodl_symbol *symbol)
{
    if (symbol == NULL || symbol->index < 0) {
        return;
    }
    set_add(effect->used, symbol->index);
    set_add(effect->maybe, symbol->index);
    if (symbol->storage == STORE_GLOBAL) {
        effect->scalar_only = true;
        effect->outside = true;
    }
    if (!symbol->is_array) {
        set_add(effect->sure, symbol->index);
    } else if (!nmodl_set_has(effect->sure, symbol->index)) {
        set_add(effect->exposed, symbol->index);
    }
}

/* first, then second */
static void effect_append(const nmodl_module *module, nmodl_effect *first,
                          const nmodl_effect *second)
{
    for (size_t i = 0; i < nmodl_set_words(module); i++) {
        first->exposed[i] |= second->exposed[i] & ~first->sure[i];
        first->sure[i] |= second->sure[i];
        first->maybe[i] |= second->maybe[i];
        first->used[i] |= second->used[i];
    }
    first->verbatim = first->verbatim || second->verbatim;
    first->scalar_only = first->scalar_only || second->scalar_only;
    first->outside = first->outside || second->outside;
}

/* first, then either a or b */
static void effect_branch(const nmodl_module *module, nmodl_effect *first,
                          const nmodl_effect *a, const nmodl_effect *b)
{
    for (size_t i = 0; i < nmodl_set_words(module); i++) {
        first->exposed[i] |= (a->exposed[i] | b->exposed[i]) & ~first->sure[i];
        first->sure[i] |= a->sure[i] & b->sure[i];
        first->maybe[i] |= a->maybe[i] | b->maybe[i];
        first->used[i] |= a->used[i] | b->used[i];
    }
    first->verbatim = first->verbatim || a->verbatim || b->verbatim;
    first->scalar_only = first->scalar_only || a->scalar_only || b->scalar_only;
    first->outside = first->outside || a->outside || b->outside;
}

/* Does the variable lie outside of the instance? */
static bool is_outside(const nmodl_symbol *symbol)
{
    return symbol != NULL &&
           (symbol->kind == SYMBOL_RAW || symbol->kind == SYMBOL_POINTER ||
            symbol->kind == SYMBOL_EXTERNAL);
}

static void walk_expr(nmodl_module *module, const nmodl_expr *expr,
                      nmodl_effect *effect)
{
    if (expr == NULL) {
        return;
    }
    for (int32_t i = 0; i < expr->n_arg; i++) {
        walk_expr(module, expr->arg[i], effect);
    }
    if (expr->kind == EXPR_STRING || expr->raw || is_outside(expr->symbol)) {
        effect->scalar_only = true;
        effect->outside = true;
    }
    if (expr->kind == EXPR_CALL && expr->raw && expr->n_arg == 2 &&
        strcmp(expr->text, "state_discontinuity") == 0) {
        effect_read(effect, expr->arg[0]->symbol);
        if (expr->arg[0]->symbol != NULL && expr->arg[0]->symbol->index >= 0) {
            set_add(effect->maybe, expr->arg[0]->symbol->index);
        }
    }
    if (expr->kind == EXPR_ELEMENT) {
        effect->scalar_only = true;
    }
    if (expr->kind == EXPR_CALL && expr->symbol != NULL &&
        expr->symbol->block != NULL) {
        nmodl_block *block = expr->symbol->block;
        effect->scalar_only =
            effect->scalar_only || block->kind == BLOCK_FUNCTION_TABLE;
        visit_block(module, block);
        if (block->visit == 1) {
            block->recursive = true;
            effect->scalar_only = true;
        } else if (block->effect.used != NULL) {
            effect_append(module, effect, &block->effect);
        }
    } else if (expr->kind == EXPR_NAME || expr->kind == EXPR_ELEMENT) {
        effect->scalar_only =
            effect->scalar_only ||
            (expr->symbol != NULL && expr->symbol->kind == SYMBOL_PRIME);
        effect_read(effect, expr->symbol);
    }
}

static void walk_branch(nmodl_module *module, const nmodl_stmt *stmt,
                        nmodl_effect *effect)
{
    nmodl_effect a, b;

    walk_expr(module, stmt->left, effect);
    if (!effect_init(module, &a) || !effect_init(module, &b)) {
        return;
    }
    walk_list(module, stmt->body, &a);
    walk_list(module, stmt->other, &b);
    effect_branch(module, effect, &a, &b);
}

static void walk_loop(nmodl_module *module, const nmodl_stmt *stmt,
                      nmodl_effect *effect)
{
    nmodl_effect body, none;

    walk_expr(module, stmt->left, effect);
    walk_expr(module, stmt->right, effect);
    walk_expr(module, stmt->step, effect);
    if (effect_init(module, &body) && effect_init(module, &none)) {
        walk_list(module, stmt->body, &body);
        effect_branch(module, effect, &body, &none);
    }
    effect->scalar_only = true;
}

/* Mark the variables that VERBATIM text names, and those that functions and macros of
 * other texts name; it may read and write them. */
static void walk_verbatim(nmodl_module *module, const char *text, nmodl_effect *effect)
{
    effect->verbatim = true;
    effect->scalar_only = true;
    effect->outside = true;
    for (size_t i = 0; i < module->variable.n; i++) {
        nmodl_symbol *symbol = module->variable.data[i];
        if (nmodl_has_word(text, symbol->name) ||
            mec_map_has(module->reached_word, symbol->name)) {
            symbol->in_verbatim = true;
            effect_read(effect, symbol);
            set_add(effect->maybe, symbol->index);
        }
    }
}

/* A system is solved: what the block does, and its unknowns change. */
static void walk_solve(nmodl_module *module, nmodl_block *block, nmodl_effect *effect)
{
    visit_block(module, block);
    if (block->effect.used != NULL) {
        effect_append(module, effect, &block->effect);
    }
    for (size_t i = 0; i < block->unknown.n; i++) {
        effect_read(effect, block->unknown.data[i]);
        set_add(effect->maybe, block->unknown.data[i]->index);
    }
    effect->scalar_only = effect->scalar_only || nmodl_has_equations(block);
}

/* A derivative that expressions read stays where an exact step does not set it. */
static void write_prime(const nmodl_symbol *state, nmodl_effect *effect)
{
    const nmodl_symbol *prime = state == NULL ? NULL : state->prime;

    if (prime != NULL && prime->index >= 0) {
        effect_read(effect, prime);
        set_add(effect->maybe, prime->index);
    }
}

static void walk_stmt(nmodl_module *module, const nmodl_stmt *stmt,
                      nmodl_effect *effect)
{
    switch (stmt->kind) {
    case STMT_ASSIGN:
        walk_expr(module, stmt->right, effect);
        if (is_outside(stmt->left->symbol)) {
            effect->scalar_only = true;
            effect->outside = true;
        }
        if (stmt->left->kind == EXPR_ELEMENT) {
            walk_expr(module, stmt->left->arg[0], effect);
            effect->scalar_only = true;
        }
        effect_write(effect, stmt->left->symbol);
        break;
    case STMT_EQUATION:
        walk_expr(module, stmt->right, effect);
        walk_expr(module, stmt->slope, effect);
        walk_expr(module, stmt->fixed_step, effect);
        write_prime(stmt->symbol, effect);
        break;
    case STMT_CALL:
    case STMT_WATCH:
        walk_expr(module, stmt->left, effect);
        break;
    case STMT_FOR_NETCONS:
    case STMT_IF:
        walk_branch(module, stmt, effect);
        break;
    case STMT_WHILE:
    case STMT_FROM:
        walk_loop(module, stmt, effect);
        break;
    case STMT_BLOCK:
        walk_list(module, stmt->body, effect);
        break;
    case STMT_VERBATIM:
        walk_verbatim(module, stmt->text, effect);
        break;
    case STMT_REACTION:
    case STMT_CONSERVE:
    case STMT_COMPARTMENT:
        walk_expr(module, stmt->left, effect);
        walk_expr(module, stmt->right, effect);
        for (int i = 0; i < stmt->reaction->n_term; i++) {
            walk_expr(module, stmt->reaction->term[i].index, effect);
            effect_read(effect, stmt->reaction->term[i].symbol);
            write_prime(stmt->reaction->term[i].symbol, effect);
        }
        effect->scalar_only = true;
        break;
    case STMT_ALGEBRAIC:
        walk_expr(module, stmt->left, effect);
        walk_expr(module, stmt->right, effect);
        effect->scalar_only = true;
        break;
    case STMT_SOLVE:
        if (stmt->in_place && stmt->symbol != NULL && stmt->symbol->block != NULL) {
            walk_solve(module, stmt->symbol->block, effect);
        }
        break;
    case STMT_DIFFUSION: /* nmodl_diffusion_effect() */
    case STMT_TABLE:
    case STMT_UNSUPPORTED:
        break;
    }
}

static void walk_list(nmodl_module *module, const nmodl_stmt *stmt,
                      nmodl_effect *effect)
{
    for (; stmt != NULL && !module->out_of_memory; stmt = stmt->next) {
        walk_stmt(module, stmt, effect);
    }
}

/* With a table: of what the body writes only the outputs are surely written; limits and
 * dependencies are read. */
static void walk_table(nmodl_module *module, const nmodl_block *block,
                       nmodl_effect *effect)
{
    nmodl_symbol *usetable = nmodl_lookup(module, "usetable");
    uint64_t *outputs = nmodl_alloc(module, nmodl_set_words(module) * sizeof *outputs);

    if (outputs == NULL) {
        return;
    }
    for (size_t i = 0; i < block->table->output.n; i++) {
        if (block->table->output.data[i]->index >= 0) {
            set_add(outputs, block->table->output.data[i]->index);
        }
    }
    for (size_t i = 0; i < nmodl_set_words(module); i++) {
        effect->sure[i] &= outputs[i];
    }
    effect_read(effect, usetable);
    walk_expr(module, block->table->from, effect);
    walk_expr(module, block->table->to, effect);
    for (size_t i = 0; i < block->table->depend.n; i++) {
        effect_read(effect, block->table->depend.data[i]);
    }
}

static void visit_block(nmodl_module *module, nmodl_block *block)
{
    if (block->visit != 0 || block->body == NULL) {
        return;
    }
    block->visit = 1;
    if (effect_init(module, &block->effect)) {
        walk_list(module, block->body, &block->effect);
        if (block->table != NULL) {
            walk_table(module, block, &block->effect);
        }
        if (block->recursive) {
            block->effect.scalar_only = true;
        }
    }
    block->visit = 2;
}

void nmodl_effect_of(nmodl_module *module, const nmodl_stmt *stmt, nmodl_effect *out)
{
    if (effect_init(module, out)) {
        walk_list(module, stmt, out);
    }
}

void nmodl_diffusion_effect(nmodl_module *module, const nmodl_diffusion *diffusion,
                            nmodl_effect *out)
{
    if (effect_init(module, out)) {
        walk_expr(module, diffusion->compartment->left, out);
        walk_expr(module, diffusion->slope, out);
        walk_expr(module, diffusion->element, out);
        walk_expr(module, diffusion->diffusion->left, out);
    }
}

void nmodl_pass_effect(nmodl_module *module)
{
    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        visit_block(module, block);
    }
}
