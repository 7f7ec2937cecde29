/* The result cache: what goes in comes out, and nothing else. */

#include "../../../src/campaign/cache_priv.h"

#include <mecombo/path.h>
#include <support/tap.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/test_cache_XXXXXX";
static mec_arena *arena;
static const char *cache;
static mec_err err = MEC_ERR_INIT;
static const char key[65] =
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static const task_result good = {.scores = "{\"a\": 1.5}",
                                 .extra_values = "{}",
                                 .provenance = "{\"seconds\": 1}",
                                 .key = "k"};

static void test_round_trip(void)
{
    task_result back = {0};

    CHECK_INT(cache_get(arena, cache, key, &back), CACHE_MISS);
    CHECK_OK(cache_put(cache, key, &good, &err), err);
    CHECK_INT(cache_get(arena, cache, key, &back), CACHE_HIT);
    CHECK_STR(back.scores, good.scores);
    CHECK_STR(back.extra_values, good.extra_values);
    CHECK_STR(back.provenance, good.provenance);
    CHECK_STR(back.key, good.key);
    CHECK(back.exception_class == NULL && back.notice == NULL && back.cached == NULL);
}

/* Any byte that changes, and any length that is cut off, is noticed. */
static void test_damage(void)
{
    const char *file = mec_arena_printf(arena, "%s/01/%s", cache, key);
    task_result back = {0};
    char *bytes = NULL;
    size_t n = 0;

    CHECK_OK(cache_put(cache, key, &good, &err), err);
    CHECK_OK(mec_read_file(arena, file, &bytes, &n, &err), err);
    for (size_t i = 0; i < n; i++) {
        bytes[i] ^= 1;
        CHECK_OK(mec_write_file(file, bytes, n, &err), err);
        CHECK_INT(cache_get(arena, cache, key, &back), CACHE_DAMAGED);
        bytes[i] ^= 1;
        CHECK_OK(mec_write_file(file, bytes, i, &err), err);
        CHECK_INT(cache_get(arena, cache, key, &back), CACHE_DAMAGED);
    }
    CHECK_OK(cache_put(cache, key, &good, &err), err);
    CHECK_INT(cache_get(arena, cache, key, &back), CACHE_HIT);
}

static bool may_hold(const char *class_)
{
    const task_result failed = {
        .scores = "null", .exception_class = class_, .exception = "text"};

    return cache_may_hold(&failed);
}

/* Failures are kept only where the same inputs fail again. */
static void test_what_is_kept(void)
{
    CHECK(cache_may_hold(&good));
    CHECK(may_hold(MEC_CLASS_BAD_PARAMS));
    CHECK(may_hold(MEC_CLASS_BAD_MORPHOLOGY));
    CHECK(may_hold(MEC_CLASS_AXON_TOO_SHORT));
    CHECK(may_hold(MEC_CLASS_LOCATION_MISSING));
    CHECK(may_hold(MEC_CLASS_SWEEP_FAILED));
    CHECK(may_hold(MEC_CLASS_NO_HOLDING));
    CHECK(may_hold(MEC_CLASS_NO_THRESHOLD));
    CHECK(!may_hold(MEC_CLASS_BAD_PACKAGE)); /* its mechanisms may just not be built */
    CHECK(!may_hold(MEC_CLASS_TIME_OUT));
    CHECK(!may_hold("crash"));
    CHECK(!may_hold("memory"));
    CHECK(!may_hold("error"));
    CHECK(!cache_may_hold(&(task_result){.scores = NULL}));
}

/* What decides bits besides the job decides the key. */
static void test_key(void)
{
    const mec_job job = {.program = "p"};
    const mec_job other_program = {.program = "q"};
    const mec_job free_rounding = {.program = "p", .free_rounding = true};
    char other_job[65], a[65], b[65];

    cache_key(&job, key, a);
    cache_key(&job, key, b);
    CHECK_STR(a, b);
    cache_key(&other_program, key, b);
    CHECK(strcmp(a, b) != 0);
    cache_key(&free_rounding, key, b);
    CHECK(strcmp(a, b) != 0);
    memcpy(other_job, key, sizeof other_job);
    other_job[63] = '0';
    cache_key(&job, other_job, b);
    CHECK(strcmp(a, b) != 0);
}

static void test_unusable(void)
{
    const char *file = mec_path_join(arena, folder, "file");
    const char *out = NULL;

    CHECK_OK(mec_write_file(file, "x", 1, &err), err);
    CHECK_INT(cache_open(arena, file, &out, &err), MEC_E_IO);
    CHECK_INT(cache_put(file, key, &good, &err), MEC_E_IO);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_round_trip), TAP_CASE(test_damage),
                                     TAP_CASE(test_what_is_kept), TAP_CASE(test_key),
                                     TAP_CASE(test_unusable)};
    arena = mec_arena_new();
    if (mkdtemp(folder) == NULL || cache_open(arena, folder, &cache, &err) != MEC_OK) {
        perror(folder);
        return 1;
    }
    int bad = TAP_RUN(cases, argc, argv);

    if (mec_remove_tree(folder, &err) != MEC_OK) {
        fprintf(stderr, "%s\n", err.text);
    }
    mec_arena_free(arena);
    return bad;
}
