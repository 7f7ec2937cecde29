#ifndef CAMPAIGN_JOBS_PRIV_H
#define CAMPAIGN_JOBS_PRIV_H

/* From rows to jobs: what is to be evaluated, once per set of equal rows. */

#include "config_priv.h"
#include "store_priv.h"

#include <mecombo/campaign.h>

/* One evaluation and the rows that it is for. */
typedef struct run_job {
    size_t first_row; /* into job_list.row */
    size_t last_row;
    const char *key; /* content key; NULL: unknown */
} run_job;

typedef struct job_list {
    size_t n_rows;
    store_row *row;   /* [n_rows] database order */
    size_t *next_row; /* [n_rows] the next row of the same job; SIZE_MAX: none */
    size_t n_jobs;
    run_job *job;        /* [n_jobs] */
    mec_pool_job *bytes; /* [n_jobs] what the pool gets */
} job_list;

/* Make the jobs of all rows that are to be run. */
MEC_NODISCARD mec_status jobs_make(mec_arena *arena, const run_config *config,
                                   const mec_run_options *options, store *s,
                                   job_list *out, mec_err *err);

/* A set of uids as given to --rows: "3-7,12". */
typedef struct uid_set uid_set;

/* Parse a set; text NULL gives NULL, which holds every uid. */
MEC_NODISCARD mec_status uid_set_parse(mec_arena *arena, const char *text,
                                       const uid_set **out, mec_err *err);

/* For store_list_rows(): is a uid in the set? */
bool uid_set_holds(int64_t uid, const void *set);

/* The result of mec_campaign_task(), unpacked; strings point into the bytes. */
typedef struct task_result {
    const char *scores, *features, *extra_values;
    const char *exception_class, *exception, *provenance;
} task_result;

/* False when the bytes are no result. */
bool task_result_unpack(const void *bytes, size_t n, task_result *out);

#endif
