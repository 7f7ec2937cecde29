/* RANDOM variables: a stream for each instance, numbered as NEURON 9 numbers them in a
 * process that makes this cell alone.
 *
 * NEURON's streams have the identifiers 1, 0 and a number that counts them as instances
 * come into being: here the densities in the order in which they were inserted, section
 * by section, from a section's last segment to its first, then the point processes. Each
 * sweep begins where the streams stood when the cell was ready, as in a process of its
 * own. */

#include "cell_priv.h"

#include <stdlib.h>
#include <string.h>

enum { RANDOM = 2 }; /* in mec_mechanism_desc.required */

bool cell_has_random(const mec_mechanism_desc *desc)
{
    for (int32_t k = 0; k < desc->n_pointer; k++) {
        if (desc->required[k] == RANDOM) {
            return true;
        }
    }
    return false;
}

/* The streams of one instance. */
static mec_status make_streams(const cell_mech *mech, int32_t instance,
                               uint32_t *number, mec_err *err)
{
    const mec_mechanism_desc *desc = mech->desc;

    for (int32_t k = 0; k < desc->n_pointer; k++) {
        void **at = &mech->pointer[instance * desc->n_pointer + k];

        if (desc->required[k] != RANDOM) {
            continue;
        }
        *at = mec_random_new(1, 0, ++*number);
        if (*at == NULL) {
            return mec_no_memory(err);
        }
    }
    return MEC_OK;
}

static mec_status make_in_section(const mec_cell *cell, const cell_insertion *at,
                                  uint32_t *number, mec_err *err)
{
    mec_status st = MEC_OK;

    for (int32_t k = cell->first_segment[at->section + 1] - 1;
         k >= cell->first_segment[at->section]; k--) {
        int32_t instance = at->mech->instance_of[cell->slot_of_segment[k]];
        MEC_TRY(make_streams(at->mech, instance, number, err));
    }
done:
    return st;
}

mec_status cell_make_random(mec_cell *cell, mec_err *err)
{
    mec_status st = MEC_OK;
    uint32_t number = 0;

    for (size_t i = 0; i < cell->insertion.n; i++) {
        MEC_TRY(make_in_section(cell, &cell->insertion.data[i], &number, err));
    }
    for (size_t p = 0; p < cell->point.n; p++) {
        const cell_mech *mech = cell->point.data[p].mech;

        if (cell_has_random(mech->desc)) {
            MEC_TRY(make_streams(mech, cell->point.data[p].instance, &number, err));
        }
    }
    for (int32_t m = 0; m < cell->n_mech; m++) {
        cell_mech *mech = cell->mech[m];
        size_t n = (size_t)mech->n_instance * (size_t)mech->desc->n_pointer;

        if (cell_has_random(mech->desc)) {
            mech->start = mec_arena_calloc(cell->arena, n + 1, mec_random_size());
            if (mech->start == NULL) {
                return mec_no_memory(err);
            }
            cell_keep_random(mech);
        }
    }
done:
    return st;
}

static void copy_streams(const cell_mech *mech, bool keep)
{
    const mec_mechanism_desc *desc = mech->desc;
    size_t size = mec_random_size();

    for (int32_t i = 0; mech->start != NULL && i < mech->n_instance * desc->n_pointer;
         i++) {
        char *start = mech->start + (size_t)i * size;

        if (desc->required[i % desc->n_pointer] == RANDOM) {
            memcpy(keep ? start : mech->pointer[i], keep ? mech->pointer[i] : start,
                   size);
        }
    }
}

void cell_keep_random(cell_mech *mech)
{
    copy_streams(mech, true);
}

void cell_reset_random(const cell_mech *mech)
{
    copy_streams(mech, false);
}
