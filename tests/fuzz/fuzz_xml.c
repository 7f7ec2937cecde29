/* XML: no input crashes the reader, and the tree it gives can be walked. */

#include <mecombo/xml.h>

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    const mec_xml *root;
    const mec_xml *const *found;
    size_t n;

    if (mec_xml_parse(arena, "fuzz", (const char *)data, size, &root, &err) == MEC_OK) {
        if (mec_xml_find_all(arena, root, "a", &n, &found, &err) != MEC_OK) {
            abort();
        }
        for (size_t i = 0; i < n; i++) {
            if (strcmp(found[i]->name, "a") != 0) {
                abort();
            }
            (void)mec_xml_get(found[i], "id");
            (void)mec_xml_child_text(found[i], "b");
        }
    }
    mec_arena_free(arena);
    return 0;
}
