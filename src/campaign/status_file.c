/* <database>.status: what mecombo status says, written by the run that holds the database
 * on a shared file system. Replaced in one step, so that a reader never sees a part. */

#include "progress_priv.h"
#include "status_priv.h"

#include <mecombo/json.h>
#include <mecombo/log.h>
#include <mecombo/path.h>

#include <math.h>
#include <string.h>
#include <unistd.h>

static const double pause_s = 2;
static const double share = 0.01; /* of rank 0's time that may go into counting */

static char *file_of(mec_arena *arena, const char *database)
{
    return mec_arena_printf(arena, "%s.status", database);
}

static mec_status write_status(mec_arena *arena, mec_db *db, mec_err *err)
{
    status s = {.arena = arena,
                .db = db,
                .path = mec_db_path(db),
                .rate = NAN,
                .computing_s = NAN,
                .classes = MEC_VEC_INIT,
                .exceptions = MEC_VEC_INIT,
                .ranks = MEC_VEC_INIT};
    mec_text text = MEC_TEXT_INIT;
    char now[32];
    const char *file = file_of(arena, s.path);
    mec_status st = MEC_OK;

    store_time(now);
    s.written = now;
    MEC_TRY(status_from_database(&s, err));
    status_print_json(&s, &text);
    if (file == NULL || !mec_text_ok(&text)) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory for its status", s.path);
        goto done;
    }
    st = mec_write_file(file, mec_text_string(&text), text.length, err);
done:
    mec_text_clear(&text);
    status_clear(&s);
    return st;
}

void status_publish(status_board *board, mec_db *db)
{
    double start = progress_clock();

    if (!board->is_needed || start < board->next_s) {
        return;
    }
    mec_err err = MEC_ERR_INIT;
    mec_arena *arena = mec_arena_new();

    if (arena != NULL && write_status(arena, db, &err) != MEC_OK) {
        mec_log(MEC_LOG_WARNING, "%s", err.text);
    }
    mec_arena_free(arena);
    double end = progress_clock();
    board->next_s = end + fmax(pause_s, (end - start) / share);
}

void status_withdraw(const status_board *board, const mec_db *db)
{
    mec_arena *arena = board->is_needed ? mec_arena_new() : NULL;
    char *file = arena == NULL ? NULL : file_of(arena, mec_db_path(db));

    if (file != NULL) {
        unlink(file);
    }
    mec_arena_free(arena);
}

static double number(const mec_json *root, const char *key)
{
    const mec_json *item = mec_json_get(root, key);

    return item != NULL && item->type == MEC_JSON_NUMBER ? item->number : NAN;
}

static const char *string(const mec_json *root, const char *key)
{
    const mec_json *item = mec_json_get(root, key);

    return item != NULL && item->type == MEC_JSON_STRING ? item->string : NULL;
}

/* A count; false when it is none. */
static bool read_count(double value, int64_t *out)
{
    bool is_count = value >= 0 && value < 0x1p53;

    if (is_count) {
        *out = (int64_t)value;
    }
    return is_count;
}

static bool read_exceptions(status *s, const mec_json *list)
{
    for (size_t i = 0; list != NULL && i < list->n; i++) {
        status_exception e = {.message = string(list->item[i], "message")};

        if (e.message == NULL || !read_count(number(list->item[i], "row"), &e.uid) ||
            !read_count(number(list->item[i], "rows"), &e.n) ||
            !MEC_VEC_PUSH(&s->exceptions, e)) {
            return false;
        }
    }
    return true;
}

static bool read_ranks(status *s, const mec_json *list)
{
    for (size_t i = 0; list != NULL && i < list->n; i++) {
        const mec_json *item = list->item[i];
        status_rank r = {.host = string(item, "host"),
                         .seconds = number(item, "computing_s"),
                         .last = string(item, "last")};

        if (r.host == NULL || r.last == NULL ||
            !read_count(number(item, "rank"), &r.rank) ||
            !read_count(number(item, "evaluations"), &r.n) ||
            !MEC_VEC_PUSH(&s->ranks, r)) {
            return false;
        }
    }
    return true;
}

bool status_from_file(status *s)
{
    const char *file = file_of(s->arena, s->path);
    const mec_json *root = NULL;
    mec_err ignored = MEC_ERR_INIT;

    if (file == NULL || mec_json_read(s->arena, file, &root, &ignored) != MEC_OK ||
        !read_count(number(root, "rows"), &s->n_rows) ||
        !read_count(number(root, "left"), &s->n_left) ||
        !read_count(number(root, "failed"), &s->n_failed)) {
        return false;
    }
    const mec_json *classes = mec_json_get(root, "failed_by_class");
    for (size_t i = 0; classes != NULL && i < classes->n; i++) {
        status_class c = {.name = classes->item[i]->key};

        if (c.name == NULL || !read_count(classes->item[i]->number, &c.n) ||
            !MEC_VEC_PUSH(&s->classes, c)) {
            s->classes.n = 0;
            return false;
        }
    }
    if (!read_exceptions(s, mec_json_get(root, "exceptions")) ||
        !read_ranks(s, mec_json_get(root, "ranks"))) {
        return false;
    }
    (void)read_count(number(root, "cached"), &s->n_cached);
    s->expected_end = string(root, "expected_end");
    s->rate = number(root, "rate_per_s");
    s->computing_s = number(root, "computing_s");
    s->last = string(root, "last");
    s->complete = string(root, "complete");
    s->written = string(root, "written");
    return true;
}
