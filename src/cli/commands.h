#ifndef MECOMBO_CLI_COMMANDS_H
#define MECOMBO_CLI_COMMANDS_H

/* Every sub-command, each defined in cmd_<name>.c. */

#include "command.h"

extern const mec_command mec_cmd_prepare;
extern const mec_command mec_cmd_run;
extern const mec_command mec_cmd_select;
extern const mec_command mec_cmd_campaign;
extern const mec_command mec_cmd_status;
extern const mec_command mec_cmd_validate;
extern const mec_command mec_cmd_merge;
extern const mec_command mec_cmd_simulate;
extern const mec_command mec_cmd_morphology;
extern const mec_command mec_cmd_mechanisms_check;
extern const mec_command mec_cmd_mechanisms_compile;
extern const mec_command mec_cmd_mechanisms_list;
extern const mec_command mec_cmd_features;
extern const mec_command mec_cmd_hoc;

#endif
