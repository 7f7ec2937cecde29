/* The nonlinear system of a step: y = history[0] + acor with
 * acor = gamma f(t, y) - rl1 history[1], by a modified Newton iteration.
 *
 * Norms are summed by lanes. Their last bits differ from NEURON's, which does not matter
 * for a comparison that is not close; one that is, is decided by the exact norm. */

#include "cell_priv.h"

#include <math.h>
#include <string.h>

enum { MAX_ITERATIONS = 3, MAX_STEPS_BETWEEN_SETUPS = 20 };

static const double RATE_DOWN = 0.3;    /* damping of the convergence rate */
static const double DIVERGED = 2.0;     /* growth of the correction */
static const double GAMMA_CHANGE = 0.3; /* that asks for a new setup */

bool cell_is_close(double x, double threshold)
{
    return fabs(x - threshold) <= 1e-9 * threshold;
}

static double larger(double a, double b)
{
    return a > b ? a : b;
}

/* Iterate from the prediction in y. */
static mec_status iterate(cell_bdf *bdf, bool *solved, mec_err *err)
{
    mec_status st = MEC_OK;
    const cell_work *w = &bdf->sweep->cell->work;
    double last = 0.0;

    *solved = false;
    for (int m = 0;;) {
        double sum[2] = {0.0, 0.0};

        MEC_TRY(cell_newton_correct(bdf, m == 0, sum, err));
        double size = cell_norm_of_sum(w, sum[0]);
        double rate = m > 0 ? larger(RATE_DOWN * bdf->crate, size / last) : bdf->crate;
        double test = size * (1.0 < rate ? 1.0 : rate) / bdf->tq[4];
        if (cell_is_close(test, 1.0) || cell_is_close(size, DIVERGED * last)) {
            size = cell_norm(w, w->f);
            rate = m > 0 ? larger(RATE_DOWN * bdf->crate, size / last) : bdf->crate;
            test = size * (1.0 < rate ? 1.0 : rate) / bdf->tq[4];
        }
        bdf->crate = rate;
        if (test <= 1.0) {
            bdf->correction = m == 0 ? size : cell_norm_of_sum(w, sum[1]);
            bdf->exact = false;
            bdf->current = false;
            *solved = true;
            return MEC_OK;
        }
        m++;
        if (m == MAX_ITERATIONS || (m >= 2 && size > DIVERGED * last)) {
            return MEC_OK;
        }
        last = size;
    }
done:
    return st;
}

mec_status cell_bdf_newton(cell_bdf *bdf, cell_attempt attempt, bool *solved,
                           mec_err *err)
{
    mec_status st = MEC_OK;
    const cell_work *w = &bdf->sweep->cell->work;
    bool setup = attempt != CELL_FIRST_TRY || bdf->n_step == 0 ||
                 bdf->n_step >= bdf->setup_step + MAX_STEPS_BETWEEN_SETUPS ||
                 fabs(bdf->gamma_ratio - 1.0) > GAMMA_CHANGE;

    for (;;) {
        if (setup) {
            bdf->current = true;
            bdf->gamma_ratio = 1.0;
            bdf->last_gamma = bdf->gamma;
            bdf->crate = 1.0;
            bdf->setup_step = bdf->n_step;
        }
        MEC_TRY(iterate(bdf, solved, err));
        if (*solved || bdf->current) {
            return MEC_OK;
        }
        setup = true;
        memcpy(w->y, w->history[0], (size_t)w->n_vector * sizeof(double));
    }
done:
    return st;
}

double cell_bdf_error(cell_bdf *bdf, bool exact)
{
    const cell_work *w = &bdf->sweep->cell->work;

    if (exact && !bdf->exact && !bdf->sweep->spec->free_rounding) {
        bdf->correction = cell_norm(w, w->acor);
        bdf->exact = true;
    }
    return bdf->correction / bdf->tq[2];
}
