/* KINETIC blocks, one instance at a time: F(reactions_B) adds up fluxes, their slopes and
 * volumes; F(step_B), F(slope_B) and F(solve_B) are the fixed step, the derivative and
 * the linear solve of the variable step. */

#include "emit_priv.h"

#include <string.h>

/* More unknowns than this and their matrix is too large for the stack. */
enum { EMIT_MAX_STACK = 100 };

static int n_unknown(const nmodl_emitter *emitter)
{
    return (int)nmodl_count(&emitter->block->unknown);
}

/* The term's first equation, or -1 if it is nothing to solve for. */
static int row_of(const nmodl_emitter *emitter, const nmodl_term *term)
{
    return (int)nmodl_place(&emitter->block->unknown, term->symbol);
}

/* The number of the term's equation, in C. */
static void emit_row(nmodl_emitter *emitter, const nmodl_term *term)
{
    mec_text_printf(emitter->out, "%d", row_of(emitter, term));
    if (term->index != NULL) {
        mec_text_add(emitter->out, " + ");
        emit_index(emitter, term->index);
    }
}

/* Equations that CONSERVE replaces in a step get nothing from reactions. */
static const char *guard(const nmodl_emitter *emitter, int row)
{
    return row < emitter->block->n_fixed ? "if (!scheme->conserve) " : "";
}

/* rate * states. The rate is a text to NEURON: of a sum without parentheses only the last
 * term is multiplied. */
static void emit_rate_product(nmodl_emitter *emitter, const nmodl_expr *rate,
                              const char *product)
{
    bool sum = rate->kind == EXPR_BINARY && !rate->inner && rate->op != OP_MULTIPLY &&
               rate->op != OP_DIVIDE && rate->op != OP_POWER;

    if (*product != '\0' && sum) {
        static const char *const text[] = {
            [OP_ADD] = "+",
            [OP_SUBTRACT] = "-",
            [OP_OR] = "||",
            [OP_AND] = "&&",
            [OP_GREATER] = ">",
            [OP_LESS] = "<",
            [OP_GREATER_EQUAL] = ">=",
            [OP_LESS_EQUAL] = "<=",
            [OP_EQUAL] = "==",
            [OP_NOT_EQUAL] = "!=",
        };
        emit_expr(emitter, rate->arg[0], EMIT_DOUBLE);
        mec_text_printf(emitter->out, " %s ", text[rate->op]);
        emit_rate_product(emitter, rate->arg[1], product);
        return;
    }
    emit_expr(emitter, rate, EMIT_DOUBLE);
    mec_text_add(emitter->out, product);
}

/* rate * product of the terms [begin, end), by powers; `but` (or -1) is differentiated. */
static void emit_product(nmodl_emitter *emitter, const nmodl_expr *rate,
                         const nmodl_reaction *reaction, int begin, int end, int but)
{
    mec_text product = MEC_TEXT_INIT, *out = emitter->out;

    emitter->out = &product;
    if (but >= 0 && reaction->term[but].count > 1) {
        mec_text_printf(&product, " * %d", (int)reaction->term[but].count);
    }
    for (int i = end - 1; i >= begin; i--) {
        for (int k = i == but ? 1 : 0; k < reaction->term[i].count; k++) {
            mec_text_add(&product, " * ");
            emit_term(emitter, reaction->term[i].symbol, reaction->term[i].index);
        }
    }
    emitter->out = out;
    emit_rate_product(emitter, rate, mec_text_string(&product));
    if (!mec_text_ok(&product)) {
        emitter->module->out_of_memory = true;
    }
    mec_text_clear(&product);
}

/* What one term's slope adds to the rows of all states of the reaction. */
static void emit_slopes(nmodl_emitter *emitter, const nmodl_reaction *reaction,
                        const nmodl_expr *rate, int begin, int end)
{
    bool left = begin == 0;

    for (int j = end - 1; j >= begin; j--) {
        if (row_of(emitter, &reaction->term[j]) < 0) {
            continue;
        }
        emit_indent(emitter);
        mec_text_add(emitter->out, "term = ");
        emit_product(emitter, rate, reaction, begin, end, j);
        mec_text_add(emitter->out, ";\n");
        for (int i = 0; i < reaction->n_term; i++) {
            const nmodl_term *term = &reaction->term[i];
            int row = row_of(emitter, term);
            bool loses = (i < reaction->n_left) == left;
            if (row < 0) {
                continue;
            }
            emit_indent(emitter);
            mec_text_printf(emitter->out, "%s*mec_kinetic_at(scheme, ",
                            guard(emitter, row));
            emit_row(emitter, term);
            mec_text_add(emitter->out, ", ");
            emit_row(emitter, &reaction->term[j]);
            mec_text_printf(emitter->out, ") %c= %d * term;\n", loses ? '+' : '-',
                            (int)term->count);
        }
    }
}

void emit_reaction(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    const nmodl_reaction *reaction = stmt->reaction;

    emit_indent(emitter);
    mec_text_add(emitter->out, reaction->is_flux ? "_lb_flux = " : "_lf_flux = ");
    emit_product(emitter, stmt->left, reaction, 0,
                 reaction->is_flux ? 0 : reaction->n_left, -1);
    mec_text_add(emitter->out, ";\n");
    emit_indent(emitter);
    mec_text_add(emitter->out, reaction->is_flux ? "_lf_flux = " : "_lb_flux = ");
    if (stmt->right == NULL) {
        mec_text_add(emitter->out, "0.");
    } else {
        emit_product(emitter, stmt->right, reaction, reaction->n_left, reaction->n_term,
                     -1);
    }
    mec_text_add(emitter->out, ";\n");
    for (int i = 0; i < reaction->n_term; i++) {
        const nmodl_term *term = &reaction->term[i];
        int row = row_of(emitter, term);
        if (row >= 0) {
            emit_indent(emitter);
            mec_text_printf(emitter->out, "%sscheme->value[", guard(emitter, row));
            emit_row(emitter, term);
            mec_text_printf(emitter->out, "] %c= %d.0 * (_lf_flux - _lb_flux);\n",
                            i < reaction->n_left ? '-' : '+', (int)term->count);
        }
    }
    if (!reaction->is_flux) {
        emit_slopes(emitter, reaction, stmt->left, 0, reaction->n_left);
    }
    if (stmt->right != NULL) {
        emit_slopes(emitter, reaction, stmt->right, reaction->n_left, reaction->n_term);
    }
}

void emit_conserve(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    const nmodl_reaction *reaction = stmt->reaction;

    emit_line(emitter, "if (scheme->conserve) {");
    emitter->indent++;
    emit_line(emitter, "mec_kinetic_clear(scheme, %d);", reaction->row);
    emit_indent(emitter);
    mec_text_printf(emitter->out, "scheme->value[%d] = ", reaction->row);
    emit_expr(emitter, stmt->right, EMIT_DOUBLE);
    mec_text_add(emitter->out, ";\n");
    for (int i = reaction->n_term - 1; i >= 0; i--) {
        emit_indent(emitter);
        mec_text_printf(emitter->out, "mec_kinetic_conserve(scheme, %d, ",
                        reaction->row);
        emit_row(emitter, &reaction->term[i]);
        mec_text_printf(emitter->out, ", %d);\n", (int)reaction->term[i].count);
    }
    emitter->indent--;
    emit_line(emitter, "}");
}

/* COMPARTMENT i, volume {names}: for each element i of an array. */
static void emit_compartment(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    for (int i = 0; i < stmt->reaction->n_term; i++) {
        const nmodl_symbol *symbol = stmt->reaction->term[i].symbol;
        int row = row_of(emitter, &stmt->reaction->term[i]);
        const char *index = stmt->symbol == NULL ? "_i" : stmt->symbol->name;
        if (row < 0) {
            continue;
        }
        emit_line(emitter, "for (int _l%s = 0; _l%s < %d; _l%s++) {", index, index,
                  (int)symbol->length, index);
        emit_indent(emitter);
        mec_text_printf(emitter->out, "    scheme->volume[%d + _l%s] = ", row, index);
        emit_expr(emitter, stmt->left, EMIT_DOUBLE);
        mec_text_add(emitter->out, ";\n");
        emit_line(emitter, "}");
    }
}

/* True if no side of a reaction that has a state has more than that state. */
static bool is_linear(const nmodl_block *block, const nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_REACTION && !stmt->reaction->is_flux) {
            const nmodl_reaction *r = stmt->reaction;
            int order[2] = {0, 0};
            bool any[2] = {false, false};
            for (int i = 0; i < r->n_term; i++) {
                bool solved = nmodl_place(&block->unknown, r->term[i].symbol) >= 0;
                order[i >= r->n_left] += r->term[i].count;
                any[i >= r->n_left] = any[i >= r->n_left] || solved;
            }
            if ((any[0] && order[0] > 1) || (any[1] && order[1] > 1)) {
                return false;
            }
        }
        if (!is_linear(block, stmt->body) || !is_linear(block, stmt->other)) {
            return false;
        }
    }
    return true;
}

/* COMPARTMENT counts from the start of the block, wherever it stands. */
static void emit_volumes(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_COMPARTMENT) {
            emit_compartment(emitter, stmt);
        }
        emit_volumes(emitter, stmt->body);
        emit_volumes(emitter, stmt->other);
    }
}

static void emit_reactions(nmodl_emitter *emitter, const nmodl_block *block)
{
    mec_text_printf(emitter->out,
                    "static void F(reactions_%s)(void *arg, mec_kinetic *scheme)\n{\n"
                    "    const mec_step *step = arg;\n    inst *_p = step->_p;\n"
                    "    const mec_uniform *_nt = step->_nt;\n    double term;\n"
                    "    (void)_nt;\n    (void)term;\n",
                    block->name);
    emitter->indent = 1;
    emit_volumes(emitter, block->body);
    emit_line(emitter, "mec_kinetic_begin(scheme);");
    emit_statements(emitter, block->body);
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

/* With arrays the pattern of the matrix is found when the block runs. */
static bool has_arrays(const nmodl_block *block)
{
    return nmodl_count(&block->unknown) != (int32_t)block->unknown.n;
}

/* Which elements the matrix has: the diagonal and what reactions and CONSERVE touch. */
static void mark_pattern(const nmodl_emitter *emitter, const nmodl_stmt *stmt,
                         bool conserve, bool *has)
{
    int n = n_unknown(emitter), fixed = (int)emitter->block->n_fixed;

    for (; stmt != NULL; stmt = stmt->next) {
        const nmodl_reaction *r = stmt->reaction;
        bool reacts = stmt->kind == STMT_REACTION && !r->is_flux;
        mark_pattern(emitter, stmt->body, conserve, has);
        mark_pattern(emitter, stmt->other, conserve, has);
        for (int j = 0; r != NULL && j < r->n_term; j++) {
            int column = row_of(emitter, &r->term[j]);
            if (column >= 0 && conserve && stmt->kind == STMT_CONSERVE) {
                has[r->row * n + column] = true;
            }
            for (int i = 0; reacts && column >= 0 && i < r->n_term; i++) {
                int row = row_of(emitter, &r->term[i]);
                if (row >= 0 && !(conserve && row < fixed)) {
                    has[row * n + column] = true;
                }
            }
        }
    }
}

/* The next row to eliminate: the shortest; among equals the one that came to its length
 * last. age counts the changes. */
static int next_row(int n, const int *length, const int *age, const bool *done)
{
    int best = -1;

    for (int i = 0; i < n; i++) {
        if (!done[i] && (best < 0 || length[i] < length[best] ||
                         (length[i] == length[best] && age[i] > age[best]))) {
            best = i;
        }
    }
    return best;
}

static void emit_order(nmodl_emitter *emitter, const nmodl_block *block, bool conserve)
{
    nmodl_module *module = emitter->module;
    int n = n_unknown(emitter), clock = 0;
    bool *has = nmodl_alloc(module, (size_t)(n * n + n) * sizeof *has);
    int *length = nmodl_alloc(module, 2 * (size_t)n * sizeof *length);
    bool *done = has == NULL ? NULL : has + n * n;

    if (has == NULL || length == NULL) {
        return;
    }
    mark_pattern(emitter, block->body, conserve, has);
    for (int i = 0; i < n; i++) {
        has[i * n + i] = true;
        for (int j = 0; j < n; j++) {
            length[i] += has[i * n + j] ? 1 : 0;
        }
        length[n + i] = clock++;
    }
    for (int count = 0; count < n; count++) {
        int pivot = next_row(n, length, length + n, done);
        mec_text_printf(emitter->out, "%d, ", pivot);
        done[pivot] = true;
        for (int i = 0; i < n; i++) {
            if (done[i] || !has[i * n + pivot]) {
                continue;
            }
            for (int j = 0; j < n; j++) {
                if (!done[j] && has[pivot * n + j] && !has[i * n + j]) {
                    has[i * n + j] = true;
                    length[i]++;
                }
            }
            length[i]--;
            length[n + i] = clock++;
        }
    }
}

/* Head of a function on one instance with a scheme ready for use. */
static void emit_head(nmodl_emitter *emitter, const nmodl_block *block,
                      const char *name, bool conserve)
{
    int n = n_unknown(emitter);
    bool arrays = has_arrays(block);
    const char *place = n > EMIT_MAX_STACK ? "static __thread " : "";

    mec_text_printf(emitter->out,
                    "static __attribute__((unused)) int F(%s_%s)(inst *_p, const "
                    "mec_uniform *_nt)\n{\n",
                    name, block->name);
    if (arrays) {
        mec_text_printf(emitter->out,
                        "    static __thread unsigned short order[%d];\n"
                        "    static __thread unsigned char found[%d];\n",
                        n, n * n + 1);
    } else {
        mec_text_add(emitter->out, "    static const unsigned short order[] = {");
        emit_order(emitter, block, conserve);
        mec_text_add(emitter->out, "};\n");
    }
    mec_text_printf(emitter->out, "    double memory[%d];\n    %sdouble matrix[%d];\n",
                    3 * n, place, n * n);
    emit_pointers(emitter, block, true);
    mec_text_printf(emitter->out,
                    "    mec_step step = {_p, _nt, memory};\n"
                    "    mec_kinetic scheme = {%d, %d, 0, 0., x, y, F(reactions_%s), "
                    "&step, memory, "
                    "memory + %d, memory + %d, matrix, order, 0};\n\n",
                    n, is_linear(block, block->body) ? 1 : 0, block->name, n, 2 * n);
    if (arrays) {
        mec_text_printf(emitter->out,
                        "    mec_kinetic_order(&scheme, %d, found, order);\n",
                        conserve ? 1 : 0);
    }
}

static void emit_loop(nmodl_emitter *emitter, const char *statement)
{
    mec_text_printf(emitter->out,
                    "    for (int i = 0; i < %d; i++) {\n        %s\n    }\n",
                    n_unknown(emitter), statement);
}

static void emit_sparse(nmodl_emitter *emitter, const nmodl_block *block)
{
    emit_head(emitter, block, "step", true);
    mec_text_add(emitter->out,
                 "    if (mec_kinetic_step(&scheme, _nt->_dt, scheme.linear) != 0) {\n"
                 "        return 1;\n    }\n");
    emit_loop(emitter, "*y[i] = (*x[i] - scheme.saved[i]) / _nt->_dt;");
    mec_text_add(emitter->out, "    return 0;\n}\n\n");
    emit_head(emitter, block, "steady", true);
    mec_text_add(emitter->out, "    if (mec_kinetic_steady(&scheme) != 0) {\n"
                               "        return 1;\n    }\n");
    emit_loop(emitter, "*y[i] = (*x[i] - scheme.saved[i]) / 1.e9;");
    mec_text_add(emitter->out, "    return 0;\n}\n\n");
    emit_head(emitter, block, "solve", false);
    mec_text_add(emitter->out, "    return mec_kinetic_solve(&scheme, "
                               "_nt->run->env->gamma);\n}\n\n");
}

void emit_kinetic(nmodl_emitter *emitter, const nmodl_block *block)
{
    emit_reactions(emitter, block);
    emit_head(emitter, block, "slope", false);
    mec_text_add(emitter->out, "    mec_kinetic_evaluate(&scheme);\n");
    emit_loop(emitter, "*y[i] = scheme.value[i] / scheme.volume[i];");
    mec_text_add(emitter->out, "    return 0;\n}\n\n");
    if (strcmp(block->method, "sparse") == 0) {
        emit_sparse(emitter, block);
    }
}
