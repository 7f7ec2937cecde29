/* Passes over the variable step's vectors.
 *
 * Adding the correction to the history is put off ("pending") until the next attempt, so
 * that completing, rescaling and predicting read and write the history once. */

#include "cell_priv.h"

#include <math.h>
#include <string.h>

double cell_norm(const cell_work *work, const double x[])
{
    double sum = 0.0;

    for (int32_t e = 0; e < work->n_equation; e++) {
        int32_t k = work->norm_order[e];
        double term = x[k] * work->weight[k];

        sum += term * term;
    }
    return sum > 0.0 ? sqrt(sum / work->n_equation) : sum;
}

double cell_norm_of_sum(const cell_work *work, double sum)
{
    double weight = work->same_weight ? work->weight[0] : 1.0;

    return sum > 0.0 ? weight * sqrt(sum / work->n_equation) : sum;
}

const double *cell_lane_weight(const cell_work *work, int32_t first)
{
    return work->same_weight ? NULL : work->weight + first;
}

/* acor was added to the history. */
static void end_pending(cell_bdf *bdf)
{
    cell_work *w = &bdf->sweep->cell->work;

    if (bdf->keep) {
        double *kept = w->acor;

        w->acor = w->history[CELL_MAX_ORDER];
        w->history[CELL_MAX_ORDER] = kept;
    }
    bdf->pending = bdf->keep = false;
}

void cell_bdf_flush(cell_bdf *bdf)
{
    const cell_work *w = &bdf->sweep->cell->work;

    for (int j = 0; bdf->pending && j <= bdf->q; j++) {
        bdf->sweep->cell->hot->add_scaled(w->n_vector, bdf->l[j], w->acor,
                                          w->history[j]);
    }
    end_pending(bdf);
}

/* eta, eta^2, ... as repeated products. */
static void powers(double eta, double factor[CELL_N_HISTORY])
{
    factor[0] = 1.0;
    factor[1] = eta;
    for (int j = 2; j < CELL_N_HISTORY; j++) {
        factor[j] = factor[j - 1] * eta;
    }
}

void cell_bdf_rescale(cell_bdf *bdf)
{
    const cell_work *w = &bdf->sweep->cell->work;
    double factor[CELL_N_HISTORY];

    powers(bdf->eta, factor);
    for (int j = 1; j <= bdf->q; j++) {
        bdf->sweep->cell->hot->scale(w->n_vector, factor[j], w->history[j]);
    }
    bdf->h = bdf->scale_h * bdf->eta;
    bdf->scale_h = bdf->h;
}

void cell_bdf_predict(cell_bdf *bdf, bool rescale)
{
    static const double none[CELL_N_HISTORY] = {0.0};
    const cell_work *w = &bdf->sweep->cell->work;
    double factor[CELL_N_HISTORY];

    powers(rescale ? bdf->eta : 1.0, factor);
    if (rescale) {
        bdf->h = bdf->scale_h * bdf->eta;
        bdf->scale_h = bdf->h;
    }
    bdf->t += bdf->h;
    bdf->sweep->cell->hot->advance(w->n_vector, bdf->q, bdf->pending ? bdf->l : none,
                                   factor, w->acor, w->history, w->y);
    end_pending(bdf);
}

void cell_bdf_restore(cell_bdf *bdf)
{
    const cell_work *w = &bdf->sweep->cell->work;

    for (int k = 1; k <= bdf->q; k++) {
        for (int j = bdf->q; j >= k; j--) {
            bdf->sweep->cell->hot->add_scaled(w->n_vector, -1.0, w->history[j],
                                              w->history[j - 1]);
        }
    }
}

void cell_bdf_interpolate(cell_bdf *bdf, double t)
{
    const cell_work *w = &bdf->sweep->cell->work;
    double s = (t - bdf->reached) / bdf->h;

    cell_bdf_flush(bdf);
    memcpy(w->y, w->history[bdf->q], (size_t)w->n_vector * sizeof(double));
    for (int j = bdf->q - 1; j >= 0; j--) {
        const double *z = w->history[j];

        for (int32_t k = 0; k < w->n_vector; k++) {
            w->y[k] = s * w->y[k] + z[k];
        }
    }
}
