/* Searches, sums and fits in the orders of operations that eFEL and numpy use. */

#include "efeature_priv.h"

#include <mecombo/sum.h>

#include <math.h>
#include <stdlib.h>

/* The least of sign x[begin, end): NaN if the first is, others that are do not count. */
static double least(const double x[], ptrdiff_t begin, ptrdiff_t end, double sign)
{
    enum { WIDE = 8 };
    double low[WIDE];
    ptrdiff_t i = begin;

    for (int k = 0; k < WIDE; k++) {
        low[k] = sign * x[begin];
    }
    for (; i + WIDE <= end; i += WIDE) {
        for (int k = 0; k < WIDE; k++) {
            low[k] = sign * x[i + k] < low[k] ? sign * x[i + k] : low[k];
        }
    }
    for (; i < end; i++) {
        low[0] = sign * x[i] < low[0] ? sign * x[i] : low[0];
    }
    for (int k = 1; k < WIDE; k++) {
        low[0] = low[k] < low[0] ? low[k] : low[0];
    }
    return low[0];
}

static ptrdiff_t first_least(const double x[], ptrdiff_t begin, ptrdiff_t end,
                             double sign)
{
    if (begin >= end) {
        return begin;
    }
    double low = least(x, begin, end, sign);

    for (ptrdiff_t i = begin; i < end; i++) {
        if (sign * x[i] == low) {
            return i;
        }
    }
    return begin;
}

ptrdiff_t first_min(const double x[], ptrdiff_t begin, ptrdiff_t end)
{
    return first_least(x, begin, end, 1.0);
}

ptrdiff_t first_max(const double x[], ptrdiff_t begin, ptrdiff_t end)
{
    return first_least(x, begin, end, -1.0);
}

ptrdiff_t first_local_min(const double x[], ptrdiff_t begin, ptrdiff_t end)
{
    ptrdiff_t lowest = begin;
    int n_not_lower = 0;

    for (ptrdiff_t i = begin + 1; i < end; i++) {
        if (x[i] < x[lowest]) {
            lowest = i;
            n_not_lower = 0;
        } else if (x[i] >= x[lowest]) {
            n_not_lower++;
        }
        if (n_not_lower == 2) {
            break;
        }
    }
    return lowest;
}

ptrdiff_t find_ge(const double x[], ptrdiff_t begin, ptrdiff_t end, double limit)
{
    for (ptrdiff_t i = begin; i < end; i++) {
        if (x[i] >= limit) {
            return i;
        }
    }
    return end;
}

ptrdiff_t find_le(const double x[], ptrdiff_t begin, ptrdiff_t end, double limit)
{
    for (ptrdiff_t i = begin; i < end; i++) {
        if (x[i] <= limit) {
            return i;
        }
    }
    return end;
}

double sum_in_order(const double x[], ptrdiff_t n)
{
    double sum = 0.0;

    for (ptrdiff_t i = 0; i < n; i++) {
        sum += x[i];
    }
    return sum;
}

double mean_numpy(const double x[], ptrdiff_t n)
{
    return mec_numpy_sum((size_t)n, x) / (double)n;
}

static int compare_reals(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

void sort_reals(double x[], ptrdiff_t n)
{
    qsort(x, (size_t)n, sizeof *x, compare_reals);
}

void insert_sorted(double sorted[], ptrdiff_t n, double x)
{
    ptrdiff_t at = n;

    while (at > 0 && sorted[at - 1] > x) {
        sorted[at] = sorted[at - 1];
        at--;
    }
    sorted[at] = x;
}

double median_sorted(const double sorted[], ptrdiff_t n)
{
    return n % 2 == 0 ? (sorted[(n - 1) / 2] + sorted[(n - 1) / 2 + 1]) / 2
                      : sorted[n / 2];
}

double line_slope(ptrdiff_t n, const double x[], const double y[])
{
    double count = (double)n;
    double sum_x = 0.0;
    double sum_y = 0.0;
    double sum_xx = 0.0;
    double sum_xy = 0.0;

    for (ptrdiff_t i = 0; i < n; i++) {
        sum_x += x[i];
        sum_y += y[i];
        sum_xx += x[i] * x[i];
        sum_xy += x[i] * y[i];
    }
    return (count * sum_xy - sum_x * sum_y) / (count * sum_xx - sum_x * sum_x);
}

line_fit line_fit_of(ptrdiff_t n, const double x[], const double y[])
{
    line_fit fit = {.slope = line_slope(n, x, y)};
    double intercept =
        (sum_in_order(y, n) - fit.slope * sum_in_order(x, n)) / (double)n;
    double residuals = 0.0;

    for (ptrdiff_t i = 0; i < n; i++) {
        double off = y[i] - intercept - fit.slope * x[i];

        residuals += off * off;
    }
    double range = y[first_max(y, 0, n)] - y[first_min(y, 0, n)];

    fit.normalized_std = residuals / (range * range);
    return fit;
}
