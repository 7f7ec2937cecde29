/* Overlaid traces of some of the selected me-combinations of an e-model. */

#include "report_priv.h"

#include <mecombo/h5.h>
#include <mecombo/path.h>
#include <mecombo/vec.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_CHOSEN = 7, /* as many as there are colours that stay apart */
    MAX_PANELS = 36,
    N_BINS = 360, /* about one for each point of a panel's width */
    COLUMNS = 2,
    ROWS = 3,
    LEGEND_WIDTH = 180
};

static const mec_rgb colors[MAX_CHOSEN] = {
    {0.0, 0.447, 0.698}, {0.835, 0.369, 0.0},   {0.0, 0.62, 0.451}, {0.8, 0.475, 0.655},
    {0.902, 0.624, 0.0}, {0.337, 0.706, 0.914}, {0.1, 0.1, 0.1}};

/* One recording of one me-combination, thinned out. */
typedef struct line {
    size_t n;
    double *t, *value; /* [n] */
} line;

/* One recording of all that are chosen. */
typedef struct panel {
    const char *name; /* "/protocol/recording" */
    const char *unit;
    line line[MAX_CHOSEN];
} panel;

/* The pages of one e-model; everything lives in the arena. */
typedef struct overlay {
    mec_arena *arena;
    size_t n_files; /* selected me-combinations that have traces */
    size_t n_chosen;
    const mec_selection_row *chosen[MAX_CHOSEN];
    const char *path[MAX_CHOSEN];
    MEC_VEC(panel) panels;
} overlay;

/* By median score, without number last, then by row. */
static int compare_rows(const void *a, const void *b)
{
    const mec_selection_row *x = *(const mec_selection_row *const *)a;
    const mec_selection_row *y = *(const mec_selection_row *const *)b;

    if (isnan(x->median) != isnan(y->median)) {
        return isnan(x->median) ? 1 : -1;
    }
    if (x->median < y->median || x->median > y->median) {
        return x->median < y->median ? -1 : 1;
    }
    return x->uid < y->uid ? -1 : x->uid > y->uid;
}

static const char *path_of(mec_arena *arena, const char *dir,
                           const mec_selection_row *row)
{
    return mec_arena_printf(arena, "%s/%" PRId64 ".h5", dir, row->uid);
}

/* Those with the lowest and the highest median score, and some between them. */
static mec_status choose(overlay *o, const mec_selection *s,
                         const mec_selection_emodel *e, const char *dir, mec_err *err)
{
    const mec_selection_row **row =
        mec_arena_calloc(o->arena, e->n_rows + 1, sizeof *row);

    if (row == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < e->n_rows; i++) {
        const mec_selection_row *one = &s->row[e->row[i]];
        const char *path = one->selected ? path_of(o->arena, dir, one) : NULL;

        if (path != NULL && mec_path_exists(path)) {
            row[o->n_files++] = one;
        }
    }
    qsort(row, o->n_files, sizeof *row, compare_rows);
    o->n_chosen = o->n_files < MAX_CHOSEN ? o->n_files : MAX_CHOSEN;
    for (size_t i = 0; i < o->n_chosen; i++) {
        size_t last = o->n_chosen > 1 ? o->n_chosen - 1 : 1;

        o->chosen[i] = row[i * (o->n_files - 1) / last];
        o->path[i] = path_of(o->arena, dir, o->chosen[i]);
        if (o->path[i] == NULL) {
            return mec_no_memory(err);
        }
    }
    return MEC_OK;
}

/* Smallest and largest value of each of N_BINS stretches of time, in the order in which
 * they occur: what is drawn looks the same. data[row * 2]: time, then value */
static mec_status thin_out(mec_arena *arena, size_t n, const double data[], line *out,
                           mec_err *err)
{
    size_t per_bin = n <= 2 * (size_t)N_BINS ? 0 : (n + N_BINS - 1) / N_BINS;

    out->t = mec_arena_calloc(arena, 2 * (size_t)N_BINS + 1, sizeof *out->t);
    out->value = mec_arena_calloc(arena, 2 * (size_t)N_BINS + 1, sizeof *out->value);
    if (out->t == NULL || out->value == NULL) {
        return mec_no_memory(err);
    }
    for (size_t first = 0; first < n; first += per_bin == 0 ? 1 : per_bin) {
        size_t end = first + per_bin < n ? first + per_bin : n;
        size_t low = first;
        size_t high = first;

        for (size_t i = first + 1; i < end; i++) {
            low = data[2 * i + 1] < data[2 * low + 1] ? i : low;
            high = data[2 * i + 1] > data[2 * high + 1] ? i : high;
        }
        size_t pair[2] = {low < high ? low : high, low < high ? high : low};
        for (int k = 0; k < 1 + (pair[0] != pair[1]); k++) {
            out->t[out->n] = data[2 * pair[k]];
            out->value[out->n++] = data[2 * pair[k] + 1];
        }
    }
    return MEC_OK;
}

static panel *panel_named(overlay *o, const char *name)
{
    panel fresh = {.name = name, .unit = ""};

    for (size_t i = 0; i < o->panels.n; i++) {
        if (strcmp(o->panels.data[i].name, name) == 0) {
            return &o->panels.data[i];
        }
    }
    if (!MEC_VEC_PUSH(&o->panels, fresh)) {
        return NULL;
    }
    return &o->panels.data[o->panels.n - 1];
}

static mec_status read_recording(overlay *o, mec_h5 *file, const char *name, size_t i,
                                 mec_err *err)
{
    panel *p = panel_named(o, name);
    mec_arena *scratch = mec_arena_new();
    size_t n_rows, n_columns;
    double *data;
    mec_status st = MEC_OK;

    if (p == NULL || scratch == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(mec_h5_read_doubles(file, scratch, name, &n_rows, &n_columns, &data, err));
    if (n_columns != 2) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%s: %s has %zu columns instead of time and value (write the "
                      "traces with mecombo run --save-traces)",
                      o->path[i], name, n_columns);
        goto done;
    }
    MEC_TRY(thin_out(o->arena, n_rows, data, &p->line[i], err));
    if (mec_h5_has_attribute(file, name, "unit")) {
        MEC_TRY(
            mec_h5_read_string_attribute(file, o->arena, name, "unit", &p->unit, err));
    }
done:
    mec_arena_free(scratch);
    return st;
}

static mec_status read_file(overlay *o, size_t i, mec_err *err)
{
    const char *const *protocol;
    const char *const *recording;
    size_t n_protocols, n_recordings;
    mec_h5 *file;
    mec_status st = mec_h5_open(o->path[i], MEC_H5_READ, &file, err);

    if (st != MEC_OK) {
        return st;
    }
    MEC_TRY(mec_h5_list(file, o->arena, "/", &n_protocols, &protocol, err));
    for (size_t p = 0; p < n_protocols; p++) {
        const char *group = mec_arena_printf(o->arena, "/%s", protocol[p]);

        if (group == NULL) {
            st = mec_no_memory(err);
            goto done;
        }
        MEC_TRY(mec_h5_list(file, o->arena, group, &n_recordings, &recording, err));
        for (size_t r = 0; r < n_recordings; r++) {
            const char *name = mec_arena_printf(o->arena, "%s/%s", group, recording[r]);

            if (name == NULL) {
                st = mec_no_memory(err);
                goto done;
            }
            MEC_TRY(read_recording(o, file, name, i, err));
        }
    }
done:
    return mec_h5_close(file, st == MEC_OK ? err : NULL) == MEC_OK || st != MEC_OK
               ? st
               : MEC_E_IO;
}

/* The ranges of time and value, a little wider than the lines. */
static bool find_ranges(const panel *p, size_t n, axes *a)
{
    a->x0 = a->y0 = INFINITY;
    a->x1 = a->y1 = -INFINITY;
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < p->line[i].n; k++) {
            a->x0 = fmin(a->x0, p->line[i].t[k]);
            a->x1 = fmax(a->x1, p->line[i].t[k]);
            if (isfinite(p->line[i].value[k])) {
                a->y0 = fmin(a->y0, p->line[i].value[k]);
                a->y1 = fmax(a->y1, p->line[i].value[k]);
            }
        }
    }
    if (!(a->x0 < a->x1) || !(a->y0 <= a->y1)) {
        return false;
    }
    double spare = a->y1 > a->y0 ? 0.05 * (a->y1 - a->y0) : 0.5 * fabs(a->y0) + 1e-9;
    a->y0 -= spare;
    a->y1 += spare;
    return true;
}

static void draw_panel(book *b, const overlay *o, const panel *p, axes a)
{
    mec_font title = {.size = 8, .color = report_black};
    mec_font small = {.size = 6.5, .color = report_grey};

    mec_canvas_text(b->canvas, &title, a.left, a.top - 5, MEC_ALIGN_LEFT,
                    MEC_ALIGN_BASELINE, 0,
                    report_fit(b, &title, p->name + 1, a.width - 30));
    if (!find_ranges(p, o->n_chosen, &a)) {
        mec_canvas_text(b->canvas, &small, a.left, a.top + 12, MEC_ALIGN_LEFT,
                        MEC_ALIGN_BASELINE, 0, "no values");
        return;
    }
    mec_canvas_text(b->canvas, &small, a.left + a.width, a.top - 5, MEC_ALIGN_RIGHT,
                    MEC_ALIGN_BASELINE, 0, p->unit);
    axes_x_ticks(b, &a, &small, 6);
    axes_y_ticks(b, &a, &small, 5, 0);
    for (size_t i = 0; i < o->n_chosen; i++) {
        const line *one = &p->line[i];
        mec_pen pen = {
            .color = colors[i], .width = 0.7, .opacity = 0.8, .is_round = true};
        double *x = mec_arena_calloc(o->arena, one->n + 1, sizeof *x);
        double *y = mec_arena_calloc(o->arena, one->n + 1, sizeof *y);

        if (x == NULL || y == NULL || one->n == 0) {
            continue;
        }
        for (size_t k = 0; k < one->n; k++) {
            x[k] = axes_x(&a, one->t[k]);
            y[k] = axes_y(&a, one->value[k]);
        }
        mec_canvas_polyline(b->canvas, &pen, one->n, x, y);
    }
}

static void draw_legend(book *b, const overlay *o)
{
    mec_font font = {.size = 8, .color = report_black};
    mec_font below = {.size = 7, .color = report_grey};
    double left = PAGE_WIDTH - MARGIN - LEGEND_WIDTH + 16;

    for (size_t i = 0; i < o->n_chosen; i++) {
        const mec_selection_row *row = o->chosen[i];
        mec_pen pen = {.color = colors[i], .width = 2};
        double y = BODY_TOP + 24 + 30.0 * (double)i;
        const char *more =
            isnan(row->median)
                ? row->fullmtype
                : mec_arena_printf(b->arena, "%s, median %.3g, row %" PRId64,
                                   row->fullmtype, row->median, row->uid);

        mec_canvas_line(b->canvas, &pen, left, y, left + 14, y);
        mec_canvas_text(b->canvas, &font, left + 20, y, MEC_ALIGN_LEFT,
                        MEC_ALIGN_MIDDLE, 0,
                        report_fit(b, &font, row->morph_name, LEGEND_WIDTH - 36));
        mec_canvas_text(
            b->canvas, &below, left + 20, y + 7, MEC_ALIGN_LEFT, MEC_ALIGN_TOP, 0,
            report_fit(b, &below, more == NULL ? "" : more, LEGEND_WIDTH - 36));
    }
}

static void draw_pages(book *b, const overlay *o, const char *emodel)
{
    size_t n = o->panels.n < MAX_PANELS ? o->panels.n : MAX_PANELS;
    size_t n_page = (n + COLUMNS * ROWS - 1) / (COLUMNS * ROWS);
    double width = (PAGE_WIDTH - 2.0 * MARGIN - LEGEND_WIDTH) / COLUMNS;
    double height = (double)(BODY_BOTTOM - BODY_TOP) / ROWS;
    const char *title = mec_arena_printf(b->arena, "%s: traces", emodel);
    const char *subtitle = mec_arena_printf(
        b->arena,
        "%zu of %zu selected me-combinations with traces, from the lowest to the "
        "highest median score; over time in ms; %zu of %zu recordings",
        o->n_chosen, o->n_files, n, o->panels.n);
    int parent = 0;

    for (size_t i = 0; i < n; i++) {
        size_t at = i % (COLUMNS * ROWS);
        axes a = {.left = MARGIN + width * (double)(at % COLUMNS) + 32,
                  .top = BODY_TOP + height * (double)(at / COLUMNS) + 18,
                  .width = width - 46,
                  .height = height - 40};

        if (at == 0) {
            const char *heading = book_heading(b, title == NULL ? emodel : title,
                                               i / (COLUMNS * ROWS), n_page);
            int bookmark = book_page(b, parent, heading, subtitle);

            parent = i == 0 ? bookmark : parent;
            draw_legend(b, o);
        }
        draw_panel(b, o, &o->panels.data[i], a);
    }
}

mec_status report_traces(book *b, const mec_selection *s, const mec_selection_emodel *e,
                         const char *dir, bool *any, mec_err *err)
{
    overlay o = {.arena = mec_arena_new()};
    mec_status st = MEC_OK;

    if (o.arena == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(choose(&o, s, e, dir, err));
    for (size_t i = 0; i < o.n_chosen; i++) {
        MEC_TRY(read_file(&o, i, err));
    }
    draw_pages(b, &o, e->name);
    *any = *any || o.panels.n > 0;
done:
    MEC_VEC_CLEAR(&o.panels);
    mec_arena_free(o.arena);
    return st;
}
