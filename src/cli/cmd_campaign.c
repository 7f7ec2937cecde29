/* mecombo campaign: the three phases in one job. */

#include "command.h"
#include "commands.h"
#include "select_phase.h"
#include "session.h"

#include <math.h>

static struct {
    const char *prepare, *run, *select;
    const char *traces; /* folder whose traces select draws */
    mec_prepare_options prepare_options;
    mec_run_options run_options;
} opt = {.prepare_options = {.resume = true}};

static const mec_option options[] = {
    {"prepare", MEC_OPTION_STRING, &opt.prepare, "CONF", "configuration of prepare"},
    {"run", MEC_OPTION_STRING, &opt.run, "CONF", "configuration of run"},
    {"select", MEC_OPTION_STRING, &opt.select, "CONF", "configuration of select"},
    {"continu", MEC_OPTION_FLAG, &opt.prepare_options.continu, NULL,
     "keep the packages and the database that are there"},
    {"timeout", MEC_OPTION_DOUBLE, &opt.run_options.timeout_s, "S",
     "seconds that one me-combination may take"},
    {"time-limit", MEC_OPTION_DOUBLE, &opt.run_options.time_limit_s, "S",
     "seconds after which the run stops with exit code 5"},
    {"memory-limit", MEC_OPTION_INT, &opt.run_options.memory_bytes, "BYTES",
     "memory that one me-combination may take"},
    {"retry-failed", MEC_OPTION_FLAG, &opt.run_options.retry_failed, NULL,
     "run rows that hold an exception again"},
    {"save-traces", MEC_OPTION_STRING, &opt.run_options.save_traces, "DIR",
     "write the recordings of each computed row to DIR/<index>.h5, and draw those of "
     "selected ones"},
    {"traces", MEC_OPTION_STRING, &opt.traces, "DIR",
     "draw traces that an earlier run wrote to DIR"},
    {"cache", MEC_OPTION_STRING, &opt.run_options.cache, "DIR",
     "take results that other campaigns left in DIR, and leave new ones there"},
    {"free-rounding", MEC_OPTION_FLAG, &opt.run_options.free_rounding, NULL,
     "a quarter faster, not bit for bit NEURON's"},
    {NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

/* A phase of rank 0, whose end all ranks wait for. */
static mec_status on_first_rank(mec_status (*phase)(mec_err *), mec_err *err)
{
    mec_pool *pool = mec_session_pool();
    mec_status st = mec_pool_rank(pool) == 0 ? phase(err) : MEC_OK;

    return mec_pool_agree(pool, st, err);
}

static mec_status prepare(mec_err *err)
{
    return mec_campaign_prepare(opt.prepare, &opt.prepare_options, err);
}

static mec_status choose(mec_err *err)
{
    const mec_select_options select_options = {
        .what_if = NAN,
        .traces_dir = opt.traces != NULL ? opt.traces : opt.run_options.save_traces};

    return mec_select_phase(opt.select, &select_options, err);
}

static mec_status run(int argc, const char *const argv[], mec_err *err)
{
    mec_run_summary summary;
    mec_status st = MEC_OK;

    (void)argc;
    (void)argv;
    if (opt.run_options.timeout_s < 0 || opt.run_options.time_limit_s < 0 ||
        opt.run_options.memory_bytes < 0) {
        return mec_fail(err, MEC_E_USAGE,
                        "campaign: --timeout, --time-limit and --memory-limit must not "
                        "be negative");
    }
    if (opt.prepare == NULL || opt.run == NULL || opt.select == NULL) {
        return mec_fail(err, MEC_E_USAGE,
                        "campaign: --prepare, --run and --select are needed (see "
                        "mecombo campaign --help)");
    }
    MEC_TRY(on_first_rank(prepare, err));
    MEC_TRY(
        mec_campaign_run(mec_session_pool(), opt.run, &opt.run_options, &summary, err));
    MEC_TRY(on_first_rank(choose, err));
done:
    return st;
}

const mec_command mec_cmd_campaign = {
    .name = "campaign",
    .arguments = "--prepare CONF --run CONF --select CONF",
    .summary = "the three phases in one job (under mpirun or without)",
    .description = "Stopped or killed at any moment, the same command goes on: a "
                   "database that was\n"
                   "prepared from the same inputs is kept with its results.",
    .options = options,
    .min_arguments = 0,
    .max_arguments = 0,
    .run = run,
    .uses_mpi = true};
