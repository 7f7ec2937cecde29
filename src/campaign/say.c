/* Lines on stdout, and words for messages. */

#include "say_priv.h"

#include <mecombo/log.h>

#include <stdarg.h>
#include <stdio.h>

MEC_PRINTF(1, 0)
static void print_line(const char *fmt, va_list args)
{
    if (mec_log_get_level() != MEC_LOG_ERROR) {
        vprintf(fmt, args);
        putchar('\n');
    }
}

void say(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    print_line(fmt, args);
    va_end(args);
    fflush(stdout);
}

void say_more(const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    print_line(fmt, args);
    va_end(args);
}

const char *json_kind(mec_json_type type)
{
    static const char *const kinds[] = {
        [MEC_JSON_NULL] = "null",       [MEC_JSON_BOOL] = "a boolean",
        [MEC_JSON_NUMBER] = "a number", [MEC_JSON_STRING] = "a string",
        [MEC_JSON_ARRAY] = "an array",  [MEC_JSON_OBJECT] = "an object"};

    return kinds[type];
}
