#ifndef MECOMBO_VEC_H
#define MECOMBO_VEC_H

/** Growable arrays: `MEC_VEC(double) v = MEC_VEC_INIT; if (!MEC_VEC_PUSH(&v, x)) ...`.
 *
 * A vector is a plain struct { data, n, capacity }; data is owned, freed with
 * MEC_VEC_CLEAR. Index v.data[i] for i in [0, v.n).
 */

#include <stdbool.h>
#include <stddef.h>

#define MEC_VEC(type)                                                                  \
    struct {                                                                           \
        type *data;                                                                    \
        size_t n;                                                                      \
        size_t capacity;                                                               \
    }

#define MEC_VEC_INIT                                                                   \
    {                                                                                  \
        NULL, 0, 0                                                                     \
    }

/** Make room for at least n elements in all; false when out of memory. */
#define MEC_VEC_RESERVE(vec, n_wanted)                                                 \
    mec_vec_reserve_((void **)&(vec)->data, &(vec)->capacity, (n_wanted),              \
                     sizeof *(vec)->data)

/** Append one element; false when out of memory (the vector is then unchanged). */
#define MEC_VEC_PUSH(vec, value)                                                       \
    (MEC_VEC_RESERVE((vec), (vec)->n + 1) ? ((vec)->data[(vec)->n++] = (value), true)  \
                                          : false)

/** Free the storage and make the vector empty. */
#define MEC_VEC_CLEAR(vec)                                                             \
    mec_vec_clear_((void **)&(vec)->data, &(vec)->n, &(vec)->capacity)

/** Implementation of MEC_VEC_RESERVE: grows by doubling; false when out of memory. */
bool mec_vec_reserve_(void **data, size_t *capacity, size_t wanted,
                      size_t element_size);

/** Implementation of MEC_VEC_CLEAR. */
void mec_vec_clear_(void **data, size_t *n, size_t *capacity);

#endif
