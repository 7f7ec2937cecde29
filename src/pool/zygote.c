/* The zygote: forked while the rank is still small and single-threaded, it forks the
 * children that compute. A fork then costs the same beside a rank of any size, and a
 * child inherits neither MPI's threads nor its locks. The zygote runs no task itself, so
 * nothing but a signal from outside can end it. */

#include "pool_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

typedef enum command_kind { COMMAND_SPAWN, COMMAND_KILL } command_kind;

/* From the rank; COMMAND_SPAWN carries the child's socket beside it. */
typedef struct zygote_command {
    uint32_t kind;
    uint32_t serial;
} zygote_command;

/* What the zygote process itself works on. */
typedef struct zygote_state {
    int fd;
    int child_signals;
    pid_t child; /* 0: none */
    uint32_t serial;
    pool_shared *shared;
    mec_pool_task_fn task;
    void *arg;
} zygote_state;

/* Room for one descriptor beside a packet. */
typedef union fd_passage {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
} fd_passage;

/* ---- the zygote process ---- */

/* Die with the parent, also when it died before this call. */
static void die_with(pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        _exit(1);
    }
}

/* Be what the kernel's out-of-memory killer takes first, rather than the rank. */
static void offer_to_oom_killer(void)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd >= 0) {
        (void)!write(fd, "1000", 4);
        close(fd);
    }
}

/* The first steps of a child. Its own process group lets the zygote kill also what a
 * task may have forked. */
static _Noreturn void child_main(const zygote_state *z, pid_t parent, int fd)
{
    die_with(parent);
    setpgid(0, 0);
    signals_reset();
    close(z->fd);
    close(z->child_signals);
    prctl(PR_SET_NAME, "mecombo-task");
    offer_to_oom_killer();
    runner_main(fd, z->shared, z->task, z->arg);
}

static void notify(const zygote_state *z, uint32_t serial, int32_t status)
{
    zygote_notice notice = {.serial = serial, .status = status};

    (void)send(z->fd, &notice, sizeof notice, MSG_NOSIGNAL);
}

static void spawn(zygote_state *z, uint32_t serial, int fd)
{
    pid_t self = getpid();
    pid_t pid = fork();

    if (pid == 0) {
        child_main(z, self, fd);
    }
    close(fd);
    if (pid < 0) {
        notify(z, serial, -errno);
        return;
    }
    setpgid(pid, pid); /* here too: a kill may come before the child has run */
    z->child = pid;
    z->serial = serial;
}

static void kill_child(const zygote_state *z)
{
    if (z->child > 0) {
        kill(-z->child, SIGKILL);
        kill(z->child, SIGKILL);
    }
}

/* Kill what an ended child has left behind outside its process group: as the zygote adopts
 * it, that is whatever children the zygote has now. The children of those follow. */
static void kill_orphans(void)
{
    char path[64];
    char list[4096];
    ssize_t n;

    snprintf(path, sizeof path, "/proc/self/task/%ld/children", (long)getpid());
    do {
        int fd = open(path, O_RDONLY | O_CLOEXEC);

        n = fd >= 0 ? read(fd, list, sizeof list - 1) : 0;
        if (fd >= 0) {
            close(fd);
        }
        list[n > 0 ? n : 0] = '\0';
        char *end = list;
        for (pid_t pid; (pid = (pid_t)strtol(end, &end, 10)) > 0 && *end == ' ';) {
            kill(pid, SIGKILL);
            (void)waitpid(pid, NULL, 0);
        }
    } while (n > 0);
}

/* Collect an ended child, after killing what it left behind. */
static void reap(zygote_state *z)
{
    siginfo_t info = {0};
    int status = 0;

    if (z->child <= 0 ||
        waitid(P_PID, (id_t)z->child, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid != z->child) {
        return;
    }
    kill(-z->child, SIGKILL);
    if (waitpid(z->child, &status, 0) == z->child) {
        z->child = 0;
        kill_orphans();
        notify(z, z->serial, status);
    }
}

/* Obey one command; false when the rank has closed its end. */
static bool obey(zygote_state *z)
{
    zygote_command command;
    fd_passage passage;
    struct iovec io = {.iov_base = &command, .iov_len = sizeof command};
    struct msghdr m = {.msg_iov = &io,
                       .msg_iovlen = 1,
                       .msg_control = &passage,
                       .msg_controllen = sizeof passage};
    ssize_t n = recvmsg(z->fd, &m, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

    if (n != (ssize_t)sizeof command) {
        return n < 0 && (errno == EAGAIN || errno == EINTR);
    }
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);
    if (command.kind == COMMAND_KILL) {
        if (command.serial == z->serial) {
            kill_child(z);
        }
    } else if (c != NULL && c->cmsg_type == SCM_RIGHTS) {
        int fd;

        memcpy(&fd, CMSG_DATA(c), sizeof fd);
        spawn(z, command.serial, fd);
    } else {
        notify(z, command.serial, -EMFILE); /* the descriptor did not fit here */
    }
    return true;
}

/* Stops are the rank's business: it tells the zygote what to do. A terminal or mpirun
 * signals the whole process group. */
static void ignore_stops(void)
{
    static const int stops[] = {SIGTERM, SIGINT, SIGUSR1, SIGUSR2, SIGHUP, SIGPIPE};

    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        signal(stops[i], SIG_IGN);
    }
}

static _Noreturn void zygote_main(zygote_state *z, pid_t parent)
{
    const struct rlimit no_core = {0, 0};
    sigset_t set;

    die_with(parent);
    ignore_stops();
    prctl(PR_SET_NAME, "mecombo-zygote");
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    setrlimit(RLIMIT_CORE, &no_core);
    int null = open("/dev/null", O_RDONLY);
    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        close(null);
    }
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_SETMASK, &set, NULL);
    z->child_signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    bool go_on = z->child_signals >= 0;
    while (go_on) {
        struct pollfd fds[] = {{.fd = z->fd, .events = POLLIN},
                               {.fd = z->child_signals, .events = POLLIN}};
        struct signalfd_siginfo info;

        poll(fds, 2, -1);
        (void)!read(z->child_signals, &info, sizeof info);
        reap(z);
        go_on = fds[0].revents == 0 || obey(z);
    }
    kill_child(z);
    _exit(0);
}

/* ---- the rank's side ---- */

mec_status zygote_start(zygote *z, int other_fd, mec_pool_task_fn task, void *arg,
                        mec_err *err)
{
    int fds[2];
    pid_t self = getpid();

    *z = (zygote){.fd = -1};
    void *page = mmap(NULL, sizeof *z->shared, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED) {
        return mec_fail(err, MEC_E_NOMEM, "pool: cannot map a page: %s",
                        strerror(errno));
    }
    z->shared = page;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0) {
        return mec_fail(err, MEC_E_IO,
                        "pool: cannot make a socket: %s (raise ulimit -n)",
                        strerror(errno));
    }
    fflush(NULL); /* else a task that calls exit() prints it again */
    z->pid = fork();
    if (z->pid == 0) {
        zygote_state state = {
            .fd = fds[1], .shared = z->shared, .task = task, .arg = arg};

        close(fds[0]);
        if (other_fd >= 0) {
            close(other_fd);
        }
        zygote_main(&state, self);
    }
    close(fds[1]);
    z->fd = fds[0];
    if (z->pid < 0) {
        z->pid = 0;
        return mec_fail(err, MEC_E_IO, "pool: cannot fork: %s (raise ulimit -u)",
                        strerror(errno));
    }
    return MEC_OK;
}

void zygote_stop(zygote *z)
{
    if (z->fd >= 0) {
        close(z->fd);
        z->fd = -1;
    }
    if (z->pid > 0) {
        while (waitpid(z->pid, NULL, 0) < 0 && errno == EINTR) {
        }
        z->pid = 0;
    }
    if (z->shared != NULL) {
        munmap(z->shared, sizeof *z->shared);
        z->shared = NULL;
    }
}

bool zygote_spawn(const zygote *z, uint32_t serial, int fd)
{
    zygote_command command = {.kind = COMMAND_SPAWN, .serial = serial};
    fd_passage passage = {.bytes = {0}};
    struct iovec io = {.iov_base = &command, .iov_len = sizeof command};
    struct msghdr m = {.msg_iov = &io,
                       .msg_iovlen = 1,
                       .msg_control = &passage,
                       .msg_controllen = sizeof passage};
    struct cmsghdr *c = CMSG_FIRSTHDR(&m);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof fd);
    memcpy(CMSG_DATA(c), &fd, sizeof fd);
    return sendmsg(z->fd, &m, MSG_NOSIGNAL) == (ssize_t)sizeof command;
}

bool zygote_kill(const zygote *z, uint32_t serial)
{
    zygote_command command = {.kind = COMMAND_KILL, .serial = serial};

    return send(z->fd, &command, sizeof command, MSG_NOSIGNAL) ==
           (ssize_t)sizeof command;
}

int zygote_receive(const zygote *z, zygote_notice *notice)
{
    ssize_t n = recv(z->fd, notice, sizeof *notice, MSG_DONTWAIT);

    if (n == (ssize_t)sizeof *notice) {
        return 1;
    }
    return n < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}
