/* Equations that are linear in their state: the exact step, and the slope for the implicit
 * solver.
 *
 * Every bit depends on the order of the operations, so the trees made here have exactly
 * the shape that nocmodl's text has: x' = f is split into f = A x + B, and the step is
 * x = x + (1. - exp(dt*(A)))*(- (B)/(A) - x); where A is 0: x = x - dt*(- (B)). The
 * slope df/dx is derived term by term, with the products spelled out. Method: nocmodl's
 * rules (NEURON 8.2.7, known from its output). */

#include "nmodl_priv.h"

#include <string.h>

/* What is known of a sub-expression e: NULL stands for 0. */
typedef struct split {
    nmodl_expr *expr;  /* e itself */
    nmodl_expr *slope; /* de/dx */
    nmodl_expr *a, *b; /* e = a x + b */
    bool no_slope;     /* x stands where no derivative is taken */
    bool not_linear;
} split;

typedef struct splitter {
    nmodl_module *module;
    const nmodl_symbol *state;
} splitter;

static split split_expr(splitter *s, nmodl_expr *expr);

static bool mentions(const nmodl_expr *expr, const nmodl_symbol *state)
{
    if (expr->symbol == state &&
        (expr->kind == EXPR_NAME || expr->kind == EXPR_ELEMENT)) {
        return true;
    }
    for (int32_t i = 0; i < expr->n_arg; i++) {
        if (mentions(expr->arg[i], state)) {
            return true;
        }
    }
    return false;
}

static nmodl_expr *plus(splitter *s, nmodl_expr *left, nmodl_expr *right)
{
    if (left == NULL || right == NULL) {
        return left == NULL ? right : left;
    }
    return nmodl_binary(s->module, OP_ADD, left, right);
}

static nmodl_expr *minus(splitter *s, nmodl_expr *left, nmodl_expr *right)
{
    if (right == NULL) {
        return left;
    }
    return left == NULL ? nmodl_negate(s->module, right)
                        : nmodl_binary(s->module, OP_SUBTRACT, left, right);
}

static nmodl_expr *times(splitter *s, nmodl_expr *left, nmodl_expr *right)
{
    return left == NULL || right == NULL
               ? NULL
               : nmodl_binary(s->module, OP_MULTIPLY, left, right);
}

static split split_product(splitter *s, nmodl_expr *expr, split l, split r)
{
    split out = {expr, NULL, NULL, NULL, false, false};

    out.slope = plus(s, times(s, l.slope, r.expr), times(s, l.expr, r.slope));
    if (l.a != NULL && r.a != NULL) {
        out.not_linear = true;
    } else {
        out.a = l.a != NULL ? times(s, l.a, r.b) : times(s, l.b, r.a);
    }
    out.b = times(s, l.b, r.b);
    return out;
}

static split split_quotient(splitter *s, nmodl_expr *expr, split l, split r)
{
    split out = {expr, NULL, NULL, NULL, false, false};

    if (r.slope != NULL) {
        out.no_slope = true;
    } else if (l.slope != NULL) {
        out.slope = nmodl_binary(s->module, OP_DIVIDE, l.slope, r.expr);
    }
    if (r.a != NULL) {
        out.not_linear = true;
    } else if (l.a != NULL) {
        out.a = nmodl_binary(s->module, OP_DIVIDE, l.a, r.expr);
    }
    if (l.b != NULL) {
        out.b = nmodl_binary(s->module, OP_DIVIDE, l.b, r.expr);
    }
    return out;
}

static split split_binary(splitter *s, nmodl_expr *expr)
{
    split l = split_expr(s, expr->arg[0]);
    split r = split_expr(s, expr->arg[1]);
    split out = {expr, NULL, NULL, expr, false, false};

    switch (expr->op) {
    case OP_ADD:
        out.slope = plus(s, l.slope, r.slope);
        out.a = plus(s, l.a, r.a);
        out.b = plus(s, l.b, r.b);
        break;
    case OP_SUBTRACT:
        out.slope = minus(s, l.slope, r.slope);
        out.a = minus(s, l.a, r.a);
        out.b = minus(s, l.b, r.b);
        break;
    case OP_MULTIPLY:
        out = split_product(s, expr, l, r);
        break;
    case OP_DIVIDE:
        out = split_quotient(s, expr, l, r);
        break;
    default:
        /* nocmodl stops here with an internal error; a state-free power is a constant. */
        out.no_slope = out.not_linear = mentions(expr, s->state);
        break;
    }
    out.no_slope = out.no_slope || l.no_slope || r.no_slope;
    out.not_linear = out.not_linear || l.not_linear || r.not_linear;
    return out;
}

static split split_expr(splitter *s, nmodl_expr *expr)
{
    split out = {expr, NULL, NULL, expr, false, false};

    switch (expr->kind) {
    case EXPR_NAME:
    case EXPR_ELEMENT:
        if (expr->symbol == s->state) {
            out.slope = out.a = nmodl_number(s->module, "1.0", expr->offset);
            out.b = NULL;
        }
        break;
    case EXPR_NEGATE:
        out = split_expr(s, expr->arg[0]);
        out.expr = expr;
        out.slope = nmodl_negate(s->module, out.slope);
        out.a = nmodl_negate(s->module, out.a);
        out.b = nmodl_negate(s->module, out.b);
        break;
    case EXPR_BINARY:
        out = split_binary(s, expr);
        break;
    default:
        out.no_slope = out.not_linear = mentions(expr, s->state);
        break;
    }
    return out;
}

static nmodl_expr *name_of(nmodl_module *module, nmodl_symbol *symbol, size_t offset)
{
    nmodl_expr *expr = nmodl_expr_new(module, EXPR_NAME, offset, 0);

    if (expr != NULL) {
        expr->text = symbol->name;
        expr->symbol = symbol;
    }
    return expr;
}

static nmodl_expr *exp_of(nmodl_module *module, nmodl_expr *argument)
{
    nmodl_expr *expr = argument == NULL
                           ? NULL
                           : nmodl_expr_new(module, EXPR_CALL, argument->offset, 1);

    if (expr != NULL) {
        expr->text = "exp";
        expr->arg[0] = argument;
    }
    return expr;
}

/* The new value of x after dt. A zero or missing part follows nocmodl: B = 0 is written
 * out as 0.0; where f is no linear function but has a slope, B/A is left out. */
static nmodl_expr *exact_step(nmodl_module *module, nmodl_stmt *stmt, split f)
{
    size_t offset = stmt->offset;
    nmodl_expr *x = name_of(module, stmt->symbol, offset);
    nmodl_expr *dt = name_of(module, nmodl_lookup(module, "dt"), offset);
    nmodl_expr *one = nmodl_number(module, "1.0", offset);
    nmodl_expr *b = f.b != NULL ? f.b : nmodl_number(module, "0.0", offset);
    nmodl_expr *target, *factor;

    if (f.slope == NULL) {
        return nmodl_binary(
            module, OP_SUBTRACT, x,
            nmodl_binary(module, OP_MULTIPLY, dt, nmodl_negate(module, b)));
    }
    if (f.not_linear) {
        target = nmodl_negate(module, x);
    } else {
        target = nmodl_binary(
            module, OP_SUBTRACT,
            nmodl_binary(module, OP_DIVIDE, nmodl_negate(module, b),
                         f.a == NULL ? nmodl_number(module, "0.0", offset) : f.a),
            x);
    }
    factor =
        nmodl_binary(module, OP_SUBTRACT, one,
                     exp_of(module, nmodl_binary(module, OP_MULTIPLY, dt, f.slope)));
    return nmodl_binary(module, OP_ADD, x,
                        nmodl_binary(module, OP_MULTIPLY, factor, target));
}

/* A copy of an expression with the state moved by .001. */
static nmodl_expr *shifted(nmodl_module *module, const nmodl_expr *expr,
                           const nmodl_symbol *state)
{
    nmodl_expr *copy = nmodl_expr_new(module, expr->kind, expr->offset, expr->n_arg);

    if (copy == NULL) {
        return NULL;
    }
    if (expr->kind == EXPR_NAME && expr->symbol == state) {
        return nmodl_binary(module, OP_ADD, name_of(module, expr->symbol, expr->offset),
                            nmodl_number(module, ".001", expr->offset));
    }
    copy->op = expr->op;
    copy->text = expr->text;
    copy->value = expr->value;
    copy->symbol = expr->symbol;
    copy->raw = expr->raw;
    for (int32_t i = 0; i < expr->n_arg; i++) {
        copy->arg[i] = shifted(module, expr->arg[i], state);
        if (copy->arg[i] == NULL) {
            return NULL;
        }
    }
    return copy;
}

/* Where no derivative can be written down: (f(x + .001) - f(x)) / .001. */
static nmodl_expr *secant(nmodl_module *module, nmodl_stmt *stmt)
{
    return nmodl_binary(module, OP_DIVIDE,
                        nmodl_binary(module, OP_SUBTRACT,
                                     shifted(module, stmt->right, stmt->symbol),
                                     stmt->right),
                        nmodl_number(module, ".001", stmt->offset));
}

/* False if an equation has no exact step. */
static bool solve_list(nmodl_module *module, nmodl_stmt *stmt)
{
    bool all = true;

    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_EQUATION && stmt->symbol != NULL) {
            splitter s = {module, stmt->symbol};
            split f = split_expr(&s, stmt->right);
            if (f.no_slope) {
                stmt->slope = secant(module, stmt);
                all = false;
            } else {
                stmt->slope = f.slope != NULL
                                  ? f.slope
                                  : nmodl_number(module, "0.0", stmt->offset);
                stmt->fixed_step = exact_step(module, stmt, f);
                stmt->decays_to_zero = f.not_linear && f.slope != NULL;
            }
        }
        all = solve_list(module, stmt->body) && all;
        all = solve_list(module, stmt->other) && all;
    }
    return all;
}

/* What cnexp becomes where an equation has no exact step. */
static void fall_back(nmodl_module *module, nmodl_block *block)
{
    nmodl_warn(module, block->offset,
               "an equation of \"%s\" is not linear in its state: derivimplicit is "
               "used instead of cnexp, as NEURON does",
               block->name);
    block->method = "derivimplicit";
    for (size_t i = 0; i < module->solve.n; i++) {
        if (module->solve.data[i] == block) {
            module->method.data[i] = block->method;
        }
    }
}

static void warn_of_decays(nmodl_module *module, const nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_EQUATION && stmt->decays_to_zero) {
            nmodl_warn(
                module, stmt->offset,
                "cnexp takes %s' for an exponential approach to 0, as NEURON does, "
                "for its right side is not linear in %s (derivimplicit solves it)",
                stmt->symbol->name, stmt->symbol->name);
        }
        warn_of_decays(module, stmt->body);
        warn_of_decays(module, stmt->other);
    }
}

void nmodl_pass_cnexp(nmodl_module *module)
{
    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        bool asked = block->method != NULL && strcmp(block->method, "cnexp") == 0;
        if (block->kind != BLOCK_DERIVATIVE || block->body == NULL) {
            continue;
        }
        block->cnexp = solve_list(module, block->body) && asked;
        if (asked && !block->cnexp) {
            fall_back(module, block);
        } else if (asked) {
            warn_of_decays(module, block->body);
        }
    }
}
