/* Runs one cell as told by lines on stdin (see cell_script.h), and writes every sample as
 * hexadecimal doubles. tests/peers/cell_peer.py builds the same cell in NEURON and
 * compares. A run prints "n_sample n_step cpu_seconds" and the samples; with the argument
 * --times no samples, but first the CPU seconds spent on reading the morphology, on
 * loading mechanisms and on building the cell. */

#include "../unit/cell/cell_script.h"

#include <stdio.h>

typedef struct times {
    double morphology, mechanisms, cell;
} times;

static void add_time(times *sum, const char *line, double seconds)
{
    if (strncmp(line, "build", 5) == 0 || strncmp(line, "mechanisms", 10) == 0) {
        sum->mechanisms += seconds;
    } else if (strncmp(line, "morphology", 10) == 0) {
        sum->morphology += seconds;
    } else {
        sum->cell += seconds;
    }
}

static void print_traces(const cell_script *script, const times *sum)
{
    const mec_traces *traces = &script->traces;

    if (sum != NULL) {
        printf("times %.6f %.6f %.6f\n", sum->morphology, sum->mechanisms, sum->cell);
    }
    printf("%zu %lld %.6f\n", traces->n, (long long)traces->n_step, script->seconds);
    for (size_t i = 0; sum == NULL && i < traces->n; i++) {
        printf("%a", traces->t[i]);
        for (int32_t p = 0; p < traces->n_probe; p++) {
            printf(" %a", traces->value[p][i]);
        }
        printf("\n");
    }
}

int main(int argc, char **argv)
{
    bool timed = argc > 1 && strcmp(argv[1], "--times") == 0;
    times sum = {0.0, 0.0, 0.0};
    char word[16];

    static cell_script script;
    static char line[4096];
    mec_status st = MEC_OK;

    while (st == MEC_OK && fgets(line, sizeof line, stdin) != NULL) {
        clock_t start = clock();

        snprintf(word, sizeof word, "%s", line);
        st = script_line(&script, line);
        if (st == MEC_OK && script.ran) {
            print_traces(&script, timed ? &sum : NULL);
        } else {
            add_time(&sum, word, (double)(clock() - start) / CLOCKS_PER_SEC);
        }
    }
    if (st != MEC_OK) {
        fprintf(stderr, "cell_driver: %s\n", script.err.text);
    }
    script_clear(&script);
    return st == MEC_OK ? 0 : 1;
}
