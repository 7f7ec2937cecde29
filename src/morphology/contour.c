/* Soma contours: resampling, the 21 circles of a single contour, the circle of a contour
 * in a stack (Import3d_Section.contourcenter, Import3d_GUI.contour2centroid).
 *
 * Symmetric contours have exact ties, decided by the last bit; so sums run in the order of
 * hoc's Vector functions, and comparisons have hoc's slack where Import3d uses hoc.
 */

#include "morphology_priv.h"

#include <math.h>
#include <stdlib.h>

static double mean(const double x[], size_t n)
{
    double sum = 0.0;

    for (size_t i = 0; i < n; i++) {
        sum += x[i];
    }
    return sum / (double)n;
}

/* hoc's Vector.interpolate: y(x) at the ascending places `at`, constant outside; abscissae
 * that do not ascend are passed over. */
static void interpolate(size_t n_at, const double at[], size_t n, const double x[],
                        const double y[], double out[])
{
    size_t i = 0;

    while (i < n_at && at[i] <= x[0]) {
        out[i++] = y[0];
    }
    for (size_t k = 1; k < n && i < n_at; k++) {
        if (x[k] <= x[k - 1]) {
            continue;
        }
        for (; i < n_at && at[i] <= x[k]; i++) {
            double f = (at[i] - x[k - 1]) / (x[k] - x[k - 1]);

            out[i] = (1. - f) * y[k - 1] + f * y[k];
        }
    }
    for (; i < n_at; i++) {
        out[i] = y[n - 1];
    }
}

/* Length of an edge in the xy plane. */
static double edge_xy(import_point a, import_point b)
{
    double dx = b.x - a.x;
    double dy = b.y - a.y;

    return sqrt(dx * dx + dy * dy);
}

static void set_sample(contour_samples *samples, size_t i, double f, import_point a,
                       import_point b)
{
    samples->x[i] = (1. - f) * a.x + f * b.x;
    samples->y[i] = (1. - f) * a.y + f * b.y;
    samples->z[i] = (1. - f) * a.z + f * b.z;
}

void contour_center(const import_point point[], size_t n, contour_samples *samples,
                    double centre[3])
{
    double total = 0.0; /* without the closing edge */
    double step;
    double here = 0.0;
    size_t i = 0;

    for (size_t k = 1; k < n; k++) {
        total += edge_xy(point[k - 1], point[k]);
    }
    step = total / 100;
    for (; i < CONTOUR_SAMPLES && (double)i * step <= 0.0; i++) {
        set_sample(samples, i, 0.0, point[0], point[0]);
    }
    for (size_t k = 1; k < n; k++) {
        double before = here;

        here += edge_xy(point[k - 1], point[k]);
        for (; here > before && i < CONTOUR_SAMPLES && (double)i * step <= here; i++) {
            set_sample(samples, i, ((double)i * step - before) / (here - before),
                       point[k - 1], point[k]);
        }
    }
    for (; i < CONTOUR_SAMPLES; i++) {
        set_sample(samples, i, 1.0, point[n - 1], point[n - 1]);
    }
    centre[0] = mean(samples->x, CONTOUR_SAMPLES);
    centre[1] = mean(samples->y, CONTOUR_SAMPLES);
    centre[2] = mean(samples->z, CONTOUR_SAMPLES);
}

/* The axes of a contour. */
typedef struct contour_axes {
    double major[3]; /* of the largest eigenvalue */
    double minor[3]; /* across it, in the xy plane */
} contour_axes;

/* Principal axes of the centred samples; false when they are not defined. */
static bool find_axes(const double *const row[3], contour_axes *axes)
{
    double m[3][3], q[3][3], value[3];
    int largest = 0;
    int smallest = 0;
    double size;

    for (int i = 0; i < 3; i++) {
        for (int j = i; j < 3; j++) {
            double sum = 0.0;

            for (size_t k = 0; k < CONTOUR_SAMPLES; k++) {
                sum += row[i][k] * row[j][k];
            }
            m[i][j] = m[j][i] = sum;
        }
    }
    if (!symeig3(m, q, value)) {
        return false;
    }
    for (int i = 1; i < 3; i++) {
        largest = value[i] > value[largest] ? i : largest;
        smallest = value[i] < value[smallest] ? i : smallest;
    }
    if (largest == smallest) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        axes->major[i] = q[i][largest];
        axes->minor[i] = q[i][3 - smallest - largest];
    }
    axes->minor[2] = 0;
    size = sqrt(axes->minor[0] * axes->minor[0] + axes->minor[1] * axes->minor[1]);
    for (int i = 0; i < 3; i++) {
        axes->minor[i] /= size;
    }
    return isfinite(axes->minor[0]) && isfinite(axes->minor[1]);
}

/* One side of a contour: place along the major axis, distance along the minor one. */
typedef struct contour_side {
    size_t n;
    double d[CONTOUR_SAMPLES];
    double r[CONTOUR_SAMPLES];
} contour_side;

static void add_to_side(contour_side *side, double d, double r)
{
    side->d[side->n] = d;
    side->r[side->n++] = r;
}

/* Drop points until d ascends: from the end, each that is not beyond the one before. */
static void make_ascending(contour_side *side)
{
    for (size_t j = side->n - 1; j > 0; j--) {
        if (!hoc_less_equal(side->d[j], side->d[j - 1])) {
            continue;
        }
        for (size_t k = j + 1; k < side->n; k++) {
            side->d[k - 1] = side->d[k];
            side->r[k - 1] = side->r[k];
        }
        side->n--;
        if (j != side->n) {
            j++; /* what took the place of j is tested again */
        }
    }
}

/* Cut the contour at the ends of the major axis: `a` runs back from before the minimum to
 * the maximum, `b` from the minimum to the end. False when d is constant. */
static bool split_sides(const double d[], const double r[], contour_side *a,
                        contour_side *b)
{
    enum { N = CONTOUR_SAMPLES };
    size_t at_max = 0;
    size_t to_min = 0; /* steps from the maximum to the minimum */

    for (size_t i = 1; i < N; i++) {
        at_max = d[i] > d[at_max] ? i : at_max;
    }
    for (size_t i = 1; i < N; i++) {
        to_min = d[(at_max + i) % N] < d[(at_max + to_min) % N] ? i : to_min;
    }
    if (to_min == 0) {
        return false;
    }
    a->n = b->n = 0;
    for (size_t i = to_min; i-- > 0;) {
        add_to_side(a, d[(at_max + i) % N], r[(at_max + i) % N]);
    }
    for (size_t i = to_min; i < N; i++) {
        add_to_side(b, d[(at_max + i) % N], r[(at_max + i) % N]);
    }
    make_ascending(a);
    make_ascending(b);
    return true;
}

static int compare_double(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

/* 21 equal steps from the second smallest to the second largest place on either side. */
static bool choose_places(const contour_side *a, const contour_side *b,
                          double place[CONTOUR_OUTLINE])
{
    double all[2 * CONTOUR_SAMPLES];
    size_t n = 0;
    double begin, step;

    for (size_t i = 0; i < a->n; i++) {
        all[n++] = a->d[i];
    }
    for (size_t i = 0; i < b->n; i++) {
        all[n++] = b->d[i];
    }
    qsort(all, n, sizeof *all, compare_double);
    begin = all[1];
    step = (all[n - 2] - begin) / 20;
    if (step == 0.0) {
        return false;
    }
    for (int i = 0; i < CONTOUR_OUTLINE; i++) {
        place[i] = (double)i * step + begin;
    }
    return true;
}

bool contour_to_centroid(const import_point point[], size_t n,
                         import_point out[CONTOUR_OUTLINE])
{
    contour_samples samples;
    contour_axes axes;
    contour_side side_a, side_b;
    const double *const row[3] = {samples.x, samples.y, samples.z};
    double centre[3], d[CONTOUR_SAMPLES], r[CONTOUR_SAMPLES];
    double place[CONTOUR_OUTLINE], r_a[CONTOUR_OUTLINE], r_b[CONTOUR_OUTLINE];

    contour_center(point, n, &samples, centre);
    for (size_t i = 0; i < CONTOUR_SAMPLES; i++) {
        samples.x[i] -= centre[0];
        samples.y[i] -= centre[1];
        samples.z[i] -= centre[2];
    }
    if (!find_axes(row, &axes)) {
        return false;
    }
    for (size_t i = 0; i < CONTOUR_SAMPLES; i++) {
        d[i] = samples.x[i] * axes.major[0] + samples.y[i] * axes.major[1] +
               samples.z[i] * axes.major[2];
        r[i] = samples.x[i] * axes.minor[0] + samples.y[i] * axes.minor[1] +
               samples.z[i] * axes.minor[2];
    }
    if (!split_sides(d, r, &side_a, &side_b) ||
        !choose_places(&side_a, &side_b, place)) {
        return false;
    }
    interpolate(CONTOUR_OUTLINE, place, side_a.n, side_a.d, side_a.r, r_a);
    interpolate(CONTOUR_OUTLINE, place, side_b.n, side_b.d, side_b.r, r_b);
    for (int i = 0; i < CONTOUR_OUTLINE; i++) {
        out[i].x = axes.major[0] * place[i] + centre[0];
        out[i].y = axes.major[1] * place[i] + centre[1];
        out[i].z = axes.major[2] * place[i] + centre[2];
        out[i].d = fabs(r_a[i] - r_b[i]);
    }
    out[0].d = (out[0].d + out[1].d) / 2; /* no ends of diameter 0 */
    out[CONTOUR_OUTLINE - 1].d =
        (out[CONTOUR_OUTLINE - 1].d + out[CONTOUR_OUTLINE - 2].d) / 2;
    return true;
}

import_point contour_to_circle(const import_point point[], size_t n)
{
    contour_samples samples;
    double centre[3], radius[CONTOUR_SAMPLES];
    double perimeter = 0;

    for (size_t i = 0; i < n; i++) {
        import_point a = point[i];
        import_point b = point[(i + 1) % n];
        double dx = a.x - b.x;
        double dy = a.y - b.y;
        double dz = a.z - b.z;

        perimeter += sqrt(dx * dx + dy * dy + dz * dz);
    }
    contour_center(point, n, &samples, centre);
    for (size_t i = 0; i < CONTOUR_SAMPLES; i++) {
        double dx = samples.x[i] - centre[0];
        double dy = samples.y[i] - centre[1];
        double dz = samples.z[i] - centre[2];

        radius[i] = sqrt(dx * dx + dy * dy + dz * dz);
    }
    return (import_point){centre[0], centre[1], centre[2],
                          mean(radius, CONTOUR_SAMPLES) + perimeter / (2 * NRN_PI)};
}
