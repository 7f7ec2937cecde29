#include <mecombo/sum.h>

enum { N_LANE = 8, MAX_BLOCK = 128 };

static double block_sum(size_t n, const double x[])
{
    double lane[N_LANE];
    double total;
    size_t i;

    for (i = 0; i < N_LANE; i++) {
        lane[i] = x[i];
    }
    for (i = N_LANE; i < n - n % N_LANE; i += N_LANE) {
        for (size_t k = 0; k < N_LANE; k++) {
            lane[k] += x[i + k];
        }
    }
    total = ((lane[0] + lane[1]) + (lane[2] + lane[3])) +
            ((lane[4] + lane[5]) + (lane[6] + lane[7]));
    for (; i < n; i++) {
        total += x[i];
    }
    return total;
}

double mec_numpy_sum(size_t n, const double x[])
{
    double total = 0.0;

    if (n < N_LANE) {
        for (size_t i = 0; i < n; i++) {
            total += x[i];
        }
        return total;
    }
    if (n <= MAX_BLOCK) {
        return block_sum(n, x);
    }
    size_t half = n / 2;

    half -= half % N_LANE;
    return mec_numpy_sum(half, x) + mec_numpy_sum(n - half, x + half);
}
