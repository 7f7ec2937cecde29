/* The task: one job evaluated in a child process, its outcome as bytes.
 *
 * A result is a row of fields, each 'N' for none or 'S' and the text, each ended by a NUL.
 *
 * The result cache is asked and filled here, by the ranks, not by rank 0: a key means
 * reading the package and the morphology, which the evaluation does anyway, and rank 0
 * has millions of jobs. */

#include "cache_priv.h"
#include "jobs_priv.h"

#include <string.h>

static void pack(mec_text *out, const char *field)
{
    mec_text_add_char(out, field == NULL ? 'N' : 'S');
    mec_text_add(out, field == NULL ? "" : field);
    mec_text_add_char(out, '\0');
}

void task_result_pack(const task_result *result, mec_text *out)
{
    pack(out, result->scores);
    pack(out, result->extra_values);
    pack(out, result->exception_class);
    pack(out, result->exception);
    pack(out, result->provenance);
    pack(out, result->key);
    pack(out, result->notice);
    pack(out, result->cached);
}

bool task_result_unpack(const void *bytes, size_t n, task_result *out)
{
    const char **field[] = {&out->scores,    &out->extra_values, &out->exception_class,
                            &out->exception, &out->provenance,   &out->key,
                            &out->notice,    &out->cached};
    const char *p = bytes;
    const char *end = p + n;

    for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
        const char *nul = p < end ? memchr(p, '\0', (size_t)(end - p)) : NULL;

        if (nul == NULL || (*p != 'N' && *p != 'S')) {
            return false;
        }
        *field[i] = *p == 'S' ? p + 1 : NULL;
        p = nul + 1;
    }
    return p == end;
}

static mec_status evaluate(const mec_job *job, mec_arena *arena, task_result *out,
                           mec_err *err)
{
    mec_outcome outcome = {0};
    mec_status st = mec_evaluate(job, arena, &outcome, err);

    *out = (task_result){.scores = outcome.scores,
                         .extra_values = outcome.extra_values,
                         .exception_class = outcome.exception_class,
                         .exception = outcome.exception_text,
                         .provenance = outcome.provenance,
                         .key = outcome.key,
                         .notice = outcome.traces_error};
    return st;
}

/* Take a result from the cache, or compute it and leave it there. With traces wanted, it
 * is computed in any case; with `retry` where the cache knows of a failure. */
static mec_status evaluate_cached(const mec_job *job, const char *folder, bool retry,
                                  mec_arena *arena, task_result *out, mec_err *err)
{
    char job_key[65], key[65];
    mec_err why = MEC_ERR_INIT;
    cache_answer answer = CACHE_MISS;
    mec_status st;

    if (mec_job_key(job, job_key, &why) != MEC_OK) {
        return evaluate(job, arena, out, err); /* which says what cannot be read */
    }
    cache_key(job, job_key, key);
    if (job->traces_path == NULL) {
        answer = cache_get(arena, folder, key, out);
        if (answer == CACHE_HIT && !(retry && out->exception_class != NULL)) {
            out->cached = "1";
            return MEC_OK;
        }
    }
    st = evaluate(job, arena, out, err);
    if (st != MEC_OK) {
        return st;
    }
    if (answer == CACHE_DAMAGED && out->notice == NULL) {
        out->notice = mec_arena_printf(arena,
                                       "%s/%.2s/%s: damaged entry of the result cache, "
                                       "computed again",
                                       folder, key, key);
    }
    const char *notice =
        out->notice; /* is about this evaluation, not about the result */
    out->notice = NULL;
    if (cache_may_hold(out) && cache_put(folder, key, out, &why) != MEC_OK &&
        notice == NULL) {
        notice = mec_arena_strdup(arena, why.text);
    }
    out->notice = notice;
    return MEC_OK;
}

mec_status mec_campaign_task(const void *job, size_t n, mec_text *result, void *arg,
                             mec_err *err)
{
    mec_arena *arena = mec_arena_new();
    const mec_json *root = NULL;
    mec_job parsed = {0};
    task_result out = {0};
    mec_status st = MEC_OK;

    (void)arg;
    char *line = arena == NULL ? NULL : mec_arena_strndup(arena, job, n);
    if (line == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(mec_json_parse(arena, "job", line, &root, err));
    MEC_TRY(mec_job_read(arena, root, &parsed, err));
    const mec_json *cache = mec_json_get(root, "cache");
    if (cache != NULL && cache->type == MEC_JSON_STRING) {
        bool retry = mec_json_get(root, "retry") != NULL;

        MEC_TRY(evaluate_cached(&parsed, cache->string, retry, arena, &out, err));
    } else {
        MEC_TRY(evaluate(&parsed, arena, &out, err));
    }
    task_result_pack(&out, result);
done:
    mec_arena_free(arena);
    return st;
}
