/* Area, diameter and axial resistance of segments: the integral along the 3-D points of a
 * section, piece by piece, as NEURON's diam_from_list takes it (SOLVER.md 7.8, 3-7). Every
 * operation is in NEURON's order. */

#include "morphology_priv.h"

#include <math.h>

/* NEURON's diameter of a section that nobody gave one. */
static const double default_diam_um = 500.0;

segment_walk segment_walk_begin(const mec_section *section, int32_t nseg,
                                double ra_ohm_cm)
{
    segment_walk walk = {.section = section, .ra_ohm_cm = ra_ohm_cm};

    if (section->n_point > 1) {
        walk.ds_um = section->arc[section->n_point - 1] / (double)nseg;
        walk.x = section->arc[0];
        walk.y = fabs((double)section->diam[0]);
    } else {
        walk.ds_um = section->length_um / (double)nseg;
    }
    return walk;
}

/* What is summed along a segment. */
typedef struct segment_sums {
    double diam;    /* twice the integral of the diameter */
    double area;    /* twice the area over pi */
    double inverse; /* integral of 1/(diameter squared) over one half */
} segment_sums;

/* Add the frustum from the place reached to (x2, y2). */
static void add_piece(segment_walk *walk, double x2, double y2, segment_sums *sums)
{
    double delta = x2 - walk->x;
    double conductance, height;

    sums->diam += (y2 + walk->y) * delta;
    if (delta < 1e-15) {
        delta = 1e-15;
    }
    conductance = y2 * walk->y / delta;
    if (conductance == 0) {
        conductance = 1e-15;
    }
    sums->inverse += 1 / conductance;
    height = .5 * (y2 - walk->y);
    sums->area += (y2 + walk->y) * sqrt(delta * delta + height * height);
    walk->x = x2;
    walk->y = y2;
}

/* Walk on to the arc `end`, which is at or before the section's end up to rounding. */
static void walk_to(segment_walk *walk, double end, segment_sums *sums)
{
    const mec_section *section = walk->section;

    for (;;) {
        int32_t j = walk->point;
        double here = section->arc[j];
        double next = section->arc[j + 1];
        double f;

        if (!(next > end) && j + 1 != section->n_point - 1) {
            add_piece(walk, next, fabs((double)section->diam[j + 1]), sums);
            walk->point = j + 1;
            continue;
        }
        f = fabs(next - here) < 1e-10 ? 1 : (end - here) / (next - here);
        add_piece(walk, end,
                  (1. - f) * fabs((double)section->diam[j]) +
                      f * fabs((double)section->diam[j + 1]),
                  sums);
        return;
    }
}

static double half_resistance(double inverse, double ra_ohm_cm)
{
    return inverse * ra_ohm_cm / NRN_PI * (4. * .01);
}

static segment_values walk_points(segment_walk *walk, int32_t i)
{
    segment_sums sums = {0.0, 0.0, 0.0};
    segment_values out;
    double begin = (double)i * walk->ds_um;
    double middle = begin + walk->ds_um / 2.;

    walk_to(walk, middle, &sums);
    out.left_mohm = half_resistance(sums.inverse, walk->ra_ohm_cm);
    sums.inverse = 0.0;
    walk_to(walk, middle + walk->ds_um / 2., &sums);
    out.right_mohm = half_resistance(sums.inverse, walk->ra_ohm_cm);
    out.area_um2 = sums.area * .5 * NRN_PI;
    out.diam_um = sums.diam * (.5 / walk->ds_um);
    /* NEURON keeps the value it had where the new one is close, or not a number. */
    if (!(fabs(out.diam_um - default_diam_um) > 1e-9) && !(out.diam_um < 1e-5)) {
        out.diam_um = default_diam_um;
    }
    return out;
}

static segment_values walk_cylinder(const segment_walk *walk, int32_t i)
{
    double diam = walk->section->segment_diam_um[i];
    double dx = walk->ds_um;
    double half = 1e-2 * walk->ra_ohm_cm * (dx / 2) / (NRN_PI * diam * diam / 4.);

    return (segment_values){NRN_PI * diam * dx, diam, half, half};
}

segment_values segment_walk_next(segment_walk *walk, int32_t i)
{
    return walk->section->n_point > 1 ? walk_points(walk, i) : walk_cylinder(walk, i);
}
