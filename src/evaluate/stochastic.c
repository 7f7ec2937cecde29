/* Stochastic channels: mechanisms with "Stoch" in their suffix.
 *
 * BluePyOpt tells them by the variable deterministic_<suffix> what they are to be, and
 * seeds the random stream of every segment with the cell's gid (0) and a hash of the
 * segment's name. The key of all streams comes from the parameters, so that two
 * evaluations of one e-model draw the same numbers on every morphology.
 */

#include "evaluate_priv.h"

#include <mecombo/digest.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int by_key(const void *a, const void *b)
{
    const mec_json *const *x = a, *const *y = b;

    return strcmp((*x)->key, (*y)->key);
}

/* The low 32 bits of the MD5 of name and value of every parameter, names sorted. */
static mec_status index_of_parameters(evaluation *e, uint32_t *index, mec_err *err)
{
    size_t n = e->params == NULL ? 0 : e->params->n;
    const mec_json **sorted = mec_arena_calloc(e->arena, n, sizeof *sorted);
    mec_text text = MEC_TEXT_INIT;
    uint8_t digest[16];
    bool ok;

    if (sorted == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < n; i++) {
        sorted[i] = e->params->item[i];
    }
    if (n > 0) {
        qsort(sorted, n, sizeof *sorted, by_key);
    }
    for (size_t i = 0; i < n; i++) {
        int32_t parameter = mec_emodel_find_parameter(e->model, sorted[i]->key);

        mec_text_add(&text, sorted[i]->key);
        mec_text_add(&text, parameter < 0 ? "" : e->bound[parameter].text);
    }
    mec_md5(mec_text_string(&text), text.length, digest);
    ok = mec_text_ok(&text);
    mec_text_clear(&text);
    *index = (uint32_t)digest[12] << 24 | (uint32_t)digest[13] << 16 |
             (uint32_t)digest[14] << 8 | digest[15];
    return ok ? MEC_OK : mec_no_memory(err);
}

static mec_status choose_index(evaluation *e, mec_err *err)
{
    uint32_t index = e->job->seed;
    mec_status st = MEC_OK;

    if (index == 0 && e->model->seed_from_parameters) {
        st = index_of_parameters(e, &index, err);
    }
    mec_random_set_index(index);
    return st;
}

/* Multiplicative hash modulo 2^31 - 1 of "<section>.<x>". */
static mec_status hash_of_segment(evaluation *e, int32_t section, int32_t segment,
                                  double *hash, mec_err *err)
{
    const mec_section *s = &e->morphology->section[section];
    double x = ((double)segment + 0.5) / (double)s->nseg;
    const char *name = mec_arena_printf(e->arena, "%s.%.19g", s->name, x);

    if (name == NULL) {
        return mec_no_memory(err);
    }
    *hash = 0.0;
    for (; *name != '\0'; name++) {
        *hash = fmod(*hash * 31.0 + (unsigned char)*name, 2147483647.0);
    }
    return MEC_OK;
}

static mec_status set_section(evaluation *e, const char *suffix, int32_t section,
                              bool deterministic, mec_err *err)
{
    const char *flag = mec_arena_printf(e->arena, "deterministic_%s", suffix);
    mec_status st;

    if (flag == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_cell_set_section(e->cell, section, flag, deterministic, err));
    for (int32_t i = 0; i < e->morphology->section[section].nseg; i++) {
        double seed[2] = {0.0, 0.0};

        MEC_TRY(hash_of_segment(e, section, i, &seed[1], err));
        MEC_TRY(
            mec_cell_call(e->cell, section, i, suffix, "setRNG", 2, seed, NULL, err));
    }
done:
    return st;
}

mec_status stochastic_set(evaluation *e, stochasticity mode, mec_err *err)
{
    bool any = false;
    mec_status st = MEC_OK;

    for (size_t i = 0; i < e->model->n_mechanism; i++) {
        const mec_emodel_mechanism *m = &e->model->mechanism[i];
        bool deterministic = mode == STOCH_DETERMINISTIC ||
                             (mode == STOCH_AS_DECLARED && m->deterministic);

        if (strstr(m->suffix, "Stoch") == NULL) {
            continue;
        }
        if (!any) {
            MEC_TRY(choose_index(e, err));
            any = true;
        }
        for (int32_t s = 0; s < e->morphology->n_section; s++) {
            if ((mec_section_lists(&e->morphology->section[s]) & m->lists) != 0) {
                MEC_TRY(set_section(e, m->suffix, s, deterministic, err));
            }
        }
    }
    e->stochastic = mode;
done:
    return evaluation_fail(e, MEC_CLASS_BAD_PACKAGE, st);
}
