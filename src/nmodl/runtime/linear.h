/* LINEAR blocks: Gauss elimination with row interchange. The order of operations is
 * NEURON's (scopmath's simeq). */

/* coef: [n * (n + 1)] by rows, the last column is the right side; it is destroyed. order:
 * [n]. 1 if the matrix is singular. */
static __attribute__((unused)) int mec_simeq(int n, double *coef, int *order,
                                             double *const *x)
{
    int m = n + 1;

    for (int i = 0; i < n; i++) {
        order[i] = i;
    }
    for (int j = 0; j < n; j++) {
        double *pivot;
        int best = j;
        for (int i = j + 1; i < n; i++) {
            if (fabs(coef[order[best] * m + j]) < fabs(coef[order[i] * m + j])) {
                best = i;
            }
        }
        pivot = coef + order[best] * m;
        if (fabs(pivot[j]) < 1.e-20) {
            return 1;
        }
        int row = order[best];
        order[best] = order[j];
        order[j] = row;
        for (int k = j + 1; k <= n; k++) {
            pivot[k] /= pivot[j];
        }
        for (int i = j + 1; i < n; i++) {
            double *below = coef + order[i] * m;
            for (int k = j + 1; k <= n; k++) {
                below[k] -= pivot[k] * below[j];
            }
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        const double *row = coef + order[i] * m;
        *x[i] = row[n];
        for (int j = i + 1; j < n; j++) {
            *x[i] -= row[j] * *x[j];
        }
    }
    return 0;
}
