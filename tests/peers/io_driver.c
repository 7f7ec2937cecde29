/* Answers questions about texts, for tests/peers/io_peer.py.
 *
 * Reads requests from standard input: a line `KIND N M`, then N and M bytes.
 *     json   N bytes of JSON        answers its two printed forms
 *     yaml   N bytes of YAML        the same
 *     xml    N bytes, M of a tag    "line attributes text" of each such element
 *     regex  pattern and subject    end of the match or -1, and whether search finds it
 * Each answer is a line `ok LENGTH` or `error LENGTH`, then that many bytes.
 */

#include <mecombo/json.h>
#include <mecombo/regex.h>
#include <mecombo/xml.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static mec_status answer_document(mec_arena *arena, const char *kind, const char *text,
                                  size_t length, mec_text *out, mec_err *err)
{
    const mec_json *root;
    mec_status st = strcmp(kind, "json") == 0
                        ? mec_json_parse(arena, "x", text, &root, err)
                        : mec_yaml_parse(arena, "x", text, length, &root, err);

    if (st == MEC_OK) {
        mec_json_print(root, out);
        mec_text_add_char(out, '\n');
        mec_json_print_pretty(root, out);
    }
    return st;
}

static mec_status answer_xml(mec_arena *arena, const char *text, size_t length,
                             const char *tag, mec_text *out, mec_err *err)
{
    const mec_xml *root;
    const mec_xml *const *found;
    size_t n;
    mec_status st = mec_xml_parse(arena, "x", text, length, &root, err);

    if (st == MEC_OK) {
        st = mec_xml_find_all(arena, root, tag, &n, &found, err);
    }
    for (size_t i = 0; st == MEC_OK && i < n; i++) {
        mec_text_printf(out, "%d", found[i]->line);
        for (size_t k = 0; k < found[i]->n_attributes; k++) {
            mec_text_printf(out, " %s=%s", found[i]->attribute[k].name,
                            found[i]->attribute[k].value);
        }
        mec_text_printf(out, " %s\n", found[i]->text == NULL ? "None" : found[i]->text);
    }
    return st;
}

static mec_status answer_regex(const char *pattern, const char *subject, mec_text *out,
                               mec_err *err)
{
    mec_regex *regex;
    bool matches;
    bool is_found;
    size_t end;
    mec_status st = mec_regex_new(pattern, &regex, err);

    if (st != MEC_OK) {
        return st;
    }
    st = mec_regex_match_prefix(regex, subject, &matches, &end, err);
    if (st == MEC_OK) {
        st = mec_regex_search(regex, subject, &is_found, err);
    }
    if (st == MEC_OK) {
        mec_text_printf(out, "%d %d", matches ? (int)end : -1, is_found);
    }
    mec_regex_free(regex);
    return st;
}

static char *read_bytes(mec_arena *arena, size_t n)
{
    char *bytes = mec_arena_alloc(arena, n + 1);

    if (bytes == NULL || fread(bytes, 1, n, stdin) != n) {
        fprintf(stderr, "io_driver: request cut off\n");
        exit(1);
    }
    return bytes;
}

int main(void)
{
    char kind[16];
    size_t n;
    size_t m;

    while (scanf("%15s %zu %zu%*1[\n]", kind, &n, &m) == 3) {
        mec_arena *arena = mec_arena_new();
        mec_text out = MEC_TEXT_INIT;
        mec_err err = MEC_ERR_INIT;
        const char *first = read_bytes(arena, n);
        const char *second = read_bytes(arena, m);
        mec_status st;

        if (strcmp(kind, "regex") == 0) {
            st = answer_regex(first, second, &out, &err);
        } else if (strcmp(kind, "xml") == 0) {
            st = answer_xml(arena, first, n, second, &out, &err);
        } else {
            st = answer_document(arena, kind, first, n, &out, &err);
        }
        if (st != MEC_OK) {
            mec_text_reset(&out);
            mec_text_add(&out, err.text);
        }
        printf("%s %zu\n%s", st == MEC_OK ? "ok" : "error", out.length,
               mec_text_string(&out));
        fflush(stdout);
        mec_text_clear(&out);
        mec_arena_free(arena);
    }
    return 0;
}
