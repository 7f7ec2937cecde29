/* mecombo merge: several databases into one. */

#include "command.h"
#include "commands.h"

#include <mecombo/campaign.h>

static const mec_option options[] = {{NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

static mec_status run(int argc, const char *const argv[], mec_err *err)
{
    return mec_campaign_merge(argv[0], (size_t)argc - 1, argv + 1, err);
}

const mec_command mec_cmd_merge = {
    .name = "merge",
    .arguments = "OUT.sqlite IN.sqlite...",
    .summary = "merge campaign databases by the identity of their rows",
    .description = "A finished row wins over an unfinished one and a result over an\n"
                   "exception. Two different results of one row are refused.",
    .options = options,
    .min_arguments = 2,
    .max_arguments = -1,
    .run = run};
