/* YAML: no input crashes the reader, and what it reads can be printed as JSON. */

#include <mecombo/json.h>

#include "fuzz.h"

#include <stdlib.h>

/* Count values as a walk over the tree meets them, shared ones each time. */
static size_t count_values(const mec_json *value)
{
    size_t n = 1;

    for (size_t i = 0; i < value->n; i++) {
        n += count_values(value->item[i]);
        if ((value->type == MEC_JSON_OBJECT) != (value->item[i]->key != NULL)) {
            abort();
        }
    }
    return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    const mec_json *root;
    const mec_json *again;
    mec_text text = MEC_TEXT_INIT;

    if (mec_yaml_parse(arena, "fuzz", (const char *)data, size, &root, &err) ==
            MEC_OK &&
        count_values(root) < 10000) {
        mec_json_print(root, &text);
        if (mec_json_parse(arena, "again", mec_text_string(&text), &again, &err) !=
            MEC_OK) {
            abort();
        }
    }
    mec_text_clear(&text);
    mec_arena_free(arena);
    return 0;
}
