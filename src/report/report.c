/* The pages of the report, in order; the charts themselves are in the other files. */

#include <mecombo/report.h>

#include "report_priv.h"

#include <mecombo/json.h>
#include <mecombo/path.h>
#include <math.h>
#include <string.h>

enum { SUMMARY_COLUMNS = 5, MAX_EMODELS_WITH_TRACES = 24 };

static const bar_legend three_parts = {
    3,
    {"passed", "exception", "failed"},
    {{0.0, 0.447, 0.698}, {0.902, 0.624, 0.0}, {0.835, 0.369, 0.0}}};
static const bar_legend two_parts = {
    2, {"passed", "failed"}, {{0.0, 0.447, 0.698}, {0.835, 0.369, 0.0}}};

/* Arena printf that never gives NULL, for texts on a page. */
#define TEXT(b, ...) text_or_empty(mec_arena_printf((b)->arena, __VA_ARGS__))

static const char *text_or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

static const char *count_text(book *b, int64_t n)
{
    return TEXT(b, "%lld", (long long)n);
}

/* Bars with (passed, exception, failed). */
static bar *bars_of(book *b, size_t n, const mec_selection_bar source[])
{
    bar *bars = mec_arena_calloc(b->arena, n + 1, sizeof *bars);

    for (size_t i = 0; bars != NULL && i < n; i++) {
        bars[i] = (bar){source[i].name,
                        {source[i].passed, source[i].error, source[i].failed}};
    }
    return bars;
}

static int64_t exceptions_of(const mec_selection *s, const mec_selection_emodel *e)
{
    int64_t n = 0;

    for (size_t i = 0; i < e->n_rows; i++) {
        n += s->row[e->row[i]].exception != NULL;
    }
    return n;
}

/* The version of mecombo that computed the rows, as the first of them noted it. */
static const char *version_of(book *b, const mec_selection *s)
{
    mec_err ignored = MEC_ERR_INIT;
    const mec_json *note;
    const char *version;

    if (s->provenance == NULL ||
        mec_json_parse(b->arena, "provenance", s->provenance, &note, &ignored) !=
            MEC_OK ||
        mec_json_need_string(note, "mecombo", &version, &ignored) != MEC_OK) {
        return NULL;
    }
    return version;
}

/* Who computed and who selected. */
static const char *origin_text(book *b, const mec_selection *s)
{
    const char *version = version_of(b, s);

    return TEXT(b, "%s%s; selected by mecombo %s%s%s",
                version == NULL ? "" : ", computed by mecombo ",
                version == NULL ? "" : version, MEC_VERSION,
                s->conf == NULL ? "" : " with ", s->conf == NULL ? "" : s->conf);
}

static void summary_page(book *b, const mec_selection *s)
{
    static const char *const header[SUMMARY_COLUMNS] = {
        "e-model", "tested", "with an exception", "passed all", "selected"};
    const char **cell =
        mec_arena_calloc(b->arena, (s->n_emodels + 1) * SUMMARY_COLUMNS, sizeof *cell);
    const char *cpu = "";

    if (cell == NULL) {
        return;
    }
    for (size_t i = 0; i < s->n_emodels; i++) {
        const mec_selection_emodel *e = &s->emodel[i];
        const char **row = cell + i * SUMMARY_COLUMNS;

        row[0] = e->skipped == NULL ? e->name : TEXT(b, "%s (%s)", e->name, e->skipped);
        row[1] = count_text(b, (int64_t)e->n_rows);
        row[2] = count_text(b, exceptions_of(s, e));
        row[3] = count_text(b, e->n_passed);
        row[4] = count_text(b, e->n_selected);
    }
    const char **last = cell + s->n_emodels * SUMMARY_COLUMNS;
    last[0] = "all e-models";
    last[1] = count_text(b, (int64_t)s->n_rows);
    last[2] = count_text(b, s->n_exceptions);
    last[3] = count_text(b, s->n_passed);
    last[4] = count_text(b, s->n_selected);
    if (!isnan(s->cpu_seconds)) {
        cpu = TEXT(b, ", %.3g CPU hours", s->cpu_seconds / 3600);
    }
    report_table(b, 0, "Summary",
                 TEXT(b, "%s: %lld rows with exemplars, %zu tested me-combinations%s%s",
                      s->scores_db, (long long)s->n_rows_in_database, s->n_rows, cpu,
                      origin_text(b, s)),
                 SUMMARY_COLUMNS, header, s->n_emodels + 1, cell);
}

static void configuration_pages(book *b, const mec_selection *s)
{
    static const char *const skip_header[] = {"to_skip_features"};
    static const char *const threshold_header[] = {"threshold entry"};

    report_table(b, 0, "Ignored feature patterns",
                 "Scores whose name begins with one of these do not decide.", 1,
                 skip_header, s->n_skip, s->skip);
    report_table(b, 0, "MEGating thresholds (last match counts)",
                 s->scaled_by_exemplar
                     ? "A limit is multiplied by the repaired exemplar's score where "
                       "that exceeds 1."
                     : "Limits are not scaled by the exemplars' scores.",
                 1, threshold_header, s->n_thresholds, s->threshold_text);
}

static void emodel_pages(book *b, const mec_selection_emodel *e)
{
    bar *features = mec_arena_calloc(b->arena, e->n_features + 1, sizeof *features);
    bar *mtypes = bars_of(b, e->n_mtypes, e->mtype);

    if (features == NULL || mtypes == NULL) {
        return;
    }
    for (size_t i = 0; i < e->n_features; i++) {
        features[i] =
            (bar){e->feature[i].name, {e->feature[i].passed, e->feature[i].failed, 0}};
    }
    features[e->n_features] =
        (bar){"Passed all", {e->n_passed, (int64_t)e->n_rows - e->n_passed, 0}};
    report_bars(b, 0, TEXT(b, "%s: number of tested morphologies per feature", e->name),
                NULL, "# morphologies", &two_parts, e->n_features + 1, features);
    for (size_t i = 0; i < e->n_mtypes; i++) {
        mtypes[i].part[1] = e->mtype[i].error + e->mtype[i].failed;
        mtypes[i].part[2] = 0;
    }
    report_bars(b, 0, TEXT(b, "%s: number of tested morphologies per m-type", e->name),
                NULL, "# morphologies", &two_parts, e->n_mtypes, mtypes);
}

static void score_pages(book *b, const mec_selection_emodel *e)
{
    histogram *panels = mec_arena_calloc(b->arena, e->n_features + 1, sizeof *panels);

    for (size_t i = 0; panels != NULL && i < e->n_features; i++) {
        panels[i] = (histogram){e->feature[i].name, e->n_rows, e->feature[i].score,
                                e->feature[i].limit_max};
    }
    if (panels != NULL) {
        report_histograms(
            b, 0, TEXT(b, "%s: distribution of every score", e->name),
            "Number of me-combinations over the score; dashed: the limit; red: more "
            "than twice the limit.",
            e->n_features, panels);
    }
}

/* Holding and threshold currents of the tested rows. */
static void current_pages(book *b, const mec_selection *s)
{
    double *holding = mec_arena_calloc(b->arena, s->n_rows + 1, sizeof *holding);
    double *threshold = mec_arena_calloc(b->arena, s->n_rows + 1, sizeof *threshold);
    bool any = false;

    for (size_t i = 0; holding != NULL && threshold != NULL && i < s->n_rows; i++) {
        holding[i] = s->row[i].holding_current;
        threshold[i] = s->row[i].threshold_current;
        any = any || isfinite(holding[i]) || isfinite(threshold[i]);
    }
    if (any) {
        histogram panels[] = {{"holding current (nA)", s->n_rows, holding, NAN},
                              {"threshold current (nA)", s->n_rows, threshold, NAN}};

        report_histograms(b, 0, "Holding and threshold currents",
                          "Number of me-combinations over the current.", 2, panels);
    }
}

/* Pass rate of each e-model if every threshold had one value. */
static void sensitivity_page(book *b, const mec_selection *s)
{
    const char **name = mec_arena_calloc(b->arena, s->n_emodels + 1, sizeof *name);
    const double **y = mec_arena_calloc(b->arena, s->n_emodels + 1, sizeof *y);
    const mec_selection_emodel *first = NULL;
    size_t n = 0;

    for (size_t i = 0; name != NULL && y != NULL && i < s->n_emodels; i++) {
        const mec_selection_emodel *e = &s->emodel[i];
        double *rate = mec_arena_calloc(b->arena, e->n_sensitivity + 1, sizeof *rate);

        if (e->skipped != NULL || e->n_rows == 0 || rate == NULL) {
            continue;
        }
        for (size_t k = 0; k < e->n_sensitivity; k++) {
            rate[k] = 100.0 * (double)e->sensitivity_passed[k] / (double)e->n_rows;
        }
        first = first == NULL ? e : first;
        name[n] = e->name;
        y[n++] = rate;
    }
    if (first != NULL) {
        report_lines(b, 0, "Threshold sensitivity",
                     "Share of the tested me-combinations that would pass if this were "
                     "the threshold of every score.",
                     "threshold", "percent passed", first->n_sensitivity,
                     first->sensitivity_threshold, n, name, y);
    }
}

/* Accepted over tested per me-type; NaN where nothing was tested. */
static void pass_rate_page(book *b, const mec_selection *s)
{
    size_t n = s->n_mtypes * s->n_etypes;
    double *rate = mec_arena_calloc(b->arena, n + 1, sizeof *rate);

    for (size_t i = 0; rate != NULL && i < n; i++) {
        rate[i] = s->n_tested[i] == 0
                      ? NAN
                      : 100.0 * (double)s->n_accepted[i] / (double)s->n_tested[i];
    }
    if (rate != NULL) {
        report_heat(b, 0, "Accepted me-combinations per me-type",
                    "Percent of the tested me-combinations; grey: none tested.",
                    "percent accepted", s->n_mtypes, s->mtype, s->n_etypes, s->etype,
                    rate, 0, 100);
    }
}

static void count_pages(book *b, const char *title, const char *subtitle,
                        const char *axis, const char *part, mec_rgb color, size_t n,
                        const mec_selection_count counts[])
{
    bar_legend legend = {1, {part}, {color}};
    bar *bars = mec_arena_calloc(b->arena, n + 1, sizeof *bars);

    for (size_t i = 0; bars != NULL && i < n; i++) {
        bars[i] = (bar){counts[i].name, {counts[i].n, 0, 0}};
    }
    if (bars != NULL && n > 0) {
        report_bars(b, 0, title, subtitle, axis, &legend, n, bars);
    }
}

/* Everything that BluePyMM's report has, and what it lacks, one call per topic. */
static void all_pages(book *b, const mec_selection *s)
{
    summary_page(b, s);
    configuration_pages(b, s);
    for (size_t i = 0; i < s->n_emodels; i++) {
        if (s->emodel[i].skipped == NULL) {
            emodel_pages(b, &s->emodel[i]);
        }
    }
    report_heat(b, 0, "Median Z scores of me-types",
                "Median over the selected me-combinations of their median score; grey: "
                "none selected.",
                "median Z score", s->n_mtypes, s->mtype, s->n_etypes, s->etype,
                s->median, NAN, NAN);
    pass_rate_page(b, s);
    if (s->plot_emodels_per_morphology) {
        bar *bars = bars_of(b, s->n_morphologies, s->morphology);

        if (bars != NULL) {
            report_bars(b, 0, "Number of tested e-models for each morphology", NULL,
                        "# e-models", &three_parts, s->n_morphologies, bars);
        }
    }
    bar *metypes = bars_of(b, s->n_metypes, s->metype);
    if (metypes != NULL) {
        report_bars(b, 0,
                    "Number of tested (e-model, morphology) combinations per me-type",
                    NULL, "# combinations", &three_parts, s->n_metypes, metypes);
    }
    count_pages(b, "Features that reject me-combinations",
                "A me-combination counts under every feature that it fails.",
                "# me-combinations", "failed", report_vermilion, s->n_rejections,
                s->rejection);
    sensitivity_page(b, s);
    for (size_t i = 0; i < s->n_emodels; i++) {
        score_pages(b, &s->emodel[i]);
    }
    current_pages(b, s);
    count_pages(b, "Exceptions by class", NULL, "# me-combinations", "exception",
                report_orange, s->n_classes, s->exception_class);
    report_failures(b, s);
}

/* Overlaid traces of each e-model that has some, or a page that says there are none. */
static mec_status trace_pages(book *b, const mec_selection *s, const char *dir,
                              mec_err *err)
{
    mec_font font = {.size = 10, .color = report_grey};
    bool any = false;
    size_t n = 0;
    mec_status st = MEC_OK;

    for (size_t i = 0; i < s->n_emodels && n < MAX_EMODELS_WITH_TRACES; i++) {
        bool has_some = false;

        MEC_TRY(report_traces(b, s, &s->emodel[i], dir, &has_some, err));
        any = any || has_some;
        n += has_some;
    }
    if (!any) {
        (void)book_page(b, 0, "Traces", NULL);
        mec_canvas_text(
            b->canvas, &font, MARGIN, BODY_TOP, MEC_ALIGN_LEFT, MEC_ALIGN_TOP, 0,
            TEXT(b, "%s holds no traces of a selected me-combination.", dir));
    }
done:
    return st;
}

static mec_status make_directory_of(mec_arena *arena, const char *path, mec_err *err)
{
    const char *directory = mec_path_dirname(arena, path);

    if (directory == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
    }
    return directory[0] == '\0' ? MEC_OK : mec_make_directories(directory, err);
}

/* Draw everything on a canvas, which is taken, and write its file. */
static mec_status write_book(mec_arena *arena, mec_canvas *canvas,
                             const mec_selection *selection, const char *complete,
                             const char *traces_dir, mec_err *err)
{
    book b = {canvas, arena, selection->scores_db, complete};
    mec_status st = MEC_OK;

    all_pages(&b, selection);
    if (traces_dir != NULL) {
        MEC_TRY(trace_pages(&b, selection, traces_dir, err));
    }
    MEC_TRY(mec_canvas_finish(canvas, err));
done:
    mec_canvas_free(canvas);
    return st;
}

static mec_status check_traces_dir(const char *dir, mec_err *err)
{
    if (dir == NULL || mec_path_is_directory(dir)) {
        return MEC_OK;
    }
    return mec_fail(err, MEC_E_INPUT,
                    "%s: no such folder (give the folder that mecombo run "
                    "--save-traces wrote)",
                    dir);
}

mec_status mec_report_write(const mec_selection *selection,
                            const mec_report_options *options, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *arena = mec_arena_new();
    mec_canvas *canvas = NULL;
    mec_canvas_info info = {.title = "me-gating",
                            .subject = selection->scores_db,
                            .creator = "mecombo " MEC_VERSION,
                            .has_date = options->date_unix >= 0,
                            .created_unix = options->date_unix};

    if (arena == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", options->pdf);
    }
    MEC_TRY(check_traces_dir(options->traces_dir, err));
    MEC_TRY(make_directory_of(arena, options->pdf, err));
    MEC_TRY(mec_canvas_new_pdf(options->pdf, &info, &canvas, err));
    MEC_TRY(write_book(arena, canvas, selection, NULL, options->traces_dir, err));
    if (options->html != NULL) {
        MEC_TRY(make_directory_of(arena, options->html, err));
        MEC_TRY(mec_canvas_new_html(options->html, info.title, &canvas, err));
        MEC_TRY(write_book(arena, canvas, selection, mec_path_basename(options->pdf),
                           options->traces_dir, err));
    }
done:
    mec_arena_free(arena);
    return st;
}
