/* Directory trees: make, remove, copy. */

#include <mecombo/path.h>

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

mec_status mec_make_directories(const char *path, mec_err *err)
{
    char *partial = strdup(path);

    if (partial == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
    }
    size_t n = strlen(partial);
    for (size_t i = 1; i <= n; i++) {
        if (partial[i] != '/' && partial[i] != '\0') {
            continue;
        }
        char kept = partial[i];
        partial[i] = '\0';
        if (mkdir(partial, 0777) != 0 && !mec_path_is_directory(partial)) {
            int reason = errno;
            mec_status st =
                mec_fail(err, MEC_E_IO, "%s: cannot create the directory: %s", partial,
                         reason == EEXIST ? "a file of that name is in the way"
                                          : strerror(reason));
            free(partial);
            return st;
        }
        partial[i] = kept;
    }
    free(partial);
    return MEC_OK;
}

/* Call visit(directory/name) for each entry, stopping at the first failure. */
static mec_status each_entry(const char *directory,
                             mec_status (*visit)(const char *path, const char *name,
                                                 void *arg, mec_err *err),
                             void *arg, mec_err *err)
{
    mec_status st = MEC_OK;
    DIR *dir = opendir(directory);
    struct dirent *entry;

    if (dir == NULL) {
        return mec_fail(err, MEC_E_IO, "%s: cannot list the directory: %s", directory,
                        strerror(errno));
    }
    while (st == MEC_OK && (entry = readdir(dir)) != NULL) {
        mec_arena *arena;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        arena = mec_arena_new();
        char *path =
            arena == NULL ? NULL : mec_path_join(arena, directory, entry->d_name);
        if (path == NULL) {
            st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", directory);
        } else {
            st = visit(path, entry->d_name, arg, err);
        }
        mec_arena_free(arena);
    }
    closedir(dir);
    return st;
}

static mec_status remove_entry(const char *path, const char *name, void *arg,
                               mec_err *err)
{
    (void)name;
    (void)arg;
    return mec_remove_tree(path, err);
}

mec_status mec_remove_tree(const char *path, mec_err *err)
{
    struct stat info;

    if (lstat(path, &info) != 0) {
        return errno == ENOENT ? MEC_OK
                               : mec_fail(err, MEC_E_IO, "%s: cannot remove: %s", path,
                                          strerror(errno));
    }
    if (S_ISDIR(info.st_mode)) {
        mec_status st = each_entry(path, remove_entry, NULL, err);
        if (st != MEC_OK) {
            return st;
        }
    }
    if (remove(path) != 0 && errno != ENOENT) {
        return mec_fail(err, MEC_E_IO, "%s: cannot remove: %s", path, strerror(errno));
    }
    return MEC_OK;
}

static mec_status copy_entry(const char *path, const char *name, void *arg,
                             mec_err *err)
{
    const char *to = arg;
    mec_arena *arena = mec_arena_new();
    char *target = arena == NULL ? NULL : mec_path_join(arena, to, name);
    mec_status st;

    if (target == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
    } else if (mec_path_is_directory(path)) {
        st = mec_copy_tree(path, target, err);
    } else {
        st = mec_copy_file(path, target, err);
    }
    mec_arena_free(arena);
    return st;
}

mec_status mec_copy_tree(const char *from, const char *to, mec_err *err)
{
    mec_status st = mec_make_directories(to, err);

    if (st != MEC_OK) {
        return st;
    }
    char *target = strdup(to);
    if (target == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", to);
    }
    st = each_entry(from, copy_entry, target, err);
    free(target);
    return st;
}
