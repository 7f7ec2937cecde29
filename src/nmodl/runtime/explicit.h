/* Explicit methods for DERIVATIVE and KINETIC blocks: euler, runge (fourth order),
 * adrunge, the one that SOLVE without METHOD means, adeuler and adams. Order of operations
 * and the choice of steps are NEURON's (scopmath). So is it that the instances of a
 * mechanism share what a method keeps from step to step. */

typedef struct mec_explicit {
    int n;
    double *const *x, *const *y; /* [n] states and derivatives */
    double *t;                   /* time that `rates` sees */
    void (*rates)(void *arg);    /* sets the derivatives */
    void *arg;
    double *work; /* [4 * n] */
} mec_explicit;

/* What a method keeps from one step to the next. */
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

/* Steps as large as the change of the derivatives allows. The first instance sets its
 * derivatives before the first step, the others go on with what they have. */
static __attribute__((unused)) int mec_adeuler(const mec_explicit *w, double dt,
                                               mec_adaptive *keep, double tolerance)
{
    double end = *w->t + dt, *before = w->work;

    if (!keep->started) {
        keep->step = dt < 0.01 ? dt / 10.0 : 0.001;
        keep->started = 1;
        w->rates(w->arg);
    }
    for (; *w->t < end; *w->t += keep->step) {
        double worst = 0.0;

        if (*w->t + keep->step > end) {
            keep->step = end - *w->t;
        }
        for (int i = 0; i < w->n; i++) {
            *w->x[i] += keep->step * *w->y[i];
            before[i] = *w->y[i];
        }
        w->rates(w->arg);
        for (int i = 0; i < w->n; i++) {
            double change = fabs(*w->y[i] - before[i]) / keep->step;
            worst = change > worst ? change : worst;
        }
        if (worst != 0.0) {
            keep->step = sqrt(2.0 * tolerance / worst);
        }
    }
    *w->t = end - dt;
    return keep->step < 1.e-20;
}

/* Predictor and corrector of fourth order; past: [3 * n] derivatives of the last three
 * steps, which runge makes at the beginning. */
static __attribute__((unused)) int mec_adams(const mec_explicit *w, double dt,
                                             mec_adaptive *keep, double *past)
{
    double *oldest = past, *middle = past + w->n, *latest = past + 2 * w->n;
    double *sum = w->work;

    w->rates(w->arg);
    if (keep->count < 3) {
        for (int i = 0; i < w->n; i++) {
            past[keep->count * w->n + i] = *w->y[i];
        }
        keep->count++;
        return mec_runge(w, dt);
    }
    for (int i = 0; i < w->n; i++) {
        sum[i] = *w->x[i];
        *w->x[i] += (dt / 24.0) * (55.0 * *w->y[i] - 59.0 * latest[i] +
                                   37.0 * middle[i] - 9.0 * oldest[i]);
    }
    *w->t += dt;
    for (int i = 0; i < w->n; i++) {
        oldest[i] = middle[i];
        middle[i] = latest[i];
        latest[i] = *w->y[i];
    }
    w->rates(w->arg);
    for (int i = 0; i < w->n; i++) {
        sum[i] += (dt / 24.0) *
                  (9.0 * *w->y[i] + 19.0 * latest[i] - 5.0 * middle[i] + oldest[i]);
        *w->x[i] = (19.0 * *w->x[i] + 251.0 * sum[i]) / 270.0;
    }
    *w->t -= dt;
    return 0;
}
