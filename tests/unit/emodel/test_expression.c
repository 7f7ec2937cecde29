/* Python expressions: the table written by tests/peers/make-expressions. */

#include "support/tap.h"

#include <mecombo/arena.h>
#include <mecombo/emodel.h>
#include <mecombo/path.h>

#include <stdlib.h>
#include <string.h>

static void test_table(void)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    char *data, *line, *save = NULL;

    if (!CHECK_OK(mec_read_file(arena, "tests/unit/emodel/expressions.tsv", &data, NULL,
                                &err),
                  err)) {
        return;
    }
    for (line = strtok_r(data, "\n", &save); line != NULL;
         line = strtok_r(NULL, "\n", &save)) {
        char *tab = strchr(line, '\t');
        double value;
        mec_status st;

        *tab = '\0';
        st = mec_python_eval(line, &value, &err);
        if (strcmp(tab + 1, "error") == 0) {
            if (!CHECK(st == MEC_E_INPUT)) {
                printf("# %s gives no error\n", line);
            }
        } else if (!CHECK_OK(st, err) || !CHECK_EQ(value, strtod(tab + 1, NULL))) {
            printf("# that was %s\n", line);
        }
    }
    mec_arena_free(arena);
}

static void test_distribution(void)
{
    const char *names[] = {"constant"};
    mec_distribution d = {.name = "decay",
                          .expression = "math.exp({distance}*{constant})*{value}",
                          .n_parameter = 1,
                          .parameter = names};
    mec_distribution bad = {.name = "x", .expression = "{distnace}*2"};
    const char *own[] = {"-0.005"};
    mec_err err = MEC_ERR_INIT;
    double value;

    d.origin.file = bad.origin.file = "f";
    CHECK(mec_distribution_eval(&d, own, 0.25, 100.0, &value, &err) == MEC_OK);
    CHECK(value == 0.15163266492815836); /* math.exp(100*-0.005)*0.25 in Python */
    CHECK(mec_distribution_eval(&bad, NULL, 1, 1, &value, &err) == MEC_E_INPUT);
    CHECK(strstr(err.text, "placeholder") != NULL);
}

static void test_traps(void)
{
    /* Values are put into the text without parentheses. */
    const char *names[] = {"x"};
    mec_distribution d = {.name = "p",
                          .expression = "-{x}**2 + 2**{x}",
                          .n_parameter = 1,
                          .parameter = names};
    const char *own[] = {"-0.5"};
    mec_err err = MEC_ERR_INIT;
    double value;

    d.origin.file = "f";
    CHECK(mec_distribution_eval(&d, own, 0, 0, &value, &err) == MEC_OK);
    CHECK(value == 0.9571067811865476); /* --0.5**2 + 2**-0.5 in Python */
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_table), TAP_CASE(test_distribution),
                                     TAP_CASE(test_traps)};

    return TAP_RUN(cases, argc, argv);
}
