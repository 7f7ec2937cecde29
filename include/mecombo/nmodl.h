#ifndef MECOMBO_NMODL_H
#define MECOMBO_NMODL_H

/** The NMODL compiler: the text of one .mod file to C against mechanism_abi.h. */

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <mecombo/text.h>

typedef enum mec_diagnostic_level {
    MEC_DIAGNOSTIC_ERROR,
    MEC_DIAGNOSTIC_WARNING
} mec_diagnostic_level;

/** One remark about a .mod file. */
typedef struct mec_diagnostic {
    mec_diagnostic_level level;
    int line;           /* 1-based */
    int column;         /* 1-based, in bytes */
    const char *text;   /* without position */
    const char *file;   /* path of the INCLUDEd file that it is about; NULL: the .mod */
    const char *source; /* text of that file */
} mec_diagnostic;

/** What a compilation gives. Owned by the arena passed to mec_nmodl_compile(). */
typedef struct mec_nmodl_result {
    const char
        *name; /* SUFFIX, POINT_PROCESS or ARTIFICIAL_CELL name; NULL on failure */
    const char *c_source; /* the C file's text; NULL on failure */
    bool straight;        /* what runs in a step is straight vector code, in which an
                           * optimising compiler finds little to improve */
    size_t n_diagnostic;
    const mec_diagnostic *diagnostic; /* [n_diagnostic] in order of the text */
} mec_nmodl_result;

/** Compile the text of one .mod file to C.
 *
 * @param file    name for messages and for the descriptor
 * @param folder  where INCLUDE looks for files (after the including file's own folder);
 *                NULL: INCLUDE is refused
 * @param source  NUL-terminated text
 * @param result  filled in any case; c_source is NULL when an error was found
 * @return MEC_OK; MEC_E_INPUT with the first error as `file:line:column: text` (all of
 *         them are in result); MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_nmodl_compile(mec_arena *arena, const char *file,
                                           const char *folder, const char *source,
                                           mec_nmodl_result *result, mec_err *err);

/** Append the C text of the vector functions that mecombo lends to compiled mechanisms
 * (mec_host): mechanism_exp_exact_4() and so on, mechanism_tail(). It names the table
 * mechanism_exp_table. For the build of mecombo itself. */
void mec_nmodl_lent_source(mec_text *out);

/** Append a diagnostic as `file:line:column: level: text`, the line and a caret. */
void mec_diagnostic_print(const mec_diagnostic *diagnostic, const char *file,
                          const char *source, mec_text *out);

#endif
