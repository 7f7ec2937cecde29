#ifndef MECOMBO_MORPHOLOGY_H
#define MECOMBO_MORPHOLOGY_H

/** Morphologies: files to sections, axon replacement, segments and their geometry.
 *
 * Parity: NEURON 8.2.7's Import3d (Neurolucida3 and SWC readers), diam_from_list and
 * topology, BluePyOpt 1.12's nseg rule and axon replacement; every number is the same
 * double. Lengths and diameters in um, areas in um2, resistances in MOhm, Ra in ohm cm.
 *
 * Where NEURON goes on with a part of a broken file, reading fails instead: after a syntax
 * error or beyond a superfluous ')' in .asc; at a line of .swc that is not seven numbers;
 * at a parent that is not in the file; at numbers beyond 1e9 um. The area of a stack of
 * contours, which NEURON prints and sometimes fails on, is not computed.
 */

#include <mecombo/arena.h>
#include <mecombo/err.h>
#include <mecombo/text.h>

#include <stdint.h>

typedef enum mec_section_type {
    MEC_SECTION_OTHER = 0, /* dend_n, minus_n: file types that NEURON knows by number */
    MEC_SECTION_SOMA = 1,
    MEC_SECTION_AXON = 2,
    MEC_SECTION_DEND = 3,
    MEC_SECTION_APIC = 4,
    MEC_SECTION_MYELIN = 5
} mec_section_type;

/** One unbranched cable. */
typedef struct mec_section {
    const char *name; /* "dend[12]" */
    mec_section_type type;
    int32_t number;    /* 12 of "dend[12]" */
    int32_t file_type; /* type as files number it; 0 for one made by axon replacement */
    int32_t line;      /* of its first point in the file; 0: unknown or made */
    int32_t parent;    /* index of the parent section; -1 for the root */
    double parent_x;   /* 0..1, where on the parent */
    double length_um;  /* L */
    int32_t nseg;
    int32_t n_point; /* 3-D points; 0 for a section made by axon replacement */
    const float *x, *y, *z, *diam; /* [n_point] um, float32 as NEURON stores them */
    const double *arc;             /* [n_point] um, path length from the first point */
    double *segment_diam_um;       /* [nseg], only where n_point is 0 */
    bool is_unlisted; /* in no section list (the stump that MEC_AXON_TAPER_3 leaves when
                         the axon is shorter than 30 um): NEURON's defaults stay */
} mec_section;

/** Section lists, as bits; a section belongs to several. */
enum {
    MEC_LIST_ALL = 1,
    MEC_LIST_SOMATIC = 2,
    MEC_LIST_BASAL = 4,
    MEC_LIST_APICAL = 8,
    MEC_LIST_AXONAL = 16,
    MEC_LIST_MYELINATED = 32
};

typedef struct mec_geometry mec_geometry;

/** A morphology in NEURON's section order (by type number: soma, axon, dend, apic, others;
 * replaced axon and myelin last). Owned by its arena; changed only by the functions below. */
typedef struct mec_morphology {
    mec_arena *arena; /* owned */
    const char *file;
    int32_t n_section;
    mec_section *section;   /* [n_section] */
    int32_t *connect_order; /* [n_section] order of connect statements (siblings) */
    int32_t n_warning;
    const char **warning;  /* [n_warning] `file:line: text` */
    const char *too_long;  /* name of a section that would need more than NEURON's 32767
                               segments; NULL: none */
    const char *axon_rule; /* "none", "bluepyopt", "taper": what was applied */
} mec_morphology;

/** Read a .asc, .swc or .h5 file (chosen by its extension) as NEURON imports it.
 *
 * @param out  owned by the caller, freed with mec_morphology_free(); NULL on failure
 * @return MEC_OK; MEC_E_IO; MEC_E_INPUT with `file:line: what`; MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_morphology_read(const char *path, mec_morphology **out,
                                             mec_err *err);

/** Read a .asc or .swc text that is in memory.
 *
 * @param name    stands for the file; its extension says which form it is; copied
 * @param text    [length] followed by a NUL; borrowed until return
 * @param out     as mec_morphology_read()
 * @return as mec_morphology_read(); MEC_E_INPUT for other extensions
 */
MEC_NODISCARD mec_status mec_morphology_parse(const char *name, const char *text,
                                              size_t length, mec_morphology **out,
                                              mec_err *err);

/** Free a morphology; NULL is allowed. */
void mec_morphology_free(mec_morphology *morphology);

/** The lists that a section belongs to, as MEC_LIST_ bits. */
unsigned mec_section_lists(const mec_section *section);

/** nseg = 1 + 2*int(length/chunk), at most NEURON's 32767. */
int32_t mec_morphology_nseg(double length_um, double chunk_um);

/** Set nseg by mec_morphology_nseg() on every section that comes from the file (BluePyOpt's
 * rule, 40 um there). A section that would need more than 32767 segments makes
 * mec_geometry_new() fail. */
void mec_morphology_set_nseg(mec_morphology *morphology, double chunk_um);

typedef enum mec_axon_rule {
    MEC_AXON_KEEP,      /* leave the axon as it is */
    MEC_AXON_BLUEPYOPT, /* two cylinders of 30 um (BluePyOpt's default replacement) */
    MEC_AXON_TAPER,     /* SSCx: 2 x 30 um with the axon's first ten diameters, then
                           1000 um of myelin */
    MEC_AXON_TAPER_3    /* BluePyEModel's form of it: needs three axonal sections */
} mec_axon_rule;

/** Replace the axon; call after mec_morphology_set_nseg().
 *
 * @return MEC_OK; MEC_E_INPUT when the axon is too short for the rule; MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_morphology_replace_axon(mec_morphology *morphology,
                                                     mec_axon_rule rule, mec_err *err);

/** Refuse what cannot be simulated: sections in no list (BluePyOpt cannot import their
 * types either), no soma, segments without area (NEURON's result there is not a number).
 *
 * @return MEC_OK; MEC_E_INPUT with `file:line: what`
 */
MEC_NODISCARD mec_status mec_morphology_check(const mec_morphology *morphology,
                                              const mec_geometry *geometry,
                                              mec_err *err);

/** Find a section by type and number: soma[0], apic[3].
 *
 * @return its index; -1 when there is none
 */
int32_t mec_morphology_find(const mec_morphology *morphology, mec_section_type type,
                            int32_t number);

/** The discretised tree in NEURON's node order: root nodes (one per root section), then
 * sections breadth-first, each its segments followed by its end node.
 * n_node = n_root + sum(nseg + 1). */
struct mec_geometry {
    int32_t n_node;
    int32_t n_root;       /* 1; more when the file holds separate trees */
    int32_t *parent;      /* [n_node] -1 for roots; parent[i] < i */
    int32_t *section;     /* [n_node] section of the node; root node: its section */
    int32_t *segment;     /* [n_node] 0..nseg-1, nseg for an end node, -1 for a root */
    int32_t *first_node;  /* [n_section] node of segment 0 */
    int32_t *parent_node; /* [n_section] node that the section's beginning hangs on */
    int32_t *order;       /* [n_section] sections in the order of their nodes */
    int32_t *rank;        /* [n_section] place of the section in `order` */
    double *area_um2;     /* [n_node] 100 for the root and end nodes */
    double *diam_um;      /* [n_node] 0 for root and end nodes */
    double *rinv;         /* [n_node] 1/MOhm, to the parent node */
    double *a;            /* [n_node] effect of the node on its parent's row, S/cm2 */
    double *b;            /* [n_node] effect of the parent on the node's row, S/cm2 */
    double *distance_um;  /* [n_node] path length from soma(0.5) (without a soma: from
                             the middle of section 0); 1e20 to a separate tree */
};

/** Compute areas, resistances and coupling coefficients for the present nseg.
 *
 * @param arena      owns the result; must outlive it
 * @param ra_ohm_cm  [n_section] axial resistivity
 * @param out        borrowed from the arena; NULL on failure
 * @return MEC_OK; MEC_E_INPUT when a section is too long for its nseg; MEC_E_NOMEM
 *
 * Parity: bit for bit NEURON's area, diam, ri, a, b (SOLVER.md 1.4, 1.5, 7.8).
 */
MEC_NODISCARD mec_status mec_geometry_new(const mec_morphology *morphology,
                                          const double ra_ohm_cm[], mec_arena *arena,
                                          mec_geometry **out, mec_err *err);

/** The node of section(x): segment int(nseg*x), the end nodes for x = 0 and x = 1.
 *
 * x = 0 gives the node that the section hangs on.
 */
int32_t mec_geometry_node(const mec_morphology *morphology,
                          const mec_geometry *geometry, int32_t section, double x);

/** Path length in um from soma(0.5) to section(x), NEURON's h.distance. */
double mec_geometry_distance(const mec_morphology *morphology,
                             const mec_geometry *geometry, int32_t section, double x);

/** Append the geometry as JSON, in the form of DESIGN.md 5 (file name, sections, lists,
 * nseg_total).
 *
 * @param ra_ohm_cm  [n_section] the resistivity that `geometry` was made with
 * @param cm_uf_cm2  [n_section] membrane capacitance, only printed
 * @param out        appended to; check mec_text_ok()
 */
void mec_geometry_print_json(const mec_morphology *morphology,
                             const mec_geometry *geometry, const double ra_ohm_cm[],
                             const double cm_uf_cm2[], mec_text *out);

#endif
