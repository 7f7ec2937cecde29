/* Passes over the variable step's vectors. */

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

void cell_bdf_rescale(cell_bdf *bdf)
{
    const cell_work *w = &bdf->sweep->cell->work;
    double factor = bdf->eta;

    for (int j = 1; j <= bdf->q; j++) {
        double *z = w->history[j];

        for (int32_t k = 0; k < w->n_vector; k++) {
            z[k] *= factor;
        }
        factor *= bdf->eta;
    }
    bdf->h = bdf->scale_h * bdf->eta;
    bdf->scale_h = bdf->h;
}

void cell_bdf_predict(cell_bdf *bdf)
{
    const cell_work *w = &bdf->sweep->cell->work;

    bdf->t += bdf->h;
    for (int k = 1; k <= bdf->q; k++) {
        for (int j = bdf->q; j >= k; j--) {
            double *to = w->history[j - 1];
            const double *from = w->history[j];

            for (int32_t i = 0; i < w->n_vector; i++) {
                to[i] += from[i];
            }
        }
    }
}

void cell_bdf_restore(cell_bdf *bdf)
{
    const cell_work *w = &bdf->sweep->cell->work;

    for (int k = 1; k <= bdf->q; k++) {
        for (int j = bdf->q; j >= k; j--) {
            double *to = w->history[j - 1];
            const double *from = w->history[j];

            for (int32_t i = 0; i < w->n_vector; i++) {
                to[i] -= from[i];
            }
        }
    }
}

void cell_bdf_complete(cell_bdf *bdf)
{
    const cell_work *w = &bdf->sweep->cell->work;

    for (int j = 0; j <= bdf->q; j++) {
        double *z = w->history[j];

        for (int32_t k = 0; k < w->n_vector; k++) {
            z[k] += bdf->l[j] * w->acor[k];
        }
    }
}

void cell_bdf_interpolate(const cell_bdf *bdf, double t)
{
    const cell_work *w = &bdf->sweep->cell->work;
    double s = (t - bdf->t) / bdf->h;

    memcpy(w->y, w->history[bdf->q], (size_t)w->n_vector * sizeof(double));
    for (int j = bdf->q - 1; j >= 0; j--) {
        const double *z = w->history[j];

        for (int32_t k = 0; k < w->n_vector; k++) {
            w->y[k] = s * w->y[k] + z[k];
        }
    }
}
