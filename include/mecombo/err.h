#ifndef MECOMBO_ERR_H
#define MECOMBO_ERR_H

/** Status codes and error texts.
 *
 * Three kinds of trouble are kept apart everywhere in mecombo:
 *  - expected failure (bad input, full disk, diverging cell): a mec_status other than
 *    MEC_OK plus one line of text in a caller-owned mec_err;
 *  - a bug: MEC_REQUIRE(cond), which aborts in debug builds and yields MEC_E_BUG in
 *    release builds, so that one bad combination cannot end ten thousand others;
 *  - "not found" or "end of data": a bool or NULL result, not an error.
 */

#include <stdbool.h>
#include <stddef.h>

#define MEC_STATUS_LIST(X)                                                             \
    X(MEC_OK, "success")                                                               \
    X(MEC_E_USAGE, "wrong usage")                                                      \
    X(MEC_E_INPUT, "bad input")                                                        \
    X(MEC_E_IO, "input/output failed")                                                 \
    X(MEC_E_NOMEM, "out of memory")                                                    \
    X(MEC_E_DB, "database failed")                                                     \
    X(MEC_E_MPI, "MPI failed")                                                         \
    X(MEC_E_NUMERIC, "numerical failure")                                              \
    X(MEC_E_LIMIT, "limit reached")                                                    \
    X(MEC_E_STOPPED, "stopped on request")                                             \
    X(MEC_E_STRICT, "strict condition violated")                                       \
    X(MEC_E_BUG, "bug in mecombo")

#define MEC_STATUS_ENUM_(name, text) name,
typedef enum mec_status { MEC_STATUS_LIST(MEC_STATUS_ENUM_) MEC_N_STATUS } mec_status;
#undef MEC_STATUS_ENUM_

enum { MEC_ERR_TEXT_SIZE = 1024 };

/** What went wrong. Owned by the caller; a callee leaves it untouched on success. */
typedef struct mec_err {
    mec_status code;
    char text[MEC_ERR_TEXT_SIZE]; /* one line, no trailing newline */
} mec_err;

#define MEC_ERR_INIT                                                                   \
    {                                                                                  \
        MEC_OK, ""                                                                     \
    }

#if defined(__GNUC__)
#define MEC_PRINTF(fmt_index, arg_index)                                               \
    __attribute__((format(printf, fmt_index, arg_index)))
#define MEC_NODISCARD __attribute__((warn_unused_result))
#else
#define MEC_PRINTF(fmt_index, arg_index)
#define MEC_NODISCARD
#endif

/** Give the short English text of a status code.
 *
 * @return static text, never NULL; "unknown status" outside the enumeration
 */
const char *mec_status_text(mec_status code);

/** Record a failure and return its code, for use in a return statement.
 *
 * The text should read `<file>[:line[:column]]: <what> (<how to fix>)` when a file is
 * involved. A text that does not fit ends in "...".
 *
 * @param err   filled; may be NULL
 * @param code  any code but MEC_OK
 * @return code
 */
mec_status mec_fail(mec_err *err, mec_status code, const char *fmt, ...)
    MEC_PRINTF(3, 4);

/** Record that memory ran out: mec_fail with MEC_E_NOMEM and the text "out of memory".
 *
 * @param err  filled; may be NULL
 * @return MEC_E_NOMEM
 */
mec_status mec_no_memory(mec_err *err);

/** Put context in front of an error text ("combination 17: ..."); cuts at the end.
 *
 * @param err  may be NULL, in which case nothing happens
 */
void mec_err_prefix(mec_err *err, const char *fmt, ...) MEC_PRINTF(2, 3);

/** Report a broken invariant: print it to stderr, abort in debug builds (MEC_DEBUG).
 *
 * Called through MEC_REQUIRE only.
 *
 * @return MEC_E_BUG in release builds
 */
mec_status mec_bug(mec_err *err, const char *file, int line, const char *condition);

/** Evaluate a call that returns mec_status; on failure go to the label `done`.
 *
 * Needs a local `mec_status st` and a label `done` that cleans up and returns st.
 */
#define MEC_TRY(call)                                                                  \
    do {                                                                               \
        st = (call);                                                                   \
        if (st != MEC_OK) {                                                            \
            goto done;                                                                 \
        }                                                                              \
    } while (0)

/** Check an invariant in a function that has `st`, `done` and an error pointer. */
#define MEC_REQUIRE(cond, err)                                                         \
    do {                                                                               \
        if (!(cond)) {                                                                 \
            st = mec_bug((err), __FILE__, __LINE__, #cond);                            \
            goto done;                                                                 \
        }                                                                              \
    } while (0)

#endif
