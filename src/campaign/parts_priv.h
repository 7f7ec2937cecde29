#ifndef CAMPAIGN_PARTS_PRIV_H
#define CAMPAIGN_PARTS_PRIV_H

/* What jobs are put together from: packages with parameters, and morphologies. A million
 * jobs share a few dozen of the one and some thousands of the other, so each is looked at
 * once and its texts are kept once. */

#include "config_priv.h"
#include "store_priv.h"

#include <mecombo/campaign.h>
#include <mecombo/evaluate.h>
#include <mecombo/map.h>
#include <mecombo/vec.h>

/* An e-model with its parameters. */
typedef struct package_part {
    mec_job what;       /* all but morphology, apical section and traces */
    const void *params; /* one pointer per distinct text of parameters */
    int32_t head;       /* index of the text that its jobs begin with, plus 1 */
    size_t group;       /* of the cost model: e-model and parameters */
    const char
        *label; /* digest of e-model and parameters, the same in every campaign */
    bool wants_apical;   /* it records at apical points */
    double simulated_ms; /* sum over its protocols */
    double chunk_um;     /* of its segments; 0: unknown */
    int axon;            /* mec_axon_treatment */
} package_part;

/* A morphology file. */
typedef struct morphology_part {
    const char *path; /* absolute */
    int64_t size;     /* bytes; -1: cannot be read */
    struct segment_count *counts;
} morphology_part;

typedef struct parts {
    mec_arena *arena; /* what outlives the making of the jobs */
    const run_config *config;
    const mec_run_options *options;
    const char *cache;           /* folder of the result cache; NULL: none */
    const mec_json *final;       /* final.json */
    const mec_json *emodel_dirs; /* emodel_dirs.json */
    mec_map *packages;           /* names in the row -> package_part */
    mec_map *morphologies;       /* path -> morphology_part */
    mec_map *checked;            /* folders of packages that can be loaded */
    mec_map *params;             /* texts of parameters */
    MEC_VEC(package_part *) package;
    MEC_VEC(mec_pool_head) head;
    int64_t n_counted;             /* morphologies that were read */
    double counted, counted_bytes; /* their segments and bytes */
} parts;

/* Read final.json and emodel_dirs.json. */
MEC_NODISCARD mec_status parts_open(parts *p, mec_err *err);
void parts_close(parts *p);

/* The package of a row. */
MEC_NODISCARD mec_status parts_package(parts *p, const store_row *row,
                                       package_part **out, mec_err *err);

/* The morphology of a row. */
MEC_NODISCARD mec_status parts_morphology(parts *p, const store_row *row,
                                          morphology_part **out, mec_err *err);

/* Size of an evaluation as the cost model wants it: segments times simulated ms. The
 * segments are counted in the first PARTS_MOST_READ morphologies and told from the size of
 * the file for the others. */
double parts_size(parts *p, const package_part *package, morphology_part *morphology);

enum { PARTS_MOST_READ = 300, PARTS_MOST_BYTES = 64 << 20 };

#endif
