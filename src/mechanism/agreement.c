/* Do compiled mechanisms get this machine's exp and pow? NEURON calls libm's; ours are
 * glibc's algorithms over again, so on another libm the bits are not NEURON's. */

#include "mechanism_priv.h"

#include <math.h>
#include <string.h>

/* Made from builtin/agreement.mod; not registered. */
const mec_mechanism_desc *mec_builtin_agreement(const mec_host *host);

enum { N_VALUE = 4096, N_COLUMN = 8 };

/* The argument number k: from -720 to 720, beyond both of NEURON's cuts, and by every
 * second one around zero. */
static double argument(int k)
{
    double x = (double)(k - N_VALUE / 2) * (720.0 / (N_VALUE / 2)) + 1.0 / 3.0;

    return k % 2 == 0 ? x : x / 64.0;
}

static int32_t column_of(const mec_mechanism_desc *desc, const char *name)
{
    for (int32_t c = 0; c < desc->n_variable; c++) {
        if (strcmp(desc->columns[c].name, name) == 0) {
            return desc->columns[c].column;
        }
    }
    return 0;
}

static double libm_exp(double x)
{
    return x < -700.0 ? 0.0 : exp(x > 700.0 ? 700.0 : x);
}

static double libm_pow(double x)
{
    return pow(fabs(x), 4.8);
}

/* Is the variable `name` of agreement.mod, for all arguments, what `want` gives? */
static bool agrees(const char *name, double (*want)(double))
{
    static double data[N_COLUMN][N_VALUE], v[N_VALUE], rhs[N_VALUE], d[N_VALUE];
    const mec_mechanism_desc *desc = mec_builtin_agreement(mechanism_host());
    double *column[N_COLUMN];
    mec_env env = {.celsius = 6.3};
    mec_run run = {
        .n = N_VALUE, .env = &env, .v = v, .column = column, .rhs = rhs, .d = d};
    bool same = desc != NULL && desc->n_column <= N_COLUMN;

    if (!same) {
        return false;
    }
    const double *got = data[column_of(desc, name)];
    double *x = data[column_of(desc, "x")];

    for (int32_t c = 0; c < N_COLUMN; c++) {
        column[c] = data[c];
    }
    for (int k = 0; k < N_VALUE; k++) {
        x[k] = argument(k);
    }
    mec_mechanism_kernels(desc, false)->current(&run);
    for (int k = 0; k < N_VALUE; k++) {
        double expected = want(x[k]);

        same = same && memcmp(&got[k], &expected, sizeof expected) == 0;
    }
    return same;
}

bool mec_mechanism_exp_agrees(void)
{
    return agrees("y", libm_exp);
}

bool mec_mechanism_pow_agrees(void)
{
    return agrees("z", libm_pow);
}
