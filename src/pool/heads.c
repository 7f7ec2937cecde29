/* What many jobs begin with, sent to every rank once instead of with each job. */

#include "pool_priv.h"

#include <stdlib.h>
#include <string.h>

void heads_pack(int32_t n, const mec_pool_head heads[], mec_text *out)
{
    mec_text_add_bytes(out, &n, sizeof n);
    for (int32_t i = 0; i < n; i++) {
        mec_text_add_bytes(out, &heads[i].n, sizeof heads[i].n);
        mec_text_add_bytes(out, heads[i].bytes, heads[i].n);
    }
}

mec_status heads_unpack(pool_heads *heads, const char *bytes, size_t n, mec_err *err)
{
    mec_status st = MEC_OK;
    size_t at = sizeof heads->n;

    *heads = (pool_heads){0};
    MEC_REQUIRE(n >= at, err);
    memcpy(&heads->n, bytes, at);
    heads->bytes = malloc(n);
    heads->data = calloc((size_t)heads->n + 1, sizeof *heads->data);
    if (heads->bytes == NULL || heads->data == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "pool: no memory for the heads of the jobs");
        goto done;
    }
    memcpy(heads->bytes, bytes, n);
    for (int32_t i = 0; i < heads->n; i++) {
        mec_pool_head *head = &heads->data[i];

        MEC_REQUIRE(n - at >= sizeof head->n, err);
        memcpy(&head->n, bytes + at, sizeof head->n);
        at += sizeof head->n;
        MEC_REQUIRE(n - at >= head->n, err);
        head->bytes = heads->bytes + at;
        at += head->n;
    }
done:
    if (st != MEC_OK) {
        heads_clear(heads);
    }
    return st;
}

void heads_clear(pool_heads *heads)
{
    free(heads->data);
    free(heads->bytes);
    *heads = (pool_heads){0};
}

mec_pool_head heads_get(const pool_heads *heads, int32_t head)
{
    return head > 0 && head <= heads->n ? heads->data[head - 1] : (mec_pool_head){0};
}
