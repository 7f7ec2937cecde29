/* Files that cannot be read: refused with file, line and what is wrong. */

#include <support/tap.h>

#include <mecombo/morphology.h>

#include <stdlib.h>

#define SOMA "(\"CellBody\" (0 0 0 0) (9 0 0 0) (9 9 0 0) (0 9 0 0))\n"

typedef struct bad_file {
    const char *name, *text;
    const char *part; /* of the error text */
} bad_file;

static const bad_file asc_files[] = {
    {"a.asc", "", "a.asc:1: the file is empty"},
    {"a.asc", "; only a comment\n", "a.asc:1: the file is empty"},
    {"a.asc", "hello", "a.asc:1:1: expected '(', found 'hello'"},
    {"a.asc", SOMA "((Axon) (1 2 3 4) (2 3 4 5)",
     "a.asc:2:28: expected ')', found the end of the file (is a parenthesis missing?)"},
    {"a.asc", SOMA "((Axon) (1 2 3 4)))\n(", "a.asc:2:19: expected '(' or the end"},
    {"a.asc", SOMA "((Axon) (1 2 3 4) (", "a.asc:2:20: expected '(', found the end"},
    {"a.asc", SOMA "((Axon) (1 2 nan 4))", "a.asc:2:14: not a finite number"},
    {"a.asc", SOMA "((Axon) (1 2 1e99 4))", "a.asc:2:14: not a finite number, or out"},
    {"a.asc", SOMA "((Axon) (1 2 3 4) nan)", "found 'nan'"},
    {"a.asc", SOMA "((Axon) (1 2 x 4))", "a.asc:2:14: expected ')', found 'x'"},
    {"a.asc", SOMA "((Axon) (1))", "a.asc:2:11: expected a number, found ')'"},
    {"a.asc", SOMA "((Axon))", "a.asc:2:8: expected '(', found ')'"},
    {"a.asc", SOMA "((Axon) (1 2 3 4) (Dot (1 2 3)",
     "a.asc:2:19: parenthesis is never"},
    {"a.asc", SOMA "((Axon) (1 2 3 4) ( (1 2 3 4) | ))", "a.asc:2:33: expected '(',"},
    {"a.asc", SOMA "((Axon) (1 2 3 4) ( (Dot (1 2)) (Dot (1 2)) ) )",
     "a.asc:2:21: branch without points"},
    {"a.asc", SOMA "((Axon) (1 2 3 4) ( (Class 1) High ))",
     "a.asc:2:21: branch without points"},
    {"a.asc", "(\"CellBody\n (1 2 3))", "a.asc:1:2: expected a string, a label or '('"},
    {"a.asc", "(\"CellBody\")", "a.asc:1:12: expected '('"},
    {"a.asc", "(Color RGB (1, 2))", "a.asc:1:17: expected a number, found ')'"},
    {"a.asc", "(Color Red", "expected ')', found the end of the file"},
    {"a.asc", "(3 4 5)", "a.asc:1:2: expected a string, a label or '(', found '3'"},
    {"a.asc", "(\"Outline\" (1 2 3 4))", "a.asc: there is no section in the file"},
    {"a.asc", "(\"CellBody\" (1 1 1 0) (1 1 1 0) (1 1 1 0))",
     "a.asc:1: the soma's contour has no extent"},
    {"a.asc", SOMA "\n\n((Axon) (1 2 3 4) <(1 2 3 4)", "a.asc:4:29: expected '>'"},
    {"a.asc",
     "\x7f"
     "ELF\x01\x02",
     "a.asc:1:1: expected '(', found byte 0x7f (not a Neurolucida"},
    {"a.ASC", "x", "a.ASC:1:1: expected"},
};

static const bad_file swc_files[] = {
    {"a.swc", "", "a.swc:1: there is no point in the file"},
    {"a.swc", "# nothing\n\n", "a.swc:3: there is no point in the file"},
    {"a.swc", "hello\n", "a.swc:1: expected 7 finite numbers"},
    {"a.swc", "1 1 0 0 0 1\n", "a.swc:1: expected 7 finite numbers"},
    {"a.swc", "1 1 0 0 0 1 -1\n2 3 0 nan 0 1 1\n",
     "a.swc:2: expected 7 finite numbers"},
    {"a.swc", "1 1 0 0 0 1 -1\n2 3 0 inf 0 1 1\n",
     "a.swc:2: expected 7 finite numbers"},
    {"a.swc", "1 1 0 0 0 1 -1\n2 3 0 1e20 0 1 1\n", "a.swc:2: number out of range"},
    {"a.swc", "1 1 0 0 0 1 -1\n2 3.5 0 0 0 1 1\n", "a.swc:2: the point's type is not"},
    {"a.swc", "1 1 0 0 0 1 -1\n2.5 3 0 0 0 1 1\n",
     "a.swc:2: the point's number is not"},
    {"a.swc", "-1 1 0 0 0 1 -2\n", "a.swc:1: the point's number is not"},
    {"a.swc", "1 1 0 0 0 1 -1\n2 3 0 0 0 1 2\n",
     "a.swc:2: the parent's number is not below"},
    {"a.swc", "1 1 0 0 0 1 3\n2 3 0 0 0 1 1\n3 3 1 1 1 1 2\n", "the tree has a cycle"},
    {"a.swc", "1 1 0 0 0 1 -1\n3 3 0 0 0 1 1\n4 3 0 0 0 1 2\n",
     "a.swc:3: the point's parent is not in the file"},
    {"a.swc", "1 1 0 0 0 1 -1\n3 3 0 0 0 1 1\n2 3 0 0 0 1 1\n",
     "a.swc:3: points are not sorted by number"},
    {"a.swc", "1 1 0 0 0 1 -1\n2 3 0 0 0 1 1\n2 3 1 0 0 1 1\n",
     "a.swc:3: the point's number is used twice"},
    {"a.swc",
     "\x7f"
     "ELF\x01\x02\n",
     "a.swc:1: unprintable characters (not an SWC"},
    {"a.txt", "1 1 0 0 0 1 -1\n", "a.txt: unknown kind of morphology '.txt'"},
    {"morphology", "1 1 0 0 0 1 -1\n", "unknown kind of morphology ''"},
};

static void check_refused(const bad_file *file)
{
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m = NULL;
    mec_status st =
        mec_morphology_parse(file->name, file->text, strlen(file->text), &m, &err);

    CHECK_INT(st, MEC_E_INPUT);
    CHECK(m == NULL);
    CHECK_HAS(err.text, file->part);
    mec_morphology_free(m);
}

static void test_asc(void)
{
    for (size_t i = 0; i < sizeof asc_files / sizeof *asc_files; i++) {
        check_refused(&asc_files[i]);
    }
}

static void test_swc(void)
{
    for (size_t i = 0; i < sizeof swc_files / sizeof *swc_files; i++) {
        check_refused(&swc_files[i]);
    }
}

static void test_nul_byte(void)
{
    static const char asc[] = "(\"CellBody\" (0 0 0 0)\0 (9 0 0 0))";
    static const char swc[] = "1 1 0 0 0 1 -1\n2 3 0 0 0\0 1 1\n";
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m = NULL;

    CHECK_INT(mec_morphology_parse("a.asc", asc, sizeof asc - 1, &m, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "a.asc:1:22: expected ')', found byte 0x00");
    CHECK_INT(mec_morphology_parse("a.swc", swc, sizeof swc - 1, &m, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "a.swc:2: a NUL byte");
}

/* Nesting must end in an error, not in the stack's end. */
static void test_deep(void)
{
    enum { DEPTH = 200000 };
    static const char *const parts[] = {"(", "((Axon) (1 2 3 4)", "(set \"x\" "};

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        mec_err err = MEC_ERR_INIT;
        mec_morphology *m = NULL;
        mec_text text = MEC_TEXT_INIT;

        mec_text_add(&text, parts[i]);
        for (int k = 0; k < DEPTH; k++) {
            mec_text_add(&text, i == 0 ? "(" : i == 1 ? "((1 2 3 4)" : parts[2]);
        }
        CHECK_INT(mec_morphology_parse("a.asc", mec_text_string(&text), text.length, &m,
                                       &err),
                  MEC_E_INPUT);
        CHECK_HAS(err.text, i == 0 ? "a.asc:1:" : "nested too deeply");
        mec_text_clear(&text);
    }
}

static void test_no_file(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_morphology *m = NULL;

    CHECK_INT(mec_morphology_read("/nowhere/x.asc", &m, &err), MEC_E_IO);
    CHECK_HAS(err.text, "/nowhere/x.asc");
    CHECK_INT(mec_morphology_read("/nowhere/x.h5", &m, &err), MEC_E_IO);
    CHECK_HAS(err.text, "/nowhere/x.h5");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_asc), TAP_CASE(test_swc),
                                     TAP_CASE(test_nul_byte), TAP_CASE(test_deep),
                                     TAP_CASE(test_no_file)};

    return TAP_RUN(cases, argc, argv);
}
