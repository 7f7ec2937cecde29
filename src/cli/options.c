/* Command lines: getopt_long over a command's table plus the options of every command. */

#include "options.h"

#include <mecombo/vec.h>

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_OPTIONS = 48,
    VALUE_BASE = 1000,
    VALUE_QUIET = 1,
    VALUE_VERBOSE,
    VALUE_HELP
};

static const struct option global_table[] = {
    {"quiet", no_argument, NULL, VALUE_QUIET},
    {"verbose", no_argument, NULL, VALUE_VERBOSE},
    {"help", no_argument, NULL, VALUE_HELP},
};
enum { N_GLOBAL = sizeof global_table / sizeof *global_table };

static size_t count_options(const mec_command *command)
{
    size_t n = 0;

    while (command->options != NULL && command->options[n].name != NULL) {
        n++;
    }
    return n;
}

/* Fill getopt's table: the command's options, then the global ones, then the end. */
static void make_table(const mec_command *command, size_t n,
                       struct option table[MAX_OPTIONS])
{
    for (size_t i = 0; i < n; i++) {
        const mec_option *o = &command->options[i];

        table[i] = (struct option){
            o->name, o->kind == MEC_OPTION_FLAG ? no_argument : required_argument, NULL,
            VALUE_BASE + (int)i};
    }
    for (size_t i = 0; i < N_GLOBAL; i++) {
        table[n + i] = global_table[i];
    }
    table[n + N_GLOBAL] = (struct option){NULL, 0, NULL, 0};
}

/* getopt's letters: those of every command, then options whose name is one letter. */
static void make_letters(const mec_command *command, size_t n, char *letters)
{
    size_t at = 6;

    memcpy(letters, ":C:hqv", at);
    for (size_t i = 0; i < n; i++) {
        if (command->options[i].name[1] == '\0') {
            letters[at++] = command->options[i].name[0];
            if (command->options[i].kind != MEC_OPTION_FLAG) {
                letters[at++] = ':';
            }
        }
    }
    letters[at] = '\0';
}

/* What getopt returns for a one-letter option of the command, as its place in the table. */
static int letter_value(const mec_command *command, size_t n, int value)
{
    for (size_t i = 0; i < n; i++) {
        const char *name = command->options[i].name;
        if (name[1] == '\0' && name[0] == value) {
            return VALUE_BASE + (int)i;
        }
    }
    return value;
}

static mec_status append(mec_string_list *list, const char *value, mec_err *err)
{
    void *data = list->item;

    if (!mec_vec_reserve_(&data, &list->capacity, list->n + 1, sizeof *list->item)) {
        return mec_no_memory(err);
    }
    list->item = data;
    list->item[list->n++] = value;
    return MEC_OK;
}

static mec_status store(const mec_command *command, const mec_option *option,
                        const char *value, mec_err *err)
{
    bool good = true;

    switch (option->kind) {
    case MEC_OPTION_FLAG:
        *(bool *)option->target = true;
        break;
    case MEC_OPTION_STRING:
        *(const char **)option->target = value;
        break;
    case MEC_OPTION_INT:
        good = mec_parse_int64(value, option->target);
        break;
    case MEC_OPTION_DOUBLE:
        good = mec_parse_double(value, option->target);
        break;
    case MEC_OPTION_LIST:
        return append(option->target, value, err);
    }
    if (!good) {
        return mec_fail(err, MEC_E_USAGE,
                        "%s: --%s wants %s, got \"%s\" (see mecombo %s --help)",
                        command->name, option->name,
                        option->kind == MEC_OPTION_INT ? "a whole number" : "a number",
                        value, command->name);
    }
    return MEC_OK;
}

/* Say what is wrong with the word that getopt stumbled over. */
static mec_status complain(const mec_command *command, const struct option *table,
                           size_t n_table, const char *word, bool lacks_value,
                           mec_err *err)
{
    const char *names[MAX_OPTIONS];
    char name[64];

    if (lacks_value) {
        return mec_fail(err, MEC_E_USAGE,
                        "%s: option %s needs a value (see mecombo %s --help)",
                        command->name, word, command->name);
    }
    for (size_t i = 0; i < n_table; i++) {
        names[i] = table[i].name;
    }
    const char *bare = word + strspn(word, "-");
    size_t length = strcspn(bare, "=");
    length = length < sizeof name - 1 ? length : sizeof name - 1;
    memcpy(name, bare, length);
    name[length] = '\0';
    const char *near = mec_nearest_name(name, n_table, names);
    if (near != NULL && strcmp(near, name) == 0) {
        return mec_fail(err, MEC_E_USAGE,
                        "%s: option --%s takes no value (see mecombo %s --help)",
                        command->name, name, command->name);
    }
    return mec_fail(err, MEC_E_USAGE,
                    "%s: unknown option %s%s%s (see mecombo %s --help)", command->name,
                    word, near == NULL ? "" : ", did you mean --",
                    near == NULL ? "" : near, command->name);
}

static mec_status check_count(const mec_command *command, int n, mec_err *err)
{
    if (n < command->min_arguments) {
        return mec_fail(err, MEC_E_USAGE, "%s: %s expected (see mecombo %s --help)",
                        command->name,
                        command->arguments[0] != '\0' ? command->arguments : "options",
                        command->name);
    }
    if (command->max_arguments >= 0 && n > command->max_arguments) {
        return mec_fail(err, MEC_E_USAGE,
                        "%s: too many arguments, expected %s (see mecombo %s --help)",
                        command->name,
                        command->arguments[0] != '\0' ? command->arguments : "none",
                        command->name);
    }
    return MEC_OK;
}

mec_status mec_options_parse(const mec_command *command, int argc, char **argv,
                             mec_global_options *global, int *first, mec_err *err)
{
    struct option table[MAX_OPTIONS];
    char letters[2 * MAX_OPTIONS + 8];
    mec_status st = MEC_OK;
    size_t n = count_options(command);
    int value;

    MEC_REQUIRE(n + N_GLOBAL < MAX_OPTIONS, err);
    make_table(command, n, table);
    opterr = 0;
    optind = 1;
    make_letters(command, n, letters);
    while ((value = getopt_long(argc, argv, letters, table, NULL)) != -1) {
        value = letter_value(command, n, value);
        switch (value) {
        case 'C':
            global->directory = optarg;
            break;
        case 'q':
        case VALUE_QUIET:
            global->quiet = true;
            break;
        case 'v':
        case VALUE_VERBOSE:
            global->verbose = true;
            break;
        case 'h':
        case VALUE_HELP:
            global->help = true;
            break;
        case '?':
        case ':':
            st = complain(command, table, n + N_GLOBAL, argv[optind - 1], value == ':',
                          err);
            goto done;
        default:
            MEC_TRY(store(command, &command->options[value - VALUE_BASE], optarg, err));
        }
    }
    *first = optind;
    if (!global->help) {
        st = check_count(command, argc - optind, err);
    }
done:
    return st;
}

/* One option of the help: name and metavar, then the help text, indented. */
static void help_line(const char *name, const char *metavar, const char *help,
                      mec_text *out)
{
    enum { HELP_COLUMN = 26 };
    mec_text left = MEC_TEXT_INIT;

    mec_text_printf(&left, "  %s%s%s%s", name[1] == '\0' ? "-" : "--", name,
                    metavar == NULL ? "" : " ", metavar == NULL ? "" : metavar);
    mec_text_add(out, mec_text_string(&left));
    if (left.length + 2 > HELP_COLUMN) {
        mec_text_printf(out, "\n%*s", HELP_COLUMN, "");
    } else {
        mec_text_printf(out, "%*s", HELP_COLUMN - (int)left.length, "");
    }
    for (; *help != '\0'; help++) {
        mec_text_add_char(out, *help);
        if (*help == '\n') {
            mec_text_printf(out, "%*s", HELP_COLUMN, "");
        }
    }
    mec_text_add_char(out, '\n');
    mec_text_clear(&left);
}

void mec_options_help(const mec_command *command, mec_text *out)
{
    size_t n = count_options(command);

    mec_text_printf(out, "usage: %smecombo %s%s%s%s\n\n%s\n",
                    command->uses_mpi ? "[mpirun -n N] " : "", command->name,
                    n > 0 ? " [options]" : "", command->arguments[0] != '\0' ? " " : "",
                    command->arguments, command->summary);
    if (command->description != NULL) {
        mec_text_printf(out, "\n%s\n", command->description);
    }
    mec_text_add(out, "\noptions:\n");
    for (size_t i = 0; i < n; i++) {
        const mec_option *o = &command->options[i];

        help_line(o->name, o->metavar, o->help, out);
    }
    mec_text_add(out, "  -C DIR                  change to DIR first\n");
    mec_text_add(out, "  -q, --quiet             only errors on stderr\n");
    mec_text_add(out, "  -v, --verbose           more messages on stderr\n");
    mec_text_add(out, "  -h, --help              print this help\n");
    if (command->more_help != NULL) {
        command->more_help(out);
    }
}
