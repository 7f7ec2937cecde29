/* JSON: no input crashes the reader, and what it reads survives printing. */

#include <mecombo/json.h>

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

/* Print, read again and print: both texts must be equal. */
static void round_trip(mec_arena *arena, const mec_json *root,
                       void (*print)(const mec_json *, mec_text *))
{
    mec_text first = MEC_TEXT_INIT;
    mec_text second = MEC_TEXT_INIT;
    mec_err err = MEC_ERR_INIT;
    const mec_json *again;

    print(root, &first);
    if (mec_json_parse(arena, "again", mec_text_string(&first), &again, &err) !=
        MEC_OK) {
        abort();
    }
    print(again, &second);
    if (strcmp(mec_text_string(&first), mec_text_string(&second)) != 0) {
        abort();
    }
    mec_text_clear(&first);
    mec_text_clear(&second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    const mec_json *root;
    char *text = mec_arena_strndup(arena, (const char *)data, size);

    if (mec_json_parse(arena, "fuzz", text, &root, &err) == MEC_OK) {
        round_trip(arena, root, mec_json_print);
        round_trip(arena, root, mec_json_print_pretty);
    }
    mec_arena_free(arena);
    return 0;
}
