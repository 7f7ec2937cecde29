/* VERBATIM text that calls functions which nobody has, or has not declared: such a
 * mechanism loads all the same, as many of its parts work without them. A call of a
 * function that nobody has ends the run with a message that names it. */

#include "mechanism_priv.h"

#include <mecombo/log.h>
#include <mecombo/path.h>
#include <mecombo/text.h>

#include <dlfcn.h>
#include <string.h>

enum { MAX_NAMES = 400, NAME_SIZE = 64 };

typedef struct names {
    int n;
    char name[MAX_NAMES][NAME_SIZE];
} names;

static const char letters[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_0123456789";

static bool is_word(char c)
{
    return c != '\0' && strchr(letters, c) != NULL;
}

/* Add the word that stands in quotes after `at` in the line. */
static void add_name(names *list, const char *at)
{
    const char *end = at + strcspn(at, "\n");
    size_t n;

    while (at < end && (is_word(*at) || *at == ' ')) {
        at++;
    }
    while (at < end && !is_word(*at)) {
        at++;
    }
    n = strspn(at, letters);
    for (int i = 0; i < list->n; i++) {
        if (strlen(list->name[i]) == n && memcmp(list->name[i], at, n) == 0) {
            return;
        }
    }
    if (n > 0 && n < NAME_SIZE && list->n < MAX_NAMES) {
        memcpy(list->name[list->n], at, n);
        list->name[list->n++][n] = '\0';
    }
}

/* The names that messages with `sign` in them are about. */
static void find_names(const char *log, const char *sign, names *list)
{
    for (const char *at = strstr(log, sign); at != NULL; at = strstr(at + 1, sign)) {
        add_name(list, at + strlen(sign));
    }
}

/* True if all that is wrong is about functions without declaration or definition. */
static bool is_about_functions(const char *log)
{
    bool any = strstr(log, "undefined reference to") != NULL;

    for (const char *at = strstr(log, " error: "); at != NULL;
         at = strstr(at + 1, " error: ")) {
        size_t n = strcspn(at, "\n");
        const char *sign = strstr(at, "implicit declaration of function");
        const char *linker = strstr(at, "ld returned");
        if (sign != NULL && sign < at + n) {
            any = true;
        } else if (linker == NULL || linker > at + n) {
            return false;
        }
    }
    return any;
}

/* The word in a line of C; NULL if it is not there. */
static const char *word_in(const char *line, size_t length, const char *name)
{
    size_t n = strlen(name);

    for (const char *at = strstr(line, name); at != NULL && at + n <= line + length;
         at = strstr(at + 1, name)) {
        if ((at == line || !is_word(at[-1])) && !is_word(at[n])) {
            return at;
        }
    }
    return NULL;
}

/* Where VERBATIM text has the name first, as "file:line"; NULL if it has it nowhere.
 * *called: there it is followed by a bracket. */
static const char *place_of(mec_arena *arena, const char *c_text, const char *name,
                            bool *called)
{
    const char *file = NULL;
    int64_t line = 0;

    for (; *c_text != '\0'; c_text += strcspn(c_text, "\n") + 1) {
        size_t n = strcspn(c_text, "\n");
        const char *quote = memchr(c_text, '"', n);
        const char *at;

        if (mec_starts_with(c_text, "#line ") && quote != NULL) {
            char *digits =
                mec_arena_strndup(arena, c_text + 6, strspn(c_text + 6, "0123456789"));
            bool ours = mec_starts_with(quote, "\"C text made from");
            if (digits == NULL || !mec_parse_int64(digits, &line)) {
                return NULL;
            }
            file = ours ? NULL
                        : mec_arena_strndup(arena, quote + 1, strcspn(quote + 1, "\""));
            continue;
        }
        at = file == NULL ? NULL : word_in(c_text, n, name);
        if (at != NULL) {
            at += strlen(name);
            *called = at[strspn(at, " \t")] == '(';
            return mec_arena_printf(arena, "%s:%lld", file, (long long)line);
        }
        line++;
        if (c_text[n] == '\0') {
            break;
        }
    }
    return NULL;
}

/* A function of the C library that the text calls without declaring it would come out
 * with the wrong type. */
static mec_status check_library(const mechanism_job *job, const names *list,
                                const char *c_text, mec_arena *arena, mec_err *err)
{
    for (int i = 0; i < list->n; i++) {
        bool called = false;
        const char *place = place_of(arena, c_text, list->name[i], &called);

        if (dlsym(RTLD_DEFAULT, list->name[i]) != NULL && place != NULL) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s/%s: VERBATIM text calls %s() of the C library without "
                            "declaring it (#include its header)",
                            mec_path_dirname(arena, job->mod_file), place,
                            list->name[i]);
        }
    }
    return MEC_OK;
}

/* Add what stands for the functions that nobody has. */
static mec_status add_missing(const mechanism_job *job, const names *list,
                              const char *c_text, mec_arena *arena, mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;
    mec_status st = MEC_OK;

    mec_text_add(&text, c_text);
    for (int i = 0; i < list->n; i++) {
        const char *name = list->name[i];
        bool called = false;
        const char *place = place_of(arena, c_text, name, &called);
        const char *folder = mec_path_dirname(arena, job->mod_file);

        if (place == NULL || !called) {
            st = mec_fail(
                err, MEC_E_INPUT,
                "%s/%s: VERBATIM text uses \"%s\", which neither C nor "
                "mecombo has (write it in NMODL, or take it out)",
                folder, place == NULL ? mec_path_basename(job->mod_file) : place, name);
            goto done;
        }
        mec_log(MEC_LOG_WARNING,
                "%s/%s: VERBATIM text calls \"%s\", which neither C nor mecombo has: "
                "a call will end the run",
                folder, place, name);
        mec_text_printf(&text, "MEC_MISSING(%s, \"%s\")\n", name, place);
    }
    st = mec_text_ok(&text)
             ? mec_write_file(job->c_path, mec_text_string(&text), text.length, err)
             : mec_no_memory(err);
done:
    mec_text_clear(&text);
    return st;
}

mec_status mechanism_mend(const mechanism_compiler *compiler, const mechanism_job *job,
                          mec_arena *arena, mec_err *err)
{
    static const char *const look[] = {
        "-Wno-error=implicit-function-declaration",
        "-D_GNU_SOURCE",
        "-include",
        "unistd.h",
        "-include",
        "time.h",
        "-include",
        "strings.h",
        "-include",
        "ctype.h",
        "-Wl,--warn-unresolved-symbols",
        NULL,
    };
    const char *again[MECHANISM_MORE_FLAGS] = {NULL};
    mec_status st = MEC_OK;
    char *log = NULL, *c_text = NULL;
    names *implicit = mec_arena_calloc(arena, 2, sizeof *implicit);
    names *missing = implicit + 1;

    for (size_t i = 0; look[i + 1] != NULL; i++) {
        again[i] = look[i];
    }
    if (implicit == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_read_file(arena, job->log_path, &log, NULL, err));
    if (!is_about_functions(log) || !mechanism_compile_again(compiler, job, look)) {
        st = mechanism_explain(compiler, job, arena, err);
        goto done;
    }
    MEC_TRY(mec_read_file(arena, job->log_path, &log, NULL, err));
    MEC_TRY(mec_read_file(arena, job->c_path, &c_text, NULL, err));
    find_names(log, "implicit declaration of function", implicit);
    find_names(log, "undefined reference to", missing);
    MEC_TRY(check_library(job, implicit, c_text, arena, err));
    MEC_TRY(add_missing(job, missing, c_text, arena, err));
    if (!mechanism_compile_again(compiler, job, again)) {
        st = mechanism_explain(compiler, job, arena, err);
    }
done:
    return st;
}
