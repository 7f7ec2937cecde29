/* Running another program (git, tar) and telling why it failed. */

#include "packages_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* Read everything the child says on stderr, keep the last complaint in `last`. */
static void read_complaint(int fd, char *last, size_t size)
{
    char buffer[4096];
    size_t n = 0;
    FILE *f = fdopen(fd, "r");

    last[0] = '\0';
    if (f == NULL) {
        close(fd);
        return;
    }
    while (fgets(buffer, sizeof buffer, f) != NULL) {
        n = strcspn(buffer, "\r\n");
        buffer[n] = '\0';
        if (n > 0) {
            snprintf(last, size, "%.*s", (int)(size - 1), buffer);
        }
    }
    fclose(f);
}

static int start(const char *const argv[], int stderr_fd, pid_t *pid)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    int rc = posix_spawn_file_actions_init(&actions);

    if (rc != 0) {
        return rc;
    }
    rc = posix_spawnattr_init(&attributes);
    if (rc != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return rc;
    }
    /* the pool blocks signals, which the child must not inherit */
    sigemptyset(&none);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    rc = posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    if (rc == 0) {
        rc = posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    }
    if (rc == 0) {
        rc = posix_spawn_file_actions_adddup2(&actions, stderr_fd, 2);
    }
    if (rc == 0) {
        rc = posix_spawnp(pid, argv[0], &actions, &attributes, (char *const *)argv,
                          environ);
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return rc;
}

mec_status run_program(const char *const argv[], mec_err *err)
{
    char complaint[512];
    int status = 0;
    int ends[2];
    pid_t pid = 0;

    if (pipe2(ends, O_CLOEXEC) != 0) {
        return mec_fail(err, MEC_E_IO, "%s: cannot be started: %s", argv[0],
                        strerror(errno));
    }
    int rc = start(argv, ends[1], &pid);
    close(ends[1]);
    if (rc != 0) {
        close(ends[0]);
        return mec_fail(err, MEC_E_IO, "%s: cannot be started: %s (install it)",
                        argv[0], strerror(rc));
    }
    read_complaint(ends[0], complaint, sizeof complaint);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return MEC_OK;
    }
    const char *what = strcmp(argv[1], "-C") == 0 ? argv[3] : argv[1];
    return mec_fail(err, MEC_E_INPUT, "%s %s failed: %s", argv[0], what,
                    complaint[0] == '\0' ? "no message" : complaint);
}
