/* Tables of texts with wrapped cells, split into pages. */

#include "report_priv.h"

#include <math.h>
#include <string.h>

enum { LINE_HEIGHT = 12, PADDING = 4, MAX_LINES = 12 };

/* The lines of one cell. */
typedef struct wrapped {
    const char *line[MAX_LINES];
    int n;
} wrapped;

static double column_width(book *b, const mec_font *font, size_t n_column,
                           const char *const header[], size_t n_row,
                           const char *const cell[], size_t column)
{
    mec_font bold = *font;

    bold.is_bold = true;
    double widest = mec_canvas_measure(b->canvas, &bold, header[column]).width + 1;

    for (size_t row = 0; row < n_row; row++) {
        const char *text = cell[row * n_column + column];

        widest = fmax(widest, mec_canvas_measure(b->canvas, font, text).width);
    }
    return widest + 2 * PADDING;
}

/* Natural widths; when they do not fit, the widest columns give way first. */
static void column_widths(book *b, const mec_font *font, size_t n_column,
                          const char *const header[], size_t n_row,
                          const char *const cell[], double width[])
{
    double room = PAGE_WIDTH - 2 * MARGIN;
    double sum = 0;

    for (size_t i = 0; i < n_column; i++) {
        width[i] = column_width(b, font, n_column, header, n_row, cell, i);
        sum += width[i];
    }
    while (sum > room) {
        size_t widest = 0;

        for (size_t i = 1; i < n_column; i++) {
            widest = width[i] > width[widest] ? i : widest;
        }
        double less = fmin(sum - room, width[widest] * 0.1);
        width[widest] -= less;
        sum -= less + 1e-6;
    }
}

/* How many bytes of text fit into a width, preferring to break after a space. */
static size_t fitting_bytes(book *b, const mec_font *font, const char *text,
                            double width)
{
    char *line = mec_arena_strdup(b->arena, text);
    size_t n = strlen(text);

    while (line != NULL && n > 1) {
        line[n] = '\0';
        if (mec_canvas_measure(b->canvas, font, line).width <= width) {
            break;
        }
        size_t shorter = n - 1;
        while (shorter > 1 && text[shorter - 1] != ' ' && text[shorter - 1] != ',') {
            shorter--;
        }
        n = shorter > 1 ? shorter : n - 1;
        while (n > 1 && ((unsigned char)text[n] & 0xC0) == 0x80) {
            n--; /* not inside a UTF-8 character */
        }
    }
    return n;
}

static wrapped wrap(book *b, const mec_font *font, const char *text, double width)
{
    wrapped lines = {.n = 0};

    while (*text != '\0' && lines.n < MAX_LINES) {
        size_t n = lines.n == MAX_LINES - 1 ? strlen(text)
                                            : fitting_bytes(b, font, text, width);
        const char *line = mec_arena_strndup(b->arena, text, n);

        lines.line[lines.n++] = line == NULL ? "" : report_fit(b, font, line, width);
        text += n;
    }
    return lines;
}

/* Draw one row at y; gives its height. */
static double draw_row(book *b, const mec_font *font, size_t n_column,
                       const char *const text[], const double width[], double y,
                       bool draw)
{
    double x = MARGIN;
    int n_line = 1;

    for (size_t i = 0; i < n_column; i++) {
        wrapped lines = wrap(b, font, text[i], width[i] - 2 * PADDING);

        for (int k = 0; draw && k < lines.n; k++) {
            mec_canvas_text(b->canvas, font, x + PADDING, y + PADDING + LINE_HEIGHT * k,
                            MEC_ALIGN_LEFT, MEC_ALIGN_TOP, 0, lines.line[k]);
        }
        n_line = lines.n > n_line ? lines.n : n_line;
        x += width[i];
    }
    return n_line * LINE_HEIGHT + 2 * PADDING;
}

static double begin_table_page(book *b, int parent, const char *title,
                               const char *subtitle, size_t n_column,
                               const char *const header[], const double width[],
                               int *bookmark)
{
    mec_font bold = {.size = 9, .is_bold = true, .color = report_black};
    mec_pen rule = {.color = report_grey, .width = 0.8};

    *bookmark = book_page(b, parent, title, subtitle);
    double y = BODY_TOP + draw_row(b, &bold, n_column, header, width, BODY_TOP, true);
    mec_canvas_line(b->canvas, &rule, MARGIN, y, PAGE_WIDTH - MARGIN, y);
    return y;
}

void report_table(book *b, int parent, const char *title, const char *subtitle,
                  size_t n_column, const char *const header[], size_t n_row,
                  const char *const cell[])
{
    mec_font font = {.size = 9, .color = report_black};
    mec_pen rule = {.color = report_light, .width = 0.6};
    double *width = mec_arena_calloc(b->arena, n_column, sizeof *width);
    int bookmark;

    if (width == NULL) {
        return;
    }
    column_widths(b, &font, n_column, header, n_row, cell, width);
    double y = begin_table_page(b, parent, title, subtitle, n_column, header, width,
                                &bookmark);
    for (size_t row = 0; row < n_row; row++) {
        const char *const *texts = &cell[row * n_column];
        double height = draw_row(b, &font, n_column, texts, width, y, false);

        if (y + height > BODY_BOTTOM) {
            const char *next = mec_arena_printf(b->arena, "%s (continued)", title);
            int ignored;

            y = begin_table_page(b, bookmark, next == NULL ? title : next, subtitle,
                                 n_column, header, width, &ignored);
        }
        draw_row(b, &font, n_column, texts, width, y, true);
        y += height;
        mec_canvas_line(b->canvas, &rule, MARGIN, y, PAGE_WIDTH - MARGIN, y);
    }
    if (n_row == 0) {
        mec_canvas_text(b->canvas, &font, MARGIN + PADDING, y + PADDING, MEC_ALIGN_LEFT,
                        MEC_ALIGN_TOP, 0, "none");
    }
}
