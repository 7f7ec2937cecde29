/* Does the log of Nernst potentials have the bits of this machine's libm? */

#include "cell_priv.h"

#include <math.h>
#include <string.h>

enum { N_VALUE = 4096 };

bool mec_cell_log_agrees(void)
{
    static double inside[N_VALUE], outside[N_VALUE], e[N_VALUE];
    bool same = true;

    for (int k = 0; k < N_VALUE; k++) {
        /* 2^-20 to 2^20, but for what is too near 1 for the loop */
        double ratio = exp2((k - N_VALUE / 2) * (20.0 / (N_VALUE / 2)) + 1.0 / 3.0);

        inside[k] = 1.0;
        outside[k] = fabs(ratio - 1.0) < 0.125 ? 2.0 * ratio : ratio;
    }
    if (!cell_host_loops()->nernst(N_VALUE, 1.0, inside, outside, e)) {
        return false;
    }
    for (int k = 0; k < N_VALUE; k++) {
        double want = log(outside[k]);

        same = same && memcmp(&e[k], &want, sizeof want) == 0;
    }
    return same;
}
