#ifndef EFEATURE_CUBE_H
#define EFEATURE_CUBE_H

/* x^3 as numpy.power() rounds it with AVX-512, x > 0: not always to the nearest. */
double cube_of(double x);

#endif
