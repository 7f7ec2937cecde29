/* Sets of uids: "3-7,12". */

#include "jobs_priv.h"

#include <mecombo/text.h>
#include <mecombo/vec.h>

#include <string.h>

typedef struct range {
    int64_t first, last;
} range;

struct uid_set {
    size_t n;
    const range *range;
};

static bool parse_range(mec_arena *arena, const char *text, size_t n, range *out)
{
    char *copy = mec_arena_strndup(arena, text, n);
    char *dash = copy == NULL ? NULL : strchr(copy, '-');

    if (copy == NULL) {
        return false;
    }
    if (dash == NULL) {
        return mec_parse_int64(copy, &out->first) && (out->last = out->first, true);
    }
    *dash = '\0';
    return mec_parse_int64(copy, &out->first) &&
           mec_parse_int64(dash + 1, &out->last) && out->first <= out->last;
}

mec_status uid_set_parse(mec_arena *arena, const char *text, const uid_set **out,
                         mec_err *err)
{
    *out = NULL;
    if (text == NULL) {
        return MEC_OK;
    }
    size_t n_max = strlen(text) + 1;
    uid_set *set = mec_arena_alloc(arena, sizeof *set);
    range *ranges = mec_arena_calloc(arena, n_max, sizeof *ranges);
    if (set == NULL || ranges == NULL) {
        return mec_no_memory(err);
    }
    for (const char *p = text;; p++) {
        size_t n = strcspn(p, ",");

        if (!parse_range(arena, p, n, &ranges[set->n++])) {
            return mec_fail(err, MEC_E_USAGE,
                            "--rows %s: \"%.*s\" is no row and no range (as in 3-7,12)",
                            text, (int)n, p);
        }
        p += n;
        if (*p == '\0') {
            break;
        }
    }
    set->range = ranges;
    *out = set;
    return MEC_OK;
}

bool uid_set_holds(int64_t uid, const void *arg)
{
    const uid_set *set = arg;

    for (size_t i = 0; set != NULL && i < set->n; i++) {
        if (uid >= set->range[i].first && uid <= set->range[i].last) {
            return true;
        }
    }
    return set == NULL;
}
