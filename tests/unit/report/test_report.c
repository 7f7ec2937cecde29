/* The report, checked by reading its text back with poppler's pdftotext. */

#include "support/tap.h"

#include <mecombo/arena.h>
#include <mecombo/report.h>
#include <mecombo/text.h>

#include <stdlib.h>
#include <unistd.h>

static char pdf[] = "/tmp/mec-report-XXXXXX.pdf";

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
    static const mec_selection_row row[] = {
        {.fullmtype = "L5_TPC:A", .holding_current = -0.1, .threshold_current = 0.4},
        {.fullmtype = "L5_TPC:A",
         .exception = "boom",
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
    };
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
    };
    mec_selection selection = small_selection();
    mec_err err = MEC_ERR_INIT;

    if (!CHECK_OK(mec_report_write(&selection, pdf, 1700000000, &err), err)) {
        return;
    }
    char *text = text_of_pdf();
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        CHECK_HAS(text, wanted[i]);
    }
    CHECK(text == NULL || strstr(text, "for each morphology") == NULL);
    free(text);
    CHECK_INT(pages_of_pdf(), 13);
}

static void test_fixed_date_gives_equal_bytes(void)
{
    mec_selection selection = small_selection();
    mec_err err = MEC_ERR_INIT;
    char command[128];

    snprintf(command, sizeof command, "cksum < %s", pdf);
    CHECK_OK(mec_report_write(&selection, pdf, 1700000000, &err), err);
    char *first = output_of(command);
    CHECK_OK(mec_report_write(&selection, pdf, 1700000000, &err), err);
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
    CHECK_OK(mec_report_write(&selection, pdf, 0, &err), err);
    char *text = text_of_pdf();
    CHECK_HAS(text, "morphology-00000");
    CHECK_HAS(text, "morphology-09999");
    CHECK_INT(pages_of_pdf(), 13 + (N + 35) / 36);
    free(text);
    free(bars);
    mec_arena_free(arena);
}

static void test_zero_rows(void)
{
    mec_selection selection = {.scores_db = "empty.sqlite", .cpu_seconds = NAN};
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(mec_report_write(&selection, pdf, 0, &err), err);
    char *text = text_of_pdf();
    CHECK_HAS(text, "nothing to show");
    CHECK_HAS(text, "none");
    free(text);
}

static void test_unwritable_place(void)
{
    mec_selection selection = small_selection();
    mec_err err = MEC_ERR_INIT;

    CHECK_INT(mec_report_write(&selection, "/proc/no/report.pdf", 0, &err), MEC_E_IO);
    CHECK_HAS(err.text, "/proc/no");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_every_page_is_there),
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
    int code = TAP_RUN(cases, argc, argv);
    unlink(pdf);
    return code;
}
