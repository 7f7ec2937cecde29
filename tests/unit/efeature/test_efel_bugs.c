/* Traces where eFEL 5.7.34 reads memory that is not part of the trace: the list in
 * mecombo/efeature.h. A feature that would be made of such memory does not exist. */

#include <support/tap.h>

#include <mecombo/efeature.h>

enum { N = 40 };

typedef struct fixture {
    mec_arena *arena;
    mec_efeature_trace *trace;
    double t[N];
    double v[N];
} fixture;

static void set(fixture *f, const char *name, double x)
{
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(mec_efeature_set(f->trace, name, x, &err), err);
}

/* N samples, 0.1 ms apart, of v = -70 mV with a spike of three samples at each of the
 * given ones. */
static void begin(fixture *f, double start, double end, int n_spikes, const int spike[])
{
    f->arena = mec_arena_new();
    for (int i = 0; i < N; i++) {
        f->t[i] = 0.1 * i;
        f->v[i] = -70.0;
    }
    for (int i = 0; i < n_spikes; i++) {
        f->v[spike[i] - 1] = -10.0;
        f->v[spike[i]] = 30.0;
        f->v[spike[i] + 1] = -15.0;
    }
    f->trace = mec_efeature_trace_new(f->arena, N, f->t, f->v);
    set(f, "stim_start", start);
    set(f, "stim_end", end);
}

static mec_efeature_values get(fixture *f, const char *name)
{
    mec_err err = MEC_ERR_INIT;
    mec_efeature_values got = {0};

    CHECK_OK(mec_efeature_get(f->trace, name, &got, &err), err);
    return got;
}

static void check_beyond(fixture *f, const char *name)
{
    mec_efeature_values got = get(f, name);

    if (!CHECK(!got.exists)) {
        printf("# %s\n", name);
        return;
    }
    CHECK_HAS(got.reason, "eFEL reads beyond");
}

/* Interpolation makes no sample and then looks at the last one. */
static void test_no_duration(void)
{
    fixture f;

    begin(&f, 1.0, 3.0, 0, NULL);
    for (int i = 0; i < N; i++) {
        f.t[i] = 2.0;
    }
    for (size_t i = 0; i < mec_efeature_count(); i++) {
        check_beyond(&f, mec_efeature_name(i));
    }
    mec_arena_free(f.arena);
}

/* The samples after stim_end are counted from the last one down, past the first. */
static void test_steady_state_voltage(void)
{
    fixture f;

    begin(&f, -2.0, -1.0, 0, NULL);
    check_beyond(&f, "steady_state_voltage");
    set(&f, "stim_end", 0.0);
    CHECK(get(&f, "steady_state_voltage").exists);
    mec_arena_free(f.arena);
}

/* The derivative has five points, whatever there is. */
static void test_time_constant(void)
{
    fixture f;

    begin(&f, 0.0, 2.7, 0, NULL);
    check_beyond(&f, "time_constant");
    mec_arena_free(f.arena);
}

/* The median of no samples. */
static void test_empty_median(void)
{
    mec_err err = MEC_ERR_INIT;
    fixture f;

    begin(&f, 0.15, 3.0, 0, NULL);
    CHECK_OK(mec_efeature_set_text(f.trace, "voltage_base_mode", "median", &err), err);
    check_beyond(&f, "voltage_base");
    check_beyond(&f, "sag_amplitude");
    mec_arena_free(f.arena);
}

/* More begins than ends of stimuli. */
static void test_multiple_decays(void)
{
    const double starts[] = {0.5, 1.5};
    const double ends[] = {1.0};
    mec_err err = MEC_ERR_INIT;
    fixture f;

    begin(&f, 0.5, 1.0, 0, NULL);
    CHECK_OK(mec_efeature_set_list(f.trace, "multi_stim_start", 2, starts, &err), err);
    CHECK_OK(mec_efeature_set_list(f.trace, "multi_stim_end", 1, ends, &err), err);
    check_beyond(&f, "multiple_decay_time_constant_after_stim");
    mec_arena_free(f.arena);
}

/* The sample behind the last one is taken for part of the trace. */
static void test_phaseslope(void)
{
    const int spike[] = {30};
    fixture f;

    begin(&f, 0.5, 3.0, 1, spike);
    set(&f, "DerivativeWindow", 1);
    mec_efeature_values begins = get(&f, "AP_begin_indices");

    if (CHECK_INT(begins.n, 1)) {
        double n = (double)get(&f, "voltage").n;

        set(&f, "AP_phaseslope_range", n - begins.value[0]);
        check_beyond(&f, "AP_phaseslope");
    }
    mec_arena_free(f.arena);
}

/* A sag that does not end: eFEL compares with the voltage behind the trace, which is 0 in
 * fresh memory. So does mecombo. */
static void test_endless_sag(void)
{
    const double tau = 20.0; /* ms */
    fixture f;

    begin(&f, 0.5, 2.5, 0, NULL);
    for (int i = 0; i < N; i++) {
        f.v[i] = i < 24 ? -60.0 : -90.0 * exp((2.4 - f.t[i]) / tau);
    }
    mec_efeature_values got = get(&f, "sag_time_constant");

    if (CHECK_INT(got.n, 1)) {
        CHECK_NEAR(got.value[0], tau, 0.0, 1e-9);
    }
    mec_arena_free(f.arena);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_no_duration),     TAP_CASE(test_steady_state_voltage),
        TAP_CASE(test_time_constant),   TAP_CASE(test_empty_median),
        TAP_CASE(test_multiple_decays), TAP_CASE(test_phaseslope),
        TAP_CASE(test_endless_sag),
    };

    return TAP_RUN(cases, argc, argv);
}
