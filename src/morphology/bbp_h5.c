/* The Blue Brain Project's HDF5 morphologies, version 1: `/points` [N, 4] holds x, y, z and
 * diameter, `/structure` [M, 3] first point, type and parent row of each section; row 0 is
 * the soma's contour.
 *
 * NEURON cannot read them. They count as what morph-tool's conversion to .asc (MorphIO's
 * writer: float32, nine decimals, one type per tree) would give NEURON to read.
 */

#include "morphology_priv.h"

#include <mecombo/h5.h>

#include <math.h>
#include <stdlib.h>

enum {
    STRUCTURE_FIRST = 0,
    STRUCTURE_TYPE = 1,
    STRUCTURE_PARENT = 2,
    N_STRUCTURE = 3,
    N_POINT_COLUMN = 4,
    N_CIRCLE = 20 /* points that morph-tool gives to a soma of one point */
};

/* morph-tool's line width of such a circle. */
static const double circle_line_um = .25;

typedef struct h5_reader {
    import_tree *tree;
    mec_err *err;
    size_t n_row, n_point;
    const int64_t *structure; /* [n_row, 3] */
    const double *point;      /* [n_point, 4] */
    bool has_soma;
    int32_t *first_child, *next_child; /* [n_row + 1]; roots are children of n_row */
    int32_t *made;                     /* [n_row] index in tree->section */
} h5_reader;

static mec_status fail_row(const h5_reader *r, size_t row, const char *what)
{
    return mec_fail(r->err, MEC_E_INPUT, "%s: /structure row %zu: %s", r->tree->file,
                    row, what);
}

static int64_t cell_of(const h5_reader *r, size_t row, int column)
{
    return r->structure[row * N_STRUCTURE + (size_t)column];
}

/* One past the last point of a section. */
static size_t end_of(const h5_reader *r, size_t row)
{
    return row + 1 < r->n_row ? (size_t)cell_of(r, row + 1, STRUCTURE_FIRST)
                              : r->n_point;
}

static mec_status read_datasets(h5_reader *r, mec_arena *scratch)
{
    mec_status st = MEC_OK;
    mec_h5 *file = NULL;
    const char *path = r->tree->file;
    size_t n_column = 0;
    int64_t *structure = NULL;
    double *point = NULL;

    MEC_TRY(mec_h5_open(path, MEC_H5_READ, &file, r->err));
    if (!mec_h5_has(file, "/points") || !mec_h5_has(file, "/structure")) {
        st = mec_fail(r->err, MEC_E_INPUT, "%s: no /points or no /structure (%s)", path,
                      mec_h5_has(file, "/neuron1") ? "version 2 files are not supported"
                                                   : "not a morphology");
        goto done;
    }
    MEC_TRY(mec_h5_read_doubles(file, scratch, "/points", &r->n_point, &n_column,
                                &point, r->err));
    if (n_column != N_POINT_COLUMN) {
        st = mec_fail(r->err, MEC_E_INPUT, "%s: /points: %zu columns instead of 4",
                      path, n_column);
        goto done;
    }
    MEC_TRY(mec_h5_read_ints(file, scratch, "/structure", &r->n_row, &n_column,
                             &structure, r->err));
    if (n_column != N_STRUCTURE || r->n_row == 0 || r->n_row >= INT32_MAX) {
        st = mec_fail(r->err, MEC_E_INPUT,
                      "%s: /structure: %zu rows of %zu columns, expected rows of 3",
                      path, r->n_row, n_column);
        goto done;
    }
    r->point = point;
    r->structure = structure;
done:
    if (file != NULL) {
        mec_status closed = mec_h5_close(file, NULL);

        st = st == MEC_OK ? closed : st;
    }
    return st;
}

static mec_status check_points(const h5_reader *r)
{
    for (size_t i = 0; i < N_POINT_COLUMN * r->n_point; i++) {
        if (!(fabs(r->point[i]) <= 1e9)) {
            return mec_fail(r->err, MEC_E_INPUT,
                            "%s: /points row %zu: not a number, or out of range",
                            r->tree->file, i / N_POINT_COLUMN);
        }
    }
    return MEC_OK;
}

static mec_status check_rows(h5_reader *r)
{
    r->has_soma = cell_of(r, 0, STRUCTURE_TYPE) == FILE_TYPE_SOMA;
    for (size_t row = 0; row < r->n_row; row++) {
        int64_t first = cell_of(r, row, STRUCTURE_FIRST);
        int64_t type = cell_of(r, row, STRUCTURE_TYPE);
        int64_t parent = cell_of(r, row, STRUCTURE_PARENT);

        if (first < 0 || (uint64_t)first > r->n_point) {
            return fail_row(r, row, "first point outside of /points");
        }
        if (row > 0 && first < cell_of(r, row - 1, STRUCTURE_FIRST)) {
            return fail_row(r, row, "first point before that of the row above");
        }
        if (row > 0 && type == FILE_TYPE_SOMA) {
            return fail_row(r, row, "a soma that does not come first");
        }
        if (parent >= (int64_t)row) {
            return fail_row(r, row, "parent does not come before");
        }
        if (type < FILE_TYPE_SOMA || type > FILE_TYPE_APIC) {
            return fail_row(
                r, row, "type is not 1 to 4 (soma, axon, dendrite, apical dendrite)");
        }
    }
    return MEC_OK;
}

/* Lists of children in the order of the rows. */
static mec_status link_children(h5_reader *r, mec_arena *scratch)
{
    size_t n = r->n_row;
    int32_t *lists = mec_arena_calloc(scratch, 3 * (n + 1), sizeof *lists);

    if (lists == NULL) {
        return mec_fail(r->err, MEC_E_NOMEM, "%s: out of memory", r->tree->file);
    }
    r->first_child = lists;
    r->next_child = lists + n + 1;
    r->made = lists + 2 * (n + 1);
    for (size_t i = 0; i < 3 * (n + 1); i++) {
        lists[i] = -1;
    }
    for (size_t row = n; row-- > (size_t)r->has_soma;) {
        int64_t parent = cell_of(r, row, STRUCTURE_PARENT);
        bool is_root = parent < 0 || (r->has_soma && parent == 0);
        size_t list = is_root ? n : (size_t)parent;

        r->next_child[row] = r->first_child[list];
        r->first_child[list] = (int32_t)row;
    }
    return MEC_OK;
}

/* The points first .. end-1 of the file, as text of nine decimals says them. */
static mec_status add_points(const h5_reader *r, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const double *p = &r->point[N_POINT_COLUMN * i];
        mec_status st = import_add_point(
            r->tree,
            (import_point){number_fixed9((float)p[0]), number_fixed9((float)p[1]),
                           number_fixed9((float)p[2]), number_fixed9((float)p[3])},
            r->err);

        if (st != MEC_OK) {
            return st;
        }
    }
    return MEC_OK;
}

/* A circle in the xy plane around a single point. */
static mec_status add_circle(const h5_reader *r, const double center[N_POINT_COLUMN])
{
    double radius = (double)(float)center[3] / 2.;

    for (int i = 0; i < N_CIRCLE; i++) {
        double phase = 2 * NRN_PI / N_CIRCLE * i;
        double x = radius * sin(phase) + (double)(float)center[0];
        double y = radius * cos(phase) + (double)(float)center[1];
        mec_status st = import_add_point(
            r->tree,
            (import_point){number_fixed9((float)x), number_fixed9((float)y),
                           number_fixed9((float)center[2]), circle_line_um},
            r->err);

        if (st != MEC_OK) {
            return st;
        }
    }
    return MEC_OK;
}

static mec_status add_soma(const h5_reader *r)
{
    import_tree *tree = r->tree;
    mec_status st = MEC_OK;
    size_t first = (size_t)cell_of(r, 0, STRUCTURE_FIRST);
    size_t end = end_of(r, 0);
    size_t at;

    MEC_TRY(import_add_spare(tree, r->err));
    at = tree->point.n;
    if (end - first == 1) {
        MEC_TRY(add_circle(r, &r->point[N_POINT_COLUMN * first]));
    } else {
        MEC_TRY(add_points(r, first, end));
    }
    if (tree->point.n - at < 3) {
        st = import_warn(tree, r->err, 0,
                         "soma contour of less than three points ignored");
        goto done;
    }
    MEC_TRY(import_add_section(tree, FILE_TYPE_SOMA, -1, at, 0, r->err));
    tree->section.data[tree->section.n - 1].is_contour = true;
done:
    return st;
}

/* Make the section of a row; a tree is of the type of its root. */
static mec_status add_row(h5_reader *r, size_t row)
{
    import_tree *tree = r->tree;
    mec_status st = MEC_OK;
    int64_t type = cell_of(r, row, STRUCTURE_TYPE);
    int64_t parent_row = cell_of(r, row, STRUCTURE_PARENT);
    int32_t parent = parent_row > 0 || !r->has_soma
                         ? (parent_row < 0 ? -1 : r->made[parent_row])
                         : -1;
    size_t first = (size_t)cell_of(r, row, STRUCTURE_FIRST);
    size_t at;

    if (first >= end_of(r, row)) {
        st = fail_row(r, row, "section without points");
        goto done;
    }
    if (parent >= 0 && tree->section.data[parent].type != type) {
        MEC_TRY(import_warn(tree, r->err, 0,
                            "/structure row %zu: type differs from that of its tree's "
                            "root, which counts",
                            row));
        type = tree->section.data[parent].type;
    }
    MEC_TRY(import_add_spare(tree, r->err));
    at = tree->point.n;
    MEC_TRY(add_points(r, first, end_of(r, row)));
    MEC_TRY(import_add_branch(tree, (int32_t)type, parent, at, 0, r->err));
    r->made[row] = (int32_t)tree->section.n - 1;
done:
    return st;
}

/* All sections, depth first. */
static mec_status add_trees(h5_reader *r)
{
    MEC_VEC(int32_t) todo = MEC_VEC_INIT;
    mec_status st = MEC_OK;
    int32_t row = r->first_child[r->n_row];

    while (row >= 0) {
        MEC_TRY(add_row(r, (size_t)row));
        if (r->next_child[row] >= 0 && !MEC_VEC_PUSH(&todo, r->next_child[row])) {
            st = mec_fail(r->err, MEC_E_NOMEM, "%s: out of memory", r->tree->file);
            goto done;
        }
        row = r->first_child[row];
        if (row < 0 && todo.n > 0) {
            row = todo.data[--todo.n];
        }
    }
done:
    MEC_VEC_CLEAR(&todo);
    return st;
}

mec_status bbp_h5_import(import_tree *tree, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *scratch = mec_arena_new();
    h5_reader r = {.tree = tree, .err = err};

    if (scratch == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", tree->file);
        goto done;
    }
    MEC_TRY(read_datasets(&r, scratch));
    MEC_TRY(check_points(&r));
    MEC_TRY(check_rows(&r));
    MEC_TRY(link_children(&r, scratch));
    if (r.has_soma) {
        MEC_TRY(add_soma(&r));
    }
    MEC_TRY(add_trees(&r));
    MEC_TRY(soma_connect(tree, err));
done:
    mec_arena_free(scratch);
    return st;
}
