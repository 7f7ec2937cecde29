/* Reading JSON: the scanner checks and finds the places, cJSON decodes. */

#include <mecombo/json.h>

#include "io_priv.h"

#include <mecombo/path.h>

#include <cJSON.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct converter {
    mec_arena *arena;
    const char *file;
    const char *text;
    const json_marks *marks;
    size_t i_mark; /* of the next value in document order */
} converter;

/* Value of a checked literal. */
static double literal_value(const char *literal)
{
    double value = 0.0;

    if (strcmp(literal, "NaN") == 0) {
        return NAN;
    }
    if (strcmp(literal, "Infinity") == 0) {
        return INFINITY;
    }
    if (strcmp(literal, "-Infinity") == 0) {
        return -INFINITY;
    }
    (void)mec_parse_double(literal, &value);
    return value;
}

static mec_json *convert(converter *c, const cJSON *node);

static bool convert_children(converter *c, const cJSON *node, mec_json *value)
{
    size_t n = 0;
    size_t i = 0;

    for (const cJSON *child = node->child; child != NULL; child = child->next) {
        n++;
    }
    mec_json **item = mec_arena_calloc(c->arena, n, sizeof(mec_json *));
    if (item == NULL) {
        return false;
    }
    for (const cJSON *child = node->child; child != NULL; child = child->next) {
        mec_json *member = convert(c, child);

        if (member == NULL) {
            return false;
        }
        if (value->type == MEC_JSON_OBJECT) {
            member->key = mec_arena_strdup(c->arena, child->string);
            if (member->key == NULL) {
                return false;
            }
        }
        item[i++] = member;
    }
    if (value->type == MEC_JSON_OBJECT) {
        return io_value_set_members(c->arena, value, n, item);
    }
    value->n = n;
    value->item = item;
    return true;
}

static mec_json_type type_of(const cJSON *node)
{
    if (cJSON_IsObject(node)) {
        return MEC_JSON_OBJECT;
    }
    if (cJSON_IsArray(node)) {
        return MEC_JSON_ARRAY;
    }
    if (cJSON_IsString(node)) {
        return MEC_JSON_STRING;
    }
    if (cJSON_IsNumber(node)) {
        return MEC_JSON_NUMBER;
    }
    return cJSON_IsBool(node) ? MEC_JSON_BOOL : MEC_JSON_NULL;
}

/* Convert one value and what is below; NULL when out of memory. */
static mec_json *convert(converter *c, const cJSON *node)
{
    const json_mark *mark = &c->marks->data[c->i_mark++];
    mec_json *value = io_value_new(c->arena, type_of(node), c->file, mark->line);

    if (value == NULL) {
        return NULL;
    }
    switch (value->type) {
    case MEC_JSON_OBJECT:
    case MEC_JSON_ARRAY:
        return convert_children(c, node, value) ? value : NULL;
    case MEC_JSON_STRING:
        value->string = mec_arena_strdup(c->arena, node->valuestring);
        return value->string == NULL ? NULL : value;
    case MEC_JSON_NUMBER:
        value->string =
            mec_arena_strndup(c->arena, c->text + mark->start, mark->length);
        if (value->string == NULL) {
            return NULL;
        }
        value->number = literal_value(value->string);
        return value;
    case MEC_JSON_BOOL:
        value->number = cJSON_IsTrue(node) ? 1.0 : 0.0;
        return value;
    case MEC_JSON_NULL:
        break;
    }
    return value;
}

/* Parse text of a given length, which may hold NULs (and is then refused). */
static mec_status parse_bytes(mec_arena *arena, const char *name, const char *text,
                              size_t length, const mec_json **out, mec_err *err)
{
    mec_status st = MEC_OK;
    json_marks marks = MEC_VEC_INIT;
    cJSON *tree = NULL;
    char *clean = malloc(length + 1);
    char *file = mec_arena_strdup(arena, name);

    *out = NULL;
    if (clean == NULL || file == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", name);
        goto done;
    }
    MEC_TRY(io_json_scan(file, text, length, clean, &marks, err));
    tree = cJSON_ParseWithLengthOpts(clean, length, NULL, 0);
    converter c = {arena, file, text, &marks, 0};
    *out = tree == NULL ? NULL : convert(&c, tree);
    if (*out == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", name);
    }
done:
    cJSON_Delete(tree);
    MEC_VEC_CLEAR(&marks);
    free(clean);
    return st;
}

mec_status mec_json_parse(mec_arena *arena, const char *name, const char *text,
                          const mec_json **out, mec_err *err)
{
    return parse_bytes(arena, name, text, strlen(text), out, err);
}

mec_status mec_json_read(mec_arena *arena, const char *path, const mec_json **out,
                         mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *scratch = mec_arena_new();
    char *text;
    size_t length;

    *out = NULL;
    if (scratch == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
    }
    MEC_TRY(mec_read_file(scratch, path, &text, &length, err));
    MEC_TRY(parse_bytes(arena, path, text, length, out, err));
done:
    mec_arena_free(scratch);
    return st;
}
