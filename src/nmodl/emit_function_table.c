/* FUNCTION_TABLE: the function, and table_NAME() that fills it. */

#include "emit_priv.h"

bool emit_has_function_table(const nmodl_module *module)
{
    return emit_find_block(module, BLOCK_FUNCTION_TABLE) != NULL;
}

void emit_function_tables(nmodl_emitter *emitter)
{
    const nmodl_module *module = emitter->module;

    if (!emit_has_function_table(module)) {
        return;
    }
    emit_lines(emitter, nmodl_text_function_table);
    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        if (block->kind != BLOCK_FUNCTION_TABLE) {
            continue;
        }
        mec_text_printf(emitter->out,
                        "static mec_function_table mec_table_of_%s;\n\n"
                        "/* The object is unloaded. */\n"
                        "__attribute__((destructor)) static void "
                        "mec_forget_table_of_%s(void)\n{\n"
                        "    free(mec_table_of_%s.memory);\n}\n\n"
                        "MEC_INLINE double\nF(%s)(inst *_p, const mec_uniform *_nt",
                        block->name, block->name, block->name, block->name);
        for (size_t i = 0; i < block->argument.n; i++) {
            mec_text_printf(emitter->out, ", double _l%s",
                            block->argument.data[i]->name);
        }
        mec_text_add(emitter->out, ")\n{\n    const double argument[] = {");
        for (size_t i = 0; i < block->argument.n; i++) {
            mec_text_printf(emitter->out, "_l%s, ", block->argument.data[i]->name);
        }
        mec_text_printf(
            emitter->out,
            "};\n\n    (void)_p;\n"
            "    return mec_function_value(_nt->run->env, &mec_table_of_%s, "
            "\"FUNCTION_TABLE %s has no table (call table_%s)\", %d, "
            "argument);\n}\n\n",
            block->name, block->name, block->name, (int)block->argument.n);
    }
}

void emit_table_setter(nmodl_emitter *emitter, const nmodl_block *block)
{
    mec_text_printf(
        emitter->out,
        "static double mec_call_table_%s(const mec_run *run, int32_t i, int32_t "
        "n_argument, const double *argument)\n{\n    (void)i;\n"
        "    if (mec_function_set(&mec_table_of_%s, %d, n_argument, argument) != 0) {\n"
        "        run->env->failure = \"the arguments are no table (one constant; or "
        "for "
        "each argument points, first, last, and then all values)\";\n    }\n"
        "    return 0.;\n}\n\n",
        block->name, block->name, (int)block->argument.n);
}
