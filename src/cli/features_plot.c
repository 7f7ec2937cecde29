/* The drawing that `mecombo features --plot` writes. */

#include "features_plot.h"

#include <mecombo/pdf.h>

#include <math.h>
#include <stdio.h>

/* Points. */
static const double page_width = 900;
static const double page_height = 420;
static const double left = 64;
static const double right = 16;
static const double top = 48;
static const double bottom = 48;

/* What is marked, and how. */
typedef struct mark {
    const char *feature;
    const char *label;
    mec_rgb color;
} mark;

static const mark marks[] = {
    {"peak_indices", "peak", {0.80, 0.15, 0.15}},
    {"AP_begin_indices", "spike begin", {0.10, 0.55, 0.25}},
    {"min_AHP_indices", "AHP minimum", {0.15, 0.35, 0.80}},
};

/* The part of the plane that is shown. */
typedef struct view {
    double low_t, high_t; /* ms */
    double low_v, high_v; /* mV */
} view;

static double page_x(const view *w, double t)
{
    return left + (t - w->low_t) / (w->high_t - w->low_t) * (page_width - left - right);
}

static double page_y(const view *w, double v)
{
    return page_height - bottom -
           (v - w->low_v) / (w->high_v - w->low_v) * (page_height - top - bottom);
}

static view view_of(const mec_efeature_values *t, const mec_efeature_values *v)
{
    view w = {t->value[0], t->value[t->n - 1], INFINITY, -INFINITY};

    for (size_t i = 0; i < v->n; i++) {
        w.low_v = fmin(w.low_v, v->value[i]);
        w.high_v = fmax(w.high_v, v->value[i]);
    }
    if (!(w.high_t > w.low_t)) {
        w.high_t = w.low_t + 1;
    }
    if (!(w.high_v > w.low_v)) {
        w.low_v = isfinite(w.low_v) ? w.low_v - 1 : -1;
        w.high_v = w.low_v + 2;
    }
    double room = 0.05 * (w.high_v - w.low_v);

    w.low_v -= room;
    w.high_v += room;
    return w;
}

/* A distance of 1, 2 or 5 times a power of ten, about six to an axis. */
static double tick_step(double span)
{
    double power = pow(10.0, floor(log10(span / 6)));
    double part = span / 6 / power;

    return power * (part < 1.5 ? 1 : part < 3.5 ? 2 : part < 7.5 ? 5 : 10);
}

static void draw_axes(mec_canvas *canvas, const view *w)
{
    const mec_pen grid = {.color = {0.85, 0.85, 0.85}, .width = 0.5};
    const mec_pen frame = {.color = {0.3, 0.3, 0.3}, .width = 0.75};
    const mec_font font = {.size = 11, .color = {0.2, 0.2, 0.2}};
    double step_t = tick_step(w->high_t - w->low_t);
    double step_v = tick_step(w->high_v - w->low_v);
    double low_y = page_height - bottom;
    char label[32];

    for (double t = ceil(w->low_t / step_t) * step_t; t <= w->high_t; t += step_t) {
        mec_canvas_line(canvas, &grid, page_x(w, t), top, page_x(w, t), low_y);
        snprintf(label, sizeof label, "%g", t);
        mec_canvas_text(canvas, &font, page_x(w, t), low_y + 6, MEC_ALIGN_CENTER,
                        MEC_ALIGN_TOP, 0, label);
    }
    for (double v = ceil(w->low_v / step_v) * step_v; v <= w->high_v; v += step_v) {
        mec_canvas_line(canvas, &grid, left, page_y(w, v), page_width - right,
                        page_y(w, v));
        snprintf(label, sizeof label, "%g", fabs(v) < 1e-9 * step_v ? 0.0 : v);
        mec_canvas_text(canvas, &font, left - 6, page_y(w, v), MEC_ALIGN_RIGHT,
                        MEC_ALIGN_MIDDLE, 0, label);
    }
    mec_canvas_rectangle(canvas, &frame, NULL, left, top, page_width - left - right,
                         low_y - top);
    mec_canvas_text(canvas, &font, (left + page_width - right) / 2, page_height - 8,
                    MEC_ALIGN_CENTER, MEC_ALIGN_BOTTOM, 0, "time (ms)");
    mec_canvas_text(canvas, &font, 8, (top + low_y) / 2, MEC_ALIGN_CENTER,
                    MEC_ALIGN_TOP, 90, "voltage (mV)");
}

static void draw_stimulus(mec_canvas *canvas, const view *w, double start, double end)
{
    const mec_rgb shade = {0.95, 0.94, 0.88};
    double from = page_x(w, fmin(fmax(start, w->low_t), w->high_t));
    double to = page_x(w, fmin(fmax(end, w->low_t), w->high_t));

    if (to > from) {
        mec_canvas_rectangle(canvas, NULL, &shade, from, top, to - from,
                             page_height - top - bottom);
    }
}

/* The lowest and highest sample of each column of half a point: what would be seen of all
 * samples. Returns the number of points put into x and y [2 * n_columns + 2]. */
static size_t thin_out(const view *w, const mec_efeature_values *t,
                       const mec_efeature_values *v, double x[], double y[])
{
    size_t n = 0;

    for (size_t i = 0; i < v->n;) {
        double column = floor(2 * page_x(w, t->value[i]));
        size_t low = i;
        size_t high = i;

        for (; i < v->n && floor(2 * page_x(w, t->value[i])) == column; i++) {
            low = v->value[i] < v->value[low] ? i : low;
            high = v->value[i] > v->value[high] ? i : high;
        }
        size_t first = low < high ? low : high;
        size_t second = low < high ? high : low;

        x[n] = page_x(w, t->value[first]);
        y[n++] = page_y(w, v->value[first]);
        if (second != first) {
            x[n] = page_x(w, t->value[second]);
            y[n++] = page_y(w, v->value[second]);
        }
    }
    return n;
}

static mec_status draw_trace(mec_canvas *canvas, const view *w,
                             const mec_efeature_values *t, const mec_efeature_values *v,
                             mec_err *err)
{
    const mec_pen pen = {.color = {0.1, 0.1, 0.1}, .width = 0.8, .is_round = true};
    mec_arena *arena = mec_arena_new();
    size_t n = 2 * (size_t)(2 * page_width) + 4;
    double *x = arena == NULL ? NULL : mec_arena_calloc(arena, n, sizeof *x);
    double *y = arena == NULL ? NULL : mec_arena_calloc(arena, n, sizeof *y);

    if (x == NULL || y == NULL) {
        mec_arena_free(arena);
        return mec_fail(err, MEC_E_NOMEM, "drawing: out of memory");
    }
    mec_canvas_polyline(canvas, &pen, thin_out(w, t, v, x, y), x, y);
    mec_arena_free(arena);
    return MEC_OK;
}

static mec_status draw_marks(mec_canvas *canvas, const view *w,
                             mec_efeature_trace *trace, const mec_efeature_values *t,
                             const mec_efeature_values *v, mec_err *err)
{
    const mec_font font = {.size = 11, .color = {0.2, 0.2, 0.2}};
    double x = left;

    for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
        mec_efeature_values where;
        mec_status st = mec_efeature_get(trace, marks[k].feature, &where, err);
        char label[64];

        if (st != MEC_OK) {
            return st;
        }
        for (size_t i = 0; i < where.n; i++) {
            size_t at = (size_t)where.value[i];

            mec_canvas_circle(canvas, NULL, &marks[k].color, page_x(w, t->value[at]),
                              page_y(w, v->value[at]), 2.6);
        }
        snprintf(label, sizeof label, "%s (%zu)", marks[k].label, where.n);
        mec_canvas_circle(canvas, NULL, &marks[k].color, x + 4, top - 12, 3);
        mec_canvas_text(canvas, &font, x + 11, top - 12, MEC_ALIGN_LEFT,
                        MEC_ALIGN_MIDDLE, 0, label);
        x += 22 + mec_canvas_measure(canvas, &font, label).width;
    }
    return MEC_OK;
}

mec_status features_plot_svg(mec_efeature_trace *trace, const char *title,
                             double stim_start, double stim_end, const char *path,
                             mec_err *err)
{
    const mec_font heading = {.size = 13, .is_bold = true, .color = {0.1, 0.1, 0.1}};
    mec_status st = MEC_OK;
    mec_canvas *canvas = NULL;
    mec_efeature_values t;
    mec_efeature_values v;

    MEC_TRY(mec_efeature_get(trace, "time", &t, err));
    MEC_TRY(mec_efeature_get(trace, "voltage", &v, err));
    MEC_REQUIRE(t.n > 0 && v.n == t.n, err);
    MEC_TRY(mec_canvas_new_svg(path, page_width, page_height, &canvas, err));
    view w = view_of(&t, &v);

    mec_canvas_text(canvas, &heading, left, 16, MEC_ALIGN_LEFT, MEC_ALIGN_MIDDLE, 0,
                    title);
    draw_stimulus(canvas, &w, stim_start, stim_end);
    draw_axes(canvas, &w);
    MEC_TRY(draw_trace(canvas, &w, &t, &v, err));
    MEC_TRY(draw_marks(canvas, &w, trace, &t, &v, err));
    MEC_TRY(mec_canvas_finish(canvas, err));
done:
    mec_canvas_free(canvas);
    return st;
}
