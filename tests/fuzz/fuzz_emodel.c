/* E-model packages: whatever a file of a package holds, reading ends with a model or an
 * error. The first line of an input says which file of which package (tests/unit/evaluate)
 * the rest stands for: "own_hh l5pc setup/emodel.json".
 */

#include <mecombo/emodel.h>
#include <mecombo/path.h>

#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void load(mec_arena *arena, const char *package, const char *emodel,
                 const char *file, const char *text)
{
    mec_err err = MEC_ERR_INIT;
    char folder[] = "/tmp/mecombo-fuzz-XXXXXX";
    const char *from = mec_path_join(arena, "tests/unit/evaluate", package);
    const char *path;
    mec_emodel *model;

    if (strstr(package, "..") != NULL || strstr(file, "..") != NULL || file[0] == '/' ||
        package[0] == '/' || mkdtemp(folder) == NULL) {
        return;
    }
    path = mec_path_join(arena, folder, file);
    if (mec_copy_tree(from, folder, &err) == MEC_OK && mec_path_exists(path) &&
        mec_write_file(path, text, strlen(text), &err) == MEC_OK &&
        mec_emodel_load(folder, emodel, &model, &err) == MEC_OK) {
        mec_emodel_free(model);
    }
    (void)!mec_remove_tree(folder, &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mec_arena *arena = mec_arena_new();
    char *text = mec_arena_strndup(arena, (const char *)data, size);
    char *line = strchr(text, '\n');
    char package[64], emodel[64], file[128];

    if (line != NULL && sscanf(text, "%63s %63s %127s", package, emodel, file) == 3) {
        load(arena, package, emodel, file, line + 1);
    }
    mec_arena_free(arena);
    return 0;
}
