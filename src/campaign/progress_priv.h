#ifndef CAMPAIGN_PROGRESS_PRIV_H
#define CAMPAIGN_PROGRESS_PRIV_H

/* What a run says about its progress: BluePyMM's line per row, or a bar on a terminal. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct progress {
    bool bar; /* stdout is a terminal */
    int64_t n_total, n_done, n_exception;
    int64_t n_cached;        /* evaluations taken from the result cache */
    double left_s;           /* expected seconds until the end */
    double start_s, shown_s; /* monotonic clock */
} progress;

void progress_start(progress *p, size_t n_total);

/* One row is saved. */
void progress_row(progress *p, int64_t uid, bool exception);

/* Draw the bar anew if it is old; last: in any case, and end its line. */
void progress_draw(progress *p, bool last);

/* True when a person watches stdout, also through mpirun. */
bool progress_on_terminal(void);

/* Monotonic seconds. */
double progress_clock(void);

/* "1:02:03"; "?" for what is not finite. */
void progress_duration(double seconds, char *out, size_t size);

#endif
