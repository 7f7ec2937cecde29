/* The import tree: building it, and turning it into sections as Import3d_GUI.instantiate
 * does: drop sections without length, count per type, create by type, connect in the
 * order of the list, store points as float32 after a pass through eight digits. */

#include "morphology_priv.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void import_tree_clear(import_tree *tree)
{
    MEC_VEC_CLEAR(&tree->point);
    MEC_VEC_CLEAR(&tree->section);
    MEC_VEC_CLEAR(&tree->order);
    MEC_VEC_CLEAR(&tree->warning);
}

static mec_status no_memory(const import_tree *tree, mec_err *err)
{
    return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", tree->file);
}

mec_status import_warn(import_tree *tree, mec_err *err, int32_t line, const char *fmt,
                       ...)
{
    char what[400];
    va_list args;
    char *text;

    va_start(args, fmt);
    vsnprintf(what, sizeof what, fmt, args);
    va_end(args);
    text = line > 0
               ? mec_arena_printf(tree->arena, "%s:%d: %s", tree->file, (int)line, what)
               : mec_arena_printf(tree->arena, "%s: %s", tree->file, what);
    if (text == NULL || !MEC_VEC_PUSH(&tree->warning, text)) {
        return no_memory(tree, err);
    }
    return MEC_OK;
}

mec_status import_add_point(import_tree *tree, import_point point, mec_err *err)
{
    return MEC_VEC_PUSH(&tree->point, point) ? MEC_OK : no_memory(tree, err);
}

mec_status import_add_spare(import_tree *tree, mec_err *err)
{
    return import_add_point(tree, (import_point){0.0, 0.0, 0.0, 0.0}, err);
}

mec_status import_add_section(import_tree *tree, int32_t type, int32_t parent,
                              size_t first, int32_t line, mec_err *err)
{
    import_section section = {.type = type,
                              .parent = parent,
                              .parent_x = 1.0,
                              .line = line,
                              .first = first,
                              .n_point = tree->point.n - first,
                              .next_contour = -1,
                              .index = -1};

    if (tree->section.n >= INT32_MAX) {
        return mec_fail(err, MEC_E_LIMIT, "%s: more than 2^31 sections", tree->file);
    }
    if (!MEC_VEC_PUSH(&tree->order, (int32_t)tree->section.n) ||
        !MEC_VEC_PUSH(&tree->section, section)) {
        return no_memory(tree, err);
    }
    return MEC_OK;
}

void import_prepend(import_tree *tree, import_section *section, import_point point)
{
    section->first--;
    section->n_point++;
    tree->point.data[section->first] = point;
}

mec_status import_add_branch(import_tree *tree, int32_t type, int32_t parent,
                             size_t first, int32_t line, mec_err *err)
{
    mec_status st = import_add_section(tree, type, parent, first, line, err);
    const import_section *up;
    import_point last, own;

    if (st != MEC_OK || parent < 0) {
        return st;
    }
    up = &tree->section.data[parent];
    last = tree->point.data[up->first + up->n_point - 1];
    own = tree->point.data[first];
    if (!hoc_equal(last.x, own.x) || !hoc_equal(last.y, own.y) ||
        !hoc_equal(last.z, own.z)) {
        last.d = own.d;
        import_prepend(tree, &tree->section.data[tree->section.n - 1], last);
    }
    return MEC_OK;
}

/* hoc's Vector.eq on the coordinates: strictly within the slack. */
static bool is_same_place(import_point a, import_point b)
{
    return fabs(a.x - b.x) < HOC_EPSILON && fabs(a.y - b.y) < HOC_EPSILON &&
           fabs(a.z - b.z) < HOC_EPSILON;
}

/* Children of removed sections go to the nearest ancestor that stays, at the place where
 * the topmost of the removed ones was. Parents come before children in the list. */
static void reattach_children(import_tree *tree)
{
    for (size_t i = 0; i < tree->order.n; i++) {
        import_section *child = &tree->section.data[tree->order.data[i]];

        if (child->parent >= 0 && tree->section.data[child->parent].removed) {
            const import_section *gone = &tree->section.data[child->parent];

            child->parent_x = gone->parent_x;
            child->parent = gone->parent;
        }
    }
}

/* Import3d_GUI.chk_valid: from the last section to the first. */
static mec_status remove_without_length(import_tree *tree, mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = tree->order.n; i-- > 0;) {
        import_section *section = &tree->section.data[tree->order.data[i]];
        const import_point *point = &tree->point.data[section->first + section->wire];
        size_t n = section->n_point - section->wire;

        if (section->parent < 0) {
            continue;
        }
        if (n <= 1) {
            section->removed = true;
            MEC_TRY(
                import_warn(tree, err, section->line, "section of one point removed"));
        } else if (n == 2 && is_same_place(point[0], point[1])) {
            section->removed = true;
            MEC_TRY(import_warn(tree, err, section->line,
                                "section of two equal points removed"));
        }
    }
    reattach_children(tree);
done:
    return st;
}

/* A section of the list and what decides its place among the created ones. */
typedef struct creation {
    int32_t type;
    int32_t place; /* in the list */
    int32_t section;
} creation;

static int compare_creation(const void *a, const void *b)
{
    const creation *left = a;
    const creation *right = b;

    if (left->type != right->type) {
        return left->type < right->type ? -1 : 1;
    }
    return (left->place > right->place) - (left->place < right->place);
}

static mec_section_type section_type(int32_t file_type)
{
    switch (file_type) {
    case FILE_TYPE_SOMA:
        return MEC_SECTION_SOMA;
    case FILE_TYPE_AXON:
        return MEC_SECTION_AXON;
    case FILE_TYPE_DEND:
        return MEC_SECTION_DEND;
    case FILE_TYPE_APIC:
        return MEC_SECTION_APIC;
    default:
        return MEC_SECTION_OTHER;
    }
}

static const char *section_name(mec_arena *arena, int32_t file_type, int32_t number)
{
    switch (file_type) {
    case FILE_TYPE_SOMA:
        return mec_arena_printf(arena, "soma[%d]", (int)number);
    case FILE_TYPE_AXON:
        return mec_arena_printf(arena, "axon[%d]", (int)number);
    case FILE_TYPE_DEND:
        return mec_arena_printf(arena, "dend[%d]", (int)number);
    case FILE_TYPE_APIC:
        return mec_arena_printf(arena, "apic[%d]", (int)number);
    default:
        return file_type < 0 ? mec_arena_printf(arena, "minus_%lld[%d]",
                                                -(long long)file_type, (int)number)
                             : mec_arena_printf(arena, "dend_%lld[%d]",
                                                (long long)file_type, (int)number);
    }
}

/* The points that a section gets: its own, a soma's centroid, or a sphere's three. */
static mec_status section_points(const import_tree *tree, const import_section *section,
                                 mec_arena *scratch, const import_point **points,
                                 size_t *n, mec_err *err)
{
    const import_point *own = &tree->point.data[section->first + section->wire];
    size_t n_own = section->n_point - section->wire;
    import_point *made;

    *points = own;
    *n = n_own;
    if (section->is_contour) {
        *n = section->next_contour < 0 ? CONTOUR_OUTLINE
                                       : soma_stack_size(tree, section);
    } else if (n_own == 1) {
        *n = 3;
    } else {
        return MEC_OK;
    }
    made = mec_arena_calloc(scratch, *n, sizeof *made);
    if (made == NULL) {
        return no_memory(tree, err);
    }
    *points = made;
    if (section->is_contour && section->next_contour < 0) {
        if (!contour_to_centroid(own, n_own, made)) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s:%d: the soma's contour has no extent (draw it anew)",
                            tree->file, (int)section->line);
        }
    } else if (section->is_contour) {
        const import_section *contour = section;

        for (size_t i = 0; i < *n; i++) {
            made[i] =
                contour_to_circle(&tree->point.data[contour->first], contour->n_point);
            if (contour->next_contour >= 0) {
                contour = &tree->section.data[contour->next_contour];
            }
        }
    } else {
        for (size_t i = 0; i < 3; i++) {
            made[i] = own[0];
        }
        made[0].x -= own[0].d / 2;
        made[2].x += own[0].d / 2;
    }
    return MEC_OK;
}

/* NEURON's pt3dadd for all points: float32, and arc from float32 differences. */
static mec_status store_points(const import_point *point, size_t n,
                               mec_section *section, mec_arena *arena)
{
    float *xyzd = mec_arena_calloc(arena, 4 * n, sizeof *xyzd);
    double *arc = mec_arena_calloc(arena, n, sizeof *arc);
    float *x = xyzd;
    float *y, *z, *d;

    if (xyzd == NULL || arc == NULL) {
        return MEC_E_NOMEM;
    }
    y = x + n;
    z = y + n;
    d = z + n;
    for (size_t i = 0; i < n; i++) {
        x[i] = (float)number_round8(point[i].x);
        y[i] = (float)number_round8(point[i].y);
        z[i] = (float)number_round8(point[i].z);
        d[i] = (float)number_round8(point[i].d);
        if (i > 0) {
            double dx = (double)(x[i] - x[i - 1]);
            double dy = (double)(y[i] - y[i - 1]);
            double dz = (double)(z[i] - z[i - 1]);

            arc[i] = arc[i - 1] + sqrt(dx * dx + dy * dy + dz * dz);
        }
    }
    section->n_point = (int32_t)n;
    section->x = x;
    section->y = y;
    section->z = z;
    section->diam = d;
    section->arc = arc;
    section->length_um = arc[n - 1] <= 1e-9 ? 1e-9 : arc[n - 1];
    return MEC_OK;
}

/* Order of creation: by type, then as in the list. @param made  [tree->order.n] */
static int32_t creation_order(const import_tree *tree, creation *made)
{
    int32_t n = 0;

    for (size_t i = 0; i < tree->order.n; i++) {
        const import_section *section = &tree->section.data[tree->order.data[i]];

        if (!section->removed && !section->subsidiary) {
            made[n++] = (creation){section->type, (int32_t)i, tree->order.data[i]};
        }
    }
    qsort(made, (size_t)n, sizeof *made, compare_creation);
    return n;
}

static mec_status make_sections(import_tree *tree, const creation *made, int32_t n,
                                mec_morphology *morphology, mec_arena *scratch,
                                mec_err *err)
{
    mec_status st = MEC_OK;
    int32_t number = 0;

    for (int32_t i = 0; i < n; i++) {
        tree->section.data[made[i].section].index = i;
    }
    for (int32_t i = 0; i < n; i++) {
        const import_section *from = &tree->section.data[made[i].section];
        mec_section *to = &morphology->section[i];
        const import_point *points = NULL;
        size_t n_point = 0;

        number = i > 0 && made[i - 1].type == made[i].type ? number + 1 : 0;
        to->name = section_name(morphology->arena, from->type, number);
        to->type = section_type(from->type);
        to->number = number;
        to->file_type = from->type;
        to->parent = from->parent < 0 ? -1 : tree->section.data[from->parent].index;
        to->parent_x = from->parent_x;
        to->line = from->line;
        to->nseg = 1;
        MEC_TRY(section_points(tree, from, scratch, &points, &n_point, err));
        if (to->name == NULL ||
            store_points(points, n_point, to, morphology->arena) != MEC_OK) {
            st = no_memory(tree, err);
            goto done;
        }
    }
done:
    return st;
}

/* The connect statements' order, and the warnings. */
static mec_status make_lists(const import_tree *tree, mec_morphology *morphology,
                             mec_err *err)
{
    int32_t n = 0;
    const char **warning =
        mec_arena_calloc(morphology->arena, tree->warning.n, sizeof *warning);

    if (warning == NULL) {
        return no_memory(tree, err);
    }
    for (size_t i = 0; i < tree->order.n; i++) {
        int32_t index = tree->section.data[tree->order.data[i]].index;

        if (index >= 0) {
            morphology->connect_order[n++] = index;
        }
    }
    for (size_t i = 0; i < tree->warning.n; i++) {
        warning[i] = tree->warning.data[i];
    }
    morphology->warning = warning;
    morphology->n_warning = (int32_t)tree->warning.n;
    return MEC_OK;
}

mec_status import_finish(import_tree *tree, mec_morphology *morphology, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *scratch = mec_arena_new();
    creation *made;
    int32_t n;

    MEC_TRY(remove_without_length(tree, err));
    made =
        scratch == NULL ? NULL : mec_arena_calloc(scratch, tree->order.n, sizeof *made);
    if (made == NULL) {
        st = no_memory(tree, err);
        goto done;
    }
    n = creation_order(tree, made);
    if (n == 0) {
        st = mec_fail(err, MEC_E_INPUT, "%s: there is no section in the file",
                      tree->file);
        goto done;
    }
    morphology->n_section = n;
    morphology->section =
        mec_arena_calloc(morphology->arena, (size_t)n, sizeof *morphology->section);
    morphology->connect_order = mec_arena_calloc(morphology->arena, (size_t)n,
                                                 sizeof *morphology->connect_order);
    if (morphology->section == NULL || morphology->connect_order == NULL) {
        st = no_memory(tree, err);
        goto done;
    }
    MEC_TRY(make_sections(tree, made, n, morphology, scratch, err));
    MEC_TRY(make_lists(tree, morphology, err));
done:
    mec_arena_free(scratch);
    return st;
}
