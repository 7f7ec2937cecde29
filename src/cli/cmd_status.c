/* mecombo status: how far a campaign is. */

#include "command.h"
#include "commands.h"

#include <mecombo/campaign.h>

#include <stdio.h>

static mec_status_options opt;

static const mec_option options[] = {
    {"json", MEC_OPTION_FLAG, &opt.json, NULL, "one JSON object"},
    {"ranks", MEC_OPTION_FLAG, &opt.ranks, NULL, "a line for each rank as well"},
    {NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

static mec_status run(int argc, const char *const argv[], mec_err *err)
{
    mec_text out = MEC_TEXT_INIT;
    mec_status st = mec_campaign_status(argv[0], &opt, &out, err);

    (void)argc;
    if (st == MEC_OK && !mec_text_ok(&out)) {
        st = mec_no_memory(err);
    }
    if (st == MEC_OK) {
        fputs(mec_text_string(&out), stdout);
    }
    mec_text_clear(&out);
    return st;
}

const mec_command mec_cmd_status = {
    .name = "status",
    .arguments = "CONF-or-DB",
    .summary = "rows done, failed and left, rate, time left, exceptions, ranks",
    .description = "Safe while a run is at work.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run};
