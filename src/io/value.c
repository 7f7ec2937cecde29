/* Document values: making objects, finding members. */

#include <mecombo/json.h>

#include "io_priv.h"

#include <string.h>

/* Objects with more members than this get a hash index. */
enum { LINEAR_MEMBERS = 8 };

/* Open addressing; slots hold 1 + index of the member, 0 means empty. */
typedef struct member_index {
    size_t mask; /* number of slots - 1, a power of two - 1 */
    uint32_t slot[];
} member_index;

/* FNV-1a, 64 bits. */
static uint64_t hash_key(const char *key)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (; *key != '\0'; key++) {
        hash = (hash ^ (unsigned char)*key) * UINT64_C(1099511628211);
    }
    return hash;
}

/* The slot that holds a key, or the empty one where it belongs. */
static size_t find_slot(const member_index *index, mec_json *const item[],
                        const char *key)
{
    size_t i = (size_t)hash_key(key) & index->mask;

    while (index->slot[i] != 0 && strcmp(item[index->slot[i] - 1]->key, key) != 0) {
        i = (i + 1) & index->mask;
    }
    return i;
}

mec_json *io_value_new(mec_arena *arena, mec_json_type type, const char *file, int line)
{
    mec_json *value = mec_arena_alloc(arena, sizeof *value);

    if (value != NULL) {
        value->type = type;
        value->file = file;
        value->line = line;
    }
    return value;
}

static void set_members_linearly(mec_json *object, size_t n, mec_json *const members[])
{
    for (size_t i = 0; i < n; i++) {
        size_t k = 0;

        while (k < object->n && strcmp(object->item[k]->key, members[i]->key) != 0) {
            k++;
        }
        object->item[k] = members[i];
        object->n += k == object->n;
    }
}

bool io_value_set_members(mec_arena *arena, mec_json *object, size_t n,
                          mec_json *const members[])
{
    size_t n_slots = 16;

    object->n = 0;
    object->item = mec_arena_calloc(arena, n, sizeof(mec_json *));
    if (object->item == NULL || n >= UINT32_MAX / 2) {
        return false;
    }
    if (n <= LINEAR_MEMBERS) {
        set_members_linearly(object, n, members);
        return true;
    }
    while (n_slots < 2 * n) {
        n_slots *= 2;
    }
    member_index *index =
        mec_arena_alloc(arena, sizeof *index + n_slots * sizeof index->slot[0]);
    if (index == NULL) {
        return false;
    }
    index->mask = n_slots - 1;
    for (size_t i = 0; i < n; i++) {
        size_t slot = find_slot(index, object->item, members[i]->key);

        if (index->slot[slot] == 0) {
            index->slot[slot] = (uint32_t)++object->n;
        }
        object->item[index->slot[slot] - 1] = members[i];
    }
    object->index = index;
    return true;
}

const mec_json *mec_json_get(const mec_json *object, const char *key)
{
    if (object == NULL || object->type != MEC_JSON_OBJECT) {
        return NULL;
    }
    if (object->index != NULL) {
        const member_index *index = object->index;
        uint32_t found = index->slot[find_slot(index, object->item, key)];

        return found == 0 ? NULL : object->item[found - 1];
    }
    for (size_t i = 0; i < object->n; i++) {
        if (strcmp(object->item[i]->key, key) == 0) {
            return object->item[i];
        }
    }
    return NULL;
}

const char *mec_json_type_name(mec_json_type type)
{
    switch (type) {
    case MEC_JSON_NULL:
        return "null";
    case MEC_JSON_BOOL:
        return "boolean";
    case MEC_JSON_NUMBER:
        return "number";
    case MEC_JSON_STRING:
        return "string";
    case MEC_JSON_ARRAY:
        return "array";
    case MEC_JSON_OBJECT:
        return "object";
    }
    return "unknown type";
}

mec_status mec_json_need(const mec_json *object, const char *key, mec_json_type type,
                         const mec_json **out, mec_err *err)
{
    *out = NULL;
    if (object->type != MEC_JSON_OBJECT) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: expected an object with the key \"%s\", found: %s",
                        object->file, object->line, key,
                        mec_json_type_name(object->type));
    }
    const mec_json *value = mec_json_get(object, key);
    if (value == NULL) {
        return mec_fail(err, MEC_E_INPUT, "%s:%d: key \"%s\" is missing (add it: %s)",
                        object->file, object->line, key, mec_json_type_name(type));
    }
    if (value->type != type) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%d: \"%s\" has the wrong type: %s, not %s", value->file,
                        value->line, key, mec_json_type_name(value->type),
                        mec_json_type_name(type));
    }
    *out = value;
    return MEC_OK;
}

mec_status mec_json_need_string(const mec_json *object, const char *key,
                                const char **out, mec_err *err)
{
    const mec_json *value;
    mec_status st = mec_json_need(object, key, MEC_JSON_STRING, &value, err);

    *out = value == NULL ? NULL : value->string;
    return st;
}

mec_status mec_json_need_number(const mec_json *object, const char *key, double *out,
                                mec_err *err)
{
    const mec_json *value;
    mec_status st = mec_json_need(object, key, MEC_JSON_NUMBER, &value, err);

    *out = value == NULL ? 0.0 : value->number;
    return st;
}
