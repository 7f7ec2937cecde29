/* The folder of traces. */

#include "traces_priv.h"

#include <mecombo/path.h>

#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

mec_status traces_open(mec_arena *arena, const char *folder, const char **out,
                       mec_err *err)
{
    mec_status st = MEC_OK;

    *out = mec_path_absolute(arena, folder);
    if (*out == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_make_directories(*out, err));
    DIR *open_folder = opendir(*out);
    for (const struct dirent *entry = NULL;
         open_folder != NULL && (entry = readdir(open_folder)) != NULL;) {
        if (entry->d_name[0] == '.' && strstr(entry->d_name, ".h5.part-") != NULL) {
            (void)unlinkat(dirfd(open_folder), entry->d_name, 0);
        }
    }
    if (open_folder != NULL) {
        closedir(open_folder);
    }
done:
    return st;
}

void traces_share(const char *folder, int64_t uid, int64_t computed_for)
{
    char name[32];
    char target[32];
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    snprintf(name, sizeof name, "%" PRId64 ".h5", uid);
    snprintf(target, sizeof target, "%" PRId64 ".h5", computed_for);
    if (fd >= 0) {
        (void)unlinkat(fd, name, 0);
        if (faccessat(fd, target, F_OK, 0) == 0) {
            (void)symlinkat(target, fd, name);
        }
        close(fd);
    }
}
