#include "support/tap.h"

#include <mecombo/text.h>

#include <stdlib.h>

static void check_repr(double value, const char *want)
{
    char digits[32];

    mec_double_repr(value, digits);
    CHECK_STR(digits, want);
}

static void test_repr_is_pythons(void)
{
    check_repr(20.0, "20.0");
    check_repr(0.1, "0.1");
    check_repr(-0.0, "-0.0");
    check_repr(1e16, "1e+16");
    check_repr(1e15, "1000000000000000.0");
    check_repr(123456789012345680.0, "1.2345678901234568e+17");
    check_repr(0.0001, "0.0001");
    check_repr(0.00001234, "1.234e-05");
    check_repr(1.0 / 3.0, "0.3333333333333333");
    check_repr(5e-324, "5e-324");
    check_repr(1.7976931348623157e308, "1.7976931348623157e+308");
    check_repr(-0.14824624653402146, "-0.14824624653402146");
    check_repr(100.0, "100.0");
    check_repr(1.5e300, "1.5e+300");
    /* powers of two, of which the second nearest decimal of 16 digits is the shortest */
    check_repr(0x1p-1017, "7.120236347223045e-307");
    check_repr(-0x1p-957, "-8.209073602596753e-289");
    check_repr(0x1p-44, "5.684341886080802e-14");
    check_repr(2.2250738585072014e-308, "2.2250738585072014e-308");
    check_repr(2.2250738585072011e-308, "2.225073858507201e-308");
    check_repr(NAN, "NaN");
    check_repr(-INFINITY, "-Infinity");
}

/* Any double must survive its own repr. */
static void test_repr_round_trips(void)
{
    uint64_t state = 88172645463325252u;

    for (int i = 0; i < 20000; i++) {
        double value;
        double back = 0;
        char digits[32];

        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        memcpy(&value, &state, sizeof value);
        if (!isfinite(value)) {
            continue;
        }
        mec_double_repr(value, digits);
        if (!CHECK(mec_parse_double(digits, &back)) || !CHECK(back == value)) {
            printf("# %s\n", digits);
            return;
        }
    }
}

static void test_numbers_are_read_whole(void)
{
    double x;
    int64_t i;

    CHECK(mec_parse_double("-1.5e3", &x) && x == -1500);
    CHECK(!mec_parse_double("1.5x", &x));
    CHECK(!mec_parse_double("", &x));
    CHECK(!mec_parse_double(" 1", &x));
    CHECK(mec_parse_int64("-9223372036854775808", &i) && i == INT64_MIN);
    CHECK(!mec_parse_int64("9223372036854775808", &i));
    CHECK(!mec_parse_int64("12.0", &i));
    CHECK(!mec_parse_int64("+", &i));
}

static void test_text_grows(void)
{
    mec_text text = MEC_TEXT_INIT;

    CHECK_STR(mec_text_string(&text), "");
    for (int i = 0; i < 1000; i++) {
        mec_text_printf(&text, "%d,", i);
    }
    mec_text_add_char(&text, '!');
    CHECK(mec_text_ok(&text));
    CHECK(mec_starts_with(mec_text_string(&text), "0,1,2,"));
    CHECK(mec_ends_with(mec_text_string(&text), "998,999,!"));
    char *taken = mec_text_take(&text);
    CHECK(taken != NULL && strlen(taken) == 3891);
    free(taken);
    CHECK_INT(text.length, 0);
    mec_text_add(&text, "again");
    mec_text_reset(&text);
    CHECK_STR(mec_text_string(&text), "");
    mec_text_clear(&text);
}

static void test_nearest_name(void)
{
    static const char *const names[] = {"scores_db", "output_dir", "recipe_path"};

    CHECK_STR(mec_nearest_name("score_db", 3, names), "scores_db");
    CHECK_STR(mec_nearest_name("ouput_dir", 3, names), "output_dir");
    CHECK_STR(mec_nearest_name("recipe_path", 3, names), "recipe_path");
    CHECK(mec_nearest_name("colour", 3, names) == NULL);
    CHECK_INT(mec_edit_distance("abcd", "acbd"), 1);
    CHECK_INT(mec_edit_distance("", "abc"), 3);
    CHECK_INT(mec_edit_distance("kitten", "sitting"), 3);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_repr_is_pythons),        TAP_CASE(test_repr_round_trips),
        TAP_CASE(test_numbers_are_read_whole), TAP_CASE(test_text_grows),
        TAP_CASE(test_nearest_name),
    };

    return TAP_RUN(cases, argc, argv);
}
