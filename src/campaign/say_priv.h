#ifndef CAMPAIGN_SAY_PRIV_H
#define CAMPAIGN_SAY_PRIV_H

/* BluePyMM's lines on stdout, and words for messages. */

#include <mecombo/err.h>
#include <mecombo/json.h>

/* Print a line to stdout and flush it, unless --quiet was given. */
void say(const char *fmt, ...) MEC_PRINTF(1, 2);

/* The same without the flush, for one of many lines; the caller flushes stdout. */
void say_more(const char *fmt, ...) MEC_PRINTF(1, 2);

/* "a string", "an object", ... */
const char *json_kind(mec_json_type type);

#endif
