/* mecombo prepare: phase 1. */

#include "command.h"
#include "commands.h"

#include <mecombo/campaign.h>

static mec_prepare_options opt;

static const mec_option options[] = {
    {"continu", MEC_OPTION_FLAG, &opt.continu, NULL,
     "keep the packages and the database that are there, make what is missing"},
    {"resume", MEC_OPTION_FLAG, &opt.resume, NULL,
     "keep a database and its results that come from the same inputs"},
    {"n_processes", MEC_OPTION_INT, &opt.n_processes, "N",
     "accepted for BluePyMM's sake; what takes time is cached"},
    {"dry-run", MEC_OPTION_FLAG, &opt.dry_run, NULL, "check everything, write nothing"},
    {NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

static mec_status run(int argc, const char *const argv[], mec_err *err)
{
    (void)argc;
    return mec_campaign_prepare(argv[0], &opt, err);
}

const mec_command mec_cmd_prepare = {
    .name = "prepare",
    .arguments = "CONF",
    .summary = "make the database of all me-combinations and the e-model packages",
    .description =
        "Reads recipe, morphology lists and e-models, builds the mechanisms and "
        "writes\n"
        "<tmp_dir>/emodels, the HOC templates, the database, final.json and\n"
        "emodel_dirs.json. All inputs are checked before anything is written. An old\n"
        "database that holds results is kept as <scores_db>.bak-N, unless --resume or "
        "--continu keeps it.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run};
