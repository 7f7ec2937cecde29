/* Prints the features of many traces with exact numbers, for tests/peers/efeature_peer.py.
 *
 * Reads commands from standard input:
 *     trace FILE N CURRENT   FILE holds N doubles each of time, voltage and, if CURRENT
 *                            is 1, current
 *     set NAME TEXT          a setting of eFEL
 *     threads N              of eFEL's BLAS
 *     together               compute as one call of efel.get_feature_values()
 *     get NAME               print one feature: NAME, then "-" or the values
 *     all                    print every feature
 * and prints "done" after each trace's `all` or on `end`. The time, voltage and current
 * features are left out of `all`.
 */

#include <mecombo/efeature.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct state {
    mec_arena *arena;
    mec_efeature_trace *trace;
} state;

static void fail(const char *what)
{
    fprintf(stderr, "efeature_driver: %s\n", what);
    exit(1);
}

static double *read_doubles(mec_arena *arena, FILE *file, size_t n)
{
    double *x = mec_arena_calloc(arena, n, sizeof *x);

    if (x == NULL || fread(x, sizeof *x, n, file) != n) {
        fail("cannot read the trace");
    }
    return x;
}

static void open_trace(state *s, const char *path, size_t n, int has_current)
{
    mec_err err = MEC_ERR_INIT;
    FILE *file = fopen(path, "rb");

    if (file == NULL) {
        fail("cannot open the trace");
    }
    mec_arena_free(s->arena);
    s->arena = mec_arena_new();
    double *t = read_doubles(s->arena, file, n);
    double *v = read_doubles(s->arena, file, n);

    s->trace = mec_efeature_trace_new(s->arena, n, t, v);
    if (has_current != 0 &&
        mec_efeature_set_current(s->trace, n, read_doubles(s->arena, file, n), &err) !=
            MEC_OK) {
        fail(err.text);
    }
    fclose(file);
}

static void print_feature(const state *s, const char *name)
{
    mec_err err = MEC_ERR_INIT;
    mec_efeature_values got;

    if (mec_efeature_get(s->trace, name, &got, &err) != MEC_OK) {
        fail(err.text);
    }
    printf("%s", name);
    if (!got.exists) {
        printf(" - %s", got.reason);
    }
    for (size_t i = 0; i < got.n; i++) {
        printf(" %a", got.value[i]);
    }
    printf("\n");
}

static bool is_whole_trace(const char *name)
{
    return strcmp(name, "time") == 0 || strcmp(name, "voltage") == 0 ||
           strcmp(name, "current") == 0;
}

static void run_command(state *s, const char *line)
{
    mec_err err = MEC_ERR_INIT;
    char a[512] = "";
    char b[512] = "";
    size_t n = 0;
    int has_current = 0;
    int n_threads = 1;

    if (sscanf(line, "trace %511s %zu %d", a, &n, &has_current) == 3) {
        open_trace(s, a, n, has_current);
    } else if (sscanf(line, "set %511s %511s", a, b) == 2) {
        if (mec_efeature_set_text(s->trace, a, b, &err) != MEC_OK) {
            fail(err.text);
        }
    } else if (sscanf(line, "threads %d", &n_threads) == 1) {
        mec_efeature_set_threads(s->trace, n_threads);
    } else if (strncmp(line, "together", 8) == 0) {
        if (mec_efeature_together(s->trace, &err) != MEC_OK) {
            fail(err.text);
        }
    } else if (sscanf(line, "get %511s", a) == 1) {
        print_feature(s, a);
    } else if (strncmp(line, "all", 3) == 0) {
        for (size_t i = 0; i < mec_efeature_count(); i++) {
            if (!is_whole_trace(mec_efeature_name(i))) {
                print_feature(s, mec_efeature_name(i));
            }
        }
        printf("done\n");
    } else if (strncmp(line, "end", 3) == 0) {
        printf("done\n");
    }
    fflush(stdout);
}

int main(void)
{
    state s = {NULL, NULL};
    char line[2048];

    while (fgets(line, sizeof line, stdin) != NULL) {
        run_command(&s, line);
    }
    mec_arena_free(s.arena);
    return 0;
}
