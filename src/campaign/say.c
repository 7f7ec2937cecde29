/* Lines on stdout. */

#include "say_priv.h"

#include <mecombo/log.h>

#include <stdarg.h>
#include <stdio.h>

void say(const char *fmt, ...)
{
    va_list args;

    if (mec_log_get_level() == MEC_LOG_ERROR) {
        return;
    }
    va_start(args, fmt);
    vprintf(fmt, args);
    va_end(args);
    putchar('\n');
    fflush(stdout);
}
