/* Small histograms, several to a page. */

#include "report_priv.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    N_BINS = 24,
    MAX_COLUMNS = 4,
    MAX_ROWS = 3,
    PANEL_GAP = 26,
    BEYOND_GAP = 10,
    BEYOND_WIDTH = 8
};

/* What a panel shows. */
typedef struct bins {
    double count[N_BINS];
    double beyond; /* how many lie above the axis; drawn if there is a limit */
    double low, high;
} bins;

/* The range of the finite values, within what is of interest if there is a limit. */
static bool find_range(const histogram *h, bins *out)
{
    out->low = INFINITY;
    out->high = -INFINITY;
    for (size_t i = 0; i < h->n; i++) {
        if (isfinite(h->value[i])) {
            out->low = fmin(out->low, h->value[i]);
            out->high = fmax(out->high, h->value[i]);
        }
    }
    if (out->low > out->high) {
        return false;
    }
    if (isfinite(h->limit) && h->limit > 0) {
        out->low = fmin(out->low, 0);
        out->high = fmin(fmax(out->high, 1.1 * h->limit), 2 * h->limit);
    }
    if (!(out->low < out->high)) {
        out->low -= 0.5;
        out->high = out->low + 1;
    }
    return true;
}

static void fill_bins(const histogram *h, bins *out)
{
    for (size_t i = 0; i < h->n; i++) {
        double place = (h->value[i] - out->low) / (out->high - out->low);

        if (place <= 1) {
            out->count[place < 1 ? (int)(place * N_BINS) : N_BINS - 1] += 1;
        } else if (isfinite(h->value[i])) {
            out->beyond += 1;
        }
    }
}

/* The name above a panel: on two lines, before and after its last dot, if it is long. */
static void draw_title(book *b, const char *text, const axes *a)
{
    mec_font font = {.size = 7, .color = report_black};
    mec_font above = {.size = 6, .color = report_grey};
    const char *dot = strrchr(text, '.');

    if (dot != NULL && mec_canvas_measure(b->canvas, &font, text).width > a->width) {
        char *first = mec_arena_printf(b->arena, "%.*s", (int)(dot - text), text);

        if (first != NULL) {
            mec_canvas_text(b->canvas, &above, a->left, a->top - 12, MEC_ALIGN_LEFT,
                            MEC_ALIGN_BASELINE, 0,
                            report_fit(b, &above, first, a->width));
        }
        text = dot + 1;
    }
    mec_canvas_text(b->canvas, &font, a->left, a->top - 4, MEC_ALIGN_LEFT,
                    MEC_ALIGN_BASELINE, 0, report_fit(b, &font, text, a->width));
}

/* The bar right of the axis, for what lies beyond it. */
static void draw_beyond(book *b, const bins *x, const axes *a, const mec_font *font)
{
    double left = a->left + a->width + BEYOND_GAP;
    double top = axes_y(a, x->beyond);

    mec_canvas_rectangle(b->canvas, NULL, &report_vermilion, left, top, BEYOND_WIDTH,
                         a->top + a->height - top);
    mec_canvas_text(b->canvas, font, left + BEYOND_WIDTH / 2.0, a->top + a->height + 3,
                    MEC_ALIGN_CENTER, MEC_ALIGN_TOP, 0, "more");
}

/* All bars as one outline, which takes a quarter of the bytes of single ones. */
static void draw_steps(book *b, const bins *x, const axes *a)
{
    double px[2 * N_BINS + 3];
    double py[2 * N_BINS + 3];
    size_t n = 0;
    double last = 0;

    px[n] = a->left;
    py[n++] = axes_y(a, 0);
    for (int i = 0; i <= N_BINS; i++) {
        double count = i < N_BINS ? x->count[i] : 0;

        if (count < last || count > last) {
            px[n] = px[n + 1] = a->left + a->width * i / N_BINS;
            py[n] = axes_y(a, last);
            py[n + 1] = axes_y(a, count);
            n += 2;
        }
        last = count;
    }
    mec_canvas_polygon(b->canvas, NULL, &report_blue, n, px, py);
}

static void draw_histogram(book *b, const histogram *h, axes a)
{
    mec_font small = {.size = 6, .color = report_grey};
    mec_pen limit = {.color = report_vermilion, .width = 1, .dash = {3, 2}};
    bins x = {{0}, 0, 0, 0};

    draw_title(b, h->title, &a);
    if (!find_range(h, &x)) {
        mec_canvas_text(b->canvas, &small, a.left, a.top + 12, MEC_ALIGN_LEFT,
                        MEC_ALIGN_BASELINE, 0, "no values");
        return;
    }
    fill_bins(h, &x);
    a.width -= BEYOND_GAP + BEYOND_WIDTH;
    a.x0 = x.low;
    a.x1 = x.high;
    a.y1 = fmax(1, x.beyond);
    for (int i = 0; i < N_BINS; i++) {
        a.y1 = fmax(a.y1, x.count[i]);
    }
    axes_x_ticks(b, &a, &small, 5);
    axes_y_ticks(b, &a, &small, 4, 1);
    draw_steps(b, &x, &a);
    if (isfinite(h->limit)) {
        mec_canvas_line(b->canvas, &limit, axes_x(&a, h->limit), a.top,
                        axes_x(&a, h->limit), a.top + a.height);
    }
    if (x.beyond > 0) {
        draw_beyond(b, &x, &a, &small);
    }
}

void report_histograms(book *b, int parent, const char *title, const char *subtitle,
                       size_t n, const histogram panels[])
{
    size_t n_column = n < 2 ? 2 : n > MAX_COLUMNS ? MAX_COLUMNS : n;
    size_t n_row = n > MAX_COLUMNS ? MAX_ROWS : 2;
    size_t n_page = (n + n_column * n_row - 1) / (n_column * n_row);
    double width = (PAGE_WIDTH - 2.0 * MARGIN) / (double)n_column;
    double height = (BODY_BOTTOM - BODY_TOP) / (double)n_row;

    for (size_t i = 0; i < n; i++) {
        size_t at = i % (n_column * n_row);
        axes a = {.left = MARGIN + width * (double)(at % n_column) + PANEL_GAP,
                  .top = BODY_TOP + height * (double)(at / n_column) + 18,
                  .width = width - PANEL_GAP - 6,
                  .height = height - PANEL_GAP - 18};

        if (at == 0) {
            const char *heading =
                book_heading(b, title, i / (n_column * n_row), n_page);
            int bookmark = book_page(b, parent, heading, subtitle);

            parent = i == 0 ? bookmark : parent;
        }
        draw_histogram(b, &panels[i], a);
    }
}
