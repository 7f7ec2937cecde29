/* Names, digests and medians. */

#include "../../../src/campaign/gate_priv.h"

#include <mecombo/log.h>
#include <mecombo/text.h>
#include <support/tap.h>

static void test_sha1(void)
{
    char hex[41];
    char many[1000];

    sha1_hex("", 0, hex);
    CHECK_STR(hex, "da39a3ee5e6b4b0d3255bfef95601890afd80709");
    sha1_hex("abc", 3, hex);
    CHECK_STR(hex, "a9993e364706816aba3e25717850c26c9cd0d89d");
    /* two blocks of padding: FIPS 180-2, appendix A.2 */
    sha1_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex);
    CHECK_STR(hex, "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    memset(many, 'a', sizeof many);
    sha1_hex(many, sizeof many, hex);
    CHECK_STR(hex, "291e9a6c66994949b57ba5e650361e98fc36b1ba");
}

static void test_median(void)
{
    double odd[] = {5, 1, 4};
    double even[] = {4, 1, 3, 2};
    double many[101];
    double equal[] = {2, 2, 2, 2, 2, 2};
    double far[] = {INFINITY, 1, INFINITY};

    CHECK(isnan(median_of(0, NULL)));
    CHECK_EQ(median_of(1, odd), 5);
    CHECK_EQ(median_of(3, odd), 4);
    CHECK_EQ(median_of(4, even), 2.5);
    CHECK_EQ(median_of(6, equal), 2);
    CHECK_EQ(median_of(3, far), INFINITY);
    for (int i = 0; i < 101; i++) {
        many[i] = (i * 37) % 101;
    }
    CHECK_EQ(median_of(101, many), 50);
}

static mec_selection_row row_of(const char *emodel, const char *fullmtype,
                                const char *morph, const char *etype, int64_t uid)
{
    return (mec_selection_row){.emodel = emodel,
                               .fullmtype = fullmtype,
                               .layer = "1",
                               .morph_name = morph,
                               .etype = etype,
                               .uid = uid,
                               .selected = true};
}

static void test_names(void)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    mec_selection_row row[] = {
        row_of("em", "L1", "m1", "e1", 0),
        row_of("em", "L1", "m-2", "e1", 1),
        row_of("5em", "L1:A", "m.3", "e1", 2),
        row_of("em", "L1", "m1", "e2", 3),
        row_of("a_long_name", "with-dashes", "that_go_beyond_fifty_characters", "e1",
               4),
        row_of("\303\266", "L1", "m", "e1", 5),
    };

    row[3].selected = true;
    CHECK_OK(name_combos(arena, true, 6, row, &err), err);
    CHECK_STR(row[0].plain_name, "em_L1_1_m1");
    CHECK_STR(row[0].combo_name, "em_L1_1_m1");
    CHECK_STR(row[1].combo_name, "em_L1_1_m_2");
    CHECK_STR(row[2].combo_name, "em_L1_A_1_m_3");
    CHECK(strcmp(row[3].combo_name, row[0].combo_name) != 0);
    CHECK(mec_starts_with(row[3].combo_name, "em_L1_1_m1_"));
    /* BluePyMM's rule: 40 characters and 9 digits of the SHA-1 of the name with
     * underscores */
    CHECK_STR(row[4].combo_name, "a_long_name_with_dashes_1_that_go_beyond_1ee7239aa");
    CHECK_STR(row[5].combo_name, "c___L1_1_m");

    mec_log_set_level(MEC_LOG_ERROR);
    CHECK_OK(name_combos(arena, false, 6, row, &err), err);
    CHECK_STR(row[2].combo_name, "5em_L1:A_1_m.3");
    CHECK_STR(row[3].combo_name, row[0].combo_name);
    mec_arena_free(arena);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_sha1), TAP_CASE(test_median),
                                     TAP_CASE(test_names)};
    return TAP_RUN(cases, argc, argv);
}
