/* What must hold before code can be made, and what NEURON would ignore silently. */

#include "nmodl_priv.h"

#include <string.h>

enum {
    FOR_DERIVATIVE = 1 << BLOCK_DERIVATIVE,
    FOR_KINETIC = 1 << BLOCK_KINETIC,
    FOR_LINEAR = 1 << BLOCK_LINEAR,
    FOR_NONLINEAR = 1 << BLOCK_NONLINEAR,
    FOR_PROCEDURE = 1 << BLOCK_PROCEDURE
};

/* Methods and the kinds of blocks that each can solve. */
static const struct {
    const char *name;
    unsigned kinds;
} methods[] = {
    {"cnexp", FOR_DERIVATIVE},
    {"derivimplicit", FOR_DERIVATIVE},
    {"euler", FOR_DERIVATIVE | FOR_KINETIC},
    {"runge", FOR_DERIVATIVE | FOR_KINETIC},
    {"adrunge", FOR_DERIVATIVE | FOR_KINETIC},
    {"adeuler", FOR_DERIVATIVE | FOR_KINETIC},
    {"adams", FOR_DERIVATIVE | FOR_KINETIC},
    {"sparse", FOR_KINETIC},
    {"simeq", FOR_LINEAR},
    {"newton", FOR_NONLINEAR},
    {"after_cvode", FOR_PROCEDURE},
    {"cvode_t", FOR_PROCEDURE},
};

/* Methods that nocmodl knows and that do not work in NEURON 8.2.7. */
static const char *trouble_with(const char *method)
{
    static const char *const known[][2] = {
        {"heun", "its first step reads memory that nothing has set"},
        {"gear", "its steps come out far too short"},
        {"clsoda", "it does not come to an end"},
        {"simplex", "it crashes"},
        {"cvode_t_v", "nocmodl takes it for no block"},
    };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(known[i][0], method) == 0) {
            return known[i][1];
        }
    }
    return NULL;
}

static bool check_method(nmodl_module *module, const nmodl_stmt *solve,
                         const nmodl_block *block)
{
    mec_text fitting = MEC_TEXT_INIT;
    bool known = false, fits = false;

    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        bool takes = (methods[i].kinds >> block->kind & 1) != 0;
        bool same = strcmp(methods[i].name, solve->method) == 0;
        known = known || same;
        fits = fits || (same && takes);
        if (takes) {
            mec_text_printf(&fitting, "%s%s", fitting.length > 0 ? ", " : "",
                            methods[i].name);
        }
    }
    if (!fits && trouble_with(solve->method) != NULL) {
        nmodl_error(module, solve->offset,
                    "method %s is refused: in NEURON %s (\"%s\" can have %s)",
                    solve->method, trouble_with(solve->method), block->name,
                    mec_text_string(&fitting));
    } else if (!fits) {
        nmodl_error(module, solve->offset, "method %s %s (\"%s\" can have %s)",
                    solve->method, known ? "does not fit" : "is not supported",
                    block->name, mec_text_string(&fitting));
    }
    mec_text_clear(&fitting);
    return fits;
}

static const char *default_method(const nmodl_block *block)
{
    switch (block->kind) {
    case BLOCK_DERIVATIVE:
        return "adrunge";
    case BLOCK_LINEAR:
        return "simeq";
    case BLOCK_NONLINEAR:
        return "newton";
    default:
        return "none";
    }
}

static void check_solve(nmodl_module *module, nmodl_stmt *solve)
{
    nmodl_symbol *symbol = nmodl_lookup(module, solve->text);
    nmodl_block *block = symbol == NULL ? NULL : symbol->block;
    const char *method = solve->method;

    if (block == NULL) {
        nmodl_error(module, solve->offset, "SOLVE names \"%s\", which is no block",
                    solve->text);
        return;
    }
    solve->symbol = symbol;
    if (solve->is_call) {
        return;
    }
    if (block->kind != BLOCK_PROCEDURE && !nmodl_has_equations(block)) {
        nmodl_error(module, solve->offset,
                    "\"%s\" is no DERIVATIVE, KINETIC, LINEAR, NONLINEAR or PROCEDURE",
                    solve->text);
        return;
    }
    if (method == NULL && block->kind == BLOCK_KINETIC) {
        nmodl_error(module, solve->offset, "SOLVE %s needs METHOD sparse", solve->text);
        return;
    }
    if (method != NULL && !check_method(module, solve, block)) {
        return;
    }
    method = method == NULL ? default_method(block) : method;
    if (block->method != NULL && nmodl_has_equations(block) &&
        strcmp(block->method, method) != 0) {
        nmodl_error(module, solve->offset,
                    "method %s, but another SOLVE of \"%s\" has %s", method,
                    solve->text, block->method);
    }
    block->method = method;
    if (strcmp(method, "adeuler") == 0) {
        nmodl_keep_derivatives(module, block->body);
    }
    if (strcmp(method, "adrunge") == 0 || strcmp(method, "adeuler") == 0) {
        nmodl_declare_global(module, "maxerr", 1e-5, solve->offset);
    }
    if (!solve->in_place && (!MEC_VEC_PUSH(&module->method, method) ||
                             !MEC_VEC_PUSH(&module->solve, block))) {
        module->out_of_memory = true;
    }
}

static void check_solves(nmodl_module *module, nmodl_stmt *stmt)
{
    for (; stmt != NULL; stmt = stmt->next) {
        if (stmt->kind == STMT_SOLVE) {
            check_solve(module, stmt);
        }
        check_solves(module, stmt->body);
        check_solves(module, stmt->other);
    }
}

static void check_states(nmodl_module *module)
{
    for (size_t i = 0; i < module->variable.n; i++) {
        nmodl_symbol *symbol = module->variable.data[i];
        bool used = symbol->written || symbol->prime != NULL;
        for (nmodl_block *block = module->first_block; block != NULL;
             block = block->next) {
            used = used || nmodl_place(&block->unknown, symbol) >= 0;
        }
        if (symbol->kind == SYMBOL_STATE && !used) {
            nmodl_warn(module, symbol->offset,
                       "STATE \"%s\" has no equation and is never assigned",
                       symbol->name);
        }
    }
}

static void check_names(nmodl_module *module)
{
    for (size_t i = 0; i < module->global_name.n; i++) {
        nmodl_symbol *symbol = nmodl_lookup(module, module->global_name.data[i]);
        if (symbol != NULL && symbol->range) {
            nmodl_error(module, symbol->offset, "\"%s\" is both RANGE and GLOBAL",
                        symbol->name);
        }
    }
    for (size_t i = 0; i < module->variable.n; i++) {
        nmodl_symbol *symbol = module->variable.data[i];
        if (symbol->ion >= 0 && symbol->kind == SYMBOL_STATE &&
            symbol->ion_variable != MEC_ION_CI && symbol->ion_variable != MEC_ION_CO) {
            nmodl_error(module, symbol->offset,
                        "a STATE can be an ion's concentration only");
        }
    }
}

/* After errors only what is said in one place is checked: a block that has them may lack
 * half of its statements. */
void nmodl_check(nmodl_module *module)
{
    bool sound = module->n_error == 0;

    check_names(module);
    for (nmodl_block *block = module->first_block; block != NULL; block = block->next) {
        check_solves(module, block->body);
    }
    if (sound && !module->out_of_memory) {
        nmodl_pass_unknown(module);
        check_states(module);
    }
}
