#ifndef CAMPAIGN_JOBS_PRIV_H
#define CAMPAIGN_JOBS_PRIV_H

/* From rows to jobs: what is to be evaluated, once per set of equal rows. */

#include "config_priv.h"
#include "cost_priv.h"
#include "store_priv.h"

#include <mecombo/campaign.h>

/* One evaluation and the rows that it is for. */
typedef struct run_job {
    size_t first_row; /* into job_list.row */
    size_t last_row;
    uint32_t group; /* of the cost model */
    float size;     /* in units of the cost model */
} run_job;

typedef struct job_list {
    size_t n_rows;
    store_row *row;   /* [n_rows] database order */
    size_t *next_row; /* [n_rows] the next row of the same job; SIZE_MAX: none */
    size_t n_jobs;
    run_job *job;        /* [n_jobs] owned */
    mec_pool_job *bytes; /* [n_jobs] owned; what the pool gets */
    int32_t n_heads;
    mec_pool_head *head; /* [n_heads] */
    cost_model costs;
    cost_sum *hearsay;      /* [groups] what the result cache told about them */
    const char *traces_dir; /* absolute; NULL: no traces */
    const char **label;     /* [groups of the cost model] the same in every campaign */
} job_list;

/* Make the jobs of all rows that are to be run; on failure, too, the list is to be
 * cleared.
 *
 * @param cache  folder of the result cache, absolute; NULL: none */
MEC_NODISCARD mec_status jobs_make(mec_arena *arena, const run_config *config,
                                   const mec_run_options *options, const char *cache,
                                   store *s, job_list *out, mec_err *err);
void jobs_clear(job_list *list);

/* A set of uids as given to --rows: "3-7,12". */
typedef struct uid_set uid_set;

/* Parse a set; text NULL gives NULL, which holds every uid. */
MEC_NODISCARD mec_status uid_set_parse(mec_arena *arena, const char *text,
                                       const uid_set **out, mec_err *err);

/* For store_list_rows(): is a uid in the set? */
bool uid_set_holds(int64_t uid, const void *set);

/* The result of mec_campaign_task(), unpacked; strings point into the bytes. */
typedef struct task_result {
    const char *scores, *extra_values;
    const char *exception_class, *exception, *provenance;
    const char *key;    /* content key of the job */
    const char *notice; /* something to warn of that is no failure */
    const char *cached; /* not NULL: from the result cache */
} task_result;

/* Append a result as the task answers it. */
void task_result_pack(const task_result *result, mec_text *out);

/* False when the bytes are no result. */
bool task_result_unpack(const void *bytes, size_t n, task_result *out);

#endif
