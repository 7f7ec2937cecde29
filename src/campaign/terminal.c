/* Whether a person watches stdout.
 *
 * mpirun gives rank 0 a pseudo-terminal of its own whatever the user did with mpirun's
 * output, so under it the question is what the parent process writes to. A rank that was
 * started by a daemon on another node has no such parent: nobody watches.
 */

#include "progress_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* Device numbers of terminals: /dev/tty and the console, and pseudo-terminals. */
enum { MAJOR_TTY = 4, MAJOR_CONSOLE = 5, MAJOR_PTS_FIRST = 136, MAJOR_PTS_LAST = 143 };

bool progress_on_terminal(void)
{
    struct stat info;
    char path[64];

    if (isatty(STDOUT_FILENO) != 1) {
        return false;
    }
    if (getenv("OMPI_COMM_WORLD_RANK") == NULL) {
        return true;
    }
    snprintf(path, sizeof path, "/proc/%ld/fd/1", (long)getppid());
    if (stat(path, &info) != 0 || !S_ISCHR(info.st_mode)) {
        return false;
    }
    unsigned device = major(info.st_rdev);
    return device == MAJOR_TTY || device == MAJOR_CONSOLE ||
           (device >= MAJOR_PTS_FIRST && device <= MAJOR_PTS_LAST);
}
