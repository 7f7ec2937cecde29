/* mecombo validate: is a release complete and consistent? */

#include "command.h"
#include "commands.h"

#include <mecombo/campaign.h>

#include <stdio.h>

static const mec_option options[] = {{NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

static mec_status run(int argc, const char *const argv[], mec_err *err)
{
    mec_text out = MEC_TEXT_INIT;
    mec_status st = mec_campaign_validate(argv[0], &out, err);

    (void)argc;
    fputs(mec_text_string(&out), stdout);
    mec_text_clear(&out);
    return st;
}

const mec_command mec_cmd_validate = {
    .name = "validate",
    .arguments = "CONF",
    .summary = "check a release: files, rows, names, HOC files",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run};
