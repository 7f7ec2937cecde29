/* Runs the system's C compiler. */

#include "mechanism_priv.h"

#include <mecombo/path.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* No contraction and no rearrangement: the results are those of the .mod text's order. */
static const char *const flags[] = {
    "-std=gnu17",
    "-fPIC",
    "-shared",
    "-ffp-contract=off",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-fschedule-insns2",
    "-Wl,--no-undefined",
    "-Werror=implicit-function-declaration",
};
enum { N_FLAG = sizeof flags / sizeof *flags };

/* Straight code becomes as fast with little effort, in three quarters of the time. */
static const char *effort(bool straight)
{
    return straight ? "-O1" : "-O2";
}

const char *mechanism_compiler_flags(mec_arena *arena, bool straight)
{
    const char *all = effort(straight);

    for (int i = 0; i < N_FLAG && all != NULL; i++) {
        all = mec_arena_printf(arena, "%s %s", all, flags[i]);
    }
    return all;
}

/* The first executable of that name in $PATH, or the name itself if it has a slash. */
static const char *find_program(mec_arena *arena, const char *name)
{
    const char *path = getenv("PATH");

    if (strchr(name, '/') != NULL) {
        return access(name, X_OK) == 0 ? name : NULL;
    }
    while (path != NULL && *path != '\0') {
        size_t n = strcspn(path, ":");
        char *file = mec_arena_printf(arena, "%.*s/%s", (int)n, path, name);
        if (file != NULL && access(file, X_OK) == 0) {
            return file;
        }
        path += n;
        path += *path == ':';
    }
    return NULL;
}

mec_status mechanism_find_compiler(mec_arena *arena, mechanism_compiler *out,
                                   mec_err *err)
{
    static const char *const names[] = {"cc", "gcc", "clang"};
    const char *wanted = getenv("MECOMBO_CC");
    struct stat info;

    *out = (mechanism_compiler){0};
    if (wanted != NULL && *wanted != '\0') {
        out->path = find_program(arena, wanted);
        if (out->path == NULL) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s: no such C compiler (set MECOMBO_CC to a C compiler)",
                            wanted);
        }
    }
    for (size_t i = 0; out->path == NULL && i < sizeof names / sizeof *names; i++) {
        out->path = find_program(arena, names[i]);
    }
    if (out->path == NULL) {
        return mec_fail(
            err, MEC_E_INPUT,
            "no C compiler found to build mechanisms (install gcc or clang, or "
            "set MECOMBO_CC)");
    }
    if (stat(out->path, &info) != 0) {
        return mec_fail(err, MEC_E_IO, "%s: %s", out->path, strerror(errno));
    }
    out->identity = mec_arena_printf(arena, "%s %lld %lld", out->path,
                                     (long long)info.st_size, (long long)info.st_mtime);
    return out->identity == NULL ? mec_no_memory(err) : MEC_OK;
}

/* The pool blocks the signals that ask for a stop; a compiler must not inherit that. */
static int spawn_unblocked(pid_t *pid, const char *path,
                           const posix_spawn_file_actions_t *actions, char *argv[])
{
    posix_spawnattr_t attributes;
    sigset_t none;
    int rc = posix_spawnattr_init(&attributes);

    if (rc != 0) {
        return rc;
    }
    sigemptyset(&none);
    rc = posix_spawnattr_setsigmask(&attributes, &none);
    if (rc == 0) {
        rc = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    }
    if (rc == 0) {
        rc = posix_spawn(pid, path, actions, &attributes, argv, environ);
    }
    (void)posix_spawnattr_destroy(&attributes);
    return rc;
}

/* Start one compilation, with more flags after the usual ones; returns its process or
 * -1. */
static pid_t start(const mechanism_compiler *compiler, const mechanism_job *job,
                   const char *const *more)
{
    char *argv[N_FLAG + MECHANISM_MORE_FLAGS + 7];
    posix_spawn_file_actions_t actions;
    pid_t pid = -1;
    int n = 0;

    argv[n++] = (char *)compiler->path;
    for (int i = 0; i < N_FLAG; i++) {
        argv[n++] = (char *)flags[i];
    }
    for (int i = 0; more != NULL && more[i] != NULL && i < MECHANISM_MORE_FLAGS; i++) {
        argv[n++] = (char *)more[i];
    }
    argv[n++] = (char *)effort(job->straight);
    argv[n++] = (char *)"-o";
    argv[n++] = (char *)job->object_path;
    argv[n++] = (char *)job->c_path;
    argv[n++] = (char *)"-lm";
    argv[n] = NULL;
    if (posix_spawn_file_actions_init(&actions) != 0) {
        return -1;
    }
    if (posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY,
                                         0) != 0 ||
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, job->log_path,
                                         O_WRONLY | O_CREAT | O_TRUNC, 0600) != 0 ||
        spawn_unblocked(&pid, compiler->path, &actions, argv) != 0) {
        pid = -1;
    }
    (void)posix_spawn_file_actions_destroy(&actions);
    return pid;
}

/* The first line of the compiler's messages that speaks of an error. VERBATIM text is
 * compiled with the .mod file's name and lines, so such a line names the place. */
static const char *first_error(char *log)
{
    char *error = log == NULL ? NULL : strstr(log, "undefined reference");

    if (error == NULL && log != NULL) {
        error = strstr(log, "error:");
    }
    if (error == NULL) {
        return log == NULL || *log == '\0' ? "no message" : log;
    }
    while (error > log && error[-1] != '\n') {
        error--;
    }
    error[strcspn(error, "\n")] = '\0';
    return error;
}

/* The name that a compiler's or linker's message says is unknown; empty if it is about
 * something else. Names stand in quotes, which locale and compiler choose. */
static void unknown_name(const char *message, char *name, size_t size)
{
    static const char *const signs[] = {"implicit declaration", "undeclared",
                                        "unknown type", "undefined reference"};
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_"
        "0123456789";
    const char *at = NULL;

    *name = '\0';
    for (size_t i = 0; i < sizeof signs / sizeof *signs && at == NULL; i++) {
        at = strstr(message, signs[i]) == NULL ? NULL : strstr(message, "error:");
        at = at == NULL ? strstr(message, signs[i]) : at;
    }
    while (at != NULL && *at != '\0' && *name == '\0') {
        static const char *const quotes[] = {"\xe2\x80\x98", "'", "`", "\""};
        size_t skip = 0;

        for (size_t i = 0; i < 4 && skip == 0; i++) {
            skip =
                strncmp(at, quotes[i], strlen(quotes[i])) == 0 ? strlen(quotes[i]) : 0;
        }
        size_t n = skip == 0 ? 0 : strspn(at + skip, letters);
        if (n > 0 && n < size) {
            memcpy(name, at + skip, n);
            name[n] = '\0';
        }
        at++;
    }
}

mec_status mechanism_explain(const mechanism_compiler *compiler,
                             const mechanism_job *job, mec_arena *arena, mec_err *err)
{
    char *log = NULL;
    mec_err ignored = {0};

    if (mec_read_file(arena, job->log_path, &log, NULL, &ignored) != MEC_OK) {
        log = NULL;
    }
    const char *message = first_error(log);
    char name[64];
    unknown_name(message, name, sizeof name);
    if (*name != '\0') {
        size_t n = strcspn(message, " ");
        bool placed =
            n > 1 && message[n - 1] == ':' && strstr(message, ".mod:") != NULL;

        return mec_fail(
            err, MEC_E_INPUT,
            "%.*s VERBATIM text uses \"%s\", which neither C nor mecombo has "
            "(write it in NMODL, or take it out)",
            placed ? (int)n : (int)strlen(job->mod_file) + 1,
            placed ? message : mec_arena_printf(arena, "%s:", job->mod_file), name);
    }
    return mec_fail(
        err, MEC_E_INPUT,
        "%s: the C compiler %s rejects the code made from it: %s (all of it is "
        "in %s)",
        job->mod_file, compiler->path, message, job->log_path);
}

bool mechanism_compile_again(const mechanism_compiler *compiler,
                             const mechanism_job *job, const char *const *more)
{
    pid_t pid = start(compiler, job, more);
    int code = 0;

    if (pid < 0) {
        return false;
    }
    while (waitpid(pid, &code, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(code) && WEXITSTATUS(code) == 0;
}

mec_status mechanism_compile_all(const mechanism_compiler *compiler, size_t n,
                                 const mechanism_job jobs[], mec_arena *arena,
                                 mec_err *err)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t at_once = processors < 1 ? 1 : (size_t)processors;
    pid_t *pid = mec_arena_calloc(arena, n, sizeof *pid);
    mec_status st = MEC_OK;
    size_t started = 0;

    if (pid == NULL) {
        return mec_no_memory(err);
    }
    for (size_t done = 0; done < n; done++) {
        int code = 0;
        /* One more than there are processors: the oldest is waited for, others may end. */
        while (started < n && started - done <= at_once) {
            pid[started] = start(compiler, &jobs[started], NULL);
            started++;
        }
        if (pid[done] < 0) {
            if (st == MEC_OK) {
                st = mec_fail(err, MEC_E_IO, "%s: cannot be started: %s",
                              compiler->path, strerror(errno));
            }
            continue;
        }
        while (waitpid(pid[done], &code, 0) < 0 && errno == EINTR) {
        }
        if ((!WIFEXITED(code) || WEXITSTATUS(code) != 0) && st == MEC_OK) {
            st = mechanism_mend(compiler, &jobs[done], arena, err);
        }
    }
    return st;
}
