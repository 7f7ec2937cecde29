#ifndef MECOMBO_MAP_H
#define MECOMBO_MAP_H

/** A map from strings to pointers that remembers the order of insertion. */

#include <stdbool.h>
#include <stddef.h>

typedef struct mec_map mec_map;

/** Make an empty map.
 *
 * @return owned by the caller, freed with mec_map_free(); NULL when out of memory
 */
mec_map *mec_map_new(void);

/** Free a map; values are not touched; NULL is allowed. */
void mec_map_free(mec_map *map);

/** Set the value of a key; copies the key, borrows the value.
 *
 * A key that is present keeps its position and gets the new value.
 *
 * @return false when out of memory
 */
bool mec_map_set(mec_map *map, const char *key, void *value);

/** Look a key up.
 *
 * @return the value; NULL when absent (use mec_map_has() where NULL is a value)
 */
void *mec_map_get(const mec_map *map, const char *key);

/** True when the key is present. */
bool mec_map_has(const mec_map *map, const char *key);

/** Number of keys. */
size_t mec_map_count(const mec_map *map);

/** The i-th key in order of insertion, 0 <= i < mec_map_count(); borrowed. */
const char *mec_map_key(const mec_map *map, size_t i);

/** The value of the i-th key in order of insertion. */
void *mec_map_value(const mec_map *map, size_t i);

#endif
