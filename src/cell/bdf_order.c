/* Coefficients of the BDF, and the choice of step and order. */

#include "cell_priv.h"

#include <math.h>
#include <string.h>

static const double NEWTON_SAFETY = 0.1; /* of the error test, for convergence */
static const double BIAS_DOWN = 6.0, BIAS_SAME = 6.0, BIAS_UP = 10.0;
static const double ADD_ON = 1e-6;
static const double WORTH_IT = 1.5; /* smaller growth of h is not used */

/* Test quantities for the present l[]; `wait` 1 means an order change is near. */
static void test_quantities(cell_bdf *bdf, double sum_h, double alpha0,
                            double alpha0_hat, double xi_inverse,
                            double xi_star_inverse)
{
    const int q = bdf->q;
    double a1 = 1.0 - alpha0_hat + alpha0;
    double a2 = 1.0 + q * a1;

    bdf->tq[2] = fabs(alpha0 * (a2 / a1));
    bdf->tq[5] = fabs(a2 / (bdf->l[q] * xi_inverse / xi_star_inverse));
    if (bdf->wait == 1) {
        double c = xi_star_inverse / bdf->l[q];
        double a3 = alpha0 + 1.0 / q;
        double a4 = alpha0_hat + xi_inverse;
        double c_prime = a3 / (1.0 - a4 + a3);

        bdf->tq[1] = fabs(c_prime / c);
        sum_h += bdf->tau[q];
        xi_inverse = bdf->h / sum_h;
        double a5 = alpha0 - 1.0 / (q + 1);
        double a6 = alpha0_hat - xi_inverse;
        double c_second = a2 / (1.0 - a6 + a5);
        bdf->tq[3] = fabs(c_second * xi_inverse * (q + 2) * a5);
    }
    bdf->tq[4] = NEWTON_SAFETY * bdf->tq[2];
}

void cell_bdf_coefficients(cell_bdf *bdf)
{
    const int q = bdf->q;
    double *l = bdf->l;
    double alpha0 = -1.0, alpha0_hat = -1.0;
    double xi_inverse = 1.0, xi_star_inverse = 1.0;
    double sum_h = bdf->h;

    l[0] = l[1] = 1.0;
    for (int i = 2; i <= q; i++) {
        l[i] = 0.0;
    }
    if (q > 1) {
        for (int j = 2; j < q; j++) {
            sum_h += bdf->tau[j - 1];
            xi_inverse = bdf->h / sum_h;
            alpha0 -= 1.0 / j;
            for (int i = j; i >= 1; i--) {
                l[i] += l[i - 1] * xi_inverse;
            }
        }
        alpha0 -= 1.0 / q;
        xi_star_inverse = -l[1] - alpha0;
        sum_h += bdf->tau[q - 1];
        xi_inverse = bdf->h / sum_h;
        alpha0_hat = -l[1] - xi_inverse;
        for (int i = q; i >= 1; i--) {
            l[i] += l[i - 1] * xi_star_inverse;
        }
    }
    test_quantities(bdf, sum_h, alpha0, alpha0_hat, xi_inverse, xi_star_inverse);
    bdf->rl1 = 1.0 / l[1];
    bdf->gamma = bdf->h * bdf->rl1;
    if (bdf->n_step == 0) {
        bdf->last_gamma = bdf->gamma;
    }
    bdf->gamma_ratio = bdf->n_step > 0 ? bdf->gamma / bdf->last_gamma : 1.0;
}

/* A new column history[q+1] from the correction saved in history[5]. */
static void raise_order(cell_bdf *bdf)
{
    const cell_work *w = &bdf->sweep->cell->work;
    const cell_hot *hot = bdf->sweep->cell->hot;
    const int q = bdf->q;
    double l[CELL_MAX_ORDER + 2] = {0.0};
    double alpha0 = -1.0, alpha1 = 1.0, product = 1.0, last_xi = 1.0;
    double sum_h = bdf->scale_h;

    l[2] = 1.0;
    for (int j = 1; j < q; j++) {
        sum_h += bdf->tau[j + 1];
        double xi = sum_h / bdf->scale_h;
        product *= xi;
        alpha0 -= 1.0 / (j + 1);
        alpha1 += 1.0 / xi;
        for (int i = j + 2; i >= 2; i--) {
            l[i] = l[i] * last_xi + l[i - 1];
        }
        last_xi = xi;
    }
    double a1 = (-alpha0 - alpha1) / product;
    double *top = w->history[q + 1];
    const double *saved = w->history[CELL_MAX_ORDER];

    if (top != saved) {
        memcpy(top, saved, (size_t)w->n_vector * sizeof *top);
    }
    hot->scale(w->n_vector, a1, top);
    for (int j = 2; j <= q; j++) {
        hot->add_scaled(w->n_vector, l[j], top, w->history[j]);
    }
}

static void lower_order(cell_bdf *bdf)
{
    const cell_work *w = &bdf->sweep->cell->work;
    const int q = bdf->q;
    double l[CELL_MAX_ORDER + 2] = {0.0};
    double sum_h = 0.0;

    l[2] = 1.0;
    for (int j = 1; j <= q - 2; j++) {
        sum_h += bdf->tau[j];
        double xi = sum_h / bdf->scale_h;
        for (int i = j + 2; i >= 2; i--) {
            l[i] = l[i] * xi + l[i - 1];
        }
    }
    const double *top = w->history[q];
    for (int j = 2; j < q; j++) {
        bdf->sweep->cell->hot->add_scaled(w->n_vector, -l[j], top, w->history[j]);
    }
}

void cell_bdf_change_order(cell_bdf *bdf, int change)
{
    if (change == 1) {
        raise_order(bdf);
    } else if (bdf->q != 2) {
        lower_order(bdf);
    }
}

/* Growth that an error of `size` (bias included) allows at order `order`. */
static double growth(double size, int order)
{
    double root = size <= 0.0 ? 0.0 : pow(size, 1.0 / (order + 1));

    return 1.0 / (root + ADD_ON);
}

/* Norm of a x + y, by lanes or exact. */
static double norm_of_blend(const cell_bdf *bdf, double a, const double x[],
                            const double y[], bool exact)
{
    const cell_work *w = &bdf->sweep->cell->work;
    exact = exact && !bdf->sweep->spec->free_rounding;
    double sum = bdf->sweep->cell->hot->blend(
        w->n_vector, a, x, y, cell_lane_weight(w, 0), exact ? w->temp : NULL);

    return exact ? cell_norm(w, w->temp) : cell_norm_of_sum(w, sum);
}

static double growth_one_lower(const cell_bdf *bdf, bool exact)
{
    const cell_work *w = &bdf->sweep->cell->work;
    const double *top = w->history[bdf->q];

    if (bdf->q == 1) {
        return 0.0;
    }
    double norm = norm_of_blend(bdf, bdf->l[bdf->q], w->acor, top, exact);
    double error = norm / bdf->tq[1];
    return growth(BIAS_DOWN * error, bdf->q - 1);
}

static double growth_one_higher(const cell_bdf *bdf, bool exact)
{
    const cell_work *w = &bdf->sweep->cell->work;
    const double *saved = w->history[CELL_MAX_ORDER];
    double ratio = bdf->h / bdf->tau[2];
    double power = 1.0;

    if (bdf->q == CELL_MAX_ORDER) {
        return 0.0;
    }
    for (int i = 0; i <= bdf->q; i++) {
        power *= ratio;
    }
    double quotient = bdf->tq[5] / bdf->saved_tq5 * power;
    double error = norm_of_blend(bdf, -quotient, saved, w->acor, exact) / bdf->tq[3];
    return growth(BIAS_UP * error, bdf->q + 1);
}

static double growth_same(cell_bdf *bdf, bool exact)
{
    return growth(BIAS_SAME * cell_bdf_error(bdf, exact), bdf->q);
}

/* Is a growth surely too small to be used, whatever its last bits are? */
static bool surely_useless(double eta)
{
    return eta < WORTH_IT && !cell_is_close(eta, WORTH_IT);
}

/* Growths at the orders that a step may go on with. */
typedef struct growths {
    double same, lower, higher;
} growths;

static double largest(const growths *g)
{
    double best = g->same > g->higher ? g->same : g->higher;

    return g->lower > best ? g->lower : best;
}

/* Is a growth the largest whatever its last bits are, or surely not? */
static bool is_clear(double growth, double best)
{
    return growth == best || !cell_is_close(growth, best);
}

/* Exact values of the growths that may be the largest. */
static void make_exact(cell_bdf *bdf, growths *g)
{
    double best = largest(g);
    bool clear = is_clear(g->same, best) && is_clear(g->lower, best) &&
                 is_clear(g->higher, best);

    if (!clear || g->same == best) {
        g->same = growth_same(bdf, true);
    }
    if (!clear || g->lower == best) {
        g->lower = growth_one_lower(bdf, true);
    }
    if (!clear || g->higher == best) {
        g->higher = growth_one_higher(bdf, true);
    }
}

/* Compare the growth at orders q-1, q, q+1; ties keep the order, then lower it. */
static void choose_order(cell_bdf *bdf)
{
    growths g = {growth_same(bdf, false), growth_one_lower(bdf, false),
                 growth_one_higher(bdf, false)};

    if (!surely_useless(largest(&g))) {
        make_exact(bdf, &g);
    }
    double best = largest(&g);
    bdf->next_q = bdf->q;
    if (best < WORTH_IT) {
        bdf->eta = 1.0;
    } else if (best == g.same) {
        bdf->eta = g.same;
    } else if (best == g.lower) {
        bdf->eta = g.lower;
        bdf->next_q = bdf->q - 1;
    } else {
        bdf->eta = g.higher;
        bdf->next_q = bdf->q + 1;
        bdf->keep = true;
    }
}

void cell_bdf_choose(cell_bdf *bdf)
{
    if (bdf->eta_max == 1.0) {
        bdf->wait = bdf->wait > 2 ? bdf->wait : 2;
        bdf->next_q = bdf->q;
        bdf->next_h = bdf->h;
        bdf->eta = 1.0;
        return;
    }
    if (bdf->wait != 0) {
        bdf->eta = growth_same(bdf, false);
        if (!surely_useless(bdf->eta)) {
            bdf->eta = growth_same(bdf, true);
        }
        bdf->next_q = bdf->q;
    } else {
        bdf->wait = 2;
        choose_order(bdf);
    }
    if (bdf->eta < WORTH_IT) {
        bdf->eta = 1.0;
        bdf->next_h = bdf->h;
    } else {
        bdf->eta = bdf->eta < bdf->eta_max ? bdf->eta : bdf->eta_max;
        double limit = fabs(bdf->h) * CELL_MAX_STEP_INVERSE * bdf->eta;
        bdf->eta /= limit > 1.0 ? limit : 1.0;
        bdf->next_h = bdf->h * bdf->eta;
    }
}
