/* Times the features of a 3 s trace at 0.1 ms: all of them, and the set that the SSCx
 * e-models score.
 *
 * Usage: bench_efeature [TRACE]   (TRACE: two text columns, ms and mV)
 * Prints one line per set: name, milliseconds of processor time (best of the runs).
 */

#include <mecombo/efeature.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { N_SAMPLES = 30001, N_RUNS = 50 };

static const char *const sscx[] = {
    "Spikecount",
    "AP_amplitude",
    "AP1_amp",
    "AP2_amp",
    "APlast_amp",
    "AHP_depth",
    "AHP_depth_abs",
    "AP_duration_half_width",
    "mean_frequency",
    "inv_first_ISI",
    "inv_second_ISI",
    "inv_third_ISI",
    "inv_fourth_ISI",
    "inv_fifth_ISI",
    "inv_last_ISI",
    "time_to_first_spike",
    "time_to_second_spike",
    "time_to_last_spike",
    "inv_time_to_first_spike",
    "ISI_CV",
    "burst_number",
    "voltage_base",
    "steady_state_voltage_stimend",
    "ohmic_input_resistance_vb_ssse",
    "voltage_deflection",
    "voltage_deflection_begin",
    "voltage_after_stim",
    "maximum_voltage_from_voltagebase",
    "decay_time_constant_after_stim",
    "peak_time",
};

/* Time of the processor, so that a busy machine does not count. */
static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return 1e3 * (double)t.tv_sec + 1e-6 * (double)t.tv_nsec;
}

/* A regularly spiking trace: fast rise, slower fall, afterhyperpolarisation. */
static void make_trace(double t[], double v[])
{
    for (int i = 0; i < N_SAMPLES; i++) {
        double since = fmod(0.1 * i - 710.0, 90.0);

        t[i] = 0.1 * i;
        v[i] = -70.0 + 0.05 * sin(0.01 * i);
        if (t[i] > 700.0 && t[i] < 2700.0) {
            v[i] += 10.0 - 18.0 * exp(-since / 30.0);
            v[i] +=
                100.0 * exp(-0.5 * pow((since - 3.0) / (since < 3.0 ? 0.4 : 0.8), 2));
        }
    }
}

static size_t read_trace(const char *path, double t[], double v[])
{
    FILE *file = fopen(path, "r");
    size_t n = 0;

    while (file != NULL && n < N_SAMPLES &&
           fscanf(file, "%lf %lf", &t[n], &v[n]) == 2) {
        n++;
    }
    if (file != NULL) {
        fclose(file);
    }
    return n;
}

static double run_once(size_t n_samples, const double t[], const double v[], size_t n,
                       const char *const names[], size_t *n_values)
{
    mec_err err = MEC_ERR_INIT;
    double start = now_ms();
    mec_arena *arena = mec_arena_new();
    mec_efeature_trace *trace = mec_efeature_trace_new(arena, n_samples, t, v);
    int failed = mec_efeature_set(trace, "stim_start", 700.0, &err) != MEC_OK ||
                 mec_efeature_set(trace, "stim_end", 2700.0, &err) != MEC_OK ||
                 mec_efeature_set(trace, "stimulus_current", 0.1, &err) != MEC_OK;

    *n_values = 0;
    for (size_t i = 0; i < n && !failed; i++) {
        mec_efeature_values got;

        failed = mec_efeature_get(trace, names[i], &got, &err) != MEC_OK;
        *n_values += got.n;
    }
    mec_arena_free(arena);
    if (failed) {
        fprintf(stderr, "bench_efeature: %s\n", err.text);
        exit(1);
    }
    return now_ms() - start;
}

static void report(const char *what, size_t n_samples, const double t[],
                   const double v[], size_t n, const char *const names[], int n_runs)
{
    double best = INFINITY;
    size_t n_values = 0;

    for (int i = 0; i < n_runs; i++) {
        best = fmin(best, run_once(n_samples, t, v, n, names, &n_values));
    }
    printf("%-40s %4zu features %7zu values %9.4f ms\n", what, n, n_values, best);
}

int main(int argc, char **argv)
{
    double *t = calloc(N_SAMPLES, sizeof *t);
    double *v = calloc(N_SAMPLES, sizeof *v);
    const char *names[512] = {NULL};
    size_t n = mec_efeature_count();
    size_t n_samples = N_SAMPLES;

    if (t == NULL || v == NULL) {
        return 1;
    }
    make_trace(t, v);
    if (argc > 1 && strcmp(argv[1], "--each") != 0) {
        n_samples = read_trace(argv[1], t, v);
    }
    for (size_t i = 0; i < n; i++) {
        names[i] = mec_efeature_name(i);
    }
    report("all", n_samples, t, v, n, names, N_RUNS);
    report("SSCx", n_samples, t, v, sizeof sscx / sizeof *sscx, sscx, N_RUNS);
    for (size_t i = 0; i < n && argc > 1 && strcmp(argv[argc - 1], "--each") == 0;
         i++) {
        report(names[i], n_samples, t, v, 1, &names[i], 5);
    }
    free(t);
    free(v);
    return 0;
}
