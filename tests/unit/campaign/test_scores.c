/* Walking over score texts, and CSV fields out and in. */

#include "../../../src/campaign/csv_priv.h"
#include "../../../src/campaign/scores_priv.h"
#include "../../../src/campaign/select_priv.h"

#include <mecombo/path.h>
#include <support/tap.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Walk over a text; keys and values as "key=value;", and how it ended. */
static const char *walk(const char *text)
{
    static char out[512];
    score_cursor cursor = {text, false};
    const char *key = NULL;
    size_t n_key = 0;
    double value = 0;
    score_step step;

    out[0] = '\0';
    while ((step = score_next(&cursor, &key, &n_key, &value)) == SCORE_VALUE) {
        size_t n = strlen(out);

        snprintf(out + n, sizeof out - n, "%.*s=%g;", (int)n_key, key, value);
    }
    strncat(out, step == SCORE_END ? "end" : "bad", 4);
    return out;
}

static void test_walk(void)
{
    CHECK_STR(walk("{\"a\": 1.5, \"b.c\": -2e-3}"), "a=1.5;b.c=-0.002;end");
    CHECK_STR(walk("{\"a\":NaN,\"b\":Infinity,\"c\":-Infinity,\"d\":null}"),
              "a=nan;b=inf;c=-inf;d=nan;end");
    CHECK_STR(walk(" { } "), "end");
    CHECK_STR(walk("null"), "end");
    CHECK_STR(walk("{\"a\\\"b\": 3}"), "a\\\"b=3;end");
    CHECK_STR(walk("{\"a\": 1"), "a=1;bad");
    CHECK_STR(walk("{\"a\": 1,}"), "a=1;bad");
    CHECK_STR(walk("{\"a\": \"x\"}"), "bad");
    CHECK_STR(walk("{\"a\": {}}"), "bad");
    CHECK_STR(walk("{\"a\": 0x10}"), "bad");
    CHECK_STR(walk("[1]"), "bad");
    CHECK_STR(walk(""), "bad");
    CHECK_STR(walk("{\"a"), "bad");
}

static void test_keys(void)
{
    mec_arena *arena = mec_arena_new();

    CHECK_STR(score_key(arena, "plain", 5), "plain");
    CHECK_STR(score_key(arena, "a\\\"b\\u00e5", 10), "a\"b\303\245");
    CHECK(score_key(arena, "bad\\q", 5) == NULL);
    mec_arena_free(arena);
}

static const char *field(const char *text, char separator)
{
    static char out[128];
    mec_text t = MEC_TEXT_INIT;

    csv_field(&t, text, separator);
    snprintf(out, sizeof out, "%s", mec_text_string(&t));
    mec_text_clear(&t);
    return out;
}

static void test_csv_field(void)
{
    CHECK_STR(field("a b", '\t'), "a b");
    CHECK_STR(field("a b", ' '), "\"a b\"");
    CHECK_STR(field("a\"b", ','), "\"a\"\"b\"");
    CHECK_STR(field("a\nb", ','), "\"a\nb\"");
    CHECK_STR(field("a\rb", ','), "a\rb"); /* as pandas */
    CHECK_STR(field("", ','), "");
}

static void test_csv_read(void)
{
    static const char text[] = "x,y,\n\"a,\"\"b\"\"\nc\",,2\nlast,1,3";
    char path[] = "/tmp/test_scores_XXXXXX";
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    csv_file file;

    close(mkstemp(path));
    CHECK_OK(mec_write_file(path, text, sizeof text - 1, &err), err);
    CHECK_OK(csv_read(arena, path, ',', &file, &err), err);
    CHECK_INT(file.n, 3);
    CHECK_INT(file.row[0].n, 3);
    CHECK_STR(file.row[0].field[2], "");
    CHECK_STR(file.row[1].field[0], "a,\"b\"\nc");
    CHECK_STR(file.row[1].field[1], "");
    CHECK_INT(file.row[2].line, 4);
    CHECK_STR(file.row[2].field[2], "3");
    CHECK_INT(csv_column(&file, "y"), 1);
    CHECK_INT(csv_column(&file, "z"), -1);
    CHECK_OK(mec_write_file(path, "\"a\"b\n", 5, &err), err);
    CHECK_INT(csv_read(arena, path, ',', &file, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, ":1: text behind a closing quote");
    unlink(path);
    mec_arena_free(arena);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_walk), TAP_CASE(test_keys),
                                     TAP_CASE(test_csv_field), TAP_CASE(test_csv_read)};
    return TAP_RUN(cases, argc, argv);
}
