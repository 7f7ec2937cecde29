/* Whole files: read, write atomically, copy. */

#include <mecombo/path.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static mec_status read_all(int fd, const char *path, char *data, size_t size,
                           size_t *length, mec_err *err)
{
    size_t n = 0;

    while (n < size) {
        ssize_t got = read(fd, data + n, size - n);

        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return mec_fail(err, MEC_E_IO, "%s: cannot read: %s", path,
                            strerror(errno));
        }
        if (got == 0) {
            break;
        }
        n += (size_t)got;
    }
    *length = n;
    return MEC_OK;
}

mec_status mec_read_file(mec_arena *arena, const char *path, char **data,
                         size_t *length, mec_err *err)
{
    mec_status st = MEC_OK;
    struct stat info;
    size_t n = 0;

    *data = NULL;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        return mec_fail(err, MEC_E_IO, "%s: cannot open: %s%s", path, strerror(errno),
                        errno == ENOENT
                            ? " (check the name; relative names start in the current "
                              "directory, see -C)"
                            : "");
    }
    if (fstat(fd, &info) != 0) {
        st = mec_fail(err, MEC_E_IO, "%s: cannot inspect: %s", path, strerror(errno));
        goto done;
    }
    if (S_ISDIR(info.st_mode)) {
        st = mec_fail(err, MEC_E_INPUT, "%s: is a directory, expected a file", path);
        goto done;
    }
    char *content = mec_arena_alloc(arena, (size_t)info.st_size + 1);
    if (content == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory for %lld bytes", path,
                      (long long)info.st_size);
        goto done;
    }
    MEC_TRY(read_all(fd, path, content, (size_t)info.st_size, &n, err));
    content[n] = '\0';
    *data = content;
    if (length != NULL) {
        *length = n;
    }
done:
    close(fd);
    return st;
}

static bool write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t put = write(fd, data, length);

        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return false;
        }
        data += put;
        length -= (size_t)put;
    }
    return true;
}

static mec_status replace_file(const char *path, const void *data, size_t length,
                               bool durable, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *arena = mec_arena_new();
    char *partial = arena == NULL
                        ? NULL
                        : mec_arena_printf(arena, "%s.%ld.part", path, (long)getpid());

    if (partial == NULL) {
        mec_arena_free(arena);
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
    }
    int fd = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0) {
        st = mec_fail(err, MEC_E_IO, "%s: cannot write: %s", path, strerror(errno));
        goto done;
    }
    bool good = write_all(fd, data, length) && (!durable || fsync(fd) == 0);
    int reason = errno;
    if (close(fd) != 0 && good) {
        good = false;
        reason = errno;
    }
    if (good && rename(partial, path) != 0) {
        good = false;
        reason = errno;
    }
    if (!good) {
        unlink(partial);
        st = mec_fail(err, MEC_E_IO, "%s: cannot write: %s", path, strerror(reason));
    }
done:
    mec_arena_free(arena);
    return st;
}

mec_status mec_write_file(const char *path, const void *data, size_t length,
                          mec_err *err)
{
    return replace_file(path, data, length, true, err);
}

mec_status mec_copy_file(const char *from, const char *to, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *arena = mec_arena_new();
    struct stat info;
    char *data;
    size_t length;

    if (arena == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", from);
    }
    MEC_TRY(mec_read_file(arena, from, &data, &length, err));
    MEC_TRY(replace_file(to, data, length, false, err));
    if (stat(from, &info) == 0 && chmod(to, info.st_mode & 0777) != 0) {
        st = mec_fail(err, MEC_E_IO, "%s: cannot set permissions: %s", to,
                      strerror(errno));
    }
done:
    mec_arena_free(arena);
    return st;
}
