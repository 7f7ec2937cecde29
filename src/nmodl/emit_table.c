/* TABLE: values of a function at equidistant arguments, kept with the cell's globals and
 * made again when a variable in DEPEND changes: by the host before INITIAL and each fixed
 * step (until then all values are 0); where nocmodl's code is not thread safe, when the
 * function is called, so that what INITIAL assigned before the call counts.
 *
 * Layout from table->offset: made, first argument, intervals per unit, the values of the
 * DEPEND variables, then n + 1 values per output. */

#include "emit_priv.h"

#include <string.h>

/* The offset of the values of the output-th number of the table. */
static int first_value(const nmodl_table *table, int output)
{
    return (int)table->offset + 3 + (int)table->depend.n + output * ((int)table->n + 1);
}

/* The symbol's element k, or the symbol. */
static void emit_element(nmodl_emitter *emitter, const nmodl_symbol *symbol, int32_t k)
{
    emit_symbol(emitter, symbol);
    if (symbol->is_array) {
        mec_text_printf(emitter->out, "[%d]", (int)k);
    }
}

bool emit_has_table(const nmodl_module *module)
{
    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        if (block->table != NULL) {
            return true;
        }
    }
    return false;
}

void emit_table_function(nmodl_emitter *emitter, const nmodl_block *block)
{
    const nmodl_table *table = block->table;
    const nmodl_symbol *argument = block->argument.data[0];
    const char *splat = emitter->vector ? "S" : "";
    const char *mask = emitter->vector && block->symbol->varying ? ", k" : "";
    int output = 0;

    emitter->indent = 1;
    if (!emitter->vector && nmodl_is_static(emitter->module)) {
        emit_line(emitter, "(void)mec_check_%s(_p, _nt);", block->name);
    }
    emit_line(emitter, "if (_nt->g_usetable == 0.) {");
    emit_line(emitter, "    return F(untabled_%s)(_p, _nt%s, _l%s);", block->name, mask,
              argument->name);
    emit_line(emitter, "}");
    emit_line(emitter, "const double *t = _nt->global + %d;", (int)table->offset);
    emit_line(emitter,
              "const mec_place place = MEC_JOIN(mec_find, MEC_W)(%s(t[2]) * (_l%s - "
              "%s(t[1])), %d);",
              splat, argument->name, splat, (int)table->n);
    if (table->of_function) {
        emit_line(emitter,
                  "return MEC_JOIN(mec_interpolate, MEC_W)(_nt->global + %d, &place);",
                  first_value(table, 0));
        return;
    }
    for (size_t i = 0; i < table->output.n; i++) {
        const nmodl_symbol *symbol = table->output.data[i];
        for (int32_t k = 0; k < symbol->length; k++) {
            emit_indent(emitter);
            emit_element(emitter, symbol, k);
            mec_text_printf(emitter->out, " = %s", *mask != '\0' ? "SELECT(k, " : "");
            mec_text_printf(
                emitter->out,
                "MEC_JOIN(mec_interpolate, MEC_W)(_nt->global + %d, &place)",
                first_value(table, output++));
            if (*mask != '\0') {
                mec_text_add(emitter->out, ", ");
                emit_element(emitter, symbol, k);
                mec_text_add_char(emitter->out, ')');
            }
            mec_text_add(emitter->out, ";\n");
        }
    }
    emit_line(emitter, "return 0.;");
}

/* True if the values can depend on dt; if not, a DEPEND on dt is of no use. */
static bool uses_dt(const nmodl_module *module, const nmodl_block *block)
{
    const nmodl_symbol *dt = nmodl_lookup(module, "dt");

    return dt != NULL && nmodl_set_has(block->effect.used, dt->index);
}

static void emit_out_of_date(nmodl_emitter *emitter, const nmodl_block *block)
{
    const nmodl_table *table = block->table;

    emit_indent(emitter);
    mec_text_add(emitter->out, "if (t[0] == 0.");
    for (size_t i = 0; i < table->depend.n; i++) {
        const nmodl_symbol *symbol = table->depend.data[i];
        if (strcmp(symbol->name, "dt") == 0 && !uses_dt(emitter->module, block)) {
            continue;
        }
        mec_text_printf(emitter->out, " || t[%d] != ", (int)i + 3);
        emit_symbol(emitter, symbol);
    }
    mec_text_add(emitter->out, ") {\n");
}

static void emit_fill(nmodl_emitter *emitter, const nmodl_block *block)
{
    const nmodl_table *table = block->table;
    int output = 0;

    emit_line(emitter, "double from, to, step, at;");
    emit_line(emitter, "int j;");
    emit_indent(emitter);
    mec_text_add(emitter->out, "from = ");
    emit_expr(emitter, table->from, EMIT_DOUBLE);
    mec_text_add(emitter->out, ";\n");
    emit_indent(emitter);
    mec_text_add(emitter->out, "to = ");
    emit_expr(emitter, table->to, EMIT_DOUBLE);
    mec_text_add(emitter->out, ";\n");
    emit_line(emitter, "step = (to - from) / %d.;", (int)table->n);
    emit_line(emitter, "t[1] = from;");
    emit_line(emitter, "t[2] = 1. / step;");
    emit_line(emitter, "for (j = 0, at = from; j < %d; at += step, j++) {",
              (int)table->n + 1);
    emitter->indent++;
    if (table->of_function) {
        emit_line(emitter, "_nt->global[%d + j] = F(untabled_%s)(_p, _nt, at);",
                  first_value(table, 0), block->name);
    } else {
        emit_line(emitter, "F(untabled_%s)(_p, _nt, at);", block->name);
        for (size_t i = 0; i < table->output.n; i++) {
            const nmodl_symbol *symbol = table->output.data[i];
            for (int32_t k = 0; k < symbol->length; k++) {
                emit_indent(emitter);
                mec_text_printf(emitter->out,
                                "_nt->global[%d + j] = ", first_value(table, output++));
                emit_element(emitter, symbol, k);
                mec_text_add(emitter->out, ";\n");
            }
        }
    }
    emitter->indent--;
    emit_line(emitter, "}");
    emit_line(emitter, "t[0] = 1.;");
    for (size_t i = 0; i < table->depend.n; i++) {
        emit_indent(emitter);
        mec_text_printf(emitter->out, "t[%d] = ", (int)i + 3);
        emit_symbol(emitter, table->depend.data[i]);
        mec_text_add(emitter->out, ";\n");
    }
}

void emit_table_check(nmodl_emitter *emitter, const nmodl_block *block, bool whole)
{
    mec_text_printf(emitter->out,
                    "static int mec_check_%s(inst *_p, const mec_uniform *_nt)%s",
                    block->name, whole ? "\n{\n" : ";\n");
    if (!whole) {
        return;
    }
    emitter->indent = 1;
    emit_line(emitter, "double *t = _nt->global + %d;\n", (int)block->table->offset);
    emit_line(emitter, "if (_nt->g_usetable == 0.) {");
    emit_line(emitter, "    return 0;");
    emit_line(emitter, "}");
    emit_out_of_date(emitter, block);
    emitter->indent++;
    emit_fill(emitter, block);
    emit_line(emitter, "return 1;");
    emitter->indent = 0;
    emit_line(emitter, "    }\n    return 0;\n}\n");
}

/* Filling leaves in the first instance what the last abscissa gives. */
static void emit_left_over(nmodl_emitter *emitter, const nmodl_block *block)
{
    const nmodl_symbols *variable = &emitter->module->variable;

    for (size_t i = 0; i < variable->n; i++) {
        const nmodl_symbol *symbol = variable->data[i];
        bool left = symbol->storage == STORE_COLUMN &&
                    nmodl_set_has(block->effect.maybe, (int32_t)i);
        for (int32_t k = 0; k < symbol->length && left; k++) {
            emit_indent(emitter);
            mec_text_printf(emitter->out,
                            "run->column[%d][0] = ", (int)(symbol->column + k));
            emit_element(emitter, symbol, k);
            mec_text_add(emitter->out, ";\n");
        }
    }
}

/* Nothing has copied the ions' variables into the instance yet. */
static void emit_untouched(nmodl_emitter *emitter)
{
    const nmodl_module *module = emitter->module;

    for (size_t i = 0; i < module->variable.n; i++) {
        if (emit_comes_from_ion(module->variable.data[i])) {
            emit_line(emitter, "if (run->env->untouched) _p->c_%s = 0.;",
                      module->variable.data[i]->name);
        }
    }
}

void emit_table_filler(nmodl_emitter *emitter)
{
    const nmodl_block *first = emitter->module->first_block;

    for (const nmodl_block *block = first; block != NULL; block = block->next) {
        if (block->table != NULL) {
            emit_table_check(emitter, block, true);
        }
    }
    mec_text_add(emitter->out,
                 "static int32_t mec_tables(const mec_run *run)\n{\n"
                 "    const mec_uniform shared = mec_share(run), *const _nt "
                 "= &shared;\n    const int i = 0;\n"
                 "    inst one = {0}, *const _p = &one;\n\n    (void)i;\n");
    emitter->indent = 1;
    /* Variables of instances have the values of the first, as in NEURON. */
    emit_load_all(emitter);
    emit_untouched(emitter);
    for (const nmodl_block *block = first; block != NULL; block = block->next) {
        if (block->table != NULL) {
            emit_line(emitter, "if (mec_check_%s(_p, _nt)) {", block->name);
            emitter->indent = 2;
            emit_left_over(emitter, block);
            emitter->indent = 1;
            emit_line(emitter, "}");
        }
    }
    emit_line(emitter, "return 0;");
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}
