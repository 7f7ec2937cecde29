/* VERBATIM text: copied into the C, with each name of the mechanism that it uses defined as
 * a macro around it, and files that do not exist here left out of its includes. */

#include "emit_priv.h"

#include <string.h>

static bool is_word(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_';
}

/* True if the text has the name as a word of its own. */
static bool has_word(const char *text, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = strstr(text, name); at != NULL; at = strstr(at + 1, name)) {
        if ((at == text || !is_word(at[-1])) && !is_word(at[n])) {
            return true;
        }
    }
    return false;
}

static void define_names(nmodl_emitter *emitter, const char *text, bool define)
{
    const nmodl_module *module = emitter->module;
    mec_text *out = emitter->out;

    for (size_t i = 0; i < mec_map_count(module->symbol); i++) {
        const nmodl_symbol *symbol = mec_map_value(module->symbol, i);
        bool stored = symbol->index >= 0 || symbol->kind == SYMBOL_CONSTANT ||
                      symbol->kind == SYMBOL_POINTER || symbol->kind == SYMBOL_EXTERNAL;
        bool function =
            symbol->block != NULL && (symbol->block->kind == BLOCK_FUNCTION ||
                                      symbol->block->kind == BLOCK_PROCEDURE);
        if (symbol->kind == SYMBOL_POINTER) {
            mec_text_printf(
                out, define ? "#define _p_%s _p->pointer[%d]\n" : "#undef _p_%s\n",
                symbol->name, (int)symbol->column);
        }
        if (symbol->ion >= 0 && symbol->storage == STORE_ION) {
            mec_text_printf(out,
                            define ? "#define _ion_%s _nt->run->ion[%d][_p->at]\n"
                                   : "#undef _ion_%s\n",
                            symbol->name, (int)emit_symbol_ref(module, symbol));
        }
        if (!(stored || function) || !has_word(text, symbol->name)) {
            continue;
        }
        if (!define) {
            mec_text_printf(out, "#undef %s\n", symbol->name);
            continue;
        }
        mec_text_printf(out, "#define %s ", symbol->name);
        if (function) {
            mec_text_printf(out, "F(%s)", symbol->name);
        } else {
            emit_symbol(emitter, symbol);
        }
        mec_text_add_char(out, '\n');
    }
}

/* The text line by line, without #include "..." lines. */
static void copy_text(mec_text *out, const char *text)
{
    while (*text != '\0') {
        size_t n = strcspn(text, "\n");
        const char *first = text + strspn(text, " \t");
        const char *quote = memchr(text, '"', n);
        bool include = strncmp(first, "#include", 8) == 0 && quote != NULL;
        if (!include) {
            mec_text_add_bytes(out, text, n);
        }
        mec_text_add_char(out, '\n');
        text += n;
        text += *text == '\n';
    }
}

void emit_verbatim(nmodl_emitter *emitter, const nmodl_stmt *stmt)
{
    const nmodl_module *module = emitter->module;
    int line = 1;

    for (size_t i = 0; i < stmt->offset; i++) {
        line += module->source[i] == '\n';
    }
    mec_text_add_char(emitter->out, '\n');
    define_names(emitter, stmt->text, true);
    /* What the C compiler has to say about the text is said with the .mod file's lines. */
    mec_text_printf(emitter->out, "#line %d \"%s\"\n", line, module->file);
    copy_text(emitter->out, stmt->text);
    mec_text_printf(emitter->out, "#line 1 \"C text made from %s\"\n", module->file);
    define_names(emitter, stmt->text, false);
}

static bool is_callable(const nmodl_block *block)
{
    bool function = block->kind == BLOCK_FUNCTION || block->kind == BLOCK_PROCEDURE;

    return function && block->effect.verbatim;
}

static void emit_procedure(nmodl_emitter *emitter, const nmodl_block *block)
{
    mec_text_printf(
        emitter->out,
        "static double mec_call_%s(const mec_run *run, int32_t i, int32_t "
        "n_argument, const double *argument)\n{\n"
        "    const mec_uniform shared = mec_share(run), *const _nt = &shared;\n"
        "    inst one = {0}, *const _p = &one;\n    double result;\n\n"
        "    mec_argument_count = n_argument;\n    mec_argument = argument;\n"
        "    mec_begin(run);\n    if (setjmp(mec_refuge) != 0) {\n"
        "        (void)mec_failed(run);\n        return 0.;\n    }\n"
        "    mec_at = _p->at = i;\n",
        block->name);
    emitter->indent = 1;
    emit_load_all(emitter);
    emit_indent(emitter);
    mec_text_printf(emitter->out, "result = F(%s)(_p, _nt", block->name);
    for (size_t i = 0; i < block->argument.n; i++) {
        mec_text_printf(emitter->out, ", n_argument > %d ? argument[%d] : 0.", (int)i,
                        (int)i);
    }
    mec_text_add(emitter->out, ");\n");
    emit_store_all(emitter);
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
    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        if (is_callable(block)) {
            emit_procedure(emitter, block);
        } else if (block->kind == BLOCK_FUNCTION_TABLE) {
            emit_table_setter(emitter, block);
        }
    }
    mec_text_add(emitter->out,
                 "static const mec_procedure_desc mec_procedures[] = {\n");
    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        if (is_callable(block)) {
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
