/* Loaded by LD_PRELOAD: makes one system call on a file fail.
 *
 *   FAULT_NAME   part of a file's path; calls on other files are left alone
 *   FAULT_CALLS  which calls: "write" (default) for write, pwrite, fsync, fdatasync and
 *                ftruncate, "read" for open, fopen, read and pread, "make" for
 *                open of a file to be written, rename, mkdir and unlink
 *   FAULT_CALL   the first call that fails, counted from 1 over this process and those
 *                that it forks
 *   FAULT_ERRNO  EIO (default); ENOSPC, which spares fsync and fdatasync, and with which
 *                all later calls fail as well, as on a full disk; EINTR; SHORT: the call
 *                does half of what was asked; EMFILE; EACCES
 *   FAULT_DELAY  ms that each of these calls takes, whether it fails or not
 *   FAULT_RANK   only this rank of mpirun
 *   FAULT_COUNT  a file that gets the number of calls at the end
 *
 * With FAULT_SHARED=1 statfs() takes every file system for NFS. */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/types.h>
#include <unistd.h>

enum { NFS_MAGIC = 0x6969 };

/* What is wrong with a call. */
typedef enum fault { FAULT_NONE, FAULT_FAILS, FAULT_SHORT } fault;

/* Families of calls, to be compared with FAULT_CALLS. */
typedef enum family { READ, WRITE, SYNC, MAKE } family;

static atomic_long *n_calls; /* shared with forked processes */
static pid_t first;
static bool is_meant;

static void *next(const char *name)
{
    void *symbol = dlsym(RTLD_NEXT, name);

    if (symbol == NULL) {
        abort();
    }
    return symbol;
}

__attribute__((constructor)) static void set_up(void)
{
    const char *wanted = getenv("FAULT_RANK");
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");

    is_meant = wanted == NULL || (rank != NULL && strcmp(rank, wanted) == 0);
    first = getpid();
    void *page = mmap(NULL, sizeof *n_calls, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    n_calls = page == MAP_FAILED ? NULL : page;
}

static bool is_watched(const char *path)
{
    const char *name = getenv("FAULT_NAME");

    return is_meant && n_calls != NULL && name != NULL && strstr(path, name) != NULL;
}

static bool is_chosen(family what)
{
    const char *calls = getenv("FAULT_CALLS");

    if (calls == NULL || strcmp(calls, "write") == 0) {
        return what == WRITE || what == SYNC;
    }
    return strcmp(calls, "read") == 0 ? what == READ : what == MAKE;
}

/* Count a call on a file; what happens to it, with errno set if it fails. */
static fault strike(const char *path, family what)
{
    static const struct {
        const char *name;
        int code;
    } reasons[] = {
        {"ENOSPC", ENOSPC}, {"EINTR", EINTR}, {"EMFILE", EMFILE}, {"EACCES", EACCES}};
    const char *at = getenv("FAULT_CALL");
    const char *reason = getenv("FAULT_ERRNO");
    const char *delay = getenv("FAULT_DELAY");
    int code = EIO;

    if (!is_chosen(what) || !is_watched(path)) {
        return FAULT_NONE;
    }
    if (delay != NULL) {
        usleep((useconds_t)(1000 * atol(delay)));
    }
    reason = reason == NULL ? "EIO" : reason;
    for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
        code = strcmp(reasons[i].name, reason) == 0 ? reasons[i].code : code;
    }
    if (code == ENOSPC && what == SYNC) {
        return FAULT_NONE;
    }
    long k = atomic_fetch_add(n_calls, 1) + 1;
    if (at == NULL || k < atol(at) || (code != ENOSPC && k > atol(at))) {
        return FAULT_NONE;
    }
    errno = code;
    return strcmp(reason, "SHORT") == 0 ? FAULT_SHORT : FAULT_FAILS;
}

static fault strike_fd(int fd, family what)
{
    char link[64];
    char path[4096];

    if (getenv("FAULT_NAME") == NULL || !is_chosen(what)) {
        return FAULT_NONE;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) {
        return FAULT_NONE;
    }
    path[n] = '\0';
    return strike(path, what);
}

__attribute__((destructor)) static void tell(void)
{
    const char *path = getenv("FAULT_COUNT");
    long n = n_calls == NULL ? 0 : atomic_load(n_calls);
    FILE *(*real)(const char *, const char *) = next("fopen");
    FILE *f = path == NULL || n == 0 || getpid() != first ? NULL : real(path, "w");

    if (f != NULL) {
        fprintf(f, "%ld\n", n);
        fclose(f);
    }
}

/* ---- bytes ---- */

/* Half of n, but not nothing. */
static size_t part(fault f, size_t n)
{
    return f == FAULT_SHORT && n > 1 ? n / 2 : n;
}

ssize_t read(int fd, void *data, size_t n)
{
    ssize_t (*real)(int, void *, size_t) = next("read");
    fault f = strike_fd(fd, READ);

    return f == FAULT_FAILS ? -1 : real(fd, data, part(f, n));
}

ssize_t pread64(int fd, void *data, size_t n, off64_t at)
{
    ssize_t (*real)(int, void *, size_t, off64_t) = next("pread64");
    fault f = strike_fd(fd, READ);

    return f == FAULT_FAILS ? -1 : real(fd, data, part(f, n), at);
}

ssize_t pread(int fd, void *data, size_t n, off_t at)
{
    return pread64(fd, data, n, at);
}

ssize_t write(int fd, const void *data, size_t n)
{
    ssize_t (*real)(int, const void *, size_t) = next("write");
    fault f = strike_fd(fd, WRITE);

    return f == FAULT_FAILS ? -1 : real(fd, data, part(f, n));
}

ssize_t pwrite64(int fd, const void *data, size_t n, off64_t at)
{
    ssize_t (*real)(int, const void *, size_t, off64_t) = next("pwrite64");
    fault f = strike_fd(fd, WRITE);

    return f == FAULT_FAILS ? -1 : real(fd, data, part(f, n), at);
}

ssize_t pwrite(int fd, const void *data, size_t n, off_t at)
{
    return pwrite64(fd, data, n, at);
}

int fsync(int fd)
{
    int (*real)(int) = next("fsync");

    return strike_fd(fd, SYNC) == FAULT_FAILS ? -1 : real(fd);
}

int fdatasync(int fd)
{
    int (*real)(int) = next("fdatasync");

    return strike_fd(fd, SYNC) == FAULT_FAILS ? -1 : real(fd);
}

int ftruncate64(int fd, off64_t size)
{
    int (*real)(int, off64_t) = next("ftruncate64");

    return strike_fd(fd, WRITE) == FAULT_FAILS ? -1 : real(fd, size);
}

int ftruncate(int fd, off_t size)
{
    return ftruncate64(fd, size);
}

/* ---- names ---- */

int open64(const char *path, int flags, ...)
{
    int (*real)(const char *, int, ...) = next("open64");
    va_list list;

    va_start(list, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    if (strike(path, (flags & O_ACCMODE) == O_RDONLY ? READ : MAKE) == FAULT_FAILS) {
        return -1;
    }
    return real(path, flags, mode);
}

int open(const char *path, int flags, ...)
{
    va_list list;

    va_start(list, flags);
    mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(list, mode_t) : 0;
    va_end(list);
    return open64(path, flags, mode);
}

FILE *fopen(const char *path, const char *mode)
{
    FILE *(*real)(const char *, const char *) = next("fopen");

    return strike(path, mode[0] == 'r' ? READ : MAKE) == FAULT_FAILS ? NULL
                                                                     : real(path, mode);
}

int rename(const char *from, const char *to)
{
    int (*real)(const char *, const char *) = next("rename");

    return strike(from, MAKE) == FAULT_FAILS ? -1 : real(from, to);
}

int mkdir(const char *path, mode_t mode)
{
    int (*real)(const char *, mode_t) = next("mkdir");

    return strike(path, MAKE) == FAULT_FAILS ? -1 : real(path, mode);
}

int unlink(const char *path)
{
    int (*real)(const char *) = next("unlink");

    return strike(path, MAKE) == FAULT_FAILS ? -1 : real(path);
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
