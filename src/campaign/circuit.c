/* circuit.mvd3: the cells of a circuit, one row each (BLUEPYMM.md A.3). */

#include "inputs_priv.h"

#include <mecombo/h5.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* One property of all cells: indices into a library of names. */
typedef struct property {
    size_t n;
    int64_t *value;
    size_t n_names;
    const char *const *name; /* NULL: the value itself is the name */
} property;

static mec_status read_property(mec_h5 *h5, mec_arena *arena, const char *what,
                                bool library_is_optional, property *out, mec_err *err)
{
    char path[64];
    mec_status st = MEC_OK;

    *out = (property){0};
    snprintf(path, sizeof path, "/cells/properties/%s", what);
    MEC_TRY(mec_h5_read_ints(h5, arena, path, &out->n, NULL, &out->value, err));
    snprintf(path, sizeof path, "/library/%s", what);
    if (library_is_optional && !mec_h5_has(h5, path)) {
        goto done;
    }
    MEC_TRY(mec_h5_read_strings(h5, arena, path, &out->n_names, &out->name, err));
done:
    return st;
}

static mec_status property_text(const property *p, mec_arena *arena, const char *file,
                                const char *what, size_t i, const char **out,
                                mec_err *err)
{
    int64_t value = p->value[i];

    if (p->name == NULL) {
        *out = mec_arena_printf(arena, "%" PRId64, value);
        return *out == NULL ? mec_no_memory(err) : MEC_OK;
    }
    /* Python counts a negative index from the end; no circuit means that. */
    if (value < 0 || (uint64_t)value >= p->n_names) {
        return mec_fail(err, MEC_E_INPUT,
                        "%s: /cells/properties/%s[%zu] is %" PRId64
                        " but /library/%s has %zu names (the file is inconsistent)",
                        file, what, i, value, what, p->n_names);
    }
    *out = p->name[value];
    return MEC_OK;
}

static mec_status fill_cells(mec_arena *arena, const property p[4], circuit *out,
                             mec_err *err)
{
    static const char *const what[] = {"layer", "mtype", "etype", "morphology"};
    mec_status st = MEC_OK;

    for (int k = 1; k < 4; k++) {
        if (p[k].n != p[0].n) {
            return mec_fail(err, MEC_E_INPUT,
                            "%s: /cells/properties/%s has %zu cells, layer has %zu "
                            "(the file is inconsistent)",
                            out->file, what[k], p[k].n, p[0].n);
        }
    }
    if (p[0].n == 0) {
        return mec_fail(err, MEC_E_INPUT, "%s: the circuit has no cells", out->file);
    }
    out->record = mec_arena_calloc(arena, p[0].n, sizeof *out->record);
    if (out->record == NULL) {
        return mec_no_memory(err);
    }
    for (size_t i = 0; i < p[0].n; i++) {
        cell_record *cell = &out->record[i];
        const char **field[] = {&cell->layer, &cell->fullmtype, &cell->etype,
                                &cell->morph_name};

        for (int k = 0; k < 4; k++) {
            MEC_TRY(property_text(&p[k], arena, out->file, what[k], i, field[k], err));
        }
    }
    out->n = p[0].n;
done:
    return st;
}

mec_status circuit_read(mec_arena *arena, const char *path, circuit *out, mec_err *err)
{
    mec_h5 *h5 = NULL;
    property p[4];
    mec_status st = MEC_OK;
    mec_err ignored = MEC_ERR_INIT;

    *out = (circuit){.file = path};
    MEC_TRY(mec_h5_open(path, MEC_H5_READ, &h5, err));
    MEC_TRY(read_property(h5, arena, "layer", true, &p[0], err));
    MEC_TRY(read_property(h5, arena, "mtype", false, &p[1], err));
    MEC_TRY(read_property(h5, arena, "etype", false, &p[2], err));
    MEC_TRY(read_property(h5, arena, "morphology", false, &p[3], err));
    MEC_TRY(fill_cells(arena, p, out, err));
done:
    if (h5 != NULL && mec_h5_close(h5, st == MEC_OK ? err : &ignored) != MEC_OK &&
        st == MEC_OK) {
        st = MEC_E_IO;
    }
    return st;
}
