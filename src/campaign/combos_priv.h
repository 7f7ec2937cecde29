#ifndef CAMPAIGN_COMBOS_PRIV_H
#define CAMPAIGN_COMBOS_PRIV_H

/* The table of me-combinations that prepare writes (BLUEPYMM.md A.5). */

#include "inputs_priv.h"

#include <mecombo/map.h>

/* One row of the table `scores` before anything was run; NULL stays NULL. */
typedef struct combo {
    const char *layer, *fullmtype, *mtype, *msubtype, *submtype, *etype;
    const char *morph_name, *morph_ext, *morph_dir;
    const char *emodel, *original_emodel, *opt_scores;
    bool is_exemplar, is_repaired, is_original;
} combo;

typedef struct combo_table {
    size_t n;
    combo *row; /* [n] exemplars first */
    size_t n_exemplars;
    bool from_circuit; /* decides the order of the columns */
} combo_table;

typedef struct combo_inputs {
    const recipe *recipe;   /* with neurondb */
    const circuit *circuit; /* or this; the other is NULL */
    const neurondb *neurondb;
    const neurondb *rep_neurondb; /* NULL with skip_repaired_exemplar */
    const emodel_map *map;
    const char *morph_dir, *rep_morph_dir; /* as given */
    const char *unrep_morph_dir;           /* NULL: where final.json says */
    bool skip_repaired_exemplar;
} combo_inputs;

/* Build the table; every entry of the map must know its source and target. Morphologies
 * of exemplars must exist. Everything is allocated from the arena. */
MEC_NODISCARD mec_status combos_build(mec_arena *arena, const combo_inputs *in,
                                      combo_table *out, mec_err *err);

/* The rows of exemplars, which stand first; `used` holds the names of e-models that occur
 * in the table before the filter by morphology name. */
MEC_NODISCARD mec_status exemplars_add(mec_arena *arena, const combo_inputs *in,
                                       const mec_map *used, combo row[], size_t *n,
                                       mec_err *err);

enum { EXEMPLARS_PER_EMODEL = 4 };

#endif
