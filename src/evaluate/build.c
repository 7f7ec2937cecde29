/* From a morphology file to a cell with mechanisms and parameters, in BluePyOpt's order:
 * import, nseg, axon, mechanisms, parameters (EMODELS.md C.5).
 */

#include "evaluate_priv.h"

#include <mecombo/path.h>

#include <string.h>

_Static_assert((int)MEC_TREAT_AXON_KEEP == (int)MEC_AXON_KEEP &&
                   (int)MEC_TREAT_AXON_BLUEPYOPT == (int)MEC_AXON_BLUEPYOPT &&
                   (int)MEC_TREAT_AXON_TAPER == (int)MEC_AXON_TAPER &&
                   (int)MEC_TREAT_AXON_TAPER_3 == (int)MEC_AXON_TAPER_3,
               "both rooms number the axon rules alike");

mec_status build_morphology(evaluation *e, mec_err *err)
{
    mec_status st = mec_morphology_read(e->job->morphology, &e->morphology, err);

    if (st != MEC_OK) {
        return evaluation_fail(e, MEC_CLASS_BAD_MORPHOLOGY, st);
    }
    if (e->model->nseg_chunk_um > 0) {
        mec_morphology_set_nseg(e->morphology, e->model->nseg_chunk_um);
    }
    st = mec_morphology_replace_axon(e->morphology, (mec_axon_rule)e->model->axon, err);
    return st == MEC_OK ? MEC_OK : evaluation_fail(e, MEC_CLASS_AXON_TOO_SHORT, st);
}

static mec_status insert_mechanisms(evaluation *e, mec_err *err)
{
    for (size_t i = 0; i < e->model->n_mechanism; i++) {
        const mec_emodel_mechanism *m = &e->model->mechanism[i];
        mec_status st = mec_cell_insert(e->cell, m->lists, m->suffix, err);

        if (st != MEC_OK) {
            mec_err_prefix(err, "%s:%d: ", m->origin.file, m->origin.line);
            return evaluation_fail(e, MEC_CLASS_BAD_PACKAGE, st);
        }
    }
    return MEC_OK;
}

/* The texts of a distribution's own parameters. */
static const char **own_texts(evaluation *e, int32_t i_distribution)
{
    const mec_distribution *d = &e->model->distribution[i_distribution];
    const char **own = mec_arena_calloc(e->arena, d->n_parameter, sizeof *own);

    for (size_t k = 0; own != NULL && k < d->n_parameter; k++) {
        for (size_t i = 0; i < e->model->n_parameter; i++) {
            const mec_emodel_parameter *p = &e->model->parameter[i];

            if (p->kind == MEC_PARAMETER_DISTRIBUTION &&
                p->distribution == i_distribution &&
                strcmp(p->variable, d->parameter[k]) == 0) {
                own[k] = e->bound[i].text;
            }
        }
    }
    return own;
}

static mec_status apply_distribution(evaluation *e, const mec_emodel_parameter *p,
                                     double value, int32_t section, mec_err *err)
{
    const mec_distribution *d = &e->model->distribution[p->distribution];
    const char **own = own_texts(e, p->distribution);
    int32_t nseg = e->morphology->section[section].nseg;
    mec_status st = MEC_OK;

    if (own == NULL) {
        return mec_no_memory(err);
    }
    for (size_t k = 0; k < d->n_parameter; k++) {
        if (own[k] == NULL) {
            return mec_fail(err, MEC_E_INPUT,
                            "distribution \"%s\": \"%s\" has no value", d->name,
                            d->parameter[k]);
        }
    }
    for (int32_t i = 0; i < nseg; i++) {
        double x = ((double)i + 0.5) / (double)nseg;
        double distance = mec_geometry_distance(e->morphology,
                                                mec_cell_geometry(e->cell), section, x);
        double scaled;

        MEC_TRY(mec_distribution_eval(d, own, value, distance, &scaled, err));
        MEC_TRY(mec_cell_set_segment(e->cell, section, i, p->variable, scaled, err));
    }
done:
    return st;
}

static mec_status apply_to_sections(evaluation *e, size_t i_parameter, mec_err *err)
{
    const mec_emodel_parameter *p = &e->model->parameter[i_parameter];
    double value = e->bound[i_parameter].value;
    mec_status st = MEC_OK;

    for (int32_t s = 0; s < e->morphology->n_section; s++) {
        if ((mec_section_lists(&e->morphology->section[s]) & p->lists) == 0) {
            continue;
        }
        if (p->distribution >= 0) {
            MEC_TRY(apply_distribution(e, p, value, s, err));
        } else {
            MEC_TRY(mec_cell_set_section(e->cell, s, p->variable,
                                         p->multiplier * value + p->offset, err));
        }
    }
done:
    return st;
}

/* Ra decides the geometry and must come before mec_cell_finish(); distances need the
 * geometry, so everything else comes after. Among themselves all keep their order. */
static mec_status apply_parameters(evaluation *e, bool before_finish, mec_err *err)
{
    for (size_t i = 0; i < e->model->n_parameter; i++) {
        const mec_emodel_parameter *p = &e->model->parameter[i];
        mec_status st = MEC_OK;

        if (p->kind == MEC_PARAMETER_DISTRIBUTION ||
            (strcmp(p->variable, "Ra") == 0) != before_finish) {
            continue;
        }
        if (p->kind == MEC_PARAMETER_GLOBAL) {
            st = mec_cell_set_global(e->cell, p->variable, e->bound[i].value, err);
        } else {
            st = apply_to_sections(e, i, err);
        }
        if (st != MEC_OK) {
            mec_err_prefix(err, "%s:%d: parameter \"%s\": ", p->origin.file,
                           p->origin.line, p->name);
            return evaluation_fail(e, MEC_CLASS_BAD_PARAMS, st);
        }
    }
    return MEC_OK;
}

static mec_status check_origin(evaluation *e, mec_err *err)
{
    for (size_t i = 0; i < e->model->n_distribution; i++) {
        const mec_distribution *d = &e->model->distribution[i];

        if (d->soma_x != 0.5) {
            return evaluation_fail(
                e, MEC_CLASS_BAD_PACKAGE,
                mec_fail(err, MEC_E_INPUT,
                         "%s:%d: distribution \"%s\": soma_ref_location must be 0.5",
                         d->origin.file, d->origin.line, d->name));
        }
    }
    return MEC_OK;
}

/* Refuses what NEURON imports but cannot simulate to numbers. */
mec_status build_finish(evaluation *e, mec_err *err)
{
    mec_status st = mec_cell_finish(e->cell, err);

    if (st == MEC_OK) {
        st = mec_morphology_check(e->morphology, mec_cell_geometry(e->cell), err);
    }
    return st == MEC_E_INPUT ? evaluation_fail(e, MEC_CLASS_BAD_MORPHOLOGY, st) : st;
}

mec_status build_cell(evaluation *e, mec_err *err)
{
    mec_status st;

    MEC_TRY(check_origin(e, err));
    MEC_TRY(mec_cell_new(e->morphology, e->catalogue, &e->cell, err));
    MEC_TRY(insert_mechanisms(e, err));
    MEC_TRY(apply_parameters(e, true, err));
    MEC_TRY(build_finish(e, err));
    MEC_TRY(stochastic_set(e, STOCH_AS_DECLARED, err));
    MEC_TRY(apply_parameters(e, false, err));
done:
    return st;
}
