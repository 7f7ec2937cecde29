#ifndef MECOMBO_H5_H
#define MECOMBO_H5_H

/** HDF5 files: numbers and strings in datasets, strings and numbers as attributes.
 *
 * Names of objects are paths inside the file ("/cells/properties/etype"). A failure gives
 * a text `<file>: <object>: <what>`; HDF5 itself prints nothing. Arrays are row-major:
 * element (i, j) of a dataset [n_rows, n_columns] is data[i * n_columns + j]. A dataset of
 * one dimension counts as n_columns = 1, a scalar as 1 x 1.
 */

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <stdint.h>

typedef struct mec_h5 mec_h5;

typedef enum mec_h5_mode {
    MEC_H5_READ,   /* must exist, is not changed */
    MEC_H5_CREATE, /* made anew, an old file is replaced */
    MEC_H5_APPEND  /* made if absent, else written to */
} mec_h5_mode;

/** Open a file.
 *
 * @param path  copied
 * @param out   owned by the caller, closed with mec_h5_close(); NULL on failure
 * @return MEC_OK; MEC_E_IO (cannot be opened or made), MEC_E_INPUT (not an HDF5 file, cut
 *         off), MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_h5_open(const char *path, mec_h5_mode mode, mec_h5 **out,
                                     mec_err *err);

/** Write what is buffered and close; the object is freed even on failure.
 *
 * @param h5  NULL is allowed
 * @return MEC_OK; MEC_E_IO when something could not be written
 */
MEC_NODISCARD mec_status mec_h5_close(mec_h5 *h5, mec_err *err);

/** Write what is buffered, so that a crash leaves a readable file. */
MEC_NODISCARD mec_status mec_h5_flush(mec_h5 *h5, mec_err *err);

/** True when a dataset or group of that name exists. */
bool mec_h5_has(mec_h5 *h5, const char *name);

/** True when the object is a dataset (and not a group). */
bool mec_h5_is_dataset(mec_h5 *h5, const char *name);

/** List the members of a group, sorted by name (strcmp order).
 *
 * @param arena  owns the names
 * @param names  out: [n], without the group's own path; NULL when there are none
 */
MEC_NODISCARD mec_status mec_h5_list(mec_h5 *h5, mec_arena *arena, const char *group,
                                     size_t *n, const char *const **names,
                                     mec_err *err);

/** Size of a dataset of at most two dimensions. */
MEC_NODISCARD mec_status mec_h5_shape(mec_h5 *h5, const char *name, size_t *n_rows,
                                      size_t *n_columns, mec_err *err);

/** Read a whole dataset of numbers as double; integers and floats are converted.
 *
 * @param arena  owns the data
 * @param n_rows, n_columns  out: shape; n_columns may be NULL when one column is required
 * @param data   out: [n_rows * n_columns]; NULL on failure
 * @return MEC_OK; MEC_E_INPUT (no such dataset, not numbers, more than two dimensions),
 *         MEC_E_LIMIT (more than 2^30 numbers), MEC_E_IO, MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_h5_read_doubles(mec_h5 *h5, mec_arena *arena,
                                             const char *name, size_t *n_rows,
                                             size_t *n_columns, double **data,
                                             mec_err *err);

/** Read a whole dataset of integers; floating point data are refused. */
MEC_NODISCARD mec_status mec_h5_read_ints(mec_h5 *h5, mec_arena *arena,
                                          const char *name, size_t *n_rows,
                                          size_t *n_columns, int64_t **data,
                                          mec_err *err);

/** Read a dataset of strings, of fixed or variable length, in row-major order.
 *
 * @param n        out: number of strings
 * @param strings  out: [n] in the arena; a missing string is ""
 */
MEC_NODISCARD mec_status mec_h5_read_strings(mec_h5 *h5, mec_arena *arena,
                                             const char *name, size_t *n,
                                             const char *const **strings, mec_err *err);

/** True when the object exists and has the attribute. */
bool mec_h5_has_attribute(mec_h5 *h5, const char *object, const char *attribute);

/** Read a string attribute. @param out borrowed from the arena; NULL on failure */
MEC_NODISCARD mec_status mec_h5_read_string_attribute(mec_h5 *h5, mec_arena *arena,
                                                      const char *object,
                                                      const char *attribute,
                                                      const char **out, mec_err *err);

/** Read a numeric attribute of one to max elements.
 *
 * @param n    out: number of elements
 * @param out  [max]
 */
MEC_NODISCARD mec_status mec_h5_read_number_attribute(mec_h5 *h5, const char *object,
                                                      const char *attribute, size_t max,
                                                      size_t *n, double *out,
                                                      mec_err *err);

/** Make a group and those above it; one that exists is fine. */
MEC_NODISCARD mec_status mec_h5_make_group(mec_h5 *h5, const char *group, mec_err *err);

/** Write a dataset [n_rows, n_columns] of doubles; groups above it are made, a dataset of
 * that name is replaced.
 *
 * @param data  [n_rows * n_columns]
 */
MEC_NODISCARD mec_status mec_h5_write_doubles(mec_h5 *h5, const char *name,
                                              size_t n_rows, size_t n_columns,
                                              const double data[], mec_err *err);

/** Write a dataset [n_rows, n_columns] of 32-bit integers, as mec_h5_write_doubles(). */
MEC_NODISCARD mec_status mec_h5_write_ints(mec_h5 *h5, const char *name, size_t n_rows,
                                           size_t n_columns, const int32_t data[],
                                           mec_err *err);

/** Write a dataset [n] of variable-length UTF-8 strings. */
MEC_NODISCARD mec_status mec_h5_write_strings(mec_h5 *h5, const char *name, size_t n,
                                              const char *const strings[],
                                              mec_err *err);

/** Add rows to the end of an extendible dataset of doubles, which is made if absent.
 *
 * @param n_columns  must equal the dataset's
 * @return MEC_OK; MEC_E_INPUT when the dataset has another shape; MEC_E_IO
 */
MEC_NODISCARD mec_status mec_h5_append_doubles(mec_h5 *h5, const char *name,
                                               size_t n_rows, size_t n_columns,
                                               const double data[], mec_err *err);

/** Set a string attribute (UTF-8, variable length) of an object; replaces an old one. */
MEC_NODISCARD mec_status mec_h5_write_string_attribute(mec_h5 *h5, const char *object,
                                                       const char *attribute,
                                                       const char *value, mec_err *err);

/** Set a scalar double attribute of an object; replaces an old one. */
MEC_NODISCARD mec_status mec_h5_write_number_attribute(mec_h5 *h5, const char *object,
                                                       const char *attribute,
                                                       double value, mec_err *err);

#endif
