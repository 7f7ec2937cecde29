/* mecombo select: phase 3. */

#include "command.h"
#include "commands.h"
#include "select_phase.h"

#include <mecombo/log.h>
#include <mecombo/path.h>
#include <mecombo/report.h>
#include <mecombo/text.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static mec_select_options opt = {.what_if = NAN};

static const mec_option options[] = {
    {"n_processes", MEC_OPTION_INT, &opt.n_processes, "N",
     "accepted for BluePyMM's sake; one process is enough"},
    {"what-if", MEC_OPTION_DOUBLE, &opt.what_if, "T",
     "gate with this threshold everywhere, print what it gives, write nothing"},
    {"traces", MEC_OPTION_STRING, &opt.traces_dir, "DIR",
     "draw traces of selected me-combinations, which run --save-traces wrote to DIR"},
    {NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

static void print_what_if(const mec_selection *s)
{
    printf("threshold %g: %" PRId64 " of %zu me-combinations selected\n", s->what_if,
           s->n_selected, s->n_rows);
    for (size_t i = 0; i < s->n_emodels; i++) {
        const mec_selection_emodel *e = &s->emodel[i];

        printf("%s: %" PRId64 " of %zu%s%s\n", e->name, e->n_selected, e->n_rows,
               e->skipped == NULL ? "" : ", left out: ",
               e->skipped == NULL ? "" : e->skipped);
    }
}

/* "x.pdf" becomes "x.html"; another name gets ".html" added. */
static const char *html_path(mec_arena *arena, const char *pdf)
{
    size_t n = strlen(pdf);

    n -= mec_ends_with(pdf, ".pdf") ? 4 : 0;
    return mec_arena_printf(arena, "%.*s.html", (int)n, pdf);
}

static mec_status write_report(mec_arena *arena, const mec_selection *selection,
                               const char *traces_dir, mec_err *err)
{
    const char *pdf = selection->pdf_filename;
    mec_report_options report = {pdf, html_path(arena, pdf), traces_dir, -1};
    mec_status st = mec_report_write(selection, &report, err);

    if (st == MEC_OK && mec_log_get_level() != MEC_LOG_ERROR) {
        const char *path = mec_path_absolute(arena, pdf);

        printf("Wrote pdf to %s\n", path == NULL ? pdf : path);
        path = mec_path_absolute(arena, report.html);
        printf("Wrote html to %s\n", path == NULL ? report.html : path);
    }
    return st;
}

mec_status mec_select_phase(const char *conf, const mec_select_options *options_,
                            mec_err *err)
{
    mec_arena *arena = mec_arena_new();
    const mec_selection *selection = NULL;
    mec_status st = MEC_OK;

    if (arena == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_campaign_select(conf, options_, arena, &selection, err));
    if (!isnan(options_->what_if)) {
        print_what_if(selection);
        goto done;
    }
    MEC_TRY(write_report(arena, selection, options_->traces_dir, err));
    MEC_TRY(mec_selection_write(selection, err));
done:
    mec_arena_free(arena);
    return st;
}

static mec_status run(int argc, const char *const argv[], mec_err *err)
{
    (void)argc;
    return mec_select_phase(argv[0], &opt, err);
}

const mec_command mec_cmd_select = {
    .name = "select",
    .arguments = "CONF",
    .summary = "gate the me-combinations by their scores, write files and report",
    .description =
        "Compares every score with its threshold and writes extneurondb.dat,\n"
        "mecombo_emodel.tsv, mecombo_release.json, extra_data/ and the report (PDF and "
        "HTML), or\n"
        "the files that a configuration of 2017 names.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run};
