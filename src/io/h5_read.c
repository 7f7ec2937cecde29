/* HDF5 files: reading datasets and attributes. */

#include <mecombo/h5.h>

#include "h5_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Read numbers as a memory type of 8 bytes. */
static mec_status read_numbers(mec_h5 *h5, mec_arena *arena, const char *name,
                               bool want_integers, size_t *n_rows, size_t *n_columns,
                               void **data, mec_err *err)
{
    mec_status st = MEC_OK;
    h5_dataset d;

    *data = NULL;
    MEC_TRY(h5_dataset_open(h5, name, &d, err));
    H5T_class_t class = H5Tget_class(d.type);
    if (class != H5T_INTEGER && (class != H5T_FLOAT || want_integers)) {
        st = h5_fail(h5, name, MEC_E_INPUT,
                     want_integers ? "does not hold integers" : "does not hold numbers",
                     err);
        goto done;
    }
    if (n_columns == NULL && d.n_columns != 1) {
        st = h5_fail(h5, name, MEC_E_INPUT, "must have one column", err);
        goto done;
    }
    void *numbers = mec_arena_calloc(arena, d.n_rows * d.n_columns, sizeof(double));
    if (numbers == NULL) {
        st = h5_no_memory(h5, err);
        goto done;
    }
    if (d.n_rows * d.n_columns > 0 &&
        H5Dread(d.id, want_integers ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE, H5S_ALL,
                H5S_ALL, H5P_DEFAULT, numbers) < 0) {
        st = h5_fail(h5, name, MEC_E_IO, "cannot be read", err);
        goto done;
    }
    *data = numbers;
    *n_rows = d.n_rows;
    if (n_columns != NULL) {
        *n_columns = d.n_columns;
    }
done:
    h5_dataset_close(&d);
    return st;
}

mec_status mec_h5_read_doubles(mec_h5 *h5, mec_arena *arena, const char *name,
                               size_t *n_rows, size_t *n_columns, double **data,
                               mec_err *err)
{
    void *numbers;
    mec_status st =
        read_numbers(h5, arena, name, false, n_rows, n_columns, &numbers, err);

    *data = numbers;
    return st;
}

mec_status mec_h5_read_ints(mec_h5 *h5, mec_arena *arena, const char *name,
                            size_t *n_rows, size_t *n_columns, int64_t **data,
                            mec_err *err)
{
    void *numbers;
    mec_status st =
        read_numbers(h5, arena, name, true, n_rows, n_columns, &numbers, err);

    *data = numbers;
    return st;
}

/* Where strings are read from: a dataset, or an attribute (then is_attribute). */
typedef struct string_source {
    hid_t id;
    hid_t space;
    hid_t type;
    bool is_attribute;
} string_source;

static herr_t read_raw(const string_source *s, hid_t type, void *buffer)
{
    return s->is_attribute
               ? H5Aread(s->id, type, buffer)
               : H5Dread(s->id, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer);
}

/* Read n strings of variable length; false when that fails. */
static bool read_variable(const string_source *s, mec_arena *arena, size_t n,
                          const char **strings)
{
    char **raw = calloc(n, sizeof *raw);
    hid_t type = H5Tcopy(H5T_C_S1);
    bool is_good = raw != NULL && H5Tset_size(type, H5T_VARIABLE) >= 0 &&
                   H5Tset_cset(type, H5Tget_cset(s->type)) >= 0 &&
                   read_raw(s, type, raw) >= 0;

    for (size_t i = 0; is_good && i < n; i++) {
        strings[i] = mec_arena_strdup(arena, raw[i] == NULL ? "" : raw[i]);
        is_good = strings[i] != NULL;
    }
    if (raw != NULL) {
        H5Dvlen_reclaim(type, s->space, H5P_DEFAULT, raw);
    }
    h5_drop(type);
    free(raw);
    return is_good;
}

/* Read n strings of fixed length, ended by NUL or filled up with NULs or spaces. */
static bool read_fixed(const string_source *s, mec_arena *arena, size_t n,
                       const char **strings)
{
    size_t size = H5Tget_size(s->type);
    char *raw = size == 0 ? NULL : calloc(n, size);
    bool is_padded = H5Tget_strpad(s->type) == H5T_STR_SPACEPAD;
    bool is_good = raw != NULL && read_raw(s, s->type, raw) >= 0;

    for (size_t i = 0; is_good && i < n; i++) {
        size_t length = strnlen(raw + i * size, size);

        while (is_padded && length > 0 && raw[i * size + length - 1] == ' ') {
            length--;
        }
        strings[i] = mec_arena_strndup(arena, raw + i * size, length);
        is_good = strings[i] != NULL;
    }
    free(raw);
    return is_good;
}

static bool read_strings(const string_source *s, mec_arena *arena, size_t n,
                         const char **strings)
{
    if (n == 0) {
        return true;
    }
    return H5Tis_variable_str(s->type) > 0 ? read_variable(s, arena, n, strings)
                                           : read_fixed(s, arena, n, strings);
}

mec_status mec_h5_read_strings(mec_h5 *h5, mec_arena *arena, const char *name,
                               size_t *n, const char *const **strings, mec_err *err)
{
    mec_status st = MEC_OK;
    h5_dataset d;

    *n = 0;
    *strings = NULL;
    MEC_TRY(h5_dataset_open(h5, name, &d, err));
    if (H5Tget_class(d.type) != H5T_STRING) {
        st = h5_fail(h5, name, MEC_E_INPUT, "does not hold strings", err);
        goto done;
    }
    size_t n_strings = d.n_rows * d.n_columns;
    const char **list = mec_arena_calloc(arena, n_strings, sizeof *list);
    if (list == NULL) {
        st = h5_no_memory(h5, err);
        goto done;
    }
    const string_source source = {d.id, d.space, d.type, false};
    if (!read_strings(&source, arena, n_strings, list)) {
        st = h5_fail(h5, name, MEC_E_IO, "cannot be read", err);
        goto done;
    }
    *n = n_strings;
    *strings = list;
done:
    h5_dataset_close(&d);
    return st;
}

bool mec_h5_has_attribute(mec_h5 *h5, const char *object, const char *attribute)
{
    return mec_h5_has(h5, object) &&
           H5Aexists_by_name(h5->file, object, attribute, H5P_DEFAULT) > 0;
}

static mec_status fail_attribute(const mec_h5 *h5, const char *object,
                                 const char *attribute, const char *what, mec_err *err)
{
    char text[200];

    snprintf(text, sizeof text, "attribute \"%.100s\" %s", attribute, what);
    return h5_fail(h5, object, MEC_E_INPUT, text, err);
}

/* Open an attribute of 1 to max elements; *s is to be closed by the caller, also on
   failure. */
static mec_status attribute_open(mec_h5 *h5, const char *object, const char *attribute,
                                 size_t max, string_source *s, size_t *n, mec_err *err)
{
    *s = (string_source){H5I_INVALID_HID, H5I_INVALID_HID, H5I_INVALID_HID, true};
    *n = 0;
    if (!mec_h5_has_attribute(h5, object, attribute)) {
        return fail_attribute(h5, object, attribute, "is missing", err);
    }
    s->id = H5Aopen_by_name(h5->file, object, attribute, H5P_DEFAULT, H5P_DEFAULT);
    s->space = H5Aget_space(s->id);
    s->type = H5Aget_type(s->id);
    hssize_t n_elements = H5Sget_simple_extent_npoints(s->space);
    if (s->type < 0 || n_elements < 1 || (size_t)n_elements > max) {
        return fail_attribute(h5, object, attribute, "has the wrong size", err);
    }
    *n = (size_t)n_elements;
    return MEC_OK;
}

static void attribute_close(string_source *s)
{
    h5_drop(s->type);
    h5_drop(s->space);
    h5_drop(s->id);
}

mec_status mec_h5_read_string_attribute(mec_h5 *h5, mec_arena *arena,
                                        const char *object, const char *attribute,
                                        const char **out, mec_err *err)
{
    mec_status st = MEC_OK;
    string_source source;
    size_t n;

    *out = NULL;
    MEC_TRY(attribute_open(h5, object, attribute, 1, &source, &n, err));
    if (H5Tget_class(source.type) != H5T_STRING ||
        !read_strings(&source, arena, 1, out)) {
        *out = NULL;
        st = fail_attribute(h5, object, attribute, "is not a string", err);
    }
done:
    attribute_close(&source);
    return st;
}

mec_status mec_h5_read_number_attribute(mec_h5 *h5, const char *object,
                                        const char *attribute, size_t max, size_t *n,
                                        double *out, mec_err *err)
{
    mec_status st = MEC_OK;
    string_source source;

    MEC_TRY(attribute_open(h5, object, attribute, max, &source, n, err));
    H5T_class_t class = H5Tget_class(source.type);
    if ((class != H5T_INTEGER && class != H5T_FLOAT) ||
        H5Aread(source.id, H5T_NATIVE_DOUBLE, out) < 0) {
        st = fail_attribute(h5, object, attribute, "is not a number", err);
    }
done:
    attribute_close(&source);
    return st;
}
