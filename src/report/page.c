/* The frame of every page: title, subtitle, footer with the page's number, bookmark. */

#include "report_priv.h"

#include <math.h>
#include <string.h>

const mec_rgb report_blue = {0.0, 0.447, 0.698};
const mec_rgb report_orange = {0.902, 0.624, 0.0};
const mec_rgb report_vermilion = {0.835, 0.369, 0.0};
const mec_rgb report_black = {0.1, 0.1, 0.1};
const mec_rgb report_grey = {0.45, 0.45, 0.45};
const mec_rgb report_light = {0.9, 0.9, 0.9};
const mec_rgb report_white = {1.0, 1.0, 1.0};

int book_page(book *b, int parent, const char *title, const char *subtitle)
{
    mec_font big = {.size = 17, .is_bold = true, .color = report_black};
    mec_font small = {.size = 9, .color = report_grey};
    mec_pen rule = {.color = report_light, .width = 0.8};

    mec_canvas_begin_page(b->canvas, PAGE_WIDTH, PAGE_HEIGHT);
    mec_canvas_text(b->canvas, &big, MARGIN, 52, MEC_ALIGN_LEFT, MEC_ALIGN_BASELINE, 0,
                    report_fit(b, &big, title, PAGE_WIDTH - 2 * MARGIN));
    if (subtitle != NULL) {
        mec_canvas_text(b->canvas, &small, MARGIN, 68, MEC_ALIGN_LEFT,
                        MEC_ALIGN_BASELINE, 0,
                        report_fit(b, &small, subtitle, PAGE_WIDTH - 2 * MARGIN));
    }
    mec_canvas_line(b->canvas, &rule, MARGIN, PAGE_HEIGHT - 34, PAGE_WIDTH - MARGIN,
                    PAGE_HEIGHT - 34);
    mec_canvas_text(b->canvas, &small, MARGIN, PAGE_HEIGHT - 20, MEC_ALIGN_LEFT,
                    MEC_ALIGN_BASELINE, 0,
                    report_fit(b, &small, b->name, PAGE_WIDTH - 2 * MARGIN - 80));
    char *number = mec_arena_printf(b->arena, "page %d", mec_canvas_n_pages(b->canvas));
    mec_canvas_text(b->canvas, &small, PAGE_WIDTH - MARGIN, PAGE_HEIGHT - 20,
                    MEC_ALIGN_RIGHT, MEC_ALIGN_BASELINE, 0,
                    number == NULL ? "" : number);
    return mec_canvas_bookmark(b->canvas, parent, title);
}

const char *book_heading(book *b, const char *title, size_t page, size_t n_page)
{
    const char *text = page == 0 ? title
                                 : mec_arena_printf(b->arena, "%s (%zu of %zu)", title,
                                                    page + 1, n_page);

    return text == NULL ? title : text;
}

double report_tick_step(double range, int n_max)
{
    static const double factors[] = {1, 2, 5, 10};

    if (!(range > 0)) {
        return 1;
    }
    double power = pow(10, floor(log10(range / n_max)));
    for (size_t i = 0; i < 4; i++) {
        if (range / (factors[i] * power) <= n_max) {
            return factors[i] * power;
        }
    }
    return 10 * power;
}

/* Step back to the beginning of a UTF-8 character. */
static size_t character_start(const char *text, size_t i)
{
    while (i > 0 && ((unsigned char)text[i] & 0xC0) == 0x80) {
        i--;
    }
    return i;
}

const char *report_fit(book *b, const mec_font *font, const char *text, double width)
{
    static const char ellipsis[] = "\xE2\x80\xA6";
    size_t low = 0;
    size_t high = strlen(text);

    if (mec_canvas_measure(b->canvas, font, text).width <= width) {
        return text;
    }
    char *cut = mec_arena_alloc(b->arena, high + sizeof ellipsis);
    if (cut == NULL) {
        return "";
    }
    while (low < high) { /* the longest prefix that fits together with the ellipsis */
        size_t middle = (low + high + 1) / 2;
        size_t n = character_start(text, middle);

        memcpy(cut, text, n);
        memcpy(cut + n, ellipsis, sizeof ellipsis);
        if (mec_canvas_measure(b->canvas, font, cut).width <= width) {
            low = middle;
        } else {
            high = middle - 1;
        }
    }
    size_t n = character_start(text, low);
    memcpy(cut, text, n);
    memcpy(cut + n, ellipsis, sizeof ellipsis);
    return cut;
}
