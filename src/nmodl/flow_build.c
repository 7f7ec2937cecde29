/* Statements to values. Calls are followed, so a FUNCTION's statements become the
 * caller's; both branches of an IF are computed and a selection keeps the right one. */

#include "flow_priv.h"

#include <math.h>
#include <string.h>

enum { MAX_LOCALS = 400 };

typedef struct builder {
    flow *f;
    nmodl_module *module;
    emit_equations equations;
    nmodl_symbols local; /* LOCALs, arguments and results met so far */
    /* The value of each variable, then x' and dx'/dx of each state, then each local; -1:
     * not read or written yet. */
    int32_t *slot;
    size_t n_fixed, n_slot;
} builder;

/* A value, or minus it. In the argument of exp the sign of a zero does not matter, so
 * there signs are kept apart: -(a - b)/c and (b - a)/c are then one value. */
typedef struct signed_value {
    int32_t value;
    bool minus;
} signed_value;

static int32_t build_expr(builder *b, const nmodl_expr *expr);
static void build_list(builder *b, const nmodl_stmt *stmt);

static int32_t refuse(builder *b)
{
    b->f->refused = true;
    return -1;
}

/* ---- Variables ---- */

static int32_t state_index(const builder *b, const nmodl_symbol *state)
{
    for (size_t i = 0; i < b->module->state.n; i++) {
        if (b->module->state.data[i] == state) {
            return (int32_t)i;
        }
    }
    return -1;
}

/* Place in b->slot; -1 for what is no variable. */
static int32_t slot_of(builder *b, nmodl_symbol *symbol)
{
    int32_t state;

    if (symbol->kind == SYMBOL_PRIME) {
        state = state_index(b, symbol->prime);
        return state < 0 ? -1 : (int32_t)b->module->variable.n + state;
    }
    if (symbol->kind != SYMBOL_LOCAL) {
        return symbol->is_array ? -1 : symbol->index;
    }
    for (size_t i = 0; i < b->local.n; i++) {
        if (b->local.data[i] == symbol) {
            return (int32_t)(b->n_fixed + i);
        }
    }
    if (symbol->is_array || b->local.n >= MAX_LOCALS ||
        !nmodl_push(b->module, &b->local, symbol)) {
        return -1;
    }
    return (int32_t)(b->n_fixed + b->local.n - 1);
}

static int32_t load(builder *b, const char *array, int32_t index)
{
    const char *text = mec_arena_printf(b->module->arena, "%s[%d]", array, (int)index);

    return text == NULL ? refuse(b) : flow_load(b->f, text);
}

/* What a variable holds when the kernel starts. */
static int32_t initial_value(builder *b, const nmodl_symbol *symbol)
{
    mec_text text = MEC_TEXT_INIT;
    nmodl_emitter names = {.module = b->module, .out = &text, .vector = true};
    const char *copy;

    if (symbol->storage == STORE_SYSTEM &&
        (strcmp(symbol->name, "v") == 0 || strcmp(symbol->name, "diam") == 0 ||
         strcmp(symbol->name, "area") == 0)) {
        copy = mec_arena_printf(b->module->arena, "run->%s", symbol->name);
        return copy == NULL ? refuse(b) : flow_load(b->f, copy);
    }
    if (symbol->storage == STORE_SYSTEM || symbol->storage == STORE_GLOBAL) {
        emit_symbol(&names, symbol);
        copy = mec_arena_strdup(b->module->arena, mec_text_string(&text));
        mec_text_clear(&text);
        return copy == NULL ? refuse(b) : flow_name(b->f, copy);
    }
    if (emit_comes_from_ion(symbol)) {
        return load(b, "run->ion", emit_symbol_ref(b->module, symbol));
    }
    if (emit_has_column(symbol)) {
        return load(b, "run->column", symbol->column);
    }
    return flow_number(b->f, "0.0");
}

/* The present value of a slot. */
static int32_t slot_value(builder *b, size_t slot)
{
    if (b->slot[slot] < 0) {
        b->slot[slot] = slot < b->module->variable.n
                            ? initial_value(b, b->module->variable.data[slot])
                            : flow_number(b->f, "0.0");
    }
    return b->slot[slot];
}

static int32_t number(builder *b, const char *text)
{
    const char *real = strpbrk(text, ".eExXpP") != NULL ? "" : ".0";
    const char *copy = mec_arena_printf(b->module->arena,
                                        *text == '-' ? "(%s%s)" : "%s%s", text, real);

    return copy == NULL ? refuse(b) : flow_number(b->f, copy);
}

static int32_t build_symbol(builder *b, nmodl_symbol *symbol)
{
    int32_t slot;

    if (symbol->kind == SYMBOL_CONSTANT) {
        return number(b, symbol->value_text);
    }
    slot = slot_of(b, symbol);
    return slot < 0 ? refuse(b) : slot_value(b, (size_t)slot);
}

static void assign(builder *b, nmodl_symbol *symbol, int32_t value)
{
    int32_t slot = slot_of(b, symbol);

    if (slot < 0) {
        (void)refuse(b);
        return;
    }
    b->slot[slot] = flow_number_of(b->f, value);
}

/* ---- Expressions ---- */

static int32_t operand(builder *b, const nmodl_expr *expr)
{
    return flow_number_of(b->f, build_expr(b, expr));
}

/* The value of a constant divisor: a number, perhaps negated. */
static bool is_constant(const flow *f, int32_t index, double *value)
{
    const flow_value *at = flow_at(f, index);

    if (at->op == FLOW_NEGATE && is_constant(f, at->arg[0], value)) {
        *value = -*value;
        return true;
    }
    *value = at->high;
    return at->op == FLOW_NUMBER;
}

static signed_value take_sign(flow *f, int32_t index);

/* a + b or a - b, with the signs taken apart. */
static signed_value signed_sum(flow *f, int32_t a, int32_t b, bool subtract)
{
    signed_value l = take_sign(f, a), r = take_sign(f, b);

    r.minus = r.minus != subtract;
    if (l.minus == r.minus) {
        return (signed_value){flow_binary(f, FLOW_ADD, l.value, r.value), l.minus};
    }
    if (l.value > r.value) {
        return (signed_value){flow_binary(f, FLOW_SUBTRACT, l.value, r.value), l.minus};
    }
    return (signed_value){flow_binary(f, FLOW_SUBTRACT, r.value, l.value), r.minus};
}

/* x/c takes two operations where they are proven to give the quotient but for the sign of
 * a zero. */
static signed_value signed_quotient(flow *f, int32_t a, int32_t b)
{
    signed_value l = take_sign(f, a), r;
    double value, high, low;

    if (!f->free && l.value >= 0 && flow_at(f, l.value)->varies &&
        is_constant(f, b, &value) && nmodl_exact_division(fabs(value), &high, &low)) {
        return (signed_value){flow_divide_by(f, l.value, high, low),
                              l.minus != (signbit(value) != 0)};
    }
    r = take_sign(f, b);
    return (signed_value){flow_binary(f, FLOW_DIVIDE, l.value, r.value),
                          l.minus != r.minus};
}

static signed_value take_sign(flow *f, int32_t index)
{
    signed_value l = {index, false}, r;
    int32_t a, b;

    if (index < 0 || (!flow_at(f, index)->varies &&
                      !(f->free && flow_at(f, index)->op == FLOW_NEGATE))) {
        return l;
    }
    /* Behind exponentials there is little to share, and rates would be computed twice. */
    if (!f->free && flow_at(f, index)->late && flow_at(f, index)->op != FLOW_NEGATE) {
        return l;
    }
    a = flow_at(f, index)->arg[0];
    b = flow_at(f, index)->arg[1];
    switch (flow_at(f, index)->op) {
    case FLOW_NEGATE:
        l = take_sign(f, a);
        l.minus = !l.minus;
        return l;
    case FLOW_ADD:
    case FLOW_SUBTRACT:
        return signed_sum(f, a, b, flow_at(f, index)->op == FLOW_SUBTRACT);
    case FLOW_DIVIDE:
        return signed_quotient(f, a, b);
    case FLOW_MULTIPLY:
        l = take_sign(f, a);
        r = take_sign(f, b);
        return (signed_value){flow_binary(f, FLOW_MULTIPLY, l.value, r.value),
                              l.minus != r.minus};
    default:
        return l;
    }
}

static int32_t build_exp(builder *b, const nmodl_expr *argument)
{
    signed_value x = take_sign(b->f, operand(b, argument));
    int32_t known = b->f->free ? flow_free_exp(b->f, x.value, x.minus) : -1;

    if (known >= 0) {
        return known;
    }
    if (x.minus) {
        x.value = flow_unary(b->f, FLOW_NEGATE, x.value);
    }
    return flow_unary(b->f, FLOW_EXP, x.value);
}

/* a^b. x^2 is x*x, as gcc makes it of the pow() that NEURON's text has. */
static int32_t build_power(builder *b, const nmodl_expr *base,
                           const nmodl_expr *exponent)
{
    int32_t arg[2] = {operand(b, base), -1};

    if (exponent->kind == EXPR_NUMBER && exponent->value == 2.0) {
        return flow_binary(b->f, FLOW_MULTIPLY, arg[0], arg[0]);
    }
    arg[1] = operand(b, exponent);
    return flow_call(b->f, "pow", 2, arg);
}

static const char *const comparison[] = {
    [OP_GREATER] = ">",     [OP_LESS] = "<",   [OP_GREATER_EQUAL] = ">=",
    [OP_LESS_EQUAL] = "<=", [OP_EQUAL] = "==", [OP_NOT_EQUAL] = "!=",
};

static int32_t build_binary(builder *b, const nmodl_expr *expr)
{
    static const flow_op arithmetic[] = {[OP_ADD] = FLOW_ADD,
                                         [OP_SUBTRACT] = FLOW_SUBTRACT,
                                         [OP_MULTIPLY] = FLOW_MULTIPLY,
                                         [OP_DIVIDE] = FLOW_DIVIDE};
    int32_t left, right;

    if (expr->op == OP_POWER) {
        return build_power(b, expr->arg[0], expr->arg[1]);
    }
    if (expr->op == OP_AND || expr->op == OP_OR) {
        left = flow_condition_of(b->f, build_expr(b, expr->arg[0]));
        right = flow_condition_of(b->f, build_expr(b, expr->arg[1]));
        return flow_binary(b->f, expr->op == OP_AND ? FLOW_AND : FLOW_OR, left, right);
    }
    left = operand(b, expr->arg[0]);
    right = operand(b, expr->arg[1]);
    if (expr->op > OP_AND) {
        return flow_compare(b->f, comparison[expr->op], left, right);
    }
    return flow_binary(b->f, arithmetic[expr->op], left, right);
}

static int32_t call_block(builder *b, const nmodl_block *block, int32_t n_arg,
                          const int32_t arg[])
{
    if (block->body == NULL || block->recursive || block->table != NULL) {
        return refuse(b);
    }
    for (int32_t i = 0; i < (int32_t)block->argument.n; i++) {
        assign(b, block->argument.data[i],
               i < n_arg ? arg[i] : flow_number(b->f, "0.0"));
    }
    if (block->result != NULL) {
        assign(b, block->result, flow_number(b->f, "0.0"));
    }
    build_list(b, block->body);
    return block->result != NULL ? build_symbol(b, block->result)
                                 : flow_number(b->f, "0.0");
}

static int32_t build_call(builder *b, const nmodl_expr *expr)
{
    enum { MAX_ARGUMENTS = 16 };
    int32_t arg[MAX_ARGUMENTS];
    const char *name = expr->text;

    if (expr->raw || expr->n_arg > MAX_ARGUMENTS) {
        return refuse(b);
    }
    if (expr->symbol == NULL && strcmp(name, "exp") == 0) {
        return build_exp(b, expr->arg[0]);
    }
    if (expr->symbol == NULL && strcmp(name, "pow") == 0) {
        return build_power(b, expr->arg[0], expr->arg[1]);
    }
    for (int32_t i = 0; i < expr->n_arg; i++) {
        arg[i] = operand(b, expr->arg[i]);
    }
    if (expr->symbol != NULL) {
        return expr->symbol->block == NULL
                   ? refuse(b)
                   : call_block(b, expr->symbol->block, expr->n_arg, arg);
    }
    return flow_call(b->f, strcmp(name, "abs") == 0 ? "fabs" : name, expr->n_arg, arg);
}

static int32_t build_expr(builder *b, const nmodl_expr *expr)
{
    if (b->f->refused) {
        return -1;
    }
    switch (expr->kind) {
    case EXPR_NUMBER:
        return number(b, expr->text);
    case EXPR_NAME:
        return build_symbol(b, expr->symbol);
    case EXPR_NEGATE:
        return flow_unary(b->f, FLOW_NEGATE, operand(b, expr->arg[0]));
    case EXPR_NOT:
        return flow_unary(b->f, FLOW_NOT,
                          flow_condition_of(b->f, build_expr(b, expr->arg[0])));
    case EXPR_BINARY:
        return build_binary(b, expr);
    case EXPR_CALL:
        return build_call(b, expr);
    default:
        return refuse(b);
    }
}

/* ---- Statements ---- */

static void build_if(builder *b, const nmodl_stmt *stmt)
{
    int32_t condition = flow_condition_of(b->f, build_expr(b, stmt->left));
    size_t bytes = b->n_slot * sizeof *b->slot;
    int32_t *before = nmodl_alloc(b->module, 2 * bytes);
    int32_t *then = before == NULL ? NULL : before + b->n_slot;

    if (before == NULL) {
        (void)refuse(b);
        return;
    }
    memcpy(before, b->slot, bytes);
    build_list(b, stmt->body);
    memcpy(then, b->slot, bytes);
    memcpy(b->slot, before, bytes);
    build_list(b, stmt->other);
    for (size_t i = 0; i < b->n_slot && !b->f->refused; i++) {
        if (then[i] == b->slot[i]) {
            continue;
        }
        if (then[i] < 0) {
            int32_t other = b->slot[i];
            b->slot[i] = -1;
            then[i] = slot_value(b, i);
            b->slot[i] = other;
        }
        b->slot[i] = flow_merge(b->f, condition, then[i], slot_value(b, i));
    }
}

static void build_equation(builder *b, const nmodl_stmt *stmt)
{
    size_t n = b->module->state.n;
    int32_t slot;

    if (b->equations == EMIT_EXACT_STEP) {
        if (stmt->fixed_step == NULL) {
            (void)refuse(b);
            return;
        }
        assign(b, stmt->symbol, build_expr(b, stmt->fixed_step));
        return;
    }
    if (stmt->slope == NULL) {
        (void)refuse(b);
        return;
    }
    assign(b, stmt->symbol->prime, build_expr(b, stmt->right));
    slot = slot_of(b, stmt->symbol->prime);
    if (slot >= 0) {
        b->slot[(size_t)slot + n] = operand(b, stmt->slope);
    }
}

static void build_stmt(builder *b, const nmodl_stmt *stmt)
{
    switch (stmt->kind) {
    case STMT_ASSIGN:
        if (stmt->left->kind == EXPR_ELEMENT) {
            (void)refuse(b);
            return;
        }
        assign(b, stmt->left->symbol, build_expr(b, stmt->right));
        break;
    case STMT_EQUATION:
        build_equation(b, stmt);
        break;
    case STMT_CALL:
        (void)build_expr(b, stmt->left);
        break;
    case STMT_IF:
        build_if(b, stmt);
        break;
    case STMT_BLOCK:
        for (size_t i = 0; i < stmt->local.n; i++) {
            assign(b, stmt->local.data[i], flow_number(b->f, "0.0"));
        }
        build_list(b, stmt->body);
        break;
    case STMT_SOLVE: /* in BREAKPOINT it belongs to the state kernel */
        b->f->refused = b->f->refused || stmt->in_place;
        break;
    case STMT_TABLE:
        break;
    default:
        (void)refuse(b);
        break;
    }
}

static void build_list(builder *b, const nmodl_stmt *stmt)
{
    for (; stmt != NULL && !b->f->refused; stmt = stmt->next) {
        build_stmt(b, stmt);
    }
}

/* ---- Kernels ---- */

static void output(builder *b, const char *array, int32_t index, char sign,
                   int32_t value, int32_t also)
{
    const char *text = array;

    if (index >= 0) {
        text = mec_arena_printf(b->module->arena, "%s[%d]", array, (int)index);
    }
    if (text == NULL || value < 0 ||
        !MEC_VEC_PUSH(&b->f->output, ((flow_output){text, sign, value, also}))) {
        b->f->refused = true;
    }
}

static int32_t sum_of_currents(builder *b, int32_t each[])
{
    int32_t sum = -1;

    for (size_t i = 0; i < b->module->current.n; i++) {
        each[i] = build_symbol(b, b->module->current.data[i]);
        sum = i == 0 ? each[i] : flow_binary(b->f, FLOW_ADD, sum, each[i]);
    }
    return sum;
}

enum { MAX_CURRENTS = 32 };

/* dI/dV as NEURON has it: (I(v + .001) - I(v))/.001. */
static int32_t secant(builder *b, int32_t above, int32_t now)
{
    double high = 0, low = 0;
    int32_t difference = flow_binary(b->f, FLOW_SUBTRACT, above, now);

    if (b->f->free) {
        return flow_binary(b->f, FLOW_DIVIDE, difference, flow_number(b->f, ".001"));
    }
    /* A conductance of 0 may lose its sign: it is added to a sum that is not 0. */
    return nmodl_exact_division(.001, &high, &low)
               ? flow_divide_by(b->f, difference, high, low)
               : refuse(b);
}

/* What the current kernel adds to the ions and to the node. */
static void current_outputs(builder *b, const int32_t above[], const int32_t now[],
                            int32_t conductance, int32_t sum)
{
    const nmodl_module *module = b->module;
    bool electrode = module->current.n > 0 && module->current.data[0]->electrode;

    for (size_t i = 0; i < module->current.n && !b->f->refused; i++) {
        const nmodl_symbol *symbol = module->current.data[i];
        if (symbol->ion >= 0) {
            output(b, "run->ion", emit_ion_ref(module, symbol->ion, MEC_ION_DIDV), '+',
                   above[i], now[i]);
            output(b, "run->ion", emit_symbol_ref(module, symbol), '+', now[i], -1);
        }
    }
    output(b, "run->rhs", -1, electrode ? '+' : '-', sum, -1);
    output(b, "run->d", -1, electrode ? '-' : '+', conductance, -1);
}

/* I(v + .001), then I(v); the second leaves the variables as they are to stay. */
static void build_current(builder *b)
{
    int32_t above_each[MAX_CURRENTS], each[MAX_CURRENTS];
    const nmodl_module *module = b->module;
    nmodl_symbol *voltage = nmodl_lookup(module, "v");
    int32_t v, above, sum, conductance;

    if (voltage == NULL || voltage->index < 0 || module->current.n > MAX_CURRENTS) {
        (void)refuse(b);
        return;
    }
    v = flow_load(b->f, "run->v");
    b->slot[voltage->index] = flow_binary(b->f, FLOW_ADD, v, flow_number(b->f, ".001"));
    build_list(b, module->breakpoint->body);
    above = sum_of_currents(b, above_each);
    b->slot[voltage->index] = v;
    build_list(b, module->breakpoint->body);
    sum = sum_of_currents(b, each);
    conductance = b->f->free ? flow_slope(b->f, sum, v) : -1;
    if (conductance < 0) {
        conductance = secant(b, above, sum);
    }
    current_outputs(b, above_each, each, conductance, sum);
}

/* Everything that the kernel stores: what the statements assigned. */
static void build_stores(builder *b, emit_kernel_kind kind)
{
    nmodl_module *module = b->module;
    size_t n = module->variable.n, n_state = module->state.n;
    emit_accesses access = {nmodl_alloc(module, (n + 1) * sizeof(bool)),
                            nmodl_alloc(module, (n + 1) * sizeof(bool))};

    if (access.load == NULL || access.store == NULL) {
        (void)refuse(b);
        return;
    }
    emit_find_access(module, kind, &access);
    for (size_t i = 0; i < n && !b->f->refused; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        if (!access.store[i] || b->slot[i] < 0) {
            continue;
        }
        if (symbol->storage == STORE_ION && symbol->ion_write &&
            symbol->ion_variable != MEC_ION_I) {
            output(b, "run->ion", emit_symbol_ref(module, symbol), '=', b->slot[i], -1);
        }
        if (emit_has_column(symbol)) {
            output(b, "run->column", symbol->column, '=', b->slot[i], -1);
        }
        for (symbol = symbol->copy; symbol != NULL; symbol = symbol->copy) {
            output(b, "run->column", symbol->column, '=', b->slot[i], -1);
        }
    }
    for (size_t i = 0; i < n_state && kind == KERNEL_DERIVATIVE; i++) {
        const nmodl_symbol *state = module->state.data[i];
        output(b, "run->column", state->prime->column, '=', slot_value(b, n + i), -1);
        for (state = state->copy; state != NULL; state = state->copy) {
            output(b, "run->column", state->prime->column, '=', slot_value(b, n + i),
                   -1);
        }
        output(b, "run->column", module->n_column - (int32_t)(n_state - i), '=',
               slot_value(b, n + n_state + i), -1);
    }
}

static void build_flow(flow *f, nmodl_module *module, emit_kernel_kind kind)
{
    const nmodl_block *list[EMIT_MAX_BLOCKS];
    builder b = {.f = f, .module = module};

    b.equations = kind == KERNEL_DERIVATIVE ? EMIT_DERIVATIVE : EMIT_EXACT_STEP;
    b.n_fixed = module->variable.n + 2 * module->state.n;
    b.n_slot = b.n_fixed + MAX_LOCALS;
    b.slot = nmodl_alloc(module, b.n_slot * sizeof *b.slot);
    if (b.slot == NULL || kind == KERNEL_SOLVE ||
        (kind == KERNEL_STATE && emit_halves_dt(module))) {
        f->refused = true;
        return;
    }
    for (size_t i = 0; i < b.n_slot; i++) {
        b.slot[i] = -1;
    }
    if (kind == KERNEL_CURRENT) {
        build_current(&b);
    } else {
        emit_kernel_blocks(module, kind, list);
        for (int i = 0; list[i] != NULL && !f->refused; i++) {
            if (list[i]->kind == BLOCK_PROCEDURE) {
                (void)call_block(&b, list[i], 0, NULL);
            } else {
                build_list(&b, list[i]->body);
            }
        }
    }
    if (!f->refused) {
        build_stores(&b, kind);
    }
}

void flow_build(flow *f, nmodl_module *module, emit_kernel_kind kind, bool free)
{
    flow merged = {.module = module, .merges = true};

    *f = (flow){.module = module, .free = free};
    build_flow(f, module, kind);
    if (free || f->refused) {
        return;
    }
    build_flow(&merged, module, kind);
    if (!merged.refused && flow_cost(&merged) < flow_cost(f)) {
        flow_clear(f);
        *f = merged;
    } else {
        flow_clear(&merged);
    }
}
