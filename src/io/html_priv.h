#ifndef MECOMBO_IO_HTML_PRIV_H
#define MECOMBO_IO_HTML_PRIV_H

/* The HTML side of a canvas: one page of HTML that holds every drawn page as inline SVG,
 * with real texts, after a table of contents made of the bookmarks. It needs nothing
 * else: no script, no style sheet, no font, no picture from elsewhere. Lengths are
 * points; the canvas has checked that coordinates are finite. */

#include <mecombo/pdf.h>
#include <mecombo/text.h>
#include <stdbool.h>

typedef struct io_html io_html;

/* NULL when out of memory. */
io_html *io_html_new(void);
void io_html_free(io_html *html);

void io_html_begin_page(io_html *html, double width, double height);
int io_html_bookmark(io_html *html, int parent, int page, const char *clean_title);
void io_html_link(io_html *html, double x, double y, double width, double height,
                  int page);

void io_html_polyline(io_html *html, const mec_pen *pen, size_t n, const double x[],
                      const double y[]);
void io_html_polygon(io_html *html, const mec_pen *pen, const mec_rgb *fill, size_t n,
                     const double x[], const double y[]);
void io_html_rectangle(io_html *html, const mec_pen *pen, const mec_rgb *fill, double x,
                       double y, double width, double height);
void io_html_circle(io_html *html, const mec_pen *pen, const mec_rgb *fill, double x,
                    double y, double radius);

/* dy: from the baseline down to y; degrees as in mec_canvas_text(). */
void io_html_text(io_html *html, const mec_font *font, double x, double y, double dy,
                  mec_align_x align, double degrees, const char *clean_text);

void io_html_clip_begin(io_html *html, double x, double y, double width, double height);
void io_html_clip_end(io_html *html);

/* Append the whole file; title may be NULL. False when out of memory, now or before. */
bool io_html_print(io_html *html, const char *title, mec_text *out);

#endif
