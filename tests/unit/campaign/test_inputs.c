/* Configurations, recipes, morphology lists, and the table made of them. */

#include "../../../src/campaign/combos_priv.h"
#include "../../../src/campaign/config_priv.h"
#include "../../../src/campaign/jobs_priv.h"

#include <mecombo/log.h>
#include <mecombo/path.h>
#include <support/scratch.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/test_inputs_XXXXXX";
static mec_arena *arena;

/* Write a file into the test's folder and give its path. */
static const char *put(const char *name, const char *text)
{
    char *path = mec_path_join(arena, folder, name);
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(mec_make_directories(mec_path_dirname(arena, path), &err), err);
    CHECK_OK(mec_write_file(path, text, strlen(text), &err), err);
    return path;
}

static const char good[] =
    "{\"tmp_dir\": \"t\", \"emodels_dir\": \"e\", \"final_json_path\": \"f\",\n"
    "\"emodel_etype_map_path\": \"m\", \"emodels_hoc_dir\": \"h\", \"output_dir\": "
    "\"o\",\n\"scores_db\": \"s\", \"recipe_path\": \"r.xml\", \"morph_path\": "
    "\"p\"%s}";

static mec_status read_prepare(const char *more, prepare_config *out, mec_err *err)
{
    char *text = mec_arena_printf(arena, good, more);

    return config_read_prepare(arena, put("c.json", text), false, out, err);
}

static void test_prepare_config(void)
{
    prepare_config c;
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(read_prepare("", &c, &err), err);
    CHECK_STR(c.scores_db, "s");
    CHECK_STR(c.rep_morph_path, "p"); /* the form of 2017 */
    CHECK(c.unrep_morph_path == NULL && !c.skip_repaired_exemplar);
    CHECK_OK(read_prepare(",\"unrep_morph_path\": null, \"rep_morph_path\": \"q\"", &c,
                          &err),
             err);
    CHECK_STR(c.rep_morph_path, "q");
    CHECK_INT(read_prepare(",\n\"rep_morf_path\": \"q\"", &c, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "c.json:4: unknown key \"rep_morf_path\" (did you mean "
                        "\"rep_morph_path\"?)");
    CHECK_INT(read_prepare(",\"skip_repaired_exemplar\": 1", &c, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "holds a number (expected true or false)");
    CHECK_INT(read_prepare(",\"circuitmvd3_path\": \"x\"", &c, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "exclude each other");
    mec_log_set_level(MEC_LOG_ERROR);
    CHECK_OK(read_prepare(",\"version\": \"1.0\", \"pdf_filename\": \"x\"", &c, &err),
             err);
}

static void test_select_config(void)
{
    select_config c;
    mec_err err = MEC_ERR_INIT;
    const char *path = put(
        "s.json", "{\"mm_run_path\": \"run\", \"pdf_filename\": \"p\", "
                  "\"extneurondb_filename\": \"e\", \"combo_emodel_filename\": \"c\","
                  "\"megate_thresholds\": []}");

    CHECK_OK(config_read_select(arena, path, &c, &err), err);
    CHECK(c.form_2017 && c.check_opt_scores && isnan(c.select_perc_best));
    CHECK_STR(c.scores_db, "run/output/scores.sqlite");
    path = put("s.json", "{\"scores_db\": \"d\", \"pdf_filename\": \"p\", "
                         "\"output_dir\": \"o\", \"megate_thresholds\": []}");
    CHECK_INT(config_read_select(arena, path, &c, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "key \"emodels_hoc_dir\" is missing");
    path = put("s.json", "{\"scores_db\": \"d\", \"pdf_filename\": \"p\", "
                         "\"output_dir\": \"o\", \"emodels_hoc_dir\": \"h\", "
                         "\"megate_thresholds\": [], \"select_perc_best\": 1.5}");
    CHECK_INT(config_read_select(arena, path, &c, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "select_perc_best is 1.5");
}

static void test_recipes(void)
{
    recipe r;
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(recipe_read(arena,
                         put("r.yaml", "version: v2.0\nneurons:\n"
                                       "- density: 1\n  traits:\n    layer: 5\n"
                                       "    mtype: L5\n    etype: {b: 0.5, a: 0.5}\n"),
                         &r, &err),
             err);
    CHECK_INT(r.n, 2);
    CHECK_STR(r.record[0].etype, "b");
    CHECK_STR(r.record[1].layer, "5");
    CHECK_INT(
        recipe_read(arena, put("r.yaml", "version: v1.0\nneurons: []\n"), &r, &err),
        MEC_E_INPUT);
    CHECK_HAS(err.text, "r.yaml:1: recipe version \"v1.0\"");
    CHECK_INT(recipe_read(arena, put("r.txt", ""), &r, &err), MEC_E_INPUT);
    CHECK_INT(recipe_read(arena,
                          put("r.xml", "<a><NeuronTypes>\n<L id='1' percentage='0.0'>"
                                       "<StructuralType id='m' percentage='1'>"
                                       "<ElectroType id='e' percentage='1'/>"
                                       "</StructuralType></L></NeuronTypes></a>"),
                          &r, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "r.xml:2: percentage of L \"1\" is 0");
}

static void test_neurondb(void)
{
    neurondb db;
    mec_err err = MEC_ERR_INIT;

    put("neuronDB.xml", "<x><listing><morphology><name>a</name><mtype>M</mtype>"
                        "<msubtype>S</msubtype><layer>1</layer></morphology></listing>"
                        "<morphology><name> b</name><mtype>M</mtype><msubtype/>"
                        "<layer>2</layer></morphology></x>");
    CHECK_OK(neurondb_read(arena, folder, &db, &err), err);
    CHECK_INT(db.n, 2);
    CHECK_STR(db.record[0].fullmtype, "M:S");
    CHECK_STR(db.record[1].fullmtype, "M");
    CHECK_STR(db.record[1].name, " b"); /* not stripped */
    put("neuronDB.xml", "<x>\n<morphology><name>a</name><mtype>M</mtype>"
                        "<layer>1</layer></morphology></x>");
    CHECK_INT(neurondb_read(arena, folder, &db, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "neuronDB.xml:2: morphology a has no element <msubtype>");
}

/* Prefix match for morphology names, a match that happens to be whole for types. */
static void test_combos(void)
{
    recipe_record record[] = {{"1", "M", "etAB", 1}, {"1", "M", "etA", 1}};
    morph_record morph[] = {{"m10", "M", "M", "", "1", 1},
                            {"m2", "M", "M", "", "1", 2}};
    recipe r = {"r", 2, record};
    neurondb db = {"n", 2, morph};
    emodel_map map;
    combo_table table;
    mec_err err = MEC_ERR_INIT;
    const combo_inputs in = {.recipe = &r,
                             .neurondb = &db,
                             .map = &map,
                             .morph_dir = "d",
                             .unrep_morph_dir = folder,
                             .skip_repaired_exemplar = true};

    put("x.asc", "");
    put("final.json", "{\"o\": {\"params\": {}, \"fitness\": {\"f\": 1.0}, "
                      "\"morph_path\": \"a/x.asc\"}}");
    put("map.json", "{\"o\": {\"mm_recipe\": \"e\", \"layer\": [1], \"etype\": "
                    "\"etAB|etA\", \"morph_name\": \"m1\"}}");
    CHECK_OK(emodel_map_read(arena, folder, "final.json", "map.json", &map, &err), err);
    map.entry[0].target = "t";
    CHECK_OK(combos_build(arena, &in, &table, &err), err);
    CHECK_INT(table.n_exemplars, 2);
    CHECK_INT(table.n, 4);
    CHECK_STR(table.row[0].opt_scores, "{\"f\": 1.0}");
    CHECK_STR(table.row[1].emodel, "o");
    CHECK_STR(table.row[2].morph_name, "m10");
    CHECK_STR(table.row[2].etype, "etAB");
    emodel_map_clear(&map);
    /* the first alternative matches a part of etAB, and that is all that is tried */
    put("map.json", "{\"o\": {\"mm_recipe\": \"e\", \"layer\": [1], \"etype\": "
                    "\"etA|etAB\"}}");
    CHECK_OK(emodel_map_read(arena, folder, "final.json", "map.json", &map, &err), err);
    map.entry[0].target = "t";
    CHECK_INT(combos_build(arena, &in, &table, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "layer \"1\", e-type \"etAB\", m-type \"M\"");
    emodel_map_clear(&map);
}

static void test_uid_sets(void)
{
    const uid_set *set = NULL;
    mec_err err = MEC_ERR_INIT;

    CHECK_OK(uid_set_parse(arena, "3-7,12", &set, &err), err);
    CHECK(uid_set_holds(3, set) && uid_set_holds(7, set) && uid_set_holds(12, set));
    CHECK(!uid_set_holds(2, set) && !uid_set_holds(8, set));
    CHECK_OK(uid_set_parse(arena, NULL, &set, &err), err);
    CHECK(uid_set_holds(99, set));
    CHECK_INT(uid_set_parse(arena, "3-", &set, &err), MEC_E_USAGE);
    CHECK_INT(uid_set_parse(arena, "7-3", &set, &err), MEC_E_USAGE);
    CHECK_INT(uid_set_parse(arena, "1,,2", &set, &err), MEC_E_USAGE);
}

static void test_task_results(void)
{
    const task_result in = {.scores = "{}", .provenance = "{\"a\": 1}", .cached = ""};
    mec_text text = MEC_TEXT_INIT;
    task_result r;

    task_result_pack(&in, &text);
    CHECK(task_result_unpack(text.data, text.length, &r));
    CHECK_STR(r.scores, "{}");
    CHECK(r.extra_values == NULL && r.exception == NULL && r.key == NULL);
    CHECK_STR(r.provenance, "{\"a\": 1}");
    CHECK_STR(r.cached, "");
    for (size_t n = 0; n < text.length; n++) {
        CHECK(!task_result_unpack(text.data, n, &r));
    }
    mec_text_clear(&text);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_prepare_config), TAP_CASE(test_select_config),
        TAP_CASE(test_recipes),        TAP_CASE(test_neurondb),
        TAP_CASE(test_combos),         TAP_CASE(test_uid_sets),
        TAP_CASE(test_task_results)};

    return SCRATCH_RUN(&arena, folder, cases, argc, argv);
}
