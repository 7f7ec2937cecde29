/* Open addressing over an array that keeps the order of insertion. */

#include <mecombo/map.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct entry {
    char *key;
    void *value;
    uint64_t hash;
} entry;

struct mec_map {
    entry *entries; /* [n] in order of insertion */
    size_t n;
    size_t capacity;
    size_t *slots;  /* [n_slots] index + 1 into entries, 0 = free */
    size_t n_slots; /* a power of two, at least twice n */
};

/* FNV-1a, 64 bit. */
static uint64_t hash_of(const char *key)
{
    uint64_t hash = 14695981039346656037u;

    for (; *key != '\0'; key++) {
        hash = (hash ^ (unsigned char)*key) * 1099511628211u;
    }
    return hash;
}

mec_map *mec_map_new(void)
{
    return calloc(1, sizeof(mec_map));
}

void mec_map_free(mec_map *map)
{
    if (map == NULL) {
        return;
    }
    for (size_t i = 0; i < map->n; i++) {
        free(map->entries[i].key);
    }
    free(map->entries);
    free(map->slots);
    free(map);
}

/* The slot that holds the key, or the free slot where it belongs. */
static size_t find_slot(const mec_map *map, const char *key, uint64_t hash)
{
    size_t slot = (size_t)hash & (map->n_slots - 1);

    while (map->slots[slot] != 0) {
        const entry *e = &map->entries[map->slots[slot] - 1];

        if (e->hash == hash && strcmp(e->key, key) == 0) {
            break;
        }
        slot = (slot + 1) & (map->n_slots - 1);
    }
    return slot;
}

static bool grow(mec_map *map)
{
    size_t capacity = map->capacity == 0 ? 8 : map->capacity * 2;
    size_t *slots = calloc(capacity * 2, sizeof *slots);
    entry *entries = realloc(map->entries, capacity * sizeof *entries);

    if (entries != NULL) {
        map->entries = entries;
    }
    if (slots == NULL || entries == NULL) {
        free(slots);
        return false;
    }
    free(map->slots);
    map->slots = slots;
    map->n_slots = capacity * 2;
    map->capacity = capacity;
    for (size_t i = 0; i < map->n; i++) {
        map->slots[find_slot(map, entries[i].key, entries[i].hash)] = i + 1;
    }
    return true;
}

static entry *find(const mec_map *map, const char *key)
{
    if (map->n_slots == 0) {
        return NULL;
    }
    size_t index = map->slots[find_slot(map, key, hash_of(key))];
    return index == 0 ? NULL : &map->entries[index - 1];
}

bool mec_map_set(mec_map *map, const char *key, void *value)
{
    entry *present = find(map, key);

    if (present != NULL) {
        present->value = value;
        return true;
    }
    if (map->n == map->capacity && !grow(map)) {
        return false;
    }
    char *copy = strdup(key);
    if (copy == NULL) {
        return false;
    }
    uint64_t hash = hash_of(key);
    map->slots[find_slot(map, key, hash)] = map->n + 1;
    map->entries[map->n++] = (entry){copy, value, hash};
    return true;
}

void *mec_map_get(const mec_map *map, const char *key)
{
    const entry *e = find(map, key);

    return e == NULL ? NULL : e->value;
}

bool mec_map_has(const mec_map *map, const char *key)
{
    return find(map, key) != NULL;
}

size_t mec_map_count(const mec_map *map)
{
    return map->n;
}

const char *mec_map_key(const mec_map *map, size_t i)
{
    return map->entries[i].key;
}

void *mec_map_value(const mec_map *map, size_t i)
{
    return map->entries[i].value;
}
