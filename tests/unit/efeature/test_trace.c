/* Interpolation, settings and the table; features of traces whose values are known. */

#include <support/tap.h>

#include <mecombo/efeature.h>

typedef struct fixture {
    mec_arena *arena;
    mec_efeature_trace *trace;
    mec_err err;
} fixture;

static fixture begin(size_t n, const double t[], const double v[], double start,
                     double end)
{
    fixture f = {.arena = mec_arena_new()};

    f.trace = mec_efeature_trace_new(f.arena, n, t, v);
    CHECK_OK(mec_efeature_set(f.trace, "stim_start", start, &f.err), f.err);
    CHECK_OK(mec_efeature_set(f.trace, "stim_end", end, &f.err), f.err);
    return f;
}

static void set(fixture *f, const char *name, double x)
{
    CHECK_OK(mec_efeature_set(f->trace, name, x, &f->err), f->err);
}

static mec_efeature_values get(fixture *f, const char *name)
{
    mec_efeature_values got = {0};

    CHECK_OK(mec_efeature_get(f->trace, name, &got, &f->err), f->err);
    return got;
}

static double get_one(fixture *f, const char *name)
{
    mec_efeature_values got = get(f, name);

    if (!CHECK_INT(got.n, 1)) {
        printf("# %s: %s\n", name, got.reason != NULL ? got.reason : "");
        return NAN;
    }
    return got.value[0];
}

static void check_values(fixture *f, const char *name, size_t n, const double want[])
{
    mec_efeature_values got = get(f, name);

    if (!CHECK_INT(got.n, n)) {
        printf("# %s\n", name);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        CHECK_EQ(got.value[i], want[i]);
    }
}

static void test_interpolation(void)
{
    const double t[] = {0.0, 1.0, 3.0};
    const double v[] = {0.0, 10.0, -10.0};
    fixture f = begin(3, t, v, 1.0, 2.0);

    set(&f, "interp_step", 0.5);
    check_values(&f, "time", 7, (double[]){0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0});
    check_values(&f, "voltage", 7, (double[]){0.0, 5.0, 10.0, 5.0, 0.0, -5.0, -10.0});
    /* The grid may end beyond the trace; the last value holds there. */
    set(&f, "interp_step", 0.875);
    check_values(&f, "time", 5, (double[]){0.0, 0.875, 1.75, 2.625, 3.5});
    check_values(&f, "voltage", 5, (double[]){0.0, 8.75, 2.5, -6.25, -10.0});
    mec_arena_free(f.arena);
}

/* Where eFEL cannot interpolate it goes on with the trace as it is. */
static void test_no_interpolation(void)
{
    const double t[] = {0.0, 0.0, 1.0, 2.0};
    const double v[] = {1.0, 2.0, 3.0, 5.0};
    fixture f = begin(4, t, v, 0.5, 1.5);

    check_values(&f, "time", 4, t);
    check_values(&f, "voltage", 4, v);
    mec_arena_free(f.arena);
    f = begin(2, t + 1, v + 1, 0.5, 1.5);
    check_values(&f, "voltage", 2, v + 1);
    CHECK(!get(&f, "peak_time").exists);
    CHECK_EQ(get_one(&f, "Spikecount"), 0.0);
    mec_arena_free(f.arena);
}

/* Equal times within the trace are a jump: the segment of no length is never used. */
static void test_duplicate_times(void)
{
    const double t[] = {0.0, 1.0, 1.0, 2.0};
    const double v[] = {0.0, 1.0, 5.0, 6.0};
    fixture f = begin(4, t, v, 0.5, 1.5);

    set(&f, "interp_step", 0.5);
    check_values(&f, "voltage", 5, (double[]){0.0, 0.5, 1.0, 5.5, 6.0});
    mec_arena_free(f.arena);
}

enum { N_SPIKES = 3, N_KNOTS = 2 + 5 * N_SPIKES + 1 };

/* Triangles: from -70 mV up to 30 mV in 1 ms, down to -80 mV in 1 ms, back in 4 ms. */
static fixture begin_triangles(double t[N_KNOTS], double v[N_KNOTS])
{
    static const double peaks[N_SPIKES] = {110.0, 130.0, 170.0};
    static const double dt[] = {-1.5, -1.0, 0.0, 1.0, 5.0};
    static const double volt[] = {-70.0, -70.0, 30.0, -80.0, -70.0};
    size_t n = 0;

    t[n] = 0.0;
    v[n++] = -70.0;
    t[n] = 100.0;
    v[n++] = -70.0;
    for (int i = 0; i < N_SPIKES; i++) {
        for (int k = 0; k < 5; k++) {
            t[n] = peaks[i] + dt[k];
            v[n++] = volt[k];
        }
    }
    t[n] = 300.0;
    v[n++] = -70.0;
    fixture f = begin(n, t, v, 100.0, 200.0);

    set(&f, "interp_step", 0.125); /* exact in binary */
    set(&f, "Threshold", -22.0);   /* -20 mV is met by samples, which eFEL overlooks */
    return f;
}

static void test_triangles(void)
{
    double t[N_KNOTS];
    double v[N_KNOTS];
    fixture f = begin_triangles(t, v);

    check_values(&f, "peak_time", 3, (double[]){110.0, 130.0, 170.0});
    check_values(&f, "peak_voltage", 3, (double[]){30.0, 30.0, 30.0});
    check_values(&f, "all_ISI_values", 2, (double[]){20.0, 40.0});
    check_values(&f, "ISI_values", 1, (double[]){40.0});
    check_values(&f, "inv_ISI_values", 2, (double[]){50.0, 25.0});
    check_values(&f, "min_AHP_values", 3, (double[]){-80.0, -80.0, -80.0});
    check_values(&f, "AHP_depth", 3, (double[]){-10.0, -10.0, -10.0});
    check_values(&f, "AHP_time_from_peak", 3, (double[]){1.0, 1.0, 1.0});
    /* dV/dt reaches 10 mV/ms at the knee, where the central difference is 50 mV/ms. */
    check_values(&f, "AP_begin_time", 3, (double[]){109.0, 129.0, 169.0});
    check_values(&f, "AP_amplitude", 3, (double[]){100.0, 100.0, 100.0});
    check_values(&f, "AP_rise_rate", 3, (double[]){100.0, 100.0, 100.0});
    check_values(&f, "AP_rise_time", 3, (double[]){1.0, 1.0, 1.0});
    CHECK_EQ(get_one(&f, "Spikecount"), 3.0);
    CHECK_EQ(get_one(&f, "voltage_base"), -70.0);
    CHECK_EQ(get_one(&f, "mean_frequency"), 3000.0 / 70.0);
    CHECK_EQ(get_one(&f, "time_to_first_spike"), 10.0);
    CHECK_EQ(get_one(&f, "time_to_last_spike"), 70.0);
    CHECK_EQ(get_one(&f, "inv_time_to_first_spike"), 100.0);
    CHECK_EQ(get_one(&f, "doublet_ISI"), 20.0);
    CHECK(!get(&f, "inv_third_ISI").exists);
    CHECK(get(&f, "inv_third_ISI").reason != NULL);
    mec_arena_free(f.arena);
}

/* Settings may change between features; what was handed out stays. */
static void test_changing_settings(void)
{
    double t[N_KNOTS];
    double v[N_KNOTS];
    fixture f = begin_triangles(t, v);
    mec_efeature_values before = get(&f, "peak_time");

    set(&f, "strict_stiminterval", 1.0);
    set(&f, "stim_start", 120.0);
    check_values(&f, "peak_time", 2, (double[]){130.0, 170.0});
    CHECK_EQ(get_one(&f, "Spikecount"), 2.0);
    set(&f, "Threshold", -20.0);
    CHECK_EQ(get_one(&f, "Spikecount"), 0.0);
    CHECK_INT(before.n, 3);
    CHECK_EQ(before.value[0], 110.0);
    mec_arena_free(f.arena);
}

static void test_step(void)
{
    const double t[] = {0.0, 100.0, 100.0, 200.0, 200.0, 300.0};
    const double v[] = {-70.0, -70.0, -80.0, -80.0, -70.0, -70.0};
    fixture f = begin(6, t, v, 100.0, 200.0);

    set(&f, "interp_step", 0.125);
    CHECK(!get(&f, "ohmic_input_resistance_vb_ssse").exists);
    set(&f, "stimulus_current", -0.125);
    CHECK_EQ(get_one(&f, "steady_state_voltage_stimend"), -80.0);
    CHECK_EQ(get_one(&f, "voltage_deflection_vb_ssse"), -10.0);
    CHECK_EQ(get_one(&f, "ohmic_input_resistance_vb_ssse"), 80.0);
    CHECK_EQ(get_one(&f, "voltage_deflection"), -10.0);
    CHECK_EQ(get_one(&f, "minimum_voltage"), -80.0);
    CHECK_EQ(get_one(&f, "sag_amplitude"), 0.0);
    CHECK_EQ(get_one(&f, "sag_ratio2"), 1.0);
    CHECK_EQ(get_one(&f, "depol_block"), 1.0);
    mec_arena_free(f.arena);
}

enum { N_LONG = 2001 };

/* Exponentials of known time constants. */
static void test_time_constants(void)
{
    const double tau = 12.5; /* ms */
    double t[N_LONG];
    double v[N_LONG];
    double w[N_LONG];

    for (int i = 0; i < N_LONG; i++) {
        double since = 0.125 * i - 50.0;

        t[i] = 0.125 * i;
        v[i] = since < 0.0 ? 3.0 : 1.0 + 2.0 * exp(-since / tau);
        w[i] = since < 0.0 ? 1.0 : 3.0 - 2.0 * exp(-since / tau);
    }
    fixture f = begin(N_LONG, t, v, 50.0, 200.0);

    set(&f, "interp_step", 0.125);
    CHECK_NEAR(get_one(&f, "deactivation_time_constant"), tau, 0.0, 1e-6);
    CHECK_NEAR(get_one(&f, "inactivation_time_constant"), tau, 0.0, 1e-6);
    mec_arena_free(f.arena);
    f = begin(N_LONG, t, w, 50.0, 200.0);
    set(&f, "interp_step", 0.125);
    CHECK_NEAR(get_one(&f, "activation_time_constant"), tau, 0.0, 1e-6);
    mec_arena_free(f.arena);
    /* The decay after a stimulus, towards the voltage at its start. */
    for (int i = 0; i < N_LONG; i++) {
        v[i] = t[i] < 50.0    ? -70.0
               : t[i] < 100.0 ? -60.0
                              : -70.0 + 10.0 * exp((100.0 - t[i]) / tau);
    }
    v[400] = -70.0;
    f = begin(N_LONG, t, v, 50.0, 100.0);
    set(&f, "interp_step", 0.125);
    CHECK_NEAR(get_one(&f, "decay_time_constant_after_stim"), tau, 0.0, 1e-9);
    mec_arena_free(f.arena);
}

/* numpy.argmax() finds a NaN first; scipy leaves NaN out of a fit. */
static void test_fit_with_nan(void)
{
    double t[N_LONG];
    double v[N_LONG];

    for (int i = 0; i < N_LONG; i++) {
        t[i] = 0.125 * i;
        v[i] = 1.0 + 2.0 * exp(-t[i] / 20.0);
    }
    v[600] = NAN;
    fixture f = begin(N_LONG, t, v, 50.0, 200.0);

    set(&f, "interp_step", 0.125);
    CHECK_EQ(get_one(&f, "activation_time_constant"), 0.0);
    CHECK_NEAR(get_one(&f, "deactivation_time_constant"), 20.0, 0.0, 1e-6);
    CHECK(!get(&f, "inactivation_time_constant").exists);
    mec_arena_free(f.arena);
}

/* An impulse of current has all frequencies; the voltage has one. */
static void test_impedance(void)
{
    double t[N_LONG];
    double v[N_LONG];
    double i[N_LONG];
    const int cycles = 100;

    for (int k = 0; k < N_LONG; k++) {
        t[k] = 0.125 * k;
        v[k] = -70.0 + sin(2 * 3.14159265358979 * cycles * k / N_LONG);
        i[k] = k == 700 ? 1.0 : 0.0;
    }
    fixture f = begin(N_LONG, t, v, 50.0, 200.0);

    set(&f, "interp_step", 0.125);
    CHECK(!get(&f, "impedance").exists);
    CHECK(mec_efeature_set_current(f.trace, 7, i, &f.err) == MEC_E_INPUT);
    CHECK_HAS(f.err.text, "7 samples");
    CHECK_OK(mec_efeature_set_current(f.trace, N_LONG, i, &f.err), f.err);
    set(&f, "impedance_max_freq", 1000.0);
    CHECK_NEAR(get_one(&f, "impedance"), 1e3 * cycles / (0.125 * N_LONG), 0.0, 1e-12);
    CHECK_EQ(get_one(&f, "current_base"), 0.0);
    mec_arena_free(f.arena);
}

/* One call with several names: each feature of eFEL interpolates again. */
static void test_together(void)
{
    double t[N_KNOTS];
    double v[N_KNOTS];
    fixture f = begin_triangles(t, v);

    CHECK_OK(mec_efeature_together(f.trace, &f.err), f.err);
    check_values(&f, "peak_time", 3, (double[]){110.0, 130.0, 170.0});
    check_values(&f, "AP_begin_time", 3, (double[]){109.0, 129.0, 169.0});
    CHECK_EQ(get_one(&f, "Spikecount"), 3.0);
    mec_arena_free(f.arena);
}

static void test_settings(void)
{
    const double t[] = {0.0, 1.0, 2.0};
    const double v[] = {0.0, 1.0, 5.0};
    fixture f = begin(3, t, v, 1.0, 2.0);
    mec_efeature_values got;

    set(&f, "interp_step", 0.5);
    CHECK(mec_efeature_set(f.trace, "Treshold", 0.0, &f.err) == MEC_E_INPUT);
    CHECK_HAS(f.err.text, "did you mean Threshold?");
    CHECK(mec_efeature_set(f.trace, "voltage_base_mode", 0.0, &f.err) == MEC_E_INPUT);
    CHECK(mec_efeature_set_text(f.trace, "Threshold", "high", &f.err) == MEC_E_INPUT);
    CHECK_HAS(f.err.text, "'high' is not a number");
    CHECK_OK(mec_efeature_set_text(f.trace, "voltage_base_start_perc", "0", &f.err),
             f.err);
    CHECK_EQ(get_one(&f, "voltage_base"), 0.5);
    CHECK_OK(mec_efeature_set_text(f.trace, "voltage_base_end_perc", "1.5", &f.err),
             f.err);
    CHECK_EQ(get_one(&f, "voltage_base"), 1.125);
    CHECK_OK(mec_efeature_set_text(f.trace, "voltage_base_mode", "median", &f.err),
             f.err);
    CHECK_EQ(get_one(&f, "voltage_base"), 0.75);
    CHECK_OK(mec_efeature_set_text(f.trace, "voltage_base_mode", "mode", &f.err),
             f.err);
    CHECK(!get(&f, "voltage_base").exists);
    CHECK_OK(mec_efeature_set_text(f.trace, "strict_stiminterval", "True", &f.err),
             f.err);
    CHECK_OK(mec_efeature_set_text(f.trace, "multi_stim_start", "1,1.5", &f.err),
             f.err);
    CHECK(mec_efeature_set_text(f.trace, "multi_stim_end", "1,x", &f.err) ==
          MEC_E_INPUT);
    CHECK(mec_efeature_set_list(f.trace, "Threshold", 2, t, &f.err) == MEC_E_INPUT);
    set(&f, "stim_end", 1.0);
    CHECK(mec_efeature_get(f.trace, "voltage", &got, &f.err) == MEC_E_INPUT);
    CHECK_HAS(f.err.text, "is not after stim_start");
    mec_arena_free(f.arena);
}

static void test_stimulus_is_needed(void)
{
    const double x[] = {0.0, 1.0, 2.0};
    mec_arena *arena = mec_arena_new();
    mec_efeature_trace *trace = mec_efeature_trace_new(arena, 3, x, x);
    mec_err err = MEC_ERR_INIT;
    mec_efeature_values got;

    CHECK(mec_efeature_get(trace, "voltage", &got, &err) == MEC_E_INPUT);
    CHECK_HAS(err.text, "stim_start");
    CHECK(mec_efeature_get(trace, "peak_tme", &got, &err) == MEC_E_INPUT);
    CHECK_HAS(err.text, "did you mean peak_time?");
    mec_arena_free(arena);
}

static void test_table(void)
{
    /* 182 names in efel's list, where voltage, time and current appear twice. */
    CHECK_INT(mec_efeature_count(), 179);
    for (size_t i = 0; i < mec_efeature_count(); i++) {
        CHECK(i == 0 || strcmp(mec_efeature_name(i - 1), mec_efeature_name(i)) < 0);
        CHECK(strlen(mec_efeature_unit(i)) > 0);
        CHECK(strlen(mec_efeature_definition(i)) > 10);
        if (strstr(mec_efeature_name(i), "_indices") != NULL) {
            CHECK(mec_efeature_is_index(i));
        }
    }
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_interpolation),
        TAP_CASE(test_no_interpolation),
        TAP_CASE(test_duplicate_times),
        TAP_CASE(test_triangles),
        TAP_CASE(test_changing_settings),
        TAP_CASE(test_step),
        TAP_CASE(test_time_constants),
        TAP_CASE(test_fit_with_nan),
        TAP_CASE(test_impedance),
        TAP_CASE(test_together),
        TAP_CASE(test_settings),
        TAP_CASE(test_stimulus_is_needed),
        TAP_CASE(test_table),
    };

    return TAP_RUN(cases, argc, argv);
}
