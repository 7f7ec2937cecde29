/* Reading members of documents with complaints that name file, line and key. */

#include <mecombo/emodel.h>

#include "emodel_priv.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

mec_status emodel_complain(const mec_json *at, mec_err *err, const char *fmt, ...)
{
    char text[MEC_ERR_TEXT_SIZE];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    return mec_fail(err, MEC_E_INPUT, "%s:%d: %s", at->file, at->line, text);
}

mec_origin emodel_origin(const mec_json *at)
{
    return (mec_origin){at->file, at->line};
}

bool emodel_is_integer(const mec_json *number)
{
    return number->string != NULL && number->string[0] != '\0' &&
           strspn(number->string, "-0123456789") == strlen(number->string);
}

const mec_json *emodel_get(const mec_json *object, const char *key)
{
    const mec_json *value = mec_json_get(object, key);

    return value != NULL && value->type == MEC_JSON_NULL ? NULL : value;
}

static mec_status wrong_type(const mec_json *value, const char *key, const char *wanted,
                             mec_err *err)
{
    return emodel_complain(value, err, "\"%s\" must be %s, not %s", key, wanted,
                           mec_json_type_name(value->type));
}

mec_status emodel_get_number(const mec_json *object, const char *key, double *out,
                             mec_err *err)
{
    const mec_json *value = emodel_get(object, key);

    if (value != NULL && value->type != MEC_JSON_NUMBER) {
        return wrong_type(value, key, "a number", err);
    }
    *out = value != NULL ? value->number : *out;
    return MEC_OK;
}

mec_status emodel_get_bool(const mec_json *object, const char *key, bool *out,
                           mec_err *err)
{
    const mec_json *value = emodel_get(object, key);

    if (value != NULL && value->type != MEC_JSON_BOOL &&
        value->type != MEC_JSON_NUMBER) {
        return wrong_type(value, key, "true or false", err);
    }
    *out = value != NULL ? value->number != 0 : *out;
    return MEC_OK;
}

mec_status emodel_get_string(const mec_json *object, const char *key, const char **out,
                             mec_err *err)
{
    const mec_json *value = emodel_get(object, key);

    if (value != NULL && value->type != MEC_JSON_STRING) {
        return wrong_type(value, key, "a string", err);
    }
    *out = value != NULL ? value->string : *out;
    return MEC_OK;
}

mec_status emodel_check_keys(const mec_json *object, const char *const known[],
                             mec_err *err)
{
    size_t n = 0;

    if (object->type != MEC_JSON_OBJECT) {
        return emodel_complain(object, err, "expected an object, not %s",
                               mec_json_type_name(object->type));
    }
    while (known[n] != NULL) {
        n++;
    }
    for (size_t i = 0; i < object->n; i++) {
        const char *key = object->item[i]->key;
        bool found = mec_starts_with(key, "__comment") || strcmp(key, "comment") == 0;

        for (size_t k = 0; k < n && !found; k++) {
            found = strcmp(key, known[k]) == 0;
        }
        if (!found) {
            const char *nearest = mec_nearest_name(key, n, known);

            return emodel_complain(
                object->item[i], err, "unknown key \"%s\"%s%s%s (remove or correct it)",
                key, nearest != NULL ? "; did you mean \"" : "",
                nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
        }
    }
    return MEC_OK;
}

mec_status emodel_check_strings(const mec_json *array, mec_err *err)
{
    if (array->type != MEC_JSON_ARRAY) {
        return emodel_complain(array, err, "expected a list of strings, not %s",
                               mec_json_type_name(array->type));
    }
    for (size_t i = 0; i < array->n; i++) {
        if (array->item[i]->type != MEC_JSON_STRING) {
            return emodel_complain(array->item[i], err, "expected a string, not %s",
                                   mec_json_type_name(array->item[i]->type));
        }
    }
    return MEC_OK;
}

enum {
    ALL = 1,
    SOMATIC = 2,
    BASAL = 4,
    APICAL = 8,
    AXONAL = 16,
    MYELINATED = 32
}; /* MEC_LIST_ of morphology.h */

typedef struct list_name {
    const char *name;
    unsigned bits;
} list_name;

static unsigned lookup(const list_name *table, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(table[i].name, name) == 0) {
            return table[i].bits;
        }
    }
    return 0;
}

unsigned emodel_list_bits(const char *name)
{
    static const list_name table[] = {
        {"all", ALL},       {"somatic", SOMATIC},   {"basal", BASAL},
        {"apical", APICAL}, {"axonal", AXONAL},     {"myelinated", MYELINATED},
        {"soma", SOMATIC},  {"dend", BASAL},        {"apic", APICAL},
        {"axon", AXONAL},   {"myelin", MYELINATED},
    };

    return lookup(table, sizeof table / sizeof table[0], name);
}

unsigned emodel_multi_list_bits(const char *name)
{
    static const list_name table[] = {
        {"alldend", APICAL | BASAL},
        {"somadend", APICAL | BASAL | SOMATIC},
        {"allnoaxon", APICAL | BASAL | SOMATIC},
        {"somaxon", AXONAL | SOMATIC},
        {"allact", APICAL | BASAL | SOMATIC | AXONAL},
    };
    unsigned bits = lookup(table, sizeof table / sizeof table[0], name);

    return bits != 0 ? bits : emodel_list_bits(name);
}
