/* Stops asked for by signals, read from a signalfd. */

#include "pool_priv.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

static void stop_signals(sigset_t *set)
{
    sigemptyset(set);
    sigaddset(set, SIGTERM);
    sigaddset(set, SIGINT);
    sigaddset(set, SIGUSR1);
    sigaddset(set, SIGUSR2);
}

mec_status signals_open(pool_signals *signals, mec_err *err)
{
    sigset_t set;

    signals->level = STOP_NO;
    stop_signals(&set);
    signals->fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    if (signals->fd < 0) {
        return mec_fail(err, MEC_E_IO,
                        "pool: cannot watch signals: %s (raise ulimit -n)",
                        strerror(errno));
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
    return MEC_OK;
}

void signals_close(pool_signals *signals)
{
    sigset_t set;

    if (signals->fd < 0) {
        return;
    }
    /* A stop that nobody read must not end the process now, after its work is done. */
    (void)signals_level(signals);
    close(signals->fd);
    signals->fd = -1;
    stop_signals(&set);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

stop_level signals_level(pool_signals *signals)
{
    struct signalfd_siginfo info;

    while (read(signals->fd, &info, sizeof info) == (ssize_t)sizeof info) {
        bool now = info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT;

        if (now || signals->level == STOP_NO) {
            signals->level = now ? STOP_NOW : STOP_GRACE;
        }
    }
    return signals->level;
}

void signals_reset(void)
{
    sigset_t none;

    for (int s = 1; s < NSIG; s++) {
        signal(s, SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}
