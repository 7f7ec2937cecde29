#ifndef MECOMBO_REPORT_H
#define MECOMBO_REPORT_H

/** The PDF report of a selection. */

#include <mecombo/err.h>
#include <mecombo/selection.h>

/** Write the report: summary, configuration, bars per e-model, matrices, rejections.
 *
 * The directory of the file is created if it is absent.
 *
 * @param selection  borrowed
 * @param path       the PDF file
 * @param date_unix  creation date in seconds since 1970; negative: now (a fixed date
 *                   makes the file reproducible)
 * @return MEC_OK; MEC_E_IO naming the file; MEC_E_NOMEM
 *
 * Not collective. Parity: the pages of BLUEPYMM.md A.9 in its order (with A.10 S4
 * right), between a summary and pages that BluePyMM has not.
 */
MEC_NODISCARD mec_status mec_report_write(const mec_selection *selection,
                                          const char *path, int64_t date_unix,
                                          mec_err *err);

#endif
