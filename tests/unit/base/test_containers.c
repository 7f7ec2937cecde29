#include "support/tap.h"

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <mecombo/map.h>
#include <mecombo/vec.h>

static void test_arena_zeroes_and_aligns(void)
{
    mec_arena *arena = mec_arena_new();

    for (size_t size = 0; size < 3000; size += 37) {
        unsigned char *block = mec_arena_alloc(arena, size);
        size_t alignment = size >= 64 ? 64 : 16;

        if (!CHECK(block != NULL) || !CHECK((uintptr_t)block % alignment == 0)) {
            break;
        }
        for (size_t i = 0; i < size; i++) {
            CHECK(block[i] == 0);
        }
        memset(block, 0xAA, size);
    }
    char *big = mec_arena_alloc(arena, 10 << 20);
    char *text = mec_arena_printf(arena, "%s-%d", "soma", 3);
    CHECK(big != NULL && big[(10 << 20) - 1] == 0);
    CHECK_STR(text, "soma-3");
    CHECK_STR(mec_arena_strndup(arena, "abcdef", 3), "abc");
    CHECK(!mec_arena_failed(arena));
    CHECK(mec_arena_calloc(arena, SIZE_MAX / 4, 8) == NULL);
    CHECK(mec_arena_failed(arena));
    CHECK(mec_arena_used(arena) >= (10u << 20));
    mec_arena_free(arena);
    mec_arena_free(NULL);
}

static void test_map_keeps_order(void)
{
    mec_map *map = mec_map_new();
    static int values[1000];
    char key[16];

    CHECK(mec_map_get(map, "nothing") == NULL);
    for (int i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "k%d", i * 7919 % 1000);
        CHECK(mec_map_set(map, key, &values[i]));
    }
    CHECK(mec_map_set(map, "k0", NULL));
    CHECK_INT(mec_map_count(map), 1000);
    CHECK_STR(mec_map_key(map, 0), "k0");
    CHECK(mec_map_has(map, "k0") && mec_map_get(map, "k0") == NULL);
    CHECK_STR(mec_map_key(map, 1), "k919");
    CHECK(mec_map_get(map, "k919") == &values[1]);
    CHECK(mec_map_value(map, 999) == &values[999]);
    CHECK(!mec_map_has(map, "k1000"));
    mec_map_free(map);
    mec_map_free(NULL);
}

static void test_vec_grows(void)
{
    MEC_VEC(double) vec = MEC_VEC_INIT;

    for (int i = 0; i < 100; i++) {
        CHECK(MEC_VEC_PUSH(&vec, i * 0.5));
    }
    CHECK_INT(vec.n, 100);
    CHECK_EQ(vec.data[99], 49.5);
    MEC_VEC_CLEAR(&vec);
    CHECK(vec.data == NULL && vec.n == 0);
}

static void test_error_texts(void)
{
    mec_err err = MEC_ERR_INIT;
    char longer[2000];

    CHECK_INT(mec_fail(&err, MEC_E_INPUT, "%s:%d: no such key", "run.json", 3),
              MEC_E_INPUT);
    CHECK_STR(err.text, "run.json:3: no such key");
    mec_err_prefix(&err, "combination %d: ", 17);
    CHECK_STR(err.text, "combination 17: run.json:3: no such key");
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    CHECK_INT(mec_fail(&err, MEC_E_IO, "%s", longer), MEC_E_IO);
    CHECK_INT(strlen(err.text), MEC_ERR_TEXT_SIZE - 1);
    CHECK_STR(err.text + MEC_ERR_TEXT_SIZE - 4, "...");
    mec_err_prefix(&err, "again: ");
    CHECK_STR(err.text + MEC_ERR_TEXT_SIZE - 4, "...");
    CHECK_INT(mec_fail(NULL, MEC_E_DB, "nobody reads this"), MEC_E_DB);
    CHECK_STR(mec_status_text(MEC_E_STOPPED), "stopped on request");
    CHECK_STR(mec_status_text(MEC_N_STATUS), "unknown status");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_arena_zeroes_and_aligns),
        TAP_CASE(test_map_keeps_order),
        TAP_CASE(test_vec_grows),
        TAP_CASE(test_error_texts),
    };

    return TAP_RUN(cases, argc, argv);
}
