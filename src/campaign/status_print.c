/* A status in words and as JSON. */

#include "progress_priv.h"
#include "status_priv.h"

#include <mecombo/json.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Seconds that are left while a run is at work; NaN otherwise. */
static double time_left(const status *s)
{
    struct tm end = {0};

    if (s->owner == NULL || s->n_left == 0) {
        return NAN;
    }
    if (s->expected_end != NULL &&
        strptime(s->expected_end, "%Y-%m-%dT%H:%M:%SZ", &end) != NULL) {
        return fmax(difftime(timegm(&end), time(NULL)), 0);
    }
    return s->rate > 0 ? (double)s->n_left / s->rate : NAN;
}

/* ---- text ---- */

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* One line about all ranks: what the slowest, the middle and the fastest have done. */
static void print_ranks_in_short(const status *s, mec_text *out)
{
    size_t n = s->ranks.n;
    int64_t *counts = n == 0 ? NULL : malloc(n * sizeof *counts);
    size_t n_hosts = 0;

    if (counts == NULL) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        size_t k = i; /* ranks of a host mostly follow each other */

        counts[i] = s->ranks.data[i].n;
        while (k > 0 && strcmp(s->ranks.data[k - 1].host, s->ranks.data[i].host) != 0) {
            k--;
        }
        n_hosts += k == 0;
    }
    qsort(counts, n, sizeof *counts, by_number);
    mec_text_printf(out,
                    "ranks      %zu on %zu host%s; evaluations: %" PRId64
                    " fewest, %" PRId64 " median, %" PRId64 " most\n",
                    n, n_hosts, n_hosts == 1 ? "" : "s", counts[0], counts[n / 2],
                    counts[n - 1]);
    free(counts);
}

static void print_ranks(const status *s, mec_text *out)
{
    mec_text_add(out, "\n  rank  evaluations  computing  last result           host\n");
    for (size_t i = 0; i < s->ranks.n; i++) {
        const status_rank *r = &s->ranks.data[i];
        char computing[32];

        progress_duration(r->seconds, computing, sizeof computing);
        mec_text_printf(out, "%6" PRId64 "  %11" PRId64 "  %9s  %-20s  %s\n", r->rank,
                        r->n, computing, r->last, r->host);
    }
}

static void print_exceptions(const status *s, mec_text *out)
{
    for (size_t i = 0; i < s->exceptions.n; i++) {
        const status_exception *e = &s->exceptions.data[i];

        mec_text_printf(out, "%s%" PRId64 " x row %" PRId64 ": %s\n",
                        i == 0 ? "exceptions " : "           ", e->n, e->uid,
                        e->message);
    }
}

void status_print_text(const status *s, bool ranks, mec_text *out)
{
    int64_t n_done = s->n_rows - s->n_left;
    char left[32];

    mec_text_printf(out, "database   %s\n", s->path);
    mec_text_printf(out, "rows       %" PRId64 "\n", s->n_rows);
    mec_text_printf(out, "done       %" PRId64 " (%.1f %%)\n", n_done,
                    s->n_rows > 0 ? 100. * (double)n_done / (double)s->n_rows : 0.);
    mec_text_printf(out, "failed     %" PRId64 "\n", s->n_failed);
    for (size_t i = 0; i < s->classes.n; i++) {
        mec_text_printf(out, "           %" PRId64 " %s\n", s->classes.data[i].n,
                        s->classes.data[i].name);
    }
    print_exceptions(s, out);
    if (s->n_cached > 0) {
        mec_text_printf(out, "cached     %" PRId64 "\n", s->n_cached);
    }
    mec_text_printf(out, "left       %" PRId64 "\n", s->n_left);
    if (!isnan(s->rate)) {
        mec_text_printf(out, "rate       %.3g rows/s\n", s->rate);
    }
    if (!isnan(s->computing_s)) {
        progress_duration(s->computing_s, left, sizeof left);
        mec_text_printf(out, "computing  %s\n", left);
    }
    if (!isnan(time_left(s))) {
        progress_duration(time_left(s), left, sizeof left);
        mec_text_printf(out, "time left  %s\n", left);
    }
    if (s->last != NULL) {
        mec_text_printf(out, "last row   %s\n", s->last);
    }
    print_ranks_in_short(s, out);
    mec_text_printf(out, "owner      %s\n", s->owner == NULL ? "nobody" : s->owner);
    mec_text_printf(out, "complete   %s\n", s->complete == NULL ? "no" : s->complete);
    if (s->written != NULL) {
        mec_text_printf(out, "as of      %s\n", s->written);
    }
    if (ranks) {
        print_ranks(s, out);
    }
}

/* ---- JSON ---- */

static void print_string(mec_text *out, const char *key, const char *value)
{
    mec_text_printf(out, ", \"%s\": ", key);
    if (value == NULL) {
        mec_text_add(out, "null");
    } else {
        mec_json_print_string(value, out);
    }
}

static void print_number(mec_text *out, const char *key, double value)
{
    mec_text_printf(out, ", \"%s\": ", key);
    if (isfinite(value)) {
        mec_text_add_double(out, value);
    } else {
        mec_text_add(out, "null");
    }
}

static void print_exception_list(const status *s, mec_text *out)
{
    mec_text_add(out, ", \"exceptions\": [");
    for (size_t i = 0; i < s->exceptions.n; i++) {
        const status_exception *e = &s->exceptions.data[i];

        mec_text_printf(out, "%s{\"rows\": %" PRId64 ", \"row\": %" PRId64,
                        i == 0 ? "" : ", ", e->n, e->uid);
        print_string(out, "message", e->message);
        mec_text_add_char(out, '}');
    }
    mec_text_add_char(out, ']');
}

static void print_rank_list(const status *s, mec_text *out)
{
    mec_text_add(out, ", \"ranks\": [");
    for (size_t i = 0; i < s->ranks.n; i++) {
        const status_rank *r = &s->ranks.data[i];

        mec_text_printf(out, "%s{\"rank\": %" PRId64 ", \"evaluations\": %" PRId64,
                        i == 0 ? "" : ", ", r->rank, r->n);
        print_string(out, "host", r->host);
        print_number(out, "computing_s", r->seconds);
        print_string(out, "last", r->last);
        mec_text_add_char(out, '}');
    }
    mec_text_add_char(out, ']');
}

void status_print_json(const status *s, mec_text *out)
{
    mec_text_add(out, "{\"database\": ");
    mec_json_print_string(s->path, out);
    mec_text_printf(out,
                    ", \"rows\": %" PRId64 ", \"done\": %" PRId64
                    ", \"failed\": %" PRId64 ", \"left\": %" PRId64
                    ", \"failed_by_class\": {",
                    s->n_rows, s->n_rows - s->n_left, s->n_failed, s->n_left);
    for (size_t i = 0; i < s->classes.n; i++) {
        mec_text_add(out, i == 0 ? "" : ", ");
        mec_json_print_string(s->classes.data[i].name, out);
        mec_text_printf(out, ": %" PRId64, s->classes.data[i].n);
    }
    mec_text_add(out, "}");
    mec_text_printf(out, ", \"cached\": %" PRId64, s->n_cached);
    print_exception_list(s, out);
    print_rank_list(s, out);
    print_string(out, "expected_end", s->owner == NULL ? NULL : s->expected_end);
    print_number(out, "rate_per_s", s->rate);
    print_number(out, "eta_s", time_left(s));
    print_number(out, "computing_s", s->computing_s);
    print_string(out, "last", s->last);
    print_string(out, "owner", s->owner);
    print_string(out, "complete", s->complete);
    if (s->written != NULL) {
        print_string(out, "written", s->written);
    }
    mec_text_add(out, "}\n");
}
