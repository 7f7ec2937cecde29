/* Costs of a run's jobs, from what was measured before.
 *
 * <cache>/costs/<label> holds what the evaluations of one e-model with one set of
 * parameters took in the latest campaign that computed any: "<size> <seconds> <number>".
 */

#include "job_costs_priv.h"

#include <mecombo/log.h>
#include <mecombo/path.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* What one finished row tells. */
typedef struct measurement {
    size_t group;
    double size, seconds;
} measurement;

typedef struct learner {
    parts *p;
    MEC_VEC(measurement) known;
} learner;

/* A row whose package or morphology is no more tells nothing. */
static mec_status note(const store_row *row, double seconds, void *arg, mec_err *err)
{
    learner *l = arg;
    package_part *package = NULL;
    morphology_part *morphology = NULL;
    mec_err ignored = MEC_ERR_INIT;

    if (parts_package(l->p, row, &package, &ignored) != MEC_OK ||
        parts_morphology(l->p, row, &morphology, &ignored) != MEC_OK ||
        morphology->size < 0) {
        return MEC_OK;
    }
    measurement known = {package->group, parts_size(l->p, package, morphology),
                         seconds};
    return MEC_VEC_PUSH(&l->known, known) ? MEC_OK : mec_no_memory(err);
}

/* The file about a group; NULL when out of memory. */
static char *file_of(mec_arena *arena, const char *cache, const char *label)
{
    return mec_arena_printf(arena, "%s/costs/%s", cache, label);
}

static bool read_sum(mec_arena *arena, const char *file, cost_sum *out)
{
    mec_err ignored = MEC_ERR_INIT;
    char *text = NULL;

    *out = (cost_sum){0};
    if (mec_read_file(arena, file, &text, NULL, &ignored) != MEC_OK ||
        sscanf(text, "%lf %lf %" SCNd64, &out->size, &out->seconds, &out->n) != 3) {
        *out = (cost_sum){0};
        return false;
    }
    return true;
}

static void learn_from_cache(mec_arena *arena, const parts *p, cost_sum hearsay[],
                             cost_model *model)
{
    for (size_t i = 0; p->cache != NULL && i < p->package.n; i++) {
        char *file = file_of(arena, p->cache, p->package.data[i]->label);
        cost_sum *sum = &hearsay[i];

        if (file != NULL && read_sum(arena, file, sum)) {
            cost_learn(model, i, sum->size, sum->seconds, sum->n);
        }
    }
}

/* A job that failed before will take at least as long as it took to fail: the model knows
 * nothing of rows that reach their time limit. */
static double cost_of(const job_list *list, const run_job *job)
{
    double cost = cost_seconds(&list->costs, job->group, job->size);

    for (size_t i = job->first_row; i != SIZE_MAX; i = list->next_row[i]) {
        cost = fmax(cost, list->row[i].failed_s);
    }
    return cost;
}

mec_status job_costs_set(mec_arena *arena, parts *p, store *s, job_list *list,
                         mec_err *err)
{
    learner l = {.p = p, .known = MEC_VEC_INIT};
    mec_status st = store_list_times(s, arena, note, &l, err);

    MEC_TRY(st);
    MEC_TRY(cost_init(&list->costs, arena, p->package.n, err));
    list->label = mec_arena_calloc(arena, p->package.n + 1, sizeof *list->label);
    list->hearsay = mec_arena_calloc(arena, p->package.n + 1, sizeof *list->hearsay);
    if (list->label == NULL || list->hearsay == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    for (size_t i = 0; i < p->package.n; i++) {
        list->label[i] = p->package.data[i]->label;
    }
    for (size_t i = 0; i < l.known.n; i++) {
        const measurement *m = &l.known.data[i];

        cost_learn(&list->costs, m->group, m->size, m->seconds, 1);
    }
    learn_from_cache(arena, p, list->hearsay, &list->costs);
    for (size_t i = 0; i < list->n_jobs; i++) {
        list->bytes[i].cost = cost_of(list, &list->job[i]);
    }
done:
    MEC_VEC_CLEAR(&l.known);
    return st;
}

void job_costs_publish(const char *cache, const job_list *list)
{
    mec_arena *arena = mec_arena_new();
    char *folder = arena == NULL ? NULL : mec_path_join(arena, cache, "costs");
    mec_err err = MEC_ERR_INIT;
    mec_status st =
        folder == NULL ? mec_no_memory(&err) : mec_make_directories(folder, &err);

    for (size_t i = 0; st == MEC_OK && i < list->costs.n_groups; i++) {
        const cost_sum *all = &list->costs.group[i];
        const cost_sum *heard = &list->hearsay[i];
        const cost_sum own = {all->size - heard->size, all->seconds - heard->seconds,
                              all->n - heard->n};
        char *file = file_of(arena, cache, list->label[i]);
        char text[100];

        if (own.n == 0) {
            continue;
        }
        int n = snprintf(text, sizeof text, "%.17g %.17g %" PRId64 "\n", own.size,
                         own.seconds, own.n);
        st = file == NULL ? mec_no_memory(&err)
                          : mec_write_file(file, text, (size_t)n, &err);
    }
    if (st != MEC_OK) {
        mec_log(MEC_LOG_WARNING, "%s", err.text);
    }
    mec_arena_free(arena);
}
