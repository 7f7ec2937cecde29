/* Traces of an evaluation as HDF5: a group per protocol, a dataset [n, 2] per recording. */

#include "evaluate_priv.h"

#include <mecombo/h5.h>
#include <mecombo/path.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *unit_of(const char *variable)
{
    size_t n = strlen(variable);

    if (strcmp(variable, "v") == 0) {
        return "mV";
    }
    if (variable[0] == 'i') {
        return "mA/cm2";
    }
    if (n > 1 && (variable[n - 1] == 'i' || variable[n - 1] == 'o')) {
        return "mM";
    }
    return variable[0] == 'e' ? "mV" : "1";
}

static mec_status location_text(evaluation *e, const mec_place *place, const char **out,
                                mec_err *err)
{
    char x_text[32];
    int32_t section;
    double x;
    mec_status st;

    MEC_TRY(place_find(e, place, &section, &x, err));
    mec_double_repr(x, x_text);
    *out = mec_arena_printf(e->arena, "%s(%s)", e->morphology->section[section].name,
                            x_text);
    st = *out == NULL ? mec_no_memory(err) : MEC_OK;
done:
    return st;
}

static mec_status write_one(evaluation *e, mec_h5 *file, const mec_protocol *p,
                            const mec_recording *r, const response *trace, mec_err *err)
{
    const char *name = mec_arena_printf(e->arena, "/%s/%s", p->name, r->name);
    double *rows = mec_arena_calloc(e->arena, trace->n, 2 * sizeof *rows);
    const char *location;
    mec_status st;

    if (name == NULL || rows == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < trace->n; i++) {
        rows[2 * i] = trace->t[i];
        rows[2 * i + 1] = trace->v[i];
    }
    MEC_TRY(location_text(e, r->place, &location, err));
    MEC_TRY(mec_h5_write_doubles(file, name, trace->n, 2, rows, err));
    MEC_TRY(
        mec_h5_write_string_attribute(file, name, "unit", unit_of(r->variable), err));
    MEC_TRY(mec_h5_write_string_attribute(file, name, "location", location, err));
done:
    return st;
}

static mec_status write_all(evaluation *e, mec_h5 *file, mec_err *err)
{
    mec_status st = MEC_OK;

    for (size_t i = 0; i < e->model->n_protocol; i++) {
        const mec_protocol *p = &e->model->protocol[i];

        for (size_t k = 0; k < p->n_recording; k++) {
            const response *trace = response_find(e, p->recording[k].name);

            if (trace != NULL && trace->exists) {
                MEC_TRY(write_one(e, file, p, &p->recording[k], trace, err));
            }
        }
    }
done:
    return st;
}

/* Written under a hidden name of its own and then renamed: whoever opens the file finds
 * all of it, also when an evaluation is killed here or two write the same file. */
mec_status traces_write(evaluation *e, mec_err *err)
{
    const char *path = e->job->traces_path;
    const char *folder = mec_path_dirname(e->arena, path);
    const char *name = mec_arena_printf(e->arena, ".%s.part-%ld",
                                        mec_path_basename(path), (long)getpid());
    const char *part =
        folder == NULL || name == NULL ? NULL : mec_path_join(e->arena, folder, name);
    mec_h5 *file = NULL;
    mec_status st;

    if (part == NULL) {
        return mec_no_memory(err);
    }
    st = mec_h5_open(part, MEC_H5_CREATE, &file, err);
    if (st == MEC_OK) {
        st = write_all(e, file, err);

        mec_status closed = mec_h5_close(file, st == MEC_OK ? err : NULL);
        st = st == MEC_OK ? closed : st;
    }
    if (st == MEC_OK && rename(part, path) != 0) {
        st = mec_fail(err, MEC_E_IO, "%s: cannot be renamed to %s: %s", part, path,
                      strerror(errno));
    }
    if (st != MEC_OK) {
        (void)unlink(part);
    }
    return st;
}
