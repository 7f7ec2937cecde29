/* What mechanisms may ask of the simulation: net_send, net_move, net_event, WATCH,
 * FOR_NETCONS, at_time. */

#include "event.h"

#include <float.h>
#include <math.h>

static cell_events *events_of(const mec_run *run)
{
    cell_events *events = run->env->host;

    if (events == NULL) {
        run->env->failure = "events exist during a simulation only";
    }
    return events;
}

static void host_send(const mec_run *run, double *weight, double t, double flag)
{
    cell_events *events = events_of(run);
    event_item *item;

    if (events == NULL) {
        return;
    }
    if (!(t >= run->env->t)) {
        run->env->failure = "net_send() with a negative delay";
        return;
    }
    item = event_put(&events->queue, t, EVENT_SELF, run->point);
    if (item == NULL) {
        events->failed = true;
        return;
    }
    item->weight = weight;
    item->flag = flag;
    if (flag == 1.0) {
        events->point[run->point].movable = item;
    }
}

static void host_move(const mec_run *run, double t)
{
    cell_events *events = events_of(run);

    if (events == NULL) {
        return;
    }
    if (events->point[run->point].movable == NULL) {
        run->env->failure = "net_move() without a queued event of flag 1";
    } else if (!(t >= run->env->t)) {
        run->env->failure = "net_move() into the past";
    } else {
        event_move(&events->queue, events->point[run->point].movable, t);
    }
}

static void host_event(const mec_run *run, double t)
{
    cell_events *events = events_of(run);
    int32_t source = events == NULL ? -1 : events->point[run->point].source;

    if (source < 0) {
        return;
    }
    if (!(t >= run->env->t)) {
        run->env->failure = "net_event() in the past";
    } else {
        event_fire(events, source, t);
    }
}

static void unlink_watch(cell_events *events, int32_t k)
{
    event_watch *watch = &events->watch[k];

    if (!watch->active) {
        return;
    }
    if (watch->before >= 0) {
        events->watch[watch->before].after = watch->after;
    } else {
        events->first_active = watch->after;
    }
    if (watch->after >= 0) {
        events->watch[watch->after].before = watch->before;
    } else {
        events->last_active = watch->before;
    }
    watch->active = false;
}

static void append_watch(cell_events *events, int32_t k)
{
    event_watch *watch = &events->watch[k];

    watch->active = true;
    watch->before = events->last_active;
    watch->after = -1;
    if (events->last_active >= 0) {
        events->watch[events->last_active].after = k;
    } else {
        events->first_active = k;
    }
    events->last_active = k;
}

/* NEURON does not fire at once where a condition holds already, or nearly so. */
static void host_watch(const mec_run *run, int32_t k, int32_t is_first, double flag)
{
    cell_events *events = events_of(run);
    const mec_net_desc *net;
    int32_t first;

    if (events == NULL) {
        return;
    }
    net = events->sweep->cell->point.data[run->point].mech->desc->net;
    first = events->point[run->point].first_watch;
    for (int32_t w = first; is_first && w < first + net->n_watch; w++) {
        unlink_watch(events, w);
        if (events->watch[w].queued != NULL) {
            event_remove(&events->queue, events->watch[w].queued);
            events->watch[w].queued = NULL;
        }
    }
    event_watch *watch = &events->watch[first + k];
    watch->queued = NULL;
    watch->above = net->watch(run, k) >= -CELL_HOC_EPSILON;
    watch->flag = flag;
    unlink_watch(events, first + k);
    append_watch(events, first + k);
}

static int32_t host_connections(const mec_run *run, double *const **weight)
{
    cell_events *events = events_of(run);

    *weight = events == NULL ? NULL : events->point[run->point].weight;
    return events == NULL ? 0 : events->point[run->point].n_connection;
}

/* The fixed step: true in the step that holds t. The variable step: asked when it starts
 * anew, notes the next discontinuity, and stops there. */
static int32_t host_at_time(const mec_run *run, double t)
{
    cell_events *events = events_of(run);
    double x = t - CELL_HOC_EPSILON;

    if (events == NULL) {
        return 0;
    }
    if (!events->integrating) {
        return x <= run->env->t && x > run->env->t - run->env->dt;
    }
    if (!events->starting) {
        return 0;
    }
    if (events->start < t && t < events->next_time) {
        events->next_time = t;
    }
    return fabs(t - events->start) < 100.0 * DBL_EPSILON * fabs(events->start);
}

const mec_events event_host = {.send = host_send,
                               .move = host_move,
                               .event = host_event,
                               .watch = host_watch,
                               .connections = host_connections,
                               .at_time = host_at_time};
