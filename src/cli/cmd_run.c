/* mecombo run: phase 2. */

#include "command.h"
#include "commands.h"
#include "session.h"

#include <mecombo/campaign.h>

#include <inttypes.h>

static mec_run_options opt;
static bool strict;

static const mec_option options[] = {
    {"timeout", MEC_OPTION_DOUBLE, &opt.timeout_s, "S",
     "seconds that one me-combination may take"},
    {"time-limit", MEC_OPTION_DOUBLE, &opt.time_limit_s, "S",
     "seconds after which the run stops with exit code 5"},
    {"memory-limit", MEC_OPTION_INT, &opt.memory_bytes, "BYTES",
     "memory that one me-combination may take"},
    {"retry-failed", MEC_OPTION_FLAG, &opt.retry_failed, NULL,
     "run rows that hold an exception again"},
    {"rows", MEC_OPTION_STRING, &opt.rows, "A-B,C", "only rows with these indices"},
    {"save-traces", MEC_OPTION_STRING, &opt.save_traces, "DIR",
     "write the recordings of each computed row to DIR/<index>.h5"},
    {"cache", MEC_OPTION_STRING, &opt.cache, "DIR",
     "take results that other campaigns left in DIR, and leave new ones there"},
    {"no-dedup", MEC_OPTION_FLAG, &opt.no_dedup, NULL,
     "compute rows that must give equal results one by one"},
    {"no-shortcuts", MEC_OPTION_FLAG, &opt.no_shortcuts, NULL,
     "compute every sweep to its end"},
    {"free-rounding", MEC_OPTION_FLAG, &opt.free_rounding, NULL,
     "rates, currents and norms may be rounded otherwise: a quarter faster, "
     "not bit for bit NEURON's"},
    {"strict", MEC_OPTION_FLAG, &strict, NULL,
     "exit code 1 when rows of the database hold an exception"},
    {NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

static mec_status check_options(mec_err *err)
{
    if (opt.timeout_s < 0 || opt.time_limit_s < 0 || opt.memory_bytes < 0) {
        return mec_fail(err, MEC_E_USAGE,
                        "run: --timeout, --time-limit and --memory-limit must not be "
                        "negative");
    }
    return MEC_OK;
}

static mec_status run(int argc, const char *const argv[], mec_err *err)
{
    mec_run_summary summary;
    mec_status st = check_options(err);

    (void)argc;
    if (st != MEC_OK) {
        return st;
    }
    st = mec_campaign_run(mec_session_pool(), argv[0], &opt, &summary, err);
    if (st == MEC_OK && strict && summary.n_failed > 0) {
        return mec_fail(err, MEC_E_STRICT,
                        "%s: %" PRId64 " of %" PRId64
                        " rows hold an exception (--strict; see mecombo status)",
                        argv[0], summary.n_failed, summary.n_rows);
    }
    return st;
}

const mec_command mec_cmd_run = {
    .name = "run",
    .arguments = "CONF",
    .summary = "compute the scores of all me-combinations (under mpirun or without)",
    .description =
        "Computes every row of the database that is still to do and commits the "
        "results\n"
        "in batches. Stopped or killed at any moment, the same command goes on; no\n"
        "finished row is computed again. A me-combination that fails, crashes or "
        "takes\n"
        "too long becomes an exception of its row.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run,
    .uses_mpi = true};
