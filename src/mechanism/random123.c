/* Random streams: Philox4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011) with the keys and
 * counters that NEURON's nrnran123 uses.
 *
 * Key {global index, 0}; counter {sequence, id3, id1, id2}; a block gives four 32-bit
 * numbers, used in order, then the sequence grows by one. */

#include "mechanism_priv.h"

#include <math.h>
#include <stdlib.h>

typedef struct stream {
    uint32_t counter[4];
    uint32_t block[4];
    int32_t which;
} stream;

enum { N_ROUND = 10 };

/* NEURON's global index is the process's, too; a thread has its own here. */
static _Thread_local uint32_t global_index;

void mec_random_set_index(uint32_t index)
{
    global_index = index;
}

static void philox(const uint32_t counter[4], uint32_t out[4])
{
    uint32_t key[2] = {global_index, 0};
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};

    for (int round = 0; round < N_ROUND; round++) {
        uint64_t p0 = (uint64_t)0xD2511F53U * c[0];
        uint64_t p1 = (uint64_t)0xCD9E8D57U * c[2];
        uint32_t next[4] = {(uint32_t)(p1 >> 32) ^ c[1] ^ key[0], (uint32_t)p1,
                            (uint32_t)(p0 >> 32) ^ c[3] ^ key[1], (uint32_t)p0};
        for (int i = 0; i < 4; i++) {
            c[i] = next[i];
        }
        key[0] += 0x9E3779B9U;
        key[1] += 0xBB67AE85U;
    }
    for (int i = 0; i < 4; i++) {
        out[i] = c[i];
    }
}

void *mechanism_stream_new(uint32_t id1, uint32_t id2, uint32_t id3)
{
    stream *s = calloc(1, sizeof *s);

    if (s != NULL) {
        s->counter[1] = id3;
        s->counter[2] = id1;
        s->counter[3] = id2;
        mechanism_stream_seek(s, 0, 0);
    }
    return s;
}

void mechanism_stream_free(void *opaque)
{
    free(opaque);
}

void mechanism_stream_seek(void *opaque, uint32_t sequence, int32_t which)
{
    stream *s = opaque;

    s->counter[0] = sequence;
    s->which = which < 0 || which > 3 ? 0 : which;
    philox(s->counter, s->block);
}

void mechanism_stream_tell(const void *opaque, uint32_t *sequence, int32_t *which)
{
    const stream *s = opaque;

    *sequence = s->counter[0];
    *which = s->which;
}

void mechanism_stream_ids(const void *opaque, uint32_t id[3])
{
    const stream *s = opaque;

    id[0] = s->counter[2];
    id[1] = s->counter[3];
    id[2] = s->counter[1];
}

static uint32_t pick(stream *s)
{
    uint32_t value = s->block[s->which++];

    if (s->which > 3) {
        s->which = 0;
        s->counter[0]++;
        philox(s->counter, s->block);
    }
    return value;
}

void mechanism_stream_set_ids(void *opaque, const uint32_t id[3])
{
    stream *s = opaque;

    s->counter[1] = id[2];
    s->counter[2] = id[0];
    s->counter[3] = id[1];
}

uint32_t mechanism_stream_integer(void *opaque)
{
    return pick(opaque);
}

double mechanism_stream_uniform(void *opaque)
{
    static const double shift32 = 1.0 / 4294967297.0; /* 1/(2^32 + 1) */

    return ((double)pick(opaque) + 1.0) * shift32;
}

double mechanism_stream_normal(void *opaque)
{
    double w, x, y;

    do {
        x = mechanism_stream_uniform(opaque);
        y = mechanism_stream_uniform(opaque);
        x = 2.0 * x - 1.0;
        y = 2.0 * y - 1.0;
        w = x * x + y * y;
    } while (w > 1.0);
    return x * sqrt(-2.0 * log(w) / w);
}

void *mec_random_new(uint32_t id1, uint32_t id2, uint32_t id3)
{
    return mechanism_stream_new(id1, id2, id3);
}

size_t mec_random_size(void)
{
    return sizeof(stream);
}
