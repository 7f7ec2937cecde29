#ifndef MECOMBO_SELECTION_H
#define MECOMBO_SELECTION_H

/** What the gate decided about a campaign: made by campaign, drawn by report.
 *
 * Everything lives in the arena given to mec_campaign_select() and is read-only. Strings
 * are UTF-8. "Row" is a row of the table `scores`; exemplar rows are not among the rows
 * here unless said so. NaN stands for "no number".
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Passed, failed and error counts under one name: a bar of the report. */
typedef struct mec_selection_bar {
    const char *name;
    int64_t passed;
    int64_t
        error; /* rows that hold an exception; 0 in bars per e-model, where such rows
                       count as failed */
    int64_t failed; /* the rest */
} mec_selection_bar;

/** One tested me-combination. */
typedef struct mec_selection_row {
    int64_t uid;                                                 /* column "index" */
    const char *layer, *fullmtype, *etype, *morph_name, *emodel; /* "" where NULL */
    const char *mtype;           /* of fullmtype where the database has NULL */
    const char *exception_class; /* NULL: no exception; its Python class, or
                                     "exception", where the database has none */
    const char *exception;  /* last line of its text, cut at 240 bytes; NULL: none */
    const char *combo_name; /* as written to the files */
    const char *plain_name; /* combo_name before it was made NEURON compliant */
    const char *threshold_text, *holding_text; /* as in the files; "" for none */
    double threshold_current;                  /* nA, NaN: none */
    double holding_current;                    /* nA, NaN: none */
    double median;                             /* of the gated scores; NaN: none */
    bool passed;            /* every gated score is within its limit */
    bool selected;          /* passed, or among the best with select_perc_best */
    int32_t i_emodel;       /* into mec_selection.emodel */
    int32_t i_first_failed; /* into the e-model's features; -1: none */
    int32_t i_worst;        /* the feature with the largest score - limit; -1: none */
    int32_t n_failed;       /* features that failed */
    double worst_score;     /* NaN: missing score, which is worst of all */
    double worst_limit;     /* what worst_score had to stay within */
} mec_selection_row;

/** One gated objective of one e-model. */
typedef struct mec_selection_feature {
    const char *name;
    int64_t passed, failed;
    double exemplar;     /* score of the repaired exemplar; NaN: none */
    double limit_min;    /* smallest and largest limit among the e-model's rows: they */
    double limit_max;    /* differ when thresholds depend on m-type or e-type */
    const double *score; /* [n_rows of the e-model] NaN: missing */
} mec_selection_feature;

/** One e-model: what the two pages per e-model show. */
typedef struct mec_selection_emodel {
    const char *name;
    const char *skipped; /* why it was left out of the gate; NULL: it was gated */
    size_t n_rows;
    const size_t *row; /* [n_rows] into mec_selection.row, database order */
    size_t n_features;
    const mec_selection_feature *feature; /* [n_features] database column order */
    int64_t n_passed;                     /* rows that passed all */
    int64_t n_selected;
    size_t n_mtypes;
    const mec_selection_bar *mtype; /* [n_mtypes] by fullmtype, order of appearance */
    size_t n_sensitivity;
    const double
        *sensitivity_threshold;        /* [n_sensitivity] every threshold set to this */
    const int64_t *sensitivity_passed; /* [n_sensitivity] rows that would pass */
} mec_selection_emodel;

/** Rows counted by one reason, most frequent first. */
typedef struct mec_selection_count {
    const char *name;
    int64_t n;
} mec_selection_count;

typedef struct mec_selection {
    /* configuration */
    const char *conf;
    const char *scores_db;
    const char *pdf_filename;
    const char *output_dir;           /* NULL in the 2017 form */
    const char *emodels_hoc_dir;      /* NULL in the 2017 form */
    const char *extneurondb_filename; /* path of the file to write */
    const char *combo_emodel_filename;
    bool form_2017;
    bool names_compliant; /* make_names_neuron_compliant */
    bool scaled_by_exemplar;
    bool plot_emodels_per_morphology;
    double select_perc_best; /* fraction; NaN: not used */
    double what_if;          /* NaN: not used */
    size_t n_skip;
    const char *const *skip; /* [n_skip] to_skip_features as given */
    size_t n_thresholds;
    const char *const
        *threshold_text; /* [n_thresholds] each entry as Python prints it */

    /* rows */
    size_t n_rows;
    const mec_selection_row *row; /* [n_rows] database order */
    int64_t n_rows_in_database;   /* with exemplars */
    int64_t n_passed;
    int64_t n_selected;
    int64_t n_exceptions;
    double cpu_seconds; /* sum over the provenance table; NaN: none */

    /* tables of the report */
    size_t n_emodels;
    const mec_selection_emodel *emodel; /* [n_emodels] sorted by name */
    size_t n_metypes;
    const mec_selection_bar *metype; /* [n_metypes] `<etype>_<fullmtype>`, appearance */
    size_t n_morphologies;
    const mec_selection_bar
        *morphology;           /* [n_morphologies] `morph (fullmtype, etype)` */
    size_t n_mtypes, n_etypes; /* axes of the two matrices, sorted */
    const char *const *mtype;  /* [n_mtypes] */
    const char *const *etype;  /* [n_etypes] */
    const double *median;    /* [n_mtypes * n_etypes] median score of the selected rows,
                                  m-type major; NaN: none */
    const int64_t *n_tested; /* [n_mtypes * n_etypes] rows */
    const int64_t *n_accepted; /* [n_mtypes * n_etypes] selected rows */
    size_t n_rejections;
    const mec_selection_count
        *rejection; /* [n_rejections] features by rows they reject */
    size_t n_classes;
    const mec_selection_count *exception_class; /* [n_classes] */
    const char *provenance; /* versions of the program that ran, JSON; NULL: unknown */
} mec_selection;

#endif
