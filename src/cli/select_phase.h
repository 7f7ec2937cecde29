#ifndef MECOMBO_CLI_SELECT_PHASE_H
#define MECOMBO_CLI_SELECT_PHASE_H

/* Phase 3 as `select` and `campaign` run it: gate, report, files. */

#include <mecombo/campaign.h>

mec_status mec_select_phase(const char *conf, const mec_select_options *options,
                            mec_err *err);

#endif
