/* Somas of a .asc file: stacks of contours, and which soma every root hangs on
 * (Import3d_Neurolucida3.connect2soma). */

#include "morphology_priv.h"

#include <math.h>

/* Smallest and largest coordinates. */
typedef struct bounding_box {
    double low[3], high[3];
} bounding_box;

static double coordinate(const import_point *point, int axis)
{
    return axis == 0 ? point->x : axis == 1 ? point->y : point->z;
}

static bounding_box box_of(const import_tree *tree, const import_section *section)
{
    const import_point *point = &tree->point.data[section->first];
    bounding_box box;

    for (int axis = 0; axis < 3; axis++) {
        box.low[axis] = box.high[axis] = coordinate(&point[0], axis);
        for (size_t i = 1; i < section->n_point; i++) {
            double value = coordinate(&point[i], axis);

            box.low[axis] = value < box.low[axis] ? value : box.low[axis];
            box.high[axis] = value > box.high[axis] ? value : box.high[axis];
        }
    }
    return box;
}

static bool overlap_xy(const bounding_box *a, const bounding_box *b)
{
    for (int axis = 0; axis < 2; axis++) {
        if (hoc_less(b->high[axis], a->low[axis]) ||
            hoc_less(a->high[axis], b->low[axis])) {
            return false;
        }
    }
    return true;
}

/* Contours first in the list, both groups in the file's order. */
static mec_status contours_first(import_tree *tree, size_t *n_contour, mec_err *err)
{
    MEC_VEC(int32_t) order = MEC_VEC_INIT;
    mec_status st = MEC_OK;

    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < tree->section.n; i++) {
            if (tree->section.data[i].is_contour == (pass == 0) &&
                !MEC_VEC_PUSH(&order, (int32_t)i)) {
                st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", tree->file);
                goto done;
            }
        }
        if (pass == 0) {
            *n_contour = order.n;
        }
    }
    for (size_t i = 0; i < order.n; i++) {
        tree->order.data[i] = order.data[i];
    }
done:
    MEC_VEC_CLEAR(&order);
    return st;
}

size_t soma_stack_size(const import_tree *tree, const import_section *soma)
{
    size_t n = 1;

    while (soma->next_contour >= 0) {
        soma = &tree->section.data[soma->next_contour];
        n++;
    }
    return n;
}

/* Link contours whose boxes overlap that of the contour before. */
static void find_stacks(import_tree *tree, size_t n_contour)
{
    bounding_box before = {{0}, {0}};

    for (size_t i = 0; i < n_contour; i++) {
        import_section *contour = &tree->section.data[tree->order.data[i]];
        bounding_box box = box_of(tree, contour);

        if (i > 0 && overlap_xy(&before, &box)) {
            tree->section.data[tree->order.data[i - 1]].next_contour =
                tree->order.data[i];
            contour->subsidiary = true;
        }
        before = box;
    }
}

static bool has_constant_z(const import_tree *tree, const import_section *contour)
{
    const import_point *point = &tree->point.data[contour->first];

    for (size_t i = 1; i < contour->n_point; i++) {
        if (!hoc_equal(point[0].z, point[i].z)) {
            return false;
        }
    }
    return true;
}

/* Warn where a stack is not a pile of flat contours. */
static mec_status check_stack(import_tree *tree, const import_section *soma,
                              mec_err *err)
{
    double z = tree->point.data[soma->first].z;
    double direction = 0.0;

    if (!has_constant_z(tree, soma)) {
        return import_warn(tree, err, soma->line,
                           "contour of a soma stack is not flat in z");
    }
    while (soma->next_contour >= 0) {
        double step;

        soma = &tree->section.data[soma->next_contour];
        step = tree->point.data[soma->first].z - z;
        if (hoc_equal(step, 0.0)) {
            return import_warn(tree, err, soma->line,
                               "contour of a soma stack has the z of the one before");
        }
        if (direction * step < 0.0) {
            return import_warn(
                tree, err, soma->line,
                "contours of a soma stack do not ascend or descend in z");
        }
        direction = step > 0.0 ? 1.0 : -1.0;
        z += step;
        if (!has_constant_z(tree, soma)) {
            return import_warn(tree, err, soma->line,
                               "contour of a soma stack is not flat in z");
        }
    }
    return MEC_OK;
}

/* Half way along the line through the centres of a stack's contours. */
static mec_status stack_center(const import_tree *tree, const import_section *soma,
                               double centre[3], mec_err *err)
{
    typedef struct stop {
        double x[3];
        double path; /* from the first centre */
    } stop;
    MEC_VEC(stop) stops = MEC_VEC_INIT;
    mec_status st = MEC_OK;
    double half, f;
    size_t i = 0;

    for (;;) {
        stop next = {{0}, 0.0};
        contour_samples samples;

        contour_center(&tree->point.data[soma->first], soma->n_point, &samples, next.x);
        if (stops.n > 0) {
            const stop *last = &stops.data[stops.n - 1];
            double dx = next.x[0] - last->x[0];
            double dy = next.x[1] - last->x[1];
            double dz = next.x[2] - last->x[2];

            next.path = last->path + sqrt(dx * dx + dy * dy + dz * dz);
        }
        if (!MEC_VEC_PUSH(&stops, next)) {
            st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", tree->file);
            goto done;
        }
        if (soma->next_contour < 0) {
            break;
        }
        soma = &tree->section.data[soma->next_contour];
    }
    half = stops.data[stops.n - 1].path / 2;
    while (i + 1 < stops.n && !(stops.data[i].path > half + HOC_EPSILON)) {
        i++;
    }
    if (hoc_equal(half, 0.0) || i == 0) {
        for (int j = 0; j < 3; j++) {
            centre[j] = stops.data[0].x[j];
        }
        goto done;
    }
    f = (half - stops.data[i - 1].path) / (stops.data[i].path - stops.data[i - 1].path);
    for (int j = 0; j < 3; j++) {
        centre[j] = f * stops.data[i].x[j] + (1 - f) * stops.data[i - 1].x[j];
    }
done:
    MEC_VEC_CLEAR(&stops);
    return st;
}

/* A soma, and where roots must begin to be its own. */
typedef struct soma_place {
    int32_t section;
    double centre[3];
    bounding_box reach; /* xy */
} soma_place;

static mec_status place_soma(const import_tree *tree, int32_t section,
                             soma_place *place, mec_err *err)
{
    const import_section *soma = &tree->section.data[section];
    contour_samples samples;

    place->section = section;
    place->reach = box_of(tree, soma);
    if (soma->next_contour < 0) {
        for (int axis = 0; axis < 2; axis++) {
            place->reach.low[axis] -= .5;
            place->reach.high[axis] += .5;
        }
        contour_center(&tree->point.data[soma->first], soma->n_point, &samples,
                       place->centre);
        return MEC_OK;
    }
    for (const import_section *next = soma; next->next_contour >= 0;) {
        bounding_box box;

        next = &tree->section.data[next->next_contour];
        box = box_of(tree, next);
        for (int axis = 0; axis < 2; axis++) {
            if (hoc_less(box.low[axis], place->reach.low[axis])) {
                place->reach.low[axis] = box.low[axis];
            }
            if (hoc_less(place->reach.high[axis], box.high[axis])) {
                place->reach.high[axis] = box.high[axis];
            }
        }
    }
    return stack_center(tree, soma, place->centre, err);
}

/* NEURON's GUIMath.inside compares in single precision. */
static bool is_inside(import_point point, const bounding_box *box)
{
    return (float)point.x >= (float)box->low[0] &&
           (float)point.x <= (float)box->high[0] &&
           (float)point.y >= (float)box->low[1] &&
           (float)point.y <= (float)box->high[1];
}

static const soma_place *nearest_soma(const soma_place somas[], size_t n,
                                      import_point point)
{
    const soma_place *best = &somas[0];
    double best_distance = 1e9;

    for (size_t i = 0; i < n; i++) {
        double dx = point.x - somas[i].centre[0];
        double dy = point.y - somas[i].centre[1];
        double dz = point.z - somas[i].centre[2];
        double distance = sqrt(dx * dx + dy * dy + dz * dz);

        if (hoc_less(distance, best_distance)) {
            best = &somas[i];
            best_distance = distance;
        }
    }
    return best;
}

/* Hang a root on the first soma that reaches it, else on the nearest one. */
static mec_status connect_root(import_tree *tree, import_section *root,
                               const soma_place somas[], size_t n, mec_err *err)
{
    import_point begin = tree->point.data[root->first];
    const soma_place *soma = NULL;
    mec_status st = MEC_OK;

    for (size_t i = 0; i < n && soma == NULL; i++) {
        soma = is_inside(begin, &somas[i].reach) ? &somas[i] : NULL;
    }
    if (soma == NULL) {
        soma = nearest_soma(somas, n, begin);
        MEC_TRY(
            import_warn(tree, err, root->line,
                        "branch begins outside the soma's bounding box; connected to "
                        "the centre of the nearest soma"));
    }
    root->parent = soma->section;
    root->parent_x = .5;
    root->wire = true;
    import_prepend(
        tree, root,
        (import_point){soma->centre[0], soma->centre[1], soma->centre[2], .01});
done:
    return st;
}

mec_status soma_connect(import_tree *tree, mec_err *err)
{
    MEC_VEC(soma_place) somas = MEC_VEC_INIT;
    mec_status st = MEC_OK;
    size_t n_contour = 0;

    MEC_TRY(contours_first(tree, &n_contour, err));
    find_stacks(tree, n_contour);
    for (size_t i = 0; i < n_contour; i++) {
        const import_section *contour = &tree->section.data[tree->order.data[i]];
        soma_place place;

        if (contour->subsidiary) {
            continue;
        }
        if (contour->next_contour >= 0) {
            MEC_TRY(check_stack(tree, contour, err));
        }
        MEC_TRY(place_soma(tree, tree->order.data[i], &place, err));
        if (!MEC_VEC_PUSH(&somas, place)) {
            st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", tree->file);
            goto done;
        }
    }
    for (size_t i = n_contour; somas.n > 0 && i < tree->order.n; i++) {
        import_section *section = &tree->section.data[tree->order.data[i]];

        if (section->parent < 0) {
            MEC_TRY(connect_root(tree, section, somas.data, somas.n, err));
        }
    }
done:
    MEC_VEC_CLEAR(&somas);
    return st;
}
