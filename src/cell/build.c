/* Cells: making, inserting mechanisms, finishing. */

#include "cell_priv.h"

#include <mecombo/text.h>

#include <stdlib.h>
#include <string.h>

static const double DEFAULT_RA = 35.4; /* ohm cm */
static const double DEFAULT_CM = 1.0;  /* uF/cm2 */
static const double DEFAULT_V = -65.0; /* mV */
static const double DEFAULT_CELSIUS = 6.3;

int32_t cell_pad(int32_t n)
{
    return (n + CELL_LANES - 1) / CELL_LANES * CELL_LANES;
}

static mec_status make_sections(mec_cell *cell, mec_err *err)
{
    const mec_morphology *m = cell->morphology;
    size_t n_section = (size_t)m->n_section;

    cell->n_section = m->n_section;
    cell->first_segment = mec_arena_calloc(cell->arena, n_section + 1, sizeof(int32_t));
    cell->ra = mec_arena_calloc(cell->arena, n_section, sizeof(double));
    if (cell->first_segment == NULL || cell->ra == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for a cell");
    }
    for (int32_t s = 0; s < m->n_section; s++) {
        cell->first_segment[s + 1] = cell->first_segment[s] + m->section[s].nseg;
        cell->ra[s] = DEFAULT_RA;
    }
    cell->n_segment = cell->first_segment[m->n_section];
    cell->cm = mec_arena_calloc(cell->arena, (size_t)cell->n_segment, sizeof(double));
    if (cell->cm == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for a cell");
    }
    for (int32_t i = 0; i < cell->n_segment; i++) {
        cell->cm[i] = DEFAULT_CM;
    }
    return MEC_OK;
}

void cell_reset_globals(mec_cell *cell)
{
    for (int32_t i = 0; i < cell->n_registered; i++) {
        const mec_mechanism_desc *desc = mec_catalogue_get(cell->catalogue, i);

        memcpy(cell->global[i], cell->global_start[i],
               (size_t)desc->n_global_values * sizeof(double));
    }
}

void cell_keep_globals(mec_cell *cell)
{
    for (int32_t i = 0; i < cell->n_registered; i++) {
        const mec_mechanism_desc *desc = mec_catalogue_get(cell->catalogue, i);

        memcpy(cell->global_start[i], cell->global[i],
               (size_t)desc->n_global_values * sizeof(double));
    }
}

/* Globals exist for every mechanism that is loaded, inserted or not. */
static mec_status make_globals(mec_cell *cell, mec_err *err)
{
    cell->n_registered = mec_catalogue_count(cell->catalogue);
    size_t n = (size_t)cell->n_registered;
    cell->global = mec_arena_calloc(cell->arena, n, sizeof *cell->global);
    cell->global_start = mec_arena_calloc(cell->arena, n, sizeof *cell->global_start);
    cell->mech = mec_arena_calloc(cell->arena, n, sizeof *cell->mech);
    if (cell->global == NULL || cell->global_start == NULL || cell->mech == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for a cell");
    }
    for (int32_t i = 0; i < cell->n_registered; i++) {
        const mec_mechanism_desc *desc = mec_catalogue_get(cell->catalogue, i);
        size_t n_value = (size_t)desc->n_global_values + 1;
        double *value = mec_arena_calloc(cell->arena, n_value, sizeof *value);

        cell->global_start[i] = mec_arena_calloc(cell->arena, n_value, sizeof *value);
        if (value == NULL || cell->global_start[i] == NULL) {
            return mec_fail(err, MEC_E_NOMEM, "out of memory for a cell");
        }
        for (int32_t g = 0; g < desc->n_global; g++) {
            for (int32_t k = 0; k < desc->globals[g].length; k++) {
                value[desc->globals[g].offset + k] = desc->globals[g].value;
            }
        }
        cell->global[i] = value;
    }
    cell_keep_globals(cell);
    return MEC_OK;
}

const cell_hot *cell_host_loops(void)
{
    int32_t isa = mec_host_isa();

    return isa == MEC_ISA_AVX512 ? &cell_hot_avx512
           : isa == MEC_ISA_AVX2 ? &cell_hot_avx2
                                 : &cell_hot_baseline;
}

mec_status mec_cell_new(const mec_morphology *morphology,
                        const mec_catalogue *catalogue, mec_cell **out, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = NULL;

    *out = NULL;
    MEC_REQUIRE(morphology != NULL && catalogue != NULL, err);
    cell = calloc(1, sizeof *cell);
    if (cell == NULL || (cell->arena = mec_arena_new()) == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "out of memory for a cell");
        goto done;
    }
    cell->morphology = morphology;
    cell->catalogue = catalogue;
    cell->v_init = DEFAULT_V;
    cell->celsius = DEFAULT_CELSIUS;
    cell->env.events = &event_host;
    cell->hot = cell_host_loops();
    MEC_TRY(make_sections(cell, err));
    MEC_TRY(make_globals(cell, err));
    MEC_TRY(cell_make_ions(cell, err));
    *out = cell;
    cell = NULL;
done:
    mec_cell_free(cell);
    return st;
}

void mec_cell_free(mec_cell *cell)
{
    if (cell != NULL) {
        cell_destruct(cell);
        cell_free_points(cell);
        mec_arena_free(cell->arena);
        free(cell);
    }
}

mec_status cell_no_such_mechanism(const mec_cell *cell, const char *suffix,
                                  mec_err *err)
{
    const char **names = calloc((size_t)cell->n_registered + 1, sizeof *names);
    const char *near = NULL;

    if (names != NULL) {
        for (int32_t i = 0; i < cell->n_registered; i++) {
            names[i] = mec_catalogue_get(cell->catalogue, i)->name;
        }
        near = mec_nearest_name(suffix, (size_t)cell->n_registered, names);
    }
    free(names);
    if (near != NULL) {
        return mec_fail(err, MEC_E_INPUT,
                        "there is no mechanism \"%s\" (did you mean \"%s\"?)", suffix,
                        near);
    }
    return mec_fail(err, MEC_E_INPUT,
                    "there is no mechanism \"%s\" (is its .mod file in the folder of "
                    "mechanisms?)",
                    suffix);
}

/* Connect a mechanism's ions with the cell's, and see whether it writes any. */
static void link_ions(const mec_cell *cell, cell_mech *mech)
{
    const mec_mechanism_desc *desc = mech->desc;

    for (int32_t u = 0; u < desc->n_ion; u++) {
        for (int32_t i = 0; i < cell->n_ion; i++) {
            if (strcmp(cell->ion[i].name, desc->ions[u].ion) == 0) {
                mech->ion[u] = i;
            }
        }
        if (desc->ions[u].writes & (1 << MEC_ION_CI | 1 << MEC_ION_CO)) {
            mech->writes_concentration = true;
        }
    }
}

/* Find the globals of other mechanisms that the mechanism calls EXTERNAL. */
static mec_status link_externals(mec_cell *cell, cell_mech *mech, mec_err *err)
{
    const mec_mechanism_desc *desc = mech->desc;

    mech->external = mec_arena_calloc(cell->arena, (size_t)desc->n_external + 1,
                                      sizeof *mech->external);
    if (mech->external == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for mechanism %s", desc->name);
    }
    for (int32_t i = 0; i < desc->n_external; i++) {
        mech->external[i] = cell_mechanism_global(cell, desc->externals[i], true);
        if (mech->external[i] == NULL) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s: EXTERNAL %s is no global of a loaded mechanism (add "
                            "the .mod file that declares it)",
                            desc->file, desc->externals[i]);
        }
    }
    return MEC_OK;
}

mec_status cell_new_mech(mec_cell *cell, int32_t registered, cell_mech **out,
                         mec_err *err)
{
    mec_status st = MEC_OK;
    const mec_mechanism_desc *desc = mec_catalogue_get(cell->catalogue, registered);
    mec_arena *arena = cell->arena;
    cell_mech *mech = mec_arena_calloc(arena, 1, sizeof *mech);

    if (mech == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for mechanism %s", desc->name);
    }
    mech->desc = desc;
    mech->kernels = mec_mechanism_kernels(desc, false);
    mech->registered = registered;
    mech->global = cell->global[registered];
    mech->present = mec_arena_calloc(arena, (size_t)cell->n_section, sizeof(bool));
    mech->preset =
        mec_arena_calloc(arena, (size_t)desc->n_column + 1, sizeof(double *));
    mech->ion = mec_arena_calloc(arena, (size_t)desc->n_ion + 1, sizeof(int32_t));
    if (mech->present == NULL || mech->preset == NULL || mech->ion == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for mechanism %s", desc->name);
    }
    link_ions(cell, mech);
    MEC_TRY(link_externals(cell, mech, err));
    cell->mech[cell->n_mech++] = mech;
    *out = mech;
done:
    return st;
}

static mec_status find_or_make_mech(mec_cell *cell, const char *suffix, cell_mech **out,
                                    mec_err *err)
{
    for (int32_t i = 0; i < cell->n_mech; i++) {
        if (strcmp(cell->mech[i]->desc->name, suffix) == 0) {
            *out = cell->mech[i];
            return MEC_OK;
        }
    }
    for (int32_t i = 0; i < cell->n_registered; i++) {
        const mec_mechanism_desc *desc = mec_catalogue_get(cell->catalogue, i);

        if (strcmp(desc->name, suffix) != 0) {
            continue;
        }
        if (desc->kind != MEC_DENSITY) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s: %s is a point process and cannot be inserted (it is "
                            "placed at one point)",
                            desc->file, suffix);
        }
        return cell_new_mech(cell, i, out, err);
    }
    return cell_no_such_mechanism(cell, suffix, err);
}

mec_status mec_cell_insert(mec_cell *cell, unsigned lists, const char *suffix,
                           mec_err *err)
{
    mec_status st = MEC_OK;
    cell_mech *mech = NULL;

    MEC_REQUIRE(!cell->finished, err);
    MEC_TRY(find_or_make_mech(cell, suffix, &mech, err));
    for (int32_t s = 0; s < cell->n_section; s++) {
        cell_insertion at = {mech, s};
        if (!(mec_section_lists(&cell->morphology->section[s]) & lists)) {
            continue;
        }
        if (!mech->present[s] && cell_has_random(mech->desc) &&
            !MEC_VEC_PUSH(&cell->insertion, at)) {
            return mec_no_memory(err);
        }
        mech->present[s] = true;
    }
    MEC_TRY(cell_promote_ions(cell, err));
done:
    return st;
}

/* One tree only. NEURON would simulate a detached piece beside the cell; BluePyOpt's
 * distance-dependent parameters fail on it, for it is at no distance from the soma. */
static mec_status check_one_tree(const mec_cell *cell, mec_err *err)
{
    const mec_morphology *m = cell->morphology;
    int32_t n_seen = 0;

    if (cell->geometry->n_root == 1) {
        return MEC_OK;
    }
    for (int32_t i = 0; i < m->n_section; i++) {
        n_seen += m->section[i].parent < 0;
        if (n_seen == 2) {
            return mec_fail(
                err, MEC_E_INPUT,
                "%s: %s is not connected to the soma, it hangs on a piece "
                "that was replaced or is missing (reconnect it in the file)",
                m->file, m->section[i].name);
        }
    }
    return mec_fail(err, MEC_E_INPUT, "%s: not one tree", m->file);
}

mec_status mec_cell_finish(mec_cell *cell, mec_err *err)
{
    mec_status st = MEC_OK;

    MEC_REQUIRE(!cell->finished, err);
    MEC_TRY(mec_geometry_new(cell->morphology, cell->ra, cell->arena, &cell->geometry,
                             err));
    MEC_TRY(check_one_tree(cell, err));
    cell_sort_mechanisms(cell);
    MEC_TRY(cell_order_nodes(cell, err));
    MEC_TRY(cell_make_tree(cell, err));
    MEC_TRY(cell_place_points(cell, err));
    MEC_TRY(cell_finish_ions(cell, err));
    MEC_TRY(cell_make_work(cell, err));
    MEC_TRY(cell_make_diffusion(cell, err));
    MEC_TRY(cell_make_random(cell, err));
    MEC_TRY(cell_construct(cell, err));
    MEC_TRY(cell_link_pointers(cell, err));
    cell->finished = true;
done:
    return st;
}

const mec_geometry *mec_cell_geometry(const mec_cell *cell)
{
    return cell->geometry;
}
