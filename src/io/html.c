/* A canvas as one self-contained page of HTML. */

#include "html_priv.h"

#include <mecombo/vec.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A line of the table of contents. */
typedef struct entry {
    int depth; /* 0: top level */
    int page;
    char *title; /* owned */
} entry;

struct io_html {
    mec_text body; /* the pages so far */
    MEC_VEC(entry) entries;
    bool is_page_open;
    int n_pages;
    int n_clips; /* clips ever begun: their names */
    bool is_short_of_memory;
};

static const char style[] =
    "body{margin:0;font:15px/1.4 \"DejaVu Sans\",Verdana,sans-serif;color:#1a1a1a;"
    "background:#eee}"
    "nav{position:fixed;top:0;bottom:0;left:0;width:19rem;overflow:auto;padding:1rem;"
    "box-sizing:border-box;background:#fff;font-size:13px}"
    "nav ul{list-style:none;margin:0;padding:0 0 0 .8rem}nav>ul{padding:0}"
    "nav li{margin:.25rem 0;overflow-wrap:anywhere}a{color:#005a8c}"
    "main{margin-left:19rem;padding:1rem}"
    "section{margin:0 auto 1rem;max-width:1200px;background:#fff;"
    "content-visibility:auto;contain-intrinsic-size:1200px 848px}"
    "svg{display:block;width:100%;height:auto;"
    "font-family:\"DejaVu Sans\",Verdana,sans-serif;white-space:pre}"
    "@media(max-width:900px){nav{position:static;width:auto}main{margin:0}}"
    "@media print{nav{display:none}main{margin:0;padding:0}"
    "section{break-after:page}}";

io_html *io_html_new(void)
{
    return calloc(1, sizeof(io_html));
}

void io_html_free(io_html *html)
{
    if (html == NULL) {
        return;
    }
    for (size_t i = 0; i < html->entries.n; i++) {
        free(html->entries.data[i].title);
    }
    MEC_VEC_CLEAR(&html->entries);
    mec_text_clear(&html->body);
    free(html);
}

/* Text in an element or an attribute; what XML has no place for is replaced. */
static void add_escaped(mec_text *out, const char *clean)
{
    for (const char *p = clean; *p != '\0'; p++) {
        switch (*p) {
        case '<':
            mec_text_add(out, "&lt;");
            break;
        case '>':
            mec_text_add(out, "&gt;");
            break;
        case '&':
            mec_text_add(out, "&amp;");
            break;
        case '"':
            mec_text_add(out, "&quot;");
            break;
        default:
            if ((unsigned char)*p < 0x20) {
                mec_text_add(out, *p == '\t' || *p == '\n' ? " " : "\xEF\xBF\xBD");
            } else {
                mec_text_add_char(out, *p);
            }
        }
    }
}

static int byte_of(double component)
{
    return (int)lround(255 * fmin(fmax(component, 0), 1));
}

static void add_color(io_html *html, const char *attribute, mec_rgb color)
{
    mec_text_printf(&html->body, " %s=\"#%02x%02x%02x\"", attribute, byte_of(color.r),
                    byte_of(color.g), byte_of(color.b));
}

/* How the outline and the inside of what was just opened are drawn; closes the tag. */
static void add_paint(io_html *html, const mec_pen *pen, const mec_rgb *fill)
{
    if (fill != NULL) {
        add_color(html, "fill", *fill);
    } else {
        mec_text_add(&html->body, " fill=\"none\"");
    }
    if (pen != NULL) {
        add_color(html, "stroke", pen->color);
        mec_text_printf(&html->body, " stroke-width=\"%.5g\"", pen->width);
        if (pen->opacity > 0 && pen->opacity < 1) {
            mec_text_printf(&html->body, " stroke-opacity=\"%.3g\"", pen->opacity);
        }
        if (pen->dash[0] > 0 && pen->dash[1] > 0) {
            mec_text_printf(&html->body, " stroke-dasharray=\"%.5g %.5g\"",
                            pen->dash[0], pen->dash[1]);
        }
        if (pen->is_round) {
            mec_text_add(&html->body,
                         " stroke-linecap=\"round\" stroke-linejoin=\"round\"");
        }
    }
    mec_text_add(&html->body, "/>\n");
}

static void close_page(io_html *html)
{
    if (html->is_page_open) {
        mec_text_add(&html->body, "</svg></section>\n");
    }
    html->is_page_open = false;
}

void io_html_begin_page(io_html *html, double width, double height)
{
    close_page(html);
    html->n_pages++;
    html->is_page_open = true;
    mec_text_printf(&html->body,
                    "<section id=\"p%d\"><svg xmlns=\"http://www.w3.org/2000/svg\" "
                    "viewBox=\"0 0 %.5g %.5g\">\n",
                    html->n_pages, width, height);
}

int io_html_bookmark(io_html *html, int parent, int page, const char *clean_title)
{
    entry e = {.page = page, .title = strdup(clean_title)};

    if (parent > 0 && (size_t)parent <= html->entries.n) {
        e.depth = html->entries.data[parent - 1].depth + 1;
    }
    if (e.title == NULL || !MEC_VEC_PUSH(&html->entries, e)) {
        free(e.title);
        html->is_short_of_memory = true;
        return 0;
    }
    return (int)html->entries.n;
}

void io_html_link(io_html *html, double x, double y, double width, double height,
                  int page)
{
    mec_text_printf(&html->body,
                    "<a href=\"#p%d\"><rect x=\"%.5g\" y=\"%.5g\" width=\"%.5g\" "
                    "height=\"%.5g\" fill-opacity=\"0\"/></a>\n",
                    page, x, y, width, height);
}

void io_html_polyline(io_html *html, const mec_pen *pen, size_t n, const double x[],
                      const double y[])
{
    bool is_drawing = false;

    mec_text_add(&html->body, "<path d=\"");
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i])) {
            is_drawing = false;
            continue;
        }
        mec_text_printf(&html->body, "%s%.5g %.5g", is_drawing ? "L" : "M", x[i], y[i]);
        is_drawing = true;
    }
    mec_text_add_char(&html->body, '"');
    add_paint(html, pen, NULL);
}

void io_html_polygon(io_html *html, const mec_pen *pen, const mec_rgb *fill, size_t n,
                     const double x[], const double y[])
{
    mec_text_add(&html->body, "<polygon points=\"");
    for (size_t i = 0; i < n; i++) {
        if (isfinite(x[i]) && isfinite(y[i])) {
            mec_text_printf(&html->body, "%.5g,%.5g ", x[i], y[i]);
        }
    }
    mec_text_add_char(&html->body, '"');
    add_paint(html, pen, fill);
}

void io_html_rectangle(io_html *html, const mec_pen *pen, const mec_rgb *fill, double x,
                       double y, double width, double height)
{
    /* SVG, unlike Cairo, knows no negative lengths */
    mec_text_printf(&html->body,
                    "<rect x=\"%.5g\" y=\"%.5g\" width=\"%.5g\" height=\"%.5g\"",
                    fmin(x, x + width), fmin(y, y + height), fabs(width), fabs(height));
    add_paint(html, pen, fill);
}

void io_html_circle(io_html *html, const mec_pen *pen, const mec_rgb *fill, double x,
                    double y, double radius)
{
    mec_text_printf(&html->body, "<circle cx=\"%.5g\" cy=\"%.5g\" r=\"%.5g\"", x, y,
                    fabs(radius));
    add_paint(html, pen, fill);
}

void io_html_text(io_html *html, const mec_font *font, double x, double y, double dy,
                  mec_align_x align, double degrees, const char *clean_text)
{
    mec_text *out = &html->body;

    mec_text_printf(out, "<text x=\"%.5g\" y=\"%.5g\" font-size=\"%.5g\"", x, y + dy,
                    font->size);
    if (align != MEC_ALIGN_LEFT) {
        mec_text_printf(out, " text-anchor=\"%s\"",
                        align == MEC_ALIGN_CENTER ? "middle" : "end");
    }
    if (degrees != 0.0) {
        mec_text_printf(out, " transform=\"rotate(%.5g %.5g %.5g)\"", -degrees, x, y);
    }
    if (font->is_bold) {
        mec_text_add(out, " font-weight=\"bold\"");
    }
    if (font->is_italic) {
        mec_text_add(out, " font-style=\"italic\"");
    }
    if (font->family != NULL) {
        mec_text_add(out, " font-family=\"");
        add_escaped(out, font->family);
        mec_text_add_char(out, '"');
    }
    add_color(html, "fill", font->color);
    mec_text_add_char(out, '>');
    add_escaped(out, clean_text);
    mec_text_add(out, "</text>\n");
}

void io_html_clip_begin(io_html *html, double x, double y, double width, double height)
{
    html->n_clips++;
    mec_text_printf(&html->body,
                    "<clipPath id=\"c%d\"><rect x=\"%.5g\" y=\"%.5g\" width=\"%.5g\" "
                    "height=\"%.5g\"/></clipPath><g clip-path=\"url(#c%d)\">\n",
                    html->n_clips, x, y, width, height, html->n_clips);
}

void io_html_clip_end(io_html *html)
{
    mec_text_add(&html->body, "</g>\n");
}

/* Nested lists, folded below the top level; an entry is at most one level deeper than the
 * one before it. */
static void add_contents(const io_html *html, mec_text *out)
{
    size_t n = html->entries.n;

    mec_text_add(out, "<ul>");
    for (size_t i = 0; i < n; i++) {
        const entry *e = &html->entries.data[i];
        int next = i + 1 < n ? html->entries.data[i + 1].depth : 0;

        mec_text_printf(out, "\n<li>%s<a href=\"#p%d\">",
                        next > e->depth ? "<details><summary>" : "", e->page);
        add_escaped(out, e->title);
        mec_text_add(out, next > e->depth ? "</a></summary><ul>" : "</a></li>");
        for (int depth = e->depth; depth > next; depth--) {
            mec_text_add(out, "</ul></details></li>");
        }
    }
    mec_text_add(out, "</ul>");
}

bool io_html_print(io_html *html, const char *title, mec_text *out)
{
    close_page(html);
    mec_text_add(out, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" "
                      "lang=\"en\"><head><meta charset=\"utf-8\"/><title>");
    add_escaped(out, title == NULL ? "drawing" : title);
    mec_text_add(out, "</title><meta name=\"viewport\" "
                      "content=\"width=device-width\"/><style>");
    mec_text_add(out, style);
    mec_text_add(out, "</style></head><body>\n<nav>");
    add_contents(html, out);
    mec_text_add(out, "</nav>\n<main>\n");
    mec_text_add_bytes(out, mec_text_string(&html->body), html->body.length);
    mec_text_add(out, "</main></body></html>\n");
    return mec_text_ok(out) && mec_text_ok(&html->body) && !html->is_short_of_memory;
}
