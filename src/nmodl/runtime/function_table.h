/* FUNCTION_TABLE: a function of one or more arguments that table_NAME() fills. Between the
 * points it is linear in up to two arguments, with more the nearest lower point counts;
 * beyond the ends the end values hold (order of operations: NEURON's functabl). One table
 * serves all cells of the process, as in NEURON. */

#include <stdlib.h>

enum { MEC_MAX_AXES = 8 };

typedef struct mec_axis {
    int n;           /* points */
    const double *x; /* [n], or NULL: min and max count */
    double min, max;
} mec_axis;

typedef struct mec_function_table {
    int is_set;
    double *memory; /* what table_NAME() was given */
    const double *value;
    mec_axis axis[MEC_MAX_AXES];
} mec_function_table;

/* The point at or below x; *part is how far x is on the way to the next one. */
static int mec_axis_place(const mec_axis *axis, double x, double *part)
{
    double first = axis->x != NULL ? axis->x[0] : axis->min;
    double last = axis->x != NULL ? axis->x[axis->n - 1] : axis->max;
    int low = 0, high = axis->n - 1;

    *part = 0.;
    if (!(x > first) || x >= last) {
        return x >= last && x > first ? high : 0;
    }
    if (axis->x == NULL) {
        double at = (x - axis->min) / ((axis->max - axis->min) / (double)(axis->n - 1));
        low = (int)at < high ? (int)at : high;
        *part = low < high ? at - (double)low : 0.;
        return low;
    }
    while (low < high - 1) {
        int middle = (low + high) / 2;
        if (axis->x[middle] <= x) {
            low = middle;
        } else {
            high = middle;
        }
    }
    *part = (x - axis->x[low]) / (axis->x[low + 1] - axis->x[low]);
    return low;
}

static double mec_between(double part, double a, double b)
{
    return part > 0. ? (1. - part) * a + part * b : a;
}

static double mec_function_value(mec_env *env, const mec_function_table *table,
                                 const char *unset, int n, const double *argument)
{
    double part[MEC_MAX_AXES], first, second;
    const double *at = table->value;
    int j = 0, width = table->axis[n - 1].n;

    if (!table->is_set) {
        env->failure = unset;
        return 0.;
    }
    for (int i = 0; i < n; i++) {
        j = j * table->axis[i].n +
            mec_axis_place(&table->axis[i], argument[i], &part[i]);
    }
    if (n > 2) {
        return at[j];
    }
    first = part[n - 1] > 0. ? mec_between(part[n - 1], at[j], at[j + 1]) : at[j];
    if (n == 1 || !(part[0] > 0.)) {
        return first;
    }
    j += width;
    second = part[1] > 0. ? mec_between(part[1], at[j], at[j + 1]) : at[j];
    return mec_between(part[0], first, second);
}

/* argument: a constant; or n points, x[n], y[n] of a function of one argument; or for each
 * argument the number of points, the first and the last, and then all values, those of
 * the last argument next to each other. Returns 0, or 1 if they do not fit together. */
static int mec_function_set(mec_function_table *table, int n, int n_argument,
                            const double *argument)
{
    size_t bytes = (size_t)n_argument * sizeof *argument, n_value = 1;
    double *copy = n_argument > 0 ? malloc(bytes) : NULL;
    int head = 3 * n, pairs;

    if (copy == NULL || (n_argument > 1 && n_argument <= head)) {
        free(copy);
        return 1;
    }
    memcpy(copy, argument, bytes);
    pairs = n == 1 && n_argument > 1 && copy[0] >= 1. &&
            (double)n_argument == 1. + 2. * (double)(int)copy[0];
    for (int i = 0; i < n; i++) {
        mec_axis *axis = &table->axis[i];
        const double *at = copy + (n_argument > 1 ? 3 * i : 0);
        *axis = (mec_axis){1, NULL, 1e20, 1e20};
        if (n_argument > 1) {
            axis->n = at[0] >= 1. && at[0] < 1e9 ? (int)at[0] : 0;
            axis->min = at[1];
            axis->max = pairs ? at[1] : at[2];
            axis->x = pairs ? copy + 1 : NULL;
        }
        n_value *= (size_t)axis->n;
    }
    for (int i = 0; i < n && n_argument > 1; i++) {
        if (table->axis[i].n < 1 || table->axis[i].max < table->axis[i].min) {
            n_value = 0;
        }
    }
    if (n_value == 0 ||
        (n_argument > 1 && !pairs && (size_t)n_argument != n_value + (size_t)head)) {
        table->is_set = 0;
        free(copy);
        return 1;
    }
    free(table->memory);
    table->memory = copy;
    table->value =
        n_argument == 1 ? copy : copy + (pairs ? 1 + table->axis[0].n : head);
    table->is_set = 1;
    return 0;
}
