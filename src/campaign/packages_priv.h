#ifndef CAMPAIGN_PACKAGES_PRIV_H
#define CAMPAIGN_PACKAGES_PRIV_H

/* E-model packages: where they come from, and one prepared folder per e-model below
 * <tmp_dir>/emodels (BLUEPYMM.md A.4). */

#include "config_priv.h"
#include "inputs_priv.h"

typedef struct packages {
    const char *tmp_dir; /* absolute; with dry_run a scratch folder */
    const char *input;   /* emodels_dir, or the clone of emodels_repo */
    const char *opt_dir; /* folder of final.json in it */
    bool from_git;
    bool dry_run;
    const char *scratch; /* removed by packages_clear(); NULL: none */
} packages;

/* Find the input; clones a repository (with `reuse` only when there is no clone yet). */
MEC_NODISCARD mec_status packages_locate(mec_arena *arena, const prepare_config *config,
                                         bool dry_run, bool reuse, packages *out,
                                         mec_err *err);

/* Set source and target of every entry of the map. With git the packages of the branches
 * are laid out in a scratch folder. */
MEC_NODISCARD mec_status packages_plan(mec_arena *arena, const prepare_config *config,
                                       packages *p, emodel_map *map, mec_err *err);

/* Make every prepared folder: copy, build mechanisms, check, and then swap it in. A folder
 * is replaced as a whole or not at all.
 *
 * @param reuse  keep folders that are there already; only build their mechanisms again */
MEC_NODISCARD mec_status packages_prepare(mec_arena *arena, const packages *p,
                                          const emodel_map *map, bool reuse,
                                          mec_err *err);

/* Remove scratch folders. A zeroed struct is fine. */
void packages_clear(packages *p);

/* Run a program; its output is dropped, the last line of its stderr goes into the error.
 *
 * @param argv  ends with NULL; argv[0] is looked up in PATH; argv[1] is there
 * @return MEC_OK; MEC_E_IO when it cannot be started; MEC_E_INPUT when it fails */
MEC_NODISCARD mec_status run_program(const char *const argv[], mec_err *err);

#endif
