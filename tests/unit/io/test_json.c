/* JSON: reading, places, complaints, and Python's bytes when printing. */

#include <mecombo/json.h>

#include <mecombo/path.h>
#include <stdlib.h>
#include <support/tap.h>
#include <unistd.h>

static mec_arena *arena;

static const mec_json *parse(const char *text)
{
    mec_err err = MEC_ERR_INIT;
    const mec_json *root;

    CHECK_OK(mec_json_parse(arena, "a.json", text, &root, &err), err);
    return root;
}

static void check_failure(const char *text, const char *message)
{
    mec_err err = MEC_ERR_INIT;
    const mec_json *root = (const mec_json *)"";

    CHECK_INT(mec_json_parse(arena, "a.json", text, &root, &err), MEC_E_INPUT);
    CHECK_STR(err.text, message);
    CHECK(root == NULL);
}

/* Expected: json.dumps(json.loads(text)), the same with indent=2, sort_keys=True; made
   by Python 3.11. */
static void test_print_as_python(void)
{
    static const struct {
        const char *text;
        const char *compact;
        const char *pretty;
    } cases[] = {
        {"{}", "{}", "{}"},
        {"[]", "[]", "[]"},
        {" [ 1 , 2.0,-0, -0.0 , 1e5,1E+2, 1.5e-7, 0.1, 123456789012345678901234567890, "
         "1e16, 1e400, 5e-324]",
         "[1, 2.0, 0, -0.0, 100000.0, 100.0, 1.5e-07, 0.1, "
         "123456789012345678901234567890, 1e+16, Infinity, 5e-324]",
         "[\n  1,\n  2.0,\n  0,\n  -0.0,\n  100000.0,\n  100.0,\n  1.5e-07,\n  0.1,\n  "
         "123456789012345678901234567890,\n  1e+16,\n  Infinity,\n  5e-324\n]"},
        {"{\"b\": [], \"a\": {}, \"c\": null, \"d\": true, \"e\": false, \"nan\": NaN, "
         "\"i\": Infinity, \"j\": -Infinity}",
         "{\"b\": [], \"a\": {}, \"c\": null, \"d\": true, \"e\": false, \"nan\": NaN, "
         "\"i\": Infinity, \"j\": -Infinity}",
         "{\n  \"a\": {},\n  \"b\": [],\n  \"c\": null,\n  \"d\": true,\n  \"e\": "
         "false,\n  \"i\": Infinity,\n  \"j\": -Infinity,\n  \"nan\": NaN\n}"},
        {"{\"k\": 1, \"l\": 2, \"k\": {\"x\": [3, {\"y\": \"z\"}]}}",
         "{\"k\": {\"x\": [3, {\"y\": \"z\"}]}, \"l\": 2}",
         "{\n  \"k\": {\n    \"x\": [\n      3,\n      {\n        \"y\": \"z\"\n      "
         "}\n    ]\n  },\n  \"l\": 2\n}"},
        {"\"\\u00e9\\ud83d\\ude00 \\\"\\\\\\/\\b\\f\\n\\r\\t\\u001f\\u007f \303\251 "
         "\360\237\230\200\"",
         "\"\\u00e9\\ud83d\\ude00 \\\"\\\\/\\b\\f\\n\\r\\t\\u001f\\u007f \\u00e9 "
         "\\ud83d\\ude00\"",
         "\"\\u00e9\\ud83d\\ude00 \\\"\\\\/\\b\\f\\n\\r\\t\\u001f\\u007f \\u00e9 "
         "\\ud83d\\ude00\""},
        {"{\"Step1.soma.v.ISI_CV\": 0.6913475, \"\303\251\": 1, \"z\": 2, \"Z\": 3, "
         "\"\360\237\230\200\": 4, \"\357\277\277\": 5}",
         "{\"Step1.soma.v.ISI_CV\": 0.6913475, \"\\u00e9\": 1, \"z\": 2, \"Z\": 3, "
         "\"\\ud83d\\ude00\": 4, \"\\uffff\": 5}",
         "{\n  \"Step1.soma.v.ISI_CV\": 0.6913475,\n  \"Z\": 3,\n  \"z\": 2,\n  "
         "\"\\u00e9\": 1,\n  \"\\uffff\": 5,\n  \"\\ud83d\\ude00\": 4\n}"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const mec_json *root = parse(cases[i].text);
        mec_text out = MEC_TEXT_INIT;

        if (root == NULL) {
            continue;
        }
        mec_json_print(root, &out);
        CHECK_STR(mec_text_string(&out), cases[i].compact);
        mec_text_reset(&out);
        mec_json_print_pretty(root, &out);
        CHECK_STR(mec_text_string(&out), cases[i].pretty);
        mec_text_clear(&out);
    }
}

static void test_print_string_repairs_utf8(void)
{
    mec_text out = MEC_TEXT_INIT;

    mec_json_print_string("a\xff"
                          "b\xc3",
                          &out);
    CHECK_STR(mec_text_string(&out), "\"a\\ufffdb\\ufffd\"");
    mec_text_clear(&out);
}

/* This file was written by Python's json.dump: printing must give it back. */
static void test_round_trip_of_a_real_file(void)
{
    const char *path = "../shared/reference/simple1/traces.json";
    mec_err err = MEC_ERR_INIT;
    const mec_json *root;
    mec_text out = MEC_TEXT_INIT;
    char *text;

    if (!CHECK_OK(mec_json_read(arena, path, &root, &err), err) ||
        !CHECK_OK(mec_read_file(arena, path, &text, NULL, &err), err)) {
        return;
    }
    mec_json_print(root, &out);
    CHECK(strncmp(mec_text_string(&out), text, out.length) == 0);
    CHECK(out.length > 10000 &&
          text[out.length + strspn(text + out.length, "\n")] == 0);
    mec_text_clear(&out);
}

static void test_values(void)
{
    const mec_json *root =
        parse("\xEF\xBB\xBF{\"s\": \"a\\nb\", \"n\": 1.0,\n"
              " \"t\": true, \"z\": null,\r\n\t\"l\": [1,\n\n 2]}\n");

    if (root == NULL) {
        return;
    }
    CHECK_INT(root->type, MEC_JSON_OBJECT);
    CHECK_INT(root->n, 5);
    CHECK(root->key == NULL);
    CHECK_STR(root->file, "a.json");
    CHECK_STR(mec_json_get(root, "s")->string, "a\nb");
    CHECK_STR(mec_json_get(root, "s")->key, "s");
    CHECK_STR(mec_json_get(root, "n")->string, "1.0");
    CHECK_EQ(mec_json_get(root, "n")->number, 1.0);
    CHECK_EQ(mec_json_get(root, "t")->number, 1.0);
    CHECK_INT(mec_json_get(root, "z")->type, MEC_JSON_NULL);
    CHECK_INT(mec_json_get(root, "t")->line, 2);
    CHECK_INT(mec_json_get(root, "l")->line, 3);
    CHECK_INT(mec_json_get(root, "l")->item[0]->line, 3);
    CHECK_INT(mec_json_get(root, "l")->item[1]->line, 5);
    CHECK(mec_json_get(root, "x") == NULL);
    CHECK(mec_json_get(mec_json_get(root, "l"), "x") == NULL);
    CHECK(mec_json_get(NULL, "x") == NULL);
}

static void test_special_numbers(void)
{
    const mec_json *root = parse("[NaN, Infinity, -Infinity, \"NaN\", -0.0, 1e400]");

    if (root == NULL) {
        return;
    }
    CHECK(isnan(root->item[0]->number));
    CHECK_EQ(root->item[1]->number, (double)INFINITY);
    CHECK_EQ(root->item[2]->number, -(double)INFINITY);
    CHECK_INT(root->item[3]->type, MEC_JSON_STRING);
    CHECK(signbit(root->item[4]->number));
    CHECK_EQ(root->item[5]->number, (double)INFINITY);
}

/* Numbers are read to the nearest double, however long. */
static void test_long_numbers(void)
{
    const mec_json *root = parse(
        "[0.1000000000000000055511151231257827021181583404541015625000000000000000001,"
        " 9007199254740993, 2.2250738585072011e-308]");

    if (root == NULL) {
        return;
    }
    CHECK_EQ(root->item[0]->number, 0x1.999999999999ap-4);
    CHECK_EQ(root->item[1]->number, 9007199254740992.0);
    CHECK_STR(root->item[1]->string, "9007199254740993");
    CHECK_EQ(root->item[2]->number, 0x0.fffffffffffffp-1022);
}

/* As a Python dict: the last value at the first place; with and without hash index. */
static void test_duplicate_keys(void)
{
    const mec_json *root = parse("{\"a\": 1, \"b\": 2,\n\"a\": 3}");
    mec_text text = MEC_TEXT_INIT;

    if (root == NULL) {
        return;
    }
    CHECK_INT(root->n, 2);
    CHECK_STR(root->item[0]->key, "a");
    CHECK_EQ(root->item[0]->number, 3.0);
    CHECK_INT(root->item[0]->line, 2);

    mec_text_add_char(&text, '{');
    for (int i = 0; i < 2000; i++) {
        mec_text_printf(&text, "\"key%d\": %d, ", i % 1000, i);
    }
    mec_text_add(&text, "\"last\": 0}");
    root = parse(mec_text_string(&text));
    mec_text_clear(&text);
    if (root == NULL) {
        return;
    }
    CHECK_INT(root->n, 1001);
    CHECK_STR(root->item[7]->key, "key7");
    CHECK_EQ(root->item[7]->number, 1007.0);
    CHECK_EQ(mec_json_get(root, "key999")->number, 1999.0);
    CHECK_STR(root->item[1000]->key, "last");
    CHECK(mec_json_get(root, "key1000") == NULL);
}

static void test_syntax_errors(void)
{
    check_failure("", "a.json:1:1: expected a value, found the end of the file");
    check_failure("{\n  \"a\": 1,\n  \"b\" 2\n}",
                  "a.json:3:7: expected ':' after the key, found '2'");
    check_failure("[1, 2",
                  "a.json:1:6: expected ',' or ']', found the end of the file");
    check_failure("{\"a\": 1 \"b\": 2}", "a.json:1:9: expected ',' or '}', found '\"'");
    check_failure("[1, 2,\n]", "a.json:1:6: comma after the last element (remove it)");
    check_failure("{\"a\": 1,}",
                  "a.json:1:8: comma after the last element (remove it)");
    check_failure("{'a': 1}", "a.json:1:2: expected a key in double quotes, found '''");
    check_failure("['a']", "a.json:1:2: expected a value, found ' (use double quotes)");
    check_failure("{\"\xC3\xA9\": None}",
                  "a.json:1:7: expected a value, found \"None\"");
    check_failure("{} {}",
                  "a.json:1:4: expected nothing more after the value, found '{'");
    check_failure("[nan]", "a.json:1:2: expected a value, found \"nan\"");
    check_failure("[tru]", "a.json:1:2: expected a value, found \"tru\"");
    check_failure("[truex]", "a.json:1:6: expected ',' or ']', found 'x'");
    check_failure("[\x01]", "a.json:1:2: expected a value, found byte 0x01");
    check_failure("[\xC3\xA9]", "a.json:1:2: expected a value, found '\xC3\xA9'");
    check_failure("// x\n{}", "a.json:1:1: expected a value, found '/'");
}

static void test_bad_numbers(void)
{
    check_failure("[01]", "a.json:1:2: number with a leading zero (remove the zero)");
    check_failure("[-]", "a.json:1:3: expected a digit, found ']'");
    check_failure("[1.]",
                  "a.json:1:4: expected a digit after the decimal point, found ']'");
    check_failure("[.5]", "a.json:1:2: expected a value, found \".5\"");
    check_failure("[+5]", "a.json:1:2: expected a value, found \"+5\"");
    check_failure("[1e]", "a.json:1:4: expected a digit in the exponent, found ']'");
    check_failure("[0x10]", "a.json:1:3: expected ',' or ']', found \"x10\"");
    check_failure("[-NaN]", "a.json:1:3: expected a digit, found \"NaN\"");
}

static void test_bad_strings(void)
{
    check_failure("[\"abc", "a.json:1:2: string without closing quote");
    check_failure("[\"abc\n\"]",
                  "a.json:1:2: string without closing quote on its line");
    check_failure("[\"\t\"]", "a.json:1:3: control character in a string (escape it)");
    check_failure("[\"a\\x\"]",
                  "a.json:1:4: unknown escape in a string (write \\\\ for a "
                  "backslash)");
    check_failure("[\"\\", "a.json:1:3: unknown escape in a string (write \\\\ for a "
                           "backslash)");
    check_failure("[\"\\u12\"]", "a.json:1:3: \\u needs four hexadecimal digits");
    check_failure("[\"\\u0000\"]",
                  "a.json:1:3: \\u0000 is not supported in a string (remove it)");
    check_failure("[\"\\ud800x\"]", "a.json:1:3: lone high surrogate in a string");
    check_failure("[\"\\udc00\"]", "a.json:1:3: lone low surrogate in a string");
    check_failure("[\"\\ud800\\u0041\"]",
                  "a.json:1:3: lone high surrogate in a string");
}

static void test_bad_utf8(void)
{
    static const char *const bad[] = {
        "\x80",         "\xC0\x80", "\xC1\xBF",         "\xE0\x80\x80",
        "\xED\xA0\x80", "\xE2\x82", "\xF0\x80\x80\x80", "\xF4\x90\x80\x80",
        "\xF5",         "\xFF"};
    char text[32];

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(text, sizeof text, "[1,\n \"a%s\"]", bad[i]);
        check_failure(text, "a.json:2:4: not valid UTF-8 (save the file as UTF-8)");
    }
}

/* Every proper beginning of a document is an error, and none crashes. */
static void test_truncation(void)
{
    const char *whole = "{\"a\": [1.5e-3, true, \"\\u00e9\\n\"], \"b\": {\"c\": NaN}}";
    char part[64];
    mec_err err = MEC_ERR_INIT;
    const mec_json *root;

    CHECK(parse(whole) != NULL);
    for (size_t n = 0; n < strlen(whole); n++) {
        memcpy(part, whole, n);
        part[n] = '\0';
        CHECK_INT(mec_json_parse(arena, "a.json", part, &root, &err), MEC_E_INPUT);
    }
}

static void test_nesting(void)
{
    enum { N = 600000 };
    char *text = malloc(N + 1);
    mec_err err = MEC_ERR_INIT;
    const mec_json *root;

    memset(text, '[', N);
    text[N] = '\0';
    CHECK_INT(mec_json_parse(arena, "a.json", text, &root, &err), MEC_E_INPUT);
    CHECK_STR(err.text, "a.json:1:513: nested too deeply");
    memset(text + 512, ']', 512);
    text[1024] = '\0';
    CHECK_OK(mec_json_parse(arena, "a.json", text, &root, &err), err);
    free(text);
}

static void test_files(void)
{
    char path[] = "/tmp/mecombo-test-json-XXXXXX";
    mec_err err = MEC_ERR_INIT;
    const mec_json *root;
    int fd = mkstemp(path);

    CHECK(fd >= 0);
    CHECK_INT(write(fd, "[1,\0 2]", 7), 7);
    close(fd);
    CHECK_INT(mec_json_read(arena, path, &root, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, ":1:4: expected a value, found byte 0x00");
    unlink(path);
    CHECK_INT(mec_json_read(arena, path, &root, &err), MEC_E_IO);
    CHECK_HAS(err.text, "No such file");
    CHECK_INT(mec_json_read(arena, "/tmp", &root, &err), MEC_E_INPUT);
    CHECK_HAS(err.text, "/tmp: is a directory");
}

static void test_needed_members(void)
{
    const mec_json *root = parse("{\"s\": \"x\",\n \"n\": 2.5,\n \"l\": []}");
    mec_err err = MEC_ERR_INIT;
    const char *string;
    const mec_json *value;
    double number;

    if (root == NULL) {
        return;
    }
    CHECK_OK(mec_json_need_string(root, "s", &string, &err), err);
    CHECK_STR(string, "x");
    CHECK_OK(mec_json_need_number(root, "n", &number, &err), err);
    CHECK_EQ(number, 2.5);
    CHECK_OK(mec_json_need(root, "l", MEC_JSON_ARRAY, &value, &err), err);
    CHECK_INT(mec_json_need_string(root, "n", &string, &err), MEC_E_INPUT);
    CHECK_STR(err.text, "a.json:2: \"n\" has the wrong type: number, not string");
    CHECK(string == NULL);
    CHECK_INT(mec_json_need_number(root, "m", &number, &err), MEC_E_INPUT);
    CHECK_STR(err.text, "a.json:1: key \"m\" is missing (add it: number)");
    CHECK_INT(mec_json_need(value, "m", MEC_JSON_NULL, &value, &err), MEC_E_INPUT);
    CHECK_STR(err.text,
              "a.json:3: expected an object with the key \"m\", found: array");
    for (int type = MEC_JSON_NULL; type <= MEC_JSON_OBJECT; type++) {
        CHECK(strlen(mec_json_type_name((mec_json_type)type)) > 3);
    }
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_print_as_python),
        TAP_CASE(test_print_string_repairs_utf8),
        TAP_CASE(test_round_trip_of_a_real_file),
        TAP_CASE(test_values),
        TAP_CASE(test_special_numbers),
        TAP_CASE(test_long_numbers),
        TAP_CASE(test_duplicate_keys),
        TAP_CASE(test_syntax_errors),
        TAP_CASE(test_bad_numbers),
        TAP_CASE(test_bad_strings),
        TAP_CASE(test_bad_utf8),
        TAP_CASE(test_truncation),
        TAP_CASE(test_nesting),
        TAP_CASE(test_files),
        TAP_CASE(test_needed_members),
    };
    arena = mec_arena_new();
    int failed = TAP_RUN(cases, argc, argv);

    mec_arena_free(arena);
    return failed;
}
