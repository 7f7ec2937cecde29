#ifndef CAMPAIGN_INPUTS_PRIV_H
#define CAMPAIGN_INPUTS_PRIV_H

/* What prepare reads: recipe, morphology lists, circuit, e-model map and final.json.
 *
 * Everything is allocated from the arena given to the reader; every record knows the
 * line it came from. Parity: BLUEPYMM.md A.3. */

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <mecombo/json.h>
#include <mecombo/regex.h>

/* One allowed combination of layer, full m-type and e-type. */
typedef struct recipe_record {
    const char *layer, *fullmtype, *etype;
    int line;
} recipe_record;

typedef struct recipe {
    const char *file;
    size_t n;
    recipe_record *record; /* [n] file order */
} recipe;

/* Read an .xml or a .yaml (.yml) recipe. */
MEC_NODISCARD mec_status recipe_read(mec_arena *arena, const char *path, recipe *out,
                                     mec_err *err);

/* One morphology of a neuronDB.xml. */
typedef struct morph_record {
    const char *name, *fullmtype, *mtype, *msubtype, *layer;
    int line;
} morph_record;

typedef struct neurondb {
    const char *file;
    size_t n;
    morph_record *record; /* [n] file order */
} neurondb;

/* Read <directory>/neuronDB.xml. */
MEC_NODISCARD mec_status neurondb_read(mec_arena *arena, const char *directory,
                                       neurondb *out, mec_err *err);

/* One cell of a circuit. */
typedef struct cell_record {
    const char *layer, *fullmtype, *etype, *morph_name;
} cell_record;

typedef struct circuit {
    const char *file;
    size_t n;
    cell_record *record; /* [n] file order */
} circuit;

/* Read a circuit.mvd3. */
MEC_NODISCARD mec_status circuit_read(mec_arena *arena, const char *path, circuit *out,
                                      mec_err *err);

/* One entry of emodel_etype_map.json with what final.json says about it. */
typedef struct emodel_entry {
    const char *original; /* key in both files */
    const char *emodel;   /* mm_recipe */
    size_t n_layers;
    const char **layer;        /* [n_layers] */
    const char *etype_pattern; /* ".*" when absent */
    mec_regex *etype, *mtype, *morph_name;
    const mec_json *params;  /* object name -> number */
    const mec_json *fitness; /* object objective -> number */
    const char *morph_path;  /* as in final.json */
    const char *morph_file;  /* its base name */
    const char *morph_stem;  /* base name without extension */
    const char *morph_ext;   /* with the dot */
    const char *main_path;   /* "." when absent */
    const char *branch;      /* NULL when absent */
    const char *source;      /* folder the package comes from; set by packages.c */
    const char *target;      /* absolute folder of the prepared package; likewise */
    int line;                /* in the map */
} emodel_entry;

typedef struct emodel_map {
    const char *file;       /* the map */
    const char *final_file; /* final.json */
    const mec_json *final_root;
    size_t n;
    emodel_entry *entry; /* [n] map order */
} emodel_map;

/* Read both files below a folder. The patterns are freed by emodel_map_clear(). */
MEC_NODISCARD mec_status emodel_map_read(mec_arena *arena, const char *directory,
                                         const char *final_path, const char *map_path,
                                         emodel_map *out, mec_err *err);

/* Free the compiled patterns; a zeroed map is fine. */
void emodel_map_clear(emodel_map *map);

#endif
