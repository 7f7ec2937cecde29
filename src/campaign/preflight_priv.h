#ifndef CAMPAIGN_PREFLIGHT_PRIV_H
#define CAMPAIGN_PREFLIGHT_PRIV_H

/* What prepare --dry-run finds out about morphologies. */

#include "combos_priv.h"

/* Read each morphology, replace its axon and seek the recordings' places as each of its
 * e-models would; warn of what will be an exception or a missing score.
 *
 * @param n_bad  out: combinations that were warned of */
MEC_NODISCARD mec_status preflight_check(mec_arena *arena, const emodel_map *map,
                                         const combo_table *table, size_t *n_bad,
                                         mec_err *err);

#endif
