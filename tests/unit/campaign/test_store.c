/* The database of a campaign and the lock of its owner. */

#include "../../../src/campaign/lock_priv.h"
#include "../../../src/campaign/store_priv.h"

#include <mecombo/log.h>
#include <mecombo/path.h>
#include <mecombo/text.h>
#include <support/ask.h>
#include <support/scratch.h>

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[] = "/tmp/test_store_XXXXXX";
static mec_arena *arena;

static const combo rows[] = {{.etype = "e.*",
                              .morph_name = "x",
                              .morph_ext = ".swc",
                              .morph_dir = "d",
                              .emodel = "a",
                              .original_emodel = "a",
                              .is_exemplar = true,
                              .is_repaired = true},
                             {.layer = "1",
                              .fullmtype = "M",
                              .mtype = "M",
                              .submtype = "",
                              .etype = "e",
                              .morph_name = "m",
                              .morph_dir = "d",
                              .emodel = "a",
                              .original_emodel = "o",
                              .is_repaired = true}};

static const char *new_database(const char *name)
{
    char *path = mec_path_join(arena, folder, name);
    const combo_table table = {.n = 2, .row = (combo *)rows, .n_exemplars = 1};
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(store_create(path, &table,
                          "0123456789abcdef0123456789abcdef"
                          "0123456789abcdef0123456789abcdef",
                          &err),
             err);
    return path;
}

static void test_fill(void)
{
    const char *path = new_database("fill.sqlite");
    store *s = NULL;
    store_row *list = NULL;
    size_t n = 0;
    int64_t n_rows = 0, n_left = 0, n_failed = 0;
    mec_err err = MEC_ERR_INIT;
    const store_result good = {.uid = 0,
                               .rowid = 1,
                               .scores = "{\"f\": 1.0, \"F\": NaN}",
                               .extra_values = "{}",
                               .host = "h"};
    const store_result bad = {.uid = 1,
                              .rowid = 2,
                              .scores = "null",
                              .extra_values = "null",
                              .exception_class = "crash",
                              .exception = "died"};
    const store_result alien = {.uid = 7, .scores = "null", .extra_values = "null"};

    CHECK_OK(store_open(path, &s, &err), err);
    CHECK_OK(store_list_rows(s, arena, false, NULL, NULL, &n, &list, &err), err);
    CHECK_INT(n, 2);
    CHECK_STR(list[0].morph_ext, ".swc");
    CHECK_STR(list[1].morph_ext, ".asc");
    CHECK_STR(list[1].original_emodel, "o");
    CHECK_OK(store_save(s, &good, &err), err);
    CHECK_OK(store_save(s, &bad, &err), err);
    CHECK_OK(store_commit(s, &err), err);
    CHECK_OK(store_count(s, &n_rows, &n_left, &n_failed, &err), err);
    CHECK(n_rows == 2 && n_left == 0 && n_failed == 1);
    mec_log_set_level(MEC_LOG_ERROR);
    CHECK_OK(store_complete(s, &err), err);
    CHECK_OK(store_list_rows(s, arena, true, NULL, NULL, &n, &list, &err), err);
    CHECK_INT(n, 1);
    CHECK_INT(store_save(s, &alien, &err), MEC_E_DB);
    store_close(s);
    CHECK_STR(ask(path, "select group_concat(name) from pragma_table_info("
                        "'score_values')"),
              "f,F_2"); /* R7: names that differ in case only */
    CHECK_STR(ask(path, "select objective from mecombo_objectives"), "F");
    CHECK_STR(ask(path, "select count(*) || ' ' || count(f) from score_values"), "2 1");
    CHECK_STR(ask(path, "select \"class\" from mecombo_provenance where \"index\" = 1"),
              "crash");
    CHECK(strcmp(ask(path, "select \"value\" from mecombo_campaign where \"key\" = "
                           "'complete'"),
                 "(no row)") != 0);
}

static void test_all_failed(void)
{
    const char *path = new_database("failed.sqlite");
    store *s = NULL;
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(store_open(path, &s, &err), err);
    for (int64_t uid = 0; uid < 2; uid++) {
        const store_result r = {.uid = uid,
                                .rowid = uid + 1,
                                .scores = "null",
                                .extra_values = "null",
                                .exception_class = "x",
                                .exception = "x"};

        CHECK_OK(store_save(s, &r, &err), err);
    }
    CHECK_OK(store_commit(s, &err), err);
    CHECK_OK(store_complete(s, &err), err); /* R7: BluePyMM's CREATE TABLE fails */
    store_close(s);
    CHECK_STR(ask(path, "select group_concat(\"index\") from score_values"), "0,1");
}

static void test_install(void)
{
    const char *old = new_database("scores.sqlite");
    const char *fresh = new_database("fresh.sqlite");
    const char *kept = NULL;
    store_info info;
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(store_inspect(old, &info, &err), err);
    CHECK(info.exists && info.n_rows == 2 && info.n_done == 0);
    CHECK(mec_starts_with(info.fingerprint, "0123456789abcdef0"));
    CHECK_OK(store_install(arena, fresh, old, true, &kept, &err), err);
    CHECK(mec_ends_with(kept, "scores.sqlite.bak-1") && mec_path_exists(kept));
    CHECK(mec_path_exists(old) && !mec_path_exists(fresh));
    CHECK_OK(store_inspect(fresh, &info, &err), err);
    CHECK(!info.exists);
}

static void test_lock(void)
{
    char *database = mec_path_join(arena, folder, "lock.sqlite");
    owner_lock *first = NULL;
    owner_lock *second = NULL;
    mec_err err = MEC_ERR_INIT;

    CHECK(lock_owner(arena, database) == NULL);
    CHECK_OK(lock_acquire(database, "run", &first, &err), err);
    CHECK_OK(lock_keep(first, &err), err);
    CHECK_HAS(lock_owner(arena, database), "run by process ");
    CHECK_INT(lock_acquire(database, "prepare", &second, &err), MEC_E_DB);
    CHECK_HAS(err.text, "the database is in use: run by process ");
    lock_release(first);
    CHECK_OK(lock_acquire(database, "prepare", &second, &err), err);
    lock_release(second);
    CHECK(lock_owner(arena, database) == NULL);
    lock_release(NULL);
}

/* The owner dies without a word: the next one takes over, and only one of several does. */
static void test_dead_owner(void)
{
    char *database = mec_path_join(arena, folder, "dead.sqlite");
    mec_err err = MEC_ERR_INIT;
    int n_owners = 0;
    pid_t child = fork();

    if (child == 0) {
        owner_lock *lock = NULL;

        _exit(lock_acquire(database, "run", &lock, &err) == MEC_OK ? 0 : 1);
    }
    CHECK(waitpid(child, NULL, 0) == child);
    CHECK(lock_owner(arena, database) == NULL);
    for (int i = 0; i < 8; i++) {
        if (fork() == 0) {
            owner_lock *lock = NULL;
            mec_status st = lock_acquire(database, "run", &lock, &err);

            usleep(st == MEC_OK ? 300000 : 0);
            _exit(st == MEC_OK && lock_keep(lock, &err) == MEC_OK ? 0 : 1);
        }
    }
    for (int i = 0; i < 8; i++) {
        int status = 0;

        wait(&status);
        n_owners += WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }
    CHECK_INT(n_owners, 1);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_fill), TAP_CASE(test_all_failed),
                                     TAP_CASE(test_install), TAP_CASE(test_lock),
                                     TAP_CASE(test_dead_owner)};

    mec_log_set_level(MEC_LOG_ERROR);
    return SCRATCH_RUN(&arena, folder, cases, argc, argv);
}
