/* Expressions to C. Every operation is parenthesised, so the C compiler sees the tree of
 * the .mod text and nothing is reordered. */

#include "emit_priv.h"

#include <string.h>

bool emit_varies(const nmodl_emitter *emitter, const nmodl_expr *expr)
{
    if (!emitter->vector) {
        return false;
    }
    if (expr->kind == EXPR_CALL && expr->symbol != NULL) {
        return expr->symbol->block->result != NULL &&
               expr->symbol->block->result->varying;
    }
    if ((expr->kind == EXPR_NAME || expr->kind == EXPR_ELEMENT) &&
        expr->symbol->varying) {
        return true;
    }
    for (int32_t i = 0; i < expr->n_arg; i++) {
        if (emit_varies(emitter, expr->arg[i])) {
            return true;
        }
    }
    return false;
}

emit_type emit_type_of(const nmodl_emitter *emitter, const nmodl_symbol *symbol)
{
    return emitter->vector && symbol->varying ? EMIT_VECTOR : EMIT_DOUBLE;
}

const char *emit_type_name(emit_type type)
{
    return type == EMIT_VECTOR ? "vd" : "double";
}

static bool is_condition(const nmodl_expr *expr)
{
    return expr->kind == EXPR_NOT || (expr->kind == EXPR_BINARY && expr->op >= OP_OR);
}

static emit_type natural_type(const nmodl_emitter *emitter, const nmodl_expr *expr)
{
    bool varies = emit_varies(emitter, expr);

    if (is_condition(expr)) {
        return varies ? EMIT_MASK : EMIT_BOOL;
    }
    return varies ? EMIT_VECTOR : EMIT_DOUBLE;
}

static void emit_number(nmodl_emitter *emitter, const char *text)
{
    bool real = strpbrk(text, ".eExXpP") != NULL;

    mec_text_printf(emitter->out, *text == '-' ? "(%s%s)" : "%s%s", text,
                    real ? "" : ".0");
}

void emit_symbol(nmodl_emitter *emitter, const nmodl_symbol *symbol)
{
    mec_text *out = emitter->out;

    switch (symbol->kind) {
    case SYMBOL_CONSTANT:
        emit_number(emitter, symbol->value_text);
        return;
    case SYMBOL_LOCAL:
        mec_text_printf(out, symbol->c_text != NULL ? "%s" : "_l%s",
                        symbol->c_text != NULL ? symbol->c_text : symbol->name);
        return;
    case SYMBOL_RAW:
        mec_text_add(out, symbol->name);
        return;
    case SYMBOL_INDEX:
        mec_text_printf(out, "_l%s", symbol->name);
        return;
    case SYMBOL_PRIME:
        mec_text_printf(out, "_p->c_%s", symbol->name);
        return;
    case SYMBOL_EXTERNAL:
        mec_text_printf(out, "%s_nt->run->external[%d]%s", symbol->is_array ? "" : "(*",
                        (int)symbol->column, symbol->is_array ? "" : ")");
        return;
    case SYMBOL_POINTER:
        mec_text_printf(out, "(*(double *)_p->pointer[%d])", (int)symbol->column);
        return;
    default:
        break;
    }
    if (symbol->storage == STORE_SYSTEM) {
        bool shared = strcmp(symbol->name, "v") != 0 &&
                      strcmp(symbol->name, "diam") != 0 &&
                      strcmp(symbol->name, "area") != 0;
        mec_text_printf(out, shared ? "_nt->_%s" : "_p->c_%s", symbol->name);
    } else if (symbol->storage == STORE_GLOBAL && symbol->is_array) {
        mec_text_printf(out, "(_nt->global + %d)", (int)symbol->column);
    } else if (symbol->storage == STORE_GLOBAL &&
               (symbol->written || symbol->in_verbatim)) {
        mec_text_printf(out, "_nt->global[%d]", (int)symbol->column);
    } else if (symbol->storage == STORE_GLOBAL) {
        mec_text_printf(out, "_nt->g_%s", symbol->name);
    } else {
        mec_text_printf(out, "_p->c_%s", symbol->name);
    }
}

static const char *const operator_text[] = {
    [OP_ADD] = "+",         [OP_SUBTRACT] = "-",
    [OP_MULTIPLY] = "*",    [OP_DIVIDE] = "/",
    [OP_POWER] = "^",       [OP_OR] = "||",
    [OP_AND] = "&&",        [OP_GREATER] = ">",
    [OP_LESS] = "<",        [OP_GREATER_EQUAL] = ">=",
    [OP_LESS_EQUAL] = "<=", [OP_EQUAL] = "==",
    [OP_NOT_EQUAL] = "!=",
};

static void emit_two(nmodl_emitter *emitter, const nmodl_expr *expr, const char *text,
                     emit_type operand)
{
    mec_text_add_char(emitter->out, '(');
    emit_expr(emitter, expr->arg[0], operand);
    mec_text_printf(emitter->out, " %s ", text);
    emit_expr(emitter, expr->arg[1], operand);
    mec_text_add_char(emitter->out, ')');
}

/* a^b. x^2 is x*x, as gcc makes it of the pow() that NEURON's text has. */
static void emit_power(nmodl_emitter *emitter, const nmodl_expr *base,
                       const nmodl_expr *exponent, emit_type type)
{
    bool square = exponent->kind == EXPR_NUMBER && exponent->value == 2.0;

    if (type == EMIT_VECTOR && square) {
        mec_text_add(emitter->out, "vsquare(");
        emit_expr(emitter, base, EMIT_VECTOR);
    } else {
        mec_text_add(emitter->out,
                     type == EMIT_VECTOR ? "MEC_JOIN(mec_pow, MEC_W)(" : "pow(");
        emit_expr(emitter, base, type);
        mec_text_add(emitter->out, ", ");
        emit_expr(emitter, exponent, type);
    }
    mec_text_add_char(emitter->out, ')');
}

/* The value of a constant divisor: a number, perhaps negated. */
static bool constant_value(const nmodl_expr *expr, double *value)
{
    if (expr->kind == EXPR_NUMBER) {
        *value = expr->value;
        return true;
    }
    if (expr->kind == EXPR_NEGATE && constant_value(expr->arg[0], value)) {
        *value = -*value;
        return true;
    }
    return false;
}

/* x/c in vector code: two operations where they are proven to give the quotient. They
 * give 0 instead of -0, so only where that cannot matter: in the argument of exp. */
static bool emit_exact_division(nmodl_emitter *emitter, const nmodl_expr *expr)
{
    double value, high, low;

    if (!emitter->in_exp || expr->op != OP_DIVIDE ||
        !constant_value(expr->arg[1], &value) ||
        !nmodl_exact_division(value, &high, &low)) {
        return false;
    }
    mec_text_add(emitter->out, "vdivide(");
    emit_expr(emitter, expr->arg[0], EMIT_VECTOR);
    mec_text_printf(emitter->out, ", %a, %a)", high, low);
    return true;
}

static void emit_binary(nmodl_emitter *emitter, const nmodl_expr *expr, emit_type type)
{
    emit_type value =
        type == EMIT_MASK || type == EMIT_VECTOR ? EMIT_VECTOR : EMIT_DOUBLE;

    if (expr->op == OP_POWER) {
        emit_power(emitter, expr->arg[0], expr->arg[1], type);
    } else if (expr->op == OP_AND || expr->op == OP_OR) {
        if (type == EMIT_MASK) {
            emit_two(emitter, expr, expr->op == OP_AND ? "&" : "|", EMIT_MASK);
        } else {
            emit_two(emitter, expr, operator_text[expr->op], EMIT_BOOL);
        }
    } else if (type == EMIT_VECTOR && emit_exact_division(emitter, expr)) {
        return;
    } else {
        emit_two(emitter, expr, operator_text[expr->op], value);
    }
}

static void emit_own_call(nmodl_emitter *emitter, const nmodl_expr *expr)
{
    const nmodl_block *block = expr->symbol->block;
    mec_text *out = emitter->out;
    bool outer = emitter->in_exp;

    emitter->in_exp = false;

    mec_text_printf(out, "F(%s)(_p, _nt", block->name);
    if (emitter->vector && expr->symbol->varying) {
        mec_text_printf(out, ", %s", emitter->mask == NULL ? "TRUE_()" : emitter->mask);
    }
    for (int32_t i = 0; i < expr->n_arg && i < (int32_t)block->argument.n; i++) {
        mec_text_add(out, ", ");
        emit_expr(emitter, expr->arg[i],
                  emit_type_of(emitter, block->argument.data[i]));
    }
    emitter->in_exp = outer;
    mec_text_add_char(out, ')');
}

static void emit_builtin(nmodl_emitter *emitter, const nmodl_expr *expr, emit_type type)
{
    const char *name = expr->text;
    mec_text *out = emitter->out;
    bool outer = emitter->in_exp;

    if (expr->raw && emit_host_call(emitter, expr)) {
        return;
    }
    if (strcmp(name, "pow") == 0) {
        emit_power(emitter, expr->arg[0], expr->arg[1], type);
        return;
    }
    if (strcmp(name, "abs") == 0 && !expr->raw) {
        name = "fabs";
    }
    if (strcmp(name, "exp") == 0) {
        mec_text_add(out, type == EMIT_VECTOR ? "vexp(" : "mec_exp1(");
    } else if (type == EMIT_VECTOR && strcmp(name, "fabs") == 0) {
        mec_text_add(out, "vabs(");
    } else if (type == EMIT_VECTOR) {
        mec_text_printf(out, "MEC_JOIN(mec_%s, MEC_W)(", name);
    } else {
        mec_text_printf(out, "%s(", name);
    }
    emitter->in_exp = strcmp(name, "exp") == 0;
    for (int32_t i = 0; i < expr->n_arg; i++) {
        mec_text_add(out, i > 0 ? ", " : "");
        emit_expr(emitter, expr->arg[i], type);
    }
    emitter->in_exp = outer;
    mec_text_add_char(out, ')');
}

/* The expression in its natural type. */
static void emit_natural(nmodl_emitter *emitter, const nmodl_expr *expr, emit_type type)
{
    mec_text *out = emitter->out;

    switch (expr->kind) {
    case EXPR_NUMBER:
        emit_number(emitter, expr->text);
        break;
    case EXPR_NAME:
        if (expr->symbol->kind == SYMBOL_INDEX) {
            mec_text_add(out, "(double)");
        }
        emit_symbol(emitter, expr->symbol);
        break;
    case EXPR_ELEMENT:
        emit_symbol(emitter, expr->symbol);
        mec_text_add_char(out, '[');
        emit_index(emitter, expr->arg[0]);
        mec_text_add_char(out, ']');
        break;
    case EXPR_NEGATE:
        mec_text_add(out, "(-");
        emit_expr(emitter, expr->arg[0], type);
        mec_text_add_char(out, ')');
        break;
    case EXPR_NOT:
        mec_text_add(out, type == EMIT_MASK ? "(~" : "(!");
        emit_expr(emitter, expr->arg[0], type);
        mec_text_add_char(out, ')');
        break;
    case EXPR_BINARY:
        emit_binary(emitter, expr, type);
        break;
    case EXPR_CALL:
        if (expr->symbol != NULL) {
            emit_own_call(emitter, expr);
        } else {
            emit_builtin(emitter, expr, type);
        }
        break;
    case EXPR_STRING:
        mec_text_printf(out, "\"%s\"", expr->text);
        break;
    case EXPR_ABSENT:
        break;
    }
}

/* Prefix and suffix that turn one type into another. */
static const char *const conversion[4][4][2] = {
    [EMIT_DOUBLE] = {[EMIT_VECTOR] = {"S(", ")"},
                     [EMIT_BOOL] = {"(", " != 0.)"},
                     [EMIT_MASK] = {"(S(", ") != S(0.))"}},
    [EMIT_VECTOR] = {[EMIT_MASK] = {"(", " != S(0.))"}},
    [EMIT_BOOL] = {[EMIT_DOUBLE] = {"(double)", ""},
                   [EMIT_VECTOR] = {"S((double)", ")"},
                   [EMIT_MASK] = {"(S((double)", ") != S(0.))"}},
    [EMIT_MASK] = {[EMIT_VECTOR] = {"NUMBER(", ")"}},
};

/* Can the expression be computed with integers, as NEURON does where it stands for one? */
static bool is_integral(const nmodl_expr *expr)
{
    if (expr->kind == EXPR_NUMBER) {
        return strpbrk(expr->text, ".eExXpP") == NULL;
    }
    if (expr->kind == EXPR_BINARY) {
        return expr->op <= OP_DIVIDE && is_integral(expr->arg[0]) &&
               is_integral(expr->arg[1]);
    }
    return expr->kind == EXPR_NAME;
}

void emit_index(nmodl_emitter *emitter, const nmodl_expr *expr)
{
    bool index = expr->symbol != NULL && expr->symbol->kind == SYMBOL_INDEX;

    if (expr->kind == EXPR_NUMBER && is_integral(expr)) {
        mec_text_add(emitter->out, expr->text);
    } else if (expr->kind == EXPR_NAME && index) {
        emit_symbol(emitter, expr->symbol);
    } else if (expr->kind == EXPR_BINARY && is_integral(expr)) {
        mec_text_add_char(emitter->out, '(');
        emit_index(emitter, expr->arg[0]);
        mec_text_printf(emitter->out, " %s ", operator_text[expr->op]);
        emit_index(emitter, expr->arg[1]);
        mec_text_add_char(emitter->out, ')');
    } else {
        mec_text_add(emitter->out, "(int)(");
        emit_expr(emitter, expr, EMIT_DOUBLE);
        mec_text_add_char(emitter->out, ')');
    }
}

void emit_expr(nmodl_emitter *emitter, const nmodl_expr *expr, emit_type type)
{
    emit_type natural = natural_type(emitter, expr);
    const char *const *convert = conversion[natural][type];

    mec_text_add(emitter->out, convert[0] == NULL ? "" : convert[0]);
    emit_natural(emitter, expr, natural);
    mec_text_add(emitter->out, convert[1] == NULL ? "" : convert[1]);
}
