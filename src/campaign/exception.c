/* What an exception's text says in short: Python's tracebacks end with the error. */

#include "gate_priv.h"

#include <ctype.h>
#include <string.h>

enum { MAX_MESSAGE = 240 };

const char *exception_message(mec_arena *arena, const char *text)
{
    size_t end = strlen(text);
    size_t start;

    while (end > 0 && (unsigned char)text[end - 1] <= ' ') {
        end--;
    }
    for (start = end; start > 0 && text[start - 1] != '\n'; start--) {
    }
    size_t n = end - start;
    if (n > MAX_MESSAGE) {
        n = MAX_MESSAGE;
        while (n > 0 && ((unsigned char)text[start + n] & 0xC0) == 0x80) {
            n--; /* not inside a UTF-8 character */
        }
    }
    return mec_arena_strndup(arena, text + start, n);
}

size_t exception_name_length(const char *message)
{
    size_t n = 0;

    while (isalnum((unsigned char)message[n]) || message[n] == '_' ||
           message[n] == '.') {
        n++;
    }
    bool is_name = n > 0 && !isdigit((unsigned char)message[0]) &&
                   (message[n] == ':' || message[n] == '\0');
    return is_name ? n : 0;
}
