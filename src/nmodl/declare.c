/* What a .mod text uses without declaring it, as nocmodl allows: names that stand in
 * GLOBAL only, x0 of a STATE x, usetable, and the mechanism's name. */

#include "nmodl_priv.h"

#include <stdio.h>
#include <string.h>

/* The STATE x of a name x0; NULL if there is none. */
static nmodl_symbol *state_of(const nmodl_module *module, const char *name)
{
    char base[128];
    size_t n = strlen(name);
    nmodl_symbol *symbol;

    if (n < 2 || n > sizeof base || name[n - 1] != '0') {
        return NULL;
    }
    (void)snprintf(base, sizeof base, "%.*s", (int)(n - 1), name);
    symbol = nmodl_lookup(module, base);
    return symbol != NULL && symbol->kind == SYMBOL_STATE ? symbol : NULL;
}

nmodl_symbol *nmodl_declare_initial(nmodl_module *module, const char *name)
{
    nmodl_symbol *state = state_of(module, name);
    nmodl_symbol *symbol = NULL;

    if (state != NULL) {
        symbol = nmodl_declare(module, name, SYMBOL_PARAMETER, state->offset);
    }
    if (symbol != NULL) {
        symbol->value = state->value;
        symbol->unit = state->unit;
        state->initial = symbol;
    }
    return symbol;
}

static void declare_names(nmodl_module *module)
{
    for (size_t i = 0; i < module->global_name.n; i++) {
        const char *name = module->global_name.data[i];
        if (nmodl_lookup(module, name) == NULL &&
            nmodl_declare_initial(module, name) == NULL) {
            (void)nmodl_declare(module, name, SYMBOL_ASSIGNED, 0);
        }
    }
    for (size_t i = 0; i < module->range_name.n; i++) {
        const char *name = module->range_name.data[i];
        if (nmodl_lookup(module, name) == NULL) {
            (void)nmodl_declare_initial(module, name);
        }
    }
}

static bool has_table(const nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_TABLE || has_table(stmt->body) ||
            has_table(stmt->other)) {
            return true;
        }
    }
    return false;
}

/* The global that users set to 0 to do without tables. */
static void declare_usetable(nmodl_module *module)
{
    bool any = false;
    nmodl_symbol *symbol;

    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        any = any || has_table(block->body);
    }
    if (!any || nmodl_lookup(module, "usetable") != NULL) {
        return;
    }
    symbol = nmodl_declare(module, "usetable", SYMBOL_PARAMETER, 0);
    if (symbol != NULL) {
        symbol->value = 1;
        symbol->global = true;
    }
}

/* Without SUFFIX a mechanism is named after its file. */
static void name_after_file(nmodl_module *module)
{
    const char *slash = strrchr(module->file, '/');
    const char *name = slash == NULL ? module->file : slash + 1;
    size_t n = strcspn(name, ".");

    if (module->name == NULL) {
        nmodl_warn(module, 0, "no SUFFIX: the mechanism is named after its file");
    }
    if (module->name == NULL || strcmp(module->name, "nothing") == 0) {
        module->name = mec_arena_strndup(module->arena, name, n);
        module->out_of_memory = module->out_of_memory || module->name == NULL;
    }
}

void nmodl_declare_implied(nmodl_module *module)
{
    name_after_file(module);
    declare_names(module);
    declare_usetable(module);
}
