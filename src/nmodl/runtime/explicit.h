/* Explicit methods for DERIVATIVE and KINETIC blocks: euler, runge (fourth order) and
 * adrunge, the one that SOLVE without METHOD means. Order of operations and the choice of
 * steps are NEURON's (scopmath). */

typedef struct mec_explicit {
    int n;
    double *const *x, *const *y; /* [n] states and derivatives */
    double *t;                   /* time that `rates` sees */
    void (*rates)(void *arg);    /* sets the derivatives */
    void *arg;
    double *work; /* [4 * n] */
} mec_explicit;

/* What adrunge keeps from one step to the next. */
typedef struct mec_adaptive {
    double step;
    int count;
    int started; /* 0: begin anew */
} mec_adaptive;

static __attribute__((unused)) int mec_euler(const mec_explicit *w, double dt)
{
    w->rates(w->arg);
    for (int i = 0; i < w->n; i++) {
        *w->x[i] += dt * *w->y[i];
    }
    return 0;
}

static __attribute__((unused)) int mec_runge(const mec_explicit *w, double dt)
{
    double *start = w->work, *sum = w->work + w->n;
    double part;

    w->rates(w->arg);
    for (int i = 0; i < w->n; i++) {
        start[i] = *w->x[i];
        part = dt / 2.0 * *w->y[i];
        *w->x[i] += part;
        sum[i] = start[i] + part / 3.0;
    }
    *w->t += dt / 2.0;
    w->rates(w->arg);
    for (int i = 0; i < w->n; i++) {
        part = dt * *w->y[i];
        *w->x[i] = start[i] + part / 2.0;
        sum[i] += part / 3.0;
    }
    w->rates(w->arg);
    for (int i = 0; i < w->n; i++) {
        part = dt * *w->y[i];
        *w->x[i] = start[i] + part;
        sum[i] += part / 3.0;
    }
    *w->t += dt / 2.0;
    w->rates(w->arg);
    for (int i = 0; i < w->n; i++) {
        *w->x[i] = sum[i] + dt / 6.0 * *w->y[i];
    }
    *w->t -= dt;
    return 0;
}

/* Two steps of the present size against one of twice the size give the next size. 1 if
 * that vanishes. */
static int mec_adapt(const mec_explicit *w, mec_adaptive *keep, double end,
                     double tolerance)
{
    double *before = w->work + 2 * w->n, *twice = w->work + 3 * w->n;
    double worst = 0.0;

    for (int i = 0; i < w->n; i++) {
        before[i] = *w->x[i];
    }
    if (*w->t + 2.0 * keep->step > end) {
        keep->step = (end - *w->t) / 2.0;
    }
    (void)mec_runge(w, 2.0 * keep->step);
    for (int i = 0; i < w->n; i++) {
        twice[i] = *w->x[i];
        *w->x[i] = before[i];
    }
    (void)mec_runge(w, keep->step);
    *w->t += keep->step;
    (void)mec_runge(w, keep->step);
    *w->t += keep->step;
    keep->count++;
    for (int i = 0; i < w->n; i++) {
        double error = fabs(*w->x[i] - twice[i]) / 30.0;
        worst = error > worst ? error : worst;
    }
    worst = worst < 1.e-20 ? 0.1 * tolerance : worst;
    keep->step = pow(tolerance * pow(keep->step, 5.0) / worst, 0.25);
    return keep->step < 1.e-20;
}

static __attribute__((unused)) int mec_adrunge(const mec_explicit *w, double dt,
                                               mec_adaptive *keep, double tolerance)
{
    double end = *w->t + dt;

    if (!keep->started) {
        keep->count = -1;
        keep->step = dt < 0.1 ? dt / 10.0 : 0.01;
        keep->started = 1;
    }
    for (; *w->t < end; *w->t += keep->step) {
        if (++keep->count % 10 == 0 && mec_adapt(w, keep, end, tolerance) != 0) {
            return 1;
        }
        if (*w->t<end && * w->t + keep->step> end) {
            (void)mec_runge(w, end - *w->t);
        } else if (*w->t + keep->step <= end) {
            (void)mec_runge(w, keep->step);
        }
    }
    *w->t = end - dt;
    return 0;
}
