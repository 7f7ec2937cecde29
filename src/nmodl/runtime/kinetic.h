/* Backward Euler for KINETIC blocks: Newton's method with the exact matrix of mass action.
 * Limits, the clipping of negative states and what counts as converged are NEURON's
 * (scopmath's sparse). */

enum { MEC_KINETIC_LIMIT = 20, MEC_KINETIC_STEADY = 7 };

typedef struct mec_kinetic mec_kinetic;
typedef void (*mec_reactions)(void *arg, mec_kinetic *scheme);

struct mec_kinetic {
    int n;
    int linear;       /* all reactions are of first order */
    int conserve;     /* CONSERVE takes part */
    double dt;        /* of the step, or gamma; 0: for the derivative */
    double *const *x; /* [n] states */
    double *const *y; /* [n] derivatives */
    mec_reactions reactions;
    void *arg;
    double *saved, *value, *volume; /* [n] */
    double *matrix;                 /* [n * n] by rows */
    const unsigned short *order;    /* [n] states in order of elimination */
    unsigned char *found;           /* [n * n] elements that were touched, or NULL */
};

static inline double *mec_kinetic_at(mec_kinetic *w, int row, int column)
{
    if (w->found != NULL) {
        w->found[row * w->n + column] = 1;
    }
    return &w->matrix[row * w->n + column];
}

static __attribute__((unused)) void mec_kinetic_clear(mec_kinetic *w, int row)
{
    for (int i = 0; i < w->n; i++) {
        w->matrix[row * w->n + i] = 0.0;
    }
}

/* count * state takes part in the sum that the row keeps. */
static __attribute__((unused)) void mec_kinetic_conserve(mec_kinetic *w, int row,
                                                         int state, int count)
{
    *mec_kinetic_at(w, row, state) = count * w->volume[state];
    w->value[row] -= *w->x[state] * w->volume[state] * count;
}

/* The terms of the time step; reactions come on top. */
static void mec_kinetic_begin(mec_kinetic *w)
{
    double rate = w->dt == 0.0 ? 0.0 : 1.0 / w->dt;

    for (int i = 0; i < w->n * w->n; i++) {
        w->matrix[i] = 0.0;
    }
    for (int i = 0; i < w->n; i++) {
        w->value[i] = 0.0;
        if (w->conserve) {
            w->value[i] = -rate * (*w->x[i] - w->saved[i]);
        }
        w->value[i] *= w->volume[i];
        w->matrix[i * w->n + i] = rate * w->volume[i];
    }
}

static void mec_kinetic_evaluate(mec_kinetic *w)
{
    for (int i = 0; i < w->n; i++) {
        w->volume[i] = 1.0;
    }
    w->reactions(w->arg, w);
}

/* The next row to eliminate: the shortest; among equals the one that came to its length
 * last. */
static __attribute__((unused)) int mec_kinetic_next(const mec_kinetic *w,
                                                    const int *length, const int *age,
                                                    const unsigned char *done)
{
    int best = -1;

    for (int i = 0; i < w->n; i++) {
        if (!done[i] && (best < 0 || length[i] < length[best] ||
                         (length[i] == length[best] && age[i] > age[best]))) {
            best = i;
        }
    }
    return best;
}

/* Find the order of elimination, once: the block runs to show which elements the matrix
 * has. found: [n * n + 1], the last one tells that order is known. */
static __attribute__((unused)) void mec_kinetic_order(mec_kinetic *w, int conserve,
                                                      unsigned char *found,
                                                      unsigned short *order)
{
    int n = w->n, clock = n, length[n], age[n];
    unsigned char done[n];

    if (found[n * n]) {
        return;
    }
    for (int i = 0; i < n; i++) {
        w->saved[i] = *w->x[i];
        found[i * n + i] = 1;
    }
    w->conserve = conserve;
    w->dt = 1.0;
    w->found = found;
    mec_kinetic_evaluate(w);
    w->found = NULL;
    for (int i = 0; i < n; i++) {
        length[i] = done[i] = 0;
        age[i] = i;
        for (int j = 0; j < n; j++) {
            length[i] += found[i * n + j];
        }
    }
    for (int count = 0; count < n; count++) {
        int pivot = mec_kinetic_next(w, length, age, done);
        order[count] = (unsigned short)pivot;
        done[pivot] = 1;
        for (int i = 0; i < n; i++) {
            if (done[i] || !found[i * n + pivot]) {
                continue;
            }
            for (int j = 0; j < n; j++) {
                if (!done[j] && found[pivot * n + j] && !found[i * n + j]) {
                    found[i * n + j] = 1;
                    length[i]++;
                }
            }
            length[i]--;
            age[i] = clock++;
        }
    }
    found[n * n] = 1;
}

/* Gauss elimination with pivots on the diagonal, as NEURON orders them; value becomes the
 * solution. 1 if a pivot vanishes. */
static __attribute__((unused)) int mec_kinetic_eliminate(const mec_kinetic *w)
{
    int n = w->n;

    for (int i = 0; i < n; i++) {
        const double *pivot = w->matrix + w->order[i] * n;
        if (fabs(pivot[w->order[i]]) <= 1.e-20) {
            return 1;
        }
        for (int k = i + 1; k < n; k++) {
            double *row = w->matrix + w->order[k] * n;
            double r = row[w->order[i]] / pivot[w->order[i]];
            if (row[w->order[i]] == 0.0) {
                continue;
            }
            w->value[w->order[k]] -= w->value[w->order[i]] * r;
            for (int j = i + 1; j < n; j++) {
                row[w->order[j]] -= pivot[w->order[j]] * r;
            }
        }
    }
    for (int i = n - 1; i >= 0; i--) {
        const double *row = w->matrix + w->order[i] * n;
        for (int j = i + 1; j < n; j++) {
            w->value[w->order[i]] -= row[w->order[j]] * w->value[w->order[j]];
        }
        w->value[w->order[i]] /= row[w->order[i]];
    }
    return 0;
}

/* One step; 0, or 1 if the iteration fails. once: a single iteration without clipping. */
static __attribute__((unused)) int mec_kinetic_step(mec_kinetic *w, double dt, int once)
{
    double change = 1.0;

    for (int i = 0; i < w->n; i++) {
        w->saved[i] = *w->x[i];
    }
    w->conserve = 1;
    w->dt = dt;
    for (int count = 0; change > 1.e-6; count++) {
        mec_kinetic_evaluate(w);
        if (mec_kinetic_eliminate(w) != 0) {
            return 1;
        }
        change = 0.0;
        for (int i = 0; i < w->n; i++) {
            double *x = w->x[i];
            *x += w->value[i];
            *x = !once && *x < 0.0 ? 0.0 : *x;
            change += fabs(w->value[i]);
        }
        if (count > MEC_KINETIC_LIMIT) {
            return 1;
        }
        if (once) {
            break;
        }
    }
    mec_kinetic_evaluate(w);
    return 0;
}

static __attribute__((unused)) int mec_kinetic_steady(mec_kinetic *w)
{
    if (w->linear) {
        return mec_kinetic_step(w, 1.e9, 0);
    }
    for (int count = 0; count < MEC_KINETIC_STEADY; count++) {
        int negative = 0;
        if (mec_kinetic_step(w, 1.e9, 1) != 0) {
            return 1;
        }
        for (int i = 0; i < w->n; i++) {
            if (*w->x[i] < -1.e-6) {
                *w->x[i] = 0.0;
                negative = 1;
            }
        }
        if (!negative) {
            return mec_kinetic_step(w, 1.e9, 0);
        }
    }
    return 1;
}

/* (volume/gamma - d(flux)/dx) y = volume/gamma * y, in place. */
static __attribute__((unused)) int mec_kinetic_solve(mec_kinetic *w, double gamma)
{
    w->conserve = 0;
    w->dt = gamma;
    mec_kinetic_evaluate(w);
    for (int i = 0; i < w->n; i++) {
        w->value[i] = 1.0 / gamma * *w->y[i] * w->volume[i];
    }
    if (mec_kinetic_eliminate(w) != 0) {
        return 1;
    }
    for (int i = 0; i < w->n; i++) {
        *w->y[i] = w->value[i];
    }
    return 0;
}
