/* Kernels: loops over the instances of a run that load what the statements read, run them
 * and store what they wrote. */

#include "emit_priv.h"

#include <stdio.h>
#include <string.h>

static const char *const kernel_names[] = {
    [KERNEL_INIT] = "init",
    [KERNEL_CURRENT] = "current",
    [KERNEL_STATE] = "state",
    [KERNEL_DERIVATIVE] = "derivative",
    [KERNEL_SOLVE] = "solve",
    [KERNEL_BEFORE_BREAKPOINT] = "before_breakpoint",
    [KERNEL_AFTER_SOLVE] = "after_solve",
    [KERNEL_BEFORE_STEP] = "before_step",
    [KERNEL_BEFORE_INITIAL] = "before_initial",
    [KERNEL_AFTER_INITIAL] = "after_initial",
    [KERNEL_CONSTRUCT] = "construct",
    [KERNEL_DESTRUCT] = "destruct",
    [KERNEL_SYNONYM] = "synonym",
};

const char *emit_kernel_name(emit_kernel_kind kind)
{
    return kernel_names[kind];
}

const nmodl_block *emit_find_block(const nmodl_module *module, nmodl_block_kind kind)
{
    for (const nmodl_block *block = module->first_block; block != NULL;
         block = block->next) {
        if (block->kind == kind) {
            return block;
        }
    }
    return NULL;
}

bool emit_derives_in_current(const nmodl_module *module)
{
    for (size_t i = 0; i < module->current.n && module->solved != NULL; i++) {
        const nmodl_symbol *symbol = module->current.data[i];
        if (symbol->ion >= 0 && symbol->ion_read && symbol->ion_write) {
            return true;
        }
    }
    return false;
}

/* The PROCEDURE that the variable step calls before the currents, not after the step
 * (METHOD cvode_t: the last one). */
static const nmodl_block *called_in_current(const nmodl_module *module)
{
    const nmodl_block *found = NULL;

    for (size_t i = 0; i < module->solve.n; i++) {
        if (strcmp(module->solve.data[i]->method, "cvode_t") == 0) {
            found = module->solve.data[i];
        }
    }
    return found;
}

static void emit_derivation(nmodl_emitter *emitter)
{
    const nmodl_block *solved = emitter->module->solved;
    emit_equations outer = emitter->equations;

    if (!emit_derives_in_current(emitter->module)) {
        return;
    }
    emit_line(emitter, "if (run->env->implicit) {");
    emitter->indent++;
    if (solved->kind == BLOCK_KINETIC) {
        emit_line(emitter, "_p->failed = F(slope_%s)(_p, _nt);", solved->name);
    } else {
        emitter->equations = EMIT_DERIVATIVE;
        emit_statements(emitter, solved->body);
        emitter->equations = outer;
    }
    emitter->indent--;
    emit_line(emitter, "}");
}

/* The blocks that a kernel runs one after the other; NULL ends the list. */
void emit_kernel_blocks(const nmodl_module *module, emit_kernel_kind kind,
                        const nmodl_block *list[EMIT_MAX_BLOCKS])
{
    int n = 0;

    memset(list, 0, EMIT_MAX_BLOCKS * sizeof *list);
    switch (kind) {
    case KERNEL_INIT:
        list[0] = module->initial;
        break;
    case KERNEL_CURRENT:
        if (emit_derives_in_current(module)) {
            list[n++] = module->solved;
        } else if (called_in_current(module) != NULL && module->current.n > 0) {
            list[n++] = called_in_current(module);
        }
        list[n] = module->current.n > 0 ? module->breakpoint : NULL;
        break;
    case KERNEL_STATE:
        for (size_t k = 0; k < module->solve.n && n < EMIT_MAX_BLOCKS - 2; k++) {
            list[n++] = module->solve.data[k];
        }
        list[n] = module->current.n == 0 ? module->breakpoint : NULL;
        break;
    case KERNEL_DERIVATIVE:
        list[0] = module->solved;
        break;
    case KERNEL_SOLVE:
        break;
    case KERNEL_BEFORE_BREAKPOINT:
        list[0] = emit_find_block(module, BLOCK_BEFORE_BREAKPOINT);
        break;
    case KERNEL_AFTER_SOLVE:
        list[0] = emit_find_block(module, BLOCK_AFTER_SOLVE);
        break;
    case KERNEL_BEFORE_STEP:
        list[0] = emit_find_block(module, BLOCK_BEFORE_STEP);
        break;
    case KERNEL_BEFORE_INITIAL:
        list[0] = emit_find_block(module, BLOCK_BEFORE_INITIAL);
        break;
    case KERNEL_CONSTRUCT:
        list[0] = emit_find_block(module, BLOCK_CONSTRUCTOR);
        break;
    case KERNEL_DESTRUCT:
        list[0] = emit_find_block(module, BLOCK_DESTRUCTOR);
        break;
    case KERNEL_SYNONYM:
        list[0] = emit_find_block(module, BLOCK_SYNONYM);
        break;
    default:
        list[0] = emit_find_block(module, BLOCK_AFTER_INITIAL);
        break;
    }
}

static bool has_only_solve(const nmodl_block *block)
{
    const nmodl_stmt *stmt = block == NULL ? NULL : block->body->body;

    while (stmt != NULL && stmt->kind == STMT_SOLVE) {
        stmt = stmt->next;
    }
    return stmt == NULL;
}

bool emit_kernel_exists(nmodl_module *module, emit_kernel_kind kind)
{
    const nmodl_block *list[EMIT_MAX_BLOCKS];

    emit_kernel_blocks(module, kind, list);
    if (kind == KERNEL_INIT) {
        return true;
    }
    if (kind == KERNEL_SOLVE) {
        return module->state.n > 0;
    }
    if (kind == KERNEL_STATE && list[0] == module->breakpoint &&
        has_only_solve(list[0])) {
        return false;
    }
    return list[0] != NULL;
}

static bool is_kinetic(const nmodl_module *module)
{
    return module->solved != NULL && module->solved->kind == BLOCK_KINETIC;
}

bool emit_kernel_is_vector(nmodl_module *module, emit_kernel_kind kind)
{
    const nmodl_block *list[EMIT_MAX_BLOCKS];

    emit_kernel_blocks(module, kind, list);
    if (module->kind != MEC_DENSITY || kind == KERNEL_INIT ||
        module->n_column + emit_n_ion_ref(module) + 5 > MEC_MAX_ARRAYS ||
        (kind == KERNEL_CURRENT &&
         (emit_derives_in_current(module) || called_in_current(module) != NULL)) ||
        (kind == KERNEL_SOLVE && is_kinetic(module)) ||
        !emit_kernel_exists(module, kind)) {
        return false;
    }
    for (int i = 0; list[i] != NULL; i++) {
        nmodl_effect effect;
        if (kind == KERNEL_STATE && emit_is_implicit(list[i])) {
            return false;
        }
        nmodl_effect_of(module, list[i]->body, &effect);
        if (effect.used == NULL || effect.scalar_only) {
            return false;
        }
    }
    return true;
}

/* Add to or subtract from one of the host's arrays. */
static void emit_update(nmodl_emitter *emitter, const char *array, char sign,
                        const char *value)
{
    if (emitter->vector) {
        emit_line(emitter, "STORE(%s + i, LOAD(%s + i) %c %s);", array, array, sign,
                  value);
    } else {
        emit_line(emitter, "%s[i] %c= %s;", array, sign, value);
    }
}

/* ---- Bodies ---- */

static void emit_sum(nmodl_emitter *emitter, const char *name)
{
    const nmodl_symbols *current = &emitter->module->current;

    emit_indent(emitter);
    mec_text_printf(emitter->out, "const vd %s = ", name);
    for (size_t i = 0; i < current->n; i++) {
        mec_text_printf(emitter->out, "%s_p->c_%s", i > 0 ? " + " : "",
                        current->data[i]->name);
    }
    mec_text_add(emitter->out, ";\n");
}

static void emit_ion_currents(nmodl_emitter *emitter)
{
    nmodl_module *module = emitter->module;
    bool point = module->kind == MEC_POINT_PROCESS;

    for (size_t i = 0; i < module->current.n; i++) {
        const nmodl_symbol *symbol = module->current.data[i];
        char array[40], value[160];
        if (symbol->ion < 0) {
            continue;
        }
        snprintf(array, sizeof array, "run->ion[%d]",
                 (int)emit_ion_ref(module, symbol->ion, MEC_ION_DIDV));
        snprintf(value, sizeof value, "(di_%s - _p->c_%s) / %s%s", symbol->name,
                 symbol->name, emitter->vector ? "S(.001)" : ".001",
                 point ? " * 1.e2 / _p->c_area" : "");
        emit_line(emitter, "if (run->env->want_didv) {");
        emitter->indent++;
        emit_update(emitter, array, '+', value);
        emitter->indent--;
        emit_line(emitter, "}");
        snprintf(array, sizeof array, "run->ion[%d]",
                 (int)emit_symbol_ref(module, symbol));
        snprintf(value, sizeof value, "_p->c_%s%s", symbol->name,
                 point ? " * 1.e2 / _p->c_area" : "");
        emit_update(emitter, array, '+', value);
    }
}

static bool is_electrode(const nmodl_module *module)
{
    return module->current.n > 0 && module->current.data[0]->electrode;
}

/* I(v + .001), then I(v); the second leaves the variables as they are to stay. */
static void emit_current_body(nmodl_emitter *emitter)
{
    nmodl_module *module = emitter->module;
    const char *step = emitter->vector ? "S(.001)" : ".001";
    bool electrode = is_electrode(module);
    double high, low;

    emit_derivation(emitter);
    if (called_in_current(module) != NULL) {
        emit_line(emitter, "if (run->env->variable_step_active) {");
        emit_line(emitter, "    F(%s)(_p, _nt);", called_in_current(module)->name);
        emit_line(emitter, "}");
    }
    emit_line(emitter, "const vd v = _p->c_v;");
    emit_line(emitter, "_p->c_v = v + %s;", step);
    emit_statements(emitter, module->breakpoint->body);
    emit_sum(emitter, "above");
    for (size_t i = 0; i < module->current.n; i++) {
        if (module->current.data[i]->ion >= 0) {
            emit_line(emitter, "const vd di_%s = _p->c_%s;",
                      module->current.data[i]->name, module->current.data[i]->name);
        }
    }
    emit_line(emitter, "_p->c_v = v;");
    emitter->at_v = true;
    emit_statements(emitter, module->breakpoint->body);
    emitter->at_v = false;
    emit_sum(emitter, "at");
    emit_ion_currents(emitter);
    if (module->kind == MEC_POINT_PROCESS) {
        emit_line(emitter, "const vd g = (above - at) / .001 * (1.e2 / _p->c_area);");
        emit_line(emitter, "const vd current = at * (1.e2 / _p->c_area);");
    } else if (emitter->vector && nmodl_exact_division(.001, &high, &low)) {
        /* A conductance of 0 may lose its sign: it is added to a sum that is not 0. */
        emit_line(emitter, "const vd g = vdivide(above - at, %a, %a);", high, low);
        emit_line(emitter, "const vd current = at;");
    } else {
        emit_line(emitter, "const vd g = (above - at) / %s;", step);
        emit_line(emitter, "const vd current = at;");
    }
    emit_update(emitter, "run->rhs", electrode ? '+' : '-', "current");
    emit_update(emitter, "run->d", electrode ? '-' : '+', "g");
}

static void emit_init_states(nmodl_emitter *emitter)
{
    nmodl_module *module = emitter->module;

    for (size_t i = 0; i < module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        if (nmodl_is_own_reversal(symbol)) {
            emit_line(emitter, "_p->c_%s = run->column[%d][i];", symbol->name,
                      (int)symbol->column);
        }
        if (symbol->kind != SYMBOL_STATE || symbol->storage == STORE_ION) {
            continue;
        }
        for (int32_t k = 0; k < symbol->length; k++) {
            emit_indent(emitter);
            mec_text_printf(emitter->out, "_p->c_%s", symbol->name);
            if (symbol->is_array) {
                mec_text_printf(emitter->out, "[%d]", (int)k);
            }
            mec_text_add(emitter->out, " = ");
            if (symbol->initial != NULL) {
                emit_symbol(emitter, symbol->initial);
            } else {
                mec_text_printf(emitter->out, "%.17g", symbol->value);
            }
            mec_text_add(emitter->out, ";\n");
        }
    }
}

/* The derivatives' columns lie in a row, and so do the slopes'. */
static void emit_solve_body(nmodl_emitter *emitter)
{
    nmodl_module *module = emitter->module;
    int n = (int)nmodl_count(&module->state);

    for (int i = 0; i < n; i++) {
        int d = (int)module->state.data[0]->prime->column + i;
        int slope = module->n_column - n + i;
        if (emitter->vector) {
            emit_line(emitter,
                      "STORE(run->column[%d] + i, LOAD(run->column[%d] + i) / (S(1.) - "
                      "S(run->env->gamma) * LOAD(run->column[%d] + i)));",
                      d, d, slope);
        } else {
            emit_line(
                emitter,
                "run->column[%d][i] = run->column[%d][i] / (1. - run->env->gamma * "
                "run->column[%d][i]);",
                d, d, slope);
        }
    }
    for (size_t i = 0; i < module->state.n; i++) {
        const nmodl_symbol *state = module->state.data[i], *copy = state->copy;
        for (; copy != NULL; copy = copy->copy) {
            emit_line(emitter,
                      emitter->vector
                          ? "STORE(run->column[%d] + i, LOAD(run->column[%d] + i));"
                          : "run->column[%d][i] = run->column[%d][i];",
                      (int)copy->prime->column, (int)state->prime->column);
        }
    }
}

/* The variables that the block reads are loaded as for the derivative. */
static void emit_kinetic_solve(nmodl_emitter *emitter)
{
    const nmodl_module *module = emitter->module;

    for (size_t i = 0; i < module->state.n; i++) {
        const nmodl_symbol *prime = module->state.data[i]->prime;
        emit_access(emitter, prime, true, "run->column", prime->column);
    }
    emit_line(emitter, "_p->failed = F(solve_%s)(_p, _nt);", module->solved->name);
    for (size_t i = 0; i < module->state.n; i++) {
        const nmodl_symbol *prime = module->state.data[i]->prime;
        emit_access(emitter, prime, false, "run->column", prime->column);
    }
}

static void emit_derivative_stores(nmodl_emitter *emitter)
{
    nmodl_module *module = emitter->module;
    const nmodl_symbol *copy;

    for (size_t i = 0; i < module->state.n; i++) {
        const nmodl_symbol *state = module->state.data[i];
        nmodl_symbol slope = *state;
        slope.name = mec_arena_printf(module->arena, "slope_%s", state->name);
        emit_access(emitter, state->prime, false, "run->column", state->prime->column);
        for (copy = state->copy; copy != NULL; copy = copy->copy) {
            emit_access(emitter, state->prime, false, "run->column",
                        copy->prime->column);
        }
        if (slope.name != NULL && !is_kinetic(module)) {
            emit_access(emitter, &slope, false, "run->column",
                        emit_slope_column(module, state));
        }
    }
}

static void emit_kernel_body(nmodl_emitter *emitter, emit_kernel_kind kind)
{
    const nmodl_block *list[EMIT_MAX_BLOCKS];

    emitter->n_mask = 0;
    emitter->inside = 0;
    emitter->mask = NULL;
    emitter->equations = kind == KERNEL_DERIVATIVE ? EMIT_DERIVATIVE : EMIT_EXACT_STEP;
    if (kind == KERNEL_CURRENT) {
        emit_current_body(emitter);
        return;
    }
    if (kind == KERNEL_SOLVE && is_kinetic(emitter->module)) {
        emit_kinetic_solve(emitter);
        return;
    }
    if (kind == KERNEL_SOLVE) {
        emit_solve_body(emitter);
        return;
    }
    if (kind == KERNEL_INIT) {
        emit_restart(emitter);
        emit_init_states(emitter);
    }
    emit_kernel_blocks(emitter->module, kind, list);
    for (int i = 0; list[i] != NULL; i++) {
        if (list[i]->kind == BLOCK_PROCEDURE) {
            bool fixed_only = strcmp(list[i]->method, "cvode_t") == 0;
            emit_line(emitter, "%sF(%s)(_p, _nt);",
                      fixed_only ? "if (!run->env->variable_step_active) " : "",
                      list[i]->name);
        } else if (emit_is_left_early(emitter->module, list[i])) {
            emit_line(emitter, "(void)F(block_%d)(_p, _nt);", (int)list[i]->kind);
        } else if (kind == KERNEL_DERIVATIVE && is_kinetic(emitter->module)) {
            emit_line(emitter, "_p->failed = F(slope_%s)(_p, _nt);", list[i]->name);
        } else if (kind == KERNEL_STATE && emit_is_implicit(list[i])) {
            emit_line(emitter, "_p->failed |= F(advance_%s)(_p, _nt);", list[i]->name);
        } else {
            emit_statements(emitter, list[i]->body);
        }
    }
}

/* ---- Whole kernels ---- */

/* Where functions fill their tables themselves, vectors of instances cannot do it. */
static void emit_vector_start(nmodl_emitter *emitter, emit_kernel_kind kind)
{
    if (kind != KERNEL_SOLVE && emit_has_table(emitter->module) &&
        nmodl_is_static(emitter->module)) {
        emit_line(emitter, "(void)mec_tables(run);");
    }
}

/* What mec_tail() must copy: the columns and ion references that the kernel touches. */
static void emit_tail_lists(nmodl_emitter *emitter, const emit_accesses *access,
                            emit_kernel_kind kind)
{
    nmodl_module *module = emitter->module;
    mec_text *out = emitter->out;

    emit_indent(emitter);
    mec_text_add(out, "static const short column[] = {");
    for (size_t i = 0; i < module->variable.n && kind != KERNEL_SOLVE; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        bool loaded = access->load[i] && !emit_comes_from_ion(symbol);
        if (emit_has_column(symbol) && (loaded || access->store[i])) {
            mec_text_printf(out, "%d, ", (int)symbol->column);
        }
    }
    if (kind == KERNEL_DERIVATIVE || kind == KERNEL_SOLVE) {
        int n = (int)nmodl_count(&module->state);
        for (int i = 0; i < n; i++) {
            mec_text_printf(out, "%d, %d, ",
                            (int)module->state.data[0]->prime->column + i,
                            module->n_column - n + i);
        }
    }
    for (size_t i = 0; i < module->state.n; i++) {
        const nmodl_symbol *copy = module->state.data[i]->copy;
        for (; copy != NULL; copy = copy->copy) {
            mec_text_printf(out, "%d, %d, ", (int)copy->column,
                            (int)copy->prime->column);
        }
    }
    mec_text_add(out, "-1};\n");
    emit_indent(emitter);
    mec_text_add(out, "static const short ion[] = {");
    for (size_t i = 0; i < module->variable.n && kind != KERNEL_SOLVE; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        bool current = symbol->storage == STORE_ION && symbol->ion_write &&
                       symbol->ion_variable == MEC_ION_I && kind == KERNEL_CURRENT;
        bool read =
            emit_comes_from_ion(symbol) && (access->load[i] || access->store[i]);
        if (read || current) {
            mec_text_printf(out, "%d, ", (int)emit_symbol_ref(module, symbol));
        }
        if (current) {
            mec_text_printf(out, "%d, ",
                            (int)emit_ion_ref(module, symbol->ion, MEC_ION_DIDV));
        }
    }
    mec_text_add(out, "-1};\n");
}

static void emit_tail_call(nmodl_emitter *emitter, const emit_accesses *access,
                           emit_kernel_kind kind)
{
    nmodl_module *module = emitter->module;
    const char *name = kernel_names[kind];
    bool v = kind == KERNEL_CURRENT || emit_uses_system(module, access, kind, "v");

    mec_text_printf(emitter->out, "static int32_t K(%s)(const mec_run *run)\n{\n",
                    name);
    emitter->indent = 1;
    emit_tail_lists(emitter, access, kind);
    emit_line(emitter, "int full = run->n / MEC_W * MEC_W;\n");
    emit_vector_start(emitter, kind);
    emit_line(emitter, "if (full > 0) {");
    emit_line(emitter, "    K(block_%s)(run, full);", name);
    emit_line(emitter, "}");
    emit_line(emitter, "if (full < run->n) {");
    emit_line(emitter,
              "    mec_lent->tail(run, full, column, ion, 0%s%s%s%s, MEC_W, "
              "K(block_%s));",
              v ? " | MEC_USES_V" : "",
              emit_uses_system(module, access, kind, "area") ? " | MEC_USES_AREA" : "",
              emit_uses_system(module, access, kind, "diam") ? " | MEC_USES_DIAM" : "",
              kind == KERNEL_CURRENT ? " | MEC_USES_RHS" : "", name);
    emit_line(emitter, "}");
    emit_line(emitter, "return 0;");
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
}

/* The first instance that fails ends the kernel. */
void emit_failure(nmodl_emitter *emitter, emit_kernel_kind kind)
{
    emit_line(emitter, "if (_p->failed) {");
    emit_line(emitter,
              "    run->env->failure = \"the implicit step does not converge\";");
    emit_line(emitter, "    return i + 1;");
    emit_line(emitter, "}");
    if ((kind == KERNEL_INIT &&
         emit_find_block(emitter->module, BLOCK_NET_RECEIVE) != NULL) ||
        emitter->module->has_scop || emit_has_function_table(emitter->module)) {
        emit_line(emitter, "if (run->env->failure) {");
        emit_line(emitter, "    return i + 1;");
        emit_line(emitter, "}");
    }
    if (emitter->module->has_verbatim) {
        emit_line(emitter, "if (mec_verbatim_failure) {");
        emit_line(emitter, "    run->env->failure = mec_verbatim_failure;");
        emit_line(emitter, "    mec_verbatim_failure = 0;");
        emit_line(emitter, "    return i + 1;");
        emit_line(emitter, "}");
    }
}

void emit_kernel(nmodl_emitter *emitter, emit_kernel_kind kind)
{
    emit_kernel_kind reads = kind;
    nmodl_module *module = emitter->module;
    size_t n = module->variable.n + 1;
    emit_accesses access = {nmodl_alloc(module, n * sizeof(bool)),
                            nmodl_alloc(module, n * sizeof(bool))};

    if (access.load == NULL || access.store == NULL) {
        return;
    }
    if (kind != KERNEL_SOLVE) {
        emit_find_access(module, kind, &access);
    } else if (is_kinetic(module)) {
        reads = KERNEL_DERIVATIVE;
        emit_find_access(module, reads, &access);
    }
    if (emitter->vector) {
        mec_text_printf(emitter->out,
                        "static void K(block_%s)(const mec_run *run, int n)\n{\n",
                        kernel_names[kind]);
    } else {
        mec_text_printf(emitter->out, "static int32_t K(%s%s)(const mec_run *run)\n{\n",
                        module->has_verbatim ? "bare_" : "", kernel_names[kind]);
        mec_text_add(emitter->out, "    const int n = run->n;\n");
    }
    emitter->indent = 1;
    emit_line(emitter, "mec_uniform shared = mec_share(run);");
    emit_line(emitter, "const mec_uniform *const _nt = &shared;\n");
    if (kind == KERNEL_STATE && emit_halves_dt(module)) {
        emit_line(emitter, "shared._dt *= run->env->secondorder == 0 ? 1. : 0.5;");
    }
    emit_line(emitter, "(void)_nt;");
    emit_line(emitter, "for (int i = 0; i < n; i += MEC_W) {");
    emitter->indent = 2;
    if (!emitter->vector || kind != KERNEL_SOLVE) {
        emit_line(emitter, "inst one, *const _p = &one;");
        emit_line(emitter, emitter->vector ? "(void)_p;" : "_p->failed = 0;");
    }
    if (!emitter->vector && module->has_verbatim) {
        emit_line(emitter, "_p->at = i;");
        emit_line(emitter, "mec_here(_p, _nt, i);");
    }
    emit_loads(emitter, &access, reads);
    emit_kernel_body(emitter, kind);
    if (kind == KERNEL_DERIVATIVE) {
        emit_derivative_stores(emitter);
    }
    if (kind != KERNEL_SOLVE) {
        emit_stores(emitter, &access);
    }
    if (!emitter->vector) {
        emit_failure(emitter, kind);
    }
    emitter->indent = 1;
    emit_line(emitter, "}");
    if (!emitter->vector) {
        emit_line(emitter, "return 0;");
    }
    emitter->indent = 0;
    mec_text_add(emitter->out, "}\n\n");
    if (emitter->vector) {
        emit_tail_call(emitter, &access, kind);
    } else if (module->has_verbatim) {
        mec_text_printf(emitter->out,
                        "static int32_t K(%s)(const mec_run *run)\n{\n"
                        "    return mec_guard(run, K(bare_%s));\n}\n\n",
                        kernel_names[kind], kernel_names[kind]);
    }
}
