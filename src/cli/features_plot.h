#ifndef MECOMBO_CLI_FEATURES_PLOT_H
#define MECOMBO_CLI_FEATURES_PLOT_H

/* The drawing that `mecombo features --plot` writes. */

#include <mecombo/efeature.h>

/* Draw the interpolated trace with its peaks, spike begins and AHP minima marked and the
 * stimulus shaded. */
MEC_NODISCARD mec_status features_plot_svg(mec_efeature_trace *trace, const char *title,
                                           double stim_start, double stim_end,
                                           const char *path, mec_err *err);

#endif
