#ifndef CAMPAIGN_APICAL_PRIV_H
#define CAMPAIGN_APICAL_PRIV_H

#include <mecombo/json.h>
#include <mecombo/map.h>

/* The apical points of a folder of morphologies (apical_points_isec.json: name -> index
 * into apic[]); *out is NULL when it has none. Each folder is read once: `cache` is a map
 * that the caller keeps, its values live in the arena. */
MEC_NODISCARD mec_status apical_read(mec_arena *arena, mec_map *cache,
                                     const char *folder, const mec_json **out,
                                     mec_err *err);

#endif
