/* Per section: the struct that holds the instances being computed, and the FUNCTIONs and
 * PROCEDUREs. All are inlined into the kernels, so the struct ends up in registers. */

#include "emit_priv.h"

#include <string.h>

static void emit_field(nmodl_emitter *emitter, const nmodl_symbol *symbol)
{
    const char *type = emit_type_name(emit_type_of(emitter, symbol));

    if (symbol->is_array) {
        emit_line(emitter, "    %s c_%s[%d];", type, symbol->name, (int)symbol->length);
    } else {
        emit_line(emitter, "    %s c_%s;", type, symbol->name);
    }
}

static void emit_struct(nmodl_emitter *emitter)
{
    const nmodl_module *module = emitter->module;

    emit_line(emitter, "typedef struct inst {");
    emit_line(emitter, "    vd c_v, c_diam, c_area;");
    for (size_t i = 0; i < module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        if (symbol->kind != SYMBOL_PRIME &&
            (symbol->storage == STORE_COLUMN || symbol->storage == STORE_ION ||
             symbol->storage == STORE_NOWHERE)) {
            emit_field(emitter, symbol);
        }
    }
    for (size_t i = 0; i < module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        if (symbol->kind == SYMBOL_STATE && symbol->prime != NULL) {
            nmodl_symbol slope = *symbol;
            slope.name = mec_arena_printf(module->arena, "slope_%s", symbol->name);
            emit_field(emitter, symbol->prime);
            emit_field(emitter, &slope);
        }
    }
    if (!emitter->vector) {
        emit_line(emitter, "    int failed, at;");
        emit_line(emitter, "    void **pointer;");
    }
    emit_line(emitter, "} inst;\n");
}

static void emit_signature(nmodl_emitter *emitter, const nmodl_block *block,
                           const char *prefix)
{
    emit_type result = EMIT_DOUBLE;
    mec_text *out = emitter->out;

    if (block->result != NULL) {
        result = emit_type_of(emitter, block->result);
    }
    mec_text_printf(out, "%s %s\nF(%s%s)(inst *_p, const mec_uniform *_nt",
                    block->recursive ? "static __attribute__((unused))" : "MEC_INLINE",
                    emit_type_name(result), prefix, block->name);
    if (emitter->vector && block->symbol->varying) {
        mec_text_add(out, ", vm k");
    }
    for (size_t i = 0; i < block->argument.n; i++) {
        const nmodl_symbol *symbol = block->argument.data[i];
        mec_text_printf(out, ", %s _l%s", emit_type_name(emit_type_of(emitter, symbol)),
                        symbol->name);
    }
    mec_text_add_char(out, ')');
}

static void emit_body(nmodl_emitter *emitter, const nmodl_block *block)
{
    emitter->n_mask = 0;
    emitter->inside = 0;
    emitter->mask = emitter->vector && block->symbol->varying ? "k" : NULL;
    mec_text_add(emitter->out, "\n{\n");
    emitter->indent = 1;
    if (block->result != NULL) {
        emit_line(emitter, "%s _l%s = {0};",
                  emit_type_name(emit_type_of(emitter, block->result)), block->name);
    }
    emit_statements(emitter, block->body);
    if (block->result != NULL) {
        emit_line(emitter, "return _l%s;", block->name);
    } else {
        emit_line(emitter, "return 0.;");
    }
    emitter->indent = 0;
    emitter->mask = NULL;
    mec_text_add(emitter->out, "}\n\n");
}

/* The form with the table, under the function's own name. */
static void emit_lookup(nmodl_emitter *emitter, const nmodl_block *block)
{
    if (block->table != NULL) {
        emit_signature(emitter, block, "");
        mec_text_add(emitter->out, "\n{\n");
        emit_table_function(emitter, block);
        emitter->indent = 0;
        mec_text_add(emitter->out, "}\n\n");
    }
}

static bool is_callable(const nmodl_emitter *emitter, const nmodl_block *block)
{
    bool function = block->kind == BLOCK_FUNCTION || block->kind == BLOCK_PROCEDURE;

    return function && block->body != NULL &&
           !(emitter->vector && block->effect.scalar_only);
}

static bool has_verbatim(const nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_VERBATIM || has_verbatim(stmt->body) ||
            has_verbatim(stmt->other)) {
            return true;
        }
    }
    return false;
}

bool emit_is_left_early(const nmodl_module *module, const nmodl_block *block)
{
    return (block == module->initial || block->kind == BLOCK_CONSTRUCTOR ||
            block->kind == BLOCK_DESTRUCTOR) &&
           mec_map_has(module->verbatim_word, "return") && has_verbatim(block->body);
}

static void emit_left_early(nmodl_emitter *emitter, const nmodl_block *block)
{
    mec_text_printf(emitter->out,
                    "static double F(block_%d)(inst *_p, const mec_uniform *_nt)",
                    (int)block->kind);
    emit_body(emitter, block);
}

void emit_functions(nmodl_emitter *emitter)
{
    const nmodl_block *first = emitter->module->first_block;

    emit_struct(emitter);
    if (emit_has_table(emitter->module)) {
        emit_lines(emitter, nmodl_text_table);
    }
    if (!emitter->vector) {
        emit_implicit_prototypes(emitter);
    }
    for (const nmodl_block *block = first; block != NULL; block = block->next) {
        if (is_callable(emitter, block)) {
            emit_signature(emitter, block, "");
            mec_text_add(emitter->out, ";\n");
        }
        if (block->table != NULL && !emitter->vector) {
            emit_table_check(emitter, block, false);
        }
    }
    if (!emitter->vector) {
        emit_function_tables(emitter);
        emit_verbatim_calls(emitter, false);
    }
    for (const nmodl_block *block = first; block != NULL; block = block->next) {
        if (is_callable(emitter, block)) {
            emit_signature(emitter, block, block->table != NULL ? "untabled_" : "");
            emit_body(emitter, block);
            emit_lookup(emitter, block);
        } else if (block->kind == BLOCK_VERBATIM && !emitter->vector) {
            emit_verbatim(emitter, block->body);
        }
    }
    for (const nmodl_block *block = first; block != NULL && !emitter->vector;
         block = block->next) {
        if (emit_is_left_early(emitter->module, block)) {
            emit_left_early(emitter, block);
        }
    }
    if (!emitter->vector) {
        emit_verbatim_calls(emitter, true);
    }
}
