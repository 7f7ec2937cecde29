/* Time, and sleeping without being late. */

#include "pool_priv.h"

#include <math.h>
#include <time.h>

double pool_now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

double nap_next(pool_nap *nap, bool busy, double longest)
{
    const double shortest = 20e-6; /* s; the kernel's timer slack adds 50 us */

    if (busy) {
        nap->delay = 0.0;
    } else if (nap->delay < shortest) {
        nap->delay = shortest;
    } else {
        nap->delay = fmin(2.0 * nap->delay, longest);
    }
    return nap->delay;
}

void pool_sleep(struct pollfd *fds, nfds_t n, double seconds)
{
    struct timespec t;

    if (seconds < 0.0) {
        (void)ppoll(fds, n, NULL, NULL);
        return;
    }
    t.tv_sec = (time_t)seconds;
    t.tv_nsec = (long)(1e9 * (seconds - floor(seconds)));
    (void)ppoll(fds, n, &t, NULL);
}
