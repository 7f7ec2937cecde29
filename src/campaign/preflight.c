/* prepare --dry-run: does every morphology suit its e-models? What is found are warnings,
 * for such rows are a normal part of a campaign: they end as exceptions or fail the gate. */

#include "preflight_priv.h"

#include "apical_priv.h"
#include "say_priv.h"

#include <mecombo/evaluate.h>
#include <mecombo/log.h>
#include <mecombo/map.h>
#include <mecombo/path.h>

#include <string.h>

enum { MAX_WARNINGS = 20 };

typedef struct preflight {
    mec_arena *arena;
    const emodel_map *map;
    mec_map *apical; /* folder -> its apical points, NULL: it has none */
    mec_map *seen;   /* package, e-model and file that were checked */
    size_t n_bad;
} preflight;

/* The package of a row, as it comes in; rows of originals name the original. */
static const char *package_of(const preflight *p, const combo *row)
{
    for (size_t i = 0; i < p->map->n; i++) {
        const emodel_entry *entry = &p->map->entry[i];

        if (strcmp(entry->original, row->original_emodel) == 0) {
            return entry->source;
        }
    }
    return NULL;
}

static void report(preflight *p, const combo *row, const mec_job *job, const char *what)
{
    if (p->n_bad++ < MAX_WARNINGS) {
        mec_log(MEC_LOG_WARNING, "%s with e-model %s: %s", job->morphology, row->emodel,
                what);
    }
}

static mec_status check_row(preflight *p, const combo *row, mec_err *err)
{
    mec_job job = {
        .emodel_dir = package_of(p, row), .emodel = row->emodel, .apical_section = -1};
    const char *ext = row->morph_ext == NULL ? ".asc" : row->morph_ext;
    const mec_json *points;
    mec_text remarks = MEC_TEXT_INIT;
    mec_err why = MEC_ERR_INIT;
    mec_status st = apical_read(p->arena, p->apical, row->morph_dir, &points, err);

    MEC_TRY(st);
    job.morphology =
        mec_arena_printf(p->arena, "%s/%s%s", row->morph_dir, row->morph_name, ext);
    char *key = mec_arena_printf(p->arena, "%s\x1f%s\x1f%s", job.emodel_dir, job.emodel,
                                 job.morphology);
    if (job.morphology == NULL || key == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    if (job.emodel_dir == NULL || mec_map_has(p->seen, key) ||
        !mec_path_exists(job.morphology)) {
        goto done;
    }
    const mec_json *point = mec_json_get(points, row->morph_name);
    if (point != NULL && point->type == MEC_JSON_NUMBER) {
        job.apical_section = (int32_t)point->number;
    }
    st = mec_job_check(&job, &remarks, &why);
    if (st != MEC_OK) {
        report(p, row, &job, why.text);
    } else if (remarks.length > 0) {
        report(p, row, &job, mec_text_string(&remarks));
    }
    st = mec_map_set(p->seen, key, NULL) ? MEC_OK : mec_no_memory(err);
done:
    mec_text_clear(&remarks);
    return st;
}

mec_status preflight_check(mec_arena *arena, const emodel_map *map,
                           const combo_table *table, size_t *n_bad, mec_err *err)
{
    preflight p = {
        .arena = arena, .map = map, .apical = mec_map_new(), .seen = mec_map_new()};
    mec_status st = MEC_OK;

    if (p.apical == NULL || p.seen == NULL) {
        st = mec_no_memory(err);
        goto done;
    }
    say("Checking every morphology against its e-models");
    for (size_t i = 0; i < table->n; i++) {
        MEC_TRY(check_row(&p, &table->row[i], err));
    }
    if (p.n_bad > MAX_WARNINGS) {
        mec_log(MEC_LOG_WARNING, "and %zu more like these", p.n_bad - MAX_WARNINGS);
    }
    *n_bad = p.n_bad;
done:
    mec_map_free(p.apical);
    mec_map_free(p.seen);
    return st;
}
