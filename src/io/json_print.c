/* Printing values byte for byte as Python's json module does. */

#include <mecombo/json.h>

#include "io_priv.h"

#include <stdlib.h>
#include <string.h>

static bool is_integer_literal(const char *literal)
{
    const char *p = *literal == '-' ? literal + 1 : literal;

    if (*p == '\0') {
        return false;
    }
    while (*p >= '0' && *p <= '9') {
        p++;
    }
    return *p == '\0';
}

/* Integers as written, of any length; -0 is 0 in Python. */
static void print_number(const mec_json *value, mec_text *out)
{
    if (value->string == NULL || !is_integer_literal(value->string)) {
        mec_text_add_double(out, value->number);
    } else {
        mec_text_add(out, strcmp(value->string, "-0") == 0 ? "0" : value->string);
    }
}

static void print_escape(int32_t code, mec_text *out)
{
    if (code >= 0x10000) {
        unsigned rest = (unsigned)code - 0x10000;

        mec_text_printf(out, "\\u%04x\\u%04x", 0xD800 + (rest >> 10),
                        0xDC00 + (rest & 0x3FF));
    } else {
        mec_text_printf(out, "\\u%04x", (unsigned)code);
    }
}

void mec_json_print_string(const char *string, mec_text *out)
{
    static const char plain[] = "\"\\\b\f\n\r\t";
    static const char letter[] = "\"\\bfnrt";
    const char *end = string + strlen(string);

    mec_text_add_char(out, '"');
    while (string < end) {
        const char *start = string;
        int32_t code = io_utf8_next(&string, end);
        const char *special =
            code > 0 && code < 0x80 ? strchr(plain, (char)code) : NULL;

        if (code == IO_NO_CODE_POINT) {
            code = 0xFFFD; /* replacement character */
        }
        if (special != NULL) {
            mec_text_add_char(out, '\\');
            mec_text_add_char(out, letter[special - plain]);
        } else if (code >= ' ' && code <= '~') {
            mec_text_add_char(out, *start);
        } else {
            print_escape(code, out);
        }
    }
    mec_text_add_char(out, '"');
}

/* A value that has no children to be printed; false otherwise. */
static bool print_leaf(const mec_json *value, mec_text *out)
{
    switch (value->type) {
    case MEC_JSON_NULL:
        mec_text_add(out, "null");
        return true;
    case MEC_JSON_BOOL:
        mec_text_add(out, value->number != 0.0 ? "true" : "false");
        return true;
    case MEC_JSON_NUMBER:
        print_number(value, out);
        return true;
    case MEC_JSON_STRING:
        mec_json_print_string(value->string, out);
        return true;
    case MEC_JSON_ARRAY:
    case MEC_JSON_OBJECT:
        break;
    }
    if (value->n == 0) {
        mec_text_add(out, value->type == MEC_JSON_ARRAY ? "[]" : "{}");
    }
    return value->n == 0;
}

void mec_json_print(const mec_json *value, mec_text *out)
{
    bool is_object = value->type == MEC_JSON_OBJECT;

    if (print_leaf(value, out)) {
        return;
    }
    mec_text_add_char(out, is_object ? '{' : '[');
    for (size_t i = 0; i < value->n; i++) {
        if (i > 0) {
            mec_text_add(out, ", ");
        }
        if (is_object) {
            mec_json_print_string(value->item[i]->key, out);
            mec_text_add(out, ": ");
        }
        mec_json_print(value->item[i], out);
    }
    mec_text_add_char(out, is_object ? '}' : ']');
}

/* Bytes of UTF-8 sort like code points, which is how Python sorts. */
static int compare_keys(const void *a, const void *b)
{
    return strcmp((*(mec_json *const *)a)->key, (*(mec_json *const *)b)->key);
}

static void new_line(int depth, mec_text *out)
{
    mec_text_add_char(out, '\n');
    for (int i = 0; i < depth; i++) {
        mec_text_add(out, "  ");
    }
}

static void print_indented(const mec_json *value, int depth, mec_text *out)
{
    bool is_object = value->type == MEC_JSON_OBJECT;

    if (print_leaf(value, out)) {
        return;
    }
    mec_json **item = malloc(value->n * sizeof *item);
    if (item == NULL) {
        out->failed = true;
        return;
    }
    memcpy(item, value->item, value->n * sizeof *item);
    if (is_object) {
        qsort(item, value->n, sizeof *item, compare_keys);
    }
    mec_text_add_char(out, is_object ? '{' : '[');
    for (size_t i = 0; i < value->n; i++) {
        if (i > 0) {
            mec_text_add_char(out, ',');
        }
        new_line(depth + 1, out);
        if (is_object) {
            mec_json_print_string(item[i]->key, out);
            mec_text_add(out, ": ");
        }
        print_indented(item[i], depth + 1, out);
    }
    new_line(depth, out);
    mec_text_add_char(out, is_object ? '}' : ']');
    free(item);
}

void mec_json_print_pretty(const mec_json *value, mec_text *out)
{
    print_indented(value, 0, out);
}
