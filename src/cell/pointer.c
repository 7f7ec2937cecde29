/* What is linked to instances once the cell has its memory: POINTERs, and what CONSTRUCTOR
 * and DESTRUCTOR do. */

#include "cell_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool copy_probe(mec_arena *arena, const mec_probe *from, mec_probe *to)
{
    *to = *from;
    to->name = mec_arena_strdup(arena, from->name == NULL ? "" : from->name);
    to->variable = mec_arena_strdup(arena, from->variable);
    return to->name != NULL && to->variable != NULL;
}

/* The mechanism and the number of its pointer that the owner's name means. */
static bool find_pointer(const mec_cell *cell, const mec_probe *owner,
                         cell_pointer *link)
{
    char full[256];

    for (int32_t m = 0; m < cell->n_mech; m++) {
        cell_mech *mech = cell->mech[m];
        bool own = owner->point == 0 && mech->desc->kind == MEC_DENSITY;

        if (owner->point > 0) {
            own = cell->point.data[owner->point - 1].mech == mech;
        }
        for (int32_t k = 0; own && k < mech->desc->n_pointer; k++) {
            snprintf(full, sizeof full, owner->point > 0 ? "%s" : "%s_%s",
                     mech->desc->pointers[k], mech->desc->name);
            if (strcmp(full, owner->variable) == 0 && mech->desc->required[k] < 2) {
                link->mech = mech;
                link->pointer = k;
                return true;
            }
        }
    }
    return false;
}

mec_status mec_cell_set_pointer(mec_cell *cell, const mec_probe *owner,
                                const mec_probe *target, mec_err *err)
{
    mec_status st = MEC_OK;
    cell_pointer link;
    int32_t n_point = (int32_t)cell->point.n;

    MEC_REQUIRE(!cell->finished, err);
    if (owner->point < 0 || owner->point > n_point || target->point < 0 ||
        target->point > n_point || !find_pointer(cell, owner, &link)) {
        return mec_fail(err, MEC_E_INPUT,
                        "there is no POINTER \"%s\" (name it p of a point process or "
                        "p_SUFFIX of an inserted mechanism)",
                        owner->variable);
    }
    if (!copy_probe(cell->arena, owner, &link.owner) ||
        !copy_probe(cell->arena, target, &link.target) ||
        !MEC_VEC_PUSH(&cell->link, link)) {
        return mec_no_memory(err);
    }
done:
    return st;
}

/* The instance that an owner means, -1 if there is none. */
static int32_t find_instance(const mec_cell *cell, const cell_pointer *link)
{
    const mec_probe *owner = &link->owner;

    if (owner->point > 0) {
        return cell->point.data[owner->point - 1].instance;
    }
    if (owner->section < 0 || owner->section >= cell->n_section ||
        !link->mech->present[owner->section]) {
        return -1;
    }
    int32_t nseg = cell->morphology->section[owner->section].nseg;
    int32_t k = (int32_t)(nseg * owner->x);

    k = k < 0 ? 0 : k < nseg ? k : nseg - 1;
    return link->mech
        ->instance_of[cell->slot_of_segment[cell->first_segment[owner->section] + k]];
}

static mec_status check_required(const mec_cell *cell, const cell_mech *mech,
                                 mec_err *err)
{
    const mec_mechanism_desc *desc = mech->desc;
    char where[200];

    for (int32_t i = 0; i < mech->n_instance; i++) {
        for (int32_t k = 0; k < desc->n_pointer; k++) {
            if (!desc->required[k] || mech->pointer[i * desc->n_pointer + k] != NULL) {
                continue;
            }
            if (mech->point_of != NULL) {
                cell_point_text(cell, mech->point_of[i], where, sizeof where);
            } else {
                cell_slot_text(cell, mech->slot_of[i], where, sizeof where);
            }
            return mec_fail(err, MEC_E_INPUT,
                            "%s: POINTER %s of %s in %s points nowhere (set it before "
                            "the cell is finished)",
                            desc->file, desc->pointers[k], desc->name, where);
        }
    }
    return MEC_OK;
}

mec_status cell_link_pointers(mec_cell *cell, mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < cell->link.n; i++) {
        const cell_pointer *link = &cell->link.data[i];
        int32_t instance = find_instance(cell, link);
        double *address = NULL;

        if (instance < 0) {
            return mec_fail(err, MEC_E_INPUT, "POINTER %s: nothing is inserted there",
                            link->owner.variable);
        }
        MEC_TRY(cell_find_probe(cell, &link->target, &address, err));
        int32_t at = instance * link->mech->desc->n_pointer + link->pointer;
        link->mech->pointer[at] = address;
        link->mech->lent[at] = true;
    }
    for (int32_t m = 0; m < cell->n_mech; m++) {
        MEC_TRY(check_required(cell, cell->mech[m], err));
    }
done:
    return st;
}

/* Keep all variables as CONSTRUCTOR left them: sweeps start from these. */
static mec_status keep_columns(mec_cell *cell, cell_mech *mech, mec_err *err)
{
    cell_keep_globals(cell);
    size_t n_column = (size_t)mech->desc->n_column, n = (size_t)mech->n_instance;

    mech->constructed = mec_arena_calloc(cell->arena, n_column + 1, sizeof(double *));
    for (size_t c = 0; mech->constructed != NULL && c < n_column; c++) {
        mech->constructed[c] = mec_arena_calloc(cell->arena, n + 1, sizeof(double));
        if (mech->constructed[c] == NULL) {
            return mec_no_memory(err);
        }
        memcpy(mech->constructed[c], mech->column[c], n * sizeof(double));
    }
    return mech->constructed == NULL ? mec_no_memory(err) : MEC_OK;
}

/* CONSTRUCTOR runs before users set anything. */
static void fill_declared(cell_mech *mech)
{
    for (int32_t c = 0; c < mech->desc->n_variable; c++) {
        const mec_column_desc *var = &mech->desc->columns[c];

        for (int32_t k = 0; k < var->length * mech->n_instance; k++) {
            mech->column[var->column + k / mech->n_instance][k % mech->n_instance] =
                var->value;
        }
    }
}

mec_status cell_construct(mec_cell *cell, mec_err *err)
{
    mec_status st = MEC_OK;

    for (int32_t m = 0; m < cell->n_mech; m++) {
        cell_mech *mech = cell->mech[m];

        if (mech->kernels->construct != NULL) {
            fill_declared(mech);
            MEC_TRY(cell_run_kernel(cell, mech, mech->kernels->construct, err));
            MEC_TRY(keep_columns(cell, mech, err));
        }
    }
done:
    return st;
}

/* What mechanisms made themselves is single blocks from malloc (mec_host.stream_new). A
 * DESTRUCTOR frees them itself, but not the streams of RANDOM variables. */
static void free_pointers(const cell_mech *mech, bool destructed)
{
    const mec_mechanism_desc *desc = mech->desc;
    int32_t n = mech->n_instance * desc->n_pointer;

    for (int32_t i = 0; mech->pointer != NULL && i < n; i++) {
        if (!mech->lent[i] &&
            (!destructed || desc->required[i % desc->n_pointer] == 2)) {
            free(mech->pointer[i]);
        }
    }
}

void cell_destruct(mec_cell *cell)
{
    for (int32_t m = 0; m < cell->n_mech; m++) {
        const cell_mech *mech = cell->mech[m];

        if (mech->run == NULL) {
            continue;
        }
        if (mech->kernels->destruct == NULL) {
            free_pointers(mech, false);
            continue;
        }
        for (int32_t r = 0; r < mech->n_run; r++) {
            (void)mech->kernels->destruct(&mech->run[r]);
        }
        free_pointers(mech, true);
    }
}
