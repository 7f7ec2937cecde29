#ifndef CAMPAIGN_STATUS_PRIV_H
#define CAMPAIGN_STATUS_PRIV_H

/* How far a campaign is, and the small file that says so while nobody else may read the
 * database: on a shared file system the run holds it exclusively (HPC.md 3.3). */

#include "store_priv.h"

#include <mecombo/vec.h>

typedef struct status_class {
    const char *name;
    int64_t n;
} status_class;

/* A kind of exception: messages that differ in numbers and file names only. */
typedef struct status_exception {
    const char *message; /* of one of the rows */
    int64_t uid;         /* that row */
    int64_t n;
} status_exception;

/* What one rank has done since the run began. */
typedef struct status_rank {
    const char *host;
    int64_t rank, n;
    double seconds;   /* of computing */
    const char *last; /* UTC of its newest result */
} status_rank;

typedef struct status {
    mec_arena *arena;
    mec_db *db; /* borrowed */
    const char *path;
    int64_t n_rows, n_left, n_failed;
    int64_t n_cached; /* taken from a result cache */
    MEC_VEC(status_class) classes;
    MEC_VEC(status_exception)
    exceptions;                 /* the most frequent, at most MOST_EXCEPTIONS */
    MEC_VEC(status_rank) ranks; /* of the present or latest run */
    const char *expected_end;   /* UTC, by the cost model; NULL: unknown */
    double rate;                /* rows/s of late; NaN: unknown */
    double computing_s;         /* sum over evaluations; NaN: unknown */
    const char *last;           /* UTC of the newest result; NULL: none */
    const char *complete;       /* UTC; NULL: not complete */
    const char *owner;          /* NULL: nobody */
    const char *written;        /* UTC; NULL: of now, from the database itself */
    bool own_tables;
} status;

enum { MOST_EXCEPTIONS = 5 };

/* Free what the vectors hold. */
void status_clear(status *s);

/* Fill from s->db. */
MEC_NODISCARD mec_status status_from_database(status *s, mec_err *err);

/* Fill from <s->path>.status. @return false: there is none that can be understood */
bool status_from_file(status *s);

/* status_top.c: fill the most frequent kinds of exceptions from s->db. */
MEC_NODISCARD mec_status status_read_exceptions(status *s, mec_err *err);

/* status_print.c: one JSON object and a newline; lines of text. */
void status_print_json(const status *s, mec_text *out);
void status_print_text(const status *s, bool ranks, mec_text *out);

/* Where and when a run publishes its status. */
typedef struct status_board {
    bool is_needed; /* nobody else can read the database */
    double next_s;  /* progress_clock() at which it is due again */
} status_board;

/* Write <database>.status if it is needed and due: every few seconds, less often when
 * the database is so large that counting takes long. A failure is only a warning. */
void status_publish(status_board *board, mec_db *db);

/* Remove the file, before the database is given back. */
void status_withdraw(const status_board *board, const mec_db *db);

#endif
