/* NMODL: no text crashes the compiler, every error has a place in the text, and only a
 * text without errors becomes C. */

#include <mecombo/nmodl.h>

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    mec_nmodl_result result;
    mec_text text = MEC_TEXT_INIT;
    char *source = mec_arena_strndup(arena, (const char *)data, size);
    mec_status st = mec_nmodl_compile(arena, "fuzz.mod", NULL, source, &result, &err);
    bool error = false;

    for (size_t i = 0; i < result.n_diagnostic; i++) {
        error = error || result.diagnostic[i].level == MEC_DIAGNOSTIC_ERROR;
        mec_diagnostic_print(&result.diagnostic[i], "fuzz.mod", source, &text);
    }
    if ((st == MEC_OK) == error || (st == MEC_OK) != (result.c_source != NULL)) {
        abort();
    }
    mec_text_clear(&text);
    mec_arena_free(arena);
    return 0;
}
