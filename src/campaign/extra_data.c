/* extra_data/: what a modeller looks up after a selection.
 *
 * all_median_scores.csv, passed_median_scores.csv and metype_median_scores.csv are
 * BluePyMM's, with the medians of the rows they stand beside (S4 of BLUEPYMM.md A.10).
 * rejections.csv, failed_extneurondb.dat and uncovered_metypes.csv are mecombo's own.
 */

#include "select_priv.h"

#include <mecombo/path.h>

#include <inttypes.h>
#include <math.h>

typedef struct extra {
    mec_arena *arena;
    const mec_selection *s;
    const char *folder;
    mec_text out;
} extra;

static mec_status finish_file(extra *x, const char *name, mec_err *err)
{
    const char *path = mec_path_join(x->arena, x->folder, name);

    if (path == NULL || !mec_text_ok(&x->out)) {
        return mec_no_memory(err);
    }
    mec_status st = mec_write_file(path, mec_text_string(&x->out), x->out.length, err);
    mec_text_reset(&x->out);
    return st;
}

/* A number as pandas prints it; nothing for NaN. */
static void add_number(mec_text *out, double value)
{
    if (isinf(value)) {
        mec_text_add(out, value < 0 ? "-inf" : "inf");
    } else if (!isnan(value)) {
        mec_text_add_double(out, value);
    }
}

static void add_field(extra *x, const char *field)
{
    mec_text_add_char(&x->out, ',');
    csv_field(&x->out, field, ',');
}

static void add_median_row(extra *x, const mec_selection_row *row)
{
    mec_text_printf(&x->out, "%" PRId64, row->uid);
    add_field(x, row->fullmtype);
    add_field(x, row->etype);
    add_field(x, row->emodel);
    mec_text_add_char(&x->out, ',');
    add_number(&x->out, row->median);
    mec_text_add_char(&x->out, '\n');
}

static mec_status write_all_medians(extra *x, mec_err *err)
{
    mec_text_add(&x->out, ",fullmtype,etype,emodel,median_score\n");
    for (size_t i = 0; i < x->s->n_rows; i++) {
        add_median_row(x, &x->s->row[i]);
    }
    return finish_file(x, "all_median_scores.csv", err);
}

static mec_status write_passed_medians(extra *x, mec_err *err)
{
    mec_text_add(&x->out, ",fullmtype,etype,emodel,median_score\n");
    for (size_t e = 0; e < x->s->n_emodels; e++) {
        const mec_selection_emodel *emodel = &x->s->emodel[e];

        for (size_t i = 0; i < emodel->n_rows; i++) {
            const mec_selection_row *row = &x->s->row[emodel->row[i]];

            if (row->selected) {
                add_median_row(x, row);
            }
        }
    }
    return finish_file(x, "passed_median_scores.csv", err);
}

/* Does a row (or column) of the matrix hold any selected combination? */
static bool is_covered(const mec_selection *s, bool by_mtype, size_t i)
{
    size_t n = by_mtype ? s->n_etypes : s->n_mtypes;

    for (size_t k = 0; k < n; k++) {
        if (s->n_accepted[by_mtype ? i * s->n_etypes + k : k * s->n_etypes + i] > 0) {
            return true;
        }
    }
    return false;
}

static mec_status write_metype_medians(extra *x, mec_err *err)
{
    const mec_selection *s = x->s;

    mec_text_add(&x->out, "mtype");
    for (size_t e = 0; e < s->n_etypes; e++) {
        if (is_covered(s, false, e)) {
            add_field(x, s->etype[e]);
        }
    }
    mec_text_add_char(&x->out, '\n');
    for (size_t m = 0; m < s->n_mtypes; m++) {
        if (!is_covered(s, true, m)) {
            continue;
        }
        csv_field(&x->out, s->mtype[m], ',');
        for (size_t e = 0; e < s->n_etypes; e++) {
            if (is_covered(s, false, e)) {
                mec_text_add_char(&x->out, ',');
                add_number(&x->out, s->median[m * s->n_etypes + e]);
            }
        }
        mec_text_add_char(&x->out, '\n');
    }
    return finish_file(x, "metype_median_scores.csv", err);
}

static const char *feature_name(const mec_selection *s, const mec_selection_row *row,
                                int32_t i)
{
    return i < 0 ? "" : s->emodel[row->i_emodel].feature[i].name;
}

static void add_rejection(extra *x, const mec_selection_row *row)
{
    mec_text_printf(&x->out, "%" PRId64, row->uid);
    add_field(x, row->morph_name);
    add_field(x, row->layer);
    add_field(x, row->fullmtype);
    add_field(x, row->etype);
    add_field(x, row->emodel);
    add_field(x, row->exception_class != NULL ? row->exception_class : "");
    mec_text_printf(&x->out, ",%" PRId32, row->n_failed);
    add_field(x, feature_name(x->s, row, row->i_first_failed));
    add_field(x, feature_name(x->s, row, row->i_worst));
    mec_text_add_char(&x->out, ',');
    add_number(&x->out, row->worst_score);
    mec_text_add_char(&x->out, ',');
    add_number(&x->out, row->worst_limit);
    mec_text_add_char(&x->out, ',');
    add_number(&x->out, row->worst_score - row->worst_limit);
    mec_text_add_char(&x->out, '\n');
}

static mec_status write_rejections(extra *x, mec_err *err)
{
    mec_text_add(&x->out,
                 "index,morph_name,layer,fullmtype,etype,emodel,exception_class,"
                 "n_failed,first_failed,worst,worst_score,worst_limit,margin\n");
    for (size_t i = 0; i < x->s->n_rows; i++) {
        if (!x->s->row[i].selected) {
            add_rejection(x, &x->s->row[i]);
        }
    }
    return finish_file(x, "rejections.csv", err);
}

/* Why a row was not selected, in one word or name. */
static const char *reason_of(const mec_selection *s, const mec_selection_row *row)
{
    if (row->exception_class != NULL) {
        return row->exception_class;
    }
    if (row->i_emodel < 0 || s->emodel[row->i_emodel].skipped != NULL) {
        return "e-model-left-out";
    }
    if (row->i_worst < 0) {
        return row->passed ? "not-among-the-best" : "no-scores";
    }
    return feature_name(s, row, row->i_worst);
}

static mec_status write_failed(extra *x, mec_err *err)
{
    for (size_t i = 0; i < x->s->n_rows; i++) {
        const mec_selection_row *row = &x->s->row[i];
        const char *const field[] = {row->morph_name, row->layer,
                                     row->fullmtype,  row->etype,
                                     row->emodel,     reason_of(x->s, row)};

        for (size_t k = 0; k < 6 && !row->selected; k++) {
            mec_text_add(&x->out, k == 0 ? "" : " ");
            csv_field(&x->out, field[k], ' ');
        }
        mec_text_add(&x->out, row->selected ? "" : "\n");
    }
    return finish_file(x, "failed_extneurondb.dat", err);
}

static mec_status write_uncovered(extra *x, mec_err *err)
{
    mec_text_add(&x->out, "metype,tested,exceptions\n");
    for (size_t i = 0; i < x->s->n_metypes; i++) {
        const mec_selection_bar *bar = &x->s->metype[i];

        if (bar->passed == 0) {
            csv_field(&x->out, bar->name, ',');
            mec_text_printf(&x->out, ",%" PRId64 ",%" PRId64 "\n",
                            bar->error + bar->failed, bar->error);
        }
    }
    return finish_file(x, "uncovered_metypes.csv", err);
}

mec_status extra_data_write(mec_arena *arena, const mec_selection *s, mec_err *err)
{
    extra x = {.arena = arena,
               .s = s,
               .folder = mec_path_join(arena, s->output_dir, "extra_data"),
               .out = MEC_TEXT_INIT};
    mec_status st = x.folder == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(mec_make_directories(x.folder, err));
    MEC_TRY(write_all_medians(&x, err));
    MEC_TRY(write_passed_medians(&x, err));
    MEC_TRY(write_metype_medians(&x, err));
    MEC_TRY(write_rejections(&x, err));
    MEC_TRY(write_failed(&x, err));
    MEC_TRY(write_uncovered(&x, err));
done:
    mec_text_clear(&x.out);
    return st;
}
