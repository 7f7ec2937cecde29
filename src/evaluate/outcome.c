/* The outcome as `simulate --scores` writes it (DESIGN.md 5). */

#include "evaluate_priv.h"

void mec_outcome_print(const mec_outcome *outcome, mec_text *out)
{
    mec_text_printf(out, "{\"scores\": %s, \"features\": %s, \"extra_values\": %s, ",
                    outcome->scores, outcome->features, outcome->extra_values);
    if (outcome->exception_class == NULL) {
        mec_text_add(out, "\"exception\": null, ");
    } else {
        mec_text_add(out, "\"exception\": {\"class\": ");
        mec_json_print_string(outcome->exception_class, out);
        mec_text_add(out, ", \"text\": ");
        mec_json_print_string(outcome->exception_text, out);
        mec_text_add(out, "}, ");
    }
    mec_text_printf(out, "\"provenance\": %s}\n", outcome->provenance);
}
