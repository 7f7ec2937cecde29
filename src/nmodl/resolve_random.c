/* Calls that draw from a RANDOM variable: NEURON 9's random_uniform(r) and the like. */

#include "nmodl_priv.h"

#include <string.h>

bool nmodl_resolve_random(nmodl_module *module, nmodl_expr *call)
{
    /* What may follow the variable: none, or n numbers. */
    static const struct {
        const char *name;
        int32_t n;
        bool optional;
    } known[] = {{"random_setseq", 1, false}, {"random_setids", 3, false},
                 {"random_uniform", 2, true}, {"random_normal", 2, true},
                 {"random_negexp", 1, true},  {"random_ipick", 0, false},
                 {"random_dpick", 0, false}};
    size_t k = 0;
    const size_t n_known = sizeof known / sizeof *known;
    const nmodl_symbol *symbol;

    while (k < n_known && strcmp(known[k].name, call->text) != 0) {
        k++;
    }
    symbol = call->n_arg > 0 && call->arg[0]->kind == EXPR_NAME
                 ? nmodl_lookup(module, call->arg[0]->text)
                 : NULL;
    if (k == n_known || (!module->has_random && symbol == NULL)) {
        return false;
    }
    call->raw = true;
    if (symbol == NULL || !symbol->random) {
        nmodl_error(module, call->offset,
                    "the first argument of %s() is a RANDOM variable", call->text);
    } else if (call->n_arg != 1 + known[k].n &&
               !(call->n_arg == 1 && known[k].optional)) {
        nmodl_error(module, call->offset,
                    "%s() takes %d arguments after the RANDOM variable%s, %d given",
                    call->text, (int)known[k].n, known[k].optional ? ", or none" : "",
                    (int)call->n_arg - 1);
    } else {
        call->arg[0]->symbol = nmodl_lookup(module, call->arg[0]->text);
        call->arg[0]->symbol->required = true;
    }
    return true;
}
