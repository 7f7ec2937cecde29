/* Names to symbols: applies the NEURON block to the declarations, decides where each
 * variable lives, and links every name in the statements to its symbol. */

#include "nmodl_priv.h"

#include <string.h>

/* Scopes of one block: lists of local symbols, innermost last. */
typedef struct scope {
    const nmodl_symbols *list;
    const struct scope *outer;
    nmodl_symbol *single; /* instead of a list */
} scope;

static void resolve_stmt(nmodl_module *module, nmodl_stmt *stmt, const scope *scopes,
                         nmodl_block *block);

static void apply_names(nmodl_module *module)
{
    for (size_t i = 0; i < module->range_name.n; i++) {
        nmodl_symbol *symbol = nmodl_lookup(module, module->range_name.data[i]);
        if (symbol != NULL) {
            symbol->range = true;
        }
    }
    for (size_t i = 0; i < module->global_name.n; i++) {
        nmodl_symbol *symbol = nmodl_lookup(module, module->global_name.data[i]);
        if (symbol != NULL) {
            symbol->global = true;
        }
    }
}

/* Names that the NEURON block introduces without a declaration elsewhere. */
static void declare_missing(nmodl_module *module)
{
    for (size_t i = 0; i < mec_map_count(module->symbol); i++) {
        nmodl_symbol *symbol = mec_map_value(module->symbol, i);
        if (symbol->kind == SYMBOL_UNKNOWN) {
            symbol->kind = SYMBOL_ASSIGNED;
        }
    }
}

static void place(nmodl_module *module, nmodl_symbol *symbol)
{
    switch (symbol->kind) {
    case SYMBOL_PARAMETER:
        symbol->storage = symbol->range ? STORE_COLUMN : STORE_GLOBAL;
        break;
    case SYMBOL_ASSIGNED:
        symbol->storage = symbol->global ? STORE_GLOBAL : STORE_COLUMN;
        break;
    case SYMBOL_STATE:
        symbol->storage = STORE_COLUMN;
        break;
    case SYMBOL_STATIC:
        symbol->storage = STORE_GLOBAL;
        break;
    case SYMBOL_SYSTEM:
        symbol->storage = STORE_SYSTEM;
        break;
    default:
        return;
    }
    if (symbol->ion >= 0) {
        symbol->storage = STORE_ION;
    }
    if (symbol->nonspecific || symbol->electrode) {
        symbol->storage = STORE_COLUMN;
    }
    symbol->index = (int32_t)module->variable.n;
    (void)nmodl_push(module, &module->variable, symbol);
}

/* x0 of STATE x: a PARAMETER of that name, else 0 (or START). */
static void link_initial(nmodl_module *module, nmodl_symbol *state)
{
    char *name = mec_arena_printf(module->arena, "%s0", state->name);
    nmodl_symbol *initial = name == NULL ? NULL : nmodl_lookup(module, name);

    if (initial != NULL &&
        (initial->kind == SYMBOL_PARAMETER || initial->kind == SYMBOL_ASSIGNED)) {
        state->initial = initial;
    }
}

static void place_all(nmodl_module *module)
{
    size_t n = mec_map_count(module->symbol);

    for (size_t i = 0; i < n; i++) {
        place(module, mec_map_value(module->symbol, i));
    }
    for (size_t i = 0; i < n; i++) {
        nmodl_symbol *symbol = mec_map_value(module->symbol, i);
        if (symbol->kind == SYMBOL_STATE) {
            link_initial(module, symbol);
        }
    }
}

static nmodl_symbol *find(const nmodl_module *module, const scope *scopes,
                          const char *name)
{
    for (; scopes != NULL; scopes = scopes->outer) {
        if (scopes->single != NULL && strcmp(scopes->single->name, name) == 0) {
            return scopes->single;
        }
        for (size_t i = 0; scopes->list != NULL && i < scopes->list->n; i++) {
            if (strcmp(scopes->list->data[i]->name, name) == 0) {
                return scopes->list->data[i];
            }
        }
    }
    return nmodl_lookup(module, name);
}

/* Report a name that is not declared, with the nearest one that is. */
static void unknown_name(nmodl_module *module, size_t offset, const char *what,
                         const char *name)
{
    size_t n = mec_map_count(module->symbol);
    const char **names = nmodl_alloc(module, (n + 1) * sizeof *names);
    const char *nearest = NULL;

    if (names != NULL && strlen(name) > 2) {
        for (size_t i = 0; i < n; i++) {
            names[i] = mec_map_key(module->symbol, i);
        }
        nearest = mec_nearest_name(name, n, names);
    }
    if (nearest != NULL) {
        nmodl_error(module, offset, "%s \"%s\" is not declared (did you mean \"%s\"?)",
                    what, name, nearest);
    } else {
        nmodl_error(module, offset, "%s \"%s\" is not declared", what, name);
    }
}

/* A name that some VERBATIM text has as a word: C's business, as in NEURON. */
static nmodl_symbol *raw_name(nmodl_module *module, const char *name, size_t offset)
{
    return mec_map_has(module->verbatim_word, name)
               ? nmodl_symbol_new(module, name, SYMBOL_RAW, offset)
               : NULL;
}

static void resolve_call(nmodl_module *module, nmodl_expr *expr)
{
    nmodl_symbol *symbol = nmodl_lookup(module, expr->text);
    int32_t n_argument = 0;

    if (symbol != NULL && symbol->block != NULL) {
        n_argument = (int32_t)symbol->block->argument.n;
        expr->symbol = symbol;
        if (nmodl_has_equations(symbol->block)) {
            nmodl_error(module, expr->offset, "\"%s\" is a block to SOLVE, not to call",
                        expr->text);
            return;
        }
    } else if (nmodl_resolve_host_call(module, expr, module->resolving)) {
        return;
    } else if (!nmodl_is_builtin(expr->text, &n_argument)) {
        expr->raw = strcmp(expr->text, "printf") == 0 ||
                    raw_name(module, expr->text, expr->offset) != NULL;
        module->has_verbatim = module->has_verbatim || expr->raw;
        if (expr->raw) {
            return;
        }
        unknown_name(module, expr->offset, "function", expr->text);
        return;
    }
    if (n_argument != expr->n_arg) {
        nmodl_error(module, expr->offset, "\"%s\" takes %d argument%s, %d given",
                    expr->text, (int)n_argument, n_argument == 1 ? "" : "s",
                    (int)expr->n_arg);
    }
}

/* The derivative of a state gets a symbol. */
static void declare_prime(nmodl_module *module, nmodl_symbol *state)
{
    char *name;

    if (state->prime == NULL) {
        name = mec_arena_printf(module->arena, "D%s", state->name);
        state->prime =
            name == NULL ? NULL
                         : nmodl_symbol_new(module, name, SYMBOL_PRIME, state->offset);
        if (state->prime != NULL) {
            state->prime->length = state->length;
            state->prime->is_array = state->is_array;
            state->prime->prime = state;
            state->prime->varying = true;
            state->prime->storage = STORE_COLUMN;
        }
    }
}

/* The derivative becomes a variable like others. */
static void keep_prime(nmodl_module *module, nmodl_symbol *state)
{
    declare_prime(module, state);
    if (state->prime != NULL && state->prime->index < 0) {
        state->prime->index = (int32_t)module->variable.n;
        (void)nmodl_push(module, &module->variable, state->prime);
    }
}

void nmodl_keep_derivatives(nmodl_module *module, const nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        bool reacts = stmt->kind == STMT_REACTION || stmt->kind == STMT_CONSERVE;

        if (stmt->kind == STMT_EQUATION && stmt->symbol != NULL) {
            keep_prime(module, stmt->symbol);
        }
        for (int i = 0; reacts && i < stmt->reaction->n_term; i++) {
            nmodl_symbol *symbol = stmt->reaction->term[i].symbol;
            if (symbol != NULL && symbol->kind == SYMBOL_STATE) {
                keep_prime(module, symbol);
            }
        }
        nmodl_keep_derivatives(module, stmt->body);
        nmodl_keep_derivatives(module, stmt->other);
    }
}

/* x' in an expression, "Dx" by now: what the last evaluation left, so it has to be kept. */
static nmodl_symbol *read_prime(nmodl_module *module, const char *name)
{
    nmodl_symbol *state = name[0] == 'D' ? nmodl_lookup(module, name + 1) : NULL;

    if (state == NULL || state->kind != SYMBOL_STATE) {
        return NULL;
    }
    keep_prime(module, state);
    return state->prime;
}

static void resolve_expr(nmodl_module *module, nmodl_expr *expr, const scope *scopes)
{
    if (expr == NULL) {
        return;
    }
    const nmodl_symbol *own =
        expr->kind == EXPR_CALL ? nmodl_lookup(module, expr->text) : NULL;
    bool random = expr->kind == EXPR_CALL && (own == NULL || own->block == NULL) &&
                  nmodl_resolve_random(module, expr);
    for (int32_t i = random ? 1 : 0; i < expr->n_arg; i++) {
        resolve_expr(module, expr->arg[i], scopes);
    }
    if (random) {
        return;
    }
    if (expr->kind == EXPR_CALL) {
        resolve_call(module, expr);
        return;
    }
    if (expr->kind != EXPR_NAME && expr->kind != EXPR_ELEMENT) {
        return;
    }
    expr->symbol = find(module, scopes, expr->text);
    if (expr->symbol == NULL && expr->kind == EXPR_NAME) {
        expr->symbol = read_prime(module, expr->text);
    }
    if (expr->symbol == NULL) {
        expr->symbol = raw_name(module, expr->text, expr->offset);
    }
    if (expr->symbol == NULL) {
        expr->symbol = nmodl_declare_initial(module, expr->text);
        if (expr->symbol != NULL) {
            place(module, expr->symbol);
        }
    }
    if (expr->symbol == NULL) {
        unknown_name(module, expr->offset, "variable", expr->text);
        return;
    }
    expr->symbol->required = true;
    if (expr->symbol->random) {
        nmodl_error(module, expr->offset,
                    "RANDOM variable \"%s\" can only be the first argument of a "
                    "random_... function",
                    expr->text);
    } else if (expr->symbol->kind == SYMBOL_BLOCK) {
        nmodl_error(module, expr->offset, "\"%s\" is a block, not a variable",
                    expr->text);
        expr->symbol = NULL;
    } else if (expr->symbol->is_array && expr->kind == EXPR_NAME) {
        nmodl_error(module, expr->offset, "array \"%s\" needs an index", expr->text);
    } else if (!expr->symbol->is_array && expr->kind == EXPR_ELEMENT) {
        nmodl_error(module, expr->offset, "\"%s\" is no array", expr->text);
    }
}

static void resolve_list(nmodl_module *module, nmodl_stmt *stmt, const scope *scopes,
                         nmodl_block *block)
{
    for (; stmt != NULL; stmt = stmt->next) {
        resolve_stmt(module, stmt, scopes, block);
    }
}

static void resolve_assigned(nmodl_module *module, nmodl_stmt *stmt)
{
    nmodl_symbol *symbol = stmt->left->symbol;

    if (symbol == NULL) {
        return;
    }
    symbol->written = true;
    if (symbol->kind == SYMBOL_CONSTANT) {
        nmodl_error(module, stmt->offset, "constant \"%s\" cannot be assigned",
                    symbol->name);
    } else if (symbol->kind == SYMBOL_INDEX) {
        nmodl_error(module, stmt->offset, "the variable of FROM cannot be assigned");
    } else if (symbol->kind == SYMBOL_SYSTEM && strcmp(symbol->name, "v") != 0) {
        nmodl_error(module, stmt->offset, "\"%s\" cannot be assigned in a mechanism",
                    symbol->name);
    }
}

/* The terms of a reaction are states or variables that stay as they are. */
static void resolve_terms(nmodl_module *module, const nmodl_stmt *stmt,
                          const scope *scopes)
{
    bool whole = stmt->kind == STMT_COMPARTMENT || stmt->kind == STMT_DIFFUSION;

    for (int i = 0; i < stmt->reaction->n_term; i++) {
        nmodl_term *term = &stmt->reaction->term[i];
        bool state_only = stmt->kind == STMT_CONSERVE || stmt->reaction->is_flux ||
                          stmt->kind == STMT_DIFFUSION;

        resolve_expr(module, term->index, scopes);
        term->symbol = nmodl_lookup(module, term->name);
        if (term->symbol == NULL && stmt->kind == STMT_COMPARTMENT) {
            nmodl_warn(module, term->offset,
                       "\"%s\" is not declared and has no volume, as in NEURON",
                       term->name);
        } else if (term->symbol == NULL || term->symbol->kind == SYMBOL_BLOCK) {
            unknown_name(module, term->offset, "variable", term->name);
        } else if (term->symbol->is_array && term->index == NULL && !whole) {
            nmodl_error(module, term->offset, "array \"%s\" needs an index",
                        term->name);
        } else if (!term->symbol->is_array && term->index != NULL) {
            nmodl_error(module, term->offset, "\"%s\" is no array", term->name);
        } else if (term->symbol->kind == SYMBOL_STATE) {
            declare_prime(module, term->symbol);
        } else if (state_only) {
            nmodl_error(module, term->offset, "\"%s\" must be declared as a STATE",
                        term->name);
        }
    }
}

/* x' = ...: the state x must exist. */
static void resolve_equation(nmodl_module *module, nmodl_stmt *stmt,
                             const nmodl_block *block)
{
    nmodl_symbol *state = nmodl_lookup(module, stmt->text);

    if (block->kind != BLOCK_DERIVATIVE) {
        nmodl_error(module, stmt->offset, "%s' can be set in a DERIVATIVE block only",
                    stmt->text);
        return;
    }
    if (state == NULL || state->kind != SYMBOL_STATE) {
        nmodl_error(module, stmt->offset, "\"%s\" must be declared as a STATE",
                    stmt->text);
        return;
    }
    stmt->symbol = state;
    declare_prime(module, state);
}

void nmodl_declare_global(nmodl_module *module, const char *name, double value,
                          size_t offset)
{
    nmodl_symbol *symbol = nmodl_lookup(module, name);

    if (symbol == NULL) {
        symbol = nmodl_declare(module, name, SYMBOL_PARAMETER, offset);
        if (symbol != NULL) {
            symbol->value = value;
            symbol->global = true;
            place(module, symbol);
        }
    }
}

static void resolve_table(nmodl_module *module, nmodl_stmt *stmt, nmodl_block *block)
{
    nmodl_symbols *lists[] = {&stmt->table->output, &stmt->table->depend};

    if (block->kind != BLOCK_FUNCTION && block->kind != BLOCK_PROCEDURE) {
        nmodl_error(module, stmt->offset, "TABLE belongs into a FUNCTION or PROCEDURE");
        return;
    }
    if (block->table != NULL) {
        nmodl_error(module, stmt->offset, "only one TABLE per function");
        return;
    }
    if (block->argument.n != 1) {
        nmodl_error(module, stmt->offset, "a function with TABLE has one argument");
        return;
    }
    resolve_expr(module, stmt->table->from, NULL);
    resolve_expr(module, stmt->table->to, NULL);
    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < lists[k]->n; i++) {
            const char *name = lists[k]->data[i]->name;
            nmodl_symbol *symbol = nmodl_lookup(module, name);
            if (symbol == NULL || symbol->kind == SYMBOL_BLOCK) {
                unknown_name(module, lists[k]->data[i]->offset, "variable", name);
            } else {
                lists[k]->data[i] = symbol;
                symbol->written = symbol->written || k == 0;
            }
        }
    }
    block->table = stmt->table;
    block->table->of_function = block->kind == BLOCK_FUNCTION;
}

/* states() where states is a DERIVATIVE block does what C's function of that name does in
 * NEURON: a step of dt with cnexp, else only the evaluation. */
static bool becomes_solve(const nmodl_module *module, nmodl_stmt *stmt,
                          const nmodl_block *block)
{
    const nmodl_symbol *symbol =
        stmt->left->kind == EXPR_CALL ? nmodl_lookup(module, stmt->left->text) : NULL;

    if (symbol == NULL || symbol->block == NULL || stmt->left->n_arg > 0 ||
        symbol->block->kind != BLOCK_DERIVATIVE || nmodl_has_equations(block)) {
        return false;
    }
    stmt->kind = STMT_SOLVE;
    stmt->text = stmt->left->text;
    stmt->left = NULL;
    stmt->in_place = stmt->is_call = true;
    return true;
}

static void resolve_stmt(nmodl_module *module, nmodl_stmt *stmt, const scope *scopes,
                         nmodl_block *block)
{
    scope inner = {&stmt->local, scopes, NULL};
    scope loop = {NULL, scopes, stmt->symbol};

    switch (stmt->kind) {
    case STMT_ASSIGN:
        resolve_expr(module, stmt->left, scopes);
        resolve_expr(module, stmt->right, scopes);
        resolve_assigned(module, stmt);
        break;
    case STMT_EQUATION:
        resolve_expr(module, stmt->right, scopes);
        resolve_equation(module, stmt, block);
        break;
    case STMT_CALL:
        if (becomes_solve(module, stmt, block)) {
            break;
        }
        resolve_expr(module, stmt->left, scopes);
        nmodl_resolve_discontinuity(stmt, block);
        break;
    case STMT_WATCH:
        resolve_expr(module, stmt->left, scopes);
        break;
    case STMT_FOR_NETCONS:
        resolve_list(module, stmt->body, &inner, block);
        break;
    case STMT_IF:
    case STMT_WHILE:
        resolve_expr(module, stmt->left, scopes);
        resolve_list(module, stmt->body, scopes, block);
        resolve_list(module, stmt->other, scopes, block);
        break;
    case STMT_FROM:
        resolve_expr(module, stmt->left, scopes);
        resolve_expr(module, stmt->right, scopes);
        resolve_expr(module, stmt->step, scopes);
        resolve_list(module, stmt->body, &loop, block);
        break;
    case STMT_BLOCK:
        resolve_list(module, stmt->body, &inner, block);
        break;
    case STMT_TABLE:
        resolve_table(module, stmt, block);
        break;
    case STMT_SOLVE:
        stmt->in_place = block->kind != BLOCK_BREAKPOINT;
        if (nmodl_has_equations(block)) {
            nmodl_error(module, stmt->offset,
                        "SOLVE belongs into BREAKPOINT, INITIAL or a PROCEDURE");
        }
        break;
    case STMT_ALGEBRAIC:
        resolve_expr(module, stmt->left, scopes);
        resolve_expr(module, stmt->right, scopes);
        break;
    case STMT_REACTION:
    case STMT_CONSERVE:
    case STMT_COMPARTMENT:
    case STMT_DIFFUSION:
        resolve_expr(module, stmt->left, stmt->symbol != NULL ? &loop : scopes);
        resolve_expr(module, stmt->right, scopes);
        resolve_terms(module, stmt, scopes);
        break;
    case STMT_VERBATIM:
    case STMT_UNSUPPORTED:
        break;
    }
}

static void resolve_solve_for(nmodl_module *module, nmodl_block *block)
{
    for (size_t i = 0; i < block->solve_for.n; i++) {
        const nmodl_symbol *name = block->solve_for.data[i];
        nmodl_symbol *symbol = nmodl_lookup(module, name->name);
        if (symbol == NULL || symbol->kind != SYMBOL_STATE) {
            nmodl_error(module, name->offset, "\"%s\" must be declared as a STATE",
                        name->name);
        } else {
            block->solve_for.data[i] = symbol;
        }
    }
}

static void resolve_block(nmodl_module *module, nmodl_block *block)
{
    scope arguments = {&block->argument, NULL, NULL};
    scope result = {NULL, &arguments, block->result};

    if (block->kind == BLOCK_VERBATIM || block->body == NULL) {
        return;
    }
    module->resolving = block;
    resolve_solve_for(module, block);
    resolve_stmt(module, block->body, &result, block);
}

void nmodl_resolve(nmodl_module *module)
{
    nmodl_declare_implied(module);
    declare_missing(module);
    apply_names(module);
    place_all(module);
    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        resolve_block(module, block);
    }
    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        if (block->kind == BLOCK_INITIAL) {
            module->initial = block;
        } else if (block->kind == BLOCK_BREAKPOINT) {
            module->breakpoint = block;
        }
    }
}
