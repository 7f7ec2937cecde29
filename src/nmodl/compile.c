/* The compiler's front door: runs the stages and collects the diagnostics. */

#include "nmodl_priv.h"

#include <string.h>

static void declare_system(nmodl_module *module)
{
    static const char *const names[] = {"v", "t", "dt", "celsius", "diam", "area"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)nmodl_declare(module, names[i], SYMBOL_SYSTEM, 0);
    }
}

static void module_clear(nmodl_module *module)
{
    mec_map_free(module->symbol);
    mec_map_free(module->define);
    mec_map_free(module->unit);
    mec_map_free(module->verbatim_word);
    mec_map_free(module->first_word);
    mec_map_free(module->c_name);
    mec_map_free(module->c_member);
    mec_map_free(module->reached_word);
    for (size_t i = 0; i < module->c_map.n; i++) {
        mec_map_free(module->c_map.data[i]);
    }
    MEC_VEC_CLEAR(&module->c_map);
    MEC_VEC_CLEAR(&module->c_region);
    MEC_VEC_CLEAR(&module->piece);
    MEC_VEC_CLEAR(&module->ion);
    MEC_VEC_CLEAR(&module->range_name);
    MEC_VEC_CLEAR(&module->global_name);
    MEC_VEC_CLEAR(&module->method);
    MEC_VEC_CLEAR(&module->solve);
    MEC_VEC_CLEAR(&module->diffusion);
    MEC_VEC_CLEAR(&module->diagnostic);
    MEC_VEC_CLEAR(&module->diagnostic_offset);
}

static const char *run_stages(nmodl_module *module)
{
    nmodl_token *token;
    size_t n_token = 0;

    declare_system(module);
    token = nmodl_lex(module, &n_token);
    if (token != NULL) {
        nmodl_parse(module, token, n_token);
    }
    if (module->out_of_memory) {
        return NULL;
    }
    nmodl_resolve(module);
    if (module->out_of_memory) {
        return NULL;
    }
    nmodl_check(module);
    if (module->n_error > 0 || module->out_of_memory) {
        return NULL;
    }
    nmodl_pass_cnexp(module);
    nmodl_pass_diffusion(module);
    nmodl_pass_synonym(module);
    nmodl_pass_effect(module);
    nmodl_pass_layout(module);
    nmodl_pass_vary(module);
    return module->n_error > 0 || module->out_of_memory ? NULL : nmodl_emit(module);
}

static mec_status finish(nmodl_module *module, mec_nmodl_result *result, mec_err *err)
{
    mec_diagnostic *copy;
    size_t n = module->diagnostic.n;

    copy = nmodl_alloc(module, (n + 1) * sizeof *copy);
    if (module->out_of_memory || mec_arena_failed(module->arena)) {
        result->c_source = NULL;
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", module->file);
    }
    if (n > 0) {
        memcpy(copy, module->diagnostic.data, n * sizeof *copy);
    }
    result->diagnostic = copy;
    result->n_diagnostic = n;
    for (size_t i = 0; i < n; i++) {
        if (copy[i].level == MEC_DIAGNOSTIC_ERROR) {
            const char *file = copy[i].file == NULL ? module->file : copy[i].file;
            return mec_fail(err, MEC_E_INPUT, "%s:%d:%d: %s", file, copy[i].line,
                            copy[i].column, copy[i].text);
        }
    }
    return MEC_OK;
}

mec_status mec_nmodl_compile(mec_arena *arena, const char *file, const char *folder,
                             const char *source, mec_nmodl_result *result, mec_err *err)
{
    nmodl_module module = {
        .arena = arena, .file = file, .folder = folder, .source = source};
    mec_status st;

    *result = (mec_nmodl_result){0};
    module.symbol = mec_map_new();
    module.define = mec_map_new();
    module.unit = mec_map_new();
    module.verbatim_word = mec_map_new();
    module.first_word = mec_map_new();
    module.c_name = mec_map_new();
    module.c_member = mec_map_new();
    module.reached_word = mec_map_new();
    if (module.symbol == NULL || module.define == NULL || module.unit == NULL ||
        module.verbatim_word == NULL || module.first_word == NULL ||
        module.c_name == NULL || module.c_member == NULL ||
        module.reached_word == NULL) {
        module.out_of_memory = true;
    } else {
        result->c_source = run_stages(&module);
    }
    st = finish(&module, result, err);
    result->name = st == MEC_OK ? module.name : NULL;
    result->straight = module.straight;
    module_clear(&module);
    return st;
}

void mec_diagnostic_print(const mec_diagnostic *diagnostic, const char *file,
                          const char *source, mec_text *out)
{
    const char *line = diagnostic->file == NULL ? source : diagnostic->source;
    size_t length;

    mec_text_printf(out, "%s:%d:%d: %s: %s\n",
                    diagnostic->file == NULL ? file : diagnostic->file,
                    diagnostic->line, diagnostic->column,
                    diagnostic->level == MEC_DIAGNOSTIC_ERROR ? "error" : "warning",
                    diagnostic->text);
    for (int i = 1; i < diagnostic->line && line != NULL; i++) {
        line = strchr(line, '\n');
        line = line == NULL ? NULL : line + 1;
    }
    if (line == NULL) {
        return;
    }
    length = strcspn(line, "\r\n");
    mec_text_add(out, "    ");
    mec_text_add_bytes(out, line, length);
    mec_text_add(out, "\n    ");
    for (int i = 1; i < diagnostic->column && (size_t)i <= length; i++) {
        mec_text_add_char(out, line[i - 1] == '\t' ? '\t' : ' ');
    }
    mec_text_add(out, "^\n");
}
