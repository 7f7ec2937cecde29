/* How a feature hands over its result. */

#include "efeature_priv.h"

static void *new_array(mec_efeature_trace *trace, ptrdiff_t n, size_t size)
{
    void *array = mec_arena_calloc(trace->arena, n < 0 ? 0 : (size_t)n, size);

    if (array == NULL) {
        trace->out_of_memory = true;
    }
    return array;
}

double *new_reals(mec_efeature_trace *trace, ptrdiff_t n)
{
    return new_array(trace, n, sizeof(double));
}

ptrdiff_t *new_indices(mec_efeature_trace *trace, ptrdiff_t n)
{
    return new_array(trace, n, sizeof(ptrdiff_t));
}

void give_missing(value *out, const char *reason)
{
    out->exists = false;
    out->n = 0;
    out->real = NULL;
    out->index = NULL;
    out->reason = reason;
}

void give_reals(value *out, ptrdiff_t n, const double *real)
{
    if (n == 0) {
        give_missing(out, "there are no values");
        return;
    }
    out->exists = true;
    out->n = n;
    out->real = real;
    out->index = NULL;
    out->reason = NULL;
}

void give_empty(value *out)
{
    static const double none[1];

    out->exists = true;
    out->n = 0;
    out->real = none;
    out->index = NULL;
    out->reason = NULL;
}

void give_indices(value *out, ptrdiff_t n, const ptrdiff_t *index)
{
    if (n == 0) {
        give_missing(out, "there are no values");
        return;
    }
    out->exists = true;
    out->n = n;
    out->real = NULL;
    out->index = index;
    out->reason = NULL;
}

void give_real(mec_efeature_trace *trace, value *out, double x)
{
    double *real = new_reals(trace, 1);

    if (real != NULL) {
        real[0] = x;
        give_reals(out, 1, real);
    }
}

void give_index(mec_efeature_trace *trace, value *out, ptrdiff_t x)
{
    ptrdiff_t *index = new_indices(trace, 1);

    if (index != NULL) {
        index[0] = x;
        give_indices(out, 1, index);
    }
}
