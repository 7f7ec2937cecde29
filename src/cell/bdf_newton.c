/* The nonlinear system of a step: y = history[0] + acor with
 * acor = gamma f(t, y) - rl1 history[1], by a modified Newton iteration. */

#include "cell_priv.h"

#include <math.h>
#include <string.h>

enum { MAX_ITERATIONS = 3, MAX_STEPS_BETWEEN_SETUPS = 20 };

static const double RATE_DOWN = 0.3;    /* damping of the convergence rate */
static const double DIVERGED = 2.0;     /* growth of the correction */
static const double GAMMA_CHANGE = 0.3; /* that asks for a new setup */

/* f := gamma f - (rl1 history[1] + acor), the system's residual. */
static void residual(const cell_bdf *bdf)
{
    const cell_work *w = &bdf->sweep->cell->work;
    const double *z = w->history[1];

    for (int32_t k = 0; k < w->n_vector; k++) {
        w->f[k] = bdf->gamma * w->f[k] - (bdf->rl1 * z[k] + w->acor[k]);
    }
}

/* acor += correction; y := history[0] + acor. */
static void correct(const cell_bdf *bdf)
{
    const cell_work *w = &bdf->sweep->cell->work;
    const double *z = w->history[0];

    for (int32_t k = 0; k < w->n_vector; k++) {
        w->acor[k] += w->f[k];
        w->y[k] = z[k] + w->acor[k];
    }
}

/* Iterate from f(t, prediction). */
static mec_status iterate(cell_bdf *bdf, bool *solved, mec_err *err)
{
    mec_status st = MEC_OK;
    const cell_work *w = &bdf->sweep->cell->work;
    double last = 0.0;

    *solved = false;
    for (int m = 0;;) {
        residual(bdf);
        MEC_TRY(cell_solve(bdf->sweep, bdf->gamma, err));
        double size = cell_norm(w, w->f);
        correct(bdf);
        if (m > 0) {
            double rate = size / last;

            bdf->crate = RATE_DOWN * bdf->crate;
            bdf->crate = bdf->crate > rate ? bdf->crate : rate;
        }
        if (size * (1.0 < bdf->crate ? 1.0 : bdf->crate) / bdf->tq[4] <= 1.0) {
            bdf->correction = m == 0 ? size : cell_norm(w, w->acor);
            bdf->current = false;
            *solved = true;
            return MEC_OK;
        }
        m++;
        if (m == MAX_ITERATIONS || (m >= 2 && size > DIVERGED * last)) {
            return MEC_OK;
        }
        last = size;
        MEC_TRY(cell_derivative(bdf->sweep, bdf->t, bdf->h, err));
    }
done:
    return st;
}

mec_status cell_bdf_newton(cell_bdf *bdf, cell_attempt attempt, bool *solved,
                           mec_err *err)
{
    mec_status st = MEC_OK;
    const cell_work *w = &bdf->sweep->cell->work;
    size_t bytes = (size_t)w->n_vector * sizeof(double);
    bool setup = attempt != CELL_FIRST_TRY || bdf->n_step == 0 ||
                 bdf->n_step >= bdf->setup_step + MAX_STEPS_BETWEEN_SETUPS ||
                 fabs(bdf->gamma_ratio - 1.0) > GAMMA_CHANGE;

    for (;;) {
        memcpy(w->y, w->history[0], bytes);
        MEC_TRY(cell_derivative(bdf->sweep, bdf->t, bdf->h, err));
        if (setup) {
            bdf->current = true;
            bdf->gamma_ratio = 1.0;
            bdf->last_gamma = bdf->gamma;
            bdf->crate = 1.0;
            bdf->setup_step = bdf->n_step;
        }
        memset(w->acor, 0, bytes);
        MEC_TRY(iterate(bdf, solved, err));
        if (*solved || bdf->current) {
            return MEC_OK;
        }
        setup = true;
    }
done:
    return st;
}
