/* Line plots and small histograms with axes. */

#include "report_priv.h"

#include <math.h>
#include <stdio.h>

enum { N_BINS = 24, PANEL_COLUMNS = 4, PANEL_ROWS = 3, PANEL_GAP = 26 };

/* A plot area and the range of numbers that it shows. */
typedef struct axes {
    double left, top, width, height; /* points */
    double x0, x1, y0, y1;           /* data */
} axes;

static double place_x(const axes *a, double x)
{
    return a->left + (x - a->x0) / (a->x1 - a->x0) * a->width;
}

static double place_y(const axes *a, double y)
{
    return a->top + a->height - (y - a->y0) / (a->y1 - a->y0) * a->height;
}

static void draw_ticks(book *b, const axes *a, double size, int n_tick)
{
    mec_font font = {.size = size, .color = report_grey};
    mec_pen grid = {.color = report_light, .width = 0.6};
    double x_step = report_tick_step(a->x1 - a->x0, n_tick);
    double y_step = report_tick_step(a->y1 - a->y0, n_tick);
    char number[32];

    for (double x = ceil(a->x0 / x_step) * x_step; x <= a->x1 + 1e-9 * x_step;
         x += x_step) {
        snprintf(number, sizeof number, "%.4g", x);
        mec_canvas_line(b->canvas, &grid, place_x(a, x), a->top, place_x(a, x),
                        a->top + a->height);
        mec_canvas_text(b->canvas, &font, place_x(a, x), a->top + a->height + 3,
                        MEC_ALIGN_CENTER, MEC_ALIGN_TOP, 0, number);
    }
    for (double y = ceil(a->y0 / y_step) * y_step; y <= a->y1 + 1e-9 * y_step;
         y += y_step) {
        snprintf(number, sizeof number, "%.4g", y);
        mec_canvas_line(b->canvas, &grid, a->left, place_y(a, y), a->left + a->width,
                        place_y(a, y));
        mec_canvas_text(b->canvas, &font, a->left - 3, place_y(a, y), MEC_ALIGN_RIGHT,
                        MEC_ALIGN_MIDDLE, 0, number);
    }
}

void report_lines(book *b, int parent, const char *title, const char *subtitle,
                  const char *x_axis, const char *y_axis, size_t n_point,
                  const double x[], size_t n_series, const char *const name[],
                  const double *const y[])
{
    static const mec_rgb colors[] = {{0.0, 0.447, 0.698}, {0.835, 0.369, 0.0},
                                     {0.0, 0.62, 0.451},  {0.8, 0.475, 0.655},
                                     {0.902, 0.624, 0.0}, {0.337, 0.706, 0.914}};
    enum { N_COLORS = sizeof colors / sizeof *colors };
    mec_font font = {.size = 9, .color = report_black};
    axes a = {.left = MARGIN + 40, .top = BODY_TOP + 10, .width = 540, .height = 390};

    (void)book_page(b, parent, title, subtitle);
    if (n_point == 0) {
        return;
    }
    a.x0 = x[0];
    a.x1 = x[n_point - 1] > x[0] ? x[n_point - 1] : x[0] + 1;
    a.y0 = 0;
    a.y1 = 100;
    draw_ticks(b, &a, 8, 10);
    for (size_t i = 0; i < n_series; i++) {
        mec_pen pen = {.color = colors[i % N_COLORS], .width = 1.4};
        double *px = mec_arena_calloc(b->arena, n_point, sizeof *px);
        double *py = mec_arena_calloc(b->arena, n_point, sizeof *py);
        double row = a.top + 14.0 * (double)i;

        for (size_t k = 0; px != NULL && py != NULL && k < n_point; k++) {
            px[k] = place_x(&a, x[k]);
            py[k] = place_y(&a, y[i][k]);
        }
        if (px != NULL && py != NULL) {
            mec_canvas_polyline(b->canvas, &pen, n_point, px, py);
        }
        if (row < BODY_BOTTOM - 20) {
            mec_canvas_line(b->canvas, &pen, a.left + a.width + 16, row,
                            a.left + a.width + 34, row);
            mec_canvas_text(b->canvas, &font, a.left + a.width + 40, row,
                            MEC_ALIGN_LEFT, MEC_ALIGN_MIDDLE, 0,
                            report_fit(b, &font, name[i], 136));
        }
    }
    mec_canvas_text(b->canvas, &font, a.left + a.width / 2, a.top + a.height + 18,
                    MEC_ALIGN_CENTER, MEC_ALIGN_TOP, 0, x_axis);
    mec_canvas_text(b->canvas, &font, a.left - 34, a.top + a.height / 2,
                    MEC_ALIGN_CENTER, MEC_ALIGN_BASELINE, 90, y_axis);
}

/* The range of the finite values and of the limit. */
static bool value_range(const histogram *h, double *low, double *high)
{
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t i = 0; i < h->n; i++) {
        if (isfinite(h->value[i])) {
            *low = fmin(*low, h->value[i]);
            *high = fmax(*high, h->value[i]);
        }
    }
    if (isfinite(h->limit) && *low <= *high) {
        *low = fmin(*low, h->limit);
        *high = fmax(*high, h->limit);
    }
    if (*low > *high) {
        return false;
    }
    if (*low == *high) {
        *low -= 0.5;
        *high += 0.5;
    }
    return true;
}

static void draw_histogram(book *b, const histogram *h, axes a)
{
    mec_font title = {.size = 7, .color = report_black};
    mec_pen limit = {.color = report_vermilion, .width = 1, .dash = {3, 2}};
    double count[N_BINS] = {0};

    mec_canvas_text(b->canvas, &title, a.left, a.top - 4, MEC_ALIGN_LEFT,
                    MEC_ALIGN_BASELINE, 0, report_fit(b, &title, h->title, a.width));
    if (!value_range(h, &a.x0, &a.x1)) {
        mec_canvas_text(b->canvas, &title, a.left, a.top + 12, MEC_ALIGN_LEFT,
                        MEC_ALIGN_BASELINE, 0, "no values");
        return;
    }
    for (size_t i = 0; i < h->n; i++) {
        if (isfinite(h->value[i])) {
            int bin = (int)((h->value[i] - a.x0) / (a.x1 - a.x0) * N_BINS);

            count[bin < N_BINS ? bin : N_BINS - 1] += 1;
        }
    }
    a.y0 = 0;
    a.y1 = 1;
    for (int i = 0; i < N_BINS; i++) {
        a.y1 = fmax(a.y1, count[i]);
    }
    draw_ticks(b, &a, 6, 4);
    for (int i = 0; i < N_BINS; i++) {
        double top = place_y(&a, count[i]);

        mec_canvas_rectangle(b->canvas, NULL, &report_blue,
                             a.left + a.width * i / N_BINS + 0.3, top,
                             a.width / N_BINS - 0.6, a.top + a.height - top);
    }
    if (isfinite(h->limit)) {
        mec_canvas_line(b->canvas, &limit, place_x(&a, h->limit), a.top,
                        place_x(&a, h->limit), a.top + a.height);
    }
}

void report_histograms(book *b, int parent, const char *title, const char *subtitle,
                       size_t n, const histogram panels[])
{
    const double width = (PAGE_WIDTH - 2.0 * MARGIN) / PANEL_COLUMNS;
    const double height = (BODY_BOTTOM - BODY_TOP) / (double)PANEL_ROWS;

    for (size_t i = 0; i < n; i++) {
        size_t at = i % (PANEL_COLUMNS * PANEL_ROWS);
        axes a = {.left = MARGIN + width * (double)(at % PANEL_COLUMNS) + PANEL_GAP,
                  .top = BODY_TOP + height * (double)(at / PANEL_COLUMNS) + 12,
                  .width = width - PANEL_GAP - 10,
                  .height = height - PANEL_GAP - 12};

        if (at == 0) {
            int bookmark = book_page(b, parent, title, subtitle);

            parent = i == 0 ? bookmark : parent;
        }
        draw_histogram(b, &panels[i], a);
    }
}
