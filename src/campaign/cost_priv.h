#ifndef CAMPAIGN_COST_PRIV_H
#define CAMPAIGN_COST_PRIV_H

/* How long evaluations will take, and how long a run has to go.
 *
 * An evaluation's size is its number of segments times the milliseconds that its
 * protocols simulate. Jobs of one e-model form a group; what a group's evaluations really
 * took tells how many seconds its unit of size costs, what all of them took stands in
 * for groups of which little is known. */

#include <mecombo/arena.h>
#include <mecombo/err.h>

#include <stddef.h>
#include <stdint.h>

/* Seconds per segment and simulated millisecond where nothing was measured yet. */
#define COST_UNMEASURED 4e-7

typedef struct cost_sum {
    double size, seconds;
    int64_t n;
} cost_sum;

typedef struct cost_model {
    size_t n_groups;
    cost_sum *group; /* [n_groups] */
    cost_sum all;
} cost_model;

/* A model that has measured nothing. */
MEC_NODISCARD mec_status cost_init(cost_model *model, mec_arena *arena, size_t n_groups,
                                   mec_err *err);

/* n evaluations of a group, of that size together, took so many seconds together. */
void cost_learn(cost_model *model, size_t group, double size, double seconds,
                int64_t n);

/* Expected seconds of an evaluation: size times the group's seconds per size, which is
 * the mean of its n measurements and, counted like one more of mean size, that of all
 * groups; the mean of all in turn counts COST_UNMEASURED like one more. */
double cost_seconds(const cost_model *model, size_t group, double size);

/* What is left of a run. */
typedef struct cost_eta {
    cost_model *model;
    double *left;                /* [n_groups] size of what is not done */
    double done_size, hit_size;  /* of what is done, and of what needed no computing */
    double done_s;               /* seconds that evaluations of this run took */
    double n_workers, started_s; /* any monotonic clock */
} cost_eta;

MEC_NODISCARD mec_status cost_eta_init(cost_eta *eta, cost_model *model,
                                       mec_arena *arena, int32_t n_workers,
                                       double now_s, mec_err *err);

/* One more evaluation to do. */
void cost_eta_add(cost_eta *eta, size_t group, double size);

/* How an evaluation ended. */
typedef enum cost_end {
    COST_COMPUTED, /* its time tells something about the others */
    COST_FAILED,   /* its time does not */
    COST_HIT       /* it was not computed at all */
} cost_end;

/* One evaluation less; teaches the model. */
void cost_eta_done(cost_eta *eta, size_t group, double size, double seconds,
                   cost_end end);

/* Seconds until the end: all work of this run, done and expected, shared by the workers,
 * less the time that has passed (so that what is half done counts half), but never less
 * than half of the expected rest. The rest is taken to meet the cache as often as what
 * is done did. */
double cost_eta_left(const cost_eta *eta, double now_s);

#endif
