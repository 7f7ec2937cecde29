/* Newton's method with a Jacobian of central differences, for the implicit step of
 * DERIVATIVE blocks and for NONLINEAR blocks. Steps, tolerances and the order of operations are NEURON's (scopmath),
 * so iteration counts and results agree. */

enum { MEC_NEWTON_LIMIT = 50 };

/* Non-zero ends the iteration. */
typedef int (*mec_residual)(void *arg, double *value);

typedef struct mec_newton {
    int n;
    double *const *x; /* [n] unknowns */
    mec_residual residual;
    void *arg;
    double *value, *delta, *high, *biggest; /* [n] */
    double *matrix;                         /* [n * n] by rows */
    int *order;                             /* [n] rows in order of elimination */
} mec_newton;

static int mec_newton_matrix(const mec_newton *w)
{
    for (int j = 0; j < w->n; j++) {
        double size = fabs(0.02 * *w->x[j]);
        double step = size > 1.e-6 ? size : 1.e-6;
        *w->x[j] += step;
        if (w->residual(w->arg, w->value) != 0) {
            return 1;
        }
        for (int i = 0; i < w->n; i++) {
            w->high[i] = w->value[i];
        }
        *w->x[j] -= 2.0 * step;
        if (w->residual(w->arg, w->value) != 0) {
            return 1;
        }
        for (int i = 0; i < w->n; i++) {
            w->matrix[i * w->n + j] = (w->high[i] - w->value[i]) / (2.0 * step);
        }
        *w->x[j] += step;
        if (w->residual(w->arg, w->value) != 0) {
            return 1;
        }
    }
    return 0;
}

/* Row with the largest scaled element of column r among those from r on; swaps it to r. */
static int mec_newton_pivot(const mec_newton *w, int r)
{
    const double *a = w->matrix;
    int n = w->n, best = r, row = w->order[r];
    double largest = fabs(a[row * n + r] / w->biggest[row]);

    for (int i = r + 1; i < n; i++) {
        double here = fabs(a[w->order[i] * n + r] / w->biggest[w->order[i]]);
        if (here > largest) {
            best = i;
            largest = here;
        }
    }
    row = w->order[best];
    w->order[best] = w->order[r];
    w->order[r] = row;
    return row;
}

/* Crout factorisation with scaled row pivoting; 1 if the matrix is singular. */
static int mec_newton_factor(const mec_newton *w)
{
    double *a = w->matrix;
    int n = w->n;

    for (int i = 0; i < n; i++) {
        int k = 0;
        w->order[i] = i;
        for (int j = 1; j < n; j++) {
            k = fabs(a[i * n + j]) > fabs(a[i * n + k]) ? j : k;
        }
        w->biggest[i] = a[i * n + k];
    }
    for (int r = 0; r < n; r++) {
        int row;
        for (int i = r; i < n; i++) {
            double sum = 0.0;
            for (int k = 0; k < r; k++) {
                sum += a[w->order[i] * n + k] * a[w->order[k] * n + r];
            }
            a[w->order[i] * n + r] -= sum;
        }
        row = mec_newton_pivot(w, r);
        if (fabs(a[row * n + r]) < 1.e-20) {
            return 1;
        }
        for (int j = r + 1; j < n; j++) {
            double sum = 0.0;
            for (int k = 0; k < r; k++) {
                sum += a[row * n + k] * a[w->order[k] * n + j];
            }
            a[row * n + j] = (a[row * n + j] - sum) / a[row * n + r];
        }
    }
    return 0;
}

static void mec_newton_solve(const mec_newton *w)
{
    const double *a = w->matrix;
    int n = w->n;

    for (int i = 0; i < n; i++) {
        double sum = 0.0;
        for (int j = 0; j < i; j++) {
            sum += a[w->order[i] * n + j] * w->delta[j];
        }
        w->delta[i] = (w->value[w->order[i]] - sum) / a[w->order[i] * n + i];
    }
    for (int i = n - 1; i >= 0; i--) {
        double sum = 0.0;
        for (int j = i + 1; j < n; j++) {
            sum += a[w->order[i] * n + j] * w->delta[j];
        }
        w->delta[i] -= sum;
    }
}

/* 0, or 1 if the iteration fails. */
static int mec_newton_run(const mec_newton *w)
{
    double change = 1.0;

    for (int count = 1; count <= MEC_NEWTON_LIMIT; count++) {
        double worst = 0.0;
        if (change > 0.05) {
            if (mec_newton_matrix(w) != 0) {
                return 1;
            }
            for (int i = 0; i < w->n; i++) {
                w->value[i] = -w->value[i];
            }
            if (mec_newton_factor(w) != 0) {
                return 1;
            }
        }
        mec_newton_solve(w);
        change = 0.0;
        for (int i = 0; i < w->n; i++) {
            double *x = w->x[i];
            double relative = fabs(*x) > 1.e-8 ? fabs(w->delta[i] / *x) : 0.0;
            change = relative > change ? relative : change;
            *x += w->delta[i];
        }
        if (w->residual(w->arg, w->value) != 0) {
            return 1;
        }
        for (int i = 0; i < w->n; i++) {
            w->value[i] = -w->value[i];
            worst = fabs(w->value[i]) > worst ? fabs(w->value[i]) : worst;
        }
        if (change <= 1.e-6 && worst <= 1.e-8) {
            return 0;
        }
    }
    return 1;
}
