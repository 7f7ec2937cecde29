/* Coloured grids (m-type by e-type), split into pages of rows and columns. */

#include "report_priv.h"

#include <math.h>
#include <stdio.h>

enum {
    MAX_ROWS = 40,
    MAX_COLUMNS = 20,
    MAX_CELL_WIDTH = 130,
    MAX_CELL_HEIGHT = 60,
    SCALE_WIDTH = 16,
    SCALE_STEPS = 64,
    MIN_SCALE_HEIGHT = 120
};

/* A grid or a part of it. */
typedef struct grid {
    size_t n_row, n_column, stride;
    const char *const *row;
    const char *const *column;
    const double *value; /* [n_row * stride] */
    double low, high;    /* of all values */
} grid;

/* Dark blue over green to yellow, rising in lightness: six stations of such a path in
 * sRGB, chosen by eye, straight lines between them. */
static mec_rgb heat_color(double fraction)
{
    static const mec_rgb stations[] = {{0.16, 0.12, 0.42}, {0.16, 0.28, 0.58},
                                       {0.12, 0.45, 0.58}, {0.18, 0.62, 0.50},
                                       {0.55, 0.78, 0.33}, {0.98, 0.90, 0.20}};
    enum { LAST = sizeof stations / sizeof *stations - 1 };
    double place = fmin(fmax(fraction, 0), 1) * LAST;
    int i = place >= LAST ? LAST - 1 : (int)place;
    double f = place - i;
    const mec_rgb *a = &stations[i];
    const mec_rgb *c = &stations[i + 1];

    return (mec_rgb){a->r + f * (c->r - a->r), a->g + f * (c->g - a->g),
                     a->b + f * (c->b - a->b)};
}

static double fraction_of(const grid *g, double value)
{
    return g->high > g->low ? (value - g->low) / (g->high - g->low) : 0.5;
}

/* The colours' meaning, right of a grid that ends at x and is this high. */
static void draw_scale(book *b, const grid *g, const char *scale, double x,
                       double height)
{
    mec_font font = {.size = 8, .color = report_black};
    double bottom;
    char number[32];

    height = fmax(height, MIN_SCALE_HEIGHT);
    bottom = BODY_TOP + height;
    x += 34;

    for (int i = 0; i < SCALE_STEPS; i++) {
        mec_rgb color = heat_color((i + 0.5) / SCALE_STEPS);

        mec_canvas_rectangle(b->canvas, NULL, &color, x,
                             bottom - height * (i + 1) / SCALE_STEPS, SCALE_WIDTH,
                             height / SCALE_STEPS + 0.4);
    }
    for (int i = 0; i <= 4; i++) {
        snprintf(number, sizeof number, "%.3g", g->low + (g->high - g->low) * i / 4);
        mec_canvas_text(b->canvas, &font, x + SCALE_WIDTH + 4, bottom - height * i / 4,
                        MEC_ALIGN_LEFT, MEC_ALIGN_MIDDLE, 0, number);
    }
    mec_canvas_text(b->canvas, &font, x - 6, BODY_TOP + height / 2, MEC_ALIGN_CENTER,
                    MEC_ALIGN_BASELINE, 90, scale);
}

static void draw_cell(book *b, const grid *g, double value, double x, double y,
                      double width, double height)
{
    mec_pen border = {.color = report_white, .width = 0.8};
    char number[32];

    if (isnan(value)) {
        mec_canvas_rectangle(b->canvas, &border, &report_light, x, y, width, height);
        return;
    }
    double fraction = fraction_of(g, value);
    mec_rgb color = heat_color(fraction);
    mec_font font = {.size = fmin(9, height * 0.6),
                     .color = fraction < 0.6 ? report_white : report_black};
    mec_canvas_rectangle(b->canvas, &border, &color, x, y, width, height);
    snprintf(number, sizeof number, "%.3g", value);
    if (mec_canvas_measure(b->canvas, &font, number).width < width - 4) {
        mec_canvas_text(b->canvas, &font, x + width / 2, y + height / 2,
                        MEC_ALIGN_CENTER, MEC_ALIGN_MIDDLE, 0, number);
    }
}

static void draw_grid(book *b, const grid *g, const char *scale)
{
    mec_font font = {.size = 9, .color = report_black};
    double left = MARGIN + 150;
    double bottom = BODY_BOTTOM - 70;
    double width =
        fmin((PAGE_WIDTH - MARGIN - 110 - left) / (double)g->n_column, MAX_CELL_WIDTH);
    double height = fmin((bottom - BODY_TOP) / (double)g->n_row, MAX_CELL_HEIGHT);

    for (size_t r = 0; r < g->n_row; r++) {
        double y = BODY_TOP + height * (double)r;

        mec_canvas_text(b->canvas, &font, left - 6, y + height / 2, MEC_ALIGN_RIGHT,
                        MEC_ALIGN_MIDDLE, 0, report_fit(b, &font, g->row[r], 144));
        for (size_t c = 0; c < g->n_column; c++) {
            draw_cell(b, g, g->value[r * g->stride + c], left + width * (double)c, y,
                      width, height);
        }
    }
    bottom = BODY_TOP + height * (double)g->n_row;
    for (size_t c = 0; c < g->n_column; c++) {
        mec_canvas_text(b->canvas, &font, left + width * ((double)c + 0.5), bottom + 6,
                        g->n_column > 8 ? MEC_ALIGN_RIGHT : MEC_ALIGN_CENTER,
                        MEC_ALIGN_TOP, g->n_column > 8 ? 40 : 0,
                        report_fit(b, &font, g->column[c], 88));
    }
    draw_scale(b, g, scale, left + width * (double)g->n_column,
               height * (double)g->n_row);
}

static void find_range(grid *g)
{
    double low = INFINITY;
    double high = -INFINITY;

    for (size_t i = 0; i < g->n_row * g->stride; i++) {
        if (!isnan(g->value[i])) {
            low = fmin(low, g->value[i]);
            high = fmax(high, g->value[i]);
        }
    }
    g->low = isnan(g->low) ? low : g->low;
    g->high = isnan(g->high) ? high : g->high;
    if (!(g->low < g->high)) { /* one value, or none */
        g->low = isfinite(g->low) ? g->low - 0.5 : 0;
        g->high = g->low + 1;
    }
}

void report_heat(book *b, int parent, const char *title, const char *subtitle,
                 const char *scale, size_t n_row, const char *const row[],
                 size_t n_column, const char *const column[], const double value[],
                 double low, double high)
{
    grid all = {.n_row = n_row,
                .n_column = n_column,
                .stride = n_column,
                .value = value,
                .low = low,
                .high = high};
    mec_font font = {.size = 10, .color = report_grey};
    int first_page = parent;

    find_range(&all);
    if (n_row == 0 || n_column == 0) {
        (void)book_page(b, parent, title, subtitle);
        mec_canvas_text(b->canvas, &font, MARGIN, BODY_TOP, MEC_ALIGN_LEFT,
                        MEC_ALIGN_TOP, 0, "nothing to show");
        return;
    }
    for (size_t r = 0; r < n_row; r += MAX_ROWS) {
        for (size_t c = 0; c < n_column; c += MAX_COLUMNS) {
            grid part = all;
            int bookmark = book_page(b, first_page, title, subtitle);

            first_page = r + c == 0 ? bookmark : first_page;
            part.n_row = n_row - r < MAX_ROWS ? n_row - r : MAX_ROWS;
            part.n_column = n_column - c < MAX_COLUMNS ? n_column - c : MAX_COLUMNS;
            part.row = row + r;
            part.column = column + c;
            part.value = value + r * n_column + c;
            draw_grid(b, &part, scale);
        }
    }
}
