/* Procedures of mechanisms, called on one instance as h.setdata_X and X() do in NEURON. */

#include "cell_priv.h"

#include <mecombo/text.h>

#include <stdlib.h>
#include <string.h>

static const mec_procedure_desc *find_procedure(const mec_mechanism_desc *desc,
                                                const char *name)
{
    for (int32_t i = 0; i < desc->n_procedure; i++) {
        if (strcmp(desc->procedures[i].name, name) == 0) {
            return &desc->procedures[i];
        }
    }
    return NULL;
}

static cell_mech *find_mech(const mec_cell *cell, int32_t section, const char *suffix)
{
    for (int32_t m = 0; m < cell->n_mech; m++) {
        if (strcmp(cell->mech[m]->desc->name, suffix) == 0) {
            return cell->mech[m]->present[section] ? cell->mech[m] : NULL;
        }
    }
    return NULL;
}

/* The values of all columns of one instance. */
static void read_columns(const cell_mech *mech, int32_t instance, double out[])
{
    for (int32_t c = 0; c < mech->desc->n_column; c++) {
        out[c] = mech->column[c][instance];
    }
}

/* What the procedure changed stays for all sweeps to come. */
static mec_status keep_changes(mec_cell *cell, cell_mech *mech, int32_t instance,
                               const double before[], mec_err *err)
{
    mec_status st = MEC_OK;

    for (int32_t c = 0; c < mech->desc->n_column && st == MEC_OK; c++) {
        double now = mech->column[c][instance];

        if (memcmp(&now, &before[c], sizeof now) == 0) {
            continue;
        }
        if (mech->point_of != NULL) {
            cell_setting setting = {mech->point_of[instance], c, now};
            st = MEC_VEC_PUSH(&cell->setting, setting) ? MEC_OK : mec_no_memory(err);
        } else {
            int32_t segment = cell->segment_of_slot[mech->slot_of[instance]];
            st = cell_preset_column(cell, mech, c, segment, now, err);
        }
    }
    return st;
}

static mec_status call_instance(mec_cell *cell, cell_mech *mech,
                                const mec_procedure_desc *procedure, int32_t instance,
                                int32_t n_argument, const double argument[],
                                double *result, mec_err *err)
{
    double *before = malloc(((size_t)mech->desc->n_column + 1) * sizeof *before);
    int32_t r = 0;
    double value;
    mec_status st;

    if (before == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "out of memory for %s()", procedure->name);
    }
    if (!cell->simulated) {
        cell_reset_columns(cell, mech);
        cell->env.celsius = cell->celsius;
    }
    cell->env.failure = NULL;
    while (r + 1 < mech->n_run && mech->first_instance[r + 1] <= instance) {
        r++;
    }
    read_columns(mech, instance, before);
    cell_reset_globals(cell);
    value = procedure->call(&mech->run[r], instance - mech->first_instance[r],
                            n_argument, argument);
    cell_keep_globals(cell);
    cell_keep_random(mech);
    st = keep_changes(cell, mech, instance, before, err);
    if (st == MEC_OK && cell->env.failure != NULL) {
        st = mec_fail(err, MEC_E_INPUT, "%s: %s(): %s", mech->desc->file,
                      procedure->name, cell->env.failure);
        cell->env.failure = NULL;
    }
    if (result != NULL) {
        *result = value;
    }
    free(before);
    return st;
}

mec_status mec_cell_call(mec_cell *cell, int32_t section, int32_t segment,
                         const char *suffix, const char *name, int32_t n_argument,
                         const double argument[], double *result, mec_err *err)
{
    mec_status st = MEC_OK;
    cell_mech *mech;
    const mec_procedure_desc *procedure;

    MEC_REQUIRE(cell->finished, err);
    if (section < 0 || section >= cell->n_section || segment < 0 ||
        segment >= cell->morphology->section[section].nseg) {
        return mec_fail(err, MEC_E_INPUT, "there is no section %d with a segment %d",
                        (int)section, (int)segment);
    }
    mech = find_mech(cell, section, suffix);
    if (mech == NULL) {
        return mec_fail(err, MEC_E_INPUT, "%s has no mechanism %s (insert it first)",
                        cell->morphology->section[section].name, suffix);
    }
    procedure = find_procedure(mech->desc, name);
    if (procedure == NULL) {
        return mec_fail(err, MEC_E_INPUT, "%s: %s has no procedure %s",
                        mech->desc->file, suffix, name);
    }
    int32_t slot = cell->slot_of_segment[cell->first_segment[section] + segment];
    MEC_TRY(call_instance(cell, mech, procedure, mech->instance_of[slot], n_argument,
                          argument, result, err));
done:
    return st;
}

mec_status mec_cell_call_point(mec_cell *cell, int32_t point, const char *name,
                               int32_t n_argument, const double argument[],
                               double *result, mec_err *err)
{
    mec_status st = MEC_OK;
    const mec_procedure_desc *procedure;

    MEC_REQUIRE(cell->finished, err);
    if (point < 1 || (size_t)point > cell->point.n) {
        return mec_fail(err, MEC_E_INPUT, "there is no point process number %d",
                        (int)point);
    }
    const cell_point *at = &cell->point.data[point - 1];
    procedure = find_procedure(at->mech->desc, name);
    if (procedure == NULL) {
        return mec_fail(err, MEC_E_INPUT, "%s: %s has no procedure %s",
                        at->mech->desc->file, at->mech->desc->name, name);
    }
    MEC_TRY(call_instance(cell, at->mech, procedure, at->instance, n_argument, argument,
                          result, err));
done:
    return st;
}
