/* Results on their way into the database. */

#include "batch_priv.h"

#include <stdlib.h>
#include <string.h>

static mec_status need_arena(batch *b, mec_err *err)
{
    b->arena = b->arena == NULL ? mec_arena_new() : b->arena;
    return b->arena == NULL ? mec_no_memory(err) : MEC_OK;
}

/* A job that gave no result of the task's form. */
static void interpret_failure(const mec_pool_result *got, const char *text,
                              store_result *out)
{
    static const char *const classes[] = {[MEC_POOL_DONE] = "error",
                                          [MEC_POOL_FAILED] = "error",
                                          [MEC_POOL_CRASHED] = "crash",
                                          [MEC_POOL_TIMEOUT] = "time-out",
                                          [MEC_POOL_MEMORY] = "memory"};

    out->exception_class = classes[got->end];
    out->exception =
        got->end == MEC_POOL_DONE ? "the task's result cannot be read" : text;
    if (out->exception[0] == '\0') {
        out->exception = out->exception_class;
    }
}

static const char *or_null(const char *text)
{
    return text == NULL ? "null" : text;
}

mec_status batch_interpret(batch *b, const mec_pool_result *got, store_result *out,
                           const char **notice, mec_err *err)
{
    task_result task = {0};
    mec_status st = need_arena(b, err);
    char *bytes = NULL;

    *notice = NULL;
    MEC_TRY(st);
    bytes = mec_arena_alloc(b->arena, got->n + 1);
    *out = (store_result){.scores = "null",
                          .extra_values = "null",
                          .seconds = got->seconds,
                          .rank = got->rank,
                          .host = mec_arena_strdup(b->arena, got->host)};
    if (bytes == NULL || out->host == NULL) {
        return mec_no_memory(err);
    }
    memcpy(bytes, got->bytes, got->n);
    bytes[got->n] = '\0';
    if (got->end != MEC_POOL_DONE || !task_result_unpack(bytes, got->n, &task)) {
        interpret_failure(got, bytes, out);
        return MEC_OK;
    }
    out->provenance = task.provenance;
    out->key = task.key;
    out->cached = task.cached != NULL;
    *notice = task.notice;
    if (task.exception_class == NULL) {
        out->scores = or_null(task.scores);
        out->extra_values = or_null(task.extra_values);
    } else {
        out->exception_class = task.exception_class;
        out->exception = task.exception == NULL ? task.exception_class : task.exception;
    }
done:
    return st;
}

mec_status batch_add(batch *b, const store_result *row, mec_err *err)
{
    return MEC_VEC_PUSH(&b->row, *row) ? MEC_OK : mec_no_memory(err);
}

static int by_rowid(const void *a, const void *b)
{
    int64_t x = ((const store_result *)a)->rowid;
    int64_t y = ((const store_result *)b)->rowid;

    return (x > y) - (x < y);
}

mec_status batch_save(batch *b, store *s, mec_err *err)
{
    mec_status st = MEC_OK;

    qsort(b->row.data, b->row.n, sizeof *b->row.data, by_rowid);
    for (size_t i = 0; i < b->row.n; i++) {
        MEC_TRY(store_save(s, &b->row.data[i], err));
    }
done:
    return st;
}

void batch_clear(batch *b)
{
    mec_arena_free(b->arena);
    b->arena = NULL;
    MEC_VEC_CLEAR(&b->row);
}
