/* HDF5: reading what h5py wrote, writing and reading back, and broken files. */

#include <mecombo/h5.h>

#include <mecombo/path.h>
#include <signal.h>
#include <stdlib.h>
#include <support/scratch.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static mec_arena *arena;
static char directory[] = "/tmp/mecombo-test-h5-XXXXXX";

/* Made by tests/peers/make-io-h5. */
static const char *const fixture = "tests/unit/io/data/h5py.h5";

static const char *in_directory(const char *name)
{
    return mec_path_join(arena, directory, name);
}

static mec_h5 *open_h5(const char *path, mec_h5_mode mode)
{
    mec_err err = MEC_ERR_INIT;
    mec_h5 *h5;

    CHECK_OK(mec_h5_open(path, mode, &h5, &err), err);
    return h5;
}

static void close_h5(mec_h5 *h5)
{
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(mec_h5_close(h5, &err), err);
}

static void check_doubles(mec_h5 *h5, const char *name, size_t n_rows, size_t n_columns,
                          const double expected[])
{
    mec_err err = MEC_ERR_INIT;
    size_t rows;
    size_t columns;
    double *data;

    if (!CHECK_OK(mec_h5_read_doubles(h5, arena, name, &rows, &columns, &data, &err),
                  err) ||
        !CHECK_INT(rows, n_rows) || !CHECK_INT(columns, n_columns)) {
        return;
    }
    for (size_t i = 0; i < rows * columns; i++) {
        CHECK_EQ(data[i], expected[i]);
    }
}

static void check_strings(mec_h5 *h5, const char *name, size_t n,
                          const char *const expected[])
{
    mec_err err = MEC_ERR_INIT;
    size_t n_strings;
    const char *const *strings;

    if (!CHECK_OK(mec_h5_read_strings(h5, arena, name, &n_strings, &strings, &err),
                  err) ||
        !CHECK_INT(n_strings, n)) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        CHECK_STR(strings[i], expected[i]);
    }
}

static void check_read_failure(mec_h5 *h5, const char *name, mec_status code,
                               const char *what)
{
    mec_err err = MEC_ERR_INIT;
    size_t rows;
    size_t columns;
    double *data;
    char expected[200];

    CHECK_INT(mec_h5_read_doubles(h5, arena, name, &rows, &columns, &data, &err), code);
    snprintf(expected, sizeof expected, "%s: %s: %s", fixture, name, what);
    CHECK_HAS(err.text, expected);
    CHECK(data == NULL);
}

static void test_numbers(void)
{
    mec_h5 *h5 = open_h5(fixture, MEC_H5_READ);
    mec_err err = MEC_ERR_INIT;
    int64_t *ints;
    double *data;
    size_t rows;
    size_t columns;

    if (h5 == NULL) {
        return;
    }
    check_doubles(h5, "/points", 2, 4, (double[]){0, 1, 2, 0.5, 3, 4, 5, 0.25});
    check_doubles(h5, "structure", 2, 3, (double[]){0, 1, -1, 1, 2, 0});
    check_doubles(h5, "big_endian", 2, 1, (double[]){1.5, -2.25});
    check_doubles(h5, "bytes", 3, 1, (double[]){0, 127, 255});
    check_doubles(h5, "scalar", 1, 1, (double[]){42.5});
    check_doubles(h5, "no_rows", 0, 2, NULL);
    check_doubles(h5, "empty", 0, 1, NULL);
    CHECK_OK(mec_h5_read_ints(h5, arena, "huge", &rows, NULL, &ints, &err), err);
    CHECK_INT(ints[0], INT64_MAX);
    CHECK_INT(ints[1], INT64_MIN);
    CHECK_OK(mec_h5_read_ints(h5, arena, "structure", &rows, &columns, &ints, &err),
             err);
    CHECK_INT(ints[2], -1);
    CHECK_OK(mec_h5_read_doubles(h5, arena, "compressed", &rows, NULL, &data, &err),
             err);
    CHECK_INT(rows, 5000);
    CHECK_EQ(data[4999], 4999.0);
    CHECK_OK(mec_h5_shape(h5, "points", &rows, &columns, &err), err);
    CHECK_INT(rows, 2);
    CHECK_INT(columns, 4);
    close_h5(h5);
}

static void test_strings(void)
{
    mec_h5 *h5 = open_h5(fixture, MEC_H5_READ);

    if (h5 == NULL) {
        return;
    }
    check_strings(h5, "library/mtype", 2, (const char *[]){"L5_TPC:A", "L23_MC"});
    check_strings(h5, "link", 2, (const char *[]){"L5_TPC:A", "L23_MC"});
    check_strings(h5, "fixed", 3, (const char *[]){"one", "three", ""});
    check_strings(h5, "padded", 2, (const char *[]){"ab", " cdefg"});
    check_strings(h5, "wide", 4, (const char *[]){"a", "b", "c", "d\xC3\xA9"});
    close_h5(h5);
}

static void test_existence_and_lists(void)
{
    mec_h5 *h5 = open_h5(fixture, MEC_H5_READ);
    mec_err err = MEC_ERR_INIT;
    const char *const *names;
    size_t n;

    if (h5 == NULL) {
        return;
    }
    CHECK(mec_h5_has(h5, "/"));
    CHECK(mec_h5_has(h5, "points"));
    CHECK(mec_h5_has(h5, "/library/mtype"));
    CHECK(mec_h5_has(h5, "library/"));
    CHECK(mec_h5_has(h5, "link"));
    CHECK(!mec_h5_has(h5, "library/layer"));
    CHECK(!mec_h5_has(h5, "no/such/thing"));
    CHECK(!mec_h5_has(h5, "points/below"));
    CHECK(!mec_h5_has(h5, "dangling"));
    CHECK(mec_h5_is_dataset(h5, "library/mtype"));
    CHECK(!mec_h5_is_dataset(h5, "library"));
    CHECK(!mec_h5_is_dataset(h5, "absent"));
    CHECK_OK(mec_h5_list(h5, arena, "library", &n, &names, &err), err);
    if (CHECK_INT(n, 1)) {
        CHECK_STR(names[0], "mtype");
    }
    CHECK_OK(mec_h5_list(h5, arena, "/", &n, &names, &err), err);
    for (size_t i = 1; i < n; i++) {
        CHECK(strcmp(names[i - 1], names[i]) < 0);
    }
    CHECK_INT(mec_h5_list(h5, arena, "points", &n, &names, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "points: no such group");
    CHECK(names == NULL);
    close_h5(h5);
}

static void test_attributes(void)
{
    mec_h5 *h5 = open_h5(fixture, MEC_H5_READ);
    mec_err err = MEC_ERR_INIT;
    const char *text;
    double numbers[3];
    size_t n;

    if (h5 == NULL) {
        return;
    }
    CHECK(mec_h5_has_attribute(h5, "points", "unit"));
    CHECK(!mec_h5_has_attribute(h5, "points", "location"));
    CHECK(!mec_h5_has_attribute(h5, "absent", "unit"));
    CHECK_OK(mec_h5_read_string_attribute(h5, arena, "points", "unit", &text, &err),
             err);
    CHECK_STR(text, "um");
    CHECK_OK(mec_h5_read_string_attribute(h5, arena, "points", "fixed", &text, &err),
             err);
    CHECK_STR(text, "um");
    CHECK_OK(
        mec_h5_read_number_attribute(h5, "points", "numbers", 3, &n, numbers, &err),
        err);
    CHECK_INT(n, 3);
    CHECK_EQ(numbers[2], 3.0);
    CHECK_OK(mec_h5_read_number_attribute(h5, "/", "version", 1, &n, numbers, &err),
             err);
    CHECK_EQ(numbers[0], 1.25);
    CHECK_INT(
        mec_h5_read_number_attribute(h5, "points", "numbers", 2, &n, numbers, &err),
        MEC_E_INPUT);
    CHECK_HAS(err.text, "points: attribute \"numbers\" has the wrong size");
    CHECK_INT(mec_h5_read_number_attribute(h5, "points", "unit", 2, &n, numbers, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "is not a number");
    CHECK_INT(mec_h5_read_string_attribute(h5, arena, "/", "version", &text, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "is not a string");
    CHECK_INT(mec_h5_read_string_attribute(h5, arena, "points", "none", &text, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "attribute \"none\" is missing");
    close_h5(h5);
}

static void test_read_failures(void)
{
    mec_h5 *h5 = open_h5(fixture, MEC_H5_READ);
    mec_err err = MEC_ERR_INIT;
    const char *const *strings;
    int64_t *ints;
    size_t n;

    if (h5 == NULL) {
        return;
    }
    check_read_failure(h5, "absent", MEC_E_INPUT, "no such dataset");
    check_read_failure(h5, "no/such/group", MEC_E_INPUT, "no such dataset");
    check_read_failure(h5, "library", MEC_E_INPUT, "is not a dataset");
    check_read_failure(h5, "cube", MEC_E_INPUT, "has more than two dimensions");
    check_read_failure(h5, "fixed", MEC_E_INPUT, "does not hold numbers");
    check_read_failure(h5, "truth", MEC_E_INPUT, "does not hold numbers");
    CHECK_INT(mec_h5_read_ints(h5, arena, "big_endian", &n, NULL, &ints, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "does not hold integers");
    CHECK_INT(mec_h5_read_ints(h5, arena, "structure", &n, NULL, &ints, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "must have one column");
    CHECK_INT(mec_h5_read_strings(h5, arena, "points", &n, &strings, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "does not hold strings");
    CHECK_INT(mec_h5_write_doubles(h5, "new", 0, 1, NULL, &err), MEC_E_IO);
    CHECK_HAS(err.text, "new: cannot be written (HDF5: ");
    close_h5(h5);
}

static void test_write(void)
{
    const char *path = in_directory("write.h5");
    const char *const words[] = {"one", "", "dr\xC3\xA9i"};
    const double trace[] = {0.0, -80.0, 0.025, -79.5, 0.05, (double)NAN};
    const int32_t ints[] = {1, -2, INT32_MAX};
    mec_h5 *h5 = open_h5(path, MEC_H5_CREATE);
    mec_err err = MEC_ERR_INIT;
    const char *unit;
    double number;
    int64_t *back;
    size_t n;

    CHECK_OK(mec_h5_write_doubles(h5, "a/b/soma.v", 1, 1, trace, &err), err);
    CHECK_OK(mec_h5_write_doubles(h5, "a/b/soma.v", 3, 2, trace, &err), err);
    CHECK_OK(mec_h5_write_string_attribute(h5, "a/b/soma.v", "unit", "V", &err), err);
    CHECK_OK(mec_h5_write_string_attribute(h5, "a/b/soma.v", "unit", "mV", &err), err);
    CHECK_OK(mec_h5_write_number_attribute(h5, "a", "dt", 0.025, &err), err);
    CHECK_OK(mec_h5_write_ints(h5, "/ints", 3, 1, ints, &err), err);
    CHECK_OK(mec_h5_write_strings(h5, "words", 3, words, &err), err);
    CHECK_OK(mec_h5_write_strings(h5, "none", 0, NULL, &err), err);
    CHECK_OK(mec_h5_make_group(h5, "x/y", &err), err);
    CHECK_OK(mec_h5_make_group(h5, "x/y", &err), err);
    CHECK_INT(mec_h5_make_group(h5, "words", &err), MEC_E_INPUT);
    CHECK_INT(mec_h5_make_group(h5, "words/below", &err), MEC_E_IO);
    CHECK_INT(mec_h5_write_string_attribute(h5, "absent", "unit", "V", &err),
              MEC_E_INPUT);
    close_h5(h5);

    h5 = open_h5(path, MEC_H5_READ);
    check_doubles(h5, "a/b/soma.v", 3, 2, trace);
    check_strings(h5, "words", 3, words);
    check_strings(h5, "none", 0, NULL);
    CHECK_OK(mec_h5_read_ints(h5, arena, "ints", &n, NULL, &back, &err), err);
    CHECK_INT(back[2], INT32_MAX);
    CHECK_OK(mec_h5_read_string_attribute(h5, arena, "a/b/soma.v", "unit", &unit, &err),
             err);
    CHECK_STR(unit, "mV");
    CHECK_OK(mec_h5_read_number_attribute(h5, "a", "dt", 1, &n, &number, &err), err);
    CHECK_EQ(number, 0.025);
    CHECK(mec_h5_has(h5, "x/y"));
    close_h5(h5);
}

static void test_append(void)
{
    const char *path = in_directory("append.h5");
    const double rows[] = {0, 1, 2, 3, 4, 5};
    mec_h5 *h5 = open_h5(path, MEC_H5_APPEND);
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(mec_h5_append_doubles(h5, "p/v", 1, 2, rows, &err), err);
    CHECK_OK(mec_h5_append_doubles(h5, "p/v", 0, 2, NULL, &err), err);
    close_h5(h5);
    h5 = open_h5(path, MEC_H5_APPEND);
    CHECK_OK(mec_h5_append_doubles(h5, "p/v", 2, 2, rows + 2, &err), err);
    check_doubles(h5, "p/v", 3, 2, rows);
    CHECK_INT(mec_h5_append_doubles(h5, "p/v", 1, 3, rows, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "p/v: has another shape or type");
    CHECK_INT(mec_h5_append_doubles(h5, "p/v", 1, 0, rows, &err), MEC_E_INPUT);
    CHECK_OK(mec_h5_write_doubles(h5, "fixed", 1, 2, rows, &err), err);
    CHECK_INT(mec_h5_append_doubles(h5, "fixed", 1, 2, rows, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "fixed: cannot be extended");
    close_h5(h5);
    h5 = open_h5(path, MEC_H5_CREATE); /* replaces */
    CHECK(!mec_h5_has(h5, "p"));
    close_h5(h5);
}

/* What was flushed survives a program that is killed. */
static void test_killed_writer(void)
{
    const char *path = in_directory("killed.h5");
    const double rows[] = {0, 1, 2, 3};
    pid_t child = fork();

    if (child == 0) {
        mec_err err = MEC_ERR_INIT;
        mec_h5 *h5;
        bool is_good = mec_h5_open(path, MEC_H5_CREATE, &h5, &err) == MEC_OK &&
                       mec_h5_append_doubles(h5, "p/v", 2, 2, rows, &err) == MEC_OK &&
                       mec_h5_flush(h5, &err) == MEC_OK;

        _exit(is_good ? 0 : 1); /* without closing */
    }
    int status = -1;
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK_INT(status, 0);
    mec_h5 *h5 = open_h5(path, MEC_H5_APPEND);
    if (h5 != NULL) {
        check_doubles(h5, "p/v", 2, 2, rows);
        close_h5(h5);
    }
}

static void check_open_failure(const char *path, mec_h5_mode mode, mec_status code,
                               const char *what)
{
    mec_err err = MEC_ERR_INIT;
    mec_h5 *h5 = (mec_h5 *)"";

    CHECK_INT(mec_h5_open(path, mode, &h5, &err), code);
    CHECK(h5 == NULL);
    CHECK_HAS(err.text, path);
    CHECK_HAS(err.text, what);
}

static void test_bad_files(void)
{
    mec_err err = MEC_ERR_INIT;
    const char *text = in_directory("text.h5");
    const char *cut = in_directory("cut.h5");
    char *bytes;
    size_t length;

    CHECK_OK(mec_write_file(text, "no hdf5", 7, &err), err);
    check_open_failure(text, MEC_H5_READ, MEC_E_INPUT, "is not an HDF5 file");
    check_open_failure(text, MEC_H5_APPEND, MEC_E_INPUT, "is not an HDF5 file");
    check_open_failure(directory, MEC_H5_READ, MEC_E_IO, "is a directory");
    check_open_failure(in_directory("absent.h5"), MEC_H5_READ, MEC_E_IO,
                       "No such file or directory");
    check_open_failure(in_directory("no/such/dir.h5"), MEC_H5_CREATE, MEC_E_IO,
                       "cannot be created (HDF5: ");
    if (CHECK_OK(mec_read_file(arena, fixture, &bytes, &length, &err), err)) {
        CHECK_OK(mec_write_file(cut, bytes, length / 2, &err), err);
        check_open_failure(cut, MEC_H5_READ, MEC_E_INPUT, "cut off, damaged");
    }
    CHECK_OK(mec_h5_close(NULL, &err), err);
}

static void test_full_disk(void)
{
    const char *path = in_directory("full.h5");
    static double numbers[100000];
    struct rlimit limit;
    int status = -1;

    pid_t child = fork(); /* HDF5 keeps what it could not write until it ends */
    if (child == 0) {
        mec_err err = MEC_ERR_INIT;
        mec_h5 *h5;

        signal(SIGXFSZ, SIG_IGN);
        limit = (struct rlimit){50000, 50000};
        if (setrlimit(RLIMIT_FSIZE, &limit) != 0 ||
            mec_h5_open(path, MEC_H5_CREATE, &h5, &err) != MEC_OK) {
            _exit(1);
        }
        _exit(mec_h5_write_doubles(h5, "v", 100000, 1, numbers, &err) == MEC_E_IO &&
                      strstr(err.text, "v: cannot be written") != NULL
                  ? 0
                  : 2);
    }
    CHECK_INT(waitpid(child, &status, 0), child);
    CHECK_INT(status, 0);
}

/* A trace of the reference data. */
static void test_reference_traces(void)
{
    mec_h5 *h5 = open_h5("../shared/reference/traces/C060114A5.h5", MEC_H5_READ);
    mec_err err = MEC_ERR_INIT;
    const char *const *names;
    const char *text;
    size_t n;

    if (h5 == NULL) {
        return;
    }
    CHECK_OK(mec_h5_list(h5, arena, "/fixed", &n, &names, &err), err);
    CHECK_INT(n, 5);
    CHECK_OK(mec_h5_read_string_attribute(h5, arena, "/", "made_with", &text, &err),
             err);
    CHECK_HAS(text, "NEURON 8.2.7");
    CHECK_OK(mec_h5_list(h5, arena, "/fixed/RMP", &n, &names, &err), err);
    for (size_t i = 0; i < n; i++) {
        const char *name = mec_arena_printf(arena, "/fixed/RMP/%s", names[i]);
        double *data;
        size_t rows;
        size_t columns;

        if (mec_h5_is_dataset(h5, name)) {
            CHECK_OK(mec_h5_read_doubles(h5, arena, name, &rows, &columns, &data, &err),
                     err);
            CHECK(rows * columns > 100);
        }
    }
    close_h5(h5);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_numbers),
        TAP_CASE(test_strings),
        TAP_CASE(test_existence_and_lists),
        TAP_CASE(test_attributes),
        TAP_CASE(test_read_failures),
        TAP_CASE(test_write),
        TAP_CASE(test_append),
        TAP_CASE(test_killed_writer),
        TAP_CASE(test_bad_files),
        TAP_CASE(test_full_disk),
        TAP_CASE(test_reference_traces),
    };

    return SCRATCH_RUN(&arena, directory, cases, argc, argv);
}
