/* Reading the files that select writes. */

#include "csv_priv.h"

#include <mecombo/path.h>
#include <mecombo/vec.h>

#include <string.h>

typedef MEC_VEC(const char *) field_vec;
typedef MEC_VEC(csv_row) row_vec;

/* Take one field; *p ends behind it, at a separator, a line feed or the end. */
static char *take_field(mec_arena *arena, char **p, char separator)
{
    char *in = *p;
    char stop[] = {separator, '\n', '\0'};

    if (*in != '"') {
        size_t n = strcspn(in, stop);

        *p = in + n;
        return mec_arena_strndup(arena, in, n);
    }
    char *start = mec_arena_alloc(arena, strlen(in) + 1);
    char *out = start;
    for (in++; out != NULL && *in != '\0'; in++) {
        if (*in == '"' && *++in != '"') {
            break;
        }
        *out++ = *in;
    }
    *p = in;
    return start;
}

static mec_status finish_row(mec_arena *arena, field_vec *fields, int line,
                             row_vec *rows, mec_err *err)
{
    csv_row row = {.n = fields->n, .line = line};

    row.field = mec_arena_calloc(arena, fields->n, sizeof *row.field);
    if (row.field == NULL) {
        return mec_no_memory(err);
    }
    memcpy(row.field, fields->data, fields->n * sizeof *row.field);
    fields->n = 0;
    return MEC_VEC_PUSH(rows, row) ? MEC_OK : mec_no_memory(err);
}

mec_status csv_read(mec_arena *arena, const char *path, char separator, csv_file *out,
                    mec_err *err)
{
    field_vec fields = MEC_VEC_INIT;
    row_vec rows = MEC_VEC_INIT;
    char *p = NULL;
    int line = 1;
    mec_status st = MEC_OK;

    *out = (csv_file){.path = path};
    MEC_TRY(mec_read_file(arena, path, &p, NULL, err));
    while (*p != '\0') {
        char *begin = p;
        char *field = take_field(arena, &p, separator);

        if (field == NULL || !MEC_VEC_PUSH(&fields, field)) {
            st = mec_no_memory(err);
            goto done;
        }
        int first_line = line;
        for (const char *c = begin; c < p; c++) {
            line += *c == '\n';
        }
        if (*p == separator) {
            p++;
            if (*p != '\0' && *p != '\n') {
                continue;
            }
            if (!MEC_VEC_PUSH(&fields, "")) {
                st = mec_no_memory(err);
                goto done;
            }
        }
        if (*p == '\n') {
            p++;
            line++;
        } else if (*p != '\0') {
            st = mec_fail(err, MEC_E_INPUT, "%s:%d: text behind a closing quote", path,
                          line);
            goto done;
        }
        MEC_TRY(finish_row(arena, &fields, first_line, &rows, err));
    }
    out->row = mec_arena_calloc(arena, rows.n, sizeof *out->row);
    if (out->row == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    if (rows.n > 0) {
        memcpy(out->row, rows.data, rows.n * sizeof *out->row);
    }
    out->n = rows.n;
done:
    MEC_VEC_CLEAR(&fields);
    MEC_VEC_CLEAR(&rows);
    return st;
}

int csv_column(const csv_file *file, const char *name)
{
    for (size_t i = 0; file->n > 0 && i < file->row[0].n; i++) {
        if (strcmp(file->row[0].field[i], name) == 0) {
            return (int)i;
        }
    }
    return -1;
}
