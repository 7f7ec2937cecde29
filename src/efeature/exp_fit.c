/* Time constants of ion-channel traces: a least-squares fit of A0 + A1 exp(-t / tau). */

#include "efeature_priv.h"
#include "trust_region.h"

#include <math.h>
#include <string.h>

/* Parameters in this order. */
enum { TAU, A0, A1 };

/* Samples per exp() of a regularly sampled trace. */
enum { BLOCK = 64 };

/* Beyond this many time constants exp() counts as 0. */
static const double far_away = 50.0;

typedef struct exponential {
    ptrdiff_t n;
    const double *t;              /* [n] ms, from 0 */
    const double *v;              /* [n] */
    double step;                  /* mean of the steps of t */
    bool regular;                 /* the steps differ by no more than rounding */
    double *e;                    /* [n] exp(-t / tau) of the latest cost */
    double *f;                    /* [n] residuals of the latest cost */
    double *column[N_PARAMETERS]; /* [n] of the Jacobian */
} exponential;

/* A sum in four parts, so that additions overlap. */
typedef struct parts {
    double part[4];
} parts;

static double total(const parts *sum)
{
    return (sum->part[0] + sum->part[1]) + (sum->part[2] + sum->part[3]);
}

/* Scalar product of x[n] and y[n]. */
static double product(ptrdiff_t n, const double x[], const double y[])
{
    parts sum = {{0.0, 0.0, 0.0, 0.0}};
    ptrdiff_t i = 0;

    for (; i + 4 <= n; i += 4) {
        for (int k = 0; k < 4; k++) {
            sum.part[k] += x[i + k] * y[i + k];
        }
    }
    for (; i < n; i++) {
        sum.part[0] += x[i] * y[i];
    }
    return total(&sum);
}

/* The work space is kept in the trace for the next fit. */
static bool prepare(mec_efeature_trace *trace, exponential *fit, const double t[])
{
    ptrdiff_t n = fit->n;

    if (trace->n_fit < n) {
        trace->n_fit = n;
        trace->fit_work = new_reals(trace, (3 + N_PARAMETERS) * n);
        if (trace->fit_work == NULL) {
            trace->n_fit = 0;
            return false;
        }
    }
    double *from_zero = trace->fit_work;

    fit->e = from_zero + n;
    fit->f = from_zero + 2 * n;
    for (int k = 0; k < N_PARAMETERS; k++) {
        fit->column[k] = from_zero + (3 + k) * n;
    }
    for (ptrdiff_t i = 0; i < n; i++) {
        from_zero[i] = t[i] - t[0];
    }
    fit->t = from_zero;
    fit->step = n > 1 ? fit->t[n - 1] / (double)(n - 1) : 0.0;
    fit->regular = true;
    for (ptrdiff_t i = 1; i < n; i++) {
        fit->regular &= fabs(fit->t[i] - (double)i * fit->step) <= 1e-7 * fit->step;
    }
    return true;
}

/* The first sample so far away that exp(-t / tau) vanishes. */
static ptrdiff_t first_far(const exponential *fit, double tau)
{
    ptrdiff_t begin = 0;
    ptrdiff_t end = fit->n;

    while (begin < end) {
        ptrdiff_t middle = begin + (end - begin) / 2;

        if (fit->t[middle] > far_away * tau) {
            end = middle;
        } else {
            begin = middle + 1;
        }
    }
    return end;
}

/* A number as the sum of its leading 26 bits, so that products of two such are exact, and
 * the rest (Veltkamp). */
typedef struct split {
    double high;
    double low;
} split;

static split split_of(long double x)
{
    double big = 134217729.0 * (double)x; /* 2^27 + 1 */
    split out;

    out.high = big - (big - (double)x);
    out.low = (double)(x - out.high);
    return out;
}

/* exp() at multiples of the mean step. */
typedef struct exp_table {
    double argument[BLOCK];
    double high[BLOCK]; /* the parts of split_of() */
    double low[BLOCK];
    double sum[BLOCK];
} exp_table;

/* e[i] = exp(-t[i] / tau) of one block. */
static void fill_block(ptrdiff_t n, const double t[], double tau,
                       const exp_table *table, double e[])
{
    double start = -t[0] / tau;
    split first = split_of(expl(start));

    for (ptrdiff_t k = 0; k < n; k++) {
        double off = (-t[k] / tau - start) - table->argument[k];
        double correction = first.high * table->low[k] + first.low * table->sum[k] +
                            first.high * table->sum[k] * off;

        e[k] = first.high * table->high[k] + correction;
    }
}

/* e[i] = exp(-t[i] / tau). In a regular trace a block needs one exponential: the others
 * are that times a table of the mean step, corrected for the rounding of each sample's
 * time. The results are correctly rounded as a rule, which matters because differences of
 * them over tiny steps follow. Returns the number of samples before e vanishes. */
static ptrdiff_t fill_exp(const exponential *fit, double tau, double e[])
{
    ptrdiff_t n = first_far(fit, tau);
    exp_table table;

    for (ptrdiff_t i = n; i < fit->n; i++) {
        e[i] = 0.0;
    }
    if (!fit->regular || fit->step > tau || n < 4 * BLOCK) {
        for (ptrdiff_t i = 0; i < n; i++) {
            e[i] = exp(-fit->t[i] / tau);
        }
        return n;
    }
    for (int k = 0; k < BLOCK; k++) {
        table.argument[k] = -(k * fit->step) / tau;
        split power = split_of(expl(table.argument[k]));

        table.high[k] = power.high;
        table.low[k] = power.low;
        table.sum[k] = power.high + power.low;
    }
    for (ptrdiff_t i = 0; i < n; i += BLOCK) {
        fill_block(n - i < BLOCK ? n - i : BLOCK, fit->t + i, tau, &table, e + i);
    }
    return n;
}

static double cost(void *arg, const double x[N_PARAMETERS])
{
    exponential *fit = arg;

    (void)fill_exp(fit, x[TAU], fit->e);
    for (ptrdiff_t i = 0; i < fit->n; i++) {
        fit->f[i] = (x[A0] + x[A1] * fit->e[i]) - fit->v[i];
    }
    return 0.5 * product(fit->n, fit->f, fit->f);
}

/* The step that scipy takes for a forward difference, as rounded when added to x. */
static double forward_step(double x, double *moved)
{
    double h = sqrt(2.220446049250313e-16) * (x >= 0 ? 1.0 : -1.0) * fmax(1.0, fabs(x));

    *moved = x + h;
    return *moved - x;
}

/* Forward differences of the residuals. Their rounding errors are not small, and the
 * result of a fit that is hardly determined depends on them. Returns the number of samples
 * before the derivatives by tau and A1 vanish. */
static ptrdiff_t differentiate(const exponential *fit, const double x[N_PARAMETERS])
{
    double tau;
    double a0;
    double a1;
    double per_tau = 1 / forward_step(x[TAU], &tau);
    double per_a0 = 1 / forward_step(x[A0], &a0);
    double per_a1 = 1 / forward_step(x[A1], &a1);
    double *d_tau = fit->column[TAU];
    double *d_a0 = fit->column[A0];
    double *d_a1 = fit->column[A1];

    /* e of x ends before that of x + h */
    ptrdiff_t n_near = fill_exp(fit, tau, d_tau);

    for (ptrdiff_t i = 0; i < n_near; i++) {
        double v = fit->v[i];
        double e = fit->e[i];
        double f = fit->f[i];

        d_tau[i] = (((x[A0] + x[A1] * d_tau[i]) - v) - f) * per_tau;
        d_a0[i] = (((a0 + x[A1] * e) - v) - f) * per_a0;
        d_a1[i] = (((x[A0] + a1 * e) - v) - f) * per_a1;
    }
    for (ptrdiff_t i = n_near; i < fit->n; i++) {
        d_a0[i] = ((a0 - fit->v[i]) - fit->f[i]) * per_a0;
    }
    return n_near;
}

/* Gram-Schmidt in the order A1, tau, A0, f. The first two columns end where e vanishes,
 * and so does all that is done with them. f itself takes part, so that Q'f is accurate. */
static void linearise(void *arg, const double x[N_PARAMETERS], linearised *out)
{
    enum { F = N_PARAMETERS, N_COLUMNS };
    static const int parameter[] = {A1, TAU, A0};
    exponential *fit = arg;
    ptrdiff_t n_near = differentiate(fit, x);
    const ptrdiff_t n_rows[] = {n_near, n_near, fit->n};
    /* e is not needed any more: it becomes f without its parts along the columns. */
    double *column[N_COLUMNS] = {fit->column[A1], fit->column[TAU], fit->column[A0],
                                 fit->e};

    memcpy(fit->e, fit->f, (size_t)fit->n * sizeof *fit->e);
    for (int row = 0; row < N_PARAMETERS; row++) {
        out->g[parameter[row]] = product(n_rows[row], fit->f, column[row]);
    }
    for (int row = 0; row < N_PARAMETERS; row++) {
        const double *y = column[row];
        /* No more directions than samples: what is left is rounding. */
        double square = row < fit->n ? product(n_rows[row], y, y) : 0.0;
        double length = sqrt(square);

        for (int c = 0; c < N_PARAMETERS; c++) {
            out->r[row][parameter[c]] = c == row ? length : 0.0;
        }
        out->qf[row] = 0.0;
        for (int c = row + 1; c < N_COLUMNS && length > 0.0; c++) {
            double along = product(n_rows[row], y, column[c]);

            for (ptrdiff_t i = 0; i < n_rows[row] && row < F - 1; i++) {
                column[c][i] -= along / square * y[i];
            }
            *(c == F ? &out->qf[row] : &out->r[row][parameter[c]]) = along / length;
        }
    }
}

/* Fit samples [begin, end) from (1 ms, a0, a1); a1 keeps its sign. NaN where scipy finds
 * no fit. */
static double fitted_tau(session *s, const double t[], const double v[],
                         ptrdiff_t begin, ptrdiff_t end, double a0, double a1,
                         bool rising)
{
    mec_efeature_trace *trace = s->now->trace;
    ptrdiff_t n = end - begin;
    exponential fit = {.n = n, .v = v + begin};
    double x[N_PARAMETERS] = {[TAU] = 1.0, [A0] = a0, [A1] = a1};
    least_squares problem = {
        .n = n,
        .arg = &fit,
        .cost = cost,
        .linearise = linearise,
        .lower = {0.0, -INFINITY, rising ? -INFINITY : 0.0},
        .upper = {INFINITY, INFINITY, rising ? 0.0 : INFINITY},
    };

    return prepare(trace, &fit, t + begin) && least_squares_solve(&problem, x)
               ? fabs(x[TAU])
               : NAN;
}

static void give_tau(session *s, double tau, value *out)
{
    if (isnan(tau)) {
        give_missing(out, "no exponential fits");
        return;
    }
    give_real(s->now->trace, out, tau);
}

/* The interpolated trace and the samples of the stimulus. */
typedef struct interval {
    const double *v;
    const double *t;
    ptrdiff_t begin;
    ptrdiff_t end;
} interval;

static bool stimulus_interval(session *s, interval *in, value *out)
{
    const value *v = session_get(s, F_voltage);
    const value *t = session_get(s, F_time);

    if (v == NULL || t == NULL) {
        give_missing(out, "no interpolated trace");
        return false;
    }
    in->v = v->real;
    in->t = t->real;
    in->begin = level_at(s->now, session_setting(s, S_stim_start));
    in->end = level_at(s->now, session_setting(s, S_stim_end));
    if (in->begin >= in->end) {
        give_missing(out,
                     "eFEL raises IndexError or ValueError: no sample in the stimulus");
        return false;
    }
    return true;
}

/* From the lowest to the highest voltage of the stimulus, the former before the latter. */
void feature_activation_time_constant(session *s, value *out)
{
    interval in;

    if (!stimulus_interval(s, &in, out)) {
        return;
    }
    ptrdiff_t top = first_max(in.v, in.begin, in.end);
    ptrdiff_t low = first_min(in.v, in.begin, top + 1);
    double duration = in.t[top] - in.t[low];

    if (duration == 0) {
        give_real(s->now->trace, out, 0.0);
        return;
    }
    double tau =
        fitted_tau(s, in.t, in.v, low, top + 1, in.v[top], in.v[low] - in.v[top], true);

    give_tau(s, tau > 10 * duration ? duration : tau, out);
}

void feature_deactivation_time_constant(session *s, value *out)
{
    interval in;

    if (!stimulus_interval(s, &in, out)) {
        return;
    }
    double first = in.v[in.begin];
    double last = in.v[in.end - 1];

    give_tau(s,
             fitted_tau(s, in.t, in.v, in.begin, in.end, last,
                        first - last > 0 ? first - last : 0.0, false),
             out);
}

/* From the highest voltage to inactivation_tc_end_skip samples before the stimulus end. */
void feature_inactivation_time_constant(session *s, value *out)
{
    ptrdiff_t skip = (ptrdiff_t)session_setting(s, S_inactivation_tc_end_skip);
    interval in;

    if (!stimulus_interval(s, &in, out)) {
        return;
    }
    ptrdiff_t end = in.end - skip;

    /* As Python slices: a negative end counts from the end of the trace. */
    if (end < 0) {
        end = end + s->now->n > 0 ? end + s->now->n : 0;
    }
    if (end > s->now->n) {
        end = s->now->n;
    }
    if (end <= in.begin) {
        give_missing(out, "eFEL raises ValueError: no sample in the stimulus");
        return;
    }
    ptrdiff_t top = first_max(in.v, in.begin, end);

    give_tau(s,
             fitted_tau(s, in.t, in.v, top, end, in.v[end - 1],
                        in.v[top] - in.v[end - 1], false),
             out);
}
