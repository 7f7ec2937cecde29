/* Medians. */

#include "gate_priv.h"

#include <math.h>
#include <stddef.h>

/* Move the k-th smallest value to place k, none larger before it, none smaller behind it
 * (Wirth, Algorithms + Data Structures = Programs, 1976, section 2.3.4). */
static void select_kth(ptrdiff_t n, double v[], ptrdiff_t k)
{
    ptrdiff_t low = 0;
    ptrdiff_t high = n - 1;

    while (low < high) {
        double pivot = v[k];
        ptrdiff_t i = low;
        ptrdiff_t j = high;

        do {
            while (v[i] < pivot) {
                i++;
            }
            while (pivot < v[j]) {
                j--;
            }
            if (i <= j) {
                double t = v[i];

                v[i++] = v[j];
                v[j--] = t;
            }
        } while (i <= j);
        if (j < k) {
            low = i;
        }
        if (k < i) {
            high = j;
        }
    }
}

double median_of(size_t n, double values[])
{
    if (n == 0) {
        return NAN;
    }
    select_kth((ptrdiff_t)n, values, (ptrdiff_t)(n / 2));
    double upper = values[n / 2];
    if (n % 2 == 1) {
        return upper;
    }
    double lower = values[0];
    for (size_t i = 1; i < n / 2; i++) {
        lower = fmax(lower, values[i]);
    }
    return (lower + upper) / 2;
}
