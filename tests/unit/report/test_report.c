/* The report, checked by reading its text back with poppler's pdftotext. Traces are
 * written here, in the form of evaluate. */

#include "support/tap.h"

#include <mecombo/arena.h>
#include <mecombo/h5.h>
#include <mecombo/path.h>
#include <mecombo/report.h>
#include <mecombo/text.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char pdf[] = "/tmp/mec-report-XXXXXX.pdf";
static char html[sizeof pdf + 1];

/* What a shell command prints. */
static char *output_of(const char *command)
{
    mec_text text = MEC_TEXT_INIT;
    char line[4096];
    FILE *pipe = popen(command, "r");

    while (pipe != NULL && fgets(line, sizeof line, pipe) != NULL) {
        mec_text_add(&text, line);
    }
    if (pipe != NULL) {
        pclose(pipe);
    }
    return mec_text_take(&text);
}

static char *text_of_pdf(void)
{
    char command[128];

    snprintf(command, sizeof command, "pdftotext -layout %s - 2>&1", pdf);
    return output_of(command);
}

static int pages_of_pdf(void)
{
    char command[128];

    snprintf(command, sizeof command, "pdfinfo %s 2>&1 | sed -n 's/^Pages: *//p'", pdf);
    char *text = output_of(command);
    int n = text == NULL ? -1 : (int)strtol(text, NULL, 10);
    free(text);
    return n;
}

/* Two e-models, one feature each, two rows. */
static mec_selection small_selection(void)
{
    static const char *const skip[] = {".*bAP.*"};
    static const char *const thresholds[] = {
        "{'features': ['.*'], 'megate_threshold': 5}"};
    static const double scores[] = {1.5, NAN};
    static const size_t rows[] = {0, 1};
    static const mec_selection_feature feature = {
        "Step1.SpikeCount", 1, 1, NAN, 5, 5, scores};
    static const mec_selection_bar mtype = {"L5_TPC:A", 1, 0, 1};
    static const double at[] = {1, 2, 5};
    static const int64_t passing[] = {0, 1, 1};
    static const mec_selection_emodel emodels[] = {
        {.name = "cADpyr_L5TPC",
         .n_rows = 2,
         .row = rows,
         .n_features = 1,
         .feature = &feature,
         .n_passed = 1,
         .n_selected = 1,
         .n_mtypes = 1,
         .mtype = &mtype,
         .n_sensitivity = 3,
         .sensitivity_threshold = at,
         .sensitivity_passed = passing},
        {.name = "left_out", .skipped = "no rows"},
    };
    static const mec_selection_row row[] = {{.uid = 4,
                                             .fullmtype = "L5_TPC:A",
                                             .etype = "cADpyr",
                                             .morph_name = "morph-one",
                                             .emodel = "cADpyr_L5TPC",
                                             .median = 1.5,
                                             .selected = true,
                                             .holding_current = -0.1,
                                             .threshold_current = 0.4},
                                            {.uid = 5,
                                             .fullmtype = "L5_TPC:A",
                                             .etype = "cADpyr",
                                             .morph_name = "morph-two",
                                             .emodel = "cADpyr_L5TPC",
                                             .median = NAN,
                                             .exception_class = "axon-too-short",
                                             .exception = "NoAxon: boom <10 um",
                                             .holding_current = NAN,
                                             .threshold_current = NAN}};
    static const mec_selection_bar metype = {"cADpyr_L5_TPC:A", 1, 1, 0};
    static const char *const mtypes[] = {"L5_TPC:A"};
    static const char *const etypes[] = {"cADpyr"};
    static const double median[] = {1.5};
    static const int64_t tested[] = {2};
    static const int64_t accepted[] = {1};
    static const mec_selection_count rejection = {"Step1.SpikeCount", 1};
    static const mec_selection_count class = {"axon-too-short", 1};

    return (mec_selection){
        .conf = "conf.json",
        .scores_db = "output/scores.sqlite",
        .pdf_filename = pdf,
        .n_skip = 1,
        .skip = skip,
        .n_thresholds = 1,
        .threshold_text = thresholds,
        .n_rows = 2,
        .row = row,
        .n_rows_in_database = 6,
        .n_passed = 1,
        .n_selected = 1,
        .n_exceptions = 1,
        .cpu_seconds = 7200,
        .n_emodels = 2,
        .emodel = emodels,
        .n_metypes = 1,
        .metype = &metype,
        .n_morphologies = 1,
        .morphology = &mtype,
        .n_mtypes = 1,
        .n_etypes = 1,
        .mtype = mtypes,
        .etype = etypes,
        .median = median,
        .n_tested = tested,
        .n_accepted = accepted,
        .n_rejections = 1,
        .rejection = &rejection,
        .n_classes = 1,
        .exception_class = &class,
        .provenance = "{\"mecombo\": \"9.8.7\"}",
    };
}

static mec_status write_report(const mec_selection *selection, const char *path,
                               int64_t date, mec_err *err)
{
    mec_report_options options = {.pdf = path, .html = html, .date_unix = date};

    return mec_report_write(selection, &options, err);
}

static void test_every_page_is_there(void)
{
    static const char *const wanted[] = {
        "Summary",
        "2 CPU hours",
        "Ignored feature patterns",
        ".*bAP.*",
        "MEGating thresholds (last match counts)",
        "'megate_threshold': 5",
        "cADpyr_L5TPC: number of tested morphologies per feature",
        "Passed all",
        "cADpyr_L5TPC: number of tested morphologies per m-type",
        "Median Z scores of me-types",
        "Accepted me-combinations per me-type",
        "Number of tested (e-model, morphology) combinations per me-type",
        "cADpyr_L5_TPC:A",
        "Features that reject me-combinations",
        "Threshold sensitivity",
        "distribution of every score",
        "Holding and threshold currents",
        "Exceptions by class",
        "axon-too-short",
        "computed by mecombo 9.8.7; selected by mecombo",
        "Exceptions: axon-too-short",
        "1 of 1 me-combinations with it",
        "NoAxon: boom <10 um",
        "morph-two",
    };
    mec_selection selection = small_selection();
    mec_err err = MEC_ERR_INIT;

    if (!CHECK_OK(write_report(&selection, pdf, 1700000000, &err), err)) {
        return;
    }
    char *text = text_of_pdf();
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        CHECK_HAS(text, wanted[i]);
    }
    CHECK(text == NULL || strstr(text, "for each morphology") == NULL);
    free(text);
    CHECK_INT(pages_of_pdf(), 14);
}

/* Render every page: there is something between its title and its foot. */
static void test_no_page_is_empty(void)
{
    mec_selection selection = small_selection();
    mec_err err = MEC_ERR_INIT;
    char command[128];
    int width, height, c;
    int n_page = 0;

    selection.plot_emodels_per_morphology = true;
    CHECK_OK(write_report(&selection, pdf, 0, &err), err);
    snprintf(command, sizeof command, "pdftoppm -gray -r 36 %s", pdf);
    FILE *pages = popen(command, "r");
    while (pages != NULL && fscanf(pages, "P5 %d %d 255%*c", &width, &height) == 2) {
        int n_dark = 0;

        for (int i = 0; i < width * height && (c = getc(pages)) != EOF; i++) {
            int row = i / width;

            n_dark += c < 200 && row > height / 7 && row < height * 9 / 10;
        }
        n_page++;
        CHECK(n_dark > 20);
    }
    CHECK_INT(pages == NULL ? -1 : pclose(pages), 0);
    CHECK_INT(n_page, 15);
}

static char *text_of_html(void)
{
    char command[128];

    snprintf(command, sizeof command, "cat %s", html);
    return output_of(command);
}

static int count_in(const char *text, const char *what)
{
    int n = 0;

    for (const char *p = text; p != NULL && (p = strstr(p, what)) != NULL; p++) {
        n++;
    }
    return n;
}

static void test_html_has_the_same_pages(void)
{
    mec_selection selection = small_selection();
    mec_err err = MEC_ERR_INIT;
    char command[128];

    if (!CHECK_OK(write_report(&selection, pdf, 0, &err), err)) {
        return;
    }
    char *text = text_of_html();
    CHECK_INT(count_in(text, "<section "), 14);
    CHECK_INT(count_in(text, "<a href=\"#p"), 14);
    CHECK_HAS(text, ">Threshold sensitivity</a>");
    CHECK_HAS(text, ">Threshold sensitivity</text>");
    CHECK_HAS(text, "NoAxon: boom &lt;10 um</text>");
    CHECK(strstr(text, "nan") == NULL && strstr(text, "<script") == NULL);
    free(text);
    snprintf(command, sizeof command, "xmllint --noout %s 2>&1", html);
    char *complaints = output_of("command -v xmllint >/dev/null || echo absent");
    if (complaints[0] == '\0') {
        free(complaints);
        complaints = output_of(command);
        CHECK_STR(complaints, "");
    }
    free(complaints);
}

/* A sine of n samples, 0.1 ms apart, under a name. */
static void write_sine(mec_h5 *file, const char *name, size_t n, double amplitude)
{
    double *rows = calloc(n, 2 * sizeof *rows);
    mec_err err = MEC_ERR_INIT;

    for (size_t i = 0; i < n; i++) {
        rows[2 * i] = 0.1 * (double)i;
        rows[2 * i + 1] = amplitude * sin(0.01 * (double)i);
    }
    CHECK_OK(mec_h5_write_doubles(file, name, n, 2, rows, &err), err);
    CHECK_OK(mec_h5_write_string_attribute(file, name, "unit", "mV", &err), err);
    free(rows);
}

static void test_traces(void)
{
    char dir[] = "/tmp/mec-report-traces-XXXXXX";
    char path[64];
    mec_selection selection = small_selection();
    mec_report_options options = {.pdf = pdf, .html = html, .traces_dir = dir};
    mec_err err = MEC_ERR_INIT;
    mec_h5 *file;

    if (!CHECK(mkdtemp(dir) != NULL)) {
        return;
    }
    CHECK_OK(mec_report_write(&selection, &options, &err), err);
    char *text = text_of_pdf();
    CHECK_HAS(text, "holds no traces of a selected me-combination");
    free(text);
    snprintf(path, sizeof path, "%s/4.h5", dir);
    if (CHECK_OK(mec_h5_open(path, MEC_H5_CREATE, &file, &err), err)) {
        write_sine(file, "/Step_150/Step_150.soma.v", 100000, 40);
        write_sine(file, "/Ca/Ca.soma.cai", 50, 1e-4);
        CHECK_OK(mec_h5_close(file, &err), err);
    }
    CHECK_OK(mec_report_write(&selection, &options, &err), err);
    CHECK_INT(pages_of_pdf(), 15);
    text = text_of_pdf();
    CHECK_HAS(text, "cADpyr_L5TPC: traces");
    CHECK_HAS(text, "1 of 1 selected me-combinations with traces");
    CHECK_HAS(text, "Step_150/Step_150.soma.v");
    CHECK_HAS(text, "Ca/Ca.soma.cai");
    CHECK_HAS(text, "4e-05");
    CHECK_HAS(text, "morph-one");
    CHECK_HAS(text, "L5_TPC:A, median 1.5, row 4");
    free(text);
    text = text_of_html();
    CHECK_HAS(text, "cADpyr_L5TPC: traces");
    CHECK(text != NULL && strlen(text) < 100000); /* thinned out */
    free(text);
    if (CHECK_OK(mec_h5_open(path, MEC_H5_CREATE, &file, &err), err)) {
        CHECK_OK(mec_h5_write_doubles(file, "/a/b", 2, 1, (double[]){1, 2}, &err), err);
        CHECK_OK(mec_h5_close(file, &err), err);
    }
    CHECK_INT(mec_report_write(&selection, &options, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "4.h5: /a/b has 1 columns");
    unlink(path);
    rmdir(dir);
    CHECK_INT(mec_report_write(&selection, &options, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "no such folder");
}

static void test_fixed_date_gives_equal_bytes(void)
{
    mec_selection selection = small_selection();
    mec_err err = MEC_ERR_INIT;
    char command[128];

    snprintf(command, sizeof command, "cksum < %s", pdf);
    CHECK_OK(write_report(&selection, pdf, 1700000000, &err), err);
    char *first = output_of(command);
    CHECK_OK(write_report(&selection, pdf, 1700000000, &err), err);
    char *second = output_of(command);
    CHECK_STR(second, first);
    free(first);
    free(second);
}

static void test_ten_thousand_morphologies(void)
{
    enum { N = 10000 };
    mec_selection selection = small_selection();
    mec_selection_bar *bars = calloc(N, sizeof *bars);
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;

    for (int i = 0; i < N; i++) {
        bars[i] = (mec_selection_bar){mec_arena_printf(arena, "morphology-%05d", i),
                                      i % 7, i % 3, i % 2};
    }
    selection.plot_emodels_per_morphology = true;
    selection.n_morphologies = N;
    selection.morphology = bars;
    CHECK_OK(write_report(&selection, pdf, 0, &err), err);
    char *text = text_of_pdf();
    CHECK_HAS(text, "morphology-00000");
    CHECK_HAS(text, "morphology-09999");
    CHECK_INT(pages_of_pdf(), 14 + (N + 35) / 36);
    free(text);
    text = text_of_html();
    CHECK_HAS(text, "The first 360 of 10000; all are in mec-report-");
    CHECK_HAS(text, "morphology-00359");
    CHECK(text == NULL || strstr(text, "morphology-00360") == NULL);
    CHECK(text != NULL && strlen(text) < 400000);
    free(text);
    free(bars);
    mec_arena_free(arena);
}

static void test_zero_rows(void)
{
    mec_selection selection = {.scores_db = "empty.sqlite", .cpu_seconds = NAN};
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(write_report(&selection, pdf, 0, &err), err);
    char *text = text_of_pdf();
    CHECK_HAS(text, "nothing to show");
    CHECK_HAS(text, "none");
    free(text);
}

static void test_unwritable_place(void)
{
    mec_selection selection = small_selection();
    mec_err err = MEC_ERR_INIT;

    CHECK_INT(write_report(&selection, "/proc/no/report.pdf", 0, &err), MEC_E_IO);
    CHECK_HAS(err.text, "/proc/no");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_every_page_is_there),
        TAP_CASE(test_no_page_is_empty),
        TAP_CASE(test_html_has_the_same_pages),
        TAP_CASE(test_traces),
        TAP_CASE(test_fixed_date_gives_equal_bytes),
        TAP_CASE(test_ten_thousand_morphologies),
        TAP_CASE(test_zero_rows),
        TAP_CASE(test_unwritable_place),
    };
    int fd = mkstemps(pdf, 4);

    if (fd < 0) {
        return 1;
    }
    close(fd);
    snprintf(html, sizeof html, "%.*s.html", (int)(sizeof pdf - 5), pdf);
    int code = TAP_RUN(cases, argc, argv);
    unlink(pdf);
    unlink(html);
    return code;
}
