/* Regular expressions: no pattern and no subject crashes or hangs. The input is the
 * pattern, a newline, the subject.
 */

#include <mecombo/arena.h>
#include <mecombo/regex.h>

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    mec_arena *arena = mec_arena_new();
    mec_err err = MEC_ERR_INIT;
    char *pattern = mec_arena_strndup(arena, (const char *)data, size);
    char *subject = strchr(pattern, '\n');
    mec_regex *regex;
    bool matches;
    size_t end;

    if (subject != NULL) {
        *subject++ = '\0';
    } else {
        subject = pattern;
    }
    if (mec_regex_new(pattern, &regex, &err) == MEC_OK) {
        if (mec_regex_match_prefix(regex, subject, &matches, &end, &err) == MEC_OK &&
            end > strlen(subject)) {
            abort();
        }
        (void)!mec_regex_search(regex, subject, &matches, &err);
        mec_regex_free(regex);
    }
    mec_arena_free(arena);
    return 0;
}
