#ifndef IO_PRIV_H
#define IO_PRIV_H

/* Shared by the files of the io room. */

#include <mecombo/json.h>
#include <mecombo/vec.h>
#include <stdint.h>

enum {
    IO_MAX_NESTING = 512, /* arrays and objects inside each other; cJSON allows 1000 */
    IO_NO_CODE_POINT = -1
};

/* Decode the character at *p and step over it; IO_NO_CODE_POINT (one byte stepped over)
   if it is not UTF-8: overlong forms, surrogates and values above 10FFFF are not. */
int32_t io_utf8_next(const char **p, const char *end);

/* Offset of the first byte that is not UTF-8; length if there is none. */
size_t io_utf8_check(const char *text, size_t length);

/* Place of an offset: 1-based line, and column in characters. */
void io_locate(const char *text, size_t length, size_t offset, int *line, int *column);

/* Describe what stands at an offset for an error text: `'}'`, `"nul"`, end of file. */
void io_describe(const char *text, size_t length, size_t offset, char out[48]);

/* One value as the JSON scanner met it, in the order of the text. */
typedef struct json_mark {
    size_t start; /* offset of the first byte */
    size_t length;
    int line;
} json_mark;

typedef MEC_VEC(json_mark) json_marks;

/* Check JSON text strictly and note every value.
 *
 * clean [length]: out: the text with each number, NaN and Infinity replaced by a `0` and
 * spaces, so that any JSON parser reads it.
 * marks: in: empty; out: to be cleared by the caller, also on failure.
 */
MEC_NODISCARD mec_status io_json_scan(const char *name, const char *text, size_t length,
                                      char *clean, json_marks *marks, mec_err *err);

/* A zeroed value; NULL when out of memory. */
mec_json *io_value_new(mec_arena *arena, mec_json_type type, const char *file,
                       int line);

/* Give an object its members, [n] in order of appearance, keys set. Of equal keys the
   last value stays, at the place of the first. false when out of memory. */
bool io_value_set_members(mec_arena *arena, mec_json *object, size_t n,
                          mec_json *const members[]);

/* Turn a plain YAML 1.1 scalar into a value as PyYAML's safe_load does: type, string and
   number are set. tag: NULL for a plain scalar without tag, else the short name after
   "tag:yaml.org,2002:" that was asked for. false with *why set when text does not fit the
   tag or memory is out. */
bool io_yaml_resolve(mec_arena *arena, const char *tag, const char *text,
                     mec_json *value, const char **why);

/* Rewrite a pattern of Python's re so that PCRE2 means the same.
 *
 * out: the PCRE2 pattern. origin: for each byte of it the offset in the pattern it came
 * from; both are cleared by the caller, also on failure.
 *
 * false with *why (static text) and *offset (byte) when Python refuses the pattern or when
 * it cannot be rewritten; memory trouble shows in out->failed.
 */
typedef MEC_VEC(size_t) offset_list;
bool io_regex_translate(const char *pattern, mec_text *out, offset_list *origin,
                        const char **why, size_t *offset);

/* Name the process that holds a lock on a file or on the -shm file beside it, as far as
   this machine knows: "process 12 (mecombo)", "another program" if it does not. */
void io_lock_holder(const char *path, char out[80]);

#endif
