#ifndef MECOMBO_JSON_H
#define MECOMBO_JSON_H

/** Documents: JSON (through cJSON) and YAML (through libyaml) as one tree of values.
 *
 * A document is read once and then only looked at. Every value knows the line it came
 * from, so that a complaint can name file, line and key. Bare NaN, Infinity and
 * -Infinity are accepted as numbers, as Python's json module writes them.
 */

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <mecombo/text.h>

typedef enum mec_json_type {
    MEC_JSON_NULL,
    MEC_JSON_BOOL,
    MEC_JSON_NUMBER,
    MEC_JSON_STRING,
    MEC_JSON_ARRAY,
    MEC_JSON_OBJECT
} mec_json_type;

/** One value. Lives in the arena given to the reader; fields are read-only. */
typedef struct mec_json {
    mec_json_type type;
    const char *key;        /* name inside the parent object; NULL elsewhere */
    const char *string;     /* text of a STRING; literal of a NUMBER as written, or from
                               YAML Python's str() of it */
    double number;          /* value of a NUMBER; 0 or 1 for a BOOL */
    size_t n;               /* number of children of an ARRAY or OBJECT */
    struct mec_json **item; /* [n] children in file order (duplicate keys: last value,
                               position of the first, as Python does) */
    const char *file;       /* where it was read, for messages */
    int line;               /* 1-based */
    const void *index;      /* private to mec_json_get(); may be NULL */
} mec_json;

/** Read a JSON file.
 *
 * @param arena  owns the document
 * @param out    the root value; NULL on failure
 * @return MEC_OK; MEC_E_IO if unreadable; MEC_E_INPUT with `file:line:column: ...`;
 *         MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_json_read(mec_arena *arena, const char *path,
                                       const mec_json **out, mec_err *err);

/** Parse JSON text; name stands for the file in messages (copied). */
MEC_NODISCARD mec_status mec_json_parse(mec_arena *arena, const char *name,
                                        const char *text, const mec_json **out,
                                        mec_err *err);

/** Read the first document of a YAML file (YAML 1.1 core types, as PyYAML safe_load).
 *
 * Anchors and aliases work; an alias that refers to an enclosing node, and expansion
 * beyond one million values, are MEC_E_INPUT. Merge keys (`<<`) work. Keys that are no
 * strings become Python's str() of them ("None", "True", "4"); a date stays a string.
 */
MEC_NODISCARD mec_status mec_yaml_read(mec_arena *arena, const char *path,
                                       const mec_json **out, mec_err *err);

/** Parse YAML text of a given length; name stands for the file in messages (copied). */
MEC_NODISCARD mec_status mec_yaml_parse(mec_arena *arena, const char *name,
                                        const char *text, size_t length,
                                        const mec_json **out, mec_err *err);

/** The member of an object by key; NULL when absent or when object is not an OBJECT. */
const mec_json *mec_json_get(const mec_json *object, const char *key);

/** Fetch a required string member, with a complaint that names file, line and key. */
MEC_NODISCARD mec_status mec_json_need_string(const mec_json *object, const char *key,
                                              const char **out, mec_err *err);

/** Fetch a required number member. */
MEC_NODISCARD mec_status mec_json_need_number(const mec_json *object, const char *key,
                                              double *out, mec_err *err);

/** Fetch a required member of a given type. */
MEC_NODISCARD mec_status mec_json_need(const mec_json *object, const char *key,
                                       mec_json_type type, const mec_json **out,
                                       mec_err *err);

/** The English name of a type ("object", "string", ...), for messages. */
const char *mec_json_type_name(mec_json_type type);

/** Append a value as compact JSON in Python's json.dumps format (", " and ": ").
 *
 * Non-ASCII characters are written as \uXXXX escapes, numbers by mec_double_repr()
 * unless the literal was an integer.
 */
void mec_json_print(const mec_json *value, mec_text *out);

/** Append a value as json.dumps(value, indent=2, sort_keys=True) writes it. */
void mec_json_print_pretty(const mec_json *value, mec_text *out);

/** Append a string with quotes and escapes, as json.dumps writes it. */
void mec_json_print_string(const char *string, mec_text *out);

#endif
