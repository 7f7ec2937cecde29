#ifndef CAMPAIGN_JOB_COSTS_PRIV_H
#define CAMPAIGN_JOB_COSTS_PRIV_H

/* What the jobs of a run are expected to cost. */

#include "jobs_priv.h"
#include "parts_priv.h"

/* Make the cost model of a run from what finished rows of its database, and with a result
 * cache other campaigns, have measured, and set the cost of every job in seconds. */
MEC_NODISCARD mec_status job_costs_set(mec_arena *arena, parts *p, store *s,
                                       job_list *list, mec_err *err);

/* Leave what was measured in the result cache, for other campaigns. */
void job_costs_publish(const char *cache, const job_list *list);

#endif
