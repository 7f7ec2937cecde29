/* Drawings: read back with the tools of poppler, and as text for SVG. */

#include <mecombo/pdf.h>

#include <mecombo/path.h>
#include <mecombo/text.h>
#include <stdlib.h>
#include <support/scratch.h>
#include <unistd.h>

static mec_arena *arena;
static char directory[] = "/tmp/mecombo-test-pdf-XXXXXX";
static const mec_rgb black = {0.0, 0.0, 0.0};
static const mec_rgb red = {1.0, 0.0, 0.0};

static const char *in_directory(const char *name)
{
    return mec_path_join(arena, directory, name);
}

/* What a command prints. */
static const char *output_of(const char *command)
{
    mec_text text = MEC_TEXT_INIT;
    char part[512];
    FILE *pipe = popen(command, "r");

    while (pipe != NULL && fgets(part, sizeof part, pipe) != NULL) {
        mec_text_add(&text, part);
    }
    CHECK(pipe != NULL && pclose(pipe) == 0);
    const char *copy = mec_arena_strdup(arena, mec_text_string(&text));
    mec_text_clear(&text);
    return copy;
}

/* Every drawing call at least once. */
static void draw(mec_canvas *canvas)
{
    const mec_pen solid = {.color = black, .width = 1.0};
    const mec_pen dashed = {
        .color = red, .width = 0.5, .opacity = 0.5, .dash = {3, 2}, .is_round = true};
    const mec_font font = {.size = 12.0, .color = black};
    const mec_font bold = {"serif", 10.0, true, true, red};
    const double x[] = {10, 20, (double)NAN, 30, 40, 1e300};
    const double y[] = {10, 30, 0, 30, 10, 20};

    mec_canvas_line(canvas, &solid, 0, 0, 100, 50);
    mec_canvas_polyline(canvas, &dashed, 6, x, y);
    mec_canvas_polygon(canvas, &solid, &red, 6, x, y);
    mec_canvas_polygon(canvas, NULL, NULL, 0, NULL, NULL);
    mec_canvas_rectangle(canvas, NULL, &red, 100, 100, 50, 25);
    mec_canvas_rectangle(canvas, &solid, &red, (double)NAN, 100, 50, 25);
    mec_canvas_circle(canvas, &solid, NULL, 60, 60, 5);
    mec_canvas_clip_begin(canvas, 0, 0, 50, 50);
    mec_canvas_circle(canvas, NULL, &black, 50, 50, 20);
    mec_canvas_clip_end(canvas);
    mec_canvas_text(canvas, &font, 50, 70, MEC_ALIGN_LEFT, MEC_ALIGN_BASELINE, 0,
                    "plain \xC3\xA9");
    mec_canvas_text(canvas, &bold, 150, 90, MEC_ALIGN_CENTER, MEC_ALIGN_MIDDLE, 90,
                    "turned");
    mec_canvas_text(canvas, &font, 150, 150, MEC_ALIGN_RIGHT, MEC_ALIGN_TOP, 0,
                    "bad\xff");
    mec_canvas_text(canvas, &font, (double)INFINITY, 0, MEC_ALIGN_LEFT,
                    MEC_ALIGN_BOTTOM, 0, "nowhere");
}

static mec_canvas *new_pdf(const char *name)
{
    const mec_canvas_info info = {.title = "MEGating \xC3\xA9",
                                  .author = "somebody",
                                  .subject = "a test",
                                  .creator = "mecombo",
                                  .has_date = true,
                                  .created_unix = 1500000000};
    mec_err err = MEC_ERR_INIT;
    mec_canvas *canvas;

    CHECK_OK(mec_canvas_new_pdf(in_directory(name), &info, &canvas, &err), err);
    return canvas;
}

static void write_document(const char *name)
{
    mec_err err = MEC_ERR_INIT;
    mec_canvas *canvas = new_pdf(name);

    CHECK_INT(mec_canvas_n_pages(canvas), 0);
    mec_canvas_begin_page(canvas, 400, 300);
    int top = mec_canvas_bookmark(canvas, 0, "First page");
    draw(canvas);
    mec_canvas_link(canvas, 10, 20, 30, 40, 2);
    mec_canvas_clip_begin(canvas, 0, 0, 1, 1); /* the next page ends it */
    mec_canvas_begin_page(canvas, 200, 500.5);
    CHECK(mec_canvas_bookmark(canvas, top, "Below \xC3\xA9") > top);
    draw(canvas);
    CHECK_INT(mec_canvas_n_pages(canvas), 2);
    CHECK_OK(mec_canvas_finish(canvas, &err), err);
    mec_canvas_free(canvas);
}

static void test_document(void)
{
    write_document("a.pdf");
    const char *info = output_of(
        mec_arena_printf(arena, "TZ=UTC pdfinfo -f 1 -l 2 %s", in_directory("a.pdf")));
    CHECK_HAS(info, "MEGating \xC3\xA9");
    CHECK_HAS(info, "somebody");
    CHECK_HAS(info, "a test");
    CHECK_HAS(info, "mecombo");
    CHECK_HAS(info, "Fri Jul 14 02:40:00 2017 UTC");
    CHECK_HAS(info, "Pages:           2");
    CHECK_HAS(info, "Page    1 size:  400 x 300 pts");
    CHECK_HAS(info, "Page    2 size:  200 x 500.5 pts");
}

static void test_text_and_fonts(void)
{
    write_document("a.pdf");
    const char *path = in_directory("a.pdf");
    const char *text =
        output_of(mec_arena_printf(arena, "pdftotext -f 1 -l 1 %s -", path));
    CHECK_HAS(text, "plain \xC3\xA9");
    CHECK_HAS(text, "turned");
    CHECK_HAS(text, "bad\xEF\xBF\xBD");
    CHECK(strstr(text, "nowhere") == NULL);
    /* columns emb sub uni: every font is embedded, as a subset, with Unicode */
    const char *fonts =
        output_of(mec_arena_printf(arena,
                                   "pdffonts %s | tail -n +3 | "
                                   "grep -c ' yes yes yes '; pdffonts %s | tail "
                                   "-n +3 | wc -l",
                                   path, path));
    int n_embedded = 0;
    int n_fonts = 0;
    CHECK_INT(sscanf(fonts, "%d %d", &n_embedded, &n_fonts), 2);
    CHECK(n_fonts >= 2);
    CHECK_INT(n_embedded, n_fonts);
}

static void test_outline_and_links(void)
{
    write_document("a.pdf");
    const char *xml = output_of(mec_arena_printf(
        arena, "cd %s && pdftohtml -xml -i -stdout a.pdf 2>/dev/null", directory));
    CHECK_HAS(xml, "<item page=\"1\">First page</item>");
    CHECK_HAS(xml, "<item page=\"2\">Below \xC3\xA9</item>");
}

static void test_same_bytes(void)
{
    mec_err err = MEC_ERR_INIT;
    char *first;
    char *second;
    size_t n_first;
    size_t n_second;

    write_document("a.pdf");
    write_document("b.pdf");
    if (CHECK_OK(mec_read_file(arena, in_directory("a.pdf"), &first, &n_first, &err),
                 err) &&
        CHECK_OK(mec_read_file(arena, in_directory("b.pdf"), &second, &n_second, &err),
                 err)) {
        CHECK_INT(n_first, n_second);
        CHECK(n_first == n_second && memcmp(first, second, n_first) == 0);
    }
}

/* Colours and places, seen in the rendered page. */
static void test_pixels(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_canvas *canvas = new_pdf("pixels.pdf");
    char *image;
    size_t length;
    int width;
    int height;
    int start = 0;

    mec_canvas_begin_page(canvas, 40, 20);
    mec_canvas_clip_begin(canvas, 0, 0, 20, 20);
    mec_canvas_rectangle(canvas, NULL, &red, 10, 5, 40, 10);
    mec_canvas_clip_end(canvas);
    mec_canvas_rectangle(canvas, NULL, &black, 30, 0, 10, 5);
    CHECK_OK(mec_canvas_finish(canvas, &err), err);
    mec_canvas_free(canvas);
    output_of(mec_arena_printf(arena, "pdftoppm -r 72 -singlefile %s %s",
                               in_directory("pixels.pdf"), in_directory("pixels")));
    if (!CHECK_OK(
            mec_read_file(arena, in_directory("pixels.ppm"), &image, &length, &err),
            err) ||
        !CHECK_INT(sscanf(image, "P6 %d %d 255%n", &width, &height, &start), 2)) {
        return;
    }
    CHECK_INT(width, 40);
    CHECK_INT(height, 20);
    const unsigned char *pixel = (const unsigned char *)image + start + 1;
#define PIXEL(x, y)                                                                    \
    (pixel[((y)*40 + (x)) * 3] << 16 | pixel[((y)*40 + (x)) * 3 + 1] << 8 |            \
     pixel[((y)*40 + (x)) * 3 + 2])
    CHECK_INT(PIXEL(15, 10), 0xFF0000);
    CHECK_INT(PIXEL(5, 10), 0xFFFFFF);
    CHECK_INT(PIXEL(25, 10), 0xFFFFFF); /* clipped */
    CHECK_INT(PIXEL(15, 17), 0xFFFFFF);
    CHECK_INT(PIXEL(35, 2), 0x000000); /* at the top: y goes down */
    CHECK_INT(PIXEL(35, 17), 0xFFFFFF);
#undef PIXEL
}

static void test_measure(void)
{
    const mec_font small = {.size = 10.0};
    const mec_font large = {.size = 20.0};
    const mec_font mono = {.family = "monospace", .size = 10.0};
    mec_canvas *canvas = new_pdf("unused.pdf");

    mec_text_size a = mec_canvas_measure(canvas, &small, "Voltage");
    mec_text_size b = mec_canvas_measure(canvas, &large, "Voltage");
    CHECK(a.width > 20 && a.width < 70);
    CHECK(a.ascent > 5 && a.ascent < 15);
    CHECK(a.descent > 1 && a.descent < 5);
    CHECK_NEAR(b.width, 2 * a.width, 0, 1e-6);
    CHECK_NEAR(mec_canvas_measure(canvas, &mono, "iiii").width,
               mec_canvas_measure(canvas, &mono, "WWWW").width, 1e-9, 0);
    CHECK_EQ(mec_canvas_measure(canvas, &small, "").width, 0.0);
    mec_canvas_free(canvas);
    CHECK(!mec_path_exists(in_directory("unused.pdf")));
}

static void test_svg(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_canvas *canvas;
    char *text;

    CHECK_OK(mec_canvas_new_svg(in_directory("a.svg"), 120, 80, &canvas, &err), err);
    draw(canvas);
    CHECK_INT(mec_canvas_bookmark(canvas, 0, "ignored"), 0);
    mec_canvas_link(canvas, 0, 0, 1, 1, 1);
    CHECK_OK(mec_canvas_finish(canvas, &err), err);
    mec_canvas_free(canvas);
    if (CHECK_OK(mec_read_file(arena, in_directory("a.svg"), &text, NULL, &err), err)) {
        CHECK_HAS(text, "<svg");
        CHECK_HAS(text, "viewBox=\"0 0 120 80\"");
        CHECK_HAS(text, "rgb(100%,0%,0%)");
        CHECK_HAS(text, "</svg>");
    }
}

/* Everything is in one well-formed file, and nothing comes from elsewhere. */
static void test_html(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_font font = {.size = 10};
    mec_canvas *canvas;
    char *text;

    CHECK_OK(mec_canvas_new_html(in_directory("a.html"), "x < y", &canvas, &err), err);
    mec_canvas_begin_page(canvas, 120, 80);
    int first = mec_canvas_bookmark(canvas, 0, "chapter & verse");
    draw(canvas);
    mec_canvas_text(canvas, &font, 5, 6, MEC_ALIGN_RIGHT, MEC_ALIGN_TOP, 90,
                    "<b>\"bold\"</b> \x01 \xFF m\xC3\xB6");
    mec_canvas_begin_page(canvas, 240, 80);
    int second = mec_canvas_bookmark(canvas, first, "below");
    CHECK(first > 0 && second > first);
    CHECK(mec_canvas_bookmark(canvas, 0, "after") > second);
    mec_canvas_rectangle(canvas, NULL, &(mec_rgb){1, 0, 0}, 10, 10, -4, 5);
    mec_canvas_rectangle(canvas, NULL, &(mec_rgb){1, 0, 0}, NAN, 10, 4, 5);
    CHECK_INT(mec_canvas_n_pages(canvas), 2);
    CHECK_OK(mec_canvas_finish(canvas, &err), err);
    CHECK_INT(mec_canvas_finish(canvas, &err), MEC_E_BUG);
    mec_canvas_free(canvas);
    if (!CHECK_OK(mec_read_file(arena, in_directory("a.html"), &text, NULL, &err),
                  err)) {
        return;
    }
    CHECK_HAS(text, "<title>x &lt; y</title>");
    CHECK_HAS(text, "<section id=\"p2\">");
    CHECK_HAS(text, "viewBox=\"0 0 120 80\"");
    CHECK_HAS(text,
              "<ul>\n<li><details><summary><a href=\"#p1\">chapter &amp; verse</a>"
              "</summary><ul>\n<li><a href=\"#p2\">below</a></li></ul></details>"
              "</li>\n<li><a href=\"#p2\">after</a></li></ul></nav>");
    CHECK_HAS(text, "&lt;b&gt;&quot;bold&quot;&lt;/b&gt; \xEF\xBF\xBD \xEF\xBF\xBD "
                    "m\xC3\xB6</text>");
    CHECK_HAS(text, "<rect x=\"6\" y=\"10\" width=\"4\" height=\"5\" "
                    "fill=\"#ff0000\"/>");
    CHECK(strstr(text, "nan") == NULL);
    CHECK(strstr(text, "src=") == NULL && strstr(text, "url(http") == NULL);
}

static void test_trouble(void)
{
    mec_err err = MEC_ERR_INIT;
    mec_canvas *canvas = new_pdf("no/such/folder.pdf");

    mec_canvas_begin_page(canvas, 10, 10);
    CHECK_INT(mec_canvas_finish(canvas, &err), MEC_E_IO);
    CHECK_HAS(err.text, "no/such/folder.pdf: cannot write: No such file");
    CHECK_INT(mec_canvas_finish(canvas, &err), MEC_E_BUG);
    mec_canvas_free(canvas);

    canvas = new_pdf("empty.pdf");
    CHECK_INT(mec_canvas_finish(canvas, &err), MEC_E_BUG);
    mec_canvas_free(canvas);

    canvas = new_pdf("unbalanced.pdf");
    mec_canvas_begin_page(canvas, 10, 10);
    mec_canvas_clip_end(canvas);
    CHECK_INT(mec_canvas_finish(canvas, &err), MEC_E_BUG);
    mec_canvas_free(canvas);

    CHECK_OK(mec_canvas_new_svg(in_directory("two.svg"), 10, 10, &canvas, &err), err);
    mec_canvas_begin_page(canvas, 10, 10);
    CHECK_INT(mec_canvas_finish(canvas, &err), MEC_E_BUG);
    mec_canvas_free(canvas);
    mec_canvas_free(NULL);
}

int main(int argc, char **argv)
{
    static const tap_case cases[] = {
        TAP_CASE(test_document),
        TAP_CASE(test_text_and_fonts),
        TAP_CASE(test_outline_and_links),
        TAP_CASE(test_same_bytes),
        TAP_CASE(test_pixels),
        TAP_CASE(test_measure),
        TAP_CASE(test_svg),
        TAP_CASE(test_html),
        TAP_CASE(test_trouble),
    };

    return SCRATCH_RUN(&arena, directory, cases, argc, argv);
}
