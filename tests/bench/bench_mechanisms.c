/* Nanoseconds per instance of each kernel of each mechanism of a folder.
 *
 * usage: bench_mechanisms DIR [N]    DIR: what `mecombo mechanisms compile` made
 * MECOMBO_ISA=baseline|avx2|avx512 chooses the kernels, MECOMBO_FREE=1 those with free
 * rounding. N instances (default 512, the size of a region of a campaign cell) in one run;
 * the best of 20 timings counts. */

#include <mecombo/mechanism.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double *filled(int32_t n, double first, double step)
{
    double *x = aligned_alloc(64, sizeof *x * (size_t)(n + 16));

    for (int32_t i = 0; x != NULL && i < n + 16; i++) {
        x[i] = first + step * i;
    }
    return x;
}

static double time_kernel(mec_kernel kernel, const mec_run *run)
{
    double best = 1e9;

    if (kernel == NULL) {
        return 0;
    }
    for (int repeat = 0; repeat < 20; repeat++) {
        double start = seconds();
        for (int k = 0; k < 50; k++) {
            (void)kernel(run);
        }
        double spent = (seconds() - start) / 50;
        best = spent < best ? spent : best;
    }
    return 1e9 * best / run->n;
}

static void bench(const mec_mechanism_desc *desc, int32_t n)
{
    static const double ion_start[] = {50, 1e-4, 2, -1e-3, 0};
    mec_env env = {.t = 1, .dt = 0.025, .celsius = 34, .gamma = 0.02};
    mec_run run = {.n = n, .env = &env};
    const mec_kernels *kernels =
        mec_mechanism_kernels(desc, getenv("MECOMBO_FREE") != NULL);
    double **column = calloc((size_t)desc->n_column + 1, sizeof *column);
    double **ion = calloc((size_t)desc->n_ion_ref + 1, sizeof *ion);

    run.global = calloc((size_t)desc->n_global_values + 1, sizeof *run.global);
    run.v = filled(n, -75.3, 0.1);
    run.rhs = filled(n, 0, 0);
    run.d = filled(n, 1, 0);
    run.area = filled(n, 100, 0);
    run.diam = filled(n, 1.5, 0);
    run.column = column;
    run.ion = ion;
    run.instance = calloc((size_t)(n * desc->n_pointer) + 1, sizeof(void *));
    for (int32_t i = 0; i < desc->n_variable; i++) {
        for (int32_t k = 0; k < desc->columns[i].length; k++) {
            column[desc->columns[i].column + k] = filled(n, desc->columns[i].value, 0);
        }
    }
    for (int32_t i = 0; i < desc->n_global; i++) {
        run.global[desc->globals[i].offset] = desc->globals[i].value;
    }
    for (int32_t i = 0; i < desc->n_ion_ref; i++) {
        ion[i] = filled(n, ion_start[desc->ion_refs[i].variable], 0);
    }
    (void)kernels->init(&run);
    printf("%-16s current %6.2f  state %6.2f  derivative %6.2f  solve %6.2f ns\n",
           desc->name, time_kernel(kernels->current, &run),
           time_kernel(kernels->state, &run), time_kernel(kernels->derivative, &run),
           time_kernel(kernels->solve, &run));
}

int main(int argc, char **argv)
{
    mec_err err = {0};
    mec_catalogue *catalogue = NULL;
    int32_t n = argc > 2 ? (int32_t)strtol(argv[2], NULL, 10) : 512;

    if (argc < 2 || mec_catalogue_load(argv[1], &catalogue, &err) != MEC_OK) {
        (void)fprintf(stderr, "usage: bench_mechanisms DIR [N] %s\n", err.text);
        return 2;
    }
    for (int32_t i = 0; i < mec_catalogue_count(catalogue); i++) {
        bench(mec_catalogue_get(catalogue, i), n);
    }
    mec_catalogue_free(catalogue);
    return 0;
}
