#ifndef MECOMBO_REGEX_H
#define MECOMBO_REGEX_H

/** Regular expressions that mean what they mean in Python's `re` (through PCRE2).
 *
 * Patterns and subjects are UTF-8. Where the two dialects give one spelling two meanings
 * (\Z, \v, {,n}, '[' inside a set) Python's is meant; what Python's compiler refuses
 * (\R, \K, recursion, verbs, POSIX sets ...) is refused here too. Not supported: the
 * flags a, L, x and \N{name}. Named groups, look-around, back references work.
 */

#include <mecombo/err.h>

typedef struct mec_regex mec_regex;

/** Compile a pattern.
 *
 * @param pattern  copied
 * @param out      owned by the caller, freed with mec_regex_free(); NULL on failure
 * @return MEC_OK; MEC_E_INPUT with the pattern, what is wrong and at which character
 *         (0-based, as Python's re.error counts); MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_regex_new(const char *pattern, mec_regex **out,
                                       mec_err *err);

/** Compile "one of these patterns, to the end": `(p1$)|(p2$)|...`.
 *
 * A `$` is added to each pattern that does not end with one. Parity: join_regex() of
 * BluePyMM's select (BLUEPYMM.md A.8 e), without its bug S6.
 *
 * @param n        number of patterns, >= 1
 * @param pattern  [n]  copied; "" is allowed
 * @return as mec_regex_new(); the message names the pattern that is wrong
 */
MEC_NODISCARD mec_status mec_regex_new_union(size_t n, const char *const pattern[],
                                             mec_regex **out, mec_err *err);

/** Free a compiled pattern; NULL is allowed. */
void mec_regex_free(mec_regex *regex);

/** The pattern as given (mec_regex_new_union(): as joined); borrowed. */
const char *mec_regex_pattern(const mec_regex *regex);

/** Does the pattern match at the beginning of the subject? Parity: re.match.
 *
 * @param end  out: byte offset where the match ends, 0 without a match; may be NULL
 * @return MEC_OK; MEC_E_LIMIT when the pattern needs more steps on this subject than any
 *         sensible one; MEC_E_INPUT when the subject is not UTF-8
 */
MEC_NODISCARD mec_status mec_regex_match_prefix(const mec_regex *regex,
                                                const char *subject, bool *matches,
                                                size_t *end, mec_err *err);

/** Does the match found by re.match happen to end at the end of the subject?
 *
 * Not re.fullmatch: `A|AB` does not match "AB". Parity: BluePyMM's own helper
 * (BLUEPYMM.md A.5 (4)).
 */
MEC_NODISCARD mec_status mec_regex_match_whole(const mec_regex *regex,
                                               const char *subject, bool *matches,
                                               mec_err *err);

/** Does the pattern match anywhere in the subject? Parity: re.search. */
MEC_NODISCARD mec_status mec_regex_search(const mec_regex *regex, const char *subject,
                                          bool *matches, mec_err *err);

#endif
