/* Responses: a dictionary that remembers the order of insertion, as Python's. */

#include "evaluate_priv.h"

#include <string.h>

response *response_find(evaluation *e, const char *name)
{
    for (size_t i = 0; i < e->responses.n; i++) {
        if (strcmp(e->responses.data[i].name, name) == 0) {
            return &e->responses.data[i];
        }
    }
    return NULL;
}

static mec_status set(evaluation *e, response value, mec_err *err)
{
    response *old = response_find(e, value.name);

    if (old != NULL) {
        MEC_VEC_CLEAR(&old->shared);
        *old = value;
        return MEC_OK;
    }
    return MEC_VEC_PUSH(&e->responses, value) ? MEC_OK : mec_no_memory(err);
}

mec_status response_set_trace(evaluation *e, const char *name, bool exists, size_t n,
                              const double *t, const double *v, mec_err *err)
{
    return set(e, (response){.name = name, .exists = exists, .n = n, .t = t, .v = v},
               err);
}

mec_status response_set_number(evaluation *e, const char *name, bool exists,
                               double value, mec_err *err)
{
    return set(
        e,
        (response){.name = name, .is_number = true, .exists = exists, .number = value},
        err);
}

void responses_clear(evaluation *e)
{
    for (size_t i = 0; i < e->responses.n; i++) {
        MEC_VEC_CLEAR(&e->responses.data[i].shared);
    }
    MEC_VEC_CLEAR(&e->responses);
}
