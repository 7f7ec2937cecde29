#ifndef CAMPAIGN_MERGE_PRIV_H
#define CAMPAIGN_MERGE_PRIV_H

/* Parts of mecombo merge. */

#include <mecombo/db.h>
#include <mecombo/arena.h>

/* A row of a database that is merged, and the same me-combination in the output. */
typedef struct merged_uid {
    int64_t from, to;
    bool taken; /* the output's result is this database's */
} merged_uid;

/* Bind a column of the current row of another statement. */
MEC_NODISCARD mec_status merge_bind_column(mec_db_stmt *to, int i, mec_db_stmt *from,
                                           int column, mec_err *err);

/* Take over how the rows that were taken came about, and which row's evaluation each was.
 *
 * @param uids  [n] all rows of `from`; sorted here by their uid there */
MEC_NODISCARD mec_status merge_notes(mec_db *from, mec_db *to, mec_arena *arena,
                                     size_t n, merged_uid uids[], mec_err *err);

/* Once all are merged: a row that stands for others of one database may itself have been
 * computed for a row of an earlier one; all of them then name that one. */
MEC_NODISCARD mec_status merge_link_notes(mec_db *to, mec_err *err);

#endif
