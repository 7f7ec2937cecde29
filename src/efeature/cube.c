/* x^3 by the method and the coefficients of Intel's SVML (numpy/SVML, pow_d_ha, BSD
 * licence), which numpy calls: 2^(3 log2 x), the logarithm in two parts. */

#include "cube.h"

#include "power_table.h"

#include <math.h>

/* log2 of 1 / (1 + j/32), below j = 16, of 2 / (1 + j/32) from there, in two parts. */
static const double log2_high[32] = {0x0.0p+0,
                                     -0x1.6bad3758e0000p-5,
                                     -0x1.663f6fac90000p-4,
                                     -0x1.08c588cda8000p-3,
                                     -0x1.5c01a39fc0000p-3,
                                     -0x1.acf5e2db50000p-3,
                                     -0x1.fbc16b9028000p-3,
                                     -0x1.24407ab0e0000p-2,
                                     -0x1.49a784bcd0000p-2,
                                     -0x1.6e221cd9d0000p-2,
                                     -0x1.91bba891f0000p-2,
                                     -0x1.b47ebf7388000p-2,
                                     -0x1.d6753e0330000p-2,
                                     -0x1.f7a8568cb0000p-2,
                                     -0x1.0c10500d64000p-1,
                                     -0x1.1bf311e95e000p-1,
                                     0x1.a8ff971810000p-2,
                                     0x1.8a8980abfc000p-2,
                                     0x1.6cb0f6865c000p-2,
                                     0x1.4f6fbb2cec000p-2,
                                     0x1.32bfee3710000p-2,
                                     0x1.169c053640000p-2,
                                     0x1.f5fd8a9060000p-3,
                                     0x1.bfc67a8000000p-3,
                                     0x1.8a8980abf8000p-3,
                                     0x1.563dc29ff8000p-3,
                                     0x1.22dadc2ab0000p-3,
                                     0x1.e0b1ae8f30000p-4,
                                     0x1.7d60496d00000p-4,
                                     0x1.1bb32a6000000p-4,
                                     0x1.77394c9da0000p-5,
                                     0x1.743ee86200000p-6};
static const double log2_low[32] = {0x0.0p+0,
                                    -0x1.fb0e626c0de13p-42,
                                    -0x1.3167ccc538261p-44,
                                    0x1.871a7610e40bdp-45,
                                    0x1.4bc302ffa76fbp-42,
                                    0x1.36c101ee13440p-43,
                                    0x1.7f5dc57266758p-43,
                                    -0x1.ce60916e52e91p-44,
                                    -0x1.b8afe492bf6ffp-42,
                                    -0x1.9bcaf1aa4168ap-43,
                                    -0x1.708b4b2b5056cp-42,
                                    -0x1.50520a377c7ecp-45,
                                    0x1.5f101c141e670p-42,
                                    -0x1.b3b3864c60011p-44,
                                    0x1.5669df6a2b592p-43,
                                    0x1.fe43895d8ac46p-42,
                                    0x1.4bc302ffa76fbp-43,
                                    -0x1.66cccab240e90p-45,
                                    0x1.1d406db502403p-43,
                                    0x1.661e393a16b95p-44,
                                    -0x1.1979a5db68722p-42,
                                    -0x1.d4f1b95e0ff45p-43,
                                    0x1.f1a4847f7b278p-42,
                                    -0x1.667f21fa8423fp-44,
                                    0x1.e9933354dbf17p-42,
                                    0x1.6590643906f2ap-42,
                                    0x1.a4b69691d7994p-42,
                                    -0x1.54cda62d3926ep-47,
                                    -0x1.12ce6312ebb82p-42,
                                    0x1.52743318a8a57p-42,
                                    -0x1.4e55443478fe0p-42,
                                    -0x1.95539356f93dcp-43};

/* log2(1 + 2 r) = r (c + p1 + p2 r + ...) with the main part c - c r. */
static const double log2_main = 0x1.71547652b82fep+1;
static const double log2_p[] = {0x1.777df70b75d10p-55, -0x1.778d9c7190437p-55,
                                0x1.ec709dc3a03fdp+1,  -0x1.71547652b82fcp+2,
                                0x1.2776c50effbdep+3,  -0x1.ec709dc3b71a1p+3,
                                0x1.a617607e55815p+4,  -0x1.715473528efc1p+5,
                                0x1.4873cf87141d1p+6,  -0x1.27a394386376fp+7};

/* 2^r = 1 + r (p0 + p1 r + ...) */
static const double exp2_p[] = {0x1.62e42fefa398bp-1,  0x1.ebfbdff84554dp-3,
                                0x1.c6b08d4ad8eb9p-5,  0x1.3b2ad1b14ebaap-7,
                                0x1.5d7472783d279p-10, 0x1.4a1d7f58c2d59p-13};

/* The sum of sum and a small rest, rounded toward zero. */
static double toward_zero(long double sum, long double rest)
{
    double near = (double)sum;
    long double off = (sum - near) + rest;

    return off != 0.0L && (off < 0.0L) == (near > 0.0) ? nextafter(near, 0.0) : near;
}

static double add_toward_zero(long double x, long double y)
{
    long double sum = x + y;
    long double of_y = sum - x;

    return toward_zero(sum, (x - (sum - of_y)) + (y - of_y));
}

/* x - y rounded down. */
static double subtract_down(double x, double y)
{
    double near = x - y;
    double of_y = x - near;
    double rest = (x - (near + of_y)) + (of_y - y);

    return rest < 0.0 ? nextafter(near, -INFINITY) : near;
}

/* log2(x) in two parts. */
static double log2_of(double x, double *low)
{
    int exponent;
    double mantissa = frexp(x, &exponent); /* in [0.5, 1) */
    double reciprocal = nearbyint(32.0 / mantissa) / 32.0;
    int j = (int)(32.0 * (reciprocal - 1.0)) % 32;
    double whole = log2_high[j] + (exponent - (reciprocal < 1.5 ? 0 : 1));
    double r = fma(0.5 * mantissa, reciprocal, -0.5);
    double r2 = r * r;
    const double *c = log2_p;
    double p = fma(r2, fma(r, c[9], c[8]), fma(r, c[7], c[6]));

    p = fma(r2 * r2, p, fma(r2, fma(r, c[5], c[4]), fma(r, c[3], c[2])));
    p = fma(r, fma(r2, p, fma(r, c[1], c[0])), log2_low[j]);
    double first = fma(r, log2_main, whole);
    double r_high = first - whole;
    double main = fma(-r, r_high, first);
    double r_low = fma(r, log2_main, -r_high);
    double rest = fma(-r_low, r, r_low) - fma(r_high, r, -(first - main));

    rest += p;
    double high = main + rest;

    *low = rest - (high - main);
    return high;
}

double cube_of(double x)
{
    double low;

    if (!(x > 0x1p-300 && x < 0x1p+300)) {
        return x * x * x;
    }
    long double high = 3.0L * log2_of(x, &low);
    double product = toward_zero(high, 0.0L);
    double product_low = add_toward_zero(3.0L * low, high - product);
    double sum = add_toward_zero(product, product_low);
    double steps = floor(16.0 * sum);
    double r = subtract_down(sum, steps / 16.0) + (product_low - (sum - product));
    double r2 = r * r;
    double whole = floor(steps / 16.0);
    int j = (int)(steps - 16.0 * whole);
    const double *c = exp2_p;
    double p = fma(r2, fma(r, c[5], c[4]), fma(r, c[3], c[2]));

    p = fma(r, fma(r2, p, fma(r, c[1], c[0])), power_low[j]);
    return ldexp(fma(power_high[j], p, power_high[j]), (int)whole);
}
