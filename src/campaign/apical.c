/* apical_points_isec.json of a folder of morphologies, read once. */

#include "apical_priv.h"

#include <mecombo/path.h>

mec_status apical_read(mec_arena *arena, mec_map *cache, const char *folder,
                       const mec_json **out, mec_err *err)
{
    *out = NULL;
    if (mec_map_has(cache, folder)) {
        *out = mec_map_get(cache, folder);
        return MEC_OK;
    }
    const char *path = mec_path_join(arena, folder, "apical_points_isec.json");
    if (path == NULL) {
        return mec_no_memory(err);
    }
    if (mec_path_exists(path)) {
        mec_status st = mec_json_read(arena, path, out, err);

        if (st != MEC_OK) {
            return st;
        }
    }
    return mec_map_set(cache, folder, (void *)*out) ? MEC_OK : mec_no_memory(err);
}
