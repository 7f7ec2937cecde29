/* Runs one cell as told by lines on stdin, and writes every sample as hexadecimal
 * doubles. tests/peers/cell_peer.py builds the same cell in NEURON and compares.
 *
 *   morphology FILE | nseg UM | axon none|bluepyopt|taper | mechanisms DIR
 *   build MOD_DIR OUT_DIR (builds, then loads)
 *   insert LISTBITS SUFFIX | set SECTION NAME VALUE | setseg SECTION I NAME VALUE
 *   global NAME VALUE | finish
 *   iclamp SECTION X DEL DUR AMP | probe SECTION X VARIABLE
 *   seclamp SECTION X DUR1 AMP1 DUR2 AMP2 DUR3 AMP3 RS | play CLAMP T AMP T AMP ...
 *   variable ATOL TSTOP | fixed DT SECONDORDER TSTOP
 *
 * The last two run, print "n_sample n_step cpu_seconds" and the samples; probes and
 * clamps stay. */

#include <mecombo/cell.h>
#include <mecombo/text.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MAX_ITEMS = 256, MAX_WORDS = 64 };

typedef struct driver {
    mec_morphology *morphology;
    mec_catalogue *catalogue;
    mec_cell *cell;
    mec_iclamp clamp[MAX_ITEMS];
    mec_probe probe[MAX_ITEMS];
    mec_seclamp seclamp[MAX_ITEMS];
    mec_play play[MAX_ITEMS];
    int32_t n_clamp, n_probe, n_seclamp, n_play;
    mec_arena *names;
    mec_err err;
} driver;

static double number(const char *text)
{
    return strtod(text, NULL);
}

static int32_t section_of(const driver *d, const char *name)
{
    for (int32_t s = 0; s < d->morphology->n_section; s++) {
        if (strcmp(d->morphology->section[s].name, name) == 0) {
            return s;
        }
    }
    return -1;
}

static mec_status load(driver *d, const char *what, char **word)
{
    mec_status st = MEC_OK;

    if (strcmp(what, "morphology") == 0) {
        return mec_morphology_read(word[1], &d->morphology, &d->err);
    }
    if (strcmp(what, "build") == 0) {
        st = mec_mechanisms_build(word[1], word[2], &d->err);
        return st != MEC_OK ? st : mec_catalogue_load(word[2], &d->catalogue, &d->err);
    }
    if (strcmp(what, "mechanisms") == 0) {
        const char *dir = strcmp(word[1], "-") == 0 ? NULL : word[1];
        return mec_catalogue_load(dir, &d->catalogue, &d->err);
    }
    if (strcmp(what, "nseg") == 0) {
        mec_morphology_set_nseg(d->morphology, number(word[1]));
        return st;
    }
    mec_axon_rule rule = strcmp(word[1], "taper") == 0       ? MEC_AXON_TAPER
                         : strcmp(word[1], "bluepyopt") == 0 ? MEC_AXON_BLUEPYOPT
                                                             : MEC_AXON_KEEP;
    return mec_morphology_replace_axon(d->morphology, rule, &d->err);
}

static mec_status build(driver *d, const char *what, char **word)
{
    mec_status st = MEC_OK;
    int32_t s = section_of(d, word[1]);

    if (d->cell == NULL) {
        st = mec_cell_new(d->morphology, d->catalogue, &d->cell, &d->err);
    }
    if (st != MEC_OK) {
        return st;
    }
    if (strcmp(what, "insert") == 0) {
        return mec_cell_insert(d->cell, (unsigned)number(word[1]), word[2], &d->err);
    }
    if (strcmp(what, "set") == 0) {
        return mec_cell_set_section(d->cell, s, word[2], number(word[3]), &d->err);
    }
    if (strcmp(what, "setseg") == 0) {
        return mec_cell_set_segment(d->cell, s, (int32_t)number(word[2]), word[3],
                                    number(word[4]), &d->err);
    }
    if (strcmp(what, "global") == 0) {
        return mec_cell_set_global(d->cell, word[1], number(word[2]), &d->err);
    }
    return mec_cell_finish(d->cell, &d->err);
}

static mec_status simulate(driver *d, const char *what, char **word)
{
    mec_sweep sweep = {.n_iclamp = d->n_clamp,
                       .iclamp = d->clamp,
                       .n_probe = d->n_probe,
                       .probe = d->probe,
                       .n_seclamp = d->n_seclamp,
                       .seclamp = d->seclamp,
                       .n_play = d->n_play,
                       .play = d->play};
    mec_traces traces;
    mec_arena *arena = mec_arena_new();

    if (strcmp(what, "variable") == 0) {
        sweep.method = MEC_VARIABLE_STEP;
        sweep.atol = number(word[1]);
        sweep.tstop_ms = number(word[2]);
    } else {
        sweep.method = MEC_FIXED_STEP;
        sweep.dt_ms = number(word[1]);
        sweep.secondorder = (int)number(word[2]);
        sweep.tstop_ms = number(word[3]);
    }
    clock_t start = clock();
    mec_status st = mec_cell_run(d->cell, &sweep, arena, &traces, &d->err);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    if (st == MEC_OK) {
        printf("%zu %lld %.6f\n", traces.n, (long long)traces.n_step, seconds);
        for (size_t i = 0; i < traces.n; i++) {
            printf("%a", traces.t[i]);
            for (int32_t p = 0; p < traces.n_probe; p++) {
                printf(" %a", traces.value[p][i]);
            }
            printf("\n");
        }
    }
    mec_arena_free(arena);
    return st;
}

static void add_play(driver *d, char **word, int n)
{
    int32_t n_point = (n - 2) / 2;
    double *t = mec_arena_calloc(d->names, (size_t)n_point, sizeof *t);
    double *amp = mec_arena_calloc(d->names, (size_t)n_point, sizeof *amp);

    for (int32_t i = 0; i < n_point; i++) {
        t[i] = number(word[2 + 2 * i]);
        amp[i] = number(word[3 + 2 * i]);
    }
    d->play[d->n_play++] = (mec_play){(int32_t)number(word[1]), n_point, t, amp};
}

static mec_status execute(driver *d, char **word, int n)
{
    const char *what = word[0];

    if (strcmp(what, "variable") == 0 || strcmp(what, "fixed") == 0) {
        return simulate(d, what, word);
    }
    if (strcmp(what, "iclamp") == 0 && d->n_clamp < MAX_ITEMS) {
        d->clamp[d->n_clamp++] =
            (mec_iclamp){section_of(d, word[1]), number(word[2]), number(word[3]),
                         number(word[4]), number(word[5])};
        return MEC_OK;
    }
    if (strcmp(what, "seclamp") == 0 && d->n_seclamp < MAX_ITEMS) {
        d->seclamp[d->n_seclamp++] =
            (mec_seclamp){section_of(d, word[1]),
                          number(word[2]),
                          {number(word[3]), number(word[5]), number(word[7])},
                          {number(word[4]), number(word[6]), number(word[8])},
                          number(word[9])};
        return MEC_OK;
    }
    if (strcmp(what, "play") == 0 && d->n_play < MAX_ITEMS) {
        add_play(d, word, n);
        return MEC_OK;
    }
    if (strcmp(what, "clear") == 0) {
        d->n_clamp = d->n_probe = d->n_seclamp = d->n_play = 0;
        return MEC_OK;
    }
    if (strcmp(what, "probe") == 0 && d->n_probe < MAX_ITEMS) {
        const char *name = mec_arena_strdup(d->names, word[3]);
        d->probe[d->n_probe++] =
            (mec_probe){name, section_of(d, word[1]), number(word[2]), name};
        return MEC_OK;
    }
    if (strcmp(what, "morphology") == 0 || strcmp(what, "mechanisms") == 0 ||
        strcmp(what, "build") == 0 ||
        strcmp(what, "nseg") == 0 || strcmp(what, "axon") == 0) {
        return load(d, what, word);
    }
    return build(d, what, word);
}

int main(void)
{
    static driver d;
    static char line[4096];
    mec_status st = MEC_OK;

    d.names = mec_arena_new();
    while (st == MEC_OK && fgets(line, sizeof line, stdin) != NULL) {
        char *word[MAX_WORDS] = {"", "", "", "", "", "", "", "", "", ""}, *rest = NULL;
        int n = 0;

        for (char *w = strtok_r(line, " \n", &rest); w != NULL && n < MAX_WORDS;
             w = strtok_r(NULL, " \n", &rest)) {
            word[n++] = w;
        }
        if (n > 0) {
            st = execute(&d, word, n);
        }
    }
    if (st != MEC_OK) {
        fprintf(stderr, "cell_driver: %s\n", d.err.text);
    }
    mec_cell_free(d.cell);
    mec_catalogue_free(d.catalogue);
    mec_morphology_free(d.morphology);
    mec_arena_free(d.names);
    return st == MEC_OK ? 0 : 1;
}
