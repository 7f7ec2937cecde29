/* Traces for `mecombo features`, from text and HDF5 files. */

#include "features_input.h"

#include <mecombo/h5.h>
#include <mecombo/path.h>
#include <mecombo/text.h>

#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 3 };

/* The numbers of one text line; -1 if there is something else. Commas count as blanks,
 * and # begins a comment. */
static int read_line(const char *at, double number[MOST_COLUMNS + 1])
{
    int n = 0;

    for (;;) {
        char *end = NULL;

        at += strspn(at, " \t\r,");
        if (*at == '\0' || *at == '#') {
            return n;
        }
        if (n > MOST_COLUMNS) {
            return -1;
        }
        number[n] = strtod(at, &end);
        if (end == at || strchr(" \t\r,#", *end) == NULL) {
            return -1;
        }
        n++;
        at = end;
    }
}

static size_t count_lines(const char *text)
{
    size_t n = 1;

    for (; *text != '\0'; text++) {
        n += *text == '\n';
    }
    return n;
}

static mec_status check_columns(const char *file, size_t line, int n, int n_expected,
                                mec_err *err)
{
    if (n < 0) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s:%zu: not two or three numbers (time in ms, voltage in mV, "
                        "and perhaps current in nA)",
                        file, line);
    }
    if (n < 2 || n > MOST_COLUMNS || (n_expected != 0 && n != n_expected)) {
        return mec_fail(err, MEC_E_INPUT, "%s:%zu: %d numbers where %s are expected",
                        file, line, n, n_expected == 3 ? "three" : "two");
    }
    return MEC_OK;
}

static mec_status parse_text(char *text, const char *file, size_t n_lines,
                             double *column[MOST_COLUMNS], size_t *n, int *n_columns,
                             mec_err *err)
{
    size_t line = 0;

    *n = 0;
    *n_columns = 0;
    for (char *at = text; line < n_lines; line++) {
        char *end = at + strcspn(at, "\n");
        bool is_last = *end == '\0';
        double number[MOST_COLUMNS + 1];

        *end = '\0';
        int found = read_line(at, number);

        at = is_last ? end : end + 1;
        if (found == 0) {
            continue;
        }
        mec_status st = check_columns(file, line + 1, found, *n_columns, err);

        if (st != MEC_OK) {
            return st;
        }
        *n_columns = found;
        if (*n > 0 && !(number[0] >= column[0][*n - 1])) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s:%zu: time %g ms is before that of the sample before it "
                            "(sort the trace)",
                            file, line + 1, number[0]);
        }
        for (int k = 0; k < found; k++) {
            column[k][*n] = number[k];
        }
        ++*n;
    }
    return MEC_OK;
}

static mec_status read_text(mec_arena *arena, const char *file, features_trace *out,
                            mec_err *err)
{
    mec_status st = MEC_OK;
    char *text = NULL;
    double *column[MOST_COLUMNS];
    int n_columns = 0;

    MEC_TRY(mec_read_file(arena, file, &text, NULL, err));
    size_t n_lines = count_lines(text);

    for (int k = 0; k < MOST_COLUMNS; k++) {
        column[k] = mec_arena_calloc(arena, n_lines, sizeof *column[k]);
        if (column[k] == NULL) {
            return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", file);
        }
    }
    MEC_TRY(parse_text(text, file, n_lines, column, &out->n, &n_columns, err));
    if (out->n == 0) {
        return mec_fail(err, MEC_E_INPUT, "%s: holds no samples", file);
    }
    out->name = file;
    out->t = column[0];
    out->v = column[1];
    out->current = n_columns == 3 ? column[2] : NULL;
done:
    return st;
}

/* The only dataset of a file, looked for in its groups. */
static mec_status only_dataset(mec_h5 *h5, mec_arena *arena, const char *group,
                               const char *file, const char **found, mec_err *err)
{
    mec_status st = MEC_OK;
    size_t n = 0;
    const char *const *names = NULL;

    MEC_TRY(mec_h5_list(h5, arena, group, &n, &names, err));
    for (size_t i = 0; i < n; i++) {
        const char *name = mec_arena_printf(
            arena, "%s%s%s", group, strcmp(group, "/") == 0 ? "" : "/", names[i]);

        if (name == NULL) {
            return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", file);
        }
        if (!mec_h5_is_dataset(h5, name)) {
            MEC_TRY(only_dataset(h5, arena, name, file, found, err));
        } else if (*found != NULL) {
            return mec_fail(
                err, MEC_E_INPUT,
                "%s: holds more than one dataset (name one with --path, for "
                "example --path %s)",
                file, name);
        } else {
            *found = name;
        }
    }
done:
    return st;
}

/* Times of a dataset [n], from `t` or `time` in the same group. */
static mec_status read_times(mec_h5 *h5, mec_arena *arena, const char *file,
                             const char *name, size_t n, double **times, mec_err *err)
{
    static const char *const usual[] = {"t", "time"};
    mec_status st = MEC_OK;
    const char *slash = strrchr(name, '/');
    size_t group = slash == NULL ? 0 : (size_t)(slash - name) + 1;

    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        const char *beside =
            mec_arena_printf(arena, "%.*s%s", (int)group, name, usual[i]);
        size_t n_times = 0;

        if (beside == NULL) {
            return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", file);
        }
        if (!mec_h5_has(h5, beside)) {
            continue;
        }
        MEC_TRY(mec_h5_read_doubles(h5, arena, beside, &n_times, NULL, times, err));
        if (n_times != n) {
            return mec_fail(err, MEC_E_INPUT, "%s: %s: %zu times for %zu values", file,
                            beside, n_times, n);
        }
        return MEC_OK;
    }
    return mec_fail(err, MEC_E_INPUT,
                    "%s: %s: one column, and no dataset t or time beside it (use a "
                    "dataset with the columns time and voltage)",
                    file, name);
done:
    return st;
}

static mec_status take_columns(mec_arena *arena, const char *file, const char *name,
                               size_t n_columns, const double data[],
                               features_trace *out, mec_err *err)
{
    double *column[MOST_COLUMNS] = {NULL, NULL, NULL};

    if (n_columns > MOST_COLUMNS) {
        return mec_fail(
            err, MEC_E_INPUT,
            "%s: %s: %zu columns where time, voltage and perhaps current are "
            "expected",
            file, name, n_columns);
    }
    for (size_t k = 0; k < n_columns; k++) {
        column[k] = mec_arena_calloc(arena, out->n, sizeof *column[k]);
        if (column[k] == NULL) {
            return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", file);
        }
        for (size_t i = 0; i < out->n; i++) {
            column[k][i] = data[i * n_columns + k];
        }
    }
    out->t = column[0];
    out->v = column[1];
    out->current = column[2];
    return MEC_OK;
}

static mec_status check_times(const char *file, const char *name,
                              const features_trace *trace, mec_err *err)
{
    if (trace->n == 0) {
        return mec_fail(err, MEC_E_INPUT, "%s: %s: holds no samples", file, name);
    }
    for (size_t i = 1; i < trace->n; i++) {
        if (!(trace->t[i] >= trace->t[i - 1])) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s: %s: time of sample %zu is before that of the sample "
                            "before it (sort the trace)",
                            file, name, i);
        }
    }
    return MEC_OK;
}

static mec_status read_h5(mec_arena *arena, const char *file, const char *h5_path,
                          features_trace *out, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_h5 *h5 = NULL;
    const char *name = h5_path;
    size_t n_columns = 0;
    double *data = NULL;
    double *times = NULL;

    MEC_TRY(mec_h5_open(file, MEC_H5_READ, &h5, err));
    if (name == NULL) {
        MEC_TRY(only_dataset(h5, arena, "/", file, &name, err));
    }
    if (name == NULL) {
        st = mec_fail(err, MEC_E_INPUT, "%s: holds no dataset", file);
        goto done;
    }
    MEC_TRY(mec_h5_read_doubles(h5, arena, name, &out->n, &n_columns, &data, err));
    if (n_columns == 1) {
        MEC_TRY(read_times(h5, arena, file, name, out->n, &times, err));
        out->t = times;
        out->v = data;
        out->current = NULL;
    } else {
        MEC_TRY(take_columns(arena, file, name, n_columns, data, out, err));
    }
    MEC_TRY(check_times(file, name, out, err));
    out->name = mec_arena_printf(arena, "%s:%s", file, name);
    if (out->name == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", file);
    }
done:
    if (h5 != NULL) {
        mec_status closed = mec_h5_close(h5, st == MEC_OK ? err : NULL);

        st = st == MEC_OK ? closed : st;
    }
    return st;
}

mec_status features_read_trace(mec_arena *arena, const char *file, const char *h5_path,
                               features_trace *out, mec_err *err)
{
    bool is_h5 =
        h5_path != NULL || mec_ends_with(file, ".h5") || mec_ends_with(file, ".hdf5");

    memset(out, 0, sizeof *out);
    return is_h5 ? read_h5(arena, file, h5_path, out, err)
                 : read_text(arena, file, out, err);
}
