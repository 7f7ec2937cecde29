/* YAML: what PyYAML's safe_load makes of the same text. */

#include <mecombo/json.h>

#include <stdlib.h>
#include <support/tap.h>

static mec_arena *arena;

static const mec_json *parse(const char *text)
{
    mec_err err = MEC_ERR_INIT;
    const mec_json *root;

    CHECK_OK(mec_yaml_parse(arena, "a.yaml", text, strlen(text), &root, &err), err);
    return root;
}

static void check_failure(const char *text, const char *message)
{
    mec_err err = MEC_ERR_INIT;
    const mec_json *root = (const mec_json *)"";

    CHECK_INT(mec_yaml_parse(arena, "a.yaml", text, strlen(text), &root, &err),
              MEC_E_INPUT);
    CHECK_STR(err.text, message);
    CHECK(root == NULL);
}

/* Expected: json.dumps(yaml.safe_load(text)) with PyYAML 6.0.3. */
static void check_json(const char *text, const char *json)
{
    const mec_json *root = parse(text);
    mec_text out = MEC_TEXT_INIT;

    if (root != NULL) {
        mec_json_print(root, &out);
        CHECK_STR(mec_text_string(&out), json);
    }
    mec_text_clear(&out);
}

static void test_scalars(void)
{
    check_json("[yes, No, TRUE, off, on, y, n, 'yes', True, tRUE]",
               "[true, false, true, false, true, \"y\", \"n\", \"yes\", true, "
               "\"tRUE\"]");
    check_json("[~, null, NULL, nUll, '', \"~\"]",
               "[null, null, null, \"nUll\", \"\", \"~\"]");
    check_json("[1, -2, +3, 010, 0x1F, 0b101, 1_000, 0, -0, 08, 0o17, 1:30, -1:30:00]",
               "[1, -2, 3, 8, 31, 5, 1000, 0, 0, \"08\", \"0o17\", 90, -5400]");
    check_json("[1.0, -2.5, 1., .5, -.5, 1e5, 1.0e5, 1.0e+5, 1.5E-3, 1_0.5, 1:30.5]",
               "[1.0, -2.5, 1.0, 0.5, \"-.5\", \"1e5\", \"1.0e5\", 100000.0, 0.0015, "
               "10.5, 90.5]");
    check_json("[.inf, -.INF, .nan, inf, nan]",
               "[Infinity, -Infinity, NaN, \"inf\", \"nan\"]");
    check_json("[123456789012345678901234567890, v2.0, 1.2.3, 2001-12-14, =]",
               "[123456789012345678901234567890, \"v2.0\", \"1.2.3\", \"2001-12-14\", "
               "\"=\"]");
    check_json("[!!str 12, !!int '12', !!float 3, !!bool 'no', !!null x, ! 7]",
               "[\"12\", 12, 3.0, false, null, 7]");
}

static void test_structures(void)
{
    check_json("", "null");
    check_json("# only a comment\n", "null");
    check_json("---\na: 1\nb:\n  - x\n  - {c: d}\nc: |\n  two\n  lines\nd: >\n  one\n  "
               "line\n...\n",
               "{\"a\": 1, \"b\": [\"x\", {\"c\": \"d\"}], \"c\": \"two\\nlines\\n\", "
               "\"d\": \"one line\\n\"}");
    check_json("1: a\nyes: b\n~: c\n2.50: d\n",
               "{\"1\": \"a\", \"True\": \"b\", \"None\": \"c\", \"2.5\": \"d\"}");
    check_json("a: 1\nb: 2\na: 3\n", "{\"a\": 3, \"b\": 2}");
    check_json("\"\\u00e9 \\x41\": \xC3\xA9\n", "{\"\\u00e9 A\": \"\\u00e9\"}");
}

static void test_anchors(void)
{
    check_json("a: &x [1, 2]\nb: *x\nc: &x 5\nd: *x\n",
               "{\"a\": [1, 2], \"b\": [1, 2], \"c\": 5, \"d\": 5}");
    check_json("base: &b {p: 1, q: 2}\nmine:\n  q: 3\n  <<: *b\n  r: 4\n",
               "{\"base\": {\"p\": 1, \"q\": 2}, \"mine\": {\"p\": 1, \"q\": 3, \"r\": "
               "4}}");
    check_json("- &a {p: 1}\n- &b {p: 2, q: 3}\n- {<<: [*a, *b], z: 0}\n",
               "[{\"p\": 1}, {\"p\": 2, \"q\": 3}, {\"p\": 1, \"q\": 3, \"z\": 0}]");
    check_json("{'<<': 1}", "{\"<<\": 1}");
    check_failure("a: *x\n", "a.yaml:1:4: alias without an anchor of that name");
    check_failure("a: &x [1, *x]\n",
                  "a.yaml:1:11: alias inside the node that it refers to");
    check_failure("a:\n  <<: 3\n",
                  "a.yaml:2:3: '<<' needs a mapping or a list of mappings");
}

static void test_bomb(void)
{
    mec_text text = MEC_TEXT_INIT;
    mec_err err = MEC_ERR_INIT;
    const mec_json *root;

    mec_text_add(&text, "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 10; i++) {
        mec_text_printf(&text, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++) {
            mec_text_printf(&text, "*a%d%s", i - 1, k < 9 ? ", " : "]\n");
        }
    }
    CHECK_INT(mec_yaml_parse(arena, "a.yaml", mec_text_string(&text), text.length,
                             &root, &err),
              MEC_E_INPUT);
    CHECK_HAS(err.text, "aliases expand to over a million values");
    mec_text_clear(&text);
}

static void test_places(void)
{
    const mec_json *root = parse("version: v2.0\nneurons:\n  - traits:\n"
                                 "      layer: 4\n      etype: {cADpyr: 0.5}\n");

    if (root == NULL) {
        return;
    }
    const mec_json *neurons = mec_json_get(root, "neurons");
    if (!CHECK(neurons != NULL && neurons->n == 1)) {
        return;
    }
    const mec_json *traits = mec_json_get(neurons->item[0], "traits");
    CHECK_STR(mec_json_get(root, "version")->string, "v2.0");
    CHECK_STR(mec_json_get(traits, "layer")->string, "4");
    CHECK_INT(mec_json_get(traits, "layer")->line, 4);
    CHECK_INT(mec_json_get(traits, "etype")->line, 5);
    CHECK_STR(mec_json_get(traits, "etype")->file, "a.yaml");
}

static void test_failures(void)
{
    check_failure("a: [1, 2\n", "a.yaml:2:1: did not find expected ',' or ']'");
    check_failure("a: 1\n b: 2\n", "a.yaml:2:3: mapping values are not allowed in this "
                                   "context");
    check_failure("a: 'x\n", "a.yaml:2:1: found unexpected end of stream");
    check_failure("\tb: 1\n",
                  "a.yaml:1:1: found character that cannot start any token");
    check_failure("[a]: 1\n", "a.yaml:1:1: key is not a scalar");
    check_failure("a: !!binary aGk=\n", "a.yaml:1:4: tag is not supported");
    check_failure("a: !!python/name:os.system ''\n",
                  "a.yaml:1:4: tag is not supported");
    check_failure("a: !mine [1]\n", "a.yaml:1:4: tag is not supported");
    check_failure("a: !!int twelve\n", "a.yaml:1:4: text does not fit the tag");
    check_failure("a: !!float twelve\n", "a.yaml:1:4: not a floating point number");
    check_failure("a: 0xFFFFFFFFFFFFFFFFF\n",
                  "a.yaml:1:4: integer without digits or too large");
    check_failure("a: 0b_\n", "a.yaml:1:4: integer without digits or too large");
    check_failure("a: \"x\\0y\"\n", "a.yaml:1:4: NUL character in a string");
    check_failure("a: \"\xff\"\n", "a.yaml: byte 4: invalid leading UTF-8 octet (save "
                                   "the file as UTF-8 text)");
}

static void test_nesting(void)
{
    enum { N = 5000 };
    char *text = malloc(N + 1);
    mec_err err = MEC_ERR_INIT;
    const mec_json *root;

    memset(text, '[', N);
    text[N] = '\0';
    CHECK_INT(mec_yaml_parse(arena, "a.yaml", text, N, &root, &err), MEC_E_INPUT);
    CHECK_STR(err.text, "a.yaml:1:513: nested too deeply");
    free(text);
}

static void test_files(void)
{
    mec_err err = MEC_ERR_INIT;
    const mec_json *root;

    CHECK_INT(mec_yaml_read(arena, "/nonexistent/a.yaml", &root, &err), MEC_E_IO);
    CHECK_HAS(err.text, "/nonexistent/a.yaml: cannot open: No such file");
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_scalars), TAP_CASE(test_structures), TAP_CASE(test_anchors),
        TAP_CASE(test_bomb),    TAP_CASE(test_places),     TAP_CASE(test_failures),
        TAP_CASE(test_nesting), TAP_CASE(test_files),
    };
    arena = mec_arena_new();
    int failed = TAP_RUN(cases, argc, argv);

    mec_arena_free(arena);
    return failed;
}
