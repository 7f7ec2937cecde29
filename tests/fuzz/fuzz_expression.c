/* Python expressions: any text gives a number or an error. */

#include <mecombo/arena.h>
#include <mecombo/emodel.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    char *text = mec_arena_strndup(arena, (const char *)data, size);
    double value;

    (void)!mec_python_eval(text, &value, &err);
    mec_arena_free(arena);
    return 0;
}
