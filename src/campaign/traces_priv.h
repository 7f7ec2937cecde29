#ifndef CAMPAIGN_TRACES_PRIV_H
#define CAMPAIGN_TRACES_PRIV_H

/* The folder of --save-traces: <uid>.h5 for each evaluation, which its rank writes and
 * renames when it is whole, and a link to it for each row that it stands for.
 *
 * One file per evaluation and not one per rank: the processes that write are those that
 * may crash or be killed, and an HDF5 file that several of them appended to would be lost
 * with one of them. */

#include <mecombo/arena.h>
#include <mecombo/err.h>

#include <stdint.h>

/* Make the folder, and remove what was half written when an earlier run was killed.
 *
 * @param out  its absolute path, in the arena */
MEC_NODISCARD mec_status traces_open(mec_arena *arena, const char *folder,
                                     const char **out, mec_err *err);

/* Let a row have the traces that were computed for an equal one. Without effect where
 * links cannot be made: mecombo_provenance.computed_for tells the file as well. */
void traces_share(const char *folder, int64_t uid, int64_t computed_for);

#endif
