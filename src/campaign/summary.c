/* Counting a selection for the report. */

#include "gate_priv.h"
#include "select_priv.h"

#include <mecombo/map.h>
#include <mecombo/vec.h>

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Index of a name in a map of names, added if it is new; SIZE_MAX: out of memory. */
static size_t index_of(mec_map *map, const char *name)
{
    uintptr_t found = (uintptr_t)mec_map_get(map, name);

    if (found == 0) {
        found = mec_map_count(map) + 1;
        if (!mec_map_set(map, name, (void *)found)) {
            return SIZE_MAX;
        }
    }
    return found - 1;
}

/* Bars over rows by a key, in order of appearance; each named after its first row. */
static mec_status count_bars(mec_arena *arena, const mec_selection *s,
                             char *(*key)(mec_arena *, const mec_selection_row *),
                             char *(*label)(mec_arena *, const mec_selection_row *),
                             const mec_selection_bar **out, size_t *n, mec_err *err)
{
    mec_map *index = mec_map_new();
    mec_selection_bar *bar = mec_arena_calloc(arena, s->n_rows, sizeof *bar);
    mec_status st = index == NULL || bar == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    for (size_t i = 0; i < s->n_rows; i++) {
        const mec_selection_row *row = &s->row[i];
        char *name = key(arena, row);
        size_t k = name == NULL ? SIZE_MAX : index_of(index, name);

        if (k == SIZE_MAX) {
            st = mec_no_memory(err);
            goto done;
        }
        if (bar[k].name == NULL) {
            bar[k].name = label(arena, row);
        }
        if (row->selected) {
            bar[k].passed++;
        } else if (row->exception_class != NULL) {
            bar[k].error++;
        } else {
            bar[k].failed++;
        }
    }
    *out = bar;
    *n = mec_map_count(index);
done:
    mec_map_free(index);
    return st;
}

static char *metype_name(mec_arena *arena, const mec_selection_row *row)
{
    return mec_arena_printf(arena, "%s_%s", row->etype, row->fullmtype);
}

static char *morph_key(mec_arena *arena, const mec_selection_row *row)
{
    return mec_arena_strdup(arena, row->morph_name);
}

static char *morph_label(mec_arena *arena, const mec_selection_row *row)
{
    return mec_arena_printf(arena, "%s (%s, %s)", row->morph_name, row->fullmtype,
                            row->etype);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The sorted names of a map, which is refilled with their places. */
static mec_status sort_names(mec_arena *arena, mec_map **map, const char *const **out,
                             size_t *n, mec_err *err)
{
    const char **names = mec_arena_calloc(arena, mec_map_count(*map), sizeof *names);

    *n = mec_map_count(*map);
    if (names == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < *n; i++) {
        names[i] = mec_arena_strdup(arena, mec_map_key(*map, i));
        if (names[i] == NULL) {
            return mec_no_memory(err);
        }
    }
    qsort(names, *n, sizeof *names, compare_names);
    mec_map_free(*map);
    *map = mec_map_new();
    for (size_t i = 0; i < *n; i++) {
        if (*map == NULL || index_of(*map, names[i]) == SIZE_MAX) {
            return mec_no_memory(err);
        }
    }
    *out = names;
    return MEC_OK;
}

/* One selected row's median and the cell of the matrix it belongs to. */
typedef struct cell_median {
    size_t cell;
    double median;
} cell_median;

static int compare_cells(const void *a, const void *b)
{
    const cell_median *x = a;
    const cell_median *y = b;

    return x->cell < y->cell ? -1 : x->cell > y->cell;
}

/* Median of the medians of each cell. */
static mec_status fill_medians(size_t n, cell_median list[], double median[],
                               mec_err *err)
{
    double *values = malloc((n == 0 ? 1 : n) * sizeof *values);

    if (values == NULL) {
        return mec_no_memory(err);
    }
    qsort(list, n, sizeof *list, compare_cells);
    for (size_t i = 0; i < n;) {
        size_t k = 0;
        size_t cell = list[i].cell;

        while (i < n && list[i].cell == cell) {
            values[k++] = list[i++].median;
        }
        median[cell] = median_of(k, values);
    }
    free(values);
    return MEC_OK;
}

static mec_status fill_matrices(mec_arena *arena, mec_selection *s,
                                const mec_map *mtypes, const mec_map *etypes,
                                mec_err *err)
{
    size_t n_cells = s->n_mtypes * s->n_etypes;
    double *median = mec_arena_calloc(arena, n_cells, sizeof *median);
    int64_t *tested = mec_arena_calloc(arena, n_cells, sizeof *tested);
    int64_t *accepted = mec_arena_calloc(arena, n_cells, sizeof *accepted);
    cell_median *list = malloc((s->n_rows + 1) * sizeof *list);
    size_t n = 0;
    mec_status st = MEC_OK;

    if (median == NULL || tested == NULL || accepted == NULL || list == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    for (size_t i = 0; i < n_cells; i++) {
        median[i] = NAN;
    }
    for (size_t i = 0; i < s->n_rows; i++) {
        const mec_selection_row *row = &s->row[i];
        size_t m = (uintptr_t)mec_map_get(mtypes, row->mtype) - 1;
        size_t cell = m * s->n_etypes + (uintptr_t)mec_map_get(etypes, row->etype) - 1;

        tested[cell]++;
        if (row->selected) {
            accepted[cell]++;
            if (!isnan(row->median)) {
                list[n++] = (cell_median){cell, row->median};
            }
        }
    }
    MEC_TRY(fill_medians(n, list, median, err));
    s->median = median;
    s->n_tested = tested;
    s->n_accepted = accepted;
done:
    free(list);
    return st;
}

static mec_status make_matrices(mec_arena *arena, mec_selection *s, mec_err *err)
{
    mec_map *mtypes = mec_map_new();
    mec_map *etypes = mec_map_new();
    mec_status st = mtypes == NULL || etypes == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    for (size_t i = 0; i < s->n_rows; i++) {
        if (index_of(mtypes, s->row[i].mtype) == SIZE_MAX ||
            index_of(etypes, s->row[i].etype) == SIZE_MAX) {
            st = mec_no_memory(err);
            goto done;
        }
    }
    MEC_TRY(sort_names(arena, &mtypes, &s->mtype, &s->n_mtypes, err));
    MEC_TRY(sort_names(arena, &etypes, &s->etype, &s->n_etypes, err));
    MEC_TRY(fill_matrices(arena, s, mtypes, etypes, err));
done:
    mec_map_free(mtypes);
    mec_map_free(etypes);
    return st;
}

static int compare_counts(const void *a, const void *b)
{
    const mec_selection_count *x = a;
    const mec_selection_count *y = b;

    if (x->n != y->n) {
        return x->n > y->n ? -1 : 1;
    }
    return strcmp(x->name, y->name);
}

/* Counts by name, most frequent first; what is never counted is left out. */
static mec_status take_counts(mec_arena *arena, const mec_map *index,
                              const int64_t count[], const mec_selection_count **out,
                              size_t *n, mec_err *err)
{
    size_t n_names = mec_map_count(index);
    mec_selection_count *list = mec_arena_calloc(arena, n_names, sizeof *list);

    *n = 0;
    if (list == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < n_names; i++) {
        if (count[i] > 0) {
            list[*n].n = count[i];
            list[*n].name = mec_arena_strdup(arena, mec_map_key(index, i));
            if (list[(*n)++].name == NULL) {
                return mec_no_memory(err);
            }
        }
    }
    qsort(list, *n, sizeof *list, compare_counts);
    *out = list;
    return MEC_OK;
}

static mec_status count_rejections(mec_arena *arena, mec_selection *s, mec_err *err)
{
    mec_map *index = mec_map_new();
    MEC_VEC(int64_t) counts = MEC_VEC_INIT;
    mec_status st = index == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    for (size_t e = 0; e < s->n_emodels; e++) {
        for (size_t f = 0; f < s->emodel[e].n_features; f++) {
            const mec_selection_feature *feature = &s->emodel[e].feature[f];
            size_t k = index_of(index, feature->name);

            if (k == SIZE_MAX || (k == counts.n && !MEC_VEC_PUSH(&counts, 0))) {
                st = mec_no_memory(err);
                goto done;
            }
            counts.data[k] += feature->failed;
        }
    }
    MEC_TRY(
        take_counts(arena, index, counts.data, &s->rejection, &s->n_rejections, err));
done:
    mec_map_free(index);
    MEC_VEC_CLEAR(&counts);
    return st;
}

static mec_status count_classes(mec_arena *arena, mec_selection *s, mec_err *err)
{
    mec_map *index = mec_map_new();
    MEC_VEC(int64_t) counts = MEC_VEC_INIT;
    mec_status st = index == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    for (size_t i = 0; i < s->n_rows; i++) {
        if (s->row[i].exception_class == NULL) {
            continue;
        }
        size_t k = index_of(index, s->row[i].exception_class);

        if (k == SIZE_MAX || (k == counts.n && !MEC_VEC_PUSH(&counts, 0))) {
            st = mec_no_memory(err);
            goto done;
        }
        counts.data[k]++;
    }
    MEC_TRY(take_counts(arena, index, counts.data, &s->exception_class, &s->n_classes,
                        err));
done:
    mec_map_free(index);
    MEC_VEC_CLEAR(&counts);
    return st;
}

mec_status summarise(mec_arena *arena, mec_selection *out, mec_err *err)
{
    mec_status st = MEC_OK;

    MEC_TRY(count_bars(arena, out, metype_name, metype_name, &out->metype,
                       &out->n_metypes, err));
    MEC_TRY(count_bars(arena, out, morph_key, morph_label, &out->morphology,
                       &out->n_morphologies, err));
    MEC_TRY(make_matrices(arena, out, err));
    MEC_TRY(count_rejections(arena, out, err));
    MEC_TRY(count_classes(arena, out, err));
done:
    return st;
}
