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

typedef enum verdict { GO_ON, CONVERGED, FAILED } verdict;

/* The sizes of an attempt's corrections, by lanes or exact. */
typedef struct corrections {
    double size[MAX_ITERATIONS];
    int n;
} corrections;

/* NEURON's rule after correction m. `rate` is updated; *close: the last bits matter. */
static verdict judge(const cell_bdf *bdf, const double size[], int m, double *rate,
                     bool *close)
{
    double limit = m > 0 ? DIVERGED * size[m - 1] : 0.0;

    if (m > 0) {
        *rate = larger(RATE_DOWN * *rate, size[m] / size[m - 1]);
    }
    double test = size[m] * (1.0 < *rate ? 1.0 : *rate) / bdf->tq[4];
    *close = cell_is_close(test, 1.0) || cell_is_close(size[m], limit);
    if (test <= 1.0) {
        return CONVERGED;
    }
    return m + 1 == MAX_ITERATIONS || (m > 0 && size[m] > limit) ? FAILED : GO_ON;
}

/* Iterate from the prediction in y. */
static mec_status iterate(cell_bdf *bdf, corrections *seen, bool *solved, mec_err *err)
{
    mec_status st = MEC_OK;
    const cell_work *w = &bdf->sweep->cell->work;
    verdict now = GO_ON;

    for (int m = 0; now == GO_ON; m++) {
        double sum[2] = {0.0, 0.0}, rate = bdf->crate;
        bool close;

        MEC_TRY(cell_newton_correct(bdf, m == 0, sum, err));
        seen->n = m + 1;
        seen->size[m] = cell_norm_of_sum(w, sum[0]);
        now = judge(bdf, seen->size, m, &rate, &close);
        if (close) {
            rate = bdf->crate;
            seen->size[m] = cell_norm(w, w->f);
            now = judge(bdf, seen->size, m, &rate, &close);
        }
        bdf->crate = rate;
        bdf->correction = m == 0 ? seen->size[0] : cell_norm_of_sum(w, sum[1]);
    }
    *solved = now == CONVERGED;
    if (*solved) {
        bdf->exact = false;
        bdf->current = false;
    }
done:
    return st;
}

/* Would the attempt, repeated with a rate of 1, surely fail again? The corrections would
 * be the same ones, for neither y nor the matrix has changed; only the rule has. */
static bool fails_again(cell_bdf *bdf, const corrections *seen)
{
    double rate = 1.0;
    bool close;

    for (int m = 0; m < seen->n; m++) {
        if (judge(bdf, seen->size, m, &rate, &close) == CONVERGED || close) {
            return false;
        }
    }
    bdf->crate = rate;
    return true;
}

/* What is left of NEURON's lsetup, which computes nothing. */
static void set_up(cell_bdf *bdf)
{
    bdf->current = true;
    bdf->gamma_ratio = 1.0;
    bdf->last_gamma = bdf->gamma;
    bdf->crate = 1.0;
    bdf->setup_step = bdf->n_step;
}

mec_status cell_bdf_newton(cell_bdf *bdf, cell_attempt attempt, bool *solved,
                           mec_err *err)
{
    mec_status st = MEC_OK;
    const cell_work *w = &bdf->sweep->cell->work;
    bool setup = attempt != CELL_FIRST_TRY || bdf->n_step == 0 ||
                 bdf->n_step >= bdf->setup_step + MAX_STEPS_BETWEEN_SETUPS ||
                 fabs(bdf->gamma_ratio - 1.0) > GAMMA_CHANGE;

    corrections seen;

    if (setup) {
        set_up(bdf);
    }
    MEC_TRY(iterate(bdf, &seen, solved, err));
    if (*solved || bdf->current) {
        return MEC_OK;
    }
    set_up(bdf);
    if (!bdf->has_memory && fails_again(bdf, &seen)) {
        return MEC_OK;
    }
    memcpy(w->y, w->history[0], (size_t)w->n_vector * sizeof(double));
    MEC_TRY(iterate(bdf, &seen, solved, err));
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
