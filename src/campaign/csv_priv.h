#ifndef CAMPAIGN_CSV_PRIV_H
#define CAMPAIGN_CSV_PRIV_H

/* Files of separated fields, with quotes as Python's csv module writes them. */

#include <mecombo/arena.h>
#include <mecombo/err.h>

typedef struct csv_row {
    size_t n;
    const char **field; /* [n] */
    int line;           /* where it begins, 1-based */
} csv_row;

typedef struct csv_file {
    const char *path;
    size_t n;
    csv_row *row; /* [n] the header, if there is one, included */
} csv_file;

/* Read a whole file into the arena. */
MEC_NODISCARD mec_status csv_read(mec_arena *arena, const char *path, char separator,
                                  csv_file *out, mec_err *err);

/* The column that the first row gives a name; -1: none. */
int csv_column(const csv_file *file, const char *name);

#endif
