#ifndef CAMPAIGN_SAY_PRIV_H
#define CAMPAIGN_SAY_PRIV_H

/* BluePyMM's lines on stdout. */

#include <mecombo/err.h>

/* Print a line to stdout and flush it, unless --quiet was given. */
void say(const char *fmt, ...) MEC_PRINTF(1, 2);

#endif
