/* What all ranks do together, along a binomial tree. MPI's own collectives spin until
 * the last rank is there, which may take rank 0 minutes; these sleep. */

#include "pool_priv.h"

#include <stdlib.h>

enum { TAG_DOWN = 1, TAG_UP = 2 };

#define LONGEST_NAP 8e-3 /* s */

/* The rank that feeds this one; not for rank 0. */
static int32_t parent_of(int32_t rank)
{
    return rank & (rank - 1);
}

/* The first child's distance; the others follow at half of it each. */
static int32_t reach_of(int32_t rank, int32_t size)
{
    int32_t reach = 1;

    while (rank == 0 ? reach < size : (rank & reach) == 0) {
        reach *= 2;
    }
    return reach / 2;
}

static mec_status wait_for(pool_link *link, int32_t source, int32_t tag,
                           pool_message *out, mec_err *err)
{
    mec_status st = MEC_OK;
    pool_nap nap = {0};
    bool got = false;

    while (st == MEC_OK && !got) {
        st = link_progress(link, err);
        if (st == MEC_OK) {
            st = link_receive(link, CHANNEL_COLLECTIVE, source, tag, out, &got, err);
        }
        if (!got) {
            pool_sleep(NULL, 0, nap_next(&nap, false, LONGEST_NAP));
        }
    }
    return st;
}

static mec_status wait_until_sent(pool_link *link, mec_err *err)
{
    mec_status st = link_progress(link, err);
    pool_nap nap = {0};

    while (st == MEC_OK && link_n_sending(link) > 0) {
        pool_sleep(NULL, 0, nap_next(&nap, false, LONGEST_NAP));
        st = link_progress(link, err);
    }
    return st;
}

static mec_status send_copy(pool_link *link, int32_t dest, int32_t tag,
                            const mec_text *bytes, mec_err *err)
{
    mec_text copy = MEC_TEXT_INIT;

    mec_text_add_bytes(&copy, bytes->data, bytes->length);
    return link_send(link, CHANNEL_COLLECTIVE, dest, tag, &copy, err);
}

mec_status collective_broadcast(pool_link *link, mec_text *bytes, mec_err *err)
{
    mec_status st = MEC_OK;
    pool_message m = {0};
    int32_t rank = link_rank(link);
    int32_t size = link_size(link);

    if (rank > 0) {
        MEC_TRY(wait_for(link, parent_of(rank), TAG_DOWN, &m, err));
        mec_text_reset(bytes);
        mec_text_add_bytes(bytes, m.bytes, m.n);
    }
    for (int32_t reach = reach_of(rank, size); reach > 0; reach /= 2) {
        if (rank + reach < size) {
            MEC_TRY(send_copy(link, rank + reach, TAG_DOWN, bytes, err));
        }
    }
    MEC_TRY(wait_until_sent(link, err));
done:
    free(m.bytes);
    return st;
}

mec_status collective_barrier(pool_link *link, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_text nothing = MEC_TEXT_INIT;
    int32_t rank = link_rank(link);
    int32_t size = link_size(link);

    for (int32_t reach = reach_of(rank, size); reach > 0; reach /= 2) {
        pool_message m = {0};

        if (rank + reach < size) {
            MEC_TRY(wait_for(link, rank + reach, TAG_UP, &m, err));
            free(m.bytes);
        }
    }
    if (rank > 0) {
        MEC_TRY(send_copy(link, parent_of(rank), TAG_UP, &nothing, err));
    }
    st = collective_broadcast(link, &nothing, err);
done:
    mec_text_clear(&nothing);
    return st;
}
