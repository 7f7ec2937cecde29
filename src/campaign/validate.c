/* Is a release complete and consistent? BluePyMM's validate prints paths and checks
 * nothing (L2 of BLUEPYMM.md A.10). */

#include "config_priv.h"
#include "csv_priv.h"
#include "say_priv.h"

#include <mecombo/campaign.h>
#include <mecombo/map.h>
#include <mecombo/path.h>

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

typedef struct validation {
    mec_arena *arena;
    mec_text *out;
    size_t n_findings;
    char first[512];
    const char *ext_path, *tsv_path, *hoc_path;
    csv_file ext, tsv;
} validation;

/* Tab-separated columns of mecombo_emodel.tsv. */
enum {
    T_MORPH,
    T_LAYER,
    T_FULLMTYPE,
    T_ETYPE,
    T_EMODEL,
    T_COMBO,
    T_THRESHOLD,
    T_HOLDING
};

static const char *const tsv_columns[] = {
    "morph_name", "layer",      "fullmtype",         "etype",
    "emodel",     "combo_name", "threshold_current", "holding_current"};
enum { N_TSV = sizeof tsv_columns / sizeof *tsv_columns, N_EXT = 5 };

/* Note something wrong. */
static void find_fault(validation *v, const char *fmt, ...) MEC_PRINTF(2, 3);

static void find_fault(validation *v, const char *fmt, ...)
{
    char text[512];
    va_list args;

    va_start(args, fmt);
    vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    if (v->n_findings++ == 0) {
        memcpy(v->first, text, sizeof v->first);
    }
    mec_text_printf(v->out, "%s\n", text);
}

static const char *take_path(validation *v, const mec_json *paths, const char *key)
{
    const mec_json *item = mec_json_get(paths, key);

    if (item == NULL || item->type != MEC_JSON_STRING) {
        find_fault(v, "%s:%d: output_paths has no \"%s\"", paths->file, paths->line,
                   key);
        return NULL;
    }
    if (!mec_path_exists(item->string)) {
        find_fault(v, "%s:%d: %s: %s does not exist", item->file, item->line, key,
                   item->string);
        return NULL;
    }
    mec_text_printf(v->out, "%s: %s\n", key, item->string);
    return item->string;
}

static mec_status read_tables(validation *v, mec_err *err)
{
    mec_status st = MEC_OK;

    if (v->ext_path != NULL) {
        MEC_TRY(csv_read(v->arena, v->ext_path, ' ', &v->ext, err));
    }
    if (v->tsv_path != NULL) {
        MEC_TRY(csv_read(v->arena, v->tsv_path, '\t', &v->tsv, err));
    }
done:
    return st;
}

static bool check_shape(validation *v)
{
    size_t before = v->n_findings;

    for (size_t i = 0; i < N_TSV; i++) {
        if (csv_column(&v->tsv, tsv_columns[i]) != (int)i) {
            find_fault(v, "%s:1: column %zu is not %s", v->tsv.path, i + 1,
                       tsv_columns[i]);
        }
    }
    for (size_t i = 1; i < v->tsv.n; i++) {
        if (v->tsv.row[i].n != N_TSV) {
            find_fault(v, "%s:%d: %zu fields instead of %d", v->tsv.path,
                       v->tsv.row[i].line, v->tsv.row[i].n, (int)N_TSV);
        }
    }
    for (size_t i = 0; i < v->ext.n; i++) {
        if (v->ext.row[i].n != N_EXT) {
            find_fault(v, "%s:%d: %zu fields instead of %d", v->ext.path,
                       v->ext.row[i].line, v->ext.row[i].n, (int)N_EXT);
        }
    }
    if (v->tsv.n != v->ext.n + 1) {
        find_fault(v, "%s: %zu rows, but %s has %zu", v->tsv.path,
                   v->tsv.n > 0 ? v->tsv.n - 1 : 0, v->ext.path, v->ext.n);
    }
    return v->n_findings == before;
}

/* Both files list the same combinations in the same order. */
static void compare_rows(validation *v)
{
    static const int same[N_EXT] = {T_MORPH, T_LAYER, T_FULLMTYPE, T_ETYPE, T_COMBO};

    for (size_t i = 0; i < v->ext.n; i++) {
        const csv_row *a = &v->ext.row[i];
        const csv_row *b = &v->tsv.row[i + 1];

        for (int k = 0; k < N_EXT; k++) {
            if (strcmp(a->field[k], b->field[same[k]]) != 0) {
                find_fault(v, "%s:%d: %s is \"%s\", %s:%d has \"%s\"", v->ext.path,
                           a->line, tsv_columns[same[k]], a->field[k], v->tsv.path,
                           b->line, b->field[same[k]]);
            }
        }
    }
}

static bool is_template_name(const char *name)
{
    bool good = isalpha((unsigned char)name[0]) && strlen(name) <= 50;

    for (const char *c = name; *c != '\0'; c++) {
        good = good && (isalnum((unsigned char)*c) || *c == '_');
    }
    return good;
}

static mec_status check_names(validation *v, mec_err *err)
{
    mec_map *seen = mec_map_new();
    size_t n_bad = 0;
    mec_status st = MEC_OK;

    for (size_t i = 1; i < v->tsv.n && seen != NULL; i++) {
        const csv_row *row = &v->tsv.row[i];
        const char *name = row->field[T_COMBO];

        if (mec_map_has(seen, name)) {
            find_fault(v, "%s:%d: combo_name \"%s\" occurs twice", v->tsv.path,
                       row->line, name);
        } else if (!mec_map_set(seen, name, NULL)) {
            st = mec_no_memory(err);
            goto done;
        }
        n_bad += !is_template_name(name);
    }
    if (n_bad > 0) {
        mec_text_printf(v->out,
                        "note: %zu combo_names cannot name a NEURON template "
                        "(make_names_neuron_compliant makes them valid)\n",
                        n_bad);
    }
done:
    mec_map_free(seen);
    return st;
}

static mec_status check_emodels(validation *v, mec_err *err)
{
    mec_map *seen = mec_map_new();
    mec_status st = seen == NULL ? mec_no_memory(err) : MEC_OK;

    for (size_t i = 1; i < v->tsv.n && st == MEC_OK; i++) {
        const char *emodel = v->tsv.row[i].field[T_EMODEL];
        const char *path = mec_arena_printf(v->arena, "%s/%s.hoc", v->hoc_path, emodel);
        char *text = NULL;

        if (mec_map_has(seen, emodel)) {
            continue;
        }
        if (path == NULL || !mec_map_set(seen, emodel, NULL)) {
            st = mec_no_memory(err);
            break;
        }
        const char *begin = mec_arena_printf(v->arena, "begintemplate %s\n", emodel);
        mec_err ignored = MEC_ERR_INIT;
        if (mec_read_file(v->arena, path, &text, NULL, &ignored) != MEC_OK) {
            find_fault(v, "%s: no HOC file of e-model %s (%s:%d)", path, emodel,
                       v->tsv.path, v->tsv.row[i].line);
        } else if (begin != NULL && strstr(text, begin) == NULL) {
            find_fault(v, "%s: defines no template %s", path, emodel);
        }
    }
    mec_map_free(seen);
    return st;
}

static void check_currents(validation *v)
{
    size_t n_missing = 0;

    for (size_t i = 1; i < v->tsv.n; i++) {
        for (int k = T_THRESHOLD; k <= T_HOLDING; k++) {
            const char *text = v->tsv.row[i].field[k];
            double value = 0;

            n_missing += text[0] == '\0';
            if (text[0] != '\0' && !mec_parse_double(text, &value)) {
                find_fault(v, "%s:%d: %s \"%s\" is no number", v->tsv.path,
                           v->tsv.row[i].line, tsv_columns[k], text);
            }
        }
    }
    if (n_missing > 0) {
        mec_text_printf(v->out, "note: %zu currents are missing\n", n_missing);
    }
}

static mec_status check_release(validation *v, const char *path, mec_err *err)
{
    const mec_json *root = NULL;
    const mec_json *paths = NULL;
    mec_status st = MEC_OK;

    MEC_TRY(mec_json_read(v->arena, path, &root, err));
    MEC_TRY(mec_json_need(root, "output_paths", MEC_JSON_OBJECT, &paths, err));
    v->ext_path = take_path(v, paths, "extneurondb.dat");
    v->tsv_path = take_path(v, paths, "mecombo_emodel.tsv");
    v->hoc_path = take_path(v, paths, "emodels_hoc");
    MEC_TRY(read_tables(v, err));
    if (v->ext_path == NULL || v->tsv_path == NULL || !check_shape(v)) {
        goto done;
    }
    compare_rows(v);
    check_currents(v);
    MEC_TRY(check_names(v, err));
    if (v->hoc_path != NULL) {
        MEC_TRY(check_emodels(v, err));
    }
done:
    return st;
}

mec_status mec_campaign_validate(const char *conf, mec_text *out, mec_err *err)
{
    validation v = {.arena = mec_arena_new(), .out = out};
    validate_config config;
    mec_status st = v.arena == NULL ? mec_no_memory(err) : MEC_OK;

    MEC_TRY(st);
    MEC_TRY(config_read_validate(v.arena, conf, &config, err));
    MEC_TRY(check_release(&v, config.mecombo_release_path, err));
    if (v.n_findings > 0) {
        st = mec_fail(err, MEC_E_INPUT,
                      "%zu finding%s in the release: %s (select again)", v.n_findings,
                      v.n_findings == 1 ? "" : "s", v.first);
        goto done;
    }
    mec_text_printf(out, "%zu me-combinations, nothing wrong\n", v.ext.n);
done:
    mec_arena_free(v.arena);
    return st;
}
