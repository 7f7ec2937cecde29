#ifndef EFEATURE_PRIV_H
#define EFEATURE_PRIV_H

/* How features are computed.
 *
 * eFEL interpolates the trace anew, in place, before every C++ feature it calculates, so a
 * feature made of several others sees a trace that was interpolated more than once. The
 * states of the trace form a chain of levels: level 0 is the trace as given, each next one
 * is interpolated from the one before. Interpolating usually changes nothing after the
 * first time; then a level is its own successor and all work on it is shared.
 *
 * A *level feature* (C++ in eFEL) is a function of one level and is remembered there. A
 * *session feature* (Python in eFEL) asks for level features one after the other; the
 * session counts the levels as eFEL does.
 */

#include <mecombo/efeature.h>

/* Every feature has an id F_<name>; F_none ends lists. */
typedef enum feature_id {
    F_none,
#define FEATURE(name, form, maker, unit, needs, definition) F_##name,
#include "features.def"
#undef FEATURE
    F_count
} feature_id;

typedef enum setting_id {
#define SETTING(name, kind, preset) S_##name,
#include "settings.def"
#undef SETTING
    S_count
} setting_id;

/* The values of one feature, or why there are none. A level feature without values does
 * not exist; a session feature may exist with n = 0. */
typedef struct value {
    bool known;
    bool exists;
    ptrdiff_t n;
    const double *real;     /* [n]; NULL when the values are indices */
    const ptrdiff_t *index; /* [n] into the interpolated trace, or counts */
    const char *reason;
} value;

typedef struct level {
    mec_efeature_trace *trace;
    struct level *next; /* after one more interpolation; NULL: not made yet */
    ptrdiff_t n;
    const double *t; /* [n] ms */
    const double *v; /* [n] mV */
    bool is_sampled; /* t is what interpolating gives again */
    ptrdiff_t n_current;
    const double *current; /* [n_current] nA; NULL when none was given */
    const double *dvdt;    /* [n] mV/ms; NULL: not computed yet */
    value memo[F_count];
} level;

/* One call of efel.get_feature_values(): the level reached, and what is stored. */
typedef struct session {
    level *now;
    const value *have[F_count];
} session;

typedef struct setting_value {
    bool present;
    double number;      /* REAL, INT, FLAG, GIVEN */
    const char *text;   /* TEXT */
    ptrdiff_t n;        /* SEVERAL */
    const double *list; /* [n] */
} setting_value;

struct mec_efeature_trace {
    mec_arena *arena;
    setting_value set[S_count];
    level *raw;
    session *together;   /* the lasting session of mec_efeature_together(); or NULL */
    value memo[F_count]; /* session features, each of a session of its own */
    int n_threads;       /* of eFEL's BLAS; 0: 1 */
    ptrdiff_t n_fit;     /* samples that the work space of fits has room for */
    double *fit_work;    /* of exp_fit.c */
    double *resampled;   /* of level.c: room for one interpolated trace */
    ptrdiff_t n_resampled;
    bool out_of_memory;
};

typedef void level_fn(level *lv, const value *const need[], value *out);
typedef void session_fn(session *s, value *out);

/* Declares the function of each feature; several features may share one. */
#define LEVEL(function) level_fn feature_##function
#define SESSION(function) session_fn feature_##function
#define FEATURE(name, form, maker, unit, needs, definition) maker;
#include "features.def"
#undef FEATURE
#undef LEVEL
#undef SESSION

enum { MAX_NEEDS = 4 };

/* One row of the table. */
typedef struct feature_row {
    const char *name;
    const char *unit;
    const char *definition;
    level_fn *level_function; /* one of the two is NULL */
    session_fn *session_function;
    bool is_index;               /* whole numbers */
    feature_id needs[MAX_NEEDS]; /* level features that must exist; ends with F_none */
} feature_row;

extern const feature_row feature_table[F_count];

/* ---- settings.c ---- */

/* Give every setting its default. */
void settings_init(mec_efeature_trace *trace);

/* ---- level.c ---- */

/* The level after one more interpolation; never NULL (itself when out of memory). */
level *level_next(level *lv);

/* A level feature, computed on first use; never NULL. */
const value *level_get(level *lv, feature_id id);

/* dV/dt by central differences [n], mV/ms; NULL with out->reason set if n < 2. */
const double *level_dvdt(level *lv, value *out);

/* First sample at or after a time; n when there is none. */
ptrdiff_t level_at(const level *lv, double time);

/* The same within [begin, end); end when there is none. */
ptrdiff_t level_at_between(const level *lv, double time, ptrdiff_t begin,
                           ptrdiff_t end);

/* A number setting. */
static inline double setting(const level *lv, setting_id id)
{
    return lv->trace->set[id].number;
}

/* ---- session.c ---- */

/* A level feature as get_cpp_feature() gives it; NULL where that gives None. */
const value *session_get(session *s, feature_id id);

/* A session feature that other session features build on. */
void session_compute(session *s, feature_id id, value *out);

/* A number setting. */
static inline double session_setting(const session *s, setting_id id)
{
    return s->now->trace->set[id].number;
}

/* ---- value.c: how a feature hands over its result ---- */

/* Arrays of the trace's arena, zeroed; NULL (and the trace marked) when out of memory. */
double *new_reals(mec_efeature_trace *trace, ptrdiff_t n);
ptrdiff_t *new_indices(mec_efeature_trace *trace, ptrdiff_t n);

void give_missing(value *out, const char *reason);
/* n == 0 means missing, as for eFEL's C++ features; the array is taken. */
void give_reals(value *out, ptrdiff_t n, const double *real);
void give_empty(value *out); /* exists, with n = 0 (session features only) */
void give_indices(value *out, ptrdiff_t n, const ptrdiff_t *index);
void give_real(mec_efeature_trace *trace, value *out, double x);
void give_index(mec_efeature_trace *trace, value *out, ptrdiff_t x);

/* eFEL would read memory that is not part of the trace; no number can be equal to that. */
#define REASON_OUT_OF_BOUNDS "eFEL reads beyond the end of an array here"

/* ---- numeric.c ---- */

/* std::min_element and std::max_element on x[begin, end): the first extremum; end itself
 * when the range is empty. */
ptrdiff_t first_min(const double x[], ptrdiff_t begin, ptrdiff_t end);
ptrdiff_t first_max(const double x[], ptrdiff_t begin, ptrdiff_t end);

/* eFEL's "first minimum": a minimum that the next two samples do not undercut, otherwise
 * the global one; end when the range is empty. */
ptrdiff_t first_local_min(const double x[], ptrdiff_t begin, ptrdiff_t end);

/* First index in [begin, end) with x >= limit (or <=); end when none, or when reversed. */
ptrdiff_t find_ge(const double x[], ptrdiff_t begin, ptrdiff_t end, double limit);
ptrdiff_t find_le(const double x[], ptrdiff_t begin, ptrdiff_t end, double limit);

/* Sum from left to right, as std::accumulate. */
double sum_in_order(const double x[], ptrdiff_t n);

/* numpy.mean(); NaN for n = 0. */
double mean_numpy(const double x[], ptrdiff_t n);

/* Sort in place, ascending. */
void sort_reals(double x[], ptrdiff_t n);

/* Insert x into the ascending sorted[0, n), which must have room for it. */
void insert_sorted(double sorted[], ptrdiff_t n, double x);

/* Median of ascending values, n >= 1. */
double median_sorted(const double sorted[], ptrdiff_t n);

/* Line through points by the normal equations, summed in eFEL's order. */
typedef struct line_fit {
    double slope;
    double normalized_std; /* squared residuals over the squared range of y */
} line_fit;
double line_slope(ptrdiff_t n, const double x[], const double y[]);
line_fit line_fit_of(ptrdiff_t n, const double x[], const double y[]);

#endif
