#ifndef EFEATURE_FOURIER_H
#define EFEATURE_FOURIER_H

#include <stddef.h>

typedef struct cplx {
    double re;
    double im;
} cplx;

/* Doubles needed as work space by fourier_low(). */
size_t fourier_work_size(ptrdiff_t n, ptrdiff_t n_low);

/* The lowest Fourier coefficients of two real signals of any length n >= 1:
 * sum over j of x[j] exp(-2 pi i j k / n) for k in [0, n_low), 2 n_low <= n + 1.
 *
 * Method: chirp transform (Bluestein 1970) by convolution of a power-of-two length; both
 * signals go through it as one complex signal. `work` must be zeroed. */
void fourier_low(ptrdiff_t n, const double x[], const double y[], ptrdiff_t n_low,
                 cplx x_low[], cplx y_low[], double work[]);

#endif
