/* mecombo mechanisms check | compile | list: NMODL files, for looking closely. */

#include "command.h"
#include "commands.h"

#include <mecombo/json.h>
#include <mecombo/log.h>
#include <mecombo/mechanism.h>
#include <mecombo/nmodl.h>
#include <mecombo/path.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const char *out, *json;
} opt;

static mec_status print_out(const mec_text *text, mec_err *err)
{
    if (!mec_text_ok(text)) {
        return mec_no_memory(err);
    }
    if (fwrite(mec_text_string(text), 1, text->length, stdout) != text->length ||
        fflush(stdout) != 0) {
        return mec_fail(err, MEC_E_IO, "standard output: cannot be written");
    }
    return MEC_OK;
}

/* ---- check ---- */

static mec_status check_file(const char *path, mec_text *out, mec_err *err)
{
    mec_arena *arena = mec_arena_new();
    mec_nmodl_result result = {0};
    mec_status st = MEC_OK;
    const char *folder;
    char *source = NULL;

    if (arena == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(mec_read_file(arena, path, &source, NULL, err));
    folder = mec_path_dirname(arena, path);
    st = folder == NULL ? mec_no_memory(err)
                        : mec_nmodl_compile(arena, path, folder, source, &result, err);
    for (size_t i = 0; i < result.n_diagnostic; i++) {
        mec_diagnostic_print(&result.diagnostic[i], path, source, out);
    }
    if (st == MEC_OK) {
        mec_text_printf(out, "%s: %s: good\n", path, result.name);
    }
done:
    mec_arena_free(arena);
    return st;
}

static mec_status run_check(int argc, const char *const argv[], mec_err *err)
{
    mec_text out = MEC_TEXT_INIT;
    mec_status st = MEC_OK;
    int n_bad = 0;

    for (int i = 0; i < argc; i++) {
        mec_err own = {0};
        mec_status one = check_file(argv[i], &out, &own);
        if (one != MEC_OK) {
            n_bad++;
            if (one != MEC_E_INPUT) {
                st = mec_fail(err, one, "%s", own.text);
                goto done;
            }
            (void)mec_fail(err, one, "%s", own.text);
        }
    }
    MEC_TRY(print_out(&out, err));
    if (n_bad > 0) {
        st = MEC_E_INPUT;
    }
    if (n_bad > 1) {
        st = mec_fail(err, MEC_E_INPUT, "%d of %d files have errors (listed above)",
                      n_bad, argc);
    }
done:
    mec_text_clear(&out);
    return st;
}

const mec_command mec_cmd_mechanisms_check = {
    .name = "mechanisms check",
    .arguments = "FILE...",
    .summary = "check .mod files, print every error and warning with its line",
    .min_arguments = 1,
    .max_arguments = -1,
    .run = run_check,
};

/* ---- compile ---- */

static mec_status run_compile(int argc, const char *const argv[], mec_err *err)
{
    mec_arena *arena = mec_arena_new();
    mec_catalogue *catalogue = NULL;
    mec_text out = MEC_TEXT_INIT;
    mec_status st = MEC_OK;
    const char *folder = opt.out;

    (void)argc;
    if (arena == NULL) {
        return mec_no_memory(err);
    }
    if (folder == NULL) {
        folder = mec_path_join(arena, argv[0], "compiled");
    }
    if (folder == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(mec_mechanisms_build(argv[0], folder, err));
    MEC_TRY(mec_catalogue_load(folder, &catalogue, err));
    for (int32_t i = 0; i < mec_catalogue_count(catalogue); i++) {
        const mec_mechanism_desc *desc = mec_catalogue_get(catalogue, i);
        if (mec_catalogue_is_builtin(catalogue, i)) {
            continue;
        }
        mec_text_printf(&out, "%s: %s\n", desc->file, desc->name);
    }
    MEC_TRY(print_out(&out, err));
done:
    mec_catalogue_free(catalogue);
    mec_text_clear(&out);
    mec_arena_free(arena);
    return st;
}

static const mec_option compile_options[] = {
    {"o", MEC_OPTION_STRING, &opt.out, "DIR",
     "where the shared objects and mechanisms.json go (default: compiled/ in the\n"
     "folder of the .mod files)"},
    {NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

const mec_command mec_cmd_mechanisms_compile = {
    .name = "mechanisms compile",
    .arguments = "DIR",
    .summary = "compile the .mod files of a folder into shared objects",
    .description =
        "Objects are kept in a cache ($MECOMBO_CACHE, else "
        "~/.cache/mecombo), so only what changed\nis compiled. The C compiler "
        "is $MECOMBO_CC, else cc, gcc or clang.",
    .options = compile_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_compile,
};

/* ---- list ---- */

static const char *const kind_names[] = {
    [MEC_DENSITY] = "density",
    [MEC_POINT_PROCESS] = "point_process",
    [MEC_ARTIFICIAL_CELL] = "artificial_cell",
};

static void add_name(mec_text *out, bool *first, const char *name)
{
    mec_text_add(out, *first ? "" : ", ");
    mec_json_print_string(name, out);
    *first = false;
}

static void add_columns(mec_text *out, const mec_mechanism_desc *desc, bool states)
{
    bool first = true;

    for (int32_t i = 0; i < desc->n_variable; i++) {
        const mec_column_desc *column = &desc->columns[i];
        bool state = column->kind == MEC_COLUMN_STATE;
        if (column->visible && state == states) {
            add_name(out, &first, column->name);
        }
    }
}

static void add_globals(mec_text *out, const mec_mechanism_desc *desc)
{
    bool first = true;

    for (int32_t i = 0; i < desc->n_global; i++) {
        if (desc->globals[i].name[0] != '\0') {
            add_name(out, &first, desc->globals[i].name);
        }
    }
}

/* The names of an ion's variables in a bit set: "ena", "cai" ... */
static void add_ion_names(mec_text *out, const char *ion, int32_t bits)
{
    static const char *const before[] = {
        [MEC_ION_E] = "e", [MEC_ION_CI] = "", [MEC_ION_CO] = "", [MEC_ION_I] = "i"};
    static const char *const after[] = {
        [MEC_ION_E] = "", [MEC_ION_CI] = "i", [MEC_ION_CO] = "o", [MEC_ION_I] = ""};
    bool first = true;

    mec_text_add_char(out, '[');
    for (int32_t k = 0; k < MEC_ION_DIDV; k++) {
        char name[64];
        if ((bits >> k & 1) != 0) {
            (void)snprintf(name, sizeof name, "%s%s%s", before[k], ion, after[k]);
            add_name(out, &first, name);
        }
    }
    mec_text_add_char(out, ']');
}

static void add_ions(mec_text *out, const mec_mechanism_desc *desc)
{
    for (int32_t i = 0; i < desc->n_ion; i++) {
        const mec_ion_use *ion = &desc->ions[i];
        mec_text_add(out, i > 0 ? ", {\"ion\": " : "{\"ion\": ");
        mec_json_print_string(ion->ion, out);
        mec_text_add(out, ", \"read\": ");
        add_ion_names(out, ion->ion, ion->reads);
        mec_text_add(out, ", \"write\": ");
        add_ion_names(out, ion->ion, ion->writes);
        mec_text_add(out, ", \"valence\": ");
        if (ion->valence == 0.0) {
            mec_text_add(out, "null}");
        } else {
            mec_text_add_double(out, ion->valence);
            mec_text_add_char(out, '}');
        }
    }
}

static void add_mechanism(mec_text *out, const mec_mechanism_desc *desc)
{
    bool first = true;

    mec_text_add(out, "  {\"suffix\": ");
    mec_json_print_string(desc->name, out);
    mec_text_printf(out, ", \"kind\": \"%s\", \"file\": ", kind_names[desc->kind]);
    mec_json_print_string(desc->file, out);
    mec_text_add(out, ",\n   \"range\": [");
    add_columns(out, desc, false);
    mec_text_add(out, "],\n   \"global\": [");
    add_globals(out, desc);
    mec_text_add(out, "],\n   \"states\": [");
    add_columns(out, desc, true);
    mec_text_add(out, "],\n   \"ions\": [");
    add_ions(out, desc);
    mec_text_add(out, "],\n   \"methods\": [");
    for (int32_t i = 0; i < desc->n_method; i++) {
        add_name(out, &first, desc->methods[i]);
    }
    mec_text_add(out, "]}");
}

static void print_catalogue(const mec_catalogue *catalogue, mec_text *out)
{
    bool first = true;

    mec_text_add(out, "[");
    for (int32_t i = 0; i < mec_catalogue_count(catalogue); i++) {
        if (!mec_catalogue_is_builtin(catalogue, i)) {
            mec_text_add(out, first ? "\n" : ",\n");
            add_mechanism(out, mec_catalogue_get(catalogue, i));
            first = false;
        }
    }
    mec_text_add(out, first ? "]\n" : "\n]\n");
}

/* The folder is one that `compile` made, or one with .mod files, built into a folder that
 * is removed at the end. */
static mec_status run_list(int argc, const char *const argv[], mec_err *err)
{
    mec_arena *arena = mec_arena_new();
    const char *root = getenv("TMPDIR");
    const char *listed, *folder = argv[0];
    char *temporary = NULL;
    mec_catalogue *catalogue = NULL;
    mec_text out = MEC_TEXT_INIT;
    mec_status st = MEC_OK;
    mec_err ignored = {0};

    (void)argc;
    if (arena == NULL) {
        return mec_no_memory(err);
    }
    listed = mec_path_join(arena, folder, "mechanisms.json");
    if (listed != NULL && !mec_path_exists(listed)) {
        temporary = mec_arena_printf(arena, "%s/mecombo-XXXXXX",
                                     root != NULL && *root != '\0' ? root : "/tmp");
        if (temporary == NULL || mkdtemp(temporary) == NULL) {
            temporary = NULL;
            st = mec_fail(err, MEC_E_IO, "no temporary folder (set TMPDIR)");
            goto done;
        }
        MEC_TRY(mec_mechanisms_build(folder, temporary, err));
        folder = temporary;
    }
    MEC_TRY(mec_catalogue_load(folder, &catalogue, err));
    print_catalogue(catalogue, &out);
    if (opt.json != NULL && mec_text_ok(&out)) {
        st = mec_write_file(opt.json, mec_text_string(&out), out.length, err);
    } else {
        st = print_out(&out, err);
    }
done:
    mec_catalogue_free(catalogue);
    if (temporary != NULL && mec_remove_tree(temporary, &ignored) != MEC_OK) {
        mec_log_err(&ignored);
    }
    mec_text_clear(&out);
    mec_arena_free(arena);
    return st;
}

static const mec_option list_options[] = {
    {"json", MEC_OPTION_STRING, &opt.json, "OUT", "write to a file instead of stdout"},
    {NULL, MEC_OPTION_FLAG, NULL, NULL, NULL}};

const mec_command mec_cmd_mechanisms_list = {
    .name = "mechanisms list",
    .arguments = "DIR",
    .summary = "list what the mechanisms of a folder declare, as JSON",
    .description =
        "DIR holds .mod files, or is what `mecombo mechanisms compile` made.",
    .options = list_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_list,
};
