/* Connections and thresholds of a sweep, and the delivery of events (NEURON's rules, from
 * netcvode.cpp: who is told in which order, at what time). */

#include "event.h"

#include <math.h>
#include <string.h>

static const mec_net_desc *net_of(const cell_events *events, int32_t point)
{
    return events->sweep->cell->point.data[point].mech->desc->net;
}

const mec_run *cell_point_run(const cell_point *point)
{
    return &point->mech->run[point->instance];
}

/* --- making --- */

static mec_status check_connection(const cell_sweep *sweep, const mec_connection *c,
                                   mec_err *err)
{
    const mec_cell *cell = sweep->cell;
    int32_t n_point = (int32_t)cell->point.n;

    if (c->target < 1 || c->target > n_point || c->source < 0 || c->source > n_point) {
        return mec_fail(err, MEC_E_INPUT,
                        "a connection leads from point %d to %d (there are 1 to %d)",
                        (int)c->source, (int)c->target, (int)n_point);
    }
    const mec_mechanism_desc *target = cell->point.data[c->target - 1].mech->desc;
    if (target->net == NULL || c->n_weight > target->net->n_weight) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: %s takes %d weights, the connection has %d "
                        "(NET_RECEIVE's arguments)",
                        target->file, target->name,
                        (int)(target->net == NULL ? 0 : target->net->n_weight),
                        (int)c->n_weight);
    }
    if (c->source > 0) {
        const mec_mechanism_desc *source = cell->point.data[c->source - 1].mech->desc;
        if (source->net == NULL || !source->net->sends_event) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s: %s sends no events (its NET_RECEIVE has no "
                            "net_event())",
                            source->file, source->name);
        }
    }
    return c->delay_ms >= 0.0 ? MEC_OK
                              : mec_fail(err, MEC_E_INPUT,
                                         "the delay of a connection is %g ms (give 0 "
                                         "or more)",
                                         c->delay_ms);
}

/* The variable that a connection watches. */
static mec_status find_watched(cell_events *events, const mec_connection *c,
                               const double **out, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_probe probe = {.name = "a connection's source",
                       .section = c->section,
                       .x = c->x,
                       .variable = c->variable == NULL ? "v" : c->variable};
    double *address = NULL;

    MEC_TRY(cell_find_probe(events->sweep->cell, &probe, &address, err));
    *out = address;
done:
    return st;
}

/* Connections with one variable, one point, or nothing behind them share a source. */
static mec_status join_source(cell_events *events, int32_t connection, mec_err *err)
{
    mec_status st = MEC_OK;
    const mec_connection *spec = events->connection[connection].spec;
    event_source wanted = {.point = spec->source - 1, .threshold = spec->threshold};
    int32_t s = 0;

    if (spec->source == 0 && spec->n_time == 0) {
        MEC_TRY(find_watched(events, spec, &wanted.variable, err));
    }
    while (s < events->n_source && (events->source[s].variable != wanted.variable ||
                                    events->source[s].point != wanted.point)) {
        s++;
    }
    if (s == events->n_source) {
        events->source[events->n_source++] = wanted;
    }
    events->source[s].threshold = spec->threshold;
    if (!MEC_VEC_PUSH(&events->source[s].connection, connection)) {
        return mec_no_memory(err);
    }
    if (spec->source > 0) {
        events->point[spec->source - 1].source = s;
    }
done:
    return st;
}

static mec_status make_connections(cell_events *events, mec_err *err)
{
    mec_status st = MEC_OK;
    const mec_sweep *spec = events->sweep->spec;
    mec_arena *arena = events->sweep->arena;

    for (int32_t c = 0; c < spec->n_connection; c++) {
        event_connection *to = &events->connection[c];

        MEC_TRY(check_connection(events->sweep, &spec->connection[c], err));
        to->spec = &spec->connection[c];
        to->target = to->spec->target - 1;
        to->weight = mec_arena_calloc(
            arena, (size_t)net_of(events, to->target)->n_weight + 1, sizeof(double));
        if (to->weight == NULL) {
            return mec_no_memory(err);
        }
        events->n_connection++;
        MEC_TRY(join_source(events, c, err));
    }
done:
    return st;
}

/* For FOR_NETCONS: the weights of all connections to each point, source by source. */
static mec_status list_weights(cell_events *events, mec_err *err)
{
    size_t n_point = events->sweep->cell->point.n;

    for (int32_t c = 0; c < events->n_connection; c++) {
        events->point[events->connection[c].target].n_connection++;
    }
    for (size_t p = 0; p < n_point; p++) {
        event_point *point = &events->point[p];

        point->weight = mec_arena_calloc(
            events->sweep->arena, (size_t)point->n_connection + 1, sizeof(double *));
        point->n_connection = 0;
        if (point->weight == NULL) {
            return mec_no_memory(err);
        }
    }
    for (int32_t s = 0; s < events->n_source; s++) {
        for (size_t k = 0; k < events->source[s].connection.n; k++) {
            const event_connection *c =
                &events->connection[events->source[s].connection.data[k]];
            event_point *point = &events->point[c->target];

            point->weight[point->n_connection++] = c->weight;
        }
    }
    return MEC_OK;
}

static mec_status make_watches(cell_events *events, mec_err *err)
{
    const mec_cell *cell = events->sweep->cell;
    int32_t n = 0, n_weight = 0;

    for (size_t p = 0; p < cell->point.n; p++) {
        const mec_net_desc *net = net_of(events, (int32_t)p);

        events->point[p].source = -1;
        events->point[p].first_watch = n;
        n += net == NULL ? 0 : net->n_watch;
        n_weight = net != NULL && net->n_weight > n_weight ? net->n_weight : n_weight;
    }
    events->n_watch = n;
    events->first_active = events->last_active = -1;
    events->watch =
        mec_arena_calloc(events->sweep->arena, (size_t)n + 1, sizeof *events->watch);
    events->no_weight =
        mec_arena_calloc(events->sweep->arena, (size_t)n_weight + 1, sizeof(double));
    if (events->watch == NULL || events->no_weight == NULL) {
        return mec_no_memory(err);
    }
    for (size_t p = 0; p < cell->point.n; p++) {
        int32_t last = p + 1 < cell->point.n ? events->point[p + 1].first_watch : n;

        for (int32_t w = events->point[p].first_watch; w < last; w++) {
            events->watch[w].point = (int32_t)p;
            events->watch[w].k = w - events->point[p].first_watch;
        }
    }
    return MEC_OK;
}

mec_status cell_make_events(cell_sweep *sweep, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *arena = sweep->arena;
    size_t n = (size_t)sweep->spec->n_connection;
    bool wanted = sweep->cell->point.n > 0 || n > 0;
    cell_events *events;

    for (int32_t m = 0; m < sweep->cell->n_mech; m++) {
        wanted = wanted || sweep->cell->mech[m]->desc->uses_at_time;
    }
    if (!wanted) {
        return MEC_OK;
    }
    events = mec_arena_calloc(arena, 1, sizeof *events);
    if (events == NULL) {
        return mec_no_memory(err);
    }
    sweep->events = events;
    events->sweep = sweep;
    events->queue.arena = arena;
    events->source = mec_arena_calloc(arena, n + 1, sizeof *events->source);
    events->connection = mec_arena_calloc(arena, n + 1, sizeof *events->connection);
    events->point =
        mec_arena_calloc(arena, sweep->cell->point.n + 1, sizeof *events->point);
    if (events->source == NULL || events->connection == NULL || events->point == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(make_watches(events, err));
    MEC_TRY(make_connections(events, err));
    MEC_TRY(list_weights(events, err));
done:
    return st;
}

void cell_free_events(cell_sweep *sweep)
{
    if (sweep->events != NULL) {
        event_queue_clear(&sweep->events->queue);
        for (int32_t s = 0; s < sweep->events->n_source; s++) {
            MEC_VEC_CLEAR(&sweep->events->source[s].connection);
        }
    }
}

/* --- the start of a sweep --- */

static void start_sources(cell_events *events)
{
    for (int32_t s = 0; s < events->n_source; s++) {
        event_source *source = &events->source[s];
        const int32_t *c = source->connection.data;

        source->above = false;
        source->delay = events->connection[c[0]].spec->delay_ms;
        source->same_delay = source->connection.n > 2;
        for (size_t k = 1; k < source->connection.n; k++) {
            source->same_delay =
                source->same_delay &&
                events->connection[c[k]].spec->delay_ms == source->delay;
        }
    }
}

mec_status cell_start_events(cell_sweep *sweep, mec_err *err)
{
    cell_events *events = sweep->events;

    if (events == NULL) {
        return MEC_OK;
    }
    start_sources(events);
    for (int32_t c = 0; c < events->n_connection; c++) {
        const event_connection *to = &events->connection[c];
        const mec_net_desc *net = net_of(events, to->target);
        const cell_point *point = &sweep->cell->point.data[to->target];

        for (int32_t k = 0; k < to->spec->n_weight; k++) {
            to->weight[k] = k == 0 || net->init != NULL ? to->spec->weight[k] : 0.0;
        }
        if (net->init != NULL && net->init(cell_point_run(point), to->weight) != 0) {
            return cell_point_failed(sweep->cell, point, err);
        }
    }
    for (int32_t c = 0; c < events->n_connection; c++) {
        const mec_connection *spec = events->connection[c].spec;

        for (int32_t k = 0; k < spec->n_time; k++) {
            if (event_put(&events->queue, spec->time_ms[k] + spec->delay_ms,
                          EVENT_CONNECTION, c) == NULL) {
                return mec_no_memory(err);
            }
        }
    }
    return MEC_OK;
}

/* --- running --- */

void event_fire(cell_events *events, int32_t source, double t)
{
    const event_source *from = &events->source[source];

    if (from->same_delay) {
        events->failed |=
            event_put(&events->queue, t + from->delay, EVENT_SOURCE, source) == NULL;
        return;
    }
    for (size_t k = 0; k < from->connection.n; k++) {
        int32_t c = from->connection.data[k];

        events->failed |=
            event_put(&events->queue, t + events->connection[c].spec->delay_ms,
                      EVENT_CONNECTION, c) == NULL;
    }
}

void cell_check_events(cell_sweep *sweep, double t, double later)
{
    cell_events *events = sweep->events;

    for (int32_t s = 0; s < events->n_source; s++) {
        event_source *source = &events->source[s];
        bool above =
            source->variable != NULL && *source->variable - source->threshold > 0.0;

        if (above && !source->above) {
            event_fire(events, s, t + later);
        }
        source->above = above;
    }
    for (int32_t k = events->first_active; k >= 0; k = events->watch[k].after) {
        event_watch *watch = &events->watch[k];
        const cell_point *point = &sweep->cell->point.data[watch->point];
        bool above =
            net_of(events, watch->point)->watch(cell_point_run(point), watch->k) > 0.0;

        if (above && !watch->above) {
            watch->queued = event_put(&events->queue, t, EVENT_WATCH, k);
            events->failed |= watch->queued == NULL;
        }
        watch->above = above;
    }
}

double cell_next_event(const cell_sweep *sweep)
{
    const event_item *least = sweep->events == NULL ? NULL : sweep->events->queue.least;

    return least == NULL ? HUGE_VAL : least->t;
}

/* NET_RECEIVE of a point, at t. */
static mec_status receive(cell_events *events, int32_t p, double t, double *weight,
                          double flag, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_cell *cell = events->sweep->cell;
    const cell_point *point = &cell->point.data[p];

    if (events->before != NULL && point->mech->desc->kind == MEC_POINT_PROCESS) {
        MEC_TRY(events->before(events->arg, err));
    } else {
        cell->env.t = t;
    }
    if (flag == 1.0) {
        events->point[p].movable = NULL;
    }
    if (weight == NULL) { /* the event carries none */
        weight = events->no_weight;
        memset(weight, 0, (size_t)net_of(events, p)->n_weight * sizeof *weight);
    }
    if (net_of(events, p)->receive(cell_point_run(point), weight, flag) != 0) {
        return cell_point_failed(cell, point, err);
    }
done:
    return st;
}

static mec_status deliver(cell_events *events, const event_item *item, mec_err *err)
{
    mec_status st = MEC_OK;
    const event_source *source;

    switch (item->kind) {
    case EVENT_SELF:
        return receive(events, item->to, item->t, item->weight, item->flag, err);
    case EVENT_CONNECTION:
        return receive(events, events->connection[item->to].target, item->t,
                       events->connection[item->to].weight, 0.0, err);
    case EVENT_WATCH:
        events->watch[item->to].queued = NULL;
        return receive(events, events->watch[item->to].point, item->t, NULL,
                       events->watch[item->to].flag, err);
    case EVENT_SOURCE:
        source = &events->source[item->to];
        for (size_t k = 0; k < source->connection.n; k++) {
            const event_connection *to =
                &events->connection[source->connection.data[k]];

            MEC_TRY(receive(events, to->target, item->t, to->weight, 0.0, err));
        }
        break;
    }
done:
    return st;
}

/* Events without delay that call each other would go on for ever. */
static mec_status spend(cell_events *events, double t, mec_err *err)
{
    enum { TOO_MANY = 1000000 };

    if (t > events->t_at_once) {
        events->t_at_once = t;
        events->n_at_once = 0;
    }
    return ++events->n_at_once < TOO_MANY
               ? MEC_OK
               : mec_fail(err, MEC_E_LIMIT,
                          "%d events at t = %.17g ms (give connections and net_send() "
                          "a delay)",
                          TOO_MANY, t);
}

mec_status cell_deliver_events(cell_sweep *sweep, double until, mec_err *err)
{
    mec_status st = MEC_OK;
    cell_events *events = sweep->events;
    event_item *item;

    while (events != NULL && (item = event_take(&events->queue, until)) != NULL) {
        event_item copy = *item;

        event_recycle(&events->queue, item);
        MEC_TRY(deliver(events, &copy, err));
        MEC_TRY(spend(events, copy.t, err));
    }
    if (events != NULL && events->failed) {
        return mec_no_memory(err);
    }
done:
    return st;
}

void cell_begin_integration(cell_sweep *sweep, void *arg,
                            mec_status (*before)(void *arg, mec_err *err))
{
    if (sweep->events != NULL) {
        sweep->events->integrating = true;
        sweep->events->before = before;
        sweep->events->arg = arg;
    }
}

mec_status cell_next_discontinuity(cell_sweep *sweep, double t, bool *asked,
                                   double *next, mec_err *err)
{
    cell_events *events = sweep->events;
    mec_status st = MEC_OK;

    *asked = false;
    *next = t + 1e5;
    for (int32_t m = 0; events != NULL && m < sweep->cell->n_mech; m++) {
        *asked = *asked || sweep->cell->mech[m]->desc->uses_at_time;
    }
    if (*asked) {
        events->starting = true;
        events->start = t;
        events->next_time = *next;
        st = cell_derivative(sweep, t, 0.0, err);
        events->starting = false;
        *next = events->next_time;
    }
    return st;
}
