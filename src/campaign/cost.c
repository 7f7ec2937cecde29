/* The cost model. */

#include "cost_priv.h"

#include <math.h>

mec_status cost_init(cost_model *model, mec_arena *arena, size_t n_groups, mec_err *err)
{
    *model = (cost_model){.n_groups = n_groups};
    model->group = mec_arena_calloc(arena, n_groups + 1, sizeof *model->group);
    return model->group == NULL ? mec_no_memory(err) : MEC_OK;
}

static void add(cost_sum *sum, double size, double seconds, int64_t n)
{
    sum->size += size;
    sum->seconds += seconds;
    sum->n += n;
}

void cost_learn(cost_model *model, size_t group, double size, double seconds, int64_t n)
{
    if (group < model->n_groups && n > 0 && isfinite(size) && size > 0 &&
        isfinite(seconds) && seconds >= 0) {
        add(&model->group[group], size, seconds, n);
        add(&model->all, size, seconds, n);
    }
}

/* Seconds per size; the prior counts like one more measurement of mean size. */
static double rate_of(const cost_sum *sum, double prior)
{
    if (sum->n == 0) {
        return prior;
    }
    double mean = sum->size / (double)sum->n;

    return (sum->seconds + prior * mean) / (sum->size + mean);
}

double cost_seconds(const cost_model *model, size_t group, double size)
{
    double rate = rate_of(&model->all, COST_UNMEASURED);

    return size *
           (group < model->n_groups ? rate_of(&model->group[group], rate) : rate);
}

mec_status cost_eta_init(cost_eta *eta, cost_model *model, mec_arena *arena,
                         int32_t n_workers, double now_s, mec_err *err)
{
    *eta = (cost_eta){.model = model, .n_workers = n_workers, .started_s = now_s};
    eta->left = mec_arena_calloc(arena, model->n_groups + 1, sizeof *eta->left);
    return eta->left == NULL ? mec_no_memory(err) : MEC_OK;
}

void cost_eta_add(cost_eta *eta, size_t group, double size)
{
    eta->left[group] += size;
}

void cost_eta_done(cost_eta *eta, size_t group, double size, double seconds,
                   cost_end end)
{
    eta->left[group] = fmax(eta->left[group] - size, 0);
    eta->done_size += size;
    eta->done_s += seconds;
    if (end == COST_HIT) {
        eta->hit_size += size;
    } else if (end == COST_COMPUTED) {
        cost_learn(eta->model, group, size, seconds, 1);
    }
}

double cost_eta_left(const cost_eta *eta, double now_s)
{
    double left_s = 0;

    for (size_t i = 0; i < eta->model->n_groups; i++) {
        left_s += cost_seconds(eta->model, i, eta->left[i]);
    }
    if (eta->done_size > 0) {
        left_s *= 1 - eta->hit_size / eta->done_size;
    }
    double all = (eta->done_s + left_s) / eta->n_workers;

    return fmax(all - (now_s - eta->started_s), 0.5 * left_s / eta->n_workers);
}
