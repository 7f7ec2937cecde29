/* KINETIC blocks, one instance at a time: F(reactions_B) adds up fluxes, their slopes and
 * volumes; F(step_B), F(slope_B) and F(solve_B) are the fixed step, the derivative and
 * the linear solve of the variable step. */

#include "emit_priv.h"

#include <string.h>

static int state_index(const nmodl_module *module, const nmodl_symbol *symbol)
{
    for (size_t i = 0; i < module->state.n; i++) {
        if (module->state.data[i] == symbol) {
            return (int)i;
        }
    }
    return -1;
}

static int n_fixed(const nmodl_stmt *stmt)
{
    int n = 0;

    for (; stmt != NULL; stmt = stmt->next) {
        n += stmt->kind == STMT_CONSERVE ? 1 : 0;
        n += n_fixed(stmt->body) + n_fixed(stmt->other);
    }
    return n;
}

/* Equations that CONSERVE replaces in a step get nothing from reactions. */
static const char *guard(const nmodl_emitter *emitter, int row)
{
    bool fixed = row < n_fixed(emitter->module->solved->body);

    return fixed ? "if (!scheme->conserve) " : "";
}

/* rate * product of the terms [begin, end), by powers; `but` (or -1) is differentiated. */
static void emit_product(nmodl_emitter *emitter, const nmodl_expr *rate,
                         const nmodl_reaction *reaction, int begin, int end, int but)
{
    emit_expr(emitter, rate, EMIT_DOUBLE);
    if (but >= 0 && reaction->term[but].count > 1) {
        mec_text_printf(emitter->out, " * %d", (int)reaction->term[but].count);
    }
    for (int i = end - 1; i >= begin; i--) {
        for (int k = i == but ? 1 : 0; k < reaction->term[i].count; k++) {
            mec_text_add(emitter->out, " * ");
            emit_symbol(emitter, reaction->term[i].symbol);
        }
    }
}

/* What one term's slope adds to the rows of all states of the reaction. */
static void emit_slopes(nmodl_emitter *emitter, const nmodl_reaction *reaction,
                        const nmodl_expr *rate, int begin, int end)
{
    int n = (int)emitter->module->state.n;
    bool left = begin == 0;

    for (int j = begin; j < end; j++) {
        int column = state_index(emitter->module, reaction->term[j].symbol);
        if (column < 0) {
            continue;
        }
        emit_indent(emitter);
        mec_text_add(emitter->out, "term = ");
        emit_product(emitter, rate, reaction, begin, end, j);
        mec_text_add(emitter->out, ";\n");
        for (int i = 0; i < reaction->n_term; i++) {
            int row = state_index(emitter->module, reaction->term[i].symbol);
            bool loses = (i < reaction->n_left) == left;
            if (row >= 0) {
                emit_line(emitter, "%sscheme->matrix[%d] %c= %d * term;",
                          guard(emitter, row), row * n + column, loses ? '+' : '-',
                          (int)reaction->term[i].count);
            }
        }
    }
}

void emit_reaction(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    const nmodl_reaction *reaction = stmt->reaction;
    const nmodl_module *module = emitter->module;

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
        int row = state_index(module, reaction->term[i].symbol);
        if (row >= 0) {
            emit_line(emitter, "%sscheme->value[%d] %c= %d.0 * (_lf_flux - _lb_flux);",
                      guard(emitter, row), row, i < reaction->n_left ? '-' : '+',
                      (int)reaction->term[i].count);
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
    int n = (int)emitter->module->state.n;

    emit_line(emitter, "if (scheme->conserve) {");
    emit_line(emitter, "    for (int i = 0; i < %d; i++) {", n);
    emit_line(emitter, "        scheme->matrix[%d + i] = 0.;", reaction->row * n);
    emit_line(emitter, "    }");
    emit_indent(emitter);
    mec_text_printf(emitter->out, "    scheme->value[%d] = ", reaction->row);
    emit_expr(emitter, stmt->right, EMIT_DOUBLE);
    mec_text_add(emitter->out, ";\n");
    for (int i = reaction->n_term - 1; i >= 0; i--) {
        int k = state_index(emitter->module, reaction->term[i].symbol);
        int count = (int)reaction->term[i].count;
        emit_line(emitter, "    scheme->matrix[%d] = %d * scheme->volume[%d];",
                  reaction->row * n + k, count, k);
        emit_line(emitter,
                  "    scheme->value[%d] -= *scheme->x[%d] * %d * scheme->volume[%d];",
                  reaction->row, k, count, k);
    }
    emit_line(emitter, "}");
}

static void emit_compartment(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    for (int i = 0; i < stmt->reaction->n_term; i++) {
        int row = state_index(emitter->module, stmt->reaction->term[i].symbol);
        if (row >= 0) {
            emit_indent(emitter);
            mec_text_printf(emitter->out, "scheme->volume[%d] = ", row);
            emit_expr(emitter, stmt->left, EMIT_DOUBLE);
            mec_text_add(emitter->out, ";\n");
        }
    }
}

/* True if no reaction has more than one reactant on a side. */
static bool is_linear(const nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_REACTION) {
            const nmodl_reaction *r = stmt->reaction;
            int order[2] = {0, 0};
            for (int i = 0; i < r->n_term; i++) {
                order[i >= r->n_left] +=
                    r->term[i].symbol->kind == SYMBOL_STATE ? r->term[i].count : 0;
            }
            if (order[0] > 1 || order[1] > 1) {
                return false;
            }
        }
        if (!is_linear(stmt->body) || !is_linear(stmt->other)) {
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

static void emit_pointers(nmodl_emitter *emitter, const char *name, const char *prefix)
{
    const nmodl_module *module = emitter->module;

    mec_text_printf(emitter->out, "    double *%s[] = {", name);
    for (size_t i = 0; i < module->state.n; i++) {
        mec_text_printf(emitter->out, "&_p->c_%s%s, ", prefix,
                        module->state.data[i]->name);
    }
    mec_text_add(emitter->out, "};\n");
}

/* Which elements the matrix has: the diagonal and what reactions and CONSERVE touch. */
static void mark_pattern(const nmodl_module *module, const nmodl_stmt *stmt,
                         bool conserve, bool *has)
{
    int n = (int)module->state.n, fixed = n_fixed(module->solved->body);

    for (; stmt != NULL; stmt = stmt->next) {
        const nmodl_reaction *r = stmt->reaction;
        bool reacts = stmt->kind == STMT_REACTION && !r->is_flux;
        mark_pattern(module, stmt->body, conserve, has);
        mark_pattern(module, stmt->other, conserve, has);
        for (int j = 0; r != NULL && j < r->n_term; j++) {
            int column = state_index(module, r->term[j].symbol);
            if (column >= 0 && conserve && stmt->kind == STMT_CONSERVE) {
                has[r->row * n + column] = true;
            }
            for (int i = 0; reacts && column >= 0 && i < r->n_term; i++) {
                int row = state_index(module, r->term[i].symbol);
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
    int n = (int)module->state.n, clock = 0;
    bool *has = nmodl_alloc(module, (size_t)(n * n + n) * sizeof *has);
    int *length = nmodl_alloc(module, 2 * (size_t)n * sizeof *length);
    bool *done = has == NULL ? NULL : has + n * n;

    if (has == NULL || length == NULL) {
        return;
    }
    mark_pattern(module, block->body, conserve, has);
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
    int n = (int)emitter->module->state.n;

    mec_text_printf(emitter->out,
                    "static int F(%s_%s)(inst *_p, const mec_uniform *_nt)\n{\n"
                    "    static const unsigned short order[] = {",
                    name, block->name);
    emit_order(emitter, block, conserve);
    mec_text_printf(emitter->out, "};\n    double memory[%d], matrix[%d];\n", 3 * n,
                    n * n);
    emit_pointers(emitter, "x", "");
    emit_pointers(emitter, "y", "D");
    mec_text_printf(emitter->out,
                    "    mec_step step = {_p, _nt, memory};\n"
                    "    mec_kinetic scheme = {%d, %d, 0, 0., x, y, F(reactions_%s), "
                    "&step, memory, "
                    "memory + %d, memory + %d, matrix, order};\n\n",
                    n, is_linear(block->body) ? 1 : 0, block->name, n, 2 * n);
}

static void emit_loop(nmodl_emitter *emitter, const char *statement)
{
    mec_text_printf(emitter->out,
                    "    for (int i = 0; i < %d; i++) {\n        %s\n    }\n",
                    (int)emitter->module->state.n, statement);
}

void emit_kinetic(nmodl_emitter *emitter, const nmodl_block *block)
{
    emit_reactions(emitter, block);
    emit_head(emitter, block, "step", true);
    mec_text_add(emitter->out,
                 "    if (mec_kinetic_step(&scheme, _nt->_dt, scheme.linear) != 0) {\n"
                 "        return 1;\n    }\n");
    emit_loop(emitter, "*y[i] = (*x[i] - scheme.saved[i]) / _nt->_dt;");
    mec_text_add(emitter->out, "    return 0;\n}\n\n");
    /* With secondorder NEURON lets the last step over 1e9 ms go on for dt. */
    emit_head(emitter, block, "steady", true);
    mec_text_add(emitter->out,
                 "    (void)y;\n    if (mec_kinetic_steady(&scheme) != 0) {\n"
                 "        return 1;\n    }\n"
                 "    if (_nt->run->env->secondorder == 0) {\n"
                 "        return 0;\n    }\n");
    emit_loop(emitter, "*x[i] += _nt->run->env->dt * ((*x[i] - scheme.saved[i]) / "
                       "1.e9);");
    mec_text_add(emitter->out, "    return 0;\n}\n\n");
    emit_head(emitter, block, "slope", false);
    mec_text_add(emitter->out, "    mec_kinetic_evaluate(&scheme);\n");
    emit_loop(emitter, "*y[i] = scheme.value[i] / scheme.volume[i];");
    mec_text_add(emitter->out, "    return 0;\n}\n\n");
    emit_head(emitter, block, "solve", false);
    mec_text_add(emitter->out, "    return mec_kinetic_solve(&scheme, "
                               "_nt->run->env->gamma);\n}\n\n");
}
