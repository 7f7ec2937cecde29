/* The provenance of merged rows: uids change on the way. */

#include "merge_priv.h"
#include "store_priv.h"

#include <stdlib.h>

static int compare_uids(const void *a, const void *b)
{
    const merged_uid *x = a;
    const merged_uid *y = b;

    return x->from < y->from ? -1 : x->from > y->from;
}

/* Order of the columns in copy_note(). */
static const char read_sql[] =
    "SELECT computed_for, \"class\", attempts, job_key, host, rank, seconds, finished, "
    "detail, cached FROM mecombo_provenance WHERE \"index\" = ?";
static const char read_old_sql[] =
    "SELECT computed_for, \"class\", attempts, job_key, host, rank, seconds, finished, "
    "detail, NULL FROM mecombo_provenance WHERE \"index\" = ?";
static const char write_sql[] =
    "INSERT OR REPLACE INTO mecombo_provenance (\"index\", computed_for, \"class\", "
    "attempts, job_key, host, rank, seconds, finished, detail, cached) VALUES "
    "(?,?,?,?,?,?,?,?,?,?,?)";

enum { N_COPIED = 10 };

static mec_status copy_note(mec_db_stmt *read, mec_db_stmt *write, size_t n,
                            const merged_uid uids[], const merged_uid *row,
                            mec_err *err)
{
    bool has_row = false;
    mec_status st = MEC_OK;

    MEC_TRY(mec_db_bind_int(read, 1, row->from, err));
    MEC_TRY(mec_db_step(read, &has_row, err));
    if (!has_row) {
        goto done;
    }
    const merged_uid key = {.from = mec_db_column_int(read, 0)};
    const merged_uid *origin = bsearch(&key, uids, n, sizeof *uids, compare_uids);
    MEC_TRY(mec_db_bind_int(write, 1, row->to, err));
    MEC_TRY(mec_db_bind_int(write, 2, origin == NULL ? row->to : origin->to, err));
    for (int i = 1; i < N_COPIED; i++) {
        MEC_TRY(merge_bind_column(write, i + 2, read, i, err));
    }
    MEC_TRY(mec_db_run(write, err));
done:
    mec_db_reset(read);
    return st;
}

mec_status merge_notes(mec_db *from, mec_db *to, mec_arena *arena, size_t n,
                       merged_uid uids[], mec_err *err)
{
    bool has_notes = false;
    bool has_cached = false;
    mec_db_stmt *read = NULL;
    mec_db_stmt *write = NULL;
    mec_status st = mec_db_has_table(from, "mecombo_provenance", &has_notes, err);

    if (st != MEC_OK || !has_notes || n == 0) {
        return st;
    }
    qsort(uids, n, sizeof *uids, compare_uids);
    MEC_TRY(store_has_cached(from, arena, &has_cached, err));
    MEC_TRY(mec_db_prepare(from, has_cached ? read_sql : read_old_sql, &read, err));
    MEC_TRY(mec_db_prepare(to, write_sql, &write, err));
    for (size_t i = 0; i < n; i++) {
        if (uids[i].taken) {
            MEC_TRY(copy_note(read, write, n, uids, &uids[i], err));
        }
    }
done:
    mec_db_finalize(read);
    mec_db_finalize(write);
    return st;
}

mec_status merge_link_notes(mec_db *to, mec_err *err)
{
    return mec_db_exec(
        to,
        "UPDATE mecombo_provenance SET computed_for = (SELECT o.computed_for FROM "
        "mecombo_provenance AS o WHERE o.\"index\" = mecombo_provenance.computed_for) "
        "WHERE computed_for IN (SELECT \"index\" FROM mecombo_provenance WHERE "
        "computed_for <> \"index\")",
        err);
}
