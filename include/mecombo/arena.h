#ifndef MECOMBO_ARENA_H
#define MECOMBO_ARENA_H

/** Arenas: memory of one lifetime (a .mod file, a combination, a stage), freed at once.
 *
 * Every block is zeroed and aligned to 64 bytes when it is 64 bytes or larger, else to
 * 16. An arena is used by one thread.
 */

#include <mecombo/err.h>

typedef struct mec_arena mec_arena;

/** Make an empty arena.
 *
 * @return owned by the caller, freed with mec_arena_free(); NULL when out of memory
 */
mec_arena *mec_arena_new(void);

/** Free an arena and everything allocated from it; NULL is allowed. */
void mec_arena_free(mec_arena *arena);

/** Allocate zeroed memory that lives as long as the arena.
 *
 * @param size  bytes; 0 gives a valid unique pointer
 * @return borrowed from the arena; NULL when out of memory
 */
void *mec_arena_alloc(mec_arena *arena, size_t size);

/** Allocate a zeroed array, checking count * size for overflow.
 *
 * @return borrowed from the arena; NULL when out of memory or on overflow
 */
void *mec_arena_calloc(mec_arena *arena, size_t count, size_t size);

/** Copy a string into the arena.
 *
 * @return borrowed from the arena; NULL when out of memory
 */
char *mec_arena_strdup(mec_arena *arena, const char *text);

/** Copy the first length bytes of a string into the arena and end it with a NUL.
 *
 * @return borrowed from the arena; NULL when out of memory
 */
char *mec_arena_strndup(mec_arena *arena, const char *text, size_t length);

/** Format into a new string in the arena.
 *
 * @return borrowed from the arena; NULL when out of memory
 */
char *mec_arena_printf(mec_arena *arena, const char *fmt, ...) MEC_PRINTF(2, 3);

/** True once a request could not be met: whoever wants to know whether all of many requests
 * were can ask at the end. */
bool mec_arena_failed(const mec_arena *arena);

/** Bytes handed out so far, for memory reports and tests. */
size_t mec_arena_used(const mec_arena *arena);

#endif
