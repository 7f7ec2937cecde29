/* Rank 0 leaves while the others wait for it: they must not wait for ever. */

#include "pool_tasks.h"
#include "support/tap.h"

int main(int argc, char **argv)
{
    mec_pool *pool = NULL;
    mec_err err = MEC_ERR_INIT;
    mec_text text = MEC_TEXT_INIT;
    mec_status st = mec_pool_start(&argc, &argv, do_task, NULL, &pool, &err);
    int32_t rank = st == MEC_OK ? mec_pool_rank(pool) : 0;

    CHECK_OK(st, err);
    if (st == MEC_OK && rank % 3 == 1) {
        CHECK_INT(mec_pool_broadcast(pool, &text, &err), MEC_E_STOPPED);
        CHECK_INT(mec_pool_broadcast(pool, &text, &err), MEC_E_STOPPED);
    } else if (st == MEC_OK && rank % 3 == 2) {
        CHECK_INT(mec_pool_run(pool, 0, NULL, NULL, &err), MEC_E_STOPPED);
    }
    CHECK_OK(mec_pool_stop(pool, &err), err);
    mec_text_clear(&text);
    if (rank == 0) {
        printf("%s 1 - rank 0 leaves early\n1..1\n",
               tap_failures > 0 ? "not ok" : "ok");
    }
    return tap_failures > 0;
}
