#ifndef CAMPAIGN_FINGERPRINT_PRIV_H
#define CAMPAIGN_FINGERPRINT_PRIV_H

/* The identity of a prepared campaign. */

#include "combos_priv.h"

/* Digest of everything that a database and its packages are made from; the entries of the
 * map must know their source. Contents of release morphologies are not looked at.
 *
 * @param out  64 hexadecimal digits */
MEC_NODISCARD mec_status fingerprint_make(mec_arena *arena, const emodel_map *map,
                                          const combo_table *table, char out[65],
                                          mec_err *err);

#endif
