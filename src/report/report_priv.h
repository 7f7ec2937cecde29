#ifndef MECOMBO_REPORT_PRIV_H
#define MECOMBO_REPORT_PRIV_H

/* Pages and charts of the report. Lengths are points; pages are A4, landscape. */

#include <mecombo/arena.h>
#include <mecombo/pdf.h>
#include <mecombo/selection.h>
#include <stdint.h>

enum {
    PAGE_WIDTH = 842,
    PAGE_HEIGHT = 595,
    MARGIN = 42,
    BODY_TOP = 84,
    BODY_BOTTOM = PAGE_HEIGHT - 48
};

/* The report being written. */
typedef struct book {
    mec_canvas *canvas;   /* borrowed */
    mec_arena *arena;     /* borrowed; for texts that are made on the way */
    const char *name;     /* in the footer of every page */
    const char *complete; /* where the charts are complete; NULL: here */
} book;

/* Colours that stay apart for colour-blind readers (Okabe and Ito 2008). */
extern const mec_rgb report_blue;      /* passed */
extern const mec_rgb report_orange;    /* ended with an exception */
extern const mec_rgb report_vermilion; /* failed */
extern const mec_rgb report_black;
extern const mec_rgb report_grey;
extern const mec_rgb report_light;
extern const mec_rgb report_white;

/* Begin a page with a title and an optional line below it; a bookmark leads there.
 * parent is a bookmark or 0; the page's own bookmark is returned. */
int book_page(book *b, int parent, const char *title, const char *subtitle);

/* The title of one of n_page pages on the same thing: "title (2 of 3)" from the second. */
const char *book_heading(book *b, const char *title, size_t page, size_t n_page);

/* One bar of a chart: its parts follow each other. */
typedef struct bar {
    const char *label;
    int64_t part[3];
} bar;

/* What the parts of the bars are. */
typedef struct bar_legend {
    int n_part;
    const char *name[3];
    mec_rgb color[3];
} bar_legend;

/* Horizontal stacked bars with counts, as many pages as they need; only the first of
 * them, and a word about the others, where the book is not the complete one. */
void report_bars(book *b, int parent, const char *title, const char *subtitle,
                 const char *axis, const bar_legend *legend, size_t n,
                 const bar bars[]);

/* A table of texts; column 0 takes what the others leave. Long cells are wrapped.
 * cell[row * n_column + column] */
void report_table(book *b, int parent, const char *title, const char *subtitle,
                  size_t n_column, const char *const header[], size_t n_row,
                  const char *const cell[]);

/* A coloured grid; value[row * n_column + column], NaN: no such pair. The colours span
 * low..high; NaN there means the smallest or largest value. */
void report_heat(book *b, int parent, const char *title, const char *subtitle,
                 const char *scale, size_t n_row, const char *const row[],
                 size_t n_column, const char *const column[], const double value[],
                 double low, double high);

/* A plot area and the range of numbers that it shows. */
typedef struct axes {
    double left, top, width, height; /* points */
    double x0, x1, y0, y1;           /* data */
} axes;

/* Where a number lies on the page. */
double axes_x(const axes *a, double x);
double axes_y(const axes *a, double y);

/* Ticks with grid lines: one, at most n_tick round numbers (in y at
 * least min_step apart: 1 for counts). */
void axes_x_tick(book *b, const axes *a, const mec_font *font, double x,
                 const char *label);
void axes_x_ticks(book *b, const axes *a, const mec_font *font, int n_tick);
void axes_y_ticks(book *b, const axes *a, const mec_font *font, int n_tick,
                  double min_step);

/* Lines y[series][point] in percent over common abscissae x[point], increasing and
 * positive, on a logarithmic axis; twelve to a page. */
void report_lines(book *b, int parent, const char *title, const char *subtitle,
                  const char *x_axis, const char *y_axis, size_t n_point,
                  const double x[], size_t n_series, const char *const name[],
                  const double *const y[]);

/* How often values occur, and the limit that they have to stay below. */
typedef struct histogram {
    const char *title;
    size_t n;
    const double *value; /* [n] what is not finite is left out */
    double limit;        /* NaN: none */
} histogram;

/* Small histograms, at most twelve to a page. Where there is a limit, the axis ends at
 * twice the limit, and a bar of its own counts what lies beyond. */
void report_histograms(book *b, int parent, const char *title, const char *subtitle,
                       size_t n, const histogram panels[]);

/* A page for each class of exceptions. */
void report_failures(book *b, const mec_selection *s);

/* Overlaid traces of selected me-combinations of an e-model, from dir/<uid>.h5; no page
 * when there are none. any: set when there was a trace. */
mec_status report_traces(book *b, const mec_selection *s, const mec_selection_emodel *e,
                         const char *dir, bool *any, mec_err *err);

/* The smallest "round" number (1, 2 or 5 times a power of ten) that cuts range into at
 * most n_max steps; at least 1 for counts. */
double report_tick_step(double range, int n_max);

/* Cut a text so that it fits into a width, ending in "…"; lives in the book's arena. */
const char *report_fit(book *b, const mec_font *font, const char *text, double width);

#endif
