/* Progress of a run on stdout. */

#include "progress_priv.h"

#include "say_priv.h"

#include <mecombo/log.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

enum { BAR_WIDTH = 30 };

static const double redraw_s = 0.2;

double progress_clock(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void progress_duration(double seconds, char *out, size_t size)
{
    if (!isfinite(seconds) || seconds > 1e9) {
        snprintf(out, size, "?");
        return;
    }
    int64_t s = (int64_t)(seconds + 0.5);
    snprintf(out, size, "%" PRId64 ":%02d:%02d", s / 3600, (int)(s / 60 % 60),
             (int)(s % 60));
}

void progress_start(progress *p, size_t n_total)
{
    *p = (progress){.bar = progress_on_terminal(),
                    .n_total = (int64_t)n_total,
                    .start_s = progress_clock()};
}

void progress_row(progress *p, int64_t uid, bool exception)
{
    p->n_done++;
    p->n_exception += exception;
    if (!p->bar) {
        say_more("Saved scores for uid %" PRId64 " (%" PRId64 " out of %" PRId64 ")%s",
                 uid, p->n_done, p->n_total, exception ? " with exception" : "");
    }
}

void progress_draw(progress *p, bool last)
{
    double now = progress_clock();
    char eta[32];
    char bar[BAR_WIDTH + 1];

    if (!p->bar || p->n_total == 0 || mec_log_get_level() == MEC_LOG_ERROR ||
        (!last && now - p->shown_s < redraw_s)) {
        return;
    }
    double share = (double)p->n_done / (double)p->n_total;
    double rate = (double)p->n_done / fmax(now - p->start_s, 1e-6);
    size_t filled = (size_t)(share * BAR_WIDTH);

    p->shown_s = now;
    memset(bar, '.', BAR_WIDTH);
    memset(bar, '#', filled);
    bar[BAR_WIDTH] = '\0';
    progress_duration(p->left_s, eta, sizeof eta);
    printf("\r[%s] %" PRId64 "/%" PRId64 " (%.1f %%), %.3g/s, %s left, %" PRId64
           " with exception",
           bar, p->n_done, p->n_total, 100 * share, rate, eta, p->n_exception);
    if (p->n_cached > 0) {
        printf(", %" PRId64 " from the cache", p->n_cached);
    }
    printf(" \033[K%s", last ? "\n" : "");
    fflush(stdout);
}
