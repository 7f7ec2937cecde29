/* Horizontal stacked bars, one line each, split into pages. */

#include "report_priv.h"

#include <math.h>
#include <stdio.h>

enum {
    ROWS_PER_PAGE = 36,
    MAX_ROW_HEIGHT = 26,
    AXIS_HEIGHT = 34,
    MAX_INCOMPLETE_PAGES = 10
};

/* Where things are on a page of bars. */
typedef struct bar_frame {
    double left;  /* of the bars */
    double right; /* of the bars */
    double scale; /* points per count */
    double row_height;
    double bottom; /* of the last row */
    double step;   /* counts between ticks */
} bar_frame;

static int64_t total(const bar *one, int n_part)
{
    int64_t sum = 0;

    for (int i = 0; i < n_part; i++) {
        sum += one->part[i];
    }
    return sum;
}

static double label_width(book *b, const mec_font *font, size_t n, const bar bars[])
{
    double widest = 60;

    for (size_t i = 0; i < n; i++) {
        double width = mec_canvas_measure(b->canvas, font, bars[i].label).width;

        widest = fmax(widest, width);
    }
    return fmin(widest, 0.45 * PAGE_WIDTH);
}

static void draw_axis(book *b, const bar_frame *frame, int64_t largest,
                      const char *axis)
{
    mec_font font = {.size = 8, .color = report_grey};
    mec_pen grid = {.color = report_light, .width = 0.6};
    char number[32];

    for (double tick = 0; tick <= (double)largest + 0.5; tick += frame->step) {
        double x = frame->left + tick * frame->scale;

        mec_canvas_line(b->canvas, &grid, x, BODY_TOP + 14, x, frame->bottom + 3);
        snprintf(number, sizeof number, "%.0f", tick);
        mec_canvas_text(b->canvas, &font, x, frame->bottom + 6, MEC_ALIGN_CENTER,
                        MEC_ALIGN_TOP, 0, number);
    }
    mec_canvas_text(b->canvas, &font, (frame->left + frame->right) / 2,
                    frame->bottom + 18, MEC_ALIGN_CENTER, MEC_ALIGN_TOP, 0, axis);
}

static void draw_legend(book *b, const bar_legend *legend)
{
    mec_font font = {.size = 9, .color = report_black};
    double x = PAGE_WIDTH - MARGIN;

    for (int i = legend->n_part - 1; i >= 0; i--) {
        double width = mec_canvas_measure(b->canvas, &font, legend->name[i]).width;

        x -= width;
        mec_canvas_text(b->canvas, &font, x, BODY_TOP, MEC_ALIGN_LEFT, MEC_ALIGN_MIDDLE,
                        0, legend->name[i]);
        mec_canvas_rectangle(b->canvas, NULL, &legend->color[i], x - 14, BODY_TOP - 5,
                             10, 10);
        x -= 28;
    }
}

/* One bar: its parts, each with its count where there is room, and its label. */
static void draw_bar(book *b, const bar_frame *frame, const bar_legend *legend,
                     const bar *one, double top)
{
    double thick = fmin(frame->row_height * 0.72, 18);
    double middle = top + frame->row_height / 2;
    mec_font font = {.size = fmin(9, frame->row_height * 0.75), .color = report_black};
    mec_font inside = {.size = font.size, .color = report_white};
    double x = frame->left;
    char number[32];

    mec_canvas_text(b->canvas, &font, frame->left - 6, middle, MEC_ALIGN_RIGHT,
                    MEC_ALIGN_MIDDLE, 0,
                    report_fit(b, &font, one->label, frame->left - MARGIN - 6));
    for (int i = 0; i < legend->n_part; i++) {
        double width = (double)one->part[i] * frame->scale;

        if (one->part[i] == 0) {
            continue;
        }
        mec_canvas_rectangle(b->canvas, NULL, &legend->color[i], x, middle - thick / 2,
                             width, thick);
        snprintf(number, sizeof number, "%lld", (long long)one->part[i]);
        if (mec_canvas_measure(b->canvas, &inside, number).width + 4 < width) {
            mec_canvas_text(b->canvas, &inside, x + width / 2, middle, MEC_ALIGN_CENTER,
                            MEC_ALIGN_MIDDLE, 0, number);
        }
        x += width;
    }
}

/* How many of n bars are drawn; says so in the subtitle if these are not all. */
static size_t drawn_bars(book *b, size_t n, const char **subtitle)
{
    size_t n_max = MAX_INCOMPLETE_PAGES * ROWS_PER_PAGE;
    const char *note;

    if (b->complete == NULL || n <= n_max) {
        return n;
    }
    note = mec_arena_printf(b->arena, "%s%sThe first %zu of %zu; all are in %s.",
                            *subtitle == NULL ? "" : *subtitle,
                            *subtitle == NULL ? "" : " ", n_max, n, b->complete);
    *subtitle = note == NULL ? *subtitle : note;
    return n_max;
}

void report_bars(book *b, int parent, const char *title, const char *subtitle,
                 const char *axis, const bar_legend *legend, size_t n, const bar bars[])
{
    mec_font font = {.size = 9};
    int64_t largest = 1;
    bar_frame frame;

    for (size_t i = 0; i < n; i++) {
        int64_t sum = total(&bars[i], legend->n_part);

        largest = sum > largest ? sum : largest;
    }
    n = drawn_bars(b, n, &subtitle);
    size_t n_page = n == 0 ? 1 : (n + ROWS_PER_PAGE - 1) / ROWS_PER_PAGE;
    frame.left = MARGIN + label_width(b, &font, n, bars) + 8;
    frame.right = PAGE_WIDTH - MARGIN - 10;
    frame.scale = (frame.right - frame.left) / (double)largest;
    frame.step = fmax(1, report_tick_step((double)largest, 10));
    for (size_t page = 0; page < n_page; page++) {
        size_t first = page * ROWS_PER_PAGE;
        size_t n_row = n - first < ROWS_PER_PAGE ? n - first : ROWS_PER_PAGE;
        int bookmark =
            book_page(b, parent, book_heading(b, title, page, n_page), subtitle);

        parent = page == 0 ? bookmark : parent; /* further pages hang below the first */
        frame.row_height =
            (BODY_BOTTOM - AXIS_HEIGHT - BODY_TOP - 16) / fmax(1, (double)n_row);
        frame.row_height = fmin(frame.row_height, MAX_ROW_HEIGHT);
        frame.bottom = BODY_TOP + 16 + frame.row_height * (double)n_row;
        draw_axis(b, &frame, largest, axis);
        draw_legend(b, legend);
        for (size_t i = 0; i < n_row; i++) {
            draw_bar(b, &frame, legend, &bars[first + i],
                     BODY_TOP + 16 + frame.row_height * (double)i);
        }
    }
}
