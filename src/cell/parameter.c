/* Setting and reading parameters. What is set is kept in section order ("preset"), so
 * that every sweep starts from it. */

#include "cell_priv.h"

#include <mecombo/text.h>
#include <mecombo/vec.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static mec_status check_section(const mec_cell *cell, int32_t section, mec_err *err)
{
    if (section < 0 || section >= cell->n_section) {
        return mec_fail(err, MEC_E_INPUT, "there is no section number %d (0 to %d)",
                        (int)section, (int)cell->n_section - 1);
    }
    return MEC_OK;
}

/* The preset array of a place, made with the start value on first use. */
static double **preset_of(mec_cell *cell, const cell_place *place)
{
    return place->kind == CELL_ION ? &cell->ion[place->ion].preset[place->column]
                                   : &place->mech->preset[place->column];
}

static double start_value(const mec_cell *cell, const cell_place *place)
{
    if (place->kind == CELL_ION) {
        return cell_ion_start(cell->ion[place->ion].name, place->column);
    }
    const mec_mechanism_desc *desc = place->mech->desc;
    for (int32_t c = 0; c < desc->n_variable; c++) {
        const mec_column_desc *var = &desc->columns[c];

        if (place->column >= var->column && place->column < var->column + var->length) {
            return var->value;
        }
    }
    return 0.0;
}

static mec_status set_range(mec_cell *cell, const cell_place *place, int32_t first,
                            int32_t last, double value, mec_err *err)
{
    double **preset = preset_of(cell, place);

    if (*preset == NULL) {
        double start = start_value(cell, place);

        *preset =
            mec_arena_calloc(cell->arena, (size_t)cell->n_segment, sizeof(double));
        if (*preset == NULL) {
            return mec_fail(err, MEC_E_NOMEM, "out of memory for parameters");
        }
        for (int32_t i = 0; i < cell->n_segment; i++) {
            (*preset)[i] = start;
        }
    }
    for (int32_t i = first; i < last; i++) {
        (*preset)[i] = value;
        if (cell->simulated) {
            *cell_variable_address(
                cell, place, cell->work.pad_zero + cell->slot_of_segment[i]) = value;
        }
    }
    return MEC_OK;
}

mec_status cell_preset_column(mec_cell *cell, cell_mech *mech, int32_t column,
                              int32_t segment, double value, mec_err *err)
{
    cell_place place = {CELL_COLUMN, mech, column, 0};

    return set_range(cell, &place, segment, segment + 1, value, err);
}

static mec_status set_between(mec_cell *cell, int32_t section, int32_t first,
                              int32_t last, const char *name, double value,
                              mec_err *err)
{
    cell_place place;
    mec_status st = cell_find_variable(cell, section, name, &place, err);

    if (st != MEC_OK) {
        return st;
    }
    switch (place.kind) {
    case CELL_COLUMN:
    case CELL_ION:
        return set_range(cell, &place, first, last, value, err);
    case CELL_CM:
        for (int32_t i = first; i < last; i++) {
            cell->cm[i] = value;
            if (cell->finished) {
                cell_set_cm(cell, i, value);
            }
        }
        return MEC_OK;
    case CELL_RA:
        if (cell->finished) {
            return mec_fail(
                err, MEC_E_INPUT,
                "Ra cannot change once the cell is finished (set it before)");
        }
        cell->ra[section] = value;
        return MEC_OK;
    default:
        return mec_fail(
            err, MEC_E_INPUT,
            "%s cannot be set (v starts from v_init; diameters come from the "
            "morphology)",
            name);
    }
}

mec_status mec_cell_set_section(mec_cell *cell, int32_t section, const char *name,
                                double value, mec_err *err)
{
    mec_status st = check_section(cell, section, err);

    return st != MEC_OK
               ? st
               : set_between(cell, section, cell->first_segment[section],
                             cell->first_segment[section + 1], name, value, err);
}

mec_status mec_cell_set_segment(mec_cell *cell, int32_t section, int32_t segment,
                                const char *name, double value, mec_err *err)
{
    mec_status st = check_section(cell, section, err);

    if (st != MEC_OK) {
        return st;
    }
    int32_t first = cell->first_segment[section] + segment;
    if (segment < 0 || first >= cell->first_segment[section + 1]) {
        return mec_fail(err, MEC_E_INPUT, "%s has no segment %d",
                        cell->morphology->section[section].name, (int)segment);
    }
    return set_between(cell, section, first, first + 1, name, value, err);
}

/* "cai0_ca_ion" and the like; NULL when the name is none. */
static double *ion_global(mec_cell *cell, const char *name)
{
    char buffer[128];

    for (int32_t i = 0; i < cell->n_ion; i++) {
        cell_ion *ion = &cell->ion[i];

        snprintf(buffer, sizeof buffer, "%si0_%s_ion", ion->name, ion->name);
        if (strcmp(buffer, name) == 0) {
            return &ion->ci0;
        }
        snprintf(buffer, sizeof buffer, "%so0_%s_ion", ion->name, ion->name);
        if (strcmp(buffer, name) == 0) {
            return &ion->co0;
        }
    }
    return NULL;
}

double *cell_mechanism_global(mec_cell *cell, const char *name, bool arrays)
{
    char buffer[256];

    for (int32_t i = 0; i < cell->n_registered; i++) {
        const mec_mechanism_desc *desc = mec_catalogue_get(cell->catalogue, i);

        for (int32_t g = 0; g < desc->n_global; g++) {
            snprintf(buffer, sizeof buffer, "%s_%s", desc->globals[g].name, desc->name);
            if ((arrays || desc->globals[g].length == 1) && strcmp(buffer, name) == 0) {
                return &cell->global[i][desc->globals[g].offset];
            }
        }
    }
    return NULL;
}

mec_status mec_cell_set_global(mec_cell *cell, const char *name, double value,
                               mec_err *err)
{
    double *place = NULL;

    cell_reset_globals(cell);
    if (strcmp(name, "celsius") == 0) {
        place = &cell->celsius;
    } else if (strcmp(name, "v_init") == 0) {
        place = &cell->v_init;
    } else if ((place = ion_global(cell, name)) == NULL) {
        place = cell_mechanism_global(cell, name, false);
    }
    if (place == NULL) {
        return mec_fail(
            err, MEC_E_INPUT,
            "there is no global \"%s\" (expected celsius, v_init, NAME_SUFFIX "
            "or like cai0_ca_ion)",
            name);
    }
    *place = value;
    cell_keep_globals(cell);
    return MEC_OK;
}

/* Before the cell is finished variables have their start values only. */
static double preset_value(mec_cell *cell, const cell_place *place, int32_t section,
                           int32_t segment)
{
    switch (place->kind) {
    case CELL_CM:
        return cell->cm[segment];
    case CELL_RA:
        return cell->ra[section];
    case CELL_V:
        return cell->v_init;
    case CELL_COLUMN:
    case CELL_ION: {
        const double *preset = *preset_of(cell, place);

        return preset != NULL ? preset[segment] : start_value(cell, place);
    }
    default:
        return 0.0;
    }
}

mec_status mec_cell_get(const mec_cell *cell, int32_t section, int32_t segment,
                        const char *name, double *value, mec_err *err)
{
    mec_status st = check_section(cell, section, err);
    mec_cell *own = (mec_cell *)cell; /* addresses are looked up, nothing is written */
    cell_place place;

    if (st != MEC_OK || (st = cell_find_variable(cell, section, name, &place, err))) {
        return st;
    }
    int32_t k = cell->first_segment[section] + segment;
    if (segment < 0 || k >= cell->first_segment[section + 1]) {
        return mec_fail(err, MEC_E_INPUT, "%s has no segment %d",
                        cell->morphology->section[section].name, (int)segment);
    }
    bool stored = place.kind != CELL_COLUMN && place.kind != CELL_ION;
    if (!cell->finished || (!cell->simulated && !stored) || place.kind == CELL_RA) {
        *value = preset_value(own, &place, section, k);
        return MEC_OK;
    }
    *value = *cell_variable_address(own, &place,
                                    cell->work.pad_zero + cell->slot_of_segment[k]);
    return MEC_OK;
}
