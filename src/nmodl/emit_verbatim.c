/* VERBATIM text: copied into the C, with each name of the mechanism that it uses defined as
 * a macro around it, and files that do not exist here left out of its includes. */

#include "emit_priv.h"

#include <string.h>

/* Does the text call the function as NEURON's thread safe code does, instance first? */
static bool is_threaded(const char *text, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = strstr(text, name); at != NULL; at = strstr(at + 1, name)) {
        const char *next = at + n + strspn(at + n, " \t\n");
        if (*next == '(') {
            next += 1 + strspn(next + 1, " \t\n");
            if (mec_starts_with(next, "_threadargs") || mec_starts_with(next, "_p")) {
                return true;
            }
        }
    }
    return false;
}

static bool any_threaded(const nmodl_stmt *stmt, const char *name)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if ((stmt->kind == STMT_VERBATIM && is_threaded(stmt->text, name)) ||
            any_threaded(stmt->body, name) || any_threaded(stmt->other, name)) {
            return true;
        }
    }
    return false;
}

/* The mechanism's function that VERBATIM text names; NULL: the symbol is none. */
static const nmodl_block *named_function(const nmodl_module *module,
                                         const nmodl_symbol *symbol)
{
    const nmodl_block *block = symbol->block;

    return block != NULL && block->body != NULL &&
                   (block->kind == BLOCK_FUNCTION || block->kind == BLOCK_PROCEDURE) &&
                   mec_map_has(module->verbatim_word, symbol->name)
               ? block
               : NULL;
}

static bool is_direct(const nmodl_module *module, const char *name)
{
    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        if (any_threaded(block->body, name)) {
            return true;
        }
    }
    return false;
}

static void emit_call(nmodl_emitter *emitter, const nmodl_block *block, bool body)
{
    mec_text *out = emitter->out;

    mec_text_printf(out, "static __attribute__((unused)) double mec_own_%s(",
                    block->name);
    for (size_t i = 0; i < block->argument.n; i++) {
        mec_text_printf(out, "%sdouble a%d", i > 0 ? ", " : "", (int)i);
    }
    if (!body) {
        mec_text_add(out, ");\n");
        return;
    }
    mec_text_printf(out, ")\n{\n    return F(%s)(_p, _nt", block->name);
    for (size_t i = 0; i < block->argument.n; i++) {
        mec_text_printf(out, ", a%d", (int)i);
    }
    mec_text_add(out, ");\n}\n\n");
}

void emit_verbatim_calls(nmodl_emitter *emitter, bool body)
{
    const nmodl_module *module = emitter->module;

    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        if (block->symbol != NULL && named_function(module, block->symbol) == block &&
            !is_direct(module, block->name)) {
            emit_call(emitter, block, body);
        }
    }
}

/* What NEURON calls an ion's variable behind the mechanism's copy, and a pointer itself. */
static void define_hidden(nmodl_emitter *emitter, const nmodl_symbol *symbol,
                          bool define)
{
    mec_text *out = emitter->out;

    if (symbol->kind == SYMBOL_POINTER) {
        mec_text_printf(out,
                        define ? "#define _p_%s _p->pointer[%d]\n" : "#undef _p_%s\n",
                        symbol->name, (int)symbol->column);
    }
    if (symbol->ion >= 0 && symbol->storage == STORE_ION) {
        mec_text_printf(out,
                        define ? "#define _ion_%s _nt->run->ion[%d][_p->at]\n"
                               : "#undef _ion_%s\n",
                        symbol->name, (int)emit_symbol_ref(emitter->module, symbol));
    }
}

static void define_names(nmodl_emitter *emitter, bool define)
{
    const nmodl_module *module = emitter->module;
    mec_text *out = emitter->out;

    for (size_t i = 0; i < mec_map_count(module->symbol); i++) {
        const nmodl_symbol *symbol = mec_map_value(module->symbol, i);
        const nmodl_block *function = named_function(module, symbol);
        bool stored = symbol->index >= 0 || symbol->kind == SYMBOL_CONSTANT ||
                      symbol->kind == SYMBOL_POINTER || symbol->kind == SYMBOL_EXTERNAL;

        define_hidden(emitter, symbol, define);
        if ((!stored && function == NULL) ||
            !mec_map_has(module->verbatim_word, symbol->name)) {
            continue;
        }
        if (!define) {
            mec_text_printf(out, "#undef %s\n", symbol->name);
            continue;
        }
        mec_text_printf(out, "#undef %s\n#define %s ", symbol->name, symbol->name);
        if (symbol->random) {
            mec_text_printf(out, "_p->pointer[%d]", (int)symbol->column);
        } else if (function == NULL && symbol->storage == STORE_SYSTEM) {
            mec_text_add(out, "(*(double *)&");
            emit_symbol(emitter, symbol);
            mec_text_add_char(out, ')');
        } else if (function == NULL) {
            emit_symbol(emitter, symbol);
        } else if (is_direct(module, symbol->name)) {
            mec_text_printf(out, "f_%s_1", symbol->name);
        } else {
            mec_text_printf(out, "mec_own_%s", symbol->name);
        }
        mec_text_add_char(out, '\n');
    }
}

/* The short names of generated code, which the text may have for something else. */
static void hide_names(mec_text *out, bool hide)
{
    static const char *const names[] = {"F", "K", "vd", "vm", "inst"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (hide) {
            mec_text_printf(out, "#pragma push_macro(\"%s\")\n#undef %s\n", names[i],
                            names[i]);
        } else {
            mec_text_printf(out, "#pragma pop_macro(\"%s\")\n", names[i]);
        }
    }
}

/* Variables of the kernels, behind which the text's own of that name would disappear. */
static void rename_variables(nmodl_emitter *emitter, bool begin)
{
    static const char *const names[] = {"i",      "n",     "one", "run",
                                        "shared", "above", "at"};
    nmodl_module *module = emitter->module;

    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        if (!mec_map_has(module->verbatim_word, names[k]) ||
            nmodl_lookup(module, names[k]) != NULL) {
            continue;
        }
        if (begin) {
            mec_text_printf(emitter->out, "#define %s mec_text_%s\n", names[k],
                            names[k]);
        } else {
            mec_text_printf(emitter->out, "#undef %s\n", names[k]);
        }
    }
}

void emit_verbatim(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    nmodl_module *module = emitter->module;
    int line = 1;
    const char *file = nmodl_line_of(module, stmt->offset, &line);

    mec_text_add_char(emitter->out, '\n');
    emit_shim_prototypes(emitter, stmt);
    hide_names(emitter->out, true);
    define_names(emitter, true);
    rename_variables(emitter, true);
    /* What the C compiler has to say about the text is said with the .mod file's lines. */
    mec_text_printf(emitter->out, "#line %d \"%s\"\n", line, file);
    nmodl_copy_verbatim(module, stmt->text, emitter->out);
    mec_text_printf(emitter->out, "\n#line 1 \"C text made from %s\"\n", module->file);
    rename_variables(emitter, false);
    define_names(emitter, false);
    hide_names(emitter->out, false);
}

static bool is_callable(const nmodl_module *module, const nmodl_block *block)
{
    bool function = block->kind == BLOCK_FUNCTION || block->kind == BLOCK_PROCEDURE;

    return function &&
           (block->effect.verbatim || (module->has_random && block->effect.outside));
}

/* All variables of an instance from and to its columns, for the procedures to come. */
static void emit_movers(nmodl_emitter *emitter)
{
    static const char *const names[] = {"store", "load"};

    for (int load = 0; load < 2; load++) {
        mec_text_printf(emitter->out,
                        "static __attribute__((noinline, unused)) void mec_%s_all("
                        "const mec_run *run, int32_t i, inst *_p)\n{\n",
                        names[load]);
        emitter->indent = 1;
        if (load == 1) {
            emit_load_all(emitter);
        } else {
            emit_store_all(emitter);
        }
        emitter->indent = 0;
        mec_text_add(emitter->out, "}\n\n");
    }
}

static void emit_procedure(nmodl_emitter *emitter, const nmodl_block *block)
{
    mec_text_printf(
        emitter->out,
        "static double mec_call_%s(const mec_run *run, int32_t i, int32_t "
        "n_argument, const double *argument)\n{\n"
        "    mec_uniform shared = mec_share(run), *const _nt = &shared;\n"
        "    inst one = {0}, *const _p = &one;\n    double result;\n\n"
        "    mec_argument_count = n_argument;\n    mec_argument = argument;\n"
        "    mec_begin(run);\n    if (setjmp(mec_refuge) != 0) {\n"
        "        (void)mec_failed(run);\n        return 0.;\n    }\n"
        "    _p->at = i;\n    mec_here(_p, _nt, i);\n",
        block->name);
    emitter->indent = 1;
    emit_line(emitter, "mec_load_all(run, i, _p);");
    emit_indent(emitter);
    mec_text_printf(emitter->out, "result = F(%s)(_p, _nt", block->name);
    for (size_t i = 0; i < block->argument.n; i++) {
        mec_text_printf(emitter->out, ", n_argument > %d ? argument[%d] : 0.", (int)i,
                        (int)i);
    }
    mec_text_add(emitter->out, ");\n");
    emit_line(emitter, "mec_store_all(run, i, _p);");
    emit_line(emitter, "mec_argument_count = 0;");
    emit_line(emitter, "(void)mec_failed(run);");
    emit_line(emitter, "return %s;", block->result != NULL ? "result" : "1.");
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

int emit_procedures(nmodl_emitter *emitter)
{
    const nmodl_module *module = emitter->module;
    int n = 0;

    mec_text_add(emitter->out, "#undef MEC_W\n#define MEC_W 1\n");
    if (module->has_verbatim) {
        emit_movers(emitter);
    }
    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        if (is_callable(module, block)) {
            emit_procedure(emitter, block);
        } else if (block->kind == BLOCK_FUNCTION_TABLE) {
            emit_table_setter(emitter, block);
        }
    }
    mec_text_add(emitter->out,
                 "static const mec_procedure_desc mec_procedures[] = {\n");
    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        if (is_callable(module, block)) {
            mec_text_printf(emitter->out, "    {\"%s\", %d, mec_call_%s},\n",
                            block->name, (int)block->argument.n, block->name);
            n++;
        } else if (block->kind == BLOCK_FUNCTION_TABLE) {
            mec_text_printf(emitter->out,
                            "    {\"table_%s\", -1, mec_call_table_%s},\n", block->name,
                            block->name);
            n++;
        }
    }
    mec_text_add(emitter->out, "    {0, 0, 0}\n};\n\n");
    return n;
}
