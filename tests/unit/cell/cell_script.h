/* Cells told by lines of text, for the peer tests and for stored references.
 *
 *   morphology FILE | nseg UM | axon none|bluepyopt|taper | mechanisms DIR
 *   build MOD_DIR OUT_DIR (builds, then loads)
 *   insert LISTBITS SUFFIX | set SECTION NAME VALUE | setseg SECTION I NAME VALUE
 *   global NAME VALUE | finish
 *   call SECTION SEGMENT SUFFIX NAME ARGUMENT...
 *   iclamp SECTION X DEL DUR AMP | probe SECTION X VARIABLE
 *   seclamp SECTION X DUR1 AMP1 DUR2 AMP2 DUR3 AMP3 RS | play CLAMP T AMP T AMP ...
 *   point SECTION X NAME ("-" 0 NAME: an ARTIFICIAL_CELL; points count from 1)
 *   pset POINT NAME VALUE | pprobe POINT VARIABLE | pcall POINT NAME ARGUMENT...
 *   pointer OWNER X NAME TARGET X NAME (OWNER, TARGET: a section, or # and X a point)
 *   timecon TARGET DELAY N T... WEIGHT... | pointcon TARGET SOURCE DELAY WEIGHT...
 *   watchcon TARGET SECTION X VARIABLE THRESHOLD DELAY WEIGHT...
 *   variable ATOL TSTOP | fixed DT SECONDORDER TSTOP
 *
 * The last two run; probes, clamps and connections stay until "clear". */
#ifndef TESTS_UNIT_CELL_SCRIPT_H
#define TESTS_UNIT_CELL_SCRIPT_H

#include <mecombo/cell.h>
#include <mecombo/text.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SCRIPT_MAX_ITEMS = 256, SCRIPT_MAX_WORDS = 64 };

typedef struct cell_script {
    mec_morphology *morphology;
    mec_catalogue *catalogue;
    mec_cell *cell;
    mec_iclamp clamp[SCRIPT_MAX_ITEMS];
    mec_probe probe[SCRIPT_MAX_ITEMS];
    mec_seclamp seclamp[SCRIPT_MAX_ITEMS];
    mec_play play[SCRIPT_MAX_ITEMS];
    mec_connection connection[SCRIPT_MAX_ITEMS];
    int32_t n_clamp, n_probe, n_seclamp, n_play, n_connection;
    mec_arena *names, *results;
    mec_traces traces; /* of the latest run, in results */
    double seconds;
    bool ran; /* the latest line was a run */
    mec_err err;
} cell_script;

static double script_number(const char *text)
{
    return strtod(text, NULL);
}

static int32_t script_section_of(const cell_script *d, const char *name)
{
    for (int32_t s = 0; s < d->morphology->n_section; s++) {
        if (strcmp(d->morphology->section[s].name, name) == 0) {
            return s;
        }
    }
    return -1;
}

static mec_status script_load(cell_script *d, const char *what, char **word)
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
        mec_morphology_set_nseg(d->morphology, script_number(word[1]));
        return st;
    }
    mec_axon_rule rule = strcmp(word[1], "taper") == 0       ? MEC_AXON_TAPER
                         : strcmp(word[1], "bluepyopt") == 0 ? MEC_AXON_BLUEPYOPT
                                                             : MEC_AXON_KEEP;
    return mec_morphology_replace_axon(d->morphology, rule, &d->err);
}

static mec_status script_build(cell_script *d, const char *what, char **word)
{
    mec_status st = MEC_OK;
    int32_t s = script_section_of(d, word[1]);

    if (d->cell == NULL) {
        st = mec_cell_new(d->morphology, d->catalogue, &d->cell, &d->err);
    }
    if (st != MEC_OK) {
        return st;
    }
    if (strcmp(what, "insert") == 0) {
        return mec_cell_insert(d->cell, (unsigned)script_number(word[1]), word[2],
                               &d->err);
    }
    if (strcmp(what, "set") == 0) {
        return mec_cell_set_section(d->cell, s, word[2], script_number(word[3]),
                                    &d->err);
    }
    if (strcmp(what, "setseg") == 0) {
        return mec_cell_set_segment(d->cell, s, (int32_t)script_number(word[2]),
                                    word[3], script_number(word[4]), &d->err);
    }
    if (strcmp(what, "global") == 0) {
        return mec_cell_set_global(d->cell, word[1], script_number(word[2]), &d->err);
    }
    return mec_cell_finish(d->cell, &d->err);
}

/* Run one sweep; the traces stay until the next one. */
static mec_status script_simulate(cell_script *d, const char *what, char **word)
{
    mec_sweep sweep = {.n_iclamp = d->n_clamp,
                       .iclamp = d->clamp,
                       .n_probe = d->n_probe,
                       .probe = d->probe,
                       .n_seclamp = d->n_seclamp,
                       .seclamp = d->seclamp,
                       .n_play = d->n_play,
                       .play = d->play,
                       .n_connection = d->n_connection,
                       .connection = d->connection};

    if (strcmp(what, "variable") == 0) {
        sweep.method = MEC_VARIABLE_STEP;
        sweep.atol = script_number(word[1]);
        sweep.tstop_ms = script_number(word[2]);
    } else {
        sweep.method = MEC_FIXED_STEP;
        sweep.dt_ms = script_number(word[1]);
        sweep.secondorder = (int)script_number(word[2]);
        sweep.tstop_ms = script_number(word[3]);
    }
    mec_arena_free(d->results);
    d->results = mec_arena_new();
    clock_t start = clock();
    mec_status st = mec_cell_run(d->cell, &sweep, d->results, &d->traces, &d->err);
    d->seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    d->ran = st == MEC_OK;
    return st;
}

static void script_add_play(cell_script *d, char **word, int n)
{
    int32_t n_point = (n - 2) / 2;
    double *t = mec_arena_calloc(d->names, (size_t)n_point, sizeof *t);
    double *amp = mec_arena_calloc(d->names, (size_t)n_point, sizeof *amp);

    for (int32_t i = 0; i < n_point; i++) {
        t[i] = script_number(word[2 + 2 * i]);
        amp[i] = script_number(word[3 + 2 * i]);
    }
    d->play[d->n_play++] = (mec_play){(int32_t)script_number(word[1]), n_point, t, amp};
}

static mec_status script_call(cell_script *d, char **word, int n)
{
    double argument[SCRIPT_MAX_WORDS];

    for (int i = 5; i < n; i++) {
        argument[i - 5] = script_number(word[i]);
    }
    return mec_cell_call(d->cell, script_section_of(d, word[1]),
                         (int32_t)script_number(word[2]), word[3], word[4],
                         (int32_t)(n > 5 ? n - 5 : 0), argument, NULL, &d->err);
}

static double *script_numbers(cell_script *d, char **word, int n)
{
    double *number =
        mec_arena_calloc(d->names, (size_t)(n > 0 ? n : 0) + 1, sizeof *number);

    for (int i = 0; i < n; i++) {
        number[i] = script_number(word[i]);
    }
    return number;
}

static mec_status script_connect(cell_script *d, const char *what, char **word, int n)
{
    mec_connection c = {.target = (int32_t)script_number(word[1])};
    int first = 4;

    if (d->n_connection == SCRIPT_MAX_ITEMS) {
        return mec_fail(&d->err, MEC_E_INPUT, "too many connections");
    }
    if (strcmp(what, "timecon") == 0) {
        c.delay_ms = script_number(word[2]);
        c.n_time = (int32_t)script_number(word[3]);
        c.time_ms = script_numbers(d, word + 4, c.n_time);
        first = 4 + c.n_time;
    } else if (strcmp(what, "pointcon") == 0) {
        c.source = (int32_t)script_number(word[2]);
        c.delay_ms = script_number(word[3]);
    } else {
        c.section = script_section_of(d, word[2]);
        c.x = script_number(word[3]);
        c.variable = mec_arena_strdup(d->names, word[4]);
        c.threshold = script_number(word[5]);
        c.delay_ms = script_number(word[6]);
        first = 7;
    }
    c.n_weight = n > first ? n - first : 0;
    c.weight = script_numbers(d, word + first, c.n_weight);
    d->connection[d->n_connection++] = c;
    return MEC_OK;
}

/* SECTION X NAME, or # POINT NAME */
static mec_probe script_place(const cell_script *d, char **word)
{
    bool point = strcmp(word[0], "#") == 0;

    return (mec_probe){word[2], point ? -1 : script_section_of(d, word[0]),
                       script_number(word[1]), word[2],
                       point ? (int32_t)script_number(word[1]) : 0};
}

static mec_status script_point(cell_script *d, const char *what, char **word, int n)
{
    int32_t point = (int32_t)script_number(word[1]);

    if (d->cell == NULL) {
        mec_status st = mec_cell_new(d->morphology, d->catalogue, &d->cell, &d->err);
        if (st != MEC_OK) {
            return st;
        }
    }
    if (strcmp(what, "pointer") == 0) {
        mec_probe owner = script_place(d, word + 1), target = script_place(d, word + 4);
        return mec_cell_set_pointer(d->cell, &owner, &target, &d->err);
    }
    if (strcmp(what, "point") == 0) {
        return mec_cell_add_point(d->cell, script_section_of(d, word[1]),
                                  script_number(word[2]), word[3], &point, &d->err);
    }
    if (strcmp(what, "pset") == 0) {
        return mec_cell_set_point(d->cell, point, word[2], script_number(word[3]),
                                  &d->err);
    }
    if (strcmp(what, "pcall") == 0) {
        return mec_cell_call_point(d->cell, point, word[2], n - 3,
                                   script_numbers(d, word + 3, n - 3), NULL, &d->err);
    }
    const char *name = mec_arena_strdup(d->names, word[2]);
    d->probe[d->n_probe++] = (mec_probe){name, 0, 0, name, point};
    return MEC_OK;
}

static mec_status script_execute(cell_script *d, char **word, int n)
{
    const char *what = word[0];

    if (strcmp(what, "variable") == 0 || strcmp(what, "fixed") == 0) {
        return script_simulate(d, what, word);
    }
    if (strcmp(what, "iclamp") == 0 && d->n_clamp < SCRIPT_MAX_ITEMS) {
        d->clamp[d->n_clamp++] = (mec_iclamp){
            script_section_of(d, word[1]), script_number(word[2]),
            script_number(word[3]), script_number(word[4]), script_number(word[5])};
        return MEC_OK;
    }
    if (strcmp(what, "seclamp") == 0 && d->n_seclamp < SCRIPT_MAX_ITEMS) {
        d->seclamp[d->n_seclamp++] = (mec_seclamp){
            script_section_of(d, word[1]),
            script_number(word[2]),
            {script_number(word[3]), script_number(word[5]), script_number(word[7])},
            {script_number(word[4]), script_number(word[6]), script_number(word[8])},
            script_number(word[9])};
        return MEC_OK;
    }
    if (strcmp(what, "play") == 0 && d->n_play < SCRIPT_MAX_ITEMS) {
        script_add_play(d, word, n);
        return MEC_OK;
    }
    if (strcmp(what, "call") == 0) {
        return script_call(d, word, n);
    }
    if (strlen(what) == 7 && strcmp(what + 4, "con") == 0) {
        return script_connect(d, what, word, n);
    }
    if (strlen(what) == 8 && strcmp(what + 5, "con") == 0) {
        return script_connect(d, what, word, n);
    }
    if (what[0] == 'p' &&
        (strncmp(what, "point", 5) == 0 || strcmp(what, "pset") == 0 ||
         strcmp(what, "pcall") == 0 || strcmp(what, "pprobe") == 0)) {
        return script_point(d, what, word, n);
    }
    if (strcmp(what, "clear") == 0) {
        d->n_connection = 0;
        d->n_clamp = d->n_probe = d->n_seclamp = d->n_play = 0;
        return MEC_OK;
    }
    if (strcmp(what, "probe") == 0 && d->n_probe < SCRIPT_MAX_ITEMS) {
        const char *name = mec_arena_strdup(d->names, word[3]);
        d->probe[d->n_probe++] = (mec_probe){name, script_section_of(d, word[1]),
                                             script_number(word[2]), name, 0};
        return MEC_OK;
    }
    if (strcmp(what, "morphology") == 0 || strcmp(what, "mechanisms") == 0 ||
        strcmp(what, "build") == 0 || strcmp(what, "nseg") == 0 ||
        strcmp(what, "axon") == 0) {
        return script_load(d, what, word);
    }
    return script_build(d, what, word);
}

/* Carry out one line, which is cut into words. */
static mec_status script_line(cell_script *d, char *line)
{
    char *word[SCRIPT_MAX_WORDS], *rest = NULL;
    int n = 0;

    for (int i = 0; i < SCRIPT_MAX_WORDS; i++) {
        word[i] = "";
    }
    if (d->names == NULL) {
        d->names = mec_arena_new();
    }
    for (char *w = strtok_r(line, " \n", &rest); w != NULL && n < SCRIPT_MAX_WORDS;
         w = strtok_r(NULL, " \n", &rest)) {
        word[n++] = w;
    }
    d->ran = false;
    return n > 0 ? script_execute(d, word, n) : MEC_OK;
}

static void script_clear(cell_script *d)
{
    mec_cell_free(d->cell);
    mec_catalogue_free(d->catalogue);
    mec_morphology_free(d->morphology);
    mec_arena_free(d->results);
    mec_arena_free(d->names);
    memset(d, 0, sizeof *d);
}

#endif
