/* Checking a package without simulating.
 *
 * Everything that could fail for every morphology is tried on a small cell with one
 * section of each kind, by the code that builds the real ones.
 */

#include "evaluate_priv.h"

#include <mecombo/log.h>
#include <mecombo/path.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Soma, then neurites of 200 um: an axon that branches (some replacements want three
 * sections), a basal and an apical dendrite. */
static const char test_cell[] =
    "1 1 0 0 0 5 -1\n"
    "2 2 0 -5 0 1 1\n3 2 0 -105 0 1 2\n4 2 50 -155 0 0.5 3\n5 2 -50 -155 0 0.5 3\n"
    "6 3 5 0 0 1 1\n7 3 105 0 0 1 6\n8 3 205 0 0 0.5 7\n"
    "9 4 0 5 0 1 1\n10 4 0 105 0 1 9\n11 4 0 205 0 0.5 10\n";

static mec_status write_test_cell(mec_arena *arena, char **path, mec_err *err)
{
    const char *root = getenv("TMPDIR");
    int fd;
    bool written;

    *path = mec_arena_printf(arena, "%s/mecombo-check-XXXXXX.swc",
                             root != NULL && root[0] != '\0' ? root : "/tmp");
    if (*path == NULL) {
        return mec_no_memory(err);
    }
    fd = mkstemps(*path, (int)strlen(".swc"));
    if (fd < 0) {
        return mec_fail(err, MEC_E_IO, "%s: cannot be made (set TMPDIR)", *path);
    }
    written =
        write(fd, test_cell, sizeof test_cell - 1) == (ssize_t)sizeof test_cell - 1;
    if (close(fd) != 0 || !written) {
        unlink(*path);
        return mec_fail(err, MEC_E_IO, "%s: cannot be written", *path);
    }
    return MEC_OK;
}

static bool is_feature(const char *name)
{
    for (size_t i = 0; i < mec_efeature_count(); i++) {
        if (strcmp(mec_efeature_name(i), name) == 0) {
            return true;
        }
    }
    return false;
}

static mec_status unknown_feature(mec_arena *arena, const mec_feature *f, mec_err *err)
{
    size_t n = mec_efeature_count();
    const char **names = mec_arena_calloc(arena, n, sizeof *names);
    const char *nearest = NULL;

    for (size_t i = 0; names != NULL && i < n; i++) {
        names[i] = mec_efeature_name(i);
    }
    if (names != NULL) {
        nearest = mec_nearest_name(f->efel_name, n, names);
    }
    return mec_fail(err, MEC_E_INPUT, "%s:%d: eFEL has no feature \"%s\"%s%s%s",
                    f->origin.file, f->origin.line, f->efel_name,
                    nearest != NULL ? "; did you mean \"" : "",
                    nearest != NULL ? nearest : "", nearest != NULL ? "\"?" : "");
}

/* A protocol that waits for a threshold that nothing finds: in an SSCx package BluePyMM
 * only notices when it runs, so that is a warning; BluePyEModel would search. */
static mec_status check_protocols(const mec_emodel *m, mec_err *err)
{
    for (size_t i = 0; i < m->n_protocol && m->main == NULL; i++) {
        const mec_protocol *p = &m->protocol[i];

        if (p->kind == MEC_PROTOCOL_SWEEP || p->kind == MEC_PROTOCOL_STEP) {
            continue;
        }
        if (m->form == MEC_PACKAGE_BLUEPYEMODEL) {
            return mec_fail(
                err, MEC_E_INPUT,
                "%s:%d: protocol \"%s\" needs BluePyEModel's search for the "
                "threshold, which is not supported (use protocol_type "
                "\"Protocol\")",
                p->origin.file, p->origin.line, p->name);
        }
        mec_log(
            MEC_LOG_WARNING,
            "%s:%d: protocol \"%s\" needs a threshold current, but there is no Main "
            "protocol to find one: every combination will fail",
            p->origin.file, p->origin.line, p->name);
    }
    return MEC_OK;
}

static mec_status check_features(evaluation *e, mec_err *err)
{
    for (size_t i = 0; i < e->model->n_objective; i++) {
        const mec_objective *o = &e->model->objective[i];

        for (size_t k = 0; k < o->n_feature; k++) {
            const mec_feature *f = &o->feature[k];

            if (f->rule != MEC_SCORE_RESPONSE && !is_feature(f->efel_name)) {
                return unknown_feature(e->arena, f, err);
            }
        }
    }
    return MEC_OK;
}

mec_status mec_emodel_check(const char *emodel_dir, const char *emodel,
                            const mec_json *params, mec_err *err)
{
    mec_job job = {.emodel_dir = emodel_dir,
                   .emodel = emodel,
                   .params = params,
                   .apical_section = -1};
    evaluation e = {.job = &job, .arena = mec_arena_new()};
    char *path = NULL;
    mec_status st;

    if (e.arena == NULL) {
        return mec_no_memory(err);
    }
    MEC_TRY(write_test_cell(e.arena, &path, err));
    job.morphology = path;
    MEC_TRY(evaluation_load(&e, err));
    MEC_TRY(check_protocols(e.model, err));
    MEC_TRY(check_features(&e, err));
    MEC_TRY(build_morphology(&e, err));
    MEC_TRY(build_cell(&e, err));
done:
    if (path != NULL) {
        unlink(path);
    }
    evaluation_release(&e);
    return st == MEC_OK || st == MEC_E_NOMEM || st == MEC_E_BUG || st == MEC_E_IO
               ? st
               : MEC_E_INPUT;
}
