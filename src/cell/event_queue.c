/* The event queue, with NEURON's order of equal times. */

#include "event.h"

/* Until this time an event can be the least of an empty queue. */
static const double FOREVER = 1e15;

static bool is_before(const event_item *a, const event_item *b)
{
    return a->t < b->t || (a->t == b->t && a->turn < b->turn);
}

static void place(event_queue *queue, event_item *item, size_t at)
{
    queue->heap.data[at] = item;
    item->at = at;
}

static void rise(event_queue *queue, event_item *item)
{
    size_t at = item->at;

    while (at > 0 && is_before(item, queue->heap.data[(at - 1) / 2])) {
        place(queue, queue->heap.data[(at - 1) / 2], at);
        at = (at - 1) / 2;
    }
    place(queue, item, at);
}

static void sink(event_queue *queue, event_item *item)
{
    size_t at = item->at, n = queue->heap.n;

    for (size_t child = 2 * at + 1; child < n; child = 2 * at + 1) {
        event_item *const *heap = queue->heap.data;

        if (child + 1 < n && is_before(heap[child + 1], heap[child])) {
            child++;
        }
        if (!is_before(heap[child], item)) {
            break;
        }
        place(queue, heap[child], at);
        at = child;
    }
    place(queue, item, at);
}

/* Behind all others of the same time. */
static bool enter(event_queue *queue, event_item *item)
{
    if (!MEC_VEC_PUSH(&queue->heap, item)) {
        return false;
    }
    item->turn = queue->turn++;
    item->at = queue->heap.n - 1;
    rise(queue, item);
    return true;
}

static void leave(event_queue *queue, const event_item *item)
{
    size_t at = item->at;
    event_item *last = queue->heap.data[--queue->heap.n];

    if (last != item) {
        place(queue, last, at);
        rise(queue, last);
        sink(queue, last);
    }
}

static event_item *leave_first(event_queue *queue)
{
    event_item *first = queue->heap.n > 0 ? queue->heap.data[0] : NULL;

    if (first != NULL) {
        leave(queue, first);
    }
    return first;
}

event_item *event_put(event_queue *queue, double t, event_kind kind, int32_t to)
{
    event_item *item = queue->unused.n > 0
                           ? queue->unused.data[--queue->unused.n]
                           : mec_arena_alloc(queue->arena, sizeof *item);

    if (item == NULL || !MEC_VEC_RESERVE(&queue->heap, queue->heap.n + 2)) {
        return NULL;
    }
    *item = (event_item){.t = t, .kind = kind, .to = to};
    if (t < (queue->least != NULL ? queue->least->t : FOREVER)) {
        if (queue->least != NULL && !enter(queue, queue->least)) {
            return NULL;
        }
        queue->least = item;
        return item;
    }
    return enter(queue, item) ? item : NULL;
}

event_item *event_take(event_queue *queue, double until)
{
    event_item *item = queue->least;

    if (item == NULL || item->t > until) {
        return NULL;
    }
    queue->least = leave_first(queue);
    return item;
}

void event_recycle(event_queue *queue, event_item *item)
{
    /* One that does not fit into the list stays with the arena. */
    (void)MEC_VEC_PUSH(&queue->unused, item);
}

void event_remove(event_queue *queue, event_item *item)
{
    if (item == queue->least) {
        queue->least = leave_first(queue);
    } else {
        leave(queue, item);
    }
    event_recycle(queue, item);
}

/* The heap has room for all items, so nothing can fail. */
void event_move(event_queue *queue, event_item *item, double t)
{
    if (item == queue->least) {
        item->t = t;
        if (queue->heap.n > 0 && t > queue->heap.data[0]->t) {
            queue->least = leave_first(queue);
            (void)enter(queue, item);
        }
        return;
    }
    leave(queue, item);
    item->t = t;
    if (queue->least != NULL && t < queue->least->t) {
        (void)enter(queue, queue->least);
        queue->least = item;
    } else {
        (void)enter(queue, item);
    }
}

void event_queue_clear(event_queue *queue)
{
    MEC_VEC_CLEAR(&queue->heap);
    MEC_VEC_CLEAR(&queue->unused);
}
