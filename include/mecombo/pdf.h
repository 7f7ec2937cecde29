#ifndef MECOMBO_PDF_H
#define MECOMBO_PDF_H

/** Vector drawings: a canvas that ends up as a PDF or an SVG file (through Cairo), or as
 * one page of HTML.
 *
 * Lengths are points (1/72 inch); x goes right and y goes down from the upper left corner
 * of the page. Drawing calls return nothing: the first failure is remembered and reported
 * by mec_canvas_finish(), which is also where the file appears, complete or not at all.
 * A point whose coordinate is not finite is left out (in a polyline: breaks the line).
 * Fonts are embedded. With a fixed date the same calls give the same bytes on one machine.
 */

#include <mecombo/err.h>
#include <stdint.h>

typedef struct mec_canvas mec_canvas;

/** A colour; components in [0, 1]. */
typedef struct mec_rgb {
    double r;
    double g;
    double b;
} mec_rgb;

/** How lines are drawn. */
typedef struct mec_pen {
    mec_rgb color;
    double width; /* points */
    double
        opacity; /* in (0, 1]; 0 counts as 1, so that an initialiser may leave it out */
    double dash[2]; /* lengths on and off, points; {0, 0} is a solid line */
    bool is_round;  /* round caps and joins; else butt caps and mitred joins */
} mec_pen;

typedef enum mec_align_x {
    MEC_ALIGN_LEFT,
    MEC_ALIGN_CENTER,
    MEC_ALIGN_RIGHT
} mec_align_x;
typedef enum mec_align_y {
    MEC_ALIGN_BASELINE,
    MEC_ALIGN_TOP,
    MEC_ALIGN_MIDDLE, /* half the height of a capital */
    MEC_ALIGN_BOTTOM
} mec_align_y;

/** How text is drawn. */
typedef struct mec_font {
    const char
        *family; /* "sans-serif", "serif", "monospace" or a name; NULL: sans-serif */
    double size; /* points */
    bool is_bold;
    bool is_italic;
    mec_rgb color;
} mec_font;

/** Size of a text as drawn without rotation; points. */
typedef struct mec_text_size {
    double width;   /* advance */
    double ascent;  /* of the font, above the baseline */
    double descent; /* of the font, below the baseline, >= 0 */
} mec_text_size;

/** What the file says about itself; strings are copied, NULL leaves them out. */
typedef struct mec_canvas_info {
    const char *title;
    const char *author;
    const char *subject;
    const char *creator;
    bool has_date;        /* false: the date is now */
    int64_t created_unix; /* seconds since 1970-01-01 UTC; read with has_date */
} mec_canvas_info;

/** Begin a PDF document without pages.
 *
 * @param path  where mec_canvas_finish() writes; copied
 * @param info  may be NULL
 * @param out   owned by the caller, freed with mec_canvas_free(); NULL on failure
 * @return MEC_OK or MEC_E_NOMEM
 */
MEC_NODISCARD mec_status mec_canvas_new_pdf(const char *path,
                                            const mec_canvas_info *info,
                                            mec_canvas **out, mec_err *err);

/** Begin an SVG drawing: one page, which is begun already.
 *
 * @param width, height  size of the drawing, points, > 0
 */
MEC_NODISCARD mec_status mec_canvas_new_svg(const char *path, double width,
                                            double height, mec_canvas **out,
                                            mec_err *err);

/** Begin one self-contained page of HTML: the pages drawn on it, as inline SVG with real
 * texts, stand below each other next to a table of contents made of the bookmarks. It
 * behaves as a PDF in every other call.
 *
 * @param title  of the window; may be NULL; copied
 */
MEC_NODISCARD mec_status mec_canvas_new_html(const char *path, const char *title,
                                             mec_canvas **out, mec_err *err);

/** Write the file.
 *
 * @return MEC_OK; MEC_E_IO naming the file; MEC_E_NOMEM; MEC_E_BUG when the drawing calls
 *         made no sense (no page, unbalanced clips)
 */
MEC_NODISCARD mec_status mec_canvas_finish(mec_canvas *canvas, mec_err *err);

/** Free a canvas; without mec_canvas_finish() nothing is written; NULL is allowed. */
void mec_canvas_free(mec_canvas *canvas);

/** Begin the next page of a PDF or HTML (the first one too); ends all clips. */
void mec_canvas_begin_page(mec_canvas *canvas, double width, double height);

/** Number of pages begun so far. */
int mec_canvas_n_pages(const mec_canvas *canvas);

/** Add an entry that leads to the current page to the outline; SVG ignores it.
 *
 * @param parent  what an earlier call returned, or 0 for the top level
 * @return the entry, for its children; 0 for SVG
 */
int mec_canvas_bookmark(mec_canvas *canvas, int parent, const char *title);

/** Make a rectangle of the current page a link to another page (1-based), which may
 * come later; SVG ignores it. */
void mec_canvas_link(mec_canvas *canvas, double x, double y, double width,
                     double height, int page);

/** Draw a straight line. */
void mec_canvas_line(mec_canvas *canvas, const mec_pen *pen, double x0, double y0,
                     double x1, double y1);

/** Draw a line through n points.
 *
 * @param x, y  [n]  borrowed for the call
 */
void mec_canvas_polyline(mec_canvas *canvas, const mec_pen *pen, size_t n,
                         const double x[], const double y[]);

/** Draw a closed polygon.
 *
 * @param pen   outline; NULL for none
 * @param fill  inside; NULL for none
 */
void mec_canvas_polygon(mec_canvas *canvas, const mec_pen *pen, const mec_rgb *fill,
                        size_t n, const double x[], const double y[]);

/** Draw a rectangle with upper left corner x, y; pen and fill as for a polygon. */
void mec_canvas_rectangle(mec_canvas *canvas, const mec_pen *pen, const mec_rgb *fill,
                          double x, double y, double width, double height);

/** Draw a circle; pen and fill as for a polygon. */
void mec_canvas_circle(mec_canvas *canvas, const mec_pen *pen, const mec_rgb *fill,
                       double x, double y, double radius);

/** Write one line of UTF-8 text.
 *
 * @param x, y     where the point of the text named by the alignment is put
 * @param degrees  rotation about that point, counter-clockwise
 */
void mec_canvas_text(mec_canvas *canvas, const mec_font *font, double x, double y,
                     mec_align_x align_x, mec_align_y align_y, double degrees,
                     const char *text);

/** Measure a text. */
mec_text_size mec_canvas_measure(mec_canvas *canvas, const mec_font *font,
                                 const char *text);

/** Draw only inside a rectangle, until the matching mec_canvas_clip_end(). */
void mec_canvas_clip_begin(mec_canvas *canvas, double x, double y, double width,
                           double height);

/** End the innermost clip. */
void mec_canvas_clip_end(mec_canvas *canvas);

#endif
