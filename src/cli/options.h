#ifndef MECOMBO_CLI_OPTIONS_H
#define MECOMBO_CLI_OPTIONS_H

/* Parse a command line against a command's table, and print its help. */

#include "command.h"

#include <mecombo/text.h>

/* What every command understands. */
typedef struct mec_global_options {
    const char *directory; /* -C DIR; NULL: stay */
    bool quiet;
    bool verbose;
    bool help;
} mec_global_options;

/* Parse argv[1..]; argv[0] names the command. Positional arguments end up, in order, at
 * argv[*first]..argv[argc-1]. Fails with MEC_E_USAGE. */
mec_status mec_options_parse(const mec_command *command, int argc, char **argv,
                             mec_global_options *global, int *first, mec_err *err);

/* Append the text of `mecombo COMMAND --help`. */
void mec_options_help(const mec_command *command, mec_text *out);

#endif
