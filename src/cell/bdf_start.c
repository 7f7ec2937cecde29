/* The first step after a restart: an h that keeps the second derivative's contribution
 * at half the tolerance (Shampine & Gladwell's idea, as CVODE carries it out). */

#include "cell_priv.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MAX_GUESSES = 4 };

/* At most a tenth of the way, and of the time in which y changes by itself. */
static double largest_step(const cell_work *w, double distance)
{
    double inverse = 0.0;
    double h = 0.1 * distance;

    for (int32_t e = 0; e < w->n_equation; e++) {
        int32_t k = w->norm_order[e];
        double rate = fabs(w->history[1][k]) /
                      (0.1 * fabs(w->history[0][k]) + 1.0 * (w->atol * w->scale[k]));

        inverse = rate > inverse ? rate : inverse;
    }
    return h * inverse > 1.0 ? 1.0 / inverse : h;
}

/* Norm of the second derivative by a difference over h. */
static mec_status second_derivative(cell_bdf *bdf, double h, double *norm, mec_err *err)
{
    const cell_work *w = &bdf->sweep->cell->work;
    double inverse = 1.0 / h;

    for (int32_t k = 0; k < w->n_vector; k++) {
        w->y[k] = h * w->history[1][k] + w->history[0][k];
    }
    mec_status st = cell_derivative(bdf->sweep, bdf->t + h, 0.0, err);
    if (st != MEC_OK) {
        return st;
    }
    for (int32_t k = 0; k < w->n_vector; k++) {
        w->temp[k] = inverse * (w->f[k] - w->history[1][k]);
    }
    *norm = cell_norm(w, w->temp);
    return MEC_OK;
}

static mec_status guess_step(cell_bdf *bdf, double *h, mec_err *err)
{
    mec_status st = MEC_OK;
    const cell_work *w = &bdf->sweep->cell->work;
    double distance = bdf->stop - bdf->t;
    double rounding = DBL_EPSILON * fmax(fabs(bdf->t), fabs(bdf->stop));
    double low = 100.0 * rounding;
    double high = largest_step(w, distance);
    double guess = sqrt(low * high), next = guess;

    if (distance < 2.0 * rounding) {
        return mec_fail(err, MEC_E_NUMERIC, "no room for a step at t = %.17g ms",
                        bdf->t);
    }
    if (high < low) {
        *h = guess;
        return MEC_OK;
    }
    for (int count = 1;; count++) {
        double norm = 0.0;

        MEC_TRY(second_derivative(bdf, guess, &norm, err));
        next = norm * high * high > 2.0 ? sqrt(2.0 / norm) : sqrt(guess * high);
        double ratio = next / guess;
        if (count >= MAX_GUESSES || (ratio > 0.5 && ratio < 2.0)) {
            break;
        }
        if (count >= 2 && ratio > 2.0) {
            next = guess;
            break;
        }
        guess = next;
    }
    *h = 0.5 * next;
    *h = *h < low ? low : *h;
    *h = *h > high ? high : *h;
done:
    return st;
}

mec_status cell_bdf_start(cell_bdf *bdf, mec_err *err)
{
    mec_status st = MEC_OK;
    const cell_work *w = &bdf->sweep->cell->work;
    size_t bytes = (size_t)w->n_vector * sizeof(double);

    memcpy(w->history[0], w->y, bytes);
    MEC_TRY(cell_derivative(bdf->sweep, bdf->t, 0.0, err));
    memcpy(w->history[1], w->f, bytes);
    MEC_TRY(guess_step(bdf, &bdf->h, err));
    double ratio = bdf->h * CELL_MAX_STEP_INVERSE;
    if (ratio > 1.0) {
        bdf->h /= ratio;
    }
    if (bdf->t + bdf->h - bdf->stop > 0.0) {
        bdf->h = bdf->stop - bdf->t;
    }
    bdf->scale_h = bdf->next_h = bdf->h;
    for (int32_t k = 0; k < w->n_vector; k++) {
        w->history[1][k] *= bdf->h;
    }
done:
    return st;
}
