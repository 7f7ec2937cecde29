/* The program: find the sub-command, start what it needs, run it, map its status to an
 * exit code. The only place that ends the process.
 *
 * Exit codes: 0 done; 1 a --strict condition was violated; 2 usage; 3 bad input;
 * 4 file, database or MPI failure; 5 stopped early on request; 70 bug.
 */

#include "command.h"
#include "commands.h"
#include "options.h"
#include "session.h"
#include "version.h"

#include <mecombo/campaign.h>
#include <mecombo/log.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static mec_pool *session_pool;

mec_pool *mec_session_pool(void)
{
    return session_pool;
}

static int exit_code(mec_status st)
{
    static const int codes[MEC_N_STATUS] = {
        [MEC_OK] = 0,        [MEC_E_STRICT] = 1, [MEC_E_USAGE] = 2,   [MEC_E_INPUT] = 3,
        [MEC_E_NUMERIC] = 3, [MEC_E_LIMIT] = 3,  [MEC_E_IO] = 4,      [MEC_E_NOMEM] = 4,
        [MEC_E_DB] = 4,      [MEC_E_MPI] = 4,    [MEC_E_STOPPED] = 5, [MEC_E_BUG] = 70,
    };

    return codes[st];
}

/* Under mpirun all ranks meet the same usage error: one of them reports it. */
static bool is_first_rank(void)
{
    const char *rank = getenv("OMPI_COMM_WORLD_RANK");

    if (rank == NULL) {
        rank = getenv("PMIX_RANK");
    }
    return rank == NULL || strcmp(rank, "0") == 0;
}

static int finish(mec_status st, const mec_err *err, bool speaks)
{
    if (st != MEC_OK && speaks) {
        mec_log_err(err);
    }
    if (fflush(stdout) != 0 && st == MEC_OK) {
        if (speaks) {
            mec_log(MEC_LOG_ERROR, "standard output: cannot write: %s",
                    strerror(errno));
        }
        return exit_code(MEC_E_IO);
    }
    return exit_code(st);
}

static void print_overview(FILE *to)
{
    fputs("usage: mecombo [-C DIR] [--quiet] [--verbose] COMMAND [options] ...\n\n"
          "Try every e-model on every morphology its recipe allows, and select the\n"
          "me-combinations that behave.\n\ncommands:\n",
          to);
    for (size_t i = 0; mec_commands[i] != NULL; i++) {
        fprintf(to, "  %-20s %s\n", mec_commands[i]->name, mec_commands[i]->summary);
    }
    fputs("\nmecombo COMMAND --help   explains one command\n"
          "mecombo --version        prints versions and what this host guarantees\n\n"
          "exit codes: 0 done, 1 --strict violated, 2 usage, 3 bad input, 4 file, "
          "database\n"
          "or MPI failure, 5 stopped early on request, 70 bug\n",
          to);
}

/* Match one or two words of argv against the command table; *n_words is set. */
static const mec_command *find_command(int argc, char **argv, int *n_words)
{
    for (size_t i = 0; mec_commands[i] != NULL; i++) {
        const char *name = mec_commands[i]->name;
        const char *space = strchr(name, ' ');
        size_t first = space == NULL ? strlen(name) : (size_t)(space - name);

        if (strlen(argv[0]) != first || strncmp(argv[0], name, first) != 0) {
            continue;
        }
        if (space == NULL) {
            *n_words = 1;
            return mec_commands[i];
        }
        if (argc > 1 && strcmp(argv[1], space + 1) == 0) {
            *n_words = 2;
            return mec_commands[i];
        }
    }
    return NULL;
}

static mec_status unknown_command(int argc, char **argv, mec_err *err)
{
    const char *names[64];
    size_t n = 0;

    for (size_t i = 0; mec_commands[i] != NULL && n < 64; i++) {
        const char *name = mec_commands[i]->name;
        const char *space = strchr(name, ' ');

        if (space == NULL) {
            names[n++] = name;
        } else if (strncmp(argv[0], name, (size_t)(space - name)) == 0 &&
                   strlen(argv[0]) == (size_t)(space - name)) {
            return mec_fail(err, MEC_E_USAGE,
                            "%s: %s%s, expected check, compile or list", argv[0],
                            argc > 1 ? "unknown sub-command " : "no sub-command",
                            argc > 1 ? argv[1] : "");
        }
    }
    const char *near = mec_nearest_name(argv[0], n, names);
    return mec_fail(err, MEC_E_USAGE, "unknown command %s%s%s (see mecombo --help)",
                    argv[0], near == NULL ? "" : ", did you mean ",
                    near == NULL ? "" : near);
}

static void apply_log_level(const mec_global_options *global)
{
    if (global->quiet) {
        mec_log_set_level(MEC_LOG_ERROR);
    } else if (global->verbose) {
        mec_log_set_level(MEC_LOG_DEBUG);
    }
}

static int run_command(const mec_command *command, int argc, char **argv,
                       mec_global_options *global)
{
    mec_err err = MEC_ERR_INIT;
    bool speaks = is_first_rank();
    int first = argc;
    mec_status st = mec_options_parse(command, argc, argv, global, &first, &err);

    if (st != MEC_OK) {
        return finish(st, &err, speaks);
    }
    if (global->help) {
        mec_text help = MEC_TEXT_INIT;

        mec_options_help(command, &help);
        fputs(speaks ? mec_text_string(&help) : "", stdout);
        mec_text_clear(&help);
        return finish(MEC_OK, &err, speaks);
    }
    apply_log_level(global);
    if (global->directory != NULL && chdir(global->directory) != 0) {
        st = mec_fail(&err, MEC_E_USAGE, "%s: cannot change to the directory: %s",
                      global->directory, strerror(errno));
        return finish(st, &err, speaks);
    }
    if (command->uses_mpi) {
        st = mec_pool_start(&argc, &argv, mec_campaign_task, NULL, &session_pool, &err);
        if (st != MEC_OK) {
            return finish(st, &err, true);
        }
        speaks = mec_pool_rank(session_pool) == 0;
    }
    if (speaks && (command->uses_mpi || command == &mec_cmd_simulate)) {
        mec_version_warn();
    }
    st = command->run(argc - first, (const char *const *)argv + first, &err);
    speaks = speaks || (session_pool != NULL && mec_pool_is_cut_off(session_pool));
    int code = finish(st, &err, speaks);
    st = mec_pool_stop(session_pool, &err);
    if (st != MEC_OK && (code == 0 || !speaks)) {
        return finish(st, &err, true);
    }
    /* ranks agree on the status; mpirun ends the others when one gives a code */
    return speaks ? code : 0;
}

int main(int argc, char **argv)
{
    static const mec_option no_options[] = {{NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};
    static const mec_command overview = {.name = "mecombo",
                                         .arguments = "COMMAND",
                                         .summary = "",
                                         .options = no_options,
                                         .max_arguments = -1};
    mec_global_options global = {0};
    mec_err err = MEC_ERR_INIT;
    int i = 1;

    /* options before the command: everything up to the first word without a dash */
    while (i < argc && argv[i][0] == '-') {
        i += strcmp(argv[i], "-C") == 0 ? 2 : 1;
    }
    i = i > argc ? argc : i;
    for (int k = 1; k < i; k++) {
        if (strcmp(argv[k], "--version") == 0 || strcmp(argv[k], "-V") == 0) {
            mec_version_print(stdout);
            return finish(MEC_OK, &err, true);
        }
    }
    int first;
    mec_status st = mec_options_parse(&overview, i, argv, &global, &first, &err);
    if (st != MEC_OK) {
        return finish(st, &err, is_first_rank());
    }
    if (global.help || i == argc) {
        if (is_first_rank()) {
            print_overview(global.help ? stdout : stderr);
        }
        return global.help ? finish(MEC_OK, &err, true) : exit_code(MEC_E_USAGE);
    }
    int n_words = 1;
    const mec_command *command = find_command(argc - i, argv + i, &n_words);
    if (command == NULL) {
        if (argc - i > 1 && strcmp(argv[i + 1], "--help") == 0) {
            print_overview(stdout);
            return finish(MEC_OK, &err, true);
        }
        st = unknown_command(argc - i, argv + i, &err);
        return finish(st, &err, is_first_rank());
    }
    return run_command(command, argc - i - n_words + 1, argv + i + n_words - 1,
                       &global);
}
