/* Loaded by LD_PRELOAD: makes one system call on a database fail.
 *
 *   FAULT_NAME   part of a file's name; calls on other files are left alone
 *   FAULT_CALL   the first call of that name's files that fails, counted from 1 over
 *                write, pwrite, fsync, fdatasync and ftruncate in this process
 *   FAULT_ERRNO  EIO (default) or ENOSPC; ENOSPC spares fsync and fdatasync, and all
 *                later calls fail as well, as on a full disk
 *   FAULT_COUNT  a file that gets the number of calls at the end
 *
 * With FAULT_SHARED=1 statfs() takes every file system for NFS. */

#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <unistd.h>

enum { NFS_MAGIC = 0x6969 };

static long n_calls;

static void *next(const char *name)
{
    void *symbol = dlsym(RTLD_NEXT, name);

    if (symbol == NULL) {
        abort();
    }
    return symbol;
}

static bool is_watched(int fd)
{
    const char *name = getenv("FAULT_NAME");
    char link[64];
    char path[4096];

    if (name == NULL) {
        return false;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) {
        return false;
    }
    path[n] = '\0';
    return strstr(path, name) != NULL;
}

/* Count a call; true when it shall fail, with errno set. */
static bool fails(int fd, bool is_sync)
{
    const char *at = getenv("FAULT_CALL");
    const char *reason = getenv("FAULT_ERRNO");
    bool is_full = reason != NULL && strcmp(reason, "ENOSPC") == 0;

    if (!is_watched(fd) || (is_full && is_sync)) {
        return false;
    }
    n_calls++;
    if (at == NULL || n_calls < atol(at) || (!is_full && n_calls > atol(at))) {
        return false;
    }
    errno = is_full ? ENOSPC : EIO;
    return true;
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("FAULT_COUNT");
    FILE *f = path == NULL || n_calls == 0 ? NULL : fopen(path, "w");

    if (f != NULL) {
        fprintf(f, "%ld\n", n_calls);
        fclose(f);
    }
}

ssize_t write(int fd, const void *data, size_t n)
{
    ssize_t (*real)(int, const void *, size_t) = next("write");

    return fails(fd, false) ? -1 : real(fd, data, n);
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at)
{
    ssize_t (*real)(int, const void *, size_t, off64_t) = next("pwrite64");

    return fails(fd, false) ? -1 : real(fd, data, n, at);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
    return pwrite64(fd, data, n, at);
}

int fsync(int fd)
{
    int (*real)(int) = next("fsync");

    return fails(fd, true) ? -1 : real(fd);
}

int fdatasync(int fd)
{
    int (*real)(int) = next("fdatasync");

    return fails(fd, true) ? -1 : real(fd);
}

int ftruncate64(int fd, off64_t size)
{
    int (*real)(int, off64_t) = next("ftruncate64");

    return fails(fd, false) ? -1 : real(fd, size);
}

int ftruncate(int fd, off_t size)
{
    return ftruncate64(fd, size);
}

int statfs64(const char *path, struct statfs64 *out)
{
    int (*real)(const char *, struct statfs64 *) = next("statfs64");
    int code = real(path, out);

    if (code == 0 && getenv("FAULT_SHARED") != NULL) {
        out->f_type = NFS_MAGIC;
    }
    return code;
}

int statfs(const char *path, struct statfs *out)
{
    int (*real)(const char *, struct statfs *) = next("statfs");
    int code = real(path, out);

    if (code == 0 && getenv("FAULT_SHARED") != NULL) {
        out->f_type = NFS_MAGIC;
    }
    return code;
}
