/* HDF5 files: opening, and what is in them. */

#include <mecombo/h5.h>

#include "h5_priv.h"

#include <mecombo/path.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_NUMBERS = 1 << 30 };

void h5_drop(hid_t id)
{
    if (id >= 0) {
        /* every call of HDF5 forgets the failure of the one before */
        hid_t stack = H5Eget_current_stack();

        H5Idec_ref(id);
        H5Eset_current_stack(stack);
    }
}

static herr_t copy_description(unsigned n, const H5E_error2_t *error, void *arg)
{
    char *text = arg;

    if (n == 0 && error->desc != NULL) {
        strncpy(text, error->desc, 299);
    }
    return 0;
}

mec_status h5_fail(const mec_h5 *h5, const char *object, mec_status code,
                   const char *what, mec_err *err)
{
    char reason[300] = "";

    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, copy_description, reason);
    H5Eclear2(H5E_DEFAULT);
    return mec_fail(
        err, code, "%s: %s%s%s%s%s%s", h5->path, object, *object == '\0' ? "" : ": ",
        what, *reason == '\0' ? "" : " (HDF5: ", reason, *reason == '\0' ? "" : ")");
}

mec_status h5_no_memory(const mec_h5 *h5, mec_err *err)
{
    return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", h5->path);
}

/* A file access list: locks where the file system has them, and no object outlives the
   file. */
static hid_t access_list(void)
{
    hid_t list = H5Pcreate(H5P_FILE_ACCESS);

#if H5_VERSION_GE(1, 10, 7)
    H5Pset_file_locking(list, 1, 1);
#endif
    H5Pset_fclose_degree(list, H5F_CLOSE_STRONG);
    return list;
}

static mec_status open_existing(mec_h5 *h5, mec_h5_mode mode, hid_t access,
                                mec_err *err)
{
    if (mec_path_is_directory(h5->path)) {
        return mec_fail(err, MEC_E_IO, "%s: is a directory, expected a file", h5->path);
    }
    if (faccessat(AT_FDCWD, h5->path, mode == MEC_H5_READ ? R_OK : R_OK | W_OK,
                  AT_EACCESS) != 0) {
        return mec_fail(err, MEC_E_IO, "%s: cannot open: %s", h5->path,
                        strerror(errno));
    }
    if (H5Fis_hdf5(h5->path) <= 0) {
        return mec_fail(err, MEC_E_INPUT, "%s: is not an HDF5 file", h5->path);
    }
    h5->file =
        H5Fopen(h5->path, mode == MEC_H5_READ ? H5F_ACC_RDONLY : H5F_ACC_RDWR, access);
    if (h5->file < 0) {
        return h5_fail(
            h5, "", MEC_E_INPUT,
            "cannot be opened: cut off, damaged, or in use by another program", err);
    }
    return MEC_OK;
}

static mec_status create(mec_h5 *h5, hid_t access, mec_err *err)
{
    h5->file = H5Fcreate(h5->path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
    return h5->file < 0 ? h5_fail(h5, "", MEC_E_IO, "cannot be created", err) : MEC_OK;
}

mec_status mec_h5_open(const char *path, mec_h5_mode mode, mec_h5 **out, mec_err *err)
{
    mec_status st = MEC_OK;
    mec_h5 *h5 = calloc(1, sizeof *h5);
    hid_t access = H5I_INVALID_HID;

    *out = NULL;
    if (h5 == NULL || (h5->path = strdup(path)) == NULL) {
        free(h5);
        return mec_fail(err, MEC_E_NOMEM, "%s: out of memory", path);
    }
    h5->file = H5I_INVALID_HID;
    H5Eset_auto2(H5E_DEFAULT, NULL, NULL);
    access = access_list();
    if (mode == MEC_H5_CREATE || (mode == MEC_H5_APPEND && !mec_path_exists(path))) {
        MEC_TRY(create(h5, access, err));
    } else {
        MEC_TRY(open_existing(h5, mode, access, err));
    }
    *out = h5;
done:
    h5_drop(access);
    if (st != MEC_OK) {
        free(h5->path);
        free(h5);
    }
    return st;
}

mec_status mec_h5_close(mec_h5 *h5, mec_err *err)
{
    mec_status st = MEC_OK;

    if (h5 == NULL) {
        return MEC_OK;
    }
    if (H5Fclose(h5->file) < 0) {
        st = h5_fail(h5, "", MEC_E_IO, "cannot be written (is the disk full?)", err);
    }
    free(h5->path);
    free(h5);
    return st;
}

mec_status mec_h5_flush(mec_h5 *h5, mec_err *err)
{
    if (H5Fflush(h5->file, H5F_SCOPE_GLOBAL) < 0) {
        return h5_fail(h5, "", MEC_E_IO, "cannot be written (is the disk full?)", err);
    }
    return MEC_OK;
}

/* Every group on the way must be asked for, HDF5 fails on a missing one. */
bool mec_h5_has(mec_h5 *h5, const char *name)
{
    char *part = strdup(name);
    bool has = part != NULL;

    for (char *end = part; has && end != NULL && *end != '\0';) {
        end += strspn(end, "/");
        end += strcspn(end, "/");
        char kept = *end;
        *end = '\0';
        if (part[strspn(part, "/")] != '\0') { /* the root group is there */
            has = H5Lexists(h5->file, part, H5P_DEFAULT) > 0 &&
                  H5Oexists_by_name(h5->file, part, H5P_DEFAULT) > 0;
        }
        *end = kept;
    }
    H5Eclear2(H5E_DEFAULT);
    free(part);
    return has;
}

bool mec_h5_is_dataset(mec_h5 *h5, const char *name)
{
    if (!mec_h5_has(h5, name)) {
        return false;
    }
    hid_t object = H5Oopen(h5->file, name, H5P_DEFAULT);
    bool is_dataset = object >= 0 && H5Iget_type(object) == H5I_DATASET;
    h5_drop(object);
    H5Eclear2(H5E_DEFAULT);
    return is_dataset;
}

/* The name of link i of a group, in strcmp order; NULL when that fails. */
static char *link_name(hid_t group, hsize_t i, mec_arena *arena)
{
    ssize_t length = H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i, NULL,
                                        0, H5P_DEFAULT);
    char *name = length < 0 ? NULL : mec_arena_alloc(arena, (size_t)length + 1);

    if (name != NULL && H5Lget_name_by_idx(group, ".", H5_INDEX_NAME, H5_ITER_INC, i,
                                           name, (size_t)length + 1, H5P_DEFAULT) < 0) {
        name = NULL;
    }
    return name;
}

mec_status mec_h5_list(mec_h5 *h5, mec_arena *arena, const char *group, size_t *n,
                       const char *const **names, mec_err *err)
{
    mec_status st = MEC_OK;
    H5G_info_t info;

    *n = 0;
    *names = NULL;
    hid_t id = H5Gopen2(h5->file, group, H5P_DEFAULT);
    if (id < 0 || H5Gget_info(id, &info) < 0) {
        st = h5_fail(h5, group, MEC_E_INPUT, "no such group", err);
        goto done;
    }
    const char **list = mec_arena_calloc(arena, (size_t)info.nlinks, sizeof *list);
    if (list == NULL) {
        st = h5_no_memory(h5, err);
        goto done;
    }
    for (hsize_t i = 0; i < info.nlinks; i++) {
        list[i] = link_name(id, i, arena);
        if (list[i] == NULL) {
            st = h5_fail(h5, group, MEC_E_IO, "cannot be listed", err);
            goto done;
        }
    }
    *n = (size_t)info.nlinks;
    *names = *n == 0 ? NULL : list;
done:
    h5_drop(id);
    return st;
}

void h5_dataset_close(h5_dataset *d)
{
    h5_drop(d->type);
    h5_drop(d->space);
    h5_drop(d->id);
}

/* Rows and columns of a dataspace; false when there are more than two dimensions. */
static bool get_shape(hid_t space, size_t *n_rows, size_t *n_columns)
{
    hsize_t size[2] = {1, 1};
    int n_dimensions = H5Sget_simple_extent_ndims(space);

    if (n_dimensions < 0 || n_dimensions > 2 ||
        H5Sget_simple_extent_dims(space, size, NULL) < 0) {
        return false;
    }
    if (H5Sget_simple_extent_type(space) == H5S_NULL) {
        size[0] = 0;
    }
    *n_rows = (size_t)size[0];
    *n_columns = (size_t)size[1];
    return true;
}

mec_status h5_dataset_open(mec_h5 *h5, const char *name, h5_dataset *d, mec_err *err)
{
    *d = (h5_dataset){H5I_INVALID_HID, H5I_INVALID_HID, H5I_INVALID_HID, 0, 0};
    if (!mec_h5_has(h5, name)) {
        return h5_fail(h5, name, MEC_E_INPUT, "no such dataset", err);
    }
    if (!mec_h5_is_dataset(h5, name)) {
        return h5_fail(h5, name, MEC_E_INPUT, "is not a dataset", err);
    }
    d->id = H5Dopen2(h5->file, name, H5P_DEFAULT);
    d->space = H5Dget_space(d->id);
    d->type = H5Dget_type(d->id);
    if (d->id < 0 || d->space < 0 || d->type < 0) {
        return h5_fail(h5, name, MEC_E_INPUT, "cannot be opened", err);
    }
    if (!get_shape(d->space, &d->n_rows, &d->n_columns)) {
        return h5_fail(h5, name, MEC_E_INPUT, "has more than two dimensions", err);
    }
    if (d->n_columns != 0 && d->n_rows > MAX_NUMBERS / d->n_columns) {
        return h5_fail(h5, name, MEC_E_LIMIT,
                       "has more than a thousand million elements", err);
    }
    return MEC_OK;
}

mec_status mec_h5_shape(mec_h5 *h5, const char *name, size_t *n_rows, size_t *n_columns,
                        mec_err *err)
{
    h5_dataset d;
    mec_status st = h5_dataset_open(h5, name, &d, err);

    *n_rows = d.n_rows;
    *n_columns = d.n_columns;
    h5_dataset_close(&d);
    return st;
}
