/* One internal step of the variable step: attempts, error test, next step. */

#include "cell_priv.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    MAX_NO_CONVERGENCE = 10, /* attempts per step */
    MAX_ERROR_FAILURES = 7,
    MANY_ERROR_FAILURES = 3, /* more force a lower order */
    SMALL_ERROR_FAILURES = 2,
    LONG_WAIT = 10
};

static const double FIRST_GROWTH = 1e4, GROWTH = 10.0;
static const double SHRINK_NO_CONVERGENCE = 0.25;
static const double SHRINK_MOST = 0.1, SHRINK_REPEATED = 0.2;

void cell_bdf_restart(cell_bdf *bdf, double t, double stop)
{
    const cell_work *w = &bdf->sweep->cell->work;
    size_t bytes = (size_t)w->n_vector * sizeof(double);

    /* A prediction multiplies them by zero, and a sweep that failed leaves NaN. */
    memset(w->acor, 0, bytes);
    memset(w->history[CELL_MAX_ORDER], 0, bytes);
    bdf->t = t;
    bdf->stop = stop;
    bdf->h = 0.0;
    bdf->gamma = 0.0;
    bdf->q = bdf->next_q = 1;
    bdf->wait = 2;
    bdf->eta_max = FIRST_GROWTH;
    bdf->last_h = 0.0;
    bdf->pending = bdf->keep = false;
    bdf->n_step = 0;
    bdf->setup_step = 0;
}

/* Order change decided after the last step. */
static void change_order(cell_bdf *bdf)
{
    if (bdf->next_q != bdf->q) {
        cell_bdf_flush(bdf);
        cell_bdf_change_order(bdf, bdf->next_q - bdf->q);
        bdf->q = bdf->next_q;
        bdf->wait = bdf->q + 1;
    }
}

/* After an error test failed for the count-th time: a smaller h, later a lower order. */
static mec_status shrink(cell_bdf *bdf, int count, double error, mec_err *err)
{
    mec_status st = MEC_OK;
    const cell_work *w = &bdf->sweep->cell->work;

    if (count <= MANY_ERROR_FAILURES) {
        double root = pow(6.0 * error, 1.0 / (bdf->q + 1));

        bdf->eta = 1.0 / (root + 1e-6);
        bdf->eta = bdf->eta > SHRINK_MOST ? bdf->eta : SHRINK_MOST;
        if (count >= SMALL_ERROR_FAILURES && bdf->eta > SHRINK_REPEATED) {
            bdf->eta = SHRINK_REPEATED;
        }
        cell_bdf_rescale(bdf);
        return MEC_OK;
    }
    bdf->eta = SHRINK_MOST;
    if (bdf->q > 1) {
        cell_bdf_change_order(bdf, -1);
        bdf->wait = bdf->q;
        bdf->q--;
        cell_bdf_rescale(bdf);
        return MEC_OK;
    }
    bdf->h *= bdf->eta;
    bdf->scale_h = bdf->h;
    bdf->wait = LONG_WAIT;
    for (int32_t k = 0; k < w->n_vector; k++) {
        w->y[k] = w->history[0][k];
    }
    MEC_TRY(cell_derivative(bdf->sweep, bdf->t, bdf->h, err));
    for (int32_t k = 0; k < w->n_vector; k++) {
        w->history[1][k] = bdf->h * w->f[k];
    }
done:
    return st;
}

/* Undo the prediction; the next attempt starts where this one did. */
static void take_back(cell_bdf *bdf, double t)
{
    cell_bdf_restore(bdf);
    bdf->t = t;
    bdf->eta_max = 1.0;
}

/* Attempts until the error test passes; the first one rescales the history if asked. */
static mec_status attempt_step(cell_bdf *bdf, bool rescale, mec_err *err)
{
    mec_status st = MEC_OK;
    const double t = bdf->t;
    int no_convergence = 0, failures = 0;
    cell_attempt attempt = CELL_FIRST_TRY;

    for (;;) {
        bool solved = false;

        cell_bdf_predict(bdf, rescale);
        rescale = false;
        cell_bdf_coefficients(bdf);
        MEC_TRY(cell_bdf_newton(bdf, attempt, &solved, err));
        if (!solved) {
            if (++no_convergence == MAX_NO_CONVERGENCE) {
                return cell_trouble(bdf->sweep, bdf->t, "the step does not converge",
                                    err);
            }
            take_back(bdf, t);
            bdf->eta = SHRINK_NO_CONVERGENCE;
            attempt = CELL_AFTER_NO_CONVERGENCE;
            cell_bdf_rescale(bdf);
            continue;
        }
        double error = cell_bdf_error(bdf, false);
        if (error <= 1.0 && !cell_is_close(error, 1.0)) {
            return MEC_OK;
        }
        error = cell_bdf_error(bdf, true);
        if (error <= 1.0) {
            return MEC_OK;
        }
        if (++failures == MAX_ERROR_FAILURES) {
            return cell_trouble(bdf->sweep, bdf->t, "the error test fails for ever",
                                err);
        }
        take_back(bdf, t);
        attempt = CELL_AFTER_ERROR_TEST;
        MEC_TRY(shrink(bdf, failures, error, err));
    }
done:
    return st;
}

static void succeed(cell_bdf *bdf)
{
    bdf->n_step++;
    bdf->reached = bdf->t;
    bdf->last_h = bdf->h;
    for (int i = bdf->q; i >= 2; i--) {
        bdf->tau[i] = bdf->tau[i - 1];
    }
    if (bdf->q == 1 && bdf->n_step > 1) {
        bdf->tau[2] = bdf->tau[1];
    }
    bdf->tau[1] = bdf->h;
    bdf->pending = true;
    bdf->wait--;
    if (bdf->wait == 1 && bdf->q != CELL_MAX_ORDER) {
        bdf->keep = true;
        bdf->saved_tq5 = bdf->tq[5];
    }
}

/* Snap to the stop time, or shorten the next step so that it ends there. */
static void approach_stop(cell_bdf *bdf)
{
    double rounding = 100.0 * DBL_EPSILON * (fabs(bdf->t) + fabs(bdf->h));

    if (fabs(bdf->t - bdf->stop) <= rounding) {
        cell_bdf_interpolate(bdf, bdf->stop);
        bdf->t = bdf->stop;
    } else if ((bdf->t + bdf->next_h - bdf->stop) * bdf->h > 0.0) {
        bdf->next_h = bdf->stop - bdf->t;
        bdf->eta = bdf->next_h / bdf->h;
    }
}

mec_status cell_bdf_step(cell_bdf *bdf, mec_err *err)
{
    mec_status st = MEC_OK;
    bool rescale = false;

    if (bdf->n_step == 0) {
        MEC_TRY(cell_bdf_start(bdf, err));
    } else if (bdf->next_h != bdf->h) {
        change_order(bdf);
        rescale = true;
    }
    if (bdf->t + bdf->next_h == bdf->t) {
        return cell_trouble(bdf->sweep, bdf->t, "the step vanishes", err);
    }
    MEC_TRY(attempt_step(bdf, rescale, err));
    succeed(bdf);
    cell_bdf_choose(bdf);
    bdf->eta_max = GROWTH;
    approach_stop(bdf);
done:
    return st;
}
