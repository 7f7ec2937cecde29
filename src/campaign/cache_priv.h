#ifndef CAMPAIGN_CACHE_PRIV_H
#define CAMPAIGN_CACHE_PRIV_H

/* The result cache: results of evaluations by what decides them, shared by campaigns.
 *
 * One file per result, <folder>/<two digits>/<key>, written under another name and renamed:
 * several runs on several hosts may use one folder at once, also on NFS, and a reader
 * finds a whole entry or none. An entry carries a checksum; one that does not fit counts
 * as missing. Any file may be removed at any time. */

#include "jobs_priv.h"

#include <mecombo/evaluate.h>

/* Make the folder if need be, and see that it can be written.
 *
 * @param out  its absolute path, in the arena */
MEC_NODISCARD mec_status cache_open(mec_arena *arena, const char *folder,
                                    const char **out, mec_err *err);

/* The key of an entry: the job's content key, the program, and what else of this host
 * decides bits (FMA, C library). */
void cache_key(const mec_job *job, const char job_key[65], char out[65]);

typedef enum cache_answer { CACHE_MISS, CACHE_HIT, CACHE_DAMAGED } cache_answer;

/* Look an entry up; strings of the result live in the arena. */
cache_answer cache_get(mec_arena *arena, const char *folder, const char key[65],
                       task_result *out);

/* True for results that the same inputs give again: scores, and failures that are no
 * fault of the host, of the time or of the files' whereabouts. */
bool cache_may_hold(const task_result *result);

/* Write an entry, or replace it.
 *
 * @return MEC_OK; MEC_E_IO (the campaign goes on without) */
MEC_NODISCARD mec_status cache_put(const char *folder, const char key[65],
                                   const task_result *result, mec_err *err);

#endif
