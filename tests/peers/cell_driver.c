/* Runs one cell as told by lines on stdin (see cell_script.h), and writes every sample as
 * hexadecimal doubles. tests/peers/cell_peer.py builds the same cell in NEURON and
 * compares. A run prints "n_sample n_step cpu_seconds" and the samples. */

#include "../unit/cell/cell_script.h"

#include <stdio.h>

static void print_traces(const cell_script *script)
{
    const mec_traces *traces = &script->traces;

    printf("%zu %lld %.6f\n", traces->n, (long long)traces->n_step, script->seconds);
    for (size_t i = 0; i < traces->n; i++) {
        printf("%a", traces->t[i]);
        for (int32_t p = 0; p < traces->n_probe; p++) {
            printf(" %a", traces->value[p][i]);
        }
        printf("\n");
    }
}

int main(void)
{
    static cell_script script;
    static char line[4096];
    mec_status st = MEC_OK;

    while (st == MEC_OK && fgets(line, sizeof line, stdin) != NULL) {
        st = script_line(&script, line);
        if (st == MEC_OK && script.ran) {
            print_traces(&script);
        }
    }
    if (st != MEC_OK) {
        fprintf(stderr, "cell_driver: %s\n", script.err.text);
    }
    script_clear(&script);
    return st == MEC_OK ? 0 : 1;
}
