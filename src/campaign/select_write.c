/* Phase 3, second half: the files of a selection (BLUEPYMM.md A.8.5 and 6, without S4, S5
 * and S14 of A.10; A.11 for the form of 2017). */

#include "say_priv.h"
#include "select_priv.h"

#include <mecombo/campaign.h>
#include <mecombo/json.h>
#include <mecombo/log.h>
#include <mecombo/path.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef const mec_selection_row row_ptr;

typedef struct writer {
    mec_arena *arena;
    const mec_selection *s;
    size_t n;           /* selected rows */
    row_ptr **by_name;  /* [n] in the order of the two main files */
    row_ptr **by_model; /* [n] e-model by e-model, as BluePyMM collects them */
    bool whole_threshold, whole_holding; /* every selected row has an integer there */
} writer;

static int compare_combos(const void *a, const void *b)
{
    const mec_selection_row *x = *(row_ptr *const *)a;
    const mec_selection_row *y = *(row_ptr *const *)b;
    int order = strcmp(x->combo_name, y->combo_name);

    if (order != 0) {
        return order;
    }
    return x < y ? -1 : x > y;
}

static bool is_whole(const char *literal)
{
    return literal[0] != '\0' && literal[strcspn(literal, ".eEIN")] == '\0';
}

static mec_status collect(writer *w, mec_err *err)
{
    const mec_selection *s = w->s;
    size_t n = (size_t)s->n_selected;

    w->by_name = mec_arena_calloc(w->arena, n, sizeof *w->by_name);
    w->by_model = mec_arena_calloc(w->arena, n, sizeof *w->by_model);
    if (w->by_name == NULL || w->by_model == NULL) {
        return mec_no_memory(err);
    }
    w->whole_threshold = w->whole_holding = true;
    for (size_t i = 0; i < s->n_rows; i++) {
        if (s->row[i].selected) {
            w->by_name[w->n++] = &s->row[i];
            w->whole_threshold =
                w->whole_threshold && is_whole(s->row[i].threshold_text);
            w->whole_holding = w->whole_holding && is_whole(s->row[i].holding_text);
        }
    }
    size_t k = 0;
    for (size_t e = 0; e < s->n_emodels; e++) {
        for (size_t i = 0; i < s->emodel[e].n_rows; i++) {
            const mec_selection_row *row = &s->row[s->emodel[e].row[i]];

            if (row->selected) {
                w->by_model[k++] = row;
            }
        }
    }
    if (!s->form_2017) {
        qsort(w->by_name, w->n, sizeof *w->by_name, compare_combos);
    }
    return MEC_OK;
}

static mec_status write_text(const char *path, const mec_text *text, mec_err *err)
{
    if (!mec_text_ok(text)) {
        return mec_no_memory(err);
    }
    return mec_write_file(path, mec_text_string(text), text->length, err);
}

static mec_status make_parent(mec_arena *arena, const char *path, mec_err *err)
{
    const char *folder = mec_path_dirname(arena, path);

    if (folder == NULL) {
        return mec_no_memory(err);
    }
    return folder[0] == '\0' ? MEC_OK : mec_make_directories(folder, err);
}

static void add_fields(mec_text *out, size_t n, const char *const field[],
                       char separator)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0) {
            mec_text_add_char(out, separator);
        }
        csv_field(out, field[i], separator);
    }
    mec_text_add_char(out, '\n');
}

static mec_status write_extneurondb(writer *w, mec_err *err)
{
    mec_text out = MEC_TEXT_INIT;

    for (size_t i = 0; i < w->n; i++) {
        row_ptr *r = w->by_name[i];
        const char *const field[] = {r->morph_name, r->layer, r->fullmtype, r->etype,
                                     r->combo_name};

        add_fields(&out, 5, field, ' ');
    }
    mec_status st = write_text(w->s->extneurondb_filename, &out, err);
    mec_text_clear(&out);
    return st;
}

/* A current as pandas prints it: an integer stays one only if the whole column is. */
static void current_field(double value, bool whole, char out[32])
{
    out[0] = '\0';
    if (isnan(value)) {
        return;
    }
    if (isinf(value)) {
        memcpy(out, value < 0 ? "-inf" : "inf", value < 0 ? 5 : 4);
        return;
    }
    mec_double_repr(value, out);
    size_t n = strlen(out);
    if (whole && n > 2 && strcmp(out + n - 2, ".0") == 0) {
        out[n - 2] = '\0';
    }
}

static mec_status write_combo_emodel(writer *w, mec_err *err)
{
    static const char *const header[] = {
        "morph_name", "layer",      "fullmtype",         "etype",
        "emodel",     "combo_name", "threshold_current", "holding_current"};
    char separator = w->s->form_2017 ? ',' : '\t';
    mec_text out = MEC_TEXT_INIT;

    add_fields(&out, 8, header, separator);
    for (size_t i = 0; i < w->n; i++) {
        row_ptr *r = w->by_name[i];
        char threshold[32];
        char holding[32];
        const char *const field[] = {r->morph_name, r->layer,  r->fullmtype,
                                     r->etype,      r->emodel, r->combo_name,
                                     threshold,     holding};

        current_field(r->threshold_current, w->whole_threshold, threshold);
        current_field(r->holding_current, w->whole_holding, holding);
        add_fields(&out, 8, field, separator);
    }
    mec_status st = write_text(w->s->combo_emodel_filename, &out, err);
    mec_text_clear(&out);
    return st;
}

static void warn_without_current(const writer *w, const char *what, bool threshold)
{
    size_t n = 0;

    for (size_t i = 0; i < w->n; i++) {
        n += (size_t) !!isnan(threshold ? w->by_name[i]->threshold_current
                                        : w->by_name[i]->holding_current);
    }
    if (n > 0 && !w->s->form_2017) {
        mec_log(MEC_LOG_WARNING, "%zu of %zu selected me-combinations have no %s", n,
                w->n, what);
    }
}

static mec_status write_name_log(writer *w, mec_err *err)
{
    static const char *const header[] = {"original_combo_name",
                                         "neuron_compliant_combo_name"};
    const char *path =
        mec_path_join(w->arena, w->s->output_dir == NULL ? "" : w->s->output_dir,
                      "log_neuron_compliance.csv");
    mec_text out = MEC_TEXT_INIT;

    if (path == NULL) {
        return mec_no_memory(err);
    }
    add_fields(&out, 2, header, ',');
    for (size_t i = 0; i < w->n; i++) {
        const char *const field[] = {w->by_model[i]->plain_name,
                                     w->by_model[i]->combo_name};

        add_fields(&out, 2, field, ',');
    }
    mec_status st = write_text(path, &out, err);
    mec_text_clear(&out);
    return st;
}

static mec_status add_path(writer *w, mec_text *out, const char *key, const char *path,
                           bool last, mec_err *err)
{
    const char *absolute = mec_path_absolute(w->arena, path);

    if (absolute == NULL) {
        return mec_no_memory(err);
    }
    mec_text_printf(out, "    \"%s\": ", key);
    mec_json_print_string(absolute, out);
    mec_text_add(out, last ? "\n" : ",\n");
    return MEC_OK;
}

static mec_status write_release(writer *w, mec_err *err)
{
    const mec_selection *s = w->s;
    const char *path = mec_path_join(w->arena, s->output_dir, "mecombo_release.json");
    mec_text out = MEC_TEXT_INIT;
    mec_status st = MEC_OK;

    if (path == NULL) {
        return mec_no_memory(err);
    }
    mec_text_add(&out, "{\n  \"output_paths\": {\n");
    MEC_TRY(add_path(w, &out, "emodels_hoc", s->emodels_hoc_dir, false, err));
    MEC_TRY(add_path(w, &out, "extneurondb.dat", s->extneurondb_filename, false, err));
    MEC_TRY(
        add_path(w, &out, "mecombo_emodel.tsv", s->combo_emodel_filename, true, err));
    mec_text_add(&out, "  },\n  \"version\": \"1.0\"\n}");
    MEC_TRY(write_text(path, &out, err));
    const char *absolute = mec_path_absolute(w->arena, path);
    say("Wrote mecombo_release json to %s", absolute == NULL ? path : absolute);
done:
    mec_text_clear(&out);
    return st;
}

static void say_written(mec_arena *arena, const char *what, const char *path)
{
    const char *absolute = mec_path_absolute(arena, path);

    say("Wrote %s to %s", what, absolute == NULL ? path : absolute);
}

static mec_status write_main_files(writer *w, mec_err *err)
{
    const mec_selection *s = w->s;
    mec_status st = MEC_OK;

    MEC_TRY(make_parent(w->arena, s->extneurondb_filename, err));
    MEC_TRY(make_parent(w->arena, s->combo_emodel_filename, err));
    if (s->names_compliant && s->output_dir != NULL) {
        MEC_TRY(write_name_log(w, err));
    }
    MEC_TRY(write_extneurondb(w, err));
    say_written(w->arena, s->form_2017 ? "extneurondb" : "extneurondb.dat",
                s->extneurondb_filename);
    warn_without_current(w, "holding_current", false);
    warn_without_current(w, "threshold_current", true);
    MEC_TRY(write_combo_emodel(w, err));
    say_written(w->arena, s->form_2017 ? "combo_model" : "mecombo_emodel tsv",
                s->combo_emodel_filename);
    if (!s->form_2017) {
        MEC_TRY(write_release(w, err));
    }
done:
    return st;
}

mec_status mec_selection_write(const mec_selection *selection, mec_err *err)
{
    writer w = {.arena = mec_arena_new(), .s = selection};
    mec_status st = w.arena == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(collect(&w, err));
    if (!selection->form_2017) {
        MEC_TRY(extra_data_write(w.arena, selection, err));
    }
    MEC_TRY(write_main_files(&w, err));
done:
    mec_arena_free(w.arena);
    return st;
}
