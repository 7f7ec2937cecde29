/* mecombo hoc: one HOC template per selected me-combination. */

#include "command.h"
#include "commands.h"

#include <mecombo/campaign.h>

static const mec_option options[] = {{NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

static mec_status run(int argc, const char *const argv[], mec_err *err)
{
    (void)argc;
    return mec_campaign_hoc(argv[0], err);
}

const mec_command mec_cmd_hoc = {
    .name = "hoc",
    .arguments = "CONF",
    .summary = "write one HOC template per selected me-combination",
    .description = "BluePyMM's legacy create_hoc_files: reads mecombo_emodel.tsv and\n"
                   "final.json, writes <hoc_output_dir>/<combo_name>.hoc.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run};
