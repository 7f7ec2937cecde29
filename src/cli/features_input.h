#ifndef MECOMBO_CLI_FEATURES_INPUT_H
#define MECOMBO_CLI_FEATURES_INPUT_H

/* Traces for `mecombo features`. */

#include <mecombo/arena.h>
#include <mecombo/err.h>

typedef struct features_trace {
    const char *name; /* the file, and the object inside an HDF5 file */
    size_t n;
    const double *t;       /* [n] ms, not decreasing */
    const double *v;       /* [n] mV */
    const double *current; /* [n] nA; NULL if the file has none */
} features_trace;

/* Read a trace: two or three text columns (time, voltage, current), or an HDF5 file.
 *
 * In an HDF5 file h5_path names a dataset [n, 2] or [n, 3] with these columns, or a
 * dataset [n] beside which there is a dataset `t` or `time`. It may be NULL if the file
 * holds a single dataset.
 *
 * Returns MEC_E_INPUT with file and line for what is not a trace; everything in *out
 * lives in the arena. */
MEC_NODISCARD mec_status features_read_trace(mec_arena *arena, const char *file,
                                             const char *h5_path, features_trace *out,
                                             mec_err *err);

#endif
