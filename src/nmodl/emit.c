/* The C file as a whole: ABI, section 1 (one instance at a time), sections 4 and 8 (AVX2
 * and AVX-512), descriptor. All is one file, so one call of the C compiler suffices; the
 * vector sections carry their instruction set in pragmas. */

#include "flow_priv.h"

#include <string.h>

static void add_lines(mec_text *out, const char *const *lines)
{
    for (; *lines != NULL; lines++) {
        mec_text_add(out, *lines);
    }
}

void emit_lines(nmodl_emitter *emitter, const char *const *lines)
{
    add_lines(emitter->out, lines);
}

/* Values shared by the instances: time, temperature, globals that no block assigns. */
static void emit_shared(nmodl_emitter *emitter)
{
    const nmodl_module *module = emitter->module;
    mec_text *out = emitter->out;

    mec_text_add(out, "typedef struct mec_uniform {\n    double _t, _dt, _celsius;\n"
                      "    double *global;\n    const mec_run *run;\n");
    for (size_t i = 0; i < module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        if (symbol->storage == STORE_GLOBAL) {
            mec_text_printf(out, "    double g_%s;\n", symbol->name);
        }
    }
    mec_text_add(out, "} mec_uniform;\n\n"
                      "MEC_INLINE mec_uniform mec_share(const mec_run *run)\n{\n"
                      "    mec_uniform u;\n\n    u._t = run->env->t;\n"
                      "    u._dt = run->env->dt;\n    u._celsius = run->env->celsius;\n"
                      "    u.global = run->global;\n    u.run = run;\n");
    for (size_t i = 0; i < module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        if (symbol->storage == STORE_GLOBAL) {
            mec_text_printf(out, "    u.g_%s = run->global[%d];\n", symbol->name,
                            (int)symbol->column);
        }
    }
    mec_text_add(out, "    return u;\n}\n\n");
}

bool emit_kernel_is_free(nmodl_module *module, emit_kernel_kind kind)
{
    flow f = {0};
    bool is_free;

    if ((kind != KERNEL_CURRENT && kind != KERNEL_STATE && kind != KERNEL_DERIVATIVE) ||
        !emit_kernel_is_vector(module, kind)) {
        return false;
    }
    flow_build(&f, module, kind, true);
    flow_lower(&f);
    is_free = !f.refused;
    flow_clear(&f);
    return is_free;
}

/* The kernels with free rounding, where they differ from the others. */
static void emit_free_kernels(nmodl_emitter *emitter)
{
    for (int kind = 0; kind < N_EMIT_KERNEL; kind++) {
        flow f = {0};

        if (emit_kernel_is_free(emitter->module, (emit_kernel_kind)kind)) {
            flow_build(&f, emitter->module, (emit_kernel_kind)kind, true);
            flow_lower(&f);
            flow_plan(&f);
            flow_emit(emitter, &f, (emit_kernel_kind)kind);
        }
        flow_clear(&f);
    }
}

/* The vector kernels: as flows where that works. */
static void emit_vector_kernels(nmodl_emitter *emitter)
{
    nmodl_module *module = emitter->module;
    flow flows[N_EMIT_KERNEL] = {0};
    bool wanted[N_EMIT_KERNEL], others = false;

    for (int kind = 0; kind < N_EMIT_KERNEL; kind++) {
        wanted[kind] = emit_kernel_is_vector(module, (emit_kernel_kind)kind);
        if (wanted[kind]) {
            flow_build(&flows[kind], module, (emit_kernel_kind)kind, false);
            others = others || (flows[kind].refused && kind != KERNEL_SOLVE);
        }
    }
    if (others) {
        emit_functions(emitter);
    }
    module->straight = true;
    for (int kind = KERNEL_CURRENT; kind <= KERNEL_DERIVATIVE; kind++) {
        bool is_flow = wanted[kind] && !flows[kind].refused;
        module->straight =
            module->straight &&
            (is_flow || !emit_kernel_exists(module, (emit_kernel_kind)kind));
    }
    for (int kind = 0; kind < N_EMIT_KERNEL; kind++) {
        if (wanted[kind] && flows[kind].refused) {
            emit_kernel(emitter, (emit_kernel_kind)kind);
        } else if (wanted[kind]) {
            flow_plan(&flows[kind]);
            flow_emit(emitter, &flows[kind], (emit_kernel_kind)kind);
        }
        flow_clear(&flows[kind]);
    }
    emit_free_kernels(emitter);
}

/* Begin a section: its width and, for vectors, instruction set and functions. */
static void emit_section_start(mec_text *out, int width)
{
    mec_text_printf(out, "#undef MEC_W\n#define MEC_W %d\n", width);
    if (width > 1) {
        const char *target =
            width == 8 ? "avx512f,avx512dq,avx512vl,avx2,fma" : "avx2,fma";
        mec_text_printf(
            out,
            "#ifdef __clang__\n#pragma clang attribute push(__attribute__(("
            "target(\"%s\"))), apply_to = function)\n#else\n"
            "#pragma GCC push_options\n#pragma GCC target(\"%s\")\n#endif\n",
            target, target);
        add_lines(out, nmodl_text_vector);
    }
}

static void emit_section_end(mec_text *out)
{
    mec_text_add(out, "#ifdef __clang__\n#pragma clang attribute pop\n#else\n"
                      "#pragma GCC pop_options\n#endif\n");
}

static void emit_section(nmodl_emitter *emitter, int width)
{
    nmodl_module *module = emitter->module;

    emitter->vector = width > 1;
    emit_section_start(emitter->out, width);
    if (width > 1) {
        emit_vector_kernels(emitter);
        emit_section_end(emitter->out);
        return;
    }
    emit_functions(emitter);
    emit_implicit(emitter);
    if (emit_has_table(module)) {
        emit_table_filler(emitter);
    }
    for (int kind = 0; kind < N_EMIT_KERNEL; kind++) {
        if (emit_kernel_exists(module, (emit_kernel_kind)kind)) {
            emit_kernel(emitter, (emit_kernel_kind)kind);
        }
    }
}

void mec_nmodl_lent_source(mec_text *out)
{
    mec_text_add(out, "/* Made from src/nmodl/runtime by mecombo. */\n\n");
    add_lines(out, nmodl_text_abi);
    add_lines(out, nmodl_text_scalar);
    mec_text_add(out, "extern double mechanism_exp_table[256];\n"
                      "#define mec_exp_table mechanism_exp_table\n"
                      "extern double mechanism_log_table[512];\n\n");
    add_lines(out, nmodl_text_tail);
    mec_text_add(out, "#if defined(__x86_64__)\n");
    for (int width = 4; width <= 8; width += 4) {
        emit_section_start(out, width);
        mec_text_add(out, "#undef BEYOND\n");
        add_lines(out, nmodl_text_lent);
        add_lines(out, nmodl_text_power);
        emit_section_end(out);
    }
    mec_text_add(out, "#endif\n");
}

const char *nmodl_emit(nmodl_module *module)
{
    mec_text out = MEC_TEXT_INIT;
    nmodl_emitter emitter = {.module = module, .out = &out};
    char *text = NULL;

    mec_text_printf(&out, "/* Made from %s by mecombo. */\n\n", module->file);
    emit_lines(&emitter, nmodl_text_abi);
    mec_text_printf(&out, "\n#define MEC_N_COLUMN %d\n#define MEC_N_ION_REF %d\n",
                    (int)module->n_column, (int)emit_n_ion_ref(module));
    mec_text_add(&out,
                 "#ifndef MEC_ENTRY\n#define MEC_ENTRY mec_mechanism_describe\n"
                 "#endif\n#if defined(__x86_64__)\n#define MEC_SIMD 1\n#endif\n\n");
    emit_lines(&emitter, nmodl_text_scalar);
    if (module->has_scop || module->has_verbatim) {
        emit_lines(&emitter, nmodl_text_scop);
    }
    if (module->has_random) {
        emit_lines(&emitter, nmodl_text_random);
    }
    if (module->has_verbatim) {
        emit_lines(&emitter, nmodl_text_verbatim);
        emit_shim(&emitter);
    }
    emit_shared(&emitter);
    emit_section(&emitter, 1);
    mec_text_add(&out, "#ifdef MEC_SIMD\n");
    emit_section(&emitter, 4);
    emit_section(&emitter, 8);
    mec_text_add(&out, "#endif\n\n");
    emit_descriptor(&emitter);
    if (mec_text_ok(&out)) {
        text = mec_arena_strdup(module->arena, mec_text_string(&out));
    }
    mec_text_clear(&out);
    if (text == NULL) {
        module->out_of_memory = true;
    }
    return text;
}
