/* The most frequent exceptions of a campaign. */

#include "gate_priv.h"
#include "status_priv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* What messages of one kind share: numbers and file names left out. */
static char *kind_of(mec_arena *arena, const char *message)
{
    mec_text text = MEC_TEXT_INIT;
    const char *p = message;

    while (*p != '\0') {
        size_t word = strcspn(p, " \t");
        bool is_file = memchr(p, '/', word) != NULL;

        if (is_file) {
            mec_text_add_char(&text, '/');
            p += word;
        } else if (isdigit((unsigned char)*p)) {
            mec_text_add_char(&text, '#');
            p += strspn(p, "0123456789.");
        } else {
            mec_text_add_char(&text, *p);
            p++;
        }
    }
    char *out =
        mec_text_ok(&text) ? mec_arena_strdup(arena, mec_text_string(&text)) : NULL;
    mec_text_clear(&text);
    return out;
}

static mec_status count(mec_arena *arena, mec_map *kinds, int64_t uid, const char *text,
                        mec_err *err)
{
    const char *message = exception_message(arena, text);
    char *kind = message == NULL ? NULL : kind_of(arena, message);
    status_exception *e = kind == NULL ? NULL : mec_map_get(kinds, kind);

    if (kind != NULL && e == NULL) {
        e = mec_arena_alloc(arena, sizeof *e);
        if (e != NULL) {
            *e = (status_exception){.message = message, .uid = uid};
        }
        if (e == NULL || !mec_map_set(kinds, kind, e)) {
            return mec_no_memory(err);
        }
    }
    if (e == NULL) {
        return mec_no_memory(err);
    }
    e->n++;
    return MEC_OK;
}

static int most_first(const void *a, const void *b)
{
    const status_exception *x = a;
    const status_exception *y = b;

    return x->n != y->n ? (x->n < y->n) - (x->n > y->n)
                        : (x->uid > y->uid) - (x->uid < y->uid);
}

mec_status status_read_exceptions(status *s, mec_err *err)
{
    mec_map *kinds = mec_map_new();
    mec_db_stmt *stmt = NULL;
    bool has_row = false;
    mec_status st = kinds == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(mec_db_prepare(s->db,
                           "SELECT \"index\", exception FROM scores WHERE exception IS "
                           "NOT NULL ORDER BY rowid",
                           &stmt, err));
    MEC_TRY(mec_db_step(stmt, &has_row, err));
    while (has_row) {
        MEC_TRY(count(s->arena, kinds, mec_db_column_int(stmt, 0),
                      mec_db_column_text(stmt, 1), err));
        MEC_TRY(mec_db_step(stmt, &has_row, err));
    }
    for (size_t i = 0; i < mec_map_count(kinds); i++) {
        if (!MEC_VEC_PUSH(&s->exceptions,
                          *(const status_exception *)mec_map_value(kinds, i))) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    if (s->exceptions.n > 0) {
        qsort(s->exceptions.data, s->exceptions.n, sizeof *s->exceptions.data,
              most_first);
    }
    if (s->exceptions.n > MOST_EXCEPTIONS) {
        s->exceptions.n = MOST_EXCEPTIONS;
    }
done:
    mec_db_finalize(stmt);
    mec_map_free(kinds);
    return st;
}
