/* Exact division by a constant without a division.
 *
 * For a constant c let high = RN(1/c) and low = RN(1/c - high). Then fma(x, high, x*low) is
 * x/c rounded to nearest unless x/c lies within 2^-104 (relative) of the middle between two
 * doubles (N. Brisebarre, J.-M. Muller, S. K. Raina, IEEE Trans. Comput. 53 (2004) 1069).
 * With X, C the 53-bit integer significands and T the odd 54-bit number of such a middle,
 * that means 2^s X - T C = r with s = 53 or 54 and 0 < |r| <= 8. The power of two in C
 * divides r, so there are few solutions, and each can be tried. Underflow and infinite x
 * are left to the caller. */

#include "nmodl_priv.h"

#include <math.h>

__extension__ typedef unsigned __int128 wide;

enum { BITS = 53, MAX_REST = 8 };

/* The inverse of an odd number modulo 2^64. */
static uint64_t inverse(uint64_t odd)
{
    uint64_t x = odd;

    for (int i = 0; i < 6; i++) {
        x *= 2 - odd * x;
    }
    return x;
}

/* One x whose quotient is next to a middle: does the formula round it well? */
static bool is_good(uint64_t x, double c, double high, double low)
{
    double value = (double)x;

    return fma(value, high, value * low) == value / c;
}

/* All solutions of 2^s X - T C = r. */
static bool try_rest(uint64_t c_bits, int s, int64_t r, double c, double high,
                     double low)
{
    int zeros = __builtin_ctzll(c_bits);
    uint64_t step = (uint64_t)1 << (s - zeros);
    uint64_t t;

    if ((r & (((int64_t)1 << zeros) - 1)) != 0) {
        return true;
    }
    t = ((uint64_t)(-(r / ((int64_t)1 << zeros))) * inverse(c_bits >> zeros)) &
        (step - 1);
    for (; t < (uint64_t)1 << (BITS + 1); t += step) {
        wide product = (wide)t * c_bits;
        uint64_t x;
        if (t < (uint64_t)1 << BITS || (t & 1) == 0) {
            continue;
        }
        if (r < 0) {
            product -= (uint64_t)-r;
        } else {
            product += (uint64_t)r;
        }
        x = (uint64_t)(product >> s);
        if (x >> (BITS - 1) == 1 && !is_good(x, c, high, low)) {
            return false;
        }
    }
    return true;
}

bool nmodl_exact_division(double c, double *high, double *low)
{
    double fraction = frexp(fabs(c), &(int){0});
    uint64_t c_bits;

    if (!(fabs(c) > 1e-100) || !(fabs(c) < 1e100)) {
        return false;
    }
    c_bits = (uint64_t)ldexp(fraction, BITS);
    *high = 1.0 / c;
    *low = fma(-c, *high, 1.0) / c;
    if (__builtin_ctzll(c_bits) > 3) {
        return true;
    }
    for (int64_t r = 1; r <= MAX_REST; r++) {
        for (int s = BITS; s <= BITS + 1; s++) {
            if (!try_rest(c_bits, s, r, c, *high, *low) ||
                !try_rest(c_bits, s, -r, c, *high, *low)) {
                return false;
            }
        }
    }
    return true;
}
