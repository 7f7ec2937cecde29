/* Arenas: a list of chunks, each filled from the front; a large block gets its own. */

#include <mecombo/arena.h>

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_SIZE = 64 * 1024, SMALL_ALIGNMENT = 16, LARGE_ALIGNMENT = 64 };

typedef struct chunk {
    struct chunk *next;
    size_t size; /* bytes that follow the header */
    size_t used; /* bytes handed out, alignment gaps included */
} chunk;

struct mec_arena {
    chunk *chunks; /* the one being filled comes first */
    size_t used;
    bool failed;
};

static unsigned char *chunk_base(chunk *c)
{
    return (unsigned char *)(c + 1);
}

mec_arena *mec_arena_new(void)
{
    return calloc(1, sizeof(mec_arena));
}

void mec_arena_free(mec_arena *arena)
{
    if (arena == NULL) {
        return;
    }
    for (chunk *c = arena->chunks; c != NULL;) {
        chunk *next = c->next;
        free(c);
        c = next;
    }
    free(arena);
}

static void *carve(chunk *c, size_t size, size_t alignment)
{
    uintptr_t start = (uintptr_t)chunk_base(c) + c->used;
    uintptr_t aligned = (start + alignment - 1) & ~(uintptr_t)(alignment - 1);
    size_t gap = (size_t)(aligned - start);

    if (c->size - c->used < gap || c->size - c->used - gap < size) {
        return NULL;
    }
    c->used += gap + size;
    return chunk_base(c) + (c->used - size);
}

void *mec_arena_alloc(mec_arena *arena, size_t size)
{
    size_t alignment = size >= LARGE_ALIGNMENT ? LARGE_ALIGNMENT : SMALL_ALIGNMENT;
    void *block = NULL;

    if (size == 0) {
        size = 1;
    }
    if (size > SIZE_MAX / 2) {
        arena->failed = true;
        return NULL;
    }
    if (arena->chunks != NULL) {
        block = carve(arena->chunks, size, alignment);
    }
    if (block == NULL) {
        size_t wanted = size + LARGE_ALIGNMENT;
        size_t chunk_size = wanted > CHUNK_SIZE / 2 ? wanted : CHUNK_SIZE;
        chunk *c = calloc(1, sizeof *c + chunk_size);

        if (c == NULL) {
            arena->failed = true;
            return NULL;
        }
        c->size = chunk_size;
        if (chunk_size > CHUNK_SIZE && arena->chunks != NULL) {
            /* keep filling the current chunk: the big block stands alone behind it */
            c->next = arena->chunks->next;
            arena->chunks->next = c;
        } else {
            c->next = arena->chunks;
            arena->chunks = c;
        }
        block = carve(c, size, alignment);
    }
    arena->used += size;
    return block;
}

void *mec_arena_calloc(mec_arena *arena, size_t count, size_t size)
{
    if (size != 0 && count > SIZE_MAX / size) {
        arena->failed = true;
        return NULL;
    }
    return mec_arena_alloc(arena, count * size);
}

char *mec_arena_strdup(mec_arena *arena, const char *text)
{
    return mec_arena_strndup(arena, text, strlen(text));
}

char *mec_arena_strndup(mec_arena *arena, const char *text, size_t length)
{
    char *copy = mec_arena_alloc(arena, length + 1);

    if (copy != NULL) {
        memcpy(copy, text, length);
        copy[length] = '\0';
    }
    return copy;
}

char *mec_arena_printf(mec_arena *arena, const char *fmt, ...)
{
    va_list args;
    va_list again;
    char *text = NULL;

    va_start(args, fmt);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, fmt, args);
    va_end(args);
    if (length >= 0) {
        text = mec_arena_alloc(arena, (size_t)length + 1);
    }
    if (text != NULL) {
        vsnprintf(text, (size_t)length + 1, fmt, again);
    }
    va_end(again);
    return text;
}

bool mec_arena_failed(const mec_arena *arena)
{
    return arena->failed;
}

size_t mec_arena_used(const mec_arena *arena)
{
    return arena->used;
}
