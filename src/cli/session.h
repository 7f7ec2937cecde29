#ifndef MECOMBO_CLI_SESSION_H
#define MECOMBO_CLI_SESSION_H

/* What main() starts before a command runs. */

#include <mecombo/pool.h>

/* The pool of a command with uses_mpi; started before its run(), stopped after it. */
mec_pool *mec_session_pool(void);

#endif
