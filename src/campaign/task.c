/* The task: one job evaluated in a child process, its outcome as bytes.
 *
 * A result is six fields, each 'N' for none or 'S' and the text, each ended by a NUL.
 */

#include "jobs_priv.h"

#include <mecombo/evaluate.h>

#include <string.h>

static void pack(mec_text *out, const char *field)
{
    mec_text_add_char(out, field == NULL ? 'N' : 'S');
    mec_text_add(out, field == NULL ? "" : field);
    mec_text_add_char(out, '\0');
}

mec_status mec_campaign_task(const void *job, size_t n, mec_text *result, void *arg,
                             mec_err *err)
{
    mec_arena *arena = mec_arena_new();
    mec_job parsed = {0};
    mec_outcome outcome = {0};
    mec_status st = MEC_OK;

    (void)arg;
    char *line = arena == NULL ? NULL : mec_arena_strndup(arena, job, n);
    if (line == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(mec_job_parse(arena, line, &parsed, err));
    MEC_TRY(mec_evaluate(&parsed, arena, &outcome, err));
    pack(result, outcome.scores);
    pack(result, outcome.features);
    pack(result, outcome.extra_values);
    pack(result, outcome.exception_class);
    pack(result, outcome.exception_text);
    pack(result, outcome.provenance);
done:
    mec_arena_free(arena);
    return st;
}

bool task_result_unpack(const void *bytes, size_t n, task_result *out)
{
    const char **field[] = {&out->scores,          &out->features,  &out->extra_values,
                            &out->exception_class, &out->exception, &out->provenance};
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
