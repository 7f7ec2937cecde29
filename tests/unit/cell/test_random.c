/* RANDOM variables against NEURON 9.0.2, bit for bit. */

#include <support/scratch.h>
#include <support/tap.h>

#include "digest.h"

typedef struct reference {
    int procedure_calls; /* of CALLS: which case */
    const char *where;   /* section and segment, or "point" */
    double value[8];     /* of VARIABLES; point: drawn, before and after again() */
} reference;

#include "random_references.h"

static char folder[] = "/tmp/mecombo-random-XXXXXX";

static const char *const VARIABLES[] = {"first", "second", "total", "bell",
                                        "wait",  "longer", "whole", "part"};
/* What is called on the soma before the run. */
static const char *const CALLS[][2] = {
    {NULL, NULL},
    {"identify 5 6 7", NULL},
    {"identify 5 6 7", "begin_at 14"},
    {"begin_at -3", NULL},
    {"begin_at 17179869190.9", NULL},
};

static void do_line(cell_script *script, const char *text)
{
    char line[256];

    snprintf(line, sizeof line, "%s", text);
    CHECK_OK(script_line(script, line), script->err);
}

static void make_cell(cell_script *script, int which)
{
    char line[128];

    script_begin(script, folder);
    do_line(script, "nseg 80");
    do_line(script, "insert 6 random_variables");
    do_line(script, "point soma[0] 0.5 RandomPoint");
    do_line(script, "finish");
    for (int k = 0; k < 2 && CALLS[which][k] != NULL; k++) {
        snprintf(line, sizeof line, "call soma[0] 0 random_variables %s",
                 CALLS[which][k]);
        do_line(script, line);
    }
    do_line(script, "fixed 0.025 0 1");
}

/* One line of the table. */
static void check_reference(const cell_script *script, const reference *r)
{
    mec_err err = MEC_ERR_INIT;
    double value = 0, again = 0;
    char name[64];

    if (strcmp(r->where, "point") == 0) {
        CHECK_OK(mec_cell_get_point(script->cell, 1, "drawn", &value, &err), err);
        CHECK_EQ(value, r->value[0]);
        CHECK_OK(mec_cell_call_point(script->cell, 1, "again", 0, NULL, NULL, &err),
                 err);
        CHECK_OK(mec_cell_get_point(script->cell, 1, "drawn", &again, &err), err);
        CHECK_EQ(again, r->value[1]);
        return;
    }
    for (size_t k = 0; k < sizeof VARIABLES / sizeof *VARIABLES; k++) {
        int32_t section = strncmp(r->where, "soma", 4) == 0 ? 0 : 1;

        snprintf(name, sizeof name, "%s_random_variables", VARIABLES[k]);
        CHECK_OK(
            mec_cell_get(script->cell, section, atoi(r->where + 5), name, &value, &err),
            err);
        CHECK_EQ(value, r->value[k]);
    }
}

static void test_references(void)
{
    for (int which = 0; which < (int)(sizeof CALLS / sizeof *CALLS); which++) {
        static cell_script script;

        make_cell(&script, which);
        for (size_t i = 0; i < sizeof REFERENCES / sizeof *REFERENCES; i++) {
            if (REFERENCES[i].procedure_calls == which) {
                check_reference(&script, &REFERENCES[i]);
            }
        }
        script_clear(&script);
    }
}

/* Each sweep of a cell draws the same numbers. */
static void test_sweeps_are_equal(void)
{
    static cell_script script;
    mec_err err = MEC_ERR_INIT;
    double first = 0, second = 0;

    make_cell(&script, 2);
    CHECK_OK(mec_cell_get(script.cell, 0, 0, "total_random_variables", &first, &err),
             err);
    do_line(&script, "fixed 0.025 0 2");
    do_line(&script, "fixed 0.025 0 1");
    CHECK_OK(mec_cell_get(script.cell, 0, 0, "total_random_variables", &second, &err),
             err);
    CHECK_EQ(first, second);
    script_clear(&script);
}

static void test_build(void)
{
    script_build_into(folder, "tests/nmodl/random");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_build), TAP_CASE(test_references),
                                     TAP_CASE(test_sweeps_are_equal)};
    mec_arena *arena;

    return SCRATCH_RUN(&arena, folder, cases, argc, argv);
}
