/* What kernels load and store: which variables a kernel reads and writes, where each comes
 * from (column or ion), and the lines that move them. */

#include "emit_priv.h"

#include <stdio.h>
#include <string.h>

bool emit_ion_ref_is(const nmodl_module *module, int32_t ion, int32_t variable)
{
    const nmodl_ion *use = &module->ion.data[ion];

    for (size_t i = 0; i < use->symbol.n; i++) {
        const nmodl_symbol *symbol = use->symbol.data[i];
        if (symbol->ion_variable == variable ||
            (variable == MEC_ION_DIDV && symbol->ion_variable == MEC_ION_I &&
             (symbol->ion_write || symbol->sloped))) {
            return true;
        }
    }
    return false;
}

int32_t emit_ion_ref(const nmodl_module *module, int32_t ion, int32_t variable)
{
    int32_t n = 0;

    for (int32_t i = 0; i < (int32_t)module->ion.n; i++) {
        for (int32_t k = 0; k < MEC_N_ION_VARIABLE; k++) {
            if (i == ion && k == variable) {
                return n;
            }
            n += emit_ion_ref_is(module, i, k) ? 1 : 0;
        }
    }
    return n;
}

int32_t emit_n_ion_ref(const nmodl_module *module)
{
    return emit_ion_ref(module, (int32_t)module->ion.n, 0);
}

int32_t emit_symbol_ref(const nmodl_module *module, const nmodl_symbol *symbol)
{
    return emit_ion_ref(module, symbol->ion, symbol->ion_variable);
}

/* Loaded at the start of every kernel from the ion, not from a column. */
bool emit_comes_from_ion(const nmodl_symbol *symbol)
{
    return symbol->storage == STORE_ION &&
           (symbol->ion_read || symbol->ion_variable != MEC_ION_I);
}

bool emit_has_column(const nmodl_symbol *symbol)
{
    return symbol->column >= 0 &&
           (symbol->storage == STORE_COLUMN || symbol->storage == STORE_ION);
}

/* Does one of the blocks solve for the symbol? */
static bool is_solved(const nmodl_block *const *list, const nmodl_symbol *symbol)
{
    for (; *list != NULL; list++) {
        if (nmodl_place(&(*list)->unknown, symbol) >= 0) {
            return true;
        }
    }
    return false;
}

int32_t emit_slope_column(const nmodl_module *module, const nmodl_symbol *state)
{
    return module->n_column - nmodl_count(&module->state) +
           nmodl_place(&module->state, state);
}

void emit_find_access(nmodl_module *module, emit_kernel_kind kind,
                      emit_accesses *access)
{
    const nmodl_block *list[EMIT_MAX_BLOCKS];
    nmodl_effect total;
    nmodl_stmt stmts[EMIT_MAX_BLOCKS + 1] = {{.kind = STMT_BLOCK}};

    emit_kernel_blocks(module, kind, list);
    for (int i = 0; list[i] != NULL; i++) {
        stmts[i].kind = stmts[i + 1].kind = STMT_BLOCK;
        stmts[i].body = list[i]->body;
        stmts[i].next = &stmts[i + 1];
    }
    nmodl_effect_of(module, &stmts[0], &total);
    for (size_t i = 0; total.used != NULL && i < module->variable.n; i++) {
        nmodl_symbol *symbol = module->variable.data[i];
        int32_t k = (int32_t)i;
        bool exposed = nmodl_set_has(total.exposed, k);
        bool partly = nmodl_set_has(total.maybe, k) && !nmodl_set_has(total.sure, k);
        bool equation = symbol->kind == SYMBOL_STATE && is_solved(list, symbol);
        access->load[i] = exposed || partly || (symbol->in_verbatim && total.verbatim);
        access->store[i] = nmodl_set_has(total.maybe, k);
        if (kind == KERNEL_CURRENT && list[1] != NULL) {
            /* The first block runs in the variable step only. */
            access->load[i] = access->load[i] || access->store[i];
        }
        if (equation && kind == KERNEL_STATE) {
            access->load[i] = access->store[i] = true;
        }
        if (kind == KERNEL_INIT && symbol->kind == SYMBOL_STATE) {
            access->load[i] = symbol->storage == STORE_ION;
            access->store[i] = true;
        }
        if (kind == KERNEL_INIT && symbol->storage == STORE_ION && symbol->ion_write &&
            symbol->ion_variable != MEC_ION_I) {
            access->load[i] = !nmodl_is_own_reversal(symbol);
            access->store[i] = true;
        }
    }
}

bool emit_uses_system(nmodl_module *module, const emit_accesses *access,
                      emit_kernel_kind kind, const char *name)
{
    const nmodl_symbol *symbol = nmodl_lookup(module, name);

    return kind != KERNEL_SOLVE && symbol != NULL && symbol->index >= 0 &&
           (access->load[symbol->index] || access->store[symbol->index]);
}

/* ---- One instance (or vector of instances): loads and stores ---- */

enum { LONG_ARRAY = 16 }; /* elements; longer arrays move in a loop, not one by one */

/* Move one value between its column, `array[column]`, and the instance's own copy. */
static void emit_move(nmodl_emitter *emitter, const nmodl_symbol *symbol, bool load,
                      const char *array, const char *column, const char *element)
{
    if (load && emitter->vector) {
        emit_line(emitter, "_p->c_%s%s = LOAD(%s[%s] + i);", symbol->name, element,
                  array, column);
    } else if (load) {
        emit_line(emitter, "_p->c_%s%s = %s[%s][i];", symbol->name, element, array,
                  column);
    } else if (emitter->vector) {
        emit_line(emitter, "STORE(%s[%s] + i, _p->c_%s%s);", array, column,
                  symbol->name, element);
    } else {
        emit_line(emitter, "%s[%s][i] = _p->c_%s%s;", array, column, symbol->name,
                  element);
    }
}

void emit_access(nmodl_emitter *emitter, const nmodl_symbol *symbol, bool load,
                 const char *array, int32_t index)
{
    char column[40], element[24] = "";

    if (symbol->length > LONG_ARRAY) {
        emit_line(emitter, "for (int32_t _k = 0; _k < %d; _k++) {",
                  (int)symbol->length);
        snprintf(column, sizeof column, "%d + _k", (int)index);
        emit_move(emitter, symbol, load, array, column, "[_k]");
        emit_line(emitter, "}");
        return;
    }
    for (int32_t i = 0; i < symbol->length; i++) {
        if (symbol->is_array) {
            snprintf(element, sizeof element, "[%d]", (int)i);
        }
        snprintf(column, sizeof column, "%d", (int)(index + i));
        emit_move(emitter, symbol, load, array, column, element);
    }
}

static void emit_load_system(nmodl_emitter *emitter, const char *name)
{
    if (emitter->vector) {
        emit_line(emitter, "_p->c_%s = LOAD(run->%s + i);", name, name);
    } else {
        emit_line(emitter, "_p->c_%s = run->%s[i];", name, name);
    }
}

void emit_loads(nmodl_emitter *emitter, const emit_accesses *access,
                emit_kernel_kind kind)
{
    nmodl_module *module = emitter->module;
    static const char *const systems[] = {"v", "area", "diam"};

    for (size_t i = 0; i < 3; i++) {
        if (kind != KERNEL_SOLVE &&
            (emit_uses_system(module, access, kind, systems[i]) ||
             (i == 0 && kind == KERNEL_CURRENT))) {
            emit_load_system(emitter, systems[i]);
        }
    }
    if (module->kind == MEC_POINT_PROCESS && kind == KERNEL_CURRENT) {
        emit_load_system(emitter, "area");
    }
    for (size_t i = 0; i < module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        if (!access->load[i]) {
            continue;
        }
        if (emit_comes_from_ion(symbol)) {
            emit_access(emitter, symbol, true, "run->ion",
                        emit_symbol_ref(module, symbol));
        } else if (emit_has_column(symbol)) {
            emit_access(emitter, symbol, true, "run->column", symbol->column);
        }
    }
    if (!emitter->vector && module->pointer.n > 0) {
        emit_line(emitter, "_p->pointer = run->instance + (long)i * %d;",
                  (int)module->pointer.n);
    }
}

void emit_stores(nmodl_emitter *emitter, const emit_accesses *access)
{
    nmodl_module *module = emitter->module;
    const nmodl_symbol *copy;

    for (size_t i = 0; i < module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        if (!access->store[i]) {
            continue;
        }
        if (symbol->storage == STORE_ION && symbol->ion_write &&
            symbol->ion_variable != MEC_ION_I) {
            emit_access(emitter, symbol, false, "run->ion",
                        emit_symbol_ref(module, symbol));
        }
        if (emit_has_column(symbol)) {
            emit_access(emitter, symbol, false, "run->column", symbol->column);
        }
        for (copy = symbol->copy; copy != NULL; copy = copy->copy) {
            emit_access(emitter, symbol, false, "run->column", copy->column);
        }
    }
}

void emit_load_all(nmodl_emitter *emitter)
{
    nmodl_module *module = emitter->module;

    for (size_t i = 0; i < module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        if (emit_comes_from_ion(symbol)) {
            emit_access(emitter, symbol, true, "run->ion",
                        emit_symbol_ref(module, symbol));
        } else if (emit_has_column(symbol)) {
            emit_access(emitter, symbol, true, "run->column", symbol->column);
        }
    }
    emit_line(emitter, "_p->c_v = run->v[i];");
    emit_line(emitter, "_p->c_area = run->area[i];");
    emit_line(emitter, "_p->c_diam = run->diam[i];");
    if (module->pointer.n > 0) {
        emit_line(emitter, "_p->pointer = run->instance + (long)i * %d;",
                  (int)module->pointer.n);
    }
}

void emit_store_all(nmodl_emitter *emitter)
{
    nmodl_module *module = emitter->module;
    const nmodl_symbol *copy;

    for (size_t i = 0; i < module->variable.n; i++) {
        const nmodl_symbol *symbol = module->variable.data[i];
        if (emit_has_column(symbol)) {
            emit_access(emitter, symbol, false, "run->column", symbol->column);
        }
        for (copy = symbol->copy; copy != NULL; copy = copy->copy) {
            emit_access(emitter, symbol, false, "run->column", copy->column);
        }
    }
}
