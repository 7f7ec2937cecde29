/* Finding points of a cell: BluePyOpt's locations and the SSCx packages' own
 * (EMODELS.md C.4).
 */

#include "evaluate_priv.h"

#include <math.h>
#include <string.h>

static bool in_lists(const evaluation *e, int32_t section, unsigned lists)
{
    return (mec_section_lists(&e->morphology->section[section]) & lists) != 0;
}

/* The index-th section of the lists; -1 when there are fewer. */
static int32_t nth_section(const evaluation *e, unsigned lists, int32_t index)
{
    for (int32_t s = 0; s < e->morphology->n_section; s++) {
        if (in_lists(e, s, lists) && index-- == 0) {
            return s;
        }
    }
    return -1;
}

static mec_status out_of_range(evaluation *e, const mec_place *place, int32_t index,
                               mec_err *err)
{
    return evaluation_fail(e, MEC_CLASS_LOCATION_MISSING,
                           mec_fail(err, MEC_E_INPUT,
                                    "location \"%s\": section index %d is out of range",
                                    place->name, (int)index));
}

/* Does the section span the distance? `to_end`: the upper limit is the distance of its
 * 1-end, not the larger of both. */
static bool spans(const evaluation *e, int32_t section, double distance_um, bool to_end,
                  double *x)
{
    const mec_geometry *g = mec_cell_geometry(e->cell);
    double d0 = mec_geometry_distance(e->morphology, g, section, 0.0);
    double d1 = mec_geometry_distance(e->morphology, g, section, 1.0);
    double low = d1 < d0 ? d1 : d0;
    double high = d1 > d0 ? d1 : d0;

    if (!(low <= distance_um && distance_um <= (to_end ? d1 : high))) {
        return false;
    }
    *x = (distance_um - low) / (high - low);
    return true;
}

static void search_list(const evaluation *e, const mec_place *place, bool first,
                        int32_t *section, double *x)
{
    for (int32_t s = 0; s < e->morphology->n_section; s++) {
        if (in_lists(e, s, place->lists) && spans(e, s, place->distance_um, first, x)) {
            *section = s;
            if (first) {
                return;
            }
        }
    }
}

static bool is_soma0(const mec_section *section)
{
    return strcmp(section->name, "soma[0]") == 0;
}

/* From a section up to the soma; the last hit, that nearest to the soma, counts. Nothing
 * is found when the way does not lead to soma[0]. */
static void search_way(const evaluation *e, const mec_place *place, int32_t from,
                       int32_t *section, double *x)
{
    const mec_section *sections = e->morphology->section;
    bool to_end = place->kind == MEC_PLACE_APICAL_POINT;
    int32_t hit = -1;
    double hit_x = 0;

    for (int32_t s = from; !is_soma0(&sections[s]); s = sections[s].parent) {
        if (sections[s].parent < 0) {
            return;
        }
        if (spans(e, s, place->distance_um, to_end, &hit_x)) {
            hit = s;
            *x = hit_x;
        }
    }
    *section = hit;
}

/* Index in the lists of the section whose last point lies farthest along the place's
 * direction; the first of equals, as numpy.argmax. */
static int32_t farthest(const evaluation *e, const mec_place *place)
{
    const double *d = place->direction;
    bool radial = d[0] == 0 && d[1] == 0 && d[2] == 0;
    double best = -INFINITY;
    int32_t found = -1;
    int32_t index = 0;

    for (int32_t s = 0; s < e->morphology->n_section; s++) {
        const mec_section *section = &e->morphology->section[s];
        int32_t last = section->n_point - 1;
        double reach;

        if (!in_lists(e, s, place->lists)) {
            continue;
        }
        if (last >= 0) {
            double p[3] = {section->x[last], section->y[last], section->z[last]};

            reach = radial ? sqrt(p[0] * p[0] + p[1] * p[1] + p[2] * p[2])
                           : p[0] * d[0] + p[1] * d[1] + p[2] * d[2];
            if (reach > best) {
                best = reach;
                found = index;
            }
        }
        index++;
    }
    return found;
}

static mec_status search_from_index(evaluation *e, const mec_place *place,
                                    int32_t index, int32_t *section, double *x,
                                    mec_err *err)
{
    int32_t from = nth_section(e, place->lists, index);

    if (from < 0) {
        return out_of_range(e, place, index, err);
    }
    search_way(e, place, from, section, x);
    return MEC_OK;
}

mec_status place_find(evaluation *e, const mec_place *place, int32_t *section,
                      double *x, mec_err *err)
{
    int32_t index;

    *section = -1;
    *x = place->x;
    switch (place->kind) {
    case MEC_PLACE_LIST_INDEX:
        *section = nth_section(e, place->lists, place->index);
        return *section < 0 ? out_of_range(e, place, place->index, err) : MEC_OK;
    case MEC_PLACE_DISTANCE:
    case MEC_PLACE_DISTANCE_FIRST:
        search_list(e, place, place->kind == MEC_PLACE_DISTANCE_FIRST, section, x);
        return MEC_OK;
    case MEC_PLACE_APICAL:
        index = place->index;
        return index < 0 ? MEC_OK : search_from_index(e, place, index, section, x, err);
    case MEC_PLACE_TRUNK:
        index = place->index >= 0 ? place->index : farthest(e, place);
        return index < 0 ? MEC_OK : search_from_index(e, place, index, section, x, err);
    case MEC_PLACE_APICAL_POINT:
        if (e->job->apical_section < 0) {
            return MEC_OK;
        }
        *section = mec_morphology_find(e->morphology, MEC_SECTION_APIC,
                                       e->job->apical_section);
        if (*section < 0) {
            return out_of_range(e, place, e->job->apical_section, err);
        }
        index = *section;
        *section = -1;
        search_way(e, place, index, section, x);
        return MEC_OK;
    }
    return mec_fail(err, MEC_E_BUG, "location \"%s\" of unknown kind", place->name);
}
