/* The descriptor: tables of columns, globals, ions, states and kernels, and the entry. */

#include "emit_priv.h"

#include <string.h>

/* nocmodl passes on the tolerances of the mechanism's own states only. */
static double tolerance_of(const nmodl_symbol *symbol)
{
    return symbol->storage == STORE_ION ? 1.0 : symbol->scale;
}

static void emit_column(nmodl_emitter *emitter, const nmodl_symbol *symbol)
{
    const char *kind = symbol->kind == SYMBOL_PARAMETER ? "MEC_COLUMN_PARAMETER"
                       : symbol->kind == SYMBOL_STATE   ? "MEC_COLUMN_STATE"
                       : symbol->kind == SYMBOL_PRIME   ? "MEC_COLUMN_DERIVATIVE"
                                                        : "MEC_COLUMN_ASSIGNED";
    bool visible = symbol->range || symbol->kind == SYMBOL_STATE ||
                   symbol->nonspecific || symbol->electrode;
    double value = symbol->value;

    if (symbol->kind == SYMBOL_STATE && symbol->initial != NULL) {
        value = symbol->initial->value;
    }
    mec_text_printf(emitter->out,
                    "    {\"%s\", \"%s\", %.17g, %d, %d, %s, %d, %.17g},\n",
                    symbol->name, symbol->unit, value, (int)symbol->length,
                    (int)symbol->column, kind, visible ? 1 : 0, tolerance_of(symbol));
}

/* A column that no user can name. */
static void emit_hidden(nmodl_emitter *emitter, const nmodl_symbol *symbol,
                        const char *kind)
{
    mec_text_printf(emitter->out, "    {\"%s\", \"%s\", 0, %d, %d, %s, 0, %.17g},\n",
                    symbol->name, symbol->unit, (int)symbol->length,
                    (int)symbol->column, kind, tolerance_of(symbol));
}

/* Returns the number of entries. */
static int emit_columns(nmodl_emitter *emitter)
{
    nmodl_module *module = emitter->module;
    const nmodl_symbol *copy;
    int n = 0;

    mec_text_add(emitter->out, "static const mec_column_desc mec_columns[] = {\n");
    for (int32_t column = 0; column < module->n_column; column++) {
        for (size_t i = 0; i < module->variable.n; i++) {
            const nmodl_symbol *symbol = module->variable.data[i];
            bool integrated = symbol->kind == SYMBOL_PRIME &&
                              nmodl_place(&module->state, symbol->prime) >= 0;
            if (symbol->column == column && symbol->storage != STORE_GLOBAL &&
                !integrated) {
                emit_column(emitter, symbol);
                n++;
            }
        }
    }
    for (size_t i = 0; i < module->state.n; i++) {
        emit_column(emitter, module->state.data[i]->prime);
        n++;
        for (copy = module->state.data[i]->copy; copy != NULL; copy = copy->copy) {
            emit_hidden(emitter, copy, "MEC_COLUMN_STATE");
            emit_hidden(emitter, copy->prime, "MEC_COLUMN_DERIVATIVE");
            n += 2;
        }
    }
    if (module->diffusion.n > 0) {
        mec_text_printf(
            emitter->out,
            "    {\"diffusion\", \"\", 0, %d, %d, MEC_COLUMN_INTERNAL, 0, 1},\n",
            (int)MEC_N_DIFFUSION_TERM, (int)module->diffusion_column);
        n++;
    }
    for (size_t i = 0; i < module->state.n; i++) {
        const nmodl_symbol *state = module->state.data[i];
        mec_text_printf(
            emitter->out,
            "    {\"slope_%s\", \"/ms\", 0, %d, %d, MEC_COLUMN_INTERNAL, 0, 1},\n",
            state->name, (int)state->length, (int)emit_slope_column(module, state));
    }
    mec_text_add(emitter->out,
                 "    {0, 0, 0, 0, 0, MEC_COLUMN_INTERNAL, 0, 1}\n};\n\n");
    return n + (int)module->state.n;
}

static int emit_globals(nmodl_emitter *emitter)
{
    nmodl_module *module = emitter->module;
    int n = 0;

    mec_text_add(emitter->out, "static const mec_global_desc mec_globals[] = {\n");
    for (size_t i = 0; i < module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        if (symbol->storage == STORE_GLOBAL) {
            mec_text_printf(emitter->out, "    {\"%s\", \"%s\", %.17g, %d, %d},\n",
                            symbol->kind == SYMBOL_STATIC ? "" : symbol->name,
                            symbol->unit, symbol->value, (int)symbol->length,
                            (int)symbol->column);
            n++;
        }
    }
    mec_text_add(emitter->out, "    {0, 0, 0, 0, 0}\n};\n\n");
    return n;
}

static void emit_ions(nmodl_emitter *emitter)
{
    const nmodl_module *module = emitter->module;

    mec_text_add(emitter->out, "static const mec_ion_use mec_ions[] = {\n");
    for (size_t i = 0; i < module->ion.n; i++) {
        const nmodl_ion *ion = &module->ion.data[i];
        int reads = 0, writes = 0;
        for (size_t k = 0; k < ion->symbol.n; k++) {
            const nmodl_symbol *symbol = ion->symbol.data[k];
            reads |= symbol->ion_read ? 1 << symbol->ion_variable : 0;
            writes |= symbol->ion_write ? 1 << symbol->ion_variable : 0;
        }
        mec_text_printf(emitter->out, "    {\"%s\", %.17g, %d, %d},\n", ion->name,
                        ion->has_valence ? ion->valence : 0.0, reads, writes);
    }
    mec_text_add(
        emitter->out,
        "    {0, 0, 0, 0}\n};\n\nstatic const mec_ion_ref mec_ion_refs[] = {\n");
    for (int32_t i = 0; i < (int32_t)module->ion.n; i++) {
        for (int32_t k = 0; k < MEC_N_ION_VARIABLE; k++) {
            if (emit_ion_ref_is(module, i, k)) {
                mec_text_printf(emitter->out, "    {%d, %d},\n", (int)i, (int)k);
            }
        }
    }
    mec_text_add(emitter->out, "    {0, 0}\n};\n\n");
}

static void emit_states(nmodl_emitter *emitter)
{
    const nmodl_module *module = emitter->module;

    mec_text_add(emitter->out, "static const mec_state_desc mec_states[] = {\n");
    for (size_t i = 0; module->solved != NULL && i < module->solved->unknown.n; i++) {
        const nmodl_symbol *state = module->solved->unknown.data[i];
        int ref = -1;
        for (size_t k = 0; k < i; k++) {
            state = module->solved->unknown.data[k] == module->solved->unknown.data[i]
                        ? state->copy
                        : state;
        }
        if (state->storage == STORE_ION) {
            ref = (int)emit_ion_ref(module, state->ion, state->ion_variable);
        }
        for (int32_t k = 0; k < state->length; k++) {
            mec_text_printf(emitter->out, "    {%d, %d, %d},\n",
                            (int)(state->column + k), (int)(state->prime->column + k),
                            ref);
        }
    }
    mec_text_add(emitter->out, "    {0, 0, -1}\n};\n\n");
}

/* Width of the vectors of the kernel that stands for `width`. */
static int width_of(nmodl_module *module, emit_kernel_kind kind, int width)
{
    return emit_kernel_is_vector(module, kind) ? width : 1;
}

static void emit_kernel_table(nmodl_emitter *emitter, int width, bool free)
{
    nmodl_module *module = emitter->module;

    mec_text_printf(emitter->out, "static const mec_kernels mec_%s_%d = {\n",
                    free ? "free" : "kernels", width);
    for (int i = 0; i < N_EMIT_KERNEL; i++) {
        emit_kernel_kind kind = (emit_kernel_kind)i;
        if (emit_kernel_exists(module, kind)) {
            mec_text_printf(emitter->out, "    .%s = kernel_%s%s_%d,\n",
                            emit_kernel_name(kind),
                            free && emit_kernel_is_free(module, kind) ? "free_" : "",
                            emit_kernel_name(kind), width_of(module, kind, width));
        }
    }
    if (emit_has_table(module) && !nmodl_is_static(module)) {
        mec_text_add(emitter->out, "    .tables = mec_tables,\n");
    }
    mec_text_add(emitter->out, "};\n\n");
}

static bool reads_first(const nmodl_block *block, int32_t index)
{
    return block != NULL && nmodl_set_has(block->effect.exposed, index);
}

static bool may_write(const nmodl_block *block, int32_t index)
{
    return block != NULL && nmodl_set_has(block->effect.maybe, index);
}

/* Does an evaluation find what the one before has left? BREAKPOINT reads what only the
 * DERIVATIVE block computes (a count of open channels from the states, say); one of them
 * counts up a variable of its own; or that block sets a reversal potential. */
static bool currents_lag(const nmodl_module *module)
{
    const nmodl_block *current = module->breakpoint, *solved = module->solved;

    for (int32_t i = 0; i < (int32_t)module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        bool set = may_write(solved, i);
        bool counts = (reads_first(current, i) && (set || may_write(current, i))) ||
                      (reads_first(solved, i) && set);
        bool own =
            (symbol->storage == STORE_COLUMN || symbol->storage == STORE_GLOBAL) &&
            nmodl_place(&module->state, symbol) < 0;
        bool reversal = symbol->storage == STORE_ION && symbol->ion_write &&
                        symbol->ion_variable == MEC_ION_E;

        if ((own && counts) || (reversal && set)) {
            return true;
        }
    }
    return false;
}

/* Then no instance may be computed that does not exist. */
static bool acts_outside(const nmodl_module *module)
{
    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        if (block->effect.outside) {
            return true;
        }
    }
    return false;
}

/* Is the global written while time runs, and read before it is written again? */
static bool carries_over(const nmodl_module *module, int32_t index)
{
    bool written = false, read = false;

    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        bool called = block->kind == BLOCK_FUNCTION || block->kind == BLOCK_PROCEDURE;
        if (!called && block->effect.used != NULL) {
            written = written || (block->kind != BLOCK_INITIAL &&
                                  nmodl_set_has(block->effect.maybe, index));
            read = read || nmodl_set_has(block->effect.exposed, index);
        }
    }
    return written && read;
}

static bool has_procedures(const nmodl_module *module)
{
    return module->has_verbatim || emit_has_function_table(module);
}

/* State that is in no column: globals, and the steps of a method that adapts them. */
static bool remembers(const nmodl_module *module)
{
    for (size_t i = 0; i < module->solve.n; i++) {
        const char *method = module->solve.data[i]->method;
        if (strncmp(method, "ad", 2) == 0) { /* adrunge, adeuler, adams */
            return true;
        }
    }
    for (size_t i = 0; i < module->variable.n; i++) {
        if (module->variable.data[i]->storage == STORE_GLOBAL &&
            carries_over(module, (int32_t)i)) {
            return true;
        }
    }
    return false;
}

static void emit_entry(nmodl_emitter *emitter, int n_variable, int n_global,
                       int n_procedure)
{
    const nmodl_module *module = emitter->module;
    mec_text *out = emitter->out;
    bool electrode = module->current.n > 0 && module->current.data[0]->electrode;

    mec_text_add(out, "static const char *const mec_methods[] = {");
    for (size_t i = 0; i < module->method.n; i++) {
        mec_text_printf(out, "\"%s\", ", module->method.data[i]);
    }
    mec_text_add(out, "0};\n\nstatic const char *const mec_pointers[] = {");
    for (size_t i = 0; i < module->pointer.n; i++) {
        mec_text_printf(out, "\"%s\", ", module->pointer.data[i]->name);
    }
    mec_text_add(out, "0};\n\nstatic const uint8_t mec_required[] = {");
    for (size_t i = 0; i < module->pointer.n; i++) {
        const nmodl_symbol *symbol = module->pointer.data[i];
        mec_text_printf(out, "%d, ",
                        symbol->random                       ? 2
                        : symbol->required && !symbol->asked ? 1
                                                             : 0);
    }
    mec_text_add(out, "0};\n\nstatic const char *const mec_externals[] = {");
    for (size_t i = 0; i < module->external.n; i++) {
        mec_text_printf(out, "\"%s\", ", module->external.data[i]->name);
    }
    mec_text_printf(out,
                    "0};\n\n"
                    "static const mec_mechanism_desc mec_description = {\n"
                    "    .abi_version = MEC_ABI_VERSION,\n"
                    "    .kind = %d,\n    .name = \"%s\",\n    .file = \"%s\",\n"
                    "    .methods = mec_methods,\n    .columns = mec_columns,\n"
                    "    .globals = mec_globals,\n    .ions = mec_ions,\n"
                    "    .ion_refs = mec_ion_refs,\n    .states = mec_states,\n",
                    (int)module->kind, module->name, module->file);
    mec_text_printf(
        out,
        "    .n_method = %d,\n    .n_variable = %d,\n    .n_column = %d,\n"
        "    .n_global = %d,\n    .n_global_values = %d,\n    .n_ion = %d,\n"
        "    .n_ion_ref = %d,\n    .n_state = %d,\n",
        (int)module->method.n, n_variable, (int)module->n_column, n_global,
        (int)module->n_global_values, (int)module->ion.n, (int)emit_n_ion_ref(module),
        module->solved == NULL ? 0 : (int)nmodl_count(&module->solved->unknown));
    mec_text_printf(out,
                    "    .electrode_current = %d,\n    .variable_step_refused = %d,\n"
                    "    .n_pointer = %d,\n    .pointers = mec_pointers,\n"
                    "    .currents_lag = %d,\n    .uses_at_time = %d,\n"
                    "    .required = mec_required,\n    .one_by_one = %d,\n"
                    "    .n_external = %d,\n    .externals = mec_externals,\n"
                    "    .remembers = %d,\n",
                    electrode ? 1 : 0, module->variable_step_refused ? 1 : 0,
                    (int)module->pointer.n, currents_lag(module) ? 1 : 0,
                    module->has_at_time ? 1 : 0, acts_outside(module) ? 1 : 0,
                    (int)module->external.n, remembers(module) ? 1 : 0);
    if (emit_find_block(module, BLOCK_NET_RECEIVE) != NULL) {
        mec_text_add(out, "    .net = &mec_net,\n");
    }
    if (module->diffusion.n > 0) {
        mec_text_printf(out,
                        "    .n_diffusion = %d,\n    .diffusions = mec_diffusions,\n"
                        "    .diffusion_column = %d,\n",
                        (int)module->diffusion.n, (int)module->diffusion_column);
    }
    if (has_procedures(module)) {
        mec_text_printf(out,
                        "    .n_procedure = %d,\n    .procedures = mec_procedures,\n",
                        n_procedure);
    }
    mec_text_add(out, "    .kernels = {&mec_kernels_1,\n#ifdef MEC_SIMD\n"
                      "                &mec_kernels_4, &mec_kernels_8\n#endif\n"
                      "    },\n    .free_kernels = {&mec_kernels_1,\n#ifdef MEC_SIMD\n"
                      "                &mec_free_4, &mec_free_8\n#endif\n"
                      "    },\n};\n\n"
                      "const mec_mechanism_desc *MEC_ENTRY(const mec_host *host);\n"
                      "const mec_mechanism_desc *MEC_ENTRY(const mec_host *host)\n{\n"
                      "    if (host->abi_version != MEC_ABI_VERSION) {\n"
                      "        return 0;\n    }\n"
                      "    mec_lent = host;\n"
                      "    return &mec_description;\n}\n");
}

void emit_descriptor(nmodl_emitter *emitter)
{
    int n_variable = emit_columns(emitter);
    int n_global = emit_globals(emitter);
    int n_procedure;

    emitter->vector = false;
    emit_ions(emitter);
    emit_states(emitter);
    n_procedure = has_procedures(emitter->module) ? emit_procedures(emitter) : 0;
    emit_net(emitter);
    emit_diffusions(emitter);
    emit_kernel_table(emitter, 1, false);
    mec_text_add(emitter->out, "#ifdef MEC_SIMD\n");
    for (int width = 4; width <= 8; width += 4) {
        emit_kernel_table(emitter, width, false);
        emit_kernel_table(emitter, width, true);
    }
    mec_text_add(emitter->out, "#endif\n\n");
    emit_entry(emitter, n_variable, n_global, n_procedure);
}
