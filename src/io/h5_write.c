/* HDF5 files: writing groups, datasets and attributes. */

#include <mecombo/h5.h>

#include "h5_priv.h"

enum { CHUNK_NUMBERS = 8192 /* of extendible datasets: 64 KiB of doubles */ };

/* Properties that make the groups above a new link. */
static hid_t link_list(void)
{
    hid_t list = H5Pcreate(H5P_LINK_CREATE);

    H5Pset_create_intermediate_group(list, 1);
    return list;
}

mec_status mec_h5_make_group(mec_h5 *h5, const char *group, mec_err *err)
{
    if (mec_h5_has(h5, group)) {
        return mec_h5_is_dataset(h5, group)
                   ? h5_fail(h5, group, MEC_E_INPUT, "is a dataset, not a group", err)
                   : MEC_OK;
    }
    hid_t list = link_list();
    hid_t id = H5Gcreate2(h5->file, group, list, H5P_DEFAULT, H5P_DEFAULT);
    mec_status st =
        id < 0 ? h5_fail(h5, group, MEC_E_IO, "cannot be created", err) : MEC_OK;
    h5_drop(id);
    h5_drop(list);
    return st;
}

/* Properties of a dataset without the time of writing: equal data make equal files. */
static hid_t dataset_list(void)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);

    H5Pset_obj_track_times(list, false);
    return list;
}

/* Make a dataset in place of what has its name; -1 on failure. */
static hid_t replace_dataset(mec_h5 *h5, const char *name, hid_t type, hid_t space,
                             hid_t properties)
{
    if (mec_h5_has(h5, name) && H5Ldelete(h5->file, name, H5P_DEFAULT) < 0) {
        return H5I_INVALID_HID;
    }
    hid_t links = link_list();
    hid_t id = H5Dcreate2(h5->file, name, type, space, links, properties, H5P_DEFAULT);
    h5_drop(links);
    return id;
}

/* Write a dataset of n_dimensions (1 or 2). */
static mec_status write_dataset(mec_h5 *h5, const char *name, int n_dimensions,
                                const hsize_t size[2], hid_t file_type,
                                hid_t memory_type, const void *data, mec_err *err)
{
    mec_status st = MEC_OK;
    hid_t space = H5Screate_simple(n_dimensions, size, NULL);
    hid_t properties = dataset_list();
    hid_t id = replace_dataset(h5, name, file_type, space, properties);
    bool is_empty = size[0] == 0 || (n_dimensions == 2 && size[1] == 0);

    if (id < 0 || (!is_empty && H5Dwrite(id, memory_type, H5S_ALL, H5S_ALL, H5P_DEFAULT,
                                         data) < 0)) {
        st = h5_fail(h5, name, MEC_E_IO, "cannot be written", err);
    }
    h5_drop(id);
    h5_drop(properties);
    h5_drop(space);
    return st;
}

mec_status mec_h5_write_doubles(mec_h5 *h5, const char *name, size_t n_rows,
                                size_t n_columns, const double data[], mec_err *err)
{
    const hsize_t size[2] = {n_rows, n_columns};

    return write_dataset(h5, name, 2, size, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, data,
                         err);
}

mec_status mec_h5_write_ints(mec_h5 *h5, const char *name, size_t n_rows,
                             size_t n_columns, const int32_t data[], mec_err *err)
{
    const hsize_t size[2] = {n_rows, n_columns};

    return write_dataset(h5, name, 2, size, H5T_STD_I32LE, H5T_NATIVE_INT32, data, err);
}

/* The type of UTF-8 strings of variable length. */
static hid_t string_type(void)
{
    hid_t type = H5Tcopy(H5T_C_S1);

    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

mec_status mec_h5_write_strings(mec_h5 *h5, const char *name, size_t n,
                                const char *const strings[], mec_err *err)
{
    const hsize_t size[2] = {n, 1};
    hid_t type = string_type();
    mec_status st = write_dataset(h5, name, 1, size, type, type, strings, err);

    h5_drop(type);
    return st;
}

/* Make an extendible dataset without rows. */
static mec_status create_extendible(mec_h5 *h5, const char *name, size_t n_columns,
                                    mec_err *err)
{
    mec_status st = MEC_OK;
    const hsize_t none[2] = {0, n_columns};
    const hsize_t unlimited[2] = {H5S_UNLIMITED, n_columns};
    hsize_t rows = n_columns < CHUNK_NUMBERS ? CHUNK_NUMBERS / n_columns : 1;
    const hsize_t chunk[2] = {rows, n_columns};
    hid_t space = H5Screate_simple(2, none, unlimited);
    hid_t properties = dataset_list();

    H5Pset_chunk(properties, 2, chunk);
    hid_t id = replace_dataset(h5, name, H5T_IEEE_F64LE, space, properties);
    if (id < 0) {
        st = h5_fail(h5, name, MEC_E_IO, "cannot be created", err);
    }
    h5_drop(id);
    h5_drop(properties);
    h5_drop(space);
    return st;
}

mec_status mec_h5_append_doubles(mec_h5 *h5, const char *name, size_t n_rows,
                                 size_t n_columns, const double data[], mec_err *err)
{
    mec_status st = MEC_OK;
    h5_dataset d = {H5I_INVALID_HID, H5I_INVALID_HID, H5I_INVALID_HID, 0, 0};
    hid_t added = H5I_INVALID_HID;
    hid_t whole = H5I_INVALID_HID;

    if (n_columns == 0) {
        return h5_fail(h5, name, MEC_E_INPUT, "needs at least one column", err);
    }
    if (!mec_h5_has(h5, name)) {
        MEC_TRY(create_extendible(h5, name, n_columns, err));
    }
    MEC_TRY(h5_dataset_open(h5, name, &d, err));
    if (d.n_columns != n_columns || H5Tget_class(d.type) != H5T_FLOAT) {
        st = h5_fail(h5, name, MEC_E_INPUT,
                     "has another shape or type than what is added", err);
        goto done;
    }
    const hsize_t start[2] = {d.n_rows, 0};
    const hsize_t count[2] = {n_rows, n_columns};
    const hsize_t size[2] = {d.n_rows + n_rows, n_columns};
    if (n_rows == 0) {
        goto done;
    }
    if (H5Sget_simple_extent_ndims(d.space) != 2 || H5Dset_extent(d.id, size) < 0) {
        st = h5_fail(h5, name, MEC_E_INPUT, "cannot be extended", err);
        goto done;
    }
    whole = H5Dget_space(d.id);
    added = H5Screate_simple(2, count, NULL);
    if (H5Sselect_hyperslab(whole, H5S_SELECT_SET, start, NULL, count, NULL) < 0 ||
        H5Dwrite(d.id, H5T_NATIVE_DOUBLE, added, whole, H5P_DEFAULT, data) < 0) {
        st = h5_fail(h5, name, MEC_E_IO, "cannot be written", err);
    }
done:
    h5_drop(added);
    h5_drop(whole);
    h5_dataset_close(&d);
    return st;
}

static mec_status write_attribute(mec_h5 *h5, const char *object, const char *attribute,
                                  hid_t file_type, hid_t memory_type, const void *value,
                                  mec_err *err)
{
    mec_status st = MEC_OK;
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t id = H5I_INVALID_HID;

    if (!mec_h5_has(h5, object)) {
        st = h5_fail(h5, object, MEC_E_INPUT, "no such object", err);
        goto done;
    }
    if (mec_h5_has_attribute(h5, object, attribute)) {
        H5Adelete_by_name(h5->file, object, attribute, H5P_DEFAULT);
    }
    id = H5Acreate_by_name(h5->file, object, attribute, file_type, space, H5P_DEFAULT,
                           H5P_DEFAULT, H5P_DEFAULT);
    if (id < 0 || H5Awrite(id, memory_type, value) < 0) {
        st = h5_fail(h5, object, MEC_E_IO, "attribute cannot be written", err);
    }
done:
    h5_drop(id);
    h5_drop(space);
    return st;
}

mec_status mec_h5_write_string_attribute(mec_h5 *h5, const char *object,
                                         const char *attribute, const char *value,
                                         mec_err *err)
{
    hid_t type = string_type();
    mec_status st = write_attribute(h5, object, attribute, type, type, &value, err);

    h5_drop(type);
    return st;
}

mec_status mec_h5_write_number_attribute(mec_h5 *h5, const char *object,
                                         const char *attribute, double value,
                                         mec_err *err)
{
    return write_attribute(h5, object, attribute, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE,
                           &value, err);
}
