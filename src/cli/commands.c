/* The list of sub-commands, in the order of the help. */

#include "command.h"

#include "commands.h"

const mec_command *const mec_commands[] = {
    &mec_cmd_prepare,
    &mec_cmd_run,
    &mec_cmd_select,
    &mec_cmd_campaign,
    &mec_cmd_status,
    &mec_cmd_validate,
    &mec_cmd_merge,
    &mec_cmd_simulate,
    &mec_cmd_morphology,
    &mec_cmd_mechanisms_check,
    &mec_cmd_mechanisms_compile,
    &mec_cmd_mechanisms_list,
    &mec_cmd_features,
    &mec_cmd_hoc,
    NULL,
};
