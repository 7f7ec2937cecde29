/* Packages and morphologies of a run, each looked at once. */

#include "parts_priv.h"

#include "program_priv.h"

#include <mecombo/digest.h>
#include <mecombo/emodel.h>
#include <mecombo/mechanism.h>
#include <mecombo/morphology.h>
#include <mecombo/path.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* Segments of one morphology in one discretisation. */
typedef struct segment_count {
    struct segment_count *next;
    double chunk_um;
    int axon;
    double n;
} segment_count;

static mec_status read_output(parts *p, const char *name, const mec_json **out,
                              mec_err *err)
{
    const char *path = mec_path_join(p->arena, p->config->output_dir, name);

    if (path == NULL) {
        return mec_no_memory(err);
    }
    if (!mec_path_exists(path)) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: no such file (run mecombo prepare first; output_dir must "
                        "be the same)",
                        path);
    }
    return mec_json_read(p->arena, path, out, err);
}

mec_status parts_open(parts *p, mec_err *err)
{
    mec_status st = MEC_OK;

    p->packages = mec_map_new();
    p->morphologies = mec_map_new();
    p->checked = mec_map_new();
    p->params = mec_map_new();
    if (p->packages == NULL || p->morphologies == NULL || p->checked == NULL ||
        p->params == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(read_output(p, "final.json", &p->final, err));
    MEC_TRY(read_output(p, "emodel_dirs.json", &p->emodel_dirs, err));
done:
    return st;
}

void parts_close(parts *p)
{
    mec_map_free(p->packages);
    mec_map_free(p->morphologies);
    mec_map_free(p->checked);
    mec_map_free(p->params);
    MEC_VEC_CLEAR(&p->package);
    MEC_VEC_CLEAR(&p->head);
}

/* ---- packages ---- */

static mec_status find_package(parts *p, const store_row *row, mec_job *job,
                               mec_err *err)
{
    const mec_json *dir = mec_json_get(p->emodel_dirs, row->emodel);
    const mec_json *final = mec_json_get(p->final, row->original_emodel);
    const mec_json *params = mec_json_get(final, "params");

    if (dir == NULL || dir->type != MEC_JSON_STRING) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: no folder for e-model \"%s\" of row %" PRId64
                        " (database and output_dir must come from one prepare)",
                        p->emodel_dirs->file, row->emodel, row->uid);
    }
    if (params == NULL || params->type != MEC_JSON_OBJECT) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: no params for e-model \"%s\" of row %" PRId64
                        " (database and output_dir must come from one prepare)",
                        p->final->file, row->original_emodel, row->uid);
    }
    *job = (mec_job){.emodel = row->emodel,
                     .params = params,
                     .program = program_hash(),
                     .without = p->options->no_shortcuts ? MEC_SHORTCUT_ALL : 0,
                     .free_rounding = p->options->free_rounding};
    job->emodel_dir = mec_path_absolute(p->arena, dir->string);
    return job->emodel_dir == NULL ? mec_no_memory(err) : MEC_OK;
}

/* A package whose mechanisms cannot be loaded would turn each of its rows into an
 * exception: better said once, before anything is run. */
static mec_status check_mechanisms(parts *p, const char *emodel_dir, mec_err *err)
{
    const char *built = mec_emodel_built_directory(p->arena, emodel_dir);
    mec_catalogue *catalogue = NULL;
    mec_status st = MEC_OK;

    if (mec_map_has(p->checked, emodel_dir)) {
        return MEC_OK;
    }
    if (built == NULL || !mec_map_set(p->checked, emodel_dir, NULL)) {
        return mec_no_memory(err);
    }
    if (mec_path_is_directory(built)) {
        st = mec_catalogue_load(built, &catalogue, err);
        mec_catalogue_free(catalogue);
    }
    if (st != MEC_OK) {
        mec_err_prefix(err,
                       "%s: the package must be prepared again (mecombo prepare "
                       "--continu): ",
                       emodel_dir);
    }
    return st;
}

/* What the model itself tells. One that cannot be read says so when it is evaluated. */
static void look_into(package_part *package)
{
    mec_emodel *model = NULL;
    mec_err ignored = MEC_ERR_INIT;

    package->simulated_ms = 1;
    if (mec_emodel_load(package->what.emodel_dir, package->what.emodel, &model,
                        &ignored) == MEC_OK) {
        package->chunk_um = model->nseg_chunk_um;
        package->axon = (int)model->axon;
        for (size_t i = 0; i < model->n_place; i++) {
            package->wants_apical = package->wants_apical ||
                                    model->place[i]->kind == MEC_PLACE_APICAL_POINT;
        }
        for (size_t i = 0; i < model->n_protocol; i++) {
            const mec_protocol *protocol = &model->protocol[i];

            package->simulated_ms +=
                protocol->n_pulse > 0 ? protocol->pulse[0].total_ms : 0;
        }
    }
    mec_emodel_free(model);
}

/* One pointer and one digest per distinct set of parameters. */
static mec_status intern_params(parts *p, package_part *package, mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;
    mec_sha256 sha;
    char hex[65];
    mec_status st = MEC_OK;

    mec_json_print(package->what.params, &text);
    package->params = mec_map_get(p->params, mec_text_string(&text));
    if (package->params == NULL && mec_text_ok(&text)) {
        package->params = package;
        st = mec_map_set(p->params, mec_text_string(&text), package)
                 ? MEC_OK
                 : mec_no_memory(err);
    }
    mec_sha256_init(&sha);
    mec_sha256_add_string(&sha, package->what.emodel);
    mec_sha256_add_string(&sha, mec_text_string(&text));
    mec_sha256_hex(&sha, hex);
    package->label = mec_arena_strdup(p->arena, hex);
    if (!mec_text_ok(&text) || package->label == NULL) {
        st = mec_no_memory(err);
    }
    mec_text_clear(&text);
    return st;
}

/* The text that all jobs of a package begin with. */
static mec_status make_head(parts *p, package_part *package, mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;
    mec_pool_head head;

    mec_job_print_common(&package->what, &text);
    if (p->cache != NULL) {
        mec_text_add(&text, ", \"cache\": ");
        mec_json_print_string(p->cache, &text);
        mec_text_add(&text, p->options->retry_failed ? ", \"retry\": true" : "");
    }
    head.n = text.length;
    head.bytes = mec_text_ok(&text)
                     ? mec_arena_strndup(p->arena, mec_text_string(&text), text.length)
                     : NULL;
    mec_text_clear(&text);
    if (head.bytes == NULL || !MEC_VEC_PUSH(&p->head, head)) {
        return mec_no_memory(err);
    }
    package->head = (int32_t)p->head.n;
    return MEC_OK;
}

mec_status parts_package(parts *p, const store_row *row, package_part **out,
                         mec_err *err)
{
    char *names = NULL;
    package_part *package = NULL;
    mec_text key = MEC_TEXT_INIT;
    mec_status st = MEC_OK;

    mec_text_printf(&key, "%s\x1f%s", row->emodel, row->original_emodel);
    names = mec_text_take(&key);
    *out = names == NULL ? NULL : mec_map_get(p->packages, names);
    if (*out != NULL) {
        goto done;
    }
    package = mec_arena_calloc(p->arena, 1, sizeof *package);
    if (package == NULL || names == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    MEC_TRY(find_package(p, row, &package->what, err));
    MEC_TRY(check_mechanisms(p, package->what.emodel_dir, err));
    look_into(package);
    MEC_TRY(intern_params(p, package, err));
    MEC_TRY(make_head(p, package, err));
    package->group = p->package.n;
    if (!MEC_VEC_PUSH(&p->package, package) ||
        !mec_map_set(p->packages, names, package)) {
        st = mec_no_memory(err);
        goto done;
    }
    *out = package;
done:
    free(names);
    return st;
}

/* ---- morphologies ---- */

mec_status parts_morphology(parts *p, const store_row *row, morphology_part **out,
                            mec_err *err)
{
    mec_text text = MEC_TEXT_INIT;
    struct stat info;
    mec_status st = MEC_OK;

    if (row->morph_dir[0] != '\0' && row->morph_name[0] != '/') {
        mec_text_printf(&text, "%s/", row->morph_dir);
    }
    mec_text_printf(&text, "%s%s", row->morph_name, row->morph_ext);
    *out = mec_map_get(p->morphologies, mec_text_string(&text));
    if (*out == NULL) {
        morphology_part *made = mec_arena_calloc(p->arena, 1, sizeof *made);

        if (made == NULL || !mec_text_ok(&text) ||
            !mec_map_set(p->morphologies, mec_text_string(&text), made)) {
            st = mec_no_memory(err);
            goto done;
        }
        made->path = mec_path_absolute(p->arena, mec_text_string(&text));
        if (made->path == NULL) {
            st = mec_no_memory(err);
            goto done;
        }
        made->size = stat(made->path, &info) == 0 ? (int64_t)info.st_size : -1;
        *out = made;
    }
done:
    mec_text_clear(&text);
    return st;
}

/* Segments that replace the axon. */
static double replacement(int axon, double chunk_um)
{
    switch ((mec_axon_treatment)axon) {
    case MEC_TREAT_AXON_KEEP:
        return 0;
    case MEC_TREAT_AXON_BLUEPYOPT:
        return 2;
    case MEC_TREAT_AXON_TAPER:
    case MEC_TREAT_AXON_TAPER_3:
        break;
    }
    return 2 + mec_morphology_nseg(1000, chunk_um);
}

/* Read a morphology and count; 0 when it cannot be read. */
static double count_segments(const char *path, double chunk_um, int axon)
{
    mec_morphology *morphology = NULL;
    mec_err ignored = MEC_ERR_INIT;
    double n = 0;

    if (mec_morphology_read(path, &morphology, &ignored) != MEC_OK) {
        return 0;
    }
    for (int32_t i = 0; i < morphology->n_section; i++) {
        const mec_section *section = &morphology->section[i];

        if (section->type != MEC_SECTION_AXON || axon == MEC_TREAT_AXON_KEEP) {
            n += chunk_um > 0 ? mec_morphology_nseg(section->length_um, chunk_um)
                              : section->nseg;
        }
    }
    mec_morphology_free(morphology);
    return n + replacement(axon, chunk_um > 0 ? chunk_um : 40);
}

static double segments_of(parts *p, const package_part *package, morphology_part *m)
{
    const double bytes_per_segment = 1000; /* of a typical .asc file */

    for (const segment_count *c = m->counts; c != NULL; c = c->next) {
        if (c->chunk_um == package->chunk_um && c->axon == package->axon) {
            return c->n;
        }
    }
    if (m->size <= 0) {
        return 1; /* fails at once */
    }
    segment_count *count = mec_arena_alloc(p->arena, sizeof *count);
    double bytes = (double)m->size;
    if (count != NULL && p->n_counted < PARTS_MOST_READ &&
        m->size <= PARTS_MOST_BYTES) {
        *count = (segment_count){
            .next = m->counts,
            .chunk_um = package->chunk_um,
            .axon = package->axon,
            .n = count_segments(m->path, package->chunk_um, package->axon)};
        m->counts = count;
        p->n_counted++;
        if (count->n > 0) {
            p->counted += count->n;
            p->counted_bytes += bytes;
            return count->n;
        }
        return 1;
    }
    return fmax(1, p->counted > 0 ? bytes * p->counted / p->counted_bytes
                                  : bytes / bytes_per_segment);
}

double parts_size(parts *p, const package_part *package, morphology_part *morphology)
{
    return package->simulated_ms * segments_of(p, package, morphology);
}
