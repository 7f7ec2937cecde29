/* Axes and line plots. */

#include "report_priv.h"

#include <math.h>
#include <stdio.h>

enum { MAX_SERIES = 12 };

double axes_x(const axes *a, double x)
{
    return a->left + (x - a->x0) / (a->x1 - a->x0) * a->width;
}

double axes_y(const axes *a, double y)
{
    return a->top + a->height - (y - a->y0) / (a->y1 - a->y0) * a->height;
}

void axes_x_tick(book *b, const axes *a, const mec_font *font, double x,
                 const char *label)
{
    mec_pen grid = {.color = report_light, .width = 0.6};

    mec_canvas_line(b->canvas, &grid, axes_x(a, x), a->top, axes_x(a, x),
                    a->top + a->height);
    mec_canvas_text(b->canvas, font, axes_x(a, x), a->top + a->height + 3,
                    MEC_ALIGN_CENTER, MEC_ALIGN_TOP, 0, label);
}

/* The multiple of a step that a tick stands at: ceil() may give -0. */
static double first_tick(double low, double step)
{
    return ceil(low / step - 1e-9) * step + 0.0;
}

void axes_x_ticks(book *b, const axes *a, const mec_font *font, int n_tick)
{
    double step = report_tick_step(a->x1 - a->x0, n_tick);
    char number[32];

    for (double x = first_tick(a->x0, step); x <= a->x1 + 1e-9 * step; x += step) {
        snprintf(number, sizeof number, "%.4g", fabs(x) < 1e-9 * step ? 0 : x);
        axes_x_tick(b, a, font, x, number);
    }
}

void axes_y_ticks(book *b, const axes *a, const mec_font *font, int n_tick,
                  double min_step)
{
    mec_pen grid = {.color = report_light, .width = 0.6};
    double step = fmax(min_step, report_tick_step(a->y1 - a->y0, n_tick));
    char number[32];

    for (double y = first_tick(a->y0, step); y <= a->y1 + 1e-9 * step; y += step) {
        snprintf(number, sizeof number, "%.4g", fabs(y) < 1e-9 * step ? 0 : y);
        mec_canvas_line(b->canvas, &grid, a->left, axes_y(a, y), a->left + a->width,
                        axes_y(a, y));
        mec_canvas_text(b->canvas, font, a->left - 3, axes_y(a, y), MEC_ALIGN_RIGHT,
                        MEC_ALIGN_MIDDLE, 0, number);
    }
}

/* Ticks at 1, 2 and 5 times the powers of ten, on an axis of decimal logarithms. */
static void draw_log_ticks(book *b, const axes *a, const mec_font *font)
{
    static const double factors[] = {1, 2, 5};
    char number[32];

    for (int power = (int)floor(a->x0); power <= (int)floor(a->x1); power++) {
        for (size_t i = 0; i < 3; i++) {
            double x = factors[i] * pow(10, power);

            if (log10(x) >= a->x0 - 1e-9 && log10(x) <= a->x1 + 1e-9) {
                snprintf(number, sizeof number, "%.4g", x);
                axes_x_tick(b, a, font, log10(x), number);
            }
        }
    }
}

/* A line with a dot at each point: what lies between was not computed. */
static void draw_line(book *b, const axes *a, const mec_pen *pen, size_t n,
                      const double x[], const double y[])
{
    double *px = mec_arena_calloc(b->arena, n, sizeof *px);
    double *py = mec_arena_calloc(b->arena, n, sizeof *py);

    if (px == NULL || py == NULL) {
        return;
    }
    for (size_t i = 0; i < n; i++) {
        px[i] = axes_x(a, log10(x[i]));
        py[i] = axes_y(a, y[i]);
        mec_canvas_circle(b->canvas, NULL, &pen->color, px[i], py[i], 2);
    }
    mec_canvas_polyline(b->canvas, pen, n, px, py);
}

/* Line number i and its name in the legend: six colours, then the same ones dashed. */
static void draw_series(book *b, const axes *a, size_t i, size_t n_point,
                        const double x[], const double y[], const char *name)
{
    static const mec_rgb colors[] = {{0.0, 0.447, 0.698}, {0.835, 0.369, 0.0},
                                     {0.0, 0.62, 0.451},  {0.8, 0.475, 0.655},
                                     {0.902, 0.624, 0.0}, {0.337, 0.706, 0.914}};
    enum { N_COLORS = sizeof colors / sizeof *colors };
    mec_font font = {.size = 9, .color = report_black};
    mec_pen pen = {.color = colors[i % N_COLORS], .width = 1.4};
    double row = a->top + 18.0 * (double)i;
    double left = a->left + a->width + 16;

    if (i >= N_COLORS) {
        pen.dash[0] = 5;
        pen.dash[1] = 3;
    }
    draw_line(b, a, &pen, n_point, x, y);
    mec_canvas_line(b->canvas, &pen, left, row, left + 22, row);
    mec_canvas_text(b->canvas, &font, left + 28, row, MEC_ALIGN_LEFT, MEC_ALIGN_MIDDLE,
                    0, report_fit(b, &font, name, 130));
}

void report_lines(book *b, int parent, const char *title, const char *subtitle,
                  const char *x_axis, const char *y_axis, size_t n_point,
                  const double x[], size_t n_series, const char *const name[],
                  const double *const y[])
{
    mec_font font = {.size = 9, .color = report_black};
    mec_font small = {.size = 8, .color = report_grey};
    axes a = {.left = MARGIN + 40, .top = BODY_TOP + 10, .width = 540, .height = 390};
    size_t n_page = (n_series + MAX_SERIES - 1) / MAX_SERIES;

    if (n_point == 0) {
        return;
    }
    a.x0 = log10(x[0]);
    a.x1 = x[n_point - 1] > x[0] ? log10(x[n_point - 1]) : a.x0 + 1;
    a.y1 = 100;
    for (size_t i = 0; i < n_series; i++) {
        if (i % MAX_SERIES == 0) {
            int bookmark = book_page(
                b, parent, book_heading(b, title, i / MAX_SERIES, n_page), subtitle);

            parent = i == 0 ? bookmark : parent;
            draw_log_ticks(b, &a, &small);
            axes_y_ticks(b, &a, &small, 10, 1);
            mec_canvas_text(b->canvas, &font, a.left + a.width / 2,
                            a.top + a.height + 18, MEC_ALIGN_CENTER, MEC_ALIGN_TOP, 0,
                            x_axis);
            mec_canvas_text(b->canvas, &font, a.left - 34, a.top + a.height / 2,
                            MEC_ALIGN_CENTER, MEC_ALIGN_BASELINE, 90, y_axis);
        }
        draw_series(b, &a, i % MAX_SERIES, n_point, x, y[i], name[i]);
    }
}
