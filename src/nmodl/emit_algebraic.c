/* LINEAR and NONLINEAR blocks.
 *
 * LINEAR: each "~" adds its terms to one row of a matrix, which mec_simeq() solves.
 * NONLINEAR: F(equations_B) gives right - left of every equation, mec_newton_run() finds
 * the root. Equations are counted while they run, for loops make them, too. */

#include "emit_priv.h"

void emit_term(nmodl_emitter *emitter, const nmodl_symbol *symbol,
               const nmodl_expr *index)
{
    emit_symbol(emitter, symbol);
    if (index != NULL) {
        mec_text_add_char(emitter->out, '[');
        emit_index(emitter, index);
        mec_text_add_char(emitter->out, ']');
    }
}

/* The state in a term, if it is one that the block solves for. */
static const nmodl_expr *find_unknown(const nmodl_emitter *emitter,
                                      const nmodl_expr *expr)
{
    const nmodl_expr *found = NULL;

    if ((expr->kind == EXPR_NAME || expr->kind == EXPR_ELEMENT) &&
        nmodl_place(&emitter->block->unknown, expr->symbol) >= 0) {
        return expr;
    }
    for (int32_t i = 0; i < expr->n_arg && found == NULL; i++) {
        found = find_unknown(emitter, expr->arg[i]);
    }
    return found;
}

/* The term with 1.0 in place of the state. */
static void emit_coefficient(nmodl_emitter *emitter, const nmodl_expr *expr,
                             const nmodl_expr *state)
{
    if (expr == state) {
        mec_text_add(emitter->out, "1.0");
        return;
    }
    if (expr->kind != EXPR_BINARY || expr->inner ||
        (expr->op != OP_MULTIPLY && expr->op != OP_DIVIDE)) {
        emit_expr(emitter, expr, EMIT_DOUBLE);
        return;
    }
    mec_text_add_char(emitter->out, '(');
    emit_coefficient(emitter, expr->arg[0], state);
    mec_text_add(emitter->out, expr->op == OP_MULTIPLY ? " * " : " / ");
    emit_coefficient(emitter, expr->arg[1], state);
    mec_text_add_char(emitter->out, ')');
}

/* One term of a linear equation: into the row, or onto the right side. */
static void emit_linear_term(nmodl_emitter *emitter, const nmodl_expr *expr, int sign)
{
    const nmodl_expr *state = find_unknown(emitter, expr);
    int n = (int)nmodl_count(&emitter->block->unknown);

    emit_indent(emitter);
    mec_text_printf(emitter->out, "coef[count * %d + ", n + 1);
    if (state == NULL) {
        mec_text_printf(emitter->out, "%d", n);
        sign = -sign;
    } else {
        mec_text_printf(emitter->out, "%d",
                        (int)nmodl_place(&emitter->block->unknown, state->symbol));
        if (state->kind == EXPR_ELEMENT) {
            mec_text_add(emitter->out, " + ");
            emit_index(emitter, state->arg[0]);
        }
    }
    mec_text_add(emitter->out, sign > 0 ? "] += " : "] -= ");
    emit_coefficient(emitter, expr, state);
    mec_text_add(emitter->out, ";\n");
}

static bool is_sum(const nmodl_expr *expr)
{
    return expr->kind == EXPR_BINARY && !expr->inner &&
           (expr->op == OP_ADD || expr->op == OP_SUBTRACT);
}

/* From left to right. */
static void emit_linear_side(nmodl_emitter *emitter, const nmodl_expr *expr, int sign)
{
    if (is_sum(expr)) {
        emit_linear_side(emitter, expr->arg[0], sign);
        emit_linear_side(emitter, expr->arg[1], expr->op == OP_ADD ? sign : -sign);
    } else if (expr->kind == EXPR_NEGATE && !expr->inner) {
        emit_linear_side(emitter, expr->arg[0], -sign);
    } else {
        emit_linear_term(emitter, expr, sign);
    }
}

/* -(left) + right; the text of the right side continues that sum, so its first term is
 * added first. */
static void emit_difference(nmodl_emitter *emitter, const nmodl_expr *left,
                            const nmodl_expr *right)
{
    mec_text_add_char(emitter->out, '(');
    if (is_sum(right)) {
        emit_difference(emitter, left, right->arg[0]);
        mec_text_add(emitter->out, right->op == OP_ADD ? " + " : " - ");
        emit_expr(emitter, right->arg[1], EMIT_DOUBLE);
    } else {
        mec_text_add(emitter->out, "-");
        emit_expr(emitter, left, EMIT_DOUBLE);
        mec_text_add(emitter->out, " + ");
        emit_expr(emitter, right, EMIT_DOUBLE);
    }
    mec_text_add_char(emitter->out, ')');
}

void emit_algebraic(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    int n = (int)nmodl_count(&emitter->block->unknown);

    if (!stmt->continues) {
        emit_line(emitter, "if (++count >= %d) {", n);
        emit_line(emitter, "    return 1;");
        emit_line(emitter, "}");
    }
    if (emitter->block->kind == BLOCK_LINEAR) {
        emit_linear_side(emitter, stmt->left, -1);
        emit_linear_side(emitter, stmt->right, 1);
        return;
    }
    emit_indent(emitter);
    mec_text_add(emitter->out,
                 stmt->continues ? "value[count] += " : "value[count] = ");
    emit_difference(emitter, stmt->left, stmt->right);
    mec_text_add(emitter->out, ";\n");
}

/* `equations` returns 1 where their number is not that of the states. */
static void emit_equations_of(nmodl_emitter *emitter, const nmodl_block *block,
                              const char *result)
{
    mec_text_printf(emitter->out,
                    "static int F(equations_%s)(void *arg, double *%s)\n{\n"
                    "    const mec_step *step = arg;\n    inst *_p = step->_p;\n"
                    "    const mec_uniform *_nt = step->_nt;\n    int count = -1;\n"
                    "    (void)_nt;\n",
                    block->name, result);
    emitter->indent = 1;
    emit_statements(emitter, block->body);
    emit_line(emitter, "return count != %d;", (int)nmodl_count(&block->unknown) - 1);
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

static void emit_linear_step(nmodl_emitter *emitter, const nmodl_block *block, int n)
{
    mec_text_printf(emitter->out,
                    "    double coef[%d] = {0};\n    int order[%d];\n"
                    "    mec_step step = {_p, _nt, 0};\n\n"
                    "    return F(equations_%s)(&step, coef) != 0 ||\n"
                    "           mec_simeq(%d, coef, order, x) != 0;\n}\n\n",
                    n * (n + 1), n, block->name, n);
}

static void emit_nonlinear_step(nmodl_emitter *emitter, const nmodl_block *block, int n)
{
    mec_text_printf(emitter->out,
                    "    double value[%d], delta[%d], high[%d], biggest[%d], "
                    "matrix[%d];\n    int order[%d];\n"
                    "    mec_step step = {_p, _nt, 0};\n"
                    "    mec_newton newton = {%d, x, F(equations_%s), &step, value, "
                    "delta, high, biggest, matrix, order};\n\n"
                    "    return mec_newton_run(&newton);\n}\n\n",
                    n, n, n, n, n * n, n, n, block->name);
}

void emit_algebraic_block(nmodl_emitter *emitter, const nmodl_block *block)
{
    bool linear = block->kind == BLOCK_LINEAR;
    int n = (int)nmodl_count(&block->unknown);

    emit_equations_of(emitter, block, linear ? "coef" : "value");
    mec_text_printf(emitter->out,
                    "static int F(step_%s)(inst *_p, const mec_uniform *_nt)\n{\n",
                    block->name);
    emit_pointers(emitter, block, false);
    if (linear) {
        emit_linear_step(emitter, block, n);
    } else {
        emit_nonlinear_step(emitter, block, n);
    }
}
