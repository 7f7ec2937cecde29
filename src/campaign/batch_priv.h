#ifndef CAMPAIGN_BATCH_PRIV_H
#define CAMPAIGN_BATCH_PRIV_H

/* Results between their arrival and their commit. */

#include "jobs_priv.h"
#include "store_priv.h"

#include <mecombo/vec.h>

typedef struct batch {
    mec_arena *arena;          /* what the rows point to; NULL while there are none */
    MEC_VEC(store_result) row; /* in order of arrival */
} batch;

/* Copy a result and say what is to be stored for it, whichever way the job ended.
 *
 * @param out     uid, rowid and computed_for are left to the caller; strings are the batch's
 * @param notice  out: something to warn of; NULL: nothing */
MEC_NODISCARD mec_status batch_interpret(batch *b, const mec_pool_result *got,
                                         store_result *out, const char **notice,
                                         mec_err *err);

/* Add one row; MEC_E_NOMEM leaves the batch as it was. */
MEC_NODISCARD mec_status batch_add(batch *b, const store_result *row, mec_err *err);

/* Write the rows into the store's open transaction, in the order in which they lie in the
 * file: neighbours then change a page once. */
MEC_NODISCARD mec_status batch_save(batch *b, store *s, mec_err *err);

/* Forget the rows. */
void batch_clear(batch *b);

#endif
