/* examples/simple1 by mec_evaluate(): the scores of the reference database, the samples of
 * reference/simple1/traces.json, and the classes of failure.
 */

#include "support/tap.h"

#include <mecombo/evaluate.h>
#include <mecombo/h5.h>
#include <mecombo/mechanism.h>
#include <mecombo/path.h>
#include <mecombo/text.h>

#include <stdlib.h>

#define PACKAGE "examples/simple1/data/emodels"
#define MORPH1 "examples/simple1/data/morphs/morph1.asc"

static char built[64]; /* mechanisms of the package */
static mec_arena *arena;
static mec_err err;

static void setup(void)
{
    snprintf(built, sizeof built, "/tmp/mecombo-simple1-XXXXXX");
    arena = mec_arena_new();
    CHECK(mkdtemp(built) != NULL);
    CHECK_OK(mec_mechanisms_build(PACKAGE "/mechanisms", built, &err), err);
}

static mec_job simple1(const char *emodel)
{
    return (mec_job){.emodel_dir = PACKAGE,
                     .emodel = emodel,
                     .morphology = MORPH1,
                     .apical_section = -1,
                     .mechanisms_dir = built};
}

static void test_scores(void)
{
    static const char *const names[] = {"emodel1", "emodel2"};

    for (int i = 0; i < 2; i++) {
        mec_job job = simple1(names[i]);
        mec_outcome out;

        CHECK_OK(mec_evaluate(&job, arena, &out, &err), err);
        CHECK_STR(out.scores, "{\"Step1.SpikeCount\": 20.0}");
        CHECK_STR(out.features, "{\"Step1.SpikeCount\": [0.0]}");
        CHECK_STR(out.extra_values,
                  "{\"holding_current\": null, \"threshold_current\": null}");
        CHECK(out.exception_class == NULL);
        CHECK_HAS(out.provenance, "\"sweeps\": 1");
        CHECK_HAS(out.provenance, "\"package_sha256\": \"");
        if (out.exception_text != NULL) {
            printf("# %s\n", out.exception_text);
        }
    }
}

static void check_trace(const char *emodel, const mec_json *wanted)
{
    const mec_json *t = mec_json_get(wanted, "t"), *v = mec_json_get(wanted, "v");
    mec_job job = simple1(emodel);
    mec_outcome out;
    mec_h5 *file;
    double *data;
    const char *text;
    size_t n, n_columns;

    job.traces_path = mec_path_join(arena, built, "traces.h5");
    CHECK_OK(mec_evaluate(&job, arena, &out, &err), err);
    CHECK(out.traces_error == NULL);
    if (!CHECK_OK(mec_h5_open(job.traces_path, MEC_H5_READ, &file, &err), err)) {
        return;
    }
    CHECK_OK(mec_h5_read_doubles(file, arena, "/Step1/Step1.soma.v", &n, &n_columns,
                                 &data, &err),
             err);
    CHECK_INT(n_columns, 2);
    CHECK_INT(n, t->n);
    for (size_t i = 0; i < n && i < t->n; i++) {
        if (!CHECK_EQ(data[2 * i], t->item[i]->number) ||
            !CHECK_EQ(data[2 * i + 1], v->item[i]->number)) {
            break;
        }
    }
    CHECK_OK(mec_h5_read_string_attribute(file, arena, "/Step1/Step1.soma.v",
                                          "location", &text, &err),
             err);
    CHECK_STR(text, "soma[0](0.5)");
    CHECK_OK(mec_h5_read_string_attribute(file, arena, "/Step1/Step1.soma.v", "unit",
                                          &text, &err),
             err);
    CHECK_STR(text, "mV");
    CHECK_OK(mec_h5_close(file, &err), err);
}

static void test_traces(void)
{
    const mec_json *root;

    if (CHECK_OK(mec_json_read(arena, "../shared/reference/simple1/traces.json", &root,
                               &err),
                 err)) {
        check_trace("emodel1", mec_json_get(root, "emodel1"));
        check_trace("emodel2", mec_json_get(root, "emodel2"));
    }
}

static void check_class(mec_job job, const char *class_, const char *text)
{
    mec_outcome out;

    CHECK_OK(mec_evaluate(&job, arena, &out, &err), err);
    CHECK_STR(out.scores, "null");
    CHECK_STR(out.extra_values, "null");
    CHECK_STR(out.exception_class, class_);
    CHECK_HAS(out.exception_text, text);
}

static const mec_json *params(const char *text)
{
    const mec_json *root = NULL;

    CHECK_OK(mec_json_parse(arena, "params", text, &root, &err), err);
    return root;
}

static void test_failures(void)
{
    static const char *const wrong[] = {"Step2"};
    mec_job job = simple1("emodel1");

    job.morphology = "examples/simple1/data/morphs/nothing.asc";
    check_class(job, "bad-morphology", "nothing.asc");
    job = simple1("emodel1");
    job.params = params("{\"cn\": 1.0}");
    check_class(job, "bad-params", "did you mean \"cm\"");
    job.params = params("{\"cm\": 11}");
    check_class(job, "bad-params", "bounds");
    job.params = params("{}");
    check_class(job, "bad-params", "has no value");
    job = simple1("emodel1");
    job.emodel_dir = "examples/simple1/data";
    check_class(job, "bad-package", "not an e-model package");
    job = simple1("emodel1");
    job.mechanisms_dir = "/nonexistent";
    check_class(job, "bad-package", "not built");
    job = simple1("emodel1");
    job.protocol = wrong;
    job.n_protocol = 1;
    check_class(job, "bad-package", "did you mean \"Step1\"");
}

static void test_job(void)
{
    static const char *const names[] = {"Step1", "with \"quotes\""};
    mec_job job = simple1("emodel1"), back;
    mec_text text = MEC_TEXT_INIT, again = MEC_TEXT_INIT;

    job.params = params("{\"cm\": 0.1234567890123456789, \"n\": 3}");
    job.atol = 1e-6;
    job.seed = 4294967295u;
    job.apical_section = 14;
    job.without = MEC_SHORTCUT_ALL;
    job.protocol = names;
    job.n_protocol = 2;
    job.max_seconds = 2.5;
    mec_job_print(&job, &text);
    if (!CHECK_OK(mec_job_parse(arena, mec_text_string(&text), &back, &err), err)) {
        return;
    }
    mec_job_print(&back, &again);
    CHECK_STR(mec_text_string(&again), mec_text_string(&text));
    CHECK_INT(back.apical_section, 14);
    CHECK_INT(back.seed, 4294967295u);
    CHECK_EQ(back.atol, 1e-6);
    CHECK_STR(back.protocol[1], "with \"quotes\"");
    CHECK(mec_json_get(back.params, "cm")->number == 0.1234567890123456789);
    CHECK(strchr(mec_text_string(&text), '\n') == NULL);
    mec_text_clear(&text);
    mec_text_clear(&again);
}

static void test_key(void)
{
    mec_job job = simple1("emodel1"), other = job;
    char a[65], b[65];

    CHECK_OK(mec_job_key(&job, a, &err), err);
    other.morphology = "examples/simple1/data/morphs/../morphs/morph1.asc";
    other.without = MEC_SHORTCUT_ALL;
    CHECK_OK(mec_job_key(&other, b, &err), err);
    CHECK_STR(b, a); /* another name for the same bytes */
    other.params = params("{\"cm\": 1.0}");
    CHECK_OK(mec_job_key(&other, b, &err), err);
    CHECK_STR(b, a); /* what final.json says */
    other.params = params("{\"cm\": 1.0000000000000002}");
    CHECK_OK(mec_job_key(&other, b, &err), err);
    CHECK(strcmp(a, b) != 0);
    other = job;
    other.apical_section = 0;
    CHECK_OK(mec_job_key(&other, b, &err), err);
    CHECK(strcmp(a, b) != 0);
    other = job;
    other.morphology = "/nonexistent.asc";
    CHECK_INT(mec_job_key(&other, b, &err), MEC_E_IO);
}

static void test_outcome(void)
{
    mec_job job = simple1("emodel1");
    mec_text text = MEC_TEXT_INIT;
    mec_outcome out;
    const mec_json *root;

    CHECK_OK(mec_evaluate(&job, arena, &out, &err), err);
    mec_outcome_print(&out, &text);
    CHECK_OK(mec_json_parse(arena, "outcome", mec_text_string(&text), &root, &err),
             err);
    CHECK_INT(mec_json_get(root, "exception")->type, MEC_JSON_NULL);
    mec_text_reset(&text);
    job.morphology = "/nonexistent.asc";
    CHECK_OK(mec_evaluate(&job, arena, &out, &err), err);
    mec_outcome_print(&out, &text);
    CHECK_OK(mec_json_parse(arena, "outcome", mec_text_string(&text), &root, &err),
             err);
    CHECK_STR(mec_json_get(mec_json_get(root, "exception"), "class")->string,
              "bad-morphology");
    mec_text_clear(&text);
}

/* Last: removes what setup() made. */
static void teardown(void)
{
    CHECK_OK(mec_remove_tree(built, &err), err);
    mec_arena_free(arena);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_scores), TAP_CASE(test_traces), TAP_CASE(test_failures),
        TAP_CASE(test_job),    TAP_CASE(test_key),    TAP_CASE(test_outcome),
    };
    int code;

    setup();
    code = TAP_RUN(cases, argc, argv);
    teardown();
    return code;
}
