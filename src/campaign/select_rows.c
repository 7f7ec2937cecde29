/* Which gated rows are selected (BLUEPYMM.md A.8.2 h and i, without S3 of A.10). */

#include "select_priv.h"

#include <mecombo/log.h>
#include <mecombo/map.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

static const double worst_median = 250; /* what a combination without features scores */

typedef struct ranked {
    double median;
    size_t place; /* order in the database, which decides between equal medians */
    size_t row;
} ranked;

static int compare_ranked(const void *a, const void *b)
{
    const ranked *x = a;
    const ranked *y = b;

    if (x->median != y->median) {
        return x->median < y->median ? -1 : 1;
    }
    return x->place < y->place ? -1 : 1;
}

/* The number of the me-type of each row, in order of appearance. */
static mec_status number_metypes(mec_arena *arena, const mec_selection_emodel *emodel,
                                 const mec_selection_row row[], size_t number[],
                                 mec_map *metypes, mec_err *err)
{
    for (size_t i = 0; i < emodel->n_rows; i++) {
        const mec_selection_row *r = &row[emodel->row[i]];
        char *key = mec_arena_printf(arena, "%s%s", r->etype, r->fullmtype);
        uintptr_t found = key == NULL ? 0 : (uintptr_t)mec_map_get(metypes, key);

        if (key == NULL) {
            return mec_no_memory(err);
        }
        if (found == 0) {
            found = mec_map_count(metypes) + 1;
            if (!mec_map_set(metypes, key, (void *)found)) {
                return mec_no_memory(err);
            }
        }
        number[i] = found - 1;
    }
    return MEC_OK;
}

static mec_status select_best(mec_arena *arena, double fraction,
                              mec_selection_emodel *emodel, mec_selection_row row[],
                              mec_err *err)
{
    size_t *number = mec_arena_calloc(arena, emodel->n_rows, sizeof *number);
    ranked *list = mec_arena_calloc(arena, emodel->n_rows, sizeof *list);
    mec_map *metypes = mec_map_new();
    mec_status st = MEC_OK;

    if (number == NULL || list == NULL || metypes == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(number_metypes(arena, emodel, row, number, metypes, err));
    for (size_t m = 0; m < mec_map_count(metypes); m++) {
        size_t n = 0;

        for (size_t i = 0; i < emodel->n_rows; i++) {
            double median = row[emodel->row[i]].median;

            if (number[i] == m && median < worst_median) {
                list[n++] = (ranked){median, i, emodel->row[i]};
            }
        }
        qsort(list, n, sizeof *list, compare_ranked);
        size_t n_best = (size_t)ceil(fraction * (double)n);
        for (size_t i = 0; i < n_best && i < n; i++) {
            row[list[i].row].selected = true;
        }
        if (n == 0) {
            mec_log(MEC_LOG_WARNING, "no combinations for me-type %s in e-model %s",
                    mec_map_key(metypes, m), emodel->name);
        }
    }
done:
    mec_map_free(metypes);
    return st;
}

mec_status select_rows(mec_arena *arena, double perc_best, mec_selection_emodel *emodel,
                       mec_selection_row row[], mec_err *err)
{
    mec_status st = MEC_OK;

    if (emodel->skipped != NULL) {
        return MEC_OK;
    }
    if (isnan(perc_best)) {
        for (size_t i = 0; i < emodel->n_rows; i++) {
            row[emodel->row[i]].selected = row[emodel->row[i]].passed;
        }
    } else {
        st = select_best(arena, perc_best, emodel, row, err);
    }
    for (size_t i = 0; i < emodel->n_rows; i++) {
        emodel->n_selected += row[emodel->row[i]].selected;
    }
    return st;
}
