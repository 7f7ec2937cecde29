#ifndef MORPHOLOGY_PRIV_H
#define MORPHOLOGY_PRIV_H

/* What the files of this room share.
 *
 * A reader fills an import_tree with points in double precision, much as NEURON's
 * Import3d holds them; import_finish() turns it into a mec_morphology.
 */

#include <mecombo/morphology.h>

#include <mecombo/vec.h>

/* hoc compares numbers with this slack, and Import3d is written in hoc. */
#define HOC_EPSILON 1e-11

/* NEURON's PI. */
#define NRN_PI 3.14159265358979323846

static inline bool hoc_equal(double a, double b)
{
    return a <= b + HOC_EPSILON && a >= b - HOC_EPSILON;
}

static inline bool hoc_less(double a, double b)
{
    return a < b - HOC_EPSILON;
}

static inline bool hoc_less_equal(double a, double b)
{
    return a <= b + HOC_EPSILON;
}

/* A point of a reconstruction; um. */
typedef struct import_point {
    double x, y, z;
    double d; /* diameter */
} import_point;

/* Types of sections as files number them. */
enum { FILE_TYPE_SOMA = 1, FILE_TYPE_AXON = 2, FILE_TYPE_DEND = 3, FILE_TYPE_APIC = 4 };

/* A run of points without branches. The point before the first one in import_tree.point
 * is a spare, so that one point can be put in front. */
typedef struct import_section {
    int32_t type;         /* as files number it */
    int32_t parent;       /* index into import_tree.section; -1: none */
    double parent_x;      /* where on the parent */
    int32_t line;         /* of the first point in the file; 0: unknown */
    size_t first;         /* index of its first point */
    size_t n_point;       /* without the spare */
    bool wire;            /* the first point only says where the parent is */
    bool is_contour;      /* outline of a soma */
    bool subsidiary;      /* a further contour of a stack: no section of its own */
    bool removed;         /* found to be without length */
    int32_t next_contour; /* next contour of the same stack; -1: none */
    int32_t index;        /* in mec_morphology.section; -1: none */
} import_section;

typedef struct import_tree {
    const char *file;
    MEC_VEC(import_point) point;
    MEC_VEC(import_section) section; /* in the order of the file */
    MEC_VEC(int32_t) order;          /* Import3d's list: contours first */
    MEC_VEC(const char *) warning;   /* in arena */
    mec_arena *arena;                /* borrowed: owns what outlives the import */
} import_tree;

/* Forget everything. */
void import_tree_clear(import_tree *tree);

/* Keep a warning `file:line: text`; line 0 leaves the line out. */
mec_status import_warn(import_tree *tree, mec_err *err, int32_t line, const char *fmt,
                       ...) MEC_PRINTF(4, 5);

/* Add a point. */
mec_status import_add_point(import_tree *tree, import_point point, mec_err *err);

/* Add the spare point that stands before the points of a section. */
mec_status import_add_spare(import_tree *tree, mec_err *err);

/* Add a section whose points run from `first` to the end of tree->point. */
mec_status import_add_section(import_tree *tree, int32_t type, int32_t parent,
                              size_t first, int32_t line, mec_err *err);

/* Add a section of a Neurolucida tree: as import_add_section(), and it takes its parent's
 * last point in front, with its own first diameter, unless it begins there. */
mec_status import_add_branch(import_tree *tree, int32_t type, int32_t parent,
                             size_t first, int32_t line, mec_err *err);

/* Put a point in front of a section, into the spare. */
void import_prepend(import_tree *tree, import_section *section, import_point point);

/* Remove what has no length, name and number the rest, make the sections. */
mec_status import_finish(import_tree *tree, mec_morphology *morphology, mec_err *err);

/* asc.c: Neurolucida text. */
mec_status asc_import(const char *text, size_t length, import_tree *tree, mec_err *err);

/* swc.c: SWC text. */
mec_status swc_import(const char *text, size_t length, import_tree *tree, mec_err *err);

/* bbp_h5.c: the Blue Brain Project's HDF5 form, version 1. */
mec_status bbp_h5_import(import_tree *tree, mec_err *err);

/* soma.c: put contours first, find stacks, hang every root on a soma. */
mec_status soma_connect(import_tree *tree, mec_err *err);

/* soma.c: contours of the stack that a contour begins, itself included. */
size_t soma_stack_size(const import_tree *tree, const import_section *soma);

/* contour.c: number of points of a soma made from one contour. */
enum { CONTOUR_OUTLINE = 21, CONTOUR_SAMPLES = 101 };

/* Coordinates as separate arrays. */
typedef struct contour_samples {
    double x[CONTOUR_SAMPLES], y[CONTOUR_SAMPLES], z[CONTOUR_SAMPLES];
} contour_samples;

/* Resample a contour at 101 equally spaced places of its perimeter; centre is the mean of
 * these. */
void contour_center(const import_point point[], size_t n, contour_samples *samples,
                    double centre[3]);

/* Turn one contour into 21 circles along its major axis.
 *
 * Returns false when the contour has no extent. */
bool contour_to_centroid(const import_point point[], size_t n,
                         import_point out[CONTOUR_OUTLINE]);

/* The circle that stands for one contour of a stack. */
import_point contour_to_circle(const import_point point[], size_t n);

/* symeig.c: eigenvalues and eigenvectors (columns of q) of a symmetric 3 x 3 matrix.
 *
 * Returns false when the iteration does not end. */
bool symeig3(double a[3][3], double q[3][3], double value[3]);

/* number.c: read a decimal number at text; end is where reading must stop (a NUL).
 *
 * Returns the place after the number; NULL when there is none. */
const char *number_scan(const char *text, double *value);

/* number.c: as number_scan(), but rounded to float32 as scanf's %f does. */
const char *number_scan_float(const char *text, double *value);

/* number.c: the double that reading back printf("%.8g", x) gives. */
double number_round8(double x);

/* number.c: the double that reading back printf("%.9f", x) gives. */
double number_fixed9(float x);

/* segment.c: numbers of one segment. */
typedef struct segment_values {
    double area_um2;
    double diam_um;
    double left_mohm, right_mohm; /* resistance of the two halves */
} segment_values;

/* segment.c: where the walk along a section's 3-D points is. */
typedef struct segment_walk {
    const mec_section *section;
    double ra_ohm_cm;
    double ds_um;  /* length of a segment */
    int32_t point; /* 3-D point at or before the place reached */
    double x, y;   /* arc and diameter reached */
} segment_walk;

/* Stand at the beginning of a section that is cut into nseg segments. */
segment_walk segment_walk_begin(const mec_section *section, int32_t nseg,
                                double ra_ohm_cm);

/* The values of the next segment; i counts 0 .. nseg-1. */
segment_values segment_walk_next(segment_walk *walk, int32_t i);

#endif
