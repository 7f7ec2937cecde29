/* Whether a morphology suits an e-model, found out without mechanisms or simulation. */

#include "evaluate_priv.h"

static mec_status bare_cell(evaluation *e, mec_err *err)
{
    mec_status st = mec_catalogue_load(NULL, &e->catalogue, err);

    if (st == MEC_OK) {
        st = mec_cell_new(e->morphology, e->catalogue, &e->cell, err);
    }
    return st == MEC_OK ? build_finish(e, err) : st;
}

/* Does a recording or a pulse need the place? (Others group sections only.) */
static bool is_used(const mec_emodel *model, const mec_place *place)
{
    for (size_t i = 0; i < model->n_protocol; i++) {
        const mec_protocol *p = &model->protocol[i];

        for (size_t k = 0; k < p->n_recording; k++) {
            if (p->recording[k].place == place) {
                return true;
            }
        }
        for (size_t k = 0; k < p->n_pulse; k++) {
            if (p->pulse[k].place == place) {
                return true;
            }
        }
    }
    return false;
}

static mec_status check_places(evaluation *e, mec_text *remarks, mec_err *err)
{
    size_t n = 0;

    for (size_t i = 0; i < e->model->n_place; i++) {
        int32_t section;
        double x;
        mec_status st = MEC_OK;

        if (!is_used(e->model, e->model->place[i])) {
            continue;
        }
        st = place_find(e, e->model->place[i], &section, &x, err);
        if (st != MEC_OK) {
            return st;
        }
        if (section < 0) {
            mec_text_printf(remarks, "%s%s", n++ > 0 ? ", " : "no place for ",
                            e->model->place[i]->name);
        }
    }
    return MEC_OK;
}

mec_status mec_job_check(const mec_job *job, mec_text *remarks, mec_err *err)
{
    evaluation e = {.job = job, .arena = mec_arena_new()};
    mec_status st;

    if (e.arena == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_emodel_load(job->emodel_dir, job->emodel, &e.model, err));
    MEC_TRY(build_morphology(&e, err));
    MEC_TRY(bare_cell(&e, err));
    MEC_TRY(check_places(&e, remarks, err));
done:
    evaluation_release(&e);
    return st;
}
