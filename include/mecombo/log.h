#ifndef MECOMBO_LOG_H
#define MECOMBO_LOG_H

/** Messages to stderr, as `mecombo: error: <text>`. Results never go through here. */

#include <mecombo/err.h>

typedef enum mec_log_level {
    MEC_LOG_ERROR,
    MEC_LOG_WARNING,
    MEC_LOG_INFO,
    MEC_LOG_DEBUG
} mec_log_level;

/** Choose what is printed: --quiet gives MEC_LOG_ERROR, --verbose MEC_LOG_DEBUG.
 *
 * The default is MEC_LOG_INFO. Set once at program start.
 */
void mec_log_set_level(mec_log_level level);

/** The level set last. */
mec_log_level mec_log_get_level(void);

/** Print one message in one write, so that lines of several ranks do not mix. */
void mec_log(mec_log_level level, const char *fmt, ...) MEC_PRINTF(2, 3);

/** Print an error value as mec_log(MEC_LOG_ERROR) would. */
void mec_log_err(const mec_err *err);

#endif
