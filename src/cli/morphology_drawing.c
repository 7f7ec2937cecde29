/* The drawing that `mecombo morphology --svg` writes. */

#include "morphology_drawing.h"

#include <mecombo/path.h>
#include <mecombo/pdf.h>
#include <mecombo/vec.h>

#include <math.h>
#include <stdio.h>

static const double picture_height = 700; /* points, of the larger view */
static const double margin = 24;
static const double footer = 40;
static const double thinnest = 0.25; /* line width, points */

/* One view: horizontal axis of the cell (0 x, 2 z), y upwards. */
typedef struct view {
    int axis;
    double low_x, high_x, low_y, high_y; /* um */
    double left, top;                    /* place on the page, points */
    double scale;                        /* points per um */
} view;

static mec_rgb color_of(mec_section_type type)
{
    switch (type) {
    case MEC_SECTION_SOMA:
        return (mec_rgb){0.15, 0.15, 0.15};
    case MEC_SECTION_AXON:
        return (mec_rgb){0.12, 0.38, 0.75};
    case MEC_SECTION_DEND:
        return (mec_rgb){0.78, 0.18, 0.15};
    case MEC_SECTION_APIC:
        return (mec_rgb){0.55, 0.20, 0.65};
    case MEC_SECTION_MYELIN:
    case MEC_SECTION_OTHER:
    default:
        return (mec_rgb){0.45, 0.45, 0.45};
    }
}

static double horizontal(const view *v, const mec_section *section, int32_t i)
{
    return (double)(v->axis == 0 ? section->x[i] : section->z[i]);
}

/* Limits of what is drawn, with the radius of each point. */
static void measure(const mec_morphology *m, view *v)
{
    v->low_x = v->low_y = INFINITY;
    v->high_x = v->high_y = -INFINITY;
    for (int32_t s = 0; s < m->n_section; s++) {
        const mec_section *section = &m->section[s];

        for (int32_t i = 0; i < section->n_point; i++) {
            double r = fabs((double)section->diam[i]) / 2;
            double x = horizontal(v, section, i);
            double y = (double)section->y[i];

            v->low_x = fmin(v->low_x, x - r);
            v->high_x = fmax(v->high_x, x + r);
            v->low_y = fmin(v->low_y, y - r);
            v->high_y = fmax(v->high_y, y + r);
        }
    }
}

static double page_x(const view *v, double x)
{
    return v->left + (x - v->low_x) * v->scale;
}

static double page_y(const view *v, double y)
{
    return v->top + (v->high_y - y) * v->scale;
}

/* A faint line from the middle of the soma to where a stem begins. */
static void draw_wire(mec_canvas *canvas, const view *v, const mec_section *soma,
                      const mec_section *stem)
{
    mec_pen pen = {.color = {0.6, 0.6, 0.6}, .width = thinnest};
    int32_t middle = soma->n_point / 2;

    mec_canvas_line(canvas, &pen, page_x(v, horizontal(v, soma, middle)),
                    page_y(v, (double)soma->y[middle]),
                    page_x(v, horizontal(v, stem, 0)), page_y(v, (double)stem->y[0]));
}

/* Points from..to of a section as one line of the mean width. */
static bool draw_run(mec_canvas *canvas, const view *v, const mec_section *section,
                     int32_t from, int32_t to)
{
    MEC_VEC(double) x = MEC_VEC_INIT;
    MEC_VEC(double) y = MEC_VEC_INIT;
    double width = 0;
    bool fits = true;

    for (int32_t i = from; i <= to && fits; i++) {
        fits = MEC_VEC_PUSH(&x, page_x(v, horizontal(v, section, i))) &&
               MEC_VEC_PUSH(&y, page_y(v, (double)section->y[i]));
        width += fabs((double)section->diam[i]) / (to - from + 1);
    }
    if (fits) {
        mec_pen pen = {.color = color_of(section->type),
                       .width = fmax(thinnest, width * v->scale),
                       .is_round = true};

        mec_canvas_polyline(canvas, &pen, x.n, x.data, y.data);
    }
    MEC_VEC_CLEAR(&x);
    MEC_VEC_CLEAR(&y);
    return fits;
}

/* One cone between two points, seen from the side, or its wider end seen from above. */
static void draw_cone(mec_canvas *canvas, const view *v, const mec_section *section,
                      int32_t i)
{
    mec_rgb fill = color_of(section->type);
    double r0 = fabs((double)section->diam[i - 1]) / 2 * v->scale;
    double r1 = fabs((double)section->diam[i]) / 2 * v->scale;
    double x0 = page_x(v, horizontal(v, section, i - 1));
    double y0 = page_y(v, (double)section->y[i - 1]);
    double x1 = page_x(v, horizontal(v, section, i));
    double y1 = page_y(v, (double)section->y[i]);
    double length = hypot(x1 - x0, y1 - y0);

    if (length < 1e-3) {
        mec_canvas_circle(canvas, NULL, &fill, x0, y0, fmax(r0, r1));
    } else {
        double nx = (y1 - y0) / length;
        double ny = (x0 - x1) / length;
        double x[] = {x0 + r0 * nx, x1 + r1 * nx, x1 - r1 * nx, x0 - r0 * nx};
        double y[] = {y0 + r0 * ny, y1 + r1 * ny, y1 - r1 * ny, y0 - r0 * ny};

        mec_canvas_polygon(canvas, NULL, &fill, 4, x, y);
    }
}

/* A soma as cones, another section as runs of about the same diameter. */
static bool draw_section(mec_canvas *canvas, const view *v, const mec_section *section)
{
    const double tolerance = 0.1;
    int32_t from = 0;

    if (section->type == MEC_SECTION_SOMA) {
        for (int32_t i = 1; i < section->n_point; i++) {
            draw_cone(canvas, v, section, i);
        }
        return true;
    }

    for (int32_t i = 1; i < section->n_point; i++) {
        double first = fabs((double)section->diam[from]);
        double here = fabs((double)section->diam[i]);

        if (i + 1 == section->n_point || fabs(here - first) > tolerance * first) {
            if (!draw_run(canvas, v, section, from, i)) {
                return false;
            }
            from = i;
        }
    }
    return true;
}

static bool draw_view(mec_canvas *canvas, const mec_morphology *m, const view *v)
{
    for (int32_t s = 0; s < m->n_section; s++) {
        const mec_section *section = &m->section[s];

        if (section->parent >= 0 && section->n_point > 0 &&
            m->section[section->parent].type == MEC_SECTION_SOMA &&
            m->section[section->parent].n_point > 0) {
            draw_wire(canvas, v, &m->section[section->parent], section);
        }
    }
    for (int32_t s = 0; s < m->n_section; s++) {
        if (!draw_section(canvas, v, &m->section[s])) {
            return false;
        }
    }
    return true;
}

/* A round length that fits: 1, 2 or 5 times a power of ten, at most a fifth of width. */
static double bar_length(double width_um)
{
    double unit = pow(10, floor(log10(width_um / 5)));

    return width_um / 5 >= 5 * unit   ? 5 * unit
           : width_um / 5 >= 2 * unit ? 2 * unit
                                      : unit;
}

static void draw_footer(mec_canvas *canvas, const mec_morphology *m, const view *front,
                        double y)
{
    static const struct {
        mec_section_type type;
        const char *word;
    } legend[] = {{MEC_SECTION_SOMA, "soma"},
                  {MEC_SECTION_AXON, "axon"},
                  {MEC_SECTION_DEND, "basal"},
                  {MEC_SECTION_APIC, "apical"}};
    mec_pen pen = {.color = {0, 0, 0}, .width = 1.5};
    mec_font font = {.size = 9, .color = {0, 0, 0}};
    double bar = bar_length(front->high_x - front->low_x);
    double x = margin;
    char text[64];

    mec_canvas_line(canvas, &pen, x, y, x + bar * front->scale, y);
    snprintf(text, sizeof text, "%g um", bar);
    mec_canvas_text(canvas, &font, x, y + 4, MEC_ALIGN_LEFT, MEC_ALIGN_TOP, 0, text);
    x += fmax(bar * front->scale, mec_canvas_measure(canvas, &font, text).width) + 20;
    for (size_t i = 0; i < sizeof legend / sizeof *legend; i++) {
        font.color = color_of(legend[i].type);
        mec_canvas_text(canvas, &font, x, y, MEC_ALIGN_LEFT, MEC_ALIGN_MIDDLE, 0,
                        legend[i].word);
        x += mec_canvas_measure(canvas, &font, legend[i].word).width + 10;
    }
    font.color = (mec_rgb){0, 0, 0};
    mec_canvas_text(canvas, &font, margin, margin / 2, MEC_ALIGN_LEFT, MEC_ALIGN_MIDDLE,
                    0, mec_path_basename(m->file));
}

mec_status morphology_draw_svg(const mec_morphology *morphology, const char *path,
                               mec_err *err)
{
    mec_status st = MEC_OK;
    mec_canvas *canvas = NULL;
    view front = {.axis = 0};
    view side = {.axis = 2};
    double width, height, gap;

    measure(morphology, &front);
    measure(morphology, &side);
    width = fmax(front.high_x - front.low_x, 1.0);
    height = fmax(front.high_y - front.low_y, 1.0);
    front.scale = picture_height / fmax(height, width);
    side.scale = front.scale;
    gap = 2 * margin;
    front.left = margin;
    front.top = side.top = margin;
    side.left = margin + width * front.scale + gap;
    MEC_TRY(mec_canvas_new_svg(
        path, fmax(side.left + (side.high_x - side.low_x) * side.scale + margin, 320),
        height * front.scale + 2 * margin + footer, &canvas, err));
    if (!draw_view(canvas, morphology, &front) ||
        !draw_view(canvas, morphology, &side)) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
        goto done;
    }
    draw_footer(canvas, morphology, &front, margin + height * front.scale + footer / 2);
    MEC_TRY(mec_canvas_finish(canvas, err));
done:
    mec_canvas_free(canvas);
    return st;
}
