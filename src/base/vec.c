/* The growth rule behind the vector macros. */

#include <mecombo/vec.h>

#include <stdint.h>
#include <stdlib.h>

bool mec_vec_reserve_(void **data, size_t *capacity, size_t wanted, size_t element_size)
{
    size_t grown = *capacity == 0 ? 8 : *capacity;

    if (wanted <= *capacity) {
        return true;
    }
    while (grown < wanted) {
        if (grown > SIZE_MAX / 2 / element_size) {
            return false;
        }
        grown *= 2;
    }
    void *bigger = realloc(*data, grown * element_size);
    if (bigger == NULL) {
        return false;
    }
    *data = bigger;
    *capacity = grown;
    return true;
}

void mec_vec_clear_(void **data, size_t *n, size_t *capacity)
{
    free(*data);
    *data = NULL;
    *n = 0;
    *capacity = 0;
}
