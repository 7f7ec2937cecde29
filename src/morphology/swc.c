/* SWC text as NEURON's Import3d_SWC_read takes it: which points make a section, where it
 * hangs on its parent, and which copy of the parent's point it begins with.
 *
 * A line is `id type x y z radius parent`; `#` begins a comment line. NEURON reads the
 * numbers as float32.
 */

#include "morphology_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_COLUMN = 7 };

typedef struct swc_point {
    double id, parent_id;
    import_point at;
    int32_t type;
    int32_t line;
    int32_t parent;       /* index of the parent; -1: root */
    int32_t section;      /* number of the section it is in */
    int32_t n_soma_child; /* children of type soma */
    double n_child;       /* +1 each; +.01 if not the next line; +.01 if another type */
    bool is_proximal;     /* as first of a section: hangs on the parent's beginning */
} swc_point;

typedef struct swc_reader {
    import_tree *tree;
    mec_err *err;
    MEC_VEC(swc_point) point;
    bool sphere; /* NeuroMorpho's three-point soma: stands for a sphere */
} swc_reader;

static mec_status fail_line(const swc_reader *r, int32_t line, const char *what)
{
    return mec_fail(r->err, MEC_E_INPUT, "%s:%d: %s", r->tree->file, (int)line, what);
}

static const char *skip_blanks(const char *p)
{
    while (*p == ' ' || *p == '\t' || *p == '\r' || *p == '\v' || *p == '\f') {
        p++;
    }
    return p;
}

/* Read the seven numbers of a line. */
static bool scan_columns(const char *p, double column[N_COLUMN])
{
    for (int i = 0; i < N_COLUMN; i++) {
        const char *start = skip_blanks(p);

        if (i > 0 && start == p) {
            return false;
        }
        p = i >= 2 && i <= 5 ? number_scan_float(start, &column[i])
                             : number_scan(start, &column[i]);
        if (p == NULL || !isfinite(column[i])) {
            return false;
        }
    }
    return *p == '\0' || *p == '\n' || skip_blanks(p) > p;
}

static mec_status check_columns(const swc_reader *r, int32_t line,
                                const double column[N_COLUMN])
{
    if (column[0] < 0 || column[0] != floor(column[0]) || column[0] > 1e15) {
        return fail_line(r, line, "the point's number is not a whole number >= 0");
    }
    if (fabs(column[1]) > 1e6 || column[1] != floor(column[1])) {
        return fail_line(r, line, "the point's type is not a whole number");
    }
    for (int i = 2; i < 6; i++) {
        if (fabs(column[i]) > 1e9) {
            return fail_line(r, line,
                             "number out of range (coordinates and radius are in um)");
        }
    }
    if (column[6] >= column[0]) {
        return fail_line(
            r, line,
            "the parent's number is not below the point's own (the tree has "
            "a cycle, or points must be renumbered so that parents come "
            "first)");
    }
    if (r->point.n > 0 && column[0] <= r->point.data[r->point.n - 1].id) {
        return fail_line(r, line,
                         column[0] == r->point.data[r->point.n - 1].id
                             ? "the point's number is used twice"
                             : "points are not sorted by number (sort the lines)");
    }
    return MEC_OK;
}

/* A first line like this, or none at all, is no SWC text. */
static const char *describe_bad_line(const char *p)
{
    for (; *p != '\0' && *p != '\n'; p++) {
        if ((unsigned char)*p < ' ' && *p != '\t' && *p != '\r') {
            return "unprintable characters (not an SWC text file?)";
        }
    }
    return "expected 7 finite numbers: id type x y z radius parent (comments begin "
           "with "
           "#)";
}

static mec_status read_line(swc_reader *r, const char *line, int32_t number)
{
    const char *p = skip_blanks(line);
    double column[N_COLUMN];
    swc_point point = {.parent = -1, .line = number};
    mec_status st = MEC_OK;

    if (*p == '#' || *p == '\n' || *p == '\0') {
        return MEC_OK;
    }
    if (!scan_columns(p, column)) {
        return fail_line(r, number, describe_bad_line(p));
    }
    MEC_TRY(check_columns(r, number, column));
    point.id = column[0];
    point.type = (int32_t)column[1];
    point.at = (import_point){column[2], column[3], column[4], column[5] * 2};
    point.parent_id = column[6];
    if (r->point.n >= INT32_MAX) {
        st = fail_line(r, number, "more than 2^31 points");
    } else if (!MEC_VEC_PUSH(&r->point, point)) {
        st = mec_fail(r->err, MEC_E_NOMEM, "%s: out of memory", r->tree->file);
    }
done:
    return st;
}

static mec_status read_lines(swc_reader *r, const char *text, size_t length)
{
    mec_status st = MEC_OK;
    const char *end = text + length;
    int32_t number = 1;

    for (const char *line = text; line < end; number++) {
        const char *stop = memchr(line, '\n', (size_t)(end - line));
        const char *nul =
            memchr(line, '\0', (size_t)((stop == NULL ? end : stop) - line));

        if (nul != NULL) {
            st = fail_line(r, number, "a NUL byte (not an SWC text file?)");
            goto done;
        }
        MEC_TRY(read_line(r, line, number));
        line = stop == NULL ? end : stop + 1;
    }
    if (r->point.n == 0) {
        st = fail_line(r, number, "there is no point in the file");
    }
done:
    return st;
}

/* Points are sorted by id: find one. */
static int32_t find_point(const swc_reader *r, double id, size_t below)
{
    const swc_point *point = r->point.data;
    size_t low = 0;
    size_t high = below;

    if (below > 0 && point[below - 1].id == id) {
        return (int32_t)below - 1;
    }
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (point[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < below && point[low].id == id ? (int32_t)low : -1;
}

/* Further roots are allowed: NEURON hangs them on the first section. */
static mec_status find_parents(swc_reader *r)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < r->point.n; i++) {
        swc_point *point = &r->point.data[i];

        if (i == 0 && point->parent_id >= 0) {
            MEC_TRY(import_warn(r->tree, r->err, point->line,
                                "the first point's parent is not in the file; taken as "
                                "root"));
        } else if (i > 0 && point->parent_id < 0) {
            MEC_TRY(
                import_warn(r->tree, r->err, point->line,
                            "a further root; connected to the first section, at the "
                            "first point"));
        } else if (i > 0) {
            point->parent = find_point(r, point->parent_id, i);
            if (point->parent < 0) {
                st = fail_line(r, point->line, "the point's parent is not in the file");
                goto done;
            }
        }
    }
done:
    return st;
}

/* A point's parent; for a root the first point of the file. In NEURON an index of -1
 * comes out as 0 when hoc rounds it. */
static int32_t parent_or_first(const swc_reader *r, size_t i)
{
    int32_t parent = r->point.data[i].parent;

    return parent < 0 ? 0 : parent;
}

/* Count children. A later branch on the first point of a branch that hangs on the soma by
 * a wire goes to the branch's beginning instead. */
static void count_children(swc_reader *r)
{
    swc_point *point = r->point.data;

    for (size_t i = 1; i < r->point.n; i++) {
        int32_t p = point[i].parent;

        if (p < 0) {
            continue;
        }
        point[p].n_child += 1;
        if (p != (int32_t)i - 1) {
            bool on_wire = p > 1 && point[p].type != FILE_TYPE_SOMA &&
                           point[parent_or_first(r, (size_t)p)].type == FILE_TYPE_SOMA;

            point[p].n_child += .01;
            if (on_wire || (p == 0 && point[p].type != FILE_TYPE_SOMA)) {
                point[i].is_proximal = true;
                point[p].n_child = 1;
            }
        }
        if (point[p].type != point[i].type) {
            point[p].n_child += .01;
        }
        if (point[i].type == FILE_TYPE_SOMA && point[p].type == FILE_TYPE_SOMA) {
            point[p].n_soma_child++;
        }
    }
}

/* NeuroMorpho.org: three soma points, the first in the middle, that mean a sphere. */
static void find_sphere(swc_reader *r)
{
    swc_point *point = r->point.data;
    double length = 0;
    size_t n_soma = 0;

    for (size_t i = 0; i < r->point.n; i++) {
        n_soma += point[i].type == FILE_TYPE_SOMA;
    }
    if (n_soma != 3 || point[1].parent != 0 || point[2].parent != 0 ||
        !hoc_equal(point[1].n_child, 0) || !hoc_equal(point[2].n_child, 0) ||
        !hoc_equal(point[1].at.d, point[0].at.d) ||
        !hoc_equal(point[2].at.d, point[0].at.d)) {
        return;
    }
    for (int i = 1; i <= 2; i++) {
        length += sqrt(pow(point[i].at.x - point[0].at.x, 2) +
                       pow(point[i].at.y - point[0].at.y, 2) +
                       pow(point[i].at.z - point[0].at.z, 2));
    }
    if (hoc_less(fabs(length / point[0].at.d - 1), .01)) {
        r->sphere = true;
        point[2].parent = 1; /* one section of the three */
    }
}

/* Number the sections: one ends where there is not exactly one child. */
static void cut_sections(swc_reader *r)
{
    swc_point *point = r->point.data;
    int32_t section = 0;

    for (size_t i = 0; i + 1 < r->point.n; i++) {
        if (point[i].type == FILE_TYPE_SOMA && point[i + 1].type == FILE_TYPE_SOMA &&
            point[i + 1].parent == (int32_t)i &&
            !(i != 0 && point[i].n_soma_child > 1)) {
            point[i].n_child = 1;
        }
    }
    for (size_t i = 0; i < r->point.n; i++) {
        point[i].section = section;
        if (!(fabs(point[i].n_child - 1) < HOC_EPSILON)) {
            section++;
        }
    }
}

/* Where a section hangs on its parent, and whether only by a wire. */
static void place_section(const swc_reader *r, size_t first, size_t n,
                          size_t parent_first, size_t parent_n_point,
                          import_section *section)
{
    const swc_point *point = r->point.data;
    const swc_point *begin = &point[first];
    const swc_point *on = &point[parent_or_first(r, first)];
    bool is_soma = begin->type == FILE_TYPE_SOMA;
    bool on_soma = point[parent_first].type == FILE_TYPE_SOMA;
    bool on_root = parent_first == 0;
    bool branching =
        !is_soma && on->n_soma_child > 1; /* soma and others go on from there */

    if (on_root && on_soma && !is_soma && parent_n_point == 1) {
        section->parent_x = .5;
        section->wire = n > 1;
    } else if (on_root && begin->parent == 0) {
        section->parent_x = 0;
        section->wire = branching;
    } else if (on_soma && (size_t)begin->parent + (on_root ? 1 : 2) <
                              parent_first + parent_n_point) {
        section->parent_x = .5;
        section->wire = !is_soma && n > 1;
    } else if (on_soma) {
        section->wire = n > 1 && branching;
    }
    if (begin->is_proximal) {
        section->parent_x = 0;
    }
}

/* Make the section of points first .. first+n-1; section_first says where the sections
 * before it begin. */
static mec_status make_section(swc_reader *r, size_t first, size_t n,
                               const size_t section_first[])
{
    import_tree *tree = r->tree;
    const swc_point *point = r->point.data;
    import_section *section;
    mec_status st = MEC_OK;
    int32_t parent = first == 0 ? -1 : point[parent_or_first(r, first)].section;
    size_t at;

    MEC_TRY(import_add_spare(tree, r->err));
    at = tree->point.n;
    for (size_t i = first; i < first + n; i++) {
        MEC_TRY(import_add_point(tree, point[i].at, r->err));
    }
    MEC_TRY(import_add_section(tree, point[first].type, parent, at, point[first].line,
                               r->err));
    section = &tree->section.data[tree->section.n - 1];
    if (parent >= 0) {
        size_t parent_first = section_first[parent];
        import_point begin = point[parent_or_first(r, first)].at;

        place_section(r, first, n, parent_first, tree->section.data[parent].n_point,
                      section);
        if (point[parent_first].type == FILE_TYPE_SOMA &&
            point[first].type != FILE_TYPE_SOMA) {
            begin.d = point[first].at.d;
        }
        import_prepend(tree, section, begin);
    }
done:
    return st;
}

static mec_status make_sections(swc_reader *r)
{
    mec_status st = MEC_OK;
    MEC_VEC(size_t) section_first = MEC_VEC_INIT;

    for (size_t first = 0, end; first < r->point.n; first = end) {
        for (end = first + 1; end < r->point.n; end++) {
            if (r->point.data[end].section != r->point.data[first].section) {
                break;
            }
        }
        if (!MEC_VEC_PUSH(&section_first, first)) {
            st = mec_fail(r->err, MEC_E_NOMEM, "%s: out of memory", r->tree->file);
            goto done;
        }
        MEC_TRY(make_section(r, first, first == 0 && r->sphere ? 1 : end - first,
                             section_first.data));
    }
done:
    MEC_VEC_CLEAR(&section_first);
    return st;
}

mec_status swc_import(const char *text, size_t length, import_tree *tree, mec_err *err)
{
    swc_reader r = {.tree = tree, .err = err, .point = MEC_VEC_INIT};
    mec_status st = MEC_OK;

    MEC_TRY(read_lines(&r, text, length));
    MEC_TRY(find_parents(&r));
    count_children(&r);
    if (r.point.n >= 3) {
        find_sphere(&r);
    }
    cut_sections(&r);
    MEC_TRY(make_sections(&r));
done:
    MEC_VEC_CLEAR(&r.point);
    return st;
}
