#ifndef CAMPAIGN_GATE_PRIV_H
#define CAMPAIGN_GATE_PRIV_H

/* Between the database and the selection: thresholds, the table of scores, the gate. */

#include "config_priv.h"

#include <mecombo/campaign.h>
#include <mecombo/map.h>
#include <mecombo/regex.h>

/* One entry of megate_thresholds. */
typedef struct threshold {
    mec_regex *emodel, *fullmtype, *etype, *features; /* NULL: everything */
    double value;
    const char *text; /* as Python prints the entry */
} threshold;

typedef struct gate_config {
    size_t n_thresholds;
    threshold *threshold; /* [n_thresholds] the last that applies wins */
    size_t n_skip;
    mec_regex **skip;            /* [n_skip] */
    const char **skip_text;      /* [n_skip] */
    const char **threshold_text; /* [n_thresholds] */
} gate_config;

/* Compile the patterns of a select configuration; freed by gate_config_clear(). */
MEC_NODISCARD mec_status gate_config_read(mec_arena *arena, const select_config *config,
                                          gate_config *out, mec_err *err);
void gate_config_clear(gate_config *config);

/* One row of the table `scores` as select needs it. Strings are interned: equal strings
 * are equal pointers. NULL stays NULL. */
typedef struct score_row {
    int64_t uid;
    const char *layer, *fullmtype, *mtype, *etype, *morph_name, *emodel, *original;
    const char *exception_class, *exception;
    const char *opt_scores, *scores;                 /* of unrepaired exemplars only */
    const char *threshold_current, *holding_current; /* JSON literals; NULL: none */
    bool is_exemplar, is_repaired, is_original, to_run;
} score_row;

typedef struct score_table {
    mec_arena *arena; /* borrowed */
    size_t n_rows;
    score_row *row; /* [n_rows] */
    size_t n_exemplars;
    size_t *exemplar; /* [n_exemplars] rows that are exemplars */
    size_t n_columns;
    const char **column; /* [n_columns] objective names */
    double *value;       /* [n_rows * n_columns] NaN: missing; owned */
    double cpu_seconds;  /* NaN: unknown */
    const char *provenance;
} score_table;

/* Read a database. Every row must have run, and both tables must agree. */
MEC_NODISCARD mec_status score_table_read(mec_arena *arena, const char *path,
                                          score_table *out, mec_err *err);
void score_table_clear(score_table *table);

/* What the gate works on and fills. */
typedef struct gate {
    mec_arena *arena;
    const select_config *config;
    const gate_config *patterns;
    const score_table *table;
    const bool *skipped_column; /* [n_columns] */
    double what_if;             /* NaN: none */
    mec_selection_row *row;     /* one per row that is no exemplar */
    const size_t *row_of;       /* [rows of the selection] index into the table */
} gate;

/* Gate one e-model.
 *
 * @param n, rows  [n] its rows in the selection, database order
 * @param out      name is set; the rest is filled */
MEC_NODISCARD mec_status gate_emodel(gate *g, size_t n, const size_t rows[],
                                     mec_selection_emodel *out, mec_err *err);

/* Compare the scores of an e-model's unrepaired exemplars with its optimisation's. */
MEC_NODISCARD mec_status check_opt_scores(const score_table *table, const char *emodel,
                                          double tolerance, mec_err *err);

/* Median of the values that are no NaN; reorders values. NaN when there is none. */
double median_of(size_t n, double values[]);

/* Names of me-combinations: `<emodel>_<fullmtype>_<layer>_<morph_name>` and, if asked
 * for, valid and unique as NEURON template names. Only selected rows get names. */
MEC_NODISCARD mec_status name_combos(mec_arena *arena, bool compliant, size_t n,
                                     mec_selection_row row[], mec_err *err);

/* SHA-1 of a text as 40 hexadecimal digits. */
void sha1_hex(const void *bytes, size_t n, char out[41]);

/* The last line that says something, at most 240 bytes; NULL when out of memory. */
const char *exception_message(mec_arena *arena, const char *text);

/* Length of the Python class that a message begins with ("ValueError: no"), or 0. */
size_t exception_name_length(const char *message);

#endif
