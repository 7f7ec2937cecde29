/* What all ranks do together, along a binomial tree. MPI's own collectives spin until
 * the last rank is there, which may take rank 0 minutes; these sleep. */

#include "pool_priv.h"

#include <stdlib.h>

enum { TAG_DOWN = 1, TAG_UP = 2 };

/* First byte of what rank 0 sends down. */
enum { KIND_BYTES = 'b', KIND_LEAVE = 'l' };

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

/* Send a message on to the ranks that this one feeds. */
static mec_status feed(pool_link *link, const char *bytes, size_t n, mec_err *err)
{
    mec_status st = MEC_OK;
    int32_t rank = link_rank(link);
    int32_t size = link_size(link);

    for (int32_t reach = reach_of(rank, size); reach > 0; reach /= 2) {
        if (rank + reach < size) {
            mec_text copy = MEC_TEXT_INIT;

            mec_text_add_bytes(&copy, bytes, n);
            MEC_TRY(link_send(link, CHANNEL_COLLECTIVE, rank + reach, TAG_DOWN, &copy,
                              err));
        }
    }
    st = wait_until_sent(link, err);
done:
    return st;
}

/* One message from rank 0 to all: on rank 0 of this kind and content, elsewhere
 * whatever comes. */
static mec_status pass_down(pool_link *link, char *kind, mec_text *bytes, mec_err *err)
{
    mec_status st = MEC_OK;
    int32_t rank = link_rank(link);
    pool_message m = {0};
    mec_text message = MEC_TEXT_INIT;

    if (rank == 0) {
        mec_text_add_char(&message, *kind);
        mec_text_add_bytes(&message, bytes->data, bytes->length);
        if (!mec_text_ok(&message) || !mec_text_ok(bytes)) {
            st = mec_fail(err, MEC_E_NOMEM, "pool: out of memory for a message");
            goto done;
        }
        MEC_TRY(feed(link, message.data, message.length, err));
    } else {
        MEC_TRY(wait_for(link, parent_of(rank), TAG_DOWN, &m, err));
        MEC_REQUIRE(m.n >= 1, err);
        MEC_TRY(feed(link, m.bytes, m.n, err));
        *kind = m.bytes[0];
        mec_text_reset(bytes);
        mec_text_add_bytes(bytes, m.bytes + 1, m.n - 1);
        if (!mec_text_ok(bytes)) {
            st = mec_fail(err, MEC_E_NOMEM, "pool: out of memory for a message");
        }
    }
done:
    free(m.bytes);
    mec_text_clear(&message);
    return st;
}

mec_status collective_broadcast(pool_link *link, mec_text *bytes, mec_err *err)
{
    char kind = KIND_BYTES;
    mec_status st = MEC_OK;

    if (link_size(link) > 1 && !link_is_leaving(link)) {
        st = pass_down(link, &kind, bytes, err);
    }
    if (st == MEC_OK && kind == KIND_LEAVE) {
        link_set_leaving(link);
    }
    return st == MEC_OK && link_is_leaving(link)
               ? mec_fail(err, MEC_E_STOPPED, "pool: rank 0 has ended")
               : st;
}

/* Wait until all ranks below this one have come, and tell the one above. */
static mec_status gather(pool_link *link, mec_err *err)
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
        MEC_TRY(link_send(link, CHANNEL_COLLECTIVE, parent_of(rank), TAG_UP, &nothing,
                          err));
    }
done:
    return st;
}

mec_status collective_leave(pool_link *link, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_text bytes = MEC_TEXT_INIT;
    char kind = KIND_LEAVE;

    if (link_size(link) == 1) {
        return MEC_OK;
    }
    while (!link_is_leaving(link)) {
        MEC_TRY(pass_down(link, &kind, &bytes, err));
        if (kind == KIND_LEAVE) {
            link_set_leaving(link);
        }
    }
    MEC_TRY(gather(link, err));
    mec_text_reset(&bytes);
    MEC_TRY(pass_down(link, &kind, &bytes, err));
done:
    mec_text_clear(&bytes);
    return st;
}
