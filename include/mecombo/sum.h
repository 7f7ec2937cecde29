#ifndef MECOMBO_SUM_H
#define MECOMBO_SUM_H

/** Sums in the order of other programs. */

#include <stddef.h>

/** Sum as numpy.sum() does for a contiguous array of doubles.
 *
 * Parity: numpy's pairwise summation: plain below 8 numbers, eight accumulators up to
 * 128, halves (multiples of 8) above; bit for bit.
 *
 * @param n  numbers; 0 gives 0
 * @param x  [n]
 */
double mec_numpy_sum(size_t n, const double x[]);

#endif
