/* LONGITUDINAL_DIFFUSION: for each state that diffuses a kernel that leaves volumes,
 * coefficients and slopes of one element in columns; the host solves along the cell. */

#include "emit_priv.h"

#include <string.h>

/* The element as each of the statements calls it. */
static void emit_elements(nmodl_emitter *emitter, const nmodl_diffusion *diffusion)
{
    const nmodl_symbol *a = diffusion->compartment->symbol;
    const nmodl_symbol *b = diffusion->diffusion->symbol;

    if (a != NULL) {
        emit_line(emitter, "const int _l%s = run->env->element;", a->name);
        emit_line(emitter, "(void)_l%s;", a->name);
    }
    if (b != NULL && (a == NULL || strcmp(a->name, b->name) != 0)) {
        emit_line(emitter, "const int _l%s = run->env->element;", b->name);
        emit_line(emitter, "(void)_l%s;", b->name);
    }
}

/* A state that is an ion variable is read from its column: that is what it was before it
 * diffused. */
static void emit_own_loads(nmodl_emitter *emitter, const emit_accesses *access)
{
    const nmodl_module *module = emitter->module;

    emit_loads(emitter, access, KERNEL_STATE);
    for (size_t i = 0; i < module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];

        if (access->load[i] && symbol->kind == SYMBOL_STATE &&
            symbol->storage == STORE_ION) {
            emit_access(emitter, symbol, true, "run->column", symbol->column);
        }
    }
}

static void emit_term_of(nmodl_emitter *emitter, int term, const nmodl_expr *expr)
{
    emit_indent(emitter);
    mec_text_printf(emitter->out, "run->column[%d][i] = ",
                    (int)emitter->module->diffusion_column + term);
    if (expr != NULL) {
        emit_expr(emitter, expr, EMIT_DOUBLE);
    } else {
        mec_text_add(emitter->out, "0.");
    }
    mec_text_add(emitter->out, ";\n");
}

static void emit_slope(nmodl_emitter *emitter, const nmodl_diffusion *diffusion)
{
    emit_term_of(emitter, MEC_DIFFUSION_SLOPE, NULL);
    if (diffusion->slope == NULL) {
        return;
    }
    emit_indent(emitter);
    mec_text_add(emitter->out, "if (run->env->element == ");
    if (diffusion->element != NULL) {
        emit_index(emitter, diffusion->element);
    } else {
        mec_text_add_char(emitter->out, '0');
    }
    mec_text_add(emitter->out, ") {\n");
    emitter->indent++;
    emit_line(
        emitter, "const double _didv = run->ion[%d][i];",
        (int)emit_ion_ref(emitter->module, diffusion->current->ion, MEC_ION_DIDV));
    emit_term_of(emitter, MEC_DIFFUSION_SLOPE, diffusion->slope);
    emitter->indent--;
    emit_line(emitter, "}");
}

static void emit_coefficients(nmodl_emitter *emitter, const nmodl_diffusion *diffusion,
                              int number)
{
    nmodl_module *module = emitter->module;
    size_t n = module->variable.n;
    nmodl_effect effect;
    emit_accesses access = {nmodl_alloc(module, (n + 1) * sizeof(bool)),
                            nmodl_alloc(module, (n + 1) * sizeof(bool))};

    nmodl_diffusion_effect(module, diffusion, &effect);
    if (access.load == NULL || access.store == NULL || effect.used == NULL) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        access.load[i] = nmodl_set_has(effect.used, (int32_t)i);
        access.store[i] = nmodl_set_has(effect.maybe, (int32_t)i);
    }
    mec_text_printf(emitter->out,
                    "static int32_t mec_%sdiffusion_%d(const mec_run *run)\n{\n",
                    module->has_verbatim ? "bare_" : "", number);
    emitter->indent = 1;
    emit_line(emitter, "mec_uniform shared = mec_share(run);");
    emit_line(emitter, "const mec_uniform *const _nt = &shared;\n");
    emit_line(emitter, "(void)_nt;");
    emit_elements(emitter, diffusion);
    if (emit_has_table(module)) {
        emit_line(emitter, "mec_tables(run);");
    }
    emit_line(emitter, "for (int i = 0; i < run->n; i++) {");
    emitter->indent = 2;
    emit_line(emitter, "inst one, *const _p = &one;");
    emit_line(emitter, "_p->failed = 0;");
    if (module->has_verbatim) {
        emit_line(emitter, "mec_at = _p->at = i;");
    }
    emit_own_loads(emitter, &access);
    emit_term_of(emitter, MEC_DIFFUSION_VOLUME, diffusion->compartment->left);
    emit_slope(emitter, diffusion);
    emit_term_of(emitter, MEC_DIFFUSION_PRODUCT, diffusion->diffusion->left);
    emit_stores(emitter, &access);
    emit_failure(emitter, KERNEL_STATE);
    emitter->indent = 0;
    mec_text_add(emitter->out, "    }\n    return 0;\n}\n\n");
    if (module->has_verbatim) {
        mec_text_printf(emitter->out,
                        "static int32_t mec_diffusion_%d(const mec_run *run)\n{\n"
                        "    return mec_guard(run, mec_bare_diffusion_%d);\n}\n\n",
                        number, number);
    }
}

void emit_diffusions(nmodl_emitter *emitter)
{
    const nmodl_module *module = emitter->module;
    mec_text *out = emitter->out;

    if (module->diffusion.n == 0) {
        return;
    }
    mec_text_add(out, "#undef MEC_W\n#define MEC_W 1\n");
    for (size_t i = 0; i < module->diffusion.n; i++) {
        emit_coefficients(emitter, &module->diffusion.data[i], (int)i);
    }
    mec_text_add(out, "static const mec_diffusion_desc mec_diffusions[] = {\n");
    for (size_t i = 0; i < module->diffusion.n; i++) {
        const nmodl_diffusion *diffusion = &module->diffusion.data[i];
        const nmodl_symbol *state = diffusion->state;
        bool integrated = nmodl_place(&module->state, state) >= 0;

        mec_text_printf(
            out, "    {%d, %d, %d, %d, %d, mec_diffusion_%d},\n", (int)state->column,
            integrated ? (int)state->prime->column : -1, (int)state->length,
            state->storage == STORE_ION ? (int)emit_symbol_ref(module, state) : -1,
            diffusion->current == NULL ? -1 : (int)diffusion->current->ion, (int)i);
    }
    mec_text_add(out, "};\n\n");
}
