#ifndef CAMPAIGN_SELECT_PRIV_H
#define CAMPAIGN_SELECT_PRIV_H

/* Parts of the selection. */

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <mecombo/selection.h>
#include <mecombo/text.h>

/* Choose among the gated rows of an e-model: those that passed, or per me-type the best
 * fraction by median score. Sets selected and n_selected. */
MEC_NODISCARD mec_status select_rows(mec_arena *arena, double perc_best,
                                     mec_selection_emodel *emodel,
                                     mec_selection_row row[], mec_err *err);

/* Fill the tables of the report: bars, matrices, rejections, exception classes. */
MEC_NODISCARD mec_status summarise(mec_arena *arena, mec_selection *out, mec_err *err);

/* Write <output_dir>/extra_data/: medians, rejections, failures, uncovered me-types. */
MEC_NODISCARD mec_status extra_data_write(mec_arena *arena, const mec_selection *s,
                                          mec_err *err);

/* Append a field of a CSV file as Python's csv module does with QUOTE_MINIMAL. */
void csv_field(mec_text *out, const char *field, char separator);

#endif
