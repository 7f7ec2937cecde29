#ifndef H5_PRIV_H
#define H5_PRIV_H

/* Shared by the files that use HDF5. */

#include <mecombo/h5.h>

#include <hdf5.h>

struct mec_h5 {
    hid_t file;
    char *path;
};

/* Shape and identifiers of an open dataset. */
typedef struct h5_dataset {
    hid_t id;
    hid_t space;
    hid_t type;
    size_t n_rows;
    size_t n_columns;
} h5_dataset;

/* Close any identifier; one that was never opened is fine. */
void h5_drop(hid_t id);

/* Complain about an object, adding what HDF5 says at its deepest level. */
mec_status h5_fail(const mec_h5 *h5, const char *object, mec_status code,
                   const char *what, mec_err *err);

mec_status h5_no_memory(const mec_h5 *h5, mec_err *err);

/* Open a dataset; *d is to be closed by the caller, also on failure. */
mec_status h5_dataset_open(mec_h5 *h5, const char *name, h5_dataset *d, mec_err *err);
void h5_dataset_close(h5_dataset *d);

#endif
