#ifndef MECOMBO_CLI_COMMAND_H
#define MECOMBO_CLI_COMMAND_H

/* Sub-commands: a table of options each, parsed by one parser, helped by one printer.
 *
 * A command is one file cmd_<name>.c that defines `const mec_command mec_cmd_<name>`; the
 * list is in commands.c. `run` gets its options already stored in static variables.
 */

#include <mecombo/err.h>
#include <mecombo/text.h>

typedef enum mec_option_kind {
    MEC_OPTION_FLAG,   /* bool *: set to true */
    MEC_OPTION_STRING, /* const char **: borrowed from argv */
    MEC_OPTION_INT,    /* int64_t * */
    MEC_OPTION_DOUBLE, /* double * */
    MEC_OPTION_LIST    /* mec_string_list *: may be given several times */
} mec_option_kind;

/* Arguments in order; items are borrowed from argv. */
typedef struct mec_string_list {
    const char **item;
    size_t n;
    size_t capacity;
} mec_string_list;

typedef struct mec_option {
    const char *name; /* long name without "--" */
    mec_option_kind kind;
    void *target;
    const char *metavar; /* "FILE", "MS"; NULL for a flag */
    const char *help;    /* one or more lines */
} mec_option;

typedef struct mec_command {
    const char *name;          /* "prepare", or "mechanisms check" for a nested one */
    const char *arguments;     /* "CONF", "FILE..." */
    const char *summary;       /* one line */
    const char *description;   /* paragraphs for --help; may be NULL */
    const mec_option *options; /* ends with a NULL name */
    int min_arguments;
    int max_arguments; /* -1: any number */
    /* argc/argv: the positional arguments. */
    mec_status (*run)(int argc, const char *const argv[], mec_err *err);
    void (*more_help)(mec_text *out); /* appended to --help; may be NULL */
    bool uses_mpi; /* runs under mpirun: the zygote and MPI are started for it */
} mec_command;

/* All commands, ends with NULL. */
extern const mec_command *const mec_commands[];

#endif
