/* Statements to C. */

#include "emit_priv.h"

#include <stdio.h>
#include <string.h>

static void emit_stmt(nmodl_emitter *emitter, const nmodl_stmt *stmt);

void emit_indent(nmodl_emitter *emitter)
{
    for (int i = 0; i < emitter->indent; i++) {
        mec_text_add(emitter->out, "    ");
    }
}

void emit_line(nmodl_emitter *emitter, const char *fmt, ...)
{
    va_list args;

    emit_indent(emitter);
    va_start(args, fmt);
    mec_text_vprintf(emitter->out, fmt, args);
    va_end(args);
    mec_text_add_char(emitter->out, '\n');
}

static bool is_local(const nmodl_symbol *symbol)
{
    return symbol->kind == SYMBOL_LOCAL;
}

/* left = right, only where the mask in force says so. */
static void emit_assign(nmodl_emitter *emitter, const nmodl_symbol *symbol,
                        const nmodl_expr *index, const nmodl_expr *right)
{
    emit_type type = emit_type_of(emitter, symbol);
    bool masked = emitter->mask != NULL && type == EMIT_VECTOR &&
                  (emitter->inside > 0 || !is_local(symbol));
    mec_text *out = emitter->out;

    emit_indent(emitter);
    emit_symbol(emitter, symbol);
    if (index != NULL) {
        mec_text_add_char(out, '[');
        emit_index(emitter, index);
        mec_text_add_char(out, ']');
    }
    mec_text_add(out, " = ");
    if (masked) {
        mec_text_printf(out, "SELECT(%s, ", emitter->mask);
    }
    emit_expr(emitter, right, type);
    if (masked) {
        mec_text_add(out, ", ");
        emit_symbol(emitter, symbol);
        mec_text_add_char(out, ')');
    }
    mec_text_add(out, ";\n");
}

static void emit_equation(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    nmodl_symbol slope = {.kind = SYMBOL_PRIME, .varying = true};

    if (emitter->equations == EMIT_EXACT_STEP) {
        emit_assign(emitter, stmt->symbol, NULL, stmt->fixed_step);
        return;
    }
    emit_assign(emitter, stmt->symbol->prime, NULL, stmt->right);
    slope.name =
        mec_arena_printf(emitter->module->arena, "slope_%s", stmt->symbol->name);
    if (slope.name != NULL) {
        emit_assign(emitter, &slope, NULL, stmt->slope);
    }
}

/* A condition that differs between instances: both branches, under masks. */
static void emit_masked_if(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    const char *outer = emitter->mask;
    char then_mask[32], else_mask[32];
    int number = ++emitter->n_mask;

    snprintf(then_mask, sizeof then_mask, "k%d", number);
    snprintf(else_mask, sizeof else_mask, "n%d", number);
    emit_indent(emitter);
    mec_text_printf(emitter->out, "const vm %s = %s%s", then_mask,
                    outer == NULL ? "" : outer, outer == NULL ? "" : " & ");
    emit_expr(emitter, stmt->left, EMIT_MASK);
    mec_text_add(emitter->out, ";\n");
    if (stmt->other != NULL && outer == NULL) {
        emit_line(emitter, "const vm %s = ~%s;", else_mask, then_mask);
    } else if (stmt->other != NULL) {
        emit_line(emitter, "const vm %s = %s & ~%s;", else_mask, outer, then_mask);
    }
    emitter->inside++;
    emitter->mask = then_mask;
    emit_stmt(emitter, stmt->body);
    if (stmt->other != NULL) {
        emitter->mask = else_mask;
        emit_line(emitter, "{");
        emitter->indent++;
        emit_stmt(emitter, stmt->other);
        emitter->indent--;
        emit_line(emitter, "}");
    }
    emitter->inside--;
    emitter->mask = outer;
}

static void emit_if(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    if (emit_varies(emitter, stmt->left)) {
        emit_line(emitter, "{");
        emitter->indent++;
        emit_masked_if(emitter, stmt);
        emitter->indent--;
        emit_line(emitter, "}");
        return;
    }
    emit_indent(emitter);
    mec_text_add(emitter->out, "if (");
    emit_expr(emitter, stmt->left, EMIT_BOOL);
    mec_text_add(emitter->out, ")\n");
    emit_stmt(emitter, stmt->body);
    if (stmt->other != NULL) {
        emit_line(emitter, "else");
        emit_stmt(emitter, stmt->other);
    }
}

static void emit_while(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    emit_indent(emitter);
    mec_text_add(emitter->out, "while (");
    emit_expr(emitter, stmt->left, EMIT_BOOL);
    mec_text_add(emitter->out, ")\n");
    emit_stmt(emitter, stmt->body);
}

static void emit_from(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    mec_text *out = emitter->out;
    const char *name = stmt->symbol->name;

    emit_indent(emitter);
    mec_text_printf(out, "for (int _l%s = ", name);
    emit_index(emitter, stmt->left);
    mec_text_printf(out, "; _l%s <= ", name);
    emit_index(emitter, stmt->right);
    mec_text_printf(out, "; _l%s += ", name);
    if (stmt->step != NULL) {
        emit_index(emitter, stmt->step);
    } else {
        mec_text_add_char(out, '1');
    }
    mec_text_add(out, ")\n");
    emit_stmt(emitter, stmt->body);
}

static void emit_block(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    emit_line(emitter, "{");
    emitter->indent++;
    for (size_t i = 0; i < stmt->local.n; i++) {
        const nmodl_symbol *symbol = stmt->local.data[i];
        const char *type = emit_type_name(emit_type_of(emitter, symbol));
        if (symbol->is_array) {
            emit_line(emitter, "%s _l%s[%d] = {0};", type, symbol->name,
                      (int)symbol->length);
        } else {
            emit_line(emitter, "%s _l%s = {0};", type, symbol->name);
        }
    }
    emit_statements(emitter, stmt->body);
    emitter->indent--;
    emit_line(emitter, "}");
}

/* SOLVE where it stands. In BREAKPOINT it belongs to the state kernel. */
static void emit_solve(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    const nmodl_block *block = stmt->symbol == NULL ? NULL : stmt->symbol->block;
    emit_equations outer = emitter->equations;

    if (!stmt->in_place || block == NULL) {
        return;
    }
    if (block->kind == BLOCK_PROCEDURE) {
        emit_line(emitter, "F(%s)(_p, _nt);", block->name);
    } else if (block->cnexp) {
        emitter->equations = EMIT_EXACT_STEP;
        emit_stmt(emitter, block->body);
        emitter->equations = outer;
    } else if (stmt->is_call) {
        emitter->equations = EMIT_DERIVATIVE;
        emit_stmt(emitter, block->body);
        emitter->equations = outer;
    } else {
        emit_solve_once(emitter, block, stmt->steady_state);
    }
}

static void emit_stmt(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    switch (stmt->kind) {
    case STMT_ASSIGN:
        emit_assign(emitter, stmt->left->symbol,
                    stmt->left->kind == EXPR_ELEMENT ? stmt->left->arg[0] : NULL,
                    stmt->right);
        break;
    case STMT_EQUATION:
        emit_equation(emitter, stmt);
        break;
    case STMT_CALL:
        emit_indent(emitter);
        emit_expr(emitter, stmt->left,
                  emit_varies(emitter, stmt->left) ? EMIT_VECTOR : EMIT_DOUBLE);
        mec_text_add(emitter->out, ";\n");
        break;
    case STMT_IF:
        emit_if(emitter, stmt);
        break;
    case STMT_WATCH:
        emit_watch(emitter, stmt);
        break;
    case STMT_FOR_NETCONS:
        emit_for_netcons(emitter, stmt);
        break;
    case STMT_WHILE:
        emit_while(emitter, stmt);
        break;
    case STMT_FROM:
        emit_from(emitter, stmt);
        break;
    case STMT_BLOCK:
        emit_block(emitter, stmt);
        break;
    case STMT_VERBATIM:
        emit_verbatim(emitter, stmt);
        break;
    case STMT_SOLVE:
        emit_solve(emitter, stmt);
        break;
    case STMT_REACTION:
        emit_reaction(emitter, stmt);
        break;
    case STMT_CONSERVE:
        emit_conserve(emitter, stmt);
        break;
    case STMT_ALGEBRAIC:
        emit_algebraic(emitter, stmt);
        break;
    case STMT_COMPARTMENT: /* done at the start of the block */
    case STMT_DIFFUSION:   /* no part of the block */
    case STMT_TABLE:
    case STMT_UNSUPPORTED:
        break;
    }
}

void emit_statements(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        emit_stmt(emitter, stmt);
    }
}
