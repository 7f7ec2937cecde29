/* Merging databases: where uids of one become uids of another. */

#include "../../../src/campaign/store_priv.h"

#include <mecombo/campaign.h>
#include <mecombo/log.h>
#include <mecombo/path.h>
#include <support/ask.h>
#include <support/scratch.h>

#include <stdlib.h>

static char folder[] = "/tmp/test_merge_XXXXXX";
static mec_arena *arena;

/* A row: its morphology, and the uid of the row it was computed for; -1: not yet run. */
typedef struct some_row {
    const char *morphology;
    int64_t computed_for;
} some_row;

static const char *new_database(const char *name, size_t n, const some_row rows[])
{
    char *path = mec_path_join(arena, folder, name);
    combo *list = calloc(n, sizeof *list);
    const combo_table table = {.n = n, .row = list};
    store *s = NULL;
    mec_err err = MEC_ERR_INIT;

    for (size_t i = 0; i < n; i++) {
        list[i] = (combo){.etype = "e",
                          .morph_name = rows[i].morphology,
                          .morph_dir = "d",
                          .emodel = "a",
                          .original_emodel = "a"};
    }
    CHECK_OK(store_create(path, &table, "hash", &err), err);
    CHECK_OK(store_open(path, &s, &err), err);
    for (size_t i = 0; i < n; i++) {
        const store_result result = {.uid = (int64_t)i,
                                     .rowid = (int64_t)i + 1,
                                     .computed_for = rows[i].computed_for,
                                     .scores = "{\"f\": 1.0}",
                                     .extra_values = "{}",
                                     .host = name};

        if (rows[i].computed_for >= 0) {
            CHECK_OK(store_save(s, &result, &err), err);
        }
    }
    CHECK_OK(store_commit(s, &err), err);
    store_close(s);
    free(list);
    return path;
}

/* Every row names the row of the output whose evaluation it was. */
static void test_computed_for(void)
{
    static const some_row rows1[] = {{"a", 0}, {"b", 0}, {"c", -1}};
    static const some_row rows2[] = {{"d", 2}, {"c", 2}, {"e", 2},
                                     {"b", 3}, {"f", 3}, {"g", -1}};
    const char *in[] = {new_database("one", 3, rows1), new_database("two", 6, rows2)};
    const char *out = mec_path_join(arena, folder, "out");
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(mec_campaign_merge(out, 2, in, &err), err);
    CHECK_STR(ask(out, "select group_concat(\"index\" || morph_name, ' ') from scores"),
              "0a 1b 2c 3d 4e 5f 6g");
    CHECK_STR(ask(out, "select group_concat(\"index\" || '>' || computed_for || host, "
                       "' ') from mecombo_provenance"),
              "0>0one 1>0one 2>4two 3>4two 4>4two 5>0two");
}

/* Databases of mecombo without a result cache lack a column; others lack the table. */
static void test_old_notes(void)
{
    static const some_row rows[][1] = {{{"a", 0}}, {{"b", 0}}, {{"c", 0}}};
    const char *in[] = {new_database("new", 1, rows[0]),
                        new_database("old", 1, rows[1]),
                        new_database("none", 1, rows[2])};
    const char *out = mec_path_join(arena, folder, "out_old");
    static const char *const sql[] = {"select 1",
                                      "alter table mecombo_provenance drop cached",
                                      "drop table mecombo_provenance"};
    mec_err err = MEC_ERR_INIT;

    for (int i = 0; i < 3; i++) {
        mec_db *db = NULL;

        CHECK_OK(mec_db_open(in[i], MEC_DB_WRITE, MEC_DB_AUTO, &db, &err), err);
        CHECK_OK(mec_db_exec(db, sql[i], &err), err);
        mec_db_close(db);
    }
    CHECK_OK(mec_campaign_merge(out, 3, in, &err), err);
    CHECK_STR(ask(out, "select count(*) from scores where to_run = 0"), "3");
    CHECK_STR(ask(out, "select group_concat(\"index\" || '>' || computed_for || host, "
                       "' ') from mecombo_provenance"),
              "0>0new 1>1old");
}

/* A value that is no number is found although objectives are collected without them. */
static void test_bad_scores(void)
{
    static const some_row rows[] = {{"a", 0}};
    const char *in = new_database("bad", 1, rows);
    const char *out = mec_path_join(arena, folder, "out_bad");
    mec_db *db = NULL;
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(mec_db_open(in, MEC_DB_WRITE, MEC_DB_AUTO, &db, &err), err);
    CHECK_OK(
        mec_db_exec(db, "update scores set scores = '{\"f\": 1.0, \"g\": one}'", &err),
        err);
    mec_db_close(db);
    CHECK_INT(mec_campaign_merge(out, 1, &in, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "row 0 is no JSON object of numbers");
    CHECK(!mec_path_exists(out));
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {TAP_CASE(test_computed_for),
                                     TAP_CASE(test_old_notes),
                                     TAP_CASE(test_bad_scores)};

    mec_log_set_level(MEC_LOG_ERROR);
    return SCRATCH_RUN(&arena, folder, cases, argc, argv);
}
