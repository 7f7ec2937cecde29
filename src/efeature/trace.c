/* A trace, and asking it for features. */

#include "efeature_priv.h"

#include <mecombo/text.h>
#include <string.h>

mec_efeature_trace *mec_efeature_trace_new(mec_arena *arena, size_t n, const double t[],
                                           const double v[])
{
    mec_efeature_trace *trace = mec_arena_alloc(arena, sizeof *trace);
    level *raw = mec_arena_alloc(arena, sizeof *raw);

    if (trace == NULL || raw == NULL) {
        return NULL;
    }
    raw->trace = trace;
    raw->n = (ptrdiff_t)n;
    raw->t = t;
    raw->v = v;
    trace->arena = arena;
    trace->raw = raw;
    settings_init(trace);
    return trace;
}

mec_status mec_efeature_set_current(mec_efeature_trace *trace, size_t n,
                                    const double current[], mec_err *err)
{
    if (n != (size_t)trace->raw->n) {
        return mec_fail(
            err, MEC_E_INPUT,
            "the current has %zu samples and the voltage %td (record both at "
            "the same times)",
            n, trace->raw->n);
    }
    trace->raw->current = current;
    trace->raw->n_current = (ptrdiff_t)n;
    trace->raw->next = NULL;
    memset(trace->raw->memo, 0, sizeof trace->raw->memo);
    memset(trace->memo, 0, sizeof trace->memo);
    return MEC_OK;
}

void mec_efeature_set_threads(mec_efeature_trace *trace, int n)
{
    trace->n_threads = n;
}

mec_status mec_efeature_together(mec_efeature_trace *trace, mec_err *err)
{
    session *s = mec_arena_alloc(trace->arena, sizeof *s);

    if (s == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "features: out of memory");
    }
    s->now = trace->raw;
    trace->together = s;
    return MEC_OK;
}

static feature_id find_feature(const char *name)
{
    int begin = 1;
    int end = F_count;

    while (begin < end) {
        int middle = begin + (end - begin) / 2;
        int order = strcmp(feature_table[middle].name, name);

        if (order == 0) {
            return (feature_id)middle;
        }
        if (order < 0) {
            begin = middle + 1;
        } else {
            end = middle;
        }
    }
    return F_none;
}

static mec_status unknown_feature(const char *name, mec_err *err)
{
    const char *names[F_count];

    for (int i = 1; i < F_count; i++) {
        names[i - 1] = feature_table[i].name;
    }
    const char *near = mec_nearest_name(name, F_count - 1, names);

    if (near == NULL) {
        return mec_fail(err, MEC_E_INPUT, "feature %s: unknown to eFEL", name);
    }
    return mec_fail(err, MEC_E_INPUT, "feature %s: unknown to eFEL (did you mean %s?)",
                    name, near);
}

/* The same checks as efel.get_feature_values() makes. */
static mec_status check_stimulus(const mec_efeature_trace *trace, mec_err *err)
{
    const setting_value *start = &trace->set[S_stim_start];
    const setting_value *end = &trace->set[S_stim_end];

    if (!start->present || !end->present) {
        return mec_fail(err, MEC_E_INPUT,
                        "features need the stimulus interval (set stim_start and "
                        "stim_end, ms)");
    }
    if (end->number <= start->number) {
        return mec_fail(err, MEC_E_INPUT,
                        "stim_end %g ms is not after stim_start %g ms", end->number,
                        start->number);
    }
    return MEC_OK;
}

/* Whether eFEL makes no sample at all, and then reads the last of them. */
static bool lasts_no_time(const mec_efeature_trace *trace)
{
    const level *raw = trace->raw;

    return raw->n > 2 && raw->t[raw->n - 1] <= raw->t[0];
}

/* A session feature in a session of its own, or a level feature at level 1: a call of
 * efel.get_feature_values() for this one feature. */
static value *get_alone(mec_efeature_trace *trace, feature_id id)
{
    const feature_row *row = &feature_table[id];
    value *out = &trace->memo[id];

    if (out->known) {
        return out;
    }
    if (row->level_function != NULL) {
        *out = *level_get(level_next(trace->raw), id);
    } else {
        session s = {.now = trace->raw};

        give_missing(out, "out of memory");
        row->session_function(&s, out);
    }
    out->known = true;
    return out;
}

static void get_together(mec_efeature_trace *trace, feature_id id, value *out)
{
    const feature_row *row = &feature_table[id];
    session *s = trace->together;

    give_missing(out, "out of memory");
    if (row->level_function != NULL) {
        const value *got = session_get(s, id);

        *out = got != NULL ? *got : *level_get(s->now, id);
    } else {
        row->session_function(s, out);
    }
}

/* Public values are doubles. */
static void make_real(mec_efeature_trace *trace, value *out)
{
    if (out->index == NULL || out->real != NULL) {
        return;
    }
    double *real = new_reals(trace, out->n);

    if (real == NULL) {
        return;
    }
    for (ptrdiff_t i = 0; i < out->n; i++) {
        real[i] = (double)out->index[i];
    }
    out->real = real;
}

mec_status mec_efeature_get(mec_efeature_trace *trace, const char *name,
                            mec_efeature_values *out, mec_err *err)
{
    mec_status st = MEC_OK;
    feature_id id = find_feature(name);
    value local = {0};
    value *got = &local;

    memset(out, 0, sizeof *out);
    if (id == F_none) {
        return unknown_feature(name, err);
    }
    MEC_TRY(check_stimulus(trace, err));
    if (lasts_no_time(trace)) {
        give_missing(&local, REASON_OUT_OF_BOUNDS);
    } else if (trace->together != NULL) {
        get_together(trace, id, &local);
    } else {
        got = get_alone(trace, id);
    }
    make_real(trace, got);
    if (trace->out_of_memory) {
        return mec_fail(err, MEC_E_NOMEM, "feature %s: out of memory", name);
    }
    out->exists = got->exists;
    out->n = (size_t)got->n;
    out->value = got->real;
    out->reason = got->reason;
done:
    return st;
}
