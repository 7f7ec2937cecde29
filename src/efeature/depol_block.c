/* Depolarisation block: the voltage stays too high, or too low, for too long. */

#include "efeature_priv.h"

/* Samples after which a voltage limit is crossed upwards or downwards. */
typedef struct limit_crossings {
    ptrdiff_t n_up;
    ptrdiff_t n_down;
    ptrdiff_t *up; /* room for one more than n */
    ptrdiff_t *down;
} limit_crossings;

static bool cross_limit(mec_efeature_trace *trace, const value *v, double limit,
                        limit_crossings *c)
{
    ptrdiff_t n = 0;

    for (ptrdiff_t i = 0; i + 1 < v->n; i++) {
        n += (v->real[i] > limit) != (v->real[i + 1] > limit);
    }
    c->n_up = 0;
    c->n_down = 0;
    c->up = new_indices(trace, n + 1);
    c->down = new_indices(trace, n + 1);
    if (c->up == NULL || c->down == NULL) {
        return false;
    }
    for (ptrdiff_t i = 0; i + 1 < v->n; i++) {
        bool above = v->real[i] > limit;
        bool then_above = v->real[i + 1] > limit;

        if (then_above && !above) {
            c->up[c->n_up++] = i;
        } else if (above && !then_above) {
            c->down[c->n_down++] = i;
        }
    }
    return true;
}

/* The longest time from a start to the end of the same number. */
static double longest(const double t[], ptrdiff_t n, const ptrdiff_t start[],
                      const ptrdiff_t end[])
{
    double most = t[end[0]] - t[start[0]];

    for (ptrdiff_t k = 1; k < n; k++) {
        double duration = t[end[k]] - t[start[k]];

        if (duration > most) {
            most = duration;
        }
    }
    return most;
}

/* Keep the entries of list in (low, high); returns their number. */
static ptrdiff_t keep_between(ptrdiff_t list[], ptrdiff_t n, ptrdiff_t low,
                              ptrdiff_t high)
{
    ptrdiff_t n_kept = 0;

    for (ptrdiff_t i = 0; i < n; i++) {
        if (list[i] > low && list[i] < high) {
            list[n_kept++] = list[i];
        }
    }
    return n_kept;
}

/* Above the mean voltage of the spike begins: blocked if for long, or if never. */
static bool blocked_high(const double t[], limit_crossings *c, ptrdiff_t stim_end,
                         double limit_ms)
{
    if (c->n_up > c->n_down) {
        c->down[c->n_down++] = stim_end;
    }
    return c->n_up == 0 || longest(t, c->n_up, c->up, c->down) > limit_ms;
}

static bool blocked_low(const double t[], limit_crossings *c, ptrdiff_t stim_start,
                        ptrdiff_t stim_end, double limit_ms)
{
    c->n_down = keep_between(c->down, c->n_down, stim_start, stim_end);
    if (c->n_down == 0) {
        return false;
    }
    c->n_up = keep_between(c->up, c->n_up, c->down[0], stim_end);
    if (c->n_up < c->n_down) {
        c->up[c->n_up++] = stim_end;
    }
    return longest(t, c->n_down, c->down, c->up) > limit_ms;
}

void feature_depol_block(session *s, value *out)
{
    const double long_hyperpolarisation = -75.0; /* mV */
    double limit_ms = session_setting(s, S_depol_block_min_duration);
    const value *v = session_get(s, F_voltage);
    const value *t = session_get(s, F_time);
    const value *begins = session_get(s, F_AP_begin_voltage);
    mec_efeature_trace *trace = s->now->trace;
    ptrdiff_t stim_start = level_at(s->now, session_setting(s, S_stim_start));
    ptrdiff_t stim_end = level_at(s->now, session_setting(s, S_stim_end));
    limit_crossings high;
    limit_crossings low;

    if (v == NULL || t == NULL || stim_start == s->now->n || stim_end == s->now->n) {
        give_missing(out, "eFEL raises IndexError: the trace ends before the stimulus");
        return;
    }
    if (begins == NULL) {
        give_index(trace, out, 1);
        return;
    }
    if (!cross_limit(trace, v, mean_numpy(begins->real, begins->n), &high) ||
        !cross_limit(trace, v, long_hyperpolarisation, &low)) {
        return;
    }
    if (blocked_high(t->real, &high, stim_end, limit_ms) ||
        blocked_low(t->real, &low, stim_start, stim_end, limit_ms)) {
        give_missing(out, "the trace is in depolarisation block");
        return;
    }
    give_index(trace, out, 1);
}

void feature_depol_block_bool(session *s, value *out)
{
    value block;
    ptrdiff_t n = 0;

    session_compute(s, F_depol_block, &block);
    n = s->now->n;
    if (level_at(s->now, session_setting(s, S_stim_start)) == n ||
        level_at(s->now, session_setting(s, S_stim_end)) == n) {
        give_missing(out, block.reason);
        return;
    }
    give_index(s->now->trace, out, block.exists ? 0 : 1);
}
