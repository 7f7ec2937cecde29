/* Reading YAML: libyaml's events become the same tree of values as JSON. */

#include <mecombo/json.h>

#include "io_priv.h"

#include <mecombo/path.h>

#include <string.h>
#include <yaml.h>

#define CORE_TAG "tag:yaml.org,2002:"

enum { MAX_EXPANDED_VALUES = 1000000 };

typedef struct anchor {
    const char *name;
    const mec_json *value; /* NULL until the node is complete */
    size_t n_values;       /* it and everything below, aliases expanded */
} anchor;

typedef MEC_VEC(mec_json *) value_list;

typedef struct reader {
    mec_arena *arena;
    const char *file;
    yaml_parser_t parser;
    MEC_VEC(anchor) anchors;
    int depth;
    size_t n_values;   /* values made so far, aliases expanded */
    size_t n_expanded; /* those that came from aliases */
    mec_err *err;
} reader;

static mec_status read_value(reader *r, const yaml_event_t *event, mec_json **out);

static mec_status complain(const reader *r, yaml_mark_t mark, const char *what)
{
    return mec_fail(r->err, MEC_E_INPUT, "%s:%zu:%zu: %s", r->file, mark.line + 1,
                    mark.column + 1, what);
}

static mec_status no_memory(const reader *r)
{
    return mec_fail(r->err, MEC_E_NOMEM, "%s: out of memory", r->file);
}

/* The failure libyaml is in. */
static mec_status parser_failure(const reader *r)
{
    const yaml_parser_t *p = &r->parser;

    if (p->error == YAML_MEMORY_ERROR) {
        return no_memory(r);
    }
    if (p->error == YAML_READER_ERROR) {
        return mec_fail(r->err, MEC_E_INPUT,
                        "%s: byte %zu: %s (save the file as UTF-8 text)", r->file,
                        p->problem_offset, p->problem);
    }
    return complain(r, p->problem_mark, p->problem);
}

static mec_status next_event(reader *r, yaml_event_t *event)
{
    return yaml_parser_parse(&r->parser, event) ? MEC_OK : parser_failure(r);
}

static const char *as_text(const yaml_char_t *text)
{
    return (const char *)text;
}

/* Remember the node that begins here under its anchor; *slot is its place. */
static mec_status begin_anchor(reader *r, const yaml_char_t *name, size_t *slot)
{
    *slot = SIZE_MAX;
    if (name == NULL) {
        return MEC_OK;
    }
    anchor entry = {mec_arena_strdup(r->arena, as_text(name)), NULL, 0};
    *slot = r->anchors.n;
    if (entry.name == NULL || !MEC_VEC_PUSH(&r->anchors, entry)) {
        return no_memory(r);
    }
    return MEC_OK;
}

static void end_anchor(reader *r, size_t slot, const mec_json *value, size_t n_before)
{
    if (slot != SIZE_MAX) {
        r->anchors.data[slot].value = value;
        r->anchors.data[slot].n_values = r->n_values - n_before;
    }
}

static mec_status read_alias(reader *r, const yaml_event_t *event, mec_json **out)
{
    const char *name = as_text(event->data.alias.anchor);
    const anchor *found = NULL;

    /* an anchor may be defined again; the latest counts */
    for (size_t i = r->anchors.n; i-- > 0 && found == NULL;) {
        if (strcmp(r->anchors.data[i].name, name) == 0) {
            found = &r->anchors.data[i];
        }
    }
    if (found == NULL) {
        return complain(r, event->start_mark, "alias without an anchor of that name");
    }
    if (found->value == NULL) {
        return complain(r, event->start_mark,
                        "alias inside the node that it refers to");
    }
    r->n_values += found->n_values;
    r->n_expanded += found->n_values;
    if (r->n_expanded > MAX_EXPANDED_VALUES) {
        return complain(r, event->start_mark,
                        "aliases expand to over a million values");
    }
    *out = mec_arena_alloc(r->arena, sizeof **out);
    if (*out == NULL) {
        return no_memory(r);
    }
    **out = *found->value;
    (*out)->key = NULL;
    return MEC_OK;
}

static mec_status read_scalar(reader *r, const yaml_event_t *event, mec_json *value)
{
    const char *text = as_text(event->data.scalar.value);
    const char *tag = as_text(event->data.scalar.tag);
    const char *why = "";

    if (memchr(text, '\0', event->data.scalar.length) != NULL) {
        return complain(r, event->start_mark, "NUL character in a string");
    }
    if (tag == NULL) {
        tag = event->data.scalar.plain_implicit ? NULL : "str";
    } else if (strcmp(tag, "!") == 0) {
        tag = NULL; /* the non-specific tag: resolved as if plain, as PyYAML does */
    } else if (mec_starts_with(tag, CORE_TAG)) {
        tag += strlen(CORE_TAG);
    }
    if (!io_yaml_resolve(r->arena, tag, text, value, &why)) {
        return complain(r, event->start_mark, why);
    }
    return MEC_OK;
}

/* A tag on a list or mapping must be the one it has anyway. */
static mec_status check_tag(const reader *r, const yaml_event_t *event,
                            const yaml_char_t *tag, const char *expected)
{
    if (tag == NULL || strcmp(as_text(tag), "!") == 0 ||
        strcmp(as_text(tag), expected) == 0) {
        return MEC_OK;
    }
    return complain(r, event->start_mark, "tag is not supported");
}

static mec_status read_sequence(reader *r, const yaml_event_t *start, mec_json *value)
{
    mec_status st = MEC_OK;
    MEC_VEC(mec_json *) items = MEC_VEC_INIT;

    MEC_TRY(check_tag(r, start, start->data.sequence_start.tag, YAML_SEQ_TAG));
    for (;;) {
        yaml_event_t event;
        mec_json *item = NULL;

        MEC_TRY(next_event(r, &event));
        bool is_end = event.type == YAML_SEQUENCE_END_EVENT;
        st = is_end ? MEC_OK : read_value(r, &event, &item);
        yaml_event_delete(&event);
        MEC_TRY(st);
        if (is_end) {
            break;
        }
        if (!MEC_VEC_PUSH(&items, item)) {
            st = no_memory(r);
            goto done;
        }
    }
    value->item = mec_arena_calloc(r->arena, items.n, sizeof(mec_json *));
    if (value->item == NULL) {
        st = no_memory(r);
        goto done;
    }
    if (items.n > 0) {
        memcpy(value->item, items.data, items.n * sizeof(mec_json *));
    }
    value->n = items.n;
done:
    MEC_VEC_CLEAR(&items);
    return st;
}

/* Python's str() of a scalar. */
static const char *key_text(const mec_json *key)
{
    switch (key->type) {
    case MEC_JSON_NULL:
        return "None";
    case MEC_JSON_BOOL:
        return key->number != 0.0 ? "True" : "False";
    case MEC_JSON_NUMBER:
    case MEC_JSON_STRING:
        return key->string;
    case MEC_JSON_ARRAY:
    case MEC_JSON_OBJECT:
        break;
    }
    return NULL;
}

static bool is_merge_key(const yaml_event_t *event)
{
    return event->type == YAML_SCALAR_EVENT && event->data.scalar.tag == NULL &&
           event->data.scalar.plain_implicit &&
           strcmp(as_text(event->data.scalar.value), "<<") == 0;
}

static mec_status push_members(reader *r, const mec_json *object, value_list *members)
{
    for (size_t i = 0; i < object->n; i++) {
        if (!MEC_VEC_PUSH(members, object->item[i])) {
            return no_memory(r);
        }
    }
    return MEC_OK;
}

/* The value of a `<<` key: a mapping, or mappings of which the first has precedence. */
static mec_status merge(reader *r, const mec_json *value, yaml_mark_t mark,
                        value_list *merged)
{
    mec_status st = MEC_OK;
    size_t n = value->type == MEC_JSON_ARRAY ? value->n : 1;

    for (size_t i = n; i-- > 0;) {
        const mec_json *object = value->type == MEC_JSON_ARRAY ? value->item[i] : value;

        if (object->type != MEC_JSON_OBJECT) {
            return complain(r, mark, "'<<' needs a mapping or a list of mappings");
        }
        MEC_TRY(push_members(r, object, merged));
    }
done:
    return st;
}

/* Read the rest of one pair whose key begins with an event. */
static mec_status read_pair(reader *r, const yaml_event_t *key_event,
                            value_list *merged, value_list *own)
{
    mec_status st = MEC_OK;
    yaml_event_t event;
    mec_json *key;
    mec_json *value = NULL;

    MEC_TRY(read_value(r, key_event, &key));
    const char *name = key_text(key);
    if (name == NULL) {
        return complain(r, key_event->start_mark, "key is not a scalar");
    }
    MEC_TRY(next_event(r, &event));
    st = read_value(r, &event, &value);
    yaml_event_delete(&event);
    MEC_TRY(st);
    if (is_merge_key(key_event)) {
        return merge(r, value, key_event->start_mark, merged);
    }
    value->key = name;
    if (!MEC_VEC_PUSH(own, value)) {
        st = no_memory(r);
    }
done:
    return st;
}

static mec_status read_mapping(reader *r, const yaml_event_t *start, mec_json *value)
{
    mec_status st = MEC_OK;
    value_list merged = MEC_VEC_INIT; /* from `<<`; these come first, own ones win */
    value_list own = MEC_VEC_INIT;

    MEC_TRY(check_tag(r, start, start->data.mapping_start.tag, YAML_MAP_TAG));
    for (;;) {
        yaml_event_t event;

        MEC_TRY(next_event(r, &event));
        bool is_end = event.type == YAML_MAPPING_END_EVENT;
        st = is_end ? MEC_OK : read_pair(r, &event, &merged, &own);
        yaml_event_delete(&event);
        MEC_TRY(st);
        if (is_end) {
            break;
        }
    }
    for (size_t i = 0; i < own.n; i++) {
        if (!MEC_VEC_PUSH(&merged, own.data[i])) {
            st = no_memory(r);
            goto done;
        }
    }
    if (!io_value_set_members(r->arena, value, merged.n, merged.data)) {
        st = no_memory(r);
    }
done:
    MEC_VEC_CLEAR(&merged);
    MEC_VEC_CLEAR(&own);
    return st;
}

static mec_status read_collection(reader *r, const yaml_event_t *event, mec_json *value)
{
    mec_status st;

    if (r->depth == IO_MAX_NESTING) {
        return complain(r, event->start_mark, "nested too deeply");
    }
    r->depth++;
    st = value->type == MEC_JSON_ARRAY ? read_sequence(r, event, value)
                                       : read_mapping(r, event, value);
    r->depth--;
    return st;
}

/* Read the node that begins with an event (which stays the caller's). */
static mec_status read_value(reader *r, const yaml_event_t *event, mec_json **out)
{
    mec_status st = MEC_OK;
    mec_json_type type = MEC_JSON_NULL;
    const yaml_char_t *name = NULL;
    size_t slot;
    size_t n_before = r->n_values;

    *out = NULL;
    if (event->type == YAML_ALIAS_EVENT) {
        return read_alias(r, event, out);
    }
    if (event->type == YAML_SEQUENCE_START_EVENT) {
        type = MEC_JSON_ARRAY;
        name = event->data.sequence_start.anchor;
    } else if (event->type == YAML_MAPPING_START_EVENT) {
        type = MEC_JSON_OBJECT;
        name = event->data.mapping_start.anchor;
    } else {
        MEC_REQUIRE(event->type == YAML_SCALAR_EVENT, r->err);
        name = event->data.scalar.anchor;
    }
    MEC_TRY(begin_anchor(r, name, &slot));
    mec_json *value =
        io_value_new(r->arena, type, r->file, (int)event->start_mark.line + 1);
    if (value == NULL) {
        return no_memory(r);
    }
    r->n_values++;
    MEC_TRY(type == MEC_JSON_NULL ? read_scalar(r, event, value)
                                  : read_collection(r, event, value));
    end_anchor(r, slot, value, n_before);
    *out = value;
done:
    return st;
}

/* Read up to the first value; a file without one holds null. */
static mec_status read_document(reader *r, mec_json **out)
{
    mec_status st = MEC_OK;
    bool is_done = false;

    while (!is_done) {
        yaml_event_t event;

        MEC_TRY(next_event(r, &event));
        if (event.type == YAML_STREAM_END_EVENT) {
            *out = io_value_new(r->arena, MEC_JSON_NULL, r->file, 1);
            st = *out == NULL ? no_memory(r) : MEC_OK;
            is_done = true;
        } else if (event.type != YAML_STREAM_START_EVENT &&
                   event.type != YAML_DOCUMENT_START_EVENT) {
            st = read_value(r, &event, out);
            is_done = true;
        }
        yaml_event_delete(&event);
    }
done:
    return st;
}

mec_status mec_yaml_parse(mec_arena *arena, const char *name, const char *text,
                          size_t length, const mec_json **out, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_json *root = NULL;
    reader r = {.arena = arena, .file = mec_arena_strdup(arena, name), .err = err};

    *out = NULL;
    if (r.file == NULL || !yaml_parser_initialize(&r.parser)) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", name);
    }
    yaml_parser_set_input_string(&r.parser, (const unsigned char *)text, length);
    MEC_TRY(read_document(&r, &root));
    *out = root;
done:
    yaml_parser_delete(&r.parser);
    MEC_VEC_CLEAR(&r.anchors);
    return st;
}

mec_status mec_yaml_read(mec_arena *arena, const char *path, const mec_json **out,
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
    MEC_TRY(mec_yaml_parse(arena, path, text, length, out, err));
done:
    mec_arena_free(scratch);
    return st;
}
