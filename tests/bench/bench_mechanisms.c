/* Nanoseconds per instance of each kernel of each mechanism of a folder.
 *
 * usage: bench_mechanisms DIR [N]    DIR: what `mecombo mechanisms compile` made
 *        bench_mechanisms DIR -      carry out the commands of the standard input
 * MECOMBO_ISA=baseline|avx2|avx512 chooses the kernels, MECOMBO_FREE=1 those with free
 * rounding. N instances (default 512, the size of a region of a campaign cell) in one run;
 * the best of 20 timings counts.
 *
 * Commands, each answered by one line:
 *   take NAME N            N instances of a mechanism with the values of its text
 *   put VARIABLE X...      [N] numbers for v, area, diam, a column or an ion's variable
 *   get VARIABLE           the numbers of one of these, of rhs or of d
 *   init states            INITIAL
 *   run KERNEL REPEAT      state or current; nanoseconds per instance and call */

#include <mecombo/mechanism.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { PADDING = 16 }; /* numbers behind each array */

typedef struct instances {
    const mec_mechanism_desc *desc;
    const mec_kernels *kernels;
    mec_env env;
    mec_run run;
    double **column, **ion, *area, *diam;
} instances;

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double *filled(int32_t n, double first, double step)
{
    double *x = aligned_alloc(64, sizeof *x * (size_t)((n + 7) / 8 * 8 + PADDING));

    for (int32_t i = 0; x != NULL && i < n + PADDING; i++) {
        x[i] = first + step * i;
    }
    return x;
}

static void take(instances *my, const mec_mechanism_desc *desc, int32_t n)
{
    static const double ion_start[] = {50, 1e-4, 2, -1e-3, 0};
    mec_run *run = &my->run;

    *my = (instances){.desc = desc};
    my->env = (mec_env){.t = 1, .dt = 0.025, .celsius = 34, .gamma = 0.02};
    my->kernels = mec_mechanism_kernels(desc, getenv("MECOMBO_FREE") != NULL);
    my->column = calloc((size_t)desc->n_column + 1, sizeof *my->column);
    my->ion = calloc((size_t)desc->n_ion_ref + 1, sizeof *my->ion);
    my->area = filled(n, 100, 0);
    my->diam = filled(n, 1.5, 0);
    run->n = n;
    run->env = &my->env;
    run->global = calloc((size_t)desc->n_global_values + 1, sizeof *run->global);
    run->v = filled(n, -75.3, 0.1);
    run->rhs = filled(n, 0, 0);
    run->d = filled(n, 1, 0);
    run->area = my->area;
    run->diam = my->diam;
    run->column = my->column;
    run->ion = my->ion;
    run->instance = calloc((size_t)(n * desc->n_pointer) + 1, sizeof(void *));
    for (int32_t i = 0; i < desc->n_variable; i++) {
        for (int32_t k = 0; k < desc->columns[i].length; k++) {
            my->column[desc->columns[i].column + k] =
                filled(n, desc->columns[i].value, 0);
        }
    }
    for (int32_t i = 0; i < desc->n_global; i++) {
        run->global[desc->globals[i].offset] = desc->globals[i].value;
    }
    for (int32_t i = 0; i < desc->n_ion_ref; i++) {
        my->ion[i] = filled(n, ion_start[desc->ion_refs[i].variable], 0);
    }
}

static void leave(instances *my)
{
    for (int32_t i = 0; my->desc != NULL && i < my->desc->n_column; i++) {
        free(my->column[i]);
    }
    for (int32_t i = 0; my->desc != NULL && i < my->desc->n_ion_ref; i++) {
        free(my->ion[i]);
    }
    free(my->column);
    free(my->ion);
    free(my->area);
    free(my->diam);
    free(my->run.global);
    free(my->run.v);
    free(my->run.rhs);
    free(my->run.d);
    free(my->run.instance);
    *my = (instances){0};
}

/* What comes before steps. */
static void init(const instances *my)
{
    if (my->kernels->tables != NULL) {
        (void)my->kernels->tables(&my->run);
    }
    (void)my->kernels->init(&my->run);
}

static double time_calls(mec_kernel kernel, const mec_run *run, int repeat)
{
    double start = seconds();

    for (int k = 0; k < repeat; k++) {
        (void)kernel(run);
    }
    return 1e9 * (seconds() - start) / repeat / run->n;
}

static double best_time(mec_kernel kernel, const mec_run *run)
{
    double best = 1e9;

    for (int repeat = 0; kernel != NULL && repeat < 20; repeat++) {
        double spent = time_calls(kernel, run, 50);
        best = spent < best ? spent : best;
    }
    return kernel == NULL ? 0 : best;
}

static void bench(const mec_mechanism_desc *desc, int32_t n)
{
    instances my;

    take(&my, desc, n);
    init(&my);
    printf("%-16s current %6.2f  state %6.2f  derivative %6.2f  solve %6.2f ns\n",
           desc->name, best_time(my.kernels->current, &my.run),
           best_time(my.kernels->state, &my.run),
           best_time(my.kernels->derivative, &my.run),
           best_time(my.kernels->solve, &my.run));
    leave(&my);
}

/* ---- Commands ---- */

/* The array of a variable under the name that NMODL text has for it; an ion's own rather
 * than the mechanism's copy. NULL: none */
static double *find(const instances *my, const char *name)
{
    static const char *const before[] = {"e", "", "", "i", "di"};
    static const char *const after[] = {"", "i", "o", "", "dv"};
    const mec_mechanism_desc *desc = my->desc;
    const struct {
        const char *name;
        double *array;
    } system[] = {{"v", my->run.v},
                  {"rhs", my->run.rhs},
                  {"d", my->run.d},
                  {"area", my->area},
                  {"diam", my->diam}};

    for (size_t i = 0; i < sizeof system / sizeof *system; i++) {
        if (strcmp(system[i].name, name) == 0) {
            return system[i].array;
        }
    }
    for (int32_t i = 0; i < desc->n_ion_ref; i++) {
        const mec_ion_ref *ref = &desc->ion_refs[i];
        char text[40];
        (void)snprintf(text, sizeof text, "%s%s%s", before[ref->variable],
                       desc->ions[ref->use].ion, after[ref->variable]);
        if (strcmp(text, name) == 0) {
            return my->ion[i];
        }
    }
    for (int32_t i = 0; i < desc->n_variable; i++) {
        if (strcmp(desc->columns[i].name, name) == 0) {
            return my->column[desc->columns[i].column];
        }
    }
    return NULL;
}

static mec_kernel find_kernel(const mec_kernels *kernels, const char *name)
{
    return strcmp(name, "state") == 0 ? kernels->state : kernels->current;
}

/* Carry out one command; returns false if it makes no sense. */
static bool carry_out(const mec_catalogue *catalogue, instances *my, char *line)
{
    char *rest = NULL;
    const char *verb = strtok_r(line, " \n", &rest);
    const char *name = strtok_r(NULL, " \n", &rest); /* or what else comes next */
    double *array;

    if (verb == NULL || name == NULL) {
        return false;
    }
    if (strcmp(verb, "take") == 0) {
        const mec_mechanism_desc *desc = mec_catalogue_find(catalogue, name);
        leave(my);
        if (desc == NULL) {
            return false;
        }
        take(my, desc, (int32_t)strtol(rest, NULL, 10));
        puts("taken");
        return true;
    }
    if (my->desc == NULL) {
        return false;
    }
    if (strcmp(verb, "init") == 0) {
        init(my);
        puts("done");
        return true;
    }
    if (strcmp(verb, "run") == 0) {
        mec_kernel kernel = find_kernel(my->kernels, name);
        int repeat = (int)strtol(rest, NULL, 10);
        printf("%.4f\n", kernel == NULL ? 0 : time_calls(kernel, &my->run, repeat));
        return true;
    }
    array = find(my, name);
    if (array == NULL) {
        return false;
    }
    for (int32_t i = 0; i < my->run.n; i++) {
        if (strcmp(verb, "put") == 0) {
            array[i] = strtod(rest, &rest);
        } else {
            printf("%a ", array[i]);
        }
    }
    puts("");
    return true;
}

static int serve(const mec_catalogue *catalogue)
{
    instances my = {0};
    char *line = NULL;
    size_t size = 0;
    int status = 0;

    while (status == 0 && getline(&line, &size, stdin) > 0) {
        if (!carry_out(catalogue, &my, line)) {
            puts("no such command, mechanism or variable");
            status = 2;
        }
        (void)fflush(stdout);
    }
    free(line);
    leave(&my);
    return status;
}

int main(int argc, char **argv)
{
    mec_err err = {0};
    mec_catalogue *catalogue = NULL;
    int32_t n = argc > 2 ? (int32_t)strtol(argv[2], NULL, 10) : 512;
    int status = 0;

    if (argc < 2 || mec_catalogue_load(argv[1], &catalogue, &err) != MEC_OK) {
        (void)fprintf(stderr, "usage: bench_mechanisms DIR [N|-] %s\n", err.text);
        return 2;
    }
    if (argc > 2 && strcmp(argv[2], "-") == 0) {
        status = serve(catalogue);
    } else {
        for (int32_t i = 0; i < mec_catalogue_count(catalogue); i++) {
            bench(mec_catalogue_get(catalogue, i), n);
        }
    }
    mec_catalogue_free(catalogue);
    return status;
}
