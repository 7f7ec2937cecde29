/* Fourier coefficients of signals of any length. */

#include "fourier.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

static cplx multiply(cplx a, cplx b)
{
    cplx out = {a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re};

    return out;
}

static cplx conjugate(cplx a)
{
    cplx out = {a.re, -a.im};

    return out;
}

/* Put element i where its index with reversed bits says. */
static void reverse_bits(ptrdiff_t n, cplx a[])
{
    ptrdiff_t j = 0;

    for (ptrdiff_t i = 1; i < n; i++) {
        ptrdiff_t bit = n / 2;

        for (; (j & bit) != 0; bit /= 2) {
            j ^= bit;
        }
        j ^= bit;
        if (i < j) {
            cplx swapped = a[i];

            a[i] = a[j];
            a[j] = swapped;
        }
    }
}

/* Transform in place; n is a power of two and root[k] = exp(-2 pi i k / n), k < n / 2. */
static void transform(ptrdiff_t n, cplx a[], const cplx root[])
{
    reverse_bits(n, a);
    for (ptrdiff_t half = 1; half < n; half *= 2) {
        ptrdiff_t stride = n / (2 * half);

        for (ptrdiff_t start = 0; start < n; start += 2 * half) {
            for (ptrdiff_t k = 0; k < half; k++) {
                cplx *even = &a[start + k];
                cplx *odd = &a[start + k + half];
                cplx turned = multiply(*odd, root[k * stride]);

                odd->re = even->re - turned.re;
                odd->im = even->im - turned.im;
                even->re += turned.re;
                even->im += turned.im;
            }
        }
    }
}

static ptrdiff_t convolution_length(ptrdiff_t n, ptrdiff_t n_low)
{
    ptrdiff_t length = 1;

    while (length < n + 2 * n_low) {
        length *= 2;
    }
    return length;
}

size_t fourier_work_size(ptrdiff_t n, ptrdiff_t n_low)
{
    ptrdiff_t length = convolution_length(n, n_low);

    return 2 * (size_t)(length + length + length / 2 + 1 + n + n_low);
}

/* exp(-i pi m^2 / n), with the square reduced exactly. */
static cplx chirp_at(ptrdiff_t m, ptrdiff_t n)
{
    long long square = (long long)m * (long long)m % (2 * (long long)n);
    double angle = -pi * (double)square / (double)n;
    cplx out = {cos(angle), sin(angle)};

    return out;
}

void fourier_low(ptrdiff_t n, const double x[], const double y[], ptrdiff_t n_low,
                 cplx x_low[], cplx y_low[], double work[])
{
    ptrdiff_t length = convolution_length(n, n_low);
    ptrdiff_t n_chirp = n + n_low;
    cplx *signal = (cplx *)work;
    cplx *kernel = signal + length;
    cplx *root = kernel + length;
    cplx *chirp = root + length / 2 + 1;

    for (ptrdiff_t k = 0; k < length / 2; k++) {
        double angle = -2 * pi * (double)k / (double)length;

        root[k].re = cos(angle);
        root[k].im = sin(angle);
    }
    for (ptrdiff_t m = 0; m < n_chirp; m++) {
        chirp[m] = chirp_at(m, n);
    }
    for (ptrdiff_t j = 0; j < n; j++) {
        cplx both = {x[j], y[j]};

        signal[j] = multiply(both, chirp[j]);
    }
    /* kernel[m] for m = k - j in (-n - n_low, n_low), modulo the length */
    for (ptrdiff_t m = 0; m < n_chirp; m++) {
        kernel[m > 0 ? length - m : 0] = conjugate(chirp[m]);
    }
    for (ptrdiff_t m = 0; m < n_low; m++) {
        kernel[m] = conjugate(chirp[m]);
    }
    transform(length, signal, root);
    transform(length, kernel, root);
    for (ptrdiff_t k = 0; k < length; k++) {
        /* The inverse transform is the conjugate of the transform of the conjugate. */
        signal[k] = conjugate(multiply(signal[k], kernel[k]));
    }
    transform(length, signal, root);
    for (ptrdiff_t k = 0; k < n_low; k++) {
        cplx plus = multiply(conjugate(signal[k]), chirp[k]);
        cplx minus = multiply(conjugate(signal[k > 0 ? length - k : 0]), chirp[k]);
        double scale = 0.5 / (double)length;

        x_low[k].re = (plus.re + minus.re) * scale;
        x_low[k].im = (plus.im - minus.im) * scale;
        y_low[k].re = (plus.im + minus.im) * scale;
        y_low[k].im = (minus.re - plus.re) * scale;
    }
}
