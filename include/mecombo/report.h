#ifndef MECOMBO_REPORT_H
#define MECOMBO_REPORT_H

/** The report of a selection, as PDF and as HTML. */

#include <mecombo/err.h>
#include <mecombo/selection.h>
#include <stdint.h>

/** Where the report goes, and what belongs to it. */
typedef struct mec_report_options {
    const char *pdf;        /* path; its folder is created if it is absent */
    const char *html;       /* the same figures for a browser; NULL: none */
    const char *traces_dir; /* folder of `run --save-traces`; NULL: no traces */
    int64_t date_unix;      /* creation date of the PDF, seconds since 1970; negative:
                               now (a fixed date makes the file reproducible) */
} mec_report_options;

/** Write the report: summary, configuration, bars per e-model, matrices, rejections,
 * sensitivity, scores, currents, failures, traces.
 *
 * The HTML is one file that needs no other. Its bar charts end after 360 bars and name
 * the PDF, which has all of them; so its size does not grow with the morphologies.
 * Traces are drawn for at most 24 e-models, at most 7 me-combinations each.
 *
 * @param selection  borrowed
 * @param options    borrowed
 * @return MEC_OK; MEC_E_INPUT (no folder of traces, a file there that holds none);
 *         MEC_E_IO naming the file; MEC_E_NOMEM
 *
 * Not collective. Parity: the pages of BLUEPYMM.md A.9 in its order (with A.10 S4
 * right), between a summary and pages that BluePyMM has not.
 */
MEC_NODISCARD mec_status mec_report_write(const mec_selection *selection,
                                          const mec_report_options *options,
                                          mec_err *err);

#endif
