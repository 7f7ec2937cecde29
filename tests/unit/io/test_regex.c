/* Regular expressions: the same answers as Python's re. */

#include <mecombo/regex.h>

#include <stdlib.h>
#include <support/tap.h>

static void check_failure(const char *pattern, const char *message)
{
    mec_err err = MEC_ERR_INIT;
    mec_regex *regex = (mec_regex *)"";

    CHECK_INT(mec_regex_new(pattern, &regex, &err), MEC_E_INPUT);
    CHECK_STR(err.text, message);
    CHECK(regex == NULL);
}

/* end: of re.match() in bytes, -1 without a match; found: re.search(); by Python 3.11. */
static void test_same_as_python(void)
{
    static const struct {
        const char *pattern;
        const char *subject;
        int end;
        bool found;
    } cases[] = {
        {"etA|etAB", "etAB", 3, true},
        {"etA|etAB$", "etAB", 3, true},
        {"(?:etA|etAB)\\Z", "etAB", 4, true},
        {"dSTUT$", "dSTUT\n", 5, true},
        {"dSTUT\\Z", "dSTUT\n", -1, false},
        {"dSTUT\\Z", "dSTUT", 5, true},
        {".*", "L5_TPC:A", 8, true},
        {".*$", "a\nb", -1, true},
        {"a.c", "a\nc", -1, false},
        {"(?s)a.c", "a\nc", 3, true},
        {"(?i)CADPYR", "cADpyr", 6, true},
        {"(?i:c)A", "CA", 2, true},
        {"(?u)a", "a", 1, true},
        {"[[:alpha:]]", "a]", 2, true},
        {"[[:alpha:]]", "b]", -1, false},
        {"[]a]+", "]a]b", 3, true},
        {"[^]a]+", "xyz]", 3, true},
        {"[\\w.-]+", "mm.a-b c", 6, true},
        {"x{,2}", "xxx", 2, true},
        {"x{,}y", "xxxy", 4, true},
        {"x{}", "x{}", 3, true},
        {"x{1,", "x{1,", 4, true},
        {"x{2}", "xxx", 2, true},
        {"\\v", "\013", 1, true},
        {"\\v", "\n", -1, false},
        {"\\x41\\u00e9\\U0001F600", "A\303\251\360\237\230\200", 7, true},
        {"[\\v\\x42]+", "\013B", 2, true},
        {"\\w+", "\303\251t\303\251 x", 5, true},
        {"\\d+", "\331\243\331\244", 4, true},
        {"\\bfoo\\b", "foo bar", 3, true},
        {"(?P<a>.)(?P=a)", "aab", 2, true},
        {"(.)(?(1)b|c)", "ab", 2, true},
        {"(?<=a)b", "ab", -1, true},
        {"(?!a)b", "b", 1, true},
        {"(?#note)ab", "ab", 2, true},
        {"^b", "a\nb", -1, false},
        {"(?m)^b", "a\nb", -1, true},
        {"(?m)a$", "a\nb", 1, true},
        {"(?m)^$", "a\n", -1, true},
        {"", "abc", 0, true},
        {"b", "abc", -1, true},
        {"a++b", "aab", 3, true},
        {"(?>a+)b", "aab", 3, true},
        {"\\.", ".", 1, true},
        {"\\_", "_", 1, true},
        {"a|", "b", 0, true},
        {"(a)|b", "b", 1, true},
        {"[a\\]]+", "a]", 2, true},
        {"\\t\\n", "\t\n", 2, true},
        {"[\\b]", "\010", 1, true},
        {"[a-c\\d]+", "abc123", 6, true},
        {"$", "\n", 0, true},
        {"a\\Z|b", "b", 1, true},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        mec_err err = MEC_ERR_INIT;
        mec_regex *regex;
        bool matches;
        size_t end;

        if (!CHECK_OK(mec_regex_new(cases[i].pattern, &regex, &err), err)) {
            continue;
        }
        CHECK_OK(mec_regex_match_prefix(regex, cases[i].subject, &matches, &end, &err),
                 err);
        if (!CHECK_INT(matches ? (int)end : -1, cases[i].end)) {
            printf("# pattern %s\n", cases[i].pattern);
        }
        CHECK_OK(mec_regex_match_whole(regex, cases[i].subject, &matches, &err), err);
        CHECK_INT(matches, cases[i].end == (int)strlen(cases[i].subject));
        CHECK_OK(mec_regex_search(regex, cases[i].subject, &matches, &err), err);
        if (!CHECK_INT(matches, cases[i].found)) {
            printf("# pattern %s\n", cases[i].pattern);
        }
        CHECK_STR(mec_regex_pattern(regex), cases[i].pattern);
        mec_regex_free(regex);
    }
}

static void test_refused(void)
{
    static const char *const bad[] = {"(",
                                      "a)",
                                      "[a",
                                      "*a",
                                      "a**",
                                      "\\",
                                      "\\R",
                                      "\\K",
                                      "\\Qa\\E",
                                      "\\h",
                                      "\\x4",
                                      "\\u12",
                                      "(?R)",
                                      "(?1)",
                                      "(?<n>a)",
                                      "(?|a)",
                                      "(*ACCEPT)",
                                      "(?P>n)",
                                      "a(?i)b",
                                      "(?z)a",
                                      "(?P<n>a)(?P<n>b)",
                                      "(?P=n)",
                                      "x{2,1}",
                                      "(?#a",
                                      "[b-a]",
                                      "\\1",
                                      "[\\Z]",
                                      "(?P<1>a)",
                                      "(?'n'a)",
                                      "\\p{L}",
                                      "[\\R]",
                                      "\\C",
                                      "[",
                                      "[]",
                                      "[^]",
                                      "(?",
                                      "(?P",
                                      "(?i",
                                      "(?-",
                                      "\\N{DIGIT ONE}",
                                      "(?x) a",
                                      "(?C1)a"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        mec_err err = MEC_ERR_INIT;
        mec_regex *regex;

        if (!CHECK_INT(mec_regex_new(bad[i], &regex, &err), MEC_E_INPUT)) {
            printf("# pattern %s\n", bad[i]);
        }
        CHECK_HAS(err.text, bad[i]);
        CHECK_HAS(err.text, ": at character ");
        mec_regex_free(regex);
    }
}

static void test_messages(void)
{
    check_failure("\xC3\xA9(a", "regular expression \"\xC3\xA9(a\": at character 3: "
                                "missing closing parenthesis");
    check_failure("ab\\Rc",
                  "regular expression \"ab\\Rc\": at character 2: unknown escape");
    check_failure("x[a-",
                  "regular expression \"x[a-\": at character 1: set without closing "
                  "']'");
    check_failure("\\Z\\v)",
                  "regular expression \"\\Z\\v)\": at character 4: unmatched "
                  "closing parenthesis");
    check_failure("a\xff",
                  "regular expression \"a\xff\": at character 1: not valid UTF-8");
    mec_regex_free(NULL);
}

/* BLUEPYMM.md A.8 e: patterns of a threshold entry. */
static void test_union(void)
{
    static const char *const pattern[] = {"L5_TPC:A", "bAC.*$", "", "c|d"};
    static const char *const bad[] = {"a", "b)|(c"};
    static const struct {
        const char *subject;
        bool matches;
    } cases[] = {{"L5_TPC:A", true}, {"L5_TPC:AB", false}, {"L5_TPC:A\n", true},
                 {"bACint", true},   {"", true},           {"\n", true},
                 {"d", true},        {"cx", true},         {"xd", false}};
    mec_err err = MEC_ERR_INIT;
    mec_regex *regex;

    if (!CHECK_OK(mec_regex_new_union(4, pattern, &regex, &err), err)) {
        return;
    }
    CHECK_STR(mec_regex_pattern(regex), "(L5_TPC:A$)|(bAC.*$)|($)|(c|d$)");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool matches;

        CHECK_OK(mec_regex_match_prefix(regex, cases[i].subject, &matches, NULL, &err),
                 err);
        CHECK_INT(matches, cases[i].matches);
    }
    mec_regex_free(regex);
    CHECK_INT(mec_regex_new_union(2, bad, &regex, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "regular expression \"b)|(c\": at character 1");
    CHECK(regex == NULL);
}

static void test_limits(void)
{
    static const char *const patterns[] = {"(a+)+$", "(a|aa)*(c|d)", "(a+)*[cd]"};
    mec_err err = MEC_ERR_INIT;
    mec_regex *regex;
    bool matches;

    for (size_t i = 0; i < 3; i++) {
        if (!CHECK_OK(mec_regex_new(patterns[i], &regex, &err), err)) {
            continue;
        }
        CHECK_INT(mec_regex_match_prefix(
                      regex,
                      "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaX",
                      &matches, NULL, &err),
                  MEC_E_LIMIT);
        CHECK_HAS(err.text, "takes too long");
        CHECK(!matches);
        mec_regex_free(regex);
    }
}

static void test_bad_subject(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_regex *regex;
    bool matches = true;

    if (!CHECK_OK(mec_regex_new(".*", &regex, &err), err)) {
        return;
    }
    CHECK_INT(mec_regex_match_prefix(regex, "a\xC0\x80", &matches, NULL, &err),
              MEC_E_INPUT);
    CHECK(!matches);
    CHECK_HAS(err.text, "UTF-8 error");
    mec_regex_free(regex);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_same_as_python), TAP_CASE(test_refused),
        TAP_CASE(test_messages),       TAP_CASE(test_union),
        TAP_CASE(test_limits),         TAP_CASE(test_bad_subject),
    };

    return TAP_RUN(cases, argc, argv);
}
