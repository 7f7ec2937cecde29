/* The canvas: PDF and SVG through Cairo; HTML is written by html.c, with the sizes of
 * texts from Cairo. */

#include <mecombo/pdf.h>

#include "html_priv.h"
#include "io_priv.h"

#include <mecombo/path.h>

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Cairo's fixed-point coordinates overflow beyond 2^23. */
static const double max_coordinate = 4.0e6;

struct mec_canvas {
    cairo_surface_t *surface;
    cairo_t *cr;
    char *path;
    mec_text bytes; /* the file as written so far */
    io_html *html;  /* draws instead of cr; NULL: no HTML */
    char *title;    /* of HTML; may be NULL */
    bool is_pdf;
    bool is_finished;
    bool is_misused;
    int n_pages;
    int n_clips;
};

static cairo_status_t collect_bytes(void *closure, const unsigned char *data,
                                    unsigned length)
{
    mec_text *bytes = closure;

    mec_text_add_bytes(bytes, data, length);
    return mec_text_ok(bytes) ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_NO_MEMORY;
}

static mec_canvas *canvas_new(const char *path, bool is_pdf, double width,
                              double height)
{
    mec_canvas *canvas = calloc(1, sizeof *canvas);
    cairo_font_options_t *options = cairo_font_options_create();

    if (canvas == NULL || (canvas->path = strdup(path)) == NULL) {
        cairo_font_options_destroy(options);
        free(canvas);
        return NULL;
    }
    canvas->is_pdf = is_pdf;
    canvas->surface = is_pdf ? cairo_pdf_surface_create_for_stream(
                                   collect_bytes, &canvas->bytes, width, height)
                             : cairo_svg_surface_create_for_stream(
                                   collect_bytes, &canvas->bytes, width, height);
    canvas->cr = cairo_create(canvas->surface);
    /* shapes and widths must not depend on a screen */
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(canvas->cr, options);
    cairo_font_options_destroy(options);
    if (cairo_status(canvas->cr) != CAIRO_STATUS_SUCCESS) {
        mec_canvas_free(canvas);
        return NULL;
    }
    return canvas;
}

/* A copy in which what is no UTF-8 is replaced, as Cairo would refuse all of it; NULL
   when out of memory. */
static char *clean_text(const char *text)
{
    mec_text clean = MEC_TEXT_INIT;
    const char *end = text + strlen(text);

    while (text < end) {
        const char *start = text;

        if (io_utf8_next(&text, end) == IO_NO_CODE_POINT) {
            mec_text_add(&clean, "\xEF\xBF\xBD"); /* U+FFFD */
        } else {
            mec_text_add_bytes(&clean, start, (size_t)(text - start));
        }
    }
    return mec_text_take(&clean);
}

static void set_metadata(mec_canvas *canvas, cairo_pdf_metadata_t field,
                         const char *text)
{
    char *clean = text == NULL ? NULL : clean_text(text);

    if (clean != NULL) {
        cairo_pdf_surface_set_metadata(canvas->surface, field, clean);
    }
    free(clean);
}

mec_status mec_canvas_new_pdf(const char *path, const mec_canvas_info *info,
                              mec_canvas **out, mec_err *err)
{
    char date[32];
    struct tm utc;

    *out = canvas_new(path, true, 1.0, 1.0);
    if (*out == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
    }
    if (info == NULL) {
        return MEC_OK;
    }
    set_metadata(*out, CAIRO_PDF_METADATA_TITLE, info->title);
    set_metadata(*out, CAIRO_PDF_METADATA_AUTHOR, info->author);
    set_metadata(*out, CAIRO_PDF_METADATA_SUBJECT, info->subject);
    set_metadata(*out, CAIRO_PDF_METADATA_CREATOR, info->creator);
    time_t seconds = (time_t)info->created_unix;
    if (info->has_date && gmtime_r(&seconds, &utc) != NULL &&
        strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%SZ", &utc) > 0) {
        set_metadata(*out, CAIRO_PDF_METADATA_CREATE_DATE, date);
    }
    return MEC_OK;
}

mec_status mec_canvas_new_svg(const char *path, double width, double height,
                              mec_canvas **out, mec_err *err)
{
    *out = canvas_new(path, false, width, height);
    if (*out == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
    }
    (*out)->n_pages = 1;
    return MEC_OK;
}

/* The surface only measures texts: nothing is drawn on it, so its size is all the same. */
mec_status mec_canvas_new_html(const char *path, const char *title, mec_canvas **out,
                               mec_err *err)
{
    *out = canvas_new(path, false, 1.0, 1.0);
    if (*out == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
    }
    (*out)->html = io_html_new();
    (*out)->title = title == NULL ? NULL : clean_text(title);
    if ((*out)->html == NULL || (title != NULL && (*out)->title == NULL)) {
        mec_canvas_free(*out);
        *out = NULL;
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
    }
    return MEC_OK;
}

static mec_status finish_html(mec_canvas *canvas, mec_err *err)
{
    mec_text file = MEC_TEXT_INIT;
    mec_status st;

    if (io_html_print(canvas->html, canvas->title, &file)) {
        st = mec_write_file(canvas->path, mec_text_string(&file), file.length, err);
    } else {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", canvas->path);
    }
    mec_text_clear(&file);
    return st;
}

mec_status mec_canvas_finish(mec_canvas *canvas, mec_err *err)
{
    if (canvas->is_finished || canvas->is_misused || canvas->n_pages == 0 ||
        canvas->n_clips > 0) {
        return mec_fail(
            err, MEC_E_BUG,
            "%s: drawing without page, with unbalanced clips or finished twice "
            "(this is a bug in mecombo, please report it)",
            canvas->path);
    }
    canvas->is_finished = true;
    if (canvas->html != NULL) {
        return finish_html(canvas, err);
    }
    cairo_status_t status = cairo_status(canvas->cr);
    cairo_surface_finish(canvas->surface);
    if (status == CAIRO_STATUS_SUCCESS) {
        status = cairo_surface_status(canvas->surface);
    }
    if (status == CAIRO_STATUS_NO_MEMORY || !mec_text_ok(&canvas->bytes)) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", canvas->path);
    }
    if (status != CAIRO_STATUS_SUCCESS) {
        return mec_fail(err, MEC_E_BUG, "%s: cannot draw: %s", canvas->path,
                        cairo_status_to_string(status));
    }
    return mec_write_file(canvas->path, mec_text_string(&canvas->bytes),
                          canvas->bytes.length, err);
}

void mec_canvas_free(mec_canvas *canvas)
{
    if (canvas == NULL) {
        return;
    }
    cairo_destroy(canvas->cr);
    cairo_surface_finish(canvas->surface); /* may still add bytes */
    cairo_surface_destroy(canvas->surface);
    mec_text_clear(&canvas->bytes);
    io_html_free(canvas->html);
    free(canvas->title);
    free(canvas->path);
    free(canvas);
}

void mec_canvas_begin_page(mec_canvas *canvas, double width, double height)
{
    while (canvas->n_clips > 0) {
        mec_canvas_clip_end(canvas);
    }
    if (canvas->html != NULL) {
        io_html_begin_page(canvas->html, width, height);
        canvas->n_pages++;
        return;
    }
    if (!canvas->is_pdf) {
        canvas->is_misused = true;
        return;
    }
    if (canvas->n_pages > 0) {
        cairo_show_page(canvas->cr);
    }
    cairo_pdf_surface_set_size(canvas->surface, width, height);
    canvas->n_pages++;
}

int mec_canvas_n_pages(const mec_canvas *canvas)
{
    return canvas->n_pages;
}

int mec_canvas_bookmark(mec_canvas *canvas, int parent, const char *title)
{
    char *clean = clean_text(title);
    char target[64];
    int entry = 0;

    if (canvas->html != NULL && clean != NULL) {
        entry = io_html_bookmark(canvas->html, parent, canvas->n_pages, clean);
    } else if (canvas->is_pdf && clean != NULL) {
        snprintf(target, sizeof target, "page=%d pos=[0 0]", canvas->n_pages);
        entry = cairo_pdf_surface_add_outline(canvas->surface, parent, clean, target,
                                              CAIRO_PDF_OUTLINE_FLAG_OPEN);
    }
    free(clean);
    return entry;
}

static bool are_finite(size_t n, const double values[])
{
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(values[i])) {
            return false;
        }
    }
    return true;
}

static double clamp(double x)
{
    return fmin(fmax(x, -max_coordinate), max_coordinate);
}

void mec_canvas_link(mec_canvas *canvas, double x, double y, double width,
                     double height, int page)
{
    const double box[4] = {x, y, width, height};
    char target[160];

    if (canvas->html != NULL && are_finite(4, box)) {
        io_html_link(canvas->html, x, y, width, height, page);
    } else if (canvas->is_pdf && are_finite(4, box)) {
        snprintf(target, sizeof target, "rect=[%.2f %.2f %.2f %.2f] page=%d pos=[0 0]",
                 clamp(x), clamp(y), clamp(width), clamp(height), page);
        cairo_tag_begin(canvas->cr, CAIRO_TAG_LINK, target);
        cairo_tag_end(canvas->cr, CAIRO_TAG_LINK);
    }
}

static void set_color(mec_canvas *canvas, mec_rgb color, double opacity)
{
    if (opacity > 0.0 && opacity < 1.0) {
        cairo_set_source_rgba(canvas->cr, color.r, color.g, color.b, opacity);
    } else {
        cairo_set_source_rgb(canvas->cr, color.r, color.g, color.b);
    }
}

static void stroke(mec_canvas *canvas, const mec_pen *pen)
{
    bool is_dashed = pen->dash[0] > 0.0 && pen->dash[1] > 0.0;

    set_color(canvas, pen->color, pen->opacity);
    cairo_set_line_width(canvas->cr, pen->width);
    cairo_set_dash(canvas->cr, pen->dash, is_dashed ? 2 : 0, 0.0);
    cairo_set_line_cap(canvas->cr,
                       pen->is_round ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
    cairo_set_line_join(canvas->cr,
                        pen->is_round ? CAIRO_LINE_JOIN_ROUND : CAIRO_LINE_JOIN_MITER);
    cairo_stroke(canvas->cr);
}

/* Fill and stroke the current path. */
static void paint(mec_canvas *canvas, const mec_pen *pen, const mec_rgb *fill)
{
    if (fill != NULL) {
        set_color(canvas, *fill, 1.0);
        cairo_fill_preserve(canvas->cr);
    }
    if (pen != NULL) {
        stroke(canvas, pen);
    }
    cairo_new_path(canvas->cr);
}

void mec_canvas_line(mec_canvas *canvas, const mec_pen *pen, double x0, double y0,
                     double x1, double y1)
{
    const double x[2] = {x0, x1};
    const double y[2] = {y0, y1};

    mec_canvas_polyline(canvas, pen, 2, x, y);
}

void mec_canvas_polyline(mec_canvas *canvas, const mec_pen *pen, size_t n,
                         const double x[], const double y[])
{
    bool is_drawing = false;

    if (canvas->html != NULL) {
        io_html_polyline(canvas->html, pen, n, x, y);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i])) {
            is_drawing = false;
        } else if (is_drawing) {
            cairo_line_to(canvas->cr, clamp(x[i]), clamp(y[i]));
        } else {
            cairo_move_to(canvas->cr, clamp(x[i]), clamp(y[i]));
            is_drawing = true;
        }
    }
    stroke(canvas, pen);
}

void mec_canvas_polygon(mec_canvas *canvas, const mec_pen *pen, const mec_rgb *fill,
                        size_t n, const double x[], const double y[])
{
    if (canvas->html != NULL) {
        io_html_polygon(canvas->html, pen, fill, n, x, y);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        if (isfinite(x[i]) && isfinite(y[i])) {
            cairo_line_to(canvas->cr, clamp(x[i]), clamp(y[i]));
        }
    }
    if (cairo_has_current_point(canvas->cr)) {
        cairo_close_path(canvas->cr);
    }
    paint(canvas, pen, fill);
}

void mec_canvas_rectangle(mec_canvas *canvas, const mec_pen *pen, const mec_rgb *fill,
                          double x, double y, double width, double height)
{
    const double box[4] = {x, y, width, height};

    if (!are_finite(4, box)) {
        return;
    }
    if (canvas->html != NULL) {
        io_html_rectangle(canvas->html, pen, fill, x, y, width, height);
    } else {
        cairo_rectangle(canvas->cr, clamp(x), clamp(y), clamp(width), clamp(height));
        paint(canvas, pen, fill);
    }
}

void mec_canvas_circle(mec_canvas *canvas, const mec_pen *pen, const mec_rgb *fill,
                       double x, double y, double radius)
{
    const double box[3] = {x, y, radius};
    const double full_turn = 2.0 * acos(-1.0);

    if (!are_finite(3, box)) {
        return;
    }
    if (canvas->html != NULL) {
        io_html_circle(canvas->html, pen, fill, x, y, radius);
    } else {
        cairo_new_sub_path(canvas->cr);
        cairo_arc(canvas->cr, clamp(x), clamp(y), fmin(fabs(radius), max_coordinate),
                  0.0, full_turn);
        cairo_close_path(canvas->cr);
        paint(canvas, pen, fill);
    }
}

static void select_font(mec_canvas *canvas, const mec_font *font)
{
    const char *family = font->family == NULL ? "sans-serif" : font->family;

    cairo_select_font_face(
        canvas->cr, family,
        font->is_italic ? CAIRO_FONT_SLANT_ITALIC : CAIRO_FONT_SLANT_NORMAL,
        font->is_bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(canvas->cr, font->size);
}

/* Size of a clean text in the selected font. */
static mec_text_size measure(mec_canvas *canvas, const char *clean)
{
    cairo_text_extents_t text;
    cairo_font_extents_t font;

    cairo_text_extents(canvas->cr, clean, &text);
    cairo_font_extents(canvas->cr, &font);
    return (mec_text_size){text.x_advance, font.ascent, font.descent};
}

mec_text_size mec_canvas_measure(mec_canvas *canvas, const mec_font *font,
                                 const char *text)
{
    char *clean = clean_text(text);
    mec_text_size size = {0.0, 0.0, 0.0};

    if (clean != NULL) {
        select_font(canvas, font);
        size = measure(canvas, clean);
    }
    free(clean);
    return size;
}

/* Distance from the baseline down to the aligned height, in the selected font. */
static double offset_y(mec_canvas *canvas, mec_align_y align, const mec_text_size *size)
{
    cairo_text_extents_t capital;

    switch (align) {
    case MEC_ALIGN_TOP:
        return size->ascent;
    case MEC_ALIGN_MIDDLE:
        cairo_text_extents(canvas->cr, "H", &capital);
        return capital.height / 2.0;
    case MEC_ALIGN_BOTTOM:
        return -size->descent;
    case MEC_ALIGN_BASELINE:
        break;
    }
    return 0.0;
}

void mec_canvas_text(mec_canvas *canvas, const mec_font *font, double x, double y,
                     mec_align_x align_x, mec_align_y align_y, double degrees,
                     const char *text)
{
    const double place[3] = {x, y, degrees};
    char *clean = clean_text(text);

    if (clean == NULL || !are_finite(3, place)) {
        free(clean);
        return;
    }
    select_font(canvas, font);
    mec_text_size size = measure(canvas, clean);
    double dx = align_x == MEC_ALIGN_LEFT     ? 0.0
                : align_x == MEC_ALIGN_CENTER ? -size.width / 2.0
                                              : -size.width;
    double dy = offset_y(canvas, align_y, &size);
    if (canvas->html != NULL) {
        io_html_text(canvas->html, font, x, y, dy, align_x, degrees, clean);
        free(clean);
        return;
    }
    set_color(canvas, font->color, 1.0);
    cairo_save(canvas->cr);
    cairo_translate(canvas->cr, clamp(x), clamp(y));
    cairo_rotate(canvas->cr, -degrees * acos(-1.0) / 180.0);
    cairo_move_to(canvas->cr, dx, dy);
    cairo_show_text(canvas->cr, clean);
    cairo_restore(canvas->cr);
    cairo_new_path(canvas->cr);
    free(clean);
}

void mec_canvas_clip_begin(mec_canvas *canvas, double x, double y, double width,
                           double height)
{
    const double box[4] = {x, y, width, height};

    canvas->n_clips++;
    if (canvas->html != NULL) {
        io_html_clip_begin(canvas->html, clamp(x), clamp(y), clamp(width),
                           clamp(height));
        return;
    }
    cairo_save(canvas->cr);
    if (are_finite(4, box)) {
        cairo_rectangle(canvas->cr, clamp(x), clamp(y), clamp(width), clamp(height));
        cairo_clip(canvas->cr);
    }
}

void mec_canvas_clip_end(mec_canvas *canvas)
{
    if (canvas->n_clips == 0) {
        canvas->is_misused = true;
        return;
    }
    canvas->n_clips--;
    if (canvas->html != NULL) {
        io_html_clip_end(canvas->html);
        return;
    }
    cairo_restore(canvas->cr);
}
