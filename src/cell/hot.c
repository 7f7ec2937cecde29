/* Inner loops; see hot.h. CELL_HOT_TABLE names the table that this compilation makes. */

#include "hot.h"
#include "log_table.h"

#include <math.h>
#include <string.h>

#ifndef CELL_HOT_TABLE
#define CELL_HOT_TABLE cell_hot_baseline
#endif

/* Doubles in a register; every vector has a multiple of 8. */
#if defined(__AVX512F__)
enum { LANES = 8 };
#elif defined(__AVX__)
enum { LANES = 4 };
#else
enum { LANES = 2 };
#endif

typedef double lanes __attribute__((vector_size(LANES * sizeof(double))));
typedef double quad __attribute__((vector_size(4 * sizeof(double))));

static void axial(const cell_axial *tree, const double *v, double *rhs)
{
    const int32_t n = tree->n;
    const double *restrict own = v + tree->pad_zero;
    const double *restrict b = tree->b;
    const double *restrict a = tree->a_child;
    double *restrict parent = tree->v_parent;
    double *restrict child = tree->v_child;
    double *restrict out = rhs + tree->pad_zero;

    memcpy(parent + 1, own, (size_t)(n - 1) * sizeof *parent);
    memcpy(child, own + 1, (size_t)(n - 1) * sizeof *child);
    for (int32_t i = 0; i < tree->n_parent_fix; i++) {
        parent[tree->parent_fix[i].segment] = v[tree->parent_fix[i].node];
    }
    for (int32_t i = 0; i < tree->n_child_fix; i++) {
        child[tree->child_fix[i].segment] = v[tree->child_fix[i].node];
    }
    for (int32_t k = 0; k < n; k++) {
        double r = out[k] - b[k] * (parent[k] - own[k]);

        out[k] = r + a[k] * (own[k] - child[k]);
    }
    for (int32_t i = 0; i < tree->n_link; i++) {
        const cell_link *link = &tree->link[i];

        rhs[link->parent] += link->a * (v[link->parent] - v[link->child]);
    }
}

static void end_axial(const cell_ends *ends, const double *v, double *rhs)
{
    for (int32_t k = 0; k < ends->n; k++) {
        rhs[k] -= ends->b[k] * (v[ends->parent[k]] - v[k]);
    }
    for (int32_t r = 0; r < ends->n_rank; r++) {
        for (int32_t k = 0; k < ends->n_child[r]; k++) {
            rhs[k] += ends->a[r][k] * (v[k] - v[ends->child[r][k]]);
        }
    }
}

static void end_voltages(const cell_ends *ends, double *v)
{
    const int32_t *restrict parent = ends->parent;
    const double *restrict b = ends->b;
    const double *restrict d = ends->d;

    for (int32_t k = 0; k < ends->n; k++) {
        v[k] = 0.0 - b[k] * v[parent[k]];
    }
    for (int32_t r = 0; r < ends->n_rank; r++) {
        const int32_t *restrict child = ends->child[r];
        const double *restrict a = ends->a[r];

        for (int32_t k = 0; k < ends->n_child[r]; k++) {
            v[k] -= a[k] * v[child[k]];
        }
    }
    for (int32_t k = 0; k < ends->n; k++) {
        v[k] /= d[k];
    }
}

static void diagonal(const cell_axial *tree, double cfac, int fold,
                     const double *restrict g, double *restrict d)
{
    const double *restrict own_g = g + tree->pad_zero;
    const double *restrict cm = tree->cm;
    const double *restrict b = tree->b;
    const double *restrict a = tree->a_child;
    const double *restrict leaf = tree->leaf;
    double *restrict own = d + tree->pad_zero;

    for (int32_t k = 0; k < tree->n; k++) {
        own[k] = own_g[k] + cfac * cm[k] - b[k] - a[k];
    }
    for (int32_t i = 0; i < tree->n_link; i++) {
        d[tree->link[i].parent] -= tree->link[i].a;
    }
    for (int32_t k = 0; fold && k < tree->n; k++) {
        own[k] -= leaf[k];
    }
}

/* Subtract what the children of the node at position i contribute. */
static inline void pull(const cell_schedule *s, int32_t i, int32_t own, double *d,
                        double *rhs)
{
    for (int32_t k = 0; k < s->n_child[i]; k++) {
        int32_t c = s->child[s->first_child[i] + k];

        d[own] -= s->factor[c] * s->down_b[c];
        rhs[own] -= s->factor[c] * rhs[s->down[c]];
    }
}

/* The same for a node of a chain, which has one child; returns the diagonal. */
static inline double pull_one(const cell_schedule *s, int32_t i, double *restrict d,
                              double *restrict rhs)
{
    double f = s->factor[s->only[i]];
    int32_t own = s->down[i];
    double pivot = d[own] - f * s->only_b[i];

    d[own] = pivot;
    rhs[own] -= f * rhs[s->only_slot[i]];
    return pivot;
}

/* factor := a/d of the chain nodes from position i to `end`, after pulling if asked. */
static inline __attribute__((always_inline)) void
divide_chain(const cell_schedule *s, const int pulling, int32_t i, int32_t end,
             double *restrict d, double *restrict rhs)
{
    double *restrict factor = s->factor;

    for (; i + 4 <= end; i += 4) {
        quad pivot, a;

        for (int k = 0; k < 4; k++) {
            pivot[k] = pulling ? pull_one(s, i + k, d, rhs) : d[s->down[i + k]];
        }
        memcpy(&a, s->down_a + i, sizeof a);
        a /= pivot;
        memcpy(factor + i, &a, sizeof a);
    }
    for (; i < end; i++) {
        double pivot = pulling ? pull_one(s, i, d, rhs) : d[s->down[i]];

        factor[i] = s->down_a[i] / pivot;
    }
}

static void eliminate(const cell_schedule *s, double *d, double *rhs)
{
    int32_t i = s->n_down_level > 0 ? s->down_level[0].n_chain : 0;

    divide_chain(s, 0, 0, i, d, rhs);
    for (int32_t level = 1; level < s->n_down_level; level++) {
        int32_t chain = i + s->down_level[level].n_branch;
        int32_t end = chain + s->down_level[level].n_chain;

        for (; i < chain; i++) {
            pull(s, i, s->down[i], d, rhs);
            s->factor[i] = s->down_a[i] / d[s->down[i]];
        }
        divide_chain(s, 1, chain, end, d, rhs);
        i = end;
    }
    pull(s, s->n_down, s->root, d, rhs);
}

static inline double numerator(const cell_schedule *s, int32_t i, const double *rhs)
{
    return rhs[s->up[i]] - s->up_b[i] * rhs[s->up_parent[i]];
}

static void hines(const cell_schedule *s, double *d, double *rhs)
{
    int32_t i = 0;

    eliminate(s, d, rhs);
    rhs[s->root] /= d[s->root];
    for (int32_t level = 0; level < s->n_up_level; level++) {
        int32_t end = i + s->up_level[level].n_chain;

        for (; i + 4 <= end; i += 4) {
            const int32_t *own = s->up + i;
            quad x = {numerator(s, i, rhs), numerator(s, i + 1, rhs),
                      numerator(s, i + 2, rhs), numerator(s, i + 3, rhs)};

            x /= (quad){d[own[0]], d[own[1]], d[own[2]], d[own[3]]};
            for (int k = 0; k < 4; k++) {
                rhs[own[k]] = x[k];
            }
        }
        for (; i < end; i++) {
            rhs[s->up[i]] = numerator(s, i, rhs) / d[s->up[i]];
        }
    }
}

static void v_derivative(const cell_axial *tree, double *restrict f)
{
    const double *restrict cm_milli = tree->cm_milli;

    for (int32_t k = 0; k < tree->n; k++) {
        f[k] /= cm_milli[k];
    }
}

static void v_residual(const cell_axial *tree, double gamma, double rl1, double cfac,
                       const double *restrict z1, const double *restrict acor,
                       double *restrict f)
{
    const double *restrict cm_milli = tree->cm_milli;
    const double *restrict cm = tree->cm;

    for (int32_t k = 0; k < tree->n; k++) {
        double old = acor != NULL ? acor[k] : 0.0;
        double r = gamma * (f[k] / cm_milli[k]) - (rl1 * z1[k] + old);

        f[k] = r * (cfac * cm[k]);
    }
}

static void residual(int32_t n, double gamma, double rl1, const double *restrict z1,
                     const double *restrict acor, double *restrict f)
{
    if (acor == NULL) {
        for (int32_t k = 0; k < n; k++) {
            f[k] = gamma * f[k] - rl1 * z1[k];
        }
        return;
    }
    for (int32_t k = 0; k < n; k++) {
        f[k] = gamma * f[k] - (rl1 * z1[k] + acor[k]);
    }
}

static double total(const lanes *sum)
{
    double all = 0.0;

    for (int i = 0; i < LANES; i++) {
        all += (*sum)[i];
    }
    return all;
}

static void correct(int32_t n, int first, const double *x, const double *z0,
                    const double *w, double *acor, double *y, double sum[2])
{
    const lanes *x8 = (const lanes *)x, *w8 = (const lanes *)w;
    const lanes *z8 = (const lanes *)(first ? y : z0);
    lanes *acor8 = (lanes *)acor, *y8 = (lanes *)y;
    lanes step = {0.0}, whole = {0.0};

    for (int32_t k = 0; k < n / LANES; k++) {
        lanes term = x8[k];
        lanes correction = first ? term : acor8[k] + term;
        lanes all = correction;

        acor8[k] = correction;
        y8[k] = z8[k] + correction;
        if (w8 != NULL) {
            term *= w8[k];
            all *= w8[k];
        }
        step += term * term;
        whole += all * all;
    }
    sum[0] += total(&step);
    sum[1] += total(&whole);
}

static void scale(int32_t n, double a, double *x)
{
    for (int32_t k = 0; k < n; k++) {
        x[k] *= a;
    }
}

static void add_scaled(int32_t n, double a, const double *restrict x,
                       double *restrict y)
{
    for (int32_t k = 0; k < n; k++) {
        y[k] += a * x[k];
    }
}

static double blend(int32_t n, double a, const double *x, const double *y,
                    const double *w, double *out)
{
    const lanes *x8 = (const lanes *)x, *y8 = (const lanes *)y, *w8 = (const lanes *)w;
    lanes *out8 = (lanes *)out;
    lanes sum = {0.0};

    for (int32_t k = 0; k < n / LANES; k++) {
        lanes value = a * x8[k] + y8[k];

        if (out8 != NULL) {
            out8[k] = value;
        }
        if (w8 != NULL) {
            value *= w8[k];
        }
        sum += value * value;
    }
    return total(&sum);
}

#if defined(__FMA__) && defined(__AVX__)

typedef double pair __attribute__((vector_size(2 * sizeof(double))));

/* Both numbers of a table entry come with one load; shuffles put them in place, because
 * going through memory one by one would stall the vector load that follows. */
static inline void look_up(const int64_t offset[LANES], double inverse[LANES],
                           double log_c[LANES])
{
    pair entry[LANES];

    for (int i = 0; i < LANES; i++) {
        entry[i] = *(const pair *)LOG_TABLE[offset[i] >> 45 & 127];
    }
#if defined(__AVX512F__)
    *(lanes *)inverse = (lanes){entry[0][0], entry[1][0], entry[2][0], entry[3][0],
                                entry[4][0], entry[5][0], entry[6][0], entry[7][0]};
    *(lanes *)log_c = (lanes){entry[0][1], entry[1][1], entry[2][1], entry[3][1],
                              entry[4][1], entry[5][1], entry[6][1], entry[7][1]};
#else
    *(lanes *)inverse = (lanes){entry[0][0], entry[1][0], entry[2][0], entry[3][0]};
    *(lanes *)log_c = (lanes){entry[0][1], entry[1][1], entry[2][1], entry[3][1]};
#endif
}

/* log(x) for LANES positive normal x that are not near 1, with the operations of glibc
 * 2.28 and later on a host with FMA, so that all bits agree (SOLVER.md 7.5). */
static inline void log_lanes(const double x[LANES], double out[LANES])
{
    static const double A[5] = {-0x1.0000000000001p-1, 0x1.555555551305bp-2,
                                -0x1.fffffffeb459p-3, 0x1.999b324f10111p-3,
                                -0x1.55575e506c89fp-3};
    static const double LN2_HIGH = 0x1.62e42fefa3800p-1,
                        LN2_LOW = 0x1.ef35793c76730p-45;
    int64_t bits[LANES], offset[LANES], z_bits[LANES];
    double z[LANES];
    _Alignas(lanes) double inverse[LANES], log_c[LANES];

    memcpy(bits, x, sizeof bits);
    for (int i = 0; i < LANES; i++) {
        offset[i] = bits[i] - 0x3fe6000000000000;
        z_bits[i] = bits[i] - (offset[i] & (int64_t)0xfff0000000000000u);
    }
    memcpy(z, z_bits, sizeof z);
    look_up(offset, inverse, log_c);
    for (int i = 0; i < LANES; i++) {
        double exponent = (double)(offset[i] >> 52);
        double r = fma(z[i], inverse[i], -1.0);
        double w = fma(exponent, LN2_HIGH, log_c[i]);
        double high = w + r;
        double low = fma(exponent, LN2_LOW, w - high + r);
        double r2 = r * r;
        double p = fma(r2, fma(r, A[4], A[3]), fma(r, A[2], A[1]));

        out[i] = fma(r * r2, p, fma(r2, A[0], low)) + high;
    }
}

/* log(e) in place, all plain. */
static void log_all(int32_t n, double factor, double *restrict e)
{
    int32_t k = 0;

    for (; k + LANES <= n; k += LANES) {
        double value[LANES];

        log_lanes(e + k, value);
        for (int i = 0; i < LANES; i++) {
            e[k + i] = factor * value[i];
        }
    }
    for (; k < n; k++) {
        e[k] = factor * log(e[k]);
    }
}

#else

static void log_all(int32_t n, double factor, double *restrict e)
{
    for (int32_t k = 0; k < n; k++) {
        e[k] = factor * log(e[k]);
    }
}

#endif

/* Are the concentrations positive, their ratios normal, finite and outside the interval
 * around 1 that log treats apart? */
static int nernst(int32_t n, double factor, const double *restrict ci,
                  const double *restrict co, double *restrict e)
{
    int64_t odd = 0;

    for (int32_t k = 0; k < n; k++) {
        double ratio = co[k] / ci[k];

        odd |= (int64_t) !(ci[k] > 0.0) | (int64_t) !(co[k] > 0.0) |
               (int64_t) !(ratio >= 0x1p-1022) |
               (int64_t) !(ratio <= 0x1.fffffffffffffp1023) |
               (int64_t)(fabs(ratio - 1.0) < 0.125);
        e[k] = ratio;
    }
    if (odd) {
        return 0;
    }
    log_all(n, factor, e);
    return 1;
}

static int add_solution(int32_t n, double factor, const double *restrict rhs,
                        double *restrict v)
{
    int bad = 0;

    for (int32_t k = 0; k < n; k++) {
        v[k] += factor * rhs[k];
        bad |= !(fabs(v[k]) <= 0x1.fffffffffffffp1023);
    }
    return !bad;
}

/* The loop of advance() for a fixed order, which the compiler unrolls. */
static inline __attribute__((always_inline)) void
advance_order(int32_t n, const int q, const double l[], const double factor[],
              const double *acor, double *const history[], double *y)
{
    const lanes *acor8 = (const lanes *)acor;
    lanes *y8 = (lanes *)y;
    lanes *z8[6];

    for (int j = 0; j <= q; j++) {
        z8[j] = (lanes *)history[j];
    }
    for (int32_t i = 0; i < n / LANES; i++) {
        lanes z[6];

        for (int j = 0; j <= q; j++) {
            z[j] = (z8[j][i] + l[j] * acor8[i]) * factor[j];
        }
        for (int k = 1; k <= q; k++) {
            for (int j = q; j >= k; j--) {
                z[j - 1] += z[j];
            }
        }
        for (int j = 0; j <= q; j++) {
            z8[j][i] = z[j];
        }
        y8[i] = z[0];
    }
}

static void advance(int32_t n, int q, const double l[], const double factor[],
                    const double *acor, double *const history[], double *y)
{
    switch (q) {
    case 1:
        advance_order(n, 1, l, factor, acor, history, y);
        break;
    case 2:
        advance_order(n, 2, l, factor, acor, history, y);
        break;
    case 3:
        advance_order(n, 3, l, factor, acor, history, y);
        break;
    case 4:
        advance_order(n, 4, l, factor, acor, history, y);
        break;
    default:
        advance_order(n, 5, l, factor, acor, history, y);
        break;
    }
}

const cell_hot CELL_HOT_TABLE = {.axial = axial,
                                 .end_axial = end_axial,
                                 .end_voltages = end_voltages,
                                 .diagonal = diagonal,
                                 .hines = hines,
                                 .v_derivative = v_derivative,
                                 .v_residual = v_residual,
                                 .residual = residual,
                                 .correct = correct,
                                 .nernst = nernst,
                                 .add_solution = add_solution,
                                 .scale = scale,
                                 .add_scaled = add_scaled,
                                 .blend = blend,
                                 .advance = advance};
