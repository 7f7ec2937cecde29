/* Point processes and ARTIFICIAL_CELLs: their places, values and instances. Each instance
 * is a run of its own, so it can sit on any node and several can share one. */

#include "cell_priv.h"

#include <mecombo/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- construction --- */

static int32_t find_registered(const mec_cell *cell, const char *name)
{
    for (int32_t i = 0; i < cell->n_registered; i++) {
        const mec_mechanism_desc *desc = mec_catalogue_get(cell->catalogue, i);

        if (desc->kind != MEC_DENSITY && strcmp(desc->name, name) == 0) {
            return i;
        }
    }
    return -1;
}

static mec_status check_place(const mec_cell *cell, const mec_mechanism_desc *desc,
                              int32_t section, double x, mec_err *err)
{
    bool artificial = desc->kind == MEC_ARTIFICIAL_CELL;

    if (artificial && section == -1) {
        return MEC_OK;
    }
    if (artificial || section < 0 || section >= cell->n_section ||
        !(x >= 0.0 && x <= 1.0)) {
        return mec_fail(err, MEC_E_INPUT, "%s cannot sit at section %d, x = %g (%s)",
                        desc->name, (int)section, x,
                        artificial ? "an ARTIFICIAL_CELL has no place: section -1"
                                   : "x lies in 0..1, the section must exist");
    }
    if (desc->n_ion > 0 && (x == 0.0 || x == 1.0)) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: %s uses ions and cannot sit at the end of a section "
                        "(choose 0 < x < 1)",
                        desc->file, desc->name);
    }
    return MEC_OK;
}

static mec_status mech_of(mec_cell *cell, int32_t registered, cell_mech **out,
                          mec_err *err)
{
    for (int32_t m = 0; m < cell->n_mech; m++) {
        if (cell->mech[m]->registered == registered) {
            *out = cell->mech[m];
            return MEC_OK;
        }
    }
    return cell_new_mech(cell, registered, out, err);
}

mec_status mec_cell_add_point(mec_cell *cell, int32_t section, double x,
                              const char *name, int32_t *point, mec_err *err)
{
    mec_status st = MEC_OK;
    int32_t registered = find_registered(cell, name);
    cell_point added = {.section = section, .x = x, .slot = -1};

    *point = 0;
    MEC_REQUIRE(!cell->finished, err);
    if (registered < 0) {
        return cell_no_such_mechanism(cell, name, err);
    }
    MEC_TRY(check_place(cell, mec_catalogue_get(cell->catalogue, registered), section,
                        x, err));
    MEC_TRY(mech_of(cell, registered, &added.mech, err));
    if (!MEC_VEC_PUSH(&cell->point, added)) {
        return mec_no_memory(err);
    }
    *point = (int32_t)cell->point.n;
    MEC_TRY(cell_promote_ions(cell, err));
done:
    return st;
}

void cell_free_points(mec_cell *cell)
{
    MEC_VEC_CLEAR(&cell->point);
    MEC_VEC_CLEAR(&cell->setting);
    MEC_VEC_CLEAR(&cell->link);
    MEC_VEC_CLEAR(&cell->insertion);
}

/* --- values --- */

int32_t cell_point_column(const mec_mechanism_desc *desc, const char *name)
{
    int64_t index = 0;
    size_t n = cell_split_index(name, &index);

    for (int32_t c = 0; c < desc->n_variable; c++) {
        const mec_column_desc *var = &desc->columns[c];

        if (var->visible && strlen(var->name) == n && memcmp(var->name, name, n) == 0 &&
            index >= 0 && index < var->length) {
            return var->column + (int32_t)index;
        }
    }
    return -1;
}

static mec_status find_column(const mec_cell *cell, int32_t point, const char *name,
                              int32_t *column, mec_err *err)
{
    if (point < 1 || (size_t)point > cell->point.n) {
        return mec_fail(err, MEC_E_INPUT, "there is no point process number %d",
                        (int)point);
    }
    const mec_mechanism_desc *desc = cell->point.data[point - 1].mech->desc;
    *column = cell_point_column(desc, name);
    return *column >= 0 ? MEC_OK
                        : mec_fail(err, MEC_E_INPUT,
                                   "%s: %s has no variable \"%s\" (RANGE makes one)",
                                   desc->file, desc->name, name);
}

mec_status mec_cell_set_point(mec_cell *cell, int32_t point, const char *name,
                              double value, mec_err *err)
{
    mec_status st = MEC_OK;
    cell_setting setting = {.point = point - 1, .value = value};

    MEC_TRY(find_column(cell, point, name, &setting.column, err));
    if (!MEC_VEC_PUSH(&cell->setting, setting)) {
        return mec_no_memory(err);
    }
    if (cell->simulated) {
        const cell_point *at = &cell->point.data[point - 1];

        at->mech->column[setting.column][at->instance] = value;
    }
done:
    return st;
}

static double declared_value(const mec_mechanism_desc *desc, int32_t column)
{
    for (int32_t c = 0; c < desc->n_variable; c++) {
        const mec_column_desc *var = &desc->columns[c];

        if (column >= var->column && column < var->column + var->length) {
            return var->value;
        }
    }
    return 0.0;
}

mec_status mec_cell_get_point(const mec_cell *cell, int32_t point, const char *name,
                              double *value, mec_err *err)
{
    mec_status st = MEC_OK;
    int32_t column = 0;

    MEC_TRY(find_column(cell, point, name, &column, err));
    const cell_point *at = &cell->point.data[point - 1];
    if (cell->simulated) {
        *value = at->mech->column[column][at->instance];
        return MEC_OK;
    }
    *value = at->mech->constructed != NULL ? at->mech->constructed[column][at->instance]
                                           : declared_value(at->mech->desc, column);
    for (size_t i = 0; i < cell->setting.n; i++) {
        const cell_setting *setting = &cell->setting.data[i];

        if (setting->point == point - 1 && setting->column == column) {
            *value = setting->value;
        }
    }
done:
    return st;
}

void cell_set_points(const mec_cell *cell, const cell_mech *mech)
{
    for (size_t i = 0; i < cell->setting.n; i++) {
        const cell_setting *setting = &cell->setting.data[i];
        const cell_point *point = &cell->point.data[setting->point];

        if (point->mech == mech) {
            mech->column[setting->column][point->instance] = setting->value;
        }
    }
}

/* --- instances --- */

mec_status cell_place_points(mec_cell *cell, mec_err *err)
{
    (void)err;
    for (size_t p = 0; p < cell->point.n; p++) {
        cell_point *point = &cell->point.data[p];

        if (point->section < 0) {
            continue;
        }
        point->order = mec_geometry_node(cell->morphology, cell->geometry,
                                         point->section, point->x);
        point->slot = cell->tree.slot[point->order];
        cell->points_at_ends =
            cell->points_at_ends || point->slot < cell->work.pad_zero;
    }
    return MEC_OK;
}

/* Node by node, on one node the last made first; ARTIFICIAL_CELLs as they were made. */
static bool comes_before(const mec_cell *cell, int32_t a, int32_t b)
{
    const cell_point *x = &cell->point.data[a], *y = &cell->point.data[b];

    if (x->section < 0 || x->order == y->order) {
        return x->section < 0 ? a < b : a > b;
    }
    return x->order < y->order;
}

static void sort_points(const mec_cell *cell, int32_t n, int32_t list[])
{
    for (int32_t i = 1; i < n; i++) {
        int32_t moved = list[i], k = i;

        while (k > 0 && comes_before(cell, moved, list[k - 1])) {
            list[k] = list[k - 1];
            k--;
        }
        list[k] = moved;
    }
}

mec_status cell_number_points(mec_cell *cell, cell_mech *mech, mec_err *err)
{
    mec_arena *arena = cell->arena;
    size_t n = cell->point.n + 1, n_slot = (size_t)cell->n_slot;
    int32_t count = 0;

    mech->point_of = mec_arena_calloc(arena, n, sizeof(int32_t));
    mech->slot_of = mec_arena_calloc(arena, n, sizeof(int32_t));
    mech->first_instance = mec_arena_calloc(arena, n, sizeof(int32_t));
    mech->stretch = mec_arena_calloc(arena, n, sizeof(cell_stretch));
    mech->instance_of = mec_arena_calloc(arena, n_slot, sizeof(int32_t));
    if (mech->point_of == NULL || mech->slot_of == NULL ||
        mech->first_instance == NULL || mech->stretch == NULL ||
        mech->instance_of == NULL) {
        return mec_no_memory(err);
    }
    for (int32_t k = 0; k < cell->n_slot; k++) {
        mech->instance_of[k] = -1;
    }
    for (int32_t p = 0; p < (int32_t)cell->point.n; p++) {
        if (cell->point.data[p].mech == mech) {
            mech->point_of[count++] = p;
        }
    }
    sort_points(cell, count, mech->point_of);
    mech->n_instance = mech->n_run = count;
    for (int32_t i = 0; i < count; i++) {
        cell_point *point = &cell->point.data[mech->point_of[i]];

        point->instance = i;
        mech->slot_of[i] = point->slot - cell->work.pad_zero;
        mech->first_instance[i] = i;
        mech->stretch[i] = (cell_stretch){mech->slot_of[i], 1};
    }
    return MEC_OK;
}

/* --- messages --- */

const char *cell_point_text(const mec_cell *cell, int32_t point, char *text,
                            size_t size)
{
    const cell_point *at = &cell->point.data[point];

    if (at->section < 0) {
        snprintf(text, size, "%s (point %d)", at->mech->desc->name, (int)point + 1);
    } else {
        snprintf(text, size, "%s at %s(%g)", at->mech->desc->name,
                 cell->morphology->section[at->section].name, at->x);
    }
    return text;
}

mec_status cell_point_failed(mec_cell *cell, const cell_point *point, mec_err *err)
{
    char text[200];
    int32_t number = (int32_t)(point - cell->point.data);

    return mec_fail(err, MEC_E_NUMERIC, "%s: %s at t = %.17g ms in %s",
                    point->mech->desc->file,
                    cell->env.failure != NULL ? cell->env.failure : "failure",
                    cell->env.t, cell_point_text(cell, number, text, sizeof text));
}

/* --- zero-area nodes --- */

mec_status cell_add_end_points(cell_sweep *sweep, bool before_sources, mec_err *err)
{
    mec_cell *cell = sweep->cell;
    int32_t first = before_sources ? 0 : cell->source_before;
    int32_t last = before_sources ? cell->source_before : cell->n_mech;

    for (int32_t m = first; cell->points_at_ends && m < last; m++) {
        const cell_mech *mech = cell->mech[m];

        for (int32_t i = 0; mech->point_of != NULL && i < mech->n_run; i++) {
            const cell_point *point = &cell->point.data[mech->point_of[i]];
            bool at_end = point->slot >= 0 && point->slot < cell->work.pad_zero;

            if (at_end && mech->kernels->current != NULL &&
                mech->kernels->current(&mech->run[i]) != 0) {
                return cell_point_failed(cell, point, err);
            }
        }
    }
    return MEC_OK;
}
