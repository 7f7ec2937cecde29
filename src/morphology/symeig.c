/* Eigenvectors of a symmetric 3 x 3 matrix, signs included.
 *
 * NEURON 8.2 uses the Meschach library: Householder reflections to tridiagonal form, then
 * implicit QR with Wilkinson's shift (Golub & Van Loan, 8.2-8.3). Which end of a soma is 0
 * follows from the signs of the vectors, and on symmetric contours from single bits, so
 * the operations here keep Meschach's order. */

#include "morphology_priv.h"

#include <math.h>

enum { N = 3, MAX_SWEEPS = 1000 };

/* Meschach's relative size of a subdiagonal element that counts as zero. */
static const double negligible = 2.22045e-16;

/* A reflection I - beta v v', v zero before `first`. */
typedef struct reflection {
    double v[N];
    double beta;
    int first;
} reflection;

/* The reflection that clears column k of h below its subdiagonal; stores the subdiagonal
 * element. */
static reflection make_reflection(double h[N][N], int k)
{
    reflection r = {{0.0, 0.0, 0.0}, 0.0, k + 1};
    double sum = 0.0;
    double norm;

    for (int i = r.first; i < N; i++) {
        r.v[i] = h[i][k];
        sum += r.v[i] * r.v[i];
    }
    norm = sqrt(sum);
    if (norm <= 0.0) {
        return r;
    }
    r.beta = 1.0 / (norm * (norm + fabs(r.v[r.first])));
    h[r.first][k] = r.v[r.first] > 0.0 ? -norm : norm;
    r.v[r.first] -= h[r.first][k];
    return r;
}

/* Apply a reflection from both sides to the columns from `first` on. */
static void reflect_matrix(const reflection *r, double h[N][N])
{
    double w[N] = {0.0, 0.0, 0.0};

    if (r->beta == 0.0) {
        return;
    }
    for (int i = r->first; i < N; i++) {
        for (int j = r->first; r->v[i] != 0.0 && j < N; j++) {
            w[j] += r->v[i] * h[i][j];
        }
    }
    for (int i = r->first; i < N; i++) {
        double scale = -r->beta * r->v[i];

        for (int j = r->first; r->v[i] != 0.0 && j < N; j++) {
            h[i][j] += scale * w[j];
        }
    }
    for (int i = 0; i < N; i++) {
        double product = 0.0;
        double scale;

        for (int j = r->first; j < N; j++) {
            product += h[i][j] * r->v[j];
        }
        scale = r->beta * product;
        for (int j = r->first; scale != 0.0 && j < N; j++) {
            h[i][j] += -scale * r->v[j];
        }
    }
}

static void reflect_vector(const reflection *r, double x[N])
{
    double product = 0.0;
    double scale;

    for (int i = r->first; i < N; i++) {
        product += r->v[i] * x[i];
    }
    scale = r->beta * product;
    for (int i = r->first; i < N; i++) {
        x[i] += -scale * r->v[i];
    }
}

/* Tridiagonal form: diagonal, off-diagonal and the matrix that leads there. */
static void tridiagonalise(double h[N][N], double diagonal[N], double off[N - 1],
                           double q[N][N])
{
    reflection r[N - 1];

    for (int k = 0; k < N - 1; k++) {
        r[k] = make_reflection(h, k);
        reflect_matrix(&r[k], h);
    }
    for (int i = 0; i < N; i++) {
        double x[N] = {0.0, 0.0, 0.0};

        x[i] = 1.0;
        for (int k = N - 2; k >= 0; k--) {
            reflect_vector(&r[k], x);
        }
        for (int j = 0; j < N; j++) {
            q[j][i] = x[j];
        }
        diagonal[i] = h[i][i];
        if (i < N - 1) {
            off[i] = h[i][i + 1];
        }
    }
}

/* The rotation that turns (x, y) onto the first axis. */
static void givens(double x, double y, double *c, double *s)
{
    double norm = sqrt(x * x + y * y);

    *c = norm == 0.0 ? 1.0 : x / norm;
    *s = norm == 0.0 ? 0.0 : y / norm;
}

static void rotate_columns(double q[N][N], int i, double c, double s)
{
    for (int j = 0; j < N; j++) {
        double first = c * q[j][i] + s * q[j][i + 1];

        q[j][i + 1] = -s * q[j][i] + c * q[j][i + 1];
        q[j][i] = first;
    }
}

/* Rotate rows and columns i and i+1 of the block that ends at `last`; returns the element
 * that the rotation pushes out of the band. */
static double rotate_band(double a[N], double b[N - 1], double q[N][N], int i, int last,
                          double c, double s)
{
    double c2 = c * c;
    double s2 = 1 - c2;
    double cs = c * s;
    double a1 = c2 * a[i] + s2 * a[i + 1] - 2 * cs * b[i];
    double b1 = cs * (a[i] - a[i + 1]) + (c2 - s2) * b[i];
    double a2 = s2 * a[i] + c2 * a[i + 1] + 2 * cs * b[i];
    double bulge = 0.0;

    if (i + 1 < last) {
        bulge = -s * b[i + 1];
        b[i + 1] = c * b[i + 1];
    }
    a[i] = a1;
    a[i + 1] = a2;
    b[i] = b1;
    rotate_columns(q, i, c, -s);
    return bulge;
}

/* One QR sweep over rows first..last. */
static void qr_sweep(double a[N], double b[N - 1], double q[N][N], int first, int last)
{
    double d = (a[last - 1] - a[last]) / 2;
    double square = b[last - 1] * b[last - 1];
    double sign = d >= 0 ? 1 : -1;
    double shift = a[last] - square / (d + sign * sqrt(d * d + square));
    double c, s, bulge;

    givens(a[first] - shift, b[first], &c, &s);
    s = -s;
    bulge = rotate_band(a, b, q, first, last, c, s);
    for (int i = first + 1; i < last; i++) {
        givens(b[i - 1], bulge, &c, &s);
        s = -s;
        b[i - 1] = c * b[i - 1] - s * bulge;
        bulge = rotate_band(a, b, q, i, last, c, s);
    }
}

bool symeig3(double m[3][3], double q[3][3], double value[3])
{
    double h[N][N];
    double b[N - 1];
    int first = 0;

    for (int i = 0; i < N; i++) {
        for (int j = 0; j < N; j++) {
            h[i][j] = m[i][j];
        }
    }
    tridiagonalise(h, value, b, q);
    for (int sweep = 0; first < N; sweep++) {
        int last = first;
        bool split = false;

        while (last < N - 1 && b[last] != 0.0) {
            last++;
        }
        if (last == first) {
            first++;
            continue;
        }
        while (!split) {
            if (++sweep > MAX_SWEEPS) {
                return false;
            }
            qr_sweep(value, b, q, first, last);
            for (int i = first; i < last; i++) {
                if (fabs(b[i]) < negligible * (fabs(value[i]) + fabs(value[i + 1]))) {
                    b[i] = 0.0;
                    split = true;
                }
            }
        }
    }
    return true;
}
