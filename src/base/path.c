/* File names, as text: nothing here touches the disk but the questions at the end. */

#include <mecombo/path.h>

#include <mecombo/text.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *mec_path_join(mec_arena *arena, const char *directory, const char *name)
{
    if (name[0] == '/' || directory[0] == '\0') {
        return mec_arena_strdup(arena, name);
    }
    bool has_slash = mec_ends_with(directory, "/");
    return mec_arena_printf(arena, "%s%s%s", directory, has_slash ? "" : "/", name);
}

char *mec_path_dirname(mec_arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');

    if (slash == NULL) {
        return mec_arena_strdup(arena, "");
    }
    const char *end = slash;
    while (end > path && end[-1] == '/') {
        end--;
    }
    if (end == path) {
        end = slash + 1; /* only slashes: the root */
    }
    return mec_arena_strndup(arena, path, (size_t)(end - path));
}

const char *mec_path_basename(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

const char *mec_path_extension(const char *path)
{
    const char *base = mec_path_basename(path);
    const char *first = base;

    while (*first == '.') {
        first++; /* leading dots belong to the name */
    }
    const char *dot = strrchr(first, '.');
    return dot == NULL ? path + strlen(path) : dot;
}

char *mec_path_absolute(mec_arena *arena, const char *path)
{
    char *joined;
    char *cwd = NULL;

    if (path[0] == '/') {
        joined = mec_arena_strdup(arena, path);
    } else {
        cwd = getcwd(NULL, 0);
        if (cwd == NULL) {
            return NULL;
        }
        joined = mec_path_join(arena, cwd, path);
        free(cwd);
    }
    char *out = joined == NULL ? NULL : mec_arena_alloc(arena, strlen(joined) + 2);
    if (out == NULL) {
        return NULL;
    }
    size_t length = 0;
    char *rest = joined;
    for (char *part = strtok_r(rest, "/", &rest); part != NULL;
         part = strtok_r(NULL, "/", &rest)) {
        if (strcmp(part, ".") == 0) {
            continue;
        }
        if (strcmp(part, "..") == 0) {
            while (length > 0 && out[--length] != '/') {
            }
            continue;
        }
        out[length++] = '/';
        memcpy(out + length, part, strlen(part));
        length += strlen(part);
    }
    if (length == 0) {
        out[length++] = '/';
    }
    out[length] = '\0';
    return out;
}

bool mec_path_exists(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0;
}

bool mec_path_is_directory(const char *path)
{
    struct stat info;

    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}
