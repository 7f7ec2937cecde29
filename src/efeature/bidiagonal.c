/* Singular values of a bidiagonal 3 x 3 matrix by implicit QR steps (LAPACK's DBDSQR). */

#include "thin_svd.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { N = N_PARAMETERS, MOST_STEPS = 6 * N * N };

static const double epsilon = DBL_EPSILON / 2;

/* A plane rotation. */
typedef struct rotation {
    double c;
    double s;
} rotation;

/* The rotation that turns (f, g) into (r, 0). */
static rotation rotation_of(double f, double g, double *r)
{
    const double low = 0x1p-511; /* squares of less lose digits */
    const double high =
        0x1.6a09e667f3bcdp+510; /* sqrt(2^1021): squares of more overflow */
    rotation out = {1.0, 0.0};
    double u = 1.0;

    *r = f;
    if (g == 0.0) {
        return out;
    }
    if (f == 0.0) {
        *r = fabs(g);
        return (rotation){0.0, copysign(1.0, g)};
    }
    if (!(fabs(f) > low && fabs(f) < high && fabs(g) > low && fabs(g) < high)) {
        u = fmin(0x1p+1022, fmax(0x1p-1022, fmax(fabs(f), fabs(g))));
    }
    double d = sqrt((f / u) * (f / u) + (g / u) * (g / u));

    out.c = fabs(f / u) / d;
    *r = copysign(d, f);
    out.s = (g / u) / *r;
    *r *= u;
    return out;
}

/* x = c x + s y, y = c y - s x, fused as in DROT. */
static void rotate_fused(rotation by, double x[], double y[], int step)
{
    for (int i = 0; i < N * step; i += step) {
        double old = x[i];

        x[i] = fma(by.c, old, by.s * y[i]);
        y[i] = fma(by.c, y[i], -(by.s * old));
    }
}

/* The same, not fused, as in DLASR. */
static void rotate(rotation by, double x[], double y[], int step)
{
    if (by.c == 1.0 && by.s == 0.0) {
        return;
    }
    for (int i = 0; i < N * step; i += step) {
        double old = y[i];

        y[i] = by.c * old - by.s * x[i];
        x[i] = by.s * old + by.c * x[i];
    }
}

/* The smaller singular value of [f g; 0 h]. */
static double smaller_value(double f, double g, double h)
{
    double low = fmin(fabs(f), fabs(h));
    double high = fmax(fabs(f), fabs(h));
    double top = fabs(g);

    if (low == 0.0) {
        return 0.0;
    }
    double sum = 1.0 + low / high;
    double difference = (high - low) / high;

    if (top < high) {
        double a = (top / high) * (top / high);

        return low * (2.0 / (sqrt(sum * sum + a) + sqrt(difference * difference + a)));
    }
    double a = high / top;

    if (a == 0.0) {
        return (low * high) / top;
    }
    double p = sum * a;
    double q = difference * a;
    double c = 1.0 / (sqrt(1.0 + p * p) + sqrt(1.0 + q * q));
    double half = (low * c) * a;

    return half + half;
}

/* Singular values and vectors of [f g; 0 h]. */
typedef struct two_by_two {
    double smaller;
    double larger;
    rotation right;
    rotation left;
} two_by_two;

/* |f| >= |h| > 0 or so; the signs of the values are not yet right. */
static void solve_ordered(double f, double g, double h, two_by_two *out)
{
    double fa = fabs(f);
    double ha = fabs(h);
    double d = fa - ha;
    double l = d == fa ? 1.0 : d / fa;
    double m = g / f;
    double t = 2.0 - l;
    double mm = m * m;
    double s = sqrt(t * t + mm);
    double r = l == 0.0 ? fabs(m) : sqrt(l * l + mm);
    double a = 0.5 * (s + r);

    out->smaller = ha / a;
    out->larger = fa * a;
    if (mm != 0.0) {
        t = (m / (s + t) + m / (r + l)) * (1.0 + a);
    } else if (l == 0.0) {
        t = copysign(2.0, f) * copysign(1.0, g);
    } else {
        t = g / copysign(d, f) + m / t;
    }
    l = sqrt(t * t + 4.0);
    out->right.c = 2.0 / l;
    out->right.s = t / l;
    out->left.c = (out->right.c + out->right.s * m) / a;
    out->left.s = (h / f) * out->right.s / a;
}

static double sign_of(double x)
{
    return copysign(1.0, x);
}

static two_by_two solve_two(double f, double g, double h)
{
    bool swapped = fabs(h) > fabs(f);
    double big = swapped ? h : f;
    double small = swapped ? f : h;
    two_by_two out = {.smaller = fabs(small),
                      .larger = fabs(big),
                      .right = {1.0, 0.0},
                      .left = {1.0, 0.0}};
    bool g_largest = fabs(g) > fabs(big);
    double sign;

    if (g_largest && fabs(big) / fabs(g) < epsilon) {
        out.larger = fabs(g);
        out.smaller = fabs(small) > 1.0 ? fabs(big) / (fabs(g) / fabs(small))
                                        : (fabs(big) / fabs(g)) * fabs(small);
        out.left = (rotation){1.0, small / g};
        out.right = (rotation){big / g, 1.0};
    } else if (g != 0.0) {
        solve_ordered(big, g, small, &out);
    }
    if (swapped) {
        rotation left = out.left;

        out.left = (rotation){out.right.s, out.right.c};
        out.right = (rotation){left.s, left.c};
    }
    if (g_largest) {
        sign = sign_of(out.right.s) * sign_of(out.left.c) * sign_of(g);
    } else if (swapped) {
        sign = sign_of(out.right.s) * sign_of(out.left.s) * sign_of(h);
    } else {
        sign = sign_of(out.right.c) * sign_of(out.left.c) * sign_of(f);
    }
    out.larger = copysign(out.larger, sign);
    out.smaller = copysign(out.smaller, sign * sign_of(f) * sign_of(h));
    return out;
}

/* A QR step on the rows [low, high], from the top down, or from the bottom up, which is the
 * same with the elements in reverse order and left and right exchanged. */
typedef struct sweep {
    bidiagonal *b;
    int low;
    int high;
    bool down;
} sweep;

/* The diagonal and off-diagonal elements in the order of the sweep, from 0. */
static double *diagonal(const sweep *s, int i)
{
    return s->down ? &s->b->d[s->low + i] : &s->b->d[s->high - i];
}

static double *beside(const sweep *s, int i)
{
    return s->down ? &s->b->e[s->low + i] : &s->b->e[s->high - 1 - i];
}

/* Apply the rotations of the leading and of the trailing side of a sweep. */
static void turn_vectors(const sweep *s, int n, const rotation first[],
                         const rotation second[])
{
    bidiagonal *b = s->b;

    for (int i = 0; i < n; i++) {
        int row = s->down ? s->low + i : s->high - 1 - i;
        rotation right = first[i];
        rotation left = second[i];

        if (!s->down) {
            right = (rotation){second[i].c, -second[i].s};
            left = (rotation){first[i].c, -first[i].s};
        }
        rotate(right, &b->vt[0][row], &b->vt[0][row + 1], N);
        rotate(left, b->u[row], b->u[row + 1], 1);
    }
}

static void step_unshifted(const sweep *s)
{
    rotation first[N];
    rotation second[N];
    rotation by = {1.0, 0.0};
    rotation old = {1.0, 0.0};
    int n = s->high - s->low;
    double r;

    for (int i = 0; i < n; i++) {
        by = rotation_of(*diagonal(s, i) * by.c, *beside(s, i), &r);
        if (i > 0) {
            *beside(s, i - 1) = old.s * r;
        }
        old = rotation_of(old.c * r, *diagonal(s, i + 1) * by.s, diagonal(s, i));
        first[i] = by;
        second[i] = old;
    }
    double h = *diagonal(s, n) * by.c;

    *diagonal(s, n) = h * old.c;
    *beside(s, n - 1) = h * old.s;
    turn_vectors(s, n, first, second);
}

static void step_shifted(const sweep *s, double shift)
{
    rotation first[N];
    rotation second[N];
    int n = s->high - s->low;
    double r;
    double start = *diagonal(s, 0);
    double f = (fabs(start) - shift) * (sign_of(start) + shift / start);
    double g = *beside(s, 0);

    for (int i = 0; i < n; i++) {
        double *d = diagonal(s, i);
        double *next = diagonal(s, i + 1);
        double *e = beside(s, i);

        first[i] = rotation_of(f, g, &r);
        if (i > 0) {
            *beside(s, i - 1) = r;
        }
        f = first[i].c * *d + first[i].s * *e;
        *e = first[i].c * *e - first[i].s * *d;
        g = first[i].s * *next;
        *next = first[i].c * *next;
        second[i] = rotation_of(f, g, d);
        f = second[i].c * *e + second[i].s * *next;
        *next = second[i].c * *next - second[i].s * *e;
        if (i < n - 1) {
            g = second[i].s * *beside(s, i + 1);
            *beside(s, i + 1) = second[i].c * *beside(s, i + 1);
        }
    }
    *beside(s, n - 1) = f;
    turn_vectors(s, n, first, second);
}

/* Set an element that is negligible to 0, going along the sweep; true if there is one. */
static bool split(const sweep *s, double tolerance, double *smallest)
{
    int n = s->high - s->low;
    double mu = fabs(*diagonal(s, 0));

    if (fabs(*beside(s, n - 1)) <= tolerance * fabs(*diagonal(s, n))) {
        *beside(s, n - 1) = 0.0;
        return true;
    }
    *smallest = mu;
    for (int i = 0; i < n; i++) {
        if (fabs(*beside(s, i)) <= tolerance * mu) {
            *beside(s, i) = 0.0;
            return true;
        }
        mu = fabs(*diagonal(s, i + 1)) * (mu / (mu + fabs(*beside(s, i))));
        *smallest = fmin(*smallest, mu);
    }
    return false;
}

/* Estimate of the smallest singular value, over sqrt(N). */
static double threshold_of(const bidiagonal *b, double tolerance)
{
    double mu = fabs(b->d[0]);
    double least = mu;

    for (int i = 1; i < N && least != 0.0; i++) {
        mu = fabs(b->d[i]) * (mu / (mu + fabs(b->e[i - 1])));
        least = fmin(least, mu);
    }
    return fmax(tolerance * (least / sqrt((double)N)), 6 * (N * (N * 0x1p-1022)));
}

/* The block above `high` that is not split yet: its first row, or `high` itself. */
static int block_start(bidiagonal *b, int high, double threshold, double *largest)
{
    *largest = fabs(b->d[high]);
    for (int low = high - 1; low >= 0; low--) {
        if (fabs(b->e[low]) <= threshold) {
            b->e[low] = 0.0;
            return low + 1;
        }
        *largest = fmax(*largest, fmax(fabs(b->d[low]), fabs(b->e[low])));
    }
    return 0;
}

static void solve_block_of_two(bidiagonal *b, int low)
{
    two_by_two two = solve_two(b->d[low], b->e[low], b->d[low + 1]);

    b->d[low] = two.larger;
    b->e[low] = 0.0;
    b->d[low + 1] = two.smaller;
    rotate_fused(two.right, &b->vt[0][low], &b->vt[0][low + 1], N);
    rotate_fused(two.left, b->u[low], b->u[low + 1], 1);
}

static double shift_of(const sweep *s, double tolerance, double smallest,
                       double largest)
{
    const bidiagonal *b = s->b;

    if (N * tolerance * (smallest / largest) <= fmax(epsilon, 0.01 * tolerance)) {
        return 0.0;
    }
    int corner = s->down ? s->high - 1 : s->low;
    double shift = smaller_value(b->d[corner], b->e[corner], b->d[corner + 1]);
    double start = fabs(*diagonal(s, 0));
    double ratio = shift / start;

    return start > 0.0 && ratio * ratio < epsilon ? 0.0 : shift;
}

static void swap(double *x, double *y, int step)
{
    for (int i = 0; i < N * step; i += step) {
        double old = x[i];

        x[i] = y[i];
        y[i] = old;
    }
}

/* Positive and descending. */
static void order_values(bidiagonal *b)
{
    for (int i = 0; i < N; i++) {
        if (b->d[i] < 0.0) {
            b->d[i] = -b->d[i];
            for (int k = 0; k < N; k++) {
                b->vt[k][i] = -b->vt[k][i];
            }
        }
    }
    for (int last = N - 1; last > 0; last--) {
        int least = 0;

        for (int i = 1; i <= last; i++) {
            if (b->d[i] <= b->d[least]) {
                least = i;
            }
        }
        if (least != last) {
            double d = b->d[least];

            b->d[least] = b->d[last];
            b->d[last] = d;
            swap(&b->vt[0][least], &b->vt[0][last], N);
            swap(b->u[least], b->u[last], 1);
        }
    }
}

bool bidiagonal_svd(bidiagonal *b)
{
    double tolerance = fmax(10.0, fmin(100.0, pow(epsilon, -0.125))) * epsilon;
    double threshold = threshold_of(b, tolerance);
    sweep s = {.b = b};
    int old_low = -1;
    int old_high = -1;
    int high = N - 1;

    memset(b->u, 0, sizeof b->u);
    memset(b->vt, 0, sizeof b->vt);
    for (int i = 0; i < N; i++) {
        b->u[i][i] = b->vt[i][i] = 1.0;
    }
    for (int n_steps = 0; high > 0; n_steps++) {
        double largest;
        double smallest;
        int low = block_start(b, high, threshold, &largest);

        if (n_steps > MOST_STEPS) {
            return false;
        }
        if (high - low < 2) {
            if (low < high) {
                solve_block_of_two(b, low);
            }
            high = low - 1;
            continue;
        }
        if (low > old_high || high < old_low) {
            s.down = fabs(b->d[low]) >= fabs(b->d[high]);
        }
        s.low = low;
        s.high = high;
        if (split(&s, tolerance, &smallest)) {
            continue;
        }
        old_low = low;
        old_high = high;
        double shift = shift_of(&s, tolerance, smallest, largest);

        if (shift == 0.0) {
            step_unshifted(&s);
        } else {
            step_shifted(&s, shift);
        }
        if (fabs(*beside(&s, high - low - 1)) <= threshold) {
            *beside(&s, high - low - 1) = 0.0;
        }
    }
    order_values(b);
    return true;
}
