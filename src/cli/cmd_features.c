/* mecombo features: eFEL's features of traces. */

#include "command.h"
#include "commands.h"

#include "features_input.h"
#include "features_plot.h"

#include <mecombo/efeature.h>
#include <mecombo/json.h>
#include <mecombo/map.h>
#include <mecombo/path.h>

#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    double stim_start_ms, stim_end_ms;
    mec_string_list features, settings, paths;
    bool all, reasons, one_call;
    const char *json, *plot;
    int64_t blas_threads;
} opt = {.stim_start_ms = NAN, .stim_end_ms = NAN};

static const mec_option options[] = {
    {"stim-start", MEC_OPTION_DOUBLE, &opt.stim_start_ms, "MS",
     "begin of the stimulus"},
    {"stim-end", MEC_OPTION_DOUBLE, &opt.stim_end_ms, "MS", "end of the stimulus"},
    {"feature", MEC_OPTION_LIST, &opt.features, "NAME",
     "a feature to compute; may be given several times"},
    {"all", MEC_OPTION_FLAG, &opt.all, NULL, "compute all features"},
    {"setting", MEC_OPTION_LIST, &opt.settings, "KEY=VALUE",
     "a setting of eFEL (Threshold, interp_step, strict_stiminterval,\n"
     "stimulus_current, voltage_base_mode, ...); may be given several times"},
    {"path", MEC_OPTION_LIST, &opt.paths, "H5PATH",
     "dataset of an HDF5 file: columns time and voltage (and current), or the\n"
     "voltage beside a dataset t or time; may be given several times"},
    {"json", MEC_OPTION_STRING, &opt.json, "OUT",
     "write {feature: [numbers] or null}, - for stdout; with several traces\n"
     "{trace: {feature: ...}}"},
    {"reasons", MEC_OPTION_FLAG, &opt.reasons, NULL,
     "say why a feature does not exist (in JSON as \"reasons\": {feature: text})"},
    {"plot", MEC_OPTION_STRING, &opt.plot, "OUT.svg",
     "draw the trace with peaks, spike begins and AHP minima"},
    {"one-call", MEC_OPTION_FLAG, &opt.one_call, NULL,
     "compute as one call of efel.get_feature_values() with all the names does:\n"
     "eFEL interpolates again for each, which may change last digits"},
    {"blas-threads", MEC_OPTION_INT, &opt.blas_threads, "N",
     "fit exponentials to more than 10000 samples as eFEL does with N threads of\n"
     "its BLAS, which changes last digits; by default as many as it takes here\n"
     "($OPENBLAS_NUM_THREADS, or one per processor)"},
    {NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

/* What is asked for: names of features. */
typedef struct request {
    size_t n;
    const char *const *name;
} request;

static mec_status make_request(mec_arena *arena, request *out, mec_err *err)
{
    if (!opt.all) {
        out->n = opt.features.n;
        out->name = opt.features.item;
        return MEC_OK;
    }
    size_t n = mec_efeature_count();
    const char **name = mec_arena_calloc(arena, n, sizeof *name);

    if (name == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "features: out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        name[i] = mec_efeature_name(i);
    }
    out->n = n;
    out->name = name;
    return MEC_OK;
}

static mec_status check_options(int n_files, mec_err *err)
{
    if (isnan(opt.stim_start_ms) || isnan(opt.stim_end_ms)) {
        return mec_fail(err, MEC_E_USAGE,
                        "features: the stimulus interval is missing (give --stim-start "
                        "MS and --stim-end MS)");
    }
    if (!(opt.stim_end_ms > opt.stim_start_ms)) {
        return mec_fail(err, MEC_E_USAGE,
                        "features: --stim-end %g is not after --stim-start %g",
                        opt.stim_end_ms, opt.stim_start_ms);
    }
    if (!opt.all && opt.features.n == 0 && opt.plot == NULL) {
        return mec_fail(err, MEC_E_USAGE,
                        "features: nothing to compute (give --feature NAME or --all)");
    }
    if (opt.plot != NULL && (n_files > 1 || opt.paths.n > 1)) {
        return mec_fail(err, MEC_E_USAGE, "features: --plot draws a single trace");
    }
    return MEC_OK;
}

static mec_status apply_setting(mec_efeature_trace *trace, const char *text,
                                mec_err *err)
{
    const char *equals = strchr(text, '=');
    char name[64];

    if (equals == NULL || equals == text || (size_t)(equals - text) >= sizeof name) {
        return mec_fail(err, MEC_E_USAGE, "features: --setting %s is not KEY=VALUE",
                        text);
    }
    memcpy(name, text, (size_t)(equals - text));
    name[equals - text] = '\0';
    return mec_efeature_set_text(trace, name, equals + 1, err);
}

/* The number of threads that OpenBLAS takes on this host. */
static int threads_of_blas(void)
{
    static const char *const variable[] = {"OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS",
                                           "OMP_NUM_THREADS"};
    enum { MOST = 64 };
    int n_processors = 1;
    int wanted = (int)opt.blas_threads;
    cpu_set_t set;

    if (wanted > 0) {
        return wanted;
    }
    if (sched_getaffinity(0, sizeof set, &set) == 0) {
        n_processors = CPU_COUNT(&set);
    }
    for (int i = 0; i < 3 && wanted <= 0; i++) {
        const char *text = getenv(variable[i]);

        wanted = text != NULL ? atoi(text) : 0;
    }
    if (wanted <= 0 || wanted > n_processors) {
        wanted = n_processors;
    }
    return wanted < MOST ? wanted : MOST;
}

static mec_status make_trace(mec_arena *arena, const features_trace *from,
                             mec_efeature_trace **out, mec_err *err)
{
    mec_status st = MEC_OK;

    *out = mec_efeature_trace_new(arena, from->n, from->t, from->v);
    if (*out == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", from->name);
    }
    if (from->current != NULL) {
        MEC_TRY(mec_efeature_set_current(*out, from->n, from->current, err));
    }
    MEC_TRY(mec_efeature_set(*out, "stim_start", opt.stim_start_ms, err));
    MEC_TRY(mec_efeature_set(*out, "stim_end", opt.stim_end_ms, err));
    for (size_t i = 0; i < opt.settings.n; i++) {
        MEC_TRY(apply_setting(*out, opt.settings.item[i], err));
    }
    mec_efeature_set_threads(*out, threads_of_blas());
    if (opt.one_call) {
        MEC_TRY(mec_efeature_together(*out, err));
    }
done:
    return st;
}

/* Index in the table of a name that mec_efeature_get() knows. */
static size_t row_of(const char *name)
{
    size_t i = 0;

    while (i + 1 < mec_efeature_count() && strcmp(mec_efeature_name(i), name) != 0) {
        i++;
    }
    return i;
}

static void add_number(double x, bool is_index, mec_text *out)
{
    if (is_index) {
        mec_text_printf(out, "%.0f", x);
    } else {
        mec_text_add_double(out, x);
    }
}

static void add_json_values(const mec_efeature_values *got, bool is_index,
                            mec_text *out)
{
    if (!got->exists || got->n == 0) {
        mec_text_add(out, "null");
        return;
    }
    mec_text_add_char(out, '[');
    for (size_t i = 0; i < got->n; i++) {
        mec_text_add(out, i > 0 ? ", " : "");
        add_number(got->value[i], is_index, out);
    }
    mec_text_add_char(out, ']');
}

static const char *reason_of(const mec_efeature_values *got)
{
    return got->reason != NULL ? got->reason : "there are no values";
}

/* One line of the table: name, values, unit; long lists are cut. */
static void add_table_line(const char *name, const mec_efeature_values *got,
                           size_t width, mec_text *out)
{
    enum { MOST_VALUES = 8 };
    size_t row = row_of(name);

    mec_text_printf(out, "%-*s", (int)width, name);
    if (!got->exists || got->n == 0) {
        mec_text_printf(out, "  -%s%s\n", opt.reasons ? "  " : "",
                        opt.reasons ? reason_of(got) : "");
        return;
    }
    for (size_t i = 0; i < got->n && i < MOST_VALUES; i++) {
        mec_text_add(out, "  ");
        add_number(got->value[i], mec_efeature_is_index(row), out);
    }
    if (got->n > MOST_VALUES) {
        mec_text_printf(out, "  ... (%zu values)", got->n);
    }
    if (strcmp(mec_efeature_unit(row), "constant") != 0) {
        mec_text_printf(out, "  %s", mec_efeature_unit(row));
    }
    mec_text_add_char(out, '\n');
}

static void begin_json_member(bool first, const char *name, int depth, mec_text *out)
{
    mec_text_add(out, first ? "\n" : ",\n");
    mec_text_printf(out, "%*s", 2 * depth, "");
    mec_json_print_string(name, out);
    mec_text_add(out, ": ");
}

static void add_json_reasons(size_t n, const char *const name[],
                             const mec_efeature_values got[], int depth, mec_text *out)
{
    bool first = true;

    begin_json_member(n == 0, "reasons", depth, out);
    mec_text_add_char(out, '{');
    for (size_t i = 0; i < n; i++) {
        if (!got[i].exists || got[i].n == 0) {
            begin_json_member(first, name[i], depth + 1, out);
            mec_json_print_string(reason_of(&got[i]), out);
            first = false;
        }
    }
    mec_text_printf(out, "\n%*s}", 2 * depth, "");
}

/* The features of one trace, as an object of the JSON text and as lines of the table. */
static mec_status report(const features_trace *from, const request *asked, int depth,
                         mec_text *json, mec_text *table, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *arena = mec_arena_new();
    mec_efeature_trace *trace = NULL;
    mec_efeature_values *got = NULL;
    size_t width = 0;

    if (arena == NULL ||
        (got = mec_arena_calloc(arena, asked->n, sizeof *got)) == NULL) {
        st = mec_fail(err, MEC_E_NOMEM, "%s: out of memory", from->name);
        goto done;
    }
    MEC_TRY(make_trace(arena, from, &trace, err));
    for (size_t i = 0; i < asked->n; i++) {
        MEC_TRY(mec_efeature_get(trace, asked->name[i], &got[i], err));
        width = strlen(asked->name[i]) > width ? strlen(asked->name[i]) : width;
    }
    mec_text_add_char(json, '{');
    for (size_t i = 0; i < asked->n; i++) {
        begin_json_member(i == 0, asked->name[i], depth, json);
        add_json_values(&got[i], mec_efeature_is_index(row_of(asked->name[i])), json);
        add_table_line(asked->name[i], &got[i], width, table);
    }
    if (opt.reasons) {
        add_json_reasons(asked->n, asked->name, got, depth, json);
    }
    mec_text_printf(json, "\n%*s}", 2 * (depth - 1), "");
    if (opt.plot != NULL) {
        MEC_TRY(features_plot_svg(trace, from->name, opt.stim_start_ms, opt.stim_end_ms,
                                  opt.plot, err));
    }
done:
    mec_arena_free(arena);
    return st;
}

/* The name of a trace, with a number behind it when another one has it. */
static mec_status free_name(mec_map *names, mec_arena *arena, const char *name,
                            const char **out, mec_err *err)
{
    const char *candidate = name;

    for (int i = 2; candidate != NULL && mec_map_has(names, candidate); i++) {
        candidate = mec_arena_printf(arena, "%s (%d)", name, i);
    }
    *out = candidate;
    return candidate != NULL && mec_map_set(names, candidate, names)
               ? MEC_OK
               : mec_no_memory(err);
}

/* Report one trace of several, or the only one: names is NULL then. */
static mec_status report_file(const char *file, const char *h5_path,
                              const request *asked, mec_map *names, mec_text *json,
                              mec_text *table, mec_err *err)
{
    const char *name = NULL;
    mec_status st = MEC_OK;
    mec_arena *arena = mec_arena_new();
    features_trace trace;

    if (arena == NULL) {
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", file);
    }
    MEC_TRY(features_read_trace(arena, file, h5_path, &trace, err));
    if (names != NULL) {
        MEC_TRY(free_name(names, arena, trace.name, &name, err));
        begin_json_member(json->length <= 1, name, 1, json);
        mec_text_printf(table, "%s%s\n", table->length > 0 ? "\n" : "", name);
    }
    MEC_TRY(report(&trace, asked, names != NULL ? 2 : 1, json, table, err));
done:
    mec_arena_free(arena);
    return st;
}

static mec_status write_out(mec_text *json, const mec_text *table, mec_err *err)
{
    mec_text_add_char(json, '\n');
    if (!mec_text_ok(json) || !mec_text_ok(table)) {
        return mec_fail(err, MEC_E_NOMEM, "features: out of memory");
    }
    if (opt.json != NULL && strcmp(opt.json, "-") == 0) {
        fputs(mec_text_string(json), stdout);
        return MEC_OK;
    }
    fputs(mec_text_string(table), stdout);
    return opt.json == NULL
               ? MEC_OK
               : mec_write_file(opt.json, mec_text_string(json), json->length, err);
}

static mec_status run(int argc, const char *const argv[], mec_err *err)
{
    mec_status st = MEC_OK;
    mec_arena *arena = mec_arena_new();
    mec_text json = MEC_TEXT_INIT;
    mec_text table = MEC_TEXT_INIT;
    size_t n_paths = opt.paths.n > 0 ? opt.paths.n : 1;
    bool several = argc > 1 || n_paths > 1;
    mec_map *names = several ? mec_map_new() : NULL;
    request asked = {0, NULL};

    if (arena == NULL || (several && names == NULL)) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(check_options(argc, err));
    MEC_TRY(make_request(arena, &asked, err));
    if (several) {
        mec_text_add_char(&json, '{');
    }
    for (int i = 0; i < argc; i++) {
        for (size_t k = 0; k < n_paths; k++) {
            MEC_TRY(report_file(argv[i], opt.paths.n > 0 ? opt.paths.item[k] : NULL,
                                &asked, names, &json, &table, err));
        }
    }
    if (several) {
        mec_text_add(&json, "\n}");
    }
    MEC_TRY(write_out(&json, &table, err));
done:
    mec_text_clear(&json);
    mec_text_clear(&table);
    mec_map_free(names);
    mec_arena_free(arena);
    return st;
}

static void list_features(mec_text *out)
{
    mec_text_add(out, "\nfeatures:\n");
    for (size_t i = 0; i < mec_efeature_count(); i++) {
        const char *unit = mec_efeature_unit(i);
        bool has_unit = strcmp(unit, "constant") != 0;

        mec_text_printf(out, "  %s%s%s%s\n      %s\n", mec_efeature_name(i),
                        has_unit ? " (" : "", has_unit ? unit : "", has_unit ? ")" : "",
                        mec_efeature_definition(i));
    }
}

const mec_command mec_cmd_features = {
    .name = "features",
    .arguments = "TRACE...",
    .summary = "compute eFEL's features of traces",
    .description =
        "TRACE is a text file with the columns time (ms), voltage (mV) and perhaps\n"
        "current (nA), # begins a comment; or an HDF5 file, see --path. Names, "
        "settings,\n"
        "defaults and numbers are those of eFEL 5.7.34. A feature that does not exist\n"
        "for a trace is null in JSON and - in the table; JSON has NaN and Infinity "
        "where\n"
        "eFEL has them, as Python writes them.",
    .options = options,
    .min_arguments = 1,
    .max_arguments = -1,
    .run = run,
    .more_help = list_features,
};
