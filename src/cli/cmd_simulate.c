/* mecombo simulate: one me-combination in this process, for looking closely. */

#include "command.h"
#include "commands.h"

#include <mecombo/emodel.h>
#include <mecombo/evaluate.h>
#include <mecombo/log.h>
#include <mecombo/mechanism.h>
#include <mecombo/path.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const char *emodel_dir, *emodel, *morphology, *params, *traces, *scores;
    int64_t apical_point, seed;
    mec_string_list protocol, without;
    double dt_ms, atol;
    bool free_rounding, no_shortcuts;
} opt = {.apical_point = -1};

static const mec_option options[] = {
    {"emodel-dir", MEC_OPTION_STRING, &opt.emodel_dir, "DIR",
     "folder of the e-model package"},
    {"emodel", MEC_OPTION_STRING, &opt.emodel, "NAME", "e-model in that package"},
    {"morphology", MEC_OPTION_STRING, &opt.morphology, "FILE", ".asc, .swc or .h5"},
    {"params", MEC_OPTION_STRING, &opt.params, "FILE",
     "JSON object parameter -> value (default: the package's final.json)"},
    {"apical-point", MEC_OPTION_INT, &opt.apical_point, "N", "section index of apic[]"},
    {"protocol", MEC_OPTION_LIST, &opt.protocol, "NAME",
     "run this protocol only (and what it needs); may be repeated"},
    {"dt", MEC_OPTION_DOUBLE, &opt.dt_ms, "MS", "fixed time step"},
    {"atol", MEC_OPTION_DOUBLE, &opt.atol, "X", "variable step with this tolerance"},
    {"traces", MEC_OPTION_STRING, &opt.traces, "OUT.h5", "write the recordings"},
    {"scores", MEC_OPTION_STRING, &opt.scores, "OUT.json",
     "write the scores (default: standard output)"},
    {"seed", MEC_OPTION_INT, &opt.seed, "N", "of stochastic mechanisms"},
    {"free-rounding", MEC_OPTION_FLAG, &opt.free_rounding, NULL,
     "rates, currents and norms may be rounded otherwise: a quarter faster, "
     "not bit for bit NEURON's"},
    {"no-shortcuts", MEC_OPTION_FLAG, &opt.no_shortcuts, NULL,
     "compute every sweep to its end"},
    {"without", MEC_OPTION_LIST, &opt.without, "SHORTCUT",
     "of the shortcuts do not take: base (a search for a base voltage ends before the "
     "step), spike (a search for spikes ends with the first one) or past (sweeps share "
     "their past); may be repeated"},
    {NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

static mec_status check_options(mec_err *err)
{
    if (opt.emodel_dir == NULL || opt.emodel == NULL || opt.morphology == NULL) {
        return mec_fail(err, MEC_E_USAGE,
                        "simulate: --emodel-dir, --emodel and --morphology are needed "
                        "(see mecombo simulate --help)");
    }
    if (opt.dt_ms < 0 || opt.atol < 0 || (opt.dt_ms > 0 && opt.atol > 0)) {
        return mec_fail(err, MEC_E_USAGE,
                        "simulate: --dt and --atol must be positive and exclude each "
                        "other");
    }
    if (opt.apical_point < -1 || opt.apical_point > INT32_MAX || opt.seed < 0 ||
        opt.seed > UINT32_MAX) {
        return mec_fail(err, MEC_E_USAGE,
                        "simulate: --apical-point or --seed out of "
                        "range");
    }
    return MEC_OK;
}

/* A package that prepare has not seen gets its mechanisms built into a folder of its own;
 * the cache makes that cheap. *temporary is then set, and removed by the caller. */
static mec_status find_mechanisms(mec_arena *arena, mec_job *job,
                                  const char **temporary, mec_err *err)
{
    const char *built = mec_emodel_built_directory(arena, opt.emodel_dir);
    const char *sources = mec_emodel_mod_directory(arena, opt.emodel_dir);
    const char *root = getenv("TMPDIR");
    char *folder = mec_arena_printf(arena, "%s/mecombo-XXXXXX",
                                    root != NULL && root[0] != '\0' ? root : "/tmp");

    *temporary = NULL;
    if (built == NULL || sources == NULL || folder == NULL) {
        return mec_no_memory(err);
    }
    if (mec_path_is_directory(built) || !mec_path_is_directory(sources)) {
        return MEC_OK;
    }
    if (mkdtemp(folder) == NULL) {
        return mec_fail(err, MEC_E_IO, "%s: cannot be made (set TMPDIR)", folder);
    }
    *temporary = folder;
    job->mechanisms_dir = folder;
    return mec_mechanisms_build(sources, folder, err);
}

static mec_status write_outcome(const mec_outcome *outcome, mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;
    mec_status st = MEC_OK;

    mec_outcome_print(outcome, &text);
    if (!mec_text_ok(&text)) {
        st = mec_no_memory(err);
    } else if (opt.scores != NULL) {
        st = mec_write_file(opt.scores, text.data, text.length, err);
    } else if (fwrite(text.data, 1, text.length, stdout) != text.length ||
               fflush(stdout) != 0) {
        st = mec_fail(err, MEC_E_IO, "standard output: cannot be written");
    }
    mec_text_clear(&text);
    return st;
}

/* An exception of the combination ends the command as what it is: bad input, or a
 * simulation that failed. */
static mec_status judge(const mec_outcome *outcome, mec_err *err)
{
    if (outcome->exception_class != NULL) {
        bool input = strcmp(outcome->exception_class, MEC_CLASS_SWEEP_FAILED) != 0 &&
                     strcmp(outcome->exception_class, MEC_CLASS_NO_HOLDING) != 0 &&
                     strcmp(outcome->exception_class, MEC_CLASS_TIME_OUT) != 0;

        return mec_fail(err, input ? MEC_E_INPUT : MEC_E_STRICT, "%s (%s)",
                        outcome->exception_text, outcome->exception_class);
    }
    if (outcome->traces_error != NULL) {
        return mec_fail(err, MEC_E_IO, "%s", outcome->traces_error);
    }
    return MEC_OK;
}

/* The shortcuts that the options forbid. */
static mec_status find_without(int32_t *without, mec_err *err)
{
    static const char *const names[] = {"base", "spike", "past"};

    *without = opt.no_shortcuts ? MEC_SHORTCUT_ALL : 0;
    for (size_t i = 0; i < opt.without.n; i++) {
        int32_t k = 0;

        while (k < 3 && strcmp(opt.without.item[i], names[k]) != 0) {
            k++;
        }
        if (k == 3) {
            return mec_fail(err, MEC_E_USAGE,
                            "simulate: --without wants base, spike or past, got \"%s\" "
                            "(see mecombo simulate --help)",
                            opt.without.item[i]);
        }
        *without |= 1 << k;
    }
    return MEC_OK;
}

static mec_status run(int argc, const char *const argv[], mec_err *err)
{
    mec_job job = {.emodel_dir = opt.emodel_dir,
                   .emodel = opt.emodel,
                   .morphology = opt.morphology,
                   .apical_section = (int32_t)opt.apical_point,
                   .free_rounding = opt.free_rounding,
                   .seed = (uint32_t)opt.seed,
                   .dt_ms = opt.dt_ms,
                   .atol = opt.atol,
                   .n_protocol = opt.protocol.n,
                   .protocol = opt.protocol.item,
                   .traces_path = opt.traces};
    mec_arena *arena = mec_arena_new();
    const char *temporary = NULL;
    mec_outcome outcome;
    mec_err ignored = MEC_ERR_INIT;
    mec_status st;

    (void)argc;
    (void)argv;
    if (arena == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(check_options(err));
    MEC_TRY(find_without(&job.without, err));
    if (opt.params != NULL) {
        MEC_TRY(mec_json_read(arena, opt.params, &job.params, err));
    }
    MEC_TRY(find_mechanisms(arena, &job, &temporary, err));
    MEC_TRY(mec_evaluate(&job, arena, &outcome, err));
    MEC_TRY(write_outcome(&outcome, err));
    st = judge(&outcome, err);
done:
    if (temporary != NULL && mec_remove_tree(temporary, &ignored) != MEC_OK) {
        mec_log(MEC_LOG_WARNING, "%s", ignored.text);
    }
    mec_arena_free(arena);
    return st;
}

const mec_command mec_cmd_simulate = {
    .name = "simulate",
    .arguments = "",
    .summary = "evaluate one me-combination and print its scores",
    .description =
        "Runs the protocols of an e-model on one morphology and writes its scores,\n"
        "feature values, holding and threshold current as JSON. With --verbose every\n"
        "sweep is reported on standard error.",
    .options = options,
    .min_arguments = 0,
    .max_arguments = 0,
    .run = run,
};
