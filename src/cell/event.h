#ifndef CELL_EVENT_H
#define CELL_EVENT_H

/* Events of a sweep: the queue, connections, what watches for thresholds. A sweep without
 * point processes and connections has none of this (sweep->events is NULL). */

#include "cell_priv.h"

typedef enum event_kind {
    EVENT_SELF,       /* net_send: back to the point itself */
    EVENT_CONNECTION, /* to one connection's target */
    EVENT_SOURCE,     /* to all targets of a source, whose delays are equal */
    EVENT_WATCH       /* a WATCH condition became true */
} event_kind;

typedef struct event_item {
    double t;       /* ms */
    uint64_t turn;  /* equal times go by turn of entry */
    size_t at;      /* place in the heap */
    double flag;    /* EVENT_SELF */
    double *weight; /* EVENT_SELF */
    int32_t to;     /* point, connection, source or watch */
    event_kind kind;
} event_item;

/* NEURON's queue: the least item stands apart from the others, which decides the order of
 * equal times (an item that comes before the least pushes it behind its equals). */
typedef struct event_queue {
    event_item *least;
    MEC_VEC(event_item *) heap;
    MEC_VEC(event_item *) unused;
    mec_arena *arena;
    uint64_t turn;
} event_queue;

/* Something that fires: a variable above its threshold, or a point's net_event(). */
typedef struct event_source {
    const double *variable; /* NULL: a point */
    int32_t point;
    double threshold;
    bool above;
    bool same_delay; /* more than two connections, all with the same delay */
    double delay;
    MEC_VEC(int32_t) connection;
} event_source;

typedef struct event_connection {
    const mec_connection *spec;
    int32_t target; /* index into cell->point */
    double *weight; /* [of the target's NET_RECEIVE] */
} event_connection;

typedef struct event_watch {
    bool active, above;
    double flag;
    event_item *queued;
    int32_t point, k;
    int32_t before, after; /* neighbours in the list of active ones; -1 at its ends */
} event_watch;

/* Per point of the cell. */
typedef struct event_point {
    event_item *movable; /* the queued event with flag 1 */
    int32_t source;      /* index, -1: no connection from it */
    int32_t first_watch;
    int32_t n_connection;
    double **weight; /* [n_connection] of all connections to it, by source */
} event_point;

struct cell_events {
    cell_sweep *sweep;
    event_queue queue;
    int32_t n_source, n_connection, n_watch;
    event_source *source;
    event_connection *connection;
    event_watch *watch;
    event_point *point; /* [cell->n_point] */
    double *no_weight;  /* zeros, for events that carry no weights */
    int32_t n_at_once;  /* events delivered since time went on, and that time */
    double t_at_once;   /* ms */
    int32_t first_active, last_active; /* WATCHes in order of activation; -1: none */
    bool failed;                       /* out of memory inside a callback */
    /* at_time(): while the variable step starts anew, the next discontinuity */
    bool integrating; /* the variable step, once it has begun */
    bool starting;
    double start, next_time; /* ms */
    /* Called before an event reaches a point process (variable step); or NULL */
    mec_status (*before)(void *arg, mec_err *err);
    void *arg;
};

/* --- event_queue.c --- */

/* NULL when out of memory. */
event_item *event_put(event_queue *queue, double t, event_kind kind, int32_t to);
/* Take the least item if it is due; NULL otherwise. It is then free for reuse once
 * event_recycle() was called. */
event_item *event_take(event_queue *queue, double until);
void event_recycle(event_queue *queue, event_item *item);
void event_remove(event_queue *queue, event_item *item);
void event_move(event_queue *queue, event_item *item, double t);
void event_queue_clear(event_queue *queue);

/* --- event.c --- */

/* A source fires at t. */
void event_fire(cell_events *events, int32_t source, double t);

/* --- event_host.c --- */

/* What mechanisms call. */
extern const mec_events event_host;

#endif
